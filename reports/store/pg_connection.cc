#include "reports/store/pg_connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include "reports/store/pg_binary.h"

namespace pmubench::store {
namespace {

std::string FirstLine(const char* text) {
  const std::string_view all(text);
  return std::string(all.substr(0, all.find('\n')));
}

struct Arguments {
  explicit Arguments(const std::vector<PgParameter>& parameters) {
    for (const PgParameter& one : parameters) {
      values.push_back(one.bytes ? one.bytes->c_str() : nullptr);
      lengths.push_back(one.bytes ? static_cast<int>(one.bytes->size()) : 0);
      formats.push_back(one.binary ? 1 : 0);
    }
  }
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

}  // namespace

PgParameter PgParameter::Integers(std::span<const std::int64_t> numbers) {
  return Text(fmt::format("{{{}}}", fmt::join(numbers, ",")));
}

void PgRows::Clear::operator()(pg_result* result) const { PQclear(result); }

int PgRows::size() const { return PQntuples(result_.get()); }

bool PgRows::IsNull(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view PgRows::Bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t PgRows::Integer(int row, int column) const {
  const std::string_view bytes = Bytes(row, column);
  switch (bytes.size()) {
    case 2:
      return ReadBigEndian<std::int16_t>(bytes.data());
    case 4:
      return ReadBigEndian<std::int32_t>(bytes.data());
    case 8:
      return ReadBigEndian<std::int64_t>(bytes.data());
    default:
      return 0;
  }
}

void PgConnection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

Result<PgConnection> PgConnection::Open(const std::string& connection) {
  PgConnection opened;
  opened.connection_.reset(PQconnectdb(connection.c_str()));
  if (PQstatus(opened.connection_.get()) != CONNECTION_OK) {
    return Error{ErrorCode::kNotFound,
                 "cannot reach the PostgreSQL history: " +
                     FirstLine(PQerrorMessage(opened.connection_.get())),
                 "check host, port, database, user and password; libpq's PGHOST, PGPASSWORD and "
                 "~/.pgpass work here"};
  }
  PQsetNoticeProcessor(
      opened.connection_.get(), [](void*, const char*) {}, nullptr);
  if (auto set = opened.Execute("SET client_encoding = 'UTF8'; SET extra_float_digits = 3"); !set) {
    return set.error();
  }
  return opened;
}

Result<void> PgConnection::Execute(const std::string& sql) {
  PgRows rows;
  rows.result_.reset(PQexec(connection_.get(), sql.c_str()));
  const auto status = PQresultStatus(rows.result_.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return LastError("use");
  return {};
}

Result<PgRows> PgConnection::Query(const std::string& sql,
                                   const std::vector<PgParameter>& parameters) {
  const Arguments arguments(parameters);
  PgRows rows;
  rows.result_.reset(
      PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(parameters.size()), nullptr,
                   arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1));
  const auto status = PQresultStatus(rows.result_.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return LastError("use");
  return rows;
}

Result<void> PgConnection::Stream(const std::string& sql,
                                  const std::vector<PgParameter>& parameters,
                                  const std::function<Result<void>(const PgRows&)>& each) {
  const Arguments arguments(parameters);
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(parameters.size()),
                        nullptr, arguments.values.data(), arguments.lengths.data(),
                        arguments.formats.data(), 1) == 0) {
    return LastError("use");
  }
  PQsetSingleRowMode(connection_.get());
  Result<void> outcome;
  while (true) {
    PgRows row;
    row.result_.reset(PQgetResult(connection_.get()));
    if (!row.result_) break;
    const auto status = PQresultStatus(row.result_.get());
    if (status == PGRES_SINGLE_TUPLE) {
      // After an error the rest is drained, so that the connection stays usable.
      if (outcome) outcome = each(row);
    } else if (status != PGRES_TUPLES_OK && outcome) {
      outcome = LastError("use");
    }
  }
  return outcome;
}

Result<void> PgConnection::Copy(const std::string& sql, std::string_view data) {
  PgRows rows;
  rows.result_.reset(PQexec(connection_.get(), sql.c_str()));
  if (PQresultStatus(rows.result_.get()) != PGRES_COPY_IN) return LastError("use");
  constexpr std::size_t kPiece = 1 << 20;
  while (!data.empty()) {
    const std::string_view piece = data.substr(0, kPiece);
    if (PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size())) != 1) {
      return LastError("write");
    }
    data.remove_prefix(piece.size());
  }
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) return LastError("write");
  Result<void> outcome;
  while (true) {
    rows.result_.reset(PQgetResult(connection_.get()));
    if (!rows.result_) break;
    if (PQresultStatus(rows.result_.get()) != PGRES_COMMAND_OK && outcome) {
      outcome = LastError("write");
    }
  }
  return outcome;
}

std::string PgConnection::Describe() const {
  return fmt::format("PostgreSQL database {} at {}", PQdb(connection_.get()),
                     PQhost(connection_.get()));
}

Error PgConnection::LastError(const std::string& doing) const {
  const std::string said = FirstLine(PQerrorMessage(connection_.get()));
  const bool full = said.find("No space left") != std::string::npos ||
                    said.find("could not extend file") != std::string::npos;
  return {ErrorCode::kSystem,
          fmt::format("cannot {} the history in {}: {}", doing, Describe(), said),
          full ? "the server's disk is full: nothing was added; free space and import again" : ""};
}

}  // namespace pmubench::store

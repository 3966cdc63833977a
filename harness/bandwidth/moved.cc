#include "bandwidth/moved.h"

namespace pmubench {
namespace {

void AddTo(std::optional<double>& sum, std::optional<double> bytes) {
  if (bytes) sum = sum.value_or(0) + *bytes;
}

std::optional<double> Divide(std::optional<double> bytes, double seconds) {
  if (!bytes || seconds <= 0) return std::nullopt;
  return *bytes / seconds;
}

}  // namespace

void Moved::Add(Direction direction, double bytes) {
  AddTo(direction == Direction::kRead    ? read
        : direction == Direction::kWrite ? write
                                         : total,
        bytes);
}

void Moved::Add(const Moved& more) {
  AddTo(read, more.read);
  AddTo(write, more.write);
  AddTo(total, more.total);
}

void Moved::Complete() {
  if (!total && read && write) total = *read + *write;
}

Rates Moved::Over(double seconds) const {
  return {Divide(read, seconds), Divide(write, seconds), Divide(total, seconds)};
}

void MovedBySocket::Add(const Traffic& traffic, double bytes) {
  all.Add(traffic.direction, bytes);
  sockets[traffic.socket].Add(traffic.direction, bytes);
}

void MovedBySocket::Add(const MovedBySocket& more) {
  all.Add(more.all);
  for (const auto& [socket, moved] : more.sockets) sockets[socket].Add(moved);
}

void MovedBySocket::Complete() {
  all.Complete();
  for (auto& [socket, moved] : sockets) moved.Complete();
}

}  // namespace pmubench

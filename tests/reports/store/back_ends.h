// A test that every back end must pass: on a file and on a real server.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "reports/store/postgres_server.h"
#include "reports/store/sample_runs.h"
#include "reports/store/store.h"
#include "test_folder.h"

namespace pmubench::store {

/// One server for all tests of the program; null, with the reason, where there can be none.
inline PostgresServer* Server(std::string& reason) {
  static std::string why;
  static const std::unique_ptr<PostgresServer> server = PostgresServer::Start(why);
  reason = why;
  return server.get();
}

class BackEndTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (sqlite()) {
      location_ = folder_ / "history.db";
      return;
    }
    std::string reason;
    PostgresServer* server = Server(reason);
    if (server == nullptr) GTEST_SKIP() << reason;
    location_ = server->NewDatabase();
  }

  [[nodiscard]] static bool sqlite() { return GetParam() == "sqlite"; }

  std::unique_ptr<Store> Open(OpenMode mode = OpenMode::kCreate) {
    auto store = OpenStore(location_, mode);
    if (!store) {
      ADD_FAILURE() << store.error().ToString();
      return nullptr;
    }
    return std::move(*store);
  }

  TestFolder folder_;
  std::string location_;
};

/// For INSTANTIATE_TEST_SUITE_P.
inline auto BackEnds() { return testing::Values("sqlite", "postgresql"); }
inline std::string BackEndName(const testing::TestParamInfo<std::string>& info) {
  return info.param;
}

}  // namespace pmubench::store

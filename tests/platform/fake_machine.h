// Small made-up machines, laid as files under a temporary root.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "test_folder.h"

namespace pmubench::testing {

/// The root folder of a made-up machine.
class FakeRoot {
 public:
  /// Writes a file, with the folders on the way, and a newline at its end.
  void Write(const std::string& path, std::string_view text) const;
  void MakeFolder(const std::string& path) const;
  void Remove(const std::string& path) const;
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TestFolder folder_;
};

/// An 80-core Arm server: one core PMU, a mesh, no SMT, one socket, bare metal.
void LayArmServer(const FakeRoot& root);

/// Two sockets of Intel server cores with SMT, NMI watchdog on, memory controllers' PMUs, turbo.
void LayIntelServer(const FakeRoot& root);

/// A phone-like Arm chip with two kinds of cores.
void LayBigLittle(const FakeRoot& root);

/// A cloud virtual machine without a PMU.
void LayCloudVm(const FakeRoot& root);

/// The Intel server seen from inside an unprivileged container.
void LayContainer(const FakeRoot& root);

}  // namespace pmubench::testing

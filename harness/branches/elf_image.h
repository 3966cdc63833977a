// What a profile has to know of an ELF file: who it is, where its code lies, what its functions
// are called, and what debug information it holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "branches/instruction.h"
#include "pmubench/result.h"

namespace pmubench {

/// A PT_LOAD.
struct ElfSegment {
  std::uint64_t address = 0;  ///< p_vaddr
  std::uint64_t offset = 0;   ///< p_offset
  std::uint64_t file_size = 0;
  std::uint64_t memory_size = 0;
  bool executable = false;
};

struct ElfFunction {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::string name;  ///< as in the symbol table, mangled

  [[nodiscard]] bool contains(std::uint64_t at) const { return at - address < size; }
};

/// A 64-bit little-endian ELF file. Immutable; the bytes stay in memory as long as any copy.
class ElfImage {
 public:
  /// Errors: kNotFound, kBadInput ("is a shell script, not an ELF binary", "is cut off", ...).
  static Result<ElfImage> Read(const std::string& path);
  /// Pure: `path` is for messages.
  static Result<ElfImage> Parse(std::vector<std::uint8_t> bytes, const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Machine machine() const { return machine_; }
  /// The linker's build id in hexadecimal, or "text-" and a hash of the executable bytes where the
  /// file has none: either way it changes when the code does.
  [[nodiscard]] const std::string& build_id() const { return build_id_; }
  [[nodiscard]] const std::vector<ElfSegment>& segments() const { return segments_; }
  /// Of .symtab, or of .dynsym in a stripped file; by address, each address once.
  [[nodiscard]] const std::vector<ElfFunction>& functions() const { return functions_; }
  [[nodiscard]] bool stripped() const { return stripped_; }
  /// Version of the first unit of .debug_info; 0 where there is none.
  [[nodiscard]] int dwarf_version() const { return dwarf_version_; }
  [[nodiscard]] bool has_line_table() const { return has_line_table_; }
  /// Linked with --emit-relocs (-q): BOLT can move functions.
  [[nodiscard]] bool has_relocations() const { return has_relocations_; }
  /// Whether BOLT wrote it (it refuses its own output).
  [[nodiscard]] bool made_by_bolt() const { return made_by_bolt_; }

  [[nodiscard]] std::optional<std::uint64_t> AddressOfOffset(std::uint64_t file_offset) const;
  [[nodiscard]] bool IsCode(std::uint64_t address) const;
  /// Up to `count` bytes at a link-time address; fewer at the end of a segment.
  [[nodiscard]] std::span<const std::uint8_t> BytesAt(std::uint64_t address,
                                                      std::size_t count) const;
  [[nodiscard]] const ElfFunction* FunctionAt(std::uint64_t address) const;
  /// Base of llvm-profgen's offsets: the first executable PT_LOAD, rounded down to 4 KiB.
  [[nodiscard]] std::uint64_t FirstExecutableBase() const;
  /// Base of AutoFDO's offsets: the first PT_LOAD, rounded down to 4 KiB.
  [[nodiscard]] std::uint64_t FirstLoadBase() const;

 private:
  friend class ElfParser;
  std::shared_ptr<const std::vector<std::uint8_t>> bytes_;
  std::string path_;
  Machine machine_ = Machine::kUnknown;
  std::string build_id_;
  bool stripped_ = true;
  bool has_line_table_ = false;
  bool has_relocations_ = false;
  bool made_by_bolt_ = false;
  int dwarf_version_ = 0;
  std::vector<ElfSegment> segments_;
  std::vector<ElfFunction> functions_;
};

}  // namespace pmubench

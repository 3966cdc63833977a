#include "branches/elf_image.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

namespace pmubench {
namespace {

constexpr std::uint64_t kPageMask = ~std::uint64_t{0xFFF};

std::string Hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

// FNV-1a: tells builds apart, not attackers.
std::uint64_t Hash(std::span<const std::uint8_t> bytes, std::uint64_t hash) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

}  // namespace

// Reads with every offset checked: the file may be anything.
class ElfParser {
 public:
  ElfParser(std::vector<std::uint8_t> bytes, const std::string& path)
      : bytes_(std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))) {
    image_.bytes_ = bytes_;
    image_.path_ = path;
  }

  Result<ElfImage> Run() {
    if (auto header = ReadHeader(); !header) return header.error();
    if (auto segments = ReadSegments(); !segments) return segments.error();
    ReadSections();
    ReadFunctions();
    if (image_.build_id_.empty()) {
      std::uint64_t hash = 0xcbf29ce484222325;
      for (const ElfSegment& segment : image_.segments_) {
        if (segment.executable) hash = Hash(Slice(segment.offset, segment.file_size), hash);
      }
      image_.build_id_ = fmt::format("text-{:016x}", hash);
    }
    return std::move(image_);
  }

 private:
  template <typename T>
  bool Get(std::uint64_t offset, T& out) const {
    if (offset > bytes_->size() || bytes_->size() - offset < sizeof(T)) return false;
    std::memcpy(&out, bytes_->data() + offset, sizeof(T));
    return true;
  }

  [[nodiscard]] std::span<const std::uint8_t> Slice(std::uint64_t offset,
                                                    std::uint64_t size) const {
    if (offset > bytes_->size()) return {};
    return std::span(*bytes_).subspan(offset, std::min(size, bytes_->size() - offset));
  }

  [[nodiscard]] std::string TextAt(std::span<const std::uint8_t> table, std::uint64_t at) const {
    if (at >= table.size()) return "";
    const auto rest = table.subspan(at);
    const auto end = std::find(rest.begin(), rest.end(), 0);
    return {rest.begin(), end};
  }

  [[nodiscard]] Error Bad(const std::string& what, const std::string& remedy) const {
    return {ErrorCode::kBadInput, fmt::format("{} {}", image_.path_, what), remedy};
  }

  Result<void> ReadHeader() {
    const auto start = Slice(0, 4);
    if (start.size() >= 2 && start[0] == '#' && start[1] == '!') {
      return Bad("is a script, not an ELF binary", "name the program that the script starts");
    }
    if (start.size() < 4 || std::memcmp(start.data(), ELFMAG, SELFMAG) != 0) {
      return Bad("is not an ELF binary", "name the linked program or shared library");
    }
    if (!Get(0, header_)) return Bad("is cut off in the ELF header", "build it again");
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB) {
      return Bad("is not a 64-bit little-endian binary",
                 "only x86-64 and aarch64 programs can be profiled");
    }
    if (header_.e_type == ET_REL) {
      return Bad("is an object file", "name the linked program or shared library");
    }
    image_.machine_ = header_.e_machine == EM_X86_64    ? Machine::kX86_64
                      : header_.e_machine == EM_AARCH64 ? Machine::kAArch64
                                                        : Machine::kUnknown;
    return {};
  }

  Result<void> ReadSegments() {
    for (unsigned i = 0; i < header_.e_phnum; ++i) {
      Elf64_Phdr program;
      if (!Get(header_.e_phoff + i * sizeof program, program)) {
        return Bad("is cut off in the program headers", "build it again");
      }
      if (program.p_type == PT_LOAD) {
        image_.segments_.push_back({program.p_vaddr, program.p_offset, program.p_filesz,
                                    program.p_memsz, (program.p_flags & PF_X) != 0});
      } else if (program.p_type == PT_NOTE) {
        ReadNotes(Slice(program.p_offset, program.p_filesz));
      }
    }
    const bool code = std::any_of(image_.segments_.begin(), image_.segments_.end(),
                                  [](const ElfSegment& s) { return s.executable; });
    if (!code)
      return Bad("has no executable segment", "name the linked program, not its debug file");
    return {};
  }

  void ReadNotes(std::span<const std::uint8_t> notes) {
    while (notes.size() >= sizeof(Elf64_Nhdr)) {
      Elf64_Nhdr note;
      std::memcpy(&note, notes.data(), sizeof note);
      const std::uint64_t name = (std::uint64_t{note.n_namesz} + 3) & ~std::uint64_t{3};
      const std::uint64_t value = (std::uint64_t{note.n_descsz} + 3) & ~std::uint64_t{3};
      const std::uint64_t total = sizeof note + name + value;
      if (total > notes.size()) return;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(notes.data() + sizeof note, "GNU", 4) == 0) {
        image_.build_id_ = Hex(notes.subspan(sizeof note + name, note.n_descsz));
      }
      notes = notes.subspan(total);
    }
  }

  void ReadSections() {
    for (unsigned i = 0; i < header_.e_shnum; ++i) {
      Elf64_Shdr section;
      if (!Get(header_.e_shoff + i * sizeof section, section)) break;
      sections_.push_back(section);
    }
    if (header_.e_shstrndx >= sections_.size()) return;
    const Elf64_Shdr& names = sections_[header_.e_shstrndx];
    const auto table = Slice(names.sh_offset, names.sh_size);
    for (const Elf64_Shdr& section : sections_) {
      const std::string name = TextAt(table, section.sh_name);
      if (name == ".debug_info") {
        // unit_length (4), version (2); compressed sections start with an Elf64_Chdr instead.
        std::uint16_t version = 0;
        if ((section.sh_flags & SHF_COMPRESSED) != 0) {
          image_.dwarf_version_ = -1;
        } else if (Get(section.sh_offset + 4, version)) {
          image_.dwarf_version_ = version;
        }
      } else if (name == ".debug_line") {
        image_.has_line_table_ = true;
      } else if (name == ".rela.text") {
        image_.has_relocations_ = true;
      } else if (name == ".note.bolt_info") {
        image_.made_by_bolt_ = true;
      }
    }
  }

  void ReadFunctions() {
    const Elf64_Shdr* symbols = nullptr;
    for (const Elf64_Shdr& section : sections_) {
      if (section.sh_type == SHT_SYMTAB) {
        symbols = &section;
        image_.stripped_ = false;
      }
    }
    for (const Elf64_Shdr& section : sections_) {
      if (symbols == nullptr && section.sh_type == SHT_DYNSYM) symbols = &section;
    }
    if (symbols == nullptr || symbols->sh_link >= sections_.size()) return;
    const Elf64_Shdr& strings = sections_[symbols->sh_link];
    const auto names = Slice(strings.sh_offset, strings.sh_size);
    const auto table = Slice(symbols->sh_offset, symbols->sh_size);
    for (std::size_t at = 0; at + sizeof(Elf64_Sym) <= table.size(); at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      std::memcpy(&symbol, table.data() + at, sizeof symbol);
      if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) continue;
      if (symbol.st_size == 0) continue;
      image_.functions_.push_back({symbol.st_value, symbol.st_size, TextAt(names, symbol.st_name)});
    }
    auto& functions = image_.functions_;
    std::stable_sort(functions.begin(), functions.end(),
                     [](const auto& a, const auto& b) { return a.address < b.address; });
    functions.erase(
        std::unique(functions.begin(), functions.end(),
                    [](const auto& a, const auto& b) { return a.address == b.address; }),
        functions.end());
  }

  std::shared_ptr<const std::vector<std::uint8_t>> bytes_;
  ElfImage image_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> sections_;
};

Result<ElfImage> ElfImage::Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{ErrorCode::kNotFound, fmt::format("{} cannot be read", path),
                 "check the path and its permissions"};
  }
  // A folder opens as a stream too; only the read fails, and an iterator over it throws.
  std::vector<std::uint8_t> bytes;
  std::array<char, 65536> block;
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    bytes.insert(bytes.end(), block.data(), block.data() + file.gcount());
  }
  if (file.bad() || !file.eof()) {
    return Error{ErrorCode::kNotFound, fmt::format("{} cannot be read", path),
                 "it must be a file, not a folder"};
  }
  return Parse(std::move(bytes), path);
}

Result<ElfImage> ElfImage::Parse(std::vector<std::uint8_t> bytes, const std::string& path) {
  return ElfParser(std::move(bytes), path).Run();
}

std::optional<std::uint64_t> ElfImage::AddressOfOffset(std::uint64_t file_offset) const {
  for (const ElfSegment& segment : segments_) {
    // The kernel maps whole pages, so a mapping may start before the segment's own offset.
    const std::uint64_t start = segment.offset & kPageMask;
    if (!segment.executable || file_offset < start) continue;
    if (file_offset - start < segment.file_size + (segment.offset - start)) {
      return segment.address - segment.offset + file_offset;
    }
  }
  return std::nullopt;
}

bool ElfImage::IsCode(std::uint64_t address) const {
  return std::any_of(segments_.begin(), segments_.end(), [&](const ElfSegment& segment) {
    return segment.executable && address - segment.address < segment.memory_size;
  });
}

std::span<const std::uint8_t> ElfImage::BytesAt(std::uint64_t address, std::size_t count) const {
  for (const ElfSegment& segment : segments_) {
    const std::uint64_t into = address - segment.address;
    if (into >= segment.file_size) continue;
    const std::uint64_t offset = segment.offset + into;
    if (offset >= bytes_->size()) return {};
    const std::uint64_t left =
        std::min<std::uint64_t>(segment.file_size - into, bytes_->size() - offset);
    return std::span(*bytes_).subspan(offset, std::min<std::uint64_t>(count, left));
  }
  return {};
}

const ElfFunction* ElfImage::FunctionAt(std::uint64_t address) const {
  auto after = std::upper_bound(
      functions_.begin(), functions_.end(), address,
      [](std::uint64_t at, const ElfFunction& function) { return at < function.address; });
  if (after == functions_.begin()) return nullptr;
  --after;
  return after->contains(address) ? &*after : nullptr;
}

std::uint64_t ElfImage::FirstExecutableBase() const {
  for (const ElfSegment& segment : segments_) {
    if (segment.executable) return segment.address & kPageMask;
  }
  return 0;
}

std::uint64_t ElfImage::FirstLoadBase() const {
  return segments_.empty() ? 0 : segments_.front().address & kPageMask;
}

}  // namespace pmubench

# cmake -DOUTPUT=FILE -DFILES=a.json;b.json -P embed.cmake
# Writes a C++ source that holds the catalogue's data files, so that a static program needs none.
set(source "// Generated from harness/catalogue/data by embed.cmake.\n")
string(APPEND source "#include \"catalogue/builtin_files.h\"\n\nnamespace pmubench {\n\n")
string(APPEND source "const std::vector<BuiltInFile>& BuiltInFiles() {\n")
string(APPEND source "  static const std::vector<BuiltInFile> files{\n")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(APPEND source "      {\"${name}\", R\"JSON(${text})JSON\"},\n")
endforeach()
string(APPEND source "  };\n  return files;\n}\n\n}  // namespace pmubench\n")
file(WRITE "${OUTPUT}" "${source}")

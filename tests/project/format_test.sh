#!/usr/bin/env bash
# Every C++ file is as clang-format writes it.   format_test.sh SOURCE-FOLDER
set -euo pipefail
cd "$1"
command -v clang-format >/dev/null || { echo "skipped: clang-format is not installed"; exit 77; }
git ls-files '*.cc' '*.h' | xargs clang-format --dry-run --Werror

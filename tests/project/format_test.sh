#!/usr/bin/env bash
# Every C++ file is as clang-format writes it.   format_test.sh SOURCE-FOLDER
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../skip.sh
. "$(dirname "$0")/../skip.sh"
cd "$1"
command -v clang-format >/dev/null || skip "clang-format is not installed"
git ls-files '*.cc' '*.h' | xargs clang-format --dry-run --Werror

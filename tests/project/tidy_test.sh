#!/usr/bin/env bash
# clang-tidy finds nothing in the sources of the harness and the reports.
#   tidy_test.sh SOURCE-FOLDER BUILD-FOLDER
set -euo pipefail
source=$1 build=$2
command -v clang-tidy >/dev/null || { echo "skipped: clang-tidy is not installed"; exit 77; }
cd "$source"
# The compile commands name ccache and flags of GCC that clang does not know.
git ls-files 'harness/*.cc' 'reports/*.cc' 'workloads/*.cc' |
	while read -r file; do grep -q "\"[^\"]*/$file\"" "$build/compile_commands.json" && echo "$file"; done |
	xargs --max-procs="$(nproc)" --max-args=4 \
		clang-tidy --quiet -p "$build" --warnings-as-errors='*' --extra-arg=-Wno-unknown-warning-option 2>/dev/null
echo "clang-tidy: clean"

#!/usr/bin/env bash
# clang-tidy finds nothing in the sources that changed last, or in all.
#   tidy_test.sh SOURCE-FOLDER BUILD-FOLDER [COUNT]
# A file takes some 8 s: COUNT (default 30) keeps the test short, `all` is for the target tidy_all.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../skip.sh
. "$(dirname "$0")/../skip.sh"
source=$1 build=$2 count=${3:-30}
command -v clang-tidy >/dev/null || skip "clang-tidy is not installed"
cd "$source"

sources=('harness/*.cc' 'reports/*.cc' 'workloads/*.cc')

# Those that this build compiles, the last changed first; without a history, as git lists them.
newest_first() {
	{ git log --format= --name-only -- "${sources[@]}"; git ls-files "${sources[@]}"; } | awk '!seen[$0]++' |
		while read -r file; do
			[ ! -f "$file" ] || ! grep -q "\"[^\"]*/$file\"" "$build/compile_commands.json" || echo "$file"
		done
}

mapfile -t files < <(newest_first)
[ "$count" = all ] || files=("${files[@]:0:$count}")
# The compile commands name flags of GCC that clang does not know.
printf '%s\n' "${files[@]}" | xargs --max-procs="$(nproc)" --max-args=4 \
	clang-tidy --quiet -p "$build" --warnings-as-errors='*' --extra-arg=-Wno-unknown-warning-option 2>/dev/null
echo "clang-tidy: ${#files[@]} files are clean"

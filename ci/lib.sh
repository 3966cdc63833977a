# shellcheck shell=bash
# What the scripts of this folder share. Sourced, after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Scripts that call each other count from the first one's start.
PMUBENCH_CI_BEGIN=${PMUBENCH_CI_BEGIN:-$(date +%s)}
export PMUBENCH_CI_BEGIN

# say TEXT: a line of progress with the time since the start, on standard error.
say() {
	local seconds=$(($(date +%s) - PMUBENCH_CI_BEGIN))
	printf '[%2d:%02d] %s\n' $((seconds / 60)) $((seconds % 60)) "$*" >&2
}

# fail CODE TEXT...: one line for each TEXT, then the end.
fail() {
	local code=$1
	shift
	printf '%s: %s\n' "$(basename "$0")" "$1" >&2
	shift
	[ $# -eq 0 ] || printf '  %s\n' "$@" >&2
	exit "$code"
}

# wanted GROUP...: the packages of ci/packages/GROUP.txt, one a line. A line `PACKAGE COMMAND` is for
# machines that have no such command, from whichever package.
wanted() {
	local group package command
	for group in "$@"; do
		[ -f "$root/ci/packages/$group.txt" ] || fail 2 "no group of packages $group" \
			"there are: $(basename -s .txt "$root"/ci/packages/*.txt | paste -sd ' ')"
		while read -r package command; do
			[ -n "$command" ] && command -v "$command" >/dev/null || echo "$package"
		done < <(grep -v '^#' "$root/ci/packages/$group.txt")
	done
}

# quiet_unless_failed LOG COMMAND...: the output goes to LOG, and is shown only where it failed.
quiet_unless_failed() {
	local log=$1 code=0
	shift
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 || code=$?
	[ "$code" -eq 0 ] || { tail -n 60 "$log" >&2; fail 1 "failed: $*" "all of its output: $log"; }
}

# configure PRESET [CMAKE OPTION]...: configures build/PRESET.
configure() {
	local preset=$1
	shift
	if command -v ccache >/dev/null; then
		export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
	fi
	say "configuring build/$preset"
	(cd "$root" && quiet_unless_failed "build/$preset/configure.log" cmake --preset "$preset" "$@") || exit
}

# build PRESET [TARGET]...: builds these targets of a configured build/PRESET; all of them by default.
build() {
	local preset=$1
	shift
	say "building build/$preset"
	(cd "$root" && quiet_unless_failed "build/$preset/build.log" \
		cmake --build --preset "$preset" ${1+--target "$@"}) || exit
}

#!/usr/bin/env bash
# The scripts of ci/ are free of what shellcheck knows to go wrong, and refuse what they must.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../skip.sh
. "$(dirname "$0")/../skip.sh"
source=$1
command -v shellcheck >/dev/null || skip "shellcheck is not installed"
cd "$source"
mapfile -t scripts < <(grep -lE '^#!.*\bbash|^# shellcheck shell=' ci/* .ci/* tests/lab/*.sh 2>/dev/null)
shellcheck -x "${scripts[@]}"
echo "shellcheck: ${#scripts[@]} scripts are fine"

status=0
ci/setup no-such-group 2>/dev/null || status=$?
[ "$status" -eq 2 ] || { echo "ci/setup no-such-group: exit code $status, not 2"; exit 1; }
for script in ci/setup ci/quickstart ci/test ci/fresh-machine; do
	"$script" --help | grep -q '^usage: ' || { echo "$script --help does not say how to use it"; exit 1; }
done

# shellcheck shell=sh
# For test scripts: skip WHY ends one as skipped (77), except where PMUBENCH_LAB_REQUIRED is set: there it fails.
skip() {
	if [ -n "${PMUBENCH_LAB_REQUIRED:-}" ]; then
		echo "required, but $1"
		exit 1
	fi
	echo "skipped: $1"
	exit 77
}

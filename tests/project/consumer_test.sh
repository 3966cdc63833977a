#!/usr/bin/env bash
# Installs into an empty prefix, builds a benchmark against it, runs that with metrics; then the
# same with pkg-config alone.   consumer_test.sh BUILD-FOLDER CONSUMER-FOLDER
set -euo pipefail
build=$1 consumer=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix

cmake --install "$build" --prefix "$prefix" >"$folder/install.log"
cmake -S "$consumer" -B "$folder/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$folder/configure.log" ||
	{ cat "$folder/configure.log"; exit 1; }
cmake --build "$folder/build"
run() { "$1" --benchmark_min_time=0.001 --pmubench_out="$2" >"$folder/table" 2>"$folder/notes"; }
run "$folder/build/my_bench" "$folder/cmake.json"
grep -q page_faults "$folder/table" || grep -q 'not measured: .*page_faults' "$folder/notes" ||
	{ echo "no metrics in the table:"; cat "$folder/table" "$folder/notes"; exit 1; }

pc=$(dirname "$(find "$prefix" -name pmubench.pc)")
flags=$(sed "s|^prefix=.*|prefix=$prefix|" -i "$pc"/*.pc &&
	PKG_CONFIG_PATH=$pc pkg-config --cflags --libs --static pmubench-gbench-main)
# shellcheck disable=SC2086 # several flags
g++ -std=c++20 "$consumer/my_bench.cc" -o "$folder/by_pkg_config" $flags
run "$folder/by_pkg_config" "$folder/pkg.json"
"$prefix/bin/pmubench" run "$folder/build/my_bench" --out "$folder/tool.json" -- --benchmark_min_time=0.001 >/dev/null
for record in cmake pkg tool; do grep -q '"pmubench.record"' "$folder/$record.json"; done
echo "installed, found by CMake and by pkg-config, measured"

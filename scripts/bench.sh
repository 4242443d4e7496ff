#!/usr/bin/env bash
# `make bench`: the timed tasks on generated city data, never part of the tests.
#
#   LUODI_BENCH   folder with the data (zones and projects as shapefiles)
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${LUODI_BENCH:-}" ] || [ ! -d "$LUODI_BENCH" ]; then
    echo "LUODI_BENCH 应为基准数据文件夹 / LUODI_BENCH must name the folder with the bench data" >&2
    exit 1
fi
scripts/setup.sh build
cargo build --locked --release --bin luodi
luodi="${CARGO_TARGET_DIR:-target}/release/luodi"
out=${LUODI_BENCH_OUT:-demo-out/bench}
mkdir -p "$out"
for task in ${TASKS:-T2}; do
    echo "== $task"
    time "$luodi" bench "$task" "$LUODI_BENCH" "$out" --force
done
echo "$out"

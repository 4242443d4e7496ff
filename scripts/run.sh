#!/usr/bin/env bash
# `make run`: opens the window on the sample workspace; where there is no display, runs the sample precheck instead.
#
#   PROFILE=release   builds with full optimisation (longer)
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${PROFILE:-dev}
folder=$profile
[ "$profile" != dev ] || folder=debug
luodi="${CARGO_TARGET_DIR:-target}/$folder/luodi"

has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

if has_display; then
    scripts/setup.sh build window
else
    scripts/setup.sh build
fi
cargo build --locked --profile "$profile" --bin luodi

if has_display; then
    exec "$luodi" "$@"
fi

out=demo-out
maps=sample-maps
echo "没有显示器：改为运行示例核查。/ No display: running the sample precheck instead." >&2
mkdir -p "$out"
if [ ! -e "$maps/集聚区布局规划.shp" ]; then
    maps=$out/sample
    "$luodi" sample "$maps" --force
fi
layers=()
for pair in "districts=行政区划" "farmland=永久基本农田"; do
    for file in "$maps/${pair#*=}"*.shp; do
        [ ! -e "$file" ] || layers+=(--layer "${pair%%=*}=$file")
    done
done
"$luodi" check --plan "$maps/集聚区布局规划.shp" --sites "$maps/拟选址项目.shp" "${layers[@]}" \
    --date 2012-12-31 --out "$out/verdicts.csv" --out "$out/verdicts.json" --out "$out/verdicts.geojson" --force

# The first columns of the table, as they are; the byte order mark is for spreadsheets.
echo
head -n 21 "$out/verdicts.csv" | sed '1s/^\xEF\xBB\xBF//' | cut -d, -f1-8 | column -s, -t 2>/dev/null ||
    head -n 21 "$out/verdicts.csv" | cut -d, -f1-8
rows=$(($(wc -l <"$out/verdicts.csv") - 1))
echo
echo "共 $rows 个项目，以上为前 20 个。结果写入 / $rows sites in all, the first 20 above. Written to:"
for file in csv json geojson; do
    echo "  $PWD/$out/verdicts.$file"
done

#!/usr/bin/env bash
# `make bench`: the timed tasks on generated city data, beside other tools where they are installed. Never part of the tests.
#
#   LUODI_BENCH          folder with the data (zones, projects, constraints, parcels as shapefiles)
#   LUODI_BENCH_OUT      where answers go (demo-out/bench)
#   LUODI_BENCH_PEERS    folder with p_shapely.py, p_duckdb.py …: `python3 p_X.py TASK DATA OUT` writes OUT/X.TASK.csv
#   LUODI_BENCH_COMPARE  script that says whether two answers agree: `python3 SCRIPT REF.csv OURS.csv TASK`
#   TASKS  PEERS  RUNS   which tasks, which peers, how many runs of each (T1 T2_100k T2_1m T3 T4 T5 T7_100k live; shapely duckdb; 3)
#
# Each program is a cold start that reads the files and writes its answer; ours and the peers take turns, medians are
# printed, and the ratio of medians. The floor is what reading the input files costs.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${LUODI_BENCH:-}" ] || [ ! -d "$LUODI_BENCH" ]; then
    echo "LUODI_BENCH 应为基准数据文件夹 / LUODI_BENCH must name the folder with the bench data" >&2
    exit 1
fi
scripts/setup.sh build
cargo build --locked --release --no-default-features --bin luodi
luodi="${CARGO_TARGET_DIR:-target}/release/luodi"
out=${LUODI_BENCH_OUT:-demo-out/bench}
runs=${RUNS:-3}
mkdir -p "$out"

# run NAME COMMAND…: adds "seconds processor-seconds peak-MB" to the file NAME of the samples.
samples=$(mktemp -d)
trap 'rm -rf "$samples"' EXIT
run() {
    local name=$1 begin end
    shift
    begin=$(date +%s%N)
    if [ -x /usr/bin/time ]; then
        /usr/bin/time -o "$samples/said" -f '%U %S %M' "$@" >/dev/null 2>"$samples/err" || { tail -3 "$samples/err" >&2; return 1; }
    else
        echo '0 0 0' >"$samples/said"
        "$@" >/dev/null 2>"$samples/err" || { tail -3 "$samples/err" >&2; return 1; }
    fi
    end=$(date +%s%N)
    awk -v wall=$((end - begin)) '{ printf "%.3f %.3f %.0f\n", wall / 1e9, $1 + $2, $3 / 1024 }' "$samples/said" >>"$samples/$name"
}
# median NAME COLUMN
median() { sort -n -k "$2,$2" "$samples/$1" | awk -v c="$2" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'; }

inputs() {
    local base
    case $1 in
        T2_*) base="zones projects_${1#T2_}" ;;
        T3) base="zones plan2015" ;;
        T1) base="parcels_1m" ;;
        T4) base="parcels_1m_4490" ;;
        T5) base="constraints projects_100k" ;;
        T7_*) base="parcels_${1#T7_}" ;;
        *) base="" ;;
    esac
    for name in $base; do ls "$LUODI_BENCH/$name".{shp,dbf}; done
}

for task in ${TASKS:-T1 T2_100k T2_1m T3 T4 T5 T7_100k live}; do
    echo "== $task"
    rm -f "$samples"/*
    # Sites in numbers that the data does not come with: T2_10m.
    if [ "$task" = T2_10m ] && [ ! -f "$LUODI_BENCH/projects_10m.shp" ]; then
        python3 scripts/grow_sites.py "$LUODI_BENCH/projects_1m.shp" 10000000 "$LUODI_BENCH/projects_10m.shp"
    fi
    files=$(inputs "$task")
    peers=""
    for peer in ${PEERS:-shapely duckdb}; do
        script="${LUODI_BENCH_PEERS:-}/p_$peer.py"
        if [ "$task" != live ] && [ -f "$script" ] && python3 -c "import $peer" 2>/dev/null; then peers="$peers $peer"; fi
    done
    for _ in $(seq "$runs"); do
        run luodi "$luodi" bench "$task" "$LUODI_BENCH" "$out" --force --quiet
        for peer in $peers; do run "$peer" python3 "$LUODI_BENCH_PEERS/p_$peer.py" "$task" "$LUODI_BENCH" "$out"; done
        # shellcheck disable=SC2086
        if [ -n "$files" ]; then run floor cat $files; fi
    done
    for name in luodi $peers ${files:+floor}; do
        printf '%-8s %8s s  %8s s cpu  %6s MB  x %s\n' "$name" "$(median "$name" 1)" "$(median "$name" 2)" "$(median "$name" 3)" \
            "$(awk -v a="$(median "$name" 1)" -v b="$(median luodi 1)" 'BEGIN { printf "%.2f", a / b }')"
    done
    # shellcheck disable=SC2086
    if [ -n "$files" ]; then
        ls -l $files | awk -v peak="$(median luodi 3)" '{ s += $5 } END { printf "peak of luodi is %.2f of the %.0f MB of the input files\n", peak * 1048576 / s, s / 1048576 }'
    fi
    for peer in $peers; do
        if [ -n "${LUODI_BENCH_COMPARE:-}" ]; then
            printf 'against %s: ' "$peer"
            python3 "$LUODI_BENCH_COMPARE" "$out/$peer.$task.csv" "$out/luodi.$task.csv" "$task"
        fi
    done
    if [ "$task" = live ]; then cat "$out/luodi.live.csv"; fi
done
echo "$out"

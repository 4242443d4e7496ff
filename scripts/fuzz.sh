#!/usr/bin/env bash
# Every reader on files that libFuzzer makes up, led by what of the program they reach. `fuzz/README.md` says what that is.
#
#   scripts/fuzz.sh [TARGET…]   those of `fuzz/fuzz_targets`; without a name all, one after the other
#
#   LUODI_FUZZ_SECONDS   seconds a target (600)
#   LUODI_CORPUS         folder with foreign files to begin with, besides those that our own writers write
#
# What breaks a reader lies under fuzz/target/found afterwards, and the run ends with an error.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v cargo-fuzz >/dev/null; then
    echo 'fuzz: skipped, cargo-fuzz is not installed (cargo install --locked cargo-fuzz)'
    exit 0
fi
seconds=${LUODI_FUZZ_SECONDS:-600}
seeds=fuzz/target/seeds
found=fuzz/target/found
# Larger inputs are rarely better ones. A GeoPackage is a database with tables of its own: it begins where others end.
largest() { case $1 in gpkg) echo 262144 ;; *) echo 65536 ;; esac; }

# frame FIRST FILE NAME FILE NAME…: one input of several files, as fuzz/src/lib.rs takes it apart. FIRST may be empty.
frame() {
    if [ -n "$1" ]; then cat "$1"; fi
    shift
    while [ $# -gt 0 ]; do
        printf '\n--- %s\n' "$2"
        cat "$1"
        shift 2
    done
}
# keep TARGET < INPUT: a seed, named by its content; one that is too large is none.
keep() {
    local input name
    input=$(mktemp)
    cat >"$input"
    if [ "$(wc -c <"$input")" -le "$(largest "$1")" ]; then
        name=$(cksum <"$input" | tr ' ' -)
        mkdir -p "$seeds/$1"
        mv "$input" "$seeds/$1/$name"
    else
        rm "$input"
    fi
}
# inside ARCHIVE: its files as an input that is packed anew.
inside() {
    local folder file parts=()
    folder=$(mktemp -d)
    if unzip -qq -o "$1" -d "$folder" 2>/dev/null || python3 -m zipfile -e "$1" "$folder" 2>/dev/null; then
        while read -r file; do parts+=("$file" "${file#"$folder"/}"); done < <(find "$folder" -type f | sort)
        frame '' ${parts[@]+"${parts[@]}"}
    fi
    rm -r "$folder"
}
# seed FILE: an input of each target that reads such a file.
seed() {
    local file=$1 stem=${1%.*} name sibling parts=() whole=()
    name=$(basename "$stem")
    case ${file##*.} in
        shp)
            whole=("$file" "a/$name.shp")
            for extension in dbf shx prj cpg; do
                sibling=$stem.$extension
                if [ -f "$sibling" ]; then
                    parts+=("$sibling" "$extension")
                    whole+=("$sibling" "a/$name.$extension")
                fi
            done
            frame "$file" ${parts[@]+"${parts[@]}"} | tee >(keep shapefile_stream) | keep shapefile
            frame '' "${whole[@]}" | keep archive
            ;;
        geojson | geojsonl | json | seq) keep geojson <"$file" ;;
        txt) tee >(keep parcel_txt) <"$file" | keep coord_table ;;
        kml | ovkml)
            keep kml <"$file"
            frame '' "$file" doc.kml | keep kmz
            ;;
        kmz | ovkmz)
            keep kmz <"$file"
            inside "$file" | keep kmz
            ;;
        zip)
            keep archive <"$file"
            inside "$file" | keep archive
            ;;
        dxf) keep dxf <"$file" ;;
        gpkg) keep gpkg <"$file" ;;
        csv | tsv | wkt) keep coord_table <"$file" ;;
        dat) keep cass_dat <"$file" ;;
        xlsx)
            keep workbook <"$file"
            inside "$file" | keep workbook
            ;;
    esac
}

export RAYON_NUM_THREADS=1
# On one processor: threads take turns the same way each time, and what they cost is no input's doing.
alone=""
if command -v taskset >/dev/null; then alone="taskset -c $(($(nproc) - 1))"; fi

echo 'fuzz: building'
cargo fuzz build --sanitizer none --release --debug-assertions
if [ ! -d "$seeds" ]; then
    echo 'fuzz: first inputs'
    luodi="${CARGO_TARGET_DIR:-target}/release/luodi"
    if [ ! -x "$luodi" ]; then cargo build --locked --release --bin luodi; fi
    own=$(mktemp -d)
    trap 'rm -rf "$own"' EXIT
    "$luodi" sample "$own" --quiet
    for file in "$own"/*.shp; do
        for extension in geojson gpkg csv xlsx txt kml dxf; do "$luodi" convert "$file" "${file%.shp}.$extension" --quiet 2>/dev/null || true; done
        for extension in csv xlsx; do "$luodi" convert "$file" "${file%.shp}_points.$extension" --profile points --quiet 2>/dev/null || true; done
    done
    printf '3\n1,房,508480.1,4014980.5,12\n2,,508640,4014980,\n' >"$own/points.dat"
    while read -r file; do seed "$file"; done < <(find "$own" ${LUODI_CORPUS:+"$LUODI_CORPUS"} -type f | sort)
fi

failed=0
targets=("$@")
if [ $# -eq 0 ]; then mapfile -t targets < <(cargo fuzz list); fi
TIMEFORMAT='%U s of the processor'
for target in "${targets[@]}"; do
    mkdir -p "$seeds/$target" "$found/$target"
    words=fuzz/dictionaries/$target.dict
    echo "fuzz: $target, $seconds s, $(find "$seeds/$target" -type f | wc -l) inputs to begin with"
    log=$found/$target.log
    # shellcheck disable=SC2086
    if ! time nice -n 19 $alone cargo fuzz run --sanitizer none --release --debug-assertions "$target" "$seeds/$target" -- \
        -max_total_time="$seconds" -max_len="$(largest "$target")" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$found/$target/" $(if [ -f "$words" ]; then echo "-dict=$words"; fi) >"$log" 2>&1; then
        failed=1
        grep -E 'panicked at|ERROR: |Test unit written' -A1 "$log" | head -8
    fi
    # The last line of progress: executions, and what of the program was reached (cov).
    grep -E '^#[0-9]+.*cov:' "$log" | tail -1 || true
done
exit $failed

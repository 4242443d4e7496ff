#!/usr/bin/env python3
"""Writes what `ogrinfo` reads of every file of a folder as `expected.json`, for the table test on a folder of one's own.

usage: expect_with_gdal.py FOLDER      then: LUODI_CORPUS=FOLDER cargo test --test main corpus_table -- --include-ignored

Counts, kinds of shapes and the attributes of the first two records are taken; what `ogrinfo` refuses has an "error". Only
files of formats that both read are looked at.
"""
import json
import pathlib
import re
import subprocess
import sys

FIELD = re.compile(r"^  (.+?) \((\w+)[^)]*\) = (.*)$")
KIND = re.compile(r"^  ([A-Z]+)(?: [ZM]+)? (?:\(|EMPTY)")
KINDS = {
    "POINT": "Point", "MULTIPOINT": "MultiPoint", "LINESTRING": "LineString", "MULTILINESTRING": "MultiLineString",
    "POLYGON": "Polygon", "MULTIPOLYGON": "MultiPolygon", "GEOMETRYCOLLECTION": "GeometryCollection",
}
RECORDS = 2
READ_BY_BOTH = set("shp geojson json geojsonl gpkg kml kmz dxf csv tsv zip".split())


def ogrinfo(path, *options):
    return subprocess.run(["ogrinfo", "-ro", *options, str(path)], capture_output=True, text=True, errors="replace", timeout=120)


def layers_of(path):
    """The layers of a file with their features; an error where there are none."""
    done = ogrinfo(path, "-al", "-q")
    if done.returncode != 0:
        return None, done.stderr.strip()[:200]
    layers, record = [], None
    for line in done.stdout.splitlines():
        if line.startswith("Layer name: "):
            layers.append({"layer": line[12:], "features": 0, "by_type": {}, "first_records": []})
            record = None
        elif line.startswith("OGRFeature(") and layers:
            layers[-1]["features"] += 1
            record = {}
            if len(layers[-1]["first_records"]) < RECORDS:
                layers[-1]["first_records"].append(record)
        elif record is not None and layers:
            if field := FIELD.match(line):
                value = field[3]
                record[field[1]] = None if value == "(null)" else value
            elif kind := KIND.match(line):
                name = KINDS.get(kind[1], kind[1])
                layers[-1]["by_type"][name] = layers[-1]["by_type"].get(name, 0) + 1
    return layers, None


def main():
    root = pathlib.Path(sys.argv[1])
    files = {}
    for path in sorted(p for p in root.rglob("*") if p.suffix[1:].lower() in READ_BY_BOTH and p.name != "expected.json"):
        layers, error = layers_of(path)
        entry = {"error": error} if layers is None else {"layers": layers}
        files[path.relative_to(root).as_posix()] = {"bytes": path.stat().st_size, "gdal": entry}
    (root / "expected.json").write_text(json.dumps({"files": files}, ensure_ascii=False, indent=1), encoding="utf-8")
    read = sum(1 for f in files.values() if "layers" in f["gdal"])
    print(f"{len(files)} files, {read} read by ogrinfo")


if __name__ == "__main__":
    sys.exit(main())

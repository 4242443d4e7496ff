#!/usr/bin/env python3
"""What `luodi convert` writes, opened by GDAL: the same counts, systems, texts, areas and points as the source.

usage: check_written_with_gdal.py LUODI [SOURCE.shp ...] [--keep DIR]

Each source (without any: the shapefiles of sample-maps that say their system) is converted into every format that GDAL
reads, and into another plane and degrees; the reference is the source itself as GDAL reads it, reprojected by PROJ through
pyproj where it is there. A boundary-point TXT, which GDAL does not know, is converted on to a GeoPackage first.
Where `ogrinfo` is installed each file is opened by it too, which is most often another release of GDAL.
Exits with 1 for any difference; without the libraries it says so and exits with 0.
"""
import argparse
import csv
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import pyogrio.raw
    import shapely
except ImportError as missing:
    print(f"check_written_with_gdal: skipped, {missing.name} is not installed")
    sys.exit(0)
try:
    import pyproj
except ImportError:
    pyproj = None

SAMPLE = pathlib.Path(__file__).resolve().parent.parent / "sample-maps"

class Layer:
    def __init__(self, path, **options):
        meta, _, wkb, columns = pyogrio.raw.read(str(path), **options)
        self.crs = meta["crs"]
        self.names = list(meta["fields"])
        self.columns = dict(zip(self.names, columns))
        self.shapes = shapely.from_wkb(wkb) if wkb is not None else None

    def count(self):
        return len(self.shapes) if self.shapes is not None else len(next(iter(self.columns.values())))


def shown(value):
    """A value without the dress a format gives it: numbers as numbers, nothing as nothing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (float, np.floating)):
        return repr(float(value)).removesuffix(".0")
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d(T00:00:00(\.0+)?)?", text):
        return text[:10]
    if re.fullmatch(r"\d{4}/\d\d/\d\d", text):
        return text.replace("/", "-")
    if text == "NaT":
        return ""
    if re.fullmatch(r"-?\d+\.\d+", text):
        return repr(float(text)).removesuffix(".0")
    return text.strip()


class Check:
    def __init__(self):
        self.wrong = []
        self.counts = {"files": 0, "features": 0, "values": 0, "points": 0, "ogrinfo": 0}

    def say(self, what, words):
        self.wrong.append(f"{what}: {words}")

    def same_values(self, what, ours, theirs, names, lost=()):
        for name in names:
            if name in lost:
                continue
            if name not in ours.columns:
                self.say(what, f"no field {name}, only {ours.names}")
                continue
            for row, (a, b) in enumerate(zip(theirs.columns[name], ours.columns[name])):
                self.counts["values"] += 1
                if shown(a) != shown(b):
                    self.say(what, f"row {row}, {name}: {shown(a)!r} became {shown(b)!r}")
                    return

    def same_shapes(self, what, ours, theirs, within):
        for row, (a, b) in enumerate(zip(theirs, ours)):
            if shapely.is_missing(a) or shapely.is_empty(a) or shapely.is_missing(b) or shapely.is_empty(b):
                if not (shapely.is_missing(b) or shapely.is_empty(b)) or not (shapely.is_missing(a) or shapely.is_empty(a)):
                    self.say(what, f"row {row}: geometry on one side only")
                continue
            # The same parts and rings whatever their order, start and winding.
            p, q = points_of(a), points_of(b)
            if p.shape != q.shape:
                self.say(what, f"row {row}: {len(p)} points became {len(q)}")
                continue
            self.counts["points"] += len(p)
            apart = np.abs(p - q).max() if len(p) else 0
            if apart > within:
                self.say(what, f"row {row}: points {apart} apart")
            if a.is_valid and abs(a.area - b.area) > within * (a.length + b.length) + 1e-12:
                self.say(what, f"row {row}: area {a.area} became {b.area}")
            if rings_of(a) != rings_of(b):
                self.say(what, f"row {row}: rings {rings_of(a)} became {rings_of(b)}")


def points_of(shape):
    """All distinct corners in an order that rounding does not change."""
    points = shapely.get_coordinates(shape)
    size = 1e-6 if np.abs(points).max(initial=0) <= 360 else 0.05
    keys = np.round(points / size)
    _, first = np.unique(keys, axis=0, return_index=True)
    return points[first]


def rings_of(shape):
    parts = shapely.get_parts(shape)
    return sorted(int(shapely.get_num_interior_rings(part)) if part.geom_type == "Polygon" else -1 for part in parts)


def moved(shapes, source, target):
    if pyproj is None:
        return None
    way = pyproj.Transformer.from_crs(source, target, always_xy=True)
    return shapely.transform(shapes, lambda p: np.column_stack(way.transform(p[:, 0], p[:, 1])))


def epsg(crs):
    found = re.search(r"(\d+)\s*$", crs or "") if "EPSG" in (crs or "") else None
    if found:
        return int(found.group(1))
    return pyproj.CRS(crs).to_epsg(min_confidence=20) if pyproj and crs else None


def run(luodi, *words):
    done = subprocess.run([luodi, "convert", *map(str, words), "--lang", "en", "--force"], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"luodi convert {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stderr


def dictionary(path):
    beside = path.with_name(f"{path.stem}_字段对照.csv")
    if not beside.exists():
        return {}
    with open(beside, encoding="utf-8-sig", newline="") as file:
        return {row["字段名"]: row["shp"] for row in csv.DictReader(file)}


def check_source(check, luodi, source, folder):
    theirs = Layer(source)
    plane = epsg(theirs.crs)
    orders = [
        ("a.gpkg", [], None),
        ("a.shp", [], None),
        ("utf8.shp", ["--encoding", "UTF-8"], None),
        ("a.geojson", [], 4490),
        ("plane.geojson", ["--to", f"EPSG:{plane}"], None),
        ("a.kml", [], 4490),
        ("a.csv", [], None),
        ("a.xlsx", ["--profile", "wkt"], None),
        ("bare.gpkg", ["--to", "EPSG:4549"], 4549),
        ("lonlat.shp", ["--to", "EPSG:4490"], 4490),
        ("mercator.gpkg", ["--to", "EPSG:3857"], 3857),
        ("a.dxf", [], None),
    ]
    for name, words, target in orders:
        out = folder / name
        said = run(luodi, source, out, *words)
        what = f"{source.name} -> {name} {' '.join(words)}".strip()
        check.counts["files"] += 1
        is_sheet = out.suffix == ".xlsx"
        ours = Layer(out) if not is_sheet else Layer(out, read_geometry=False)
        if out.suffix == ".dxf":
            # Outlines and names alone: every corner is there, in the drawing's own numbers.
            outlines = [s for s in ours.shapes if shapely.get_dimensions(s) >= 1]
            mine = points_of(shapely.force_2d(shapely.geometrycollections(outlines)))
            all_theirs = points_of(shapely.geometrycollections([s for s in theirs.shapes if s is not None]))
            check.counts["points"] += len(mine)
            if mine.shape != all_theirs.shape or np.abs(mine - all_theirs).max() > 1e-6:
                check.say(what, f"{len(all_theirs)} corners became {len(mine)}")
        else:
            check.counts["features"] += ours.count()
            if ours.count() != theirs.count():
                check.say(what, f"{theirs.count()} features became {ours.count()}")
                continue
            expected = moved(theirs.shapes, plane, target) if target and target != plane else theirs.shapes
            shapes = ours.shapes
            if is_sheet or (out.suffix == ".csv" and shapes is None):
                shapes = shapely.from_wkt([t or None for t in ours.columns["WKT"]])
            degrees = target in (4490, 4326)
            if expected is not None:
                check.same_shapes(what, shapes, expected, 2e-9 if degrees else 5e-4)
            if out.suffix in (".csv", ".xlsx"):
                if set(ours.columns["坐标系"]) != {f"EPSG:{plane}"}:
                    check.say(what, "the table does not say its system")
            else:
                wanted = target or plane
                # Longitude and latitude of the world is what these two say by themselves.
                same = epsg(ours.crs) == wanted or (wanted == 4490 and epsg(ours.crs) in (4326, 4979))
                if not same:
                    check.say(what, f"system {ours.crs}, meant EPSG:{wanted}")
            short = dictionary(out) if out.suffix == ".shp" else {}
            for name_there, name_here in short.items():
                ours.columns[name_there] = ours.columns.pop(name_here)
            check.same_values(what, ours, theirs, theirs.names)
        ogrinfo(check, out, what, theirs.count() if out.suffix != ".dxf" else None)
        if "Wrote" not in said:
            check.say(what, f"nothing was said: {said}")
    if all(shapely.get_dimensions(s) == 2 for s in theirs.shapes if s is not None):
        for profile in ("standard", "general", "land-use-approval", "one-map", "enforcement", "linkage", "balance"):
            text, back = folder / f"{profile}.txt", folder / f"{profile}.gpkg"
            run(luodi, source, text, "--profile", profile)
            run(luodi, f"{text},crs=EPSG:{plane}", back, "--to", f"EPSG:{plane}")
            check.counts["files"] += 1
            ours = Layer(back)
            filled = [s for s in theirs.shapes if s is not None and not s.is_empty]
            if ours.count() != len(filled):
                check.say(f"{source.name} -> {profile}.txt", f"{len(filled)} parcels became {ours.count()}")
            else:
                check.same_shapes(f"{source.name} -> {profile}.txt", ours.shapes, filled, 5.1e-4)


def ogrinfo(check, out, what, count):
    if shutil.which("ogrinfo") is None:
        return
    done = subprocess.run(["ogrinfo", "-ro", "-al", "-so", str(out)], capture_output=True, text=True)
    check.counts["ogrinfo"] += 1
    found = re.findall(r"Feature Count: (\d+)", done.stdout)
    noise = [line for line in done.stderr.splitlines() if line.strip()]
    if done.returncode != 0 or noise:
        check.say(what, f"ogrinfo: {done.returncode} {noise[:2]}")
    if count is not None and found != [str(count)]:
        check.say(what, f"ogrinfo counts {found}, meant {count}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("luodi")
    parser.add_argument("sources", nargs="*", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    given = parser.parse_args()
    sources = given.sources or sorted(p for p in SAMPLE.glob("*.shp") if p.with_suffix(".prj").exists())
    check = Check()
    with tempfile.TemporaryDirectory() as temporary:
        base = given.keep or pathlib.Path(temporary)
        for number, source in enumerate(sources):
            folder = base / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            try:
                check_source(check, given.luodi, source, folder)
            except RuntimeError as failed:
                check.say(source.name, str(failed))
    counted = ", ".join(f"{count} {what}" for what, count in check.counts.items())
    print(f"GDAL {'.'.join(map(str, pyogrio.__gdal_version__))}: {len(sources)} sources, {counted}")
    print("\n".join(check.wrong) if check.wrong else "no difference")
    sys.exit(1 if check.wrong else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What `luodi convert` writes, opened by QGIS without a window: counts, systems, texts and areas of the source.

usage: check_written_with_qgis.py LUODI [SOURCE.shp ...] [--keep DIR]

Each source (without any: the shapefiles of sample-maps that say their system) is written in every format that QGIS opens;
the reference is the source as QGIS itself opens it. Exits with 1 for any difference; where QGIS is not installed for
this Python it says so and exits with 0.
"""
import argparse
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A sheet all of whose cells are text has titles too.
os.environ.setdefault("OGR_XLSX_HEADERS", "FORCE")
try:
    from qgis.core import Qgis, QgsApplication, QgsCoordinateTransform, QgsProject, QgsVectorLayer, QgsWkbTypes
except ImportError as missing:
    print(f"check_written_with_qgis: skipped, {missing.name} is not installed for {sys.executable}")
    sys.exit(0)

SAMPLE = pathlib.Path(__file__).resolve().parent.parent / "sample-maps"
# File, words of the order, and the system it is in where that is not the source's.
ORDERS = [
    ("a.gpkg", [], None),
    ("a.shp", [], None),
    ("utf8.shp", ["--encoding", "UTF-8"], None),
    ("a.geojson", [], 4490),
    ("plane.geojson", ["--to", "PLANE"], None),
    ("a.kml", [], 4490),
    ("a.csv", [], None),
    ("a.xlsx", ["--profile", "wkt"], None),
    ("bare.gpkg", ["--to", "EPSG:4549"], 4549),
    ("lonlat.shp", ["--to", "EPSG:4490"], 4490),
    ("a.dxf", [], None),
]


def shown(value):
    """A value without the dress a format gives it."""
    if value is None or (hasattr(value, "isNull") and value.isNull()):
        return ""
    if hasattr(value, "toString"):
        return value.toString("yyyy-MM-dd")
    text = str(value).strip()
    try:
        return repr(float(text)).removesuffix(".0")
    except ValueError:
        return text.replace("/", "-") if text.count("/") == 2 else text.removesuffix(" 00:00:00")


def opened(path):
    if path.suffix == ".csv":
        layer = QgsVectorLayer(f"{path.as_uri()}?type=csv&delimiter=,&wktField=WKT&detectTypes=no&encoding=UTF-8", path.stem, "delimitedtext")
    else:
        layer = QgsVectorLayer(str(path), path.stem, "ogr")
    return layer if layer.isValid() else None


def measure(feature, way=None):
    geometry = feature.geometry()
    if geometry.isNull() or geometry.isEmpty():
        return None
    if way is not None:
        geometry.transform(way)
    return geometry.area(), geometry.length(), geometry.boundingBox()


def check(luodi, source, folder, say, counts):
    theirs = opened(source)
    reference = list(theirs.getFeatures())
    names = [f.name() for f in theirs.fields()]
    plane = theirs.crs().authid().removeprefix("EPSG:")
    for name, words, target in ORDERS:
        is_sheet = name.endswith(".xlsx")
        if name.endswith(".dxf") and theirs.crs().isGeographic():
            continue
        out = folder / name
        words = [w.replace("PLANE", f"EPSG:{plane}") for w in words]
        what = f"{source.name} -> {name} {' '.join(words)}".strip()
        done = subprocess.run([luodi, "convert", str(source), str(out), *words, "--lang", "en", "--force"], capture_output=True, text=True)
        if done.returncode != 0:
            say(what, done.stderr.strip())
            continue
        counts["files"] += 1
        ours = opened(out)
        if ours is None:
            say(what, "QGIS does not open it")
            continue
        if name.endswith(".dxf"):
            # Outlines, holes on a layer of their own, and texts beside them: all borders together are as long as the source's.
            areas = [QgsVectorLayer(f"{out}|layername=entities|geometrytype={t}", "x", "ogr") for t in ("Polygon", "LineString")]
            found = sum(a.featureCount() for a in areas if a.isValid() and a.featureCount() > 0)
            if found < sum(1 for f in reference if not f.geometry().isNull()):
                say(what, f"{len(reference)} features became {found} outlines")
            around = lambda g: (g.convertToType(QgsWkbTypes.LineGeometry, True) if g.type() == QgsWkbTypes.PolygonGeometry else g).length()
            before = sum(around(f.geometry()) for f in reference if not f.geometry().isNull())
            after = sum(around(f.geometry()) for a in areas if a.isValid() for f in a.getFeatures())
            if abs(before - after) > 1e-6 * before:
                say(what, f"borders of {before} m became {after} m")
            continue
        features = list(ours.getFeatures())
        counts["features"] += len(features)
        if len(features) != len(reference):
            say(what, f"{len(reference)} features became {len(features)}")
            continue
        wanted = str(target or plane)
        system = ours.crs().authid().removeprefix("EPSG:")
        same = system == wanted or ours.crs().description() == theirs.crs().description() or (wanted == "4490" and system in ("4326", "CRS84", "OGC:CRS84"))
        if not is_sheet and not name.endswith(".csv") and not same:
            say(what, f"system {ours.crs().authid()} {ours.crs().description()!r}, meant EPSG:{wanted}")
        short = {}
        beside = out.with_name(f"{out.stem}_字段对照.csv")
        if out.suffix == ".shp" and beside.exists():
            with open(beside, encoding="utf-8-sig", newline="") as file:
                short = {row["字段名"]: row["shp"] for row in csv.DictReader(file)}
        columns = [(n, ours.fields().lookupField(short.get(n, n))) for n in names]
        for n, column in columns:
            if column < 0:
                say(what, f"no field {n}, only {[f.name() for f in ours.fields()]}")
        moves = not is_sheet and target is not None and wanted != plane
        # Areas are compared in the plane of the source.
        way = QgsCoordinateTransform(ours.crs(), theirs.crs(), QgsProject.instance()) if moves else None
        for row, (a, b) in enumerate(zip(reference, features)):
            differs = next((n for n, c in columns if c >= 0 and shown(a[n]) != shown(b[c])), None)
            counts["values"] += len(columns)
            if differs is not None:
                say(what, f"row {row}, {differs}: {shown(a[differs])!r} became {shown(b[dict(columns)[differs]])!r}")
                break
            if is_sheet:
                continue
            one, other = measure(a), measure(b, way)
            if (one is None) != (other is None):
                say(what, f"row {row}: geometry on one side only")
            elif one is not None:
                within = (0.02 if moves else 0.001) * (1 if not theirs.crs().isGeographic() else 1e-5)
                counts["areas"] += 1
                # A border that is off by so much over all of its length.
                if abs(one[0] - other[0]) > within * (one[1] + 1):
                    say(what, f"row {row}: area {one[0]} became {other[0]}")
                corners = [(one[2].xMinimum(), other[2].xMinimum()), (one[2].yMaximum(), other[2].yMaximum())]
                if any(abs(p - q) > within for p, q in corners):
                    say(what, f"row {row}: box {one[2].toString(4)} became {other[2].toString(4)}")
        if QgsWkbTypes.geometryType(ours.wkbType()) != QgsWkbTypes.geometryType(theirs.wkbType()) and not is_sheet and not name.endswith(".csv"):
            say(what, f"{QgsWkbTypes.displayString(theirs.wkbType())} became {QgsWkbTypes.displayString(ours.wkbType())}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("luodi")
    parser.add_argument("sources", nargs="*", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    given = parser.parse_args()
    sources = given.sources or sorted(p for p in SAMPLE.glob("*.shp") if p.with_suffix(".prj").exists())
    application = QgsApplication([], False)
    application.initQgis()
    wrong, counts = [], {"files": 0, "features": 0, "values": 0, "areas": 0}
    with tempfile.TemporaryDirectory() as temporary:
        for number, source in enumerate(sources):
            folder = (given.keep or pathlib.Path(temporary)) / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            check(given.luodi, source, folder, lambda what, words: wrong.append(f"{what}: {words}"), counts)
    counted = ", ".join(f"{count} {what}" for what, count in counts.items())
    print(f"QGIS {Qgis.QGIS_VERSION}: {len(sources)} sources, {counted}")
    print("\n".join(wrong) if wrong else "no difference")
    sys.stdout.flush()
    # Without this QGIS may end with a fault of its own after all is done.
    os._exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

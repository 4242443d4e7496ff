#!/usr/bin/env python3
"""grow_sites.py IN.shp COUNT OUT.shp: a shapefile of COUNT sites, those of IN again and again, each with an id of its own.

For measuring how time and memory grow with the number of sites: every copy lies where its site lies, so ten times the sites
are ten times the work and nothing else. The first field of the table is the id. Needs numpy.
"""
import pathlib
import struct
import sys

import numpy as np

HEADER = 100


def records(shp):
    """Begin of each record in the .shp and one past the last."""
    begins, at = [], HEADER
    while at < len(shp):
        begins.append(at)
        at += 8 + 2 * struct.unpack_from(">i", shp, at + 4)[0]
    return np.array(begins + [at], np.int64)


def main(given, count, out):
    given, out, count = pathlib.Path(given), pathlib.Path(out), int(count)
    shp, dbf = (given.with_suffix(s).read_bytes() for s in (".shp", ".dbf"))
    begins = records(shp)
    header_length, row_length = struct.unpack_from("<HH", dbf, 8)
    id_length = dbf[32 + 16]
    each = len(begins) - 1
    rows = np.frombuffer(dbf, np.uint8, each * row_length, header_length).reshape(each, row_length)
    with open(out.with_suffix(".shp"), "wb") as to_shp, open(out.with_suffix(".dbf"), "wb") as to_dbf, open(out.with_suffix(".shx"), "wb") as to_shx:
        for file in (to_shp, to_shx):
            file.write(shp[:HEADER])
        to_dbf.write(dbf[:4] + struct.pack("<I", count) + dbf[8:header_length])
        done, place = 0, HEADER
        while done < count:
            some = min(each, count - done)
            numbers = np.arange(done + 1, done + some + 1)
            piece = np.frombuffer(shp, np.uint8, begins[some] - HEADER, HEADER).copy()
            at = begins[:some] - HEADER
            for byte in range(4):
                piece[at + byte] = (numbers >> (24 - 8 * byte)) & 0xFF
            to_shp.write(piece.tobytes())
            words = (np.diff(begins[: some + 1]) - 8) // 2
            to_shx.write(np.column_stack([(place + at) // 2, words]).astype(">i4").tobytes())
            own = rows[:some].copy()
            ids = np.char.zfill(numbers.astype(f"S{id_length}"), min(id_length, 10))
            own[:, 1 : 1 + id_length] = np.frombuffer(np.char.ljust(ids, id_length).astype(f"S{id_length}").tobytes(), np.uint8).reshape(some, id_length)
            to_dbf.write(own.tobytes())
            done, place = done + some, place + len(piece)
        to_dbf.write(b"\x1a")
        for file, length in ((to_shp, place), (to_shx, HEADER + 8 * count)):
            if length // 2 > 0x7FFFFFFF:
                sys.exit(f"{out}: {count} sites are more than a shapefile holds")
            file.seek(24)
            file.write(struct.pack(">i", length // 2))
    for suffix in (".prj", ".cpg"):
        if given.with_suffix(suffix).exists():
            out.with_suffix(suffix).write_bytes(given.with_suffix(suffix).read_bytes())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

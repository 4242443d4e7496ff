#!/usr/bin/env python3
"""Verdicts of `luodi check` against shapely/GEOS on random pairs of a site and a plan.

usage: fuzz_against_shapely.py LUODI [--pairs N] [--seed S] [--keep DIR]

Each pair lies in a tile of its own within one made-up city in EPSG:4528, so that one run of the program answers thousands.
Half the sites are made from the plan's borders: shared edges, touching corners, near misses of 1e-4 to 1e-3 m, strips of
about the tolerance, rings with one vertex moved. A plan is one to four polygons, with holes, holes filled by others, parts.
GEOS computes on coordinates counted from the tile's corner, which is an exact subtraction. A pair is a difference when the
verdicts differ although GEOS's areas are further from every tolerance than rounding can move a border, or when the areas
differ by more than that. Each difference is settled by a third count in fractions, and printed.
Exits with 1 for a difference in which the program is wrong; without shapely it says so and exits with 0.
"""
import argparse
import csv
import math
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

try:
    import numpy as np
    import pyogrio
    import shapely
except ImportError as missing:
    print(f"fuzz_against_shapely: skipped, {missing.name} is not installed")
    sys.exit(0)

WEST, SOUTH = 40_420_000, 3_950_000
TOLERANCE_M2, TOLERANCE_SHARE = 1.0, 1e-4
TURN = 2 * math.pi


# ---- shapes: a shape is a list of polygons, a polygon a list of rings, in metres from the tile's middle

def scale(rnd, low, high):
    return math.exp(rnd.uniform(math.log(low), math.log(high)))


def star(rnd, at, radius, corners, low=0.5):
    turn = rnd.uniform(0, TURN)
    spokes = ((turn + TURN * i / corners, radius * rnd.uniform(low, 1)) for i in range(corners))
    return [(at[0] + r * math.cos(t), at[1] + r * math.sin(t)) for t, r in spokes]


def blob(rnd, at, radius, corners=None):
    corners = corners or rnd.randint(3, 24)
    polygon = [star(rnd, at, radius, corners)]
    if corners >= 8 and rnd.random() < 0.4:
        if rnd.random() < 0.5:
            polygon.append(star(rnd, at, radius * 0.4, rnd.randint(3, 8), 0.1))
        else:  # several holes around the middle
            n, turn = rnd.randint(2, 4), rnd.uniform(0, TURN)
            for i in range(n):
                t = turn + TURN * i / n
                polygon.append(star(rnd, (at[0] + 0.28 * radius * math.cos(t), at[1] + 0.28 * radius * math.sin(t)), radius * 0.12,
                                    rnd.randint(3, 6)))
    return polygon


def rectangle(rnd, at, radius):
    half = (radius, radius * scale(rnd, 0.001, 1))
    turn = 0 if rnd.random() < 0.5 else rnd.uniform(0, TURN)
    c, s = math.cos(turn), math.sin(turn)
    return [[(at[0] + x * half[0] * c - y * half[1] * s, at[1] + x * half[0] * s + y * half[1] * c)
             for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]]


def comb(rnd, at, radius):
    teeth = rnd.randint(2, 8)
    step = 2 * radius / teeth
    ring = [(at[0] - radius, at[1] - radius)]
    for i in range(teeth):
        x = at[0] - radius + i * step
        ring += [(x, at[1] + radius * rnd.uniform(0.2, 1)), (x + step * 0.6, at[1] + radius * rnd.uniform(0.2, 1)),
                 (x + step * 0.6, at[1] - 0.8 * radius), (x + step, at[1] - 0.8 * radius)]
    ring.append((at[0] + radius, at[1] - radius))
    return [ring]


def any_polygon(rnd, at, radius):
    kind = rnd.random()
    return blob(rnd, at, radius) if kind < 0.6 else rectangle(rnd, at, radius) if kind < 0.85 else comb(rnd, at, radius)


def neighbours(rnd, radius, apart):
    steps = rnd.randint(1, 7)
    line = [(rnd.uniform(-0.3, 0.3) * radius, (2 * i / steps - 1) * radius) for i in range(steps + 1)]
    west = line + [(-radius, radius), (-radius, -radius)]
    east = [(x + apart, y) for x, y in line] + [(radius, radius), (radius, -radius)]
    return [[[west]], [[east]]]


def make_plan(rnd, room):
    """A list of features, each a list of polygons."""
    radius = scale(rnd, 0.5, 0.4 * room)
    kind = rnd.randrange(7)
    near = lambda: (rnd.uniform(-radius, radius), rnd.uniform(-radius, radius))
    if kind == 0:
        return [[any_polygon(rnd, (0, 0), radius)]]
    if kind == 1:
        return [[any_polygon(rnd, near(), radius * scale(rnd, 0.1, 1))] for _ in range(rnd.randint(2, 4))]
    if kind == 2:
        return neighbours(rnd, radius, 0)
    if kind == 3:
        return neighbours(rnd, radius, rnd.choice((-1, 1)) * scale(rnd, 1e-4, 0.1))
    if kind == 4:  # corner to corner, as features or as parts of one
        squares = [[[(x * radius, y * radius), ((x + 1) * radius, y * radius), ((x + 1) * radius, (y + 1) * radius),
                     (x * radius, (y + 1) * radius)]] for x, y in ((0, 0), (-1, -1), (1, 1))[:rnd.randint(2, 3)]]
        return [[s] for s in squares] if rnd.random() < 0.5 else [squares]
    outer = blob(rnd, (0, 0), radius, rnd.randint(8, 24))
    if kind == 5:  # a functional area within, or yards filled by another cluster
        inner = [[h] for h in outer[1:]] or [[[(x * 0.5, y * 0.5) for x, y in outer[0]]]]
        return [[outer], inner]
    inner = [[star(rnd, (0, 0), radius * 0.05, 5)]] if len(outer) == 2 else []  # an island in the yard
    return [[outer] + inner]


def make_site(rnd, plan, room):
    """A list of polygons, and what it was made as."""
    polygon = rnd.choice(rnd.choice(plan))
    ring = rnd.choice(polygon)
    middle = (sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring))
    size = max(0.1, max(math.hypot(p[0] - middle[0], p[1] - middle[1]) for p in ring))
    if rnd.random() < 0.5:
        at = (middle[0] + rnd.uniform(-1, 1) * size, middle[1] + rnd.uniform(-1, 1) * size)
        radius = scale(rnd, 0.05, min(1.2 * size, 0.4 * room))
        if rnd.random() < 0.1:
            return [any_polygon(rnd, at, radius), any_polygon(rnd, (at[0] + 2.5 * radius, at[1]), radius)]
        return [any_polygon(rnd, at, radius)]
    i = rnd.randrange(len(ring))
    a, b = ring[i], ring[(i + 1) % len(ring)]
    length = max(1e-3, math.hypot(b[0] - a[0], b[1] - a[1]))
    u = ((b[0] - a[0]) / length, (b[1] - a[1]) / length)
    at = lambda along, across: (a[0] + u[0] * along - u[1] * across, a[1] + u[1] * along + u[0] * across)
    side = rnd.choice((-1, 1))
    miss = rnd.choice((0, side * scale(rnd, 1e-4, 1e-3), side * scale(rnd, 1e-8, 1e-4)))
    kind = rnd.randrange(7)
    if kind == 0:
        depth = side * scale(rnd, 1e-3, length)
        return [[[at(0, miss), at(length, miss), at(length, depth), at(0, depth)]]]
    if kind == 1:
        start, end, depth = rnd.uniform(0, 0.5) * length, rnd.uniform(0.5, 1) * length, side * scale(rnd, 1e-3, length)
        return [[[at(start, miss), at(end, miss), at(end - miss, depth), at(start, depth)]]]
    if kind == 2:  # about the tolerance lies beyond the edge
        start, end, depth = rnd.uniform(0, 0.4) * length, rnd.uniform(0.6, 1) * length, scale(rnd, 0.1, min(max(0.2, 4 * length), 0.4 * room))
        target = (1.0 if rnd.random() < 0.5 else 1e-4 * (end - start) * depth) * (1 + side * scale(rnd, 1e-7, 0.3))
        out = target / (end - start)
        return [[[at(start, -side * out), at(end, -side * out), at(end, side * depth), at(start, side * depth)]]]
    if kind == 3:  # corner to corner
        depth, turn, opening = scale(rnd, 0.01, length), rnd.uniform(0, TURN), rnd.uniform(0.1, 3)
        corner = lambda t: (a[0] + miss + depth * math.cos(turn + t), a[1] + depth * math.sin(turn + t))
        return [[[(a[0] + miss, a[1]), corner(0), corner(opening)]]]
    if kind == 4:  # the cluster itself or nearly so
        shake = lambda p: (p[0] + miss * rnd.uniform(-1, 1), p[1] + miss * rnd.uniform(-1, 1)) if rnd.random() < 0.3 else p
        return [[[shake(p) for p in r] for r in polygon]]
    if kind == 5:  # one vertex elsewhere
        moved = list(polygon[0])
        j, by = rnd.randrange(len(moved)), scale(rnd, 1e-4, 2)
        moved[j] = (moved[j][0] + rnd.choice((-1, 1)) * by, moved[j][1] + rnd.choice((-1, 1)) * by)
        return [[moved]]
    grow = rnd.choice((1, 1 + miss / size))  # a ring filled: the land, or a yard
    return [[[(middle[0] + (x - middle[0]) * grow, middle[1] + (y - middle[1]) * grow) for x, y in ring]]]


# ---- geometry in bulk

def to_geoms(shapes, corners, decimals):
    """Shapes as GEOS geometries: in the city, and counted from the tile's corner (exactly)."""
    points, ring_of, polygon_of_ring, shape_of_polygon = [], [], [], []
    rings = polygons = 0
    tile_of_point = []
    for number, shape in enumerate(shapes):
        for polygon in shape:
            for ring in polygon:
                points += ring
                points.append(ring[0])
                ring_of += [rings] * (len(ring) + 1)
                tile_of_point += [number] * (len(ring) + 1)
                polygon_of_ring.append(polygons)
                rings += 1
            shape_of_polygon.append(number)
            polygons += 1
    points, tile = np.array(points, float), np.array(tile_of_point)
    places = decimals[tile]
    for n in (3, 4):
        points[places == n] = np.round(points[places == n], n)
    city = points + corners[tile]
    local = city - corners[tile]
    assert np.array_equal(local + corners[tile], city)
    made = []
    for coords in (city, local):
        lines = shapely.linearrings(coords, indices=np.array(ring_of))
        polys = shapely.polygons(*with_holes(lines, np.array(polygon_of_ring)))
        made.append(shapely.multipolygons(polys, indices=np.array(shape_of_polygon)))
    return made


def with_holes(lines, owner):
    """First ring of each polygon, its holes padded with None."""
    first = np.r_[True, owner[1:] != owner[:-1]]
    starts = np.flatnonzero(first)
    counts = np.diff(np.r_[starts, len(owner)]) - 1
    holes = np.full((len(starts), max(1, counts.max())), None, dtype=object)
    for p in np.flatnonzero(counts):
        holes[p, : counts[p]] = lines[starts[p] + 1: starts[p] + 1 + counts[p]]
    return lines[starts], holes


def write(path, geoms, field, values):
    pyogrio.raw.write(path, shapely.to_wkb(geoms), field_data=[np.array(values, dtype=object)], fields=[field], geometry_type="Polygon",
                      crs="EPSG:4528", driver="ESRI Shapefile")


# ---- the third count

def exact(site, plan):
    """Areas of a site inside and outside a plan in exact fractions: level slabs between all vertices and crossings."""
    edges = []
    for owner, geom in enumerate([site] + plan):
        for part in shapely.get_parts(geom):
            for ring in [part.exterior, *part.interiors]:
                pts = [(Fraction(x), Fraction(y)) for x, y in ring.coords]
                edges += [(min(a, b, key=lambda p: p[1]), max(a, b, key=lambda p: p[1]), owner) for a, b in zip(pts, pts[1:]) if a[1] != b[1]]
    low, high = min(e[0][1] for e in edges if e[2] == 0), max(e[1][1] for e in edges if e[2] == 0)
    edges = [e for e in edges if e[0][1] < high and e[1][1] > low]
    heights = {p[1] for e in edges for p in e[:2]}
    for i, (a, b, owner) in enumerate(edges):
        for c, d, other in edges[i + 1:]:
            if owner == other or c[1] >= b[1] or a[1] >= d[1]:
                continue
            u, v, w = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1]), (c[0] - a[0], c[1] - a[1])
            det = u[0] * v[1] - u[1] * v[0]
            if det and 0 < (t := (w[0] * v[1] - w[1] * v[0]) / det) < 1 and 0 < (w[0] * u[1] - w[1] * u[0]) / det < 1:
                heights.add(a[1] + t * u[1])
    heights = sorted(h for h in heights if low <= h <= high)
    inside = outside = Fraction(0)
    for bottom, top in zip(heights, heights[1:]):
        y = (bottom + top) / 2
        across = sorted((a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]), owner) for a, b, owner in edges if a[1] <= bottom and b[1] >= top)
        within = [False] * (len(plan) + 1)
        for (x, owner), (x2, _) in zip(across, across[1:]):
            within[owner] = not within[owner]
            if within[0]:
                if any(within[1:]):
                    inside += (x2 - x) * (top - bottom)
                else:
                    outside += (x2 - x) * (top - bottom)
    return float(inside), float(outside)


def verdicts(inside, outside, total, by):
    """The verdict with the areas `by` more or less: one word, or several on the line."""
    found = []
    for out_by, in_by in ((by, -by), (-by, by), (0 * by, 0 * by)):
        small = lambda part: (part <= TOLERANCE_M2) & (part <= TOLERANCE_SHARE * total)
        found.append(np.where(small(outside + out_by), "inside", np.where(small(inside + in_by), "outside", "partial")))
    return found


# ---- one run

def run(luodi, folder, seed, pairs, room, corners_at_least):
    rnd = random.Random(seed)
    columns = max(1, int(160_000 // room))
    plans, sites = [], []
    for _ in range(pairs):
        plan = make_plan(rnd, room)
        if corners_at_least:
            plan[0] = [blob(rnd, (0, 0), 0.4 * room * rnd.uniform(0.3, 1), corners_at_least)]
        plans.append(plan)
        sites.append(make_site(rnd, plan, room))
    tiles = np.array([(WEST + (i % columns + 0.5) * room, SOUTH + (i // columns + 0.5) * room) for i in range(pairs)]).round()
    decimals = np.array([rnd.choice((3, 4, 0)) for _ in range(pairs)])
    site_city, site_local = to_geoms(sites, tiles, decimals)
    owner = np.array([i for i, plan in enumerate(plans) for _ in plan])
    plan_city, plan_local = to_geoms([f for plan in plans for f in plan], tiles[owner], decimals[owner])
    # What the program would have to mend is another test's, and what leaves its tile meets the plan of the next.
    fits = lambda geoms: shapely.is_valid(geoms) & (np.abs(shapely.bounds(geoms)) < 0.49 * room).all(axis=1)
    sound = fits(site_local)
    np.logical_and.at(sound, owner, fits(plan_local))
    kept = np.flatnonzero(sound)
    of_plan = sound[owner]
    plan_path, site_path, out = (os.path.join(folder, name) for name in ("plan.shp", "sites.shp", "out.csv"))
    write(plan_path, plan_city[of_plan], "id", [str(i) for i in range(of_plan.sum())])
    write(site_path, site_city[kept], "site_id", [str(i) for i in kept])
    command = [luodi, "check", "--plan", plan_path, "--sites", site_path, "--rules", "position", "--date", "2024-01-01", "--out", out,
               "--force", "--quiet"]
    subprocess.run(command, check=True)
    with open(out, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(r["site_id"]) for r in rows] == kept.tolist(), "not every site was answered in order"
    most = np.bincount(owner).max()
    grid = np.full((pairs, most), None, dtype=object)
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    grid[owner, place] = plan_local
    grid, site = grid[kept], site_local[kept]
    land = shapely.union_all(grid, axis=1)
    inside, outside = shapely.area(shapely.intersection(site, land)), shapely.area(shapely.difference(site, land))
    ours = {name: np.array([float(r[name] or "nan") for r in rows]) for name in ("inside_m2", "outside_m2")}
    said = np.array([r["verdict"] for r in rows])
    # Vertices and crossings are snapped to a grid of 2^-27 m, each by half a cell: what that can move, and no less than a millionth.
    rounding = 1e-6 + 2.0 ** -27 * shapely.length(site)
    possible = verdicts(inside, outside, shapely.area(site), rounding)
    verdict_differs = ~np.any([said == p for p in possible], axis=0)
    with np.errstate(invalid="ignore"):
        # The table prints four decimals.
        area_differs = ~((np.abs(ours["inside_m2"] - inside) <= 5.1e-5 + rounding) & (np.abs(ours["outside_m2"] - outside) <= 5.1e-5 + rounding))
    wrong = 0
    for i in np.flatnonzero(verdict_differs | area_differs):
        plan = [g for g in grid[i] if g is not None]
        right_in, right_out = exact(site[i], plan)
        truth = [str(v) for v in verdicts(np.float64(right_in), np.float64(right_out), right_in + right_out, rounding[i])]
        off = max(abs(ours["inside_m2"][i] - right_in), abs(ours["outside_m2"][i] - right_out))
        bad = said[i] not in truth or not off <= 5.1e-5 + rounding[i]
        wrong += bad
        print(f"seed {seed} pair {kept[i]}: {'LUODI IS WRONG' if bad else 'GEOS is off'}: luodi {said[i]} {ours['inside_m2'][i]} + "
              f"{ours['outside_m2'][i]}, GEOS {inside[i]!r} + {outside[i]!r}, exactly {right_in!r} + {right_out!r}")
        if bad:
            print("  site", site[i].wkt, "\n  plan", *(g.wkt for g in plan))
    counts = {word: int((said == word).sum()) for word in ("inside", "partial", "outside", "not_checked")}
    on_line = int(np.sum(possible[0] != possible[1]))
    return len(kept), counts, on_line, int((verdict_differs | area_differs).sum()), wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("luodi")
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="folder for the files of the last run")
    args = parser.parse_args()
    total, all_counts, lines, differing, wrong, number = 0, {}, 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or scratch
        os.makedirs(folder, exist_ok=True)
        while total < args.pairs:
            # Now and then large plans of many vertices; else small tiles, many at once.
            room, pairs, corners = (18_000.0, 40, 5_000) if number % 25 == 24 else (1_600.0, 8_000, 0)
            pairs = min(pairs, args.pairs - total + 200)
            seen, counts, on_line, differ, bad = run(args.luodi, folder, args.seed * 1_000_000 + number, pairs, room, corners)
            total, lines, differing, wrong, number = total + seen, lines + on_line, differing + differ, wrong + bad, number + 1
            all_counts = {word: all_counts.get(word, 0) + n for word, n in counts.items()}
            print(f"\r{total} pairs, {differing} differences, {wrong} wrong", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"{total} pairs, seed {args.seed}, shapely {shapely.__version__}, GEOS {shapely.geos_version_string}: {all_counts}; "
          f"{lines} within rounding of a tolerance; {differing} differ, in {wrong} of these luodi is wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

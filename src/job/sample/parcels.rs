//! Parcels (现状宗地) on a lattice with streets between the blocks; neighbours share their corners exactly.

use super::layout::Placed;
use super::random::{Frame, Random};
use crate::geom::{Located, Point, PreparedShape, Rings, Shape};

/// A parcel with its code of the third survey's classification (三调).
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub id: String,
    pub land_use: &'static str,
    pub holder: String,
    pub rings: Rings,
}

/// Clusters that are filled first.
const FIRST: [u32; 3] = [33, 35, 41];

/// Parcels of a block along and across, their mean size and the streets between blocks, in m.
const BLOCK: [i64; 2] = [4, 2];
const PARCEL_M: Point = [85.0, 75.0];
const STREET_M: f64 = 24.0;

/// `count` parcels or as many as the clusters hold: a third each in three of them, then the others one by one.
pub(super) fn parcels(placed: &[Placed], count: usize) -> Vec<Parcel> {
    let mut found = Vec::new();
    let is_first = |p: &&Placed| FIRST.contains(&p.entry.number) && p.parent.is_none();
    let full = count > 3600;
    for p in placed.iter().filter(is_first) {
        let quota = if full { count - found.len() } else { (count - found.len()).min(count.div_ceil(3)) };
        found.extend(parcels_of(p, quota));
    }
    for p in placed.iter().filter(|p| !is_first(p) && p.parent.is_none()) {
        found.extend(parcels_of(p, count - found.len()));
    }
    found
}

fn parcels_of(p: &Placed, quota: usize) -> Vec<Parcel> {
    let land = if quota > 1200 { &p.planned } else { p.now.as_ref().unwrap_or(&p.planned) };
    let Ok(shape) = Shape::check(land.as_ref()) else { return Vec::new() };
    if quota == 0 {
        return Vec::new();
    }
    let bbox = shape.bbox();
    let half = [bbox.width(), bbox.height()].map(|m| m / 2.0);
    let frame = p.frame.moved([bbox.min[0] + half[0], bbox.min[1] + half[1]]);
    let reach = [0, 1].map(|k| ((half[0] + half[1]) / PARCEL_M[k]) as i64 + 1);
    let land = PreparedShape::new(shape);
    let mut cells: Vec<[i64; 2]> = (-reach[0]..=reach[0]).flat_map(|i| (-reach[1]..=reach[1]).map(move |j| [i, j])).collect();
    // From the middle outwards, so that a few parcels make a quarter and not a strip.
    cells.sort_by_key(|[i, j]| ((i.div_euclid(BLOCK[0]).abs() * 3).max(j.div_euclid(BLOCK[1]).abs() * 2), *i, *j));
    let mut kept: Vec<([i64; 2], [Point; 4])> = Vec::new();
    for cell in cells {
        let ring = ring(frame, cell);
        let inside = Shape::check(Rings::simple(&ring).as_ref()).is_ok_and(|s| land.locate(s.as_ref()) == Located::Inside);
        if inside {
            kept.push((cell, ring));
        }
        if kept.len() == quota {
            break;
        }
    }
    kept.sort_by_key(|(cell, _)| *cell);
    let mut random = Random::new(1000 + u64::from(p.entry.number));
    let parcel = |(n, (_, ring)): (usize, &([i64; 2], [Point; 4]))| Parcel {
        id: format!("{}{:05}", p.id, n + 1),
        land_use: match random.below(20) {
            0..=13 => "0601",
            14 | 15 => "0508",
            16 => "1003",
            17 => "0701",
            _ => "0305",
        },
        holder: format!("示例企业{:04}(虚构)", random.below(1600)),
        rings: Rings::simple(ring),
    };
    kept.iter().enumerate().map(parcel).collect()
}

/// The corners of a cell: one function of the lattice's lines, so that neighbours agree to the last digit.
fn ring(frame: Frame, [i, j]: [i64; 2]) -> [Point; 4] {
    let line = |k: i64, axis: usize, upper: bool| {
        let streets = k.div_euclid(BLOCK[axis]) as f64 * STREET_M;
        // Lines within a block lie unevenly; the edges of a block are straight streets.
        let within = k.rem_euclid(BLOCK[axis]) + i64::from(upper);
        let uneven = if within == 0 || within == BLOCK[axis] {
            0.0
        } else {
            PARCEL_M[axis] * 0.12 * (((k + i64::from(upper)) * 7).rem_euclid(5) - 2) as f64 / 2.0
        };
        (k + i64::from(upper)) as f64 * PARCEL_M[axis] + streets + uneven
    };
    let [west, east] = [false, true].map(|upper| line(i, 0, upper));
    let [south, north] = [false, true].map(|upper| line(j, 1, upper));
    [[west, south], [east, south], [east, north], [west, north]].map(|p| frame.at(p).map(|v| (v * 1e3).round() / 1e3))
}

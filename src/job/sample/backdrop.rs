//! Sea and neighbouring cities around the sample's districts: generalised by hand, the coast of the districts their own.

use super::districts::{District, crooked};
use super::layout::shoelace;
use super::random::Random;
use crate::geom::Point;
use std::collections::BTreeMap;

/// A piece of sea or a neighbouring city.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ground {
    pub kind: &'static str,
    pub name: &'static str,
    /// One ring in degrees, counter-clockwise.
    pub outline: Vec<Point>,
}

/// Corners of the districts' outer border where something else begins beyond it.
const NORTH_EAST_COAST: Point = [120.97, 36.56];
const SOUTH_WEST_COAST: Point = [119.65, 35.60];
const NORTH_WEST: Point = [119.61, 37.01];
const WEST: Point = [119.59, 35.77];
/// The mouth of the bay, west and east.
const MOUTH: [Point; 2] = [[120.24, 36.06], [120.31, 36.07]];

/// From the city's north-eastern coast to the eastern edge; the second stretch is another city's.
const SOUTH_COAST: [&[Point]; 2] = [
    &[NORTH_EAST_COAST, [121.03, 36.59], [121.18, 36.66], [121.4, 36.72], [121.6, 36.77]],
    &[[121.6, 36.77], [121.95, 36.88], [122.4, 36.87]],
];
/// From the southern edge to the city's south-western coast.
const SOUTH_WEST: &[Point] = &[[119.17, 34.9], [119.25, 35.12], [119.42, 35.32], [119.56, 35.44], [119.6, 35.55], SOUTH_WEST_COAST];
/// Around the north, from the northern edge eastward, cut where cities or seas change.
const NORTH_COAST: [&[Point]; 4] = [
    &[[118.95, 38.2], [119.2, 37.75], [118.95, 37.3]],
    &[[118.95, 37.3], [119.2, 37.13], [119.55, 37.12]],
    &[[119.55, 37.12], [119.86, 37.22], [120.02, 37.38], [120.3, 37.6], [120.75, 37.83]],
    &[[120.75, 37.83], [121.1, 37.72], [121.4, 37.58], [121.7, 37.5]],
];
const FAR_NORTH_COAST: &[Point] = &[[121.7, 37.5], [122.1, 37.52], [122.4, 37.42]];
const CAPE: Point = [120.9, 38.2];

fn line(corners: &[Point]) -> Vec<Point> {
    let mut out: Vec<Point> = corners.first().copied().into_iter().collect();
    for pair in corners.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        let mut random = Random::new((a[0] * 3100.0 + a[1] * 700.0 + b[0] * 300.0 + b[1] * 100.0).round() as u64);
        crooked(a, b, &mut random, &mut out);
        out.push(b);
    }
    out
}

/// The border around all districts, counter-clockwise as theirs: the edges that only one of them has.
fn around(districts: &[District]) -> Vec<Point> {
    let key = |p: Point| p.map(|v| (v * 1e5).round() as i64);
    let mut edges: BTreeMap<[i64; 2], (Point, [i64; 2])> = BTreeMap::new();
    let of = |d: &District| -> Vec<(Point, Point)> { d.outline.iter().copied().zip(d.outline.iter().copied().cycle().skip(1)).collect() };
    let all: std::collections::BTreeSet<_> = districts.iter().flat_map(of).map(|(a, b)| (key(a), key(b))).collect();
    for (a, b) in districts.iter().flat_map(of).filter(|(a, b)| !all.contains(&(key(*b), key(*a)))) {
        edges.insert(key(a), (a, key(b)));
    }
    let mut ring = Vec::new();
    let mut at = key(NORTH_EAST_COAST);
    while let Some((point, next)) = edges.remove(&at) {
        ring.push(point);
        at = next;
    }
    ring
}

/// The part of a ring from one of its corners on to another, both of them with it.
fn stretch(ring: &[Point], from: Point, to: Point) -> Vec<Point> {
    let start = ring.iter().position(|p| *p == from).unwrap_or(0);
    let mut out = Vec::new();
    for p in ring.iter().cycle().skip(start).take(ring.len() + 1) {
        out.push(*p);
        if *p == to && out.len() > 1 {
            break;
        }
    }
    out
}

fn ground(kind: &'static str, name: &'static str, lines: &[Vec<Point>]) -> Ground {
    let mut outline: Vec<Point> = lines.concat();
    outline.dedup();
    if outline.first() == outline.last() {
        outline.pop();
    }
    if shoelace(&outline) < 0.0 {
        outline.reverse();
    }
    Ground { kind, name, outline }
}

fn back(mut line: Vec<Point>) -> Vec<Point> {
    line.reverse();
    line
}

pub(super) fn backdrop(districts: &[District]) -> Vec<Ground> {
    let city = around(districts);
    let part = |from, to| stretch(&city, from, to);
    let [mouth_west, mouth_east] = MOUTH;
    let [south, far_south] = SOUTH_COAST.map(line);
    let [delta, bay, bohai, north] = NORTH_COAST.map(line);
    let far_north = line(FAR_NORTH_COAST);
    let south_west = line(SOUTH_WEST);
    let (sea, land) = ("海域", "邻市");
    // The way west from the city, the same for both who share it.
    let west = vec![WEST, [119.3, 35.75], [118.95, 35.86], [118.6, 35.9]];
    let delta_border = vec![[118.95, 37.3], [118.6, 37.15]];
    vec![
        ground(
            sea,
            "黄海",
            &[
                part(SOUTH_WEST_COAST, mouth_west),
                part(mouth_east, NORTH_EAST_COAST),
                south.clone(),
                far_south.clone(),
                vec![[122.4, 34.9]],
                south_west.clone(),
            ],
        ),
        ground(sea, "胶州湾", &[part(mouth_west, mouth_east)]),
        ground(sea, "渤海", &[delta.clone(), bay.clone(), bohai.clone(), vec![CAPE]]),
        ground(sea, "黄海", &[north.clone(), far_north.clone(), vec![[122.4, 38.2], CAPE]]),
        ground(land, "烟台市", &[part(NORTH_EAST_COAST, NORTH_WEST), bohai, north, back(south)]),
        ground(land, "威海市", &[far_south, back(far_north)]),
        ground(land, "潍坊市", &[part(NORTH_WEST, WEST), west.clone(), back(delta_border.clone()), bay]),
        ground(land, "东营市", &[delta, delta_border, vec![[118.6, 38.2]]]),
        ground(land, "日照市", &[part(WEST, SOUTH_WEST_COAST), back(south_west), vec![[118.6, 34.9]], back(west)]),
    ]
}

//! District borders from district areas: each shared edge once, so that its dashes are not doubled, and coasts apart.

use crate::geom::{BBox, Point, Rings, RingsRef};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The lines between and around districts.
#[derive(Clone, Debug, Default)]
pub(super) struct Borders {
    /// Between two districts.
    pub shared: Vec<Arc<Rings>>,
    /// Around all of them, where no sea was given.
    pub outer: Vec<Arc<Rings>>,
    /// Between a district and the sea.
    pub coast: Vec<Arc<Rings>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shared,
    Outer,
    Coast,
    /// Belongs to a line that another district has given already.
    Given,
}

type Edge = ([i64; 2], [i64; 2]);

/// An edge without direction; neighbours that differ by less than a centimetre share it.
fn edge(a: Point, b: Point) -> Edge {
    let cell = |p: Point| p.map(|v| (v * 100.0).round() as i64);
    let (a, b) = (cell(a), cell(b));
    if a <= b { (a, b) } else { (b, a) }
}

/// A place to the right of the middle of an edge: outside, as outer rings run counter-clockwise and holes clockwise.
fn beyond(a: Point, b: Point) -> Point {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx.hypot(dy).max(1e-9);
    [(a[0] + b[0]) / 2.0 + dy / length * BEYOND_M, (a[1] + b[1]) / 2.0 - dx / length * BEYOND_M]
}

fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))
}

/// How far beyond its border a district is asked whether there is sea, in m: wider than outlines of different origin disagree.
const BEYOND_M: f64 = 200.0;

/// `wet`: whether a place outside the districts lies in the sea.
pub(super) fn borders(districts: &[RingsRef<'_>], wet: &dyn Fn(Point) -> bool, window: BBox) -> Borders {
    let mut owners: BTreeMap<Edge, (usize, bool)> = BTreeMap::new();
    for (i, rings) in districts.iter().enumerate() {
        for (a, b) in rings.rings().flat_map(edges) {
            owners.entry(edge(a, b)).and_modify(|(_, shared)| *shared = true).or_insert((i, false));
        }
    }
    let mut out = Borders::default();
    for (i, rings) in districts.iter().enumerate() {
        for ring in rings.rings() {
            let kind = |(a, b): (Point, Point)| match owners.get(&edge(a, b)) {
                Some((owner, true)) if *owner == i => Kind::Shared,
                Some((_, true)) | None => Kind::Given,
                Some((_, false)) if wet(beyond(a, b)) => Kind::Coast,
                Some((_, false)) => Kind::Outer,
            };
            let kinds: Vec<(Kind, (Point, Point))> = edges(ring).map(|e| (kind(e), e)).collect();
            // Start where the kind changes, so that no line is cut at the ring's first point.
            let turn = (0..kinds.len()).find(|&k| k > 0 && kinds[k].0 != kinds[k - 1].0).unwrap_or(0);
            let mut line: Vec<Point> = Vec::new();
            let mut current = Kind::Given;
            for (kind, (a, b)) in kinds.iter().cycle().skip(turn).take(kinds.len()) {
                if *kind != current {
                    out.push(current, std::mem::take(&mut line), window);
                    current = *kind;
                    line.push(*a);
                }
                line.push(*b);
            }
            out.push(current, line, window);
        }
    }
    out
}

impl Borders {
    fn push(&mut self, kind: Kind, line: Vec<Point>, window: BBox) {
        let list = match kind {
            Kind::Shared => &mut self.shared,
            Kind::Outer => &mut self.outer,
            Kind::Coast => &mut self.coast,
            Kind::Given => return,
        };
        if line.len() < 2 || !BBox::of(&line).meets(&window) {
            return;
        }
        let mut rings = Rings::new();
        // A closed line keeps its last point only if it is drawn twice.
        let mut points = line;
        if points.first() == points.last() {
            let first = points[0];
            points.push(first);
        }
        rings.push_ring(&points);
        rings.end_part();
        list.push(Arc::new(rings));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_edge_is_drawn_once_and_the_coast_is_no_border() {
        let west = Rings::simple(&[[0.0, 0.0], [1e4, 0.0], [1e4, 1e4], [0.0, 1e4]]);
        let east = Rings::simple(&[[1e4, 0.0], [2e4, 0.0], [2e4, 1e4], [1e4, 1e4]]);
        let window = BBox { min: [0.0, 0.0], max: [3e4, 1e4] };
        let found = borders(&[west.as_ref(), east.as_ref()], &|p| p[0] > 2e4, window);
        assert_eq!(found.shared.len(), 1);
        assert_eq!(found.shared[0].as_ref().as_ref().coords(), [[1e4, 0.0], [1e4, 1e4]]);
        assert_eq!(found.coast.len(), 1);
        assert_eq!(found.coast[0].as_ref().as_ref().coords(), [[2e4, 0.0], [2e4, 1e4]]);
        let outer: usize = found.outer.iter().map(|l| l.as_ref().as_ref().coords().len() - 1).sum();
        assert_eq!(outer, 5);
    }
}

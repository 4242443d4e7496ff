//! The common case of checking: one plain ring, told sound without an index and without memory.

use super::edges::edges_of;
use super::segment::{Meeting, edge_box, meet, side};
use super::shape::signed_area_m2;
use super::{BBox, Point, is_place};
use std::cmp::Ordering;

/// Longer rings that do not go around their middle are surveyed through an index.
const SHORT: usize = 40;

/// Whether a ring is wound counter-clockwise, when it is sound as it stands, which here is told of rings that go around
/// their middle and of short ones: finite, no point repeated, no two edges that meet but neighbours at their common end.
/// `None` for any other, which may be sound all the same.
pub fn winding_of_simple(ring: &[Point]) -> Option<bool> {
    if ring.len() < 3 || !ring.iter().copied().all(is_place) {
        return None;
    }
    winding_around_middle(ring).or_else(|| (ring.len() <= SHORT && is_simple(ring)).then(|| signed_area_m2(ring, ring[0]) > 0.0))
}

/// The winding of a ring that goes once around its middle and always one way, as nearly all parcels do: seen from there
/// no edge lies behind another, so none meet but neighbours at their common end.
fn winding_around_middle(ring: &[Point]) -> Option<bool> {
    let middle = BBox::of(ring).center();
    let mut before = ring[ring.len() - 1];
    let way = side(middle, before, ring[0]);
    // How often it comes from south of the middle to north of it: each time around once, a step being less than half a turn.
    let mut rounds = 0;
    for &p in ring {
        if way == Ordering::Equal || side(middle, before, p) != way {
            return None;
        }
        rounds += usize::from(before[1] < middle[1] && p[1] >= middle[1]);
        before = p;
    }
    (rounds == 1).then_some(way == Ordering::Greater)
}

/// Edges that lead on in one direction, east or west, cannot meet but at their common ends; so only edges of different
/// such chains are compared, as far as they lie above one another, and neighbours.
fn is_simple(ring: &[Point]) -> bool {
    let n = ring.len();
    let mut boxes = [BBox::EMPTY; SHORT];
    let mut chains = [Chain::default(); SHORT];
    let (mut count, mut direction) = (0, Ordering::Equal);
    for (i, e) in edges_of(ring).enumerate() {
        let (before, goes) = (ring[if i == 0 { n - 1 } else { i - 1 }], e[0][0].total_cmp(&e[1][0]));
        // Neighbours in one line either go on or turn back; which of the two the survey tells.
        if e[0] == e[1] || side(before, e[0], e[1]) == Ordering::Equal {
            return false;
        }
        boxes[i] = edge_box(e);
        // A level step is no step east or west: such an edge is a chain of its own.
        if i == 0 || e[0][0] == e[1][0] || goes != direction {
            chains[count] = Chain { first: i, end: i, eastward: goes == Ordering::Less, bbox: BBox::EMPTY };
            count += 1;
        }
        direction = if e[0][0] == e[1][0] { Ordering::Equal } else { goes };
        let chain = &mut chains[count - 1];
        (chain.end, chain.bbox) = (i + 1, chain.bbox.join(boxes[i]));
    }
    let edge = |i: usize| [ring[i], ring[if i + 1 == n { 0 } else { i + 1 }]];
    let are_apart = |i: usize, j: usize| {
        let neighbours = i.abs_diff(j) == 1 || i.abs_diff(j) == n - 1;
        neighbours || !boxes[i].meets(&boxes[j]) || meet(edge(i), edge(j)) == Meeting::Apart
    };
    let chains = &chains[..count];
    let mut pairs = chains.iter().enumerate().flat_map(|(k, a)| chains[k + 1..].iter().map(move |b| (a, b)));
    pairs.all(|(a, b)| !a.bbox.meets(&b.bbox) || a.edges_above(b, &boxes, are_apart))
}

/// Edges that follow each other and all lead east, or all west.
#[derive(Clone, Copy, Default)]
struct Chain {
    first: usize,
    end: usize,
    eastward: bool,
    bbox: BBox,
}

impl Chain {
    /// The `i`-th of its edges from west to east.
    fn nth_eastward(&self, i: usize) -> usize {
        if self.eastward { self.first + i } else { self.end - 1 - i }
    }

    /// Whether `are` holds of all pairs of an edge of this and one of the other chain that share an easting.
    fn edges_above(&self, other: &Self, boxes: &[BBox; SHORT], are: impl Fn(usize, usize) -> bool) -> bool {
        let mut start = 0;
        for i in (0..self.end - self.first).map(|i| self.nth_eastward(i)) {
            let ends_west = |j: usize| boxes[other.nth_eastward(j)].max[0] < boxes[i].min[0];
            while start < other.end - other.first && ends_west(start) {
                start += 1;
            }
            let above = (start..other.end - other.first).map(|j| other.nth_eastward(j));
            if !above.take_while(|j| boxes[*j].min[0] <= boxes[i].max[0]).all(|j| are(i, j)) {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Rings, Shape};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sound_rings_are_known_with_their_winding() {
        let square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
        assert_eq!(winding_of_simple(&square), Some(true));
        let back: Vec<Point> = square.iter().rev().copied().collect();
        assert_eq!(winding_of_simple(&back), Some(false));
        assert_eq!(winding_of_simple(&[[0.0, 0.0], [4.0, 0.0], [2.0, 1.0], [0.0, 4.0]]), Some(true));
    }

    #[test]
    fn whatever_is_odd_is_left_to_the_survey() {
        let bow = [[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0]];
        let spike = [[0.0, 0.0], [4.0, 0.0], [9.0, 0.0], [4.0, 0.0], [4.0, 4.0]];
        let repeated = [[0.0, 0.0], [4.0, 0.0], [4.0, 0.0], [0.0, 4.0]];
        let star: Vec<Point> = (0..5).map(|i| f64::from(i) * 0.8 * std::f64::consts::PI).map(|t| [t.cos(), t.sin()]).collect();
        let twice: Vec<Point> = (0..8).map(|i| f64::from(i) * 0.5 * std::f64::consts::PI).map(|t| [t.cos(), t.sin()]).collect();
        let touching = [[0.0, 0.0], [8.0, 0.0], [8.0, 4.0], [4.0, 0.0], [0.0, 4.0]];
        for ring in [&bow[..], &spike, &repeated, &star, &twice, &touching, &[[0.0, 0.0], [f64::NAN, 0.0], [4.0, 4.0]]] {
            assert_eq!(winding_of_simple(ring), None, "{ring:?}");
        }
    }

    /// A repeated point, or three points in one line.
    fn in_line(ring: &[Point]) -> bool {
        let at = |i: usize| ring[i % ring.len()];
        (0..ring.len()).any(|i| side(at(i), at(i + 1), at(i + 2)) == Ordering::Equal)
    }

    proptest! {
        /// What is called sound here is sound to the survey too, with the same winding; small numbers make every accident likely.
        #[test]
        fn agrees_with_the_survey(ring in prop::collection::vec((0i32..6, 0i32..6), 3..9)) {
            let ring: Vec<Point> = ring.into_iter().map(|(x, y)| [f64::from(x), f64::from(y)]).collect();
            let checked = Shape::check(Rings::simple(&ring).as_ref());
            match winding_of_simple(&ring) {
                Some(counter_clockwise) => {
                    let mut wound = ring.clone();
                    if !counter_clockwise { wound[1..].reverse() }
                    let checked = checked.unwrap();
                    prop_assert_eq!(checked.rings().coords(), &wound[..]);
                }
                // A closed ring and a repeated point are set right by the check.
                None => prop_assert!(checked.is_err() || in_line(&ring)),
            }
        }
    }
}

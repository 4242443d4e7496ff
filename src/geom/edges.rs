//! All edges of a set of rings, found by place: a packed tree of boxes over the edges in ring order.
//!
//! Neighbours along a ring are neighbours on the ground, so the order of the file serves as well as a sorted one and
//! the tree is built in one pass.

use super::segment::{Edge, by_place, edge_box, side};
use super::{BBox, Point, RingsRef};
use std::cmp::Ordering;
use std::ops::ControlFlow;

const FAN: usize = 8;

/// Where a point lies relative to a ring or a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    Outside,
    Border,
}

#[derive(Clone, Debug)]
pub(super) struct Edges {
    edges: Vec<Edge>,
    ring_of: Vec<u32>,
    /// `levels[0]` are the boxes of `FAN` edges each, every further level those of `FAN` boxes.
    levels: Vec<Vec<BBox>>,
}

impl Edges {
    pub(super) fn new(rings: RingsRef<'_>) -> Self {
        let count = rings.coords().len();
        let (mut edges, mut ring_of) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (number, ring) in rings.rings().enumerate() {
            for (i, &a) in ring.iter().enumerate() {
                edges.push([a, ring[if i + 1 == ring.len() { 0 } else { i + 1 }]]);
                ring_of.push(number as u32);
            }
        }
        let lowest = edges.chunks(FAN).map(|few| few.iter().fold(BBox::EMPTY, |b, &e| b.join(edge_box(e)))).collect::<Vec<_>>();
        let mut levels = vec![lowest];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let above = below.chunks(FAN).map(|few| few.iter().fold(BBox::EMPTY, |b, &c| b.join(c))).collect();
            levels.push(above);
        }
        Self { edges, ring_of, levels }
    }

    pub(super) fn len(&self) -> usize {
        self.edges.len()
    }

    pub(super) fn edge(&self, i: usize) -> Edge {
        self.edges[i]
    }

    /// The number of the ring that edge `i` belongs to.
    pub(super) fn ring_of(&self, i: usize) -> usize {
        self.ring_of[i] as usize
    }

    /// Calls `found` with each edge from number `from` on whose box meets `window`, until it breaks.
    pub(super) fn meeting(&self, window: BBox, from: usize, mut found: impl FnMut(usize) -> ControlFlow<()>) -> ControlFlow<()> {
        // Depth first over (level, number); a level has at most FAN - 1 boxes waiting.
        let mut waiting = Vec::with_capacity(FAN * self.levels.len());
        waiting.push((self.levels.len() - 1, 0usize));
        while let Some((level, number)) = waiting.pop() {
            let span = FAN.pow(level as u32 + 1);
            let Some(bbox) = self.levels[level].get(number) else { continue };
            if (number + 1) * span <= from || !bbox.meets(&window) {
                continue;
            }
            if level > 0 {
                waiting.extend((number * FAN..(number + 1) * FAN).rev().map(|child| (level - 1, child)));
                continue;
            }
            for i in (number * FAN).max(from)..((number + 1) * FAN).min(self.edges.len()) {
                if edge_box(self.edges[i]).meets(&window) {
                    found(i)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// The numbers of the rings, `but` one, that hold `p`: those that a ray from `p` to the east crosses an odd number of
    /// times. `None` when `p` lies on the border of one of them.
    pub(super) fn rings_around(&self, p: Point, but: usize) -> Option<Vec<usize>> {
        let ray = BBox { min: p, max: [f64::INFINITY, p[1]] };
        let mut crossed = Vec::new();
        let ended = self.meeting(ray, 0, |i| {
            if self.ring_of(i) != but {
                match ray_meets(p, self.edges[i]) {
                    Some(Ordering::Equal) => return ControlFlow::Break(()),
                    Some(_) => crossed.push(self.ring_of(i)),
                    None => {}
                }
            }
            ControlFlow::Continue(())
        });
        if ended.is_break() {
            return None;
        }
        crossed.sort_unstable();
        Some(crossed.chunk_by(|a, b| a == b).filter(|same| same.len() % 2 == 1).map(|same| same[0]).collect())
    }

    /// Where `p` lies relative to the area that the rings enclose by the even-odd rule.
    pub(super) fn locate(&self, p: Point) -> Side {
        let ray = BBox { min: p, max: [f64::INFINITY, p[1]] };
        let mut place = Side::Outside;
        let _ = self.meeting(ray, 0, |i| match ray_meets(p, self.edges[i]) {
            Some(Ordering::Equal) => {
                place = Side::Border;
                ControlFlow::Break(())
            }
            Some(_) => {
                place = if place == Side::Inside { Side::Outside } else { Side::Inside };
                ControlFlow::Continue(())
            }
            None => ControlFlow::Continue(()),
        });
        place
    }
}

/// Whether a ray from `p` to the east crosses the edge: `None` no, `Equal` `p` lies on the edge, else yes. An edge counts
/// with its lower end and without its upper one, so a ray through a vertex counts once.
fn ray_meets(p: Point, [a, b]: Edge) -> Option<Ordering> {
    if (a[1] <= p[1]) == (b[1] <= p[1]) {
        let level = a[1] == p[1] && b[1] == p[1] && a[0].min(b[0]) <= p[0] && p[0] <= a[0].max(b[0]);
        let end = by_place(&a, &p).is_eq() || by_place(&b, &p).is_eq();
        return (level || end).then_some(Ordering::Equal);
    }
    let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
    match side(low, high, p) {
        Ordering::Greater => Some(Ordering::Greater),
        Ordering::Equal => Some(Ordering::Equal),
        Ordering::Less => None,
    }
}

/// Where `p` lies relative to rings read by the even-odd rule, without an index: for rings asked once.
pub(super) fn locate_in_rings(rings: RingsRef<'_>, p: Point) -> Side {
    let mut inside = false;
    for ring in rings.rings() {
        for (i, &a) in ring.iter().enumerate() {
            match ray_meets(p, [a, ring[if i + 1 == ring.len() { 0 } else { i + 1 }]]) {
                Some(Ordering::Equal) => return Side::Border,
                Some(_) => inside = !inside,
                None => {}
            }
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;

    fn frame() -> Rings {
        let mut rings = Rings::new();
        rings.push_ring(&[[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]]);
        rings.push_ring(&[[3.0, 3.0], [3.0, 6.0], [6.0, 6.0], [6.0, 3.0]]);
        rings.end_part();
        rings
    }

    #[test]
    fn a_ray_through_corners_counts_once() {
        let rings = frame();
        let edges = Edges::new(rings.as_ref());
        for (p, place) in [
            ([1.0, 3.0], Side::Inside),
            ([1.0, 6.0], Side::Inside),
            ([-1.0, 9.0], Side::Outside),
            ([-1.0, 0.0], Side::Outside),
            ([4.0, 4.0], Side::Outside),
            ([9.0, 9.0], Side::Border),
            ([4.0, 9.0], Side::Border),
            ([3.0, 4.0], Side::Border),
        ] {
            assert_eq!(edges.locate(p), place, "{p:?}");
            assert_eq!(locate_in_rings(rings.as_ref(), p), place, "{p:?}");
        }
        assert_eq!(edges.rings_around([4.0, 4.0], 9), Some(vec![0, 1]));
        assert_eq!(edges.rings_around([1.0, 1.0], 9), Some(vec![0]));
        assert_eq!(edges.rings_around([3.0, 4.0], 9), None);
        assert_eq!(edges.rings_around([3.0, 4.0], 1), Some(vec![0]));
    }

    #[test]
    fn the_tree_finds_what_a_scan_finds() {
        let ring: Vec<Point> =
            (0..1000).map(|i| f64::from(i) * 0.006).map(|t| [t.cos() * (5.0 + (9.0 * t).sin()), t.sin() * 7.0]).collect();
        let rings = Rings::simple(&ring);
        let edges = Edges::new(rings.as_ref());
        let window = BBox { min: [1.0, 2.0], max: [4.0, 6.5] };
        let mut found = Vec::new();
        let _ = edges.meeting(window, 17, |i| {
            found.push(i);
            ControlFlow::Continue(())
        });
        let scanned: Vec<usize> = (17..edges.len()).filter(|&i| edge_box(edges.edge(i)).meets(&window)).collect();
        assert!(!found.is_empty());
        assert_eq!(found, scanned);
    }
}

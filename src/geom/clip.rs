//! The area that two shapes share, without making the shared shape: the border of each is followed through the other.
//!
//! The area of the shared land is the integral along its border, which is made of the pieces of each border that lie in
//! the other shape. An integral needs no order of these pieces, so nothing is sorted and nothing is linked: each crossing
//! adds what ends and what begins there. Which edges cross, and what lies where, is decided exactly, as if the second
//! shape were moved by a nothing to the east and by less than that to the north: then no vertex lies on an edge and no
//! two edges lie on one another (H. Edelsbrunner and E. Mücke, Simulation of Simplicity, 1990), and the area, which is
//! continuous, is that of the shapes where they stand. Positions are taken relative to a place in the first shape, where
//! `f64` resolves a millionth of a nanometre.

use super::edges::{Edges, edges_of};
use super::segment::{Edge, edge_box, side};
use super::{BBox, Point, ShapeRef};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// An edge of the first shape, with its box.
struct Own {
    edge: Edge,
    bbox: BBox,
    /// Whether the border of the other shape was crossed an odd number of times.
    odd: bool,
}

/// Area in m² of the land of `shape` that the rings of `edges` enclose as well, which are those of a sound shape.
///
/// `known`: where a point lies relative to the other shape, when that is known without looking at its border.
pub(super) fn shared_area_m2(shape: ShapeRef<'_>, edges: &Edges, known: impl Fn(Point) -> Option<bool>) -> f64 {
    let bbox = shape.bbox();
    let mut near: Vec<u32> = Vec::new();
    let _ = edges.meeting(bbox, 0, |i| {
        near.push(i as u32);
        ControlFlow::Continue(())
    });
    if near.is_empty() {
        let inside = shape.rings().coords().iter().find_map(|p| known(*p));
        let inside = inside.unwrap_or_else(|| shape.rings().coords().first().is_some_and(|p| lies_in(*p, edges)));
        return if inside { shape.area_m2() } else { 0.0 };
    }
    if !near.is_sorted() {
        near.sort_unstable();
    }
    let mut own: Vec<Own> = Vec::with_capacity(shape.rings().coords().len());
    own.extend(shape.rings().rings().flat_map(edges_of).map(|edge| Own { edge, bbox: edge_box(edge), odd: false }));
    let walk = Walk { origin: bbox.center(), shape_box: bbox };
    let mut twice = walk.along_others(&mut own, &near, edges);
    let mut first = 0;
    for ring in shape.rings().rings() {
        twice += walk.along_ring(&own[first..first + ring.len()], edges, &known);
        first += ring.len();
    }
    (twice / 2.0).max(0.0)
}

struct Walk {
    origin: Point,
    shape_box: BBox,
}

impl Walk {
    /// The integral along the other shape's edges near the first shape, and along the first shape's edges up to where
    /// they cross; the crossings of these are marked in `own`.
    fn along_others(&self, own: &mut [Own], near: &[u32], edges: &Edges) -> f64 {
        let mut twice = 0.0;
        let mut before: Option<(u32, bool)> = None;
        for &number in near {
            let other = edges.edge(number as usize);
            let other_box = edge_box(other);
            // The edge before, when it is near too, ended where this one begins.
            let begins = match before {
                Some((last, ended)) if last + 1 == number && edges.ring_of(last as usize) == edges.ring_of(number as usize) => ended,
                _ => self.shape_box.holds_point(other[0]) && own_holds(own, other[0]),
            };
            let foot = self.foot(other);
            let mut inside = begins;
            for o in own.iter_mut().filter(|o| o.bbox.meets(&other_box)) {
                let Some(enters) = crosses(o.edge, other) else { continue };
                o.odd = !o.odd;
                inside = !inside;
                let place = self.crossing(o.edge, other);
                let along = cross(foot, place) - cross(self.local(o.edge[0]), place);
                twice += if enters { along } else { -along };
            }
            twice += if inside { cross(foot, self.local(other[1])) } else { 0.0 };
            twice -= if begins { cross(foot, self.local(other[0])) } else { 0.0 };
            before = Some((number, inside));
        }
        twice
    }

    /// The integral along a ring of the first shape from each end that lies in the other back to its edge's begin.
    fn along_ring(&self, ring: &[Own], edges: &Edges, known: &impl Fn(Point) -> Option<bool>) -> f64 {
        // Where a vertex is known to lie, the crossings tell of all others.
        let at_first = ring.iter().scan(false, |odd, o| Some((std::mem::replace(odd, *odd != o.odd), o.edge[0])));
        let mut inside = at_first
            .into_iter()
            .find_map(|(odd, p)| known(p).map(|inside| inside != odd))
            .unwrap_or_else(|| ring.first().is_some_and(|o| lies_in(o.edge[0], edges)));
        let mut twice = 0.0;
        for o in ring {
            inside = inside != o.odd;
            if inside {
                twice += cross(self.local(o.edge[0]), self.local(o.edge[1]));
            }
        }
        twice
    }

    fn local(&self, p: Point) -> Point {
        [p[0] - self.origin[0], p[1] - self.origin[1]]
    }

    /// The point of an edge nearest to the origin: integrals along the edge are taken from here, so that the length of an
    /// edge that goes far beyond the first shape does not swallow their digits.
    fn foot(&self, edge: Edge) -> Point {
        let (a, b) = (self.local(edge[0]), self.local(edge[1]));
        let v = [b[0] - a[0], b[1] - a[1]];
        let length2 = v[0] * v[0] + v[1] * v[1];
        let along = if length2 > 0.0 { (-(a[0] * v[0] + a[1] * v[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
        [a[0] + along * v[0], a[1] + along * v[1]]
    }

    /// Where two edges that cross do so, on the first. Where they are so nearly parallel that the place is uncertain, any
    /// place along both serves: the land between them is nothing.
    fn crossing(&self, e: Edge, f: Edge) -> Point {
        let (a, c) = (self.local(e[0]), self.local(f[0]));
        let (u, v) = ([e[1][0] - e[0][0], e[1][1] - e[0][1]], [f[1][0] - f[0][0], f[1][1] - f[0][1]]);
        let along = cross([c[0] - a[0], c[1] - a[1]], v) / cross(u, v);
        let along = if along.is_finite() { along.clamp(0.0, 1.0) } else { 0.5 };
        [a[0] + along * u[0], a[1] + along * u[1]]
    }
}

fn cross(a: Point, b: Point) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

/// Whether `e`, of the first shape, crosses `f`, of the moved one, from right to left: into its land.
fn crosses(e: Edge, f: Edge) -> Option<bool> {
    let (begins, ends) = (is_left_of_moved(f, e[0]), is_left_of_moved(f, e[1]));
    (begins != ends && moved_is_left(e, f[0]) != moved_is_left(e, f[1])).then_some(ends)
}

/// Whether `p` lies left of the edge once that is moved.
fn is_left_of_moved([a, b]: Edge, p: Point) -> bool {
    match side(a, b, p) {
        Ordering::Greater => true,
        Ordering::Less => false,
        // East of the line a point on it is when that runs south, or level to the west.
        Ordering::Equal => b[1] > a[1] || (b[1] == a[1] && b[0] < a[0]),
    }
}

/// Whether `p`, once moved, lies left of the edge.
fn moved_is_left([a, b]: Edge, p: Point) -> bool {
    match side(a, b, p) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => b[1] < a[1] || (b[1] == a[1] && b[0] > a[0]),
    }
}

/// Whether `p`, once moved, lies in the first shape.
fn own_holds(own: &[Own], p: Point) -> bool {
    let above = |q: Point| q[1] > p[1];
    let mut inside = false;
    for Own { edge: [a, b], .. } in own {
        if above(*a) != above(*b) {
            let upward = if above(*b) { [*a, *b] } else { [*b, *a] };
            inside = inside != moved_is_left(upward, p);
        }
    }
    inside
}

/// Whether `p` lies in the shape of `edges` once that is moved.
fn lies_in(p: Point, edges: &Edges) -> bool {
    let above = |q: Point| q[1] >= p[1];
    let mut inside = false;
    let ray = BBox { min: p, max: [f64::INFINITY, p[1]] };
    let _ = edges.meeting(ray, 0, |i| {
        let [a, b] = edges.edge(i);
        if above(a) != above(b) {
            let upward = if above(b) { [a, b] } else { [b, a] };
            inside = inside != is_left_of_moved(upward, p);
        }
        ControlFlow::Continue(())
    });
    inside
}

#[cfg(test)]
mod tests;

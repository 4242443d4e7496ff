//! How two edges lie to each other, decided exactly.

use super::{BBox, Point};
use geo::kernels::{Kernel, Orientation, RobustKernel};
use std::cmp::Ordering;

/// An edge, from its first to its second point.
pub(super) type Edge = [Point; 2];

/// What two edges have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meeting {
    Apart,
    /// One point, an end of at least one of them.
    Touch(Point),
    /// They pass through each other near this point.
    Cross(Point),
    /// A stretch that begins here.
    Along(Point),
}

/// On which side of the line `a → b` the point `c` lies: `Greater` left, `Less` right, `Equal` on it. Exact.
#[inline]
pub(super) fn side(a: Point, b: Point, c: Point) -> Ordering {
    // What the rounding of the determinant cannot exceed (J. Shewchuk, Adaptive Precision Predicates, 1997, bound A).
    const ROUNDING: f64 = (3.0 + 8.0 * f64::EPSILON) * f64::EPSILON / 2.0;
    let (left, right) = ((a[0] - c[0]) * (b[1] - c[1]), (a[1] - c[1]) * (b[0] - c[0]));
    let (det, bound) = (left - right, ROUNDING * (left.abs() + right.abs()));
    if det > bound {
        Ordering::Greater
    } else if -det > bound {
        Ordering::Less
    } else {
        side_exactly(a, b, c)
    }
}

#[cold]
fn side_exactly(a: Point, b: Point, c: Point) -> Ordering {
    match RobustKernel::orient2d(a.into(), b.into(), c.into()) {
        Orientation::CounterClockwise => Ordering::Greater,
        Orientation::Clockwise => Ordering::Less,
        Orientation::Collinear => Ordering::Equal,
    }
}

/// West to east, then south to north.
pub(super) fn by_place(a: &Point, b: &Point) -> Ordering {
    // Not total_cmp: it holds -0 and 0 apart. Coordinates that are compared are finite.
    let order = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(Ordering::Equal);
    order(a[0], b[0]).then(order(a[1], b[1]))
}

pub(super) fn edge_box([a, b]: Edge) -> BBox {
    BBox { min: [a[0].min(b[0]), a[1].min(b[1])], max: [a[0].max(b[0]), a[1].max(b[1])] }
}

pub(super) fn meet(e: Edge, f: Edge) -> Meeting {
    let (of_f0, of_f1) = (side(e[0], e[1], f[0]), side(e[0], e[1], f[1]));
    if of_f0 == of_f1 && of_f0 != Ordering::Equal {
        return Meeting::Apart;
    }
    let (of_e0, of_e1) = (side(f[0], f[1], e[0]), side(f[0], f[1], e[1]));
    if of_e0 == of_e1 && of_e0 != Ordering::Equal {
        return Meeting::Apart;
    }
    if of_f0 == Ordering::Equal && of_f1 == Ordering::Equal {
        return meet_on_one_line(e, f);
    }
    for (on_line, p, other) in [(of_f0, f[0], e), (of_f1, f[1], e), (of_e0, e[0], f), (of_e1, e[1], f)] {
        if on_line == Ordering::Equal {
            return if edge_box(other).holds_point(p) { Meeting::Touch(p) } else { Meeting::Apart };
        }
    }
    Meeting::Cross(crossing(e, f))
}

fn meet_on_one_line(e: Edge, f: Edge) -> Meeting {
    let sorted = |[a, b]: Edge| if by_place(&a, &b).is_le() { [a, b] } else { [b, a] };
    let ([e0, e1], [f0, f1]) = (sorted(e), sorted(f));
    let from = if by_place(&e0, &f0).is_ge() { e0 } else { f0 };
    let to = if by_place(&e1, &f1).is_le() { e1 } else { f1 };
    match by_place(&from, &to) {
        Ordering::Less => Meeting::Along(from),
        Ordering::Equal => Meeting::Touch(from),
        Ordering::Greater => Meeting::Apart,
    }
}

/// Where two edges that cross do so, to rounding.
fn crossing(e: Edge, f: Edge) -> Point {
    let (u, v) = ([e[1][0] - e[0][0], e[1][1] - e[0][1]], [f[1][0] - f[0][0], f[1][1] - f[0][1]]);
    let w = [f[0][0] - e[0][0], f[0][1] - e[0][1]];
    let det = u[0] * v[1] - u[1] * v[0];
    if det == 0.0 {
        return f[0];
    }
    let along = ((w[0] * v[1] - w[1] * v[0]) / det).clamp(0.0, 1.0);
    [e[0][0] + along * u[0], e[0][1] + along * u[1]]
}

/// Squared distance between two edges in m².
pub(super) fn distance2(e: Edge, f: Edge) -> f64 {
    if !matches!(meet(e, f), Meeting::Apart) {
        return 0.0;
    }
    let ends = [point_distance2(e[0], f), point_distance2(e[1], f), point_distance2(f[0], e), point_distance2(f[1], e)];
    ends.into_iter().fold(f64::INFINITY, f64::min)
}

/// Squared distance from a point to an edge in m².
pub(super) fn point_distance2(p: Point, [a, b]: Edge) -> f64 {
    let (u, w) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    let length2 = u[0] * u[0] + u[1] * u[1];
    let along = if length2 > 0.0 { ((w[0] * u[0] + w[1] * u[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let (dx, dy) = (w[0] - along * u[0], w[1] - along * u[1]);
    dx * dx + dy * dy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_meet_in_every_way() {
        let e = [[0.0, 0.0], [4.0, 4.0]];
        assert_eq!(meet(e, [[0.0, 4.0], [4.0, 0.0]]), Meeting::Cross([2.0, 2.0]));
        assert_eq!(meet(e, [[2.0, 2.0], [4.0, 0.0]]), Meeting::Touch([2.0, 2.0]));
        assert_eq!(meet(e, [[4.0, 4.0], [9.0, 0.0]]), Meeting::Touch([4.0, 4.0]));
        assert_eq!(meet(e, [[5.0, 5.0], [9.0, 0.0]]), Meeting::Apart);
        assert_eq!(meet(e, [[3.0, 3.0], [9.0, 9.0]]), Meeting::Along([3.0, 3.0]));
        assert_eq!(meet(e, [[6.0, 6.0], [9.0, 9.0]]), Meeting::Apart);
        assert_eq!(meet(e, [[9.0, 9.0], [4.0, 4.0]]), Meeting::Touch([4.0, 4.0]));
    }

    #[test]
    fn distance_of_edges() {
        assert_eq!(distance2([[0.0, 0.0], [4.0, 0.0]], [[2.0, 3.0], [9.0, 9.0]]), 9.0);
        assert_eq!(distance2([[0.0, 0.0], [4.0, 0.0]], [[2.0, 3.0], [2.0, -9.0]]), 0.0);
    }
}

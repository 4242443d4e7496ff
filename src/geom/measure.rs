//! Lengths, widths and places of a shape.

use super::edges::{Side, edges_of, locate_in_rings};
use super::segment::point_distance2;
use super::{Point, Rings, RingsRef, ShapeRef, pieces};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Length of all rings in m.
pub fn perimeter_m(shape: ShapeRef<'_>) -> f64 {
    shape.rings().rings().flat_map(edges_of).map(|[a, b]| (b[0] - a[0]).hypot(b[1] - a[1])).sum()
}

/// Mean width of a strip: 2·area ÷ perimeter, in m.
pub fn width_m(shape: ShapeRef<'_>) -> f64 {
    let perimeter_m = perimeter_m(shape);
    if perimeter_m > 0.0 { 2.0 * shape.area_m2() / perimeter_m } else { 0.0 }
}

/// Centre of gravity of the area; it may lie outside of a bent shape.
pub fn centroid(shape: ShapeRef<'_>) -> Point {
    let Some(&origin) = shape.rings().coords().first() else { return [0.0; 2] };
    let (mut twice_area, mut moment) = (0.0, [0.0; 2]);
    for [a, b] in shape.rings().rings().flat_map(edges_of) {
        let (a, b) = ([a[0] - origin[0], a[1] - origin[1]], [b[0] - origin[0], b[1] - origin[1]]);
        let cross = a[0] * b[1] - b[0] * a[1];
        twice_area += cross;
        moment[0] += (a[0] + b[0]) * cross;
        moment[1] += (a[1] + b[1]) * cross;
    }
    if twice_area > 0.0 { [origin[0] + moment[0] / (3.0 * twice_area), origin[1] + moment[1] / (3.0 * twice_area)] } else { origin }
}

/// A point well inside the largest part, for a label or a pin (pole of inaccessibility, to 2 % of the part's size).
///
/// The search halves squares and drops those that cannot beat the best point yet (V. Agafonkin, polylabel, 2016).
pub fn label_point(shape: ShapeRef<'_>) -> Point {
    let largest = pieces(shape).into_iter().reduce(|a, b| if b.area_m2() > a.area_m2() { b } else { a });
    let Some(part) = largest else { return [0.0; 2] };
    let rings = without_detail(part.rings());
    let rings = rings.as_ref();
    let bbox = rings.bbox();
    let size = bbox.width().min(bbox.height());
    let precision = bbox.width().max(bbox.height()) * 0.02;
    let mut best = Square::new(centroid(part.as_ref()), 0.0, rings);
    let mut waiting = BinaryHeap::new();
    let (columns, rows) = ((bbox.width() / size).ceil().min(64.0) as u32, (bbox.height() / size).ceil().min(64.0) as u32);
    if size <= 0.0 || columns == 0 || rows == 0 {
        return best.center;
    }
    let half = (bbox.width() / f64::from(columns)).max(bbox.height() / f64::from(rows)) / 2.0;
    for i in 0..columns {
        for j in 0..rows {
            let center = [bbox.min[0] + half * f64::from(2 * i + 1), bbox.min[1] + half * f64::from(2 * j + 1)];
            waiting.push(Square::new(center, half, rings));
        }
    }
    while let Some(square) = waiting.pop() {
        if square.depth_m > best.depth_m {
            best = square;
        }
        if square.promise_m() - best.depth_m <= precision {
            break;
        }
        let half = square.half_m / 2.0;
        for (east, north) in [(-half, -half), (half, -half), (-half, half), (half, half)] {
            waiting.push(Square::new([square.center[0] + east, square.center[1] + north], half, rings));
        }
    }
    best.center
}

/// A square of the search with the distance of its centre to the border, negative outside.
#[derive(Clone, Copy)]
struct Square {
    center: Point,
    half_m: f64,
    depth_m: f64,
}

impl Square {
    fn new(center: Point, half_m: f64, rings: RingsRef<'_>) -> Self {
        let away = rings.rings().flat_map(edges_of).map(|e| point_distance2(center, e)).fold(f64::INFINITY, f64::min).sqrt();
        let depth_m = if locate_in_rings(rings.rings(), center) == Side::Inside { away } else { -away };
        Self { center, half_m, depth_m }
    }

    /// No point of the square lies deeper than this.
    fn promise_m(&self) -> f64 {
        self.depth_m + self.half_m * std::f64::consts::SQRT_2
    }
}

impl Ord for Square {
    fn cmp(&self, other: &Self) -> Ordering {
        self.promise_m()
            .total_cmp(&other.promise_m())
            .then_with(|| other.center[0].total_cmp(&self.center[0]))
            .then_with(|| other.center[1].total_cmp(&self.center[1]))
    }
}

impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Square {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Square {}

/// The rings with at most some 2000 vertices, because the search looks at all of them for every square.
fn without_detail(rings: RingsRef<'_>) -> Rings {
    const VERTICES: usize = 2000;
    let every = rings.coords().len().div_ceil(VERTICES).max(1);
    let mut fewer = Rings::new();
    for (i, ring) in rings.rings().enumerate() {
        let kept: Vec<Point> = ring.iter().copied().step_by(every.min((ring.len() / 4).max(1))).collect();
        // A hole of a few vertices among thousands moves a label less than it costs.
        if i == 0 || every == 1 || ring.len() > every {
            fewer.push_ring(&kept);
        }
    }
    fewer.end_part();
    fewer
}

#[cfg(test)]
mod tests {
    use super::super::{BBox, Shape};
    use super::*;

    fn shape(points: &[Point]) -> Shape {
        Shape::check(Rings::simple(points).as_ref()).unwrap()
    }

    #[test]
    fn a_strip_has_a_length_a_width_and_a_middle() {
        let strip = shape(&[[40_500_000.0, 4e6], [40_500_100.0, 4e6], [40_500_100.0, 4_000_002.0], [40_500_000.0, 4_000_002.0]]);
        assert_eq!(perimeter_m(strip.as_ref()), 204.0);
        assert_eq!(width_m(strip.as_ref()), 400.0 / 204.0);
        assert_eq!(centroid(strip.as_ref()), [40_500_050.0, 4_000_001.0]);
    }

    #[test]
    fn the_label_of_a_bent_shape_lies_inside() {
        let bent = shape(&[[0.0, 0.0], [90.0, 0.0], [90.0, 90.0], [80.0, 90.0], [80.0, 10.0], [0.0, 10.0]]);
        let p = label_point(bent.as_ref());
        assert_eq!(locate_in_rings(bent.rings().rings(), p), Side::Inside);
        assert_ne!(locate_in_rings(bent.rings().rings(), centroid(bent.as_ref())), Side::Inside);
    }

    #[test]
    fn the_label_keeps_away_from_a_hole() {
        let mut rings = Rings::new();
        rings.push_ring(&[[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]]);
        rings.push_ring(&[[30.0, 30.0], [30.0, 90.0], [90.0, 90.0], [90.0, 30.0]]);
        rings.end_part();
        let p = label_point(Shape::check(rings.as_ref()).unwrap().as_ref());
        assert!(p[0] < 27.0 && p[1] < 27.0, "{p:?}");
    }

    #[test]
    fn a_box_of_a_label_never_leaves_the_shape() {
        let window = BBox { min: [0.0, 0.0], max: [1000.0, 0.5] };
        let thin = shape(&[window.min, [window.max[0], 0.0], window.max, [0.0, window.max[1]]]);
        assert!(window.holds_point(label_point(thin.as_ref())));
    }
}

//! Overlay of areas on a fixed grid: areas only, valid, deterministic.

use super::edges::Edges;
use super::engine::{Engine, Fill, Grid, Keep};
use super::{BBox, Point, Rings, Shape, ShapeRef, width_m};

/// The tolerances of an overlay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Size of the grid that results are snapped to, in m; the largest power of two not above it is used.
    pub grid_m: f64,
    /// A piece smaller than this is a sliver, in m².
    pub sliver_m2: f64,
    /// A piece narrower than this (2·area ÷ perimeter) is a sliver, in m.
    pub sliver_width_m: f64,
}

/// Points that the engine gets room for at first: of long borders little is left near a site.
const ROOM: usize = 512;

impl Default for Tolerance {
    fn default() -> Self {
        Self { grid_m: 1e-6, sliver_m2: 1.0, sliver_width_m: 0.1 }
    }
}

/// What `a` and `b` share; `None` when that has no area.
pub fn overlap(a: ShapeRef<'_>, b: ShapeRef<'_>, t: Tolerance) -> Option<Shape> {
    let (a_box, b_box) = (a.bbox(), b.bbox());
    if !a_box.meets(&b_box) {
        return None;
    }
    let grid = Grid::new(t.grid_m, a_box.join(b_box));
    let mut engine = Engine::new(grid, ROOM.min(a.rings().coords().len() + b.rings().coords().len()));
    let (mut room, near_m) = (Vec::new(), 4.0 * grid.cell_m());
    a.rings().rings().for_each(|ring| engine.first(thin(ring, b_box.grown(near_m), &mut room)));
    b.rings().rings().for_each(|ring| engine.second(thin(ring, a_box.grown(near_m), &mut room)));
    engine.run(Keep::Both, Fill::Around)
}

/// As [`overlap`], where `b`'s edges are indexed: what of `b` lies far from `a` costs next to nothing.
pub(super) fn overlap_indexed(a: ShapeRef<'_>, b: ShapeRef<'_>, b_box: BBox, b_edges: &Edges, t: Tolerance) -> Option<Shape> {
    let a_box = a.bbox();
    if !a_box.meets(&b_box) {
        return None;
    }
    let grid = Grid::new(t.grid_m, a_box.join(b_box));
    let mut engine = Engine::new(grid, ROOM.min(a.rings().coords().len() + b.rings().coords().len()));
    let (mut room, near_m) = (Vec::new(), 4.0 * grid.cell_m());
    a.rings().rings().for_each(|ring| engine.first(thin(ring, b_box.grown(near_m), &mut room)));
    let window = a_box.grown(near_m);
    if b_edges.is_as_in_rings() {
        for runs in b_edges.runs_of_rings() {
            room.clear();
            b_edges.thin_ring(runs.clone(), &window, &mut room);
            engine.second(&room);
        }
    } else {
        b.rings().rings().for_each(|ring| engine.second(thin(ring, window, &mut room)));
    }
    engine.run(Keep::Both, Fill::Around)
}

/// What of `a` lies outside `b`; `None` when nothing is left.
pub fn subtract(a: ShapeRef<'_>, b: ShapeRef<'_>, t: Tolerance) -> Option<Shape> {
    let (a_box, b_box) = (a.bbox(), b.bbox());
    if !a_box.meets(&b_box) {
        return Some(a.to_owned());
    }
    let grid = Grid::new(t.grid_m, a_box.join(b_box));
    let mut engine = Engine::new(grid, a.rings().coords().len() + b.rings().coords().len());
    let (mut room, near_m) = (Vec::new(), 4.0 * grid.cell_m());
    a.rings().rings().for_each(|ring| engine.first(ring));
    b.rings().rings().for_each(|ring| engine.second(thin(ring, a_box.grown(near_m), &mut room)));
    engine.run(Keep::FirstOnly, Fill::Around)
}

/// All land that any of `shapes` covers, counted once; `None` for no shapes.
pub fn union(shapes: &[ShapeRef<'_>], t: Tolerance) -> Option<Shape> {
    if let [only] = shapes {
        return Some(only.to_owned());
    }
    let bbox = shapes.iter().fold(BBox::EMPTY, |b, s| b.join(s.bbox()));
    if bbox.is_empty() {
        return None;
    }
    let mut engine = Engine::new(Grid::new(t.grid_m, bbox), shapes.iter().map(|s| s.rings().coords().len()).sum());
    // A shape is oriented, so it counts once wherever it covers land and the sum is above zero wherever any does.
    shapes.iter().flat_map(|s| s.rings().rings()).for_each(|ring| engine.first(ring));
    engine.run(Keep::First, Fill::Positive)
}

/// Area that `a` and `b` share, in m².
pub fn overlap_area_m2(a: ShapeRef<'_>, b: ShapeRef<'_>, t: Tolerance) -> f64 {
    overlap(a, b, t).map_or(0.0, |shared| shared.area_m2())
}

/// What of `shape` lies in `window`; `None` when that has no area.
pub fn clip_to_box(shape: ShapeRef<'_>, window: BBox, t: Tolerance) -> Option<Shape> {
    if window.holds(&shape.bbox()) {
        return Some(shape.to_owned());
    }
    if window.width() <= 0.0 || window.height() <= 0.0 {
        return None;
    }
    let frame = Shape::from_sound(Rings::simple(&[window.min, [window.max[0], window.min[1]], window.max, [window.min[0], window.max[1]]]));
    overlap(shape, frame.as_ref(), t)
}

/// The parts of a shape, each as a shape of its own.
pub fn pieces(shape: ShapeRef<'_>) -> Vec<Shape> {
    let rings = shape.rings();
    (0..rings.part_count())
        .map(|part| {
            let mut piece = Rings::new();
            rings.part(part).for_each(|i| piece.push_ring(rings.ring(i)));
            piece.end_part();
            Shape::from_sound(piece)
        })
        .collect()
}

/// Whether a piece is so small or so narrow that it says more about how borders were drawn than about land.
pub fn is_sliver(piece: ShapeRef<'_>, t: Tolerance) -> bool {
    piece.area_m2() < t.sliver_m2 || width_m(piece) < t.sliver_width_m
}

/// The ring with all that winds about outside `window` left out; it goes around every point of `window` as often as
/// before, and edges that come near the window are untouched, so no new rounding enters.
///
/// A vertex goes when it, the kept one before and the one after lie beyond the same side of the window: the triangle
/// that is cut off then lies beyond that side too.
pub(super) fn thin<'a>(ring: &'a [Point], window: BBox, room: &'a mut Vec<Point>) -> &'a [Point] {
    /// Shorter rings are cheaper to overlay than to copy.
    const SHORT: usize = 16;
    let beyond = |p: &Point| {
        u8::from(p[0] < window.min[0])
            | u8::from(p[0] > window.max[0]) << 1
            | u8::from(p[1] < window.min[1]) << 2
            | u8::from(p[1] > window.max[1]) << 3
    };
    if ring.iter().fold(u8::MAX, |sides, p| sides & beyond(p)) != 0 {
        return &[];
    }
    if ring.len() < SHORT {
        return ring;
    }
    room.clear();
    let (mut before, mut here) = (0, ring.first().map_or(0, beyond));
    for (i, &p) in ring.iter().enumerate() {
        let after = ring.get(i + 1).map_or(0, beyond);
        if i == 0 || before & here & after == 0 {
            room.push(p);
            before = here;
        }
        here = after;
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Tolerance = Tolerance { grid_m: 1e-6, sliver_m2: 1.0, sliver_width_m: 0.1 };

    fn rectangle(min: Point, max: Point) -> Shape {
        Shape::check(Rings::simple(&[min, [max[0], min[1]], max, [min[0], max[1]]]).as_ref()).unwrap()
    }

    /// A coast of many vertices around the middle, 200 km wide.
    fn region() -> Shape {
        let ring: Vec<Point> = (0..20_000)
            .map(|i| f64::from(i) / 20_000.0 * std::f64::consts::TAU)
            .map(|t| (t, 100_000.0 + 3_000.0 * (57.0 * t).sin()))
            .map(|(t, r)| [40_500_000.123 + r * t.cos(), 3_990_000.456 + r * t.sin()])
            .collect();
        Shape::check(Rings::simple(&ring).as_ref()).unwrap()
    }

    #[test]
    fn a_parcel_in_a_region_keeps_its_area() {
        let parcel = rectangle([40_500_010.125, 3_990_020.25], [40_500_020.125, 3_990_030.25]);
        let shared = overlap(parcel.as_ref(), region().as_ref(), T).unwrap();
        assert!((shared.area_m2() - 100.0).abs() < 1e-4);
        assert_eq!(subtract(parcel.as_ref(), region().as_ref(), T), None);
    }

    #[test]
    fn thinning_changes_no_overlap() {
        let region = region();
        for step in 0..40 {
            let turn = f64::from(step) / 40.0 * std::f64::consts::TAU;
            let at = [40_500_000.123 + 100_000.0 * turn.cos(), 3_990_000.456 + 100_000.0 * turn.sin()];
            let parcel = rectangle([at[0] - 500.0, at[1] - 700.0], [at[0] + 900.0, at[1] + 400.0]);
            let frame = rectangle([at[0] - 5e5, at[1] - 5e5], [at[0] + 5e5, at[1] + 5e5]);
            let (shared, rest) = (overlap_area_m2(parcel.as_ref(), region.as_ref(), T), subtract(parcel.as_ref(), region.as_ref(), T));
            // The difference of the region is not thinned, so it is a second opinion.
            let without = subtract(region.as_ref(), parcel.as_ref(), T).unwrap();
            assert!((region.area_m2() - without.area_m2() - shared).abs() < 0.1);
            assert!((shared + rest.map_or(0.0, |r| r.area_m2()) - parcel.area_m2()).abs() < 1e-2);
            let clipped = overlap(region.as_ref(), frame.as_ref(), T).unwrap();
            assert!((overlap_area_m2(clipped.as_ref(), parcel.as_ref(), T) - shared).abs() < 1e-2);
        }
    }

    #[test]
    fn a_ring_far_beyond_the_window_is_thinned_to_nothing_and_one_around_it_is_not() {
        let mut room = Vec::new();
        let window = BBox { min: [0.0, 0.0], max: [10.0, 10.0] };
        let around: Vec<Point> =
            (0..400).map(|i| f64::from(i) / 400.0 * std::f64::consts::TAU).map(|t| [5.0 + 99.0 * t.cos(), 5.0 + 99.0 * t.sin()]).collect();
        let thinned = thin(&around, window, &mut room);
        assert!((3..12).contains(&thinned.len()), "{thinned:?}");
        let winds = Shape::check(Rings::simple(thinned).as_ref()).unwrap();
        assert_eq!(overlap_area_m2(winds.as_ref(), rectangle(window.min, window.max).as_ref(), T), 100.0);
        let beside: Vec<Point> = around.iter().map(|p| [p[0] + 300.0, p[1]]).collect();
        assert!(thin(&beside, window, &mut room).is_empty());
    }

    #[test]
    fn neighbours_share_no_land_and_become_one() {
        let (a, b) = (rectangle([0.0, 0.0], [10.0, 10.0]), rectangle([10.0, 0.0], [20.0, 10.0]));
        assert_eq!(overlap(a.as_ref(), b.as_ref(), T), None);
        assert_eq!(subtract(a.as_ref(), b.as_ref(), T).unwrap().area_m2(), 100.0);
        let both = union(&[a.as_ref(), b.as_ref()], T).unwrap();
        assert_eq!((both.rings().ring_count(), both.area_m2()), (1, 200.0));
    }

    #[test]
    fn a_hole_over_the_whole_overlap_leaves_none() {
        let (big, inner) = (rectangle([0.0, 0.0], [90.0, 90.0]), rectangle([30.0, 30.0], [60.0, 60.0]));
        let frame = subtract(big.as_ref(), inner.as_ref(), T).unwrap();
        assert_eq!((frame.rings().ring_count(), frame.area_m2()), (2, 7200.0));
        assert_eq!(overlap(frame.as_ref(), inner.as_ref(), T), None);
        assert_eq!(union(&[frame.as_ref(), inner.as_ref()], T), Some(big.clone()));
        assert_eq!(union(&[], T), None);
        assert_eq!(clip_to_box(frame.as_ref(), BBox { min: [10.0, 10.0], max: [40.0, 40.0] }, T).unwrap().area_m2(), 800.0);
        assert_eq!(clip_to_box(frame.as_ref(), BBox { min: [35.0, 35.0], max: [40.0, 40.0] }, T), None);
    }
}

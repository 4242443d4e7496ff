//! Overlay of areas on a fixed grid: areas only, valid, deterministic.

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
    let mut engine = Engine::new(grid, a.rings().coords().len() + b.rings().coords().len());
    let mut thinned = Vec::new();
    for ring in a.rings().rings() {
        engine.first(thin(ring, b_box.grown(t.grid_m * 4.0), &mut thinned));
    }
    for ring in b.rings().rings() {
        engine.second(thin(ring, a_box.grown(t.grid_m * 4.0), &mut thinned));
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
    let mut thinned = Vec::new();
    for ring in a.rings().rings() {
        engine.first(ring);
    }
    for ring in b.rings().rings() {
        engine.second(thin(ring, a_box.grown(t.grid_m * 4.0), &mut thinned));
    }
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
fn thin<'a>(ring: &'a [Point], window: BBox, room: &'a mut Vec<Point>) -> &'a [Point] {
    const WORTH_IT: usize = 16;
    if ring.len() < WORTH_IT {
        return ring;
    }
    room.clear();
    let beyond = |p: Point| {
        u8::from(p[0] < window.min[0])
            | u8::from(p[0] > window.max[0]) << 1
            | u8::from(p[1] < window.min[1]) << 2
            | u8::from(p[1] > window.max[1]) << 3
    };
    let (mut before, mut here) = (0, beyond(ring[0]));
    for (i, &p) in ring.iter().enumerate() {
        let after = ring.get(i + 1).map_or(0, |&q| beyond(q));
        if i == 0 || before & here & after == 0 {
            room.push(p);
            before = here;
        }
        here = after;
    }
    room
}

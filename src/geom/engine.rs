//! The overlay engine: rings snapped to a fixed grid go in, sound shapes come out.
//!
//! The cell of the grid is a power of two and its lines are the same everywhere, so a vertex lands on the same place
//! in every overlay, a result read back as `f64` is exactly what the engine found, and it stays sound.

use super::segment::by_place;
use super::survey::in_parts;
use super::{BBox, Point, Rings, Shape};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::vector::edge::{CLIP_LEFT, CLIP_RIGHT, SUBJ_LEFT, SUBJ_RIGHT};

/// What is kept of two sets of rings, each read by [`Fill`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Keep {
    Both,
    FirstOnly,
    First,
}

/// Which land a set of rings covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fill {
    /// What any ring goes around, once or often, in either sense.
    Around,
    /// What rings go around an odd number of times.
    EvenOdd,
    /// Where counter-clockwise rings outnumber clockwise ones.
    Positive,
}

/// The fixed grid: `[east, north]` numbers of cells, counted from a corner near the data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    cell_m: f64,
    corner: [i64; 2],
}

impl Grid {
    /// The largest power of two not above `cell_m`, but never finer than `f64` resolves the coordinates in `bbox`.
    pub(super) fn new(cell_m: f64, bbox: BBox) -> Self {
        let reach = [bbox.min, bbox.max].as_flattened().iter().fold(0.0, |most: f64, c| most.max(c.abs()));
        let wanted = power_of_two_below(cell_m.max(f64::MIN_POSITIVE));
        let resolved = power_of_two_below(reach.max(f64::MIN_POSITIVE)) * 2.0 * f64::EPSILON;
        let cell_m = wanted.max(resolved);
        Self { cell_m, corner: [cells(bbox.min[0], cell_m), cells(bbox.min[1], cell_m)] }
    }

    pub(super) fn cell_m(&self) -> f64 {
        self.cell_m
    }

    fn snap(&self, p: Point) -> IntPoint<i64> {
        IntPoint::new(cells(p[0], self.cell_m) - self.corner[0], cells(p[1], self.cell_m) - self.corner[1])
    }

    fn place(&self, p: IntPoint<i64>) -> Point {
        [(p.x + self.corner[0]) as f64 * self.cell_m, (p.y + self.corner[1]) as f64 * self.cell_m]
    }
}

fn power_of_two_below(x: f64) -> f64 {
    // All exponent bits, no fraction: exact, where log2 may round up.
    f64::from_bits(x.to_bits() & 0x7ff0_0000_0000_0000)
}

/// Number of the grid line nearest to `c`; below 2^53 because a cell is never finer than `f64` resolves.
fn cells(c: f64, cell_m: f64) -> i64 {
    (c / cell_m).round() as i64
}

/// A stretch of border between the places where borders meet. For the first set of rings, the second and what both
/// cover: 1 where that land lies to the left only, −1 to the right only, 0 on both sides or neither.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub edge: [Point; 2],
    pub first: i8,
    pub second: i8,
    pub both: i8,
}

/// One run of the engine.
pub(super) struct Engine {
    overlay: Overlay<i64>,
    grid: Grid,
}

impl Engine {
    pub(super) fn new(grid: Grid, points: usize) -> Self {
        let options = IntOverlayOptions { ogc: true, ..IntOverlayOptions::default() };
        Self { overlay: Overlay::new_custom(points, options, Solver { multithreading: None, ..Solver::AUTO }), grid }
    }

    pub(super) fn first(&mut self, ring: &[Point]) {
        self.add(ring.iter().copied(), ShapeType::Subject);
    }

    pub(super) fn second(&mut self, ring: &[Point]) {
        self.add(ring.iter().copied(), ShapeType::Clip);
    }

    fn add(&mut self, points: impl Iterator<Item = Point>, side: ShapeType) {
        let grid = self.grid;
        self.overlay.add_path_iter(points.map(|p| grid.snap(p)), side);
    }

    /// All borders cut where they meet, counter-clockwise rings read as land.
    pub(super) fn stretches(mut self) -> impl Iterator<Item = Stretch> {
        let grid = self.grid;
        self.overlay.build_separate_vectors(FillRule::Positive).into_iter().map(move |vector| {
            let covers = |side: u8| vector.fill & side == side;
            let step = |left: u8, right: u8| i8::from(covers(left)) - i8::from(covers(right));
            Stretch {
                edge: [grid.place(vector.a), grid.place(vector.b)],
                first: step(SUBJ_LEFT, SUBJ_RIGHT),
                second: step(CLIP_LEFT, CLIP_RIGHT),
                both: step(SUBJ_LEFT | CLIP_LEFT, SUBJ_RIGHT | CLIP_RIGHT),
            }
        })
    }

    /// The land that is kept, each part started at its westernmost point and the parts in the order of those points, so
    /// that the order of what came in does not show; `None` for no land.
    pub(super) fn run(mut self, keep: Keep, fill: Fill) -> Option<Shape> {
        let rule = match keep {
            Keep::Both => OverlayRule::Intersect,
            Keep::FirstOnly => OverlayRule::Difference,
            Keep::First => OverlayRule::Subject,
        };
        let fill = match fill {
            Fill::Around => FillRule::NonZero,
            Fill::EvenOdd => FillRule::EvenOdd,
            Fill::Positive => FillRule::Positive,
        };
        let grid = self.grid;
        let found = self.overlay.overlay(rule, fill);
        let mut found: Vec<Vec<Point>> =
            found.into_iter().flatten().map(|ring| ring.into_iter().map(|p| grid.place(p)).collect()).collect();
        for ring in &mut found {
            let start = (0..ring.len()).min_by(|&i, &j| by_place(&ring[i], &ring[j])).unwrap_or(0);
            ring.rotate_left(start);
        }
        found.sort_by(|a, b| a.iter().zip(b).map(|(p, q)| by_place(p, q)).find(|o| o.is_ne()).unwrap_or(a.len().cmp(&b.len())));
        let mut rings = Rings::new();
        found.iter().filter(|ring| ring.len() > 2).for_each(|ring| rings.push_ring(ring));
        // The engine finds the rings, but gives holes that touch several outer rings to the wrong one now and then.
        let parts = in_parts(rings.as_ref());
        (parts.as_ref().part_count() > 0).then(|| Shape::from_sound(parts))
    }
}

//! A shape widened and narrowed by as far as its vertices may have been surveyed wrongly.
//!
//! Where every vertex moves at most `by_m`, a point of an edge moves at most `by_m` too, for it is a mean of the edge's ends.
//! So each edge stays within `by_m` of where it is, and within the rectangle around it that is wider by `by_m` on each side
//! and longer by `by_m` at each end. All these rectangles are the *band*. While the vertices slide from the old places to the
//! new ones no edge ever passes over a point outside the band, so no ring goes around that point more or less often than
//! before: it is in the moved shape exactly when it is in this one. The moved shape holds [`eroded`] (the shape without the
//! band) and lies in [`dilated`] (the shape and the band).

use super::engine::{Engine, Fill, Grid, Keep};
use super::segment::{by_place, point_distance2};
use super::{Point, Shape, ShapeRef, Tolerance};

/// Added to how far vertices move, in m: far more than the grid of an overlay moves a border.
const GRID_SLACK_M: f64 = 1e-6;

/// Land that the shape can reach when each vertex moves at most `by_m`; `None` when `by_m` is no finite length.
pub fn dilated(shape: ShapeRef<'_>, by_m: f64, t: Tolerance) -> Option<Shape> {
    let band = Band::new(shape, by_m, t)?;
    let mut engine = Engine::new(band.grid, shape.rings().coords().len() + 4 * band.frames.len());
    // The shape's rings count once where it is, the rectangles once each: land of neither is the only place with no count.
    shape.rings().rings().for_each(|ring| engine.first(ring));
    band.frames.iter().for_each(|frame| engine.first(frame));
    engine.run(Keep::First, Fill::Positive)
}

/// Land that stays in the shape however each vertex moves by at most `by_m`; `None` when there is none, or `by_m` is no
/// finite length.
pub fn eroded(shape: ShapeRef<'_>, by_m: f64, t: Tolerance) -> Option<Shape> {
    let band = Band::new(shape, by_m, t)?;
    let mut engine = Engine::new(band.grid, shape.rings().coords().len() + 4 * band.frames.len());
    shape.rings().rings().for_each(|ring| engine.first(ring));
    band.frames.iter().for_each(|frame| engine.second(frame));
    engine.run(Keep::FirstOnly, Fill::Around)
}

/// Rectangles, counter-clockwise, that cover every place an edge can come to.
struct Band {
    frames: Vec<[Point; 4]>,
    grid: Grid,
}

impl Band {
    fn new(shape: ShapeRef<'_>, by_m: f64, t: Tolerance) -> Option<Self> {
        if !(by_m >= 0.0 && by_m.is_finite()) {
            return None;
        }
        let half_m = by_m + GRID_SLACK_M;
        let mut frames = Vec::new();
        for ring in shape.rings().rings() {
            frames_along(ring, half_m, &mut frames);
        }
        Some(Self { frames, grid: Grid::new(t.grid_m, shape.bbox().grown(4.0 * half_m)) })
    }
}

/// One rectangle an edge; a run of edges that is no longer than `half_m` in all gets one around its chord, wider by as much as
/// the run strays from the chord, because a rectangle for each would overlap all others of the run.
fn frames_along(ring: &[Point], half_m: f64, frames: &mut Vec<[Point; 4]>) {
    // The runs must not hang on where the ring happens to start.
    let start = (0..ring.len()).min_by(|&i, &j| by_place(&ring[i], &ring[j])).unwrap_or(0);
    let at = |i: usize| ring[(start + i) % ring.len()];
    let length = |i: usize| (at(i + 1)[0] - at(i)[0]).hypot(at(i + 1)[1] - at(i)[1]);
    let mut from = 0;
    while from < ring.len() {
        let (mut to, mut run_m) = (from + 1, length(from));
        while to < ring.len() && run_m + length(to) <= half_m {
            run_m += length(to);
            to += 1;
        }
        let chord = [at(from), at(to)];
        let strays_m = (from + 1..to).map(|i| point_distance2(at(i), chord)).fold(0.0, f64::max).sqrt();
        frames.push(frame(chord, half_m + strays_m));
        from = to;
    }
}

fn frame([a, b]: [Point; 2], half_m: f64) -> [Point; 4] {
    let (along, across) = (b[0] - a[0], b[1] - a[1]);
    let length_m = along.hypot(across);
    // A run may end where it began; any direction holds it then.
    let u = if length_m > 0.0 { [along / length_m * half_m, across / length_m * half_m] } else { [half_m, 0.0] };
    let n = [-u[1], u[0]];
    [
        [a[0] - u[0] - n[0], a[1] - u[1] - n[1]],
        [b[0] + u[0] - n[0], b[1] + u[1] - n[1]],
        [b[0] + u[0] + n[0], b[1] + u[1] + n[1]],
        [a[0] - u[0] + n[0], a[1] - u[1] + n[1]],
    ]
}

#[cfg(test)]
mod tests {
    use super::super::{Rings, overlap, subtract};
    use super::*;

    const CORNER: Point = [40_500_000.0, 4_000_000.0];
    const T: Tolerance = Tolerance { grid_m: 1e-8, sliver_m2: 1.0, sliver_width_m: 0.1 };

    fn square_with_yard() -> Shape {
        let square =
            |low: f64, high: f64| [[low, low], [high, low], [high, high], [low, high]].map(|p| [CORNER[0] + p[0], CORNER[1] + p[1]]);
        let mut rings = Rings::new();
        rings.push_ring(&square(0.0, 100.0));
        rings.push_ring(&square(40.0, 60.0));
        rings.end_part();
        Shape::check(rings.as_ref()).unwrap()
    }

    #[test]
    fn a_square_with_a_yard_grows_outward_and_inward() {
        let shape = square_with_yard();
        let (wide, narrow) = (dilated(shape.as_ref(), 2.0, T).unwrap(), eroded(shape.as_ref(), 2.0, T).unwrap());
        assert!((wide.area_m2() - (104.0 * 104.0 - 16.0 * 16.0)).abs() < 1e-2, "{}", wide.area_m2());
        assert!((narrow.area_m2() - (96.0 * 96.0 - 24.0 * 24.0)).abs() < 1e-2, "{}", narrow.area_m2());
    }

    #[test]
    fn what_is_narrower_than_twice_the_accuracy_leaves_nothing() {
        let shape = square_with_yard();
        assert_eq!(eroded(shape.as_ref(), 20.0, T), None);
        assert_eq!(dilated(shape.as_ref(), 20.0, T).unwrap().rings().ring_count(), 1);
        assert_eq!(dilated(shape.as_ref(), f64::NAN, T), None);
        assert_eq!(eroded(shape.as_ref(), -1.0, T), None);
    }

    #[test]
    fn a_ring_of_many_short_edges_is_held_by_few_frames() {
        let ring: Vec<Point> = (0..5000)
            .map(|i| f64::from(i) / 5000.0 * std::f64::consts::TAU)
            .map(|t| [CORNER[0] + 30.0 * t.cos(), CORNER[1] + 30.0 * t.sin()])
            .collect();
        let mut frames = Vec::new();
        frames_along(&ring, 2.0, &mut frames);
        assert!(frames.len() < 110, "{}", frames.len());
        let shape = Shape::check(Rings::simple(&ring).as_ref()).unwrap();
        let (wide, narrow) = (dilated(shape.as_ref(), 2.0, T).unwrap(), eroded(shape.as_ref(), 2.0, T).unwrap());
        let disc = |radius: f64| std::f64::consts::PI * radius * radius;
        assert!(wide.area_m2() > disc(31.999) && wide.area_m2() < disc(32.2), "{}", wide.area_m2());
        assert!(narrow.area_m2() < disc(28.001) && narrow.area_m2() > disc(27.8), "{}", narrow.area_m2());
        assert_eq!(subtract(narrow.as_ref(), shape.as_ref(), T), None);
        assert!((overlap(wide.as_ref(), shape.as_ref(), T).unwrap().area_m2() - shape.area_m2()).abs() < 1e-3);
    }
}

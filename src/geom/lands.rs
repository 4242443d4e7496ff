//! The land of two sets of shapes and what they share, measured without making any shape of it.
//!
//! One arrangement of all borders tells for each stretch which of the two lies left and right of it; signed sums over
//! the stretches are the areas. It is taken strip by strip from south to north, so that strips can be done side by side.

use super::border::in_order;
use super::ellipsoid::EdgeAreas;
use super::engine::{Engine, Grid};
use super::overlay::thin;
use super::{BBox, GaussKruger, Point, ShapeRef, Tolerance};
use crate::task::Progress;

/// An area both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LandArea {
    pub planar_m2: f64,
    /// `None` without a plane that is a CGCS2000 Gauss–Krüger one.
    pub ellipsoidal_m2: Option<f64>,
}

/// Land that any shape of a first set covers, any of a second, and what the two share; land covered often counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TwoLands {
    pub first: LandArea,
    pub second: LandArea,
    pub both: LandArea,
}

/// Two sets of shapes to be compared.
#[derive(Clone, Debug, Default)]
pub struct LandPair<'a> {
    pub first: Vec<ShapeRef<'a>>,
    pub second: Vec<ShapeRef<'a>>,
}

/// Each pair measured; `None` when cancelled. The same for any number of threads.
pub fn measure_lands(
    pairs: &[LandPair<'_>],
    t: Tolerance,
    plane: Option<GaussKruger>,
    threads: usize,
    progress: &Progress,
) -> Option<Vec<TwoLands>> {
    let strips: Vec<(usize, [f64; 2])> =
        pairs.iter().enumerate().flat_map(|(i, pair)| strips(pair).into_iter().map(move |strip| (i, strip))).collect();
    let measured = in_order(strips.iter(), threads, progress, |&(i, strip)| measured(&pairs[i], strip, t, plane))?;
    let mut lands = vec![[[0.0; 2]; 3]; pairs.len()];
    for ((pair, _), areas) in strips.iter().zip(measured) {
        for (sum, area) in lands[*pair].as_flattened_mut().iter_mut().zip(areas.as_flattened()) {
            *sum += area;
        }
    }
    // Never below zero: the rounding of an empty sum is no land.
    let area =
        |[planar, ellipsoidal]: [f64; 2]| LandArea { planar_m2: planar.max(0.0), ellipsoidal_m2: plane.map(|_| ellipsoidal.max(0.0)) };
    Some(lands.into_iter().map(|[first, second, both]| TwoLands { first: area(first), second: area(second), both: area(both) }).collect())
}

/// Strips of about as many edges each, from south to north: `[from, to]` northings, the last without an end.
fn strips(pair: &LandPair<'_>) -> Vec<[f64; 2]> {
    const EDGES: usize = 40_000;
    let shapes = || pair.first.iter().chain(&pair.second);
    let count: usize = shapes().map(|s| s.rings().coords().len()).sum();
    /// Of so many vertices one is asked where it lies.
    const EVERY: usize = 16;
    let mut north: Vec<f64> = shapes().flat_map(|s| s.rings().coords().iter().step_by(EVERY)).map(|p| p[1]).collect();
    north.sort_by(f64::total_cmp);
    let parts = count.div_ceil(EDGES).max(1);
    let mut cuts: Vec<f64> = (1..parts).filter_map(|i| north.get(i * north.len() / parts)).copied().collect();
    cuts.dedup();
    let from = std::iter::once(f64::NEG_INFINITY).chain(cuts.iter().copied());
    let to = cuts.iter().copied().chain(std::iter::once(f64::INFINITY));
    from.zip(to).map(|(from, to)| [from, to]).collect()
}

/// First, second and both, each planar and ellipsoidal, of what lies in a strip.
fn measured(pair: &LandPair<'_>, strip: [f64; 2], t: Tolerance, plane: Option<GaussKruger>) -> [[f64; 2]; 3] {
    let mut sums = [[0.0; 2]; 3];
    let bbox = pair.first.iter().chain(&pair.second).fold(BBox::EMPTY, |b, s| b.join(s.bbox()));
    let window = BBox { min: [bbox.min[0], strip[0].max(bbox.min[1])], max: [bbox.max[0], strip[1].min(bbox.max[1])] };
    if window.is_empty() {
        return sums;
    }
    let grid = Grid::new(t.grid_m, bbox);
    let mut engine = Engine::new(grid, 0);
    let (mut room, near) = (Vec::new(), window.grown(4.0 * grid.cell_m()));
    for ring in pair.first.iter().flat_map(|s| s.rings().rings()) {
        engine.first(thin(ring, near, &mut room));
    }
    for ring in pair.second.iter().flat_map(|s| s.rings().rings()) {
        engine.second(thin(ring, near, &mut room));
    }
    let origin = window.center();
    // One meridian for all strips: the ends of what a strip cuts off an edge are not on one parallel, so only the sum over
    // all strips closes the rings.
    let ellipsoid = plane.map(|plane| EdgeAreas::new(plane, bbox.center()));
    for stretch in engine.stretches() {
        let Some([a, b]) = within(stretch.edge, window) else { continue };
        let signs = [stretch.first, stretch.second, stretch.both].map(|s| f64::from(s));
        if signs == [0.0; 3] {
            continue;
        }
        let planar = (a[0] + b[0] - 2.0 * origin[0]) / 2.0 * (b[1] - a[1]);
        let ellipsoidal = ellipsoid.as_ref().map_or(0.0, |e| e.area_m2(a, b));
        for (sum, sign) in sums.iter_mut().zip(signs) {
            *sum = [sum[0] + sign * planar, sum[1] + sign * ellipsoidal];
        }
    }
    sums
}

/// The part of an edge from the window's southern to its northern border.
fn within([a, b]: [Point; 2], window: BBox) -> Option<[Point; 2]> {
    let (south, north) = (window.min[1], window.max[1]);
    if (a[1] <= south && b[1] <= south) || (a[1] >= north && b[1] >= north) {
        return None;
    }
    let cut = |p: Point| {
        let level = p[1].clamp(south, north);
        if level == p[1] { p } else { [a[0] + (level - a[1]) / (b[1] - a[1]) * (b[0] - a[0]), level] }
    };
    Some([cut(a), cut(b)])
}

#[cfg(test)]
mod tests {
    use super::super::{Rings, Shape, ellipsoidal_area_m2, overlap, union};
    use super::*;

    const ZONE_40: GaussKruger = GaussKruger { central_meridian_deg: 120.0, false_easting_m: 40_500_000.0 };

    fn blob(seed: u32, east: f64, north: f64, radius_m: f64) -> Shape {
        let ring: Vec<Point> = (0..400u32)
            .map(|i| (f64::from(i) / 400.0 * std::f64::consts::TAU, f64::from((i * 37 + seed * 101) % 89) / 89.0))
            .map(|(turn, r)| [east + radius_m * (0.8 + 0.2 * r) * turn.cos(), north + radius_m * (0.8 + 0.2 * r) * turn.sin()])
            .collect();
        Shape::check(Rings::simple(&ring).as_ref()).unwrap()
    }

    fn blobs(seed: u32) -> Vec<Shape> {
        (0..120u32)
            .map(|i| i + seed)
            .map(|i| blob(i, 40_530_000.0 + f64::from(i * 7919 % 9000), 3_990_000.0 + f64::from(i * 104_729 % 8000), 500.0))
            .collect()
    }

    #[test]
    fn sums_over_strips_are_the_areas_of_the_shapes() {
        let (first, second) = (blobs(0), blobs(60));
        let refs = |shapes: &[Shape]| union(&shapes.iter().map(Shape::as_ref).collect::<Vec<_>>(), Tolerance::default()).unwrap();
        let lands = [refs(&first), refs(&second)];
        let both = overlap(lands[0].as_ref(), lands[1].as_ref(), Tolerance::default()).unwrap();
        let pair = LandPair { first: first.iter().map(Shape::as_ref).collect(), second: second.iter().map(Shape::as_ref).collect() };
        assert!(strips(&pair).len() > 2);
        let of =
            |threads| measure_lands(std::slice::from_ref(&pair), Tolerance::default(), Some(ZONE_40), threads, &Progress::new()).unwrap();
        let found = of(1);
        assert_eq!(found, of(3));
        for (found, shape) in [(found[0].first, &lands[0]), (found[0].second, &lands[1]), (found[0].both, &both)] {
            assert!((found.planar_m2 - shape.area_m2()).abs() < 0.05, "{found:?} {}", shape.area_m2());
            let ellipsoidal = ellipsoidal_area_m2(shape.as_ref(), ZONE_40);
            assert!((found.ellipsoidal_m2.unwrap() - ellipsoidal).abs() < 0.05, "{found:?} {ellipsoidal}");
        }
    }

    #[test]
    fn nothing_has_no_area() {
        let found = measure_lands(&[LandPair::default()], Tolerance::default(), None, 1, &Progress::new()).unwrap();
        assert_eq!(found, [TwoLands::default()]);
        assert_eq!(measure_lands(&[], Tolerance::default(), None, 2, &Progress::new()).unwrap(), []);
    }
}

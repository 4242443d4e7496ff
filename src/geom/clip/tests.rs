//! The area by integration against the overlay's, where accidents are the rule.

use super::super::{PreparedShape, Rings, RingsRef, Shape, Tolerance, overlap, subtract, union};
use super::*;
use proptest::prelude::*;

const FINE: Tolerance = Tolerance { grid_m: 1e-8, sliver_m2: 1.0, sliver_width_m: 0.1 };
const CORNER: Point = [40_500_000.0, 4_000_000.0];

fn at_corner(points: &[Point]) -> Vec<Point> {
    points.iter().map(|p| [p[0] + CORNER[0], p[1] + CORNER[1]]).collect()
}

fn shape(points: &[Point]) -> Shape {
    Shape::check(Rings::simple(&at_corner(points)).as_ref()).unwrap()
}

fn by_overlay(a: &Shape, b: &Shape) -> f64 {
    overlap(a.as_ref(), b.as_ref(), FINE).map_or(0.0, |s| s.area_m2())
}

fn by_integral(a: &Shape, b: &Shape) -> f64 {
    PreparedShape::new(b.clone()).shared_area_m2(a.as_ref())
}

fn agree(a: &Shape, b: &Shape) {
    for (a, b) in [(a, b), (b, a)] {
        let (overlay, integral) = (by_overlay(a, b), by_integral(a, b));
        // The overlay moves each vertex by half a cell of its grid, 4 nm.
        let allowed = 1e-6f64.max(1e-8 * (crate::geom::perimeter_m(a.as_ref()) + crate::geom::perimeter_m(b.as_ref())));
        assert!((overlay - integral).abs() <= allowed, "{overlay} by overlay, {integral} by integral\n{a:?}\n{b:?}");
    }
}

#[test]
fn squares_in_every_position_share_what_they_share() {
    let square = shape(&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]]);
    for (x, y, w, h, shared) in [
        (0.0, 0.0, 4.0, 4.0, 16.0),
        (4.0, 0.0, 4.0, 4.0, 0.0),
        (0.0, 4.0, 4.0, 4.0, 0.0),
        (4.0, 4.0, 4.0, 4.0, 0.0),
        (-4.0, -4.0, 4.0, 4.0, 0.0),
        (0.0, 0.0, 2.0, 4.0, 8.0),
        (1.0, 0.0, 2.0, 4.0, 8.0),
        (1.0, 1.0, 2.0, 2.0, 4.0),
        (-1.0, 1.0, 6.0, 2.0, 8.0),
        (2.0, 2.0, 4.0, 4.0, 4.0),
        (-1.0, -1.0, 6.0, 6.0, 16.0),
        (0.0, -1.0, 4.0, 6.0, 16.0),
    ] {
        let other = shape(&[[x, y], [x + w, y], [x + w, y + h], [x, y + h]]);
        assert_eq!((by_integral(&square, &other), by_integral(&other, &square)), (shared, shared), "{x} {y} {w} {h}");
    }
}

#[test]
fn holes_and_parts_count() {
    let ring = |x: f64, y: f64, side: f64| at_corner(&[[x, y], [x + side, y], [x + side, y + side], [x, y + side]]);
    let mut frame = Rings::new();
    frame.push_ring(&ring(0.0, 0.0, 90.0));
    frame.push_ring(&ring(30.0, 30.0, 30.0));
    frame.end_part();
    frame.push_ring(&ring(40.0, 40.0, 10.0));
    frame.end_part();
    let frame = Shape::check(frame.as_ref()).unwrap();
    let area = |x, y, side| by_integral(&Shape::check(Rings::simple(&ring(x, y, side)).as_ref()).unwrap(), &frame);
    assert_eq!(area(30.0, 30.0, 30.0), 100.0);
    assert_eq!(area(0.0, 0.0, 90.0), 7300.0);
    assert_eq!(area(-5.0, -5.0, 100.0), 7300.0);
    assert_eq!(area(20.0, 20.0, 25.0), 625.0 - 225.0 + 25.0);
    assert_eq!(area(42.0, 42.0, 2.0), 4.0);
    assert_eq!(area(32.0, 32.0, 2.0), 0.0);
    assert_eq!(area(31.0, 31.0, 28.0), 100.0);
}

/// A border of many short edges, as surveyors draw them, on the 0.1 mm that files hold.
fn coast(turns: usize, radius: f64) -> Vec<Point> {
    let angle = |i: usize| i as f64 / turns as f64 * std::f64::consts::TAU;
    let radius = |t: f64| radius * (1.0 + 0.2 * (7.0 * t).sin() + 0.03 * (31.0 * t).cos());
    let place = |t: f64| [radius(t) * t.cos(), radius(t) * t.sin()];
    (0..turns).map(|i| place(angle(i)).map(|c| (c * 1e4).round() / 1e4)).collect()
}

#[test]
fn a_site_cut_along_a_border_and_rounded_keeps_its_land() {
    let cluster = shape(&coast(400, 600.0));
    let prepared = PreparedShape::new(cluster.clone());
    for step in 0..300 {
        let t = f64::from(step) * 0.0209;
        let centre = [600.0 * t.cos(), 600.0 * t.sin()];
        let box_ = shape(&[[-60.0, -40.0], [60.0, -40.0], [60.0, 40.0], [-60.0, 40.0]].map(|p| [p[0] + centre[0], p[1] + centre[1]]));
        agree(&box_, &cluster);
        let Some(cut) = overlap(box_.as_ref(), cluster.as_ref(), FINE) else { continue };
        let rounded: Vec<Rings> = crate::geom::pieces(cut.as_ref())
            .iter()
            .map(|p| Rings::simple(&p.rings().coords().iter().map(|c| c.map(|v| (v * 1e4).round() / 1e4)).collect::<Vec<_>>()))
            .collect();
        for site in rounded.iter().filter_map(|r| Shape::check(r.as_ref()).ok()).filter(|s| s.area_m2() > 1.0) {
            agree(&site, &cluster);
            // Along the border nothing is cut but the rounding of its new corners.
            let outside = site.area_m2() - prepared.shared_area_m2(site.as_ref());
            let by_overlay = subtract(site.as_ref(), cluster.as_ref(), FINE).map_or(0.0, |s| s.area_m2());
            assert!((outside - by_overlay).abs() < 1e-5 && outside < 0.05, "{outside} {by_overlay}");
        }
    }
}

#[test]
fn a_very_long_edge_takes_no_digits() {
    let strip = shape(&[[-90_000.0, -3.0], [90_000.0, 5.0], [90_000.0, 2_005.0], [-90_000.0, 1_997.0]]);
    let parcel = shape(&[[10.0, -20.0], [30.0, -20.0], [30.0, 20.0], [10.0, 20.0]]);
    // The border passes 1.00044… m above the level of the corner in the middle of the parcel.
    let level = -3.0 + 8.0 * (90_020.0 / 180_000.0);
    assert!((by_integral(&parcel, &strip) - 20.0 * (20.0 - level)).abs() < 1e-8);
}

fn rings_of(points: &[(i32, i32)], step: f64) -> Option<Shape> {
    let ring: Vec<Point> = points.iter().map(|(x, y)| [f64::from(*x) * step, f64::from(*y) * step]).collect();
    Shape::mend(Rings::simple(&at_corner(&ring)).as_ref()).map(|(shape, _)| shape).filter(|s| is_sound(s.rings()))
}

fn is_sound(rings: RingsRef<'_>) -> bool {
    Shape::check(rings).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// On a lattice of a few points corners meet corners, edges run along edges and rings touch at almost every try.
    #[test]
    fn on_a_lattice(a in prop::collection::vec((0i32..6, 0i32..6), 3..12), b in prop::collection::vec((0i32..6, 0i32..6), 3..12)) {
        if let (Some(a), Some(b)) = (rings_of(&a, 10.0), rings_of(&b, 10.0)) {
            agree(&a, &b);
        }
    }

    /// A site made of the corners of the cluster's own border, moved by less than anyone can measure.
    #[test]
    fn along_the_border(from in 0usize..120, count in 2usize..40, depth in -30.0f64..30.0, shift in -2e-4f64..2e-4) {
        let coast = coast(120, 300.0);
        let cluster = shape(&coast);
        let border: Vec<Point> = (from..from + count).map(|i| coast[i % coast.len()]).collect();
        let beside = border.iter().rev().map(|p| { let r = p[0].hypot(p[1]); [p[0] * (1.0 - depth / r), p[1] * (1.0 - depth / r)] });
        let ring: Vec<Point> = border.iter().copied().chain(beside).map(|p| [p[0] + shift, p[1]]).collect();
        if let Some((site, _)) = Shape::mend(Rings::simple(&at_corner(&ring)).as_ref()) {
            agree(&site, &cluster);
        }
    }

    /// Anywhere, of any size, with holes and parts: the difference and union of random rings.
    #[test]
    fn anywhere(a in prop::collection::vec((-500.0f64..500.0, -500.0f64..500.0), 3..9),
                b in prop::collection::vec((-500.0f64..500.0, -500.0f64..500.0), 3..9),
                c in prop::collection::vec((-500.0f64..500.0, -500.0f64..500.0), 3..9)) {
        let mended = |ring: &[(f64, f64)]| {
            let ring: Vec<Point> = ring.iter().map(|(x, y)| [*x, *y]).collect();
            Shape::mend(Rings::simple(&at_corner(&ring)).as_ref()).map(|(shape, _)| shape)
        };
        if let (Some(a), Some(b), Some(c)) = (mended(&a), mended(&b), mended(&c)) {
            agree(&a, &b);
            if let Some(holed) = subtract(b.as_ref(), c.as_ref(), FINE) { agree(&a, &holed) }
            if let Some(parts) = union(&[b.as_ref(), c.as_ref()], FINE) { agree(&a, &parts) }
        }
    }
}

//! Laws that overlays, mending and prepared shapes keep on random shapes.

use luodi::geom::{
    Located, Point, PreparedShape, Rings, RingsRef, Shape, ShapeRef, Tolerance, is_sliver, overlap, overlap_area_m2, pieces, subtract,
    union,
};
use proptest::prelude::*;

const T: Tolerance = Tolerance { grid_m: 1e-6, sliver_m2: 1.0, sliver_width_m: 0.1 };

/// A star-shaped ring round a middle: always simple.
fn star() -> impl Strategy<Value = Shape> {
    let spokes = prop::collection::vec(5.0..60.0f64, 5..40);
    (spokes, -60.0..60.0f64, -60.0..60.0f64, 0.0..6.0f64).prop_map(|(spokes, east, north, turn)| {
        let step = std::f64::consts::TAU / spokes.len() as f64;
        let ring: Vec<Point> = (0u32..)
            .zip(&spokes)
            .map(|(i, r)| (turn + step * f64::from(i), r))
            .map(|(t, r)| [east + r * t.cos(), north + r * t.sin()])
            .collect();
        Shape::check(Rings::simple(&ring).as_ref()).unwrap()
    })
}

/// A star with a hole in its middle.
fn pierced() -> impl Strategy<Value = Shape> {
    star().prop_map(|shape| {
        let ring = shape.rings().ring(0).to_vec();
        let n = ring.len() as f64;
        let middle = [ring.iter().map(|p| p[0]).sum::<f64>() / n, ring.iter().map(|p| p[1]).sum::<f64>() / n];
        let mut rings = Rings::simple(&ring);
        rings.push_ring(
            &ring.iter().map(|p| [middle[0] + (p[0] - middle[0]) * 0.4, middle[1] + (p[1] - middle[1]) * 0.4]).collect::<Vec<_>>(),
        );
        rings.end_part();
        rings_of_one_part(rings.as_ref()).map_or(shape, |s| s)
    })
}

fn rings_of_one_part(rings: RingsRef<'_>) -> Option<Shape> {
    let mut one = Rings::new();
    rings.rings().for_each(|r| one.push_ring(r));
    one.end_part();
    Shape::check(one.as_ref()).ok()
}

/// Any rings at all on a coarse lattice: crossings, touches, spikes and repeated edges abound.
fn wild() -> impl Strategy<Value = Rings> {
    let ring = prop::collection::vec((0i32..7, 0i32..7), 3..9);
    prop::collection::vec(prop::collection::vec(ring, 1..4), 1..3).prop_map(|parts| {
        let mut rings = Rings::new();
        for part in parts {
            for ring in part {
                rings.push_ring(&ring.iter().map(|&(x, y)| [f64::from(x), f64::from(y)]).collect::<Vec<_>>());
            }
            rings.end_part();
        }
        rings
    })
}

fn area(shape: &Option<Shape>) -> f64 {
    shape.as_ref().map_or(0.0, Shape::area_m2)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()) + 1e-6
}

fn moved(shape: ShapeRef<'_>, by: Point) -> Shape {
    let mut rings = shape.rings().to_owned();
    rings.coords_mut().iter_mut().for_each(|p| *p = [p[0] + by[0], p[1] + by[1]]);
    Shape::check(rings.as_ref()).unwrap()
}

/// The rings started elsewhere.
fn restarted(shape: ShapeRef<'_>, by: usize) -> Shape {
    let mut rings = Rings::new();
    for part in 0..shape.rings().part_count() {
        for i in shape.rings().part(part) {
            let mut ring = shape.rings().ring(i).to_vec();
            let n = ring.len();
            ring.rotate_left(by % n);
            rings.push_ring(&ring);
        }
        rings.end_part();
    }
    Shape::check(rings.as_ref()).unwrap()
}

/// A result must pass the check it would have to pass as an input, unchanged.
fn is_sound(shape: &Option<Shape>) -> bool {
    shape.as_ref().is_none_or(|s| Shape::check(s.rings()).is_ok_and(|again| again == *s))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn overlap_and_rest_make_the_whole(a in pierced(), b in star()) {
        let (shared, rest) = (overlap(a.as_ref(), b.as_ref(), T), subtract(a.as_ref(), b.as_ref(), T));
        prop_assert!(near(area(&shared) + area(&rest), a.area_m2()));
        prop_assert!(is_sound(&shared) && is_sound(&rest));
        let all = union(&[a.as_ref(), b.as_ref()], T);
        prop_assert!(is_sound(&all));
        prop_assert!(near(area(&all) + area(&shared), a.area_m2() + b.area_m2()));
    }

    #[test]
    fn order_start_and_place_change_nothing(a in pierced(), b in star(), start in 1usize..9) {
        let shared = overlap_area_m2(a.as_ref(), b.as_ref(), T);
        prop_assert!(near(shared, overlap_area_m2(b.as_ref(), a.as_ref(), T)));
        prop_assert!(near(shared, overlap_area_m2(restarted(a.as_ref(), start).as_ref(), restarted(b.as_ref(), start + 1).as_ref(), T)));
        let by = [40_500_000.0, 4_000_000.0];
        let (far_a, far_b) = (moved(a.as_ref(), by), moved(b.as_ref(), by));
        // 40 500 000 rounds coordinates by up to 4 nm, a few hundred metres of border by a few µm².
        prop_assert!(near(shared, overlap_area_m2(far_a.as_ref(), far_b.as_ref(), T)));
        prop_assert!(near(area(&union(&[a.as_ref(), b.as_ref()], T)), area(&union(&[far_b.as_ref(), far_a.as_ref()], T))));
    }

    #[test]
    fn the_same_land_comes_out_in_the_same_bytes(a in pierced(), b in star()) {
        prop_assert_eq!(union(&[a.as_ref(), b.as_ref()], T), union(&[b.as_ref(), a.as_ref()], T));
        prop_assert_eq!(overlap(a.as_ref(), b.as_ref(), T), overlap(b.as_ref(), a.as_ref(), T));
    }

    #[test]
    fn a_shape_shares_all_of_itself(a in pierced()) {
        prop_assert!(near(overlap_area_m2(a.as_ref(), a.as_ref(), T), a.area_m2()));
        prop_assert_eq!(subtract(a.as_ref(), a.as_ref(), T), None);
    }

    #[test]
    fn mended_once_is_mended(rings in wild()) {
        let Some((shape, repairs)) = Shape::mend(rings.as_ref()) else { return Ok(()) };
        prop_assert!(shape.area_m2() > 0.0);
        let (again, more) = Shape::mend(shape.rings()).unwrap();
        prop_assert_eq!(&again, &shape);
        prop_assert_eq!(more, []);
        prop_assert!(is_sound(&Some(shape.clone())));
        // What passes the check needs no repair but the dropping of repeated points, and what does not, does.
        match Shape::check(rings.as_ref()) {
            Ok(sound) => prop_assert_eq!(sound, shape),
            Err(defects) => prop_assert!(!defects.is_empty() && !repairs.is_empty()),
        }
    }

    #[test]
    fn a_union_covers_at_most_the_sum(shapes in prop::collection::vec(pierced(), 1..8)) {
        let refs: Vec<ShapeRef<'_>> = shapes.iter().map(Shape::as_ref).collect();
        let all = union(&refs, T);
        let (sum, most) = shapes.iter().map(Shape::area_m2).fold((0.0, 0.0f64), |(sum, most), a| (sum + a, most.max(a)));
        prop_assert!(area(&all) <= sum * (1.0 + 1e-6) && area(&all) >= most * (1.0 - 1e-6));
        prop_assert!(is_sound(&all));
        let parts = pieces(all.unwrap().as_ref());
        prop_assert!(parts.iter().all(|p| p.rings().part_count() == 1));
        prop_assert!(near(parts.iter().map(Shape::area_m2).sum(), area(&union(&refs, T))));
    }

    #[test]
    fn overlays_on_a_lattice_are_sound(a in wild(), b in wild()) {
        let (Some((a, _)), Some((b, _))) = (Shape::mend(a.as_ref()), Shape::mend(b.as_ref())) else { return Ok(()) };
        let (shared, rest, all) = (overlap(a.as_ref(), b.as_ref(), T), subtract(a.as_ref(), b.as_ref(), T), union(&[a.as_ref(), b.as_ref()], T));
        prop_assert!(is_sound(&shared), "overlap");
        prop_assert!(is_sound(&rest), "rest");
        prop_assert!(is_sound(&all), "union");
        prop_assert!((area(&shared) + area(&rest) - a.area_m2()).abs() < 1e-4);
        prop_assert!((area(&shared) + area(&all) - a.area_m2() - b.area_m2()).abs() < 1e-4);
    }

    #[test]
    fn prepared_agrees_with_the_overlay(a in pierced(), b in pierced(), size in prop::sample::select(vec![0.03, 0.2, 1.0, 4.0])) {
        let mut rings = b.rings().to_owned();
        rings.coords_mut().iter_mut().for_each(|p| *p = [p[0] * size, p[1] * size]);
        let b = Shape::check(rings.as_ref()).unwrap();
        let prepared = PreparedShape::new(a.clone());
        let shared = overlap_area_m2(a.as_ref(), b.as_ref(), T);
        match prepared.locate(b.as_ref()) {
            Located::Inside => prop_assert!(near(shared, b.area_m2())),
            Located::Outside => prop_assert!(shared < 1e-9),
            Located::Crosses => {}
        }
        // A place well inside or well outside must be told apart without an overlay.
        for &p in b.rings().coords() {
            let dot = Shape::check(Rings::simple(&[p, [p[0] + 1e-4, p[1]], [p[0], p[1] + 1e-4]]).as_ref()).unwrap();
            let share = overlap_area_m2(dot.as_ref(), a.as_ref(), T) / dot.area_m2();
            if share > 0.999 {
                prop_assert!(prepared.holds_point(p));
            } else if share < 0.001 {
                prop_assert!(!prepared.holds_point(p) || prepared.locate(dot.as_ref()) == Located::Crosses);
            }
        }
    }

    #[test]
    fn prepared_is_right_on_a_lattice(a in wild(), b in wild(), size in prop::sample::select(vec![0.06, 0.3, 1.0]), by in (0..500u32, 0..500u32)) {
        let (Some((a, _)), Some((b, _))) = (Shape::mend(a.as_ref()), Shape::mend(b.as_ref())) else { return Ok(()) };
        let mut rings = b.rings().to_owned();
        rings.coords_mut().iter_mut().for_each(|p| *p = [p[0] * size + f64::from(by.0) * 0.01, p[1] * size + f64::from(by.1) * 0.01]);
        let Ok(b) = Shape::check(rings.as_ref()) else { return Ok(()) };
        let shared = overlap_area_m2(a.as_ref(), b.as_ref(), T);
        match PreparedShape::new(a).locate(b.as_ref()) {
            Located::Inside => prop_assert!((shared - b.area_m2()).abs() < 1e-4),
            Located::Outside => prop_assert!(shared < 1e-9),
            Located::Crosses => {}
        }
    }

    #[test]
    fn a_sliver_is_small_or_narrow(length in 1.0..500.0f64, width in 0.01..2.0f64) {
        let strip = Shape::check(Rings::simple(&[[0.0, 0.0], [length, 0.0], [length, width], [0.0, width]]).as_ref()).unwrap();
        let narrow = length * width / (length + width) < 0.1;
        prop_assert_eq!(is_sliver(strip.as_ref(), T), length * width < 1.0 || narrow);
    }
}

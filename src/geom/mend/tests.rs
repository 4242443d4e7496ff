//! What becomes of rings as files bring them.

use crate::geom::{Defect, Point, Repair, Rings, Shape, winding_of_simple};

fn parts(parts: &[&[&[Point]]]) -> Rings {
    let mut rings = Rings::new();
    for part in parts {
        part.iter().for_each(|ring| rings.push_ring(ring));
        rings.end_part();
    }
    rings
}

fn square(west: f64, south: f64, side: f64) -> [Point; 4] {
    [[west, south], [west + side, south], [west + side, south + side], [west, south + side]]
}

fn mended(rings: &Rings) -> (Shape, Vec<Repair>) {
    Shape::mend(rings.as_ref()).unwrap()
}

fn defects(rings: &Rings) -> Vec<Defect> {
    Shape::check(rings.as_ref()).unwrap_err()
}

#[test]
fn a_bow_tie_keeps_both_triangles() {
    let tie = parts(&[&[&[[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]]]]);
    assert_eq!(defects(&tie), [Defect::SelfCrossing { at: [5.0, 5.0] }]);
    let (shape, repairs) = mended(&tie);
    assert_eq!((shape.rings().part_count(), shape.area_m2()), (2, 50.0));
    assert_eq!(repairs, [Repair { defect: Defect::SelfCrossing { at: [5.0, 5.0] }, area_before_m2: 0.0, area_after_m2: 50.0 }]);
}

#[test]
fn a_hole_drawn_in_one_line_with_its_outer_ring_stays_a_hole() {
    let mut hole = [[3.0, 5.0], [6.0, 5.0], [6.0, 8.0], [3.0, 8.0]];
    for _ in 0..2 {
        let mut line = vec![[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 5.0]];
        line.extend(hole.iter().chain(&hole[..1]).copied().chain([[0.0, 5.0]]));
        let (shape, _) = mended(&parts(&[&[&line]]));
        assert_eq!((shape.rings().ring_count(), shape.area_m2()), (2, 91.0));
        hole[1..].reverse();
    }
}

#[test]
fn a_ring_run_twice_keeps_its_land() {
    let once = square(0.0, 0.0, 3.0);
    assert_eq!(mended(&parts(&[&[&[once, once].concat()]])).0.area_m2(), 9.0);
}

#[test]
fn overlapping_parts_cover_their_land_once() {
    let both = parts(&[&[&square(0.0, 0.0, 2.0)], &[&square(1.0, 1.0, 2.0)]]);
    assert_eq!(defects(&both), [Defect::PartsOverlap { area_m2: 1.0 }]);
    let (shape, repairs) = mended(&both);
    assert_eq!((shape.rings().part_count(), shape.area_m2()), (1, 7.0));
    assert_eq!(repairs, [Repair { defect: Defect::PartsOverlap { area_m2: 1.0 }, area_before_m2: 8.0, area_after_m2: 7.0 }]);
    // The same in opposite windings, where an even-odd or a signed reading loses land.
    let reversed: Vec<Point> = square(1.0, 1.0, 2.0).into_iter().rev().collect();
    assert_eq!(mended(&parts(&[&[&square(0.0, 0.0, 2.0)], &[&reversed]])).0, shape);
    // A part within another.
    assert_eq!(mended(&parts(&[&[&square(0.0, 0.0, 9.0)], &[&square(1.0, 1.0, 2.0)]])).0.area_m2(), 81.0);
}

#[test]
fn parts_that_share_a_border_become_one() {
    let (shape, repairs) = mended(&parts(&[&[&square(0.0, 0.0, 2.0)], &[&square(2.0, 0.0, 2.0)]]));
    assert_eq!((shape.rings().part_count(), shape.area_m2()), (1, 8.0));
    assert_eq!(repairs, [Repair { defect: Defect::PartsOverlap { area_m2: 0.0 }, area_before_m2: 8.0, area_after_m2: 8.0 }]);
}

#[test]
fn nesting_tells_holes_from_parts_and_winding_nothing() {
    // One part as a shapefile holds it, in any order and winding: a hole, its outer ring, an island in the hole, another part.
    let hole: Vec<Point> = square(1.0, 1.0, 8.0).into_iter().rev().collect();
    for hole in [&hole[..], &square(1.0, 1.0, 8.0)] {
        let rings = parts(&[&[hole, &square(0.0, 0.0, 10.0), &square(4.0, 4.0, 1.0), &square(20.0, 0.0, 3.0)]]);
        let shape = Shape::check(rings.as_ref()).unwrap();
        assert_eq!(shape.rings().part_count(), 3);
        assert_eq!(shape.area_m2(), 100.0 - 64.0 + 1.0 + 9.0);
        assert_eq!(shape.rings().part(0), 0..2);
        assert_eq!(mended(&rings), (shape, vec![]));
    }
}

#[test]
fn a_hole_in_no_land_is_named_and_a_part_wound_wrongly_is_land() {
    let polygon = |rings_of: &[&[Point]]| {
        let mut rings = Rings::new();
        rings_of.iter().for_each(|ring| rings.push_ring(ring));
        rings.end_polygon();
        rings
    };
    // By its place in a polygon a hole: outside the outer ring, and within another hole.
    let outside = polygon(&[&square(0.0, 0.0, 10.0), &square(20.0, 0.0, 3.0)]);
    let nested = polygon(&[&square(0.0, 0.0, 10.0), &square(2.0, 2.0, 6.0), &square(4.0, 4.0, 1.0)]);
    for (rings, at, ring_m2, area_m2) in [(&outside, [20.0, 0.0], 9.0, 109.0), (&nested, [4.0, 4.0], 1.0, 65.0)] {
        assert_eq!(defects(rings), [Defect::HoleOutside { at }]);
        let (shape, repairs) = mended(rings);
        assert_eq!(shape.area_m2(), area_m2);
        // As large as the ring, so whoever must not guess can refuse.
        assert_eq!(repairs, [Repair { defect: Defect::HoleOutside { at }, area_before_m2: area_m2 - ring_m2, area_after_m2: area_m2 }]);
    }
    // A hole where it belongs is none of this, however the polygon was wound.
    let turned: Vec<Point> = square(2.0, 2.0, 6.0).into_iter().rev().collect();
    for hole in [&square(2.0, 2.0, 6.0)[..], &turned] {
        assert_eq!(Shape::check(polygon(&[&square(0.0, 0.0, 10.0), hole]).as_ref()).unwrap().area_m2(), 64.0);
    }
    // A shapefile winds outer rings clockwise: the second part is only wound the wrong way.
    let clockwise: Vec<Point> = square(0.0, 0.0, 10.0).into_iter().rev().collect();
    let wrongly = parts(&[&[&clockwise, &square(20.0, 0.0, 3.0)]]);
    assert_eq!(Shape::check(wrongly.as_ref()).unwrap().area_m2(), 109.0);
    // And a list of points says nothing at all.
    let mut listed = Rings::new();
    let beside: Vec<Point> = clockwise.iter().map(|p| [p[0] + 20.0, p[1]]).collect();
    [&square(0.0, 0.0, 10.0)[..], &beside].into_iter().for_each(|ring| listed.push_ring(ring));
    listed.end_nested();
    assert_eq!(Shape::check(listed.as_ref()).unwrap().area_m2(), 200.0);
}

#[test]
fn a_part_may_stand_in_the_hole_of_another() {
    let rings = parts(&[&[&square(0.0, 0.0, 9.0), &square(3.0, 3.0, 3.0)], &[&square(4.0, 4.0, 1.0)]]);
    assert_eq!(Shape::check(rings.as_ref()).unwrap().area_m2(), 73.0);
    // It fills the hole to its border: then they are one.
    let rings = parts(&[&[&square(0.0, 0.0, 9.0), &square(3.0, 3.0, 3.0)], &[&square(3.0, 3.0, 3.0)]]);
    let (shape, _) = mended(&rings);
    assert_eq!((shape.rings().ring_count(), shape.area_m2()), (1, 81.0));
}

#[test]
fn a_hole_that_sticks_out_is_cut_off_at_the_border() {
    let rings = parts(&[&[&square(0.0, 0.0, 10.0), &square(7.0, 4.0, 4.0)]]);
    assert!(matches!(defects(&rings)[..], [Defect::HoleOutside { .. }, Defect::HoleOutside { .. }]));
    let (shape, repairs) = mended(&rings);
    assert_eq!(shape.area_m2(), 88.0);
    assert_eq!((repairs[0].area_before_m2, repairs[0].area_after_m2), (84.0, 88.0));
    // Where less than half of it lies within, it is land drawn too far.
    let rings = parts(&[&[&square(0.0, 0.0, 10.0), &square(9.0, 4.0, 4.0)]]);
    assert_eq!(mended(&rings).0.area_m2(), 112.0);
}

#[test]
fn a_ring_given_twice_is_no_hole() {
    let (shape, repairs) = mended(&parts(&[&[&square(0.0, 0.0, 10.0), &square(0.0, 0.0, 10.0)]]));
    assert_eq!(shape.area_m2(), 100.0);
    assert!(repairs.iter().all(|r| r.area_after_m2 == 100.0) && !repairs.is_empty());
}

#[test]
fn touching_in_points_follows_ogc() {
    let outer = square(0.0, 0.0, 10.0);
    // A hole may touch its outer ring in one point, not in two.
    let once = parts(&[&[&outer, &[[0.0, 5.0], [3.0, 3.0], [3.0, 7.0]]]]);
    assert!(Shape::check(once.as_ref()).is_ok());
    let twice = parts(&[&[&outer, &[[0.0, 5.0], [5.0, 3.0], [10.0, 5.0], [5.0, 7.0]]]]);
    assert!(matches!(defects(&twice)[..], [Defect::SelfCrossing { .. }]));
    let (shape, _) = mended(&twice);
    assert_eq!((shape.rings().part_count(), shape.area_m2()), (2, 80.0));
    // Parts may touch in points.
    let corners = parts(&[&[&square(0.0, 0.0, 2.0)], &[&square(2.0, 2.0, 2.0)]]);
    assert!(Shape::check(corners.as_ref()).is_ok());
    // A ring may not touch itself: the pinched piece becomes a hole, or a part.
    let pinched = parts(&[&[&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 5.0], [3.0, 3.0], [3.0, 7.0], [0.0, 5.0]]]]);
    assert_eq!(defects(&pinched), [Defect::SelfCrossing { at: [0.0, 5.0] }]);
    let (shape, _) = mended(&pinched);
    assert_eq!((shape.rings().part_count(), shape.rings().ring_count(), shape.area_m2()), (1, 2, 94.0));
}

#[test]
fn spikes_and_repeated_points_go() {
    let spike = parts(&[&[&[[0.0, 0.0], [10.0, 0.0], [10.0, 15.0], [10.0, 10.0], [0.0, 10.0]]]]);
    assert_eq!(defects(&spike), [Defect::Spike { at: [10.0, 15.0] }]);
    assert_eq!(mended(&spike).0.area_m2(), 100.0);
    let repeated = parts(&[&[&[[0.0, 0.0], [10.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]]]);
    let shape = Shape::check(repeated.as_ref()).unwrap();
    assert_eq!(shape.rings().coords().len(), 4);
    let (same, repairs) = mended(&repeated);
    assert_eq!(same, shape);
    assert_eq!(repairs, [Repair { defect: Defect::RepeatedPoint { at: [10.0, 0.0] }, area_before_m2: 100.0, area_after_m2: 100.0 }]);
}

#[test]
fn what_cannot_be_computed_with_is_left_out_and_said() {
    let nan = parts(&[&[&square(0.0, 0.0, 2.0)], &[&[[5.0, 5.0], [f64::NAN, 6.0], [6.0, 6.0]]]]);
    assert_eq!(defects(&nan), [Defect::NotFinite { at: 5 }]);
    let (shape, repairs) = mended(&nan);
    assert_eq!((shape.area_m2(), repairs.len()), (4.0, 1));
    // Its area is beyond all numbers.
    let beyond = Rings::simple(&[[0.0, 0.0], [1e200, 0.0], [1e200, 1e200]]);
    assert_eq!(defects(&beyond)[0], Defect::NotFinite { at: 1 });
    assert!(winding_of_simple(beyond.as_ref().coords()).is_none() && Shape::mend(beyond.as_ref()).is_none());
    let line = parts(&[&[&[[0.0, 0.0], [5.0, 5.0], [9.0, 9.0]]]]);
    assert!(Shape::mend(line.as_ref()).is_none());
    assert!(defects(&line).contains(&Defect::NoArea));
    assert_eq!(defects(&Rings::new()), [Defect::NoArea]);
    assert_eq!(defects(&parts(&[&[&[]]])), [Defect::NoArea]);
    assert!(Shape::mend(parts(&[&[&[[f64::INFINITY; 2]; 5]]]).as_ref()).is_none());
}

#[test]
fn a_ring_with_more_faults_than_are_listed_is_still_mended() {
    // A saw blade of bow-ties along two borders, beside a sound part with a hole.
    let (up, down): (Vec<Point>, Vec<Point>) = (0..200)
        .map(f64::from)
        .map(|x| ([x, if x % 2.0 == 0.0 { 0.0 } else { 4.0 }], [199.0 - x, if x % 2.0 == 0.0 { 0.0 } else { 4.0 }]))
        .unzip();
    let saw: Vec<Point> = up.into_iter().chain(down).collect();
    let rings = parts(&[&[&saw], &[&square(0.0, 10.0, 10.0), &square(2.0, 12.0, 2.0)]]);
    let (shape, repairs) = mended(&rings);
    assert!(repairs.len() >= 64);
    assert!((shape.area_m2() - (199.0 * 2.0 + 96.0)).abs() < 1e-4, "{}", shape.area_m2());
    assert_eq!(mended(&shape.rings().to_owned()), (shape, vec![]));
}

#[test]
fn a_wiggly_ring_of_many_vertices_is_checked_in_no_time() {
    let ring: Vec<Point> = (0..50_000)
        .map(|i| f64::from(i) / 50_000.0 * std::f64::consts::TAU)
        .map(|t| (t, 1000.0 + 50.0 * (400.0 * t).sin()))
        .map(|(t, r)| [40_500_000.0 + r * t.cos(), 4e6 + r * t.sin()])
        .collect();
    // A quadratic search would look at 1.25 thousand million pairs, minutes in a test build.
    let shape = Shape::check(Rings::simple(&ring).as_ref()).unwrap();
    assert_eq!(shape.rings().coords().len(), 50_000);
}

#[test]
fn a_scribble_is_no_land_and_takes_no_minutes() {
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / 1e6
    };
    let scribble: Vec<Point> = (0..5000).map(|_| [random(), random()]).collect();
    assert!(Shape::mend(parts(&[&[&scribble]]).as_ref()).is_none());
    let (shape, repairs) = mended(&parts(&[&[&scribble], &[&square(0.0, 0.0, 10.0)]]));
    assert_eq!(shape.area_m2(), 100.0);
    assert!(repairs.iter().any(|r| matches!(r.defect, Defect::SelfCrossing { .. }) && r.area_after_m2 == 0.0));
}

#[test]
fn hundreds_of_rings_across_each_other_are_no_land_and_take_no_minutes() {
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / 1e6
    };
    let triangles: Vec<Vec<Point>> = (0..2000).map(|_| (0..3).map(|_| [random(), random()]).collect()).collect();
    let one_part: Vec<&[Point]> = triangles.iter().map(Vec::as_slice).collect();
    let own_parts: Vec<&[&[Point]]> = one_part.chunks(1).collect();
    let sound = square(-20.0, -20.0, 10.0);
    assert!(Shape::mend(parts(&own_parts).as_ref()).is_none());
    let (shape, repairs) = mended(&parts(&[&one_part[..], &[&sound[..]]]));
    assert_eq!(shape.area_m2(), 100.0);
    assert!(repairs.iter().any(|r| r.area_before_m2 > 0.0 && r.area_after_m2 == 0.0));
}

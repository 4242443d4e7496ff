//! Coverages made by hand, and laws on random ones.

use super::*;

fn shape(points: &[Point]) -> Shape {
    Shape::check(Rings::simple(points).as_ref()).unwrap()
}

fn square(east: f64, north: f64, size: f64) -> Shape {
    shape(&[[east, north], [east + size, north], [east + size, north + size], [east, north + size]])
}

fn faults(shapes: &[Shape]) -> CoverageFaults {
    let refs: Vec<ShapeRef<'_>> = shapes.iter().map(Shape::as_ref).collect();
    let one = coverage_faults(&refs, CoverageLimits::default(), 1, &Progress::new()).unwrap();
    assert_eq!(one, coverage_faults(&refs, CoverageLimits::default(), 3, &Progress::new()).unwrap());
    one
}

/// Squares in rows, one beside the other.
fn field(columns: u32, rows: u32, east: f64, size: f64) -> Vec<Shape> {
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    places.map(|(column, row)| square(east + f64::from(column) * size, 4e6 + f64::from(row) * size, size)).collect()
}

#[test]
fn a_sound_coverage_has_no_fault() {
    assert_eq!(faults(&field(9, 7, 40_500_000.0, 30.0)), CoverageFaults::default());
    assert_eq!(faults(&[]), CoverageFaults::default());
}

#[test]
fn a_moved_corner_makes_a_gap_and_overlaps() {
    let mut shapes = field(3, 3, 40_500_000.0, 30.0);
    // The middle square loses a triangle at one corner and takes one at another.
    let [e, n] = [40_500_030.0, 4_000_030.0];
    shapes[4] = shape(&[[e + 3.0, n], [e + 30.0, n], [e + 30.0, n + 30.0], [e - 2.0, n + 30.0], [e, n + 5.0]]);
    let found = faults(&shapes);
    let gap = &found.gaps[0];
    assert_eq!((found.gaps.len(), gap.area_m2), (1, 7.5));
    // Square 0 touches the gap in a point only, square 3 along its side.
    assert_eq!(gap.neighbours, [1, 3, 4]);
    let pairs: Vec<[usize; 2]> = found.overlaps.iter().map(|o| o.pair).collect();
    assert_eq!(pairs, [[3, 4]]);
    assert!((found.overlaps[0].area_m2 - 25.0).abs() < 1e-6);
}

#[test]
fn a_parcel_given_twice_and_a_layer_on_a_layer() {
    let mut shapes = field(2, 2, 0.0, 10.0);
    shapes.push(shapes[0].clone());
    let found = faults(&shapes);
    assert_eq!((found.overlaps.len(), found.overlaps[0].pair, found.overlaps[0].area_m2), (1, [0, 4], 100.0));

    // Deep inside, no border of either layer is left: the pairs are found all the same.
    let below = field(8, 8, 0.0, 30.0);
    let above = field(6, 6, 0.0, 40.0);
    let both: Vec<Shape> = below.iter().chain(&above).cloned().collect();
    let found = faults(&both);
    let mut pairs = Vec::new();
    for (a, below) in below.iter().enumerate() {
        for (b, above) in above.iter().enumerate() {
            if overlap(below.as_ref(), above.as_ref(), Tolerance::default()).is_some() {
                pairs.push([a, below_count(&both, b)]);
            }
        }
    }
    assert_eq!(found.overlaps.iter().map(|o| o.pair).collect::<Vec<_>>(), pairs);
    assert!((found.overlaps.iter().map(|o| o.area_m2).sum::<f64>() - 240.0 * 240.0).abs() < 1e-6);
    assert_eq!(found.gaps, []);
}

/// The number of the second layer's shape `b` among both.
fn below_count(both: &[Shape], b: usize) -> usize {
    both.len() - 36 + b
}

#[test]
fn a_missing_vertex_is_no_fault_and_an_island_is_not_in_the_gap() {
    let (left, right) = (
        shape(&[[0.0, 0.0], [10.0, 0.0], [10.1, 20.0], [0.0, 20.0]]),
        // A vertex on the shared side that the neighbour does not have.
        shape(&[[10.0, 0.0], [30.0, 0.0], [30.0, 20.0], [10.1, 20.0], [10.05, 10.0]]),
    );
    assert_eq!(faults(&[left, right]), CoverageFaults::default());

    let mut rings = Rings::simple(&[[0.0, 0.0], [90.0, 0.0], [90.0, 90.0], [0.0, 90.0]]);
    rings.push_ring(&[[20.0, 20.0], [20.0, 70.0], [70.0, 70.0], [70.0, 20.0]]);
    let mut frame = Rings::new();
    rings.as_ref().rings().for_each(|ring| frame.push_ring(ring));
    frame.end_part();
    let frame = Shape::check(frame.as_ref()).unwrap();
    let found = faults(&[frame, square(30.0, 30.0, 10.0)]);
    assert_eq!((found.gaps.len(), found.gaps[0].area_m2), (1, 2400.0));
    assert_eq!(found.gaps[0].neighbours, [0, 1]);
}

/// Inclusion and exclusion: land covered once at least and the pairs' overlaps explain the sum of all areas as long as no
/// three lie on one another.
#[test]
fn overlaps_and_union_make_the_sum() {
    let mut shapes = field(12, 12, 40_400_000.0, 25.0);
    for (i, shape) in shapes.iter_mut().enumerate().filter(|(i, _)| i % 7 == 3) {
        let mut rings = shape.rings().to_owned();
        let by = 0.4 + i as f64 / 97.0;
        rings.coords_mut()[2] = [rings.as_ref().coords()[2][0] + by, rings.as_ref().coords()[2][1] - by / 3.0];
        *shape = Shape::check(rings.as_ref()).unwrap();
    }
    let found = faults(&shapes);
    let sum: f64 = shapes.iter().map(Shape::area_m2).sum();
    let refs: Vec<ShapeRef<'_>> = shapes.iter().map(Shape::as_ref).collect();
    let all = union(&refs, Tolerance::default()).unwrap().area_m2();
    let twice: f64 = found.overlaps.iter().map(|o| o.area_m2).sum();
    assert!(found.overlaps.len() > 15);
    assert!((all + twice - sum).abs() < 0.05, "{all} + {twice} instead of {sum}");
}

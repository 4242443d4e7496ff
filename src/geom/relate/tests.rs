use super::*;
use crate::geom::Rings;
use geo::relate::Relate;

#[derive(Clone, Default)]
struct Sketch {
    areas: Rings,
    lines: Rings,
    points: Vec<Point>,
}

impl Sketch {
    fn area(mut self, rings: &[&[Point]]) -> Self {
        rings.iter().for_each(|ring| self.areas.push_ring(ring));
        self.areas.end_part();
        self
    }

    fn line(mut self, points: &[Point]) -> Self {
        self.lines.push_path(points);
        self
    }

    fn point(mut self, at: Point) -> Self {
        self.points.push(at);
        self
    }

    fn drawn(&self) -> Drawn<'_> {
        Drawn { areas: self.areas.as_ref(), lines: self.lines.as_ref(), points: &self.points }
    }
}

fn new() -> Sketch {
    Sketch::default()
}

/// What `a` is to `b`, and the transposed of what `b` is to `a`, which must be the same.
fn matrix(a: &Sketch, b: &Sketch) -> String {
    let there = Relation::of(a.drawn(), b.drawn());
    let back = Relation::of(b.drawn(), a.drawn());
    assert_eq!(there, back.turned());
    there.to_string()
}

fn square(at: f64, side: f64) -> [Point; 4] {
    [[at, at], [at + side, at], [at + side, at + side], [at, at + side]]
}

#[test]
fn areas_lie_to_each_other_in_every_way() {
    let big = new().area(&[&square(0.0, 10.0)]);
    let is = |b: &Sketch| matrix(&big, b);
    assert_eq!(is(&new().area(&[&square(20.0, 5.0)])), "FF2FF1212");
    assert_eq!(is(&new().area(&[&square(10.0, 5.0)])), "FF2F01212");
    assert_eq!(is(&new().area(&[&square(5.0, 10.0)])), "212101212");
    assert_eq!(is(&new().area(&[&square(2.0, 5.0)])), "212FF1FF2");
    assert_eq!(is(&new().area(&[&square(0.0, 5.0)])), "212F11FF2");
    assert_eq!(is(&new().area(&[&square(0.0, 10.0)])), "2FFF1FFF2");
    assert_eq!(is(&new().area(&[&[[10.0, 2.0], [12.0, 2.0], [12.0, 4.0], [10.0, 4.0]]])), "FF2F11212");
    assert_eq!(is(&new()), "FF2FF1FF2");
    let holed = new().area(&[&square(-5.0, 20.0), &square(0.0, 10.0)]);
    assert_eq!(is(&holed), "FF2F1F212", "it fills the hole");
}

#[test]
fn words_follow_from_the_matrix() {
    let relation = |a: &Sketch, b: &Sketch| Relation::of(a.drawn(), b.drawn());
    let (big, inner, same) = (
        new().area(&[&square(0.0, 10.0)]),
        new().area(&[&square(0.0, 5.0)]),
        new().area(&[&[[0.0, 10.0], [0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]]),
    );
    let r = relation(&big, &inner);
    assert!(r.intersects() && r.contains() && r.covers() && !r.is_within() && !r.is_covered_by() && !r.overlaps() && !r.is_equal());
    assert!(relation(&inner, &big).is_within() && relation(&big, &same).is_equal());
    let beside = relation(&big, &new().area(&[&square(10.0, 5.0)]));
    assert!(beside.touches() && !beside.is_disjoint() && !beside.crosses());
    let border = relation(&new().line(&[[0.0, 0.0], [10.0, 0.0]]), &big);
    assert!(border.is_covered_by() && !border.is_within() && border.touches(), "on the border only");
    let through = relation(&new().line(&[[-5.0, 5.0], [5.0, 5.0]]), &big);
    assert!(through.crosses() && !through.overlaps());
    let lines = relation(&new().line(&[[0.0, 0.0], [4.0, 4.0]]), &new().line(&[[0.0, 4.0], [4.0, 0.0]]));
    assert!(lines.crosses() && !lines.overlaps());
    let stretch = relation(&new().line(&[[0.0, 0.0], [4.0, 0.0]]), &new().line(&[[2.0, 0.0], [6.0, 0.0]]));
    assert!(stretch.overlaps() && !stretch.crosses());
    assert!(relation(&new(), &new()).is_equal());
}

#[test]
fn lines_end_in_a_border_unless_they_close() {
    let ring = new().line(&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 0.0]]);
    assert_eq!(matrix(&ring, &new().point([0.0, 0.0])), "0F1FFFFF2");
    let open = new().line(&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]]);
    assert_eq!(matrix(&open, &new().point([0.0, 0.0])), "FF10F0FF2");
    assert_eq!(matrix(&open, &new().point([2.0, 0.0])), "0F1FF0FF2");
    let two = open.clone().line(&[[0.0, 0.0], [0.0, 4.0]]);
    assert_eq!(matrix(&two, &new().point([0.0, 0.0])), "0F1FF0FF2", "two ends are none");
    assert_eq!(matrix(&new().line(&[[1.0, 1.0], [1.0, 1.0]]), &new().point([1.0, 1.0])), "0FFFFFFF2", "without a length it is a point");
}

#[test]
fn parts_of_one_drawing_are_one_land() {
    let halves =
        new().area(&[&[[0.0, 0.0], [5.0, 0.0], [5.0, 10.0], [0.0, 10.0]]]).area(&[&[[5.0, 0.0], [10.0, 0.0], [10.0, 10.0], [5.0, 10.0]]]);
    let overlapping =
        new().area(&[&[[0.0, 0.0], [7.0, 0.0], [7.0, 10.0], [0.0, 10.0]]]).area(&[&[[3.0, 0.0], [10.0, 0.0], [10.0, 10.0], [3.0, 10.0]]]);
    let whole = new().area(&[&square(0.0, 10.0)]);
    for parts in [&halves, &overlapping] {
        assert_eq!(matrix(parts, &whole), "2FFF1FFF2");
        assert_eq!(matrix(parts, &new().point([5.0, 5.0])), "0F2FF1FF2", "the seam is no border");
        assert_eq!(matrix(parts, &new().line(&[[5.0, 2.0], [5.0, 8.0]])), "102FF1FF2");
    }
    // What of lines and points lies on land belongs to it.
    let dressed = whole.clone().line(&[[0.0, 2.0], [0.0, 5.0], [5.0, 5.0]]).point([0.0, 0.0]).point([3.0, 3.0]);
    assert_eq!(matrix(&dressed, &whole), "2FFF1FFF2");
    // A line of the second runs along one of the first where a third passes through.
    let crossing = new().line(&[[0.0, 0.0], [9.0, 3.0]]).line(&[[1.0, 2.0], [2.0, -1.0]]);
    assert_eq!(matrix(&new().line(&[[0.0, 0.0], [9.0, 3.0]]), &crossing), "1FFF0F102");
}

/// A corner that no float can put on the edge: it lies beside it by a hair, and the answer is that of the hair.
#[test]
fn a_hair_decides() {
    let below = new().area(&[&[[0.0, 0.0], [3e6, 1e6], [3e6, -1e6]]]);
    let is = |y: f64| matrix(&new().area(&[&[[0.0, 0.0], [1e6, y], [3e6, 1e6], [1e6, 2e6]]]), &below);
    let third: f64 = 1e6 / 3.0;
    assert_eq!(is(third.next_down()), "212101212", "it dips into the land below");
    assert_eq!(is(third.next_up()), "FF2F01212", "there is a hair of land between");
}

#[test]
fn thirds_meet_in_one_place() {
    // Three lines through (1/3, 0), which no float is: the crossing of the first two lies on the third.
    let a = new().line(&[[-1.0, 0.0], [1.0, 0.0]]);
    let through = new().line(&[[0.0, -1.0], [1.0, 2.0]]).line(&[[0.0, 1.0], [1.0, -2.0]]);
    assert_eq!(matrix(&a, &through), "0F1FF0102");
    let cross = new().line(&[[-1.0, 0.0], [1.0, 0.0]]).line(&[[0.0, -1.0], [1.0, 2.0]]);
    assert_eq!(matrix(&cross, &new().line(&[[0.0, 1.0], [1.0, -2.0]])), "0F1FF0102");
}

/// Whole numbers of a small grid: everything touches, runs along and crosses everywhere.
struct Noise(u64);

impl Noise {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn place(&mut self) -> Point {
        [self.below(7) as f64, self.below(7) as f64]
    }

    fn places(&mut self, count: u64) -> Vec<Point> {
        (0..count).map(|_| self.place()).collect()
    }

    /// Of one kind, the same for [`geo`].
    fn sketch(&mut self) -> (Sketch, geo::Geometry) {
        match self.below(3) {
            0 => {
                let points = self.places(3);
                (Sketch { points: points.clone(), ..new() }, geo::MultiPoint(points.into_iter().map(Into::into).collect()).into())
            }
            // One step: `geo` 0.33 takes a border that a line of several steps runs along for points.
            1 => loop {
                let line = self.places(2);
                if line[0] != line[1] {
                    return (new().line(&line), geo::LineString::from(line).into());
                }
            },
            _ => loop {
                let count = 3 + self.below(4);
                let ring = self.places(count);
                if let Ok(shape) = crate::geom::Shape::check(Rings::simple(&ring).as_ref()) {
                    let polygon = geo::Polygon::new(geo::LineString::from(shape.rings().ring(0).to_vec()), Vec::new());
                    return (Sketch { areas: shape.rings().to_owned(), ..new() }, polygon.into());
                }
            },
        }
    }
}

#[test]
fn it_is_as_another_engine_says() {
    let mut noise = Noise(7);
    for round in 0..3000 {
        let ((a, geo_a), (b, geo_b)) = (noise.sketch(), noise.sketch());
        let other: String = format!("{:?}", geo_a.relate(&geo_b)).chars().filter(|c| "F012".contains(*c)).collect();
        assert_eq!(matrix(&a, &b), other, "round {round}: {geo_a:?} {geo_b:?}");
    }
}

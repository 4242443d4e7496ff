//! Area on the CGCS2000 ellipsoid, by the survey's official formula (国土调查办发〔2008〕32号).

use super::{Point, ShapeRef};

/// A Gauss–Krüger plane on the CGCS2000 ellipsoid, scale factor 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussKruger {
    pub central_meridian_deg: f64,
    /// Added to eastings, zone prefix included (40 500 000 for EPSG:4528), in m.
    pub false_easting_m: f64,
}

/// Longest piece of an edge that counts as straight in latitude and longitude, in m.
const STEP_M: f64 = 70.0;

/// A smaller angle, in rad, is turned by a short series; within [`NEAR_M`] of the central meridian all are.
const SMALL: f64 = 0.02;
const NEAR_M: f64 = 600_000.0;

/// Semi-minor axis, polar radius of curvature a²/b in m, first and second eccentricity squared.
const B: f64 = 6_356_752.314_140_36;
const C: f64 = 6_399_593.625_86;
const E2: f64 = 6.694_380_022_90e-3;
const E2_SECOND: f64 = 6.739_496_775_48e-3;
/// Footpoint latitude from the northing.
const K: [f64; 5] =
    [1.570_487_611_441_59e-7, 5.052_501_788_205_67e-3, 2.984_729_009_565_87e-5, 2.416_266_692_300_84e-7, 2.222_412_389_385_34e-9];
/// The zone area series A … E in powers of the first eccentricity. The notice's pseudo-code names the second one there,
/// against its own text; that makes every area 31 ppm too large.
const ZONE: [f64; 5] = [
    1.0 + E2 * (3.0 / 6.0 + E2 * (30.0 / 80.0 + E2 * (35.0 / 112.0 + E2 * (630.0 / 2304.0)))),
    E2 * (1.0 / 6.0 + E2 * (15.0 / 80.0 + E2 * (21.0 / 112.0 + E2 * (420.0 / 2304.0)))),
    E2 * E2 * (3.0 / 80.0 + E2 * (7.0 / 112.0 + E2 * (180.0 / 2304.0))),
    E2 * E2 * E2 * (1.0 / 112.0 + E2 * (45.0 / 2304.0)),
    E2 * E2 * E2 * E2 * (5.0 / 2304.0),
];

/// Ellipsoidal area in m² of a shape on a Gauss–Krüger plane: edges split to at most 70 m, first eccentricity.
pub fn ellipsoidal_area_m2(shape: ShapeRef<'_>, plane: GaussKruger) -> f64 {
    // Outer rings are counter-clockwise and holes clockwise, so their areas come with their signs.
    shape.rings().rings().map(|ring| ring_area_m2(ring, plane)).sum()
}

/// Signed area in m², positive for counter-clockwise.
fn ring_area_m2(ring: &[Point], plane: GaussKruger) -> f64 {
    let Some(&start) = ring.first() else { return 0.0 };
    // Longitudes are taken from a meridian through the ring: from a far one the terms are large and cancel.
    EdgeAreas::new(plane, start).along(ring.iter().chain([&start]).copied())
}

/// Areas between edges and one meridian, whose signed sum over the edges of a ring is its area.
#[derive(Clone, Copy, Debug)]
pub(super) struct EdgeAreas {
    plane: GaussKruger,
    /// The meridian, from the central one in rad.
    reference: f64,
    /// The angle that the footpoint series begins with, at a place nearby: sines there are turned to those around it.
    base: Angle,
}

impl EdgeAreas {
    /// With the meridian through `middle`: near it the terms are small and lose nothing when they cancel.
    pub(super) fn new(plane: GaussKruger, middle: Point) -> Self {
        let base = Angle::new(K[0] * middle[1]);
        Self { plane, reference: place(middle, plane, base, Angle::turned).longitude, base }
    }

    /// Area in m² between an edge and the meridian, positive northwards on its east side.
    pub(super) fn area_m2(&self, a: Point, b: Point) -> f64 {
        self.along([a, b].into_iter())
    }

    /// The same of all edges of a path.
    fn along(&self, mut path: impl Iterator<Item = Point>) -> f64 {
        let (Some(mut a), mut area_m2) = (path.next(), 0.0) else { return 0.0 };
        let mut run = Run { points: [a; LANES], count: 1 };
        for b in path {
            let d = [b[0] - a[0], b[1] - a[1]];
            let steps = ((d[0] * d[0] + d[1] * d[1]).sqrt() / STEP_M).ceil().max(1.0) as u32;
            for step in 1..=steps {
                if run.count == LANES {
                    area_m2 += run.area_m2(self);
                    run = Run { points: [run.points[LANES - 1]; LANES], count: 1 };
                }
                let share = f64::from(step) / f64::from(steps);
                run.points[run.count] = if step == steps { b } else { [a[0] + share * d[0], a[1] + share * d[1]] };
                run.count += 1;
            }
            a = b;
        }
        area_m2 + run.area_m2(self)
    }
}

/// Points that are computed with side by side, which keeps the processor busy: each alone is one long chain of steps.
const LANES: usize = 8;

/// Points of a path, at most [`STEP_M`] from one to the next; unused ones repeat the first.
struct Run {
    points: [Point; LANES],
    count: usize,
}

impl Run {
    fn area_m2(&self, areas: &EdgeAreas) -> f64 {
        let is_near = |p: Point| (K[0] * p[1] - areas.base.rad).abs() < SMALL && (p[0] - areas.plane.false_easting_m).abs() < NEAR_M;
        let places = if self.points.iter().all(|p| is_near(*p)) {
            self.places(areas, Angle::turned_a_little)
        } else {
            self.places(areas, Angle::turned)
        };
        let mut strips = [0.0; LANES];
        for (i, strip) in strips.iter_mut().enumerate().skip(1) {
            *strip = strip_m2(places.get(i - 1), places.get(i), areas.reference);
        }
        strips[1..self.count].iter().sum()
    }

    #[inline(always)]
    fn places(&self, areas: &EdgeAreas, turned: impl Fn(Angle, f64) -> Angle + Copy) -> Places {
        let mut places = Places::default();
        for i in 0..LANES {
            let Place { latitude, longitude } = place(self.points[i], areas.plane, areas.base, turned);
            (places.latitude[i], places.sin[i], places.cos[i], places.longitude[i]) = (latitude.rad, latitude.sin, latitude.cos, longitude);
        }
        places
    }
}

/// The places of a run, number beside number of the same kind.
#[derive(Default)]
struct Places {
    latitude: [f64; LANES],
    sin: [f64; LANES],
    cos: [f64; LANES],
    longitude: [f64; LANES],
}

impl Places {
    #[inline(always)]
    fn get(&self, i: usize) -> Place {
        let latitude = Angle { rad: self.latitude[i], sin: self.sin[i], cos: self.cos[i] };
        Place { latitude, longitude: self.longitude[i] }
    }
}

/// Area in m² between an edge of at most [`STEP_M`] and the meridian. sin(n·ΔB/2) is taken as its series, exact to
/// 10⁻¹⁹ for ΔB of 10⁻⁵; cos(n·B) by the addition theorem from cos B.
#[inline(always)]
fn strip_m2(from: Place, to: Place, reference: f64) -> f64 {
    let width = (from.longitude + to.longitude) / 2.0 - reference;
    let half = (to.latitude.rad - from.latitude.rad) / 2.0;
    let cos = from.latitude.turned_a_little(half).cos;
    let twice = 2.0 * (2.0 * cos * cos - 1.0);
    let cos3 = (twice - 1.0) * cos;
    let cos5 = twice * cos3 - cos;
    let cos7 = twice * cos5 - cos3;
    let cos9 = twice * cos7 - cos5;
    let h2 = half * half;
    let sin = |n: f64| n * half * (1.0 - n * n * h2 * (1.0 / 6.0));
    let [a, b, c, d, e] = ZONE;
    2.0 * B * B * width * (a * sin(1.0) * cos - b * sin(3.0) * cos3 + c * sin(5.0) * cos5 - d * sin(7.0) * cos7 + e * sin(9.0) * cos9)
}

/// An angle in rad, with its sine and cosine.
#[derive(Clone, Copy, Debug)]
struct Angle {
    rad: f64,
    sin: f64,
    cos: f64,
}

impl Angle {
    fn new(rad: f64) -> Self {
        let (sin, cos) = rad.sin_cos();
        Self { rad, sin, cos }
    }

    fn turned(self, by: f64) -> Self {
        if by.abs() < SMALL { self.turned_a_little(by) } else { Self::new(self.rad + by) }
    }

    /// Turned by less than [`SMALL`]: by the series of its sine and cosine, exact to 10⁻²⁴, and the addition theorem, which
    /// take a fraction of the time of a sine.
    #[inline(always)]
    fn turned_a_little(self, by: f64) -> Self {
        let b2 = by * by;
        let sin = by * (1.0 - b2 * (1.0 / 6.0) * (1.0 - b2 * (1.0 / 20.0) * (1.0 - b2 * (1.0 / 42.0) * (1.0 - b2 * (1.0 / 72.0)))));
        let less = b2 * 0.5 * (1.0 - b2 * (1.0 / 12.0) * (1.0 - b2 * (1.0 / 30.0) * (1.0 - b2 * (1.0 / 56.0))));
        let (sin, cos) = (self.sin + (self.cos * sin - self.sin * less), self.cos - (self.sin * sin + self.cos * less));
        Self { rad: self.rad + by, sin, cos }
    }
}

/// A place on the ellipsoid; the longitude from the central meridian in rad.
#[derive(Clone, Copy, Debug)]
struct Place {
    latitude: Angle,
    longitude: f64,
}

/// The place of a point on the plane. `base`: an angle near the one that the footpoint series begins with; `turned`: as
/// [`Angle::turned`].
#[inline(always)]
fn place(p: Point, plane: GaussKruger, base: Angle, turned: impl Fn(Angle, f64) -> Angle) -> Place {
    let e = turned(base, K[0] * p[1] - base.rad);
    let s2 = e.sin * e.sin;
    let footpoint = turned(e, e.cos * e.sin * (K[1] - s2 * (K[2] - s2 * (K[3] - s2 * K[4]))));
    let secant = 1.0 / footpoint.cos;
    let t = footpoint.sin * secant;
    let (t2, n2) = (t * t, E2_SECOND * footpoint.cos * footpoint.cos);
    let v2 = 1.0 + n2;
    let r = (p[0] - plane.false_easting_m) * v2.sqrt() * (1.0 / C);
    let r2 = r * r;
    let north = (5.0 + 3.0 * t2 + n2 - 9.0 * n2 * t2) * (1.0 / 24.0) - r2 * (61.0 + 90.0 * t2 + 45.0 * t2 * t2) * (1.0 / 720.0);
    let east = (1.0 + 2.0 * t2 + n2) * (1.0 / 6.0) - r2 * (5.0 + 28.0 * t2 + 24.0 * t2 * t2 + 6.0 * n2 + 8.0 * n2 * t2) * (1.0 / 120.0);
    Place { latitude: turned(footpoint, -v2 * t * r2 * (0.5 - r2 * north)), longitude: r * secant * (1.0 - r2 * east) }
}

#[cfg(test)]
mod tests {
    use super::super::{Rings, Shape};
    use super::*;

    const ZONE_40: GaussKruger = GaussKruger { central_meridian_deg: 120.0, false_easting_m: 40_500_000.0 };

    fn box_m2(north: [f64; 2], east: [f64; 2]) -> f64 {
        area(&[[east[0], north[0]], [east[1], north[0]], [east[1], north[1]], [east[0], north[1]]])
    }

    fn area(points: &[Point]) -> f64 {
        ellipsoidal_area_m2(Shape::check(Rings::simple(points).as_ref()).unwrap().as_ref(), ZONE_40)
    }

    /// Independent values, reckoned with the same formula in other programs.
    #[test]
    fn agrees_with_the_reference_areas() {
        for (name, found, expected, within) in [
            ("T1", box_m2([3_990_000.0, 3_991_000.0], [40_500_000.0, 40_501_000.0]), 999_999.991_8, 0.01),
            ("T2", box_m2([3_990_000.0, 3_991_000.0], [40_540_000.0, 40_541_000.0]), 999_959.595_1, 0.01),
            (
                "T3",
                area(&[
                    [40_458_000.0, 4_050_000.0],
                    [40_458_000.0, 4_050_400.0],
                    [40_458_300.0, 4_050_400.0],
                    [40_458_300.0, 4_050_200.0],
                    [40_458_600.0, 4_050_200.0],
                    [40_458_600.0, 4_050_000.0],
                ]),
                179_992.277,
                0.01,
            ),
            ("T4", box_m2([4_035_000.0, 4_035_100.0], [40_590_000.0, 40_590_060.0]), 5_998.802_3, 0.01),
            ("T5", box_m2([4_030_000.0, 4_040_000.0], [40_585_000.0, 40_595_000.0]), 99_980_031.35, 0.1),
        ] {
            assert!((found - expected).abs() <= within, "{name}: {found} instead of {expected}");
        }
    }

    #[test]
    fn an_angle_that_is_turned_is_the_angle() {
        for i in 0..2000 {
            let (from, by) = (f64::from(i) * 7e-4, f64::from(i % 97 - 48) * 4.9e-4);
            let [turned, wanted] = [Angle::new(from).turned(by), Angle::new(from + by)];
            assert!((turned.sin - wanted.sin).abs() < 4e-16 && (turned.cos - wanted.cos).abs() < 4e-16, "{from} {by}");
        }
    }

    #[test]
    fn a_hole_is_taken_off() {
        let mut rings = Rings::new();
        rings.push_ring(&[[40_500_000.0, 4e6], [40_500_100.0, 4e6], [40_500_100.0, 4_000_100.0], [40_500_000.0, 4_000_100.0]]);
        rings.push_ring(&[
            [40_500_020.0, 4_000_020.0],
            [40_500_020.0, 4_000_040.0],
            [40_500_040.0, 4_000_040.0],
            [40_500_040.0, 4_000_020.0],
        ]);
        rings.end_part();
        let shape = Shape::check(rings.as_ref()).unwrap();
        let area_m2 = ellipsoidal_area_m2(shape.as_ref(), ZONE_40);
        assert!((area_m2 - 9_600.0).abs() < 0.01, "{area_m2}");
    }
}

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
    let areas = EdgeAreas::new(plane, start);
    let mut from = (start, areas.geodetic(start));
    let mut area_m2 = 0.0;
    for &b in ring[1..].iter().chain([&start]) {
        let to = areas.geodetic(b);
        area_m2 += areas.between(from, (b, to));
        from = (b, to);
    }
    area_m2
}

/// Areas between edges and one meridian, whose signed sum over the edges of a ring is its area.
#[derive(Clone, Copy, Debug)]
pub(super) struct EdgeAreas {
    plane: GaussKruger,
    /// The meridian, from the central one in rad.
    reference: f64,
}

impl EdgeAreas {
    /// With the meridian through `middle`: near it the terms are small and lose nothing when they cancel.
    pub(super) fn new(plane: GaussKruger, middle: Point) -> Self {
        Self { plane, reference: geodetic(middle, plane).longitude }
    }

    /// Area in m² between an edge and the meridian, positive northwards on its east side.
    pub(super) fn area_m2(&self, a: Point, b: Point) -> f64 {
        self.between((a, self.geodetic(a)), (b, self.geodetic(b)))
    }

    fn geodetic(&self, p: Point) -> Place {
        geodetic(p, self.plane)
    }

    fn between(&self, (a, first): (Point, Place), (b, last): (Point, Place)) -> f64 {
        let (d, mut from, mut area_m2) = ([b[0] - a[0], b[1] - a[1]], first, 0.0);
        let steps = ((d[0] * d[0] + d[1] * d[1]).sqrt() / STEP_M).ceil().max(1.0) as u32;
        for step in 1..steps {
            let share = f64::from(step) / f64::from(steps);
            let to = self.geodetic([a[0] + share * d[0], a[1] + share * d[1]]);
            area_m2 += self.strip_m2(from, to);
            from = to;
        }
        area_m2 + self.strip_m2(from, last)
    }

    /// Area in m² between an edge of at most [`STEP_M`] and the meridian. sin(n·ΔB/2) is taken as its series, exact to
    /// 10⁻¹⁹ for ΔB of 10⁻⁵; cos(n·B) by the addition theorem from cos B.
    fn strip_m2(&self, from: Place, to: Place) -> f64 {
        let width = (from.longitude + to.longitude) / 2.0 - self.reference;
        let half = (to.latitude - from.latitude) / 2.0;
        let cos = ((from.latitude + to.latitude) / 2.0).cos();
        let twice = 2.0 * (2.0 * cos * cos - 1.0);
        let cos3 = (twice - 1.0) * cos;
        let cos5 = twice * cos3 - cos;
        let cos7 = twice * cos5 - cos3;
        let cos9 = twice * cos7 - cos5;
        let h2 = half * half;
        let sin = |n: f64| n * half * (1.0 - n * n * h2 / 6.0);
        let [a, b, c, d, e] = ZONE;
        2.0 * B * B * width * (a * sin(1.0) * cos - b * sin(3.0) * cos3 + c * sin(5.0) * cos5 - d * sin(7.0) * cos7 + e * sin(9.0) * cos9)
    }
}

/// A place on the ellipsoid, in rad; the longitude from the central meridian.
#[derive(Clone, Copy, Debug)]
struct Place {
    latitude: f64,
    longitude: f64,
}

fn geodetic(p: Point, plane: GaussKruger) -> Place {
    let e = K[0] * p[1];
    let (s, c) = e.sin_cos();
    let footpoint = e + c * s * (K[1] - s * s * (K[2] - s * s * (K[3] - s * s * K[4])));
    let (sin, cos) = footpoint.sin_cos();
    let t = sin / cos;
    let (t2, n2) = (t * t, E2_SECOND * cos * cos);
    let v2 = 1.0 + n2;
    let r = (p[0] - plane.false_easting_m) / (C / v2.sqrt());
    let r2 = r * r;
    let latitude = footpoint
        - v2 * t * r2 * (0.5 - r2 * ((5.0 + 3.0 * t2 + n2 - 9.0 * n2 * t2) / 24.0 - r2 * (61.0 + 90.0 * t2 + 45.0 * t2 * t2) / 720.0));
    let longitude =
        r / cos * (1.0 - r2 * ((1.0 + 2.0 * t2 + n2) / 6.0 - r2 * (5.0 + 28.0 * t2 + 24.0 * t2 * t2 + 6.0 * n2 + 8.0 * n2 * t2) / 120.0));
    Place { latitude, longitude }
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

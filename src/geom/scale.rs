//! What an area measured on one Gauss–Krüger plane is on another: areas grow with the distance from the central meridian.

use super::{GaussKruger, Point, ShapeRef, centroid};

/// Polar radius of curvature in m and second eccentricity squared of the CGCS2000 ellipsoid.
const C: f64 = 6_399_593.625_86;
const E2_SECOND: f64 = 6.739_496_775_48e-3;
/// Radius in m of the sphere on which the northing gives the first guess of the latitude, and the first term beyond it.
const MERIDIAN_M: f64 = 6_367_449.145_77;
const FOOTPOINT: f64 = 5.052_501_788e-3;

/// Planar area in m² that a shape on the plane `from` has on the plane `to`.
///
/// The scale of area at the centre of gravity, k² with k = 1 + y²/2R² + y⁴/24R⁴, on both planes; within a site of some km it
/// is linear enough that nothing over 10⁻⁷ of the area is lost.
pub fn area_on_plane_m2(shape: ShapeRef<'_>, from: GaussKruger, to: GaussKruger) -> f64 {
    if from.central_meridian_deg == to.central_meridian_deg {
        return shape.area_m2();
    }
    let [own, other] = scales(centroid(shape), from, to);
    shape.area_m2() * (other / own) * (other / own)
}

/// Length in m on the ellipsoid of a straight line on the plane: the planar one by the scale along it (Simpson's rule on
/// pieces of at most 10 km).
pub fn ellipsoidal_length_m(a: Point, b: Point, plane: GaussKruger) -> f64 {
    let planar_m = (b[0] - a[0]).hypot(b[1] - a[1]);
    let pieces = (planar_m / 10_000.0).ceil().max(1.0);
    let at = |share: f64| [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
    let inverse = |share: f64| 1.0 / scales(at(share), plane, plane)[0];
    let piece = |i: f64| (inverse(i / pieces) + 4.0 * inverse((i + 0.5) / pieces) + inverse((i + 1.0) / pieces)) / 6.0;
    planar_m / pieces * (0..pieces as usize).map(|i| piece(i as f64)).sum::<f64>()
}

/// Scale of length on both planes at a place of the first.
fn scales(at: Point, from: GaussKruger, to: GaussKruger) -> [f64; 2] {
    let e = at[1] / MERIDIAN_M;
    let footpoint = e + FOOTPOINT * e.sin() * e.cos();
    // tan²B, cos B, η² and the radius across the meridian in m at a latitude.
    let at_latitude = |latitude: f64| {
        let (tan, cos) = (latitude.tan(), latitude.cos());
        let n2 = E2_SECOND * cos * cos;
        (tan * tan, cos, n2, C / (1.0 + n2).sqrt())
    };
    let y_m = at[0] - from.false_easting_m;
    let (t2, cos, n2, radius_m) = at_latitude(footpoint);
    let r = y_m / radius_m;
    let longitude = r / cos * (1.0 - r * r * (1.0 + 2.0 * t2 + n2) / 6.0);
    let l = longitude + (from.central_meridian_deg - to.central_meridian_deg).to_radians();
    let (t2, cos, n2, radius_m) = at_latitude(footpoint - (1.0 + n2) * footpoint.tan() * r * r / 2.0);
    let mean2_m2 = radius_m * radius_m / (1.0 + n2);
    let other_m = radius_m * cos * l * (1.0 + cos * cos * l * l * (1.0 - t2 + n2) / 6.0);
    [y_m, other_m].map(|y| {
        let q = y * y / mean2_m2;
        1.0 + q / 2.0 + q * q / 24.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_true_on_the_meridian_and_longer_on_the_plane_beside_it() {
        let plane = GaussKruger { central_meridian_deg: 120.0, false_easting_m: 40_500_000.0 };
        let along = |x: f64| ellipsoidal_length_m([40_500_000.0 + x, 4.00e6], [40_500_000.0 + x, 4.03e6], plane);
        assert!((along(0.0) - 30_000.0).abs() < 1e-6);
        // k = 1 + y²/2R² with R = 6 369 km at 36°.
        assert!((30_000.0 / along(100_000.0) - 1.0 - 1.2326e-4).abs() < 2e-7, "{}", along(100_000.0));
    }
}

//! Shifts between datums by parameters that a person has: a similarity of two planes, or seven parameters over the Earth's
//! centre. None is built in: those of the old Chinese datums are classified.

use super::facts::{Facts, Form};
use super::{Crs, CrsError, Transform, national};
use crate::geom::Point;

/// A way from one system to another of a different datum.
#[derive(Clone, Debug, PartialEq)]
pub struct DatumShift {
    /// The system of the numbers; `None` for a local one that has no name.
    pub from: Option<Crs>,
    pub to: Crs,
    pub way: ShiftWay,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ShiftWay {
    /// From the numbers of `from` to those of `to`, both planes in metres.
    Plane(Similarity),
    /// Over the Earth's centre; heights count as 0.
    Space(SevenParameters),
}

/// A similarity of two planes: E' = E₀' + a(E − E₀) + b(N − N₀), N' = N₀' + a(N − N₀) − b(E − E₀), with a = m·cos α and
/// b = m·sin α.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    from: Point,
    to: Point,
    a: f64,
    b: f64,
}

/// A similarity fitted to control points by least squares, and how well it fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    pub similarity: Similarity,
    /// East and north of each point as given, less as transformed, in m.
    pub residuals_m: Vec<Point>,
    /// Root of the mean square distance of the points from where they should be, in m.
    pub rms_m: f64,
}

/// How the signs of the rotations are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// The positions turn (EPSG method 9606; Bursa–Wolf as PROJ and most of Europe write it).
    PositionVector,
    /// The axes turn (EPSG method 9607): the rotations have the other sign.
    CoordinateFrame,
}

/// Seven parameters after Bursa and Wolf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SevenParameters {
    pub convention: Convention,
    pub shift_m: [f64; 3],
    /// In seconds of arc.
    pub rotation_arcsec: [f64; 3],
    pub scale_ppm: f64,
}

impl Similarity {
    /// As bureaus write it: E' = E₀ + m(sin α·N + cos α·E), N' = N₀ + m(cos α·N − sin α·E).
    pub fn of_parameters(east_m: f64, north_m: f64, rotation_arcsec: f64, scale: f64) -> Self {
        let (sin, cos) = (rotation_arcsec / 3600.0).to_radians().sin_cos();
        Self { from: [0.0; 2], to: [east_m, north_m], a: scale * cos, b: scale * sin }
    }

    /// The similarity that brings the first of each pair of positions nearest to the second; `None` for fewer than two pairs
    /// or pairs in one place.
    pub fn fit(pairs: &[[Point; 2]]) -> Option<Fit> {
        let count = pairs.len() as f64;
        let centre = |i: usize| {
            let sum = pairs.iter().fold([0.0; 2], |sum: Point, pair| [sum[0] + pair[i][0], sum[1] + pair[i][1]]);
            sum.map(|s| s / count)
        };
        let (from, to) = (centre(0), centre(1));
        let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
        for [p, q] in pairs {
            let (p, q) = ([p[0] - from[0], p[1] - from[1]], [q[0] - to[0], q[1] - to[1]]);
            along += p[0] * q[0] + p[1] * q[1];
            across += p[1] * q[0] - p[0] * q[1];
            spread += p[0] * p[0] + p[1] * p[1];
        }
        if pairs.len() < 2 || spread.is_nan() || spread < 1.0 {
            return None;
        }
        let similarity = Self { from, to, a: along / spread, b: across / spread };
        let residuals_m: Vec<Point> =
            pairs.iter().map(|[p, q]| (similarity.apply(*p), q)).map(|(r, q)| [q[0] - r[0], q[1] - r[1]]).collect();
        let rms_m = (residuals_m.iter().map(|v| v[0] * v[0] + v[1] * v[1]).sum::<f64>() / count).sqrt();
        Some(Fit { similarity, residuals_m, rms_m })
    }

    pub fn apply(&self, p: Point) -> Point {
        let [east, north] = [p[0] - self.from[0], p[1] - self.from[1]];
        [self.to[0] + (self.a * east + self.b * north), self.to[1] + (self.a * north - self.b * east)]
    }

    /// Metres of the second plane in one of the first.
    pub fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }

    /// α in seconds of arc.
    pub fn rotation_arcsec(&self) -> f64 {
        self.b.atan2(self.a).to_degrees() * 3600.0
    }
}

impl SevenParameters {
    /// Geocentric positions in m.
    fn apply(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let sign = match self.convention {
            Convention::PositionVector => 1.0,
            Convention::CoordinateFrame => -1.0,
        };
        let [rx, ry, rz] = self.rotation_arcsec.map(|r| sign * (r / 3600.0).to_radians());
        let scale = 1.0 + self.scale_ppm * 1e-6;
        let turned = [x - rz * y + ry * z, rz * x + y - rx * z, rx * y - ry * x + z];
        std::array::from_fn(|i| self.shift_m[i] + scale * turned[i])
    }
}

impl DatumShift {
    /// From the numbers of `from` to those of `to`.
    ///
    /// # Errors
    /// A position outside either system; a system whose ellipsoid is not known.
    pub fn apply(&self, points: &mut [Point]) -> Result<(), CrsError> {
        match &self.way {
            ShiftWay::Plane(similarity) => {
                if let Some(index) = points.iter().position(|p| !(p[0].is_finite() && p[1].is_finite())) {
                    return Err(CrsError::OutOfRange { index });
                }
                points.iter_mut().for_each(|p| *p = similarity.apply(*p));
                Ok(())
            }
            ShiftWay::Space(seven) => {
                let from = self.from.as_ref().ok_or_else(|| CrsError::Unknown(String::new()))?;
                let ((own, own_ellipsoid), (other, other_ellipsoid)) = (geographic(from)?, geographic(&self.to)?);
                Transform::new(from, &own)?.apply(points)?;
                points.iter_mut().for_each(|p| *p = lon_lat(seven.apply(geocentric(*p, own_ellipsoid)), other_ellipsoid));
                Transform::new(&other, &self.to)?.apply(points)
            }
        }
    }
}

/// Longitude and latitude of a system's own datum, and its ellipsoid: semi-major axis in m, inverse flattening.
fn geographic(crs: &Crs) -> Result<(Crs, (f64, f64)), CrsError> {
    let datum = crs.facts()?.datum;
    let code = national::code(Facts { datum, form: Form::LonLat }, false);
    code.map(Crs::Epsg).zip(datum.ellipsoid()).ok_or_else(|| CrsError::Unknown(crs.label()))
}

/// Of a position in degrees and at height 0, in m.
fn geocentric([lon, lat]: Point, (a, inverse_flattening): (f64, f64)) -> [f64; 3] {
    let f = 1.0 / inverse_flattening;
    let e2 = f * (2.0 - f);
    let ((sin_lon, cos_lon), (sin, cos)) = (lon.to_radians().sin_cos(), lat.to_radians().sin_cos());
    let normal = a / (1.0 - e2 * sin * sin).sqrt();
    [normal * cos * cos_lon, normal * cos * sin_lon, normal * (1.0 - e2) * sin]
}

/// Longitude and latitude in degrees of a geocentric position near the ellipsoid (B. R. Bowring, 1976, repeated).
fn lon_lat([x, y, z]: [f64; 3], (a, inverse_flattening): (f64, f64)) -> Point {
    let f = 1.0 / inverse_flattening;
    let (b, e2) = (a * (1.0 - f), f * (2.0 - f));
    let second_e2 = e2 / (1.0 - e2);
    let across = x.hypot(y);
    let mut tangent = z * a / (across * b);
    let mut latitude = 0.0;
    for _ in 0..3 {
        let (sin, cos) = tangent.atan().sin_cos();
        latitude = (z + second_e2 * b * sin.powi(3)).atan2(across - e2 * a * cos.powi(3));
        tangent = (1.0 - f) * latitude.tan();
    }
    [y.atan2(x).to_degrees(), latitude.to_degrees()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of IOGP's Guidance Note 7-2 (WGS 72 to WGS 84), in both conventions.
    #[test]
    fn seven_parameters_move_the_textbook_point() {
        for (convention, sign) in [(Convention::PositionVector, 1.0), (Convention::CoordinateFrame, -1.0)] {
            let seven =
                SevenParameters { convention, shift_m: [0.0, 0.0, 4.5], rotation_arcsec: [0.0, 0.0, sign * 0.554], scale_ppm: 0.219 };
            let moved = seven.apply([3_657_660.66, 255_768.55, 5_201_382.11]);
            for (found, expected) in moved.iter().zip([3_657_660.78, 255_778.43, 5_201_387.75]) {
                assert!((found - expected).abs() < 0.006, "{found} {expected}");
            }
        }
    }

    #[test]
    fn over_the_centre_and_back_is_where_it_was() {
        for ellipsoid in [(6_378_140.0, 298.257), (6_378_245.0, 298.3)] {
            for place in [[120.38, 36.07], [75.5, 3.9], [135.0, 53.2]] {
                let back = lon_lat(geocentric(place, ellipsoid), ellipsoid);
                assert!((back[0] - place[0]).abs() < 1e-12 && (back[1] - place[1]).abs() < 1e-12, "{back:?}");
            }
        }
    }

    /// Without shift and turn only the ellipsoid changes: Xi'an 80 to CGCS2000 moves a place by metres, north or south alone.
    #[test]
    fn of_no_parameters_the_ellipsoid_is_left() {
        let none = SevenParameters { convention: Convention::PositionVector, shift_m: [0.0; 3], rotation_arcsec: [0.0; 3], scale_ppm: 0.0 };
        let shift = DatumShift { from: Some(Crs::Epsg(4610)), to: Crs::CGCS2000_LON_LAT, way: ShiftWay::Space(none) };
        let mut points = [[120.0, 36.0]];
        shift.apply(&mut points).unwrap();
        assert!((points[0][0] - 120.0).abs() < 1e-11 && (points[0][1] - 36.0).abs() < 1e-4 && points[0][1] != 36.0, "{points:?}");
    }

    #[test]
    fn a_similarity_is_found_again_and_says_how_well_it_fits() {
        let known = Similarity::of_parameters(40_000_012.5, -7.25, 3.7, 1.000_012);
        let place = |i: f64| [500_000.0 + 900.0 * (i * 1.7).sin() * i, 3_990_000.0 + 1100.0 * (i * 0.9).cos() * i];
        let pairs: Vec<[Point; 2]> = (1..9).map(|i| place(f64::from(i))).map(|p| [p, known.apply(p)]).collect();
        let fit = Similarity::fit(&pairs).unwrap();
        assert!(fit.rms_m < 1e-6 && (fit.similarity.scale() - 1.000_012).abs() < 1e-11, "{fit:?}");
        assert!((fit.similarity.rotation_arcsec() - 3.7).abs() < 1e-6);
        let there = [503_000.0, 3_995_000.0];
        let (found, expected) = (fit.similarity.apply(there), known.apply(there));
        assert!((found[0] - expected[0]).abs() < 1e-6 && (found[1] - expected[1]).abs() < 1e-6);
        let mut wrong = pairs.clone();
        wrong[3][1][0] += 1.0;
        let fit = Similarity::fit(&wrong).unwrap();
        let worst = (0..8).max_by(|i, j| fit.residuals_m[*i][0].abs().total_cmp(&fit.residuals_m[*j][0].abs()));
        assert!(fit.rms_m > 0.2 && worst == Some(3), "{fit:?}");
        assert!(Similarity::fit(&pairs[..1]).is_none() && Similarity::fit(&[pairs[0], pairs[0]]).is_none());
    }
}

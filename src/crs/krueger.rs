//! Gauss–Krüger by Krüger's series in the third flattening to order 6 (Karney 2011, equations 35 and 36).
//!
//! Good to a few nanometres within a zone; PROJ and GeographicLib's points check it in the tests.

use crate::geom::Point;
use std::collections::BTreeMap;

/// The series of one ellipsoid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Krueger {
    /// First eccentricity.
    e: f64,
    /// Radius of the rectifying sphere in m.
    radius_m: f64,
    alpha: [f64; 6],
    beta: [f64; 6],
}

impl Krueger {
    pub fn new((semi_major_m, inverse_flattening): (f64, f64)) -> Self {
        let f = 1.0 / inverse_flattening;
        let n = f / (2.0 - f);
        let n2 = n * n;
        let series = |first: i32, c: &[f64]| n.powi(first) * c.iter().rev().fold(0.0, |sum, c| sum * n + c);
        Self {
            e: (f * (2.0 - f)).sqrt(),
            radius_m: semi_major_m / (1.0 + n) * (1.0 + n2 / 4.0 + n2 * n2 / 64.0 + n2 * n2 * n2 / 256.0),
            alpha: [
                series(1, &[1.0 / 2.0, -2.0 / 3.0, 5.0 / 16.0, 41.0 / 180.0, -127.0 / 288.0, 7891.0 / 37800.0]),
                series(2, &[13.0 / 48.0, -3.0 / 5.0, 557.0 / 1440.0, 281.0 / 630.0, -1983433.0 / 1935360.0]),
                series(3, &[61.0 / 240.0, -103.0 / 140.0, 15061.0 / 26880.0, 167603.0 / 181440.0]),
                series(4, &[49561.0 / 161280.0, -179.0 / 168.0, 6601661.0 / 7257600.0]),
                series(5, &[34729.0 / 80640.0, -3418889.0 / 1995840.0]),
                series(6, &[212378941.0 / 319334400.0]),
            ],
            beta: [
                series(1, &[1.0 / 2.0, -2.0 / 3.0, 37.0 / 96.0, -1.0 / 360.0, -81.0 / 512.0, 96199.0 / 604800.0]),
                series(2, &[1.0 / 48.0, 1.0 / 15.0, -437.0 / 1440.0, 46.0 / 105.0, -1118711.0 / 3870720.0]),
                series(3, &[17.0 / 480.0, -37.0 / 840.0, -209.0 / 4480.0, 5569.0 / 90720.0]),
                series(4, &[4397.0 / 161280.0, -11.0 / 504.0, -830251.0 / 7257600.0]),
                series(5, &[4583.0 / 161280.0, -108847.0 / 3991680.0]),
                series(6, &[20648693.0 / 638668800.0]),
            ],
        }
    }

    /// East and north in m of a position in degrees, east counted from the central meridian.
    pub fn forward(&self, [lon, lat]: Point, central_meridian_deg: f64) -> Point {
        let tau = lat.to_radians().tan();
        let (sin_lon, cos_lon) = (lon - central_meridian_deg).to_radians().sin_cos();
        let conformal = self.conformal_tangent(tau);
        let reach = (conformal * conformal + cos_lon * cos_lon).sqrt();
        // Sine and cosine of ξ, hyperbolic ones of η, are known before the angles are; those of the double by the identities.
        let (sin, cos, sinh) = (conformal / reach, cos_lon / reach, sin_lon / reach);
        let cosh = (1.0 + sinh * sinh).sqrt();
        let double =
            Double { sin: 2.0 * sin * cos, cos: (cos - sin) * (cos + sin), sinh: 2.0 * sinh * cosh, cosh: 1.0 + 2.0 * sinh * sinh };
        let (xi_sum, eta_sum) = double.sums(&self.alpha);
        [(sinh.asinh() + eta_sum) * self.radius_m, (conformal.atan2(cos_lon) + xi_sum) * self.radius_m]
    }

    /// Longitude and latitude in degrees of an east (from the central meridian) and a north in m.
    pub fn inverse(&self, [east, north]: Point, central_meridian_deg: f64) -> Point {
        let (xi, eta) = (north / self.radius_m, east / self.radius_m);
        let (sin, cos) = (2.0 * xi).sin_cos();
        let sinh = (2.0 * eta).sinh();
        let (xi_sum, eta_sum) = Double { sin, cos, sinh, cosh: (1.0 + sinh * sinh).sqrt() }.sums(&self.beta);
        let (sin_xi, cos_xi) = (xi - xi_sum).sin_cos();
        let sinh_eta = (eta - eta_sum).sinh();
        let conformal = sin_xi / (sinh_eta * sinh_eta + cos_xi * cos_xi).sqrt();
        let lon = sinh_eta.atan2(cos_xi);
        // Newton on the tangent of the latitude: three rounds reach the last bit.
        let e2 = self.e * self.e;
        let mut tau = conformal / (1.0 - e2);
        for _ in 0..5 {
            let at = self.conformal_tangent(tau);
            let slope = (1.0 - e2) * ((1.0 + at * at) * (1.0 + tau * tau)).sqrt() / (1.0 + (1.0 - e2) * tau * tau);
            let step = (conformal - at) / slope;
            tau += step;
            if step.abs() <= 1e-16 * tau.abs().max(1.0) {
                break;
            }
        }
        [central_meridian_deg + lon.to_degrees(), tau.atan().to_degrees()]
    }

    /// Tangent of the conformal latitude from that of the geographic one.
    fn conformal_tangent(&self, tau: f64) -> f64 {
        let secant = (1.0 + tau * tau).sqrt();
        // artanh of at most 0.083 and sinh of at most 0.007 by their series, to the last bit.
        let x = self.e * tau / secant;
        let x2 = x * x;
        let artanh = ARTANH.iter().rev().fold(0.0, |sum, c| sum * x2 + c) * x;
        let y = self.e * artanh;
        let y2 = y * y;
        let sigma = y * (1.0 + y2 / 6.0 * (1.0 + y2 / 20.0 * (1.0 + y2 / 42.0)));
        tau * (1.0 + sigma * sigma).sqrt() - sigma * secant
    }
}

/// The plane of a zone over many positions: over each cell of a tenth of a degree the series is a polynomial to within its
/// own rounding, and ten times faster by it. What a position comes to depends on the position alone, never on others.
pub(super) struct Patches {
    series: Krueger,
    central_meridian_deg: f64,
    patches: BTreeMap<[i32; 2], Box<Patch>>,
    /// The one that was used last.
    last: Option<([i32; 2], Box<Patch>)>,
}

/// East and north over one cell, in powers of the longitude and the latitude from its middle, both in half widths.
#[derive(Clone)]
struct Patch {
    middle: Point,
    terms: [[Point; 5]; 5],
}

/// Cells in a degree.
const CELLS: f64 = 10.0;
/// Beyond these the derivatives grow, and positions go by the series.
const PATCHED_LATITUDE_DEG: f64 = 60.0;
const PATCHED_REACH_DEG: f64 = 4.0;

impl Patches {
    pub fn new(series: Krueger, central_meridian_deg: f64) -> Self {
        Self { series, central_meridian_deg, patches: BTreeMap::new(), last: None }
    }

    /// As [`Krueger::forward`].
    pub fn forward(&mut self, p: Point) -> Point {
        let is_patched = p[0] > 0.0 && p[1] > 0.0 && p[1] < PATCHED_LATITUDE_DEG;
        if !is_patched || (p[0] - self.central_meridian_deg).abs() > PATCHED_REACH_DEG {
            return self.series.forward(p, self.central_meridian_deg);
        }
        let cell = p.map(|degrees| (degrees * CELLS) as i32);
        match &self.last {
            Some((last, patch)) if *last == cell => patch.at(p),
            _ => {
                if let Some((cell, patch)) = self.last.take() {
                    self.patches.insert(cell, patch);
                }
                let known = self.patches.remove(&cell);
                let patch = known.unwrap_or_else(|| Box::new(Patch::new(&self.series, self.central_meridian_deg, cell)));
                let found = patch.at(p);
                self.last = Some((cell, patch));
                found
            }
        }
    }
}

impl Patch {
    fn new(series: &Krueger, central_meridian_deg: f64, cell: [i32; 2]) -> Self {
        let middle = cell.map(|number| (f64::from(number) + 0.5) / CELLS);
        let at = |u: f64, v: f64| series.forward([middle[0] + u * 0.5 / CELLS, middle[1] + v * 0.5 / CELLS], central_meridian_deg);
        let columns = NODES.map(|u| quartic(NODES.map(|v| at(u, v))));
        let mut terms = [[[0.0; 2]; 5]; 5];
        for j in 0..5 {
            for (i, term) in quartic(columns.map(|column| column[j])).into_iter().enumerate() {
                terms[i][j] = term;
            }
        }
        Self { middle, terms }
    }

    fn at(&self, p: Point) -> Point {
        let [u, v] = [0, 1].map(|axis| (p[axis] - self.middle[axis]) * (2.0 * CELLS));
        let horner = |terms: &[Point; 5], x: f64| {
            let [a, b, c, d, e] = terms;
            [0, 1].map(|k| (((e[k] * x + d[k]) * x + c[k]) * x + b[k]) * x + a[k])
        };
        horner(&[0, 1, 2, 3, 4].map(|i| horner(&self.terms[i], v)), u)
    }
}

const NODES: [f64; 5] = [-1.0, -0.5, 0.0, 0.5, 1.0];

/// The polynomial through the values at [`NODES`], by its coefficients from the constant on.
fn quartic(values: [Point; 5]) -> [Point; 5] {
    let [west, near_west, middle, near_east, east] = values;
    let mut terms = [middle; 5];
    for k in [0, 1] {
        // Odd and even parts at the ends and halfway there.
        let odd = [(east[k] - west[k]) / 2.0, (near_east[k] - near_west[k]) / 2.0];
        let even = [((east[k] - middle[k]) + (west[k] - middle[k])) / 2.0, ((near_east[k] - middle[k]) + (near_west[k] - middle[k])) / 2.0];
        terms[3][k] = (odd[0] - 2.0 * odd[1]) * 4.0 / 3.0;
        terms[4][k] = (even[0] - 4.0 * even[1]) * 4.0 / 3.0;
        terms[1][k] = odd[0] - terms[3][k];
        terms[2][k] = even[0] - terms[4][k];
    }
    terms
}

/// Of artanh x / x, in powers of x².
const ARTANH: [f64; 9] = [1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0, 1.0 / 17.0];

/// Sine and cosine of 2ξ, hyperbolic ones of 2η.
struct Double {
    sin: f64,
    cos: f64,
    sinh: f64,
    cosh: f64,
}

impl Double {
    /// Σ cⱼ·sin 2jξ·cosh 2jη and Σ cⱼ·cos 2jξ·sinh 2jη: the real and the imaginary part of Σ cⱼ·sin 2j(ξ + iη), summed after
    /// C. W. Clenshaw (1955).
    fn sums(&self, coefficients: &[f64; 6]) -> (f64, f64) {
        let (re, im) = (2.0 * self.cos * self.cosh, -2.0 * self.sin * self.sinh);
        let (mut last, mut before) = ((0.0, 0.0), (0.0, 0.0));
        for c in coefficients.iter().rev() {
            let next = (re * last.0 - im * last.1 - before.0 + c, re * last.1 + im * last.0 - before.1);
            (before, last) = (last, next);
        }
        let (sin_re, sin_im) = (self.sin * self.cosh, self.cos * self.sinh);
        (sin_re * last.0 - sin_im * last.1, sin_re * last.1 + sin_im * last.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_agrees_with_the_series_and_a_position_comes_to_the_same_among_any_others() {
        let series = Krueger::new((6_378_137.0, 298.257_222_101));
        let mut all = Patches::new(series, 120.0);
        let mut worst: f64 = 0.0;
        for i in 0..200_000u32 {
            let share = |step: u32| f64::from(i.wrapping_mul(step) % 1_000_003) / 1_000_003.0;
            let p = [116.0 + 8.0 * share(7919), 3.0 + 57.0 * share(104_729)];
            let (found, expected) = (all.forward(p), series.forward(p, 120.0));
            worst = worst.max((found[0] - expected[0]).abs()).max((found[1] - expected[1]).abs());
            if i % 1000 == 0 {
                assert_eq!(Patches::new(series, 120.0).forward(p), found);
            }
        }
        assert!(worst < 1e-8, "{worst}");
        // Where no cell is used the series is.
        for p in [[-3.0, 40.0], [120.5, -3.0], [121.0, 70.0], [125.0, 40.0]] {
            assert_eq!(Patches::new(series, 120.0).forward(p), series.forward(p, 120.0));
        }
    }
}

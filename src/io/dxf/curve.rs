//! Curves as chains of short chords, none of which strays from its curve by more than a stated length.

use super::frame::Point3;
use std::f64::consts::{FRAC_PI_4, TAU};

/// Chords of one curve at most; a longer one would be coarser than stated, and is counted.
const CHORDS: f64 = 65_536.0;

/// How finely curves are cut, and what was cut.
#[derive(Clone, Copy, Debug)]
pub struct Flatness {
    /// A chord strays by no more than this, in units of the entity's own coordinates.
    pub error: f64,
    /// Chords of a full turn at most.
    pub turn: f64,
}

impl Flatness {
    /// Chords for an arc of `radius` through `sweep` radians.
    fn chords(&self, radius: f64, sweep: f64) -> usize {
        // From 1 - cos x ≤ x²/2: the sagitta of a chord through the angle a is at most r·a²/8.
        let step = (8.0 * self.error / radius.abs()).sqrt().min(FRAC_PI_4).max(TAU / self.turn);
        let chords = (sweep.abs() / step).ceil();
        if chords.is_finite() { chords.clamp(1.0, CHORDS) as usize } else { 1 }
    }
}

/// Points of `center + major·cos t + minor·sin t` from `start` through `sweep`, both ends among them.
pub fn ellipse(center: Point3, major: Point3, minor: Point3, start: f64, sweep: f64, flat: Flatness) -> Vec<Point3> {
    let longest = super::frame::norm(major).max(super::frame::norm(minor));
    let chords = flat.chords(longest, sweep);
    let at = |i: usize| {
        let (sin, cos) = (start + sweep * i as f64 / chords as f64).sin_cos();
        std::array::from_fn(|k| center[k] + major[k] * cos + minor[k] * sin)
    };
    (0..=chords).map(at).collect()
}

/// Points of an arc round `center` in a plane, from the angle `start` through `sweep`, in radians.
pub fn arc(center: Point3, radius: f64, start: f64, sweep: f64, flat: Flatness) -> Vec<Point3> {
    ellipse(center, [radius, 0.0, 0.0], [0.0, radius, 0.0], start, sweep, flat)
}

/// The sweep from `start` to `end` counter-clockwise, in radians; a full turn for the same angle.
pub fn sweep(start: f64, end: f64) -> f64 {
    let sweep = (end - start).rem_euclid(TAU);
    if sweep < 1e-12 || !sweep.is_finite() { TAU } else { sweep }
}

/// Adds what lies between `from` and `to` on an arc of this bulge (the tangent of a quarter of its angle), then `to`.
/// Gives whether it is an arc.
pub fn bulge(out: &mut Vec<Point3>, from: Point3, to: Point3, bulge: f64, flat: Flatness) -> bool {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let sagitta = dx.hypot(dy) * bulge.abs() / 2.0;
    if !(sagitta > flat.error.min(1e-9) && bulge.is_finite()) {
        out.push(to);
        return false;
    }
    let reach = (1.0 - bulge * bulge) / (4.0 * bulge);
    let center = [(from[0] + to[0]) / 2.0 - dy * reach, (from[1] + to[1]) / 2.0 + dx * reach, from[2]];
    let (x, y) = (from[0] - center[0], from[1] - center[1]);
    let points = arc(center, x.hypot(y), y.atan2(x), 4.0 * bulge.atan(), flat);
    // The ends are the vertices to the bit.
    out.extend(points.iter().skip(1).take(points.len().saturating_sub(2)));
    out.push(to);
    true
}

/// A rational B-spline as a file gives it.
#[derive(Clone, Debug, Default)]
pub struct Spline {
    pub degree: usize,
    pub knots: Vec<f64>,
    pub controls: Vec<Point3>,
    /// Weights of the control points; empty when all are 1.
    pub weights: Vec<f64>,
    pub fit: Vec<Point3>,
}

impl Spline {
    /// Its points, knot by knot; `None` for one that does not fit together. One with fit points alone goes straight
    /// from each to the next.
    pub fn points(&self, flat: Flatness) -> Option<Vec<Point3>> {
        let (degree, count) = (self.degree, self.controls.len());
        if count == 0 {
            return (self.fit.len() >= 2).then(|| self.fit.clone());
        }
        if self.knots.is_empty() && (1..=25).contains(&degree) && count > degree {
            // Without knots they are spaced evenly, from the first point to the last one.
            let knots = (0..=count + degree).map(|i| (i.clamp(degree, count) - degree) as f64).collect();
            return Self { knots, ..self.clone() }.points(flat);
        }
        let fits = (1..=25).contains(&degree) && count > degree && self.knots.len() == count + degree + 1;
        let weighed = self.weights.is_empty() || (self.weights.len() == count && self.weights.iter().all(|w| *w > 0.0));
        if !fits || !weighed || self.knots.iter().any(|k| !k.is_finite()) || self.knots.windows(2).any(|k| k[0] > k[1] + 1e-9) {
            return None;
        }
        let mut out = Vec::new();
        for span in degree..count {
            let (from, to) = (self.knots[span], self.knots[span + 1]);
            if to - from <= 1e-12 * (1.0 + from.abs()) {
                continue;
            }
            let at = |i: usize, n: usize| self.at(span, from + (to - from) * i as f64 / n as f64);
            let mut chords = 8;
            let points: Vec<Point3> = loop {
                let points: Vec<Point3> = (0..=chords).map(|i| at(i, chords)).collect();
                let strays = points.windows(3).step_by(2).any(|p| off_chord(p[1], p[0], p[2]) > flat.error);
                // Every second point lies near enough to the chord of its neighbours: with it the curve does all the more.
                if !strays || chords >= 4096 {
                    break points;
                }
                chords *= 2;
            };
            out.extend_from_slice(&points[usize::from(!out.is_empty())..]);
        }
        (out.len() >= 2).then_some(out)
    }

    /// The point at `u` in a span of the knots, by de Boor's algorithm.
    fn at(&self, span: usize, u: f64) -> Point3 {
        let degree = self.degree;
        let weighed = |i: usize| {
            let w = self.weights.get(i).copied().unwrap_or(1.0);
            let p = self.controls[i];
            [p[0] * w, p[1] * w, p[2] * w, w]
        };
        let mut d: Vec<[f64; 4]> = (0..=degree).map(|j| weighed(span - degree + j)).collect();
        for round in 1..=degree {
            for j in (round..=degree).rev() {
                let i = span - degree + j;
                let width = self.knots[i + degree + 1 - round] - self.knots[i];
                let share = if width.abs() > 0.0 { (u - self.knots[i]) / width } else { 0.0 };
                d[j] = std::array::from_fn(|k| d[j - 1][k] * (1.0 - share) + d[j][k] * share);
            }
        }
        let end = d[degree];
        [end[0] / end[3], end[1] / end[3], end[2] / end[3]]
    }
}

/// Distance of a point from the chord between two others.
fn off_chord(p: Point3, a: Point3, b: Point3) -> f64 {
    let (along, to) = ([b[0] - a[0], b[1] - a[1], b[2] - a[2]], [p[0] - a[0], p[1] - a[1], p[2] - a[2]]);
    let length = super::frame::norm(along);
    if length > 0.0 { super::frame::norm(super::frame::cross(along, to)) / length } else { super::frame::norm(to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF_MM: Flatness = Flatness { error: 0.000_5, turn: CHORDS };

    /// Farthest that the middle of a chord lies from a circle.
    fn error(points: &[Point3], center: [f64; 2], radius: f64) -> f64 {
        let middle = |p: &[Point3]| ((p[0][0] + p[1][0]) / 2.0 - center[0]).hypot((p[0][1] + p[1][1]) / 2.0 - center[1]);
        points.windows(2).map(|p| (radius - middle(p)).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn chords_stay_within_half_a_millimetre() {
        for radius in [0.05, 1.0, 37.5, 2_000.0, 80_000.0] {
            let points = arc([5e5, 4e6, 0.0], radius, 0.3, TAU, HALF_MM);
            let worst = error(&points, [5e5, 4e6], radius);
            assert!(worst <= 0.000_5 && (worst > 0.000_3 || radius < 1.0), "{radius}: {worst}");
        }
    }

    #[test]
    fn a_bulge_of_one_is_a_half_circle() {
        let (from, to) = ([0.0, 0.0, 0.0], [10.0, 0.0, 0.0]);
        let mut points = vec![from];
        assert!(bulge(&mut points, from, to, 1.0, HALF_MM));
        assert_eq!(points.last(), Some(&to));
        assert!(error(&points, [5.0, 0.0], 5.0) <= 0.000_5);
        // To the right of the way for a positive bulge.
        assert!(points.iter().all(|p| p[1] <= 1e-12) && points.iter().any(|p| (p[1] + 5.0).abs() < 1e-3));
    }

    #[test]
    fn a_rational_spline_is_the_circle_it_means() {
        let w = std::f64::consts::FRAC_1_SQRT_2;
        let spline = Spline {
            degree: 2,
            knots: vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0],
            controls: vec![[100.0, 0.0, 0.0], [100.0, 100.0, 0.0], [0.0, 100.0, 0.0]],
            weights: vec![1.0, w, 1.0],
            fit: Vec::new(),
        };
        let points = spline.points(HALF_MM).unwrap();
        assert!(error(&points, [0.0, 0.0], 100.0) <= 0.000_5);
        assert!(points.iter().all(|p| (p[0].hypot(p[1]) - 100.0).abs() < 1e-9));
        assert!(Spline { knots: vec![0.0; 3], ..spline }.points(HALF_MM).is_none());
    }
}

//! The neatline: a heavy outer and a fine inner line, kilometre ticks of the plane's grid between them.

use super::furniture::{INK, INK2};
use crate::scene::{Drawing, Face, Mark, Outline, Projection, Rect, Stroke, TextMeasure, TextRun, Typefaces};

/// Distance of the ticks in m: the smallest round one that keeps them at least `apart` mm from each other.
pub(super) fn grid_step_m(projection: &Projection, apart: f32) -> f64 {
    let wanted = f64::from(apart) / projection.units_per_m;
    let decade = 10f64.powf(wanted.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|s| s * decade).find(|s| *s >= wanted).unwrap_or(10.0 * decade)
}

/// Both lines and, if wanted, the ticks with their labels in km.
pub(super) fn neatline(projection: &Projection, outer: Rect, ticks: bool, k: f32) -> Drawing {
    let mut d = Drawing::new();
    let inner = projection.frame;
    d.stroke(Outline::rect(outer), Stroke::solid(INK, 0.8 * k));
    d.stroke(Outline::rect(inner), Stroke::solid(INK, 0.2 * k));
    if !ticks {
        return d;
    }
    let step = grid_step_m(projection, 30.0 * k);
    let decimals = if step >= 1000.0 { 0 } else { (3.0 - step.log10().floor()).clamp(1.0, 3.0) as usize };
    let land = projection.bbox();
    let tick = 1.8 * k;
    let mut lines = Outline::new();
    for axis in 0..2 {
        let first = (land.min[axis] / step).ceil() as i64;
        let last = (land.max[axis] / step).floor() as i64;
        for i in first..=last {
            let value = i as f64 * step;
            let at = projection.page_from_plan(if axis == 0 { [value, land.min[1]] } else { [land.min[0], value] });
            let words = format!("{:.decimals$}", value / 1000.0);
            if axis == 0 {
                lines.push_polyline(&[[at[0], inner.y], [at[0], inner.y - tick]], false);
                lines.push_polyline(&[[at[0], inner.bottom()], [at[0], inner.bottom() + tick]], false);
                label(&mut d, &words, [at[0], inner.y], false, k, -1.0, inner);
                label(&mut d, &words, [at[0], inner.bottom()], false, k, 1.0, inner);
            } else {
                lines.push_polyline(&[[inner.x, at[1]], [inner.x - tick, at[1]]], false);
                lines.push_polyline(&[[inner.right(), at[1]], [inner.right() + tick, at[1]]], false);
                label(&mut d, &words, [inner.x, at[1]], true, k, -1.0, inner);
                label(&mut d, &words, [inner.right(), at[1]], true, k, 1.0, inner);
            }
        }
    }
    d.stroke(lines, Stroke::solid(INK, 0.2 * k));
    d
}

/// A tick's label beyond the tick, reading upward on the sides; left out where it would leave its side.
fn label(d: &mut Drawing, words: &str, tick: [f32; 2], upright: bool, k: f32, side: f32, inner: Rect) {
    let size = 2.5 * k;
    let half = Typefaces.width(words, Face::Mono, size, 0.0) / 2.0;
    // Middle of the strip that is left between the tick's end and the outer line.
    let middle = side * 4.1 * k;
    let (at, turn_deg) = if upright {
        if tick[1] - half < inner.y || tick[1] + half > inner.bottom() {
            return;
        }
        ([tick[0] + middle + size * 0.36, tick[1] + half], -90.0)
    } else {
        if tick[0] - half < inner.x || tick[0] + half > inner.right() {
            return;
        }
        ([tick[0] - half, tick[1] + middle + size * 0.36], 0.0)
    };
    let run = TextRun { text: words.to_owned(), at, size, color: INK2, halo: None, face: Face::Mono, spacing: 0.0, turn_deg };
    d.marks.push(Mark::Text(run));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_never_crowded() {
        let projection = Projection {
            frame: Rect::new(0.0, 0.0, 263.0, 350.0),
            origin: [40_460_000.0, 3_940_000.0],
            units_per_m: 1000.0 / 600_000.0,
            units_per_pt: 0.26,
        };
        assert_eq!(grid_step_m(&projection, 30.0), 20_000.0);
        let d = neatline(&projection, Rect::new(-7.0, -7.0, 277.0, 364.0), true, 1.0);
        assert!(d.texts().any(|t| t.text == "40500"));
        assert!(d.texts().any(|t| t.text == "4060"));
    }
}

//! Bars by district against a target: past grey, now accent, the plan a dashed outline, the target a tick.

use super::{At, Drawing, Face, Fill, Mark, Outline, Rect, Rgb, Stroke, TextMeasure, TextRun, Theme};

/// One district. Areas in km²; `None` where nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub name: String,
    pub past_km2: Option<f64>,
    pub now_km2: Option<f64>,
    pub plan_km2: Option<f64>,
    pub target_km2: Option<f64>,
}

struct Tones {
    ink: Rgb,
    past: Rgb,
    now: Rgb,
    plan: Rgb,
    quiet: Rgb,
}

fn tones(theme: Theme) -> Tones {
    let [ink, past, now, plan, quiet] = match theme {
        Theme::Light => [0x22262B, 0x676B6F, 0x22577A, 0xCFC8BA, 0x565B61],
        Theme::Dark => [0xE8E6E1, 0xA2A4A1, 0x86BCE0, 0x4A5056, 0xB8B8B4],
    }
    .map(Rgb::hex);
    Tones { ink, past, now, plan, quiet }
}

/// The chart in `area`, one row a district, all bars on one scale. `unit` is the height of a small letter line in page units.
pub fn bar_chart(bars: &[Bar], area: Rect, unit: f32, theme: Theme, measure: &dyn TextMeasure) -> Drawing {
    let mut d = Drawing::new();
    let t = tones(theme);
    let value = |v: Option<f64>| v.map_or("—".to_owned(), |v| format!("{v:.1}"));
    let figures: Vec<String> = bars.iter().map(|b| format!("{} / {}", value(b.now_km2), value(b.target_km2.or(b.plan_km2)))).collect();
    let widest =
        |texts: &mut dyn Iterator<Item = (&str, Face)>| texts.map(|(text, face)| measure.width(text, face, unit, 0.0)).fold(0.0, f32::max);
    let names = widest(&mut bars.iter().map(|b| (b.name.as_str(), Face::Sans)));
    let numbers = widest(&mut figures.iter().map(|f| (f.as_str(), Face::Mono)));
    let (left, right) = (area.x + names + unit, area.right() - numbers - unit);
    let longest = bars.iter().flat_map(|b| [b.past_km2, b.now_km2, b.plan_km2, b.target_km2]).flatten().fold(0.0, f64::max);
    if bars.is_empty() || right <= left || longest <= 0.0 {
        return d;
    }
    let x = |v: f64| left + (right - left) * (v / longest) as f32;
    let row = area.height / bars.len() as f32;
    for (i, (bar, figure)) in bars.iter().zip(figures).enumerate() {
        let middle = area.y + row * (i as f32 + 0.5);
        let height = (row * 0.36).min(unit * 0.9);
        let part = |from: f64, to: f64| Rect::new(x(from), middle - height / 2.0, x(to) - x(from), height);
        let (past, now) = (bar.past_km2.unwrap_or(0.0), bar.now_km2.unwrap_or(0.0));
        if let Some(plan) = bar.plan_km2.filter(|plan| *plan > now.max(past)) {
            let dash = vec![unit * 0.2, unit * 0.2];
            d.stroke(Outline::rect(part(now.max(past), plan)), Stroke { dash, ..Stroke::solid(t.plan, unit * 0.07) });
        }
        if now > 0.0 {
            d.fill(Outline::rect(part(0.0, now)), Fill::solid(t.now));
        }
        if past > 0.0 {
            d.fill(Outline::rect(part(0.0, past)), Fill::solid(t.past));
        }
        if let Some(target) = bar.target_km2 {
            let (x, reach) = (x(target), height * 0.8);
            d.stroke(Outline::polyline(&[[x, middle - reach], [x, middle + reach]]), Stroke::solid(t.ink, unit * 0.14));
        }
        let baseline = middle + unit * 0.36;
        text(&mut d, bar.name.clone(), Face::Sans, [area.x, baseline], unit, t.ink);
        let width = measure.width(&figure, Face::Mono, unit, 0.0);
        text(&mut d, figure, Face::Mono, [area.right() - width, baseline], unit, t.quiet);
    }
    d
}

fn text(d: &mut Drawing, text: String, face: Face, at: At, size: f32, color: Rgb) {
    d.marks.push(Mark::Text(TextRun { text, at, size, color, halo: None, face, spacing: 0.0, turn_deg: 0.0 }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Typefaces;

    #[test]
    fn bars_share_one_scale_and_unknown_is_a_dash() {
        let bar =
            |name: &str, now: Option<f64>| Bar { name: name.into(), past_km2: None, now_km2: now, plan_km2: None, target_km2: Some(200.0) };
        let area = Rect::new(0.0, 0.0, 200.0, 40.0);
        let d = bar_chart(&[bar("即墨市", Some(100.0)), bar("莱西市", None)], area, 6.0, Theme::Light, &Typefaces);
        let bars: Vec<Rect> = d
            .marks
            .iter()
            .filter_map(|m| match m {
                Mark::Path { outline, fill: Some(_), .. } => outline.bounds(),
                _ => None,
            })
            .collect();
        assert_eq!(bars.len(), 1, "nothing is drawn for the unknown");
        let ticks: Vec<Rect> = d
            .marks
            .iter()
            .filter_map(|m| match m {
                Mark::Path { outline, stroke: Some(_), .. } => outline.bounds(),
                _ => None,
            })
            .collect();
        assert!((bars[0].width * 2.0 - (ticks[0].x - bars[0].x)).abs() < 0.01, "half of the target is half as long");
        assert!(d.texts().any(|t| t.text == "— / 200.0"));
    }
}

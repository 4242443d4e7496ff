//! The right side of the draw desk: the verdict that follows the hand, what the gesture changes, the boundary points.

use super::{card, findings, inspector};
use crate::app::state::{Live, State};
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{card as card_frame, paint_mark, position_icon, rule, section};
use crate::geom::{Point, RingsRef};
use crate::rules::{Outcome, Verdict};
use crate::text::{Message, area_mu, coordinate, word};
use egui::{Align2, Color32, Sense, Ui, pos2, vec2};

/// More points than this are not listed; the export holds them all.
const LISTED: usize = 200;

pub fn show(ui: &mut Ui, state: &State) {
    let rings = current(state);
    match state.verdict() {
        Some(verdict) => {
            if verdict.site.name.is_empty() {
                super::head(ui, word(state.lang, "app.draw.new_site"), "", |_| {});
            } else {
                inspector::site_head(ui, state, &verdict.site);
            }
            inspector::body(ui, |ui| {
                card::show(ui, state, verdict, state.live.is_some());
                if let Some(live) = &state.live {
                    changes(ui, state, live);
                }
                looked_at(ui, state, verdict);
                if let Some(rings) = &rings {
                    points(ui, state, rings.as_ref());
                }
            });
        }
        None => {
            super::head(ui, word(state.lang, "app.draw.title"), "", |_| {});
            inspector::body(ui, |ui| {
                card::nothing_selected(ui, word(state.lang, if rings.is_some() { "app.draw.too_few" } else { "app.draw.nothing" }));
                if let Some(rings) = &rings {
                    points(ui, state, rings.as_ref());
                }
            });
        }
    }
}

/// Rings of what is held, else of what is selected.
fn current(state: &State) -> Option<crate::geom::Rings> {
    if let Some(live) = &state.live {
        return Some(live.edited.rings.clone());
    }
    let address = state.selected?;
    let contents = state.work.as_ref()?.document.snapshot().contents;
    let feature = contents.layer(address.layer)?.feature(address.feature)?;
    Some(feature.rings().to_owned())
}

/// Area, outside and verdict: before, after, difference of the values shown.
fn changes(ui: &mut Ui, state: &State, live: &Live) {
    let (Some(before), Some(after)) = (&live.before, &live.verdict) else { return };
    let t = Tokens::of(ui);
    let lang = state.lang;
    section(ui, word(lang, "app.draw.changes"));
    card_frame(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let mu = |m2: f64| (m2 * crate::text::MU_PER_M2 * 100.0).round() / 100.0;
        let shown = |mu: f64| area_mu(mu / crate::text::MU_PER_M2);
        let area = [before, after].map(|v| mu(v.area_m2));
        let outside = [before, after].map(|v| mu(v.area_m2) - mu(v.inside_m2));
        for (key, [was, now], bad) in [("app.card.area", area, false), ("app.card.outside", outside, true)] {
            let difference = now - was;
            let sign = if difference < -0.005 { "−" } else { "+" };
            let words = format!("{sign}{:.2} {}", difference.abs(), word(lang, "app.unit.mu"));
            let ink = if bad && difference > 0.005 { t.outcome(Outcome::Fail).text } else { t.ink };
            change_row(ui, word(lang, key), &shown(was), &shown(now), &words, ink);
            rule(ui);
        }
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
        let y = rect.center().y;
        ui.painter().text(pos2(rect.left() + 12.0, y), Align2::LEFT_CENTER, word(lang, "app.draw.verdict"), sans(size::SMALL), t.ink2);
        let mut x = rect.left() + 84.0;
        for (i, verdict) in [&**before, after].into_iter().enumerate() {
            let tones = t.verdict(verdict.position);
            if i == 1 {
                ui.painter().text(pos2(x + 4.0, y), Align2::LEFT_CENTER, "→", mono(size::SMALL), t.ink3);
                x += 26.0;
            }
            paint_mark(ui.painter(), pos2(x + 8.0, y), 16.0, position_icon(verdict.position), tones.text);
            let short = word(lang, short_key(verdict.position));
            x = ui.painter().text(pos2(x + 20.0, y), Align2::LEFT_CENTER, short, sans(size::SMALL), tones.text).right() + 6.0;
        }
    });
}

fn short_key(position: crate::rules::Position) -> &'static str {
    use crate::rules::Position;
    match position {
        Position::Inside => "verdict.inside.short",
        Position::Partial => "verdict.partial.short",
        Position::Outside => "verdict.outside.short",
        Position::NotChecked => "verdict.not_checked.short",
    }
}

fn change_row(ui: &mut Ui, name: &str, was: &str, now: &str, difference: &str, ink: Color32) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    let y = rect.center().y;
    let (w, right) = (rect.width(), rect.right() - 12.0);
    let painter = ui.painter();
    painter.text(pos2(rect.left() + 12.0, y), Align2::LEFT_CENTER, name, sans(size::SMALL), t.ink2);
    painter.text(pos2(rect.left() + w * 0.46, y), Align2::RIGHT_CENTER, was, mono(size::CAPTION), t.ink3);
    painter.text(pos2(rect.left() + w * 0.50, y), Align2::CENTER_CENTER, "→", mono(size::CAPTION), t.ink3);
    painter.text(pos2(rect.left() + w * 0.70, y), Align2::RIGHT_CENTER, now, mono(size::CAPTION), t.ink);
    painter.text(pos2(right, y), Align2::RIGHT_CENTER, difference, mono(size::CAPTION), ink);
}

/// What needs looking at, and how much of the rest passed.
fn looked_at(ui: &mut Ui, state: &State, verdict: &Verdict) {
    let t = Tokens::of(ui);
    let worth: Vec<_> = verdict
        .findings_by_weight()
        .into_iter()
        .filter(|f| matches!(f.outcome, Outcome::Fail | Outcome::Warn) || f.layer_given && f.outcome == Outcome::Unknown)
        .collect();
    let passed = verdict.findings.iter().filter(|f| f.outcome == Outcome::Pass).count();
    let unknown = verdict.findings.iter().filter(|f| f.outcome == Outcome::Unknown).count();
    let words = Message::new("app.draw.counts").with("look", worth.len()).with("passed", passed).with("unknown", unknown);
    let rect = ui.cursor();
    section(ui, word(state.lang, "app.draw.findings"));
    let at = pos2(ui.max_rect().right(), rect.top() + 14.0);
    ui.painter().text(at, Align2::RIGHT_CENTER, words.render(state.lang), sans(size::CAPTION), t.ink3);
    if worth.is_empty() {
        return;
    }
    card_frame(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (i, finding) in worth.iter().take(4).enumerate() {
            if i > 0 {
                rule(ui);
            }
            findings::brief(ui, state, finding);
        }
    });
}

/// The boundary points, J1 first, with the length of the edge that follows.
fn points(ui: &mut Ui, state: &State, rings: RingsRef<'_>) {
    let t = Tokens::of(ui);
    section(ui, word(state.lang, "app.draw.points"));
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut number = 0;
    for ring in rings.rings() {
        for (i, p) in ring.iter().enumerate() {
            number += 1;
            if number > LISTED {
                return;
            }
            let next: Point = ring[(i + 1) % ring.len()];
            let length = (next[0] - p[0]).hypot(next[1] - p[1]);
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
            let (y, w) = (rect.center().y, rect.width());
            let painter = ui.painter();
            painter.text(pos2(rect.left(), y), Align2::LEFT_CENTER, format!("J{number}"), mono(size::CAPTION), t.ink3);
            painter.text(pos2(rect.left() + w * 0.42, y), Align2::RIGHT_CENTER, coordinate(p[0]), mono(size::CAPTION), t.ink);
            painter.text(pos2(rect.left() + w * 0.76, y), Align2::RIGHT_CENTER, coordinate(p[1]), mono(size::CAPTION), t.ink);
            painter.text(pos2(rect.right(), y), Align2::RIGHT_CENTER, format!("{length:.2} m"), mono(size::CAPTION), t.ink3);
        }
    }
}

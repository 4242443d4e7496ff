//! In a meeting: the verdict of the selected site large over the map, and the place that was gone to.

use super::overlay::site_color;
use super::view::View;
use crate::app::state::State;
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{paint_mark, position_icon};
use crate::text::{area_mu, percent, word};
use egui::{CornerRadius, Painter, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

/// The verdict in large letters, while the panels are away.
pub fn verdict(ui: &Ui, painter: &Painter, view: &View, state: &State) {
    let Some(verdict) = state.verdict().filter(|_| state.presentation) else { return };
    let t = Tokens::of(ui);
    let tones = t.verdict(verdict.position);
    let name = if verdict.site.name.is_empty() { word(state.lang, "app.unnamed") } else { &verdict.site.name };
    let name = painter.layout_no_wrap(name.to_owned(), sans(size::TITLE), t.ink);
    let phrase = painter.layout_no_wrap(word(state.lang, verdict.position.key()).to_owned(), sans(size::VERDICT), tones.text);
    let measured = verdict.position != crate::rules::Position::NotChecked;
    let share = if measured && verdict.area_m2 > 0.0 { percent(verdict.inside_m2 / verdict.area_m2) } else { "—".to_owned() };
    let mu = format!("{} {}", area_mu(verdict.area_m2), word(state.lang, "app.unit.mu"));
    let figures = painter.layout_no_wrap(format!("{share}\u{3000}{mu}"), mono(size::TITLE), t.ink2);
    let width = name.size().x.max(phrase.size().x + 40.0).max(figures.size().x) + 40.0;
    let rect = Rect::from_min_size(view.rect.left_bottom() + vec2(16.0, -72.0 - 124.0), vec2(width, 124.0));
    painter.add(t.shadow().as_shape(rect, CornerRadius::same(8)));
    painter.rect(rect, 8.0, t.card, t.hairline(), StrokeKind::Inside);
    painter.rect_filled(rect.with_max_x(rect.left() + 8.0), CornerRadius { nw: 8, sw: 8, ne: 0, se: 0 }, tones.fill);
    let left = rect.left() + 24.0;
    painter.galley(pos2(left, rect.top() + 14.0), name, t.ink);
    paint_mark(painter, pos2(left + 14.0, rect.top() + 60.0), 28.0, position_icon(verdict.position), tones.text);
    painter.galley(pos2(left + 38.0, rect.top() + 60.0 - phrase.size().y / 2.0), phrase, tones.text);
    painter.galley(pos2(left, rect.top() + 86.0), figures, t.ink2);
}

/// A cross in a circle where one went by coordinates.
pub fn flag(painter: &Painter, view: &View, state: &State) {
    let Some(at) = state.flag.map(|p| view.screen_from_plan(p)) else { return };
    let t = Tokens::theme(state.dark);
    for (width, ink) in [(5.0, t.card), (2.0, site_color(state.dark))] {
        let stroke = Stroke::new(width, ink);
        painter.circle_stroke(at, 12.0, stroke);
        for d in [vec2(1.0, 0.0), vec2(0.0, 1.0)] {
            painter.line_segment([at - d * 20.0, at - d * 6.0], stroke);
            painter.line_segment([at + d * 6.0, at + d * 20.0], stroke);
        }
    }
}

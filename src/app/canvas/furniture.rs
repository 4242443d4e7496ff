//! What floats over the map: tools, zoom, scale bar, the note on sample data, hints.

use super::view::View;
use crate::app::command::{Command, tooltip};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::tools::TOOLS;
use crate::app::widgets::{IconButton, float_frame, key_cap, placed};
use crate::text::word;
use egui::{Align, Align2, CornerRadius, Layout, Painter, Rect, StrokeKind, Ui, Vec2, pos2, vec2};

const INSET: f32 = 16.0;

/// Where labels may not stand.
pub fn reserved(view: &View, state: &State) -> Vec<Rect> {
    let r = view.rect;
    let mut boxes = vec![
        Rect::from_min_size(pos2(r.right() - 60.0, r.top()), vec2(60.0, 140.0)),
        Rect::from_min_size(pos2(r.left(), r.bottom() - 60.0), vec2(200.0, 60.0)),
    ];
    if state.work.as_ref().is_some_and(|w| w.document.snapshot().contents.sample) {
        boxes.push(Rect::from_min_size(pos2(r.right() - 250.0, r.bottom() - 50.0), vec2(250.0, 50.0)));
    }
    if has_tools(state) {
        boxes.push(Rect::from_min_size(r.min, vec2(70.0, 260.0)));
    }
    boxes
}

fn has_tools(state: &State) -> bool {
    state.desk == crate::app::command::Desk::Draw
}

/// Everything that floats.
pub fn show(ui: &mut Ui, view: &View, state: &State, ask: &mut Vec<Command>) {
    let painter = ui.painter_at(view.rect);
    scale_bar(&painter, view, state);
    if state.work.as_ref().is_some_and(|w| w.document.snapshot().contents.sample) {
        note(&painter, view, state);
    }
    zoom_buttons(ui, view, state, ask);
    if has_tools(state) {
        tool_strip(ui, view, state, ask);
    }
    hint(ui, view, state);
}

fn at(ui: &mut Ui, rect: Rect, layout: Layout, content: impl FnOnce(&mut Ui)) {
    placed(ui, rect, layout, content);
}

fn zoom_buttons(ui: &mut Ui, view: &View, state: &State, ask: &mut Vec<Command>) {
    let rect = Rect::from_min_size(pos2(view.rect.right() - INSET - 36.0, view.rect.top() + INSET), vec2(36.0, 110.0));
    at(ui, rect, Layout::top_down(Align::Center), |ui| {
        float_frame(Tokens::of(ui)).show(ui, |ui| {
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            for (icon, key, command) in [
                (icons::PLUS, "app.cmd.zoom_in", Command::ZoomIn),
                (icons::MINUS, "app.cmd.zoom_out", Command::ZoomOut),
                (icons::CORNERS_OUT, "app.cmd.zoom_all", Command::ZoomAll),
            ] {
                let name = word(state.lang, key);
                if IconButton::new(icon, name, &tooltip(state.lang, key)).side(34.0, 18.0).show(ui).clicked() {
                    ask.push(command);
                }
            }
        });
    });
}

fn tool_strip(ui: &mut Ui, view: &View, state: &State, ask: &mut Vec<Command>) {
    let rect = Rect::from_min_size(view.rect.min + Vec2::splat(INSET), vec2(44.0, 230.0));
    at(ui, rect, Layout::top_down(Align::Center), |ui| {
        float_frame(Tokens::of(ui)).inner_margin(4).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
            for tool in TOOLS {
                let hint = tooltip(state.lang, tool.key);
                let button = IconButton::new(tool.icon, word(state.lang, tool.key), &hint);
                if button.side(36.0, 20.0).active(state.tool.kind() == tool.kind).show(ui).clicked() {
                    ask.push(Command::Tool(tool.kind));
                }
            }
            let (line, _) = ui.allocate_exact_size(vec2(20.0, 7.0), egui::Sense::hover());
            ui.painter().hline(line.x_range(), line.center().y, Tokens::of(ui).hairline());
            let key = "app.tool.snapping";
            let hint = tooltip(state.lang, key);
            let magnet = IconButton::new(icons::MAGNET, word(state.lang, key), &hint);
            if magnet.side(36.0, 20.0).active(state.snapping).show(ui).clicked() {
                ask.push(Command::Snapping);
            }
        });
    });
}

/// A round length not wider than 160 points.
fn bar_m(view: &View) -> f64 {
    let most = 160.0 * view.m_per_pt;
    let power = 10f64.powf(most.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|f| f * power).find(|m| *m <= most).unwrap_or(power)
}

fn scale_bar(painter: &Painter, view: &View, state: &State) {
    let t = Tokens::theme(state.dark);
    let length_m = bar_m(view);
    let width = (length_m / view.m_per_pt) as f32;
    let rect = Rect::from_min_size(pos2(view.rect.left() + INSET, view.rect.bottom() - INSET - 36.0), vec2(width + 24.0, 36.0));
    painter.add(t.shadow().as_shape(rect, CornerRadius::same(6)));
    painter.rect(rect, 6.0, t.card, t.hairline(), StrokeKind::Inside);
    let (words, unit) = if length_m >= 1000.0 { (length_m / 1000.0, "app.unit.km") } else { (length_m, "app.unit.m") };
    let words = format!("{words} {}", word(state.lang, unit));
    let top = rect.top() + 14.0;
    painter.text(pos2(rect.left() + 12.0, top), Align2::LEFT_CENTER, "0", mono(size::CAPTION), t.ink2);
    painter.text(pos2(rect.right() - 12.0, top), Align2::RIGHT_CENTER, words, mono(size::CAPTION), t.ink2);
    let bar = Rect::from_min_size(pos2(rect.left() + 12.0, rect.bottom() - 11.0), vec2(width, 4.0));
    painter.rect(bar, 0.0, t.card, egui::Stroke::new(1.0, t.ink), StrokeKind::Inside);
    painter.rect_filled(Rect::from_min_size(bar.min, vec2(width / 2.0, 4.0)), 0.0, t.ink);
}

fn note(painter: &Painter, view: &View, state: &State) {
    let t = Tokens::theme(state.dark);
    let galley = painter.layout_no_wrap(word(state.lang, "app.sample_note").to_owned(), sans(size::CAPTION), t.ink2);
    let box_size = vec2(galley.size().x + 16.0, 26.0);
    let rect = Rect::from_min_size(view.rect.right_bottom() - box_size - Vec2::splat(INSET), box_size);
    painter.rect(rect, 4.0, t.card.gamma_multiply(0.92), t.hairline(), StrokeKind::Inside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, t.ink2);
}

fn hint(ui: &mut Ui, view: &View, state: &State) {
    let parts = state.tool.hint();
    if parts.is_empty() {
        return;
    }
    let t = Tokens::of(ui);
    let id = ui.scope_id().with("hint-width");
    let width: f32 = ui.data(|d| d.get_temp(id)).unwrap_or(420.0);
    let center = pos2(view.rect.center().x, view.rect.bottom() - 56.0 - 20.0);
    let rect = Rect::from_center_size(center, vec2(width, 34.0));
    let mut used = width;
    at(ui, rect, Layout::left_to_right(Align::Center), |ui| {
        let shown = float_frame(t).inner_margin(egui::Margin::symmetric(12, 6)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            for (i, (cap, key)) in parts.iter().enumerate() {
                if i > 0 {
                    ui.add_space(6.0);
                }
                if !cap.is_empty() {
                    key_cap(ui, cap);
                }
                let words = egui::RichText::new(word(state.lang, key)).font(sans(size::CAPTION)).color(t.ink2);
                ui.add(egui::Label::new(words).extend());
            }
        });
        used = shown.response.rect.width();
    });
    if (used - width).abs() > 0.5 {
        ui.data_mut(|d| d.insert_temp(id, used));
        ui.ctx().request_discard("the hint takes the width of its words");
    }
}

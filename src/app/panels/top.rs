//! The top bar: which workspace, which desk, undo and redo, the way to every command, language and theme.

use crate::app::command::{Command, Desk, entry, key_cap as cap_of, tooltip};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, icon, sans, size};
use crate::app::widgets::{IconButton, key_cap, placed, text};
use crate::text::{Message, word};
use egui::accesskit::Role;
use egui::{Align, Align2, Color32, CornerRadius, Layout, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

const DESKS: [(Desk, &str, &str); 4] = [
    (Desk::Draw, "app.desk.draw", icons::PENCIL_SIMPLE_LINE),
    (Desk::Precheck, "app.desk.precheck", icons::LIST_CHECKS),
    (Desk::Track, "app.desk.track", icons::CHART_LINE_UP),
    (Desk::Sheet, "app.desk.sheet", icons::PRINTER),
];

pub fn show(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let rect = ui.max_rect();
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
    let inner = rect.shrink2(vec2(12.0, 0.0));
    let third = Rect::from_min_max(inner.min, pos2(inner.left() + (inner.width() - 460.0) / 2.0, inner.bottom()));
    placed(ui, third, Layout::left_to_right(Align::Center), |ui| name(ui, state));
    tabs(ui, state, inner, ask);
    placed(ui, inner, Layout::right_to_left(Align::Center), |ui| tools(ui, state, ask));
}

/// The sign, the workspace and whether it is saved.
fn name(ui: &mut Ui, state: &State) {
    let t = Tokens::of(ui);
    let (sign, _) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::hover());
    ui.painter().rect_filled(sign, CornerRadius::same(6), t.accent);
    ui.painter().text(sign.center(), Align2::CENTER_CENTER, "落", sans(size::TITLE), t.on_accent);
    ui.add_space(4.0);
    let lang = state.lang;
    let Some(work) = &state.work else {
        text(ui, word(lang, "app.no_workspace"), size::BODY, t.ink2);
        return;
    };
    let words = egui::RichText::new(&work.name).font(sans(size::BODY)).color(t.ink);
    ui.add(egui::Label::new(words).truncate());
    let (glyph, key) = match (work.document.is_modified(), &work.path) {
        (false, Some(_)) => (icons::CHECK, "app.saved"),
        _ => (icons::CIRCLE, "app.unsaved"),
    };
    ui.add_space(2.0);
    crate::app::widgets::glyph(ui, glyph, 14.0, t.ink3);
    ui.spacing_mut().item_spacing.x = 4.0;
    text(ui, word(lang, key), size::CAPTION, t.ink3);
}

fn tabs(ui: &mut Ui, state: &State, bar: Rect, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let galleys: Vec<_> = DESKS
        .iter()
        .map(|(_, key, _)| ui.painter().layout_no_wrap(word(state.lang, key).to_owned(), sans(size::BODY), Color32::PLACEHOLDER))
        .collect();
    let widths: Vec<f32> = galleys.iter().map(|g| g.size().x + 26.0 + 24.0).collect();
    let gap = 8.0;
    let total: f32 = widths.iter().sum::<f32>() + gap * 3.0;
    let mut x = bar.center().x - total / 2.0;
    for ((desk, key, glyph), (galley, width)) in DESKS.iter().zip(galleys.into_iter().zip(widths)) {
        let rect = Rect::from_min_size(pos2(x, bar.top()), vec2(width, bar.height()));
        x += width + gap;
        let enabled = state.work.is_some();
        let active = enabled && state.desk == *desk;
        let response = ui.interact(rect, ui.scope_id().with(key), if enabled { Sense::click() } else { Sense::hover() });
        response.widget_info(|| WidgetInfo::selected(Role::Tab, enabled, active, word(state.lang, key)));
        let ink = match () {
            () if !enabled => t.ink3.gamma_multiply(0.6),
            () if active => t.accent,
            () if response.hovered() => t.ink,
            () => t.ink2,
        };
        let painter = ui.painter();
        if enabled && response.hovered() && !active {
            painter.rect_filled(rect.shrink2(vec2(0.0, 8.0)), 6.0, t.hover);
        }
        painter.text(pos2(rect.left() + 12.0 + 9.0, rect.center().y), Align2::CENTER_CENTER, glyph, icon(18.0), ink);
        painter.galley(pos2(rect.left() + 38.0, rect.center().y - galley.size().y / 2.0), galley, if active { t.ink } else { ink });
        if active {
            painter.hline(rect.left()..=rect.right(), rect.bottom() - 1.0, Stroke::new(2.0, t.accent));
        }
        if response.on_hover_text(tooltip(state.lang, key)).clicked() {
            ask.push(Command::Desk(*desk));
        }
    }
}

/// From the right: theme, language, search, redo, undo.
fn tools(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let lang = state.lang;
    ui.spacing_mut().item_spacing.x = 4.0;
    let (glyph, key) = (if state.dark { icons::SUN } else { icons::MOON }, "app.cmd.dark");
    if IconButton::new(glyph, word(lang, key), word(lang, key)).show(ui).clicked() {
        ask.push(Command::ToggleDark);
    }
    let key = "app.cmd.language";
    if IconButton::new(icons::TRANSLATE, word(lang, key), word(lang, key)).show(ui).clicked() {
        ask.push(Command::ToggleLang);
    }
    ui.add_space(4.0);
    if search_box(ui, state) {
        ask.push(Command::Palette(true));
    }
    ui.add_space(4.0);
    let document = state.work.as_ref().map(|w| &w.document);
    let (undo, redo) = (document.and_then(|d| d.next_undo()), document.and_then(|d| d.next_redo()));
    for (what, key, glyph, command) in
        [(redo, "app.cmd.redo", icons::ARROW_U_UP_RIGHT, Command::Redo), (undo, "app.cmd.undo", icons::ARROW_U_UP_LEFT, Command::Undo)]
    {
        let hint = described(state, key, what);
        if IconButton::new(glyph, word(lang, key), &hint).enabled(what.is_some()).show(ui).clicked() {
            ask.push(command);
        }
    }
}

fn described(state: &State, key: &'static str, what: Option<&Message>) -> String {
    let name = tooltip(state.lang, key);
    what.map_or(name.clone(), |m| format!("{name}\n{}", m.render(state.lang)))
}

fn search_box(ui: &mut Ui, state: &State) -> bool {
    let t = Tokens::of(ui);
    let wide = ui.available_width() > 560.0;
    let (rect, response) = ui.allocate_exact_size(vec2(if wide { 208.0 } else { 112.0 }, 32.0), Sense::click());
    let name = word(state.lang, "app.search");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let border = if response.hovered() { t.accent } else { t.line_strong };
    ui.painter().rect(rect, 6.0, t.card, Stroke::new(1.0, border), StrokeKind::Inside);
    ui.painter().text(pos2(rect.left() + 18.0, rect.center().y), Align2::CENTER_CENTER, icons::MAGNIFYING_GLASS, icon(16.0), t.ink3);
    if wide {
        ui.painter().text(pos2(rect.left() + 34.0, rect.center().y), Align2::LEFT_CENTER, name, sans(size::SMALL), t.ink3);
    }
    if let Some(shortcut) = entry("app.cmd.palette").and_then(|e| e.shortcut) {
        let right = Rect::from_min_max(pos2(rect.right() - 62.0, rect.top()), rect.max);
        placed(ui, right, Layout::left_to_right(Align::Center), |ui| {
            key_cap(ui, &cap_of(shortcut));
        });
    }
    response.clicked()
}

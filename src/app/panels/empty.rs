//! No workspace is open: one sentence, one action, and the sample to look at.

use crate::app::command::{Command, entry, key_cap as cap_of};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, icon, mono, sans, size};
use crate::app::widgets::{Button, Weight, card, glyph, paragraph, rule, text};
use crate::text::word;
use egui::accesskit::Role;
use egui::{Align, Align2, Color32, CornerRadius, Layout, Pos2, Rect, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

pub fn show(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0.0, t.paper);
    let width = 880.0f32.min(all.width() - 64.0);
    let left = all.center().x - width / 2.0;
    let top = all.top() + ((all.height() - 620.0) / 2.0).max(24.0);
    let lang = state.lang;
    sign(ui, pos2(left, top), state);
    let columns = [Rect::from_min_size(pos2(left, top + 84.0), vec2(width * 0.51, 480.0)), {
        Rect::from_min_size(pos2(left + width * 0.51 + 24.0, top + 84.0), vec2(width * 0.49 - 24.0, 520.0))
    }];
    ui.scope_builder(UiBuilder::new().max_rect(columns[0]).layout(Layout::top_down(Align::Min)), |ui| {
        drop_zone(ui, state, ask);
        ui.add_space(12.0);
        actions(ui, state, ask);
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            ui.add_space(12.0);
            glyph(ui, icons::LOCK_SIMPLE, 16.0, t.ink2);
            paragraph(ui, word(lang, "app.empty.offline"), size::CAPTION, t.ink2);
        });
    });
    ui.scope_builder(UiBuilder::new().max_rect(columns[1]).layout(Layout::top_down(Align::Min)), |ui| {
        sample(ui, state, ask);
        ui.add_space(20.0);
        for (n, (first, second)) in [
            ("app.empty.step1", "app.empty.step1.how"),
            ("app.empty.step2", "app.empty.step2.how"),
            ("app.empty.step3", "app.empty.step3.how"),
        ]
        .into_iter()
        .enumerate()
        {
            step(ui, n + 1, word(lang, first), word(lang, second));
        }
    });
}

fn sign(ui: &Ui, at: Pos2, state: &State) {
    let t = Tokens::of(ui);
    let rect = Rect::from_min_size(at, vec2(48.0, 48.0));
    ui.painter().rect_filled(rect, CornerRadius::same(10), t.accent);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, "落", sans(28.0), t.on_accent);
    ui.painter().text(at + vec2(64.0, 14.0), Align2::LEFT_CENTER, word(state.lang, "app.name"), sans(28.0), t.ink);
    ui.painter().text(at + vec2(64.0, 42.0), Align2::LEFT_CENTER, word(state.lang, "app.empty.claim"), sans(size::BODY), t.ink2);
}

fn drop_zone(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 232.0), Sense::hover());
    let over = ui.input(|i| !i.raw.hovered_files.is_empty());
    ui.painter().rect_filled(rect, 8.0, if over { t.accent_bg } else { t.card });
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
    ui.painter().extend(Shape::dashed_line(&corners, Stroke::new(2.0, t.accent), 6.0, 4.0));
    let x = rect.center().x;
    ui.painter().text(pos2(x, rect.top() + 58.0), Align2::CENTER_CENTER, icons::UPLOAD_SIMPLE, icon(40.0), t.accent);
    ui.painter().text(pos2(x, rect.top() + 106.0), Align2::CENTER_CENTER, word(state.lang, "app.empty.drop"), sans(size::HEADING), t.ink);
    ui.painter().text(
        pos2(x, rect.top() + 134.0),
        Align2::CENTER_CENTER,
        word(state.lang, "app.empty.formats"),
        sans(size::CAPTION),
        t.ink2,
    );
    let button = Rect::from_center_size(pos2(x, rect.top() + 178.0), vec2(190.0, 32.0));
    ui.scope_builder(UiBuilder::new().max_rect(button).layout(Layout::top_down(Align::Center)), |ui| {
        let words = word(state.lang, "app.cmd.open_files");
        if Button::new(icons::FOLDER_OPEN, words, Weight::Primary).key("Ctrl O").show(ui).clicked() {
            ask.push(Command::OpenFiles);
        }
    });
}

fn actions(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (i, key) in ["app.cmd.new_workspace", "app.cmd.open_workspace", "app.cmd.palette"].into_iter().enumerate() {
            let Some(entry) = entry(key) else { continue };
            if i > 0 {
                rule(ui);
            }
            let t = Tokens::of(ui);
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, word(state.lang, key)));
            if response.hovered() {
                ui.painter().rect_filled(rect.shrink(2.0), 6.0, t.hover);
            }
            let y = rect.center().y;
            ui.painter().text(pos2(rect.left() + 22.0, y), Align2::CENTER_CENTER, entry.icon, icon(18.0), t.accent);
            ui.painter().text(pos2(rect.left() + 44.0, y), Align2::LEFT_CENTER, word(state.lang, key), sans(size::BODY), t.ink);
            if let Some(shortcut) = entry.shortcut {
                ui.painter().text(pos2(rect.right() - 12.0, y), Align2::RIGHT_CENTER, cap_of(shortcut), mono(size::KEY), t.ink3);
            }
            if response.clicked() {
                ask.push(entry.command);
            }
        }
    });
}

fn sample(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    card(ui, |ui| {
        egui::Frame::new().inner_margin(16).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                text(ui, word(state.lang, "app.empty.sample"), size::TITLE, t.ink);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    egui::Frame::new().stroke(Stroke::new(1.0, t.ink2)).corner_radius(4).inner_margin(egui::Margin::symmetric(6, 1)).show(
                        ui,
                        |ui| {
                            text(ui, word(state.lang, "app.empty.illustrative"), size::CAPTION, t.ink2);
                        },
                    );
                });
            });
            paragraph(ui, word(state.lang, "app.empty.sample_what"), size::CAPTION, t.ink2);
            ui.add_space(8.0);
            let width = ui.available_width();
            if Button::new(icons::PLAY, word(state.lang, "app.cmd.open_sample"), Weight::Plain).width(width).show(ui).clicked() {
                ask.push(Command::OpenSample);
            }
        });
    });
}

fn step(ui: &mut Ui, number: usize, first: &str, second: &str) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::hover());
    let ring = pos2(rect.left() + 16.0, rect.top() + 14.0);
    ui.painter().circle(ring, 11.0, Color32::TRANSPARENT, Stroke::new(1.0, t.line_strong));
    ui.painter().text(ring, Align2::CENTER_CENTER, number, mono(size::CAPTION), t.ink2);
    ui.painter().text(pos2(rect.left() + 44.0, rect.top() + 12.0), Align2::LEFT_CENTER, first, sans(size::BODY), t.ink);
    ui.painter().text(pos2(rect.left() + 44.0, rect.top() + 31.0), Align2::LEFT_CENTER, second, sans(size::CAPTION), t.ink3);
}

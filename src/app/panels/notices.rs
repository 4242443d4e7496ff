//! Notices over the map, bottom right: what was done goes away with an undo beside it, errors stay until put away.

use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::{NoticeKind, State};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Button, IconButton, Weight, float_frame, glyph, paragraph};
use crate::rules::{Outcome, Position};
use crate::text::word;
use egui::{Align2, Area, Margin, Order, Stroke, Ui, vec2};

pub fn show(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    if state.notices.is_empty() {
        return;
    }
    let right = if state.work.is_some() { ui.ctx().content_rect().right() - state.view.rect.right() } else { 0.0 };
    let area =
        Area::new(egui::Id::unique("notices")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, vec2(-16.0 - right.max(0.0), -84.0));
    area.show(ui.ctx(), |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        for notice in &state.notices {
            let t = Tokens::of(ui);
            let is_error = notice.kind == NoticeKind::Error;
            let mut frame = float_frame(t).inner_margin(Margin::symmetric(12, 10));
            if is_error {
                frame = frame.stroke(Stroke::new(1.0, t.verdict(Position::Outside).fill));
            }
            frame.show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    if is_error {
                        glyph(ui, icons::WARNING_FILL, 18.0, t.outcome(Outcome::Fail).text);
                    }
                    ui.vertical(|ui| {
                        ui.set_max_width(if is_error { 360.0 } else { 300.0 });
                        paragraph(ui, notice.words.render(state.lang), size::SMALL, t.ink);
                    });
                    if notice.undo && Button::new("", word(state.lang, "app.cmd.undo"), Weight::Link).small().show(ui).clicked() {
                        ask.push(Command::Undo);
                        ask.push(Command::Dismiss(notice.id));
                    }
                    let name = word(state.lang, "app.close");
                    if IconButton::new(icons::X, name, name).side(24.0, 14.0).show(ui).clicked() {
                        ask.push(Command::Dismiss(notice.id));
                    }
                });
            });
        }
    });
}

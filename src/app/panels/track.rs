//! The track desk: 224 → 700 km², by city, and the table behind it.

use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::{Tokens, size};
use crate::app::widgets::paragraph;
use crate::text::word;
use egui::{Frame, Margin, Ui};

pub fn show_left(ui: &mut Ui, state: &State, _ask: &mut Vec<Command>) {
    super::head(ui, word(state.lang, "app.track.title"), "", |_| {});
    Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
        paragraph(ui, word(state.lang, "app.track.wait"), size::BODY, Tokens::of(ui).ink2);
    });
}

pub fn show_right(ui: &mut Ui, state: &State) {
    super::head(ui, word(state.lang, "app.track.by_city"), "", |_| {});
}

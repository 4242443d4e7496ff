//! What a table would make of a plan's clusters, before it is taken.

use super::dialogs::title;
use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Button, Weight, paragraph};
use crate::job::ClusterTable;
use crate::text::{Message, word};
use egui::{Align, Layout, ScrollArea, Ui};

pub fn show(ui: &mut Ui, state: &State, table: &ClusterTable, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let mut lines = table.lines().into_iter();
    let first = lines.next().map(|line| line.render(lang)).unwrap_or_default();
    title(ui, word(lang, "app.clusters.title"), &first);
    ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        for line in lines {
            // A heading, and below it one by one what it counts.
            let is_one = line.code == "cli.note";
            if !is_one {
                ui.add_space(6.0);
            }
            let words = one_of(&line).map_or_else(|| line.render(lang), |inner| inner.render(lang));
            paragraph(ui, words, if is_one { size::SMALL } else { size::BODY }, if is_one { t.ink2 } else { t.ink });
        }
        if table.cells.is_empty() {
            ui.add_space(6.0);
            paragraph(ui, word(lang, "clusters.nothing"), size::BODY, t.ink);
        }
    });
    ui.add_space(4.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let words = Message::new("app.clusters.take").with("count", table.cells.len()).render(lang);
        if Button::new(icons::CHECK, &words, Weight::Primary).enabled(!table.cells.is_empty()).show(ui).clicked() {
            ask.push(Command::TakeClusterTable);
        }
        if Button::new("", word(lang, "app.cancel"), Weight::Plain).show(ui).clicked() {
            ask.push(Command::CloseDialog);
        }
    });
}

/// What a line of a list says, without the mark that a terminal needs before it.
fn one_of(line: &Message) -> Option<&Message> {
    line.args.iter().find_map(|(_, arg)| match arg {
        crate::text::Arg::Nested(inner) if line.code == "cli.note" => Some(&**inner),
        _ => None,
    })
}

//! Questions that block: what a file is for, a typed path; the others are in `pickers`.

use super::{Pages, cluster_table, pickers};
use crate::app::cluster_table::is_table;
use crate::app::command::Command;
use crate::app::state::{Dialog, PathPurpose, State};
use crate::app::theme::{Tokens, mono, size};
use crate::app::widgets::{Button, Weight, paragraph, text};
use crate::job::MapFormat;
use crate::model::{ROLES, Role};
use crate::text::{Message, word};
use egui::accesskit::Role as Node;
use egui::{
    Align, CornerRadius, Frame, Layout, Margin, Modal, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use std::path::{Path, PathBuf};

pub fn show(ui: &mut Ui, state: &State, pages: &mut Pages, ask: &mut Vec<Command>) {
    let Some(dialog) = &state.dialog else { return };
    let t = Tokens::of(ui);
    let frame = Frame::new()
        .fill(t.card)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(12))
        .shadow(t.shadow())
        .inner_margin(Margin::same(20));
    // Each has its own size: under one id the next would open in the last one's.
    let id = egui::Id::unique(match dialog {
        Dialog::Role { .. } => "dialog_role",
        Dialog::Crs { .. } => "dialog_crs",
        Dialog::Layers { .. } => "dialog_layers",
        Dialog::Encoding { .. } => "dialog_encoding",
        Dialog::Codes { .. } => "dialog_codes",
        Dialog::Shift { .. } => "dialog_shift",
        Dialog::Clusters { .. } => "dialog_clusters",
        Dialog::Export(_) => "dialog_export",
        Dialog::Path { .. } => "dialog_path",
    });
    let modal = Modal::new(id).frame(frame).backdrop_color(t.scrim).show(ui.ctx(), |ui| {
        ui.set_width(520.0);
        ui.spacing_mut().item_spacing.y = 8.0;
        match dialog {
            Dialog::Role { path } => role(ui, state, path, ask),
            Dialog::Crs { input, role, landings } => pickers::systems_of(ui, state, input, *role, landings, ask),
            Dialog::Layers { input, role, layers } => pickers::layers(ui, state, input, *role, layers, ask),
            Dialog::Encoding { input, role, samples } => pickers::encoding(ui, state, input, *role, samples, ask),
            Dialog::Codes { input, role, systems } => pickers::codes(ui, state, input, *role, systems, ask),
            Dialog::Shift { input, role, why } => pickers::shift(ui, state, input, *role, why, ask),
            Dialog::Clusters { table, .. } => cluster_table::show(ui, state, table, ask),
            Dialog::Export(order) => pickers::export(ui, state, order, ask),
            Dialog::Path { purpose } => typed(ui, state, pages, *purpose, ask),
        }
    });
    if modal.should_close() {
        ask.push(Command::CloseDialog);
    }
}

pub(super) fn title(ui: &mut Ui, words: &str, second: &str) {
    let t = Tokens::of(ui);
    text(ui, words, size::HEADING, t.ink);
    paragraph(ui, second, size::SMALL, t.ink2);
    ui.add_space(4.0);
}

/// A choice of the same height: words, a second line.
pub(super) fn choice(ui: &mut Ui, words: &str, second: &str, width: f32) -> bool {
    let t = Tokens::of(ui);
    let height = if second.is_empty() { 36.0 } else { 52.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Node::Button, true, words));
    let (fill, border) = if response.hovered() { (t.accent_bg, t.accent) } else { (t.card, t.line_strong) };
    ui.painter().rect(rect, 6.0, fill, Stroke::new(1.0, border), StrokeKind::Inside);
    let y = if second.is_empty() { rect.center().y } else { rect.top() + 17.0 };
    ui.painter().text(pos2(rect.left() + 12.0, y), egui::Align2::LEFT_CENTER, words, crate::app::theme::sans(size::BODY), t.ink);
    if !second.is_empty() {
        let at = pos2(rect.left() + 12.0, rect.top() + 36.0);
        ui.painter().text(at, egui::Align2::LEFT_CENTER, second, mono(size::CAPTION), t.ink3);
    }
    response.clicked()
}

fn role(ui: &mut Ui, state: &State, path: &Path, ask: &mut Vec<Command>) {
    let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    title(ui, word(state.lang, "app.role.title"), &Message::new("app.role.file").with("file", file).render(state.lang));
    if is_table(path) {
        // A table of attributes is no layer of its own.
        let contents = state.work.as_ref().map(|work| work.document.snapshot().contents);
        for (id, layer) in contents.iter().flat_map(|contents| contents.layers_of(Role::Plan)) {
            let words = Message::new("app.clusters.of_layer").with("layer", &*layer.head.name).render(state.lang);
            let width = ui.available_width();
            if choice(ui, &words, "", width) {
                ask.push(Command::ReadClusterTable(id, path.to_owned()));
            }
        }
        ui.add_space(4.0);
    }
    ScrollArea::vertical().max_height(420.0).min_scrolled_height(320.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let width = (ui.available_width() - 8.0) / 2.0;
        for pair in ROLES.chunks(2) {
            ui.horizontal(|ui| {
                for facts in pair {
                    if choice(ui, word(state.lang, facts.name_key), "", width) {
                        ask.push(Command::OpenAs(path.to_owned(), facts.role));
                    }
                }
            });
        }
    });
    cancel(ui, state, ask);
}

fn typed(ui: &mut Ui, state: &State, pages: &mut Pages, purpose: PathPurpose, ask: &mut Vec<Command>) {
    let key = match purpose {
        PathPurpose::OpenFiles => "app.cmd.open_files",
        PathPurpose::OpenWorkspace => "app.cmd.open_workspace",
        PathPurpose::SaveAs => "app.cmd.save_as",
        PathPurpose::ExportLayer => "app.cmd.export_layer",
        PathPurpose::ClusterTemplate => "app.clusters.template",
        PathPurpose::ClusterTable => "app.clusters.update",
        PathPurpose::Shift => "app.shift.choose",
        PathPurpose::Export(MapFormat::Pdf) => "app.cmd.export_pdf",
        PathPurpose::Export(MapFormat::Png) => "app.cmd.export_png",
        PathPurpose::Export(MapFormat::Svg) => "app.cmd.export_svg",
    };
    title(ui, word(state.lang, key), word(state.lang, "app.path.hint"));
    let name = word(state.lang, "app.path.name");
    let field = TextEdit::singleline(&mut pages.path).font(mono(size::SMALL)).desired_width(ui.available_width()).margin(vec2(8.0, 8.0));
    let response = ui.add(field).accessible_name(name);
    if ui.memory(|m| m.focused().is_none()) && !response.lost_focus() {
        response.request_focus();
    }
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    let given = !pages.path.trim().is_empty();
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let done = Button::new("", word(state.lang, key), Weight::Primary).enabled(given).show(ui).clicked();
        if Button::new("", word(state.lang, "app.cancel"), Weight::Plain).show(ui).clicked() {
            ask.push(Command::CloseDialog);
        }
        if (done || entered) && given {
            let path = PathBuf::from(std::mem::take(&mut pages.path).trim());
            ask.push(Command::Typed(purpose, path));
        }
    });
}

pub(super) fn cancel(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    ui.add_space(4.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if Button::new("", word(state.lang, "app.cancel"), Weight::Plain).show(ui).clicked() {
            ask.push(Command::CloseDialog);
        }
    });
}

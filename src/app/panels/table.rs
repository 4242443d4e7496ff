//! The attribute table of a layer, a drawer at the bottom: only the rows in view are read, a head sorts, a row flies to its feature.

use crate::app::command::{Command, tooltip};
use crate::app::icons;
use crate::app::state::{State, Table};
use crate::app::theme::{Tokens, icon, mono, sans, size};
use crate::app::widgets::{IconButton, elided, text};
use crate::model::{FieldKind, Layer, Value};
use crate::scene::Address;
use crate::text::{Message, count, word};
use egui::accesskit::Role as Node;
use egui::{Align, Align2, Layout, Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

const ROW: f32 = 28.0;
const NUMBER: f32 = 72.0;
const COLUMN: f32 = 132.0;

pub fn show(ui: &mut Ui, state: &State, table: &Table, ask: &mut Vec<Command>) {
    let Some(work) = &state.work else { return };
    let contents = work.document.snapshot().contents;
    let Some(layer) = contents.layer(table.layer) else { return };
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    head(ui, state, table, layer, ask);
    let width = NUMBER + COLUMN * layer.fields.len() as f32;
    let columns = ui.available_width().max(width);
    ScrollArea::horizontal().show(ui, |ui| {
        ui.set_width(columns);
        captions(ui, state, table, layer, ask);
        let rows = table.order.as_ref().map_or(0, |order| order.len());
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, rows, |ui, shown| {
            for at in shown {
                row(ui, state, table, layer, at, ask);
            }
        });
    });
}

fn head(ui: &mut Ui, state: &State, table: &Table, layer: &Layer, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, t.hairline());
    let inner = rect.shrink2(vec2(16.0, 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)), |ui| {
        let name = word(state.lang, "app.close");
        if IconButton::new(icons::X, name, &tooltip(state.lang, "app.cmd.table")).side(28.0, 14.0).show(ui).clicked() {
            ask.push(Command::Table);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            text(ui, &*layer.head.name, size::BODY, t.ink);
            let words = match &table.order {
                Some(order) => Message::new("app.table.rows").with("count", order.len()).render(state.lang),
                None => word(state.lang, "app.table.sorting").to_owned(),
            };
            text(ui, words, size::CAPTION, t.ink3);
        });
    });
}

/// The heads: a click sorts by that column, another one turns the order.
fn captions(ui: &mut Ui, state: &State, table: &Table, layer: &Layer, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, t.card);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
    for (column, field) in layer.fields.iter().enumerate() {
        let cell = cell_of(rect, column);
        let response = ui.interact(cell, ui.scope_id().with(("head", column)), Sense::click());
        let sorted = table.sort.filter(|(by, _)| *by == column);
        let spoken = Message::new("app.table.sort").with("field", &*field.name).render(state.lang);
        response.widget_info(|| WidgetInfo::selected(Node::ColumnHeader, true, sorted.is_some(), &spoken));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(cell, 0.0, t.hover);
        }
        if is_number(field.kind) {
            let at = pos2(cell.right() - 24.0, cell.center().y);
            ui.painter().with_clip_rect(cell.intersect(ui.clip_rect())).text(
                at,
                Align2::RIGHT_CENTER,
                &*field.name,
                sans(size::CAPTION),
                t.ink3,
            );
        } else {
            elided(ui.painter(), cell.left_center() + vec2(8.0, 0.0), COLUMN - 28.0, &field.name, sans(size::CAPTION), t.ink3);
        }
        if let Some((_, down)) = sorted {
            let glyph = if down { icons::CARET_DOWN } else { icons::CARET_UP };
            ui.painter().text(pos2(cell.right() - 12.0, cell.center().y), Align2::CENTER_CENTER, glyph, icon(12.0), t.ink2);
        }
        if response.on_hover_text(&*field.name).clicked() {
            ask.push(Command::SortTable(column));
        }
    }
}

/// Figures stand at the right; codes with leading zeros are words.
fn is_number(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Int | FieldKind::Real)
}

fn cell_of(row: Rect, column: usize) -> Rect {
    Rect::from_min_size(pos2(row.left() + NUMBER + COLUMN * column as f32, row.top()), vec2(COLUMN, row.height()))
}

fn row(ui: &mut Ui, state: &State, table: &Table, layer: &Layer, at: usize, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let Some(id) = table.order.as_ref().and_then(|order| order.get(at)) else { return };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let Some(feature) = layer.feature(*id) else { return };
    let address = Address { layer: table.layer, feature: *id };
    let chosen = state.selected == Some(address);
    let spoken = Message::new("app.table.row").with("number", at + 1).render(state.lang);
    response.widget_info(|| WidgetInfo::selected(Node::Row, true, chosen, &spoken));
    if chosen || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 0.0, if chosen { t.accent_bg } else { t.hover });
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
    let number = count(at as u64 + 1);
    ui.painter().text(pos2(rect.left() + NUMBER - 12.0, rect.center().y), Align2::RIGHT_CENTER, number, mono(size::CAPTION), t.ink3);
    for (column, field) in layer.fields.iter().enumerate() {
        let cell = cell_of(rect, column);
        if !ui.is_rect_visible(cell) {
            continue;
        }
        let value = feature.value(column);
        let (words, ink) = if value == Value::Null { ("—".to_owned(), t.ink3) } else { (value.to_string(), t.ink) };
        if is_number(field.kind) {
            let right = pos2(cell.right() - 24.0, cell.center().y);
            ui.painter().with_clip_rect(cell.intersect(ui.clip_rect())).text(right, Align2::RIGHT_CENTER, words, mono(size::CAPTION), ink);
        } else {
            elided(ui.painter(), cell.left_center() + vec2(8.0, 0.0), COLUMN - 16.0, &words, sans(size::CAPTION), ink);
        }
    }
    if response.clicked() {
        ask.push(Command::Select(Some(address)));
        ask.push(Command::FlyTo(feature.rings().bbox()));
    }
}

//! The layers, grouped by role: eye, swatch, name, count; rename and remove by the menu of a row.

use super::Pages;
use crate::app::canvas::paint_swatch;
use crate::app::command::{Command, tooltip};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{IconButton, elided, placed};
use crate::model::{Grade, Layer, LayerId, ROLES, Role};
use crate::scene::{Class, Theme, style_of};
use crate::text::{count, word};
use egui::accesskit::Role as Node;
use egui::{Align2, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

pub fn show(ui: &mut Ui, state: &State, pages: &mut Pages, ask: &mut Vec<Command>) {
    let Some(work) = &state.work else { return };
    let t = Tokens::of(ui);
    let lang = state.lang;
    ui.spacing_mut().item_spacing.y = 0.0;
    super::head(ui, word(lang, "app.layers.title"), "", |ui| {
        let name = word(lang, "app.cmd.open_files");
        if IconButton::new(icons::PLUS, name, &tooltip(lang, "app.cmd.open_files")).show(ui).clicked() {
            ask.push(Command::OpenFiles);
        }
    });
    let contents = work.document.snapshot().contents;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(4.0);
        for role in ROLES.iter().map(|r| r.role) {
            let layers: Vec<_> = contents.layers_of(role).collect();
            if layers.is_empty() {
                continue;
            }
            let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
            let at = pos2(head.left() + 16.0, head.center().y + 2.0);
            ui.painter().text(at, Align2::LEFT_CENTER, word(lang, role.facts().name_key), sans(size::CAPTION), t.ink3);
            // The topmost layer of the map comes first.
            for (id, layer) in layers.into_iter().rev() {
                row(ui, state, pages, id, layer, ask);
            }
        }
    });
}

fn row(ui: &mut Ui, state: &State, pages: &mut Pages, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Node::ListItem, true, &*layer.head.name));
    if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    eye(ui, state, rect, id, layer, ask);
    let swatch = Rect::from_center_size(pos2(rect.left() + 50.0, rect.center().y), vec2(16.0, 14.0));
    paint_swatch(ui.painter(), swatch, style_of(class_of(layer.head.role), 100_000.0, if state.dark { Theme::Dark } else { Theme::Light }));
    let number = count(layer.len() as u64);
    let number = ui.painter().layout_no_wrap(number, mono(size::CAPTION), t.ink3);
    let name_rect = Rect::from_min_max(pos2(rect.left() + 66.0, rect.top()), pos2(rect.right() - 24.0 - number.size().x, rect.bottom()));
    ui.painter().galley(pos2(rect.right() - 16.0 - number.size().x, rect.center().y - number.size().y / 2.0), number, t.ink3);
    if state.renaming == Some(id) {
        rename(ui, state, pages, id, name_rect, ask);
        return;
    }
    let ink = if layer.head.visible { t.ink } else { t.ink3 };
    elided(ui.painter(), name_rect.left_center(), name_rect.width(), &layer.head.name, sans(size::BODY), ink);
    if response.double_clicked() {
        pages.rename = layer.head.name.to_string();
        ask.push(Command::BeginRename(Some(id)));
    }
    let file = &layer.provenance.file;
    let response = if file.is_empty() { response } else { response.on_hover_text(&**file) };
    response.context_menu(|ui| {
        if ui.button(word(lang, "app.layer.fit")).clicked() {
            ask.push(Command::FlyTo(layer.bbox()));
            ui.close();
        }
        if ui.button(word(lang, "app.layer.rename")).clicked() {
            pages.rename = layer.head.name.to_string();
            ask.push(Command::BeginRename(Some(id)));
            ui.close();
        }
        if ui.button(word(lang, "app.layer.remove")).clicked() {
            ask.push(Command::RemoveLayer(id));
            ui.close();
        }
    });
}

fn eye(ui: &mut Ui, state: &State, rect: Rect, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) {
    let spot = Rect::from_center_size(pos2(rect.left() + 24.0, rect.center().y), vec2(28.0, 28.0));
    placed(ui, spot, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        let (glyph, key) = if layer.head.visible { (icons::EYE, "app.layer.hide") } else { (icons::EYE_SLASH, "app.layer.show") };
        let name = format!("{} {}", word(state.lang, key), layer.head.name);
        if IconButton::new(glyph, &name, word(state.lang, key)).side(28.0, 16.0).show(ui).clicked() {
            ask.push(Command::ShowLayer(id, !layer.head.visible));
        }
    });
}

fn rename(ui: &mut Ui, state: &State, pages: &mut Pages, id: LayerId, rect: Rect, ask: &mut Vec<Command>) {
    let field = TextEdit::singleline(&mut pages.rename).font(sans(size::BODY)).desired_width(rect.width()).margin(vec2(4.0, 3.0));
    let response = ui.put(rect.shrink2(vec2(0.0, 2.0)), field).accessible_name(word(state.lang, "app.layer.new_name"));
    if !response.has_focus() && !response.lost_focus() {
        response.request_focus();
    }
    if response.lost_focus() {
        let escaped = ui.input(|i| i.key_pressed(egui::Key::Escape));
        ask.push(if escaped { Command::BeginRename(None) } else { Command::RenameLayer(id, pages.rename.clone()) });
    }
}

/// What a layer of a role looks like in the small.
pub fn class_of(role: Role) -> Class {
    match role {
        Role::Plan => Class::Cluster(Grade::KeyDevelopment),
        Role::Sites => Class::Site,
        Role::Districts => Class::DistrictBorder,
        Role::Backdrop => Class::Water,
        other => Class::Layer(other),
    }
}

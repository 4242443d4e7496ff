//! The box for coordinates and kept views: says how it understood what is typed.

use crate::app::command::{Command, entry, key_cap as cap_of};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, icon, mono, sans, size};
use crate::app::widgets::{Button, IconButton, Weight, elided, float_frame, paragraph, placed, rule, section};
use crate::crs::{Crs, Place, PlaceKind, read_place};
use crate::text::{Lang, Message, coordinate, dms, scale, word};
use egui::{Align, Align2, Area, CornerRadius, Frame, Key, Layout, Margin, Order, Rect, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

/// What is typed.
#[derive(Default)]
pub struct Typed {
    place: String,
    name: String,
    was_open: bool,
}

const WIDTH: f32 = 440.0;

/// How a place was understood, in words.
pub fn understood(place: &Place, lang: Lang) -> String {
    let order = word(lang, if place.north_first { "app.goto.north_first" } else { "app.goto.east_first" });
    let name = |crs: &Crs| if lang == Lang::Zh { crs.name_zh() } else { crs.name() };
    match &place.kind {
        PlaceKind::Degrees { lon, lat } => {
            Message::new("app.goto.degrees").with("lon", dms(*lon)).with("lat", dms(*lat)).with("order", order).render(lang)
        }
        PlaceKind::Metres { plane, prefixed, .. } => {
            let key = if *prefixed { "app.goto.prefixed" } else { "app.goto.bare" };
            Message::new(key).with("plane", name(plane)).with("order", order).render(lang)
        }
    }
}

pub fn show(ui: &mut Ui, state: &State, typed: &mut Typed, ask: &mut Vec<Command>) {
    let Some(work) = state.work.as_ref().filter(|_| state.goto) else {
        typed.was_open = false;
        return;
    };
    let first = !typed.was_open;
    if first {
        *typed = Typed { was_open: true, ..Typed::default() };
    }
    let contents = work.document.snapshot().contents;
    let canvas = state.view.rect;
    let at = pos2(canvas.center().x - WIDTH / 2.0, canvas.top() + 16.0);
    let place = read_place(&typed.place, &contents.crs);
    let (enter, escape) = ui.input_mut(|i| (i.key_pressed(Key::Enter), i.consume_key(egui::Modifiers::NONE, Key::Escape)));
    let mut naming = false;
    let area = Area::new(egui::Id::unique("goto")).order(Order::Foreground).fixed_pos(at).show(ui.ctx(), |ui| {
        let t = Tokens::of(ui);
        float_frame(t).corner_radius(CornerRadius::same(12)).show(ui, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 4.0;
            Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
                ui.set_width(WIDTH - 32.0);
                let name = word(state.lang, "app.cmd.goto");
                let field = TextEdit::singleline(&mut typed.place).font(mono(size::BODY)).hint_text(word(state.lang, "app.goto.hint"));
                let response = ui.add(field.desired_width(WIDTH - 52.0).margin(vec2(8.0, 6.0))).accessible_name(name);
                // What was not read is typed on.
                if first || response.lost_focus() && enter && place.is_none() {
                    response.request_focus();
                }
                match &place {
                    _ if typed.place.trim().is_empty() => paragraph(ui, word(state.lang, "app.goto.forms"), size::CAPTION, t.ink3),
                    None => paragraph(ui, word(state.lang, "app.goto.unread"), size::CAPTION, t.ink2),
                    Some(place) => {
                        paragraph(ui, understood(place, state.lang), size::SMALL, t.ink);
                        let at = format!("E {}  N {}", coordinate(place.at[0]), coordinate(place.at[1]));
                        paragraph(ui, at, size::CAPTION, t.ink3)
                    }
                };
                rule(ui);
                section(ui, word(state.lang, "app.goto.views"));
                for bookmark in contents.bookmarks.iter() {
                    view_row(ui, state, bookmark, ask);
                }
                ui.horizontal(|ui| {
                    let name = word(state.lang, "app.goto.name");
                    let field = TextEdit::singleline(&mut typed.name).font(sans(size::SMALL)).hint_text(name);
                    let response = ui.add(field.desired_width(WIDTH - 190.0).margin(vec2(8.0, 5.0))).accessible_name(name);
                    naming = response.has_focus() || response.lost_focus();
                    let cap = entry("app.cmd.keep_view").and_then(|e| e.shortcut).map(cap_of).unwrap_or_default();
                    let button = Button::new(icons::PUSH_PIN, word(state.lang, "app.goto.keep"), Weight::Plain).small().key(&cap);
                    if button.show(ui).clicked() || naming && enter {
                        ask.push(Command::KeepView(std::mem::take(&mut typed.name)));
                    }
                });
            });
        });
    });
    if escape || area.response.clicked_elsewhere() && !first {
        ask.push(Command::Goto(false));
    } else if let (true, false, Some(place)) = (enter, naming, place) {
        ask.push(Command::GotoPlace(place.at));
    }
}

fn view_row(ui: &mut Ui, state: &State, bookmark: &crate::model::Bookmark, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Button, true, &*bookmark.name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 6.0, t.hover);
    }
    ui.painter().text(pos2(rect.left() + 14.0, rect.center().y), Align2::CENTER_CENTER, icons::PUSH_PIN, icon(16.0), t.ink3);
    elided(ui.painter(), pos2(rect.left() + 30.0, rect.center().y), rect.width() - 160.0, &bookmark.name, sans(size::BODY), t.ink);
    let at = pos2(rect.right() - 40.0, rect.center().y);
    ui.painter().text(at, Align2::RIGHT_CENTER, scale(bookmark.denominator.round()), mono(size::CAPTION), t.ink3);
    let spot = Rect::from_center_size(pos2(rect.right() - 16.0, rect.center().y), vec2(28.0, 28.0));
    let mut dropped = false;
    placed(ui, spot, Layout::left_to_right(Align::Center), |ui| {
        let name = format!("{} {}", word(state.lang, "app.goto.drop"), bookmark.name);
        dropped = IconButton::new(icons::TRASH, &name, word(state.lang, "app.goto.drop")).side(28.0, 14.0).show(ui).clicked();
    });
    if dropped {
        ask.push(Command::DropView(bookmark.name.clone()));
    } else if response.clicked() {
        ask.push(Command::ShowView(bookmark.clone()));
    }
}

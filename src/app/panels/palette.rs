//! The palette: every command by its name in either language or by pinyin initials, and clusters and sites to fly to.

use crate::app::command::{Command, Entry, key_cap as cap_of, table};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, icon, mono, sans, size};
use crate::app::widgets::{float_frame, key_cap, section, text};
use crate::model::{ClusterFields, Role, SiteFields};
use crate::scene::Address;
use crate::text::{Lang, word};
use egui::accesskit::Role as Node;
use egui::{
    Align, Align2, Area, CornerRadius, Frame, Key, Layout, Margin, Order, Pos2, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};

/// The letters typed and the row chosen.
#[derive(Default)]
pub struct Typed {
    words: String,
    chosen: usize,
    was_open: bool,
}

/// A hit: what it is called, what it does.
struct Hit {
    icon: &'static str,
    words: String,
    second: String,
    cap: String,
    command: Vec<Command>,
    is_place: bool,
}

pub fn show(ui: &mut Ui, state: &State, typed: &mut Typed, ask: &mut Vec<Command>) {
    if !state.palette {
        typed.was_open = false;
        return;
    }
    if !typed.was_open {
        *typed = Typed { was_open: true, ..Typed::default() };
    }
    let screen = ui.ctx().content_rect();
    let hits = hits(state, &typed.words);
    typed.chosen = typed.chosen.min(hits.len().saturating_sub(1));
    let (up, down, enter, escape) = ui.input_mut(|i| {
        let none = egui::Modifiers::NONE;
        (
            i.consume_key(none, Key::ArrowUp),
            i.consume_key(none, Key::ArrowDown),
            i.consume_key(none, Key::Enter),
            i.consume_key(none, Key::Escape),
        )
    });
    if down && typed.chosen + 1 < hits.len() {
        typed.chosen += 1;
    }
    if up {
        typed.chosen = typed.chosen.saturating_sub(1);
    }
    let veil = Area::new(egui::Id::unique("palette-veil")).order(Order::Foreground).fixed_pos(Pos2::ZERO).show(ui.ctx(), |ui| {
        let response = ui.allocate_rect(screen, Sense::click());
        ui.painter().rect_filled(screen, 0.0, Tokens::of(ui).scrim);
        response.clicked()
    });
    let mut run: Option<usize> = enter.then_some(typed.chosen);
    let width = 640.0f32.min(screen.width() - 64.0);
    let at = pos2(screen.center().x - width / 2.0, (screen.height() * 0.12).max(56.0));
    Area::new(egui::Id::unique("palette")).order(Order::Tooltip).fixed_pos(at).show(ui.ctx(), |ui| {
        let t = Tokens::of(ui);
        float_frame(t).corner_radius(CornerRadius::same(12)).show(ui, |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 0.0;
            field(ui, state, typed);
            crate::app::widgets::rule(ui);
            list(ui, state, typed, &hits, &mut run);
            crate::app::widgets::rule(ui);
            foot(ui, state);
        });
    });
    if let Some(hit) = run.and_then(|i| hits.into_iter().nth(i)) {
        ask.push(Command::Palette(false));
        ask.extend(hit.command);
    } else if escape || veil.inner {
        ask.push(Command::Palette(false));
    }
}

fn field(ui: &mut Ui, state: &State, typed: &mut Typed) {
    let t = Tokens::of(ui);
    Frame::new().inner_margin(Margin::symmetric(20, 0)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(56.0);
            crate::app::widgets::glyph(ui, icons::MAGNIFYING_GLASS, 18.0, t.ink3);
            let edit = TextEdit::singleline(&mut typed.words)
                .font(sans(size::TITLE))
                .frame(Frame::NONE)
                .hint_text(word(state.lang, "app.search"))
                .desired_width(ui.available_width());
            let response = ui.add(edit).accessible_name(word(state.lang, "app.search"));
            if !response.has_focus() {
                response.request_focus();
            }
            if response.changed() {
                typed.chosen = 0;
            }
        });
    });
}

fn list(ui: &mut Ui, state: &State, typed: &mut Typed, hits: &[Hit], run: &mut Option<usize>) {
    let t = Tokens::of(ui);
    let moved = ui.input(|i| i.pointer.is_moving());
    ScrollArea::vertical().max_height(420.0).auto_shrink([false, true]).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(8, 8)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            if hits.is_empty() {
                ui.add_space(16.0);
                ui.vertical_centered(|ui| text(ui, word(state.lang, "app.palette.nothing"), size::BODY, t.ink3));
                ui.add_space(16.0);
            }
            for (i, hit) in hits.iter().enumerate() {
                if i == 0 || hit.is_place != hits[i - 1].is_place {
                    let key = if hit.is_place { "app.palette.places" } else { "app.palette.commands" };
                    Frame::new().inner_margin(Margin { left: 16, ..Margin::ZERO }).show(ui, |ui| section(ui, word(state.lang, key)));
                }
                let response = row(ui, hit, typed.chosen == i);
                if response.hovered() && moved {
                    typed.chosen = i;
                }
                if typed.chosen == i && !moved {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    *run = Some(i);
                }
            }
        });
    });
}

fn row(ui: &mut Ui, hit: &Hit, chosen: bool) -> egui::Response {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Node::MenuItem, true, chosen, &hit.words));
    let painter = ui.painter();
    if chosen {
        painter.rect_filled(rect, 6.0, t.accent_bg);
    }
    let y = rect.center().y;
    painter.text(pos2(rect.left() + 26.0, y), Align2::CENTER_CENTER, hit.icon, icon(20.0), t.ink2);
    let words = painter.text(pos2(rect.left() + 48.0, y), Align2::LEFT_CENTER, &hit.words, sans(size::BODY), t.ink);
    painter.text(pos2(words.right() + 12.0, y), Align2::LEFT_CENTER, &hit.second, sans(size::CAPTION), t.ink3);
    if !hit.cap.is_empty() {
        let galley = painter.layout_no_wrap(hit.cap.clone(), mono(size::KEY), t.ink3);
        let cap = Rect::from_min_size(pos2(rect.right() - 16.0 - galley.size().x - 10.0, y - 9.0), vec2(galley.size().x + 10.0, 18.0));
        painter.rect(cap, 4.0, t.card, egui::Stroke::new(1.0, t.line_strong), egui::StrokeKind::Inside);
        painter.galley(cap.center() - galley.size() / 2.0, galley, t.ink3);
    }
    response
}

fn foot(ui: &mut Ui, state: &State) {
    let t = Tokens::of(ui);
    Frame::new().inner_margin(Margin::symmetric(20, 0)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(40.0);
            ui.spacing_mut().item_spacing.x = 6.0;
            for (caps, key) in [(&["↑", "↓"][..], "app.palette.choose"), (&["Enter"][..], "app.palette.run"), (&["Esc"][..], "app.close")]
            {
                for cap in caps {
                    key_cap(ui, cap);
                }
                text(ui, word(state.lang, key), size::CAPTION, t.ink3);
                ui.add_space(8.0);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text(ui, word(state.lang, "app.palette.hint"), size::CAPTION, t.ink3)
            });
        });
    });
}

/// Letters of the needle in order within the hay: `dc` finds `dcdt`.
fn follows(hay: &str, needle: &str) -> bool {
    let mut rest = hay.chars();
    needle.chars().all(|n| rest.any(|h| h == n))
}

/// How well an entry answers; smaller is better.
fn rank(entry: &Entry, needle: &str) -> Option<u8> {
    let (zh, en) = (word(Lang::Zh, entry.key).to_lowercase(), word(Lang::En, entry.key).to_lowercase());
    match () {
        () if needle.is_empty() => Some(0),
        () if entry.initials.starts_with(needle) || zh.starts_with(needle) || en.starts_with(needle) => Some(0),
        () if zh.contains(needle) || en.contains(needle) => Some(1),
        () if follows(entry.initials, needle) => Some(2),
        () => None,
    }
}

fn hits(state: &State, words: &str) -> Vec<Hit> {
    let needle = words.trim().to_lowercase();
    let mut ranked: Vec<(u8, Entry)> = table()
        .into_iter()
        .filter(|e| !matches!(e.command, Command::Palette(_)) && (state.work.is_some() || !e.needs_document))
        .filter_map(|e| rank(&e, &needle).map(|r| (r, e)))
        .collect();
    ranked.sort_by_key(|(r, _)| *r);
    let command = |e: Entry| Hit {
        icon: e.icon,
        words: word(state.lang, e.key).to_owned(),
        second: word(if state.lang == Lang::Zh { Lang::En } else { Lang::Zh }, e.key).to_owned(),
        cap: e.shortcut.map(cap_of).unwrap_or_default(),
        command: vec![e.command],
        is_place: false,
    };
    let mut hits: Vec<Hit> = ranked.into_iter().map(|(_, e)| command(e)).collect();
    if !needle.is_empty() {
        hits.extend(coordinates(state, words));
        hits.extend(places(state, &needle));
    }
    hits
}

/// The place that typed coordinates mean, and how they were understood.
fn coordinates(state: &State, words: &str) -> Option<Hit> {
    let place = crate::crs::read_place(words, &state.work.as_ref()?.document.snapshot().contents.crs)?;
    Some(Hit {
        icon: icons::MAP_PIN,
        words: words.trim().to_owned(),
        second: super::goto::understood(&place, state.lang),
        cap: String::new(),
        command: vec![Command::GotoPlace(place.at)],
        is_place: true,
    })
}

/// Clusters and sites whose name or id holds what was typed.
fn places(state: &State, needle: &str) -> Vec<Hit> {
    let Some(work) = &state.work else { return Vec::new() };
    let contents = work.document.snapshot().contents;
    let mut found = Vec::new();
    for (role, glyph) in [(Role::Plan, icons::FACTORY), (Role::Sites, icons::MAP_PIN)] {
        for (layer_id, layer) in contents.layers_of(role) {
            let (id, name) = if role == Role::Plan {
                let f = ClusterFields::guess(&layer.fields);
                (f.id, f.name)
            } else {
                let f = SiteFields::of(layer);
                (f.id, f.name)
            };
            for feature in layer.features() {
                let read = |c: Option<usize>| c.map(|c| feature.value(c).to_string()).unwrap_or_default();
                let (id, name) = (read(id), read(name));
                if name.to_lowercase().contains(needle) || id.to_lowercase().contains(needle) {
                    let address = Address { layer: layer_id, feature: feature.id };
                    found.push(Hit {
                        icon: glyph,
                        words: name,
                        second: format!("{id}\u{3000}{}", layer.head.name),
                        cap: String::new(),
                        command: vec![Command::Select(Some(address)), Command::FlyToSelected],
                        is_place: true,
                    });
                    if found.len() >= 12 {
                        return found;
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_find_a_command() {
        assert!(follows("dcdt", "dt") && !follows("dcdt", "td"));
        let exports = table().into_iter().filter(|e| rank(e, "dc").is_some_and(|r| r == 0)).count();
        assert_eq!(exports, 4, "导出 PDF, 导出图片, 导出 SVG, 导出图层");
    }
}

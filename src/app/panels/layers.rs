//! The layers, grouped by role: eye, swatch, name, badge, count; a marked one shows what can be done with it.

use super::Pages;
use crate::app::canvas::paint_swatch;
use crate::app::command::{Command, Mark, tooltip};
use crate::app::files::worth_saying;
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, icon, mono, sans, size};
use crate::app::widgets::{Button, IconButton, Weight, elided, paragraph, placed, text};
use crate::model::{Coloring, Contents, Filter, Grade, Layer, LayerHead, LayerId, Look, ROLES, Role, Symbol};
use crate::scene::{Class, PLAIN, Rgb, Theme, part_style};
use crate::text::{Lang, Message, count, word};
use egui::accesskit::Role as Node;
use egui::{
    Align, Align2, Frame, Layout, Margin, Rect, ScrollArea, Sense, Slider, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

/// What is typed and dragged in the panel.
#[derive(Default)]
pub struct Held {
    pub rename: String,
    filter: Option<(LayerId, String)>,
    opacity: Option<(LayerId, f32)>,
    picture: super::backdrops::Held,
}

pub fn show(ui: &mut Ui, state: &State, pages: &mut Pages, ask: &mut Vec<Command>) {
    let Some(work) = &state.work else { return };
    let lang = state.lang;
    ui.spacing_mut().item_spacing.y = 0.0;
    let contents = work.document.snapshot().contents;
    let number = (contents.order.len() + contents.backdrops.len()) as u64;
    super::head(ui, word(lang, "app.layers.title"), &count(number), |ui| {
        let name = word(lang, "app.cmd.open_files");
        if IconButton::new(icons::PLUS, name, &tooltip(lang, "app.cmd.open_files")).show(ui).clicked() {
            ask.push(Command::OpenFiles);
        }
        if state.layers_open && state.desk != crate::app::command::Desk::Draw {
            let name = word(lang, "app.close");
            if IconButton::new(icons::X, name, &tooltip(lang, "app.cmd.layers")).show(ui).clicked() {
                ask.push(Command::ToggleLayers);
            }
        }
    });
    if state.marked.len() > 1 {
        several(ui, state, ask);
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(4.0);
        for role in ROLES.iter().map(|r| r.role) {
            let layers: Vec<_> = contents.layers_of(role).collect();
            if layers.is_empty() {
                continue;
            }
            group_head(ui, state, role, &layers, ask);
            let mut rows: Vec<(LayerId, Rect)> = Vec::new();
            let mut dragged: Option<(LayerId, bool)> = None;
            // The topmost layer of the map comes first.
            for (id, layer) in layers.into_iter().rev() {
                let response = row(ui, state, pages, id, layer, ask);
                rows.push((id, response.rect));
                if response.dragged() || response.drag_stopped() {
                    dragged = Some((id, response.drag_stopped()));
                }
                if state.marked.len() == 1 && state.marked.contains(&id) {
                    details(ui, state, &mut pages.layers, id, layer, ask);
                }
            }
            if let Some((id, dropped)) = dragged {
                drag(ui, &contents, &rows, id, dropped, ask);
            }
        }
        super::backdrops::show(ui, state, &mut pages.layers.picture, ask);
        ui.add_space(8.0);
    });
}

fn group_head(ui: &mut Ui, state: &State, role: Role, layers: &[(LayerId, &std::sync::Arc<Layer>)], ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (head, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let at = pos2(head.left() + 16.0, head.center().y + 2.0);
    let name = word(state.lang, role.facts().name_key);
    ui.painter().text(at, Align2::LEFT_CENTER, name, sans(size::CAPTION), t.ink3);
    if layers.len() < 2 || !response.contains_pointer() {
        return;
    }
    // All layers of the role at once.
    let all_shown = layers.iter().all(|(_, l)| l.head.visible);
    let (glyph, key) = if all_shown { (icons::EYE, "app.layer.hide") } else { (icons::EYE_SLASH, "app.layer.show") };
    let spot = Rect::from_center_size(pos2(head.right() - 24.0, head.center().y), vec2(24.0, 24.0));
    placed(ui, spot, Layout::left_to_right(Align::Center), |ui| {
        let words = format!("{} {name}", word(state.lang, key));
        if IconButton::new(glyph, &words, &words).side(24.0, 14.0).show(ui).clicked() {
            ask.push(Command::ShowLayers(layers.iter().map(|(id, _)| *id).collect(), !all_shown));
        }
    });
}

/// What can be done with several marked layers.
fn several(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let words = Message::new("app.layers.marked").with("count", state.marked.len()).render(lang);
    Frame::new().fill(t.accent_bg).inner_margin(Margin::symmetric(16, 4)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            text(ui, words, size::SMALL, t.accent);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (glyph, key, command) in [
                    (icons::TRASH, "app.cmd.remove_layers", Command::RemoveMarked),
                    (icons::CORNERS_OUT, "app.cmd.fly_to_layer", Command::FlyToMarked),
                    (icons::EYE_SLASH, "app.cmd.hide_marked", Command::ShowMarked(false)),
                    (icons::EYE, "app.cmd.show_marked", Command::ShowMarked(true)),
                ] {
                    if IconButton::new(glyph, word(lang, key), word(lang, key)).side(28.0, 16.0).show(ui).clicked() {
                        ask.push(command);
                    }
                }
            });
        });
    });
}

/// What lies behind a row of the panel: whether it is marked, under the pointer, or has the keyboard.
pub(super) fn row_ground(ui: &Ui, response: &egui::Response, marked: bool) {
    let (t, rect) = (Tokens::of(ui), response.rect);
    let fill = if marked { Some(t.accent_bg) } else { response.hovered().then_some(t.hover) };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 0.0, fill);
    }
    if marked {
        ui.painter().rect_filled(rect.with_max_x(rect.left() + 3.0), 0.0, t.accent);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(1.0), 6.0, Stroke::new(2.0, t.focus), StrokeKind::Inside);
    }
}

fn row(ui: &mut Ui, state: &State, pages: &mut Pages, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) -> egui::Response {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let marked = state.marked.contains(&id);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::selected(Node::ListItem, true, marked, &*layer.head.name));
    row_ground(ui, &response, marked);
    eye(ui, state, rect, id, layer, ask);
    let swatch = Rect::from_center_size(pos2(rect.left() + 50.0, rect.center().y), vec2(16.0, 14.0));
    layer_swatch(ui, state, swatch, layer);
    let ink = if layer.head.visible { t.ink } else { t.ink3 };
    let number = ui.painter().layout_no_wrap(rounded_count(layer.len() as u64, lang), mono(size::CAPTION), t.ink3);
    let mut right = rect.right() - 16.0 - number.size().x;
    ui.painter().galley(pos2(right, rect.center().y - number.size().y / 2.0), number, t.ink3);
    right = badge(ui, state, rect.with_max_x(right - 4.0), id, layer, ask);
    if layer.head.look.filter.is_some() {
        ui.painter().text(pos2(right - 10.0, rect.center().y), Align2::CENTER_CENTER, icons::FUNNEL, icon(14.0), t.ink3);
        right -= 20.0;
    }
    let name_rect = Rect::from_min_max(pos2(rect.left() + 66.0, rect.top()), pos2(right - 4.0, rect.bottom()));
    if state.renaming == Some(id) {
        rename(ui, state, pages, id, name_rect, ask);
        return response;
    }
    elided(ui.painter(), name_rect.left_center(), name_rect.width(), &layer.head.name, sans(size::BODY), ink);
    if response.double_clicked() {
        pages.layers.rename = layer.head.name.to_string();
        ask.push(Command::BeginRename(Some(id)));
    } else if response.clicked() {
        let modifiers = ui.input(|i| i.modifiers);
        let mark = match () {
            () if modifiers.command => Mark::Toggle,
            () if modifiers.shift => Mark::Through,
            () => Mark::Only,
        };
        ask.push(Command::MarkLayer(id, mark));
    }
    response.context_menu(|ui| menu(ui, state, pages, id, layer, ask));
    response
}

fn menu(ui: &mut Ui, state: &State, pages: &mut Pages, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) {
    let entries = [
        ("app.layer.fit", Command::FlyTo(layer.bbox())),
        ("app.layer.style", Command::LayerCard(Some(id))),
        ("app.doctor.title", Command::Doctor(Some(id))),
        ("app.layer.export", Command::ExportLayer(Some(id))),
        ("app.layer.rename", Command::BeginRename(Some(id))),
        ("app.layer.remove", Command::RemoveLayers(vec![id])),
    ];
    let plan = [("app.clusters.template", Command::ClusterTemplate(id)), ("app.clusters.update", Command::ClusterTable(id))];
    let plan = plan.into_iter().filter(|_| layer.head.role == Role::Plan);
    for (key, command) in entries.into_iter().chain(plan) {
        if ui.button(word(state.lang, key)).clicked() {
            pages.layers.rename = layer.head.name.to_string();
            ask.push(command);
            ui.close();
        }
    }
}

/// What reading the layer found, as a number; gives the left edge of what it takes.
fn badge(ui: &mut Ui, state: &State, room: Rect, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) -> f32 {
    let found = worth_saying(&layer.provenance.notes).len();
    if found == 0 {
        return room.right();
    }
    let t = Tokens::of(ui);
    let galley = ui.painter().layout_no_wrap(count(found as u64), mono(size::CAPTION), t.ink2);
    let width = galley.size().x + 24.0;
    let rect = Rect::from_min_max(pos2(room.right() - width, room.top() + 4.0), pos2(room.right(), room.bottom() - 4.0));
    let name = Message::new("app.layer.notes").with("count", found).render(state.lang);
    let response = ui.interact(rect, ui.scope_id().with(("badge", id)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Node::Button, true, format!("{name} {}", layer.head.name)));
    if response.hovered() {
        ui.painter().rect_filled(rect, 6.0, t.card);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 6.0, Stroke::new(2.0, t.focus), StrokeKind::Inside);
    }
    ui.painter().text(
        pos2(rect.left() + 10.0, rect.center().y),
        Align2::CENTER_CENTER,
        icons::WARNING_FILL,
        icon(14.0),
        t.outcome(crate::rules::Outcome::Warn).text,
    );
    ui.painter().galley(pos2(rect.left() + 19.0, rect.center().y - galley.size().y / 2.0), galley, t.ink2);
    if response.on_hover_text(name).clicked() {
        ask.push(Command::Doctor(Some(id)));
    }
    rect.left()
}

fn eye(ui: &mut Ui, state: &State, rect: Rect, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) {
    let spot = Rect::from_center_size(pos2(rect.left() + 24.0, rect.center().y), vec2(28.0, 28.0));
    placed(ui, spot, Layout::left_to_right(Align::Center), |ui| {
        let (glyph, key) = if layer.head.visible { (icons::EYE, "app.layer.hide") } else { (icons::EYE_SLASH, "app.layer.show") };
        let name = format!("{} {}", word(state.lang, key), layer.head.name);
        if IconButton::new(glyph, &name, word(state.lang, key)).side(28.0, 16.0).show(ui).clicked() {
            ask.push(Command::ShowLayers(vec![id], !layer.head.visible));
        }
    });
}

/// What a layer looks like in the small; of a layer in classes the first three side by side.
fn layer_swatch(ui: &Ui, state: &State, rect: Rect, layer: &Layer) {
    let theme = if state.dark { Theme::Dark } else { Theme::Light };
    let head = LayerHead { visible: true, look: Look { scales: Default::default(), ..layer.head.look.clone() }, ..layer.head.clone() };
    let class = class_of(layer.head.role);
    let style = |part| part_style(&head, layer.base().kind(), class, part, 100_000.0, theme).unwrap_or_default();
    let colors: Vec<Option<Rgb>> = match &head.look.coloring {
        Coloring::Classes(classes) => {
            let shown = classes.list.len().clamp(1, 3);
            // Spread over the list, so that a ramp shows its ends.
            let part = |i: usize| if shown > 1 { i * (classes.list.len() - 1) / (shown - 1) } else { 0 };
            (0..shown).map(|i| style(part(i) as u16).wash.map(|w| w.color)).collect()
        }
        Coloring::Rules(rules) => {
            let color = |symbol: &Symbol| symbol.fill.or(symbol.line).map(|[r, g, b]| Rgb(r, g, b));
            rules.list.iter().map(|rule| color(&rule.symbol)).take(3).collect()
        }
        Coloring::AsRole | Coloring::Single(_) => {
            paint_swatch(ui.painter(), rect, style(PLAIN));
            return;
        }
    };
    let width = rect.width() / colors.len().max(1) as f32;
    for (i, color) in colors.into_iter().enumerate() {
        let left = rect.left() + width * i as f32;
        let piece = Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()));
        if let Some(Rgb(r, g, b)) = color {
            ui.painter().rect_filled(piece, 0.0, egui::Color32::from_rgb(r, g, b));
        }
    }
    ui.painter().rect_stroke(rect, 0.0, Tokens::of(ui).hairline(), StrokeKind::Inside);
}

fn rename(ui: &mut Ui, state: &State, pages: &mut Pages, id: LayerId, rect: Rect, ask: &mut Vec<Command>) {
    let typed = &mut pages.layers.rename;
    let field = TextEdit::singleline(typed).font(sans(size::BODY)).desired_width(rect.width()).margin(vec2(4.0, 3.0));
    let response = ui.put(rect.shrink2(vec2(0.0, 2.0)), field).accessible_name(word(state.lang, "app.layer.new_name"));
    if !response.has_focus() && !response.lost_focus() {
        response.request_focus();
    }
    if response.lost_focus() {
        let escaped = ui.input(|i| i.key_pressed(egui::Key::Escape));
        ask.push(if escaped { Command::BeginRename(None) } else { Command::RenameLayer(id, typed.clone()) });
    }
}

/// Opacity, filter, source and the buttons of the one marked layer.
fn details(ui: &mut Ui, state: &State, held: &mut Held, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    Frame::new().fill(t.accent_bg).inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 8 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        opacity(ui, state, held, id, layer, ask);
        filter(ui, state, held, id, layer, ask);
        ui.horizontal(|ui| {
            let words = word(lang, "app.layer.style_short");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if Button::new(icons::PALETTE, words, Weight::Plain).small().show(ui).clicked() {
                    ask.push(Command::LayerCard(Some(id)));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| source_line(ui, state, layer));
            });
        });
        ui.horizontal(|ui| {
            // Seven stand side by side in the narrowest panel.
            ui.spacing_mut().item_spacing.x = 1.0;
            for (glyph, key, command) in [
                (icons::CORNERS_OUT, "app.layer.fit", Command::FlyToMarked),
                (icons::CARET_UP, "app.cmd.layer_up", Command::MoveMarked(true)),
                (icons::CARET_DOWN, "app.cmd.layer_down", Command::MoveMarked(false)),
                (icons::FIRST_AID_KIT, "app.doctor.title", Command::Doctor(Some(id))),
                (icons::EXPORT, "app.layer.export", Command::ExportLayer(Some(id))),
                (icons::PENCIL_SIMPLE_LINE, "app.layer.rename", Command::BeginRename(Some(id))),
                (icons::TRASH, "app.layer.remove", Command::RemoveLayers(vec![id])),
            ] {
                let tip = tooltip(lang, key);
                if IconButton::new(glyph, word(lang, key), &tip).side(28.0, 16.0).show(ui).clicked() {
                    if matches!(command, Command::BeginRename(_)) {
                        held.rename = layer.head.name.to_string();
                    }
                    ask.push(command);
                }
            }
        });
    });
}

fn opacity(ui: &mut Ui, state: &State, held: &mut Held, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) {
    let (now, then) = opacity_row(ui, state.lang, &mut held.opacity, id, layer.head.opacity);
    ask.extend(now.map(|opacity| Command::TryHead(id, Box::new(LayerHead { opacity, ..layer.head.clone() }))));
    ask.extend(then.map(|opacity| Command::LayerOpacity(id, opacity)));
}

/// A slider for the opacity of a layer or a picture: what is to be shown while it is held, and what it came to.
pub fn opacity_row(ui: &mut Ui, lang: Lang, held: &mut Option<(LayerId, f32)>, id: LayerId, opacity: f32) -> (Option<f32>, Option<f32>) {
    let t = Tokens::of(ui);
    let name = word(lang, "app.layer.opacity");
    let mut percent = held.filter(|(of, _)| *of == id).map_or(opacity * 100.0, |(_, p)| p);
    let (mut now, mut then) = (None, None);
    ui.horizontal(|ui| {
        text(ui, name, size::CAPTION, t.ink2);
        // Beside it the field with the number.
        ui.spacing_mut().slider_width = (ui.available_width() - 104.0).max(40.0);
        // On a marked row the rail would have the colour of the row.
        ui.visuals_mut().widgets.inactive.bg_fill = t.line_strong;
        ui.visuals_mut().selection.bg_fill = t.accent;
        let slider = Slider::new(&mut percent, 0.0..=100.0).trailing_fill(true).step_by(1.0).suffix(" %").fixed_decimals(0);
        let response = ui.add(slider).accessible_name(name);
        if response.changed() {
            *held = Some((id, percent));
            now = Some(percent / 100.0);
        }
        // A key press is a step of its own, a drag one at its end.
        let held_here = held.is_some_and(|(of, _)| of == id);
        if held_here && !response.dragged() && !ui.input(|i| i.pointer.any_down()) && !response.changed() {
            then = Some(percent / 100.0);
            *held = None;
        }
    });
    (now, then)
}

/// Which features are drawn; what is typed is taken with Enter, and only when it is a comparison of a field that is there.
fn filter(ui: &mut Ui, state: &State, held: &mut Held, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let kept = layer.head.look.filter.as_deref().unwrap_or_default();
    if held.filter.as_ref().is_none_or(|(of, _)| *of != id) {
        held.filter = Some((id, kept.to_owned()));
    }
    let Some((_, typed)) = &mut held.filter else { return };
    let name = word(lang, "app.layer.filter");
    let field = TextEdit::singleline(typed).font(mono(size::CAPTION)).hint_text(word(lang, "app.layer.filter_hint"));
    let response = ui
        .add(field.desired_width(ui.available_width() - 8.0).margin(vec2(6.0, 4.0)).clip_text(true))
        .accessible_name(name)
        .on_hover_text(word(lang, "app.layer.filter_what"));
    let words = typed.trim().to_owned();
    let refused = match Filter::parse(&words) {
        _ if words.is_empty() => None,
        None => Some(Message::new("app.layer.filter_unread")),
        Some(filter) => filter.columns(&layer.fields).err().map(|field| Message::new("app.layer.filter_no_field").with("field", field)),
    };
    if let Some(refused) = &refused {
        paragraph(ui, refused.render(lang), size::CAPTION, t.ink2);
    } else if response.lost_focus() && words != kept {
        let filter = (!words.is_empty()).then(|| words.as_str().into());
        ask.push(Command::LayerLook(id, Box::new(Look { filter, ..layer.head.look.clone() })));
    } else if !response.has_focus() && words != kept {
        *typed = kept.to_owned();
    }
}

fn source_line(ui: &mut Ui, state: &State, layer: &Layer) {
    let t = Tokens::of(ui);
    let p = &layer.provenance;
    let from = if p.file.is_empty() { word(state.lang, "app.layer.drawn_here") } else { &*p.file };
    let mut words = vec![from.to_owned()];
    words.extend(p.date.map(|d| d.to_string()));
    text(ui, words.join("\u{3000}"), size::CAPTION, t.ink3);
}

/// The place where a dragged row would go; when it is dropped, it goes there.
fn drag(ui: &Ui, contents: &Contents, rows: &[(LayerId, Rect)], id: LayerId, dropped: bool, ask: &mut Vec<Command>) {
    let Some(pointer) = ui.input(|i| i.pointer.interact_pos().or(i.pointer.latest_pos())) else { return };
    // Rows that lie wholly above the pointer's middle line.
    let above = rows.iter().filter(|(_, r)| r.center().y < pointer.y).count();
    let Some(at) = rows.iter().position(|(other, _)| *other == id) else { return };
    let t = Tokens::of(ui);
    let y = if above == 0 { rows[0].1.top() } else { rows[above - 1].1.bottom() };
    ui.painter().hline(rows[0].1.left() + 16.0..=rows[0].1.right() - 16.0, y, Stroke::new(2.0, t.accent));
    if !dropped || above == at || above == at + 1 {
        return;
    }
    // The row it is to stand below or above in the panel, and that one's place on the map.
    let neighbour = if above > at { rows[above - 1].0 } else { rows[above].0 };
    if let Some(to) = contents.order.iter().position(|other| *other == neighbour) {
        ask.push(Command::MoveLayer(id, to));
    }
}

/// A count in three figures.
fn rounded_count(n: u64, lang: Lang) -> String {
    let unit = if lang == Lang::Zh { 1e4 } else { 1e3 };
    if n < 10_000 {
        return count(n);
    }
    let value = n as f64 / unit;
    format!("{value:.*} {}", usize::from(value < 100.0), word(lang, "app.unit.many"))
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

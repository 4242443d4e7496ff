//! The pictures under the map, below the layers of the panel: eye, name, trouble; a marked one shows what can be done with it.

use super::layers::{opacity_row, row_ground};
use crate::app::command::{BackdropEdit, Command};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, icon, sans, size};
use crate::app::widgets::{IconButton, elided, paragraph, placed, text};
use crate::job::crs_words;
use crate::model::Backdrop;
use crate::text::word;
use egui::accesskit::Role as Node;
use egui::{Align, Align2, Frame, Layout, Margin, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

/// What is dragged in the panel.
pub type Held = Option<(crate::model::LayerId, f32)>;

pub fn show(ui: &mut Ui, state: &State, held: &mut Held, ask: &mut Vec<Command>) {
    let Some(work) = &state.work else { return };
    let contents = work.document.snapshot().contents;
    if contents.backdrops.is_empty() {
        return;
    }
    let t = Tokens::of(ui);
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let at = pos2(head.left() + 16.0, head.center().y + 2.0);
    ui.painter().text(at, Align2::LEFT_CENTER, word(state.lang, "app.pictures.title"), sans(size::CAPTION), t.ink3);
    for backdrop in contents.backdrops.iter().rev() {
        row(ui, state, backdrop, ask);
        if state.backdrop_marked == Some(backdrop.id) {
            details(ui, state, held, backdrop, ask);
        }
    }
}

fn row(ui: &mut Ui, state: &State, backdrop: &Backdrop, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let id = backdrop.id;
    let marked = state.backdrop_marked == Some(id);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Node::ListItem, true, marked, &*backdrop.name));
    row_ground(ui, &response, marked);
    let spot = Rect::from_center_size(pos2(rect.left() + 24.0, rect.center().y), vec2(28.0, 28.0));
    placed(ui, spot, Layout::left_to_right(Align::Center), |ui| {
        let (glyph, key) = if backdrop.visible { (icons::EYE, "app.layer.hide") } else { (icons::EYE_SLASH, "app.layer.show") };
        let name = format!("{} {}", word(state.lang, key), backdrop.name);
        if IconButton::new(glyph, &name, word(state.lang, key)).side(28.0, 16.0).show(ui).clicked() {
            ask.push(Command::Backdrop(id, BackdropEdit::Show(!backdrop.visible)));
        }
    });
    ui.painter().text(pos2(rect.left() + 50.0, rect.center().y), Align2::CENTER_CENTER, icons::IMAGE, icon(16.0), t.ink2);
    let mut right = rect.right() - 12.0;
    if trouble_of(state, backdrop).is_some() {
        let tone = t.outcome(crate::rules::Outcome::Warn).text;
        ui.painter().text(pos2(right - 8.0, rect.center().y), Align2::CENTER_CENTER, icons::WARNING_FILL, icon(14.0), tone);
        right -= 20.0;
    }
    let ink = if backdrop.visible { t.ink } else { t.ink3 };
    let from = pos2(rect.left() + 66.0, rect.center().y);
    elided(ui.painter(), from, right - from.x, &backdrop.name, sans(size::BODY), ink);
    if response.clicked() {
        ask.push(Command::Backdrop(id, BackdropEdit::Mark));
    }
}

/// Why a picture is not shown, or not all of it.
fn trouble_of<'a>(state: &'a State, backdrop: &Backdrop) -> Option<&'a crate::text::Message> {
    let refused = state.backdrops.get(&backdrop.id).and_then(|open| open.as_ref().err());
    refused.or_else(|| state.backdrop_troubles.get(&backdrop.id))
}

fn details(ui: &mut Ui, state: &State, held: &mut Held, backdrop: &Backdrop, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let id = backdrop.id;
    Frame::new().fill(t.accent_bg).inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 8 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        let (now, then) = opacity_row(ui, lang, held, id, backdrop.opacity);
        ask.extend(now.map(|opacity| Command::Backdrop(id, BackdropEdit::TryOpacity(opacity))));
        ask.extend(then.map(|opacity| Command::Backdrop(id, BackdropEdit::Opacity(opacity))));
        if let Some(trouble) = trouble_of(state, backdrop) {
            paragraph(ui, trouble.render(lang), size::CAPTION, t.ink2);
        }
        let file = backdrop.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        text(ui, file, size::CAPTION, t.ink3);
        if let Some(Ok(open)) = state.backdrops.get(&id) {
            text(ui, crs_words(&open.settled.crs), size::CAPTION, t.ink3);
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 1.0;
            for (glyph, key, edit) in [
                (icons::CORNERS_OUT, "app.layer.fit", BackdropEdit::FlyTo),
                (icons::CARET_UP, "app.cmd.layer_up", BackdropEdit::Move(true)),
                (icons::CARET_DOWN, "app.cmd.layer_down", BackdropEdit::Move(false)),
                (icons::TRASH, "app.layer.remove", BackdropEdit::Remove),
            ] {
                let name = format!("{} {}", word(lang, key), backdrop.name);
                if IconButton::new(glyph, &name, word(lang, key)).side(28.0, 16.0).show(ui).clicked() {
                    ask.push(Command::Backdrop(id, edit));
                }
            }
        });
    });
}

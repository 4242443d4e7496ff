//! Two plan versions on one map: the line between them, and the names of both.

use super::view::View;
use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::{OtherPlan, State};
use crate::app::theme::{Tokens, icon, sans, size};
use crate::model::LayerId;
use crate::text::word;
use egui::{Align2, CornerRadius, CursorIcon, Id, Key, Painter, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// What lies right of the line; nothing while only one version is shown.
pub fn right_of_line(view: &View, state: &State) -> Option<(LayerId, Rect)> {
    match state.other_plan {
        Some(OtherPlan::Beside(other, share)) => Some((other, view.rect.with_min_x(line_x(view, share)))),
        _ => None,
    }
}

fn line_x(view: &View, share: f32) -> f32 {
    view.rect.left() + view.rect.width() * share
}

/// Names of what is shown, and the line that is dragged, or moved by the arrow keys.
pub fn show(ui: &mut Ui, view: &View, state: &State, ask: &mut Vec<Command>) {
    let (Some(other), Some(work)) = (state.other_plan, &state.work) else { return };
    let t = Tokens::of(ui);
    let contents = work.document.snapshot().contents;
    let name = |id: Option<LayerId>| id.and_then(|id| contents.layer(id)).map_or(String::new(), |l| l.head.name.to_string());
    let painter = ui.painter_at(view.rect);
    let shown = name(state.plan_shown());
    let top = view.rect.top() + 32.0;
    let OtherPlan::Beside(second, share) = other else {
        tag(&painter, t, pos2(view.rect.center().x, top), Align2::CENTER_CENTER, &shown);
        return;
    };
    let x = line_x(view, share);
    tag(&painter, t, pos2(x - 12.0, top), Align2::RIGHT_CENTER, &shown);
    tag(&painter, t, pos2(x + 12.0, top), Align2::LEFT_CENTER, &name(Some(second)));
    painter.vline(x, view.rect.y_range(), Stroke::new(4.0, t.card));
    painter.vline(x, view.rect.y_range(), Stroke::new(2.0, t.accent));
    let knob = Rect::from_center_size(pos2(x, view.rect.center().y), vec2(36.0, 36.0));
    let response = ui.interact(knob.expand2(vec2(0.0, view.rect.height())).intersect(view.rect), Id::unique("swipe-line"), Sense::drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(share), word(state.lang, "app.cmd.swipe")));
    painter.circle(knob.center(), 18.0, t.card, Stroke::new(if response.has_focus() { 2.0 } else { 1.0 }, t.accent));
    painter.text(knob.center(), Align2::CENTER_CENTER, icons::ARROWS_LEFT_RIGHT, icon(18.0), t.accent);
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        ask.push(Command::SwipeTo((pointer.x - view.rect.left()) / view.rect.width()));
    }
    if response.has_focus() {
        for (key, step) in [(Key::ArrowLeft, -0.02), (Key::ArrowRight, 0.02)] {
            if ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, key)) {
                ask.push(Command::SwipeTo(share + step));
            }
        }
    }
}

fn tag(painter: &Painter, t: &Tokens, at: egui::Pos2, align: Align2, words: &str) {
    let galley = painter.layout_no_wrap(words.to_owned(), sans(size::BODY), t.ink);
    let rect = align.anchor_size(at, galley.size() + vec2(24.0, 10.0));
    painter.add(t.shadow().as_shape(rect, CornerRadius::same(8)));
    painter.rect(rect, CornerRadius::same(8), t.card, t.hairline(), StrokeKind::Inside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, t.ink);
}

//! Small parts that all panels share: text in the sizes of the design, icon buttons, cards, key caps, marks of verdicts.

use super::icons;
use super::theme::{Tokens, icon, mono, sans, size};
use crate::rules::{Outcome, Position};
use egui::accesskit::Role;
use egui::{
    Align2, Color32, CornerRadius, Frame, Label, Margin, Pos2, Rect, Response, RichText, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    vec2,
};

/// A line of sans text.
pub fn text(ui: &mut Ui, words: impl Into<String>, points: f32, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(words).font(sans(points)).color(color)).truncate())
}

/// A paragraph of sans text.
pub fn paragraph(ui: &mut Ui, words: impl Into<String>, points: f32, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(words).font(sans(points)).color(color)).wrap())
}

/// A line of figures in the mono font.
pub fn figures(ui: &mut Ui, words: impl Into<String>, points: f32, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(words).font(mono(points)).color(color)).extend())
}

pub fn glyph(ui: &mut Ui, glyph: &str, points: f32, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(points), Sense::hover());
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, icon(points), color);
    response
}

/// Everything an [`icon_button`] is.
#[derive(Clone, Copy, Debug)]
pub struct IconButton<'a> {
    pub icon: &'a str,
    /// What a reader of the screen says.
    pub name: &'a str,
    pub tooltip: &'a str,
    pub side: f32,
    pub glyph: f32,
    pub active: bool,
    pub enabled: bool,
}

impl<'a> IconButton<'a> {
    pub fn new(icon: &'a str, name: &'a str, tooltip: &'a str) -> Self {
        Self { icon, name, tooltip, side: 32.0, glyph: 18.0, active: false, enabled: true }
    }

    pub fn side(mut self, side: f32, glyph: f32) -> Self {
        (self.side, self.glyph) = (side, glyph);
        self
    }

    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    pub fn show(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(self.side), sense);
        response.widget_info(|| WidgetInfo::selected(Role::Button, self.enabled, self.active, self.name));
        let fill = match () {
            () if self.active => t.accent_bg,
            () if self.enabled && response.hovered() => t.hover,
            () => Color32::TRANSPARENT,
        };
        ui.painter().rect_filled(rect, 6.0, fill);
        let ink = match () {
            () if !self.enabled => t.ink3.gamma_multiply(0.5),
            () if self.active => t.accent,
            () => t.ink2,
        };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, self.icon, icon(self.glyph), ink);
        focus_ring(ui, &response);
        response.on_hover_text(self.tooltip)
    }
}

fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let t = Tokens::of(ui);
        ui.painter().rect_stroke(response.rect.shrink(1.0), 6.0, Stroke::new(2.0, t.focus), StrokeKind::Inside);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// At most one a panel.
    Primary,
    Plain,
    /// Accent words without a border.
    Link,
}

/// A button with an icon, words and perhaps a key cap; `width` 0 fits its words.
#[derive(Clone, Debug)]
pub struct Button<'a> {
    pub icon: &'a str,
    pub words: &'a str,
    pub key: &'a str,
    pub weight: Weight,
    pub width: f32,
    pub height: f32,
    pub enabled: bool,
}

impl<'a> Button<'a> {
    pub fn new(icon: &'a str, words: &'a str, weight: Weight) -> Self {
        Self { icon, words, key: "", weight, width: 0.0, height: 32.0, enabled: true }
    }

    pub fn key(mut self, key: &'a str) -> Self {
        self.key = key;
        self
    }

    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    pub fn small(mut self) -> Self {
        self.height = 28.0;
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    pub fn show(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let points = if self.height < 32.0 { size::SMALL } else { size::BODY };
        let painter = ui.painter().clone();
        let words = painter.layout_no_wrap(self.words.to_owned(), sans(points), Color32::PLACEHOLDER);
        let key = painter.layout_no_wrap(self.key.to_owned(), mono(size::KEY), Color32::PLACEHOLDER);
        let icon_room = match (self.icon.is_empty(), self.words.is_empty()) {
            (true, _) => 0.0,
            (false, true) => 18.0,
            (false, false) => 24.0,
        };
        let key_room = if self.key.is_empty() { 0.0 } else { key.size().x + 12.0 };
        let content = icon_room + words.size().x + key_room;
        let pad = if self.weight == Weight::Link { 4.0 } else { 12.0 };
        let width = if self.width > 0.0 { self.width } else { content + 2.0 * pad };
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, self.height), sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, self.words));
        let hovered = response.hovered() && self.enabled;
        let (fill, border, ink) = match self.weight {
            Weight::Primary if !self.enabled => (t.line, t.line, t.ink3),
            Weight::Primary if hovered => (t.accent.gamma_multiply(0.9), t.accent, t.on_accent),
            Weight::Primary => (t.accent, t.accent, t.on_accent),
            Weight::Plain if hovered => (t.hover, t.line_strong, t.ink),
            Weight::Plain if !self.enabled => (t.card, t.line, t.ink3),
            Weight::Plain => (t.card, t.line_strong, t.ink),
            Weight::Link => (if hovered { t.accent_bg } else { Color32::TRANSPARENT }, Color32::TRANSPARENT, t.accent),
        };
        painter.rect(rect, 6.0, fill, Stroke::new(1.0, border), StrokeKind::Inside);
        let mut x = rect.center().x - content / 2.0;
        if !self.icon.is_empty() {
            painter.text(Pos2::new(x + 9.0, rect.center().y), Align2::CENTER_CENTER, self.icon, icon(18.0), ink);
            x += icon_room;
        }
        painter.galley(Pos2::new(x, rect.center().y - words.size().y / 2.0), words.clone(), ink);
        if !self.key.is_empty() {
            x += words.size().x + 12.0;
            painter.galley(Pos2::new(x, rect.center().y - key.size().y / 2.0), key, ink.gamma_multiply(0.8));
        }
        focus_ring(ui, &response);
        response
    }
}

/// A key cap such as `Ctrl K`.
pub fn key_cap(ui: &mut Ui, cap: &str) {
    let t = Tokens::of(ui);
    let galley = ui.painter().layout_no_wrap(cap.to_owned(), mono(size::KEY), t.ink3);
    let (rect, _) = ui.allocate_exact_size(vec2(galley.size().x + 10.0, 18.0), Sense::hover());
    ui.painter().rect(rect, 4.0, t.card, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, t.ink3);
}

/// A card on a panel.
pub fn card<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let t = Tokens::of(ui);
    Frame::new()
        .fill(t.card)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::ZERO)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui)
        })
        .inner
}

/// A box that floats over the map.
pub fn float_frame(t: &Tokens) -> Frame {
    Frame::new().fill(t.card).stroke(Stroke::new(1.0, t.line)).corner_radius(CornerRadius::same(8)).shadow(t.shadow())
}

/// Content in a box of its own: the flow of `ui` does not move on.
pub fn placed<R>(ui: &mut Ui, rect: Rect, layout: egui::Layout, content: impl FnOnce(&mut Ui) -> R) -> R {
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt((rect.min.x as i32, rect.min.y as i32)).max_rect(rect).layout(layout));
    content(&mut child)
}

/// A line of text cut with an ellipsis where it would leave its room.
pub fn elided(painter: &egui::Painter, left_center: Pos2, width: f32, words: &str, font: egui::FontId, color: Color32) {
    let mut job = egui::text::LayoutJob::simple_singleline(words.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(1.0));
    let galley = painter.layout_job(job);
    painter.galley(left_center - vec2(0.0, galley.size().y / 2.0), galley, color);
}

/// A hairline across the whole width.
pub fn rule(ui: &mut Ui) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, t.line));
}

/// A section's caption, 28 high.
pub fn section(ui: &mut Ui, words: &str) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    ui.painter().text(Pos2::new(rect.left(), rect.center().y), Align2::LEFT_CENTER, words, sans(size::CAPTION), t.ink3);
}

/// The icon that goes with a verdict.
pub fn position_icon(position: Position) -> &'static str {
    match position {
        Position::Inside => icons::CHECK_CIRCLE_FILL,
        Position::Partial => icons::CIRCLE_HALF_FILL,
        Position::Outside => icons::X_SQUARE_FILL,
        Position::NotChecked => icons::CIRCLE_DASHED,
    }
}

/// The icon that goes with a finding's outcome.
pub fn outcome_icon(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => icons::CHECK_CIRCLE_FILL,
        Outcome::Warn => icons::WARNING_FILL,
        Outcome::Unknown => icons::CIRCLE_DASHED,
        Outcome::Fail => icons::X_SQUARE_FILL,
    }
}

/// Paints a verdict's mark; the broken ring of "not checked" carries its question mark.
pub fn paint_mark(painter: &egui::Painter, at: Pos2, points: f32, glyph: &str, color: Color32) {
    painter.text(at, Align2::CENTER_CENTER, glyph, icon(points), color);
    if glyph == icons::CIRCLE_DASHED {
        painter.text(at, Align2::CENTER_CENTER, "?", mono((points * 0.55).max(9.0)), color);
    }
}

/// Upright or slanted stripes clipped to a box: how bars and swatches show "partial" and "outside".
pub fn paint_stripes(painter: &egui::Painter, rect: Rect, every: f32, width: f32, slanted: bool, color: Color32) {
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let lean = if slanted { rect.height() } else { 0.0 };
    let step = if slanted { every * std::f32::consts::SQRT_2 } else { every };
    let mut x = rect.left() - lean;
    while x < rect.right() + lean {
        painter.line_segment([Pos2::new(x, rect.bottom()), Pos2::new(x + lean, rect.top())], Stroke::new(width, color));
        x += step;
    }
}

/// The bar of a share: inside solid, outside hatched, each at least 6 points wide when it is not nothing.
pub fn share_bar(ui: &mut Ui, share: f64, height: f32) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let painter = ui.painter();
    let (inside, outside) = (t.verdict(Position::Inside).fill, t.verdict(Position::Outside));
    let whole = rect.width();
    let width = match share {
        s if s <= 0.0 => 0.0,
        s if s >= 1.0 => whole,
        s => (whole * s as f32).clamp(6.0, whole - 8.0),
    };
    if width > 0.0 {
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(width, height)), 2.0, inside);
    }
    if width < whole {
        let from = if width > 0.0 { rect.left() + width + 2.0 } else { rect.left() };
        let rest = Rect::from_min_max(Pos2::new(from, rect.top()), rect.max);
        painter.rect_filled(rest, 2.0, outside.tint);
        paint_stripes(painter, rest, 7.0, 2.2, true, outside.fill);
    }
}

//! The sheet desk: the page as it will print, from the same scene that writes the file; title, paper, scale; export.

use super::Pages;
use crate::app::command::{Command, SheetEdit, tooltip};
use crate::app::icons;
use crate::app::page::PageFacts;
use crate::app::state::{PageKey, State};
use crate::app::theme::{Tokens, sans, size};
use crate::app::widgets::{Button, Weight, paint_mark, paragraph, rule, section, text};
use crate::job::MapFormat;
use crate::rules::Outcome;
use crate::text::{Message, scale, word};
use egui::accesskit::Role;
use egui::{
    Align, Align2, ColorImage, CornerRadius, Frame, Layout, Margin, Rect, Sense, Stroke, StrokeKind, TextEdit, TextureHandle,
    TextureOptions, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

/// The texture of the page that was made last.
#[derive(Default)]
pub struct Preview {
    key: Option<PageKey>,
    texture: Option<TextureHandle>,
}

impl Preview {
    /// Asks for the page when what it shows has changed, and takes over a picture that has come.
    fn renew(&mut self, ui: &Ui, state: &State, width_px: u32, ask: &mut Vec<Command>) {
        let Some(work) = &state.work else { return };
        let key = PageKey { revision: work.document.snapshot().revision, sheet: state.sheet.clone(), lang: state.lang, width_px };
        if !state.page_under_way && state.page.as_ref().map(|p| &p.key) != Some(&key) {
            ask.push(Command::MakePage(Box::new(key)));
        }
        let Some(made) = state.page.as_ref().filter(|p| self.key.as_ref() != Some(&p.key)) else { return };
        self.key = Some(made.key.clone());
        self.texture = made.picture.as_ref().map(|pixels| {
            let size = [pixels.width as usize, pixels.height as usize];
            let image = ColorImage::from_rgba_unmultiplied(size, &pixels.rgba);
            ui.ctx().load_texture("page", image, TextureOptions::LINEAR)
        });
    }
}

fn facts_of(state: &State) -> Option<&PageFacts> {
    state.page.as_ref().and_then(|p| p.outcome.as_ref().ok())
}

pub fn show_templates(ui: &mut Ui, state: &State) {
    let t = Tokens::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    super::head(ui, word(state.lang, "app.sheet.templates"), "", |_| {});
    Frame::new().inner_margin(Margin { left: 16, top: 4, ..Margin::ZERO }).show(ui, |ui| section(ui, word(state.lang, "app.sheet.plans")));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 76.0), Sense::hover());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, true, word(state.lang, "app.sheet.zone_plan")));
    ui.painter().rect_filled(rect, 0.0, t.accent_bg);
    ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0.0, t.accent);
    let paper = Rect::from_center_size(
        pos2(rect.left() + 44.0, rect.center().y),
        if state.sheet.landscape { vec2(58.0, 42.0) } else { vec2(42.0, 58.0) },
    );
    ui.painter().rect(paper, 3.0, t.card, Stroke::new(1.0, t.accent), StrokeKind::Inside);
    ui.painter().rect(paper.shrink(6.0), 0.0, t.accent_bg, t.hairline(), StrokeKind::Inside);
    let x = rect.left() + 88.0;
    ui.painter().text(
        pos2(x, rect.center().y - 10.0),
        Align2::LEFT_CENTER,
        word(state.lang, "app.sheet.zone_plan"),
        sans(size::BODY),
        t.ink,
    );
    ui.painter().text(pos2(x, rect.center().y + 11.0), Align2::LEFT_CENTER, paper_words(state), sans(size::CAPTION), t.ink3);
}

fn paper_words(state: &State) -> String {
    let key = if state.sheet.landscape { "app.sheet.landscape" } else { "app.sheet.portrait" };
    format!("{} {}", state.sheet.paper, word(state.lang, key))
}

/// The page on the paper-coloured desk; always light.
pub fn show_page(ui: &mut Ui, state: &State, preview: &mut Preview, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let desk = ui.available_rect_before_wrap();
    ui.painter().rect_filled(desk, 0.0, t.paper);
    let facts = facts_of(state);
    let default = if state.sheet.landscape { (420.0, 297.0) } else { (297.0, 420.0) };
    let (w, h) = facts.map_or(default, |f| f.size_mm);
    let room = desk.shrink(20.0);
    let per_mm = (room.width() / w).min(room.height() / h).max(0.1);
    let rect = Rect::from_center_size(desk.center(), vec2(w * per_mm, h * per_mm)).round();
    preview.renew(ui, state, (rect.width() * ui.pixels_per_point()).round().max(64.0) as u32, ask);
    ui.painter().add(t.shadow().as_shape(rect, CornerRadius::ZERO));
    ui.painter().rect_filled(rect, 0.0, egui::Color32::WHITE);
    if let Some(texture) = &preview.texture {
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), rect, uv, egui::Color32::WHITE);
    }
    let response = ui.allocate_rect(rect, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, word(state.lang, "app.sheet.page")));
    if let Some(Err(words)) = state.page.as_ref().map(|p| &p.outcome) {
        ui.scope_builder(UiBuilder::new().max_rect(rect.shrink(32.0)), |ui| paragraph(ui, words.render(state.lang), size::BODY, t.ink));
    }
}

pub fn show_fields(ui: &mut Ui, state: &State, pages: &mut Pages, ask: &mut Vec<Command>) {
    let lang = state.lang;
    super::head(ui, word(lang, "app.sheet.page"), "", |_| {});
    Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let facts = facts_of(state).cloned();
        field(ui, state, "app.sheet.title", |ui| {
            let shown = pages.title.get_or_insert_with(|| facts.as_ref().map(|f| f.title.clone()).unwrap_or_default());
            if shown.is_empty()
                && let Some(facts) = &facts
            {
                shown.clone_from(&facts.title);
            }
            let edit = TextEdit::singleline(shown).font(sans(size::BODY)).desired_width(ui.available_width()).margin(vec2(8.0, 6.0));
            if ui.add(edit).accessible_name(word(lang, "app.sheet.title")).changed() {
                ask.push(Command::Sheet(SheetEdit::Title(shown.clone())));
            }
        });
        field(ui, state, "app.sheet.paper", |ui| {
            let sizes = ["A4", "A3", "A2", "A1"];
            let chosen = sizes.iter().position(|p| *p == state.sheet.paper).unwrap_or(0);
            if let Some(i) = segments(ui, &sizes, chosen) {
                ask.push(Command::Sheet(SheetEdit::Paper(sizes[i])));
            }
        });
        field(ui, state, "app.sheet.direction", |ui| {
            let words = [word(lang, "app.sheet.portrait"), word(lang, "app.sheet.landscape")];
            if let Some(i) = segments(ui, &words, usize::from(state.sheet.landscape)) {
                ask.push(Command::Sheet(SheetEdit::Landscape(i == 1)));
            }
        });
        field(ui, state, "app.scale", |ui| scales(ui, state, facts.as_ref(), ask));
        if let Some(facts) = &facts {
            checks(ui, state, facts);
        }
    });
    let foot = Rect::from_min_max(pos2(ui.max_rect().left(), ui.max_rect().bottom() - 56.0), ui.max_rect().max);
    ui.painter().hline(foot.x_range(), foot.top(), Tokens::of(ui).hairline());
    ui.scope_builder(UiBuilder::new().max_rect(foot.shrink2(vec2(12.0, 12.0))).layout(Layout::left_to_right(Align::Center)), |ui| {
        for (format, letters, key) in [(MapFormat::Png, "PNG", "app.cmd.export_png"), (MapFormat::Svg, "SVG", "app.cmd.export_svg")] {
            if Button::new("", letters, Weight::Plain).show(ui).on_hover_text(word(lang, key)).clicked() {
                ask.push(Command::Export(format));
            }
        }
        let width = ui.available_width();
        let pdf = Button::new(icons::FILE_PDF, word(lang, "app.cmd.export_pdf"), Weight::Primary).width(width);
        if pdf.show(ui).on_hover_text(tooltip(lang, "app.cmd.export_pdf")).clicked() {
            ask.push(Command::Export(MapFormat::Pdf));
        }
    });
}

fn field(ui: &mut Ui, state: &State, key: &'static str, content: impl FnOnce(&mut Ui)) {
    let t = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.set_height(32.0);
        let (rect, _) = ui.allocate_exact_size(vec2(60.0, 32.0), Sense::hover());
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, word(state.lang, key), sans(size::SMALL), t.ink2);
        content(ui);
    });
}

/// One row of choices in one box; gives the one that was clicked.
fn segments(ui: &mut Ui, words: &[&str], chosen: usize) -> Option<usize> {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
    ui.painter().rect(rect, 6.0, t.card, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    let width = rect.width() / words.len() as f32;
    let mut clicked = None;
    for (i, name) in words.iter().enumerate() {
        let cell = Rect::from_min_size(pos2(rect.left() + width * i as f32, rect.top()), vec2(width, rect.height()));
        let response = ui.interact(cell, ui.scope_id().with((*name, i)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, i == chosen, name));
        if i == chosen || response.hovered() {
            ui.painter().rect_filled(cell.shrink(1.0), 5.0, if i == chosen { t.accent_bg } else { t.hover });
        }
        if i > 0 {
            ui.painter().vline(cell.left(), cell.shrink2(vec2(0.0, 1.0)).y_range(), t.hairline());
        }
        let ink = if i == chosen { t.accent } else { t.ink };
        ui.painter().text(cell.center(), Align2::CENTER_CENTER, name, sans(size::SMALL), ink);
        if response.clicked() {
            clicked = Some(i);
        }
    }
    clicked
}

fn scales(ui: &mut Ui, state: &State, facts: Option<&PageFacts>, ask: &mut Vec<Command>) {
    let automatic = word(state.lang, "app.sheet.automatic");
    let shown = match (state.sheet.scale, facts) {
        (Some(s), _) => scale(s),
        (None, Some(f)) => format!("{} ({automatic})", scale(f.scale_denominator)),
        (None, None) => automatic.to_owned(),
    };
    egui::ComboBox::from_id_salt("sheet-scale").selected_text(shown).width(ui.available_width()).show_ui(ui, |ui| {
        if ui.selectable_label(state.sheet.scale.is_none(), automatic).clicked() {
            ask.push(Command::Sheet(SheetEdit::Scale(None)));
        }
        for denominator in [100_000.0, 200_000.0, 250_000.0, 300_000.0, 400_000.0, 500_000.0, 600_000.0, 750_000.0, 1_000_000.0] {
            if ui.selectable_label(state.sheet.scale == Some(denominator), scale(denominator)).clicked() {
                ask.push(Command::Sheet(SheetEdit::Scale(Some(denominator))));
            }
        }
    });
}

/// What is worth knowing before the page goes out.
fn checks(ui: &mut Ui, state: &State, facts: &PageFacts) {
    let lang = state.lang;
    ui.add_space(8.0);
    rule(ui);
    section(ui, word(lang, "app.sheet.checks"));
    let mut rows: Vec<(Outcome, String)> = Vec::new();
    let whole = if facts.all_in { (Outcome::Pass, "app.sheet.all_in") } else { (Outcome::Warn, "app.sheet.not_all_in") };
    rows.push((whole.0, word(lang, whole.1).to_owned()));
    rows.push(if facts.missing.is_empty() {
        (Outcome::Pass, word(lang, "app.sheet.text_ok").to_owned())
    } else {
        let missing: String = facts.missing.iter().take(12).collect();
        (Outcome::Warn, Message::new("app.sheet.missing").with("characters", missing).render(lang))
    });
    if facts.labels_left_out > 0 {
        rows.push((Outcome::Warn, Message::new("app.sheet.left_out").with("count", facts.labels_left_out).render(lang)));
    }
    for (outcome, words) in rows {
        ui.horizontal(|ui| {
            let t = Tokens::of(ui);
            let (mark, _) = ui.allocate_exact_size(vec2(20.0, 24.0), Sense::hover());
            paint_mark(ui.painter(), mark.center(), 18.0, crate::app::widgets::outcome_icon(outcome), t.outcome(outcome).text);
            text(ui, words, size::BODY, t.ink);
        });
    }
}

//! The status bar: where the pointer is, the scale, the reference system, what runs.

use super::Pages;
use crate::app::command::Command;
use crate::app::icons;
use crate::app::jobs::JobLine;
use crate::app::state::State;
use crate::app::theme::{Tokens, mono, size};
use crate::app::widgets::{IconButton, figures, glyph, text};
use crate::crs::to_lon_lat;
use crate::text::{Lang, coordinate, dms, scale, word};
use egui::{Align, Layout, Sense, TextEdit, Ui, UiBuilder, vec2};

pub fn show(ui: &mut Ui, state: &State, jobs: &[JobLine<'_>], pages: &mut Pages, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let rect = ui.max_rect();
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, t.hairline());
    let inner = rect.shrink2(vec2(12.0, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        let Some(work) = &state.work else {
            text(ui, word(state.lang, "app.ready"), size::CAPTION, t.ink2);
            return;
        };
        let contents = work.document.snapshot().contents;
        position(ui, state, &contents.crs);
        divider(ui);
        scale_field(ui, state, pages, ask);
        divider(ui);
        let name = if state.lang == Lang::Zh { contents.crs.name_zh() } else { contents.crs.name() };
        let name = match &contents.crs {
            crate::crs::Crs::Epsg(code) => format!("{name} (EPSG:{code})"),
            crate::crs::Crs::Wkt(_) => name,
        };
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            glyph(ui, icons::GLOBE_HEMISPHERE_EAST, 14.0, t.ink3);
            text(ui, name, size::CAPTION, t.ink2);
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for job in jobs.iter().rev() {
                job_line(ui, state, job, ask);
            }
        });
    });
}

fn divider(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(1.0, 16.0), Sense::hover());
    ui.painter().vline(rect.center().x, rect.y_range(), Tokens::of(ui).hairline());
}

/// East and north, longitude and latitude; without a pointer on the map, its middle. The width never changes.
fn position(ui: &mut Ui, state: &State, crs: &crate::crs::Crs) {
    let t = Tokens::of(ui);
    let pointer = ui.ctx().pointer_hover_pos().filter(|p| state.view.rect.contains(*p));
    let at = pointer.map_or(state.view.center, |p| state.view.plan_from_screen(p));
    let ink = if pointer.is_some() { t.ink } else { t.ink3 };
    fixed(ui, 116.0, format!("E {}", coordinate(at[0])), ink);
    fixed(ui, 108.0, format!("N {}", coordinate(at[1])), ink);
    if ui.max_rect().width() > 1100.0 {
        divider(ui);
        let (lon, lat) = match to_lon_lat(crs, at) {
            Ok([lon, lat]) => (half(lon, "E", "W"), half(lat, "N", "S")),
            Err(_) => ("—".to_owned(), "—".to_owned()),
        };
        fixed(ui, 112.0, lon, ink);
        fixed(ui, 104.0, lat, ink);
    }
}

fn half(degrees: f64, positive: &str, negative: &str) -> String {
    format!("{}{}", dms(degrees), if degrees < 0.0 { negative } else { positive })
}

fn fixed(ui: &mut Ui, width: f32, words: String, ink: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, words, mono(size::CAPTION), ink);
}

/// The scale; a click makes it a field to type in.
fn scale_field(ui: &mut Ui, state: &State, pages: &mut Pages, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let name = word(state.lang, "app.scale");
    let label = text(ui, name, size::CAPTION, t.ink3);
    match &mut pages.scale {
        None => {
            let denominator = rounded(state.view.scale_denominator());
            let words = egui::RichText::new(scale(denominator)).font(mono(size::CAPTION)).color(t.ink).underline();
            let shown = ui.add(egui::Label::new(words).sense(Sense::click()).extend());
            if shown.clicked() {
                pages.scale = Some(format!("{denominator:.0}"));
            }
        }
        Some(typed) => {
            let field = ui.add(TextEdit::singleline(typed).font(mono(size::CAPTION)).desired_width(72.0).margin(vec2(4.0, 0.0)));
            let field = field.labelled_by(label.id);
            if !field.has_focus() && !field.lost_focus() {
                field.request_focus();
            }
            if field.lost_focus() {
                let digits: String = typed.rsplit(':').next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
                if let (Ok(n), true) = (digits.parse::<f64>(), ui.input(|i| i.key_pressed(egui::Key::Enter))) {
                    ask.push(Command::Scale(n));
                }
                pages.scale = None;
            }
        }
    }
}

/// Three figures are enough for a scale on a screen.
fn rounded(denominator: f64) -> f64 {
    let step = 10f64.powf(denominator.log10().floor() - 2.0);
    (denominator / step).round() * step
}

fn job_line(ui: &mut Ui, state: &State, job: &JobLine<'_>, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    ui.spacing_mut().item_spacing.x = 6.0;
    let name = word(state.lang, "app.cancel");
    if IconButton::new(icons::X, name, name).side(22.0, 12.0).show(ui).clicked() {
        ask.push(Command::Cancel(job.id));
    }
    let (done, total) = job.counts;
    if total > 0 {
        figures(ui, format!("{done}/{total}"), size::CAPTION, t.ink2);
        let (rect, _) = ui.allocate_exact_size(vec2(80.0, 6.0), Sense::hover());
        ui.painter().rect_filled(rect, 3.0, t.line);
        let part = rect.with_max_x(rect.left() + rect.width() * (done as f32 / total as f32).clamp(0.0, 1.0));
        ui.painter().rect_filled(part, 3.0, t.accent);
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
    }
    text(ui, job.words.render(state.lang), size::CAPTION, t.ink2);
}

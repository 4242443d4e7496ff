//! What stands around the map; panels read the state and ask, they change nothing.

mod backdrops;
mod card;
mod cluster_table;
mod dialogs;
mod doctor;
mod draw;
mod empty;
mod findings;
mod goto;
mod identify;
mod inspector;
mod layer_card;
mod layers;
mod notices;
mod palette;
mod pickers;
mod queue;
mod rule_editor;
mod sheet;
mod status;
mod table;
mod top;
mod track;

use super::canvas::Canvas;
use super::command::{Command, Desk};
use super::jobs::JobLine;
use super::state::State;
use super::theme::Tokens;
use egui::{CentralPanel, Frame, Margin, Panel, Stroke, Ui};

/// What panels keep between frames that is nobody else's business: half-typed words, the picture of the page.
#[derive(Default)]
pub struct Pages {
    palette: palette::Typed,
    path: String,
    layers: layers::Held,
    goto: goto::Typed,
    title: Option<String>,
    scale: Option<String>,
    sheet: sheet::Preview,
    queue: queue::Rows,
    shown_site: Option<crate::scene::Address>,
}

/// The whole window.
pub fn show(ui: &mut Ui, state: &State, jobs: &[JobLine<'_>], canvas: &mut Canvas, pages: &mut Pages, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    if !state.presentation {
        Panel::top("top").exact_size(48.0).frame(bar(t)).show_separator_line(false).show(ui, |ui| top::show(ui, state, ask));
        Panel::bottom("status").exact_size(28.0).frame(bar(t)).show_separator_line(false).show(ui, |ui| {
            status::show(ui, state, jobs, pages, ask);
        });
    }
    if let Some(table) = state.table.as_ref().filter(|_| state.desk != Desk::Sheet && !state.presentation) {
        Panel::bottom("table")
            .default_size(240.0)
            .size_range(120.0..=520.0)
            .frame(side(t))
            .show(ui, |ui| table::show(ui, state, table, ask));
    }
    if state.work.is_none() {
        CentralPanel::no_frame().show(ui, |ui| empty::show(ui, state, ask));
    } else {
        around_the_map(ui, state, canvas, pages, ask);
    }
    notices::show(ui, state, ask);
    dialogs::show(ui, state, pages, ask);
    palette::show(ui, state, &mut pages.palette, ask);
}

fn around_the_map(ui: &mut Ui, state: &State, canvas: &mut Canvas, pages: &mut Pages, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let wide = ui.available_width() >= 1360.0;
    let (left, right) = match state.desk {
        Desk::Draw => (264.0, 352.0),
        Desk::Precheck => (304.0, 392.0),
        Desk::Track => (304.0, 424.0),
        Desk::Sheet => (264.0, 320.0),
    };
    // Under 1360 points the left panel is at its narrowest and the right one near it; the map keeps 480.
    let (left, right) = if wide { (left, right) } else { (240.0, f32::min(right, 336.0)) };
    if !state.presentation {
        // One id a desk and a width class: what is dragged wide on one desk stays there.
        let id = |side: &str| format!("{side}-{:?}-{wide}", state.desk);
        Panel::left(egui::Id::unique(id("left"))).default_size(left).size_range(240.0..=420.0).frame(side(t)).show(ui, |ui| {
            match state.desk {
                Desk::Draw => layers::show(ui, state, pages, ask),
                Desk::Precheck | Desk::Track if state.layers_open => layers::show(ui, state, pages, ask),
                Desk::Precheck => queue::show(ui, state, pages, ask),
                Desk::Track => track::show_left(ui, state, ask),
                Desk::Sheet => sheet::show_templates(ui, state),
            }
        });
        let doctor = state.doctor.as_ref().filter(|_| state.desk != Desk::Sheet);
        if let Some(doctor) = doctor {
            let width = if wide { 440.0 } else { 384.0 };
            let id = egui::Id::unique(format!("doctor-{wide}"));
            Panel::right(id)
                .default_size(width)
                .size_range(336.0..=640.0)
                .frame(side(t))
                .show(ui, |ui| doctor::show(ui, state, doctor, ask));
        } else {
            show_right(ui, state, pages, egui::Id::unique(id("right")), right, ask);
        }
    }
    CentralPanel::no_frame().show(ui, |ui| match state.desk {
        Desk::Sheet => sheet::show_page(ui, state, &mut pages.sheet, ask),
        _ => canvas.show(ui, state, ask),
    });
    if state.desk != Desk::Sheet && !state.presentation {
        layer_card::show(ui, state, ask);
    }
    if state.desk != Desk::Sheet {
        identify::show(ui, state, ask);
        goto::show(ui, state, &mut pages.goto, ask);
    }
}

fn show_right(ui: &mut Ui, state: &State, pages: &mut Pages, id: egui::Id, width: f32, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    Panel::right(id).default_size(width).size_range(304.0..=560.0).frame(side(t)).show(ui, |ui| match state.desk {
        Desk::Draw => draw::show(ui, state),
        Desk::Precheck => inspector::show(ui, state, ask),
        Desk::Track => track::show_right(ui, state),
        Desk::Sheet => sheet::show_fields(ui, state, pages, ask),
    });
}

fn bar(t: &Tokens) -> Frame {
    Frame::new().fill(t.panel).inner_margin(Margin::ZERO)
}

fn side(t: &Tokens) -> Frame {
    Frame::new().fill(t.panel).inner_margin(Margin::ZERO).stroke(Stroke::NONE)
}

/// A panel's head: title, a small second part, and icons at the right.
fn head(ui: &mut Ui, title: &str, second: &str, icons: impl FnOnce(&mut Ui)) {
    use super::theme::size;
    use super::widgets::text;
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 40.0), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
    let inner = rect.shrink2(egui::vec2(16.0, 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(inner).layout(egui::Layout::left_to_right(egui::Align::Center)), |ui| {
        text(ui, title, size::TITLE, t.ink);
        if !second.is_empty() {
            text(ui, second, size::SMALL, t.ink3);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), icons);
    });
}

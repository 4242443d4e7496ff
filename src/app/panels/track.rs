//! The track desk: 224 → 700 km² from geometry, the plan versions, by city, and the table that closes.

use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::{PlanScale, State};
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{IconButton, paint_mark, paragraph, position_icon, section};
use crate::job::track::{ShownKm2, shown_km2};
use crate::rules::Position;
use crate::text::{Message, area_km2, word};
use crate::tracking::{TARGET, gap};
use egui::{Align2, Color32, Frame, Margin, Rect, ScrollArea, Sense, Stroke, Ui, pos2, vec2};
use std::sync::Arc;

fn measured(state: &State) -> Option<Arc<Vec<PlanScale>>> {
    state.work.as_ref()?.measured.as_ref().map(|(_, plans)| plans.clone())
}

/// The version in force, and the one it replaces.
fn versions(plans: &[PlanScale]) -> Option<(&PlanScale, Option<&PlanScale>)> {
    let planned = plans.iter().find(|p| p.in_force).or(plans.last())?;
    Some((planned, plans.iter().find(|p| p.layer != planned.layer)))
}

pub fn show_left(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    super::head(ui, word(lang, "app.track.title"), "", |ui| {
        let name = word(lang, "app.cmd.layers");
        if IconButton::new(icons::STACK, name, &crate::app::command::tooltip(lang, "app.cmd.layers")).show(ui).clicked() {
            ask.push(Command::ToggleLayers);
        }
    });
    let Some(plans) = measured(state) else {
        Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| paragraph(ui, word(lang, "app.track.wait"), size::BODY, t.ink2));
        return;
    };
    let Some((planned, before)) = versions(&plans) else {
        Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| paragraph(ui, word(lang, "app.track.none"), size::BODY, t.ink2));
        return;
    };
    Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
        let total = planned.scale.five_cities.planar_m2;
        headline(ui, &area_km2(total), &Message::new("app.track.goal").with("goal", area_km2(TARGET.goal_m2)).render(lang));
        let base = before.map_or(TARGET.base_m2, |b| b.scale.five_cities.planar_m2);
        bar(ui, base, total, TARGET.goal_m2, 12.0);
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            legend(ui, t.ink3, &format!("{} {}", word(lang, "app.track.now"), area_km2(base)));
            legend(ui, t.accent, &format!("{} +{}", word(lang, "app.track.planned"), area_km2((total - base).max(0.0))));
        });
        ui.add_space(10.0);
        verdict_line(ui, state, planned);
    });
    Frame::new().inner_margin(Margin { left: 16, right: 16, ..Margin::ZERO }).show(ui, |ui| section(ui, word(lang, "app.track.versions")));
    ui.spacing_mut().item_spacing.y = 0.0;
    for plan in plans.iter() {
        version_row(ui, state, plan, ask);
    }
}

fn headline(ui: &mut Ui, number: &str, goal: &str) {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 52.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, format!("{number} km²")));
    let shown = ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, number, sans(size::DISPLAY), t.ink);
    let base = rect.center().y + 9.0;
    ui.painter().text(pos2(shown.right() + 6.0, base), Align2::LEFT_CENTER, "km²", sans(size::BODY), t.ink3);
    // Beside the number where there is room, else under it.
    let room = rect.right() - shown.right() - 48.0;
    let goal_galley = ui.painter().layout_no_wrap(goal.to_owned(), sans(size::SMALL), t.ink2);
    if goal_galley.size().x <= room {
        ui.painter().galley(pos2(rect.right() - goal_galley.size().x, base - goal_galley.size().y / 2.0), goal_galley, t.ink2);
    } else {
        crate::app::widgets::text(ui, goal, size::SMALL, t.ink2);
    }
}

/// Past grey, planned in accent, the goal a tick.
fn bar(ui: &mut Ui, base: f64, total: f64, goal: f64, height: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    paint_bar(ui, rect, base, total, goal, goal.max(total) * 1.04);
}

fn paint_bar(ui: &Ui, rect: Rect, base: f64, total: f64, goal: f64, whole: f64) {
    let t = Tokens::of(ui);
    let x = |v: f64| rect.left() + (rect.width() * (v / whole.max(1.0)) as f32).clamp(0.0, rect.width());
    ui.painter().rect_filled(rect, 2.0, t.line);
    ui.painter().rect_filled(rect.with_max_x(x(total)), 2.0, t.accent);
    ui.painter().rect_filled(rect.with_max_x(x(base.min(total))), 2.0, t.ink3);
    if goal > 0.0 {
        ui.painter().vline(x(goal), rect.expand(3.0).y_range(), Stroke::new(2.0, t.ink));
    }
}

fn legend(ui: &mut Ui, color: Color32, words: &str) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
    ui.painter().rect_filled(rect, 2.0, color);
    crate::app::widgets::text(ui, words, size::CAPTION, t.ink2);
}

fn verdict_line(ui: &mut Ui, state: &State, planned: &PlanScale) {
    let t = Tokens::of(ui);
    let gap = gap(&planned.scale, TARGET);
    // A gap that rounds to nothing is none on screen.
    let short = gap.missing_m2 >= 5_000.0;
    let position = if short { Position::Partial } else { Position::Inside };
    let words = if short { Message::new("app.track.gap").with("gap", area_km2(gap.missing_m2)) } else { Message::new("app.track.reached") };
    let tones = t.verdict(position);
    Frame::new().fill(tones.tint).corner_radius(6).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(18.0, 20.0), Sense::hover());
            paint_mark(ui.painter(), mark.center(), 18.0, position_icon(position), tones.text);
            paragraph(ui, words.render(state.lang), size::BODY, tones.text);
        });
    });
}

fn version_row(ui: &mut Ui, state: &State, plan: &PlanScale, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
    if plan.in_force {
        ui.painter().rect_filled(rect, 0.0, t.accent_bg);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let title = if plan.scale.version.is_empty() { &*plan.scale.layer } else { &plan.scale.version };
    let count = Message::new("app.track.clusters").with("count", plan.scale.clusters).render(state.lang);
    let painter = ui.painter();
    painter.text(pos2(rect.left() + 16.0, rect.top() + 14.0), Align2::LEFT_CENTER, title, sans(size::BODY), t.ink);
    painter.text(pos2(rect.left() + 16.0, rect.top() + 32.0), Align2::LEFT_CENTER, count, sans(size::CAPTION), t.ink3);
    let area = format!("{} km²", area_km2(plan.scale.five_cities.planar_m2));
    painter.text(pos2(rect.right() - 16.0, rect.center().y), Align2::RIGHT_CENTER, area, mono(size::SMALL), t.ink);
    if response.clicked()
        && let Some(layer) = state.work.as_ref().and_then(|w| w.document.snapshot().contents.layer(plan.layer).cloned())
    {
        ask.push(Command::FlyTo(layer.bbox()));
    }
}

pub fn show_right(ui: &mut Ui, state: &State) {
    let lang = state.lang;
    super::head(ui, word(lang, "app.track.by_city"), "", |_| {});
    let Some(plans) = measured(state) else { return };
    let Some((planned, before)) = versions(&plans) else { return };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            bars(ui, planned, before);
            ui.add_space(12.0);
            section(ui, word(lang, "app.track.table"));
            table(ui, state, planned, before);
        });
    });
}

/// The figures of a version by district name, as the printed table has them.
struct Shown<'a> {
    plan: &'a PlanScale,
    km2: ShownKm2,
}

impl<'a> Shown<'a> {
    fn of(plan: &'a PlanScale) -> Self {
        Self { plan, km2: shown_km2(&plan.scale) }
    }

    fn district(&self, name: &str) -> String {
        let districts = self.plan.scale.districts.iter().zip(&self.km2.districts);
        districts.into_iter().find(|(d, _)| d.name == name).map_or("—".to_owned(), |(_, km2)| km2.clone())
    }
}

fn area_before(before: Option<&PlanScale>, name: &str) -> Option<f64> {
    before?.scale.districts.iter().find(|d| d.name == name).map(|d| d.area.planar_m2)
}

fn bars(ui: &mut Ui, planned: &PlanScale, before: Option<&PlanScale>) {
    let t = Tokens::of(ui);
    let cities: Vec<_> = planned.scale.districts.iter().filter(|d| d.in_five_cities).collect();
    let (now, was) = (Shown::of(planned), before.map(Shown::of));
    let whole = cities.iter().map(|d| d.area.planar_m2).fold(1.0, f64::max) * 1.02;
    for city in cities {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
        let y = rect.center().y;
        ui.painter().text(pos2(rect.left(), y), Align2::LEFT_CENTER, &city.name, sans(size::BODY), t.ink);
        let base = area_before(before, &city.name).unwrap_or(0.0);
        let was = was.as_ref().map_or("—".to_owned(), |shown| shown.district(&city.name));
        let numbers = format!("{was} / {}", now.district(&city.name));
        let shown = ui.painter().text(pos2(rect.right(), y), Align2::RIGHT_CENTER, numbers, mono(size::CAPTION), t.ink);
        let bar = Rect::from_min_max(pos2(rect.left() + 64.0, y - 6.0), pos2(shown.left().min(rect.right() - 120.0) - 12.0, y + 6.0));
        paint_bar(ui, bar, base, city.area.planar_m2, 0.0, whole);
    }
}

fn table(ui: &mut Ui, state: &State, planned: &PlanScale, before: Option<&PlanScale>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let row = |ui: &mut Ui, cells: [String; 4], ink: Color32, strong: bool| {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Row, true, cells.join(" ")));
        if strong {
            ui.painter().hline(rect.x_range(), rect.top(), Stroke::new(1.0, t.line_strong));
        }
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
        let (y, w) = (rect.center().y, rect.width());
        let font = if ink == t.ink3 { sans(size::CAPTION) } else { mono(size::SMALL) };
        ui.painter().text(pos2(rect.left(), y), Align2::LEFT_CENTER, &cells[0], sans(size::SMALL), ink);
        for (cell, share) in cells[1..].iter().zip([0.47, 0.71, 1.0]) {
            ui.painter().text(pos2(rect.left() + w * share, y), Align2::RIGHT_CENTER, cell, font.clone(), ink);
        }
    };
    let unit = |key| word(lang, key).to_owned();
    row(
        ui,
        [
            format!("{}\u{3000}km²", word(lang, "app.track.district")),
            unit("app.track.now"),
            unit("app.track.planned"),
            unit("app.track.ellipsoidal"),
        ],
        t.ink3,
        false,
    );
    let ellipsoidal = |m2: Option<f64>| m2.map_or("—".to_owned(), area_km2);
    let (now, was) = (Shown::of(planned), before.map(Shown::of));
    let cells = |pick: &dyn Fn(&Shown<'_>) -> String| [was.as_ref().map_or("—".to_owned(), pick), pick(&now)];
    for district in &planned.scale.districts {
        let [was, now] = cells(&|shown| shown.district(&district.name));
        row(ui, [district.name.clone(), was, now, ellipsoidal(district.area.ellipsoidal_m2)], t.ink, false);
    }
    let [was_five, five] = cells(&|shown| shown.km2.five_cities.clone());
    let [was_all, all] = cells(&|shown| shown.km2.total.clone());
    let scale = &planned.scale;
    row(ui, [unit("app.track.five"), was_five, five, ellipsoidal(scale.five_cities.ellipsoidal_m2)], t.ink, true);
    row(ui, [unit("app.track.all"), was_all, all, ellipsoidal(scale.total.ellipsoidal_m2)], t.ink, true);
}

//! The verdict card: the phrase, the share as a bar, areas in three units, the clusters, who coordinates and who handles.

use crate::app::canvas::paint_swatch;
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{card, figures, paint_mark, paint_stripes, paragraph, position_icon, rule, share_bar, text};
use crate::rules::{CaseLetter, Certainty, Position, Route, Verdict};
use crate::scene::{Class, Theme, style_of};
use crate::text::{Lang, area_ha, area_m2, area_mu, areas_left, percent, word};
use egui::{Align, Align2, Color32, CornerRadius, Frame, Layout, Margin, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

pub fn show(ui: &mut Ui, state: &State, verdict: &Verdict, live: bool) {
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        tinted_head(ui, state, verdict, live);
        Frame::new().inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 14 }).show(ui, |ui| {
            if verdict.position == Position::NotChecked {
                if let Some(reason) = &verdict.reason {
                    paragraph(ui, reason.render(state.lang), size::BODY, Tokens::of(ui).ink);
                }
            } else {
                numbers(ui, state, verdict);
            }
            who(ui, state, verdict);
        });
    });
}

fn tinted_head(ui: &mut Ui, state: &State, verdict: &Verdict, live: bool) {
    let t = Tokens::of(ui);
    let tones = t.verdict(verdict.position);
    let radius = CornerRadius { nw: 8, ne: 8, sw: 0, se: 0 };
    let shown = Frame::new().fill(tones.tint).corner_radius(radius).inner_margin(Margin { left: 24, right: 12, top: 12, bottom: 12 }).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                let (mark, _) = ui.allocate_exact_size(vec2(28.0, 32.0), Sense::hover());
                paint_mark(ui.painter(), mark.center(), 28.0, position_icon(verdict.position), tones.text);
                text(ui, word(state.lang, verdict.position.key()), size::VERDICT, tones.text);
            });
            ui.add_space(2.0);
            ui.horizontal_top(|ui| {
                let room = ui.available_width() - if live { 72.0 } else { 0.0 };
                ui.allocate_ui_with_layout(vec2(room, 20.0), Layout::top_down(Align::Min), |ui| {
                    paragraph(ui, suggestion(verdict, state.lang), size::BODY, t.ink);
                });
                if live {
                    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                        text(ui, word(state.lang, "app.card.live"), size::CAPTION, t.ink2);
                    });
                }
            });
            if verdict.certainty != Certainty::Certain {
                ui.add_space(6.0);
                uncertain(ui, state.lang, verdict.certainty);
            }
        },
    );
    hatch_strip(ui, shown.response.rect, verdict.position, tones.fill);
    let line = shown.response.rect;
    ui.painter().hline(line.x_range(), line.bottom() - 0.5, t.hairline());
}

/// `类型 D+G　suggestion`
fn suggestion(verdict: &Verdict, lang: Lang) -> String {
    // The reason of a verdict that could not be reached stands below, where the numbers would be.
    let words = if verdict.reason.is_some() { word(lang, "suggestion.h").to_owned() } else { verdict.suggestion.render(lang) };
    if verdict.case.letter == CaseLetter::N { words } else { format!("{} {}\u{3000}{words}", word(lang, "app.card.case"), verdict.case) }
}

/// The outlined tag that joins any verdict.
fn uncertain(ui: &mut Ui, lang: Lang, certainty: Certainty) {
    let t = Tokens::of(ui);
    let key = if certainty == Certainty::PlanGap { "certainty.plan_gap" } else { "certainty.within_error" };
    Frame::new().stroke(Stroke::new(1.0, t.ink2)).corner_radius(4).inner_margin(Margin::symmetric(6, 2)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            crate::app::widgets::glyph(ui, icons::PLUS_MINUS, 14.0, t.ink2);
            paragraph(ui, word(lang, key), size::CAPTION, t.ink2);
        });
    });
}

/// Eight points of the verdict's hatch at the left edge.
fn hatch_strip(ui: &Ui, head: Rect, position: Position, fill: Color32) {
    let strip = Rect::from_min_size(head.min, vec2(8.0, head.height()));
    let radius = CornerRadius { nw: 8, ..CornerRadius::ZERO };
    let painter = ui.painter();
    match position {
        Position::Inside => {
            painter.rect_filled(strip, radius, fill);
        }
        Position::Partial => {
            painter.rect_filled(Rect::from_min_size(strip.min, vec2(4.0, strip.height())), radius, fill);
            painter.rect_filled(Rect::from_min_size(strip.min + vec2(6.0, 0.0), vec2(2.0, strip.height())), 0.0, fill);
        }
        Position::Outside => paint_stripes(painter, strip.shrink2(vec2(0.0, 2.0)), 7.0, 2.2, true, fill),
        Position::NotChecked => {
            let mut y = strip.top() + 6.0;
            while y < strip.bottom() - 2.0 {
                painter.circle_filled(pos2(strip.center().x, y), 1.2, fill);
                y += 6.0;
            }
        }
    }
}

fn numbers(ui: &mut Ui, state: &State, verdict: &Verdict) {
    let t = Tokens::of(ui);
    ui.horizontal(|ui| {
        let share = percent(verdict.inside_share());
        figures(ui, share, size::VERDICT, t.ink);
        text(ui, word(state.lang, "app.card.in_plan"), size::CAPTION, t.ink3);
    });
    ui.add_space(4.0);
    share_bar(ui, verdict.inside_share(), 16.0);
    ui.add_space(8.0);
    table(ui, state, verdict);
}

/// Room for the words before the figures of the table.
const NAME_WIDTH: f32 = 80.0;

/// Size at which a row of three figures fits beside its name: districts of thousands of hectares are set smaller, never cut.
fn figure_size(ui: &Ui, row: &[String; 3], width: f32) -> f32 {
    let natural = |size: f32| -> f32 {
        row.iter().map(|f| ui.painter().layout_no_wrap(f.clone(), mono(size), Color32::BLACK).size().x).sum::<f32>() + 20.0
    };
    let room = width - NAME_WIDTH;
    (size::SMALL * (room / natural(size::SMALL)).min(1.0)).max(8.0)
}

/// Inside, outside and the whole, in m², hectares and 亩. The outside reads as in its
/// finding and on the map; the inside is what is left of the rounded values shown.
fn table(ui: &mut Ui, state: &State, verdict: &Verdict) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let width = ui.available_width();
    let cells = |m2: f64| [area_m2(m2), area_ha(m2), area_mu(m2)];
    let total = cells(verdict.area_m2);
    let font = mono(figure_size(ui, &total, width));
    // The whole is the widest row; the columns share what it leaves of the card.
    let wide = |figures: &str| ui.painter().layout_no_wrap(figures.to_owned(), font.clone(), t.ink).size().x;
    let widths = total.each_ref().map(|figures| wide(figures));
    let gap = ((width - NAME_WIDTH - widths.iter().sum::<f32>()) / 2.0).min(28.0);
    let columns = [0.0, width - widths[2] - widths[1] - 2.0 * gap, width - widths[2] - gap, width];
    let row = |ui: &mut Ui, cells: [&str; 4], ink: Color32, swatch: Option<bool>| {
        let (rect, response) = ui.allocate_exact_size(vec2(width, 27.0), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Row, true, cells.join(" ")));
        let y = rect.center().y;
        if let Some(inside) = swatch {
            let mark = Rect::from_min_size(pos2(rect.left(), y - 4.5), vec2(9.0, 9.0));
            if inside {
                ui.painter().rect_filled(mark, 2.0, t.verdict(Position::Inside).fill);
            } else {
                let tones = t.verdict(Position::Outside);
                ui.painter().rect_filled(mark, 2.0, tones.tint);
                paint_stripes(ui.painter(), mark, 4.0, 1.6, true, tones.fill);
            }
        }
        let name_at = pos2(rect.left() + 16.0, y);
        ui.painter().text(name_at, Align2::LEFT_CENTER, cells[0], sans(size::SMALL), ink);
        for (cell, right) in cells[1..].iter().zip(&columns[1..]) {
            ui.painter().text(pos2(rect.left() + right, y), Align2::RIGHT_CENTER, cell, font.clone(), ink);
        }
        rect
    };
    let units = ["m²", word(lang, "app.unit.ha"), word(lang, "app.unit.mu")];
    row(ui, ["", units[0], units[1], units[2]], t.ink3, None);
    let beyond = cells(verdict.outside_m2);
    let within = areas_left(verdict.area_m2, verdict.outside_m2);
    for (key, values, swatch) in
        [("app.card.inside", &within, Some(true)), ("app.card.outside", &beyond, Some(false)), ("app.card.area", &total, None)]
    {
        rule(ui);
        row(ui, [word(lang, key), &values[0], &values[1], &values[2]], t.ink, swatch);
    }
}

/// Clusters, who coordinates, who handles; several routes stand side by side, the user chooses.
fn who(ui: &mut Ui, state: &State, verdict: &Verdict) {
    let lang = state.lang;
    let dash = "—".to_owned();
    ui.add_space(10.0);
    if verdict.clusters.is_empty() {
        pair(ui, lang, "app.card.cluster", |ui| {
            text(ui, &dash, size::BODY, Tokens::of(ui).ink3);
        });
    }
    for (i, share) in verdict.clusters.iter().enumerate().take(4) {
        pair(ui, lang, if i == 0 { "app.card.cluster" } else { "app.nothing" }, |ui| {
            let t = Tokens::of(ui);
            let grade = word(lang, share.grade.key());
            let room = ui.available_width() - 90.0;
            ui.allocate_ui_with_layout(vec2(room.max(60.0), 22.0), Layout::left_to_right(Align::Center), |ui| {
                text(ui, &share.name, size::BODY, t.ink);
            });
            let (mark, _) = ui.allocate_exact_size(vec2(14.0, 12.0), Sense::hover());
            let theme = if t.dark { Theme::Dark } else { Theme::Light };
            paint_swatch(ui.painter(), mark, style_of(Class::Cluster(share.grade), 100_000.0, theme));
            text(ui, grade, size::CAPTION, t.ink2);
        });
    }
    let lines: Vec<(String, String)> = verdict.routes.iter().map(|r| route_words(r, lang)).collect();
    for (key, pick) in [("app.card.coordinates", 0), ("app.card.handles", 1)] {
        let mut words: Vec<&str> = lines.iter().map(|l| if pick == 0 { l.0.as_str() } else { l.1.as_str() }).collect();
        words.dedup();
        let joined = if words.is_empty() { dash.clone() } else { words.join(" / ") };
        pair(ui, lang, key, |ui| {
            paragraph(ui, joined, size::BODY, Tokens::of(ui).ink);
        });
    }
}

fn pair(ui: &mut Ui, lang: Lang, key: &'static str, value: impl FnOnce(&mut Ui)) {
    let t = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(27.0);
        let width = if lang == Lang::Zh { 56.0 } else { 84.0 };
        let (rect, _) = ui.allocate_exact_size(vec2(width, 22.0), Sense::hover());
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, word(lang, key), sans(size::CAPTION), t.ink3);
        value(ui);
    });
}

/// Who coordinates and who handles.
fn route_words(route: &Route, lang: Lang) -> (String, String) {
    let government = |district: &str| crate::text::Message::new("route.handles").with("district", district).render(lang);
    let none = word(lang, "route.coordinates.none").to_owned();
    match route {
        Route::JointConference { district, .. } => (word(lang, "route.coordinates.joint_conference").to_owned(), government(district)),
        Route::District { district, .. } => (none, government(district)),
        Route::Deliberate { district, .. } => {
            (none, crate::text::Message::new("route.deliberate").with("district", district.as_str()).render(lang))
        }
        Route::None => (none, word(lang, "route.none").to_owned()),
    }
}

/// A box that says that nothing is selected.
pub fn nothing_selected(ui: &mut Ui, words: &str) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 96.0), Sense::hover());
    ui.painter().rect(rect, 8.0, Color32::TRANSPARENT, Stroke::new(1.0, t.line), StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, words, sans(size::BODY), t.ink3);
}

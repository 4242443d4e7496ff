//! The data doctor: what a layer is, how that was found, what is wrong with it and where, and what can be mended.

use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::{Doctor, State};
use crate::app::theme::{Tokens, icon, mono, sans, size};
use crate::app::widgets::{Button, IconButton, Weight, card, elided, glyph, paragraph, rule, section, text};
use crate::io::listed;
use crate::job::{Case, Inspection, Problem, crs_words};
use crate::model::{FieldKind, Layer};
use crate::rules::Outcome;
use crate::text::{Arg, Lang, Message, area_ha, area_m2, area_mu, coordinate, count, dms, word};
use egui::accesskit::Role as Node;
use egui::{Align2, Frame, Margin, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Problems up to this rank lose or invent land.
const GRAVE: usize = 8;

/// More cases than this are counted, not listed.
const LISTED: usize = 200;

pub fn show(ui: &mut Ui, state: &State, doctor: &Doctor, ask: &mut Vec<Command>) {
    let Some(work) = &state.work else { return };
    let contents = work.document.snapshot().contents;
    let Some(layer) = contents.layer(doctor.layer) else { return };
    let lang = state.lang;
    ui.spacing_mut().item_spacing.y = 0.0;
    super::head(ui, word(lang, "app.doctor.title"), "", |ui| {
        let name = word(lang, "app.close");
        if IconButton::new(icons::X, name, name).show(ui).clicked() {
            ask.push(Command::Doctor(None));
        }
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 16 }).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
            match &doctor.found {
                Some(found) => {
                    what_it_is(ui, state, layer, found);
                    problems(ui, state, doctor, found, ask);
                    areas(ui, state, found);
                    how_found(ui, state, layer, found, &contents.crs);
                    fields(ui, state, found);
                    notes(ui, state, found);
                }
                None => {
                    ui.horizontal(|ui| {
                        ui.spinner();
                        text(ui, word(lang, "app.doctor.looking"), size::SMALL, Tokens::of(ui).ink2);
                    });
                }
            }
        });
    });
}

fn what_it_is(ui: &mut Ui, state: &State, layer: &Layer, found: &Inspection) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    paragraph(ui, &*layer.head.name, size::HEADING, t.ink);
    let kind = Message::new("app.doctor.count").with("count", found.count).with("kind", Message::new(found.kind.key()));
    let file = if found.file.is_empty() { word(lang, "app.layer.drawn_here") } else { &found.file };
    let mut words = vec![file.to_owned()];
    words.extend((!found.format.is_empty()).then(|| found.format.to_owned()));
    words.push(kind.render(lang));
    words.extend(layer.provenance.date.map(|d| d.to_string()));
    paragraph(ui, words.join("\u{3000}"), size::CAPTION, t.ink3);
    paragraph(ui, word(lang, "app.doctor.untouched"), size::CAPTION, t.ink3);
    ui.add_space(8.0);
}

fn problems(ui: &mut Ui, state: &State, doctor: &Doctor, found: &Inspection, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    section(ui, word(lang, "app.doctor.problems"));
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if found.problems.is_empty() {
            Frame::new().inner_margin(Margin::symmetric(12, 10)).show(ui, |ui| {
                ui.horizontal(|ui| {
                    glyph(ui, icons::CHECK_CIRCLE_FILL, 18.0, t.outcome(Outcome::Pass).text);
                    paragraph(ui, word(lang, "app.doctor.none"), size::BODY, t.ink);
                });
            });
        }
        for (i, problem) in found.problems.iter().enumerate() {
            if i > 0 {
                rule(ui);
            }
            let is_open = doctor.open == Some(problem.key);
            if head(ui, state, problem, is_open) {
                ask.push(Command::OpenProblem((!is_open).then_some(problem.key)));
            }
            if is_open {
                cases(ui, state, problem, ask);
            }
        }
    });
    let has = |key: &str| found.problems.iter().any(|p| p.key == key);
    // Only what mending gives another shape has areas before and after.
    let mendable = found.problems.iter().any(|p| p.key != "problem.stated_area" && p.cases.iter().any(|c| c.before_m2.is_some()));
    if mendable {
        fix(ui, state, "app.doctor.mend", "app.doctor.mend_what", Command::MendLayer(doctor.layer), ask);
    }
    if has("problem.duplicate") {
        fix(ui, state, "app.doctor.remove_duplicates", "app.doctor.remove_what", Command::RemoveDuplicates(doctor.layer), ask);
    }
    ui.add_space(8.0);
}

fn fix(ui: &mut Ui, state: &State, key: &'static str, what: &'static str, command: Command, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    ui.add_space(4.0);
    if Button::new(icons::WRENCH, word(state.lang, key), Weight::Plain).show(ui).clicked() {
        ask.push(command);
    }
    paragraph(ui, word(state.lang, what), size::CAPTION, t.ink3);
}

/// The line of one problem; whether it was clicked.
fn head(ui: &mut Ui, state: &State, problem: &Problem, is_open: bool) -> bool {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 48.0), Sense::click());
    let name = word(lang, problem.key);
    let number = if problem.records.is_empty() { problem.cases.len() } else { problem.records.len() };
    response.widget_info(|| WidgetInfo::selected(Node::Button, true, is_open, format!("{name} {number}")));
    if response.hovered() || is_open {
        ui.painter().rect_filled(rect.shrink(1.0), 6.0, if is_open { t.accent_bg } else { t.hover });
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(1.0), 6.0, Stroke::new(2.0, t.focus), StrokeKind::Inside);
    }
    let grave = problem.rank() < GRAVE;
    let (mark, ink) =
        if grave { (icons::X_SQUARE_FILL, t.outcome(Outcome::Fail).text) } else { (icons::WARNING_FILL, t.outcome(Outcome::Warn).text) };
    ui.painter().text(pos2(rect.left() + 20.0, rect.center().y), Align2::CENTER_CENTER, mark, icon(16.0), ink);
    let figure = ui.painter().layout_no_wrap(count(number as u64), mono(size::BODY), t.ink);
    let right = rect.right() - 32.0 - figure.size().x;
    ui.painter().galley(pos2(right, rect.center().y - figure.size().y / 2.0), figure, t.ink);
    let caret = if is_open { icons::CARET_UP } else { icons::CARET_DOWN };
    ui.painter().text(pos2(rect.right() - 16.0, rect.center().y), Align2::CENTER_CENTER, caret, icon(12.0), t.ink3);
    let width = right - rect.left() - 48.0;
    elided(ui.painter(), pos2(rect.left() + 38.0, rect.top() + 16.0), width, name, sans(size::BODY), t.ink);
    elided(ui.painter(), pos2(rect.left() + 38.0, rect.top() + 33.0), width, &summary(problem, lang), sans(size::CAPTION), t.ink3);
    response.clicked()
}

/// What stands under a problem's name: areas, columns, records.
fn summary(problem: &Problem, lang: Lang) -> String {
    let areas = |key: &'static str, [before, after]: [f64; 2]| {
        Message::new(key).with("before", Arg::AreaM2(before)).with("after", Arg::AreaM2(after)).render(lang)
    };
    let mut words = Vec::new();
    if problem.records.is_empty() {
        words.extend(problem.cases.iter().filter_map(|case| case.field.as_deref().map(str::to_owned)));
        return words.join("、");
    }
    if let Some(both) = problem.areas_m2() {
        words.push(areas(if problem.key == "problem.stated_area" { "app.doctor.stated" } else { "app.doctor.changes" }, both));
    } else if let Some(m2) = problem.area_m2() {
        words.push(Message::new("app.doctor.in_all").with("area", Arg::AreaM2(m2)).render(lang));
    }
    words.push(Message::new("app.doctor.records").with("records", listed(&problem.records)).render(lang));
    words.join("\u{3000}")
}

/// Every place of a problem; a click flies there.
fn cases(ui: &mut Ui, state: &State, problem: &Problem, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    for (i, case) in problem.cases.iter().take(LISTED).enumerate() {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
        let words = if case.records.is_empty() {
            case.field.as_deref().unwrap_or_default().to_owned()
        } else {
            Message::new("app.doctor.record").with("records", listed(&case.records)).render(lang)
        };
        let can_go = !case.bbox.is_empty();
        response.widget_info(|| WidgetInfo::labeled(Node::Button, can_go, format!("{} {words}", word(lang, "app.doctor.goto"))));
        if can_go && (response.hovered() || response.has_focus()) {
            ui.painter().rect_filled(rect.shrink2(vec2(4.0, 0.0)), 4.0, t.hover);
            ui.painter().text(pos2(rect.right() - 16.0, rect.center().y), Align2::CENTER_CENTER, icons::CROSSHAIR, icon(14.0), t.accent);
        }
        let figures = figures(case, problem, lang);
        let galley = ui.painter().layout_no_wrap(figures, mono(size::CAPTION), t.ink2);
        let right = rect.right() - 32.0 - galley.size().x;
        ui.painter().galley(pos2(right, rect.center().y - galley.size().y / 2.0), galley, t.ink2);
        elided(ui.painter(), pos2(rect.left() + 38.0, rect.center().y), right - rect.left() - 46.0, &words, sans(size::SMALL), t.ink);
        if can_go && response.clicked() {
            ask.push(Command::GotoCase(problem.cases[i].rows.clone(), case.bbox));
        }
    }
    if problem.cases.len() > LISTED {
        Frame::new().inner_margin(Margin { left: 38, right: 12, top: 4, bottom: 8 }).show(ui, |ui| {
            let words = Message::new("app.doctor.more").with("count", problem.cases.len() - LISTED).render(lang);
            paragraph(ui, words, size::CAPTION, t.ink3);
        });
    }
    ui.add_space(4.0);
}

fn figures(case: &Case, problem: &Problem, lang: Lang) -> String {
    match (case.before_m2, case.after_m2) {
        (Some(before), Some(after)) if problem.key == "problem.stated_area" => format!("{} ≠ {} m²", area_m2(before), area_m2(after)),
        (Some(before), Some(after)) => format!("{} → {} m²", area_m2(before), area_m2(after)),
        (None, Some(m2)) => format!("{} m²", area_m2(m2)),
        _ => case.field.as_deref().filter(|_| !case.records.is_empty()).map(str::to_owned).unwrap_or_else(|| {
            if case.bbox.is_empty() && !case.records.is_empty() { word(lang, "app.doctor.nowhere").to_owned() } else { String::new() }
        }),
    }
}

fn areas(ui: &mut Ui, state: &State, found: &Inspection) {
    let Some(areas) = &found.areas else { return };
    let t = Tokens::of(ui);
    let lang = state.lang;
    section(ui, word(lang, "app.doctor.areas"));
    let plane = Message::new("app.doctor.on_plane").with("crs", crs_words(&areas.plane)).render(lang);
    let ellipsoid = areas.ellipsoid_m2.map(|m2| (word(lang, "app.doctor.on_ellipsoid").to_owned(), m2));
    for (words, m2) in [(plane, areas.plane_m2)].into_iter().chain(ellipsoid) {
        paragraph(ui, words, size::CAPTION, t.ink3);
        let figures = Message::new("cli.info.area_is").with("m2", area_m2(m2)).with("ha", area_ha(m2)).with("mu", area_mu(m2)).render(lang);
        ui.add(egui::Label::new(RichText::new(figures).font(mono(size::SMALL)).color(t.ink)).wrap().selectable(true));
    }
    paragraph(ui, word(lang, "app.doctor.sum"), size::CAPTION, t.ink3);
    ui.add_space(8.0);
}

fn how_found(ui: &mut Ui, state: &State, layer: &Layer, found: &Inspection, workspace: &crate::crs::Crs) {
    let lang = state.lang;
    section(ui, word(lang, "app.doctor.how"));
    let how = |message: &Option<Message>| message.as_ref().map(|m| m.render(lang)).unwrap_or_default();
    if let Some(encoding) = &found.encoding {
        fact(ui, word(lang, "app.doctor.encoding"), encoding, &how(&found.encoding_how));
    }
    match &found.crs {
        Some(settled) => {
            let mut why = settled.how.render(lang);
            if settled.swapped {
                why = format!("{why}\u{3000}{}", word(lang, "app.crs.north_first"));
            }
            fact(ui, word(lang, "app.source.crs"), &crs_words(&settled.crs), &why);
        }
        None => {
            let own = layer.provenance.source_crs.as_ref().unwrap_or(workspace);
            fact(ui, word(lang, "app.source.crs"), &crs_words(own), word(lang, "app.doctor.as_workspace"));
        }
    }
    if !found.extent.is_empty() {
        let b = &found.extent;
        let plane = format!("E {} – {}\nN {} – {}", coordinate(b.min[0]), coordinate(b.max[0]), coordinate(b.min[1]), coordinate(b.max[1]));
        let degrees =
            found.lon_lat.as_ref().map(|d| format!("{}E – {}E\n{}N – {}N", dms(d.min[0]), dms(d.max[0]), dms(d.min[1]), dms(d.max[1])));
        fact(ui, word(lang, "app.doctor.extent"), &plane, &degrees.unwrap_or_default());
    }
    if layer.provenance.file_hash.is_some() {
        fact(ui, word(lang, "app.source.hash"), &found.hash_hex()[..16], "");
    }
    ui.add_space(8.0);
}

/// A name, a value, and under it how it is known.
fn fact(ui: &mut Ui, name: &str, value: &str, how: &str) {
    let t = Tokens::of(ui);
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(64.0, 18.0), Sense::hover());
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, name, sans(size::SMALL), t.ink3);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add(egui::Label::new(RichText::new(value).font(mono(size::CAPTION)).color(t.ink)).wrap().selectable(true));
            if !how.is_empty() {
                paragraph(ui, how, size::CAPTION, t.ink3);
            }
        });
    });
}

fn fields(ui: &mut Ui, state: &State, found: &Inspection) {
    if found.fields.is_empty() {
        return;
    }
    let t = Tokens::of(ui);
    let lang = state.lang;
    section(ui, &Message::new("app.doctor.fields").with("count", found.fields.len()).render(lang));
    for field in &found.fields {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
        let width = if field.width == 0 { String::new() } else { format!(" {}", field.width) };
        let kind = format!("{}{width}", word(lang, field_kind(field.kind)));
        ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, kind, sans(size::CAPTION), t.ink3);
        elided(ui.painter(), rect.left_center(), rect.width() - 96.0, &field.name, sans(size::SMALL), t.ink);
    }
    ui.add_space(8.0);
}

fn field_kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "app.field.text",
        FieldKind::Int => "app.field.int",
        FieldKind::Real => "app.field.real",
        FieldKind::Decimal => "app.field.decimal",
        FieldKind::Date => "app.field.date",
        FieldKind::Bool => "app.field.bool",
    }
}

fn notes(ui: &mut Ui, state: &State, found: &Inspection) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    section(ui, word(lang, "app.source.found"));
    if found.notes.is_empty() {
        paragraph(ui, word(lang, "app.source.nothing"), size::SMALL, t.ink2);
    }
    let worth = crate::app::files::worth_saying(&found.notes);
    // What a person should look at comes first.
    let (first, rest): (Vec<_>, Vec<_>) = found.notes.iter().partition(|n| worth.contains(n));
    let warn = t.outcome(Outcome::Warn).text;
    let first = first.into_iter().map(|n| (n, icons::WARNING_FILL, warn));
    for (note, mark, ink) in first.chain(rest.into_iter().map(|n| (n, icons::INFO, t.ink3))) {
        ui.horizontal_top(|ui| {
            glyph(ui, mark, 16.0, ink);
            paragraph(ui, note.render(lang), size::SMALL, t.ink);
        });
        ui.add_space(4.0);
    }
}

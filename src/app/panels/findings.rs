//! The three conclusions and the findings behind them: what it is, the number, the clause, the way to the place.

use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{Button, Weight, card, elided, outcome_icon, paint_mark, paragraph, rule, text};
use crate::geom::BBox;
use crate::rules::{Conclusion, Finding, Number, Outcome, Unit, Verdict};
use crate::text::{Lang, Message, area_m2, count, percent, word};
use egui::accesskit::Role;
use egui::{Color32, Frame, Margin, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

const CONCLUSIONS: [(Conclusion, &str); 3] = [
    (Conclusion::Position, "conclusion.position"),
    (Conclusion::Industry, "app.conclusion.industry"),
    (Conclusion::Constraints, "app.conclusion.constraints"),
];

/// Passed findings fold into one line when there are more than this.
const PASSED_SHOWN: usize = 4;

pub fn show(ui: &mut Ui, state: &State, verdict: &Verdict, ask: &mut Vec<Command>) {
    let id = ui.scope_id().with("conclusion");
    let mut only: Option<Conclusion> = ui.data(|d| d.get_temp(id)).unwrap_or(None);
    cells(ui, state.lang, verdict, &mut only);
    ui.data_mut(|d| d.insert_temp(id, only));
    ui.add_space(8.0);
    let all: Vec<(usize, &Finding)> = {
        let ordered = verdict.findings_by_weight();
        ordered.into_iter().filter(|f| only.is_none_or(|c| c == f.conclusion)).filter_map(|f| numbered(verdict, f)).collect()
    };
    let passed = all.iter().filter(|(_, f)| f.outcome == Outcome::Pass).count();
    let fold_id = ui.scope_id().with("passed");
    let unfolded: bool = ui.data(|d| d.get_temp(fold_id)).unwrap_or(false);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut first = true;
        for (index, finding) in &all {
            if finding.outcome == Outcome::Pass && passed > PASSED_SHOWN && !unfolded {
                continue;
            }
            if !first {
                rule(ui);
            }
            first = false;
            row(ui, state, *index, finding, ask);
        }
        if passed > PASSED_SHOWN && !unfolded {
            rule(ui);
            let words = Message::new("app.finding.passed").with("count", passed).render(state.lang);
            if line(ui, outcome_icon(Outcome::Pass), Tokens::of(ui).outcome(Outcome::Pass).text, &words, "", false).clicked() {
                ui.data_mut(|d| d.insert_temp(fold_id, true));
            }
        }
    });
}

fn numbered<'a>(verdict: &'a Verdict, finding: &'a Finding) -> Option<(usize, &'a Finding)> {
    verdict.findings.iter().position(|f| std::ptr::eq(f, finding)).map(|i| (i, finding))
}

/// The worst mark among findings; only unknowns give the broken ring.
fn worst(verdict: &Verdict, conclusion: Conclusion) -> Option<Outcome> {
    verdict.findings.iter().filter(|f| f.conclusion == conclusion).map(|f| f.outcome).max()
}

fn cells(ui: &mut Ui, lang: Lang, verdict: &Verdict, only: &mut Option<Conclusion>) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    ui.painter().rect(rect, 6.0, t.card, Stroke::new(1.0, t.line), StrokeKind::Inside);
    // The last name is the longest: widths follow the words.
    let widths: Vec<f32> = CONCLUSIONS
        .iter()
        .map(|(_, key)| ui.painter().layout_no_wrap(word(lang, key).to_owned(), sans(size::SMALL), t.ink).size().x + 24.0)
        .collect();
    let spare = (rect.width() - widths.iter().sum::<f32>()).max(0.0) / 3.0;
    let mut x = rect.left();
    for (i, (conclusion, key)) in CONCLUSIONS.into_iter().enumerate() {
        let cell = Rect::from_min_size(pos2(x, rect.top()), vec2(widths[i] + spare, rect.height()));
        x = cell.right();
        let response = ui.interact(cell, ui.scope_id().with(key), Sense::click());
        let chosen = *only == Some(conclusion);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, word(lang, key)));
        if chosen || response.hovered() {
            ui.painter().rect_filled(cell.shrink(2.0), 4.0, if chosen { t.accent_bg } else { t.hover });
        }
        let galley = ui.painter().layout_no_wrap(word(lang, key).to_owned(), sans(size::SMALL), t.ink);
        let left = cell.center().x - (galley.size().x + 22.0) / 2.0;
        if let Some(outcome) = worst(verdict, conclusion) {
            paint_mark(ui.painter(), pos2(left + 8.0, cell.center().y), 16.0, outcome_icon(outcome), t.outcome(outcome).text);
        }
        ui.painter().galley(pos2(left + 22.0, cell.center().y - galley.size().y / 2.0), galley, t.ink);
        if i > 0 {
            ui.painter().vline(cell.left(), cell.y_range(), t.hairline());
        }
        if response.clicked() {
            *only = if chosen { None } else { Some(conclusion) };
        }
    }
}

fn row(ui: &mut Ui, state: &State, index: usize, finding: &Finding, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let open = state.open_finding == Some(index);
    let title = finding.title.render(state.lang);
    let number = match main_number(finding) {
        Some(n) if finding.outcome != Outcome::Unknown => figure(n),
        _ if finding.detail.as_ref().is_some_and(|d| d.code == "finding.layer_absent.detail") => {
            word(state.lang, "app.finding.no_layer").to_owned()
        }
        _ => String::new(),
    };
    let tones = t.outcome(finding.outcome);
    let shape = ui.painter().add(egui::Shape::Noop);
    let top = ui.cursor().top();
    if line(ui, outcome_icon(finding.outcome), tones.text, &title, &number, open).clicked() {
        ask.push(Command::OpenFinding(if open { None } else { Some(index) }));
    }
    if open {
        opened(ui, state, finding, ask);
        let rect = Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=ui.min_rect().bottom());
        ui.painter().set(shape, egui::Shape::rect_filled(rect, 0.0, t.accent_bg));
    }
}

/// What lies outside goes before what lies inside; areas go before all else.
fn main_number(finding: &Finding) -> Option<&Number> {
    let outside = finding.numbers.iter().find(|n| n.key.starts_with("outside") && n.unit == Unit::SquareMetres);
    outside.or_else(|| finding.numbers.iter().find(|n| n.unit == Unit::SquareMetres)).or(finding.numbers.first())
}

fn figure(number: &Number) -> String {
    match number.unit {
        Unit::SquareMetres => format!("{} m²", area_m2(number.value)),
        Unit::Metres => format!("{:.2} m", number.value),
        Unit::Share => percent(number.value),
        Unit::Count => count(number.value.max(0.0) as u64),
        Unit::Ratio | Unit::WanPerHectare | Unit::WanPerMu | Unit::TcePerWan => crate::text::number(number.value),
    }
}

/// Mark, title, number: at least 36 high, higher when the title needs two lines.
fn line(ui: &mut Ui, glyph: &str, ink: Color32, title: &str, number: &str, open: bool) -> egui::Response {
    let t = Tokens::of(ui);
    let width = ui.available_width();
    let number = ui.painter().layout_no_wrap(number.to_owned(), mono(size::CAPTION), t.ink2);
    let room = width - 12.0 - 28.0 - number.size().x - 20.0;
    let title_galley = ui.painter().layout(title.to_owned(), sans(size::BODY), t.ink, room.max(60.0));
    let (rect, response) = ui.allocate_exact_size(vec2(width, (title_galley.size().y + 16.0).max(36.0)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, title));
    if response.hovered() && !open {
        ui.painter().rect_filled(rect.shrink2(vec2(1.0, 0.0)), 0.0, t.hover);
    }
    let y = rect.top() + 18.0;
    paint_mark(ui.painter(), pos2(rect.left() + 21.0, y), 18.0, glyph, ink);
    ui.painter().galley(pos2(rect.left() + 40.0, rect.top() + 8.0), title_galley, t.ink);
    let at = pos2(rect.right() - 12.0 - number.size().x, y - number.size().y / 2.0);
    ui.painter().galley(at, number, t.ink2);
    response
}

fn opened(ui: &mut Ui, state: &State, finding: &Finding, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let margin = Margin { left: 40, right: 12, top: 0, bottom: 12 };
    Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.set_width(ui.available_width());
        if let Some(detail) = &finding.detail {
            paragraph(ui, detail.render(state.lang), size::SMALL, t.ink2);
        }
        if let Some(clause) = &finding.clause {
            quote(ui, clause.quote, &format!("{} {}", word(state.lang, clause.document_key), clause.article));
        }
        let bbox = finding.evidence.iter().fold(BBox::EMPTY, |b, e| b.join(e.piece.bbox()));
        if !bbox.is_empty() {
            ui.horizontal(|ui| {
                if Button::new(icons::CROSSHAIR, word(state.lang, "app.finding.fly"), Weight::Plain).small().show(ui).clicked() {
                    ask.push(Command::FlyTo(bbox));
                }
            });
        }
    });
}

/// A clause, verbatim, with its source.
fn quote(ui: &mut Ui, words: &str, source: &str) {
    let t = Tokens::of(ui);
    let shown = Frame::new().fill(t.paper).corner_radius(4).inner_margin(Margin { left: 12, right: 8, top: 6, bottom: 6 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        paragraph(ui, words, size::SMALL, t.ink2);
        text(ui, source, size::CAPTION, t.ink3);
    });
    let rect = shown.response.rect;
    ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0.0, t.line_strong);
}

/// A small line with a mark, for places that show findings without opening them.
pub fn brief(ui: &mut Ui, state: &State, finding: &Finding) {
    let t = Tokens::of(ui);
    let number = main_number(finding).map(figure).unwrap_or_default();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    paint_mark(
        ui.painter(),
        pos2(rect.left() + 21.0, rect.center().y),
        18.0,
        outcome_icon(finding.outcome),
        t.outcome(finding.outcome).text,
    );
    let number = ui.painter().layout_no_wrap(number, mono(size::CAPTION), t.ink2);
    let room = rect.width() - 40.0 - 20.0 - number.size().x;
    elided(ui.painter(), pos2(rect.left() + 40.0, rect.center().y), room, &finding.title.render(state.lang), sans(size::BODY), t.ink);
    let at = pos2(rect.right() - 12.0 - number.size().x, rect.center().y - number.size().y / 2.0);
    ui.painter().galley(at, number, t.ink2);
}

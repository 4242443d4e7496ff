//! The queue of sites to be prechecked: filter by verdict, a row a site, arrow keys.

use super::Pages;
use crate::app::check::{POSITIONS, counts};
use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::{State, Work};
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{IconButton, elided, key_cap, paint_mark, paragraph, position_icon};
use crate::model::{Site, SiteFields};
use crate::rules::{Certainty, Position};
use crate::scene::Address;
use crate::text::{Lang, area_mu, count, percent, word};
use egui::accesskit::Role;
use egui::{Align, Align2, Frame, Layout, Margin, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const ROW: f32 = 52.0;

/// The queue under its filter, made again when verdicts, order or filter change: a frame does not walk all sites.
#[derive(Default)]
pub struct Rows {
    key: Option<(u64, Option<Position>)>,
    shown: Vec<Address>,
    counts: [usize; 4],
}

impl Rows {
    fn renew(&mut self, state: &State, work: &Work) {
        let key = (work.stamp, state.filter);
        if self.key != Some(key) {
            self.key = Some(key);
            self.shown = state.queue();
            self.counts = counts(&work.checked).map(|(_, n)| n);
        }
    }
}

pub fn show(ui: &mut Ui, state: &State, pages: &mut Pages, ask: &mut Vec<Command>) {
    let Some(work) = &state.work else { return };
    ui.spacing_mut().item_spacing.y = 0.0;
    let lang = state.lang;
    let mut rows = std::mem::take(&mut pages.queue);
    rows.renew(state, work);
    super::head(ui, word(lang, "app.queue.title"), &count(work.checked.order.len() as u64), |ui| {
        let name = word(lang, "app.cmd.check_all");
        if IconButton::new(icons::PLAY, name, &crate::app::command::tooltip(lang, "app.cmd.check_all")).show(ui).clicked() {
            ask.push(Command::CheckAll);
        }
        let name = word(lang, "app.cmd.layers");
        if IconButton::new(icons::STACK, name, &crate::app::command::tooltip(lang, "app.cmd.layers")).show(ui).clicked() {
            ask.push(Command::ToggleLayers);
        }
    });
    ui.add_space(12.0);
    chips(ui, state, &rows.counts, ask);
    ui.add_space(8.0);
    crate::app::widgets::rule(ui);
    let queue = &rows.shown;
    let bottom = 36.0;
    let height = ui.available_height() - bottom;
    let mut area = ScrollArea::vertical().auto_shrink(false).max_height(height).id_salt("queue");
    if let Some(offset) = offset_of_selected(ui, state, pages, queue, height) {
        area = area.vertical_scroll_offset(offset);
    }
    if work.checked.order.is_empty() {
        nothing_yet(ui, state, work);
    }
    let shown = area.show_rows(ui, ROW, queue.len(), |ui, range| {
        ui.set_width(ui.available_width());
        let contents = work.document.snapshot().contents;
        for address in &queue[range] {
            let site = match work.checked.sites.get(address) {
                Some(one) => one.verdict.site.clone(),
                None => match contents.layer(address.layer).and_then(|l| l.feature(address.feature).map(|f| (l, f))) {
                    Some((l, f)) => Site::read(f, &SiteFields::of(l), f.source_record().unwrap_or(0) as usize),
                    None => continue,
                },
            };
            row(ui, state, *address, &site, ask);
        }
    });
    ui.data_mut(|d| d.insert_temp(egui::Id::unique("queue-offset"), shown.state.clamped_offset().y));
    hints(ui, state);
    pages.queue = rows;
}

/// Why no site stands here: none was brought, or the first check is still under way.
fn nothing_yet(ui: &mut Ui, state: &State, work: &Work) {
    let waiting = work.document.snapshot().contents.layers_of(crate::model::Role::Sites).any(|(_, layer)| !layer.is_empty());
    let key = if waiting { "app.queue.checking" } else { "app.queue.none" };
    Frame::new().inner_margin(Margin::symmetric(16, 16)).show(ui, |ui| {
        paragraph(ui, word(state.lang, key), size::BODY, Tokens::of(ui).ink3);
    });
}

/// A site that was selected on the map or by key is brought into view once.
fn offset_of_selected(ui: &Ui, state: &State, pages: &mut Pages, queue: &[Address], height: f32) -> Option<f32> {
    if pages.shown_site == state.selected {
        return None;
    }
    pages.shown_site = state.selected;
    let index = queue.iter().position(|a| Some(*a) == state.selected)?;
    let (top, now) = (index as f32 * ROW, ui.data(|d| d.get_temp::<f32>(egui::Id::unique("queue-offset"))).unwrap_or(0.0));
    let in_view = top >= now && top + ROW <= now + height;
    (!in_view).then(|| (top - height / 2.0 + ROW / 2.0).max(0.0))
}

/// A count in the room of a chip: the whole number stands in its tooltip and in the panel's head.
fn short(n: usize, lang: Lang) -> String {
    match (n, lang) {
        (..10_000, _) => n.to_string(),
        (_, Lang::Zh) => format!("{:.1}万", n as f64 / 1e4),
        (_, Lang::En) => format!("{:.0}k", n as f64 / 1e3),
    }
}

/// All and the four verdicts, each with its count.
fn chips(ui: &mut Ui, state: &State, counts: &[usize; 4], ask: &mut Vec<Command>) {
    let Some(work) = &state.work else { return };
    let t = Tokens::of(ui);
    let outer = Rect::from_min_size(ui.cursor().min + vec2(12.0, 0.0), vec2(ui.available_width() - 24.0, 30.0));
    ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
    let counts = POSITIONS.iter().copied().zip(counts.iter().copied());
    let all = word(state.lang, "app.queue.all");
    let mut cells: Vec<(Option<Position>, String)> = vec![(None, format!("{all} {}", short(work.checked.order.len(), state.lang)))];
    cells.extend(counts.clone().map(|(p, n)| (Some(p), short(n, state.lang))));
    let mut widths: Vec<f32> = cells
        .iter()
        .map(|(p, words)| {
            let font = if p.is_some() { mono(size::CAPTION) } else { sans(size::SMALL) };
            ui.painter().layout_no_wrap(words.clone(), font, t.ink).size().x + if p.is_some() { 22.0 } else { 0.0 }
        })
        .collect();
    // In a narrow panel the first chip is its number alone.
    if widths.iter().sum::<f32>() > outer.width() - 20.0
        && let (Some(first), Some(width)) = (cells.first_mut(), widths.first_mut())
    {
        first.1 = short(work.checked.order.len(), state.lang);
        *width = ui.painter().layout_no_wrap(first.1.clone(), sans(size::SMALL), t.ink).size().x;
    }
    let pad = ((outer.width() - widths.iter().sum::<f32>()) / cells.len() as f32).max(0.0);
    ui.painter().rect(outer, 6.0, t.card, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    let mut x = outer.left();
    for (i, ((filter, words), width)) in cells.into_iter().zip(widths).enumerate() {
        let cell = Rect::from_min_size(pos2(x, outer.top()), vec2(width + pad, outer.height()));
        x = cell.right();
        let chosen = state.filter == filter;
        let response = ui.interact(cell, ui.scope_id().with(("chip", i)), Sense::click());
        let whole = |p| counts.clone().find(|(other, _)| *other == p).map_or(0, |(_, n)| n);
        let name = filter.map_or_else(|| all.to_owned(), |p| format!("{} {}", word(state.lang, p.key()), count(whole(p) as u64)));
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
        if chosen || response.hovered() {
            ui.painter().rect_filled(cell.shrink(1.0), 5.0, if chosen { t.accent_bg } else { t.hover });
        }
        if i > 0 {
            ui.painter().vline(cell.left(), cell.shrink2(vec2(0.0, 1.0)).y_range(), t.hairline());
        }
        let ink = if chosen { t.accent } else { t.ink };
        match filter {
            Some(position) => {
                let left = cell.center().x - width / 2.0;
                let tones = t.verdict(position);
                paint_mark(ui.painter(), pos2(left + 8.0, cell.center().y), 16.0, position_icon(position), tones.text);
                ui.painter().text(pos2(left + 22.0, cell.center().y), Align2::LEFT_CENTER, words, mono(size::CAPTION), ink);
            }
            None => {
                ui.painter().text(cell.center(), Align2::CENTER_CENTER, words, sans(size::SMALL), ink);
            }
        }
        if response.on_hover_text(name).clicked() {
            ask.push(Command::Filter(filter));
        }
    }
}

fn row(ui: &mut Ui, state: &State, address: Address, site: &Site, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let selected = state.selected == Some(address);
    let name = if site.name.is_empty() { word(state.lang, "app.unnamed") } else { &site.name };
    let verdict = state.verdict_of(address);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, selected, name));
    let painter = ui.painter();
    if selected {
        painter.rect_filled(rect, 0.0, t.accent_bg);
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(3.0, ROW)), 0.0, t.accent);
    } else if response.hovered() {
        painter.rect_filled(rect, 0.0, t.hover);
    }
    let known = state.work.as_ref().and_then(|work| work.checked.position(address));
    let position = known.unwrap_or(Position::NotChecked);
    let mark = pos2(rect.left() + 24.0, rect.center().y);
    match known {
        Some(_) => paint_mark(painter, mark, 20.0, position_icon(position), t.verdict(position).text),
        None => {
            painter.circle_filled(mark, 3.0, t.line_strong);
        }
    }
    let right = rect.right() - 16.0;
    let words = rect.with_min_x(rect.left() + 42.0).with_max_x(right - 66.0);
    elided(painter, pos2(words.left(), rect.top() + 17.0), words.width(), name, sans(size::BODY), t.ink);
    let second = second_line(state, site, verdict.map(|v| &**v));
    elided(painter, pos2(words.left(), rect.top() + 36.0), words.width() + 8.0, &second, sans(size::CAPTION), t.ink3);
    if let Some(verdict) = verdict {
        let share = if position == Position::NotChecked { "—".to_owned() } else { percent(verdict.inside_share()) };
        painter.text(pos2(right, rect.top() + 19.0), Align2::RIGHT_CENTER, share, mono(size::CAPTION), t.ink);
        if position != Position::NotChecked {
            bar(painter, t, Rect::from_min_size(pos2(right - 56.0, rect.top() + 32.0), vec2(56.0, 4.0)), verdict.inside_share());
        }
    }
    if response.clicked() {
        ask.push(Command::Select(Some(address)));
    }
    if response.double_clicked() {
        ask.push(Command::FlyToSelected);
    }
}

fn bar(painter: &egui::Painter, t: &Tokens, rect: Rect, share: f64) {
    painter.rect_filled(rect, 2.0, t.line);
    let width = match share {
        s if s <= 0.0 => 0.0,
        s if s >= 1.0 => rect.width(),
        s => (rect.width() * s as f32).clamp(2.0, rect.width() - 2.0),
    };
    if width > 0.0 {
        painter.rect_filled(rect.with_max_x(rect.left() + width), 2.0, t.verdict(Position::Inside).fill);
    }
}

/// `id 区(市) 亩`, and the mark of uncertainty.
fn second_line(state: &State, site: &Site, verdict: Option<&crate::rules::Verdict>) -> String {
    let mut parts = vec![site.id.clone()];
    if let Some(verdict) = verdict {
        parts.extend(verdict.clusters.first().map(|c| c.district.clone()).filter(|d| !d.is_empty()));
        if verdict.area_m2 > 0.0 {
            parts.push(format!("{} {}", area_mu(verdict.area_m2), word(state.lang, "app.unit.mu")));
        }
        if verdict.certainty != Certainty::Certain {
            parts.push("±".to_owned());
        }
    }
    parts.join(" ")
}

fn hints(ui: &mut Ui, state: &State) {
    let t = Tokens::of(ui);
    let rect = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), 36.0));
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, t.hairline());
    let inner = rect.shrink2(vec2(12.0, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for (caps, key) in [(&["↑", "↓"][..], "app.queue.move"), (&["F"][..], "app.cmd.fly_to")] {
            for cap in caps {
                key_cap(ui, cap);
            }
            let words = egui::RichText::new(word(state.lang, key)).font(sans(size::CAPTION)).color(t.ink3);
            ui.add(egui::Label::new(words).extend());
            ui.add_space(6.0);
        }
    });
}

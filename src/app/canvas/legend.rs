//! The legend of what is in view, over the map: made beside the window when the view rests, folded away by its head.

use super::swatch::paint_sample;
use super::view::View;
use crate::app::command::{Command, tooltip};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, icon, sans, size};
use crate::app::widgets::{elided, float_frame};
use crate::model::{Contents, Date, LayerId};
use crate::rules::Verdict;
use crate::scene::{Address, CheckedSite, LegendEntry, Theme, View as SceneView, legend_in_view};
use crate::task::{Outcome, Progress, Task, run_here, spawn};
use crate::text::{Lang, word};
use egui::{Align2, Area, Id, Margin, Order, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use std::sync::Arc;
use std::time::Duration;

/// The view rests so long before its legend is made.
const REST_S: f64 = 0.15;
const WIDTHS: (f32, f32) = (132.0, 220.0);
/// Under the buttons for zooming.
const TOP: f32 = 138.0;
/// More of the canvas's height it never covers.
const MOST_OF_HEIGHT: f32 = 0.6;
const HEAD: f32 = 36.0;
const ROW: f32 = 22.0;

/// What a legend was made for.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    work: usize,
    revision: u64,
    view: View,
    lang: Lang,
    dark: bool,
    plan: Option<LayerId>,
    with_sites: bool,
    selected: Option<(Address, u64)>,
}

/// The legend between frames.
pub struct Legend {
    entries: Vec<LegendEntry>,
    made_for: Option<Key>,
    making: Option<(Key, Task<Vec<LegendEntry>>)>,
    /// The key that was wanted last, and since when.
    wanted: Option<(Key, f64)>,
    inline: bool,
}

impl Legend {
    pub fn new(inline: bool) -> Self {
        Self { entries: Vec::new(), made_for: None, making: None, wanted: None, inline }
    }

    pub fn is_complete(&self) -> bool {
        self.making.is_none()
    }

    /// Makes another legend when what is in view is another.
    pub fn renew(&mut self, ui: &Ui, state: &State, view: &View) {
        if let Some((key, task)) = &self.making
            && let Some(outcome) = task.poll()
        {
            if let Outcome::Done(entries) = outcome {
                self.entries = entries;
            }
            // After a crash the same view is not tried again.
            self.made_for = Some(key.clone());
            self.making = None;
        }
        let Some(work) = state.work.as_ref().filter(|_| state.legend) else {
            (self.entries, self.made_for, self.making) = (Vec::new(), None, None);
            return;
        };
        let snapshot = work.document.snapshot();
        let verdict = state.selected.filter(|_| state.live.is_none()).and_then(|a| Some((a, state.verdict_of(a)?.clone())));
        let key = Key {
            work: Arc::as_ptr(&snapshot.contents) as usize,
            revision: snapshot.revision,
            view: *view,
            lang: state.lang,
            dark: state.dark,
            plan: state.plan_shown(),
            with_sites: state.desk != crate::app::command::Desk::Track,
            selected: verdict.as_ref().map(|(address, _)| (*address, work.stamp)),
        };
        if self.made_for.as_ref() == Some(&key) || self.making.as_ref().is_some_and(|(k, _)| *k == key) {
            return;
        }
        let now = ui.input(|i| i.time);
        if self.wanted.as_ref().is_none_or(|(k, _)| *k != key) {
            self.wanted = Some((key.clone(), now));
        }
        let rested = self.wanted.as_ref().map_or(0.0, |(_, since)| now - since);
        if rested < REST_S && !self.inline {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(REST_S - rested));
            return;
        }
        let (contents, of, today) = (snapshot.contents, key.clone(), state.today);
        let make = move |progress: &Progress| entries(&contents, &of, verdict, today, progress);
        if self.inline {
            if let Some(Outcome::Done(entries)) = run_here(make).poll() {
                self.entries = entries;
            }
            self.made_for = Some(key);
        } else {
            let ctx = ui.ctx().clone();
            self.making = Some((key, spawn("luodi-legend", move || ctx.request_repaint(), make)));
        }
    }

    /// Where it stands; `None` where there is nothing to explain, or no room. `below`: what it stays above.
    pub fn place(&self, ui: &Ui, view: &View, state: &State, below: Option<Rect>) -> Option<Rect> {
        let right = view.rect.right() - 16.0;
        let top = view.rect.top() + TOP;
        let lowest = below.map_or(view.rect.bottom() - 56.0, |r| r.top() - 8.0).min(top + MOST_OF_HEIGHT * view.rect.height());
        let filled = state.work.as_ref().is_some_and(|w| !w.document.snapshot().contents.layers.is_empty());
        if !filled || state.legend && self.entries.is_empty() || lowest - top < HEAD {
            return None;
        }
        if !state.legend {
            return Some(Rect::from_min_max(pos2(right - HEAD, top), pos2(right, top + HEAD)));
        }
        let measure = |words: &str| {
            let galley = ui.painter().layout_no_wrap(words.to_owned(), sans(size::CAPTION), egui::Color32::PLACEHOLDER);
            galley.size().x
        };
        let widest = self.entries.iter().map(|e| measure(e.words(state.lang)) + 54.0).fold(0.0, f32::max);
        let width = widest.clamp(WIDTHS.0, WIDTHS.1);
        let groups = self.entries.chunk_by(|a, b| a.group == b.group).count();
        let height = HEAD + (groups + self.entries.len()) as f32 * ROW + 8.0;
        Some(Rect::from_min_max(pos2(right - width, top), pos2(right, (top + height).min(lowest))))
    }

    /// Shows it; a click on its head folds it.
    pub fn show(&self, ui: &Ui, rect: Option<Rect>, state: &State, ask: &mut Vec<Command>) {
        let Some(rect) = rect else { return };
        Area::new(Id::unique("map-legend")).order(Order::Middle).fixed_pos(rect.min).show(ui.ctx(), |ui| {
            float_frame(Tokens::of(ui)).inner_margin(Margin::ZERO).show(ui, |ui| {
                ui.set_width(rect.width());
                ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
                head(ui, rect.width(), state, ask);
                if state.legend {
                    let room = rect.height() - HEAD;
                    ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
                        self.rows(ui, state.lang, rect.width());
                        ui.add_space(8.0);
                    });
                }
            });
        });
    }

    fn rows(&self, ui: &mut Ui, lang: Lang, width: f32) {
        let t = Tokens::of(ui);
        for group in self.entries.chunk_by(|a, b| a.group == b.group) {
            if let Some(first) = group.first() {
                let (rect, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
                let from = pos2(rect.left() + 12.0, rect.center().y);
                elided(ui.painter(), from, width - 24.0, word(lang, first.group.key()), sans(size::CAPTION), t.ink3);
            }
            for entry in group {
                let words = entry.words(lang);
                let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
                response.widget_info(|| {
                    WidgetInfo::labeled(egui::accesskit::Role::ListItem, true, format!("{} {words}", word(lang, "legend.title")))
                });
                let swatch = Rect::from_center_size(pos2(rect.left() + 23.0, rect.center().y), vec2(22.0, 14.0));
                paint_sample(ui.painter(), swatch, entry.class, entry.style);
                let from = pos2(rect.left() + 42.0, rect.center().y);
                elided(ui.painter(), from, rect.right() - 8.0 - from.x, words, sans(size::CAPTION), t.ink);
                // What is cut is whole in the tooltip.
                response.on_hover_text(words);
            }
        }
    }
}

fn head(ui: &mut Ui, width: f32, state: &State, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEAD), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::accesskit::Role::Button, true, state.legend, word(state.lang, "app.cmd.legend")));
    if response.hovered() {
        ui.painter().rect_filled(rect, 8.0, t.hover);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(1.0), 8.0, Stroke::new(2.0, t.focus), StrokeKind::Inside);
    }
    let middle = rect.center().y;
    let place = if state.legend { rect.left() + 21.0 } else { rect.center().x };
    ui.painter().text(pos2(place, middle), Align2::CENTER_CENTER, icons::LIST, icon(18.0), t.ink2);
    if state.legend {
        let title = word(state.lang, "legend.title");
        ui.painter().text(pos2(rect.left() + 38.0, middle), Align2::LEFT_CENTER, title, sans(size::SMALL), t.ink);
        ui.painter().text(pos2(rect.right() - 16.0, middle), Align2::CENTER_CENTER, icons::CARET_UP, icon(14.0), t.ink3);
    }
    if response.on_hover_text(tooltip(state.lang, "app.cmd.legend")).clicked() {
        ask.push(Command::Legend);
    }
}

fn entries(contents: &Contents, key: &Key, verdict: Option<(Address, Arc<Verdict>)>, date: Date, progress: &Progress) -> Vec<LegendEntry> {
    let scale_denominator = key.view.scale_denominator();
    let theme = if key.dark { Theme::Dark } else { Theme::Light };
    let view = SceneView { bbox: key.view.window(), scale_denominator, date, lang: key.lang, theme, plan: key.plan };
    let checked: Vec<CheckedSite<'_>> = verdict
        .iter()
        .filter(|_| key.with_sites)
        .map(|(address, verdict)| CheckedSite { verdict, feature: Some(*address), selected: true })
        .collect();
    legend_in_view(contents, &view, &checked, key.with_sites, &|| progress.is_cancelled())
}

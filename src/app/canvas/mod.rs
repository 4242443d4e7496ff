//! The map in the middle: what is baked is painted, what the hand does becomes commands.

mod backdrops;
mod bake;
mod compare;
mod furniture;
mod gpu;
mod hatch;
mod labels;
mod legend;
mod lines;
mod marks;
mod meeting;
mod overlay;
mod overview;
mod paint;
mod sketch;
mod swatch;
mod view;

use super::command::Command;
use super::state::State;
use super::tools::{MapEvent, ToolContext, facts};
use crate::task::{Outcome, Task, run_here, spawn};
use crate::text::word;
use bake::{BakeKey, Baked, bake, band_of};
use eframe::egui_wgpu::RenderState;
use egui::accesskit::Role;
use egui::{CursorIcon, Key, PointerButton, Response, Sense, Ui, WidgetInfo};
pub use swatch::paint_swatch;
pub use view::View;

/// What the canvas keeps between frames: the last bake, and the one that is being made.
pub struct Canvas {
    /// The map on the graphics card; `None` where there is none, then the window paints it itself.
    map: Option<gpu::Map>,
    /// The other plan version, while two are shown.
    other: Option<gpu::Map>,
    baked: Option<Baked>,
    baking: Option<(BakeKey, crate::geom::BBox, Task<Baked>)>,
    backdrops: backdrops::Backdrops,
    legend: legend::Legend,
    overlays: overlay::Overlays,
    marks: marks::Marks,
    inline: bool,
}

impl Canvas {
    pub fn new(inline: bool) -> Self {
        Self {
            map: None,
            other: None,
            baked: None,
            baking: None,
            backdrops: backdrops::Backdrops::new(inline),
            legend: legend::Legend::new(inline),
            overlays: overlay::Overlays::default(),
            marks: marks::Marks::default(),
            inline,
        }
    }

    /// From the first frame on: the graphics card that draws the map. Without one the window paints it.
    pub fn draw_with(&mut self, gpu: Option<&RenderState>) {
        if self.map.is_none() {
            self.map = gpu.map(|gpu| gpu::Map::new(gpu, self.inline));
        }
    }

    /// Pictures that the card drew so far.
    pub fn drawn(&self) -> u64 {
        self.map.as_ref().map_or(0, gpu::Map::drawn)
    }

    /// Bytes of the map on the card, without the picture itself.
    pub fn bytes_on_card(&self) -> u64 {
        self.map.iter().chain(&self.other).map(gpu::Map::bytes).sum::<u64>() + self.backdrops.bytes()
    }

    /// Nothing is being made that would change the picture.
    pub fn is_complete(&self) -> bool {
        self.baking.is_none()
            && self.backdrops.is_complete()
            && self.legend.is_complete()
            && self.map.iter().chain(&self.other).all(gpu::Map::is_complete)
    }

    /// Starts a new bake when the land in view, the look or the contents are others than those of the last one.
    fn renew(&mut self, ui: &Ui, state: &State, view: &View) {
        let Some(work) = &state.work else {
            self.baked = None;
            self.baking = None;
            return;
        };
        let snapshot = work.document.snapshot();
        let key = BakeKey {
            revision: snapshot.revision,
            band: band_of(view.scale_denominator()),
            lang: state.lang,
            dark: state.dark,
            plan: state.plan_shown(),
            hidden: hidden(&snapshot.contents, view.scale_denominator()),
            with_sites: state.desk != super::command::Desk::Track,
            with_items: self.map.is_none(),
        };
        if let Some((_, _, task)) = &self.baking
            && let Some(outcome) = task.poll()
        {
            if let Outcome::Done(baked) = outcome {
                self.baked = Some(baked);
            }
            self.baking = None;
        }
        let window = view.window();
        let serves = |k: &BakeKey, bbox: &crate::geom::BBox| *k == key && bbox.holds(&window);
        if self.baked.as_ref().is_some_and(|b| serves(&b.key, &b.bbox)) || self.baking.as_ref().is_some_and(|(k, b, _)| serves(k, b)) {
            return;
        }
        // Room on every side, so that panning does not outrun the bake.
        let bbox = window.grown(window.width().max(window.height()));
        let (scale, today, contents) = (view.scale_denominator(), state.today, snapshot.contents);
        let make = move || bake(&contents, key, bbox, scale, today);
        if self.inline {
            if let Some(Outcome::Done(baked)) = run_here(|_| make()).poll() {
                self.baked = Some(baked);
            }
        } else {
            let ctx = ui.ctx().clone();
            self.baking = Some((key, bbox, spawn("luodi-bake", move || ctx.request_repaint(), move |_| make())));
        }
    }

    /// The map with everything on it.
    pub fn show(&mut self, ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, word(state.lang, "app.canvas")));
        let mut view = state.view;
        view.rect = rect;
        if let Some(bbox) = state.fit {
            view.fit(bbox, 40.0);
        }
        if state.work.is_some() {
            handle(ui, &response, state, &mut view, ask);
        }
        if view != state.view || state.fit.is_some() {
            ask.push(Command::Moved(view, state.fit));
        }
        self.renew(ui, state, &view);
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0.0, super::theme::Tokens::of(ui).paper);
        let mut taken = furniture::reserved(&view, state);
        let small_map = overview::place(&view, state, self.baked.as_ref());
        taken.extend(small_map);
        self.legend.renew(ui, state, &view);
        let legend_at = self.legend.place(ui, &view, state, small_map);
        taken.extend(legend_at);
        let under = self.backdrops.look(ui.ctx(), state, &view, self.map.as_ref().map(gpu::Map::card), ask);
        if let Some(baked) = &self.baked {
            let below = (paint::color(baked.ground), &*under);
            if let Some(map) = &mut self.map {
                map.show(&painter, state, &view, below, state.plan_shown());
                match compare::right_of_line(&view, state) {
                    Some((plan, right)) => {
                        let other = self.other.get_or_insert_with(|| map.beside());
                        other.show(&painter.with_clip_rect(right), state, &view, below, Some(plan));
                    }
                    None => self.other = None,
                }
            }
            paint::paint_baked(&painter, &view, baked, &under);
            self.overlays.paint_pieces(&painter, &view, state);
            self.marks.paint(&painter, &view, state, &mut taken);
            sketch::reserve(&view, state, &mut taken);
            labels::paint_labels(&painter, &view, &baked.labels, &mut taken);
            overlay::paint_pins(&painter, &view, state);
        }
        sketch::paint(ui, &painter, &view, state);
        meeting::flag(&painter, &view, state);
        meeting::verdict(ui, &painter, &view, state);
        furniture::show(ui, &view, state, ask);
        overview::show(ui, &view, state, self.baked.as_ref(), ask);
        compare::show(ui, &view, state, ask);
        self.legend.show(ui, legend_at, state, ask);
    }
}

/// What the scale hides of the layers, as one number: another one where another bake is due.
fn hidden(contents: &crate::model::Contents, denominator: f64) -> u64 {
    let fold = |sum: u64, id: crate::model::LayerId| sum.wrapping_mul(1_000_003).wrapping_add(id.0 as u64 + 1);
    crate::scene::hidden_at(contents, denominator).into_iter().fold(0, fold)
}

/// What the pointer and the keys do on the map.
fn handle(ui: &Ui, response: &Response, state: &State, view: &mut View, ask: &mut Vec<Command>) {
    let (space, modifiers) = ui.input(|i| (i.key_down(Key::Space), i.modifiers));
    let Some(work) = &state.work else { return };
    let snapshot = work.document.snapshot();
    let context = ToolContext {
        snapshot: &snapshot,
        view,
        selected: state.selected,
        snapping: state.snapping && !modifiers.alt,
        square: modifiers.shift,
    };
    let grab_id = response.id.with("grab");
    let mut grabbed: bool = ui.data(|d| d.get_temp(grab_id)).unwrap_or(false);
    let pointer = response.hover_pos().or_else(|| response.interact_pointer_pos());
    let plan = pointer.map(|p| view.plan_from_screen(p));
    let primary = |r: &Response| r.dragged_by(PointerButton::Primary);
    let mut pan = egui::Vec2::ZERO;
    if response.drag_started_by(PointerButton::Primary) && !space {
        // Where the button went down, not where the drag was recognised.
        let from = ui.input(|i| i.pointer.press_origin()).map(|p| view.plan_from_screen(p)).or(plan);
        if let Some(at) = from.filter(|at| state.tool.grabs(*at, &context)) {
            grabbed = true;
            ask.push(Command::Map(MapEvent::DragStart(at)));
        }
    }
    if response.dragged() {
        match (grabbed && primary(response), plan) {
            (true, Some(at)) => ask.push(Command::Map(MapEvent::Drag(at))),
            (true, None) => {}
            (false, _) => pan = response.drag_delta(),
        }
    }
    if response.drag_stopped() && grabbed {
        grabbed = false;
        if let Some(at) = plan {
            ask.push(Command::Map(MapEvent::DragEnd(at)));
        }
    }
    ui.data_mut(|d| d.insert_temp(grab_id, grabbed));
    if let Some(at) = response.interact_pointer_pos().map(|p| view.plan_from_screen(p)) {
        if response.double_clicked() {
            ask.push(Command::Map(MapEvent::DoubleClick(at)));
        } else if response.clicked() {
            ask.push(Command::Map(MapEvent::Click(at)));
        } else if response.secondary_clicked() {
            ask.push(Command::Identify(Some(at)));
        }
    }
    // The tool hears of every place the pointer came to, however few frames there were on the way.
    let heard_id = response.id.with("heard");
    let heard: Option<(egui::Pos2, egui::Modifiers)> = ui.data(|d| d.get_temp(heard_id));
    if let (Some(at), Some(pos), true) = (plan, pointer, response.hovered() && !grabbed)
        && heard != Some((pos, modifiers))
    {
        ui.data_mut(|d| d.insert_temp(heard_id, (pos, modifiers)));
        ask.push(Command::Map(MapEvent::Move(at)));
    }
    let typing = ui.ctx().text_edit_focused() || state.palette || state.dialog.is_some();
    if !typing {
        for (key, event) in [(Key::Enter, MapEvent::Enter), (Key::Escape, MapEvent::Escape), (Key::Backspace, MapEvent::Backspace)] {
            if ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, key)) {
                ask.push(Command::Map(event));
            }
        }
    }
    cursor(ui, response, state, space, grabbed);
    view.pan(pan);
    if let (Some(at), true) = (response.hover_pos(), response.contains_pointer()) {
        let (scroll, zoom) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        if scroll != 0.0 {
            view.zoom_at(at, f64::from(scroll / 200.0).exp());
        }
        if zoom != 1.0 {
            view.zoom_at(at, f64::from(zoom));
        }
    }
}

fn cursor(ui: &Ui, response: &Response, state: &State, space: bool, grabbed: bool) {
    if !response.hovered() && !response.dragged() {
        return;
    }
    ui.ctx().set_cursor_icon(match state.tool.kind() {
        _ if response.dragged() && !grabbed => CursorIcon::Grabbing,
        _ if space => CursorIcon::Grab,
        _ if grabbed => CursorIcon::Crosshair,
        kind => facts(kind).map_or(CursorIcon::Default, |tool| tool.cursor),
    });
}

//! The map as a picture that the graphics card draws: only when something of it changed, from what lies on the card already.

mod card;
mod chunks;
mod cut;
mod draw;
mod looks;
mod picture;
mod strips;
mod tone;

use super::View;
use super::backdrops::Under;
use crate::app::state::State;
use crate::model::{Date, LayerId};
use crate::scene::{Class, Style, Theme};
use crate::task::{Outcome, Progress, Task, run_here, spawn};
pub use card::Card;
use card::{CardChunk, CardTone, Looks};
pub use chunks::without_bulk;
use chunks::{Chunk, Group, Groups, groups};
use cut::{Cutting, cut};
use draw::panned;
use eframe::{egui_wgpu::RenderState, wgpu};
use egui::{Color32, Painter, Rect, TextureId, pos2};
use looks::Frame;
pub use picture::CardImage;
use std::collections::HashMap;
use std::sync::Arc;
use tone::{GroupName, chunks_toned, parts_of, straight, tone_name};

/// Bytes of chunks that may lie on the card; what was not seen for longest goes first.
const CHUNK_BYTES: u64 = 200 << 20;
/// Points that one task cuts: the first picture is not to wait for the last chunk.
const POINTS_A_TASK: usize = 400_000;

type ChunkKey = (u64, Cutting);
type MadeChunks = Vec<(ChunkKey, Option<CardChunk>)>;

/// What the groups were made of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct GroupsKey {
    work: usize,
    revision: u64,
    plan: Option<LayerId>,
    date: Date,
}

/// What a picture was drawn for: an equal one is not drawn again.
#[derive(Clone, Debug, PartialEq)]
struct PictureKey {
    frame: Frame,
    dark: bool,
    revision: u64,
    with_sites: bool,
    /// Counts what came to the card.
    stock: u64,
    /// Where nothing lies.
    ground: Color32,
    /// Tells the pictures under the map apart.
    under: u64,
    trying: Option<(LayerId, crate::model::LayerHead)>,
}

struct Kept {
    chunk: Option<CardChunk>,
    seen: u64,
}

struct Target {
    /// The picture that is shown, and one of the same size to which it is carried on.
    pictures: [(wgpu::Texture, wgpu::TextureView); 2],
    id: TextureId,
    size: [u32; 2],
    key: Option<PictureKey>,
    /// The middle of the last picture that was drawn whole: shifts are counted from there, so that roundings do not add up.
    whole_at: [f64; 2],
}

/// The map on the card.
pub struct Map {
    gpu: RenderState,
    card: Arc<Card>,
    groups: Arc<Groups>,
    groups_key: Option<GroupsKey>,
    grouping: Option<(GroupsKey, Task<Groups>)>,
    chunks: HashMap<ChunkKey, Kept>,
    cutting: Option<Task<MadeChunks>>,
    /// By layer: what its tone was made of (all stamps), and the tone.
    tones: HashMap<GroupName, (u64, Option<CardTone>)>,
    toning: Option<(GroupName, u64, Task<Option<CardTone>>)>,
    looks: Option<Looks>,
    target: Option<Target>,
    anchor: ([f64; 2], f64),
    stock: u64,
    clock: u64,
    inline: bool,
    /// Pictures drawn so far.
    drawn: u64,
    /// The processor draws in place of a card: while zooming the picture is drawn coarser.
    slow: bool,
    /// Of the frame before.
    m_per_pt: f64,
}

/// A chunk that the picture wants.
struct Wanted {
    group: Arc<Group>,
    chunk: Arc<Chunk>,
    cutting: Cutting,
}

impl Map {
    pub fn new(gpu: &RenderState, inline: bool) -> Self {
        Self::on(gpu, Arc::new(Card::new(&gpu.device, &gpu.queue)), inline)
    }

    fn on(gpu: &RenderState, card: Arc<Card>, inline: bool) -> Self {
        Self {
            gpu: gpu.clone(),
            card,
            groups: Arc::default(),
            groups_key: None,
            grouping: None,
            chunks: HashMap::new(),
            cutting: None,
            tones: HashMap::new(),
            toning: None,
            looks: None,
            target: None,
            anchor: ([0.0; 2], 0.0),
            stock: 0,
            clock: 0,
            inline,
            drawn: 0,
            slow: gpu.adapter.get_info().device_type == wgpu::DeviceType::Cpu,
            m_per_pt: 0.0,
        }
    }

    /// A second map on the same card.
    pub fn beside(&self) -> Self {
        Self::on(&self.gpu, self.card.clone(), self.inline)
    }

    pub fn card(&self) -> &Arc<Card> {
        &self.card
    }

    /// Bytes on the card, without the picture itself.
    pub fn bytes(&self) -> u64 {
        let chunks: u64 = self.chunks.values().filter_map(|k| k.chunk.as_ref()).map(|c| c.bytes).sum();
        chunks + self.tones.values().filter_map(|(_, t)| t.as_ref()).map(|t| t.bytes).sum::<u64>()
    }

    /// Pictures drawn so far.
    pub fn drawn(&self) -> u64 {
        self.drawn
    }

    /// Everything in view is on the card as finely as it is wanted.
    pub fn is_complete(&self) -> bool {
        self.grouping.is_none() && self.cutting.is_none() && self.toning.is_none()
    }

    /// Shows the map of `view`; draws it anew only when it is another one.
    /// `plan`: the version that is shown; `under`: the colour where nothing lies, and the pictures over it.
    pub fn show(&mut self, painter: &Painter, state: &State, view: &View, (ground, under): (Color32, &Under), plan: Option<LayerId>) {
        let Some(work) = &state.work else {
            (self.groups, self.groups_key, self.grouping) = (Arc::default(), None, None);
            return;
        };
        let snapshot = work.document.snapshot();
        let ctx = painter.ctx();
        let key = GroupsKey { work: Arc::as_ptr(&snapshot.contents) as usize, revision: snapshot.revision, plan, date: state.today };
        self.group(ctx, key, &snapshot.contents);
        let px_per_pt = ctx.pixels_per_point();
        let rect = view.rect;
        let size = [rect.width(), rect.height()].map(|s| ((s * px_per_pt).round().max(1.0) as u32).min(self.card.most_cells as u32));
        if self.anchor.1 != view.m_per_pt {
            // While zooming hatches stand still on the screen; while panning they go with the land.
            self.anchor = (view.center, view.m_per_pt);
        }
        let frame = Frame { view: *view, px_per_pt, size, anchor: self.anchor.0 };
        let theme = if state.dark { Theme::Dark } else { Theme::Light };
        let with_sites = state.desk != crate::app::command::Desk::Track;
        let contents = snapshot.contents.clone();
        let shown: Vec<(Arc<Group>, Style)> = self
            .groups
            .list
            .iter()
            .filter(|g| with_sites || g.class != Class::Site)
            .filter_map(|g| Some((g.clone(), looks::style(g, &contents, state.trying.as_ref(), view.scale_denominator(), theme)?)))
            .collect();
        self.clock += 1;
        self.take_in();
        self.stock_up(ctx, &frame, &shown);
        self.aim(size);
        let wanted = frame;
        let zooming = self.m_per_pt != view.m_per_pt && self.target.as_ref().is_some_and(|t| t.key.is_some());
        self.m_per_pt = view.m_per_pt;
        let frame = if self.slow && zooming && !self.inline {
            // The next frame is as fine as ever, if the map stands still by then.
            ctx.request_repaint();
            frame.halved()
        } else {
            frame
        };
        let picture = PictureKey {
            frame,
            dark: state.dark,
            revision: snapshot.revision,
            with_sites,
            stock: self.stock,
            ground,
            under: under.stamp,
            trying: state.trying.clone(),
        };
        if self.target.as_ref().is_some_and(|t| t.key.as_ref() != Some(&picture)) {
            let shift = self.target.as_ref().and_then(|t| panned(t, &picture));
            self.draw((&frame, &wanted), &shown, (ground, under), shift);
            if let Some(target) = &mut self.target {
                if shift.is_none() {
                    target.whole_at = frame.view.center;
                }
                target.key = Some(picture);
            }
        }
        if let Some(target) = &self.target {
            let part = [0, 1].map(|axis| frame.size[axis] as f32 / size[axis] as f32);
            painter.image(target.id, rect, Rect::from_min_max(pos2(0.0, 0.0), pos2(part[0], part[1])), Color32::WHITE);
        }
    }

    fn group(&mut self, ctx: &egui::Context, key: GroupsKey, contents: &Arc<crate::model::Contents>) {
        if let Some((of, task)) = &self.grouping
            && let Some(outcome) = task.poll()
        {
            if let Outcome::Done(made) = outcome {
                self.groups = Arc::new(made);
            }
            // After a crash the same contents are not tried again.
            self.groups_key = Some(*of);
            self.grouping = None;
            self.stock += 1;
        }
        if self.groups_key == Some(key) || self.grouping.as_ref().is_some_and(|(k, _)| *k == key) {
            return;
        }
        let (contents, before) = (contents.clone(), self.groups.clone());
        let make = move |_: &Progress| groups(&contents, key.plan, key.date, &before);
        if self.inline {
            if let Some(Outcome::Done(made)) = run_here(make).poll() {
                self.groups = Arc::new(made);
            }
            self.groups_key = Some(key);
            self.stock += 1;
        } else {
            let ctx = ctx.clone();
            self.grouping = Some((key, spawn("luodi-groups", move || ctx.request_repaint(), make)));
        }
    }

    /// Takes in what was cut beside the window.
    fn take_in(&mut self) {
        if let Some(outcome) = self.cutting.as_ref().and_then(Task::poll) {
            self.cutting = None;
            if let Outcome::Done(made) = outcome {
                let seen = self.clock;
                self.chunks.extend(made.into_iter().map(|(key, chunk)| (key, Kept { chunk, seen })));
                self.stock += 1;
            }
        }
        if let Some(outcome) = self.toning.as_ref().and_then(|(_, _, task)| task.poll())
            && let Some((of, stamp, _)) = self.toning.take()
        {
            let made = if let Outcome::Done(made) = outcome { made } else { None };
            self.tones.insert(of, (stamp, made));
            self.stock += 1;
        }
    }

    fn tone_of(&self, group: &Group, mixed: bool) -> Option<&CardTone> {
        self.tones.get(&tone_name(group, mixed)).and_then(|(_, t)| t.as_ref())
    }

    /// Asks for what is wanted and not there, nearest to the middle first.
    fn stock_up(&mut self, ctx: &egui::Context, frame: &Frame, shown: &[(Arc<Group>, Style)]) {
        let window = frame.view.window();
        // Room on every side, so that panning does not outrun the card.
        let room = window.grown(0.25 * window.width().max(window.height()));
        let middle = window.center();
        loop {
            let mut wanted: Vec<(bool, f64, Wanted)> = Vec::new();
            for (group, style) in shown {
                let Some(cutting) = self.cutting_of(group, style, frame) else { continue };
                for chunk in group.chunks.iter().filter(|c| c.bbox.meets(&room)) {
                    match self.chunks.get_mut(&(chunk.stamp, cutting)) {
                        Some(kept) => kept.seen = self.clock,
                        None => {
                            let c = chunk.bbox.center();
                            let far = (c[0] - middle[0]).hypot(c[1] - middle[1]);
                            let wanted_one = Wanted { group: group.clone(), chunk: chunk.clone(), cutting };
                            wanted.push((!chunk.bbox.meets(&window), far, wanted_one));
                        }
                    }
                }
            }
            self.forget();
            self.tone_next(ctx, shown);
            if wanted.is_empty() || self.cutting.is_some() {
                return;
            }
            wanted.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            let mut points = 0;
            let batch: Vec<Wanted> = wanted
                .into_iter()
                .take_while(|(_, _, w)| {
                    let enough = points > POINTS_A_TASK;
                    points += w.group.points / w.group.chunks.len().max(1);
                    !enough
                })
                .map(|(_, _, w)| w)
                .collect();
            let card = self.card.clone();
            let make = move |_: &Progress| -> MadeChunks {
                let one = |w: Wanted| ((w.chunk.stamp, w.cutting), card.chunk(&cut(&w.group, &w.chunk, w.cutting)));
                batch.into_iter().map(one).collect()
            };
            if !self.inline {
                let ctx = ctx.clone();
                self.cutting = Some(spawn("luodi-cut", move || ctx.request_repaint(), make));
                return;
            }
            self.cutting = Some(run_here(make));
            self.take_in();
        }
    }

    /// How the chunks of a group are wanted; `None` where its tone says all.
    fn cutting_of(&self, group: &Group, style: &Style, frame: &Frame) -> Option<Cutting> {
        let m = frame.m_per_px();
        let toned = chunks_toned(group, self.card.most_cells, m);
        let line = style.line.or(style.casing);
        if toned && line.is_none_or(|l| l.width_pt <= 1.0) {
            return None;
        }
        let walked = line.is_some_and(|l| !l.dash_pt.is_empty());
        Some(Cutting {
            level: Cutting::level_for(m),
            toned,
            fill: !toned && group.closed && (style.wash.is_some() || style.pattern.is_some()),
            walked,
        })
    }

    /// Puts away what was not seen for longest when there is too much.
    fn forget(&mut self) {
        let bytes = |k: &Kept| k.chunk.as_ref().map_or(0, |c| c.bytes);
        let mut sum: u64 = self.chunks.values().map(bytes).sum();
        if sum <= CHUNK_BYTES {
            return;
        }
        let mut old: Vec<(u64, ChunkKey, u64)> =
            self.chunks.iter().filter(|(_, k)| k.seen < self.clock).map(|(key, k)| (k.seen, *key, bytes(k))).collect();
        old.sort_unstable();
        for (_, key, bytes) in old {
            if sum <= CHUNK_BYTES * 3 / 4 {
                break;
            }
            self.chunks.remove(&key);
            sum -= bytes;
        }
    }

    /// Starts the next tone that is due: one at a time, so that the first is soon there.
    fn tone_next(&mut self, ctx: &egui::Context, shown: &[(Arc<Group>, Style)]) {
        let layers: std::collections::HashSet<_> = self.groups.list.iter().flat_map(|g| [false, true].map(|m| tone_name(g, m))).collect();
        self.tones.retain(|of, _| layers.contains(of));
        for (at, (group, style)) in shown.iter().enumerate() {
            if self.toning.is_some() {
                return;
            }
            let Some(cell) = tone::cell_m(group, self.card.most_cells) else { continue };
            let parts = parts_of(shown, at);
            if parts.first() != Some(&at) {
                continue;
            }
            let mixed = parts.len() > 1;
            let of = tone_name(group, mixed);
            let colors: Vec<(Arc<Group>, tone::Color)> =
                parts.iter().map(|i| (shown[*i].0.clone(), straight(shown[*i].1.wash.map(|w| w.color)))).collect();
            let line = style.line.map(|l| straight(Some(l.color)));
            let stamps = colors.iter().flat_map(|(g, _)| &g.chunks).map(|c| c.stamp);
            let tints = colors.iter().map(|(_, c)| *c).chain(line).filter(|_| mixed).flatten().map(|c| u64::from(c.to_bits()));
            let stamp = stamps.chain(tints).fold(0u64, |sum, s| sum.wrapping_mul(31).wrapping_add(s));
            if self.tones.get(&of).is_some_and(|(was, _)| *was == stamp) {
                continue;
            }
            let (card, group) = (self.card.clone(), group.clone());
            // Four bytes a cell instead of two: of twice the side.
            let make = move |progress: &Progress| {
                let made = if mixed { tone::colored_tone(&colors, line, cell * 2.0, progress) } else { tone::tone(&group, cell, progress) };
                made.and_then(|t| card.tone(&t))
            };
            if self.inline {
                self.toning = Some((of, stamp, run_here(make)));
                self.take_in();
            } else {
                let ctx = ctx.clone();
                self.toning = Some((of, stamp, spawn("luodi-tone", move || ctx.request_repaint(), make)));
            }
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if let Some(target) = self.target.take() {
            self.gpu.renderer.write().free_texture(&target.id);
        }
    }
}

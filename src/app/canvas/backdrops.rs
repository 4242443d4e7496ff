//! Tiles of the pictures under the map: which the view needs, brought in beside the window, put away when there are too many.

use super::gpu::{Card, CardImage};
use super::view::View;
use crate::app::command::Command;
use crate::app::state::State;
use crate::geom::BBox;
use crate::io::{CELLS, TileId, TileMesh};
use crate::job::OpenBackdrop;
use crate::model::LayerId;
use crate::task::{Outcome, Progress, Task, run_here, spawn};
use crate::text::Message;
use egui::epaint::{Mesh, Vertex};
use egui::{Color32, Painter, Pos2, TextureHandle};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of tiles that are kept; what was not seen for longest goes first. A screen of 3840 × 2160 needs some 90 MB.
const TILE_BYTES: u64 = 160 << 20;
/// Tiles that one task brings: the first are not to wait for the last.
const TILES_A_TASK: usize = 6;
/// A tile that is not there yet is stood in for by one so many levels coarser, of which a cell at least is seen.
const MOST_ABOVE: u8 = 3;

/// A square of a tile's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    left: usize,
    top: usize,
    side: usize,
}

impl Cells {
    const ALL: Self = Self { left: 0, top: 0, side: CELLS };

    /// The cells of the tile `up` levels above that lie under `tile`.
    fn under(tile: TileId, up: u8) -> Self {
        let side = CELLS >> up;
        let mask = (1u32 << up) - 1;
        Self { left: (tile.x & mask) as usize * side, top: (tile.y & mask) as usize * side, side }
    }

    /// Numbers of its cells, row by row.
    pub fn rows(self) -> impl Iterator<Item = Range<usize>> {
        (self.top..self.top + self.side).map(move |row| row * CELLS + self.left..row * CELLS + self.left + self.side)
    }
}

/// A tile in memory.
pub struct Tile {
    pub surface: Surface,
    pub bbox: BBox,
    bytes: u64,
}

pub enum Surface {
    Card(CardImage),
    /// Where there is no card of our own: painted by the window.
    Window(TextureHandle, TileMesh),
}

/// Some cells of a tile, as they are to be drawn.
pub struct Seen {
    pub tile: Arc<Tile>,
    pub cells: Cells,
    pub opacity: f32,
}

/// Everything that lies under the map now, lowest first.
#[derive(Default)]
pub struct Under {
    pub seen: Vec<Seen>,
    /// Another one whenever something else lies there; moving the view alone leaves it.
    pub stamp: u64,
}

type Key = (LayerId, TileId);

struct Kept {
    tile: Option<Arc<Tile>>,
    seen: u64,
}

struct Made {
    key: Key,
    tile: Option<Tile>,
    trouble: Option<Message>,
}

/// What the tiles in view depend on.
#[derive(Clone, Debug, PartialEq)]
struct LookedAt {
    view: View,
    px_per_pt: f32,
    shown: Vec<(LayerId, f32, usize)>,
    stock: u64,
}

/// Tiles of all pictures.
#[derive(Default)]
pub struct Backdrops {
    open: BTreeMap<LayerId, Arc<OpenBackdrop>>,
    kept: HashMap<Key, Kept>,
    loading: Option<(Vec<Key>, Task<Vec<Made>>)>,
    looked_at: Option<LookedAt>,
    under: Arc<Under>,
    /// Counts what came.
    stock: u64,
    clock: u64,
    inline: bool,
}

impl Backdrops {
    pub fn new(inline: bool) -> Self {
        Self { inline, ..Self::default() }
    }

    pub fn is_complete(&self) -> bool {
        self.loading.is_none()
    }

    pub fn bytes(&self) -> u64 {
        self.kept.values().filter_map(|k| k.tile.as_ref()).map(|t| t.bytes).sum()
    }

    /// What lies under the map in this view; what is missing is asked for.
    pub fn look(
        &mut self,
        ctx: &egui::Context,
        state: &State,
        view: &View,
        card: Option<&Arc<Card>>,
        ask: &mut Vec<Command>,
    ) -> Arc<Under> {
        let Some(work) = &state.work else {
            *self = Self::new(self.inline);
            return self.under.clone();
        };
        let contents = work.document.snapshot().contents;
        let shown: Vec<(LayerId, f32, Arc<OpenBackdrop>)> = contents
            .backdrops
            .iter()
            .filter(|b| b.visible)
            .filter_map(|b| {
                let open = state.backdrops.get(&b.id)?.as_ref().ok()?;
                let tried = state.trying_backdrop.filter(|(id, _)| *id == b.id).map(|(_, opacity)| opacity);
                Some((b.id, tried.unwrap_or(b.opacity), open.clone()))
            })
            .collect();
        self.drop_closed(state);
        self.clock += 1;
        self.take_in(ask);
        loop {
            let looked_at = LookedAt {
                view: *view,
                px_per_pt: ctx.pixels_per_point(),
                shown: shown.iter().map(|(id, opacity, open)| (*id, *opacity, Arc::as_ptr(open) as usize)).collect(),
                stock: self.stock,
            };
            if self.looked_at.as_ref() == Some(&looked_at) {
                return self.under.clone();
            }
            let (under, missing) = self.choose(&looked_at, &shown);
            self.under = Arc::new(under);
            // While a task runs what is missing is looked for again with what it brings.
            self.looked_at = Some(looked_at);
            self.forget();
            if missing.is_empty() || self.loading.is_some() {
                return self.under.clone();
            }
            self.load(ctx, missing, card);
            if !self.inline {
                return self.under.clone();
            }
            self.take_in(ask);
        }
    }

    /// Tiles of a file that is open no more, or opened anew, go.
    fn drop_closed(&mut self, state: &State) {
        let same = |id: &LayerId, open: &Arc<OpenBackdrop>| {
            state.backdrops.get(id).is_some_and(|now| now.as_ref().is_ok_and(|now| Arc::ptr_eq(now, open)))
        };
        if self.open.len() == state.backdrops.len() && self.open.iter().all(|(id, open)| same(id, open)) {
            return;
        }
        self.open.retain(|id, open| same(id, open));
        self.kept.retain(|(id, _), _| self.open.contains_key(id));
        let open = state.backdrops.iter().filter_map(|(id, open)| Some((*id, open.as_ref().ok()?.clone())));
        self.open.extend(open);
    }

    fn take_in(&mut self, ask: &mut Vec<Command>) {
        let Some(outcome) = self.loading.as_ref().and_then(|(_, task)| task.poll()) else { return };
        let Some((keys, _)) = self.loading.take() else { return };
        self.stock += 1;
        let made = match outcome {
            Outcome::Done(made) => made,
            // What brought the program to its end here is not tried again.
            Outcome::Crashed(cause) => {
                let trouble = |key: &Key| Message::new("app.notice.crashed").with("cause", format!("{:?}: {cause}", key.1));
                keys.into_iter().map(|key| Made { trouble: Some(trouble(&key)), key, tile: None }).collect()
            }
        };
        for Made { key, tile, trouble } in made {
            if let Some(trouble) = trouble {
                ask.push(Command::BackdropTrouble(key.0, Box::new(trouble)));
            }
            if self.open.contains_key(&key.0) {
                self.kept.insert(key, Kept { tile: tile.map(Arc::new), seen: self.clock });
            }
        }
    }

    /// What is there to be drawn, and what is missing, nearest to the middle first.
    fn choose(&mut self, at: &LookedAt, shown: &[(LayerId, f32, Arc<OpenBackdrop>)]) -> (Under, Vec<(Key, Arc<OpenBackdrop>)>) {
        let m_per_px = at.view.m_per_pt / f64::from(at.px_per_pt);
        let window = at.view.window();
        let mut under = Under { seen: Vec::new(), stamp: self.stock };
        let mut missing: Vec<(f64, Key, Arc<OpenBackdrop>)> = Vec::new();
        for (id, opacity, open) in shown {
            let Some(level) = open.raster.level(window, m_per_px) else { continue };
            for part in [id.0 as u64, u64::from(opacity.to_bits()), u64::from(level)] {
                under.stamp = under.stamp.wrapping_mul(1_000_003).wrapping_add(part + 1);
            }
            let tiles = open.raster.tiles(window, level);
            let middle = tiles.get(tiles.len() / 2).copied();
            for tile in tiles {
                let key = (*id, tile);
                if let Some(kept) = self.kept.get_mut(&key) {
                    kept.seen = self.clock;
                    under.seen.extend(kept.tile.clone().map(|tile| Seen { tile, cells: Cells::ALL, opacity: *opacity }));
                    continue;
                }
                self.stand_in(key, *opacity, &mut under.seen);
                let far = middle.map_or(0.0, |m| (f64::from(m.x) - f64::from(tile.x)).hypot(f64::from(m.y) - f64::from(tile.y)));
                missing.push((far, key, open.clone()));
            }
        }
        missing.sort_by(|a, b| a.0.total_cmp(&b.0));
        (under, missing.into_iter().map(|(_, key, open)| (key, open)).collect())
    }

    /// The nearest coarser tile that is there, else finer ones.
    fn stand_in(&mut self, (id, tile): Key, opacity: f32, seen: &mut Vec<Seen>) {
        for up in 1..=MOST_ABOVE {
            let above = tile.above(up).and_then(|above| self.kept.get_mut(&(id, above)));
            if let Some(kept) = above {
                kept.seen = self.clock;
                seen.extend(kept.tile.clone().map(|t| Seen { tile: t, cells: Cells::under(tile, up), opacity }));
                return;
            }
        }
        for (right, down) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let finer = TileId { z: tile.z + 1, x: tile.x * 2 + right, y: tile.y * 2 + down };
            if let Some(kept) = self.kept.get_mut(&(id, finer)) {
                kept.seen = self.clock;
                seen.extend(kept.tile.clone().map(|tile| Seen { tile, cells: Cells::ALL, opacity }));
            }
        }
    }

    fn load(&mut self, ctx: &egui::Context, mut missing: Vec<(Key, Arc<OpenBackdrop>)>, card: Option<&Arc<Card>>) {
        missing.truncate(TILES_A_TASK);
        let keys = missing.iter().map(|(key, _)| *key).collect();
        let (card, window) = (card.cloned(), ctx.clone());
        let make = move |progress: &Progress| {
            let one = |(key, open): (Key, Arc<OpenBackdrop>)| {
                let read = open.raster.read(key.1, progress);
                let mesh = read.pixels.as_ref().and_then(|_| open.raster.mesh(key.1));
                let tile = read.pixels.zip(mesh).and_then(|(pixels, mesh)| {
                    let bbox = mesh.bbox;
                    let (surface, bytes) = match &card {
                        Some(card) => {
                            let image = card.image(&pixels, &mesh)?;
                            let bytes = image.bytes;
                            (Surface::Card(image), bytes)
                        }
                        None => {
                            let size = [pixels.width as usize, pixels.height as usize];
                            let image = egui::ColorImage::from_rgba_premultiplied(size, &pixels.rgba);
                            let texture = window.load_texture("picture", image, egui::TextureOptions::LINEAR);
                            (Surface::Window(texture, mesh), pixels.rgba.len() as u64)
                        }
                    };
                    Some(Tile { surface, bbox, bytes })
                });
                Made { key, tile, trouble: read.trouble }
            };
            missing.into_iter().map(one).collect()
        };
        let task = if self.inline {
            run_here(make)
        } else {
            let ctx = ctx.clone();
            spawn("luodi-tiles", move || ctx.request_repaint(), make)
        };
        self.loading = Some((keys, task));
    }

    fn forget(&mut self) {
        let mut sum = self.bytes();
        if sum <= TILE_BYTES {
            return;
        }
        let bytes = |k: &Kept| k.tile.as_ref().map_or(0, |t| t.bytes);
        let mut old: Vec<(u64, Key, u64)> =
            self.kept.iter().filter(|(_, k)| k.seen < self.clock).map(|(key, k)| (k.seen, *key, bytes(k))).collect();
        old.sort_unstable();
        for (_, key, bytes) in old {
            if sum <= TILE_BYTES * 3 / 4 {
                break;
            }
            self.kept.remove(&key);
            sum -= bytes;
        }
    }
}

/// Paints what lies under the map where no card of our own draws it.
pub fn paint(painter: &Painter, view: &View, under: &Under) {
    for seen in &under.seen {
        let Surface::Window(texture, tile) = &seen.tile.surface else { continue };
        let o = view.screen_from_plan(tile.origin);
        let per_m = (1.0 / view.m_per_pt) as f32;
        let place = |p: [f32; 2]| Pos2::new(o.x + p[0] * per_m, o.y - p[1] * per_m);
        let color = Color32::from_white_alpha((seen.opacity * 255.0).round() as u8);
        let mut mesh = Mesh::with_texture(texture.id());
        for cell in seen.cells.rows().flatten() {
            let first = cell / CELLS * (CELLS + 1) + cell % CELLS;
            let four = [first, first + 1, first + CELLS + 1, first + CELLS + 2];
            let corner = |i: usize| tile.corners.get(i).copied().flatten();
            if four.iter().any(|i| corner(*i).is_none()) {
                continue;
            }
            let from = mesh.vertices.len() as u32;
            mesh.vertices.extend(four.iter().filter_map(|i| {
                let uv = Pos2::new((i % (CELLS + 1)) as f32, (i / (CELLS + 1)) as f32) / CELLS as f32;
                corner(*i).map(|p| Vertex { pos: place(p), uv, color })
            }));
            mesh.indices.extend([0, 1, 2, 2, 1, 3].map(|n| from + n));
        }
        painter.add(mesh);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cells_of_a_coarser_tile_are_those_under_the_finer_one() {
        let tile = TileId { z: 5, x: 13, y: 6 };
        // 13 is the second of two, the second of four (counted from 12), the sixth of eight (from 8).
        assert_eq!(Cells::under(tile, 1), Cells { left: 4, top: 0, side: 4 });
        assert_eq!(Cells::under(tile, 2), Cells { left: 2, top: 4, side: 2 });
        assert_eq!(Cells::under(tile, 3), Cells { left: 5, top: 6, side: 1 });
        assert_eq!(Cells::under(tile, 3).rows().flatten().collect::<Vec<_>>(), [53]);
        assert_eq!(Cells::ALL.rows().flatten().count(), CELLS * CELLS);
    }
}

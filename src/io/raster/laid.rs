//! A picture laid on a plane: which tiles a view needs, where each lies, and the picture of a piece of land.

use super::{Pyramid, RasterFile, TileId, TilePixels, TileRead};
use crate::crs::Transform;
use crate::geom::{BBox, Point};
use crate::task::Progress;
use crate::text::Message;
use std::collections::HashMap;
use std::sync::Arc;

/// Cells of a tile's mesh across and down.
///
/// Within a cell the picture is laid on the plane by straight lines. A cell is at most 64 pixels of a tile (512 of them
/// across 8 cells), and a straight line of that length leaves the curve it stands for by s²/8r, where r, for any pair of
/// systems used here, is of the order of the earth's radius. At 150 m a pixel (a whole province on the screen) that is
/// a hundredth of a pixel; it reaches half a pixel only beyond 5 km a pixel. A test measures it.
pub const CELLS: usize = 8;
/// More tiles than this are not wanted at once: the view is far beyond the coarsest level that the file has.
const MOST_TILES: usize = 800;
/// Tiles are taken from the finer level when the coarser one would be enlarged by more than this.
const MOST_ENLARGED: f64 = 1.5;

/// The corners of a tile's cells on the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct TileMesh {
    pub origin: Point,
    /// Relative to the origin, row by row from the upper left, `CELLS` + 1 across; `None` where the plane does not reach.
    pub corners: Vec<Option<[f32; 2]>>,
    pub bbox: BBox,
}

/// Pixels across and down between which the way to the file is taken as straight, in [`LaidRaster::render`].
const STEP_PX: usize = 16;

/// An open picture and the ways between it and a plane.
#[derive(Debug)]
pub struct LaidRaster {
    file: RasterFile,
    to_plan: Transform,
    from_plan: Transform,
    /// On the plane; empty where that does not reach it.
    pub bbox: BBox,
}

impl LaidRaster {
    /// `to_plan`: from the system of the file to the plane; `from_plan`: back.
    pub fn new(file: RasterFile, to_plan: Transform, from_plan: Transform) -> Self {
        let mut laid = Self { file, to_plan, from_plan, bbox: BBox::EMPTY };
        let places = spread(laid.file.pyramid.filled).into_iter().filter_map(|p| laid.on_plan(p));
        laid.bbox = BBox::of(&places.collect::<Vec<_>>());
        laid
    }

    pub fn pyramid(&self) -> &Pyramid {
        &self.file.pyramid
    }

    /// File name without its folder.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// Pixels of the tile, read beside the window.
    pub fn read(&self, tile: TileId, progress: &Progress) -> TileRead {
        self.file.tile(tile, progress)
    }

    fn on_plan(&self, unit: Point) -> Option<Point> {
        let mut p = [self.file.pyramid.place.apply(unit)];
        self.to_plan.apply(&mut p).ok()?;
        Some(p[0])
    }

    fn on_unit(&self, plan: Point) -> Option<Point> {
        let mut p = [plan];
        self.from_plan.apply(&mut p).ok()?;
        self.file.pyramid.place.back(p[0])
    }

    /// The level whose pixels are nearest in size to `m_per_px`, seen around the middle of `window`; `None` when nothing of it is there.
    pub fn level(&self, window: BBox, m_per_px: f64) -> Option<u8> {
        let pyramid = &self.file.pyramid;
        let middle = std::iter::once(window.center()).chain([self.bbox.center()]).chain(spread(window));
        let at = middle.filter_map(|p| self.on_unit(p)).find(|u| self.on_plan(*u).is_some())?;
        // A step that is small beside the earth and large beside 0.1 mm, to which places are rounded.
        let step = 0.5f64.powi(i32::from(pyramid.finest)).min(1e-4);
        let (a, b) = (self.on_plan(at)?, self.on_plan([at[0] + step, at[1]])?);
        let m_of_whole = (a[0] - b[0]).hypot(a[1] - b[1]) / step;
        let wanted = (m_of_whole / (f64::from(pyramid.tile_px) * m_per_px * MOST_ENLARGED)).log2().ceil();
        Some(wanted.clamp(f64::from(pyramid.coarsest), f64::from(pyramid.finest)) as u8)
    }

    /// Tiles of a level that may show in `window`, row by row; none when that would be too many.
    pub fn tiles(&self, window: BBox, level: u8) -> Vec<TileId> {
        let filled = self.file.pyramid.filled;
        if !window.meets(&self.bbox) {
            return Vec::new();
        }
        let seen = BBox::of(&spread(window).into_iter().filter_map(|p| self.on_unit(p)).collect::<Vec<_>>());
        if seen.is_empty() {
            return Vec::new();
        }
        // Between the places that were asked the border may bulge.
        let seen = seen.grown(0.01 * seen.width().max(seen.height()));
        let side = 2f64.powi(i32::from(level));
        let range = |axis: usize| {
            let (from, to) = (seen.min[axis].max(filled.min[axis]), seen.max[axis].min(filled.max[axis]));
            let last = (side - 1.0).max(0.0);
            ((from * side).floor().clamp(0.0, last) as u32, ((to * side).ceil() - 1.0).clamp(0.0, last) as u32, from < to)
        };
        let ((x0, x1, across), (y0, y1, down)) = (range(0), range(1));
        let count = (x1.saturating_sub(x0) as usize + 1) * (y1.saturating_sub(y0) as usize + 1);
        if !across || !down || count > MOST_TILES {
            return Vec::new();
        }
        (y0..=y1).flat_map(|y| (x0..=x1).map(move |x| TileId { z: level, x, y })).collect()
    }

    /// Where a tile lies on the plane; `None` where that does not reach it.
    pub fn mesh(&self, tile: TileId) -> Option<TileMesh> {
        let share = |i: usize| i as f64 / CELLS as f64;
        let places: Vec<Option<Point>> = (0..=CELLS)
            .flat_map(|row| (0..=CELLS).map(move |column| [share(column), share(row)]))
            .map(|inside| self.on_plan(tile.on_unit(inside)))
            .collect();
        let reached: Vec<Point> = places.iter().flatten().copied().collect();
        let bbox = BBox::of(&reached);
        let origin = *reached.first()?;
        let corners = places.into_iter().map(|p| p.map(|p| [(p[0] - origin[0]) as f32, (p[1] - origin[1]) as f32])).collect();
        Some(TileMesh { origin, corners, bbox })
    }

    /// The picture of a piece of the plane, row by row from the north-west, mixed between the pixels of the file; clear
    /// where nothing lies. With the first trouble there was.
    pub fn render(&self, window: BBox, [width, height]: [u32; 2], progress: &Progress) -> (TilePixels, Option<Message>) {
        let mut picture = TilePixels::clear(width, height);
        let m_per_px = window.width() / f64::from(width.max(1));
        let Some(level) = self.level(window, m_per_px).filter(|_| !self.tiles(window, self.pyramid().coarsest).is_empty()) else {
            return (picture, None);
        };
        let mut tiles = Sampler { raster: self, level, progress, kept: HashMap::new(), last: None, trouble: None };
        let place = |x: usize, y: usize| {
            let (east, north) =
                (window.min[0] + (x as f64 + 0.5) * m_per_px, window.max[1] - (y as f64 + 0.5) * window.height() / f64::from(height));
            self.on_unit([east, north])
        };
        let (width, height) = (width as usize, height as usize);
        for top in (0..height).step_by(STEP_PX) {
            for left in (0..width).step_by(STEP_PX) {
                let corner = |right: usize, down: usize| place(left + right * STEP_PX, top + down * STEP_PX);
                let four = [corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)];
                for y in top..(top + STEP_PX).min(height) {
                    for x in left..(left + STEP_PX).min(width) {
                        let unit = match four {
                            [Some(a), Some(b), Some(c), Some(d)] => {
                                let (s, t) = ((x - left) as f64 / STEP_PX as f64, (y - top) as f64 / STEP_PX as f64);
                                let mix = |i: usize| (a[i] * (1.0 - s) + b[i] * s) * (1.0 - t) + (c[i] * (1.0 - s) + d[i] * s) * t;
                                Some([mix(0), mix(1)])
                            }
                            // On the edge of what the plane reaches.
                            _ => place(x, y),
                        };
                        let (Some(unit), at) = (unit, (y * width + x) * 4) else { continue };
                        if let Some(pixel) = picture.rgba.get_mut(at..at + 4) {
                            pixel.copy_from_slice(&tiles.at(unit));
                        }
                    }
                }
            }
        }
        (picture, tiles.trouble)
    }
}

/// Places spread over a box, its border included.
fn spread(b: BBox) -> Vec<Point> {
    let share = |i: usize| (i % 9) as f64 / 8.0;
    let at = |i: usize| [b.min[0] + b.width() * share(i), b.min[1] + b.height() * share(i / 9)];
    (0..81).map(at).collect()
}

/// Takes colours out of the tiles of one level.
struct Sampler<'a> {
    raster: &'a LaidRaster,
    level: u8,
    progress: &'a Progress,
    kept: HashMap<TileId, Option<Arc<TilePixels>>>,
    /// Most pixels lie in the tile of the one before.
    last: Option<(TileId, Option<Arc<TilePixels>>)>,
    trouble: Option<Message>,
}

impl Sampler<'_> {
    fn tile(&mut self, id: TileId) -> Option<Arc<TilePixels>> {
        if let Some((last, pixels)) = &self.last
            && *last == id
        {
            return pixels.clone();
        }
        let pixels = match self.kept.get(&id) {
            Some(kept) => kept.clone(),
            None => {
                let read = self.raster.read(id, self.progress);
                if self.trouble.is_none() {
                    self.trouble = read.trouble;
                }
                self.kept.insert(id, read.pixels.clone());
                read.pixels
            }
        };
        self.last = Some((id, pixels.clone()));
        pixels
    }

    fn pixel(&mut self, x: i64, y: i64) -> [f64; 4] {
        let side = i64::from(self.raster.pyramid().tile_px);
        let (column, row) = (x.div_euclid(side), y.div_euclid(side));
        let (Ok(column), Ok(row)) = (u32::try_from(column), u32::try_from(row)) else { return [0.0; 4] };
        let Some(tile) = self.tile(TileId { z: self.level, x: column, y: row }) else { return [0.0; 4] };
        let at = (y.rem_euclid(side) as usize * tile.width as usize + x.rem_euclid(side) as usize) * 4;
        tile.rgba.get(at..at + 4).map_or([0.0; 4], |p| [0, 1, 2, 3].map(|i| f64::from(p[i])))
    }

    /// The colour at a place of the unit square.
    fn at(&mut self, unit: Point) -> [u8; 4] {
        let filled = self.raster.pyramid().filled;
        if !filled.holds_point(unit) {
            return [0; 4];
        }
        let pixels = f64::from(self.raster.pyramid().tile_px) * 2f64.powi(i32::from(self.level));
        let [x, y] = unit.map(|v| v * pixels - 0.5);
        let (left, top, s, t) = (x.floor(), y.floor(), x - x.floor(), y - y.floor());
        // At the edge of the picture its last pixels go on.
        let inside = |v: f64, axis: usize| v.clamp((filled.min[axis] * pixels).floor(), (filled.max[axis] * pixels).ceil() - 1.0) as i64;
        let (x0, x1, y0, y1) = (inside(left, 0), inside(left + 1.0, 0), inside(top, 1), inside(top + 1.0, 1));
        let four = [self.pixel(x0, y0), self.pixel(x1, y0), self.pixel(x0, y1), self.pixel(x1, y1)];
        [0, 1, 2, 3].map(|i| {
            let (upper, lower) = (four[0][i] * (1.0 - s) + four[1][i] * s, four[2][i] * (1.0 - s) + four[3][i] * s);
            (upper * (1.0 - t) + lower * t).round() as u8
        })
    }
}

//! A whole layer as tone: how much of each cell of one grid is covered and how much border runs through it, by area and length.
//!
//! What is smaller than a pixel is shown by it, so that nothing is dropped and no chunk has a seam.

use super::chunks::Group;
use crate::geom::{BBox, Point, RingsRef};
use crate::model::LayerId;
use crate::scene::{Class, Rgb, Style};
use crate::task::{Progress, map_in_order};
use std::sync::Arc;

/// Rows that are worked out together.
const STRIP: usize = 128;
/// Length of border in a cell, in sides of a cell, that fills the second byte.
pub const MOST_BORDER: f32 = 4.0;
/// Points of a canvas of usual size that may be drawn one by one; where more would be in view, tone begins.
const POINTS_IN_VIEW: f64 = 150_000.0;
/// Layers of fewer points are always drawn one by one.
const POINTS_WORTH_IT: usize = 60_000;

/// A cell is two bytes, share that is covered and border; or four, the colours of several classes mixed by what each covers.
/// Row 0 is the northernmost; then every level of half the size.
#[derive(Debug)]
pub struct Tone {
    /// North-west corner.
    pub corner: Point,
    pub cell_m: f64,
    /// Bytes of a cell.
    pub channels: usize,
    pub levels: Vec<Level>,
}

#[derive(Debug)]
pub struct Level {
    pub width: usize,
    pub height: usize,
    pub bytes: Vec<u8>,
}

/// The cell that suits a group: from that many metres a pixel its tone is shown. `None` for one that needs no tone.
pub fn cell_m(group: &Group, most_cells: usize) -> Option<f64> {
    let (points, bbox) = group.whole;
    let (w, h) = (bbox.width(), bbox.height());
    if points < POINTS_WORTH_IT || !(w > 0.0 && h > 0.0) {
        return None;
    }
    let points_per_m2 = points as f64 / (w * h);
    let wanted = (POINTS_IN_VIEW / 0.7e6 / points_per_m2).sqrt();
    // Twice the memory for each layer beyond a few million points, half of it for small ones.
    let cells = if points > 4_000_000 { most_cells } else { most_cells / 2 };
    Some(wanted.max(w.max(h) / (cells as f64 - 2.0)))
}

/// A group whatever its contents.
pub type GroupName = (Class, Option<LayerId>, usize);

fn name(group: &Group) -> GroupName {
    (group.class, group.layer, group.turn)
}

/// Classes of one layer share a tone of their mixed colours.
pub fn tone_name(group: &Group, mixed: bool) -> GroupName {
    if mixed { (group.class, group.layer, usize::MAX) } else { name(group) }
}

/// Which of the groups shown are classes of the same layer as that one, itself included.
pub fn parts_of(shown: &[(Arc<Group>, Style)], at: usize) -> Vec<usize> {
    let this = &shown[at].0;
    if this.told_by.is_empty() || this.layer.is_none() {
        return vec![at];
    }
    (0..shown.len()).filter(|i| shown[*i].0.layer == this.layer && shown[*i].0.class == this.class).collect()
}

pub fn straight(color: Option<Rgb>) -> Color {
    color.map_or([1.0; 3], |c| [c.0, c.1, c.2].map(|v| f32::from(v) / 255.0))
}

/// Whether a group is shown by its tone at so many metres a pixel.
pub fn chunks_toned(group: &Group, most_cells: usize, m_per_px: f64) -> bool {
    cell_m(group, most_cells).is_some_and(|cell| m_per_px >= cell)
}

/// Works out the tone of a group. `None` once `progress` is cancelled.
pub fn tone(group: &Group, cell_m: f64, progress: &Progress) -> Option<Tone> {
    let b = group.bbox;
    let (width, height) = ((b.width() / cell_m).ceil() as usize + 1, (b.height() / cell_m).ceil() as usize + 1);
    let corner = [b.min[0], b.max[1]];
    let strips: Vec<usize> = (0..height.div_ceil(STRIP)).collect();
    // Chunks whose box meets a strip: their features are looked at row by row.
    let mut bytes = Vec::with_capacity(width * height * 2);
    let whole = map_in_order(
        strips.into_iter(),
        0,
        progress,
        |strip| {
            let (first, last) = (strip * STRIP, ((strip + 1) * STRIP).min(height));
            let mut work = Strip::new(width, first, last, corner, cell_m);
            let (north, south) = (corner[1] - first as f64 * cell_m, corner[1] - last as f64 * cell_m);
            let land = BBox { min: [b.min[0], south], max: [b.max[0], north] };
            for chunk in group.chunks.iter().filter(|c| c.bbox.meets(&land)) {
                for (rings, sound) in chunk.members.iter().filter_map(|m| group.source.piece(*m)) {
                    work.piece(rings, group.closed, sound);
                }
            }
            work.bytes()
        },
        |outcome| match outcome {
            crate::task::Outcome::Done(rows) => bytes.extend(rows),
            // A strip that failed stays empty.
            crate::task::Outcome::Crashed(_) => bytes.resize((bytes.len() + width * STRIP * 2).min(width * height * 2), 0),
        },
    );
    whole.then(|| {
        bytes.resize(width * height * 2, 0);
        Tone { corner, cell_m, channels: 2, levels: halved(Level { width, height, bytes }, 2) }
    })
}

/// Straight colours, 0…1.
pub type Color = [f32; 3];

/// Of the colour of lines so much is in a cell full of border.
const LINE_SHARE: f32 = 0.25;

/// The tone of several classes of a layer in one: their colours mixed by what each covers. `None` once `progress` is cancelled.
pub fn colored_tone(parts: &[(Arc<Group>, Color)], line: Option<Color>, cell_m: f64, progress: &Progress) -> Option<Tone> {
    let b = parts.iter().fold(BBox::EMPTY, |b, (g, _)| b.join(g.bbox));
    let (width, height) = ((b.width() / cell_m).ceil() as usize + 1, (b.height() / cell_m).ceil() as usize + 1);
    let corner = [b.min[0], b.max[1]];
    let mut bytes = Vec::with_capacity(width * height * 4);
    let whole = map_in_order(
        0..height.div_ceil(STRIP),
        0,
        progress,
        |strip| {
            let (first, last) = (strip * STRIP, ((strip + 1) * STRIP).min(height));
            let (north, south) = (corner[1] - first as f64 * cell_m, corner[1] - last as f64 * cell_m);
            let land = BBox { min: [b.min[0], south], max: [b.max[0], north] };
            // Colour times cover, cover, border.
            let mut cells = vec![[0.0f32; 5]; width * (last - first)];
            for (group, color) in parts {
                let mut work = Strip::new(width, first, last, corner, cell_m);
                for chunk in group.chunks.iter().filter(|c| c.bbox.meets(&land)) {
                    for (rings, sound) in chunk.members.iter().filter_map(|m| group.source.piece(*m)) {
                        work.piece(rings, group.closed, sound);
                    }
                }
                for ((cell, covered), border) in cells.iter_mut().zip(&work.covered).zip(&work.border) {
                    let covered = covered.clamp(0.0, 1.0);
                    for k in 0..3 {
                        cell[k] += color[k] * covered;
                    }
                    cell[3] += covered;
                    cell[4] += border;
                }
            }
            cells.into_iter().flat_map(|cell| mixed(cell, line)).collect::<Vec<u8>>()
        },
        |outcome| match outcome {
            crate::task::Outcome::Done(rows) => bytes.extend(rows),
            // A strip that failed stays empty.
            crate::task::Outcome::Crashed(_) => bytes.resize((bytes.len() + width * STRIP * 4).min(width * height * 4), 0),
        },
    );
    whole.then(|| {
        bytes.resize(width * height * 4, 0);
        Tone { corner, cell_m, channels: 4, levels: halved(Level { width, height, bytes }, 4) }
    })
}

/// Colour times cover, and cover, as bytes: never more than the whole cell, with a share of the line's colour.
fn mixed([r, g, b, covered, border]: [f32; 5], line: Option<Color>) -> [u8; 4] {
    let fit = if covered > 1.0 { 1.0 / covered } else { 1.0 };
    let cover = covered * fit;
    let share = LINE_SHARE * (border / MOST_BORDER).min(1.0);
    let channel = |c: f32, k: usize| {
        let drawn = line.map_or(c * fit, |l| c * fit * (1.0 - share) + l[k] * cover * share);
        (drawn.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    [channel(r, 0), channel(g, 1), channel(b, 2), (cover * 255.0).round() as u8]
}

/// The level and all those of half the size of the one before.
fn halved(first: Level, channels: usize) -> Vec<Level> {
    let mut levels = vec![first];
    while let Some(last) = levels.last().filter(|l| l.width > 1 || l.height > 1) {
        let (width, height) = ((last.width / 2).max(1), (last.height / 2).max(1));
        let mut bytes = Vec::with_capacity(width * height * channels);
        for y in 0..height {
            for x in 0..width {
                for channel in 0..channels {
                    let at = |dx: usize, dy: usize| {
                        let (x, y) = ((2 * x + dx).min(last.width - 1), (2 * y + dy).min(last.height - 1));
                        u32::from(last.bytes[(y * last.width + x) * channels + channel])
                    };
                    bytes.push(((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4) as u8);
                }
            }
        }
        levels.push(Level { width, height, bytes });
    }
    levels
}

/// Some rows of the grid while they are worked out. Places are in cells, from the strip's north-west corner down.
struct Strip {
    width: usize,
    rows: usize,
    top: f64,
    corner: Point,
    cell_m: f64,
    covered: Vec<f32>,
    border: Vec<f32>,
    /// Signed steps of one feature, summed up from the west.
    steps: Vec<f32>,
}

impl Strip {
    fn new(width: usize, first: usize, last: usize, corner: Point, cell_m: f64) -> Self {
        let rows = last - first;
        let zeros = vec![0.0; width * rows];
        Self { width, rows, top: first as f64, corner, cell_m, covered: zeros.clone(), border: zeros, steps: Vec::new() }
    }

    fn place(&self, p: Point) -> Point {
        [(p[0] - self.corner[0]) / self.cell_m, (self.corner[1] - p[1]) / self.cell_m - self.top]
    }

    fn piece(&mut self, rings: RingsRef<'_>, closed: bool, sound: bool) {
        let bbox = rings.bbox();
        let (a, b) = (self.place([bbox.min[0], bbox.max[1]]), self.place([bbox.max[0], bbox.min[1]]));
        if b[1] < 0.0 || a[1] > self.rows as f64 || rings.is_empty() {
            return;
        }
        let x0 = (a[0].floor().max(0.0)) as usize;
        let x1 = ((b[0].floor() as usize) + 1).min(self.width);
        let y0 = (a[1].floor().max(0.0)) as usize;
        let y1 = ((b[1].floor() as usize) + 1).min(self.rows);
        if x0 >= x1 || y0 >= y1 {
            return;
        }
        // One more column: what lies east of an edge ends there.
        let across = x1 - x0 + 1;
        self.steps.clear();
        self.steps.resize(across * (y1 - y0), 0.0);
        for ring in rings.rings() {
            let count = if closed { ring.len() } else { ring.len().saturating_sub(1) };
            for i in 0..count {
                let (p, q) = (self.place(ring[i]), self.place(ring[(i + 1) % ring.len()]));
                self.border(p, q);
                if sound && closed {
                    edge(&mut self.steps, across, (x0 as f64, y0 as f64), (y1 - y0) as f64, p, q);
                }
            }
        }
        if !(sound && closed) {
            return;
        }
        for row in 0..y1 - y0 {
            let mut sum = 0.0f32;
            for column in 0..across - 1 {
                sum += self.steps[row * across + column];
                self.covered[(y0 + row) * self.width + x0 + column] += sum.abs().min(1.0);
            }
        }
    }

    /// Spreads a segment's length over the cells it runs through.
    fn border(&mut self, p: Point, q: Point) {
        let length = (q[0] - p[0]).hypot(q[1] - p[1]);
        let pieces = (length * 2.0).ceil().clamp(1.0, 1e6);
        let rows = self.rows as f64;
        if p[1].max(q[1]) < 0.0 || p[1].min(q[1]) >= rows {
            return;
        }
        for k in 0..pieces as usize {
            let share = (k as f64 + 0.5) / pieces;
            let (x, y) = (p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share);
            if y >= 0.0 && y < rows && x >= 0.0 && (x as usize) < self.width {
                self.border[y as usize * self.width + x as usize] += (length / pieces) as f32;
            }
        }
    }

    fn bytes(self) -> Vec<u8> {
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
        self.covered.iter().zip(&self.border).flat_map(|(c, b)| [byte(*c), byte(b / MOST_BORDER)]).collect()
    }
}

/// Adds the signed area to the east of an edge, cell by cell (the accumulation of font rasterisers).
fn edge(steps: &mut [f32], across: usize, (x0, y0): (f64, f64), rows: f64, p: Point, q: Point) {
    let (p, q) = ([p[0] - x0, p[1] - y0], [q[0] - x0, q[1] - y0]);
    if p[1] == q[1] {
        return;
    }
    let (dir, a, b) = if p[1] < q[1] { (1.0, p, q) } else { (-1.0, q, p) };
    if b[1] <= 0.0 || a[1] >= rows {
        return;
    }
    let slope = (b[0] - a[0]) / (b[1] - a[1]);
    let widest = (across - 1) as f64;
    let mut y = a[1].max(0.0);
    let end = b[1].min(rows);
    while y < end {
        let row = y.floor();
        let next = (row + 1.0).min(end);
        let dy = next - y;
        let xs = [a[0] + (y - a[1]) * slope, a[0] + (next - a[1]) * slope].map(|x| x.clamp(0.0, widest));
        let (west, east) = (xs[0].min(xs[1]), xs[0].max(xs[1]));
        let base = row as usize * across;
        let (first, last) = (west.floor(), east.ceil());
        let d = (dir * dy) as f32;
        if last <= first + 1.0 {
            let middle = ((west + east) / 2.0 - first) as f32;
            steps[base + first as usize] += d * (1.0 - middle);
            if (first as usize) + 1 < across {
                steps[base + first as usize + 1] += d * middle;
            }
        } else {
            // The edge runs through several cells of the row.
            let span = east - west;
            let mut covered_before = 0.0;
            let mut column = first;
            while column < last {
                let (from, to) = (west.max(column), east.min(column + 1.0));
                let part = (to - from) / span;
                let middle = (from + to) / 2.0 - column;
                let here = part * (1.0 - middle) + carried(&mut covered_before, part, middle);
                steps[base + column as usize] += d * here as f32;
                column += 1.0;
            }
            if (last as usize) < across {
                steps[base + last as usize] += d * covered_before as f32;
            }
        }
        y = next;
    }
}

/// What the cell to the west left to this one; keeps what this one leaves.
fn carried(left: &mut f64, part: f64, middle: f64) -> f64 {
    std::mem::replace(left, part * middle)
}

#[cfg(test)]
mod tests {
    use super::super::chunks::{Chunk, Source};
    use super::*;
    use crate::geom::Rings;

    fn group(rings: Vec<Rings>) -> Group {
        let bbox = rings.iter().fold(BBox::EMPTY, |b, r| b.join(r.as_ref().bbox()));
        let members = (0..rings.len() as u128).collect();
        let source = Source::Items(rings.into_iter().map(|r| (Arc::new(r), true)).collect());
        let chunks = vec![Arc::new(Chunk { stamp: 1, bbox, members })];
        Group::sketch(Class::Land, bbox, chunks, source)
    }

    fn covered_cells(tone: &Tone, level: usize) -> f64 {
        tone.levels[level].bytes.chunks(2).map(|c| f64::from(c[0]) / 255.0).sum()
    }

    #[test]
    fn tone_adds_up_to_the_area_at_every_cell_size() {
        let e = 40_500_000.0;
        let mut holed = Rings::new();
        holed.push_ring(&[[e, 0.0], [e + 903.0, 11.0], [e + 850.0, 700.0], [e + 13.0, 640.0]]);
        holed.push_ring(&[[e + 200.0, 200.0], [e + 200.0, 300.0], [e + 300.0, 300.0], [e + 300.0, 200.0]]);
        holed.end_part();
        let small = Rings::simple(&[[e + 1000.0, 5.0], [e + 1001.0, 5.0], [e + 1001.0, 9.0]]);
        let area = |r: &Rings| -> f64 {
            let ring = |r: &[Point]| {
                (0..r.len()).map(|i| (r[i][0] - e) * r[(i + 1) % r.len()][1] - (r[(i + 1) % r.len()][0] - e) * r[i][1]).sum::<f64>() / 2.0
            };
            r.as_ref().rings().map(ring).sum()
        };
        let truth = area(&holed) + area(&small);
        let group = group(vec![holed, small]);
        for cell in [3.0, 7.3, 40.0, 333.0] {
            let found = tone(&group, cell, &Progress::new()).unwrap();
            let sum = covered_cells(&found, 0) * cell * cell;
            assert!((sum / truth - 1.0).abs() < 0.01, "{cell}: {sum} {truth}");
        }
    }

    #[test]
    fn a_crowd_of_specks_keeps_its_tone() {
        // A fifth of the land, in specks of a fifth of a cell.
        let speck = |i: usize| {
            let (x, y) = ((i % 100) as f64 * 10.0, (i / 100) as f64 * 10.0);
            Rings::simple(&[[x, y], [x + 4.0, y], [x + 4.0, y + 5.0], [x, y + 5.0]])
        };
        let found = tone(&group((0..10_000).map(speck).collect()), 20.0, &Progress::new()).unwrap();
        let middle = &found.levels[3];
        let at = (middle.height / 2 * middle.width + middle.width / 2) * 2;
        assert!((f64::from(middle.bytes[at]) / 255.0 - 0.2).abs() < 0.02, "{}", middle.bytes[at]);
    }

    #[test]
    fn classes_are_mixed_by_what_they_cover() {
        let square = |x: f64| Rings::simple(&[[x, 0.0], [x + 50.0, 0.0], [x + 50.0, 100.0], [x, 100.0]]);
        let parts = [(Arc::new(group(vec![square(0.0)])), [1.0, 0.0, 0.0]), (Arc::new(group(vec![square(50.0)])), [0.0, 0.0, 1.0])];
        let found = colored_tone(&parts, None, 20.0, &Progress::new()).unwrap();
        let level = &found.levels[0];
        let cell = |x: usize| &level.bytes[(2 * level.width + x) * 4..][..4];
        assert_eq!((cell(0), cell(4)), (&[255, 0, 0, 255][..], &[0, 0, 255, 255][..]));
        assert!(cell(2).iter().zip([128u8, 0, 128, 255]).all(|(a, b)| a.abs_diff(b) <= 1), "{:?}", cell(2));
    }

    #[test]
    fn border_has_its_length() {
        let found =
            tone(&group(vec![Rings::simple(&[[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]])]), 10.0, &Progress::new()).unwrap();
        let sides: f64 = found.levels[0].bytes.chunks(2).map(|c| f64::from(c[1]) / 255.0 * f64::from(MOST_BORDER)).sum();
        assert!((sides - 40.0).abs() < 1.0, "{sides}");
    }
}

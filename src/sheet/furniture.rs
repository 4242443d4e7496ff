//! What stands on a map beside the map: legend, tables, scale bar, north arrow. Each knows its size before it is placed.

use super::zone_plan::AreaTable;
use crate::scene::{
    At, Drawing, Face, Fill, LegendEntry, Mark, Outline, Projection, Rect, Rgb, Stroke, TextMeasure, TextRun, Typefaces, bar_length_m,
    paint_swatch,
};
use crate::text::{self, Lang, word};

pub(super) const INK: Rgb = Rgb::hex(0x22262B);
pub(super) const INK2: Rgb = Rgb::hex(0x565B61);
const HAIRLINE: Rgb = Rgb::hex(0xCFC8BA);
const WHITE: Rgb = Rgb(255, 255, 255);

/// Something drawn at its own origin, to be moved to its place.
pub(super) struct Piece {
    pub width: f32,
    pub height: f32,
    drawing: Drawing,
}

impl Piece {
    /// The piece with its upper left corner at `at`.
    pub fn at(self, [x, y]: At) -> Drawing {
        let mut drawing = self.drawing;
        for mark in &mut drawing.marks {
            match mark {
                Mark::Path { outline, .. } | Mark::Clip { outline, .. } => outline.shift([x, y]),
                Mark::Picture { area, .. } => (area.x, area.y) = (area.x + x, area.y + y),
                Mark::Text(run) => run.at = [run.at[0] + x, run.at[1] + y],
                Mark::Unclip => {}
            }
        }
        drawing
    }
}

/// A line of text whose middle, start or end is at `at`.
pub(super) fn text(d: &mut Drawing, words: &str, face: Face, size: f32, color: Rgb, at: At, anchor: f32) {
    let width = Typefaces.width(words, face, size, 0.0);
    let at = [at[0] - width * anchor, at[1]];
    d.marks.push(Mark::Text(TextRun { text: words.to_owned(), at, size, color, halo: None, face, spacing: 0.0, turn_deg: 0.0 }));
}

pub(super) const START: f32 = 0.0;
pub(super) const MIDDLE: f32 = 0.5;
pub(super) const END: f32 = 1.0;

fn box_ground(width: f32, height: f32, k: f32) -> Drawing {
    let mut d = Drawing::new();
    d.push_path(Outline::rect(Rect::new(0.0, 0.0, width, height)), Some(Fill::solid(WHITE)), Some(Stroke::solid(INK, 0.2 * k)));
    d
}

/// The legend; `k` scales all sizes with the paper, `pt` is a point in mm.
pub(super) fn legend_box(entries: &[LegendEntry], lang: Lang, k: f32, pt: f32) -> Option<Piece> {
    if entries.is_empty() {
        return None;
    }
    let (size, small, title) = (3.6 * k, 3.1 * k, 4.6 * k);
    let (pad, swatch, row) = (4.0 * k, 9.0 * k, 6.4 * k);
    let widest = entries
        .iter()
        .map(|e| swatch + 3.0 * k + Typefaces.width(e.words(lang), Face::Sans, size, 0.0))
        .chain(entries.iter().map(|e| Typefaces.width(word(lang, e.group.key()), Face::Sans, small, 0.0)))
        .fold(34.0 * k, f32::max);
    let width = widest + 2.0 * pad;
    let groups = entries.chunk_by(|a, b| a.group == b.group);
    let height = pad + title * 1.5 + groups.clone().count() as f32 * row * 0.9 + entries.len() as f32 * row + pad * 0.6;
    let mut d = box_ground(width, height, k);
    let mut y = pad + title * 0.9;
    // The two characters of 图例 stand apart, as on printed maps.
    let spacing = if lang == Lang::Zh { title * 0.6 } else { 0.0 };
    let heading = word(lang, "legend.title");
    let heading_width = Typefaces.width(heading, Face::Sans, title, spacing);
    d.marks.push(Mark::Text(TextRun {
        text: heading.to_owned(),
        at: [(width - heading_width) / 2.0, y],
        size: title,
        color: INK,
        halo: None,
        face: Face::Sans,
        spacing,
        turn_deg: 0.0,
    }));
    y += title * 0.6;
    for group in groups {
        if let Some(first) = group.first() {
            y += row * 0.9;
            text(&mut d, word(lang, first.group.key()), Face::Sans, small, INK2, [pad, y - row * 0.25], START);
        }
        for entry in group {
            let area = Rect::new(pad + 0.3 * k, y + row * 0.5 - 2.2 * k, swatch, 4.4 * k);
            d.append(paint_swatch(entry.class, &entry.style, area, pt));
            text(&mut d, entry.words(lang), Face::Sans, size, INK, [pad + swatch + 3.0 * k, y + row * 0.5 + size * 0.36], START);
            y += row;
        }
    }
    Some(Piece { width, height, drawing: d })
}

/// A table: title, head, rows, sum row over a hairline, at least `at_least` mm wide. The first column is words, the others
/// are figures.
pub(super) fn table_box(table: &AreaTable, at_least: f32, k: f32) -> Piece {
    let (size, title, pad, row) = (3.3 * k, 3.6 * k, 3.5 * k, 5.9 * k);
    let columns = table.head.len();
    let cell_width = |column: usize, cell: &str| {
        let face = if column == 0 { Face::Sans } else { Face::Mono };
        Typefaces.width(cell, face, size, 0.0)
    };
    let widths: Vec<f32> = (0..columns)
        .map(|c| {
            let head = Typefaces.width(table.head.get(c).map_or("", String::as_str), Face::Sans, size * 0.92, 0.0);
            let cells = table.rows.iter().chain(&table.sum).filter_map(|r| r.get(c)).map(|cell| cell_width(c, cell));
            cells.fold(head, f32::max)
        })
        .collect();
    let gap = 5.0 * k;
    let title_width = Typefaces.width(&table.title, Face::Sans, title, 0.0);
    let natural = widths.iter().sum::<f32>() + gap * columns.saturating_sub(1) as f32;
    // A title wider than its columns spreads them.
    let inner = natural.max(title_width).max(at_least - 2.0 * pad);
    let spread = (inner - natural) / columns.saturating_sub(1).max(1) as f32;
    let width = inner + 2.0 * pad;
    let lines = table.rows.len() + table.sum.iter().len() + 1;
    let height = pad + title * 1.3 + lines as f32 * row + pad * 0.7;
    let mut d = box_ground(width, height, k);
    let mut y = pad + title * 0.85;
    text(&mut d, &table.title, Face::Sans, title, INK, [width / 2.0, y], MIDDLE);
    y += title * 0.45;
    let right_edges: Vec<f32> = widths
        .iter()
        .enumerate()
        .scan(pad, |x, (c, w)| {
            *x += w + if c == 0 { 0.0 } else { gap + spread };
            Some(*x)
        })
        .collect();
    let line = |d: &mut Drawing, y: f32| {
        d.stroke(Outline::polyline(&[[pad, y], [width - pad, y]]), Stroke::solid(HAIRLINE, 0.18 * k));
    };
    let print_row = |d: &mut Drawing, cells: &[String], head: bool, y: f32| {
        let (size, color) = if head { (size * 0.92, INK2) } else { (size, INK) };
        let baseline = y + row * 0.5 + size * 0.36;
        for (c, cell) in cells.iter().enumerate().take(columns) {
            let face = if c == 0 || head { Face::Sans } else { Face::Mono };
            let right = right_edges.get(c).copied().unwrap_or(width - pad);
            let (x, anchor) = if c == 0 { (pad, START) } else { (right, END) };
            text(d, cell, face, size, color, [x, baseline], anchor);
        }
    };
    print_row(&mut d, &table.head, true, y);
    y += row;
    line(&mut d, y);
    for cells in &table.rows {
        print_row(&mut d, cells, false, y);
        y += row;
    }
    if let Some(sum) = &table.sum {
        line(&mut d, y);
        print_row(&mut d, sum, false, y);
    }
    Piece { width, height, drawing: d }
}

/// The scale bar with its round numeric scale beneath; at most `at_most` mm long.
pub(super) fn scale_bar(projection: &Projection, scale_denominator: f64, lang: Lang, at_most: f32, k: f32) -> Piece {
    let units = projection.units_per_m;
    let length_m = bar_length_m(f64::from(at_most) / units);
    let length = (length_m * units) as f32;
    let leading = (length_m / 10f64.powf(length_m.log10().floor())).round() as u32;
    let parts = match leading {
        3 => 3,
        5 => 5,
        _ => 4,
    };
    let (per, unit) = if length_m >= 2000.0 { (1000.0, "unit.km") } else { (1.0, "unit.m") };
    let (size, bar, overhang) = (3.2 * k, 1.5 * k, 6.0 * k);
    let mut d = Drawing::new();
    let unit_width = Typefaces.width(word(lang, unit), Face::Sans, size, 0.0);
    let x0 = overhang;
    let halo = |d: &mut Drawing, words: &str, face, at: At, anchor: f32| {
        text(d, words, face, size, INK, at, anchor);
        if let Some(Mark::Text(run)) = d.marks.last_mut() {
            run.halo = Some((WHITE, 0.9 * k));
        }
    };
    let y = size * 1.3;
    d.push_path(Outline::rect(Rect::new(x0, y, length, bar)), Some(Fill::solid(WHITE)), Some(Stroke::solid(INK, 0.2 * k)));
    for i in 0..parts {
        let step = length / parts as f32;
        if i % 2 == 0 {
            d.fill(Outline::rect(Rect::new(x0 + step * i as f32, y, step, bar)), Fill::solid(INK));
        }
        // Labels only where they are whole numbers.
        let value = length_m / per * f64::from(i) / f64::from(parts);
        if i == 0 || (value.fract() == 0.0 && parts != 4) || (parts == 4 && i == 2 && value.fract() == 0.0) {
            halo(&mut d, &format!("{value:.0}"), Face::Mono, [x0 + step * i as f32, y - size * 0.35], MIDDLE);
        }
    }
    let last = format!("{:.0}", length_m / per);
    let half = Typefaces.width(&last, Face::Mono, size, 0.0) / 2.0;
    halo(&mut d, &last, Face::Mono, [x0 + length, y - size * 0.35], MIDDLE);
    halo(&mut d, word(lang, unit), Face::Sans, [x0 + length + half + size * 0.35, y - size * 0.35], START);
    let under = y + bar + size * 1.25;
    halo(&mut d, &text::scale(scale_denominator), Face::Mono, [x0 + length / 2.0, under], MIDDLE);
    let width = x0 + length + (half + size * 0.35 + unit_width).max(overhang);
    Piece { width, height: under + size * 0.4, drawing: d }
}

/// Grid north, up.
pub(super) fn north_arrow(lang: Lang, k: f32) -> Piece {
    let (width, height) = (9.0 * k, 20.0 * k);
    let (x, top, foot) = (width / 2.0, 0.0, 14.0 * k);
    let mut d = Drawing::new();
    let notch = foot - 3.4 * k;
    d.push_path(
        Outline::polygon(&[[x, top], [x + 3.0 * k, foot], [x, notch], [x - 3.0 * k, foot]]),
        Some(Fill::solid(WHITE)),
        Some(Stroke::solid(INK, 0.25 * k)),
    );
    d.fill(Outline::polygon(&[[x, top], [x - 3.0 * k, foot], [x, notch]]), Fill::solid(INK));
    text(&mut d, word(lang, "sheet.north"), Face::Sans, 4.4 * k, INK, [x, height - 0.6 * k], MIDDLE);
    if let Some(Mark::Text(run)) = d.marks.last_mut() {
        run.halo = Some((WHITE, 1.0 * k));
    }
    Piece { width, height, drawing: d }
}

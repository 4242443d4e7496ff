//! From styles to what the shader reads: colours, widths and hatches in pixels of the picture.

use super::card::{CardTone, Look, Pass};
use super::chunks::Group;
use super::tone::MOST_BORDER;
use crate::app::canvas::View;
use crate::geom::{BBox, Point};
use crate::model::{Contents, LayerHead, LayerId, Role};
use crate::scene::{Class, Hatch, Rgb, Style, Theme, Wash, part_style, style_of};

/// Beyond this denominator streets say nothing; a chunk of parcels is a faint tone.
const DETAIL_UP_TO: f64 = 60_000.0;
/// Of lines that fill a cell at least the ground of the area stays to be seen.
const MOST_LINE: f32 = 0.28;

/// The picture that is drawn: where it is and how large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub view: View,
    pub px_per_pt: f32,
    /// Pixels across and down.
    pub size: [u32; 2],
    /// Hatches are fixed to it.
    pub anchor: Point,
}

impl Frame {
    pub fn m_per_px(&self) -> f64 {
        self.view.m_per_pt / f64::from(self.px_per_pt)
    }

    /// A place on the plan in pixels of the picture.
    pub fn place(&self, p: Point) -> [f32; 2] {
        let m = self.m_per_px();
        let x = (p[0] - self.view.center[0]) / m + f64::from(self.size[0]) / 2.0;
        let y = (self.view.center[1] - p[1]) / m + f64::from(self.size[1]) / 2.0;
        [x as f32, y as f32]
    }

    /// The land of a box of pixels: x, y, width, height.
    pub fn land(&self, [x, y, width, height]: [u32; 4]) -> BBox {
        let m = self.m_per_px();
        let east = |px: u32| self.view.center[0] + (f64::from(px) - f64::from(self.size[0]) / 2.0) * m;
        let north = |px: u32| self.view.center[1] - (f64::from(px) - f64::from(self.size[1]) / 2.0) * m;
        BBox { min: [east(x), north(y + height)], max: [east(x + width), north(y)] }
    }

    /// The same picture of half as many pixels across and down.
    pub fn halved(&self) -> Self {
        Self { px_per_pt: self.px_per_pt / 2.0, size: self.size.map(|s| (s / 2).max(1)), ..*self }
    }
}

/// How a group looks now; `None` when it is not shown at this scale.
/// `shown`: the head of a layer as it is being tried out.
pub fn style(group: &Group, contents: &Contents, shown: Option<&(LayerId, LayerHead)>, denominator: f64, theme: Theme) -> Option<Style> {
    let layer = match group.layer {
        Some(id) => Some(contents.layer(id)?),
        None => None,
    };
    let bounded = layer.is_some_and(|l| l.head.look.scales.farthest.is_some());
    if group.class == Class::Layer(Role::Roads) && denominator > DETAIL_UP_TO && !bounded {
        return None;
    }
    let mut style = match layer {
        Some(layer) => {
            let head = shown.filter(|s| Some(s.0) == group.layer).map_or(&layer.head, |s| &s.1);
            part_style(head, layer.base().kind(), group.class, group.part, denominator, theme)?
        }
        None => style_of(group.class, denominator, theme),
    };
    if group.class == Class::Sea && group.closed {
        // The shore is a line of its own.
        style.line = None;
    }
    Some(style)
}

/// Rows of a [`Look`], as `map.wgsl` names them.
const PLACE: usize = 0;
const FRAME: usize = 1;
const WASH: usize = 2;
const MARKS: usize = 3;
const LINE: usize = 4;
const HATCH: usize = 5;
const ANCHOR: usize = 6;
const DASH: usize = 7;
const TONE: usize = 9;

fn color(rgb: Rgb, opacity: f32) -> [f32; 4] {
    [f32::from(rgb.0) / 255.0, f32::from(rgb.1) / 255.0, f32::from(rgb.2) / 255.0, opacity]
}

fn base(frame: &Frame, origin: Point) -> Look {
    let [x, y] = frame.place(origin);
    let mut look = Look::default();
    look[PLACE] = [x, y, (1.0 / frame.m_per_px()) as f32, 0.0];
    look[FRAME] = [frame.size[0] as f32, frame.size[1] as f32, 0.0, 0.0];
    look
}

fn fill(look: &mut Look, frame: &Frame, style: &Style) {
    let px = frame.px_per_pt;
    if let Some(Wash { color: c, opacity }) = style.wash {
        look[WASH] = color(c, opacity);
    }
    let Some(pattern) = style.pattern else { return };
    look[MARKS] = color(pattern.color, pattern.opacity);
    let (numbers, angle_deg) = match pattern.hatch {
        Hatch::Stripes { angle_deg, width_pt, every_pt } => ([1.0, width_pt * px, 0.0, every_pt * px], angle_deg),
        Hatch::Crossed { width_pt, every_pt } => ([2.0, width_pt * px, 0.0, every_pt * px], 45.0),
        Hatch::Dots { diameter_pt, every_pt } => ([3.0, diameter_pt * px, 0.0, every_pt * px], 0.0),
        Hatch::Pluses { arm_pt, width_pt, every_pt } => ([4.0, width_pt * px, arm_pt * px, every_pt * px], 0.0),
    };
    let (sin, cos) = angle_deg.to_radians().sin_cos();
    let [x, y] = frame.place(frame.anchor);
    look[HATCH] = numbers;
    look[ANCHOR] = [x, y, sin, cos];
}

/// Everything to draw of a chunk with its origin there, lowest first.
pub fn passes(frame: &Frame, origin: Point, style: &Style, with_fill: bool) -> Vec<(Pass, Look)> {
    let px = frame.px_per_pt;
    let mut out = Vec::new();
    if with_fill && (style.wash.is_some() || style.pattern.is_some()) {
        let mut look = base(frame, origin);
        fill(&mut look, frame, style);
        out.push((Pass::Area, look));
    }
    if let Some((wash, width)) = style.band {
        let mut look = base(frame, origin);
        look[PLACE][3] = width * px;
        look[LINE] = color(wash.color, wash.opacity);
        out.push((Pass::Band, look));
    }
    for line in style.casing.iter().chain(&style.line) {
        let mut look = base(frame, origin);
        look[PLACE][3] = line.width_pt * px;
        look[LINE] = color(line.color, 1.0);
        for (i, d) in line.dash_pt.iter().take(8).enumerate() {
            look[DASH + i / 4][i % 4] = d * px;
        }
        look[FRAME][3] = line.dash_pt.iter().sum::<f32>() * px;
        out.push((if line.dash_pt.is_empty() { Pass::Line } else { Pass::Dash }, look));
    }
    out
}

/// The look of a tile of a picture with its origin there.
pub fn image(frame: &Frame, origin: Point, opacity: f32) -> Look {
    let mut look = base(frame, origin);
    // Its colours are in it.
    look[FRAME][2] = 1.0;
    look[WASH] = [0.0, 0.0, 0.0, opacity];
    look
}

/// The look of a layer's tone.
pub fn tone(frame: &Frame, tone: &CardTone, style: &Style) -> Look {
    let (cell_m, size) = (tone.cell_m, tone.size);
    let m = frame.m_per_px();
    let mut look = base(frame, tone.corner);
    look[FRAME][2] = f32::from(u8::from(tone.colored));
    fill(&mut look, frame, style);
    if let Some(line) = &style.line {
        let width_m = f64::from(line.width_pt * frame.px_per_pt) * m;
        look[LINE] = color(line.color, 1.0);
        look[TONE] = [0.0, 0.0, (f64::from(MOST_BORDER) * width_m / cell_m) as f32, MOST_LINE];
    }
    look[TONE][0] = (size[0] * cell_m / m) as f32;
    look[TONE][1] = (size[1] * cell_m / m) as f32;
    look
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_those_of_the_shader() {
        let shader = include_str!("map.wgsl");
        let from = shader.find("struct Look").unwrap();
        let body = &shader[from..from + shader[from..].find("\n}").unwrap()];
        let rows: Vec<&str> = body.lines().filter_map(|l| l.trim().split_once(": vec4<f32>").map(|(name, _)| name)).collect();
        let named = [
            (PLACE, "place"),
            (FRAME, "frame"),
            (WASH, "wash"),
            (MARKS, "marks"),
            (LINE, "line"),
            (HATCH, "hatch"),
            (ANCHOR, "anchor"),
            (DASH, "dash0"),
            (TONE, "tone"),
        ];
        assert!(named.iter().all(|(row, name)| rows[*row] == *name), "{rows:?}");
        assert_eq!(rows.len(), Look::default().len());
    }
}

//! The small picture of a layer beside its name: the same paint as on the map.

use super::bake::Cutter;
use super::lines::paint_line;
use super::paint::{color, paint_item};
use super::view::View;
use crate::geom::Rings;
use crate::scene::{Class, Style};
use egui::{Painter, Rect};

/// Paints `style` in a box.
pub fn paint_swatch(painter: &Painter, rect: Rect, style: Style) {
    let (w, h) = (f64::from(rect.width()), f64::from(rect.height()));
    // One metre a point: the box is its own little plan.
    let view = View { center: [w / 2.0, h / 2.0], m_per_pt: 1.0, rect };
    let inset = 1.5;
    let rings = Rings::simple(&[[inset, inset], [w - inset, inset], [w - inset, h - inset], [inset, h - inset]]);
    let style = Style { band: None, casing: None, ..style };
    let item = Cutter::default().rings(rings.as_ref(), true, true, style);
    paint_item(&painter.with_clip_rect(rect.expand(1.0).intersect(painter.clip_rect())), &view, &item);
}

/// Paints what a legend explains: a border as a line, anything else as a small area.
pub fn paint_sample(painter: &Painter, rect: Rect, class: Class, style: Style) {
    if !matches!(class, Class::DistrictBorder | Class::CityBorder) {
        paint_swatch(painter, rect, style);
        return;
    }
    let middle = f64::from(rect.center().y);
    let ends = [[f64::from(rect.left()), middle], [f64::from(rect.right()), middle]];
    for line in style.casing.iter().chain(&style.line) {
        paint_line(painter, &ends, false, line.width_pt, color(line.color), line.dash_pt);
    }
}

//! Words on the map: the important ones first, one that finds no room is left out.

use super::paint::color;
use super::view::View;
use crate::app::theme::sans;
use crate::scene::{HALO_PT, Label, LabelLine, Stand};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Galley, Painter, Pos2, Rect, Vec2, pos2, vec2};
use std::sync::Arc;

/// Paints the labels in view, highest priority first, keeping clear of `taken`.
pub fn paint_labels(painter: &Painter, view: &View, labels: &[Label], taken: &mut Vec<Rect>) {
    let window = view.window();
    let mut seen: Vec<&Label> = labels.iter().filter(|l| window.holds_point(l.anchor)).collect();
    seen.sort_by_key(|l| -l.priority);
    for label in seen {
        let lines = layout(painter, label);
        let width = lines.iter().map(|g| g.size().x).fold(0.0, f32::max);
        let size = vec2(width, lines.iter().map(|g| g.size().y).sum());
        let anchor = view.screen_from_plan(label.anchor);
        let offsets: &[Vec2] = match label.stand {
            Stand::On => &[vec2(0.0, 0.0), vec2(0.0, -1.0), vec2(0.0, 1.0)],
            Stand::Beside => &[vec2(0.6, 0.0), vec2(-0.6, 0.0), vec2(0.0, -1.0), vec2(0.0, 1.0)],
        };
        let free = offsets
            .iter()
            .map(|o| Rect::from_center_size(anchor + *o * size, size))
            .find(|rect| view.rect.shrink(4.0).contains_rect(*rect) && !taken.iter().any(|t| t.intersects(rect.expand(2.0))));
        let Some(rect) = free else { continue };
        taken.push(rect);
        let mut top = rect.top();
        for galley in &lines {
            paint_text(painter, pos2(rect.center().x - galley.size().x / 2.0, top), galley, label.halo.map(color));
            top += galley.size().y;
        }
    }
}

fn layout(painter: &Painter, label: &Label) -> Vec<Arc<Galley>> {
    let line = |line: &LabelLine| {
        let mut format = TextFormat::simple(sans(line.size_pt), color(line.color));
        format.extra_letter_spacing = label.spacing_pt;
        painter.layout_job(LayoutJob::simple_format(line.text.clone(), format))
    };
    label.lines.iter().map(line).collect()
}

/// Text with a halo: eight copies around it, then the words.
pub fn paint_text(painter: &Painter, at: Pos2, galley: &Arc<Galley>, halo: Option<Color32>) {
    if let Some(halo) = halo {
        let r = HALO_PT / 2.0;
        for (x, y) in [(1.0, 0.0), (0.7, 0.7), (0.0, 1.0), (-0.7, 0.7), (-1.0, 0.0), (-0.7, -0.7), (0.0, -1.0), (0.7, -0.7)] {
            painter.galley_with_override_text_color(at + vec2(x * r, y * r), galley.clone(), halo);
        }
    }
    painter.galley(at, galley.clone(), Color32::PLACEHOLDER);
}

//! Baked items on the canvas: only transform and cull; nothing is cut here.

use super::backdrops::{self, Under};
use super::bake::{Baked, BakedItem};
use super::hatch::paint_hatch;
use super::lines::{Screen, clipped, paint_line};
use super::view::View;
use crate::scene::{Rgb, Wash};
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Painter, Pos2, Rect, Shape, pos2};

/// A triangle that reaches farther than this beyond the canvas is cut to it: f32 would shift its edges.
const FAR_PT: f32 = 16_000.0;

pub fn color(rgb: Rgb) -> Color32 {
    Color32::from_rgb(rgb.0, rgb.1, rgb.2)
}

pub fn tinted(rgb: Rgb, opacity: f32) -> Color32 {
    Color32::from_rgba_unmultiplied(rgb.0, rgb.1, rgb.2, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8)
}

fn washed(wash: Wash) -> Color32 {
    tinted(wash.color, wash.opacity)
}

/// Paints every item in view, lowest first, and the pictures on the ground.
pub fn paint_baked(painter: &Painter, view: &View, baked: &Baked, under: &Under) {
    if baked.key.with_items {
        painter.rect_filled(view.rect, 0.0, color(baked.ground));
    }
    let (ground, upper) = baked.items.split_at(baked.ground_items.min(baked.items.len()));
    ground.iter().for_each(|item| paint_item(painter, view, item));
    backdrops::paint(painter, view, under);
    upper.iter().for_each(|item| paint_item(painter, view, item));
}

/// Paints one item when it is in view and large enough to be seen.
pub fn paint_item(painter: &Painter, view: &View, item: &BakedItem) {
    let margin = 10.0 * view.m_per_pt;
    if !item.bbox.grown(margin).meets(&view.window()) {
        return;
    }
    let o = view.screen_from_plan(item.origin);
    if let Some(diameter) = item.dot_pt {
        if let Some(wash) = item.style.wash {
            painter.circle_filled(o, diameter / 2.0, washed(wash));
        }
        return;
    }
    let size = (item.bbox.width().max(item.bbox.height()) / view.m_per_pt) as f32;
    if size < 0.6 {
        return;
    }
    if let Some(wash) = item.style.wash {
        paint_fill(painter, view, item, washed(wash), size);
    }
    let lines_seen = size > 3.0 && (item.style.line.is_some() || item.style.casing.is_some());
    if !lines_seen && item.style.pattern.is_none() && item.style.band.is_none() {
        return;
    }
    let origin = [f64::from(view.rect.center().x) + (item.origin[0] - view.center[0]) / view.m_per_pt, {
        f64::from(view.rect.center().y) - (item.origin[1] - view.center[1]) / view.m_per_pt
    }];
    let rings: Vec<Screen> = item
        .rings()
        .map(|ring| {
            ring.iter().map(|p| [origin[0] + f64::from(p[0]) / view.m_per_pt, origin[1] - f64::from(p[1]) / view.m_per_pt]).collect()
        })
        .collect();
    if let Some(pattern) = item.style.pattern.filter(|_| size > 6.0) {
        paint_hatch(painter, &rings, pattern.hatch, tinted(pattern.color, pattern.opacity), origin);
    }
    if let Some((wash, width)) = item.style.band {
        for ring in &rings {
            paint_band(painter, ring, width, washed(wash));
        }
    }
    if !lines_seen {
        return;
    }
    for line in item.style.casing.iter().chain(item.style.line.iter()) {
        for ring in &rings {
            paint_line(painter, ring, item.closed, line.width_pt, color(line.color), line.dash_pt);
        }
    }
}

fn paint_fill(painter: &Painter, view: &View, item: &BakedItem, color: Color32, size: f32) {
    if item.triangles.is_empty() {
        return;
    }
    let o = view.screen_from_plan(item.origin);
    let per_m = (1.0 / view.m_per_pt) as f32;
    let mut mesh = Mesh::default();
    let place = |p: [f32; 2]| pos2(o.x + p[0] * per_m, o.y - p[1] * per_m);
    if size < FAR_PT {
        mesh.vertices = item.coords.iter().map(|p| Vertex { pos: place(*p), uv: WHITE_UV, color }).collect();
        mesh.indices = item.triangles.clone();
    } else {
        let clip = painter.clip_rect().expand(8.0);
        for t in item.triangles.chunks_exact(3) {
            let corners: Vec<Pos2> = t.iter().map(|i| place(item.coords[*i as usize])).collect();
            let cut = cut_to(corners, clip);
            let first = mesh.vertices.len() as u32;
            mesh.vertices.extend(cut.iter().map(|pos| Vertex { pos: *pos, uv: WHITE_UV, color }));
            for k in 1..cut.len().saturating_sub(1) as u32 {
                mesh.indices.extend([first, first + k, first + k + 1]);
            }
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// A convex polygon cut to a box (Sutherland–Hodgman).
fn cut_to(mut polygon: Vec<Pos2>, rect: Rect) -> Vec<Pos2> {
    for (axis, bound, keep_less) in [(0, rect.left(), false), (0, rect.right(), true), (1, rect.top(), false), (1, rect.bottom(), true)] {
        let inside = |p: Pos2| (p[axis] <= bound) == keep_less || p[axis] == bound;
        let mut out = Vec::with_capacity(polygon.len() + 2);
        for (i, a) in polygon.iter().enumerate() {
            let b = polygon[(i + 1) % polygon.len()];
            if inside(*a) {
                out.push(*a);
            }
            if inside(*a) != inside(b) {
                let share = (f64::from(bound) - f64::from(a[axis])) / (f64::from(b[axis]) - f64::from(a[axis]));
                let mix = |u: f32, v: f32| (f64::from(u) + (f64::from(v) - f64::from(u)) * share) as f32;
                out.push(pos2(mix(a.x, b.x), mix(a.y, b.y)));
            }
        }
        polygon = out;
    }
    polygon
}

/// A strip along the inside of a ring of a sound area: the land lies to the right on the screen, where y points down.
fn paint_band(painter: &Painter, ring: &[[f64; 2]], width: f32, color: Color32) {
    let n = ring.len();
    if n < 3 {
        return;
    }
    let clip = painter.clip_rect().expand(width + 8.0);
    let normal = |i: usize| {
        let (a, b) = (ring[i % n], ring[(i + 1) % n]);
        let length = (b[0] - a[0]).hypot(b[1] - a[1]).max(1e-9);
        // Counter-clockwise on the plan is clockwise on the screen: inside is at (dy, -dx) turned by the flip.
        [(b[1] - a[1]) / length, -(b[0] - a[0]) / length]
    };
    let inner: Vec<[f64; 2]> = (0..n)
        .map(|i| {
            let (p, q) = (normal((i + n - 1) % n), normal(i));
            let sum = [p[0] + q[0], p[1] + q[1]];
            let scale = f64::from(width) / (1.0 + p[0] * q[0] + p[1] * q[1]).max(0.3);
            [ring[i][0] + sum[0] * scale, ring[i][1] + sum[1] * scale]
        })
        .collect();
    let mut mesh = Mesh::default();
    for i in 0..n {
        let j = (i + 1) % n;
        let Some((from, to)) = clipped(ring[i], ring[j], clip) else { continue };
        let mix = |a: [f64; 2], b: [f64; 2], s: f64| pos2((a[0] + (b[0] - a[0]) * s) as f32, (a[1] + (b[1] - a[1]) * s) as f32);
        let first = mesh.vertices.len() as u32;
        for pos in [mix(ring[i], ring[j], from), mix(ring[i], ring[j], to), mix(inner[i], inner[j], to), mix(inner[i], inner[j], from)] {
            mesh.vertices.push(Vertex { pos, uv: WHITE_UV, color });
        }
        mesh.indices.extend([first, first + 1, first + 2, first, first + 2, first + 3]);
    }
    painter.add(Shape::mesh(mesh));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_far_beyond_the_canvas_is_cut_to_it() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 100.0));
        let cut = cut_to(vec![pos2(-1e6, -1e6), pos2(3e6, -1e6), pos2(-1e6, 3e6)], rect);
        assert!(cut.iter().all(|p| rect.expand(0.5).contains(*p)));
        assert!(cut.len() >= 4);
    }
}

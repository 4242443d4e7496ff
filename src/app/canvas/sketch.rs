//! What the tool in hand holds: the sketch with its handles, lengths, area, and what it snaps to.

use super::lines::paint_line;
use super::overlay::{halo_text, site_color};
use super::view::View;
use crate::app::state::State;
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::tools::{Preview, Snap, SnapKind, ToolContext, ToolKind};
use crate::geom::{Point, ellipsoidal_area_m2, ellipsoidal_length_m};
use crate::rules::Position;
use crate::text::{Message, area_ha, area_mu, coordinate, word};
use egui::{Align2, Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

fn preview(ui_modifiers: egui::Modifiers, view: &View, state: &State) -> Option<Preview> {
    let work = state.work.as_ref()?;
    let snapshot = work.document.snapshot();
    let context = ToolContext {
        snapshot: &snapshot,
        view,
        selected: state.selected,
        snapping: state.snapping && !ui_modifiers.alt,
        square: ui_modifiers.shift,
    };
    Some(state.tool.preview(&context))
}

/// Room for the area that stands in the sketch, so that no label lies under it.
pub fn reserve(view: &View, state: &State, taken: &mut Vec<Rect>) {
    if let Some(live) = &state.live {
        let center = view.screen_from_plan(live.edited.rings.as_ref().bbox().center());
        taken.push(Rect::from_center_size(center, vec2(140.0, 60.0)));
    }
}

/// Paints the sketch of the tool in hand.
pub fn paint(ui: &Ui, painter: &Painter, view: &View, state: &State) {
    if state.tool.kind() == ToolKind::SELECT {
        return;
    }
    let Some(preview) = preview(ui.input(|i| i.modifiers), view, state) else { return };
    let t = Tokens::of(ui);
    let ink = site_color(state.dark);
    let screen = |p: &Point| view.screen_from_plan(*p);
    let line = |ring: &Vec<Point>| -> Vec<[f64; 2]> { ring.iter().map(screen).map(|p| [f64::from(p.x), f64::from(p.y)]).collect() };
    for ring in &preview.before {
        paint_line(painter, &line(ring), true, 1.4, ink.gamma_multiply(0.75), &[3.0, 4.0]);
    }
    for ring in &preview.rings {
        let points = line(ring);
        if preview.open {
            paint_line(painter, &points, false, 6.0, t.card, &[]);
            paint_line(painter, &points, false, 2.6, ink, &[]);
            if let ([first, _, .., last], true) = (points.as_slice(), points.len() > 2) {
                paint_line(painter, &[*last, *first], false, 1.8, ink, &[5.0, 4.0]);
            }
        } else {
            paint_line(painter, &points, true, 6.0, t.card, &[]);
            paint_line(painter, &points, true, 2.6, ink, &[]);
        }
        if preview.measured {
            lengths(painter, view, ring, !preview.open, state.dark);
        }
    }
    for p in &preview.midpoints {
        painter.circle(screen(p), 3.0, t.card, Stroke::new(1.2, ink));
    }
    for p in &preview.handles {
        let rect = Rect::from_center_size(screen(p), Vec2::splat(8.0));
        painter.rect(rect, CornerRadius::same(1), t.card, Stroke::new(1.8, ink), StrokeKind::Inside);
    }
    if let Some(p) = &preview.active {
        painter.circle(screen(p), 4.0, ink, Stroke::new(1.5, t.card));
    }
    if let Some(snap) = &preview.snap {
        snap_mark(painter, screen(&snap.at), snap.kind, t);
    }
    area(painter, view, state, t);
    measured(painter, view, state, &preview.path);
    if let Some(active) = &preview.active {
        beside_pointer(ui, painter, view, state, *active, preview.snap);
    }
}

/// Square for a vertex, hourglass for an edge.
fn snap_mark(painter: &Painter, at: Pos2, kind: SnapKind, t: &Tokens) {
    for (width, color) in [(5.0, t.card), (2.4, t.accent)] {
        let stroke = Stroke::new(width, color);
        match kind {
            SnapKind::Vertex => {
                painter.rect_stroke(Rect::from_center_size(at, Vec2::splat(18.0)), 0.0, stroke, StrokeKind::Middle);
            }
            SnapKind::Edge => {
                let c = |x: f32, y: f32| at + vec2(x * 8.0, y * 8.0);
                painter.add(Shape::closed_line(vec![c(-1.0, -1.0), c(1.0, -1.0), c(-1.0, 1.0), c(1.0, 1.0)], stroke));
            }
        }
    }
}

/// The length of each edge that is long enough on the screen, outside of it.
fn lengths(painter: &Painter, view: &View, ring: &[Point], closed: bool, dark: bool) {
    let t = Tokens::theme(dark);
    let count = if closed { ring.len() } else { ring.len().saturating_sub(1) };
    let middle = ring.iter().fold(Vec2::ZERO, |sum, p| sum + view.screen_from_plan(*p).to_vec2()) / ring.len().max(1) as f32;
    for i in 0..count {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        let (p, q) = (view.screen_from_plan(a), view.screen_from_plan(b));
        if p.distance(q) < 64.0 || !painter.clip_rect().contains(p.lerp(q, 0.5)) {
            continue;
        }
        let mut normal = (q - p).rot90().normalized();
        if normal.dot(p.lerp(q, 0.5).to_vec2() - middle) < 0.0 {
            normal = -normal;
        }
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let at = p.lerp(q, 0.5) + normal * 16.0;
        halo_text(painter, at, Align2::CENTER_CENTER, format!("{length:.2} m"), mono(size::CAPTION), t.ink, dark);
    }
}

/// 亩 and hectares in the middle of the sketch.
fn area(painter: &Painter, view: &View, state: &State, t: &Tokens) {
    let Some(live) = &state.live else { return };
    if live.area_m2 <= 0.0 {
        return;
    }
    let at = view.screen_from_plan(live.edited.rings.as_ref().bbox().center());
    let mu = format!("{} {}", area_mu(live.area_m2), word(state.lang, "app.unit.mu"));
    let ha = format!("{} {}", area_ha(live.area_m2), word(state.lang, "app.unit.ha"));
    halo_text(painter, at - vec2(0.0, 8.0), Align2::CENTER_CENTER, mu, sans(size::HEADING), t.ink, state.dark);
    halo_text(painter, at + vec2(0.0, 14.0), Align2::CENTER_CENTER, ha, mono(size::CAPTION), t.ink2, state.dark);
}

/// Length and area of the path on the plane and on the ellipsoid, each with its method, in a box at the top.
fn measured(painter: &Painter, view: &View, state: &State, path: &[Point]) {
    let Some(work) = state.work.as_ref().filter(|_| path.len() > 1) else { return };
    let t = Tokens::theme(state.dark);
    let plane = work.document.snapshot().contents.crs.gauss_kruger();
    let edges = || path.windows(2).map(|e| (e[0], e[1]));
    let planar: f64 = edges().map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum();
    let metres = |m: f64| format!("{} m", coordinate(m));
    let ellipsoidal = plane.map(|p| edges().map(|(a, b)| ellipsoidal_length_m(a, b, p)).sum::<f64>());
    let mut rows =
        vec![("app.measure.length", metres(planar)), ("app.measure.length_ellipsoid", ellipsoidal.map_or("—".to_owned(), metres))];
    if path.len() > 2 {
        let shape = crate::geom::Shape::check(crate::geom::Rings::simple(path).as_ref()).ok();
        let areas = |m2: f64| {
            let (mu, ha) = (word(state.lang, "app.unit.mu"), word(state.lang, "app.unit.ha"));
            format!("{} m²\u{3000}{} {ha}\u{3000}{} {mu}", crate::text::area_m2(m2), area_ha(m2), area_mu(m2))
        };
        let on_ellipsoid = shape.as_ref().zip(plane).map(|(s, p)| ellipsoidal_area_m2(s.as_ref(), p));
        // A path that crosses itself has no area.
        let crossed = || word(state.lang, "app.measure.crossed").to_owned();
        rows.push(("app.measure.area", shape.as_ref().map_or_else(crossed, |s| areas(s.area_m2()))));
        rows.push(("app.measure.area_ellipsoid", on_ellipsoid.map_or("—".to_owned(), areas)));
    }
    let names: Vec<_> =
        rows.iter().map(|(key, _)| painter.layout_no_wrap(word(state.lang, key).to_owned(), sans(size::CAPTION), t.ink2)).collect();
    let values: Vec<_> = rows.into_iter().map(|(_, v)| painter.layout_no_wrap(v, mono(size::CAPTION), t.ink)).collect();
    let left = names.iter().map(|g| g.size().x).fold(0.0, f32::max);
    let right = values.iter().map(|g| g.size().x).fold(0.0, f32::max);
    let row = 20.0;
    let size = vec2(left + right + 40.0, row * names.len() as f32 + 16.0);
    let rect = Rect::from_min_size(pos2((view.rect.center().x - size.x / 2.0).max(view.rect.left() + 68.0), view.rect.top() + 16.0), size);
    painter.add(t.shadow().as_shape(rect, CornerRadius::same(8)));
    painter.rect(rect, CornerRadius::same(8), t.card, t.hairline(), StrokeKind::Inside);
    for (i, (name, value)) in names.into_iter().zip(values).enumerate() {
        let y = rect.top() + 8.0 + row * (i as f32 + 0.5);
        painter.galley(pos2(rect.left() + 12.0, y - name.size().y / 2.0), name, t.ink2);
        painter.galley(pos2(rect.right() - 12.0 - value.size().x, y - value.size().y / 2.0), value, t.ink);
    }
}

/// What it snaps to, the position and the area, at a distance from the moving edge.
fn beside_pointer(ui: &Ui, painter: &Painter, view: &View, state: &State, at: Point, snap: Option<Snap>) {
    let Some(pointer) = ui.ctx().pointer_hover_pos().filter(|p| view.rect.contains(*p)) else { return };
    let t = Tokens::of(ui);
    let mut rows: Vec<(String, egui::FontId, Color32)> = Vec::new();
    if let Some(snap) = snap {
        let key = if snap.kind == SnapKind::Vertex { "app.snap.vertex" } else { "app.snap.edge" };
        let role = word(state.lang, snap.role.facts().name_key);
        rows.push((Message::new(key).with("layer", role).render(state.lang), sans(size::CAPTION), t.accent));
    }
    rows.push((format!("E {}", coordinate(at[0])), mono(size::CAPTION), t.ink2));
    rows.push((format!("N {}", coordinate(at[1])), mono(size::CAPTION), t.ink2));
    if let Some(live) = state.live.as_ref().filter(|l| l.area_m2 > 0.0) {
        let words =
            format!("{} {}\u{3000}{} m²", area_mu(live.area_m2), word(state.lang, "app.unit.mu"), crate::text::area_m2(live.area_m2));
        rows.push((words, sans(size::SMALL), t.ink));
        if let Some(verdict) = &live.verdict {
            let ink = t.verdict(verdict.position).text;
            rows.push((word(state.lang, verdict.position.key()).to_owned(), sans(size::SMALL), ink));
            if verdict.position == Position::Partial {
                let mu = area_mu(verdict.outside_m2);
                let out = format!("{} {mu} {}", word(state.lang, "app.card.outside"), word(state.lang, "app.unit.mu"));
                rows.push((out, sans(size::CAPTION), t.verdict(Position::Outside).text));
            }
        }
    }
    let galleys: Vec<_> = rows.into_iter().map(|(words, font, ink)| painter.layout_no_wrap(words, font, ink)).collect();
    let width = galleys.iter().map(|g| g.size().x).fold(0.0, f32::max) + 24.0;
    let height = galleys.iter().map(|g| g.size().y + 2.0).sum::<f32>() + 16.0;
    let mut min = pointer + vec2(32.0, 24.0);
    if min.x + width > view.rect.right() - 8.0 {
        min.x = pointer.x - 32.0 - width;
    }
    if min.y + height > view.rect.bottom() - 104.0 {
        min.y = pointer.y - 24.0 - height;
    }
    let rect = Rect::from_min_size(min, vec2(width, height));
    painter.add(t.shadow().as_shape(rect, CornerRadius::same(8)));
    painter.rect(rect, CornerRadius::same(8), t.card, t.hairline(), StrokeKind::Inside);
    let mut y = rect.top() + 8.0;
    for galley in galleys {
        let step = galley.size().y + 2.0;
        painter.galley(pos2(rect.left() + 12.0, y), galley, t.ink);
        y += step;
    }
}

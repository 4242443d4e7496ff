//! Lines on the screen: cut to the canvas, dashed, thinned to what the eye can tell apart.

use egui::epaint::PathStroke;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};

/// A polyline in screen points, before clipping.
pub type Screen = Vec<[f64; 2]>;

/// Paints a ring or a line, only what is on the canvas.
pub fn paint_line(painter: &Painter, points: &[[f64; 2]], closed: bool, width: f32, color: Color32, dash: &[f32]) {
    if points.len() < 2 {
        return;
    }
    let clip = painter.clip_rect().expand(24.0);
    let stroke = Stroke::new(width, color);
    if dash.is_empty() && points.iter().all(|p| holds(clip, *p)) {
        let thin = thinned(points, closed);
        if has_sharp_turn(&thin, closed) {
            segments(painter, &thin, closed, stroke);
        } else {
            let path = PathStroke::new(width, color);
            painter.add(if closed { Shape::closed_line(thin, path) } else { Shape::line(thin, path) });
        }
        return;
    }
    let mut run: Vec<Pos2> = Vec::new();
    let mut walked = 0.0;
    let count = if closed { points.len() } else { points.len() - 1 };
    for i in 0..count {
        let (a, b) = (points[i], points[(i + 1) % points.len()]);
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        if let Some((from, to)) = clipped(a, b, clip) {
            if dash.is_empty() {
                let (p, q) = (at(a, b, from), at(a, b, to));
                if run.last().is_none_or(|last| last.distance(p) > 0.5) {
                    flush(painter, &mut run, stroke);
                    run.push(p);
                }
                run.push(q);
            } else {
                dashes(painter, a, b, (from * length, to * length), walked, length, dash, stroke);
            }
        } else {
            flush(painter, &mut run, stroke);
        }
        walked += length;
    }
    flush(painter, &mut run, stroke);
}

fn holds(rect: Rect, p: [f64; 2]) -> bool {
    rect.contains(pos2(p[0] as f32, p[1] as f32))
}

fn at(a: [f64; 2], b: [f64; 2], share: f64) -> Pos2 {
    pos2((a[0] + (b[0] - a[0]) * share) as f32, (a[1] + (b[1] - a[1]) * share) as f32)
}

fn flush(painter: &Painter, run: &mut Vec<Pos2>, stroke: Stroke) {
    if has_sharp_turn(run, false) {
        segments(painter, run, false, stroke);
    } else if run.len() > 1 {
        painter.add(Shape::line(std::mem::take(run), stroke));
    }
    run.clear();
}

/// A turn so sharp that a mitre would shoot far beyond the corner.
fn has_sharp_turn(points: &[Pos2], closed: bool) -> bool {
    let n = points.len();
    if n < 3 {
        return false;
    }
    let corners = if closed { 0..n } else { 0..n - 2 };
    corners.into_iter().any(|i| {
        let (a, b, c) = (points[i], points[(i + 1) % n], points[(i + 2) % n]);
        (b - a).normalized().dot((c - b).normalized()) < -0.7
    })
}

/// Edge by edge, with round joints.
fn segments(painter: &Painter, points: &[Pos2], closed: bool, stroke: Stroke) {
    let n = points.len();
    for i in 0..if closed { n } else { n.saturating_sub(1) } {
        painter.line_segment([points[i], points[(i + 1) % n]], stroke);
        if stroke.width > 1.5 {
            painter.circle_filled(points[i], stroke.width / 2.0, stroke.color);
        }
    }
}

/// Points nearer than half a point to the last one kept say nothing on a screen.
fn thinned(points: &[[f64; 2]], closed: bool) -> Vec<Pos2> {
    let mut kept: Vec<Pos2> = Vec::with_capacity(points.len());
    for p in points {
        let p = pos2(p[0] as f32, p[1] as f32);
        if kept.last().is_none_or(|last| last.distance_sq(p) > 0.25) {
            kept.push(p);
        }
    }
    if closed && kept.len() > 2 && kept[0].distance_sq(kept[kept.len() - 1]) <= 0.25 {
        kept.pop();
    }
    if kept.len() < 2 {
        kept.push(kept[0] + egui::vec2(0.5, 0.0));
    }
    kept
}

/// The dashes of one segment between two lengths along it; the pattern runs on from segment to segment.
#[allow(clippy::too_many_arguments, reason = "one segment is two points, a range, the walk so far and its look")]
fn dashes(painter: &Painter, a: [f64; 2], b: [f64; 2], range: (f64, f64), walked: f64, length: f64, dash: &[f32], stroke: Stroke) {
    let period: f64 = dash.iter().map(|d| f64::from(*d)).sum();
    if period <= 0.0 || length <= 0.0 {
        return;
    }
    let mut pos = range.0 - ((walked + range.0) % period);
    while pos < range.1 {
        for (i, d) in dash.iter().enumerate() {
            let end = pos + f64::from(*d);
            if i % 2 == 0 {
                let (from, to) = (pos.max(range.0), end.min(range.1));
                if to > from {
                    painter.line_segment([at(a, b, from / length), at(a, b, to / length)], stroke);
                }
            }
            pos = end;
        }
    }
}

/// Shares 0…1 between which a segment is inside a box (Liang–Barsky).
pub fn clipped(a: [f64; 2], b: [f64; 2], rect: Rect) -> Option<(f64, f64)> {
    let d = [b[0] - a[0], b[1] - a[1]];
    let (min, max) = ([f64::from(rect.min.x), f64::from(rect.min.y)], [f64::from(rect.max.x), f64::from(rect.max.y)]);
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for axis in 0..2 {
        if d[axis] == 0.0 {
            if a[axis] < min[axis] || a[axis] > max[axis] {
                return None;
            }
            continue;
        }
        let (p, q) = ((min[axis] - a[axis]) / d[axis], (max[axis] - a[axis]) / d[axis]);
        from = from.max(p.min(q));
        to = to.min(p.max(q));
    }
    (from < to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_cut_to_the_box() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(10.0, 10.0));
        assert_eq!(clipped([-10.0, 5.0], [30.0, 5.0], rect), Some((0.25, 0.5)));
        assert_eq!(clipped([-10.0, 15.0], [30.0, 15.0], rect), None);
    }
}

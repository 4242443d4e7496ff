//! Hatches inside areas, exact at every scale: stripes by scan lines, dots and pluses by parity.

use super::lines::Screen;
use crate::scene::Hatch;
use egui::{Color32, Painter, Rect, Stroke, pos2};

/// Paints a hatch inside `rings` (screen points, even-odd); it is fixed to `anchor`, so that it moves with the map.
pub fn paint_hatch(painter: &Painter, rings: &[Screen], hatch: Hatch, color: Color32, anchor: [f64; 2]) {
    match hatch {
        Hatch::Stripes { angle_deg, width_pt, every_pt } => stripes(painter, rings, angle_deg, width_pt, every_pt, color, anchor),
        Hatch::Crossed { width_pt, every_pt } => {
            stripes(painter, rings, 45.0, width_pt, every_pt, color, anchor);
            stripes(painter, rings, -45.0, width_pt, every_pt, color, anchor);
        }
        Hatch::Dots { diameter_pt, every_pt } => lattice(painter, rings, every_pt, anchor, |painter, x, y| {
            painter.circle_filled(pos2(x, y), diameter_pt / 2.0, color);
        }),
        Hatch::Pluses { arm_pt, width_pt, every_pt } => lattice(painter, rings, every_pt, anchor, |painter, x, y| {
            let stroke = Stroke::new(width_pt, color);
            painter.line_segment([pos2(x - arm_pt, y), pos2(x + arm_pt, y)], stroke);
            painter.line_segment([pos2(x, y - arm_pt), pos2(x, y + arm_pt)], stroke);
        }),
    }
}

/// Where lines of constant `v` cross the rings: for each, the sorted `u` of the crossings.
fn crossings(rings: &[Screen], v: f64) -> Vec<f64> {
    let mut found = Vec::new();
    for ring in rings {
        for (i, a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            if (a[1] <= v) != (b[1] <= v) {
                found.push(a[0] + (v - a[1]) / (b[1] - a[1]) * (b[0] - a[0]));
            }
        }
    }
    found.sort_by(f64::total_cmp);
    found
}

fn bounds(points: impl Iterator<Item = [f64; 2]>) -> ([f64; 2], [f64; 2]) {
    points.fold(([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]), |(lo, hi), p| {
        ([lo[0].min(p[0]), lo[1].min(p[1])], [hi[0].max(p[0]), hi[1].max(p[1])])
    })
}

fn corners(rect: Rect) -> [[f64; 2]; 4] {
    [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()].map(|p| [f64::from(p.x), f64::from(p.y)])
}

fn stripes(painter: &Painter, rings: &[Screen], angle_deg: f32, width: f32, every: f32, color: Color32, anchor: [f64; 2]) {
    // Turned so that the stripes run along the first axis; the screen's second axis points down.
    let (sin, cos) = f64::from(angle_deg).to_radians().sin_cos();
    let turn = |p: [f64; 2]| {
        let (x, y) = (p[0] - anchor[0], p[1] - anchor[1]);
        [x * cos - y * sin, x * sin + y * cos]
    };
    let back = |u: f64, v: f64| pos2((u * cos + v * sin + anchor[0]) as f32, (v * cos - u * sin + anchor[1]) as f32);
    let turned: Vec<Screen> = rings.iter().map(|ring| ring.iter().map(|p| turn(*p)).collect()).collect();
    let (lo, hi) = bounds(turned.iter().flatten().copied());
    let (clip_lo, clip_hi) = bounds(corners(painter.clip_rect()).into_iter().map(turn));
    let every = f64::from(every);
    let mut line = (lo[1].max(clip_lo[1]) / every).floor();
    let last = hi[1].min(clip_hi[1]) / every;
    while line <= last {
        let v = (line + 0.5) * every;
        for pair in crossings(&turned, v).chunks_exact(2) {
            let (from, to) = (pair[0].max(clip_lo[0]), pair[1].min(clip_hi[0]));
            if to > from {
                painter.line_segment([back(from, v), back(to, v)], Stroke::new(width, color));
            }
        }
        line += 1.0;
    }
}

fn lattice(painter: &Painter, rings: &[Screen], every: f32, anchor: [f64; 2], mut mark: impl FnMut(&Painter, f32, f32)) {
    let clip = painter.clip_rect();
    let (lo, hi) = bounds(rings.iter().flatten().copied());
    let every = f64::from(every);
    let row = |v: f64| ((v - anchor[1]) / every).floor();
    let (mut i, last) = (row(lo[1].max(f64::from(clip.top()))), row(hi[1].min(f64::from(clip.bottom()))));
    while i <= last {
        let v = (i + 0.5) * every + anchor[1];
        let shift = if i.rem_euclid(2.0) == 0.0 { 0.0 } else { 0.5 };
        for pair in crossings(rings, v).chunks_exact(2) {
            let (from, to) = (pair[0].max(f64::from(clip.left())), pair[1].min(f64::from(clip.right())));
            let mut k = ((from - anchor[0]) / every - shift).ceil();
            while (k + shift) * every + anchor[0] < to {
                mark(painter, ((k + shift) * every + anchor[0]) as f32, v as f32);
                k += 1.0;
            }
        }
        i += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_line_crosses_an_area_with_a_hole_four_times() {
        let square = |a: f64, b: f64| vec![[a, a], [b, a], [b, b], [a, b]];
        assert_eq!(crossings(&[square(0.0, 10.0), square(4.0, 6.0)], 5.0), vec![0.0, 4.0, 6.0, 10.0]);
    }
}

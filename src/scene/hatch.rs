//! Hatches as lines and dots over a box, fixed to the page so that neighbouring areas share one rhythm.

use super::{At, Hatch, Outline, Rect};

/// What a hatch is drawn with.
pub(super) enum HatchMarks {
    Lines { outline: Outline, width: f32 },
    Dots(Outline),
}

/// The marks of `hatch` that may touch `area`; `pt` is a point in page units.
pub(super) fn hatch_marks(hatch: Hatch, area: Rect, pt: f32) -> HatchMarks {
    match hatch {
        Hatch::Stripes { angle_deg, width_pt, every_pt } => {
            let mut outline = Outline::new();
            stripes(&mut outline, area, angle_deg, every_pt * pt);
            HatchMarks::Lines { outline, width: width_pt * pt }
        }
        Hatch::Crossed { width_pt, every_pt } => {
            let mut outline = Outline::new();
            stripes(&mut outline, area, 45.0, every_pt * pt);
            stripes(&mut outline, area, -45.0, every_pt * pt);
            HatchMarks::Lines { outline, width: width_pt * pt }
        }
        Hatch::Dots { diameter_pt, every_pt } => {
            let mut outline = Outline::new();
            for at in lattice(area, every_pt * pt) {
                outline.push_circle(at, diameter_pt * pt / 2.0);
            }
            HatchMarks::Dots(outline)
        }
        Hatch::Pluses { arm_pt, width_pt, every_pt } => {
            let mut outline = Outline::new();
            let arm = arm_pt * pt;
            for [x, y] in lattice(area, every_pt * pt) {
                outline.push_polyline(&[[x - arm, y], [x + arm, y]], false);
                outline.push_polyline(&[[x, y - arm], [x, y + arm]], false);
            }
            HatchMarks::Lines { outline, width: width_pt * pt }
        }
    }
}

/// Parallel lines through `area`, `every` apart; the angle counts from the horizontal, counter-clockwise on the page.
fn stripes(outline: &mut Outline, area: Rect, angle_deg: f32, every: f32) {
    if every <= 0.0 {
        return;
    }
    let (sin, cos) = (-angle_deg.to_radians()).sin_cos();
    // Distance of a point from the line through the page's origin, and along it.
    let across = |[x, y]: At| -x * sin + y * cos;
    let along = |[x, y]: At| x * cos + y * sin;
    let corners = [[area.x, area.y], [area.right(), area.y], [area.right(), area.bottom()], [area.x, area.bottom()]];
    let span = |f: &dyn Fn(At) -> f32| corners.iter().fold((f32::MAX, f32::MIN), |(lo, hi), &c| (lo.min(f(c)), hi.max(f(c))));
    let ((near, far), (from, to)) = (span(&across), span(&along));
    // A stripe that only touches the box by rounding is none.
    const TOUCH: f32 = 1e-4;
    for k in (near / every - TOUCH).ceil() as i32..=(far / every + TOUCH).floor() as i32 {
        let d = k as f32 * every;
        let point = |t: f32| [t * cos - d * sin, t * sin + d * cos];
        outline.push_polyline(&[point(from), point(to)], false);
    }
}

/// Points on a staggered lattice over `area`.
fn lattice(area: Rect, every: f32) -> Vec<At> {
    let mut points = Vec::new();
    if every <= 0.0 {
        return points;
    }
    for row in (area.y / every).floor() as i32..=(area.bottom() / every).ceil() as i32 {
        let shift = if row.rem_euclid(2) == 1 { every / 2.0 } else { 0.0 };
        for column in (area.x / every).floor() as i32..=(area.right() / every).ceil() as i32 {
            points.push([column as f32 * every + shift, row as f32 * every]);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_cover_the_box_at_their_distance() {
        let area = Rect::new(100.0, 50.0, 20.0, 10.0);
        let HatchMarks::Lines { outline, .. } = hatch_marks(Hatch::Stripes { angle_deg: 0.0, width_pt: 1.0, every_pt: 5.0 }, area, 1.0)
        else {
            panic!("stripes are lines")
        };
        let heights: Vec<f32> = outline
            .steps
            .iter()
            .filter_map(|s| match s {
                super::super::Step::Move(p) => Some(p[1]),
                _ => None,
            })
            .collect();
        assert_eq!(heights, [50.0, 55.0, 60.0]);
        let bounds = outline.bounds().unwrap();
        assert!(bounds.x <= area.x && bounds.right() >= area.right());
    }

    #[test]
    fn upright_stripes_stand() {
        let area = Rect::new(0.0, 0.0, 16.0, 10.0);
        let HatchMarks::Lines { outline, .. } = hatch_marks(Hatch::Stripes { angle_deg: 90.0, width_pt: 4.0, every_pt: 8.0 }, area, 1.0)
        else {
            panic!("stripes are lines")
        };
        let bounds = outline.bounds().unwrap();
        assert!((bounds.width - 16.0).abs() < 1e-3, "{bounds:?}");
        assert!((bounds.height - 10.0).abs() < 1e-3);
    }
}

//! Where the map is: plan metres to screen points and back, in f64, relative to the view's centre.

use crate::geom::{BBox, Point};
use egui::{Pos2, Rect, Vec2};

/// Metres of a screen point: 1/96 inch, as on paper.
pub const POINT_M: f64 = 0.0254 / 96.0;

/// Smallest and largest denominators of the map's scale.
const SCALES: (f64, f64) = (50.0, 20_000_000.0);

/// The view of the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Plan position at the middle of the canvas.
    pub center: Point,
    /// Plan metres of one screen point.
    pub m_per_pt: f64,
    /// The canvas on the screen.
    pub rect: Rect,
}

impl Default for View {
    fn default() -> Self {
        Self { center: [0.0, 0.0], m_per_pt: 10.0, rect: Rect::from_min_size(Pos2::ZERO, Vec2::new(800.0, 600.0)) }
    }
}

impl View {
    pub fn screen_from_plan(&self, p: Point) -> Pos2 {
        let middle = self.rect.center();
        let x = (p[0] - self.center[0]) / self.m_per_pt;
        let y = (self.center[1] - p[1]) / self.m_per_pt;
        Pos2::new(middle.x + x as f32, middle.y + y as f32)
    }

    pub fn plan_from_screen(&self, at: Pos2) -> Point {
        let d = at - self.rect.center();
        [self.center[0] + f64::from(d.x) * self.m_per_pt, self.center[1] - f64::from(d.y) * self.m_per_pt]
    }

    /// The plan that the canvas shows.
    pub fn window(&self) -> BBox {
        let (a, b) = (self.plan_from_screen(self.rect.left_bottom()), self.plan_from_screen(self.rect.right_top()));
        BBox { min: a, max: b }
    }

    pub fn scale_denominator(&self) -> f64 {
        self.m_per_pt / POINT_M
    }

    pub fn set_scale(&mut self, denominator: f64) {
        self.m_per_pt = denominator.clamp(SCALES.0, SCALES.1) * POINT_M;
    }

    /// Moves the map by screen points.
    pub fn pan(&mut self, by: Vec2) {
        self.center[0] -= f64::from(by.x) * self.m_per_pt;
        self.center[1] += f64::from(by.y) * self.m_per_pt;
    }

    /// Magnifies by `factor`, keeping what is under `at` in its place.
    pub fn zoom_at(&mut self, at: Pos2, factor: f64) {
        let fixed = self.plan_from_screen(at);
        self.set_scale(self.scale_denominator() / factor);
        let moved = self.plan_from_screen(at);
        self.center[0] += fixed[0] - moved[0];
        self.center[1] += fixed[1] - moved[1];
    }

    /// Shows all of `bbox` with a margin of `margin` points.
    pub fn fit(&mut self, bbox: BBox, margin: f32) {
        if bbox.is_empty() {
            return;
        }
        self.center = bbox.center();
        let (w, h) = ((self.rect.width() - 2.0 * margin).max(50.0), (self.rect.height() - 2.0 * margin).max(50.0));
        let m_per_pt = (bbox.width() / f64::from(w)).max(bbox.height() / f64::from(h));
        self.set_scale(m_per_pt / POINT_M);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> View {
        View {
            center: [40_508_117.604, 4_007_329.118],
            m_per_pt: 8_000.0 * POINT_M,
            rect: Rect::from_min_size(Pos2::new(304.0, 48.0), Vec2::new(720.0, 800.0)),
        }
    }

    #[test]
    fn there_and_back_is_the_same_place() {
        let view = view();
        let p = [40_508_500.25, 4_007_100.75];
        let back = view.plan_from_screen(view.screen_from_plan(p));
        // A screen position is f32: at this scale its step is well under a millimetre's worth of plan.
        assert!((back[0] - p[0]).abs() < 1e-3 && (back[1] - p[1]).abs() < 1e-3, "{back:?}");
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let mut view = view();
        let at = Pos2::new(400.0, 120.0);
        let before = view.plan_from_screen(at);
        view.zoom_at(at, 1.7);
        let after = view.plan_from_screen(at);
        assert!((before[0] - after[0]).abs() < 1e-6 && (before[1] - after[1]).abs() < 1e-6);
    }

    #[test]
    fn fitting_shows_the_whole_box() {
        let mut view = view();
        let bbox = BBox { min: [40_500_000.0, 4_000_000.0], max: [40_520_000.0, 4_005_000.0] };
        view.fit(bbox, 24.0);
        assert!(view.window().holds(&bbox));
    }
}

//! How much of the map a box would hide: the content of the scene as a coarse grid of weights.

use crate::geom::BBox;
use crate::scene::{Class, Drawing, Form, Item, Projection, Rect, Rgb, Scene, Style, Theme, Wash, paint_scene, rasterize};

/// Cells a millimetre.
const CELLS_PER_MM: f32 = 0.5;
/// A hidden cluster weighs as much as twenty times its size of bare land.
const LAND: u8 = 12;
const CONTENT: u8 = 240;

/// Weights of what is drawn, over an area of the page.
pub(super) struct Occupancy {
    area: Rect,
    columns: usize,
    rows: usize,
    weights: Vec<u8>,
}

impl Occupancy {
    /// The scene under `projection`, over the frame widened by `slack` (mm) on every side.
    pub fn new(scene: &Scene, projection: &Projection, slack: [f32; 2]) -> Self {
        let frame = projection.frame;
        let area = Rect::new(frame.x - slack[0], frame.y - slack[1], frame.width + 2.0 * slack[0], frame.height + 2.0 * slack[1]);
        let (columns, rows) = ((area.width * CELLS_PER_MM).ceil().max(1.0), (area.height * CELLS_PER_MM).ceil().max(1.0));
        // The scene with weights for colours, drawn in cells by the same painter.
        let weigh = |item: &Item| {
            let weight = match item.class {
                Class::Land => LAND,
                Class::Cluster(_) | Class::Site | Class::Piece(_) | Class::Offence => CONTENT,
                _ => return None,
            };
            let Form::Area { .. } = item.form else { return None };
            let wash = Some(Wash { color: Rgb(weight, weight, weight), opacity: 1.0 });
            Some(Item { style: Style { wash, ..Style::default() }, ..item.clone() })
        };
        let weights = Scene {
            ground: Rgb(0, 0, 0),
            bbox: BBox::EMPTY,
            items: scene.items.iter().filter_map(weigh).collect(),
            labels: Vec::new(),
            names: Default::default(),
            parts: Default::default(),
            scale_denominator: scene.scale_denominator,
        };
        let origin = [
            projection.origin[0] - f64::from(slack[0]) / projection.units_per_m,
            projection.origin[1] - f64::from(slack[1]) / projection.units_per_m,
        ];
        let local = Projection { frame: Rect::new(0.0, 0.0, area.width, area.height), origin, ..*projection };
        let drawing = paint_scene(&weights, &local, Theme::Light);
        let weights = picture(&drawing, columns as u32, rows as u32);
        Self { area, columns: columns as usize, rows: rows as usize, weights }
    }

    /// Weight hidden by a box on the page once the map has moved by `shift` (mm).
    pub fn hidden(&self, hiding: Rect, shift: [f32; 2]) -> f64 {
        let cell = |v: f32, limit: usize| ((v * CELLS_PER_MM).round().max(0.0) as usize).min(limit);
        let (x, y) = (hiding.x - shift[0] - self.area.x, hiding.y - shift[1] - self.area.y);
        let (left, right) = (cell(x, self.columns), cell(x + hiding.width, self.columns));
        let (top, bottom) = (cell(y, self.rows), cell(y + hiding.height, self.rows));
        let row = |r: usize| self.weights[r * self.columns + left..r * self.columns + right].iter().map(|w| f64::from(*w)).sum::<f64>();
        (top..bottom).map(row).sum()
    }
}

/// One byte a cell; nothing hides anything where no picture could be made.
fn picture(drawing: &Drawing, columns: u32, rows: u32) -> Vec<u8> {
    match rasterize(drawing, columns, rows, CELLS_PER_MM, Rgb(0, 0, 0)) {
        Some(pixels) => pixels.rgba.chunks_exact(4).map(|p| p[0]).collect(),
        None => vec![0; columns as usize * rows as usize],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;
    use std::sync::Arc;

    #[test]
    fn a_box_over_a_cluster_hides_more_than_one_over_land_and_the_shift_counts() {
        let area = |x: f64, class| Item {
            form: Form::Area { rings: Arc::new(Rings::simple(&[[x, 0.0], [x + 50.0, 0.0], [x + 50.0, 100.0], [x, 100.0]])), sound: true },
            style: Style::default(),
            class,
            feature: None,
            part: crate::scene::PLAIN,
        };
        let scene = Scene {
            bbox: BBox { min: [0.0, 0.0], max: [100.0, 100.0] },
            scale_denominator: 1000.0,
            ground: Rgb(0, 0, 0),
            items: vec![area(0.0, Class::Land), area(50.0, Class::Cluster(crate::model::Grade::General))],
            labels: Vec::new(),
            names: Default::default(),
            parts: Default::default(),
        };
        let frame = Rect::new(0.0, 0.0, 100.0, 100.0);
        let projection = Projection { frame, origin: [0.0, 0.0], units_per_m: 1.0, units_per_pt: 0.26 };
        let grid = Occupancy::new(&scene, &projection, [20.0, 20.0]);
        let left = Rect::new(10.0, 10.0, 20.0, 20.0);
        let right = Rect::new(70.0, 10.0, 20.0, 20.0);
        assert!(grid.hidden(left, [0.0, 0.0]) > 0.0);
        assert!((grid.hidden(right, [0.0, 0.0]) / grid.hidden(left, [0.0, 0.0]) - 20.0).abs() < 0.1);
        assert_eq!(grid.hidden(Rect::new(0.0, 0.0, 10.0, 10.0), [20.0, 0.0]), 0.0);
    }
}

//! A coarse grid over a shape that knows of each cell whether it is all land, all outside, or holds border.

use super::edges::{Edges, Side};
use super::segment::Edge;
use super::{BBox, Point};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Unknown,
    Inside,
    Outside,
    Border,
}

#[derive(Clone, Debug)]
pub(super) struct Cells {
    bbox: BBox,
    columns: usize,
    rows: usize,
    /// Cells per metre.
    scale: [f64; 2],
    cells: Vec<Cell>,
}

impl Cells {
    /// Cells that come within `margin_m` of an edge count as border.
    pub(super) fn new(edges: &Edges, bbox: BBox, margin_m: f64) -> Self {
        let bbox = bbox.grown(margin_m);
        let wanted = (2 * edges.len()).clamp(64, 65_536) as f64;
        let columns = (wanted * bbox.width() / bbox.height()).sqrt().clamp(1.0, wanted).ceil() as usize;
        let rows = (wanted / columns as f64).ceil() as usize;
        let scale = [columns as f64 / bbox.width(), rows as f64 / bbox.height()];
        let mut grid = Self { bbox, columns, rows, scale, cells: vec![Cell::Unknown; columns * rows] };
        (0..edges.len()).for_each(|i| grid.mark(edges.edge(i), margin_m));
        grid.fill(edges);
        grid
    }

    fn column(&self, x: f64) -> usize {
        // The cast saturates at 0 and the rest at the last column.
        (((x - self.bbox.min[0]) * self.scale[0]) as usize).min(self.columns - 1)
    }

    fn row(&self, y: f64) -> usize {
        (((y - self.bbox.min[1]) * self.scale[1]) as usize).min(self.rows - 1)
    }

    fn mark(&mut self, [a, b]: Edge, margin_m: f64) {
        let (low, high) = if a[1] <= b[1] { (a, b) } else { (b, a) };
        let (west, east) = (low[0].min(high[0]) - margin_m, low[0].max(high[0]) + margin_m);
        let lean = if high[1] > low[1] { (high[0] - low[0]) / (high[1] - low[1]) } else { f64::INFINITY };
        for row in self.row(low[1] - margin_m)..=self.row(high[1] + margin_m) {
            // Where the edge runs within the row; a level or nearly level edge is taken whole.
            let bottom = self.bbox.min[1] + row as f64 / self.scale[1] - margin_m;
            let top = self.bbox.min[1] + (row + 1) as f64 / self.scale[1] + margin_m;
            let at = |y: f64| low[0] + (y.clamp(low[1], high[1]) - low[1]) * lean;
            let (from, to) = if lean.is_finite() { (at(bottom).min(at(top)), at(bottom).max(at(top))) } else { (west, east) };
            // Twice the margin, because the reckoning above rounds.
            for column in self.column((from - 2.0 * margin_m).max(west))..=self.column((to + 2.0 * margin_m).min(east)) {
                self.cells[row * self.columns + column] = Cell::Border;
            }
        }
    }

    /// Cells without border are asked once for each run of them in a row.
    fn fill(&mut self, edges: &Edges) {
        for row in 0..self.rows {
            let mut before = Cell::Border;
            for column in 0..self.columns {
                let cell = &mut self.cells[row * self.columns + column];
                if *cell == Cell::Unknown {
                    if before == Cell::Border {
                        let x = self.bbox.min[0] + (column as f64 + 0.5) / self.scale[0];
                        let y = self.bbox.min[1] + (row as f64 + 0.5) / self.scale[1];
                        before = if edges.locate([x, y]) == Side::Outside { Cell::Outside } else { Cell::Inside };
                    }
                    *cell = before;
                } else {
                    before = *cell;
                }
            }
        }
    }

    /// Where all of `window` lies; `None` when the cells cannot tell.
    pub(super) fn locate(&self, window: BBox) -> Option<Side> {
        if !self.bbox.meets(&window) {
            return Some(Side::Outside);
        }
        let first = if self.bbox.holds(&window) { self.cell(window.min) } else { Cell::Outside };
        if first == Cell::Border {
            return None;
        }
        for row in self.row(window.min[1])..=self.row(window.max[1]) {
            let span = row * self.columns + self.column(window.min[0])..=row * self.columns + self.column(window.max[0]);
            if self.cells[span].iter().any(|&cell| cell != first) {
                return None;
            }
        }
        Some(if first == Cell::Inside { Side::Inside } else { Side::Outside })
    }

    /// Whether a point lies inside; `None` in a cell with border.
    pub(super) fn at(&self, p: Point) -> Option<bool> {
        match if self.bbox.holds_point(p) { self.cell(p) } else { Cell::Outside } {
            Cell::Inside => Some(true),
            Cell::Outside => Some(false),
            Cell::Border | Cell::Unknown => None,
        }
    }

    fn cell(&self, p: Point) -> Cell {
        self.cells[self.row(p[1]) * self.columns + self.column(p[0])]
    }
}

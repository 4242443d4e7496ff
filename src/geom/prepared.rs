//! A shape prepared to answer many times whether another lies inside it, outside it, or across its border.

use super::cells::Cells;
use super::edges::{Edges, Side, locate_in_rings};
use super::segment::{distance2, edge_box};
use super::{BBox, Point, Shape, ShapeRef};
use std::ops::ControlFlow;

/// Borders that come this near to each other, in m, are left to the overlay: ten cells of the default grid.
const NEAR_M: f64 = 1e-5;

/// Where a shape lies relative to a prepared one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Located {
    Inside,
    Outside,
    /// The borders meet or come within the grid of each other, or one holds a border of the other: only an overlay can tell.
    Crosses,
}

#[derive(Clone, Debug)]
pub struct PreparedShape {
    shape: Shape,
    bbox: BBox,
    edges: Edges,
    cells: Cells,
    /// The box and the first point of each ring.
    rings: Vec<(BBox, Point)>,
}

impl PreparedShape {
    pub fn new(shape: Shape) -> Self {
        let (edges, bbox) = (Edges::new(shape.rings()), shape.bbox());
        let cells = Cells::new(&edges, bbox, NEAR_M);
        let rings = shape.rings().rings().filter_map(|ring| ring.first().map(|&p| (BBox::of(ring), p))).collect();
        Self { shape, bbox, edges, cells, rings }
    }

    pub fn shape(&self) -> ShapeRef<'_> {
        self.shape.as_ref()
    }

    pub fn bbox(&self) -> BBox {
        self.bbox
    }

    /// Where all of `other` lies. `Inside` and `Outside` are certain.
    pub fn locate(&self, other: ShapeRef<'_>) -> Located {
        let other_box = other.bbox();
        match self.cells.locate(other_box.grown(NEAR_M)) {
            Some(Side::Inside) => Located::Inside,
            Some(_) => Located::Outside,
            None if self.comes_near(other) => Located::Crosses,
            None => self.locate_apart(other, other_box),
        }
    }

    fn comes_near(&self, other: ShapeRef<'_>) -> bool {
        let reach = self.bbox.grown(NEAR_M);
        for ring in other.rings().rings() {
            for (i, &a) in ring.iter().enumerate() {
                let edge = [a, ring[if i + 1 == ring.len() { 0 } else { i + 1 }]];
                let window = edge_box(edge).grown(NEAR_M);
                if !reach.meets(&window) {
                    continue;
                }
                let near = |i| {
                    if distance2(edge, self.edges.edge(i)) <= NEAR_M * NEAR_M { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                };
                if self.edges.meeting(window, 0, near).is_break() {
                    return true;
                }
            }
        }
        false
    }

    /// No border comes near another, so each ring lies wholly on one side of the other shape's border.
    fn locate_apart(&self, other: ShapeRef<'_>, other_box: BBox) -> Located {
        let mut places = other.rings().rings().filter_map(|ring| ring.first()).map(|&p| self.edges.locate(p));
        let Some(place) = places.next() else { return Located::Outside };
        if places.any(|p| p != place) {
            return Located::Crosses;
        }
        // A hole or a whole part of this shape may lie within the other, which its own rings do not tell.
        let swallowed = |(bbox, p): &(BBox, Point)| other_box.holds(bbox) && locate_in_rings(other.rings(), *p) != Side::Outside;
        match place {
            _ if self.rings.iter().any(swallowed) => Located::Crosses,
            Side::Inside => Located::Inside,
            Side::Outside => Located::Outside,
            Side::Border => Located::Crosses,
        }
    }

    /// Distance in m between the borders of the two shapes when it is at most `within_m`, else `None`.
    pub fn border_distance_m(&self, other: ShapeRef<'_>, within_m: f64) -> Option<f64> {
        let mut least2 = within_m * within_m;
        let mut found = false;
        if !self.bbox.grown(within_m).meets(&other.bbox()) {
            return None;
        }
        for ring in other.rings().rings() {
            for (i, &a) in ring.iter().enumerate() {
                let edge = [a, ring[if i + 1 == ring.len() { 0 } else { i + 1 }]];
                let _ = self.edges.meeting(edge_box(edge).grown(within_m), 0, |at| {
                    let d2 = distance2(edge, self.edges.edge(at));
                    if d2 <= least2 {
                        (least2, found) = (d2, true);
                    }
                    ControlFlow::Continue(())
                });
            }
        }
        found.then(|| least2.sqrt())
    }

    /// Whether a point lies in the shape or on its border.
    pub fn holds_point(&self, p: Point) -> bool {
        if !self.bbox.holds_point(p) {
            return false;
        }
        match self.cells.locate(BBox { min: p, max: p }) {
            Some(place) => place == Side::Inside,
            None => self.edges.locate(p) != Side::Outside,
        }
    }
}

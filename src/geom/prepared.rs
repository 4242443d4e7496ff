//! A shape prepared to answer many times whether another lies inside it, outside it, or across its border.

use super::cells::Cells;
use super::clip::shared_area_m2;
use super::edges::{Edges, Side, edges_of, locate_in_rings};
use super::overlay::{Tolerance, overlap_indexed};
use super::segment::{distance2, edge_box};
use super::{BBox, Point, Shape, ShapeRef};
use std::ops::ControlFlow;

/// Borders that come this near to each other, in m, are left to the overlay: ten cells of the default grid, and far
/// above what rounding moves a place on the ground.
fn near_m(bbox: BBox) -> f64 {
    let reach = [bbox.min, bbox.max].as_flattened().iter().fold(0.0, |most: f64, c| most.max(c.abs()));
    (reach * 512.0 * f64::EPSILON).max(1e-5)
}

/// Where a shape lies relative to a prepared one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Located {
    Inside,
    Outside,
    /// The borders meet or come within the grid of each other, or one holds a border of the other: only an overlay can tell.
    Crosses,
}

/// The border of a shape that is kept elsewhere, indexed for questions about small shapes. It costs what its edges cost,
/// and each question only what is near.
#[derive(Clone, Debug)]
pub struct IndexedBorder {
    edges: Edges,
    bbox: BBox,
}

impl IndexedBorder {
    pub fn new(shape: ShapeRef<'_>) -> Self {
        Self { edges: Edges::new(shape.rings()), bbox: shape.bbox() }
    }

    /// Area in m² of the land of `other` that the shape covers too: to less than 1e-6 m² that of [`super::overlap`].
    pub fn shared_area_m2(&self, other: ShapeRef<'_>) -> f64 {
        let beyond = |p: Point| (!self.bbox.holds_point(p)).then_some(false);
        if self.bbox.meets(&other.bbox()) { shared_area_m2(other, &self.edges, beyond) } else { 0.0 }
    }

    /// What `other` and the shape share, which is the one that was prepared; `None` when that has no area.
    pub fn overlap(&self, other: ShapeRef<'_>, shape: ShapeRef<'_>, t: Tolerance) -> Option<Shape> {
        overlap_indexed(other, shape, self.bbox, &self.edges, t)
    }

    /// Whether no part of the border comes near the box of `other`, which then lies wholly inside or wholly outside.
    pub fn is_far_from(&self, other: ShapeRef<'_>) -> bool {
        let window = other.bbox().grown(near_m(other.bbox()));
        self.edges.meeting(window, 0, |_| ControlFlow::Break(())).is_continue()
    }
}

#[derive(Clone, Debug)]
pub struct PreparedShape {
    shape: Shape,
    bbox: BBox,
    near_m: f64,
    edges: Edges,
    cells: Cells,
    /// The box and the first point of each ring.
    rings: Vec<(BBox, Point)>,
}

impl PreparedShape {
    pub fn new(shape: Shape) -> Self {
        let (edges, bbox) = (Edges::new(shape.rings()), shape.bbox());
        let near_m = near_m(bbox);
        let cells = Cells::new(&edges, bbox, near_m);
        let rings = shape.rings().rings().filter_map(|ring| ring.first().map(|&p| (BBox::of(ring), p))).collect();
        Self { shape, bbox, near_m, edges, cells, rings }
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
        match self.cells.locate(other_box.grown(self.near_m)) {
            Some(Side::Inside) => Located::Inside,
            Some(_) => Located::Outside,
            None if self.comes_near(other) => Located::Crosses,
            None => self.locate_apart(other, other_box),
        }
    }

    /// Area in m² of the land that both cover: to less than 1e-6 m² that of [`super::overlap`], at a fraction of its cost.
    pub fn shared_area_m2(&self, other: ShapeRef<'_>) -> f64 {
        match self.cells.locate(other.bbox().grown(self.near_m)) {
            Some(Side::Inside) => other.area_m2(),
            Some(_) => 0.0,
            None => shared_area_m2(other, &self.edges, |p| self.cells.at(p)),
        }
    }

    /// What both cover: the same as [`super::overlap`] finds.
    pub fn overlap(&self, other: ShapeRef<'_>, t: Tolerance) -> Option<Shape> {
        overlap_indexed(other, self.shape.as_ref(), self.bbox, &self.edges, t)
    }

    fn comes_near(&self, other: ShapeRef<'_>) -> bool {
        let reach = self.bbox.grown(self.near_m);
        for ring in other.rings().rings() {
            for edge in edges_of(ring) {
                let window = edge_box(edge).grown(self.near_m);
                if !reach.meets(&window) {
                    continue;
                }
                let near = |i| {
                    if distance2(edge, self.edges.edge(i)) <= self.near_m * self.near_m {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
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
        let swallowed = |(bbox, p): &(BBox, Point)| other_box.holds(bbox) && locate_in_rings(other.rings().rings(), *p) != Side::Outside;
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
        for edge in other.rings().rings().flat_map(edges_of) {
            found |= self.edges.nearest2(edge, &mut least2);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;

    const CORNER: Point = [40_500_000.0, 4_000_000.0];

    fn square(at: Point, side: f64) -> [Point; 4] {
        let [x, y] = [CORNER[0] + at[0], CORNER[1] + at[1]];
        [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
    }

    fn shape(rings: &[&[Point]]) -> Shape {
        let mut all = Rings::new();
        rings.iter().for_each(|ring| all.push_ring(ring));
        all.end_part();
        Shape::check(all.as_ref()).unwrap()
    }

    fn located(prepared: &PreparedShape, at: Point, side: f64) -> Located {
        prepared.locate(shape(&[&square(at, side)]).as_ref())
    }

    #[test]
    fn a_hole_within_the_other_is_never_inside() {
        let prepared = PreparedShape::new(shape(&[&square([0.0, 0.0], 1000.0), &square([500.0, 500.0], 0.02)]));
        assert_eq!(located(&prepared, [400.0, 400.0], 200.0), Located::Crosses);
        assert_eq!(located(&prepared, [500.005, 500.005], 0.01), Located::Outside);
        assert_eq!(located(&prepared, [400.0, 400.0], 99.0), Located::Inside);
    }

    #[test]
    fn one_that_holds_the_prepared_shape_crosses_and_one_around_it_does_not() {
        let prepared = PreparedShape::new(shape(&[&square([0.0, 0.0], 100.0)]));
        assert_eq!(located(&prepared, [-50.0, -50.0], 500.0), Located::Crosses);
        let frame = shape(&[&square([-50.0, -50.0], 500.0), &square([-10.0, -10.0], 200.0)]);
        assert_eq!(prepared.locate(frame.as_ref()), Located::Outside);
    }

    #[test]
    fn borders_that_touch_or_nearly_touch_cross() {
        let prepared = PreparedShape::new(shape(&[&square([0.0, 0.0], 100.0)]));
        for (gap_m, expected) in [(0.0, Located::Crosses), (1e-6, Located::Crosses), (1e-3, Located::Inside)] {
            assert_eq!(located(&prepared, [gap_m, 40.0], 10.0), expected, "inside by {gap_m}");
        }
        for (gap_m, expected) in [(0.0, Located::Crosses), (1e-6, Located::Crosses), (1e-3, Located::Outside)] {
            assert_eq!(located(&prepared, [-10.0 - gap_m, 40.0], 10.0), expected, "outside by {gap_m}");
        }
    }

    /// A coast of many vertices with an island: what is passed over in its border changes no overlap.
    #[test]
    fn an_indexed_overlap_is_the_overlap() {
        let ring = |radius: f64, step: f64| -> Vec<Point> {
            let turns = (0..3000).map(|i| f64::from(i) / 3000.0 * std::f64::consts::TAU);
            turns
                .map(|t| (t, radius * (1.0 + 0.2 * (step * t).sin())))
                .map(|(t, r)| [CORNER[0] + r * t.cos(), CORNER[1] + r * t.sin()])
                .collect()
        };
        let prepared = PreparedShape::new(shape(&[&ring(5000.0, 23.0), &ring(500.0, 7.0)]));
        let border = IndexedBorder::new(prepared.shape());
        let t = Tolerance { grid_m: 1e-8, ..Tolerance::default() };
        for i in 0..200 {
            let turn = f64::from(i) * 0.31;
            let radius = if i % 3 == 0 { 500.0 } else { 5000.0 };
            let site = shape(&[&square([radius * turn.cos(), radius * turn.sin()], 40.0 + f64::from(i))]);
            let plain = crate::geom::overlap(site.as_ref(), prepared.shape(), t);
            // The grid is counted from the boxes and not from what is kept, so results are equal to the bit.
            assert_eq!(prepared.overlap(site.as_ref(), t), plain);
            assert_eq!(border.overlap(site.as_ref(), prepared.shape(), t), plain);
        }
    }

    /// The distance of borders is that of their nearest edges, however far they are.
    #[test]
    fn a_border_distance_is_the_least_of_all_edges() {
        let coast: Vec<Point> = (0..700)
            .map(|i| f64::from(i) / 700.0 * std::f64::consts::TAU)
            .map(|t| (t, 3000.0 + 700.0 * (17.0 * t).sin()))
            .map(|(t, r)| [CORNER[0] + r * t.cos(), CORNER[1] + r * t.sin()])
            .collect();
        let prepared = PreparedShape::new(shape(&[&coast]));
        for i in 0..300 {
            let (turn, radius) = (f64::from(i) * 0.7, f64::from(i * 97 % 9000));
            let site = shape(&[&square([radius * turn.cos(), radius * turn.sin()], 30.0 + f64::from(i))]);
            let pairs = edges_of(site.rings().coords()).flat_map(|e| edges_of(&coast).map(move |f| distance2(e, f)));
            let least_m = pairs.fold(f64::INFINITY, f64::min).sqrt();
            assert_eq!(prepared.border_distance_m(site.as_ref(), f64::INFINITY), Some(least_m));
            assert_eq!(prepared.border_distance_m(site.as_ref(), least_m * 1.01 + 1.0), Some(least_m));
            let nearer_m = least_m * 0.99 - 0.001;
            assert!(nearer_m <= 0.0 || prepared.border_distance_m(site.as_ref(), nearer_m).is_none());
        }
    }

    #[test]
    fn parts_in_and_out_cross() {
        let prepared = PreparedShape::new(shape(&[&square([0.0, 0.0], 100.0)]));
        let both = shape(&[&square([10.0, 10.0], 10.0), &square([200.0, 10.0], 10.0)]);
        assert_eq!(prepared.locate(both.as_ref()), Located::Crosses);
        let clear = shape(&[&square([10.0, 10.0], 10.0), &square([60.0, 10.0], 10.0)]);
        assert_eq!(prepared.locate(clear.as_ref()), Located::Inside);
    }

    #[test]
    fn a_level_and_a_leaning_border_are_both_known_to_the_cells() {
        // A border that rises 1 mm in 1 km: a row of cells must know all of it.
        let [x, y] = CORNER;
        let prepared = PreparedShape::new(shape(&[&[[x, y], [x + 1000.0, y + 0.001], [x + 1000.0, y + 500.0], [x, y + 500.0]]]));
        for step in 0..200 {
            let east = f64::from(step) * 4.9 + 2.0;
            assert_eq!(located(&prepared, [east, 0.0015], 1.0), Located::Inside, "{east}");
            assert_eq!(located(&prepared, [east, -1.0001], 1.0), Located::Outside, "{east}");
            assert_eq!(located(&prepared, [east, -0.5], 1.0), Located::Crosses, "{east}");
        }
        assert!(prepared.holds_point([x, y]) && prepared.holds_point([x + 1000.0, y + 500.0]));
        assert!(!prepared.holds_point([x - 1e-6, y]) && !prepared.holds_point([x + 500.0, y]));
    }
}

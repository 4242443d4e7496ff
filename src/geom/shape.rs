//! Sound areas: finite, valid, oriented, with an area. Everything that is computed with is a `Shape`.

use super::{BBox, Point, Rings, RingsRef};

/// What is wrong with rings that are no sound area.
#[derive(Clone, Debug, PartialEq)]
pub enum Defect {
    /// No part, or no ring with three distinct points.
    NoArea,
    NotFinite {
        at: usize,
    },
    RepeatedPoint {
        at: Point,
    },
    Spike {
        at: Point,
    },
    SelfCrossing {
        at: Point,
    },
    /// Outer ring clockwise or hole counter-clockwise.
    WrongWinding,
    /// A hole that lies outside its outer ring, or in another hole.
    HoleOutside {
        at: Point,
    },
    /// Two parts of the feature cover the same land.
    PartsOverlap {
        area_m2: f64,
    },
}

/// One thing that mending changed, with the area before and after in m².
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    pub defect: Defect,
    pub area_before_m2: f64,
    pub area_after_m2: f64,
}

/// A sound area, borrowed. Made from a [`Shape`], or from a layer's base for a feature whose validity was recorded.
#[derive(Clone, Copy, Debug)]
pub struct ShapeRef<'a>(RingsRef<'a>);

impl<'a> ShapeRef<'a> {
    /// For `model`'s packed layers only: `rings` were checked by [`Shape::check`] when the layer was packed.
    pub(crate) fn from_checked(rings: RingsRef<'a>) -> Self {
        Self(rings)
    }

    pub fn rings(&self) -> RingsRef<'a> {
        self.0
    }

    pub fn bbox(&self) -> BBox {
        self.0.bbox()
    }

    /// Planar area in m², holes taken off: shoelace on coordinates relative to the first vertex of each ring, where f64 resolves
    /// nanometres however far the rings lie apart.
    pub fn area_m2(&self) -> f64 {
        self.0.rings().filter_map(|ring| Some(signed_area_m2(ring, *ring.first()?))).sum()
    }

    pub fn to_owned(&self) -> Shape {
        Shape(self.0.to_owned())
    }
}

/// A sound area: outer rings counter-clockwise, holes clockwise, first ring of a part its outer one, interiors
/// connected, parts apart (they may touch in points).
#[derive(Clone, Debug, PartialEq)]
pub struct Shape(Rings);

impl Shape {
    /// For `geom`'s own makers only.
    pub(super) fn from_sound(rings: Rings) -> Self {
        Self(rings)
    }

    pub fn as_ref(&self) -> ShapeRef<'_> {
        ShapeRef(self.0.as_ref())
    }

    pub fn rings(&self) -> RingsRef<'_> {
        self.0.as_ref()
    }

    pub fn area_m2(&self) -> f64 {
        self.as_ref().area_m2()
    }

    pub fn bbox(&self) -> BBox {
        self.rings().bbox()
    }
}

/// Signed shoelace area in m², positive for counter-clockwise; coordinates are taken relative to `origin`.
pub(super) fn signed_area_m2(ring: &[Point], origin: Point) -> f64 {
    let mut twice = 0.0;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[if i + 1 == ring.len() { 0 } else { i + 1 }];
        twice += (a[0] - origin[0]) * (b[1] - origin[1]) - (b[0] - origin[0]) * (a[1] - origin[1]);
    }
    twice / 2.0
}

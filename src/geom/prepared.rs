//! A shape prepared to answer many times whether another lies inside it, outside it, or across its border.

use super::{Point, Shape, ShapeRef};

/// Where a shape lies relative to a prepared one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Located {
    Inside,
    Outside,
    /// The borders meet or come within the grid of each other: only an overlay can tell.
    Crosses,
}

#[derive(Clone, Debug)]
pub struct PreparedShape {
    shape: Shape,
}

impl PreparedShape {
    pub fn new(shape: Shape) -> Self {
        Self { shape }
    }

    pub fn shape(&self) -> ShapeRef<'_> {
        self.shape.as_ref()
    }

    pub fn locate(&self, _other: ShapeRef<'_>) -> Located {
        unimplemented!()
    }

    /// Whether a point lies in the shape or on its border.
    pub fn holds_point(&self, _p: Point) -> bool {
        unimplemented!()
    }
}

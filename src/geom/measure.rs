//! Lengths, widths and places of a shape.

use super::{Point, ShapeRef};

/// Length of all rings in m.
pub fn perimeter_m(_shape: ShapeRef<'_>) -> f64 {
    unimplemented!()
}

/// Mean width of a strip: 2·area ÷ perimeter, in m.
pub fn width_m(_shape: ShapeRef<'_>) -> f64 {
    unimplemented!()
}

pub fn centroid(_shape: ShapeRef<'_>) -> Point {
    unimplemented!()
}

/// A point well inside the largest part, for a label or a pin (pole of inaccessibility).
pub fn label_point(_shape: ShapeRef<'_>) -> Point {
    unimplemented!()
}

//! Checking and mending, part by part: what a file held becomes a `Shape`, and every change is listed.

use super::{Defect, Repair, RingsRef, Shape};

impl Shape {
    /// The rings as a shape when they are sound already (winding excepted: it is set right silently).
    pub fn check(_rings: RingsRef<'_>) -> Result<Shape, Vec<Defect>> {
        unimplemented!()
    }

    /// The rings as a shape, mended part by part; `None` when no area is left. Sound rings come back with no repair.
    pub fn mend(_rings: RingsRef<'_>) -> Option<(Shape, Vec<Repair>)> {
        unimplemented!()
    }
}

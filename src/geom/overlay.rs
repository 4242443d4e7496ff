//! Overlay of areas on a fixed grid around a local origin: areas only, valid, deterministic.

use super::{Shape, ShapeRef};

/// The tolerances of an overlay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Size of the grid that results are snapped to, in m.
    pub grid_m: f64,
    /// A piece smaller than this is a sliver, in m².
    pub sliver_m2: f64,
    /// A piece narrower than this (2·area ÷ perimeter) is a sliver, in m.
    pub sliver_width_m: f64,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self { grid_m: 1e-6, sliver_m2: 1.0, sliver_width_m: 0.1 }
    }
}

/// What `a` and `b` share; `None` when that has no area.
pub fn overlap(_a: ShapeRef<'_>, _b: ShapeRef<'_>, _t: Tolerance) -> Option<Shape> {
    unimplemented!()
}

/// What of `a` lies outside `b`; `None` when nothing is left.
pub fn subtract(_a: ShapeRef<'_>, _b: ShapeRef<'_>, _t: Tolerance) -> Option<Shape> {
    unimplemented!()
}

/// All land that any of `shapes` covers, counted once; `None` for no shapes.
pub fn union(_shapes: &[ShapeRef<'_>], _t: Tolerance) -> Option<Shape> {
    unimplemented!()
}

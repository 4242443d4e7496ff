//! Shapes on the plane, in metres of the workspace CRS: checked or mended, overlaid, located, measured.
//!
//! The home of `geo`, `i_overlay`, `geo-index`: no other room sees their types.

mod alike;
mod arrangement;
mod bbox;
mod border;
mod buffer;
mod cells;
mod clip;
mod coverage;
mod directory;
mod edges;
mod ellipsoid;
mod engine;
mod expansion;
mod index;
mod lands;
mod live_index;
mod measure;
mod mend;
mod nest;
mod occupied;
mod overlay;
mod prepared;
mod provenance;
mod relate;
mod rings;
mod scale;
mod segment;
mod shape;
mod simple;
mod survey;

pub use alike::alike;
pub use bbox::BBox;
pub use buffer::{dilated, eroded};
pub use coverage::{CoverageFaults, CoverageGap, CoverageLimits, CoverageOverlap, coverage_faults};
pub use directory::Directory;
pub use ellipsoid::{GaussKruger, ellipsoidal_area_m2};
pub use index::PackedIndex;
pub use lands::{LandArea, LandItem, TwoLands, measure_lands};
pub use live_index::LiveIndex;
pub use measure::{centroid, label_point, perimeter_m, width_m};
pub use nest::nested;
pub use occupied::Occupied;
pub use overlay::{Tolerance, clip_to_box, is_sliver, overlap, overlap_area_m2, pieces, subtract, union};
pub use prepared::{IndexedBorder, Located, PreparedShape};
pub use provenance::{BORDER_M, Border};
pub use relate::{Drawn, Relation};
pub use rings::{Rings, RingsRef};
pub use scale::{area_on_plane_m2, ellipsoidal_length_m};
pub use shape::{Defect, Repair, Shape, ShapeRef};
pub use simple::winding_of_simple;

/// A position in metres: `[east, north]`.
pub type Point = [f64; 2];

/// Whether a position can be computed with: both are numbers, and small enough that products of four distances, which is
/// what exact answers are told from, stay in the range of `f64`. No place is near that far away.
pub fn is_place(point: Point) -> bool {
    const FARTHEST: f64 = 1e75;
    point.iter().all(|c| c.abs() <= FARTHEST)
}

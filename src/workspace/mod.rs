//! The workspace file: one GeoPackage that holds everything a snapshot holds, and that QGIS opens as it is.
//!
//! Layers are feature tables (`gpkg_*` describes them), what only Luodi knows stands beside in `luodi_*` tables. Saving
//! writes a new file beside the old one and renames it.

mod error;
mod names;
mod open;
mod save;
mod schema;
mod stored;
mod stored_look;
#[cfg(test)]
mod tests;

pub use error::WorkspaceError;
pub use open::{Opened, open};
pub use save::save;

/// Version of the `luodi_*` tables this program writes. A file of a later one is refused, never guessed at.
pub const FORMAT: u32 = 1;

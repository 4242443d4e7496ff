//! Bytes in, bytes out: one file a format; encodings; intake (raw features to a layer); plain tables.
//!
//! The only room that touches files. A source file is never written to.

mod bytes;
mod dbf;
mod encoding;
mod files;
pub mod gpkg_geometry;
mod intake;
mod shapefile;
mod source;
mod sqlite;
mod unknown;

pub use files::{WriteError, check_output, hash, read_bytes, read_source, write_atomically};
pub use intake::{Filter, Raw, Soundness};
pub use shapefile::{Shapefile, listed};
pub use source::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
pub use sqlite::{Cell, Database, Row, SqlError, Statement, check_readable, has_changes_beside, write_database};
pub use unknown::reader_for;

/// The formats that are read: one line a format.
pub const READERS: &[&dyn Reader] = &[&Shapefile];

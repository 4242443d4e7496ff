//! Bytes in, bytes out: one file a format; encodings; intake (raw features to a layer); plain tables.
//!
//! The only room that touches files. A source file is never written to.

mod bytes;
mod dbf;
mod encoding;
mod files;
mod intake;
mod shapefile;
mod source;
mod unknown;

pub use files::{WriteError, check_output, exists, hash, read_bytes, read_source, write_atomically};
pub use intake::{Filter, Raw, Soundness};
pub use shapefile::{Shapefile, listed};
pub use source::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
pub use unknown::reader_for;

/// The formats that are read: one line a format.
pub const READERS: &[&dyn Reader] = &[&Shapefile];

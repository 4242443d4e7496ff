//! Bytes in, bytes out: one file a format; encodings; intake (raw features to a layer); plain tables.
//!
//! The only room that touches files. A source file is never written to.

mod source;

pub use source::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};

//! Snapshot, revision and history: the document is the only thing that changes, by committing a [`Change`].

mod history;

pub use history::{Document, Snapshot};

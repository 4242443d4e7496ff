//! Snapshot, revision and history: the document is the only thing that changes, by committing a [`crate::model::Change`].

mod history;
#[cfg(test)]
mod tests;

pub use history::{Document, Snapshot};

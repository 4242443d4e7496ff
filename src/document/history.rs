//! The document: contents at a revision, and the changes that lead back and forth.

use crate::model::{Change, Contents, IdSource, apply};
use crate::text::Message;
use std::sync::Arc;

/// The contents at one revision; free to take, safe to hand to any thread.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub contents: Arc<Contents>,
    /// Grows with every commit, undo and redo; never repeats in a session.
    pub revision: u64,
}

/// What is open: one writer, any number of snapshots.
#[derive(Debug)]
pub struct Document {
    contents: Arc<Contents>,
    revision: u64,
    ids: IdSource,
    /// Reverse changes, newest last.
    undo: Vec<Change>,
    redo: Vec<Change>,
    saved_revision: Option<u64>,
}

impl Document {
    pub fn new(contents: Contents, ids: IdSource) -> Self {
        Self { contents: Arc::new(contents), revision: 0, ids, undo: Vec::new(), redo: Vec::new(), saved_revision: None }
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot { contents: self.contents.clone(), revision: self.revision }
    }

    pub fn ids(&self) -> IdSource {
        self.ids
    }

    /// The first of `n` fresh ids; undo never gives them out again.
    pub fn take_ids(&mut self, n: u64) -> u128 {
        self.ids.take(n)
    }

    /// Applies a change as one undo step. A change without entries is none.
    pub fn commit(&mut self, change: Change) {
        if change.entries.is_empty() {
            return;
        }
        let reverse = self.replace(&change);
        self.undo.push(reverse);
        self.redo.clear();
    }

    /// Takes the last change back; gives what it was, for the notice.
    pub fn undo(&mut self) -> Option<Message> {
        let change = self.undo.pop()?;
        let reverse = self.replace(&change);
        self.redo.push(reverse);
        Some(change.note)
    }

    pub fn redo(&mut self) -> Option<Message> {
        let change = self.redo.pop()?;
        let reverse = self.replace(&change);
        self.undo.push(reverse);
        Some(change.note)
    }

    /// What undo would take back.
    pub fn next_undo(&self) -> Option<&Message> {
        self.undo.last().map(|c| &c.note)
    }

    pub fn next_redo(&self) -> Option<&Message> {
        self.redo.last().map(|c| &c.note)
    }

    pub fn mark_saved(&mut self, revision: u64) {
        self.saved_revision = Some(revision);
    }

    pub fn is_modified(&self) -> bool {
        self.saved_revision != Some(self.revision)
    }

    fn replace(&mut self, change: &Change) -> Change {
        let (next, reverse) = apply(&self.contents, change);
        self.contents = Arc::new(next);
        self.revision += 1;
        reverse
    }
}

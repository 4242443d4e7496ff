//! Views that are kept: added, taken away.

use crate::model::{Bookmark, Change, Contents, Entry};
use crate::text::Message;

/// Adds a view at the end; one of the same name gives way.
pub fn add_bookmark(contents: &Contents, bookmark: Bookmark) -> Change {
    let note = Message::new("edit.add_bookmark").with("name", &*bookmark.name);
    let others = contents.bookmarks.iter().filter(|b| b.name != bookmark.name).cloned();
    let becomes = others.chain([bookmark.clone()]).collect();
    super::one(note, Entry::Bookmarks { becomes })
}

/// Takes the view of that name away.
pub fn remove_bookmark(contents: &Contents, name: &str) -> Change {
    let note = Message::new("edit.remove_bookmark").with("name", name);
    if !contents.bookmarks.iter().any(|b| &*b.name == name) {
        return super::nothing(note);
    }
    let becomes = contents.bookmarks.iter().filter(|b| &*b.name != name).cloned().collect();
    super::one(note, Entry::Bookmarks { becomes })
}

//! Edits as pure functions: contents and what is wanted in, a [`Change`] out. One file each.
//!
//! None of them writes, none thinks of undo: the document commits the change and keeps what takes it back. Asked for
//! something that is not there, or that would change nothing, an edit gives a change without entries, which the
//! document ignores.

mod add_layer;
mod add_site;
mod backdrops;
mod bookmarks;
mod mend_features;
mod move_layer;
mod move_vertex;
mod naming;
mod remove_duplicates;
mod remove_feature;
mod remove_layer;
mod set_head;
mod set_rings;
mod set_value;
mod set_values;
#[cfg(test)]
mod tests;

pub use add_layer::add_layer;
pub use add_site::{NewSite, add_site};
pub use backdrops::{add_backdrop, fade_backdrop, move_backdrop, remove_backdrop, show_backdrop};
pub use bookmarks::{add_bookmark, remove_bookmark};
pub use mend_features::mend_features;
pub use move_layer::move_layer;
pub use move_vertex::move_vertex;
pub use remove_duplicates::remove_duplicates;
pub use remove_feature::remove_feature;
pub use remove_layer::remove_layers;
pub use set_head::{rename_layer, set_layer_coverage, set_layer_look, set_layer_opacity, set_layer_role, set_layers_visible};
pub use set_rings::set_rings;
pub use set_value::set_value;
pub use set_values::{NewCell, set_values};

use crate::model::{Change, Entry};
use crate::text::Message;

/// A change with one entry.
fn one(note: Message, entry: Entry) -> Change {
    Change { note, entries: vec![entry] }
}

/// The change that changes nothing.
fn nothing(note: Message) -> Change {
    Change { note, entries: Vec::new() }
}

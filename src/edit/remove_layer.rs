//! A layer leaves the workspace, with what is known of it as a plan.

use crate::model::{Change, Contents, Entry, LayerId};
use crate::text::Message;

pub fn remove_layer(contents: &Contents, id: LayerId) -> Change {
    let note = Message::new("edit.remove_layer");
    let Some(layer) = contents.layer(id) else { return super::nothing(note.with("layer", "")) };
    let mut entries = Vec::with_capacity(2);
    if contents.cluster_plans.contains_key(&id) {
        entries.push(Entry::Plan { id, becomes: None });
    }
    entries.push(Entry::Layer { id, becomes: None });
    Change { note: note.with("layer", &*layer.head.name), entries }
}

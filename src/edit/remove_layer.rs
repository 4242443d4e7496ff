//! Layers leave the workspace, with what is known of them as plans.

use crate::model::{Change, Contents, Entry, LayerId};
use crate::text::Message;

/// One step for all of them.
pub fn remove_layers(contents: &Contents, ids: &[LayerId]) -> Change {
    let there: Vec<LayerId> = ids.iter().copied().filter(|id| contents.layer(*id).is_some()).collect();
    let mut entries = Vec::with_capacity(2 * there.len());
    for id in &there {
        if contents.cluster_plans.contains_key(id) {
            entries.push(Entry::Plan { id: *id, becomes: None });
        }
        entries.push(Entry::Layer { id: *id, becomes: None });
    }
    let note = match there.as_slice() {
        [only] => {
            let name = contents.layer(*only).map(|layer| layer.head.name.clone()).unwrap_or_default();
            Message::new("edit.remove_layer").with("layer", &*name)
        }
        several => Message::new("edit.remove_layers").with("count", several.len()),
    };
    Change { note, entries }
}

//! Of features on the same ground with the same values one stays: the first.

use crate::geom::alike;
use crate::model::{Change, Contents, Entry, FeatureState, LayerId, Value};
use crate::text::Message;

pub fn remove_duplicates(contents: &Contents, layer_id: LayerId) -> Change {
    let note = Message::new("edit.remove_duplicates");
    let Some(layer) = contents.layer(layer_id) else { return super::nothing(note.with("count", 0usize).with("layer", "")) };
    let features: Vec<_> = layer.features().collect();
    let kind = layer.base().kind();
    let mut entries = Vec::new();
    for group in alike(features.len(), |i| kind.drawn(features[i].rings())) {
        let mut kept: Vec<Vec<Value>> = Vec::new();
        for feature in group.iter().map(|i| &features[*i]) {
            let values = feature.values();
            if kept.contains(&values) {
                entries.push(Entry::Feature { layer: layer_id, id: feature.id, becomes: FeatureState::Gone });
            } else {
                kept.push(values);
            }
        }
    }
    Change { note: note.with("count", entries.len()).with("layer", &*layer.head.name), entries }
}

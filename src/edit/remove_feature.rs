//! A feature leaves its layer.

use super::naming::about;
use crate::model::{Change, Contents, Entry, FeatureId, FeatureState, LayerId};
use crate::text::Message;

pub fn remove_feature(contents: &Contents, layer_id: LayerId, id: FeatureId) -> Change {
    let note = Message::new("edit.remove_feature");
    let found = contents.layer(layer_id).and_then(|layer| layer.feature(id).map(|feature| (layer, feature)));
    let Some((layer, feature)) = found else { return super::nothing(note.with("feature", "").with("layer", "")) };
    super::one(about(note, layer, feature), Entry::Feature { layer: layer_id, id, becomes: FeatureState::Gone })
}

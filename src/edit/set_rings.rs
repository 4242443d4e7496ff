//! A feature gets another geometry and keeps its values.

use super::naming::about;
use crate::geom::Rings;
use crate::model::{Change, Contents, Entry, Feature, FeatureId, FeatureState, LayerId};
use crate::text::Message;
use std::sync::Arc;

pub fn set_rings(contents: &Contents, layer: LayerId, feature: FeatureId, rings: Rings) -> Change {
    reshaped(contents, layer, feature, Message::new("edit.set_rings"), |_| Some(rings))
}

/// The change that gives a feature the rings that `reshape` makes of its own; none when it gives `None` or the same.
pub(super) fn reshaped(
    contents: &Contents,
    layer_id: LayerId,
    id: FeatureId,
    note: Message,
    reshape: impl FnOnce(Rings) -> Option<Rings>,
) -> Change {
    let found = contents.layer(layer_id).and_then(|layer| layer.feature(id).map(|feature| (layer, feature)));
    let Some((layer, feature)) = found else { return super::nothing(note.with("feature", "").with("layer", "")) };
    let note = about(note, layer, feature);
    let before = feature.rings().to_owned();
    match reshape(before.clone()) {
        Some(rings) if rings != before => {
            let becomes = FeatureState::Is(Arc::new(Feature::new(rings, feature.values())));
            super::one(note, Entry::Feature { layer: layer_id, id, becomes })
        }
        _ => super::nothing(note),
    }
}

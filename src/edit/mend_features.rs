//! Features whose rings are no sound area get those that mending makes of them; they keep their values.

use crate::geom::Shape;
use crate::model::{Change, Contents, Entry, Feature, FeatureState, GeometryKind, LayerId};
use crate::text::Message;
use std::sync::Arc;

/// Features of which mending leaves no area stay as they are.
pub fn mend_features(contents: &Contents, layer_id: LayerId) -> Change {
    let note = Message::new("edit.mend_features");
    let Some(layer) = contents.layer(layer_id).filter(|layer| layer.base().kind() == GeometryKind::Area) else {
        return super::nothing(note.with("count", 0usize).with("layer", ""));
    };
    let unsound = layer.features().filter(|feature| feature.shape().is_none());
    let mended = unsound.filter_map(|feature| {
        let (shape, _) = Shape::mend(feature.rings())?;
        let becomes = FeatureState::Is(Arc::new(Feature::new(shape.rings().to_owned(), feature.values())));
        Some(Entry::Feature { layer: layer_id, id: feature.id, becomes })
    });
    let entries: Vec<Entry> = mended.collect();
    Change { note: note.with("count", entries.len()).with("layer", &*layer.head.name), entries }
}

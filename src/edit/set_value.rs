//! One attribute of a feature gets another value: renaming a site is this on its name field.

use super::naming::{about, value_for};
use crate::model::{Change, Contents, Entry, Feature, FeatureId, FeatureState, LayerId, Value};
use crate::text::Message;
use std::sync::Arc;

/// The value is kept in the kind of its column; one that the column cannot hold (a word in a column of dates) changes nothing.
pub fn set_value(contents: &Contents, layer_id: LayerId, id: FeatureId, column: usize, value: &Value) -> Change {
    let note = Message::new("edit.set_value");
    let found = contents.layer(layer_id).and_then(|layer| Some((layer, layer.feature(id)?, layer.fields.get(column)?)));
    let Some((layer, feature, field)) = found else {
        return super::nothing(note.with("field", "").with("feature", "").with("layer", ""));
    };
    let note = about(note.with("field", &*field.name), layer, feature);
    let mut values = feature.values();
    let (Some(value), Some(place)) = (value_for(field, value), values.get_mut(column)) else { return super::nothing(note) };
    if *place == value {
        return super::nothing(note);
    }
    *place = value;
    let becomes = FeatureState::Is(Arc::new(Feature::new(feature.rings().to_owned(), values)));
    super::one(note, Entry::Feature { layer: layer_id, id, becomes })
}

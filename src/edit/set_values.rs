//! Many attributes of a layer at once, as one step: what a table brought. Columns that the layer lacks are added.

use super::naming::value_for;
use crate::model::{Change, Contents, Entry, Feature, FeatureId, FeatureState, Field, Layer, LayerId, PackedBuilder, Value};
use crate::text::Message;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one cell becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCell {
    pub feature: FeatureId,
    /// A column of the layer, or after its last one a new one.
    pub column: usize,
    pub value: Value,
}

/// `added`: columns behind those of the layer. A value that its column cannot hold, or a feature that is not there, is passed
/// over: whoever asks looks first.
pub fn set_values(contents: &Contents, layer_id: LayerId, added: &[Field], cells: &[NewCell]) -> Change {
    let note = Message::new("edit.set_values");
    let Some(layer) = contents.layer(layer_id) else {
        return super::nothing(note.with("count", 0usize).with("layer", ""));
    };
    let fields: Vec<Field> = layer.fields.iter().chain(added).cloned().collect();
    let mut changed: BTreeMap<FeatureId, Vec<Value>> = BTreeMap::new();
    let mut count = 0_usize;
    for cell in cells {
        let (Some(field), Some(feature)) = (fields.get(cell.column), layer.feature(cell.feature)) else { continue };
        let Some(value) = value_for(field, &cell.value) else { continue };
        let values = changed.entry(cell.feature).or_insert_with(|| {
            let mut values = feature.values();
            values.resize(fields.len(), Value::Null);
            values
        });
        if let Some(place) = values.get_mut(cell.column).filter(|place| **place != value) {
            *place = value;
            count += 1;
        }
    }
    let note = note.with("count", count).with("layer", &*layer.head.name);
    if count == 0 {
        return super::nothing(note);
    }
    if !added.is_empty() {
        return match widened(layer, fields, &changed) {
            Some(layer) => super::one(note, Entry::Layer { id: layer_id, becomes: Some(Arc::new(layer)) }),
            None => super::nothing(note),
        };
    }
    let entries = changed.into_iter().filter_map(|(id, values)| {
        let feature = layer.feature(id).filter(|feature| feature.values() != values)?;
        let becomes = FeatureState::Is(Arc::new(Feature::new(feature.rings().to_owned(), values)));
        Some(Entry::Feature { layer: layer_id, id, becomes })
    });
    Change { note, entries: entries.collect() }
}

/// The layer with more columns: its features keep their ids and shapes.
fn widened(layer: &Layer, fields: Vec<Field>, changed: &BTreeMap<FeatureId, Vec<Value>>) -> Option<Layer> {
    let count = fields.len();
    let mut builder = PackedBuilder::new(layer.base().kind(), fields);
    let mut features: Vec<_> = layer.features().collect();
    features.sort_by_key(|feature| feature.id);
    for feature in &features {
        let values = changed.get(&feature.id).cloned().unwrap_or_else(|| {
            let mut values = feature.values();
            values.resize(count, Value::Null);
            values
        });
        builder.push(feature.source_record().unwrap_or(0), feature.rings(), &values);
    }
    let ids = features.iter().map(|feature| feature.id).collect();
    Layer::with_ids(layer.head.clone(), (*layer.provenance).clone(), Arc::new(builder.finish()), ids)
}

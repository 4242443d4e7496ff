//! A site that was drawn joins the sites; where no layer can take it, a layer of drawn sites is made.

use super::naming::value_for;
use crate::geom::Rings;
use crate::model::{
    Change, Contents, Entry, Feature, FeatureId, FeatureState, Field, FieldKind, GeometryKind, Layer, LayerHead, LayerId, PackedBuilder,
    Provenance, Role, SiteFields, Value,
};
use crate::text::Message;
use std::sync::Arc;

/// A site as it was drawn. The ids are fresh from the document.
#[derive(Clone, Debug)]
pub struct NewSite<'a> {
    pub feature: FeatureId,
    /// Used only when no layer of sites can take the site.
    pub layer: LayerId,
    /// Name of that layer.
    pub layer_name: &'a str,
    /// What the site is called by: the words of its id and name fields.
    pub id: &'a str,
    pub name: &'a str,
    pub rings: Rings,
}

/// The site goes into the topmost layer of sites that has fields for its id and its name.
pub fn add_site(contents: &Contents, site: NewSite<'_>) -> Change {
    let fitting = contents.layers_of(Role::Sites).filter_map(|(id, layer)| values_for(layer, &site).map(|values| (id, layer, values)));
    let (entry_layer, layer, name, values) = match fitting.last() {
        Some((id, layer, values)) => (None, id, layer.head.name.clone(), values),
        None => {
            let made = empty_layer(site.layer_name);
            let name = made.head.name.clone();
            let values = vec![Value::text(site.id), Value::text(site.name)];
            (Some(Entry::Layer { id: site.layer, becomes: Some(Arc::new(made)) }), site.layer, name, values)
        }
    };
    let title = if site.name.is_empty() { site.id } else { site.name };
    let becomes = FeatureState::Is(Arc::new(Feature::new(site.rings, values)));
    let mut entries: Vec<Entry> = entry_layer.into_iter().collect();
    entries.push(Entry::Feature { layer, id: site.feature, becomes });
    Change { note: Message::new("edit.add_site").with("feature", title).with("layer", &*name), entries }
}

/// A row of `layer` for the site; `None` when the layer has no place for its id or name.
fn values_for(layer: &Layer, site: &NewSite<'_>) -> Option<Vec<Value>> {
    if layer.base().kind() != GeometryKind::Area {
        return None;
    }
    let fields = SiteFields::guess(&layer.fields);
    let mut values = vec![Value::Null; layer.fields.len()];
    for (column, words) in [(fields.id?, site.id), (fields.name?, site.name)] {
        *values.get_mut(column)? = value_for(layer.fields.get(column)?, &Value::text(words))?;
    }
    Some(values)
}

/// A layer of sites without features, with the fields `site_id` and `name`.
fn empty_layer(name: &str) -> Layer {
    let fields = vec![Field::new("site_id", FieldKind::Text), Field::new("name", FieldKind::Text)];
    let head = LayerHead::new(name, Role::Sites);
    // No base feature, so no id is reserved for one: the first id of an empty base is never used.
    Layer::new(head, Provenance::default(), Arc::new(PackedBuilder::new(GeometryKind::Area, fields).finish()), FeatureId(0))
}

//! An edit as data: what each touched thing becomes. Applying one gives the change that takes it back.

use super::{Backdrop, Bookmark, ClusterPlan, Contents, Feature, FeatureId, Layer, LayerHead, LayerId};
use crate::text::Message;
use std::sync::Arc;

/// One undo step: a note for the history and what each touched thing becomes.
#[derive(Clone, Debug)]
pub struct Change {
    /// What a person reads in the history, e.g. "moved a vertex of 项目 X".
    pub note: Message,
    pub entries: Vec<Entry>,
}

/// What one thing becomes.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A whole layer, base and all: added, replaced, or (`None`) gone. Its place in the order: at the end when new.
    Layer { id: LayerId, becomes: Option<Arc<Layer>> },
    /// What a layer says about itself.
    Head { id: LayerId, becomes: LayerHead },
    /// One feature of a layer.
    Feature { layer: LayerId, id: FeatureId, becomes: FeatureState },
    /// What is known of a plan.
    Plan { id: LayerId, becomes: Option<Arc<ClusterPlan>> },
    /// The drawing order.
    Order { becomes: Arc<[LayerId]> },
    /// The views that are kept.
    Bookmarks { becomes: Arc<[Bookmark]> },
    /// The pictures under the map, lowest first.
    Backdrops { becomes: Arc<[Backdrop]> },
}

/// What a feature is, relative to the layer's base.
#[derive(Clone, Debug)]
pub enum FeatureState {
    /// As in the base; for an id that the base does not have: absent.
    AsInBase,
    Gone,
    Is(Arc<Feature>),
}

/// The contents after `change`, and the change that takes it back. Entries about things that are not there have no effect.
pub fn apply(contents: &Contents, change: &Change) -> (Contents, Change) {
    let mut next = contents.clone();
    let mut back = Vec::with_capacity(change.entries.len());
    let of_layer = |entry: &Entry| match entry {
        Entry::Feature { layer, .. } => Some(*layer),
        _ => None,
    };
    // Many features of one layer change it once, so that a thousand of them do not copy it a thousand times.
    for run in change.entries.chunk_by(|a, b| of_layer(a).is_some() && of_layer(a) == of_layer(b)) {
        let reverse = match run {
            [entry] => apply_entry(&mut next, entry),
            features => apply_features(&mut next, features),
        };
        // Reverse entries are undone last to first.
        back.extend(reverse.into_iter().rev());
    }
    back.reverse();
    (next, Change { note: change.note.clone(), entries: back })
}

/// Applies entries about features of one layer; gives what takes them back, to be applied in order.
fn apply_features(contents: &mut Contents, entries: &[Entry]) -> Vec<Entry> {
    let Some(Entry::Feature { layer: layer_id, .. }) = entries.first() else { return Vec::new() };
    let Some(layer) = contents.layers.get(layer_id) else { return Vec::new() };
    let mut renewed = (**layer).clone();
    let mut back = Vec::with_capacity(entries.len());
    for entry in entries {
        let Entry::Feature { id, becomes, .. } = entry else { continue };
        let before = match renewed.state(*id) {
            None => FeatureState::AsInBase,
            Some(None) => FeatureState::Gone,
            Some(Some(feature)) => FeatureState::Is(feature),
        };
        let state = match becomes {
            FeatureState::AsInBase => None,
            FeatureState::Gone => Some(None),
            FeatureState::Is(feature) => Some(Some(feature.clone())),
        };
        renewed.set_state(*id, state);
        back.push(Entry::Feature { layer: *layer_id, id: *id, becomes: before });
    }
    contents.layers = contents.layers.insert(*layer_id, Arc::new(renewed));
    // The last one goes back first: it may be about the same feature.
    back.reverse();
    back
}

/// Applies one entry; gives what takes it back, to be applied in order.
fn apply_entry(contents: &mut Contents, entry: &Entry) -> Vec<Entry> {
    match entry {
        Entry::Layer { id, becomes } => {
            let before = contents.layers.get(id).cloned();
            let order = contents.order.clone();
            let mut ids: Vec<LayerId> = order.to_vec();
            match becomes {
                Some(layer) => {
                    contents.layers = contents.layers.insert(*id, layer.clone());
                    if !ids.contains(id) {
                        ids.push(*id);
                    }
                }
                None => {
                    contents.layers = contents.layers.remove(id);
                    ids.retain(|other| other != id);
                }
            }
            contents.order = ids.into();
            vec![Entry::Layer { id: *id, becomes: before }, Entry::Order { becomes: order }]
        }
        Entry::Head { id, becomes } => {
            let Some(layer) = contents.layers.get(id).cloned() else { return Vec::new() };
            let before = layer.head.clone();
            let mut renewed = (*layer).clone();
            renewed.head = becomes.clone();
            contents.layers = contents.layers.insert(*id, Arc::new(renewed));
            vec![Entry::Head { id: *id, becomes: before }]
        }
        Entry::Feature { .. } => apply_features(contents, std::slice::from_ref(entry)),
        Entry::Plan { id, becomes } => {
            let before = contents.cluster_plans.get(id).cloned();
            contents.cluster_plans = match becomes {
                Some(plan) => contents.cluster_plans.insert(*id, plan.clone()),
                None => contents.cluster_plans.remove(id),
            };
            vec![Entry::Plan { id: *id, becomes: before }]
        }
        Entry::Order { becomes } => {
            let before = std::mem::replace(&mut contents.order, becomes.clone());
            vec![Entry::Order { becomes: before }]
        }
        Entry::Bookmarks { becomes } => {
            let before = std::mem::replace(&mut contents.bookmarks, becomes.clone());
            vec![Entry::Bookmarks { becomes: before }]
        }
        Entry::Backdrops { becomes } => {
            let before = std::mem::replace(&mut contents.backdrops, becomes.clone());
            vec![Entry::Backdrops { becomes: before }]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::geom::Rings;
    use crate::model::{Field, FieldKind, GeometryKind, PackedBuilder, Provenance, Role, Value};

    #[test]
    fn many_features_change_as_one_step_and_go_back_as_one() {
        let id = LayerId(1);
        let square = |e: f64| Rings::simple(&[[e, 0.0], [e + 9.0, 0.0], [e + 9.0, 9.0], [e, 9.0]]);
        let mut builder = PackedBuilder::new(GeometryKind::Area, vec![Field::new("n", FieldKind::Int)]);
        (0..5000).for_each(|i| builder.push(i + 1, square(10.0 * f64::from(i)).as_ref(), &[Value::Int(i.into())]));
        let layer = Layer::new(LayerHead::new("a", Role::Parcels), Provenance::default(), Arc::new(builder.finish()), FeatureId(10));
        let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
        contents.layers = contents.layers.insert(id, Arc::new(layer));
        let is = |n: i64, e: f64| FeatureState::Is(Arc::new(Feature::new(square(e), vec![Value::Int(n)])));
        let entry = |feature, becomes| Entry::Feature { layer: id, id: FeatureId(feature), becomes };
        let mut entries: Vec<Entry> = (0..4000).map(|i| entry(10 + i, is(-1, 10.0 * i as f64))).collect();
        // The same feature again, and one that goes.
        entries.extend([entry(10, is(-2, 0.0)), entry(11, FeatureState::Gone)]);
        let (after, back) = apply(&contents, &Change { note: Message::new("edit.set_values"), entries });
        let value = |contents: &Contents, feature| contents.layer(id).unwrap().feature(FeatureId(feature)).map(|f| f.value(0));
        assert_eq!((value(&after, 10), value(&after, 11), value(&after, 12)), (Some(Value::Int(-2)), None, Some(Value::Int(-1))));
        assert_eq!(after.layer(id).unwrap().len(), 4999);
        let (before, again) = apply(&after, &back);
        assert!((0..5000).all(|i| value(&before, 10 + i) == Some(Value::Int(i as i64))));
        assert_eq!(value(&apply(&before, &again).0, 10), Some(Value::Int(-2)));
    }
}

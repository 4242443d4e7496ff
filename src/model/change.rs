//! An edit as data: what each touched thing becomes. Applying one gives the change that takes it back.

use super::{Bookmark, ClusterPlan, Contents, Feature, FeatureId, Layer, LayerHead, LayerId};
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
    for entry in &change.entries {
        // Reverse entries are undone last to first.
        back.extend(apply_entry(&mut next, entry).into_iter().rev());
    }
    back.reverse();
    (next, Change { note: change.note.clone(), entries: back })
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
        Entry::Feature { layer: layer_id, id, becomes } => {
            let Some(layer) = contents.layers.get(layer_id).cloned() else { return Vec::new() };
            let before = match layer.state(*id) {
                None => FeatureState::AsInBase,
                Some(None) => FeatureState::Gone,
                Some(Some(feature)) => FeatureState::Is(feature),
            };
            let state = match becomes {
                FeatureState::AsInBase => None,
                FeatureState::Gone => Some(None),
                FeatureState::Is(feature) => Some(Some(feature.clone())),
            };
            contents.layers = contents.layers.insert(*layer_id, Arc::new(layer.with_state(*id, state)));
            vec![Entry::Feature { layer: *layer_id, id: *id, becomes: before }]
        }
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
    }
}

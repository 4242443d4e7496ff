//! A layer joins the workspace, on top of the others.

use crate::model::{Change, ClusterPlan, Entry, Layer, LayerId};
use crate::text::Message;
use std::sync::Arc;

/// `id`: fresh from the document. `plan`: what is known of the version when the layer is a plan.
pub fn add_layer(id: LayerId, layer: Layer, plan: Option<ClusterPlan>) -> Change {
    let note = Message::new("edit.add_layer").with("layer", &*layer.head.name);
    let mut entries = vec![Entry::Layer { id, becomes: Some(Arc::new(layer)) }];
    entries.extend(plan.map(|plan| Entry::Plan { id, becomes: Some(Arc::new(plan)) }));
    Change { note, entries }
}

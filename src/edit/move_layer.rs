//! A layer moves up or down in the drawing order.

use crate::model::{Change, Contents, Entry, LayerId};
use crate::text::Message;

/// `to`: the place the layer has afterwards, 0 the lowest; past the end means on top.
pub fn move_layer(contents: &Contents, id: LayerId, to: usize) -> Change {
    let name = contents.layer(id).map(|layer| layer.head.name.clone()).unwrap_or_default();
    let note = Message::new("edit.move_layer").with("layer", &*name);
    let Some(from) = contents.order.iter().position(|other| *other == id) else { return super::nothing(note) };
    let to = to.min(contents.order.len() - 1);
    if from == to {
        return super::nothing(note);
    }
    let mut order = contents.order.to_vec();
    let moved = order.remove(from);
    order.insert(to, moved);
    super::one(note, Entry::Order { becomes: order.into() })
}

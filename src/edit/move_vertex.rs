//! One vertex of a feature moves.

use super::set_rings::reshaped;
use crate::geom::Point;
use crate::model::{Change, Contents, FeatureId, LayerId};
use crate::text::Message;

/// `vertex`: its number among all points of the feature, in the order of [`crate::geom::RingsRef::coords`].
/// `to`: metres, east before north; a position that is not finite changes nothing.
pub fn move_vertex(contents: &Contents, layer: LayerId, feature: FeatureId, vertex: usize, to: Point) -> Change {
    reshaped(contents, layer, feature, Message::new("edit.move_vertex"), |mut rings| {
        let point = rings.coords_mut().get_mut(vertex)?;
        if !(to[0].is_finite() && to[1].is_finite()) {
            return None;
        }
        *point = to;
        Some(rings)
    })
}

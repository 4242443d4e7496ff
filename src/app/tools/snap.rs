//! Where the pointer takes to: vertices first, then edges, of the layers that are shown.

use super::{distance, reach_m};
use crate::app::canvas::View;
use crate::geom::{BBox, Point};
use crate::model::{Contents, Role};
use crate::scene::Address;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapKind {
    Vertex,
    Edge,
}

/// A place the pointer took to, and the role of the layer it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snap {
    pub at: Point,
    pub kind: SnapKind,
    pub role: Role,
}

/// Layers that a border is drawn along.
const ROLES: &[Role] = &[Role::Plan, Role::Parcels, Role::Sites, Role::Farmland, Role::Ecology, Role::Growth, Role::Districts];

/// The nearest vertex within reach, else the nearest point of an edge; `except` is the feature being changed.
pub fn snapped(contents: &Contents, view: &View, at: Point, except: Option<Address>) -> Option<Snap> {
    let reach = reach_m(view);
    let window = BBox { min: at, max: at }.grown(reach);
    let (mut vertex, mut edge): (Option<Snap>, Option<Snap>) = (None, None);
    let nearer = |best: &Option<Snap>, p: Point| distance(p, at) <= best.map_or(reach, |s| distance(s.at, at));
    for (id, layer) in contents.layers_in_order() {
        let role = layer.head.role;
        if !layer.head.visible || !ROLES.contains(&role) {
            continue;
        }
        for feature in layer.meeting(window) {
            if except == Some(Address { layer: id, feature }) {
                continue;
            }
            let Some(feature) = layer.feature(feature) else { continue };
            for ring in feature.rings().rings() {
                for (i, a) in ring.iter().enumerate() {
                    if nearer(&vertex, *a) {
                        vertex = Some(Snap { at: *a, kind: SnapKind::Vertex, role });
                    }
                    let p = on_edge(*a, ring[(i + 1) % ring.len()], at);
                    if nearer(&edge, p) {
                        edge = Some(Snap { at: p, kind: SnapKind::Edge, role });
                    }
                }
            }
        }
    }
    vertex.or(edge)
}

/// The point of an edge nearest to `p`.
fn on_edge(a: Point, b: Point, p: Point) -> Point {
    let d = [b[0] - a[0], b[1] - a[1]];
    let length2 = d[0] * d[0] + d[1] * d[1];
    let share = if length2 > 0.0 { (((p[0] - a[0]) * d[0] + (p[1] - a[1]) * d[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
    [a[0] + d[0] * share, a[1] + d[1] * share]
}

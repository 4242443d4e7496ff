//! The pointer: a click selects a site, else a cluster; a drag pans.

use super::{Hint, MapEvent, Preview, Step, Tool, ToolContext, ToolFacts, ToolKind, reach_m};
use crate::app::icons;
use crate::geom::{BBox, Point, RingsRef};
use crate::model::{Contents, Role};
use crate::scene::Address;
use egui::{CursorIcon, Key};

impl ToolKind {
    pub const SELECT: Self = Self("select");
}

pub const FACTS: ToolFacts = ToolFacts {
    kind: ToolKind::SELECT,
    key: "app.tool.select",
    initials: "xz",
    icon: icons::CURSOR,
    letter: Key::V,
    cursor: CursorIcon::Default,
    make: || Box::new(Select),
};

#[derive(Debug, Default)]
pub struct Select;

impl Tool for Select {
    fn kind(&self) -> ToolKind {
        ToolKind::SELECT
    }

    fn event(&mut self, event: MapEvent, context: &ToolContext<'_>) -> Step {
        match event {
            MapEvent::Click(at) | MapEvent::DoubleClick(at) => Step::Select(picked(&context.snapshot.contents, at, reach_m(context.view))),
            MapEvent::Escape => Step::Select(None),
            _ => Step::Nothing,
        }
    }

    fn hint(&self) -> Hint {
        &[]
    }

    fn preview(&self, _context: &ToolContext<'_>) -> Preview {
        Preview::default()
    }
}

/// What lies under a place: the smallest site, else the smallest cluster. A site that is no sound area is met by its box.
pub fn picked(contents: &Contents, at: Point, reach_m: f64) -> Option<Address> {
    let window = BBox { min: at, max: at }.grown(reach_m);
    for role in [Role::Sites, Role::Plan] {
        let mut best: Option<(f64, Address)> = None;
        for (id, layer) in contents.layers_of(role).filter(|(_, l)| l.head.visible) {
            for feature in layer.meeting(window) {
                let Some(found) = layer.feature(feature) else { continue };
                let bbox = found.rings().bbox();
                let size = bbox.width() * bbox.height();
                // Sites too small to be hit are met by their box, widened to what a hand can point at.
                let small = role == Role::Sites && bbox.width().max(bbox.height()) < 2.0 * reach_m;
                if (small || holds(found.rings(), at)) && best.is_none_or(|(s, _)| size < s) {
                    best = Some((size, Address { layer: id, feature }));
                }
            }
        }
        if let Some((_, address)) = best {
            return Some(address);
        }
    }
    None
}

/// Even-odd parity of a place: for pointing only, never for a verdict.
fn holds(rings: RingsRef<'_>, at: Point) -> bool {
    let mut inside = false;
    for ring in rings.rings() {
        for (i, a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            if (a[1] > at[1]) != (b[1] > at[1]) && at[0] < (b[0] - a[0]) * (at[1] - a[1]) / (b[1] - a[1]) + a[0] {
                inside = !inside;
            }
        }
    }
    inside
}

//! The corners of the selected site: drag one, drag a midpoint to add one, Backspace removes the one touched last.

use super::ring::{Vertex, inserted, midpoints, moved, removed, vertices};
use super::{
    Edited, Gesture, Hint, MapEvent, Preview, Snap, Step, Tool, ToolContext, ToolFacts, ToolKind, distance, picked, reach_m, snapped,
};
use crate::app::icons;
use crate::geom::{Point, Rings};
use crate::model::Role;
use crate::scene::Address;
use egui::{CursorIcon, Key};

impl ToolKind {
    pub const VERTICES: Self = Self("vertices");
}

pub const FACTS: ToolFacts = ToolFacts {
    kind: ToolKind::VERTICES,
    key: "app.tool.vertices",
    initials: "bjdd",
    icon: icons::PATH,
    letter: Key::E,
    cursor: CursorIcon::Default,
    make: || Box::new(Vertices::default()),
};

#[derive(Debug, Default)]
pub struct Vertices {
    drag: Option<Drag>,
    /// Touched last, for Backspace.
    touched: Option<Vertex>,
    pointer: Option<Point>,
    snap: Option<Snap>,
}

#[derive(Debug)]
struct Drag {
    feature: Address,
    vertex: Vertex,
    /// Before the gesture, and with the vertex that the gesture is about.
    before: Rings,
    rings: Rings,
    at: Point,
}

/// The selected site and its rings; clusters are not moved by hand.
fn subject(context: &ToolContext<'_>) -> Option<(Address, Rings)> {
    let address = context.selected?;
    let layer = context.snapshot.contents.layer(address.layer)?;
    (layer.head.role == Role::Sites).then_some(())?;
    Some((address, layer.feature(address.feature)?.rings().to_owned()))
}

/// The vertex within reach, and whether it is a midpoint still.
fn grip(rings: &Rings, at: Point, context: &ToolContext<'_>) -> Option<(Vertex, Point, bool)> {
    let reach = reach_m(context.view);
    let nearest = |found: &mut dyn Iterator<Item = (Vertex, Point)>| {
        found.filter(|(_, p)| distance(*p, at) <= reach).min_by(|a, b| distance(a.1, at).total_cmp(&distance(b.1, at)))
    };
    let corner = nearest(&mut vertices(rings.as_ref())).map(|(v, p)| (v, p, false));
    corner.or_else(|| nearest(&mut midpoints(rings.as_ref())).map(|(v, p)| (v, p, true)))
}

impl Tool for Vertices {
    fn kind(&self) -> ToolKind {
        ToolKind::VERTICES
    }

    fn grabs(&self, at: Point, context: &ToolContext<'_>) -> bool {
        subject(context).is_some_and(|(_, rings)| grip(&rings, at, context).is_some())
    }

    fn event(&mut self, event: MapEvent, context: &ToolContext<'_>) -> Step {
        match event {
            MapEvent::DragStart(at) => {
                let Some((feature, before)) = subject(context) else { return Step::Nothing };
                let Some((vertex, place, is_new)) = grip(&before, at, context) else { return Step::Nothing };
                let rings = if is_new { inserted(before.as_ref(), vertex, place) } else { before.clone() };
                self.touched = Some(vertex);
                self.drag = Some(Drag { feature, vertex, before, rings: rings.clone(), at: place });
                Step::Hold(Some(Edited { rings, feature: Some(feature) }))
            }
            MapEvent::Drag(at) => {
                let Some(drag) = &mut self.drag else { return Step::Nothing };
                self.snap = if context.snapping { snapped(&context.snapshot.contents, context.view, at, Some(drag.feature)) } else { None };
                drag.at = self.snap.map_or(at, |s| s.at);
                drag.rings = moved(drag.rings.as_ref(), drag.vertex, drag.at);
                Step::Hold(Some(Edited { rings: drag.rings.clone(), feature: Some(drag.feature) }))
            }
            MapEvent::DragEnd(_) => match self.drag.take() {
                Some(drag) if drag.rings != drag.before => {
                    self.snap = None;
                    Step::Finish(Gesture::Reshape { feature: drag.feature, rings: drag.rings })
                }
                _ => Step::Hold(None),
            },
            MapEvent::Escape if self.drag.is_some() => {
                self.drag = None;
                self.snap = None;
                Step::Hold(None)
            }
            MapEvent::Escape => Step::PutAway,
            MapEvent::Backspace => {
                let (Some((feature, rings)), Some(vertex)) = (subject(context), self.touched.take()) else { return Step::Nothing };
                removed(rings.as_ref(), vertex).map_or(Step::Nothing, |rings| Step::Finish(Gesture::Reshape { feature, rings }))
            }
            MapEvent::Click(at) => {
                let grip = subject(context).and_then(|(_, rings)| grip(&rings, at, context));
                match grip {
                    Some((vertex, _, false)) => {
                        self.touched = Some(vertex);
                        Step::Nothing
                    }
                    Some((_, _, true)) => Step::Nothing,
                    None => {
                        self.touched = None;
                        Step::Select(picked(&context.snapshot.contents, at, reach_m(context.view)))
                    }
                }
            }
            MapEvent::Move(at) => {
                self.pointer = Some(at);
                Step::Nothing
            }
            MapEvent::Leave => {
                self.pointer = None;
                Step::Nothing
            }
            MapEvent::DoubleClick(_) | MapEvent::Enter => Step::Nothing,
        }
    }

    fn hint(&self) -> Hint {
        if self.drag.is_some() {
            &[("", "app.hint.release"), ("Alt", "app.hint.no_snap"), ("Esc", "app.hint.cancel")]
        } else {
            &[("", "app.hint.drag_corner"), ("Backspace", "app.hint.remove_corner"), ("Esc", "app.hint.leave")]
        }
    }

    fn preview(&self, context: &ToolContext<'_>) -> Preview {
        let points = |rings: &Rings| rings.as_ref().rings().map(<[Point]>::to_vec).collect::<Vec<_>>();
        if let Some(drag) = &self.drag {
            return Preview {
                rings: points(&drag.rings),
                before: points(&drag.before),
                handles: vertices(drag.rings.as_ref()).map(|(_, p)| p).collect(),
                active: Some(drag.at),
                snap: self.snap,
                measured: true,
                ..Preview::default()
            };
        }
        let Some((_, rings)) = subject(context) else { return Preview::default() };
        let corners: Vec<(Vertex, Point)> = vertices(rings.as_ref()).collect();
        let under = self.pointer.and_then(|p| grip(&rings, p, context)).map(|(_, p, _)| p);
        let touched = self.touched.and_then(|t| corners.iter().find(|(v, _)| *v == t)).map(|(_, p)| *p);
        Preview {
            rings: points(&rings),
            handles: corners.iter().map(|(_, p)| *p).collect(),
            midpoints: midpoints(rings.as_ref()).map(|(_, p)| p).collect(),
            active: under.or(touched),
            measured: true,
            ..Preview::default()
        }
    }
}

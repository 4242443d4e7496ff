//! A new site, corner by corner: click adds, Backspace takes back, double click or Enter closes, Esc lets go.

use super::{Edited, Gesture, Hint, MapEvent, Preview, Snap, Step, Tool, ToolContext, ToolFacts, ToolKind, distance, reach_m, snapped};
use crate::app::icons;
use crate::geom::{Point, Rings};
use egui::{CursorIcon, Key};

impl ToolKind {
    pub const POLYGON: Self = Self("polygon");
}

pub const FACTS: ToolFacts = ToolFacts {
    kind: ToolKind::POLYGON,
    key: "app.tool.polygon",
    initials: "hzyd",
    icon: icons::POLYGON,
    letter: Key::P,
    cursor: CursorIcon::Crosshair,
    make: || Box::new(Polygon::default()),
};

#[derive(Debug, Default)]
pub struct Polygon {
    corners: Vec<Point>,
    pointer: Option<Point>,
    snap: Option<Snap>,
}

impl Polygon {
    /// Where a click at `at` would put the corner.
    fn aimed(&mut self, at: Point, context: &ToolContext<'_>) -> Point {
        self.snap = if context.snapping { snapped(&context.snapshot.contents, context.view, at, None) } else { None };
        let aimed = self.snap.map_or(at, |s| s.at);
        match self.corners.as_slice() {
            [.., last] if context.square && self.snap.is_none() => squared(&self.corners, *last, aimed),
            _ => aimed,
        }
    }

    fn held(&self) -> Step {
        let mut points = self.corners.clone();
        points.extend(self.pointer.filter(|p| self.corners.last().is_none_or(|last| distance(*last, *p) > 0.0)));
        let edited = (points.len() >= 3).then(|| Edited { rings: Rings::simple(&points), feature: None });
        Step::Hold(edited)
    }

    fn finish(&mut self) -> Step {
        if self.corners.len() < 3 {
            return self.held();
        }
        let rings = Rings::simple(&self.corners);
        *self = Self::default();
        Step::Finish(Gesture::NewSite(rings))
    }
}

/// `at` brought to a right angle with the last edge, or with the axes for the first one.
fn squared(corners: &[Point], last: Point, at: Point) -> Point {
    let along = match corners {
        [.., before, _] => [last[0] - before[0], last[1] - before[1]],
        _ => [1.0, 0.0],
    };
    let length = along[0].hypot(along[1]).max(1e-9);
    let (u, d) = ([along[0] / length, along[1] / length], [at[0] - last[0], at[1] - last[1]]);
    let (forward, sideways) = (d[0] * u[0] + d[1] * u[1], d[1] * u[0] - d[0] * u[1]);
    if forward.abs() > sideways.abs() {
        [last[0] + u[0] * forward, last[1] + u[1] * forward]
    } else {
        [last[0] - u[1] * sideways, last[1] + u[0] * sideways]
    }
}

impl Tool for Polygon {
    fn kind(&self) -> ToolKind {
        ToolKind::POLYGON
    }

    fn event(&mut self, event: MapEvent, context: &ToolContext<'_>) -> Step {
        match event {
            MapEvent::Move(at) => {
                self.pointer = Some(self.aimed(at, context));
                self.held()
            }
            MapEvent::Click(at) => {
                let at = self.aimed(at, context);
                let closes = self.corners.len() >= 3 && self.corners.first().is_some_and(|f| distance(*f, at) < reach_m(context.view));
                if closes {
                    return self.finish();
                }
                if self.corners.last().is_none_or(|last| distance(*last, at) > 1e-4) {
                    self.corners.push(at);
                }
                self.pointer = Some(at);
                self.held()
            }
            // Its first click has put the corner already.
            MapEvent::DoubleClick(_) | MapEvent::Enter => self.finish(),
            MapEvent::Backspace => {
                self.corners.pop();
                self.held()
            }
            MapEvent::Escape if self.corners.is_empty() => Step::PutAway,
            MapEvent::Escape => {
                self.corners.clear();
                Step::Hold(None)
            }
            MapEvent::Leave => {
                self.pointer = None;
                self.snap = None;
                self.held()
            }
            MapEvent::DragStart(_) | MapEvent::Drag(_) | MapEvent::DragEnd(_) => Step::Nothing,
        }
    }

    fn hint(&self) -> Hint {
        if self.corners.is_empty() {
            &[("", "app.hint.first_corner"), ("Shift", "app.hint.square"), ("Alt", "app.hint.no_snap"), ("Esc", "app.hint.leave")]
        } else {
            &[
                ("", "app.hint.next_corner"),
                ("Enter", "app.hint.finish"),
                ("Backspace", "app.hint.back"),
                ("Shift", "app.hint.square"),
                ("Esc", "app.hint.cancel"),
            ]
        }
    }

    fn preview(&self, _context: &ToolContext<'_>) -> Preview {
        let mut ring = self.corners.clone();
        ring.extend(self.pointer.filter(|_| !self.corners.is_empty()));
        Preview {
            open: true,
            rings: vec![ring],
            handles: self.corners.clone(),
            active: self.pointer,
            snap: self.snap,
            measured: true,
            ..Preview::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_edges_stand_at_right_angles() {
        let corners = [[0.0, 0.0], [10.0, 0.0]];
        assert_eq!(squared(&corners, corners[1], [10.5, 7.0]), [10.0, 7.0]);
        assert_eq!(squared(&corners[..1], corners[0], [5.0, 1.0]), [5.0, 0.0]);
    }
}

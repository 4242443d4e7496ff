//! Measuring: clicks add points of a path; lengths and, from three points on, the area stand beside it.

use super::{Hint, MapEvent, Preview, Snap, Step, Tool, ToolContext, ToolFacts, ToolKind, distance, snapped};
use crate::app::icons;
use crate::geom::Point;
use egui::{CursorIcon, Key};

impl ToolKind {
    pub const MEASURE: Self = Self("measure");
}

pub const FACTS: ToolFacts = ToolFacts {
    kind: ToolKind::MEASURE,
    key: "app.tool.measure",
    initials: "lj",
    icon: icons::RULER,
    letter: Key::L,
    cursor: CursorIcon::Crosshair,
    make: || Box::new(Measure::default()),
};

#[derive(Debug, Default)]
pub struct Measure {
    points: Vec<Point>,
    pointer: Option<Point>,
    snap: Option<Snap>,
    /// The path stands; the next click begins another.
    done: bool,
}

impl Measure {
    fn aimed(&mut self, at: Point, context: &ToolContext<'_>) -> Point {
        self.snap = if context.snapping { snapped(&context.snapshot.contents, context.view, at, None) } else { None };
        self.snap.map_or(at, |s| s.at)
    }
}

impl Tool for Measure {
    fn kind(&self) -> ToolKind {
        ToolKind::MEASURE
    }

    fn event(&mut self, event: MapEvent, context: &ToolContext<'_>) -> Step {
        match event {
            MapEvent::Move(at) => self.pointer = Some(self.aimed(at, context)),
            MapEvent::Click(at) => {
                let at = self.aimed(at, context);
                if std::mem::take(&mut self.done) {
                    self.points.clear();
                }
                if self.points.last().is_none_or(|last| distance(*last, at) > 1e-4) {
                    self.points.push(at);
                }
                self.pointer = Some(at);
            }
            // Its first click has put the point already.
            MapEvent::DoubleClick(_) | MapEvent::Enter => self.done = self.points.len() > 1,
            MapEvent::Backspace => _ = self.points.pop(),
            MapEvent::Escape if self.points.is_empty() => return Step::PutAway,
            MapEvent::Escape => (self.points, self.done) = (Vec::new(), false),
            MapEvent::Leave => (self.pointer, self.snap) = (None, None),
            MapEvent::DragStart(_) | MapEvent::Drag(_) | MapEvent::DragEnd(_) => {}
        }
        Step::Nothing
    }

    fn hint(&self) -> Hint {
        &[("", "app.hint.measure"), ("Enter", "app.hint.finish"), ("Backspace", "app.hint.back"), ("Esc", "app.hint.leave")]
    }

    fn preview(&self, _context: &ToolContext<'_>) -> Preview {
        let mut path = self.points.clone();
        path.extend(self.pointer.filter(|p| !self.done && path.last().is_none_or(|last| distance(*last, *p) > 1e-4)));
        Preview {
            handles: self.points.clone(),
            snap: self.snap.filter(|_| !self.done),
            measured: true,
            open: true,
            path: path.clone(),
            rings: if path.len() > 1 { vec![path] } else { Vec::new() },
            ..Preview::default()
        }
    }
}

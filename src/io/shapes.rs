//! Geometry sorted by kind: formats that mix kinds give a layer of one kind, and what is left out is said.

use super::Notes;
use super::shapefile::listed;
use crate::geom::{Point, Rings};
use crate::model::GeometryKind;
use crate::text::Message;

/// The kind of shapes that is read of a source that may hold several: what is asked for where it is there; else areas if
/// there are any, else lines, else points.
pub(super) fn kind_of_several(asked: Option<GeometryKind>, holds: impl Fn(GeometryKind) -> bool) -> GeometryKind {
    let usual = [GeometryKind::Area, GeometryKind::Line, GeometryKind::Point];
    asked.into_iter().chain(usual).find(|kind| holds(*kind)).unwrap_or(GeometryKind::None)
}

/// The geometry of one feature; a collection may hold several kinds.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// Parts, of which the first ring is the outer one.
    pub areas: Vec<Vec<Vec<Point>>>,
    pub lines: Vec<Vec<Point>>,
    pub points: Vec<Point>,
}

impl Shapes {
    /// The kind that is read of a source, as [`kind_of_several`].
    pub(super) fn kind_of_all<'a>(asked: Option<GeometryKind>, all: impl Iterator<Item = &'a Self> + Clone) -> GeometryKind {
        kind_of_several(asked, |kind| all.clone().any(|shapes| shapes.holds(kind)))
    }

    fn holds(&self, kind: GeometryKind) -> bool {
        match kind {
            GeometryKind::Area => !self.areas.is_empty(),
            GeometryKind::Line => !self.lines.is_empty(),
            GeometryKind::Point => !self.points.is_empty(),
            GeometryKind::None => false,
        }
    }

    fn holds_other_than(&self, kind: GeometryKind) -> bool {
        let others = [GeometryKind::Area, GeometryKind::Line, GeometryKind::Point].into_iter().filter(|other| *other != kind);
        others.into_iter().any(|other| self.holds(other))
    }

    /// Whether all numbers can be degrees, in either order.
    pub(super) fn are_degrees(&self) -> bool {
        let mut all = self.areas.iter().flatten().chain(&self.lines).flatten().chain(&self.points);
        all.all(|p| p[0].abs() <= 180.0 && p[1].abs() <= 180.0)
    }

    /// The geometry of one kind.
    pub(super) fn rings(&self, kind: GeometryKind) -> Rings {
        let mut rings = Rings::new();
        match kind {
            GeometryKind::Area => {
                for part in &self.areas {
                    let before = rings.as_ref().ring_count();
                    part.iter().filter(|ring| !ring.is_empty()).for_each(|ring| rings.push_ring(ring));
                    if rings.as_ref().ring_count() > before {
                        rings.end_polygon();
                    }
                }
            }
            GeometryKind::Line => {
                for line in self.lines.iter().filter(|line| !line.is_empty()) {
                    rings.push_path(line);
                    rings.end_part();
                }
            }
            GeometryKind::Point => {
                for p in &self.points {
                    rings.push_path(&[*p]);
                    rings.end_part();
                }
            }
            GeometryKind::None => {}
        }
        rings
    }
}

/// Records whose geometry, or a part of it, is of another kind than the layer's.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    whole: Vec<usize>,
    part: Vec<usize>,
}

impl LeftOut {
    pub(super) fn see(&mut self, record: usize, shapes: &Shapes, kind: GeometryKind) {
        if shapes.holds_other_than(kind) {
            if shapes.holds(kind) { &mut self.part } else { &mut self.whole }.push(record);
        }
    }

    pub(super) fn say(&self, notes: &mut Notes) {
        for (code, records) in [("io.records_other_kind", &self.whole), ("io.records_partly_other_kind", &self.part)] {
            if !records.is_empty() {
                notes.messages.push(Message::new(code).with("count", records.len()).with("records", listed(records)));
            }
        }
    }
}

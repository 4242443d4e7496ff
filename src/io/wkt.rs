//! Geometry as well-known text, with `SRID=…;` before it where its system has a code.

use crate::geom::{Point, RingsRef};
use crate::model::GeometryKind;
use std::fmt::Write;

/// Title of its column, as GDAL and QGIS know it.
pub const COLUMN: &str = "WKT";

/// The text of one feature, every number exactly; nothing for a feature without geometry.
pub fn write(kind: GeometryKind, rings: RingsRef<'_>, srid: Option<u32>) -> String {
    let many = if kind == GeometryKind::Area { rings.part_count() > 1 } else { rings.ring_count() > 1 };
    let name = match kind {
        GeometryKind::Area => "POLYGON",
        GeometryKind::Line => "LINESTRING",
        GeometryKind::Point => "POINT",
        GeometryKind::None => return String::new(),
    };
    if rings.is_empty() {
        return String::new();
    }
    let mut out = srid.map(|code| format!("SRID={code};")).unwrap_or_default();
    let _ = write!(out, "{}{name} ", if many { "MULTI" } else { "" });
    let members: Vec<String> = match kind {
        GeometryKind::Area => (0..rings.part_count())
            .map(|part| {
                let closed = rings.part(part).map(|i| rings.ring(i)).map(|ring| path(ring.iter().chain(ring.first())));
                format!("({})", closed.collect::<Vec<_>>().join(","))
            })
            .collect(),
        _ => rings.rings().map(|line| path(line.iter())).collect(),
    };
    if many {
        let _ = write!(out, "({})", members.join(","));
    } else {
        members.iter().for_each(|member| out.push_str(member));
    }
    out
}

fn path<'p>(points: impl Iterator<Item = &'p Point>) -> String {
    let shown: Vec<String> = points.map(|p| format!("{} {}", p[0], p[1])).collect();
    format!("({})", shown.join(","))
}

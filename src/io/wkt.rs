//! Geometry as well-known text, with `SRID=…;` before it where its system has a code: written and read.

use crate::geom::{Point, Rings, RingsRef};
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

/// A text taken apart: the shapes of each kind that stand in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shapes {
    pub srid: Option<u32>,
    /// What the text says it is, also where it is `EMPTY`; for a collection that of its members with most dimensions.
    pub kind: Option<GeometryKind>,
    pub areas: Rings,
    pub lines: Rings,
    pub points: Rings,
}

impl Shapes {
    /// Whether the text says it is of this kind, or holds any of it.
    pub fn holds(&self, kind: GeometryKind) -> bool {
        let rings = match kind {
            GeometryKind::Area => &self.areas,
            GeometryKind::Line => &self.lines,
            GeometryKind::Point => &self.points,
            GeometryKind::None => return false,
        };
        self.kind == Some(kind) || !rings.as_ref().is_empty()
    }
}

/// Why a text is no geometry that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WktError {
    /// What stands at this character (from 1) is not what should.
    #[error("at character {0}")]
    Broken(usize),
    /// Curves and bodies.
    #[error("{0}")]
    Unsupported(String),
}

/// Collections in collections deeper than this are refused.
const DEEPEST: usize = 32;

/// Whether a text begins as well-known text does.
pub fn is_wkt(text: &str) -> bool {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let text = srid(text).map_or(text, |(_, rest)| rest.trim_start());
    let name: String = text.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase();
    let after = text.get(name.len()..).unwrap_or("").trim_start();
    let name = name.strip_suffix("ZM").or(name.strip_suffix(['Z', 'M'])).unwrap_or(&name);
    let flag = after.get(..5).unwrap_or(after).to_ascii_uppercase();
    let begins = after.starts_with('(') || ["EMPTY", "Z", "M"].iter().any(|word| flag.starts_with(word));
    begins && (NAMES.contains(&name) || UNSUPPORTED.contains(&name))
}

const NAMES: [&str; 8] =
    ["POINT", "LINESTRING", "POLYGON", "TRIANGLE", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];
const UNSUPPORTED: [&str; 7] =
    ["CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE", "POLYHEDRALSURFACE", "TIN"];

fn srid(text: &str) -> Option<(u32, &str)> {
    let head = text.get(..5).filter(|head| head.eq_ignore_ascii_case("SRID="))?;
    let (code, rest) = text[head.len()..].split_once(';')?;
    Some((code.trim().parse().ok()?, rest))
}

/// One geometry and nothing after it. Z and M are left out, rings that are not closed are closed.
///
/// # Errors
/// Where the text breaks off the grammar, or what type it is that is not read.
pub fn parse(text: &str) -> Result<Shapes, WktError> {
    let (shapes, rest) = parse_first(text)?;
    let left = rest.trim_matches(|c: char| c.is_whitespace() || c == ';');
    if left.is_empty() { Ok(shapes) } else { Err(WktError::Broken(text[..text.len() - rest.len()].chars().count() + 1)) }
}

/// The first geometry of a text, and what stands after it.
///
/// # Errors
/// As [`parse`].
pub fn parse_first(text: &str) -> Result<(Shapes, &str), WktError> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let (code, rest) = srid(start).map_or((None, start), |(code, rest)| (Some(code), rest));
    let mut reader = Reading { rest, shapes: Shapes { srid: code, ..Shapes::default() } };
    match reader.geometry(0) {
        Ok(()) => Ok((reader.shapes, reader.rest)),
        Err(None) => Err(WktError::Broken(text[..text.len() - reader.rest.len()].chars().count() + 1)),
        Err(Some(name)) => Err(WktError::Unsupported(name)),
    }
}

struct Reading<'a> {
    rest: &'a str,
    shapes: Shapes,
}

/// `Some` names a type that is not read; `None`: broken where the rest begins.
type Read<T> = Result<T, Option<String>>;

impl Reading<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn word(&mut self) -> String {
        self.blanks();
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_ascii_uppercase()
    }

    fn takes(&mut self, sign: char) -> bool {
        self.blanks();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn asks(&mut self, sign: char) -> Read<()> {
        if self.takes(sign) { Ok(()) } else { Err(None) }
    }

    /// The word `EMPTY`, after marks of further dimensions.
    fn is_empty(&mut self) -> Read<bool> {
        self.blanks();
        while self.rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            match self.word().as_str() {
                "EMPTY" => return Ok(true),
                "Z" | "M" | "ZM" => self.blanks(),
                _ => return Err(None),
            }
        }
        Ok(false)
    }

    /// Members in brackets, apart by commas.
    fn list(&mut self, mut member: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.asks('(')?;
        loop {
            member(self)?;
            if self.takes(')') {
                return Ok(());
            }
            self.asks(',')?;
        }
    }

    fn geometry(&mut self, depth: usize) -> Read<()> {
        let word = self.word();
        let bare = word.strip_suffix("ZM").or(word.strip_suffix(['Z', 'M'])).unwrap_or(&word);
        let name = if NAMES.contains(&word.as_str()) { word.as_str() } else { bare };
        if UNSUPPORTED.contains(&name) {
            return Err(Some(name.to_owned()));
        }
        let kind = match name {
            "POINT" | "MULTIPOINT" => GeometryKind::Point,
            "LINESTRING" | "MULTILINESTRING" => GeometryKind::Line,
            "POLYGON" | "TRIANGLE" | "MULTIPOLYGON" => GeometryKind::Area,
            "GEOMETRYCOLLECTION" if depth < DEEPEST => {
                return if self.is_empty()? { Ok(()) } else { self.list(|reader| reader.geometry(depth + 1)) };
            }
            _ => return Err(None),
        };
        let dimensions = |kind| match kind {
            GeometryKind::Area => 3,
            GeometryKind::Line => 2,
            GeometryKind::Point => 1,
            GeometryKind::None => 0,
        };
        if self.shapes.kind.is_none_or(|known| dimensions(kind) > dimensions(known)) {
            self.shapes.kind = Some(kind);
        }
        if self.is_empty()? {
            return Ok(());
        }
        match name {
            "POINT" => self.list(Self::point),
            "MULTIPOINT" => self.list(|reader| {
                if reader.is_empty()? {
                    return Ok(());
                }
                if reader.rest.trim_start().starts_with('(') { reader.list(Self::point) } else { reader.point() }
            }),
            "LINESTRING" => self.line(),
            "MULTILINESTRING" => self.list(|reader| if reader.is_empty()? { Ok(()) } else { reader.line() }),
            "POLYGON" | "TRIANGLE" => self.polygon(),
            _ => self.list(|reader| if reader.is_empty()? { Ok(()) } else { reader.polygon() }),
        }
    }

    fn point(&mut self) -> Read<()> {
        let at = self.position()?;
        self.shapes.points.push_path(&[at]);
        self.shapes.points.end_part();
        Ok(())
    }

    fn path(&mut self) -> Read<Vec<Point>> {
        let mut points = Vec::new();
        self.list(|reader| {
            points.push(reader.position()?);
            Ok(())
        })?;
        Ok(points)
    }

    fn line(&mut self) -> Read<()> {
        let points = self.path()?;
        self.shapes.lines.push_path(&points);
        self.shapes.lines.end_part();
        Ok(())
    }

    /// The text says by their place which ring is the outer one and which are holes.
    fn polygon(&mut self) -> Read<()> {
        let mut some = false;
        self.list(|reader| {
            if !reader.is_empty()? {
                let points = reader.path()?;
                reader.shapes.areas.push_ring(&points);
                some = true;
            }
            Ok(())
        })?;
        if some {
            self.shapes.areas.end_polygon();
        }
        Ok(())
    }

    /// Two numbers; up to two more are passed over.
    fn position(&mut self) -> Read<Point> {
        let at = [self.number()?, self.number()?];
        for _ in 0..2 {
            self.blanks();
            if !self.rest.starts_with([',', ')']) {
                self.number()?;
            }
        }
        Ok(at)
    }

    fn number(&mut self) -> Read<f64> {
        self.blanks();
        let end = self.rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')).unwrap_or(self.rest.len());
        let value = self.rest[..end].parse().map_err(|_| None)?;
        self.rest = &self.rest[end..];
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_and_written_again() {
        for (text, kind, points) in [
            ("POINT (1 2)", GeometryKind::Point, 1),
            ("MULTIPOINT ((1 2),(3 4))", GeometryKind::Point, 2),
            ("LINESTRING (0 0,1 1,0 0)", GeometryKind::Line, 3),
            ("MULTILINESTRING ((0 0,1 1),(2 2,3 3))", GeometryKind::Line, 4),
            ("POLYGON ((0 0,9 0,9 9,0 9,0 0),(1 1,1 2,2 2,1 1))", GeometryKind::Area, 7),
            ("SRID=4528;MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,6.125 5,6 6,5 5)))", GeometryKind::Area, 6),
        ] {
            let shapes = parse(text).unwrap();
            let rings = match kind {
                GeometryKind::Area => &shapes.areas,
                GeometryKind::Line => &shapes.lines,
                _ => &shapes.points,
            };
            assert_eq!((shapes.kind, rings.as_ref().coords().len()), (Some(kind), points), "{text}");
            // A list of points is written without brackets of its own round each.
            assert_eq!(parse(&write(kind, rings.as_ref(), shapes.srid)).unwrap(), shapes, "{text}");
        }
    }

    #[test]
    fn spellings_and_faults() {
        for text in [
            "multipoint(1 2, 3 4)",
            "Point Z (1 2 3)",
            "POINTZM(1 2 3 4)",
            "POLYGON EMPTY",
            "MULTIPOLYGON(EMPTY,((0 0,1 0,1 1)))",
            "GEOMETRYCOLLECTION(POINT(1 2),POLYGON((0 0,1 0,1 1)))",
        ] {
            assert!(is_wkt(text) && parse(text).is_ok(), "{text}");
        }
        assert_eq!(parse("POLYGON EMPTY").unwrap().kind, Some(GeometryKind::Area));
        assert_eq!(parse("GEOMETRYCOLLECTION(POINT(1 2),POLYGON((0 0,1 0,1 1)))").unwrap().kind, Some(GeometryKind::Area));
        for (text, error) in [
            ("POINT (1)", WktError::Broken(9)),
            ("POINT (1 2", WktError::Broken(11)),
            ("POINT (1 2) x", WktError::Broken(12)),
            ("POLYGON (0 0,1 1)", WktError::Broken(10)),
            ("CURVEPOLYGON((0 0))", WktError::Unsupported("CURVEPOLYGON".into())),
            ("地块", WktError::Broken(1)),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
        assert!(!is_wkt("POINTLESS (1 2)") && !is_wkt("LOC") && !is_wkt("multi"));
        let deep = "GEOMETRYCOLLECTION(".repeat(10_000);
        assert!(parse(&deep).is_err());
    }
}

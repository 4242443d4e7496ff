//! DXF for CAD programs: R12 in code page 936, a closed polyline for each ring, names as text at a point inside.

use super::WriteError;
use super::dxf::HOLES;
use crate::geom::{BBox, Point, RingsRef, Shape, label_point};
use crate::model::GeometryKind;
use crate::text::Message;
use encoding_rs::GBK;
use std::fmt::Write;

/// Layers of a drawing that names stand on end in this, so that reading it again finds them.
const NAMES: &str = "_名称";

/// A layer to be written: features in order, in the numbers of the drawing, east before north.
#[derive(Debug)]
pub struct DxfLayer<'a> {
    pub name: &'a str,
    pub kind: GeometryKind,
    pub features: Vec<DxfFeature<'a>>,
}

/// A feature of it. An empty name writes no text.
#[derive(Clone, Copy, Debug)]
pub struct DxfFeature<'a> {
    pub rings: RingsRef<'a>,
    pub name: &'a str,
}

/// A drawing, and what had to be changed to fit the format.
#[derive(Debug)]
pub struct DxfBytes {
    pub bytes: Vec<u8>,
    pub notes: Vec<Message>,
}

/// The bytes of a drawing with these layers. Coordinates come back to the bit; attributes other than the name are not
/// kept, and holes become outlines on a layer of their own (`…_内环`): the format knows neither.
///
/// # Errors
/// When nothing in the layers has a geometry.
pub fn dxf_bytes(layers: &[DxfLayer<'_>]) -> Result<DxfBytes, WriteError> {
    let all = || layers.iter().flat_map(|layer| &layer.features);
    let is_sound = |f: &&DxfFeature<'_>| !f.rings.is_empty() && f.rings.coords().iter().flatten().all(|v| v.is_finite());
    let extent = all().filter(is_sound).fold(BBox::EMPTY, |bbox, f| bbox.join(f.rings.bbox()));
    if extent.is_empty() {
        return Err(WriteError(Message::new("io.write_dxf_nothing")));
    }
    let names: Vec<String> = layers.iter().map(|layer| layer_name(layer.name)).collect();
    let mut out = Drawing { out: String::new(), size: extent.width().max(extent.height()) / 200.0, holes: 0 };
    out.head(extent, &names);
    let mut left_out = 0;
    for (layer, name) in layers.iter().zip(&names) {
        for feature in &layer.features {
            if is_sound(&feature) && layer.kind != GeometryKind::None {
                out.feature(layer.kind, name, feature);
            } else {
                left_out += 1;
            }
        }
    }
    out.pairs(&[(0, "ENDSEC"), (0, "EOF")]);
    let mut notes = vec![Message::new("io.write_dxf_names_only")];
    for (code, count) in [("io.write_dxf_holes", out.holes), ("io.write_dxf_left_out", left_out)] {
        if count > 0 {
            notes.push(Message::new(code).with("count", count));
        }
    }
    Ok(DxfBytes { bytes: encoded(&out.out), notes })
}

/// What CAD programs take as the name of a layer: no blanks, none of the signs that mean something to them.
fn layer_name(name: &str) -> String {
    let safe = |c: char| if c.is_whitespace() || c.is_control() || "<>/\\\":;?*|=`,'".contains(c) { '_' } else { c };
    let name: String = name.trim().chars().map(safe).take(60).collect();
    if name.is_empty() { "0".to_owned() } else { name }
}

/// In the code page; what it does not have as an escape.
fn encoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    let mut units = [0; 2];
    for c in text.chars() {
        let (bytes, _, missing) = GBK.encode(c.encode_utf8(&mut buffer));
        if missing {
            c.encode_utf16(&mut units).iter().for_each(|unit| out.extend(format!("\\U+{unit:04X}").bytes()));
        } else {
            out.extend_from_slice(&bytes);
        }
    }
    out
}

struct Drawing {
    out: String,
    /// Height of a text where the feature gives none.
    size: f64,
    holes: usize,
}

impl Drawing {
    fn pairs(&mut self, pairs: &[(i32, &str)]) {
        for (code, value) in pairs {
            let _ = write!(self.out, "{code}\r\n{value}\r\n");
        }
    }

    /// A number as short as it comes back whole, never with an exponent.
    fn number(&mut self, code: i32, value: f64) {
        let point = if value.fract() == 0.0 { ".0" } else { "" };
        let _ = write!(self.out, "{code}\r\n{value}{point}\r\n");
    }

    fn point(&mut self, code: i32, p: Point) {
        self.number(code, p[0]);
        self.number(code + 10, p[1]);
        self.number(code + 20, 0.0);
    }

    fn head(&mut self, extent: BBox, layers: &[String]) {
        self.pairs(&[(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009"), (9, "$DWGCODEPAGE"), (3, "ANSI_936")]);
        for (name, p) in [("$EXTMIN", extent.min), ("$EXTMAX", extent.max)] {
            self.pairs(&[(9, name)]);
            self.point(10, p);
        }
        self.pairs(&[(0, "ENDSEC"), (0, "SECTION"), (2, "TABLES"), (0, "TABLE"), (2, "LTYPE"), (70, "1"), (0, "LTYPE")]);
        self.pairs(&[(2, "CONTINUOUS"), (70, "0"), (3, "Solid line"), (72, "65"), (73, "0"), (40, "0.0"), (0, "ENDTAB")]);
        let mut entries: Vec<(String, usize)> = vec![("0".to_owned(), 7)];
        for (i, name) in layers.iter().enumerate() {
            entries.extend([(name.clone(), 1 + i % 6), (format!("{name}{HOLES}"), 8), (format!("{name}{NAMES}"), 7)]);
        }
        let mut known: Vec<&str> = Vec::new();
        entries.iter().for_each(|(name, _)| {
            if !known.contains(&&**name) {
                known.push(name)
            }
        });
        self.pairs(&[(0, "TABLE"), (2, "LAYER"), (70, &known.len().to_string())]);
        for name in known {
            let color = entries.iter().find(|(entry, _)| entry == name).map_or(7, |(_, color)| *color);
            self.pairs(&[(0, "LAYER"), (2, name), (70, "0"), (62, &color.to_string()), (6, "CONTINUOUS")]);
        }
        self.pairs(&[(0, "ENDTAB"), (0, "TABLE"), (2, "STYLE"), (70, "1"), (0, "STYLE"), (2, "STANDARD"), (70, "0"), (40, "0.0")]);
        self.pairs(&[(41, "1.0"), (50, "0.0"), (71, "0"), (42, "2.5"), (3, "txt"), (4, "gbcbig.shx"), (0, "ENDTAB"), (0, "ENDSEC")]);
        self.pairs(&[(0, "SECTION"), (2, "ENTITIES")]);
    }

    fn feature(&mut self, kind: GeometryKind, layer: &str, feature: &DxfFeature<'_>) {
        let rings = feature.rings;
        if kind == GeometryKind::Point {
            for p in rings.coords() {
                self.pairs(&[(0, "POINT"), (8, layer)]);
                self.point(10, *p);
            }
        } else {
            let closed = kind == GeometryKind::Area;
            for part in 0..rings.part_count() {
                for (i, path) in rings.part(part).map(|i| rings.ring(i)).filter(|path| !path.is_empty()).enumerate() {
                    if closed && i > 0 {
                        self.holes += 1;
                        self.polyline(&format!("{layer}{HOLES}"), path, closed);
                    } else {
                        self.polyline(layer, path, closed);
                    }
                }
            }
        }
        let name: String = feature.name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let name = name.trim();
        if let Some(at) = place_of_name(kind, rings).filter(|_| !name.is_empty()) {
            let bbox = rings.bbox();
            let height = (bbox.width() * bbox.height()).sqrt() / 15.0;
            self.pairs(&[(0, "TEXT"), (8, &format!("{layer}{NAMES}"))]);
            self.point(10, at);
            self.number(40, if height > 0.0 && kind == GeometryKind::Area { height } else { self.size.max(f64::MIN_POSITIVE) });
            self.pairs(&[(1, name), (72, "1")]);
            self.point(11, at);
            self.pairs(&[(73, "2")]);
        }
    }

    fn polyline(&mut self, layer: &str, points: &[Point], closed: bool) {
        self.pairs(&[(0, "POLYLINE"), (8, layer), (66, "1")]);
        self.point(10, [0.0; 2]);
        self.pairs(&[(70, if closed { "1" } else { "0" })]);
        for p in points {
            self.pairs(&[(0, "VERTEX"), (8, layer)]);
            self.point(10, *p);
        }
        self.pairs(&[(0, "SEQEND"), (8, layer)]);
    }
}

/// Inside an area, at the middle of a line's points, on a point.
fn place_of_name(kind: GeometryKind, rings: RingsRef<'_>) -> Option<Point> {
    if kind == GeometryKind::Area {
        let shape = Shape::check(rings).ok().or_else(|| Shape::mend(rings).map(|(shape, _)| shape));
        return shape.map(|shape| label_point(shape.as_ref())).or(rings.coords().first().copied());
    }
    rings.rings().next().and_then(|path| path.get(path.len() / 2)).copied()
}

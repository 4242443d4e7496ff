//! GeoJSON for the world outside: longitude and latitude with 9 decimals (a tenth of a millimetre), the same bytes every time.

use crate::geom::RingsRef;
use crate::model::{GeometryKind, Value};
use std::fmt::Write;

/// A feature collection being written.
#[derive(Debug)]
pub struct GeoJsonWriter {
    out: String,
    first: bool,
}

impl Default for GeoJsonWriter {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl GeoJsonWriter {
    /// `members`: further members of the collection, such as what the values mean.
    pub fn new(members: &[(&str, serde_json::Value)]) -> Self {
        let mut out = String::from("{\"type\":\"FeatureCollection\",");
        for (name, value) in members {
            let _ = write!(out, "{}:{value},", json_text(name));
        }
        out.push_str("\"features\":[");
        Self { out, first: true }
    }

    /// Without the beginning of the collection and what stands before its first feature.
    pub fn continued() -> Self {
        Self { out: String::new(), first: false }
    }

    /// Adds a feature. `rings` in degrees of longitude and latitude; without rings its geometry is null.
    pub fn push<'a>(
        &mut self,
        kind: GeometryKind,
        rings: RingsRef<'_>,
        properties: impl IntoIterator<Item = (&'a str, serde_json::Value)>,
    ) {
        self.out.push_str(if self.first { "\n" } else { ",\n" });
        self.first = false;
        self.out.push_str("{\"type\":\"Feature\",\"properties\":{");
        for (i, (name, value)) in properties.into_iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            let _ = write!(self.out, "{comma}{}:{value}", json_text(name));
        }
        self.out.push_str("},\"geometry\":");
        self.geometry(kind, rings);
        self.out.push('}');
    }

    /// What was written so far, as text.
    pub fn into_text(self) -> String {
        self.out
    }

    pub fn finish(self) -> Vec<u8> {
        self.finish_with(&[])
    }

    /// The end of the collection, with members that are known only then.
    pub fn finish_with(mut self, members: &[(&str, serde_json::Value)]) -> Vec<u8> {
        self.out.push_str("\n]");
        for (name, value) in members {
            let _ = write!(self.out, ",{}:{value}", json_text(name));
        }
        self.out.push_str("}\n");
        self.out.into_bytes()
    }

    fn geometry(&mut self, kind: GeometryKind, rings: RingsRef<'_>) {
        if rings.is_empty() || kind == GeometryKind::None {
            return self.out.push_str("null");
        }
        let many = if kind == GeometryKind::Area { rings.part_count() > 1 } else { rings.ring_count() > 1 };
        let name = match kind {
            GeometryKind::Area => "Polygon",
            GeometryKind::Line => "LineString",
            _ => "Point",
        };
        let _ = write!(self.out, "{{\"type\":\"{}{name}\",\"coordinates\":", if many { "Multi" } else { "" });
        if many {
            self.out.push('[');
        }
        match kind {
            GeometryKind::Area => {
                for part in 0..rings.part_count() {
                    self.out.push_str(if part == 0 { "[" } else { ",[" });
                    for (i, ring) in rings.part(part).enumerate() {
                        self.comma(i);
                        let ring = rings.ring(ring);
                        self.path(ring.iter().chain(ring.first()));
                    }
                    self.out.push(']');
                }
            }
            GeometryKind::Line => {
                for (i, line) in rings.rings().enumerate() {
                    self.comma(i);
                    self.path(line.iter());
                }
            }
            _ => {
                for (i, p) in rings.coords().iter().enumerate() {
                    self.comma(i);
                    self.position(*p);
                }
            }
        }
        self.out.push_str(if many { "]}" } else { "}" });
    }

    fn comma(&mut self, i: usize) {
        if i > 0 {
            self.out.push(',');
        }
    }

    fn path<'p>(&mut self, points: impl Iterator<Item = &'p [f64; 2]>) {
        self.out.push('[');
        for (i, p) in points.enumerate() {
            self.comma(i);
            self.position(*p);
        }
        self.out.push(']');
    }

    fn position(&mut self, p: [f64; 2]) {
        let _ = write!(self.out, "[{},{}]", degrees(p[0]), degrees(p[1]));
    }
}

/// 9 decimals, trailing zeros left off.
pub(super) fn degrees(v: f64) -> String {
    let text = format!("{v:.9}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn json_text(s: &str) -> serde_json::Value {
    serde_json::Value::from(s)
}

/// A value as JSON: numbers stay numbers, codes and dates are text.
pub fn json_value(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Int(n) => (*n).into(),
        Value::Real(x) => (*x).into(),
        Value::Bool(b) => (*b).into(),
        Value::Text(s) | Value::Decimal(s) => (**s).into(),
        Value::Date(d) => d.to_string().into(),
    }
}

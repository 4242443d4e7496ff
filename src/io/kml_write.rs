//! KML for Google Earth and others: one document, typed data under a schema, 9 decimals of a degree (a tenth of a millimetre).

use super::geojson_write::degrees;
use super::shapefile_write::winding;
use crate::geom::{Point, RingsRef};
use crate::model::{Field, FieldKind, GeometryKind, Value};
use std::fmt::Write;

/// A layer to be written: features in order, with their values in the order of the fields.
#[derive(Debug)]
pub struct KmlLayer<'a> {
    pub name: &'a str,
    pub kind: GeometryKind,
    pub fields: &'a [Field],
    /// Column whose values name the placemarks.
    pub name_column: Option<usize>,
    /// Rings in degrees of longitude and latitude, WGS 84: KML knows no other system.
    pub features: Vec<(RingsRef<'a>, Vec<Value>)>,
}

/// The file. Null values are left out; dates, codes and integers beyond 32 bits are text, which every reader keeps.
pub fn kml_bytes(layer: &KmlLayer<'_>) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n");
    let _ = writeln!(out, "<name>{}</name>", escaped(layer.name));
    if !layer.fields.is_empty() {
        let _ = writeln!(out, "<Schema id=\"fields\" name=\"{}\">", escaped(layer.name));
        for (column, field) in layer.fields.iter().enumerate() {
            let _ = writeln!(out, "<SimpleField name=\"{}\" type=\"{}\"/>", escaped(&field.name), declared(layer, column));
        }
        out.push_str("</Schema>\n");
    }
    // Outlines without a fill: what lies under an area stays to be seen.
    out.push_str("<Style id=\"outline\"><LineStyle><color>ff0055ff</color><width>2</width></LineStyle><PolyStyle><fill>0</fill></PolyStyle></Style>\n");
    for (rings, values) in &layer.features {
        out.push_str("<Placemark>");
        if let Some(name) = layer.name_column.and_then(|column| values.get(column)).filter(|name| !name.is_null()) {
            let _ = write!(out, "<name>{}</name>", escaped(&name.to_string()));
        }
        out.push_str("<styleUrl>#outline</styleUrl>");
        data(&mut out, layer.fields, values);
        geometry(&mut out, layer.kind, *rings);
        out.push_str("</Placemark>\n");
    }
    out.push_str("</Document>\n</kml>\n");
    out.into_bytes()
}

/// The schema's type of a column.
fn declared(layer: &KmlLayer<'_>, column: usize) -> &'static str {
    let is_short = |value: Option<&Value>| !matches!(value, Some(Value::Int(n)) if i32::try_from(*n).is_err());
    match layer.fields.get(column).map(|field| field.kind) {
        Some(FieldKind::Int) if layer.features.iter().all(|(_, values)| is_short(values.get(column))) => "int",
        Some(FieldKind::Real) => "double",
        Some(FieldKind::Bool) => "bool",
        _ => "string",
    }
}

fn data(out: &mut String, fields: &[Field], values: &[Value]) {
    let is_written = |value: &Value| !value.is_null() && !matches!(value, Value::Real(x) if !x.is_finite());
    if !values.iter().any(is_written) {
        return;
    }
    out.push_str("<ExtendedData><SchemaData schemaUrl=\"#fields\">");
    for (field, value) in fields.iter().zip(values).filter(|(_, value)| is_written(value)) {
        let text = match value {
            // GDAL takes `true` for 0.
            Value::Bool(b) => u8::from(*b).to_string(),
            value => escaped(&value.to_string()),
        };
        let _ = write!(out, "<SimpleData name=\"{}\">{text}</SimpleData>", escaped(&field.name));
    }
    out.push_str("</SchemaData></ExtendedData>");
}

fn geometry(out: &mut String, kind: GeometryKind, rings: RingsRef<'_>) {
    let mut pieces: Vec<String> = Vec::new();
    match kind {
        GeometryKind::Area => (0..rings.part_count()).for_each(|part| pieces.extend(polygons(rings, part))),
        GeometryKind::Line => pieces.extend(rings.rings().map(|line| {
            let mut text = String::from("<LineString>");
            positions(&mut text, line.iter());
            text + "</LineString>"
        })),
        GeometryKind::Point => pieces.extend(rings.coords().iter().map(|point| {
            let mut text = String::from("<Point>");
            positions(&mut text, std::iter::once(point));
            text + "</Point>"
        })),
        GeometryKind::None => {}
    }
    match pieces.as_slice() {
        [] => {}
        [one] => out.push_str(one),
        several => {
            out.push_str("<MultiGeometry>");
            several.iter().for_each(|piece| out.push_str(piece));
            out.push_str("</MultiGeometry>");
        }
    }
}

/// The polygons of a part: its first ring is an outer one; of the others those that are wound like it are outer rings too.
fn polygons(rings: RingsRef<'_>, part: usize) -> Vec<String> {
    let mut polygons: Vec<String> = Vec::new();
    let mut outer_sign = 0.0;
    for ring in rings.part(part).map(|i| rings.ring(i)).filter(|ring| !ring.is_empty()) {
        let sign = winding(ring);
        let is_outer = polygons.is_empty() || sign == outer_sign;
        if polygons.is_empty() {
            outer_sign = sign;
        }
        let name = if is_outer { "outerBoundaryIs" } else { "innerBoundaryIs" };
        let mut text = format!("<{name}><LinearRing>");
        // Outer rings run counter-clockwise, holes clockwise.
        let closed = ring.iter().chain(ring.first());
        if (sign > 0.0) == is_outer {
            positions(&mut text, closed)
        } else {
            positions(&mut text, closed.rev())
        }
        let _ = write!(text, "</LinearRing></{name}>");
        match polygons.last_mut().filter(|_| !is_outer) {
            Some(polygon) => polygon.push_str(&text),
            None => polygons.push(text),
        }
    }
    polygons.into_iter().map(|text| format!("<Polygon>{text}</Polygon>")).collect()
}

fn positions<'p>(out: &mut String, points: impl Iterator<Item = &'p Point>) {
    out.push_str("<coordinates>");
    for (i, p) in points.enumerate() {
        let blank = if i == 0 { "" } else { " " };
        let _ = write!(out, "{blank}{},{}", degrees(p[0]), degrees(p[1]));
    }
    out.push_str("</coordinates>");
}

/// Text for XML. Characters that XML 1.0 cannot hold at all become blanks.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Else read back as a line feed.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

//! GeoJSON: features, collections, bare geometries and sequences of features; a broken feature keeps its attributes.

use super::encoding::decode_file;
use super::shapefile::{listed, swapped};
use super::shapes::{LeftOut, Shapes};
use super::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
use crate::crs::Crs;
use crate::geom::Point;
use crate::model::{Field, FieldKind, Value};
use crate::task::Progress;
use crate::text::Message;
use ::geojson::{Feature, GeoJson, Geometry, GeometryValue, JsonObject, JsonValue, Position, feature::Id};
use std::collections::HashMap;
use std::sync::Arc;

/// Reads `.geojson` and `.json`.
pub struct GeoJsonFile;

/// Words that only GeoJSON's own objects have.
const TYPES: &[&[u8]] = &[b"\"FeatureCollection\"", b"\"Feature\"", b"\"coordinates\"", b"\"GeometryCollection\""];

impl Reader for GeoJsonFile {
    fn format(&self) -> &'static str {
        "geojson"
    }

    fn has_layers(&self) -> bool {
        false
    }

    fn sniff(&self, source: &Source) -> Confidence {
        let bytes = source.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&source.bytes);
        let named = ["geojson", "json", "geojsonl", "geojsons"].contains(&source.extension().as_str());
        let object = bytes.trim_ascii_start().first().is_some_and(|b| [b'{', 0x1E].contains(b));
        let head = &bytes[..bytes.len().min(1 << 16)];
        let spoken = object && TYPES.iter().any(|word| head.windows(word.len()).any(|w| w == *word));
        match (spoken, named) {
            (true, _) => Confidence::Yes,
            (false, true) => Confidence::Perhaps,
            (false, false) => Confidence::No,
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        let refused = |m: Message| ReadError(m.with("file", source.name()));
        let (text, encoding) = decode_file(&source.bytes, options.encoding.as_deref()).map_err(refused)?;
        let read = parse(&text).map_err(refused)?;
        drop(text);
        let kind = Shapes::kind_of_all(options.kind, read.features.iter().map(|f| &f.shapes));
        let fields: Arc<[Field]> = fields(&read.features);
        let mut notes = Notes {
            format: self.format(),
            kind,
            fields: fields.to_vec(),
            encoding: Some(encoding.encoding.name().to_owned()),
            encoding_how: Some(encoding.how),
            ..Notes::default()
        };
        notes.messages.extend(encoding.doubt);
        read.declare_crs(&mut notes);
        progress.set_total(read.features.len() as u64);

        let column_of: HashMap<&str, usize> = fields.iter().enumerate().map(|(i, f)| (&*f.name, i)).collect();
        let (mut left_out, mut broken) = (LeftOut::default(), Vec::new());
        let mut chunk = Chunk::new(fields.clone());
        for (i, mut item) in read.features.into_iter().enumerate() {
            if item.broken {
                broken.push(i + 1);
            }
            let rings = item.shapes.rings(kind);
            left_out.see(i + 1, &item.shapes, kind);
            let rings = if options.north_first == Some(true) { swapped(rings) } else { rings };
            let mut values = vec![Value::Null; fields.len()];
            for (name, value) in std::mem::take(&mut item.properties) {
                if let Some(&column) = column_of.get(&*name) {
                    values[column] = typed(value, fields[column].kind);
                }
            }
            chunk.push(i as u32 + 1, rings.as_ref(), &values);
            if chunk.len() == Chunk::SIZE {
                if progress.is_cancelled() {
                    return Err(refused(Message::new("io.cancelled")));
                }
                progress.add(chunk.len() as u64);
                sink(std::mem::replace(&mut chunk, Chunk::new(fields.clone())));
            }
        }
        progress.add(chunk.len() as u64);
        sink(chunk);
        left_out.say(&mut notes);
        if !broken.is_empty() {
            let message = Message::new("io.json_features_broken").with("count", broken.len());
            notes.messages.push(message.with("records", listed(&broken)));
        }
        Ok(notes)
    }
}

/// What a text held.
#[derive(Default)]
struct Read {
    features: Vec<Item>,
    /// Member `crs` of the collection, or of the only feature.
    crs: Option<JsonValue>,
}

#[derive(Default)]
struct Item {
    shapes: Shapes,
    properties: JsonObject,
    broken: bool,
}

fn parse(text: &str) -> Result<Read, Message> {
    let mut read = Read::default();
    match text.parse::<GeoJson>() {
        Ok(GeoJson::FeatureCollection(collection)) => {
            read.crs = collection.foreign_members.and_then(|mut m| m.remove("crs"));
            read.features = collection.features.into_iter().map(Item::from).collect();
        }
        Ok(GeoJson::Feature(mut feature)) => {
            read.crs = feature.foreign_members.as_mut().and_then(|m| m.remove("crs"));
            read.features = vec![feature.into()];
        }
        Ok(GeoJson::Geometry(mut geometry)) => {
            read.crs = geometry.foreign_members.as_mut().and_then(|m| m.remove("crs"));
            read.features = vec![Item::new(Some(geometry), JsonObject::new())];
        }
        Err(_) => return parse_leniently(text),
    }
    Ok(read)
}

/// Feature by feature: one that is broken keeps its attributes. Also takes sequences (a feature a line, or after RS).
fn parse_leniently(text: &str) -> Result<Read, Message> {
    let text = text.replace('\u{1e}', " ");
    let mut read = Read::default();
    for document in serde_json::Deserializer::from_str(&text).into_iter::<JsonValue>() {
        match document {
            Ok(document) => read.add(document)?,
            Err(e) => return by_lines(&text).unwrap_or_else(|| Err(Message::new("io.json_broken").with("cause", e.to_string()))),
        }
    }
    Ok(read)
}

/// A sequence of which some lines are broken: each is a record without anything. `None` for any other text, and for one
/// whose last line is broken: it was cut, and who knows what came after it.
fn by_lines(text: &str) -> Option<Result<Read, Message>> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let documents: Vec<Option<JsonValue>> = lines.iter().map(|line| serde_json::from_str(line).ok()).collect();
    let whole = documents.iter().flatten().count();
    if !lines.iter().all(|line| line.starts_with('{')) || whole * 2 < lines.len() || documents.last().is_none_or(Option::is_none) {
        return None;
    }
    let mut read = Read::default();
    for document in documents {
        match document {
            Some(document) => {
                if let Err(refusal) = read.add(document) {
                    return Some(Err(refusal));
                }
            }
            None => read.features.push(Item { broken: true, ..Item::default() }),
        }
    }
    Some(Ok(read))
}

fn lenient_feature(value: JsonValue) -> Item {
    let JsonValue::Object(mut object) = value else { return Item { broken: true, ..Item::default() } };
    let named = object.get("type").is_none_or(|t| t == "Feature");
    let mut properties = match object.remove("properties") {
        Some(JsonValue::Object(properties)) => properties,
        _ => JsonObject::new(),
    };
    if let (Some(id @ (JsonValue::String(_) | JsonValue::Number(_))), false) = (object.remove("id"), properties.contains_key("id")) {
        properties.insert("id".into(), id);
    }
    let geometry = match object.remove("geometry") {
        Some(JsonValue::Null) => Some(None),
        Some(value) => lenient_geometry(value).map(Some),
        None => None,
    };
    match geometry {
        Some(geometry) if named => Item::new(geometry, properties),
        _ => Item { broken: true, ..Item::new(None, properties) },
    }
}

/// Without its box, which is not used and often wrong.
fn lenient_geometry(mut value: JsonValue) -> Option<Geometry> {
    if let JsonValue::Object(object) = &mut value {
        object.remove("bbox");
    }
    serde_json::from_value(value).ok()
}

impl From<Feature> for Item {
    fn from(feature: Feature) -> Self {
        let mut properties = feature.properties.unwrap_or_default();
        if !properties.contains_key("id") {
            match feature.id {
                Some(Id::String(id)) => drop(properties.insert("id".into(), id.into())),
                Some(Id::Number(id)) => drop(properties.insert("id".into(), id.into())),
                None => {}
            }
        }
        Self::new(feature.geometry, properties)
    }
}

impl Item {
    fn new(geometry: Option<Geometry>, properties: JsonObject) -> Self {
        let mut item = Self { properties, ..Self::default() };
        if let Some(geometry) = geometry {
            item.broken = add(&mut item.shapes, &geometry.value).is_none();
        }
        item
    }
}

/// `None` when a position has fewer than two numbers.
fn add(shapes: &mut Shapes, value: &GeometryValue) -> Option<()> {
    match value {
        GeometryValue::Point { coordinates } => shapes.points.push(point(coordinates)?),
        GeometryValue::MultiPoint { coordinates } => shapes.points.extend(path(coordinates)?),
        GeometryValue::LineString { coordinates } => shapes.lines.push(path(coordinates)?),
        GeometryValue::MultiLineString { coordinates } => shapes.lines.extend(paths(coordinates)?),
        GeometryValue::Polygon { coordinates } => shapes.areas.push(paths(coordinates)?),
        GeometryValue::MultiPolygon { coordinates } => {
            for part in coordinates {
                shapes.areas.push(paths(part)?);
            }
        }
        GeometryValue::GeometryCollection { geometries } => {
            for geometry in geometries {
                add(shapes, &geometry.value)?;
            }
        }
    }
    Some(())
}

fn point(position: &Position) -> Option<Point> {
    let numbers: &[f64] = position.as_slice();
    Some([*numbers.first()?, *numbers.get(1)?])
}

fn path(positions: &[Position]) -> Option<Vec<Point>> {
    positions.iter().map(point).collect()
}

fn paths(lines: &[Vec<Position>]) -> Option<Vec<Vec<Point>>> {
    lines.iter().map(|line| path(line)).collect()
}

impl Read {
    /// What one document of a text holds.
    fn add(&mut self, document: JsonValue) -> Result<(), Message> {
        let JsonValue::Object(mut object) = document else { return Err(Message::new("io.json_not_geo")) };
        let kind = object.get("type").and_then(JsonValue::as_str).unwrap_or_default().to_owned();
        self.crs = self.crs.take().or_else(|| object.remove("crs"));
        match (kind.as_str(), object.remove("features")) {
            ("FeatureCollection", Some(JsonValue::Array(features))) => self.features.extend(features.into_iter().map(lenient_feature)),
            ("Feature", None) => self.features.push(lenient_feature(JsonValue::Object(object))),
            _ => match lenient_geometry(JsonValue::Object(object)) {
                Some(geometry) => self.features.push(Item::new(Some(geometry), JsonObject::new())),
                None => return Err(Message::new("io.json_not_geo")),
            },
        }
        Ok(())
    }

    /// Member `crs`; without one the standard says longitude and latitude, where the numbers allow it.
    fn declare_crs(&self, notes: &mut Notes) {
        match &self.crs {
            Some(JsonValue::Null) => {}
            Some(member) => {
                let name = member.get("properties").and_then(|p| p.get("name")).and_then(JsonValue::as_str);
                match name.map(Crs::parse) {
                    Some(Ok(crs)) => {
                        notes.crs = Some(crs);
                        notes.crs_how = Some(Message::new("io.crs_by_member"));
                    }
                    _ => {
                        let text: String = member.to_string().chars().take(60).collect();
                        notes.crs_refused = Some(Message::new("io.crs_member_unknown").with("text", text));
                    }
                }
            }
            None => {
                if self.features.iter().all(|f| f.shapes.are_degrees()) {
                    notes.crs = Some(Crs::WGS84_LON_LAT);
                    notes.crs_how = Some(Message::new("io.crs_by_rfc"));
                }
            }
        }
    }
}

/// All property names in the order they first appear, each of the kind that holds all its values.
fn fields(items: &[Item]) -> Arc<[Field]> {
    let mut fields: Vec<Field> = Vec::new();
    let mut seen: HashMap<&str, (usize, bool)> = HashMap::new();
    for (name, value) in items.iter().flat_map(|item| &item.properties) {
        let kind = kind_of(value);
        let (column, typed) = *seen.entry(name).or_insert_with(|| {
            fields.push(Field::new(name, FieldKind::Text));
            (fields.len() - 1, false)
        });
        let Some(kind) = kind else { continue };
        let known = fields[column].kind;
        fields[column].kind = match (typed, known, kind) {
            (false, _, kind) => kind,
            (true, a, b) if a == b => a,
            (true, FieldKind::Int | FieldKind::Real, FieldKind::Int | FieldKind::Real) => FieldKind::Real,
            _ => FieldKind::Text,
        };
        seen.insert(name, (column, true));
    }
    fields.into()
}

/// `None` for null, which fits every kind.
fn kind_of(value: &JsonValue) -> Option<FieldKind> {
    match value {
        JsonValue::Null => None,
        JsonValue::Bool(_) => Some(FieldKind::Bool),
        JsonValue::Number(n) if n.is_i64() => Some(FieldKind::Int),
        // Beyond i64: kept as written.
        JsonValue::Number(n) if n.is_u64() => Some(FieldKind::Decimal),
        JsonValue::Number(_) => Some(FieldKind::Real),
        JsonValue::String(_) | JsonValue::Array(_) | JsonValue::Object(_) => Some(FieldKind::Text),
    }
}

fn typed(value: JsonValue, kind: FieldKind) -> Value {
    match (value, kind) {
        (JsonValue::Null, _) => Value::Null,
        (JsonValue::Bool(b), FieldKind::Bool) => Value::Bool(b),
        (JsonValue::Number(n), FieldKind::Int) => n.as_i64().map_or(Value::Null, Value::Int),
        (JsonValue::Number(n), FieldKind::Real) => n.as_f64().map_or(Value::Null, Value::Real),
        (JsonValue::Number(n), FieldKind::Decimal) => Value::Decimal(n.to_string().into()),
        (JsonValue::String(s), _) => Value::Text(s.into()),
        (other, _) => Value::Text(other.to_string().into()),
    }
}

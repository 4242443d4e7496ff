//! KML as XML: placemarks with their texts, data and geometry, whatever the namespaces; nothing here decides.

use super::coordinates::{positions, track_position};
use crate::geom::Point;
use crate::io::shapes::Shapes;
use crate::model::FieldKind;
use crate::task::Progress;
use crate::text::Message;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeSet, HashMap};

/// Texts that a placemark has of itself, in the order their fields stand.
pub(super) const OWN: [&str; 8] = ["name", "description", "snippet", "address", "phoneNumber", "when", "begin", "end"];

/// One placemark.
#[derive(Debug, Default)]
pub(super) struct Placemark {
    pub id: Option<String>,
    /// By the order of [`OWN`].
    pub own: [Option<String>; OWN.len()],
    /// Column and text.
    pub data: Vec<(usize, String)>,
    pub shapes: Shapes,
    /// Number of its folder.
    folder: Option<usize>,
    /// Some of its geometry cannot be read.
    pub broken: bool,
    /// What Ovital says its numbers are.
    pub coordinate_type: Option<String>,
    pub has_altitude: bool,
}

/// One field of the extended data, and the schemas that speak of it.
#[derive(Debug)]
pub(super) struct DataField {
    pub name: String,
    /// Also written without a schema.
    untyped: bool,
    schemas: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Folder {
    name: String,
    parent: Option<usize>,
}

/// Everything in a document.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub placemarks: Vec<Placemark>,
    pub fields: Vec<DataField>,
    folders: Vec<Folder>,
    /// Types by schema (its id and its name) and field; `None` for text.
    schemas: HashMap<String, HashMap<String, Option<FieldKind>>>,
    pub links: usize,
    /// Pictures laid on the ground or the screen, and three-dimensional models.
    pub pictures: usize,
    /// Elements that only Ovital writes.
    pub is_ovital: bool,
    /// Line of the first list of positions that cannot be read, and how it begins.
    pub first_broken: Option<(usize, String)>,
    /// Characters after the end of the document.
    pub rest: usize,
}

impl Document {
    /// Names of the folders down to a placemark.
    pub(super) fn folder(&self, placemark: &Placemark) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        let mut at = placemark.folder;
        while let Some(folder) = at.and_then(|i| self.folders.get(i)) {
            if !folder.name.is_empty() {
                names.push(&folder.name);
            }
            at = folder.parent;
        }
        names.reverse();
        (!names.is_empty()).then(|| names.join("/"))
    }

    /// The type that all schemas of a field declare.
    pub(super) fn declared(&self, field: &DataField) -> Option<FieldKind> {
        let mut kinds = field.schemas.iter().map(|schema| *self.schemas.get(schema)?.get(&field.name)?);
        let first = kinds.next()??;
        (!field.untyped && kinds.all(|kind| kind == Some(first))).then_some(first)
    }
}

/// What an element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Document,
    Folder,
    Placemark,
    /// The field of [`OWN`].
    Own(usize),
    Time,
    ExtendedData,
    Data,
    Value,
    SchemaData,
    SimpleData,
    /// A field without a schema, or of a schema of the first version.
    OtherData,
    Schema,
    SimpleField,
    Point,
    LineString,
    LinearRing,
    Polygon,
    Inner,
    Track,
    Coordinates,
    TrackPosition,
    CoordinateType,
    Other,
}

impl Tag {
    fn is_text(self) -> bool {
        use Tag::{CoordinateType, Coordinates, OtherData, Own, SimpleData, TrackPosition, Value};
        matches!(self, Own(_) | Value | SimpleData | OtherData | Coordinates | TrackPosition | CoordinateType)
    }
}

/// Where a reading of a document stands.
#[derive(Default)]
struct Scan {
    document: Document,
    is_begun: bool,
    open: Vec<Tag>,
    folder: Option<usize>,
    current: Option<Placemark>,
    /// Depth of the element whose text is being gathered.
    gathering: Option<usize>,
    text: String,
    /// Name of the field being read.
    key: String,
    /// Schema of the data being read.
    schema: Option<String>,
    /// Names of the schema being declared.
    declaring: Vec<String>,
    /// Names that stand for a placemark, by schemas of the first version.
    placemark_names: BTreeSet<String>,
    columns: HashMap<String, usize>,
    outer: Vec<Vec<Point>>,
    inner: Vec<Vec<Point>>,
    track: Vec<Point>,
}

/// Takes a document apart.
///
/// # Errors
/// When it is no whole XML: the line and the cause; when it is no KML.
pub(super) fn scan(xml: &str, progress: &Progress) -> Result<Document, Message> {
    let mut reader = Reader::from_str(xml);
    // `A&B` in a name is not worth a refusal.
    reader.config_mut().allow_dangling_amp = true;
    let mut scan = Scan::default();
    let upto = |at: u64| usize::try_from(at).ok().and_then(|at| xml.get(..at)).unwrap_or(xml);
    let line = |at: u64| upto(at).matches('\n').count() + 1;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(e) => return Err(Message::new("io.kml_broken").with("line", line(reader.error_position())).with("cause", e.to_string())),
        };
        let was_broken = scan.document.first_broken.is_some();
        match event {
            Event::Start(element) => scan.start(&element)?,
            Event::Empty(element) => {
                scan.start(&element)?;
                scan.end(element.name().as_ref());
            }
            Event::End(element) => scan.end(element.name().as_ref()),
            Event::Text(text) if scan.gathering.is_some() => scan.text.push_str(&text.xml10_content()),
            Event::CData(text) if scan.gathering.is_some() => scan.text.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) if scan.gathering.is_some() => match unescape(&format!("&{};", &*entity)) {
                Ok(text) => scan.text.push_str(&text),
                Err(_) => scan.text.extend(["&", &*entity, ";"]),
            },
            Event::Eof => break,
            _ => {}
        }
        if !was_broken && let Some((place, _)) = &mut scan.document.first_broken {
            *place = line(reader.buffer_position());
        }
        if scan.is_begun && scan.open.is_empty() {
            let rest = xml.get(upto(reader.buffer_position()).len()..).unwrap_or("");
            let rest = rest.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{1a}');
            if rest.contains("Placemark") {
                return Err(Message::new("io.kml_several_roots").with("line", line(reader.buffer_position())));
            }
            scan.document.rest = rest.chars().count();
            return Ok(scan.document);
        }
        if progress.is_cancelled() {
            return Err(Message::new("io.cancelled"));
        }
    }
    let code = if scan.is_begun { "io.kml_cut" } else { "io.kml_not_kml" };
    Err(Message::new(code).with("line", line(xml.len() as u64)))
}

impl Scan {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Message> {
        let name = element.local_name();
        let name: &str = name.as_ref();
        if !self.is_begun {
            self.is_begun = true;
            if !["kml", "Document", "Folder", "Placemark", "NetworkLink", "NetworkLinkControl", "Schema"].contains(&name) {
                return Err(Message::new("io.kml_not_kml").with("line", 1usize));
            }
        }
        if self.gathering.is_some() {
            // Markup within a text is text.
            self.text.extend(["<", element, ">"]);
            self.open.push(Tag::Other);
            return Ok(());
        }
        let tag = self.tag(name);
        match tag {
            Tag::Folder => {
                self.document.folders.push(Folder { name: String::new(), parent: self.folder });
                self.folder = Some(self.document.folders.len() - 1);
            }
            Tag::Placemark => {
                self.current = Some(Placemark { id: attribute(element, "id"), folder: self.folder, ..Placemark::default() });
                self.schema = Some(name.to_owned()).filter(|name| self.placemark_names.contains(name));
            }
            Tag::Data | Tag::SimpleData => self.key = attribute(element, "name").unwrap_or_default(),
            Tag::OtherData => self.key = name.to_owned(),
            Tag::SchemaData => {
                let url = attribute(element, "schemaUrl").unwrap_or_default();
                self.schema = Some(url.rsplit('#').next().unwrap_or_default().to_owned());
            }
            Tag::Schema => {
                self.declaring = ["id", "name"].iter().filter_map(|key| attribute(element, key)).collect();
                if attribute(element, "parent").as_deref() == Some("Placemark") {
                    self.placemark_names.extend(attribute(element, "name"));
                }
            }
            Tag::SimpleField => {
                let kind = attribute(element, "type").and_then(|declared| kind_of(&declared));
                if let Some(field) = attribute(element, "name") {
                    for schema in &self.declaring {
                        self.document.schemas.entry(schema.clone()).or_default().insert(field.clone(), kind);
                    }
                }
            }
            Tag::Other => match name {
                "NetworkLink" => self.document.links += 1,
                "GroundOverlay" | "ScreenOverlay" | "PhotoOverlay" | "Model" => self.document.pictures += 1,
                _ if name.starts_with("Ov") => self.document.is_ovital = true,
                _ => {}
            },
            Tag::CoordinateType => self.document.is_ovital = true,
            _ => {}
        }
        self.open.push(tag);
        if tag.is_text() {
            self.gathering = Some(self.open.len());
            self.text.clear();
        }
        Ok(())
    }

    /// What an element is, by its name and what it stands in.
    fn tag(&self, name: &str) -> Tag {
        let parent = self.open.last().copied().unwrap_or(Tag::Other);
        let own = || OWN.iter().position(|own| own.eq_ignore_ascii_case(name));
        match name {
            "Folder" => Tag::Folder,
            "Document" => Tag::Document,
            "Schema" => Tag::Schema,
            "SimpleField" | "SimpleArrayField" if parent == Tag::Schema => Tag::SimpleField,
            "name" if parent == Tag::Folder => Tag::Own(0),
            "OvCoordType" => Tag::CoordinateType,
            _ if self.current.is_none() => {
                if name == "Placemark" || self.placemark_names.contains(name) {
                    Tag::Placemark
                } else {
                    Tag::Other
                }
            }
            "TimeStamp" | "TimeSpan" | "TimeInstant" | "TimePeriod" => Tag::Time,
            "ExtendedData" => Tag::ExtendedData,
            "Data" if parent == Tag::ExtendedData => Tag::Data,
            "value" if parent == Tag::Data => Tag::Value,
            "SchemaData" => Tag::SchemaData,
            "SimpleData" | "SimpleArrayData" if parent == Tag::SchemaData => Tag::SimpleData,
            _ if parent == Tag::ExtendedData => Tag::OtherData,
            "Point" => Tag::Point,
            "LineString" => Tag::LineString,
            "LinearRing" => Tag::LinearRing,
            "Polygon" => Tag::Polygon,
            "innerBoundaryIs" => Tag::Inner,
            "Track" => Tag::Track,
            "coordinates" => Tag::Coordinates,
            "coord" if parent == Tag::Track => Tag::TrackPosition,
            "when" | "begin" | "end" if parent == Tag::Time => own().map_or(Tag::Other, Tag::Own),
            _ if parent == Tag::Placemark => match own().filter(|i| !["when", "begin", "end"].contains(&OWN[*i])) {
                Some(own) => Tag::Own(own),
                None if self.document.schemas.values().any(|fields| fields.contains_key(name)) => Tag::OtherData,
                None => Tag::Other,
            },
            _ => Tag::Other,
        }
    }

    fn end(&mut self, name: &str) {
        let depth = self.open.len();
        let Some(tag) = self.open.pop() else { return };
        if let Some(begun) = self.gathering {
            if begun < depth {
                return self.text.extend(["</", name, ">"]);
            }
            self.gathering = None;
            let text = std::mem::take(&mut self.text);
            return self.take(tag, text);
        }
        match tag {
            Tag::Folder => self.folder = self.folder.and_then(|i| self.document.folders.get(i)).and_then(|f| f.parent),
            Tag::Placemark => {
                self.document.placemarks.extend(self.current.take());
                self.schema = None;
            }
            Tag::Schema => self.declaring.clear(),
            Tag::SchemaData => self.schema = None,
            Tag::Polygon => self.end_polygon(),
            Tag::Track => {
                let track = std::mem::take(&mut self.track);
                if let Some(placemark) = self.current.as_mut().filter(|_| !track.is_empty()) {
                    placemark.shapes.lines.push(track);
                }
            }
            _ => {}
        }
    }

    /// A text that was gathered whole.
    fn take(&mut self, tag: Tag, text: String) {
        if tag == Tag::Own(0) && self.open.last() == Some(&Tag::Folder) {
            if let Some(folder) = self.folder.and_then(|i| self.document.folders.get_mut(i)) {
                folder.name = text.trim().to_owned();
            }
            return;
        }
        let Some(placemark) = &mut self.current else { return };
        match tag {
            Tag::Own(own) => placemark.own[own] = Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Tag::CoordinateType => placemark.coordinate_type = Some(text.trim().to_ascii_uppercase()),
            Tag::Coordinates => self.take_positions(&text),
            Tag::TrackPosition => match track_position(&text) {
                Some((point, has_altitude)) => {
                    placemark.has_altitude |= has_altitude;
                    self.track.push(point);
                }
                None => self.spoil(&text),
            },
            Tag::Value | Tag::SimpleData | Tag::OtherData => {
                let key = std::mem::take(&mut self.key);
                let key = if key.trim().is_empty() { "data" } else { key.trim() };
                let columns = self.columns.len();
                let column = *self.columns.entry(key.to_owned()).or_insert(columns);
                if column == columns {
                    self.document.fields.push(DataField { name: key.to_owned(), untyped: false, schemas: BTreeSet::new() });
                }
                if let Some(field) = self.document.fields.get_mut(column) {
                    match &self.schema {
                        Some(schema) => drop(field.schemas.insert(schema.clone())),
                        None => field.untyped = true,
                    }
                }
                placemark.data.push((column, text.trim().to_owned()));
            }
            _ => {}
        }
    }

    fn take_positions(&mut self, text: &str) {
        let Some(positions) = positions(text) else { return self.spoil(text) };
        let Some(placemark) = &mut self.current else { return };
        placemark.has_altitude |= positions.has_altitude;
        let points = positions.points;
        if points.is_empty() {
            return;
        }
        let within = |tag: Tag| self.open.contains(&tag);
        match self.open.iter().rev().find(|tag| [Tag::Point, Tag::LineString, Tag::LinearRing, Tag::Polygon].contains(tag)) {
            Some(Tag::Point) => placemark.shapes.points.extend(points),
            Some(_) if within(Tag::Inner) => self.inner.push(points),
            Some(_) if within(Tag::Polygon) => self.outer.push(points),
            Some(_) => placemark.shapes.lines.push(points),
            None => {}
        }
    }

    /// Remembers that geometry of the placemark cannot be read. The line is found by who knows it.
    fn spoil(&mut self, text: &str) {
        if let Some(placemark) = &mut self.current {
            placemark.broken = true;
            self.document.first_broken.get_or_insert_with(|| (0, text.trim().chars().take(40).collect()));
        }
    }

    fn end_polygon(&mut self) {
        let (outer, inner) = (std::mem::take(&mut self.outer), std::mem::take(&mut self.inner));
        let Some(placemark) = &mut self.current else { return };
        let mut outer = outer.into_iter();
        match outer.next() {
            Some(first) => placemark.shapes.areas.push(std::iter::once(first).chain(inner).collect()),
            // Holes of nothing.
            None => placemark.broken |= !inner.is_empty(),
        }
        placemark.shapes.areas.extend(outer.map(|ring| vec![ring]));
    }
}

fn kind_of(declared: &str) -> Option<FieldKind> {
    match declared.rsplit(':').next().unwrap_or(declared) {
        "int" | "uint" | "short" | "ushort" | "long" | "integer" => Some(FieldKind::Int),
        "float" | "double" => Some(FieldKind::Real),
        "bool" | "boolean" => Some(FieldKind::Bool),
        _ => None,
    }
}

/// The value of an attribute; one whose entities are not understood is kept as it is written.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.attributes().with_checks(false).flatten().find(|a| AsRef::<str>::as_ref(&a.key.local_name()) == name)?;
    let text = unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), |text| text.into_owned());
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

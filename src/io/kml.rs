//! KML: placemarks as features of one kind, with their folders, texts and data; heights left out, nothing fetched.
//!
//! The standard knows one system, WGS 84. What Ovital writes is offset unless it says otherwise: shown, not judged.

mod coordinates;
mod scan;

use self::scan::{Document, OWN, Placemark, scan};
use super::encoding::decode_xml;
use super::shapefile::{listed, swapped};
use super::shapes::{LeftOut, Shapes};
use super::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
use crate::crs::Crs;
use crate::model::{Field, FieldKind, Value};
use crate::task::Progress;
use crate::text::Message;
use std::sync::Arc;

/// Reads `.kml` and `.ovkml`.
pub struct KmlFile;

impl Reader for KmlFile {
    fn format(&self) -> &'static str {
        "kml"
    }

    fn has_layers(&self) -> bool {
        false
    }

    fn sniff(&self, source: &Source) -> Confidence {
        let head = &source.bytes[..source.bytes.len().min(4096)];
        // A character cut at the end of the head is no matter.
        let text = decode_xml(head, None).map(|(text, _)| text).unwrap_or_default();
        let is_xml = text.trim_start().starts_with('<');
        if is_xml && ["<kml", ":kml", "/kml/"].iter().any(|mark| text.contains(mark)) {
            Confidence::Yes
        } else if ["kml", "ovkml"].contains(&source.extension().as_str()) {
            Confidence::Perhaps
        } else {
            Confidence::No
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        let refused = |m: Message| ReadError(m.with("file", source.name()));
        let (text, encoding) = decode_xml(&source.bytes, options.encoding.as_deref()).map_err(refused)?;
        let mut document = scan(&text, progress).map_err(refused)?;
        drop(text);
        let placemarks = std::mem::take(&mut document.placemarks);
        let columns = Columns::of(&document, &placemarks);
        let kind = Shapes::kind_of_all(options.kind, placemarks.iter().map(|p| &p.shapes));
        let fields: Arc<[Field]> = columns.fields.clone().into();
        let mut notes = Notes {
            format: self.format(),
            kind,
            fields: columns.fields.clone(),
            encoding: Some(encoding.encoding.name().to_owned()),
            encoding_how: Some(encoding.how),
            ..Notes::default()
        };
        notes.messages.extend(encoding.doubt);
        declare_crs(&document, &placemarks, source, &mut notes);
        progress.set_total(placemarks.len() as u64);

        let (mut left_out, mut broken, mut high) = (LeftOut::default(), Vec::new(), Vec::new());
        let mut chunk = Chunk::new(fields.clone());
        for (i, placemark) in placemarks.iter().enumerate() {
            let rings = if placemark.broken { Shapes::default().rings(kind) } else { placemark.shapes.rings(kind) };
            if placemark.broken {
                broken.push(i + 1);
            } else {
                left_out.see(i + 1, &placemark.shapes, kind);
            }
            if placemark.has_altitude {
                high.push(i + 1);
            }
            let rings = if options.north_first == Some(true) { swapped(rings) } else { rings };
            chunk.push(i as u32 + 1, rings.as_ref(), &columns.values(&document, placemark));
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
        if let (false, Some((line, text))) = (broken.is_empty(), &document.first_broken) {
            let message = Message::new("io.kml_positions_broken").with("count", broken.len()).with("records", listed(&broken));
            notes.messages.push(message.with("line", *line).with("text", text.clone()));
        }
        for (code, count) in
            [("io.altitudes_left_out", high.len()), ("io.kml_links", document.links), ("io.kml_pictures", document.pictures)]
        {
            if count > 0 {
                notes.messages.push(Message::new(code).with("count", count));
            }
        }
        if document.rest > 0 {
            notes.messages.push(Message::new("io.kml_rest").with("count", document.rest));
        }
        Ok(notes)
    }
}

/// WGS 84 by the standard, where the numbers allow it; in Ovital's files what each object says, and GCJ-02 without a word.
fn declare_crs(document: &Document, placemarks: &[Placemark], source: &Source, notes: &mut Notes) {
    if !placemarks.iter().all(|p| p.shapes.are_degrees()) {
        notes.messages.push(Message::new("io.kml_not_degrees"));
        return;
    }
    let is_ovital = document.is_ovital || source.extension().starts_with("ov");
    let types: Vec<&str> = placemarks.iter().map(|p| p.coordinate_type.as_deref().unwrap_or("")).collect();
    let all = |name: &str| !types.is_empty() && types.iter().all(|t| *t == name);
    notes.crs = Some(if is_ovital && all("CGCS2000") { Crs::CGCS2000_LON_LAT } else { Crs::WGS84_LON_LAT });
    notes.crs_how = Some(Message::new("io.crs_by_kml"));
    let offset = types.iter().filter(|t| !["CGCS2000", "WGS84"].contains(t)).count();
    if is_ovital && offset > 0 {
        let message = Message::new("io.gcj02").with("count", offset);
        notes.messages.push(message.clone());
        notes.shown_only = Some(message);
    }
}

/// The fields of a document and where their values come from.
struct Columns {
    fields: Vec<Field>,
    has_id: bool,
    has_folder: bool,
    /// Which of [`OWN`].
    own: Vec<usize>,
}

impl Columns {
    fn of(document: &Document, placemarks: &[Placemark]) -> Self {
        let count = document.fields.len();
        let declared: Vec<Option<FieldKind>> = document.fields.iter().map(|field| document.declared(field)).collect();
        let (mut fits, mut has_codes) = (vec![true; count], vec![false; count]);
        let mut repeats = vec![vec![true; count]; OWN.len()];
        let mut row: Vec<&str> = Vec::new();
        for placemark in placemarks {
            row.clear();
            row.resize(count, "");
            for (column, text) in &placemark.data {
                row[*column] = text;
            }
            for (column, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                fits[column] &= declared[column].is_some_and(|kind| typed(text, kind).is_some());
                has_codes[column] |= is_code(text);
            }
            for (own, repeats) in placemark.own.iter().zip(&mut repeats) {
                let own = own.as_deref().unwrap_or_default();
                repeats.iter_mut().zip(&row).filter(|(repeats, _)| **repeats).for_each(|(repeats, text)| *repeats = own == *text);
            }
        }
        let kind = |column: usize| match declared[column].filter(|_| fits[column]) {
            Some(FieldKind::Int) if has_codes[column] => FieldKind::Decimal,
            kind => kind.unwrap_or(FieldKind::Text),
        };
        // What repeats a field of the data word for word is no column of its own: other programs write names twice.
        let stands = |own: &usize| placemarks.iter().any(|p| p.own[*own].is_some()) && !repeats[*own].contains(&true);
        let own = (0..OWN.len()).filter(stands).collect();
        let has_folder = placemarks.iter().any(|p| document.folder(p).is_some());
        let mut columns = Self { fields: Vec::new(), has_id: placemarks.iter().any(|p| p.id.is_some()), has_folder, own };
        let taken = |name: &str| document.fields.iter().any(|f| f.name.eq_ignore_ascii_case(name));
        let field = |name: &str| Field::new(&if taken(name) { format!("kml_{name}") } else { name.to_owned() }, FieldKind::Text);
        // The XML's own id, made by programs: not what a site is called.
        columns.fields.extend(columns.has_id.then(|| Field::new("kml_id", FieldKind::Text)));
        columns.fields.extend(columns.own.iter().map(|own| field(OWN[*own])));
        columns.fields.extend(columns.has_folder.then(|| field("folder")));
        columns.fields.extend(document.fields.iter().enumerate().map(|(column, f)| Field::new(&f.name, kind(column))));
        columns
    }

    fn values(&self, document: &Document, placemark: &Placemark) -> Vec<Value> {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::text);
        let mut values = Vec::with_capacity(self.fields.len());
        if self.has_id {
            values.push(text(placemark.id.as_deref()));
        }
        values.extend(self.own.iter().map(|own| text(placemark.own[*own].as_deref())));
        if self.has_folder {
            values.push(text(document.folder(placemark).as_deref()));
        }
        let first = values.len();
        values.resize(self.fields.len(), Value::Null);
        for (column, text) in &placemark.data {
            if let (Some(value), Some(field)) = (values.get_mut(first + column), self.fields.get(first + column)) {
                *value = typed(text, field.kind).unwrap_or(Value::Null);
            }
        }
        values
    }
}

/// Numbers with leading zeros are codes.
fn is_code(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
}

/// `None` for what is nothing of this kind, an empty text too unless texts are wanted.
fn typed(text: &str, kind: FieldKind) -> Option<Value> {
    Some(match kind {
        FieldKind::Int => Value::Int(text.parse().ok()?),
        FieldKind::Real => Value::Real(text.parse().ok()?),
        FieldKind::Bool => Value::Bool(match text {
            "1" | "true" | "True" | "TRUE" => true,
            "0" | "false" | "False" | "FALSE" => false,
            _ => return None,
        }),
        FieldKind::Decimal => Value::Decimal(text.into()),
        FieldKind::Text | FieldKind::Date => Value::text(text),
    })
}

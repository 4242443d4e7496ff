//! Tables with positions in them: a row a boundary point, a row a point, or a column of well-known text.
//!
//! Nothing in such a table says what its columns are. What is guessed is said, and a person may say otherwise (`id=`,
//! `ring=`, `north=`, `east=`, `wkt=`, `axis=`).

mod columns;
mod numbers;
mod rows;

use self::columns::{Layout, Meaning};
use self::rows::Features;
use super::table::{grids_of, is_workbook};
use super::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source, wkt};
use crate::crs::Crs;
use crate::io::encoding::decode_file;
use crate::model::{Field, GeometryKind, Value};
use crate::task::Progress;
use crate::text::Message;
use std::sync::Arc;

/// Reads CSV, Excel and WPS tables of coordinates, and files of well-known text.
pub struct CoordTable;

/// Settings that name a column of the geometry; they are none of a field that is kept.
pub const GEOMETRY_COLUMNS: [&str; 4] = ["north", "east", "ring", "wkt"];

const WORKBOOKS: [&str; 6] = ["xlsx", "xls", "xlsm", "xlsb", "ods", "et"];
const TEXTS: [&str; 2] = ["csv", "tsv"];

impl Reader for CoordTable {
    fn format(&self) -> &'static str {
        "coord_table"
    }

    fn sniff(&self, source: &Source) -> Confidence {
        let extension = source.extension();
        let named = |known: &[&str]| known.contains(&extension.as_str());
        if named(&["wkt"]) || named(&TEXTS) || (named(&WORKBOOKS) && is_workbook(source)) {
            return Confidence::Yes;
        }
        if !extension.is_empty() && !named(&["txt"]) {
            return Confidence::No;
        }
        // The last line of the head is left out: it may be cut.
        let head = &source.bytes[..source.bytes.len().min(1 << 14)];
        let text = decode_file(head, None).map(|(text, _)| text).unwrap_or_default();
        if wkt::is_wkt(&text) {
            return Confidence::Yes;
        }
        let looked_at = Source { bytes: head.into(), ..source.clone() };
        let is_table =
            |grids: super::Grids| grids.sheets.iter().any(|sheet| Layout::guess(sheet, &ReadOptions::default()).is_ok_and(|l| l.is_some()));
        if named(&["txt"]) && grids_of(&looked_at, None).is_ok_and(is_table) { Confidence::Yes } else { Confidence::No }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        let refused = |m: Message| ReadError(m.with("file", source.name()));
        if !is_workbook(source) {
            let (text, chosen) = decode_file(&source.bytes, options.encoding.as_deref()).map_err(refused)?;
            if wkt::is_wkt(&text) && !text.lines().next().is_some_and(|line| line.contains("\",") || line.contains('\t')) {
                let mut features = rows::plain_wkt(&text, options.kind).map_err(refused)?;
                features.notes.encoding = Some(chosen.encoding.name().to_owned());
                features.notes.encoding_how = Some(chosen.how);
                return Ok(give(features, progress, sink));
            }
        }
        let grids = grids_of(source, options.encoding.as_deref())?;
        let mut layouts = Vec::new();
        let mut others = Vec::new();
        for sheet in &grids.sheets {
            match Layout::guess(sheet, options).map_err(refused)? {
                Some(layout) if layouts.first().is_none_or(|(_, first): &(_, Layout)| first.titles == layout.titles) => {
                    layouts.push((sheet, layout));
                }
                _ if sheet.rows.is_empty() => {}
                _ => others.push(sheet.name.as_str()),
            }
        }
        let Some((_, layout)) = layouts.first() else {
            let titles = grids.likely_titles();
            return Err(refused(Message::new("table.no_geometry").with("fields", titles.join(", "))));
        };
        let mut said: Vec<Message> = grids.notes.iter().filter(|m| m.code != "io.encoding_is").cloned().collect();
        said.extend(layout.said());
        if !others.is_empty() {
            said.push(Message::new("table.sheets_passed_over").with("others", others.join(", ")));
        }
        let mut features = rows::gather(&layouts, options).map_err(refused)?;
        features.notes.messages.splice(0..0, said);
        if let Some((encoding, how)) = grids.encoding {
            features.notes.encoding = Some(encoding);
            features.notes.encoding_how = Some(how);
        }
        Ok(give(features, progress, sink))
    }
}

/// Hands the features over in chunks.
fn give(features: Features, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Notes {
    let Features { mut notes, fields, items } = features;
    notes.format = "coord_table";
    notes.fields = fields;
    let fields: Arc<[Field]> = notes.fields.clone().into();
    progress.set_total(items.len() as u64);
    let mut chunk = Chunk::new(fields.clone());
    for item in &items {
        chunk.push(item.record, item.rings.as_ref(), &item.values);
        if chunk.len() == Chunk::SIZE {
            progress.add(chunk.len() as u64);
            sink(std::mem::replace(&mut chunk, Chunk::new(fields.clone())));
        }
    }
    progress.add(chunk.len() as u64);
    sink(chunk);
    notes
}

/// The system that a column or the texts themselves name.
///
/// # Errors
/// When rows name different ones.
fn declared(names: &[String]) -> Result<Option<Result<Crs, String>>, Message> {
    let Some(first) = names.first() else { return Ok(None) };
    if let Some(other) = names.iter().find(|name| *name != first) {
        return Err(Message::new("table.systems_differ").with("one", first.clone()).with("other", other.clone()));
    }
    Ok(Some(Crs::parse(first).map_err(|_| first.clone())))
}

/// A cell as a value; an empty one is null.
fn value(cell: &str, kind: crate::model::FieldKind) -> Value {
    match kind {
        _ if cell.is_empty() => Value::Null,
        crate::model::FieldKind::Decimal => Value::Decimal(cell.into()),
        _ => Value::text(cell),
    }
}

/// What the word in a column of geometry types says.
fn kind_of_word(word: &str) -> Option<GeometryKind> {
    match word {
        "面" => Some(GeometryKind::Area),
        "线" => Some(GeometryKind::Line),
        "点" => Some(GeometryKind::Point),
        _ => None,
    }
}

/// Whether a column tells where a point belongs and nothing of the parcel.
fn is_bookkeeping(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Feature | Meaning::Part | Meaning::Ring | Meaning::Number | Meaning::System | Meaning::Kind)
}

//! GeoPackages of other programs: one table of features, with its values as they are stored.
//!
//! The file was read whole and is never opened for writing; what another program has not yet put into it is refused.

use super::encoding::{Evidence, decode_field, sniffed};
use super::gpkg_geometry::{BlobError, decode_curved, type_word};
use super::shapefile::{listed, swapped};
use super::shapes::kind_of_several;
use super::{Cell, Chunk, Confidence, Database, Notes, ReadError, ReadOptions, Reader, Row, Source, SqlError, has_changes_beside};
use crate::crs::Crs;
use crate::geom::Rings;
use crate::model::{Date, Field, FieldKind, GeometryKind, Value};
use crate::task::Progress;
use crate::text::Message;
use encoding_rs::Encoding;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads `.gpkg`.
pub struct GeoPackage;

/// A table of features.
struct Table {
    name: String,
    /// What people call it.
    identifier: String,
    geometry: String,
    srs_id: i64,
    columns: Vec<Column>,
    /// Columns by which its rows are in order.
    keys: Vec<String>,
}

struct Column {
    name: String,
    kind: FieldKind,
    /// A value of it does not fit the kind it is declared as.
    mixed: bool,
}

/// What a first look at all rows found.
#[derive(Default)]
struct Survey {
    rows: usize,
    kinds: Vec<GeometryKind>,
    evidence: Evidence,
    /// Features of types that are not read, by the word for the type.
    unread: BTreeMap<&'static str, Vec<usize>>,
    broken: Vec<usize>,
    /// Records with arcs that were cut into chords.
    curved: Vec<usize>,
}

enum Fault {
    Sql(SqlError),
    Said(Message),
}

impl From<SqlError> for Fault {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl Fault {
    fn message(self) -> Message {
        match self {
            Self::Sql(SqlError::NotADatabase) => Message::new("io.gpkg_no_database"),
            Self::Sql(error) => Message::new("io.gpkg_damaged").with("cause", error.to_string()),
            Self::Said(message) => message,
        }
    }
}

impl Reader for GeoPackage {
    fn format(&self) -> &'static str {
        "gpkg"
    }

    fn sniff(&self, source: &Source) -> Confidence {
        match (source.bytes.starts_with(b"SQLite format 3\0"), source.extension() == "gpkg") {
            (true, _) => Confidence::Yes,
            (false, true) => Confidence::Perhaps,
            (false, false) => Confidence::No,
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        read(source, options, progress, sink).map_err(|fault| ReadError(fault.message().with("file", source.name())))
    }
}

fn read(source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, Fault> {
    if has_changes_beside(&source.path) {
        return Err(Fault::Said(Message::new("io.gpkg_in_use")));
    }
    let database = Database::of_bytes(&source.bytes)?;
    let mut notes = Notes { format: GeoPackage.format(), ..Notes::default() };
    let mut table = choose_table(&database, options.layer.as_deref(), &mut notes)?;
    let survey = survey(&database, &mut table, progress)?;
    notes.kind = kind_of_several(options.kind, |kind| survey.kinds.contains(&kind));
    if notes.kind == GeometryKind::None && !survey.unread.is_empty() {
        let types: Vec<&str> = survey.unread.keys().copied().collect();
        return Err(Fault::Said(Message::new("io.gpkg_types").with("layer", table.name).with("types", types.join(", "))));
    }
    declare_crs(&database, table.srs_id, &mut notes)?;
    let encoding = settle_encoding(options, &survey.evidence, &mut notes)?;
    notes.fields = table.columns.iter().map(|c| Field::new(&c.name, if c.mixed { FieldKind::Text } else { c.kind })).collect();
    for (word, records) in &survey.unread {
        let message = Message::new("io.gpkg_geometry_type").with("type", *word).with("count", records.len());
        notes.messages.push(message.with("records", listed(records)));
    }
    if !survey.curved.is_empty() {
        let message = Message::new("io.gpkg_curves").with("count", survey.curved.len());
        notes.messages.push(message.with("records", listed(&survey.curved)));
    }
    let mixed: Vec<&str> = table.columns.iter().filter(|c| c.mixed).map(|c| &*c.name).collect();
    if !mixed.is_empty() {
        notes.messages.push(Message::new("io.gpkg_mixed_fields").with("fields", mixed.join(", ")));
    }

    progress.set_total(survey.rows as u64);
    let fields: Arc<[Field]> = notes.fields.clone().into();
    let (mut chunk, mut record, mut other_kind) = (Chunk::new(fields.clone()), 0u32, Vec::new());
    let mut values = Vec::with_capacity(fields.len());
    database.query(&table.rows(), &[], |row| {
        record += 1;
        let rings = match row.blob(0).map(decode_curved) {
            Some(Ok((kind, rings, _))) if kind == notes.kind => rings,
            Some(Ok((_, rings, _))) => {
                if !rings.as_ref().is_empty() {
                    other_kind.push(record as usize);
                }
                Rings::new()
            }
            _ => Rings::new(),
        };
        let rings = if options.north_first == Some(true) { swapped(rings) } else { rings };
        values.clear();
        values.extend(fields.iter().enumerate().map(|(i, field)| value(row.cell(i + 1), field.kind, encoding)));
        chunk.push(record, rings.as_ref(), &values);
        if chunk.len() == Chunk::SIZE {
            check_cancel(progress)?;
            progress.add(chunk.len() as u64);
            sink(std::mem::replace(&mut chunk, Chunk::new(fields.clone())));
        }
        Ok::<(), Fault>(())
    })?;
    progress.add(chunk.len() as u64);
    sink(chunk);
    for (code, records) in [("io.records_other_kind", &other_kind), ("io.records_broken", &survey.broken)] {
        if !records.is_empty() {
            notes.messages.push(Message::new(code).with("count", records.len()).with("records", listed(records)));
        }
    }
    Ok(notes)
}

fn check_cancel(progress: &Progress) -> Result<(), Fault> {
    if progress.is_cancelled() { Err(Fault::Said(Message::new("io.cancelled"))) } else { Ok(()) }
}

/// A name that cannot break out of its statement.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The table that is asked for; the only one, or the only one with rows.
fn choose_table(database: &Database, asked: Option<&str>, notes: &mut Notes) -> Result<Table, Fault> {
    let known = names(database, "SELECT lower(name) FROM sqlite_schema")?;
    let has = |name: &str| known.iter().any(|known| known == name);
    if !has("gpkg_geometry_columns") {
        let spatialite = has("geometry_columns") && has("spatial_ref_sys");
        return Err(Fault::Said(Message::new(if spatialite { "io.gpkg_spatialite" } else { "io.gpkg_no_geopackage" })));
    }
    let mut tables: Vec<Table> = Vec::new();
    // A table that the contents forgot is there all the same.
    let contents = if has("gpkg_contents") {
        "SELECT g.table_name, g.column_name, g.srs_id, c.identifier FROM gpkg_geometry_columns g \
         LEFT JOIN gpkg_contents c ON lower(c.table_name) = lower(g.table_name) ORDER BY g.rowid"
    } else {
        "SELECT table_name, column_name, srs_id, NULL FROM gpkg_geometry_columns ORDER BY rowid"
    };
    database.query(contents, &[], |row| {
        if let (Some(name), Some(geometry)) = (row.text(0), row.text(1)) {
            let identifier = row.text(3).unwrap_or(name).to_owned();
            let (name, geometry, srs_id) = (name.to_owned(), geometry.to_owned(), row.int(2).unwrap_or(-1));
            tables.push(Table { name, identifier, geometry, srs_id, columns: Vec::new(), keys: Vec::new() });
        }
        Ok::<(), Fault>(())
    })?;
    tables.retain(|table| has(&table.name.to_lowercase()));
    let names_of = |tables: &[Table]| tables.iter().map(|t| &*t.name).collect::<Vec<_>>().join(", ");
    if let Some(asked) = asked {
        let lower = asked.to_lowercase();
        let at = tables.iter().position(|t| t.name == asked || t.identifier == asked);
        let at = at.or_else(|| tables.iter().position(|t| t.name.to_lowercase() == lower || t.identifier.to_lowercase() == lower));
        let missing = || Fault::Said(Message::new("io.no_such_layer").with("layer", asked).with("layers", names_of(&tables)));
        return Ok(tables.swap_remove(at.ok_or_else(missing)?)).and_then(|table| with_columns(database, table, notes));
    }
    if tables.len() > 1 {
        let all = names_of(&tables);
        let mut filled = Vec::new();
        for table in tables {
            if count(database, &table)? > 0 {
                filled.push(table);
            }
        }
        if filled.len() > 1 {
            // Line by line for a face that lets a person choose.
            let choices = filled.iter().map(|t| &*t.name).collect::<Vec<_>>().join("\n");
            return Err(Fault::Said(Message::new("io.gpkg_several_layers").with("layers", names_of(&filled)).with("choices", choices)));
        }
        tables = filled;
        if let Some(only) = tables.first() {
            notes.messages.push(Message::new("io.gpkg_only_filled").with("layer", only.name.clone()).with("layers", all));
        }
    }
    let table = tables.pop().ok_or_else(|| Fault::Said(Message::new("io.gpkg_no_features")))?;
    with_columns(database, table, notes)
}

fn names(database: &Database, sql: &str) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    database.query(sql, &[], |row| {
        names.extend(row.text(0).map(str::to_owned));
        Ok::<(), Fault>(())
    })?;
    Ok(names)
}

fn count(database: &Database, table: &Table) -> Result<usize, Fault> {
    let mut any = 0;
    database.query(&format!("SELECT 1 FROM {} LIMIT 1", quoted(&table.name)), &[], |_| {
        any += 1;
        Ok::<(), Fault>(())
    })?;
    Ok(any)
}

fn with_columns(database: &Database, mut table: Table, notes: &mut Notes) -> Result<Table, Fault> {
    let (mut binary, mut has_geometry) = (Vec::new(), false);
    database.query(&format!("PRAGMA table_info({})", quoted(&table.name)), &[], |row| {
        let (Some(name), declared) = (row.text(1), row.text(2).unwrap_or_default()) else { return Ok(()) };
        if name.eq_ignore_ascii_case(&table.geometry) {
            has_geometry = true;
            return Ok(());
        }
        // What this program keeps beside the fields in its own workspaces.
        if ["luodi_id", "luodi_record"].contains(&name) {
            return Ok(());
        }
        if row.int(5).is_some_and(|place| place > 0) {
            table.keys.push(name.to_owned());
        }
        match kind_of(declared) {
            Some(kind) => table.columns.push(Column { name: name.to_owned(), kind, mixed: false }),
            None => binary.push(name.to_owned()),
        }
        Ok::<(), Fault>(())
    })?;
    if !has_geometry {
        let message = Message::new("io.gpkg_no_geometry_column").with("layer", table.name).with("column", table.geometry);
        return Err(Fault::Said(message));
    }
    if !binary.is_empty() {
        notes.messages.push(Message::new("io.gpkg_binary_fields").with("fields", binary.join(", ")));
    }
    Ok(table)
}

/// The kind of a declared type; `None` for binary values.
fn kind_of(declared: &str) -> Option<FieldKind> {
    let word: String = declared.trim().to_uppercase().chars().take_while(char::is_ascii_alphabetic).collect();
    Some(match word.as_str() {
        "BOOLEAN" | "BOOL" => FieldKind::Bool,
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "INTEGER" | "BIGINT" => FieldKind::Int,
        "FLOAT" | "DOUBLE" | "REAL" | "NUMERIC" => FieldKind::Real,
        "DATE" => FieldKind::Date,
        "BLOB" => return None,
        _ => FieldKind::Text,
    })
}

impl Table {
    /// All rows in the order of their keys: the geometry, then the columns.
    fn rows(&self) -> String {
        let columns = std::iter::once(quoted(&self.geometry)).chain(self.columns.iter().map(|c| quoted(&c.name)));
        let order: Vec<String> = self.keys.iter().map(|k| quoted(k)).collect();
        let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
        format!("SELECT {} FROM {}{order}", columns.collect::<Vec<_>>().join(", "), quoted(&self.name))
    }
}

/// Looks at every row once: which kinds of geometry there are, and whether the values are what their columns say.
fn survey(database: &Database, table: &mut Table, progress: &Progress) -> Result<Survey, Fault> {
    let mut found = Survey::default();
    let sql = table.rows();
    database.query(&sql, &[], |row: Row<'_, '_>| {
        found.rows += 1;
        if found.rows.is_multiple_of(Chunk::SIZE) {
            check_cancel(progress)?;
        }
        let blob = match row.cell(0) {
            Cell::Null => None,
            Cell::Blob(blob) => Some(decode_curved(blob)),
            _ => Some(Err(BlobError::Broken)),
        };
        if matches!(blob, Some(Ok((.., 1..)))) {
            found.curved.push(found.rows);
        }
        match blob {
            None => {}
            Some(Ok((kind, rings, _))) if !rings.as_ref().is_empty() && !found.kinds.contains(&kind) => found.kinds.push(kind),
            Some(Ok(_)) => {}
            Some(Err(BlobError::Unsupported(code))) => found.unread.entry(type_word(code)).or_default().push(found.rows),
            Some(Err(BlobError::Broken)) => found.broken.push(found.rows),
        }
        for (i, column) in table.columns.iter_mut().enumerate() {
            let cell = row.cell(i + 1);
            if let Cell::Blob(bytes) = cell {
                found.evidence.add(bytes);
            }
            column.mixed |= !match (cell, column.kind) {
                (Cell::Null, _) | (Cell::Int(_), FieldKind::Int | FieldKind::Real) | (Cell::Int(0 | 1), FieldKind::Bool) => true,
                (Cell::Real(_), FieldKind::Real) | (Cell::Text(_) | Cell::Blob(_), FieldKind::Text) => true,
                (Cell::Text(words), FieldKind::Date) => Date::parse(words).is_some(),
                (Cell::Int(_) | Cell::Real(_), FieldKind::Text) => true,
                _ => false,
            };
        }
        Ok::<(), Fault>(())
    })?;
    Ok(found)
}

fn value(cell: Cell<'_>, kind: FieldKind, encoding: &'static Encoding) -> Value {
    match (cell, kind) {
        (Cell::Null, _) => Value::Null,
        (Cell::Int(n), FieldKind::Int) => Value::Int(n),
        (Cell::Int(n), FieldKind::Real) => Value::Real(n as f64),
        (Cell::Int(n), FieldKind::Bool) => Value::Bool(n != 0),
        (Cell::Real(x), FieldKind::Real) => Value::Real(x),
        (Cell::Text(words), FieldKind::Date) => Date::parse(words).map_or(Value::Null, Value::Date),
        (Cell::Text(words), _) => Value::text(words),
        (Cell::Blob(bytes), _) => Value::Text(decode_field(bytes, encoding).into()),
        (Cell::Int(n), _) => Value::Text(n.to_string().into()),
        (Cell::Real(x), _) => Value::Text(x.to_string().into()),
    }
}

/// Text of a GeoPackage is UTF-8; where it is not, what the user says, or the content.
fn settle_encoding(options: &ReadOptions, evidence: &Evidence, notes: &mut Notes) -> Result<&'static Encoding, Fault> {
    let chosen = match &options.encoding {
        Some(label) => super::encoding::choose(Some(label), None, 0, evidence).map_err(Fault::Said)?,
        None => sniffed(evidence),
    };
    let foreign = *evidence != Evidence::default();
    let (name, how) = if foreign { (chosen.encoding.name(), chosen.how) } else { ("UTF-8", Message::new("io.encoding_by_standard")) };
    notes.encoding = Some(name.to_owned());
    notes.encoding_how = Some(how);
    if foreign {
        notes.messages.push(Message::new("io.encoding_contradicted").with("label", "UTF-8").with("used", name));
    }
    Ok(chosen.encoding)
}

/// The system of a table: by its code in a register, else by its definition. −1 and 0 say that it is not known.
fn declare_crs(database: &Database, srs_id: i64, notes: &mut Notes) -> Result<(), Fault> {
    if srs_id == -1 || srs_id == 0 {
        notes.messages.push(Message::new("io.gpkg_undefined_crs").with("id", srs_id.to_string()));
        return Ok(());
    }
    let mut found = None;
    let sql = "SELECT organization, organization_coordsys_id, definition, srs_name FROM gpkg_spatial_ref_sys WHERE srs_id = ?1";
    database.query(sql, &[Cell::Int(srs_id)], |row| {
        let text = |i: usize| row.text(i).unwrap_or_default().trim().to_owned();
        found = Some((text(0), row.int(1).unwrap_or(0), text(2), text(3)));
        Ok::<(), Fault>(())
    })?;
    let Some((organization, code, definition, name)) = found else {
        notes.crs_refused = Some(Message::new("io.gpkg_crs_missing").with("id", srs_id.to_string()));
        return Ok(());
    };
    let by_code = organization.eq_ignore_ascii_case("EPSG").then(|| Crs::parse(&format!("EPSG:{code}")).ok()).flatten();
    match by_code.or_else(|| Crs::parse(&definition).ok()) {
        Some(crs) => {
            notes.crs = Some(crs);
            notes.crs_how = Some(Message::new("io.crs_by_gpkg").with("id", format!("{organization}:{code}")));
        }
        None => {
            let text: String = format!("{organization}:{code} {name}").chars().take(60).collect();
            notes.crs_refused = Some(Message::new("io.gpkg_crs_unknown").with("text", text));
        }
    }
    Ok(())
}

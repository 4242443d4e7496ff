//! Saving: a snapshot's contents into a new GeoPackage that takes the old file's place.

use super::error::{Fault, WorkspaceError, shown};
use super::names::{Names, columns, quoted};
use super::{schema, stored, stored_look};
use crate::io::{Cell, Database, gpkg_geometry, gpkg_tables, has_changes_beside, write_database};
use crate::model::{Contents, Date, Field, FieldKind, IdSource, Layer, LayerId, Value};
use crate::task::Progress;
use std::path::Path;

/// Writes `contents` to `path`, whatever is there now; a saving that fails leaves that as it was.
/// `ids`: the document's source of ids, so that none is given out again after opening. Progress counts features.
///
/// # Errors
/// [`WorkspaceError::InUse`] when another program has the file open, [`WorkspaceError::System`] and
/// [`WorkspaceError::NotWritten`] when the system or the database refuses, [`WorkspaceError::Cancelled`].
pub fn save(path: &Path, contents: &Contents, ids: IdSource, progress: &Progress) -> Result<(), WorkspaceError> {
    if has_changes_beside(path) {
        return Err(WorkspaceError::InUse { file: shown(path) });
    }
    progress.set_total(contents.layers.values().map(|layer| layer.len() as u64).sum());
    write_database(path, |database| write(database, contents, ids, progress)).map_err(|fault: Fault| fault.saving(shown(path)))
}

fn write(database: &Database, contents: &Contents, ids: IdSource, progress: &Progress) -> Result<(), Fault> {
    gpkg_tables::begin(database)?;
    database.run(schema::OWN)?;
    let srs_id = gpkg_tables::write_system(database, &contents.crs)?;
    write_meta(database, contents, ids)?;
    let mut names = Names::default();
    for (position, (id, layer)) in contents.layers_in_order().enumerate() {
        let table = names.take_table(&layer.head.name);
        let columns = columns(&layer.fields);
        write_layer(database, position, id, layer, &table, &columns)?;
        write_features(database, layer, &table, &columns, srs_id, progress)?;
    }
    let mut insert = database.prepare("INSERT INTO luodi_plans VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (id, plan) in &contents.cluster_plans {
        let day = |date: Option<Date>| date.map(|d| d.to_string());
        let (from, to) = (day(plan.valid_from), day(plan.valid_to));
        insert.run(&[
            Cell::Text(&stored::id_text(id.0)),
            Cell::Text(&plan.version),
            Cell::Text(stored::status_word(plan.status)),
            from.as_deref().map_or(Cell::Null, Cell::Text),
            to.as_deref().map_or(Cell::Null, Cell::Text),
            Cell::Text(&stored::messages_text(&plan.notes)),
        ])?;
    }
    Ok(())
}

fn write_meta(database: &Database, contents: &Contents, ids: IdSource) -> Result<(), Fault> {
    let mut insert = database.prepare("INSERT INTO luodi_meta VALUES (?1, ?2)")?;
    for (key, value) in [
        ("format", super::FORMAT.to_string()),
        ("crs", stored::crs_text(&contents.crs)),
        ("workspace_id", format!("{:016x}", ids.workspace)),
        ("next_id", ids.next.to_string()),
        ("sample", u8::from(contents.sample).to_string()),
        ("bookmarks", stored_look::bookmarks_text(&contents.bookmarks)),
        ("backdrops", stored_look::backdrops_text(&contents.backdrops)),
    ] {
        insert.run(&[Cell::Text(key), Cell::Text(&value)])?;
    }
    Ok(())
}

fn write_layer(database: &Database, position: usize, id: LayerId, layer: &Layer, table: &str, columns: &[String]) -> Result<(), Fault> {
    let head = &layer.head;
    database.prepare("INSERT INTO luodi_layers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")?.run(&[
        Cell::Int(position as i64),
        Cell::Text(&stored::id_text(id.0)),
        Cell::Text(table),
        Cell::Text(&head.name),
        Cell::Text(head.role.code()),
        Cell::Int(i64::from(head.visible)),
        Cell::Real(f64::from(head.opacity)),
        Cell::Text(stored::geometry_word(layer.base().kind())),
        Cell::Text(&stored::coverage_text(&head.coverage)),
        Cell::Text(&stored::provenance_text(&layer.provenance)),
        Cell::Text(&stored::fields_text(&layer.fields, columns)),
        Cell::Text(&stored_look::look_text(&head.look)),
    ])?;
    Ok(())
}

fn write_features(
    database: &Database,
    layer: &Layer,
    table: &str,
    columns: &[String],
    srs_id: i32,
    progress: &Progress,
) -> Result<(), Fault> {
    let kind = layer.base().kind();
    let geometry = gpkg_geometry::type_name(kind);
    let mut definitions = vec!["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL".to_owned()];
    definitions.extend(geometry.map(|name| format!("geom {name}")));
    definitions.extend(["luodi_id TEXT".to_owned(), "luodi_record INTEGER".to_owned()]);
    definitions.extend(layer.fields.iter().zip(columns).map(|(f, c)| format!("{} {}", quoted(c), gpkg_tables::column_type(f.kind))));
    database.run(&format!("CREATE TABLE {} ({})", quoted(table), definitions.join(", ")))?;

    let extent = gpkg_geometry::extent(layer.bbox()).filter(|_| geometry.is_some());
    let edge = |i: usize| extent.and_then(|e| e.get(i).copied()).map_or(Cell::Null, Cell::Real);
    let system = if geometry.is_some() { Cell::Int(i64::from(srs_id)) } else { Cell::Null };
    database.prepare("INSERT INTO gpkg_contents VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?.run(&[
        Cell::Text(table),
        Cell::Text(if geometry.is_some() { "features" } else { "attributes" }),
        Cell::Text(&layer.provenance.file),
        Cell::Text(gpkg_tables::LAST_CHANGE),
        edge(0),
        edge(1),
        edge(2),
        edge(3),
        system,
    ])?;
    if let Some(name) = geometry {
        let mut insert = database.prepare("INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, ?3, 0, 0)")?;
        insert.run(&[Cell::Text(table), Cell::Text(name), system])?;
    }

    let marks: Vec<String> = (1..=definitions.len() - 1).map(|i| format!("?{i}")).collect();
    let mut insert = database.prepare(&format!("INSERT INTO {} VALUES (NULL, {})", quoted(table), marks.join(", ")))?;
    for feature in layer.features() {
        if progress.is_cancelled() {
            return Err(Fault::Cancelled);
        }
        let blob = gpkg_geometry::encode(kind, feature.rings(), srs_id);
        let id = stored::id_text(feature.id.0);
        let values = feature.values();
        let words: Vec<Kept<'_>> = layer.fields.iter().zip(&values).map(|(field, value)| kept(field, value)).collect();
        let mut cells: Vec<Cell<'_>> = blob.as_deref().map(Cell::Blob).into_iter().collect();
        cells.push(Cell::Text(&id));
        cells.push(feature.source_record().map_or(Cell::Null, |record| Cell::Int(i64::from(record))));
        cells.extend(words.iter().map(Kept::cell));
        insert.run(&cells)?;
        progress.add(1);
    }
    Ok(())
}

/// A value on its way into a cell of its column's kind.
enum Kept<'a> {
    As(Cell<'a>),
    Words(String),
}

impl Kept<'_> {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::As(cell) => *cell,
            Self::Words(words) => Cell::Text(words),
        }
    }
}

/// As a packed column keeps it: a value of another kind than the column's becomes its text, or null.
fn kept<'a>(field: &Field, value: &'a Value) -> Kept<'a> {
    match (field.kind, value) {
        (_, Value::Null) => Kept::As(Cell::Null),
        (FieldKind::Text | FieldKind::Decimal, Value::Text(s) | Value::Decimal(s)) => Kept::As(Cell::Text(s)),
        (FieldKind::Text | FieldKind::Decimal, other) => Kept::Words(other.to_string()),
        (FieldKind::Int, Value::Int(n)) => Kept::As(Cell::Int(*n)),
        // SQLite has no not-a-number: such a value is null there.
        (FieldKind::Real, other) => Kept::As(other.number().map_or(Cell::Null, Cell::Real)),
        (FieldKind::Date, Value::Date(day)) => Kept::Words(day.to_string()),
        (FieldKind::Bool, Value::Bool(b)) => Kept::As(Cell::Int(i64::from(*b))),
        (FieldKind::Int | FieldKind::Date | FieldKind::Bool, _) => Kept::As(Cell::Null),
    }
}

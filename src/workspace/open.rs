//! Opening: a workspace file becomes contents again, and what another program changed in it is said.

use super::error::{Fault, WorkspaceError, shown};
use super::names::{OWN_COLUMNS, quoted};
use super::{FORMAT, schema, stored, stored_look};
use crate::crs::Kind;
use crate::geom::Rings;
use crate::io::{Cell, Database, READERS, Row, check_readable, gpkg_geometry, gpkg_tables};
use crate::model::{
    ClusterPlan, Contents, Date, FeatureId, Field, FieldKind, GeometryKind, IdSource, Layer, LayerHead, LayerId, PackedBuilder, Provenance,
    Role, Value,
};
use crate::task::Progress;
use crate::text::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// An opened workspace.
#[derive(Clone, Debug)]
pub struct Opened {
    pub contents: Contents,
    pub ids: IdSource,
    /// What a person should know: rows, columns and tables that another program added, geometry that cannot be read.
    pub notes: Vec<Message>,
}

/// Reads the workspace at `path`; the file is not written to. Progress counts features.
///
/// # Errors
/// When the file is none, is damaged, or is of a later format than [`FORMAT`]; see [`WorkspaceError`].
pub fn open(path: &Path, progress: &Progress) -> Result<Opened, WorkspaceError> {
    let file = || shown(path);
    check_readable(path).map_err(|refused| WorkspaceError::System(refused.0))?;
    let database = Database::open(path).map_err(|e| Fault::from(e).opening(file(), "sqlite_schema"))?;
    let meta = check_format(&database, &file)?;
    let crs_words = meta.get("crs").cloned().unwrap_or_default();
    let crs = stored::crs_of(&crs_words);
    if crs.kind() != Ok(Kind::Projected) || crs.metres_per_unit() != Ok(Some(1.0)) {
        return Err(WorkspaceError::Crs { file: file(), crs: crs_words });
    }
    let mut reading = Reading { database: &database, contents: Contents::new(crs), ids: ids_of(&meta), notes: Vec::new(), progress };
    reading.contents.sample = meta.get("sample").is_some_and(|s| s == "1");
    // Files from before there were any hold none.
    reading.contents.bookmarks = match meta.get("bookmarks") {
        // Kept views and looks are no reason to keep a person from the work.
        Some(text) => stored_look::bookmarks_of(text).unwrap_or_else(|| {
            reading.notes.push(Message::new("workspace.bookmarks_lost"));
            Arc::new([])
        }),
        None => Arc::new([]),
    };
    reading.contents.backdrops = match meta.get("backdrops") {
        Some(text) => stored_look::backdrops_of(text).unwrap_or_else(|| {
            reading.notes.push(Message::new("workspace.backdrops_lost"));
            Arc::new([])
        }),
        None => Arc::new([]),
    };
    reading.all().map_err(|fault| fault.opening(file(), "luodi_layers"))?;
    Ok(Opened { contents: reading.contents, ids: reading.ids, notes: reading.notes })
}

/// Refuses what is no sound workspace of a known format; gives the table `luodi_meta`.
fn check_format(database: &Database, file: &impl Fn() -> String) -> Result<BTreeMap<String, String>, WorkspaceError> {
    let opening = |fault: Fault| fault.opening(file(), "sqlite_schema");
    let mut application = 0;
    let take = |row: Row<'_, '_>| {
        application = row.int(0).unwrap_or(0);
        Ok::<(), Fault>(())
    };
    database.query("PRAGMA application_id", &[], take).map_err(opening)?;
    if application != gpkg_tables::APPLICATION_ID {
        return Err(WorkspaceError::NotAGeopackage { file: file() });
    }
    if !tables(database).map_err(opening)?.contains("luodi_meta") {
        return Err(WorkspaceError::NotAWorkspace { file: file() });
    }
    let mut meta = BTreeMap::new();
    let take = |row: Row<'_, '_>| {
        if let (Some(key), Some(value)) = (row.text(0), row.text(1)) {
            meta.insert(key.to_owned(), value.to_owned());
        }
        Ok::<(), Fault>(())
    };
    database.query("SELECT key, value FROM luodi_meta", &[], take).map_err(|fault| fault.opening(file(), "luodi_meta"))?;
    match meta.get("format").and_then(|format| format.parse::<u64>().ok()) {
        Some(format) if format > u64::from(FORMAT) => return Err(WorkspaceError::Newer { file: file(), format }),
        Some(1) => {}
        _ => return Err(Fault::content("luodi_meta", "format").opening(file(), "")),
    }
    let mut sound = String::new();
    let take = |row: Row<'_, '_>| {
        sound = row.text(0).unwrap_or_default().to_owned();
        Ok::<(), Fault>(())
    };
    database.query("PRAGMA quick_check(1)", &[], take).map_err(opening)?;
    if sound == "ok" { Ok(meta) } else { Err(Fault::content("quick_check", sound).opening(file(), "")) }
}

fn ids_of(meta: &BTreeMap<String, String>) -> IdSource {
    let workspace = meta.get("workspace_id").and_then(|id| u64::from_str_radix(id, 16).ok()).unwrap_or(0);
    IdSource { workspace, next: meta.get("next_id").and_then(|n| n.parse().ok()).unwrap_or(1) }
}

fn tables(database: &Database) -> Result<BTreeSet<String>, Fault> {
    let mut all = BTreeSet::new();
    database.query("SELECT name FROM sqlite_schema WHERE type = 'table'", &[], |row| {
        all.extend(row.text(0).map(str::to_owned));
        Ok::<(), Fault>(())
    })?;
    Ok(all)
}

fn has_look(database: &Database) -> Result<bool, Fault> {
    let mut found = false;
    database.query("SELECT 1 FROM pragma_table_info('luodi_layers') WHERE name = 'look'", &[], |_| {
        found = true;
        Ok::<(), Fault>(())
    })?;
    Ok(found)
}

/// A row of `luodi_layers`.
struct LayerRow {
    id: LayerId,
    table: String,
    head: LayerHead,
    /// Its look is kept in a way that this version does not know.
    look_lost: bool,
    kind: GeometryKind,
    provenance: Provenance,
    fields: Vec<(Field, String)>,
}

struct Reading<'a> {
    database: &'a Database,
    contents: Contents,
    ids: IdSource,
    notes: Vec<Message>,
    progress: &'a Progress,
}

impl Reading<'_> {
    fn all(&mut self) -> Result<(), Fault> {
        let mut rows = Vec::new();
        // Files from before layers had a look have no column for it.
        let look = if has_look(self.database)? { "look" } else { "NULL" };
        let sql = format!(
            "SELECT layer_id, table_name, name, role, visible, opacity, geometry, coverage, provenance, fields, {look} \
             FROM luodi_layers ORDER BY position"
        );
        self.database.query(&sql, &[], |row| {
            let number = rows.len() + 1;
            rows.push(layer_row(&row).ok_or_else(|| Fault::content("luodi_layers", format!("row {number}")))?);
            Ok::<(), Fault>(())
        })?;
        for row in rows.iter().filter(|row| row.look_lost) {
            self.notes.push(Message::new("workspace.look_lost").with("layer", &*row.head.name));
        }
        let there = tables(self.database)?;
        self.say_other_tables(&there, &rows);
        self.count(&rows)?;
        self.reserve_ids(&rows)?;
        let mut order = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, table) = (row.id, row.table.clone());
            // Faults of the database do not say what was being read.
            let layer = self.layer(row).map_err(|fault| match fault {
                Fault::Sql(error) => Fault::content(&table, error.to_string()),
                other => other,
            })?;
            if self.contents.layers.contains_key(&id) {
                return Err(Fault::content("luodi_layers", "layer_id"));
            }
            self.contents.layers.insert_mut(id, Arc::new(layer));
            order.push(id);
        }
        self.contents.order = order.into();
        self.plans()
    }

    /// Tables that another program added are not part of the workspace, and the next saving leaves them out.
    fn say_other_tables(&mut self, there: &BTreeSet<String>, rows: &[LayerRow]) {
        let kept = |name: &str| {
            let lower = name.to_lowercase();
            schema::KNOWN_PREFIXES.iter().any(|prefix| lower.starts_with(prefix)) || rows.iter().any(|row| row.table == name)
        };
        let others: Vec<&str> = there.iter().map(String::as_str).filter(|name| !kept(name)).collect();
        if !others.is_empty() {
            self.notes.push(Message::new("workspace.other_tables").with("tables", others.join("、")));
        }
    }

    fn count(&self, rows: &[LayerRow]) -> Result<(), Fault> {
        let mut total = 0;
        for row in rows {
            self.database.query(&format!("SELECT count(*) FROM {}", quoted(&row.table)), &[], |answer| {
                total += answer.int(0).unwrap_or(0).unsigned_abs();
                Ok::<(), Fault>(())
            })?;
        }
        self.progress.set_total(total);
        Ok(())
    }

    /// Never gives out an id again that a layer or a feature bears, whatever the file says is next.
    fn reserve_ids(&mut self, rows: &[LayerRow]) -> Result<(), Fault> {
        let mut seen: Vec<u128> = rows.iter().map(|row| row.id.0).chain(self.contents.backdrops.iter().map(|b| b.id.0)).collect();
        for row in rows {
            let sql = format!("SELECT max(luodi_id) FROM {} WHERE luodi_id LIKE ?1", quoted(&row.table));
            let own = format!("{:016x}%", self.ids.workspace);
            self.database.query(&sql, &[Cell::Text(&own)], |answer| {
                seen.extend(answer.text(0).and_then(stored::id_of));
                Ok::<(), Fault>(())
            })?;
        }
        let own = seen.into_iter().filter(|id| (id >> 64) as u64 == self.ids.workspace).map(|id| id as u64);
        self.ids.next = own.fold(self.ids.next, |next, id| next.max(id.saturating_add(1)));
        Ok(())
    }

    fn layer(&mut self, row: LayerRow) -> Result<Layer, Fault> {
        let table = Table::look(self.database, &row)?;
        self.notes.extend(table.notes);
        let ids = self.feature_ids(&row)?;
        let fields: Vec<Field> = table.columns.iter().map(|(field, _)| field.clone()).collect();
        let ascending = ids.windows(2).all(|pair| pair[0] < pair[1]);
        let mut builder = PackedBuilder::new(row.kind, fields.clone());
        // Rows that do not stand in the order of their ids are put into it: a layer's base is sorted by id.
        let mut aside: Vec<(FeatureId, u32, Rings, Vec<Value>)> = Vec::new();
        let (mut at, mut unread) = (0, Unread::default());
        let names: Vec<String> = table.columns.iter().map(|(_, c)| c.as_deref().map_or("NULL".to_owned(), quoted)).collect();
        let geometry = if row.kind == GeometryKind::None { "NULL" } else { "geom" };
        let sql = format!(
            "SELECT {} FROM {} ORDER BY fid",
            [geometry, "luodi_record"].into_iter().chain(names.iter().map(String::as_str)).collect::<Vec<_>>().join(", "),
            quoted(&row.table)
        );
        self.database.query(&sql, &[], |answer| {
            if self.progress.is_cancelled() {
                return Err(Fault::Cancelled);
            }
            let rings = rings_of(&answer, row.kind, &mut unread);
            let record = answer.int(1).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
            let values: Vec<Value> =
                fields.iter().enumerate().map(|(i, field)| value_of(answer.cell(i + 2), field.kind, &mut unread)).collect();
            if ascending {
                builder.push(record, rings.as_ref(), &values);
            } else if let Some(id) = ids.get(at) {
                aside.push((*id, record, rings, values));
            }
            at += 1;
            self.progress.add(1);
            Ok(())
        })?;
        aside.sort_by_key(|(id, ..)| *id);
        for (_, record, rings, values) in &aside {
            builder.push(*record, rings.as_ref(), values);
        }
        let mut ids = ids;
        ids.sort_unstable();
        self.notes.extend(unread.notes(&row.head.name));
        Layer::with_ids(row.head, row.provenance, Arc::new(builder.finish()), ids).ok_or_else(|| Fault::content(&row.table, "luodi_id"))
    }

    /// The id of each row in the order of the table; rows that another program added or copied get fresh ones.
    fn feature_ids(&mut self, row: &LayerRow) -> Result<Vec<FeatureId>, Fault> {
        let mut seen = BTreeSet::new();
        let mut ids = Vec::new();
        let mut fresh = 0usize;
        let source = &mut self.ids;
        self.database.query(&format!("SELECT luodi_id FROM {} ORDER BY fid", quoted(&row.table)), &[], |answer| {
            let kept = answer.text(0).and_then(stored::id_of).filter(|id| seen.insert(*id));
            ids.push(FeatureId(kept.unwrap_or_else(|| {
                fresh += 1;
                source.take(1)
            })));
            Ok::<(), Fault>(())
        })?;
        if fresh > 0 {
            self.notes.push(Message::new("workspace.rows_added").with("layer", &*row.head.name).with("count", fresh));
        }
        Ok(ids)
    }

    fn plans(&mut self) -> Result<(), Fault> {
        let contents = &mut self.contents;
        self.database.query("SELECT layer_id, version, status, valid_from, valid_to, notes FROM luodi_plans", &[], |row| {
            let plan = || {
                let plan = ClusterPlan {
                    version: row.text(1)?.to_owned(),
                    status: stored::status_of(row.text(2)?)?,
                    valid_from: row.text(3).and_then(Date::parse),
                    valid_to: row.text(4).and_then(Date::parse),
                    notes: stored::messages_from(row.text(5)?)?,
                };
                Some((LayerId(stored::id_of(row.text(0)?)?), plan))
            };
            let (id, plan) = plan().ok_or_else(|| Fault::content("luodi_plans", row.text(0).unwrap_or_default()))?;
            contents.cluster_plans.insert_mut(id, Arc::new(plan));
            Ok::<(), Fault>(())
        })
    }
}

fn layer_row(row: &Row<'_, '_>) -> Option<LayerRow> {
    let formats: Vec<&'static str> = READERS.iter().map(|reader| reader.format()).collect();
    let look = row.text(10).and_then(stored_look::look_of);
    Some(LayerRow {
        id: LayerId(stored::id_of(row.text(0)?)?),
        table: row.text(1)?.to_owned(),
        head: LayerHead {
            name: row.text(2)?.into(),
            role: Role::from_code(row.text(3)?)?,
            visible: row.int(4)? != 0,
            opacity: row.real(5)? as f32,
            coverage: stored::coverage_of(row.text(7)?)?,
            look: look.clone().unwrap_or_default(),
        },
        look_lost: row.text(10).is_some() && look.is_none(),
        kind: stored::geometry_of(row.text(6)?)?,
        provenance: stored::provenance_of(row.text(8)?, &formats)?,
        fields: stored::fields_of(row.text(9)?)?,
    })
}

/// The columns of a feature table against the fields that the layer had when it was saved.
struct Table {
    /// Fields and the columns that hold them; `None` where the column is gone.
    columns: Vec<(Field, Option<String>)>,
    notes: Vec<Message>,
}

impl Table {
    fn look(database: &Database, row: &LayerRow) -> Result<Self, Fault> {
        let mut there: Vec<(String, String)> = Vec::new();
        database.query("SELECT name, type FROM pragma_table_info(?1)", &[Cell::Text(&row.table)], |answer| {
            there.extend(answer.text(0).zip(answer.text(1)).map(|(name, declared)| (name.to_owned(), declared.to_owned())));
            Ok::<(), Fault>(())
        })?;
        let has = |name: &str| there.iter().any(|(column, _)| column == name);
        if let Some(missing) = ["fid", "luodi_id", "luodi_record"].into_iter().find(|name| !has(name)) {
            return Err(Fault::content(&row.table, missing));
        }
        let gone = row.fields.iter().filter(|(_, column)| !has(column));
        let known = |name: &str| OWN_COLUMNS.contains(&name) || row.fields.iter().any(|(_, column)| column == name);
        let added: Vec<&(String, String)> = there.iter().filter(|(name, _)| !known(name)).collect();
        let mut notes = Vec::new();
        let mut say = |code, names: Vec<&str>| {
            if !names.is_empty() {
                notes.push(Message::new(code).with("layer", &*row.head.name).with("fields", names.join("、")));
            }
        };
        say("workspace.columns_gone", gone.map(|(field, _)| &*field.name).collect());
        say("workspace.columns_added", added.iter().map(|(name, _)| name.as_str()).collect());
        let own = row.fields.iter().map(|(field, column)| (field.clone(), has(column).then(|| column.clone())));
        let others = added.iter().map(|(name, declared)| (Field::new(name, schema::kind_of_type(declared)), Some(name.clone())));
        Ok(Self { columns: own.chain(others).collect(), notes })
    }
}

/// What could not be read of a layer's rows.
#[derive(Default)]
struct Unread {
    geometries: usize,
    values: usize,
}

impl Unread {
    fn notes(&self, layer: &str) -> Vec<Message> {
        let say = |code, count| Message::new(code).with("layer", layer).with("count", count);
        let geometries = (self.geometries > 0).then(|| say("workspace.geometry_unread", self.geometries));
        let values = (self.values > 0).then(|| say("workspace.values_unread", self.values));
        geometries.into_iter().chain(values).collect()
    }
}

/// A geometry of another kind than the layer's, or one that cannot be read, is kept as none and counted.
fn rings_of(row: &Row<'_, '_>, kind: GeometryKind, unread: &mut Unread) -> Rings {
    match row.cell(0) {
        Cell::Null => return Rings::new(),
        Cell::Blob(blob) => match gpkg_geometry::decode(blob) {
            Ok((found, rings)) if found == kind => return rings,
            Ok((_, rings)) if rings.as_ref().is_empty() => return rings,
            _ => {}
        },
        _ => {}
    }
    unread.geometries += 1;
    Rings::new()
}

/// A cell as its column's kind; one that is no such value is null and counted.
fn value_of(cell: Cell<'_>, kind: FieldKind, unread: &mut Unread) -> Value {
    let words = match cell {
        Cell::Null => return Value::Null,
        Cell::Int(n) => n.to_string(),
        Cell::Real(x) => x.to_string(),
        Cell::Text(s) => s.to_owned(),
        Cell::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    };
    let value = match (kind, cell) {
        (FieldKind::Text, _) => Some(Value::text(&words)),
        (FieldKind::Decimal, _) => Some(Value::Decimal(words.into())),
        (FieldKind::Int, _) => words.parse().ok().map(Value::Int),
        (FieldKind::Real, Cell::Real(x)) => Some(Value::Real(x)),
        (FieldKind::Real, _) => words.parse().ok().map(Value::Real),
        (FieldKind::Date, _) => Date::parse(&words).map(Value::Date),
        (FieldKind::Bool, Cell::Int(n)) => Some(Value::Bool(n != 0)),
        (FieldKind::Bool, _) => words.parse().ok().map(Value::Bool),
    };
    value.unwrap_or_else(|| {
        unread.values += 1;
        Value::Null
    })
}

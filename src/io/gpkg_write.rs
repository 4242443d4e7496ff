//! A GeoPackage of results, written row by row: feature tables and plain tables that GDAL and QGIS open.

use super::files::write_refused;
use super::{Cell, DatabaseFile, PartFile, SqlError, WriteError, gpkg_geometry, gpkg_tables};
use crate::crs::Crs;
use crate::geom::{BBox, RingsRef};
use crate::model::{FieldKind, GeometryKind};
use std::path::{Path, PathBuf};

/// One table being filled.
#[derive(Debug)]
struct Table {
    name: String,
    kind: GeometryKind,
    insert: String,
    bbox: BBox,
}

/// A GeoPackage being written beside the file it will replace. Equal rows make equal bytes.
#[derive(Debug)]
pub struct GpkgWriter {
    file: DatabaseFile,
    path: PathBuf,
    srs_id: i32,
    tables: Vec<Table>,
}

/// A table of a [`GpkgWriter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpkgTable(usize);

/// A name as SQL takes it, whatever it holds.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Why a step failed, before the file is named.
struct Fault(WriteError);

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        Self(error)
    }
}

impl From<SqlError> for Fault {
    fn from(error: SqlError) -> Self {
        Self(write_refused(Path::new(""), &error))
    }
}

impl GpkgWriter {
    /// # Errors
    /// When the system or the database refuses.
    pub fn create(path: &Path, crs: &Crs) -> Result<Self, WriteError> {
        let file = DatabaseFile::create::<Fault>(path).map_err(|f| f.0)?;
        let named = |e: SqlError| write_refused(path, &e);
        gpkg_tables::begin(file.database()).map_err(named)?;
        let srs_id = gpkg_tables::write_system(file.database(), crs).map_err(named)?;
        Ok(Self { file, path: path.to_owned(), srs_id, tables: Vec::new() })
    }

    /// Adds a table of these columns; with a geometry column unless its kind is none. `about` is shown by other programs.
    ///
    /// # Errors
    /// What the database says.
    pub fn add_table(
        &mut self,
        name: &str,
        about: &str,
        kind: GeometryKind,
        columns: &[(&str, FieldKind)],
    ) -> Result<GpkgTable, WriteError> {
        let geometry = gpkg_geometry::type_name(kind);
        let mut definitions = vec!["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL".to_owned()];
        definitions.extend(geometry.map(|name| format!("geom {name}")));
        definitions.extend(columns.iter().map(|(name, kind)| format!("{} {}", quoted(name), gpkg_tables::column_type(*kind))));
        let values: Vec<String> = std::iter::once("NULL".to_owned()).chain((1..definitions.len()).map(|i| format!("?{i}"))).collect();
        let made = || -> Result<(), SqlError> {
            let database = self.file.database();
            database.run(&format!("CREATE TABLE {} ({})", quoted(name), definitions.join(", ")))?;
            let data = if geometry.is_some() { "features" } else { "attributes" };
            let system = if geometry.is_some() { Cell::Int(i64::from(self.srs_id)) } else { Cell::Null };
            let cells = [Cell::Text(name), Cell::Text(data), Cell::Text(about), Cell::Text(gpkg_tables::LAST_CHANGE), system];
            database.insert("INSERT INTO gpkg_contents VALUES (?1, ?2, ?1, ?3, ?4, NULL, NULL, NULL, NULL, ?5)", &cells)?;
            if let Some(type_name) = geometry {
                let cells = [Cell::Text(name), Cell::Text(type_name), system];
                database.insert("INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, ?3, 0, 0)", &cells)?;
            }
            Ok(())
        };
        made().map_err(|e| write_refused(&self.path, &e))?;
        let insert = format!("INSERT INTO {} VALUES ({})", quoted(name), values.join(", "));
        self.tables.push(Table { name: name.to_owned(), kind, insert, bbox: BBox::of(&[]) });
        Ok(GpkgTable(self.tables.len() - 1))
    }

    /// Adds a row. Without rings its geometry is null; a plain table takes none.
    ///
    /// # Errors
    /// What the database says.
    pub fn push(&mut self, table: GpkgTable, rings: Option<RingsRef<'_>>, cells: &[Cell<'_>]) -> Result<(), WriteError> {
        let Some(table) = self.tables.get_mut(table.0) else { return Ok(()) };
        let mut row: Vec<Cell<'_>> = Vec::with_capacity(cells.len() + 1);
        let blob = rings.and_then(|rings| gpkg_geometry::encode(table.kind, rings, self.srs_id));
        if table.kind != GeometryKind::None {
            row.push(blob.as_deref().map_or(Cell::Null, Cell::Blob));
        }
        row.extend_from_slice(cells);
        if let Some(rings) = rings {
            table.bbox = table.bbox.join(rings.bbox());
        }
        self.file.database().insert(&table.insert, &row).map_err(|e| write_refused(&self.path, &e))
    }

    /// The whole file, waiting for its place.
    ///
    /// # Errors
    /// What the database says.
    pub fn finish(self) -> Result<PartFile, WriteError> {
        let database = self.file.database();
        let extents = || -> Result<(), SqlError> {
            for table in self.tables.iter().filter(|t| t.kind != GeometryKind::None) {
                let Some(extent) = gpkg_geometry::extent(table.bbox) else { continue };
                let [w, s, e, n] = extent.map(Cell::Real);
                let sql = "UPDATE gpkg_contents SET min_x = ?2, min_y = ?3, max_x = ?4, max_y = ?5 WHERE table_name = ?1";
                database.insert(sql, &[Cell::Text(&table.name), w, s, e, n])?;
            }
            Ok(())
        };
        extents().map_err(|e| write_refused(&self.path, &e))?;
        self.file.finish().map_err(|e| write_refused(&self.path, &e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;
    use crate::io::Database;

    #[test]
    fn rows_come_back_and_the_file_is_there_only_once_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.gpkg");
        let write = || {
            let mut writer = GpkgWriter::create(&path, &Crs::CGCS2000_ZONE_40).unwrap();
            let columns = [("site_id", FieldKind::Text), ("area_m2", FieldKind::Real)];
            let sites = writer.add_table("sites", "sites", GeometryKind::Area, &columns).unwrap();
            let plain = writer.add_table("about", "about", GeometryKind::None, &[("key", FieldKind::Text)]).unwrap();
            let rings = Rings::simple(&[[0.0, 0.0], [4.0, 0.0], [4.0, 3.0]]);
            writer.push(sites, Some(rings.as_ref()), &[Cell::Text("S1"), Cell::Real(6.0)]).unwrap();
            writer.push(sites, None, &[Cell::Text("S2"), Cell::Null]).unwrap();
            writer.push(plain, None, &[Cell::Text("x")]).unwrap();
            writer.finish().unwrap()
        };
        let part = write();
        assert!(!super::super::exists(&path));
        part.commit().unwrap();
        let first = super::super::read_bytes(&path).unwrap();
        write().commit().unwrap();
        assert!(super::super::read_bytes(&path).unwrap() == first, "the same rows, the same bytes");
        let mut seen = Vec::new();
        let database = Database::open(&path).unwrap();
        let sql = "SELECT site_id, geom IS NULL, (SELECT max_x FROM gpkg_contents WHERE table_name = 'sites') FROM sites";
        let take = |row: crate::io::Row<'_, '_>| {
            seen.push((row.text(0).unwrap().to_owned(), row.int(1), row.real(2)));
            Ok::<(), SqlError>(())
        };
        database.query(sql, &[], take).unwrap();
        assert_eq!(seen, [("S1".to_owned(), Some(0), Some(4.0)), ("S2".to_owned(), Some(1), Some(4.0))]);
    }
}

//! What GeoPackage 1.3 asks of every file: its own tables, the row of a reference system, the types of columns.

use super::{Cell, Database, SqlError};
use crate::crs::Crs;
use crate::model::FieldKind;

/// `GPKG` in the header of the database, and 1.3 as its version.
pub const APPLICATION_ID: i64 = 0x4750_4B47;
pub const USER_VERSION: i64 = 10_300;

/// Tables that every GeoPackage has. No clock: equal contents make equal files, so `last_change` is given with each row.
pub const GEOPACKAGE: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]', 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
";

/// What `gpkg_contents` says of the last change: the file's own date tells it, and equal contents make equal files.
pub const LAST_CHANGE: &str = "1970-01-01T00:00:00.000Z";

/// Type of a column, one of those that GeoPackage names. A decimal stays as it was written, so it is text.
pub fn column_type(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text | FieldKind::Decimal => "TEXT",
        FieldKind::Int => "INTEGER",
        FieldKind::Real => "DOUBLE",
        FieldKind::Date => "DATE",
        FieldKind::Bool => "BOOLEAN",
    }
}

/// Makes the tables that every GeoPackage has.
///
/// # Errors
/// What the database says.
pub fn begin(database: &Database) -> Result<(), SqlError> {
    database.run(&format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {USER_VERSION};"))?;
    database.run(GEOPACKAGE)
}

/// Writes the row of a reference system; gives its id in the file.
///
/// # Errors
/// What the database says; a code that is no number of a register.
pub fn write_system(database: &Database, crs: &Crs) -> Result<i32, SqlError> {
    let (srs_id, organization, code) = match crs {
        Crs::Epsg(code) => {
            let id = i32::try_from(*code).map_err(|_| SqlError::Refused(crs.label()))?;
            (id, "EPSG", id)
        }
        // A number that no register uses.
        Crs::Wkt(_) => (990_001, "NONE", 990_001),
    };
    if srs_id == 4326 {
        return Ok(srs_id);
    }
    // Programs that know the code look no further; `undefined` is GeoPackage's word for a definition that is not given.
    let definition = match crs {
        Crs::Wkt(text) => text.to_string(),
        Crs::Epsg(_) => crs.esri_wkt().unwrap_or_else(|_| "undefined".to_owned()),
    };
    let (name, id, code) = (crs.name(), i64::from(srs_id), i64::from(code));
    let cells = [Cell::Text(&name), Cell::Int(id), Cell::Text(organization), Cell::Int(code), Cell::Text(&definition)];
    database.insert("INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, ?3, ?4, ?5, NULL)", &cells)?;
    Ok(srs_id)
}

//! The tables of a workspace file: what GeoPackage 1.3 asks for, and our own beside.

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

/// Tables of our own.
pub const OWN: &str = "
CREATE TABLE luodi_meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE luodi_layers (
  position INTEGER PRIMARY KEY, layer_id TEXT NOT NULL UNIQUE, table_name TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  role TEXT NOT NULL, visible INTEGER NOT NULL, opacity REAL NOT NULL, geometry TEXT NOT NULL,
  coverage TEXT NOT NULL, provenance TEXT NOT NULL, fields TEXT NOT NULL);
CREATE TABLE luodi_plans (
  layer_id TEXT NOT NULL PRIMARY KEY, version TEXT NOT NULL, status TEXT NOT NULL, valid_from TEXT, valid_to TEXT,
  notes TEXT NOT NULL);
INSERT INTO gpkg_extensions VALUES
  ('luodi_meta', NULL, 'luodi_workspace', 'tables of a Luodi workspace', 'read-write'),
  ('luodi_layers', NULL, 'luodi_workspace', 'tables of a Luodi workspace', 'read-write'),
  ('luodi_plans', NULL, 'luodi_workspace', 'tables of a Luodi workspace', 'read-write');
";

/// Tables that a workspace has besides its layers, in lower case.
pub const KNOWN_PREFIXES: [&str; 4] = ["gpkg_", "luodi_", "rtree_", "sqlite_"];

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

/// Kind of a column that another program added.
pub fn kind_of_type(declared: &str) -> FieldKind {
    let declared = declared.to_ascii_uppercase();
    if declared.starts_with("BOOL") {
        FieldKind::Bool
    } else if declared.contains("INT") {
        FieldKind::Int
    } else if ["DOUBLE", "REAL", "FLOAT"].iter().any(|t| declared.starts_with(t)) {
        FieldKind::Real
    } else if declared == "DATE" {
        FieldKind::Date
    } else {
        FieldKind::Text
    }
}

//! The tables of a workspace file beside those that every GeoPackage has.

use crate::model::FieldKind;

/// Tables of our own.
pub const OWN: &str = "
CREATE TABLE luodi_meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE luodi_layers (
  position INTEGER PRIMARY KEY, layer_id TEXT NOT NULL UNIQUE, table_name TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  role TEXT NOT NULL, visible INTEGER NOT NULL, opacity REAL NOT NULL, geometry TEXT NOT NULL,
  coverage TEXT NOT NULL, provenance TEXT NOT NULL, fields TEXT NOT NULL, look TEXT NOT NULL);
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

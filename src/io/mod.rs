//! Bytes in, bytes out: one file a format; encodings; intake (raw features to a layer); plain tables.
//!
//! The only room that touches files. A source file is never written to.

mod bytes;
mod csv;
mod dbf;
mod dbf_write;
mod encoding;
mod files;
mod geojson;
mod geojson_write;
pub mod gpkg_geometry;
pub mod gpkg_tables;
mod gpkg_write;
mod intake;
mod parcel_txt;
mod shapefile;
mod shapefile_write;
mod source;
mod sqlite;
mod stream;
mod table;
mod unknown;
mod xlsx_write;

pub use csv::CsvWriter;
pub use dbf_write::TextProfile;
pub use files::{
    PartFile, WriteError, check_output, exists, hash, hash_file, is_same_place, make_folder, read_bytes, read_source, write_atomically,
};
pub use geojson::GeoJsonFile;
pub use geojson_write::{GeoJsonWriter, json_value};
pub use gpkg_write::{GpkgTable, GpkgWriter};
pub use intake::{Raw, Soundness};
pub use parcel_txt::{ParcelTxt, TxtHead, TxtParcel, parcel_txt_bytes};
pub use shapefile::{Shapefile, listed};
pub use shapefile_write::{ShapefileBytes, ShapefileLayer, WRITTEN, shapefile_bytes, write_shapefile};
pub use source::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
pub use sqlite::{Cell, Database, DatabaseFile, Row, SqlError, Statement, check_readable, has_changes_beside, write_database};
pub use stream::{Block, Decoder, ShapefileStream};
pub use table::{Grid, Grids, Table, read_grids};
pub use unknown::reader_for;
pub use xlsx_write::{XLSX_ROWS, XlsxCell, XlsxColumn, XlsxForm, XlsxSheet, XlsxWriter};

/// The formats that are read: one line a format.
pub const READERS: &[&dyn Reader] = &[&Shapefile, &GeoJsonFile, &ParcelTxt];

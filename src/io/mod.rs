//! Bytes in, bytes out: one file a format; encodings; intake (raw features to a layer); plain tables.
//!
//! The only room that touches files. A source file is never written to.

mod archive;
mod bytes;
mod cass_dat;
mod coord_table;
mod csv;
mod dbf;
mod dbf_write;
mod dxf;
mod dxf_write;
mod encoding;
mod files;
mod geojson;
mod geojson_write;
mod gpkg;
pub mod gpkg_geometry;
pub mod gpkg_tables;
mod gpkg_write;
mod intake;
mod kml;
mod kml_write;
mod layer_file;
mod listed_rings;
mod parcel_txt;
mod raster;
mod shapefile;
mod shapefile_write;
mod shapes;
mod source;
mod sqlite;
mod stream;
mod table;
mod unknown;
pub mod wkt;
mod xlsx_write;

pub use archive::Archive;
pub use cass_dat::CassDat;
pub use coord_table::{CoordTable, GEOMETRY_COLUMNS};
pub use csv::CsvWriter;
pub use dbf_write::TextProfile;
pub use dxf::{ALL_LAYERS, Dxf};
pub use dxf_write::{DxfBytes, DxfFeature, DxfLayer, dxf_bytes};
pub use encoding::encode_text;
pub use files::{
    PartFile, WriteError, check_output, exists, hash, hash_file, is_same_place, make_folder, read_bytes, read_source, write_atomically,
};
pub use geojson::GeoJsonFile;
pub use geojson_write::{GeoJsonWriter, json_value};
pub use gpkg::GeoPackage;
pub use gpkg_write::{GpkgTable, GpkgWriter};
pub use intake::{Raw, Soundness};
pub use kml::KmlFile;
pub use kml_write::{KmlLayer, kml_bytes};
pub use layer_file::LayerFile;
pub use parcel_txt::{ParcelTxt, ProfileError, TxtHead, TxtParcel, TxtProfile, parcel_txt_bytes};
pub use raster::{Affine, CELLS, LaidRaster, Pyramid, RasterFile, TileId, TileMesh, TilePixels, TileRead, is_raster};
pub use shapefile::{Shapefile, listed};
pub use shapefile_write::{ShapefileBytes, ShapefileLayer, WRITTEN, shapefile_bytes, write_shapefile};
pub use source::{Chunk, Confidence, FileBytes, Notes, ReadError, ReadOptions, Reader, Source};
pub use sqlite::{Cell, Database, DatabaseFile, Row, SqlError, Statement, check_readable, has_changes_beside, write_database};
pub use stream::{Block, Decoder, Records, ShapefileStream, changed};
pub use table::{Grid, Grids, Table, read_grids};
pub use unknown::reader_for;
pub use xlsx_write::{XLSX_ROWS, XlsxCell, XlsxColumn, XlsxForm, XlsxSheet, XlsxWriter};

/// The formats that are read: one line a format.
pub const READERS: &[&dyn Reader] = &[&Shapefile, &GeoJsonFile, &GeoPackage, &Dxf, &ParcelTxt, &KmlFile, &CassDat, &Archive, &CoordTable];

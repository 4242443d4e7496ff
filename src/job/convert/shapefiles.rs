//! A shapefile: the limits asked before anything is made, a dictionary beside it for names that do not fit.

use super::features::Features;
use super::{Conversion, text_profile};
use crate::io::{CsvWriter, ShapefileLayer, WriteError, shapefile_bytes};
use crate::text::Message;
use std::path::{Path, PathBuf};

/// What the dictionary's name adds to the shapefile's.
const DICTIONARY: &str = "_字段对照.csv";

/// The `.shp` is the last of them.
pub(super) fn files(order: &Conversion, features: &Features<'_>, notes: &mut Vec<Message>) -> Result<Vec<(PathBuf, Vec<u8>)>, WriteError> {
    let rows = (0..features.len()).map(|row| (features.rings(row), features.values(row))).collect();
    let layer = ShapefileLayer { kind: features.kind, crs: &features.crs, fields: &features.fields, features: rows };
    let bytes = shapefile_bytes(&layer, text_profile(order)?)?;
    notes.extend(bytes.notes);
    let mut files: Vec<(PathBuf, Vec<u8>)> =
        bytes.files.into_iter().map(|(extension, bytes)| (order.out.with_extension(extension), bytes)).collect();
    files.reverse();
    let changed = features.fields.iter().zip(&bytes.names).filter(|(field, name)| *field.name != **name).count();
    if changed > 0 {
        let mut table = CsvWriter::new(&["shp", "字段名"]);
        for (field, name) in features.fields.iter().zip(&bytes.names) {
            table.row(&[name.as_str(), &field.name]);
        }
        let path = dictionary(&order.out);
        notes.push(Message::new("convert.names_cut").with("count", changed).with("file", file_name(&path)));
        files.insert(0, (path, table.finish()));
    }
    Ok(files)
}

fn dictionary(out: &Path) -> PathBuf {
    let stem = out.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    out.with_file_name(format!("{stem}{DICTIONARY}"))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

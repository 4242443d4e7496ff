//! The sample as files.

use super::layers::SITES_TEXT;
use super::{LayoutError, SampleCity, SampleLayer, SampleOptions};
use crate::crs::Crs;
use crate::geom::{RingsRef, Shape};
use crate::io::{
    ShapefileLayer, TxtHead, TxtParcel, TxtProfile, WriteError, make_folder, parcel_txt_bytes, shapefile_bytes, write_atomically,
};
use crate::model::{Date, GeometryKind, Value};
use crate::text::Message;
use std::path::{Path, PathBuf};

/// Why the sample was not written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SampleError {
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Name and bytes of every file of the sample, the same on every run.
///
/// # Errors
/// Only when the generator itself is at fault.
pub fn sample_files(options: SampleOptions) -> Result<Vec<(String, Vec<u8>)>, SampleError> {
    let city = SampleCity::new(options)?;
    let mut files = Vec::new();
    for layer in &city.layers {
        files.extend(layer_files(layer)?);
    }
    let shapes: Vec<Option<Shape>> = city.surveyed.iter().map(|(_, _, rings)| Shape::check(rings.as_ref()).ok()).collect();
    let surveyed = city.surveyed.iter().zip(&shapes);
    let parcel =
        |id, name, area_m2| TxtParcel { id, name, purpose: "工业用地", code: "1001", area_m2: Some(area_m2), ..TxtParcel::default() };
    let parcels: Vec<(TxtParcel<'_>, RingsRef<'_>)> =
        surveyed.filter_map(|((id, name, _), shape)| shape.as_ref().map(|s| (parcel(id, name, s.area_m2()), s.rings()))).collect();
    let profile = TxtProfile::standard().map_err(|e| WriteError(Message::new("io.profile_wrong").with("cause", e.to_string())))?;
    let head = TxtHead { producer: "示例单位(虚构)".into(), date: Date::parse("2013-05-20") };
    files.push((SITES_TEXT.into(), parcel_txt_bytes(&parcels, &Crs::CGCS2000_ZONE_40, &head, &profile)?));
    Ok(files)
}

fn layer_files(layer: &SampleLayer) -> Result<Vec<(String, Vec<u8>)>, WriteError> {
    let features: Vec<(RingsRef<'_>, Vec<Value>)> = layer.features.iter().map(|f| (f.rings.as_ref(), f.values.clone())).collect();
    let written = ShapefileLayer { kind: GeometryKind::Area, crs: &layer.crs, fields: &layer.fields, features };
    let files = shapefile_bytes(&written, layer.profile)?.files.into_iter();
    let wanted = files.filter(|(extension, _)| layer.has_prj || *extension != "prj");
    Ok(wanted.map(|(extension, bytes)| (format!("{}.{extension}", layer.file), bytes)).collect())
}

/// Writes the sample's files into a folder, made when it is not there; gives their paths, in the order of their writing.
///
/// # Errors
/// When a file cannot be written. Files of the same name are replaced: whoever calls asks first.
pub fn write_sample(dir: &Path, options: SampleOptions) -> Result<Vec<PathBuf>, SampleError> {
    make_folder(dir)?;
    let mut paths = Vec::new();
    for (name, bytes) in sample_files(options)? {
        let path = dir.join(name);
        write_atomically(&path, &bytes)?;
        paths.push(path);
    }
    Ok(paths)
}

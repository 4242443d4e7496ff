//! What a file is: format, system, counts, extent, areas, and everything the data doctor found.

use super::open::{crs_words, kind_key, lon_lat};
use super::verdict_json::message;
use super::{Input, OpenError, gather};
use crate::crs::Crs;
use crate::geom::BBox;
use crate::io::Soundness;
use crate::model::{Field, FieldKind, Role};
use crate::task::Progress;
use crate::text::Message;
use serde_json::{Value, json};
use std::sync::Arc;

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct Info {
    pub file: String,
    pub format: &'static str,
    /// Text key of what it holds.
    pub kind_key: &'static str,
    pub features: usize,
    pub source_crs: Option<Crs>,
    /// The plane it was measured in.
    pub plane: Crs,
    /// In metres of the plane; empty without geometry.
    pub extent: BBox,
    /// In degrees.
    pub lon_lat: Option<BBox>,
    /// Sum over the sound areas, in m²; overlaps counted as often as they occur.
    pub area_m2: f64,
    pub soundness: Soundness,
    pub hash: Option<[u8; 32]>,
    pub fields: Arc<[Field]>,
    /// What the reader and the intake found and did, in order.
    pub notes: Vec<Message>,
}

/// # Errors
/// When the file cannot be used at all.
pub fn info(input: &Input, progress: &Progress) -> Result<Option<Info>, OpenError> {
    let gathered = gather(&[(Role::Backdrop, input.clone())], progress)?;
    let plane = gathered.contents.crs.clone();
    let Some((one, layer)) = gathered.layers.first().and_then(|one| Some((one, gathered.contents.layer(one.id)?))) else { return Ok(None) };
    let extent = layer.bbox();
    Ok(Some(Info {
        file: layer.provenance.file.to_string(),
        format: layer.provenance.format,
        kind_key: kind_key(layer.base().kind()),
        features: layer.len(),
        source_crs: layer.provenance.source_crs.clone(),
        lon_lat: lon_lat(&plane, extent),
        extent,
        area_m2: layer.features().filter_map(|f| f.shape().map(|s| s.area_m2())).sum(),
        soundness: one.soundness.clone(),
        hash: layer.provenance.file_hash,
        fields: layer.fields.clone(),
        notes: layer.provenance.notes.clone(),
        plane,
    }))
}

/// BLAKE3 as 64 hexadecimal digits.
pub fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Name of a system for people, the same in both languages.
pub fn crs_name(crs: &Crs) -> String {
    crs_words(crs)
}

/// Codes and raw numbers.
pub fn json(infos: &[Info]) -> Value {
    let corners = |b: &BBox| json!([b.min[0], b.min[1], b.max[0], b.max[1]]);
    let inputs = infos.iter().map(|info| {
        json!({
            "file": info.file,
            "format": info.format,
            "kind": info.kind_key.rsplit('_').next(),
            "features": info.features,
            "crs": info.source_crs.as_ref().map(Crs::label),
            "plane": info.plane.label(),
            "extent": (!info.extent.is_empty()).then(|| corners(&info.extent)),
            "lon_lat": info.lon_lat.as_ref().map(corners),
            "area_m2": info.area_m2,
            "sound": info.soundness.sound,
            "unsound_records": info.soundness.unsound,
            "empty_records": info.soundness.empty,
            "blake3": info.hash.as_ref().map(hex),
            "fields": info.fields.iter().map(|f| json!({
                "name": &*f.name, "kind": kind(f.kind), "width": f.width, "decimals": f.decimals,
            })).collect::<Vec<_>>(),
            "notes": info.notes.iter().map(message).collect::<Vec<_>>(),
        })
    });
    json!({ "schema": "luodi.info/1", "inputs": inputs.collect::<Vec<_>>() })
}

fn kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Int => "int",
        FieldKind::Real => "real",
        FieldKind::Decimal => "decimal",
        FieldKind::Date => "date",
        FieldKind::Bool => "bool",
    }
}

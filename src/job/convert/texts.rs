//! Boundary-point TXT by a profile: one file, or one a parcel in a folder.

use super::features::Features;
use super::{Conversion, ConvertFormat};
use crate::geom::{RingsRef, Shape};
use crate::io::{TxtParcel, TxtProfile, WriteError, listed, parcel_txt_bytes};
use crate::model::{GeometryKind, field_named};
use crate::text::Message;
use std::collections::HashSet;
use std::path::PathBuf;

/// Whether the output is named as one file.
pub(super) fn is_file(order: &Conversion) -> bool {
    ConvertFormat::of_path(&order.out).is_some()
}

/// The words of one parcel.
#[derive(Default)]
struct Words {
    id: String,
    name: String,
    purpose: String,
    code: String,
    sheet: String,
}

pub(super) fn files(order: &Conversion, features: &Features<'_>, notes: &mut Vec<Message>) -> Result<Vec<(PathBuf, Vec<u8>)>, WriteError> {
    if features.kind != GeometryKind::Area {
        return Err(WriteError(Message::new("io.write_txt_areas").with("file", features.file.clone())));
    }
    let broken = |e: crate::io::ProfileError| WriteError(Message::new("io.profile_wrong").with("cause", e.to_string()));
    let mut profile = order.profile.clone().map_or_else(|| TxtProfile::standard().map_err(broken), Ok)?;
    if let Some(label) = &order.encoding {
        profile =
            profile.in_encoding(label).ok_or_else(|| WriteError(Message::new("io.write_encoding").with("encoding", label.clone())))?;
    }
    let column = |key: &str| {
        let own = order.input.settings.options.fields.iter().find(|(meaning, _)| meaning == key).map(|(_, field)| field.as_str());
        let usual = profile.sources(key).iter().map(String::as_str);
        let names: Vec<&str> = own.into_iter().filter(|_| !profile.sources(key).is_empty()).chain(usual).collect();
        field_named(&features.fields, &names)
    };
    let columns = ["id", "name", "purpose", "code", "sheet"].map(column);
    let dropped: Vec<&str> =
        (0..features.fields.len()).filter(|c| !columns.contains(&Some(*c))).map(|c| &*features.fields[c].name).collect();
    if !dropped.is_empty() {
        notes.push(
            Message::new("convert.txt_fields")
                .with("profile", profile.name.clone())
                .with("count", dropped.len())
                .with("fields", dropped.join(", ")),
        );
    }
    let empty: Vec<usize> = (0..features.len()).filter(|row| features.rings(*row).is_empty()).collect();
    if !empty.is_empty() {
        let records: Vec<usize> = empty.iter().map(|row| row + 1).collect();
        notes.push(Message::new("convert.txt_empty").with("count", empty.len()).with("records", listed(&records)));
    }
    let rows: Vec<usize> = (0..features.len()).filter(|row| !features.rings(*row).is_empty()).collect();
    let words: Vec<Words> = rows
        .iter()
        .map(|row| {
            let [id, name, purpose, code, sheet] = columns.map(|c| c.map(|c| features.value(*row, c).to_string()).unwrap_or_default());
            Words { id, name, purpose, code, sheet }
        })
        .collect();
    let parcels: Vec<(TxtParcel<'_>, RingsRef<'_>)> =
        rows.iter().zip(&words).map(|(row, words)| parcel(words, features.rings(*row))).collect();
    if !profile.one_file_each {
        return Ok(vec![(order.out.clone(), parcel_txt_bytes(&parcels, &features.crs, &order.head, &profile)?)]);
    }
    if is_file(order) {
        if parcels.len() > 1 {
            let message =
                Message::new("convert.txt_folder").with("profile", profile.name.clone()).with("file", order.out.display().to_string());
            return Err(WriteError(message));
        }
        return Ok(vec![(order.out.clone(), parcel_txt_bytes(&parcels, &features.crs, &order.head, &profile)?)]);
    }
    let mut taken = HashSet::new();
    let each = parcels.iter().zip(&rows).map(|(one, row)| {
        let bytes = parcel_txt_bytes(std::slice::from_ref(one), &features.crs, &order.head, &profile)?;
        let name = file_stem(one.0.id, *row, &mut taken);
        Ok((order.out.join(format!("{name}.txt")), bytes))
    });
    each.collect()
}

fn parcel<'a>(words: &'a Words, rings: RingsRef<'a>) -> (TxtParcel<'a>, RingsRef<'a>) {
    let area_m2 = Shape::mend(rings).map(|(shape, _)| shape.area_m2());
    let Words { id, name, purpose, code, sheet } = words;
    (TxtParcel { id, name, purpose, code, sheet, area_m2 }, rings)
}

/// The id as the name of a file, each once; the number of the feature where it has none.
fn file_stem(id: &str, row: usize, taken: &mut HashSet<String>) -> String {
    let safe: String = id.trim().chars().map(|c| if c.is_control() || "\\/:*?\"<>|".contains(c) { '_' } else { c }).collect();
    let name = if safe.trim_matches(['.', ' ']).is_empty() { (row + 1).to_string() } else { safe };
    let mut unique = name.clone();
    let mut number = 1;
    while !taken.insert(unique.to_lowercase()) {
        number += 1;
        unique = format!("{name}_{number}");
    }
    unique
}

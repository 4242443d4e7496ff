//! One file as another: read, put into the system asked for, written whole or not at all, with every loss said.

mod features;
mod shapefiles;
mod tables;
mod texts;

use self::features::Features;
use super::open::crs_refusal;
use super::{Input, OpenError};
use crate::crs::{Crs, Kind};
use crate::io::{
    Cell, DxfFeature, DxfLayer, GeoJsonWriter, GpkgWriter, KmlLayer, PartFile, TextProfile, TxtHead, TxtProfile, WriteError, check_output,
    dxf_bytes, json_value, kml_bytes, make_folder,
};
use crate::model::{Layer, Value, field_named};
use crate::task::Progress;
use crate::text::Message;
use std::path::{Path, PathBuf};

/// A format that is written, told by the extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConvertFormat {
    Shapefile,
    GeoJson,
    Gpkg,
    Csv,
    Xlsx,
    Txt,
    Kml,
    Dxf,
}

/// How a table of features is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableForm {
    /// A row a feature, its geometry as well-known text.
    Wkt,
    /// A row a point.
    Points,
}

/// What is to be written where.
#[derive(Clone, Debug)]
pub struct Conversion {
    pub input: Input,
    pub out: PathBuf,
    pub format: ConvertFormat,
    /// `None`: the system of the source; for GeoJSON longitude and latitude, for KML too.
    pub to: Option<Crs>,
    /// For a TXT.
    pub profile: Option<TxtProfile>,
    /// For a table.
    pub form: Option<TableForm>,
    /// Label of the encoding that is written, where the format leaves a choice.
    pub encoding: Option<String>,
    pub head: TxtHead,
    pub force: bool,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Converted {
    pub files: Vec<PathBuf>,
    pub features: usize,
    pub crs: Crs,
    /// How the source was read, and everything that the format could not keep.
    pub notes: Vec<Message>,
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConvertError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl ConvertError {
    pub fn message(&self) -> &Message {
        match self {
            Self::Open(error) => error.message(),
            Self::Write(error) => &error.0,
        }
    }
}

const FORMATS: [(ConvertFormat, &str); 9] = [
    (ConvertFormat::Shapefile, "shp"),
    (ConvertFormat::GeoJson, "geojson"),
    (ConvertFormat::GeoJson, "json"),
    (ConvertFormat::Gpkg, "gpkg"),
    (ConvertFormat::Csv, "csv"),
    (ConvertFormat::Xlsx, "xlsx"),
    (ConvertFormat::Txt, "txt"),
    (ConvertFormat::Kml, "kml"),
    (ConvertFormat::Dxf, "dxf"),
];

impl ConvertFormat {
    /// By the extension.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_lowercase();
        FORMATS.iter().find(|(_, known)| *known == extension).map(|(format, _)| *format)
    }

    /// The extensions that are known.
    pub fn extensions() -> impl Iterator<Item = &'static str> {
        FORMATS.iter().map(|(_, extension)| *extension)
    }
}

impl TableForm {
    /// By the name that `--profile` has for it.
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "wkt" => Some(Self::Wkt),
            "points" => Some(Self::Points),
            _ => None,
        }
    }
}

/// Files that are whole and wait for their places.
struct Parts(Vec<(PathBuf, PartFile)>);

impl Parts {
    fn of_bytes(files: Vec<(PathBuf, Vec<u8>)>) -> Result<Self, WriteError> {
        let part = |(path, bytes): (PathBuf, Vec<u8>)| {
            let mut part = PartFile::create(&path)?;
            part.write(&bytes)?;
            Ok((path, part))
        };
        files.into_iter().map(part).collect::<Result<_, _>>().map(Self)
    }

    /// The last one takes its place last: the `.shp` never stands without the others.
    fn commit(self) -> Result<Vec<PathBuf>, WriteError> {
        let commit = |(path, part): (PathBuf, PartFile)| part.commit().map(|()| path);
        self.0.into_iter().map(commit).collect()
    }
}

/// Reads, transforms and writes. `place`: where data is expected, see [`super::open_layer`].
///
/// # Errors
/// When the source cannot be read, lies in no certain system or cannot be put into the one asked for; when the format cannot
/// hold it; when an output is there already or belongs to the source. Nothing was written then.
pub fn convert(order: &Conversion, place: crate::geom::BBox, progress: &Progress) -> Result<Converted, ConvertError> {
    let each = order.format == ConvertFormat::Txt && order.profile.as_ref().is_some_and(|p| p.one_file_each) && !texts::is_file(order);
    if !each {
        check_output(&order.out, &sources(order), order.force)?;
    }
    write(order, &Features::read(order, place, progress)?, each, progress)
}

/// Writes a layer of a workspace as it stands, edits included; of `order.input` the path is only kept from being written over.
///
/// `crs`: the workspace's.
///
/// # Errors
/// As [`convert`].
pub fn convert_layer(order: &Conversion, layer: &Layer, crs: &Crs, progress: &Progress) -> Result<Converted, ConvertError> {
    check_output(&order.out, &sources(order), order.force)?;
    write(order, &Features::of_layer(order, layer, crs, progress)?, false, progress)
}

/// What must not be written over.
fn sources(order: &Conversion) -> Vec<&Path> {
    Some(order.input.path.as_path()).filter(|path| !path.as_os_str().is_empty()).into_iter().collect()
}

/// `each`: a file a parcel, in a folder.
fn write(order: &Conversion, features: &Features<'_>, each: bool, progress: &Progress) -> Result<Converted, ConvertError> {
    let sources = sources(order);
    let free = |path: &Path| check_output(path, &sources, order.force);
    let mut notes = features.notes.clone();
    let files = match order.format {
        ConvertFormat::Shapefile => shapefiles::files(order, features, &mut notes)?,
        ConvertFormat::GeoJson => vec![(order.out.clone(), geojson(features)?)],
        ConvertFormat::Kml => vec![(order.out.clone(), kml(features)?)],
        ConvertFormat::Dxf => vec![(order.out.clone(), dxf(order, features, &mut notes)?)],
        ConvertFormat::Csv => vec![(order.out.clone(), tables::csv(order, features, &mut notes)?)],
        ConvertFormat::Txt => texts::files(order, features, &mut notes)?,
        ConvertFormat::Gpkg | ConvertFormat::Xlsx => Vec::new(),
    };
    files.iter().try_for_each(|(path, _)| free(path))?;
    if progress.is_cancelled() {
        return Err(OpenError::Read(Message::new("io.cancelled").with("file", features.file.clone())).into());
    }
    let parts = match order.format {
        ConvertFormat::Gpkg => Parts(vec![(order.out.clone(), gpkg(order, features)?)]),
        ConvertFormat::Xlsx => Parts(vec![(order.out.clone(), tables::xlsx(order, features, &mut notes)?)]),
        _ => {
            if each {
                make_folder(&order.out)?;
            }
            Parts::of_bytes(files)?
        }
    };
    Ok(Converted { files: parts.commit()?, features: features.len(), crs: features.crs.clone(), notes })
}

/// With the member `crs` where the numbers are not what the standard says: longitude and latitude.
fn geojson(features: &Features<'_>) -> Result<Vec<u8>, WriteError> {
    let degrees = features.crs.kind() == Ok(Kind::Geographic);
    let world = [Crs::CGCS2000_LON_LAT, Crs::WGS84_LON_LAT].contains(&features.crs);
    let mut members = Vec::new();
    if !(degrees && world) {
        let code = features.crs.epsg().ok_or_else(|| WriteError(Message::new("io.write_geojson_crs").with("crs", features.crs.label())))?;
        let name = serde_json::json!({"type": "name", "properties": {"name": format!("urn:ogc:def:crs:EPSG::{code}")}});
        members.push(("crs", name));
    }
    let mut out = GeoJsonWriter::new(&members);
    let names = features.names_once(|name| name.to_owned());
    for row in 0..features.len() {
        let properties = names.iter().enumerate().map(|(column, name)| (name.as_str(), json_value(&features.value(row, column))));
        out.push(features.kind, features.rings(row), properties);
    }
    Ok(out.finish())
}

/// In degrees of WGS 84, which KML alone knows.
fn kml(features: &Features<'_>) -> Result<Vec<u8>, WriteError> {
    if ![Crs::CGCS2000_LON_LAT, Crs::WGS84_LON_LAT].contains(&features.crs) {
        return Err(WriteError(Message::new("io.write_kml_crs").with("crs", features.crs.label())));
    }
    let rows = (0..features.len()).map(|row| (features.rings(row), features.values(row))).collect();
    let (name, fields) = (features.stem.as_str(), &*features.fields);
    Ok(kml_bytes(&KmlLayer { name, kind: features.kind, fields, name_column: features.name_column(), features: rows }))
}

/// Names alone go along; the rest is said.
fn dxf(order: &Conversion, features: &Features<'_>, notes: &mut Vec<Message>) -> Result<Vec<u8>, WriteError> {
    if features.crs.kind() == Ok(Kind::Geographic) {
        return Err(WriteError(Message::new("io.write_dxf_crs").with("crs", features.crs.label())));
    }
    let own = order.input.settings.options.fields.iter().find(|(meaning, _)| meaning == "name");
    let column = own.and_then(|(_, field)| field_named(&features.fields, &[field])).or_else(|| features.name_column());
    let names: Vec<String> =
        (0..features.len()).map(|row| column.map(|c| features.value(row, c).to_string()).unwrap_or_default()).collect();
    let rows = names.iter().enumerate().map(|(row, name)| DxfFeature { rings: features.rings(row), name }).collect();
    let drawing = dxf_bytes(&[DxfLayer { name: &features.stem, kind: features.kind, features: rows }])?;
    notes.extend(drawing.notes);
    Ok(drawing.bytes)
}

fn gpkg(order: &Conversion, features: &Features<'_>) -> Result<PartFile, WriteError> {
    let mut writer = GpkgWriter::create(&order.out, &features.crs)?;
    // SQLite tells no upper from lower case, and these two are the table's own.
    let names = features.names_once(|name| match name.to_lowercase().as_str() {
        "fid" | "geom" => format!("{name}_"),
        _ => name.to_owned(),
    });
    let columns: Vec<(&str, _)> = names.iter().zip(&*features.fields).map(|(name, field)| (name.as_str(), field.kind)).collect();
    let table = writer.add_table(&features.stem, &features.stem, features.kind, &columns)?;
    for row in 0..features.len() {
        let values = features.values(row);
        let words: Vec<String> = values.iter().map(|v| if let Value::Date(d) = v { d.to_string() } else { String::new() }).collect();
        let cells = values.iter().zip(&words).map(|(value, day)| match value {
            Value::Null => Cell::Null,
            Value::Text(s) | Value::Decimal(s) => Cell::Text(s),
            Value::Int(n) => Cell::Int(*n),
            Value::Real(x) => Cell::Real(*x),
            Value::Bool(b) => Cell::Int(i64::from(*b)),
            Value::Date(_) => Cell::Text(day),
        });
        let rings = features.rings(row);
        writer.push(table, (!rings.is_empty()).then_some(rings), &cells.collect::<Vec<_>>())?;
    }
    writer.finish()
}

/// The encoding of a shapefile's texts.
fn text_profile(order: &Conversion) -> Result<TextProfile, WriteError> {
    let Some(label) = &order.encoding else { return Ok(TextProfile::default()) };
    TextProfile::by_label(label).ok_or_else(|| WriteError(Message::new("io.write_encoding").with("encoding", label.clone())))
}

/// Why a source cannot be put into the system asked for.
fn no_way(file: &str, error: &crate::crs::CrsError) -> ConvertError {
    OpenError::Read(crs_refusal(error).with("file", file)).into()
}

//! Shapefiles for other programs: outer rings clockwise, closed, with `.prj` and `.cpg`.

use super::dbf_write::{DbfTable, TextProfile};
use super::files::{WriteError, write_atomically};
use crate::crs::Crs;
use crate::geom::{Point, RingsRef};
use crate::model::{Field, GeometryKind, Value};
use crate::text::Message;
use ::shapefile::record::{EsriShape, Multipoint, Point as ShpPoint, Polygon, PolygonRing, Polyline};
use ::shapefile::{Error, ShapeWriter};
use std::io::Cursor;
use std::path::Path;

/// A layer to be written: features in order, with their values in the order of the fields.
#[derive(Debug)]
pub struct ShapefileLayer<'a> {
    pub kind: GeometryKind,
    pub crs: &'a Crs,
    pub fields: &'a [Field],
    pub features: Vec<(RingsRef<'a>, Vec<Value>)>,
}

/// The files of a shapefile by extension, and what had to be changed to fit the format.
#[derive(Debug)]
pub struct ShapefileBytes {
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// Names of the fields as they were written.
    pub names: Vec<String>,
    pub notes: Vec<Message>,
}

/// The files a shapefile at `path` consists of when written here.
pub const WRITTEN: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// # Errors
/// When the layer is a table, exceeds the format's 2 GB, or its system has no Esri text.
pub fn shapefile_bytes(layer: &ShapefileLayer<'_>, profile: TextProfile) -> Result<ShapefileBytes, WriteError> {
    let refused = |code| WriteError(Message::new(code));
    let points: usize = layer.features.iter().map(|(rings, _)| rings.coords().len() + rings.ring_count() + 8).sum();
    if points > i32::MAX as usize / 16 {
        return Err(refused("io.write_too_large"));
    }
    if layer.fields.len() > 255 {
        return Err(refused("io.write_too_many_fields"));
    }
    let rows: Vec<&[Value]> = layer.features.iter().map(|(_, values)| values.as_slice()).collect();
    let table = DbfTable::new(layer.fields, &rows, profile);
    if table.bytes() > i32::MAX as usize {
        return Err(refused("io.write_too_large"));
    }
    let (shp, shx) = match layer.kind {
        GeometryKind::Area => shapes(layer, polygon, |p| Polygon::new(PolygonRing::Outer(vec![shp_point(p); 4]))),
        GeometryKind::Line => shapes(layer, line, |p| Polyline::new(vec![shp_point(p); 2])),
        GeometryKind::Point if layer.features.iter().all(|(rings, _)| rings.coords().len() <= 1) => {
            shapes(layer, |rings| rings.coords().first().map(|p| shp_point(*p)), shp_point)
        }
        GeometryKind::Point => shapes(layer, points_of, |p| Multipoint::new(vec![shp_point(p)])),
        GeometryKind::None => return Err(refused("io.write_no_geometry")),
    }
    .map_err(|e| WriteError(Message::new("io.write_shape_failed").with("cause", e.to_string())))?;
    let prj = layer.crs.esri_wkt().map_err(|_| WriteError(Message::new("io.write_no_prj").with("crs", layer.crs.label())))?;
    let (dbf, notes) = table.write(&rows);
    let names = table.names();
    let files = vec![("shp", shp), ("shx", shx), ("dbf", dbf), ("prj", prj.into_bytes()), ("cpg", profile.cpg().into())];
    Ok(ShapefileBytes { files, names, notes })
}

/// Writes the files beside each other, each whole or not at all; the `.shp` last, so that it never stands without the others.
///
/// # Errors
/// As [`write_atomically`].
pub fn write_shapefile(path: &Path, bytes: &ShapefileBytes) -> Result<(), WriteError> {
    for (extension, bytes) in bytes.files.iter().rev() {
        write_atomically(&path.with_extension(extension), bytes)?;
    }
    Ok(())
}

/// `.shp` and `.shx`. The crate writes no null shapes among others: a stand-in is written and then made null.
fn shapes<S: EsriShape>(
    layer: &ShapefileLayer<'_>,
    shape: impl Fn(RingsRef<'_>) -> Option<S>,
    stand_in: impl Fn(Point) -> S,
) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let somewhere = layer.features.iter().find_map(|(rings, _)| rings.coords().first()).copied().unwrap_or([0.0; 2]);
    let (mut shp, mut shx) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
    let mut nulls = Vec::new();
    let mut writer = ShapeWriter::with_shx(&mut shp, &mut shx);
    for (i, (rings, _)) in layer.features.iter().enumerate() {
        let shape = shape(*rings);
        if shape.is_none() {
            nulls.push(i);
        }
        writer.write_shape(&shape.unwrap_or_else(|| stand_in(somewhere)))?;
    }
    writer.finalize()?;
    drop(writer);
    let (mut shp, shx) = (shp.into_inner(), shx.into_inner());
    for i in nulls {
        let entry = |at: usize| super::bytes::i32_be(&shx, 100 + 8 * i + at).and_then(|w| usize::try_from(w).ok()).map(|w| 2 * w);
        if let (Some(at), Some(length)) = (entry(0), entry(4))
            && let Some(content) = shp.get_mut(at + 8..at + 8 + length)
        {
            content.fill(0);
        }
    }
    Ok((shp, shx))
}

fn shp_point(p: Point) -> ShpPoint {
    ShpPoint::new(p[0], p[1])
}

/// The crate closes rings and winds them by what they are. In a part the first ring is the outer one; of the others
/// those that are wound like it are outer rings too.
fn polygon(rings: RingsRef<'_>) -> Option<Polygon> {
    let mut out = Vec::new();
    for part in 0..rings.part_count() {
        let mut outer_sign = 0.0;
        for (i, ring) in rings.part(part).map(|i| rings.ring(i)).filter(|ring| !ring.is_empty()).enumerate() {
            let points = ring.iter().map(|p| shp_point(*p)).collect();
            let sign = winding(ring);
            if i == 0 {
                outer_sign = sign;
            }
            out.push(if i == 0 || sign == outer_sign { PolygonRing::Outer(points) } else { PolygonRing::Inner(points) });
        }
    }
    (!out.is_empty()).then(|| Polygon::with_rings(out))
}

/// 1 for counter-clockwise, −1 for clockwise.
pub(super) fn winding(ring: &[Point]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    let relative = |p: &Point| [p[0] - origin[0], p[1] - origin[1]];
    let twice: f64 = ring.windows(2).map(|w| (relative(&w[0]), relative(&w[1]))).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
    twice.signum()
}

fn line(rings: RingsRef<'_>) -> Option<Polyline> {
    let parts: Vec<Vec<ShpPoint>> = rings.rings().filter(|l| l.len() >= 2).map(|l| l.iter().map(|p| shp_point(*p)).collect()).collect();
    (!parts.is_empty()).then(|| Polyline::with_parts(parts))
}

fn points_of(rings: RingsRef<'_>) -> Option<Multipoint> {
    (!rings.is_empty()).then(|| Multipoint::new(rings.coords().iter().map(|p| shp_point(*p)).collect()))
}

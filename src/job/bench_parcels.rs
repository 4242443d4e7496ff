//! Yardstick tasks of a million parcels: T1, opened, decoded and indexed, and T4, reprojected and measured.

use super::bench::{BenchError, Rows, fixed, sorted};
use super::{Input, gather};
use crate::geom::{BBox, ellipsoidal_area_m2};
use crate::model::{Column, Layer, Role, field_named};
use crate::rules::CheckError;
use crate::task::{Outcome, Progress, blocks_in_order, discard};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// Parcels of which a thread writes the answers in one go.
const BLOCK: usize = 4096;

fn parcels(path: &Path, progress: &Progress) -> Result<(Arc<Layer>, crate::crs::Crs), BenchError> {
    let gathered = gather(&[(Role::Parcels, Input::file(path))], progress)?;
    let layer = gathered.contents.layers_of(Role::Parcels).next().map(|(_, layer)| layer.clone());
    Ok((layer.ok_or(CheckError::NoPlan)?, gathered.contents.crs))
}

/// Answers of T1: `key,value`; the parcels whose boxes meet each of a hundred windows, their count, the sum of their stated
/// areas, the count of their vertices as a file has them, closing ones included, and how many are paddy fields.
pub(super) fn opening(data: &Path, progress: &Progress) -> Result<String, BenchError> {
    let (layer, _) = parcels(&data.join("parcels_1m.shp"), progress)?;
    let base = layer.base();
    let mut csv = String::from("key,value\n");
    for i in 0..100 {
        let (column, row) = (f64::from(i % 10), f64::from(i / 10));
        let corner = [40_425_000.0 + 15_000.0 * column, 3_955_000.0 + 12_000.0 * row];
        let window = BBox { min: corner, max: [corner[0] + 2000.0, corner[1] + 1500.0] };
        // Writing into a text cannot fail.
        let _ = writeln!(csv, "w{i:03},{}", base.meeting(window).len());
    }
    let column = |name: &str| field_named(&layer.fields, &[name]).and_then(|c| base.columns().get(c));
    let sum = |column: &Column| (0..base.len()).filter_map(|row| column.value(row).number()).sum::<f64>();
    let area_m2 = column("面积").map_or(f64::NAN, sum);
    let paddies = column("地类名称").map_or(0, |c| (0..base.len()).filter(|row| c.text(*row) == Some("水田")).count());
    let vertices: usize = (0..base.len()).map(|row| base.rings(row)).map(|rings| rings.coords().len() + rings.ring_count()).sum();
    let _ = write!(csv, "count,{}\nsum_area,{area_m2:.2}\nsum_vertices,{vertices}\nsum_paddy,{paddies}\n", base.len());
    discard(layer);
    Ok(csv)
}

/// Answers of T4: `id,planar,ellipsoidal` sorted by id, in m², of parcels in degrees brought to their plane.
pub(super) fn measuring(data: &Path, threads: usize, progress: &Progress) -> Result<String, BenchError> {
    let (layer, crs) = parcels(&data.join("parcels_1m_4490.shp"), progress)?;
    let (base, plane) = (layer.base(), crs.gauss_kruger());
    let id = field_named(&layer.fields, &["地块编号"]).and_then(|c| base.columns().get(c));
    let measured = |row: usize, line: &mut String| {
        let shape = base.shape(row);
        for m2 in [shape.map(|s| s.area_m2()), shape.zip(plane).map(|(s, plane)| ellipsoidal_area_m2(s, plane))] {
            line.push(',');
            fixed::<4>(m2.unwrap_or(f64::NAN), line);
        }
    };
    let rows = |start: usize| {
        let mut block = Rows::default();
        for row in start..base.len().min(start + BLOCK) {
            block.line(id.and_then(|ids| ids.text(row)).unwrap_or(""), |line| measured(row, line));
        }
        block
    };
    let mut starts = (0..base.len()).step_by(BLOCK);
    let mut blocks = Vec::new();
    let mut crashed = None;
    let whole = blocks_in_order(
        || starts.next(),
        threads,
        progress,
        rows,
        |done| match done {
            Outcome::Done(block) => blocks.push(block),
            Outcome::Crashed(why) => crashed = Some(why),
        },
    );
    match (whole, crashed) {
        (true, None) => Ok(sorted("id,planar,ellipsoidal", &blocks)),
        _ => Err(BenchError::Cancelled),
    }
}

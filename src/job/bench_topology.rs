//! Yardstick tasks of whole layers: T3, the land of two versions of a plan, and T7, gaps and overlaps among parcels.

use super::bench::BenchError;
use super::{Input, gather};
use crate::geom::{CoverageLimits, ShapeRef, coverage_faults};
use crate::model::{Contents, FeatureRef, Layer, Role, field_named};
use crate::rules::CheckError;
use crate::task::Progress;
use crate::tracking::plan_difference;
use std::fmt::Write;
use std::path::Path;

/// Answers of T3: `plan,district,planar_m2,ellipsoidal_m2`; what each version covers, what was withdrawn, added and kept,
/// for all clusters and for each district.
pub(super) fn difference(data: &Path, threads: usize, progress: &Progress) -> Result<String, BenchError> {
    let file = |name| Input::file(data.join(name));
    let gathered = gather(&[(Role::Plan, file("zones.shp")), (Role::Plan, file("plan2015.shp"))], progress)?;
    let (Some(new), Some(old)) = (gathered.layers.first(), gathered.layers.get(1)) else { return Err(CheckError::NoPlan.into()) };
    let found = plan_difference(&gathered.contents, old.id, new.id, threads, progress)?.ok_or(BenchError::Cancelled)?;
    let mut rows: Vec<String> = Vec::new();
    let named = found.districts.iter().map(|d| (&*d.name, &d.change));
    for (district, change) in std::iter::once(("ALL", &found.total)).chain(named) {
        let lands =
            [("new", change.new), ("old", change.old), ("withdrawn", change.withdrawn()), ("added", change.added()), ("kept", change.kept)];
        for (plan, area) in lands {
            let ellipsoidal = area.ellipsoidal_m2.map_or(String::new(), |m2| format!("{m2:.3}"));
            rows.push(format!("{plan},{district},{:.3},{ellipsoidal}\n", area.planar_m2));
        }
    }
    rows.sort();
    Ok(String::from("plan,district,planar_m2,ellipsoidal_m2\n") + &rows.concat())
}

/// Answers of T7: `kind,a,b,area`; overlaps by the numbers of the two parcels, then gaps, smallest first.
pub(super) fn coverage(data: &Path, size: &str, threads: usize, progress: &Progress) -> Result<String, BenchError> {
    let gathered = gather(&[(Role::Parcels, Input::file(data.join(format!("parcels_{size}.shp"))))], progress)?;
    let layer = layer(&gathered.contents, Role::Parcels)?;
    let parcels: Vec<(FeatureRef<'_>, ShapeRef<'_>)> = layer.features().filter_map(|f| f.shape().map(|shape| (f, shape))).collect();
    let shapes: Vec<ShapeRef<'_>> = parcels.iter().map(|(_, shape)| *shape).collect();
    let found = coverage_faults(&shapes, CoverageLimits::default(), threads, progress).ok_or(BenchError::Cancelled)?;
    let number = field_named(&layer.fields, &["地块编号"]);
    let id = |i: usize| number.map_or(String::new(), |column| parcels[i].0.value(column).to_string());
    let mut rows: Vec<String> = Vec::new();
    for overlap in &found.overlaps {
        let mut ids = overlap.pair.map(id);
        ids.sort();
        rows.push(format!("overlap,{},{},{:.3}\n", ids[0], ids[1], overlap.area_m2));
    }
    rows.sort();
    let mut csv = String::from("kind,a,b,area\n") + &rows.concat();
    let mut gaps: Vec<f64> = found.gaps.iter().map(|gap| gap.area_m2).collect();
    gaps.sort_by(f64::total_cmp);
    for area_m2 in gaps {
        // Writing into a text cannot fail.
        let _ = writeln!(csv, "gap,,,{area_m2:.3}");
    }
    Ok(csv)
}

fn layer(contents: &Contents, role: Role) -> Result<&Layer, BenchError> {
    contents.layers_of(role).next().map(|(_, layer)| &**layer).ok_or_else(|| CheckError::NoPlan.into())
}

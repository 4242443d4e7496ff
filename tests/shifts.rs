//! Files of old datums and local systems: refused without parameters, brought over by a person's own.

use luodi::crs::{Crs, Transform};
use luodi::geom::{Point, Rings};
use luodi::io::{ShapefileLayer, TextProfile, shapefile_bytes, write_shapefile};
use luodi::job::{Input, gather, inspect};
use luodi::model::{GeometryKind, Role};
use luodi::task::Progress;
use std::path::Path;

const PARCEL: [Point; 4] = [[500_000.0, 3_990_000.0], [500_200.0, 3_990_000.0], [500_200.0, 3_990_150.0], [500_000.0, 3_990_150.0]];

fn parcel(folder: &Path, crs: &Crs) -> Input {
    let rings = Rings::simple(&PARCEL);
    let layer = ShapefileLayer { kind: GeometryKind::Area, crs, fields: &[], features: vec![(rings.as_ref(), Vec::new())] };
    let path = folder.join("宗地.shp");
    write_shapefile(&path, &shapefile_bytes(&layer, TextProfile::Gbk).unwrap()).unwrap();
    Input::file(path)
}

fn shifted(folder: &Path, input: &Input, from: &str) -> Input {
    let file = folder.join("参数.toml");
    let four = "[four]\neast_m = 100.0\nnorth_m = -20.0\nrotation_arcsec = 0.0\nscale = 1.0\n";
    std::fs::write(&file, format!("{from}to = \"EPSG:4549\"\n{four}")).unwrap();
    let mut input = input.clone();
    input.settings.shift = Some(file);
    input
}

#[test]
fn an_old_datum_comes_over_by_parameters_alone() {
    let folder = tempfile::tempdir().unwrap();
    let old = parcel(folder.path(), &Crs::Epsg(2385));
    let refused = gather(&[(Role::Parcels, old.clone())], &Progress::new()).unwrap_err();
    assert_eq!(refused.message().code, "io.crs_datum_shift");

    let mut expected = PARCEL.map(|p| [p[0] + 100.0, p[1] - 20.0]);
    Transform::new(&Crs::Epsg(4549), &Crs::CGCS2000_ZONE_40).unwrap().apply(&mut expected).unwrap();
    let input = shifted(folder.path(), &old, "from = \"EPSG:2385\"\n");
    let gathered = gather(&[(Role::Plan, parcel_in_zone_40(folder.path())), (Role::Parcels, input.clone())], &Progress::new()).unwrap();
    let layer = gathered.contents.layers_of(Role::Parcels).next().unwrap().1;
    let found = layer.features().next().unwrap().rings().bbox();
    let off = |a: Point, b: Point| (a[0] - b[0]).hypot(a[1] - b[1]);
    assert!(off(found.min, expected[0]) < 1e-3 && off(found.max, expected[2]) < 1e-3, "{found:?} {expected:?}");
    assert!(layer.provenance.notes.iter().any(|note| note.code == "shift.used"));

    let seen = inspect(&input, luodi::job::CHINA, &Progress::new()).unwrap();
    assert_eq!(seen.areas.as_ref().map(|a| a.plane_m2.round()), Some(30_000.0));
}

/// A plan beside the parcel, so that the plane is that of zone 40.
fn parcel_in_zone_40(folder: &Path) -> Input {
    let rings = Rings::simple(&PARCEL.map(|p| [p[0] + 40_000_300.0, p[1]]));
    let crs = Crs::CGCS2000_ZONE_40;
    let layer = ShapefileLayer { kind: GeometryKind::Area, crs: &crs, fields: &[], features: vec![(rings.as_ref(), Vec::new())] };
    let path = folder.join("规划.shp");
    write_shapefile(&path, &shapefile_bytes(&layer, TextProfile::Gbk).unwrap()).unwrap();
    Input::file(path)
}

#[test]
fn parameters_of_another_system_are_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let old = parcel(folder.path(), &Crs::Epsg(2385));
    let wrong = shifted(folder.path(), &old, "from = \"EPSG:2437\"\n");
    let refused = gather(&[(Role::Parcels, wrong)], &Progress::new()).unwrap_err();
    assert_eq!(refused.message().code, "shift.other_system");
}

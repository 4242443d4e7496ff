//! What `info` says of a file: found how, measured both ways, every fault by record.

use crate::reading::{QINGDAO, dbf, gbk, shp, square};
use luodi::crs::Crs;
use luodi::job::{Input, Inspection, inspect, inspections_json};
use luodi::task::Progress;
use std::fs;
use std::path::Path;

const E: f64 = 40_508_000.0;
const N: f64 = 4_015_000.0;

fn look(path: &Path) -> Inspection {
    inspect(&Input::file(path), QINGDAO, &Progress::new()).unwrap()
}

fn shapefile(folder: &Path, rings: &[Option<Vec<Vec<[f64; 2]>>>]) -> std::path::PathBuf {
    let path = folder.join("a.shp");
    fs::write(&path, shp(rings)).unwrap();
    let rows: Vec<_> = rings.iter().map(|_| (false, vec![gbk("地块")])).collect();
    fs::write(folder.join("a.dbf"), dbf(0x57, &[(&gbk("名称"), b'C', 10, 0)], &rows)).unwrap();
    path
}

#[test]
fn every_fault_is_named_with_its_records() {
    let folder = tempfile::tempdir().unwrap();
    let bow_tie = vec![[E, N], [E + 100.0, N + 100.0], [E + 100.0, N], [E, N + 100.0], [E, N]];
    let path = shapefile(folder.path(), &[Some(vec![square(E, N, 100.0)]), Some(vec![bow_tie]), None]);
    let inspection = look(&path);
    let settled = inspection.crs.as_ref().unwrap();
    assert_eq!((&settled.crs, settled.how.code), (&Crs::Epsg(4528), "io.crs_guessed"));
    let problems: Vec<_> = inspection.problems.iter().map(|p| (p.key, p.records.clone())).collect();
    assert_eq!(problems, [("problem.no_geometry", vec![3]), ("problem.self_crossing", vec![2])]);
    let areas = inspection.areas.as_ref().unwrap();
    // A bow-tie of two triangles of 2500 m² each.
    assert!((areas.plane_m2 - 15_000.0).abs() < 1e-3, "{areas:?}");
    assert!(areas.ellipsoid_m2.is_some_and(|m2| (m2 - 15_000.0).abs() < 1.0 && m2 != 15_000.0), "{areas:?}");
    let json = inspections_json(&[inspection]);
    assert_eq!(json["schema"], 1);
    let layer = &json["inputs"][0];
    assert_eq!((layer["features"].as_u64(), layer["sound"].as_u64(), layer["crs"].as_str()), (Some(3), Some(1), Some("EPSG:4528")));
    assert_eq!(layer["encoding_how"]["code"], "io.encoding_by_content");
    assert_eq!(layer["problems"][1]["records"][0], 2);
    assert_eq!(layer["extent"][0], E);
    let [west, south] = [0, 1].map(|i| layer["lon_lat"][i].as_f64().unwrap());
    assert!((west - 120.089).abs() < 0.01 && (south - 36.265).abs() < 0.01, "{west} {south}");
}

#[test]
fn an_unknown_system_is_an_answer_with_its_candidates() {
    let folder = tempfile::tempdir().unwrap();
    // Prefix 40 in a place where nobody expects it.
    let path = shapefile(folder.path(), &[Some(vec![square(E, 2_500_000.0, 100.0)])]);
    let inspection = look(&path);
    assert!(inspection.crs.is_none() && inspection.areas.is_none());
    assert_eq!(inspection.question.as_ref().map(|q| q.code), Some("io.crs_none_fits"));
    assert_eq!(inspections_json(&[inspection])["inputs"][0]["crs"], serde_json::Value::Null);
}

#[test]
fn degrees_are_measured_on_the_zone_they_lie_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.geojson");
    let text = r#"{"type":"Polygon","coordinates":[[[120.0,36.0],[120.01,36.0],[120.01,36.01],[120.0,36.01],[120.0,36.0]]]}"#;
    fs::write(&path, text).unwrap();
    let inspection = look(&path);
    let areas = inspection.areas.unwrap();
    assert_eq!(areas.plane, Crs::Epsg(4528));
    // The trapezoid between the parallels on the CGCS2000 ellipsoid, from the series of authalic latitude.
    let (a, f) = (6_378_137.0, 1.0 / 298.257_222_101);
    let e = f64::sqrt(f * (2.0 - f));
    let q = |lat: f64| {
        let s = lat.to_radians().sin();
        (1.0 - e * e) * (s / (1.0 - e * e * s * s) + ((1.0 + e * s) / (1.0 - e * s)).ln() / (2.0 * e))
    };
    let trapezoid = a * a * 0.01f64.to_radians() * (q(36.01) - q(36.0)) / 2.0;
    let m2 = areas.ellipsoid_m2.unwrap();
    // The edges are straight on the plane, not along the parallels: less than a metre's arrow on a kilometre.
    assert!((m2 - trapezoid).abs() < 1.0, "{m2} {trapezoid}");
}

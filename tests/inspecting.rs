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
    assert_eq!(problems, [("problem.no_geometry", vec![3]), ("problem.self_crossing", vec![2]), ("problem.overlap", vec![1, 2])]);
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

#[test]
fn mending_duplicates_overlaps_and_statements_are_told_with_their_areas() {
    let folder = tempfile::tempdir().unwrap();
    let bow_tie = vec![[E, N], [E + 100.0, N + 100.0], [E + 100.0, N], [E, N + 100.0], [E, N]];
    let rings = [
        vec![bow_tie],
        vec![square(E + 200.0, N, 100.0)],
        // The same once more, begun at another corner and with one more on an edge.
        vec![vec![[E + 300.0, N], [E + 200.0, N], [E + 200.0, N + 40.0], [E + 200.0, N + 100.0], [E + 300.0, N + 100.0], [E + 300.0, N]]],
        // Ten metres of it lie on nothing else.
        vec![square(E + 400.0, N, 100.0)],
        vec![square(E + 490.0, N, 100.0)],
    ];
    let path = folder.path().join("a.shp");
    fs::write(&path, shp(&rings.map(Some))).unwrap();
    let fields = [(gbk("编号"), b'C', 4, 0), (gbk("面积"), b'N', 12, 2), (gbk("备注"), b'C', 8, 0)];
    let fields: Vec<_> = fields.iter().map(|(name, kind, width, decimals)| (name.as_slice(), *kind, *width, *decimals)).collect();
    let rows = [("A1", "5000.00"), ("A2", "10000.00"), ("A2", "10000.00"), ("A4", "10400.00"), ("A5", "10000.00")];
    let rows: Vec<_> = rows.iter().map(|(id, m2)| (false, vec![gbk(id), gbk(m2), gbk("")])).collect();
    fs::write(folder.path().join("a.dbf"), dbf(0x57, &fields, &rows)).unwrap();
    let inspection = look(&path);
    let of = |key: &str| inspection.problems.iter().find(|p| p.key == key).unwrap_or_else(|| panic!("{key}: {:?}", inspection.problems));
    let [before, after] = of("problem.self_crossing").areas_m2().unwrap();
    assert!(before.abs() < 1e-6 && (after - 5000.0).abs() < 1e-3, "a bow-tie sums up to nothing: {before} {after}");
    assert_eq!(of("problem.duplicate").records, [2, 3]);
    assert_eq!(of("problem.repeated_id").records, [2, 3]);
    let pairs: Vec<_> = of("problem.overlap").cases.iter().map(|c| (c.records.clone(), c.after_m2.unwrap().round())).collect();
    assert_eq!(pairs, [(vec![2, 3], 10_000.0), (vec![4, 5], 1000.0)]);
    let stated: Vec<_> = of("problem.stated_area").cases.iter().map(|c| (c.records.clone(), c.before_m2.unwrap().round())).collect();
    assert_eq!(stated, [(vec![4], 10_400.0)]);
    assert_eq!(of("problem.empty_field").cases[0].field.as_deref(), Some("备注"));
    let json = inspections_json(std::slice::from_ref(&inspection));
    let overlap = json["inputs"][0]["problems"].as_array().unwrap().iter().find(|p| p["kind"] == "overlap").unwrap();
    assert_eq!(overlap["cases"][1]["records"], serde_json::json!([4, 5]));
    assert_eq!(overlap["cases"][1]["bbox"][0], E + 490.0);
}

#[test]
fn slivers_needles_and_gaps_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let ring = |points: &[[f64; 2]]| {
        let mut ring: Vec<_> = points.iter().map(|p| [E + p[0], N + p[1]]).collect();
        ring.push(ring[0]);
        Some(vec![ring])
    };
    let rings = [
        ring(&[[0.0, 0.0], [0.0, 0.05], [50.0, 0.05], [50.0, 0.0]]),
        // A thorn of twenty metres on a sound square.
        ring(&[[100.0, 0.0], [100.0, 50.0], [150.0, 50.0], [150.0, 25.1], [170.0, 25.0], [150.0, 24.9], [150.0, 0.0]]),
        // Two halves around a hole of 20 by 20 metres.
        ring(&[[200.0, 0.0], [200.0, 60.0], [230.0, 60.0], [230.0, 40.0], [220.0, 40.0], [220.0, 20.0], [230.0, 20.0], [230.0, 0.0]]),
        ring(&[[230.0, 0.0], [230.0, 20.0], [240.0, 20.0], [240.0, 40.0], [230.0, 40.0], [230.0, 60.0], [260.0, 60.0], [260.0, 0.0]]),
    ];
    let inspection = look(&shapefile(folder.path(), &rings));
    let of = |key: &str| inspection.problems.iter().find(|p| p.key == key).unwrap_or_else(|| panic!("{key}: {:?}", inspection.problems));
    assert_eq!(of("problem.sliver").records, [1]);
    assert_eq!(of("problem.needle").records, [2]);
    let gap = of("problem.gap");
    assert_eq!(gap.records, [3, 4]);
    assert!((gap.area_m2().unwrap() - 400.0).abs() < 1e-3);
    assert!(inspection.problems.iter().all(|p| p.key != "problem.overlap"));
}

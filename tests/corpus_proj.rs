//! GeographicLib's Gauss–Krüger points around Qingdao, in three datums.

use luodi::crs::{Crs, Transform};
use luodi::geom::Point;
use serde_json::Value;

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn gauss_kruger_points_agree_both_ways() {
    let corpus = std::path::PathBuf::from(std::env::var_os("LUODI_CORPUS").expect("LUODI_CORPUS names the corpus folder"));
    let text = std::fs::read_to_string(corpus.join("proj/gauss_kruger_points.json")).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    let points = json["points"].as_array().unwrap();
    assert!(!points.is_empty());
    for point in points {
        let crs = |key: &str| Crs::parse(point[key].as_str().unwrap()).unwrap();
        let number = |key: &str| point[key].as_f64().unwrap();
        let (plane, geographic) = (crs("crs"), crs("geographic_crs"));
        let (lon_lat, east_north) = ([number("lon"), number("lat")], [number("easting"), number("northing")]);
        let moved = |from: &Crs, to: &Crs, p: Point| {
            let mut points = [p];
            Transform::new(from, to).unwrap().apply(&mut points).unwrap();
            points[0]
        };
        let close = |a: Point, b: Point, by: f64| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= by);
        // Half of the 0.1 mm to which results are rounded.
        assert!(close(moved(&geographic, &plane, lon_lat), east_north, 0.000_051), "{point}");
        assert!(close(moved(&plane, &geographic, east_north), lon_lat, 1e-10), "{point}");
    }
}

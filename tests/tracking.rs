//! Expansion: land counted once, sums that close, the five cities against the target.

use crate::cases::layer;
use luodi::crs::Crs;
use luodi::geom::{Shape, Tolerance, union};
use luodi::job::track::{csv, json, table, track};
use luodi::model::{Contents, Coverage, IdSource, Role};
use luodi::task::Progress;
use luodi::text::Lang;
use luodi::tracking::{TARGET, TrackError, changed_land, gap, plan_difference, scale};
use serde_json::{Value, json};

fn square(x: f64, y: f64, side: f64) -> Value {
    json!([[[x, y], [x + side, y], [x + side, y + side], [x, y + side]]])
}

fn city(districts: bool) -> (Contents, luodi::model::LayerId) {
    let mut ids = IdSource::new(1);
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    // A and B overlap by 500 × 1000 m; C lies across the districts' border at 10 000 m; D names no district.
    let clusters = json!([
        { "编号": "A", "区市": "胶州市", "区市代码": "370281", "rings": square(0.0, 0.0, 1000.0) },
        { "编号": "B", "区市": "胶州市", "区市代码": "370281", "rings": square(500.0, 0.0, 1000.0) },
        { "编号": "C", "区市": "城阳区", "区市代码": "370214", "rings": square(9500.0, 0.0, 1000.0) },
        { "编号": "D", "rings": square(30_000.0, 0.0, 1000.0) },
    ]);
    let (plan, clusters) = layer("规划", Role::Plan, &clusters, Coverage::Undeclared, &mut ids);
    let mut layers = vec![(plan, clusters)];
    if districts {
        let districts = json!([
            { "XZQDM": "370281", "XZQMC": "胶州市", "rings": square(-5000.0, -5000.0, 15_000.0) },
            { "XZQDM": "370214", "XZQMC": "城阳区", "rings": square(10_000.0, -5000.0, 15_000.0) },
        ]);
        layers.push(layer("区", Role::Districts, &districts, Coverage::Undeclared, &mut ids));
    }
    contents.order = layers.iter().map(|(id, _)| *id).collect();
    for (id, layer) in layers {
        contents.layers = contents.layers.insert(id, layer);
    }
    (contents, plan)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.01
}

#[test]
fn land_in_two_clusters_counts_once_and_the_sums_close() {
    for by_layer in [true, false] {
        let (contents, plan) = city(by_layer);
        let measured = scale(&contents, plan).unwrap();
        assert_eq!((measured.by_layer, measured.clusters), (by_layer, 4));
        assert!(near(measured.total.planar_m2, 3.5e6), "{measured:?}");
        assert!(near(measured.unassigned.planar_m2, 1e6));
        let of = |code: &str| measured.districts.iter().find(|d| d.code == code).unwrap().area.planar_m2;
        // C is cut by the layer and goes whole by its field.
        assert!(near(of("370281"), if by_layer { 2e6 } else { 1.5e6 }));
        assert!(near(measured.five_cities.planar_m2, of("370281")));
        let sum: f64 = measured.districts.iter().map(|d| d.area.planar_m2).sum();
        assert!(near(sum + measured.unassigned.planar_m2 - measured.shared.planar_m2, measured.total.planar_m2));
        let ellipsoidal: f64 = measured.districts.iter().map(|d| d.area.ellipsoidal_m2.unwrap()).sum();
        let rest = measured.unassigned.ellipsoidal_m2.unwrap() - measured.shared.ellipsoidal_m2.unwrap();
        assert!((ellipsoidal + rest - measured.total.ellipsoidal_m2.unwrap()).abs() < 0.1);
        let missing = gap(&measured, TARGET).missing_m2;
        assert!(near(missing, 700e6 - measured.five_cities.planar_m2));
    }
}

#[test]
fn the_tables_say_the_same_and_their_rows_add_up() {
    let (contents, plan) = city(true);
    let tracked = track(&contents, &[plan]).unwrap();
    let text = csv(&tracked, None);
    let column = |row: &str| -> f64 {
        text.lines().filter(|l| l.split(',').nth(2) == Some(row)).map(|l| l.rsplit(',').next().unwrap().parse::<f64>().unwrap()).sum()
    };
    let parts = column("district") + column("unassigned") + column("shared");
    assert!((parts - column("total")).abs() < 1e-9, "{text}");
    assert!(text.starts_with("\u{feff}plan,version,row,"));
    assert_eq!(json(&tracked, None)["plans"][0]["districts"].as_array().unwrap().len(), 2);
    let zh = table(&tracked, Lang::Zh);
    assert!(zh.contains("县域五市") && zh.contains("3.50") && zh.contains("698.00"), "{zh}");
    assert_eq!(csv(&track(&contents, &[plan]).unwrap(), None), text);
}

/// Two versions: A grows to the east, B is withdrawn, C is new and lies on A's land in part, in another district.
fn versions() -> (Contents, [luodi::model::LayerId; 2]) {
    let mut ids = IdSource::new(1);
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    let cluster = |id: &str, code: &str, rings: Value| json!({ "编号": id, "区市": code, "区市代码": code, "rings": rings });
    let wide = json!([[[0.0, 0.0], [1400.0, 0.0], [1400.0, 1000.0], [0.0, 1000.0]]]);
    let old = json!([cluster("A", "370281", square(0.0, 0.0, 1000.0)), cluster("B", "370283", square(9000.0, 0.0, 1000.0))]);
    let new = json!([cluster("A", "370281", wide), cluster("C", "370282", square(1300.0, 0.0, 1000.0)), { "编号": "D", "rings": square(0.0, 5000.0, 100.0) }]);
    let (old, old_layer) = layer("旧", Role::Plan, &old, Coverage::Undeclared, &mut ids);
    let (new, new_layer) = layer("新", Role::Plan, &new, Coverage::Undeclared, &mut ids);
    contents.order = [old, new].into_iter().collect();
    contents.layers = contents.layers.insert(old, old_layer).insert(new, new_layer);
    (contents, [old, new])
}

#[test]
fn what_two_versions_share_and_what_not_adds_up() {
    let (contents, [old, new]) = versions();
    let found = plan_difference(&contents, old, new, 2, &Progress::new()).unwrap().unwrap();
    let all = found.total;
    assert!(near(all.old.planar_m2, 2e6) && near(all.new.planar_m2, 2.3e6 + 1e4) && near(all.kept.planar_m2, 1e6), "{all:?}");
    assert!(near(all.withdrawn().planar_m2, 1e6) && near(all.added().planar_m2, 1.3e6 + 1e4));
    let of = |code: &str| found.districts.iter().find(|d| d.code == code).unwrap().change;
    assert_eq!(found.districts.len(), 3);
    assert!(near(of("370281").added().planar_m2, 0.4e6) && near(of("370281").kept.planar_m2, 1e6));
    // Land of two districts' clusters is in both.
    assert!(near(of("370282").new.planar_m2, 1e6) && near(of("370282").old.planar_m2, 0.0));
    assert!(near(of("370283").withdrawn().planar_m2, 1e6) && near(of("370283").new.planar_m2, 0.0));

    let land = changed_land(&contents, old, new).unwrap();
    let area_m2 = |shape: &Option<Shape>| shape.as_ref().map_or(0.0, Shape::area_m2);
    assert!(near(area_m2(&land.added), all.added().planar_m2) && near(area_m2(&land.withdrawn), all.withdrawn().planar_m2));
    assert!(near(area_m2(&land.kept), all.kept.planar_m2));
    let (kept, added) = (land.kept.unwrap(), land.added.unwrap());
    let together = union(&[kept.as_ref(), added.as_ref()], Tolerance::default()).unwrap();
    assert!(near(together.area_m2(), all.new.planar_m2));
    // The plan's own scale is that of the difference.
    assert!(near(scale(&contents, new).unwrap().total.planar_m2, all.new.planar_m2));
    assert_eq!(changed_land(&contents, old, luodi::model::LayerId(999)), Err(TrackError::NoPlan));
}

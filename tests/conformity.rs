//! The cluster plan itself against the other plans, the causes of a batch, and areas on the plane of a file.

use crate::cases::layer;
use luodi::crs::{Crs, Transform};
use luodi::geom::{Rings, Shape, area_on_plane_m2};
use luodi::model::{Contents, Coverage, Date, IdSource, LayerId, Role, SiteFields};
use luodi::rules::{Causes, CheckSettings, Checker, Relation, RulePack, RuleSet};
use serde_json::{Value, json};

fn rect(w: f64, s: f64, e: f64, n: f64) -> Value {
    json!([[[w, s], [e, s], [e, n], [w, n]]])
}

fn contents(layers: &[(Role, Coverage, Value)]) -> (Contents, Vec<LayerId>) {
    let (mut contents, mut ids) = (Contents::new(Crs::CGCS2000_ZONE_40), IdSource::new(1));
    let mut order = Vec::new();
    for (role, coverage, features) in layers {
        let (id, layer) = layer(role.code(), *role, features, coverage.clone(), &mut ids);
        contents.layers = contents.layers.insert(id, layer);
        order.push(id);
    }
    contents.order = order.clone().into();
    (contents, order)
}

fn checker(contents: &Contents, plan: LayerId, packs: &[&str]) -> Checker {
    let packs: Vec<RulePack> = packs.iter().map(|name| RulePack::bundled(name).unwrap().unwrap()).collect();
    let settings = CheckSettings::new(RuleSet::stack(&packs).unwrap(), Date { year: 2024, month: 6, day: 1 });
    Checker::new(contents, plan, settings).unwrap()
}

#[test]
fn a_cluster_is_held_against_the_other_plans() {
    let (contents, ids) = contents(&[
        (Role::Plan, Coverage::Undeclared, json!([{ "编号": "A", "名称": "甲", "rings": rect(0.0, 0.0, 1000.0, 1000.0) }])),
        (Role::Farmland, Coverage::WholeCity, json!([{ "rings": rect(900.0, 0.0, 2000.0, 100.0) }])),
        (Role::Growth, Coverage::WholeCity, json!([{ "rings": rect(-10.0, -10.0, 1010.0, 800.0) }])),
        (Role::Ecology, Coverage::WholeCity, json!([{ "rings": rect(5000.0, 0.0, 6000.0, 100.0) }])),
        (Role::Avoid, Coverage::Undeclared, json!([{ "rings": rect(5000.0, 0.0, 6000.0, 100.0) }])),
        (
            Role::DetailedPlan,
            Coverage::WholeCity,
            json!([
                { "用地代码": "M1", "rings": rect(0.0, 0.0, 1000.0, 950.0) }, { "用地代码": "R2", "rings": rect(0.0, 950.0, 1000.0, 1000.0) },
            ]),
        ),
    ]);
    let told = checker(&contents, ids[0], &["full", "conformity"]).conformity(&contents);
    let of = |role| told.iter().find(|row| row.role == role).map(|row| (row.relation, (row.area_m2 * 100.0).round() / 100.0));
    assert_eq!(of(Role::Farmland), Some((Relation::Meets, 10_000.0)));
    assert_eq!(of(Role::Growth), Some((Relation::Beyond, 200_000.0)));
    assert_eq!(of(Role::Ecology), Some((Relation::Fits, 0.0)));
    assert_eq!(of(Role::Avoid), Some((Relation::Unknown, 0.0)));
    assert_eq!(of(Role::DetailedPlan), Some((Relation::OtherUse, 50_000.0)));
    // What was not supplied has no row: nothing is said of it.
    assert_eq!(of(Role::ZoneLimit), None);
    assert!(told.iter().all(|row| (row.area_m2 > 0.0) == row.shape.is_some() && (row.share - row.area_m2 / 1e6).abs() < 1e-12));
    assert!(checker(&contents, ids[0], &["full"]).conformity(&contents).is_empty());
}

#[test]
fn sites_moved_by_one_vector_show_it_and_each_border_is_a_cause() {
    // Eight sites that fill the corners and edges of two clusters, all moved 0.40 m east and 0.25 m north.
    let (dx, dy) = (0.40, 0.25);
    let site = |i: usize, w: f64, s: f64, e: f64, n: f64| json!({ "site_id": format!("S{i}"), "行业代码": "3851", "rings": rect(w + dx, s + dy, e + dx, n + dy) });
    let mut sites: Vec<Value> = (0..4).map(|i| site(i, 900.0, 100.0 + 150.0 * i as f64, 1000.0, 200.0 + 150.0 * i as f64)).collect();
    sites.extend((0..4).map(|i| site(4 + i, 3100.0 + 150.0 * i as f64, 900.0, 3200.0 + 150.0 * i as f64, 1000.0)));
    let (contents, ids) = contents(&[
        (
            Role::Plan,
            Coverage::Undeclared,
            json!([
                { "编号": "A", "名称": "甲", "主导产业": "38", "rings": rect(0.0, 0.0, 1000.0, 1000.0) },
                { "编号": "B", "名称": "乙", "主导产业": "38", "rings": rect(3000.0, 0.0, 4000.0, 1000.0) },
            ]),
        ),
        (Role::Sites, Coverage::Undeclared, Value::Array(sites)),
    ]);
    let (checker, layer) = (checker(&contents, ids[0], &["position"]), contents.layer(ids[1]).unwrap());
    let mut causes = Causes::default();
    for (i, feature) in layer.features().enumerate() {
        causes.add(&checker.check_feature(feature, &SiteFields::of(layer), i + 1));
    }
    let found = causes.found();
    assert_eq!(
        found.iter().map(|c| (c.rule, c.against.as_str(), c.sites)).collect::<Vec<_>>(),
        [("position", "乙", 4), ("position", "甲", 4)]
    );
    let east = &found[1];
    assert_eq!(east.examples, ["S0", "S1", "S2", "S3"]);
    let [least, _, most] = east.width_m.unwrap();
    assert!((least - 0.40).abs() < 1e-6 && (most - 0.40).abs() < 1e-6 && (east.area_m2 - 160.0).abs() < 1e-3, "{found:?}");
    let one_way = east.shift.unwrap();
    assert!(one_way.suspected && one_way.one_way && (one_way.east_m - 0.40).abs() < 1e-6 && one_way.north_m.abs() < 1e-6);
    let whole = causes.shift().unwrap();
    assert!(whole.suspected && !whole.one_way && (whole.east_m - 0.40).abs() < 1e-6 && (whole.north_m - 0.25).abs() < 1e-6, "{whole:?}");
    for lang in [luodi::text::Lang::Zh, luodi::text::Lang::En] {
        assert!(!found[0].message().render(lang).contains('{') && !whole.message().render(lang).contains('{'));
    }
}

#[test]
fn an_area_on_the_files_own_plane_is_what_transforming_its_corners_gives() {
    for (from, to) in [(4528, 4527), (4528, 4529), (4527, 4528)] {
        let (from, to) = (Crs::Epsg(from), Crs::Epsg(to));
        let zone = from.gauss_kruger().unwrap();
        for (east, side) in [(60_000.0, 300.0), (-90_000.0, 2_000.0), (0.0, 150.0)] {
            let (x, y) = (zone.false_easting_m + east, 4_015_000.0);
            let square = Rings::simple(&[[x, y], [x + side, y], [x + side, y + side], [x, y + side]]);
            let shape = Shape::check(square.as_ref()).unwrap();
            let mut moved = square.clone();
            Transform::new(&from, &to).unwrap().apply(moved.coords_mut()).unwrap();
            let expected = Shape::check(moved.as_ref()).unwrap().area_m2();
            let found = area_on_plane_m2(shape.as_ref(), zone, to.gauss_kruger().unwrap());
            // The corners are brought over to a tenth of a millimetre.
            assert!((found - expected).abs() < 1e-7 * expected + 1e-4 * side, "{east} {side}: {found} {expected}");
        }
    }
}

//! Checking layers of sites: order, threads, cancelling, and what holds of every site.

use crate::cases::layer;
use luodi::crs::Crs;
use luodi::job::{SiteReader, check_rows, verdict_csv};
use luodi::model::{Contents, Coverage, Date, IdSource, Layer, LayerId, Role, SiteFields};
use luodi::rules::{BorderOf, CheckSettings, Checker, Position, RuleSet, Verdict};
use luodi::task::Progress;
use serde_json::{Value, json};
use std::sync::Arc;

/// A number 0…1 that a seed and a counter decide.
pub fn noise(seed: u64, n: u64) -> f64 {
    let mut x = (seed << 32) ^ n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for _ in 0..3 {
        x ^= x >> 29;
        x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    (x >> 11) as f64 / (1u64 << 53) as f64
}

pub fn blob(seed: u64, x: f64, y: f64, radius: f64, corners: u64) -> Value {
    let point = |i: u64| {
        let angle = std::f64::consts::TAU * (i as f64 + 0.3 * noise(seed, i)) / corners as f64;
        let reach = radius * (0.6 + 0.4 * noise(seed, 1000 + i));
        json!([((x + reach * angle.cos()) * 1e4).round() / 1e4, ((y + reach * angle.sin()) * 1e4).round() / 1e4])
    };
    json!([(0..corners).map(point).collect::<Vec<_>>()])
}

struct City {
    contents: Contents,
    plan: LayerId,
    sites: Arc<Layer>,
}

/// Clusters that overlap here and there, some nested; sites anywhere; farmland. `turned` puts clusters and layers in the other order.
fn city(turned: bool) -> City {
    let mut ids = IdSource::new(1);
    let mut clusters: Vec<Value> = (0..12)
        .map(|i| {
            let (x, y) = (2000.0 * (i % 4) as f64, 2000.0 * (i / 4) as f64);
            json!({ "编号": format!("Z{i:02}"), "名称": format!("集聚区{i}"), "区市": "胶州市", "区市代码": "370281",
                    "主导产业": if i % 3 == 0 { "38" } else { "17" }, "rings": blob(i, x, y, 1400.0, 40) })
        })
        .collect();
    let sites: Vec<Value> = (0..600)
        .map(|i| {
            let (x, y) = (9000.0 * noise(7, i) - 1500.0, 7000.0 * noise(8, i) - 1500.0);
            json!({ "site_id": format!("S{i:03}"), "行业代码": "3851", "rings": blob(100 + i, x, y, 20.0 + 200.0 * noise(9, i), 4 + i % 9) })
        })
        .collect();
    let farmland: Vec<Value> =
        (0..40).map(|i| json!({ "rings": blob(900 + i, 9000.0 * noise(5, i), 7000.0 * noise(6, i), 150.0, 12) })).collect();
    if turned {
        clusters.reverse();
    }
    let (plan, clusters) = layer("规划", Role::Plan, &Value::Array(clusters), Coverage::Undeclared, &mut ids);
    let (farm, farmland) = layer("农田", Role::Farmland, &Value::Array(farmland), Coverage::WholeCity, &mut ids);
    let (site, sites) = layer("项目", Role::Sites, &Value::Array(sites), Coverage::Undeclared, &mut ids);
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    contents.order = if turned { vec![site, farm, plan] } else { vec![plan, farm, site] }.into();
    for (id, layer) in [(plan, clusters), (farm, farmland), (site, sites.clone())] {
        contents.layers = contents.layers.insert(id, layer);
    }
    City { contents, plan, sites }
}

fn checker(city: &City) -> Checker {
    let rule_set = RuleSet::bundled("full").unwrap().unwrap();
    Checker::new(&city.contents, city.plan, CheckSettings::new(rule_set, Date { year: 2024, month: 1, day: 1 })).unwrap()
}

fn all_checked(city: &City, threads: usize, progress: &Progress, verdicts: &mut Vec<Verdict>) -> bool {
    let reader = SiteReader::new(SiteFields::guess(&city.sites.fields));
    let rows = 0..city.sites.len();
    check_rows(&checker(city), &city.sites, rows, &reader, threads, progress, |verdict| verdict, |verdict| verdicts.push(verdict))
}

fn checked(city: &City, threads: usize) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    assert!(all_checked(city, threads, &Progress::new(), &mut verdicts));
    verdicts
}

#[test]
fn answers_are_the_same_for_any_number_of_threads_and_come_in_order() {
    let city = city(false);
    let one = checked(&city, 1);
    assert_eq!(one.len(), 600);
    assert!(one.iter().enumerate().all(|(i, v)| v.site.id == format!("S{i:03}")));
    for threads in [2, 8] {
        assert!(checked(&city, threads) == one, "{threads} threads");
    }
    let count = |p| one.iter().filter(|v| v.position == p).count();
    assert!(count(Position::Inside) > 50 && count(Position::Partial) > 50 && count(Position::Outside) > 50);
}

#[test]
fn the_order_of_clusters_and_layers_changes_nothing() {
    let rows = |turned| checked(&city(turned), 2).iter().map(verdict_csv::row).collect::<Vec<_>>();
    assert_eq!(rows(false), rows(true));
}

#[test]
fn a_site_that_is_only_measured_or_dragged_gets_the_same_areas_and_verdict() {
    let city = city(false);
    let checker = checker(&city);
    for (verdict, feature) in checked(&city, 2).iter().zip(city.sites.features()) {
        let measured = checker.measure(feature.shape().unwrap());
        assert_eq!((measured.position, measured.area_m2, measured.inside_m2), (verdict.position, verdict.area_m2, verdict.inside_m2));
        assert!(&checker.check_moved(&verdict.site, feature.rings()) == verdict, "{}", verdict.site.id);
        assert!((verdict.inside_m2 + verdict.outside_m2 - verdict.area_m2).abs() < 1e-3);
        // Pieces of clusters cover at least what is inside, and exactly that where no two overlap.
        let listed: f64 = verdict.clusters.iter().map(|c| c.overlap_m2).sum();
        assert!(listed > verdict.inside_m2 - 1e-3);
    }
}

#[test]
fn a_cancelled_batch_says_so() {
    let city = city(false);
    let progress = Progress::new();
    progress.cancel();
    assert!(!all_checked(&city, 2, &progress, &mut Vec::new()));
}

/// A site drawn along a cluster's border and 3 cm beyond it: the strip is named as what it is, and by whose border.
#[test]
fn a_sliver_names_the_border_that_made_it() {
    let mut ids = IdSource::new(1);
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    let square = |x: f64, y: f64, w: f64, h: f64| json!([[[x, y], [x + w, y], [x + w, y + h], [x, y + h]]]);
    let clusters = json!([{ "编号": "Z1", "名称": "东集聚区", "rings": square(0.0, 0.0, 1000.0, 1000.0) },
                          { "编号": "Z2", "名称": "远集聚区", "rings": square(5000.0, 0.0, 1000.0, 1000.0) }]);
    let sites = json!([{ "site_id": "S1", "行业代码": "3851", "rings": square(940.0, 100.0, 60.03, 300.0) }]);
    let (plan, clusters) = layer("规划", Role::Plan, &clusters, Coverage::Undeclared, &mut ids);
    let (_, sites) = layer("项目", Role::Sites, &sites, Coverage::Undeclared, &mut ids);
    contents.order = [plan].into_iter().collect();
    contents.layers = contents.layers.insert(plan, clusters);
    let rule_set = RuleSet::bundled("full").unwrap().unwrap();
    let checker = Checker::new(&contents, plan, CheckSettings::new(rule_set, Date { year: 2012, month: 6, day: 1 })).unwrap();
    let fields = SiteFields::guess(&sites.fields);
    let verdict = checker.check_feature(sites.features().next().unwrap(), &fields, 1);
    assert_eq!(verdict.position, Position::Partial);
    let position = verdict.findings.iter().find(|f| f.rule == "position").unwrap();
    let detail = position.detail.as_ref().unwrap();
    assert_eq!(detail.code, "finding.position.slivers_along");
    assert!(detail.render(luodi::text::Lang::Zh).contains("沿 东集聚区 的界线"));
    let sliver = &position.slivers[0];
    assert!((sliver.area_m2 - 9.0).abs() < 1e-6 && (sliver.width_m - 0.03).abs() < 1e-4);
    // Half its border is the site's and half the cluster's, but for the two short ends.
    let run = |name: Option<&str>| {
        let is = |of: &BorderOf| match of {
            BorderOf::Site => name.is_none(),
            BorderOf::Cluster(_, cluster) => name == Some(cluster.as_str()),
            BorderOf::Layer(..) => false,
        };
        sliver.made_by.iter().find(|run| is(&run.of)).map_or(0.0, |run| run.length_m)
    };
    assert!((run(Some("东集聚区")) - 300.0).abs() < 0.01, "{sliver:?}");
    assert!((run(None) - 300.06).abs() < 0.01, "{sliver:?}");
    assert_eq!(run(Some("远集聚区")), 0.0);
    let shown = luodi::job::verdict_json::verdict(&verdict);
    let finding = shown["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "position").unwrap().clone();
    assert_eq!(finding["slivers"][0]["made_by"].as_array().unwrap().len(), 2);
}

//! Every rule ships examples (`assets/rules/examples/<code>.toml`): small sketches in metres and what the rule says of them.

use crate::cases::layer;
use luodi::crs::Crs;
use luodi::model::{ClusterPlan, Contents, Coverage, Date, IdSource, LayerId, PlanStatus, Role, SiteFields};
use luodi::rules::{CheckSettings, Checker, Outcome, RULES, RulePack, RuleSet, Verdict};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: String,
    /// Set where a rule has one outcome only.
    only: Option<String>,
    example: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    /// Outcome of the rule.
    says: String,
    site: BTreeMap<String, toml::Value>,
    /// Further sites of the same layer.
    #[serde(default)]
    others: Vec<BTreeMap<String, toml::Value>>,
    /// Layers by role; `farmland:city` speaks for the whole city. Without `plan` the two clusters of [`PLAN`].
    #[serde(default)]
    layers: BTreeMap<String, Vec<BTreeMap<String, toml::Value>>>,
    plan_from: Option<String>,
    /// Bundled packs on top of `full`, and one more as text.
    #[serde(default)]
    packs: Vec<String>,
    pack_text: Option<String>,
    case: Option<String>,
    route: Option<String>,
    /// Area in all of the pieces that the finding shows.
    piece_m2: Option<f64>,
}

/// 甲 leads in 38 and 39 and is on the list of 市重点发展 since 2012-09-12; 乙 beside it leads in 17 and 18.
const PLAN: &str = r#"[
  { "编号": "A", "名称": "甲集聚区", "区市": "胶州市", "区市代码": "370281", "重点发展": "2012-09-12",
    "主导产业": "38,39", "配套产业": "34", "禁止产业": "26", "行业版本": "2017",
    "rings": [[[0, 0], [1000, 0], [1000, 1000], [0, 1000]]] },
  { "编号": "B", "名称": "乙集聚区", "区市": "即墨市", "区市代码": "370282", "主导产业": "17,18", "行业版本": "2017",
    "rings": [[[1000, 0], [2000, 0], [2000, 1000], [1000, 1000]]] }
]"#;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/rules/examples")
}

fn file(code: &str) -> File {
    let path = folder().join(format!("{code}.toml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A feature with its rectangle `[west, south, east, north]` as a ring.
fn feature(sketch: &BTreeMap<String, toml::Value>) -> Json {
    let mut out = Map::new();
    for (key, value) in sketch {
        let value: Json = serde_json::to_value(value).unwrap();
        if key == "rect" {
            let at = |i: usize| value[i].as_f64().unwrap();
            let [w, s, e, n] = [at(0), at(1), at(2), at(3)];
            out.insert("rings".into(), json!([[[w, s], [e, s], [e, n], [w, n]]]));
        } else {
            out.insert(key.clone(), value);
        }
    }
    Json::Object(out)
}

fn verdict(example: &Example) -> Verdict {
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    let (mut ids, mut order) = (IdSource::new(1), Vec::new());
    let mut add = |role: &str, features: &Json| -> LayerId {
        let (role, coverage) = role.split_once(':').map_or((role, Coverage::Undeclared), |(r, _)| (r, Coverage::WholeCity));
        let role = Role::from_code(role).unwrap_or_else(|| panic!("{}: role {role}", example.name));
        let (id, layer) = layer(role.code(), role, features, coverage, &mut ids);
        contents.layers = contents.layers.insert(id, layer);
        order.push(id);
        id
    };
    let plan: Json = match example.layers.get("plan") {
        Some(clusters) => clusters.iter().map(feature).collect(),
        None => serde_json::from_str(PLAN).unwrap(),
    };
    let plan = add("plan", &plan);
    for (role, features) in example.layers.iter().filter(|(role, _)| *role != "plan") {
        add(role, &features.iter().map(feature).collect());
    }
    let mut site = example.site.clone();
    site.entry("site_id".into()).or_insert_with(|| "S1".into());
    let sites = add("sites", &[&site].into_iter().chain(&example.others).map(feature).collect());
    contents.order = order.into();
    if let Some(from) = &example.plan_from {
        let known = ClusterPlan { status: PlanStatus::InForce, valid_from: Date::parse(from), ..ClusterPlan::default() };
        contents.cluster_plans = contents.cluster_plans.insert(plan, Arc::new(known));
    }
    let named = std::iter::once("full").chain(example.packs.iter().map(String::as_str));
    let mut packs: Vec<RulePack> = named.map(|name| RulePack::bundled(name).unwrap().unwrap()).collect();
    packs.extend(example.pack_text.iter().map(|text| RulePack::parse(text).unwrap()));
    let rules = RuleSet::stack(&packs).unwrap();
    let checker = Checker::new(&contents, plan, CheckSettings::new(rules, Date { year: 2024, month: 6, day: 1 })).unwrap();
    let layer = contents.layer(sites).unwrap();
    let first = layer.features().next().unwrap();
    checker.check_feature(first, &SiteFields::of(layer), 1)
}

#[test]
fn every_rule_says_of_its_examples_what_they_say() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let file = file(rule.code());
        assert_eq!(file.rule, rule.code());
        for example in &file.example {
            let verdict = verdict(example);
            let finding = verdict.findings.iter().find(|f| f.rule == rule.code()).unwrap();
            let mut expect = |what: &str, found: String, expected: &str| {
                if found != expected {
                    let title = finding.title.render(luodi::text::Lang::Zh);
                    wrong.push(format!("{}: {}: {what} {found}, not {expected} ({title})", rule.code(), example.name));
                }
            };
            expect("says", finding.outcome.code().into(), &example.says);
            if let Some(case) = &example.case {
                expect("case", verdict.case.to_string(), case);
            }
            if let Some(route) = &example.route {
                expect("route", verdict.routes.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"), route);
            }
            if let Some(piece_m2) = example.piece_m2 {
                let shown: f64 = finding.evidence.iter().map(|e| e.area_m2).sum();
                expect("pieces", format!("{shown:.2}"), &format!("{piece_m2:.2}"));
            }
            // What is not known is no pass, and what was not supplied is said to be that.
            if example.layers.is_empty() && Role::from_code(rule.code()).is_some() {
                assert!(finding.outcome == Outcome::Unknown && !finding.layer_given, "{}: {}", rule.code(), example.name);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_examples_of_meeting_and_of_failing_it() {
    for rule in RULES {
        let file = file(rule.code());
        let has = |wanted: &[&str]| file.example.iter().any(|e| wanted.contains(&e.says.as_str()));
        match file.only.as_deref() {
            Some(only) => assert!(file.example.iter().all(|e| e.says == only), "{}", rule.code()),
            None => assert!(has(&["pass"]) && has(&["fail", "warn"]), "{}", rule.code()),
        }
        let mut names: Vec<&str> = file.example.iter().map(|e| e.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), file.example.len(), "{}: names twice", rule.code());
    }
    let files = std::fs::read_dir(folder()).unwrap().count();
    assert_eq!(files, RULES.len(), "an example of a rule that is not there");
}

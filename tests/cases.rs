//! Whole-answer cases: a plan, layers and sites as small rings in metres → everything the precheck says, word for word.
//!
//! `tests/cases/<name>/input.json` → `expected.txt`; `UPDATE_EXPECTED=1` accepts the answers as they are.

use luodi::crs::Crs;
use luodi::geom::Rings;
use luodi::model::{
    ClusterPlan, Contents, Coverage, Date, FeatureId, Field, FieldKind, GeometryKind, IdSource, Layer, LayerHead, LayerId, PackedBuilder,
    PlanStatus, Provenance, Role, SiteFields, Value,
};
use luodi::rules::{CheckSettings, Checker, RuleSet, Verdict};
use luodi::text::Lang;
use serde_json::Value as Json;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// A layer from JSON features: every member but `rings` is a text field.
pub fn layer(name: &str, role: Role, features: &Json, coverage: Coverage, ids: &mut IdSource) -> (LayerId, Arc<Layer>) {
    let features = features.as_array().unwrap();
    let mut names: Vec<&String> = features.iter().flat_map(|f| f.as_object().unwrap().keys()).filter(|k| *k != "rings").collect();
    names.sort();
    names.dedup();
    let fields = names.iter().map(|n| Field::new(n, FieldKind::Text)).collect();
    let mut builder = PackedBuilder::new(GeometryKind::Area, fields);
    for (i, feature) in features.iter().enumerate() {
        let values: Vec<Value> = names
            .iter()
            .map(|n| match feature.get(n.as_str()) {
                Some(Json::String(s)) => Value::text(s),
                Some(other) => Value::text(&other.to_string()),
                None => Value::Null,
            })
            .collect();
        builder.push(i as u32 + 1, rings(&feature["rings"]).as_ref(), &values);
    }
    let head = LayerHead { coverage, ..LayerHead::new(name, role) };
    let first = FeatureId(ids.take(features.len() as u64));
    (LayerId(ids.take(1)), Arc::new(Layer::new(head, Provenance::default(), Arc::new(builder.finish()), first)))
}

/// Rings of one part, or a list of parts, in metres from a corner of the city.
fn rings(json: &Json) -> Rings {
    const CORNER: [f64; 2] = [40_500_000.0, 4_000_000.0];
    let depth = |mut j: &Json| {
        let mut n = 0;
        while let Some(first) = j.get(0) {
            (j, n) = (first, n + 1);
        }
        n
    };
    let parts = if depth(json) == 3 { vec![json.clone()] } else { json.as_array().cloned().unwrap_or_default() };
    let mut out = Rings::new();
    for part in &parts {
        for ring in part.as_array().unwrap() {
            let point = |p: &Json| [CORNER[0] + p[0].as_f64().unwrap(), CORNER[1] + p[1].as_f64().unwrap()];
            out.push_ring(&ring.as_array().unwrap().iter().map(point).collect::<Vec<_>>());
        }
        out.end_part();
    }
    out
}

/// The contents a case describes, with the plan's and the sites' layers.
fn contents(input: &Json) -> (Contents, LayerId, LayerId) {
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    let mut ids = IdSource::new(1);
    let mut order = Vec::new();
    for (key, features) in input["layers"].as_object().unwrap() {
        // `farmland:city` speaks for the whole city, `farmland` declares no coverage.
        let (role, coverage) = key.split_once(':').map_or((key.as_str(), Coverage::Undeclared), |(r, _)| (r, Coverage::WholeCity));
        let (id, layer) = layer(role, Role::from_code(role).unwrap(), features, coverage, &mut ids);
        contents.layers = contents.layers.insert(id, layer);
        order.push(id);
    }
    contents.order = order.into();
    let of = |role| contents.layers_of(role).next().unwrap().0;
    let (plan, sites) = (of(Role::Plan), of(Role::Sites));
    if let Some(valid_from) = input["plan_from"].as_str() {
        let known = ClusterPlan { status: PlanStatus::InForce, valid_from: Date::parse(valid_from), ..ClusterPlan::default() };
        contents.cluster_plans = contents.cluster_plans.insert(plan, Arc::new(known));
    }
    (contents, plan, sites)
}

fn told(verdict: &Verdict, lang: Lang) -> String {
    let mut out = String::new();
    let word = |m: &luodi::text::Message| m.render(lang);
    let v = verdict;
    writeln!(out, "{} | {} | {} {} | {}", v.site.id, v.site.name, v.position.code(), v.case, v.certainty.code()).unwrap();
    writeln!(out, "  {:.4} = {:.4} + {:.4}, share {:.9}", v.area_m2, v.inside_m2, v.outside_m2, v.inside_share()).unwrap();
    for c in &v.clusters {
        writeln!(out, "  cluster {} {:?} {:?} {:.4}", c.id, c.chain, c.grade, c.overlap_m2).unwrap();
    }
    for c in &v.candidates {
        writeln!(out, "  candidate {} {:.1} m away, {:.1} m2 free", c.id, c.distance_m, c.free_block_m2).unwrap();
    }
    let routes: Vec<String> = v.routes.iter().map(ToString::to_string).collect();
    writeln!(out, "  route {}", routes.join("|")).unwrap();
    writeln!(out, "  » {}", word(&v.suggestion)).unwrap();
    for f in v.findings_by_weight() {
        let clause = f.clause.map_or(String::new(), |c| format!(" [{}]", c.article));
        let mark = if f.layer_given { "" } else { " (absent)" };
        writeln!(out, "  {:7} {}{mark}: {}{clause}", f.outcome.code(), f.rule, word(&f.title)).unwrap();
        if let Some(detail) = &f.detail {
            writeln!(out, "          {}", word(detail)).unwrap();
        }
        if !f.numbers.is_empty() {
            let numbers: Vec<String> =
                f.numbers.iter().map(|n| format!("{}={} {}", n.key, (n.value * 1e6).round() / 1e6, n.unit.code())).collect();
            writeln!(out, "          {}; {} pieces", numbers.join(", "), f.evidence.len()).unwrap();
        }
    }
    out
}

/// All that is said about a case.
fn answer(input: &Json) -> String {
    let (contents, plan, sites) = contents(input);
    let rule_set = RuleSet::bundled(input["rule_set"].as_str().unwrap_or("full")).unwrap().unwrap();
    let date = Date::parse(input["date"].as_str().unwrap()).unwrap();
    let checker = Checker::new(&contents, plan, CheckSettings::new(rule_set, date)).unwrap();
    let mut out = String::new();
    let missing: Vec<&str> = checker.missing_roles().iter().map(|r| r.code()).collect();
    writeln!(out, "not supplied: {}", missing.join(" ")).unwrap();
    let layer = contents.layer(sites).unwrap();
    let fields = SiteFields::guess(&layer.fields);
    let langs = if input["english"] == true { &[Lang::Zh, Lang::En][..] } else { &[Lang::Zh][..] };
    for (i, feature) in layer.features().enumerate() {
        let verdict = checker.check_feature(feature, &fields, i + 1);
        assert_sound(&verdict);
        for lang in langs {
            out.push('\n');
            out.push_str(&told(&verdict, *lang));
        }
    }
    out
}

/// What holds of every verdict, whatever the case.
fn assert_sound(v: &Verdict) {
    let id = &v.site.id;
    if v.area_m2 > 0.0 && v.reason.is_none() {
        assert!((v.inside_m2 + v.outside_m2 - v.area_m2).abs() < 0.01, "{id}: the parts do not add up");
    }
    for finding in &v.findings {
        for lang in [Lang::Zh, Lang::En] {
            for message in [Some(&finding.title), finding.detail.as_ref()].into_iter().flatten() {
                let words = message.render(lang);
                assert!(!words.contains(['{', '}']) && words != message.code, "{id} {}: {words}", finding.rule);
                assert!(!words.contains("通过"), "{id}: {words}");
            }
        }
    }
}

#[test]
fn every_case_is_answered_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in cases {
        let text = std::fs::read_to_string(case.join("input.json")).unwrap();
        let found = answer(&serde_json::from_str(&text).unwrap());
        let file = case.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&file, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        if found != expected {
            wrong.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "not as expected (UPDATE_EXPECTED=1 accepts):\n{}", wrong.join("\n"));
}

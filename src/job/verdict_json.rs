//! Verdicts as JSON and GeoJSON: codes and raw numbers, no rendered words; fields are only ever added. What is measured comes
//! with its land, in metres of the plane that the head names, so that another program can measure it again.

use super::verdict_csv::{self, routes};
use crate::crs::{Crs, CrsError, Transform};
use crate::geom::{Defect, Repair, Rings, Shape};
use crate::rules::{BorderOf, BorderRun, Candidate, Finding, Margin, Outcome, Position, Sliver, Verdict};
use crate::text::{Arg, Message};
use serde_json::{Map, Value, json};

/// One verdict as an object.
pub fn verdict(verdict: &Verdict) -> Value {
    let measured = verdict.position != Position::NotChecked;
    let known = |m2: f64| if measured { json!(m2) } else { Value::Null };
    json!({
        "site_id": verdict.site.id,
        "name": verdict.site.name,
        "industry": verdict.site.industry,
        "verdict": verdict.position.code(),
        "case": verdict.case.to_string(),
        "certainty": verdict.certainty.code(),
        "area_m2": verdict.shape.as_ref().map(|_| verdict.area_m2),
        "ellipsoidal_m2": verdict.ellipsoidal_m2,
        "inside_m2": known(verdict.inside_m2),
        "outside_m2": known(verdict.outside_m2),
        "inside_share": known(verdict.inside_share()),
        "clusters": verdict.clusters.iter().map(|c| json!({
            "id": c.id, "name": c.name, "district": c.district, "district_code": c.district_code, "overlap_m2": c.overlap_m2,
        })).collect::<Vec<_>>(),
        "candidates": verdict.candidates.iter().map(candidate).collect::<Vec<_>>(),
        "route": routes(verdict),
        "findings": verdict.findings.iter().map(finding).collect::<Vec<_>>(),
        "suggestion": message(&verdict.suggestion),
        "reason": verdict.reason.as_ref().map(message),
        "repairs": verdict.repairs.len(),
        "margin": verdict.margin.as_ref().map(margin),
        "repaired": verdict.repairs.iter().map(repair).collect::<Vec<_>>(),
        "geometry": verdict.shape.as_deref().map(|site| json!({
            "site": land(site),
            // Of a site inside or outside the parts say nothing that the site does not.
            "inside": verdict.inside.as_deref().filter(|_| verdict.position == Position::Partial).map(land),
            "outside": verdict.outside.as_deref().filter(|_| verdict.position == Position::Partial).map(land),
        })),
    })
}

/// What a stated accuracy leaves possible.
fn margin(margin: &Margin) -> Value {
    json!({
        "accuracy_m": margin.accuracy_m,
        "plan_accuracy_m": margin.plan_accuracy_m,
        "inside_m2": { "least": margin.inside_m2[0], "most": margin.inside_m2[1] },
        "outside_m2": { "least": margin.outside_m2[0], "most": margin.outside_m2[1] },
    })
}

fn repair(repair: &Repair) -> Value {
    let (defect, at) = match &repair.defect {
        Defect::NoArea => ("no_area", None),
        Defect::NotFinite { .. } => ("not_finite", None),
        Defect::RepeatedPoint { at } => ("repeated_point", Some(*at)),
        Defect::Spike { at } => ("spike", Some(*at)),
        Defect::SelfCrossing { at } => ("self_crossing", Some(*at)),
        Defect::WrongWinding => ("wrong_winding", None),
        Defect::HoleOutside { at } => ("hole_outside", Some(*at)),
        Defect::PartsOverlap { .. } => ("parts_overlap", None),
    };
    json!({ "defect": defect, "at": at, "area_before_m2": repair.area_before_m2, "area_after_m2": repair.area_after_m2 })
}

/// A shape as the coordinates of a multipolygon: rings closed, outer ones counter-clockwise.
fn land(shape: &Shape) -> Value {
    let rings = shape.rings();
    let closed = |i: usize| {
        let ring = rings.ring(i);
        Value::Array(ring.iter().chain(ring.first()).map(|p| json!(p)).collect())
    };
    (0..rings.part_count()).map(|part| rings.part(part).map(closed).collect::<Value>()).collect()
}

/// How a rule comes to its outcome, in the names of the numbers beside it.
fn formula(rule: &str) -> Option<&'static str> {
    (rule == "position").then_some(
        "inside: outside_m2 <= tolerance_m2 and outside_m2 <= tolerance_share * area_m2; \
         outside: inside_m2 <= tolerance_m2 and inside_m2 <= tolerance_share * area_m2; else partial; \
         certain: the same for all inside_least_m2 <= inside_m2 <= inside_most_m2 and outside_least_m2 <= outside_m2 <= outside_most_m2, \
         where area_m2 = inside_m2 + outside_m2",
    )
}

/// The columns of the table as members, numbers as numbers: the properties of a GeoJSON feature.
pub fn columns(verdict: &Verdict) -> Vec<(&'static str, Value)> {
    let cells = verdict_csv::HEADER.into_iter().zip(verdict_csv::row(verdict));
    let value = |name: &str, cell: String| match name {
        "area_m2" | "inside_m2" | "outside_m2" | "inside_share" => cell.parse::<f64>().map_or(Value::Null, |number| json!(number)),
        _ => json!(cell),
    };
    cells.map(|(name, cell)| (name, value(name, cell))).collect()
}

fn candidate(c: &Candidate) -> Value {
    json!({
        "id": c.id,
        "name": c.name,
        "district": c.district,
        "distance_m": c.distance_m,
        "border_distance_m": c.border_distance_m,
        "free_block_m2": c.free_block_m2,
        "offered": c.offered.map(|(kind, block_m2)| json!({ "land": kind.code(), "block_m2": block_m2 })),
    })
}

fn finding(finding: &Finding) -> Value {
    let outcome = match finding.outcome {
        Outcome::Pass => "pass",
        Outcome::Warn => "warn",
        Outcome::Unknown => "unknown",
        Outcome::Fail => "fail",
    };
    json!({
        "rule": finding.rule,
        "outcome": outcome,
        "prohibitive": finding.prohibitive,
        "layer_given": finding.layer_given,
        "title": message(&finding.title),
        "detail": finding.detail.as_ref().map(message),
        "clause": finding.clause.map(|c| json!({ "document": c.document_key, "article": c.article, "quote": c.quote })),
        "numbers": finding.numbers.iter().map(|n| json!({ "key": n.key, "value": n.value, "unit": n.unit.code() })).collect::<Vec<_>>(),
        "formula": formula(finding.rule),
        "evidence": finding.evidence.iter().map(|e| json!({
            "area_m2": e.area_m2,
            "layer": e.against.as_ref().map(|(layer, _)| &**layer),
            "land": land(&e.piece),
            "feature": e.against.as_ref().map(|(_, feature)| format!("{:032x}", feature.0)),
        })).collect::<Vec<_>>(),
        "slivers": finding.slivers.iter().map(sliver).collect::<Vec<_>>(),
    })
}

fn sliver(sliver: &Sliver) -> Value {
    let run = |run: &BorderRun| {
        let (of, name) = match &run.of {
            BorderOf::Site => ("site", None),
            BorderOf::Cluster(_, name) => ("cluster", Some(name.as_str())),
            BorderOf::Layer(layer, _) => ("layer", Some(&**layer)),
        };
        json!({ "of": of, "name": name, "length_m": run.length_m, "share": run.share })
    };
    json!({ "area_m2": sliver.area_m2, "width_m": sliver.width_m, "made_by": sliver.made_by.iter().map(run).collect::<Vec<_>>() })
}

/// A message as its code and raw arguments: areas in m², shares 0…1.
pub fn message(message: &Message) -> Value {
    let args: Map<String, Value> = message.args.iter().map(|(name, value)| ((*name).to_owned(), arg(value))).collect();
    json!({ "code": message.code, "args": args })
}

fn arg(arg: &Arg) -> Value {
    match arg {
        Arg::Text(text) => json!(text),
        Arg::Count(n) => json!(n),
        Arg::AreaM2(v) | Arg::AreaHa(v) | Arg::Metres(v) | Arg::Share(v) => json!(v),
        Arg::Nested(nested) => message(nested),
    }
}

/// Rings of a shape in longitude and latitude (CGCS2000).
///
/// # Errors
/// When the shape does not go into degrees.
pub fn lon_lat_rings(shape: &Shape, crs: &Crs) -> Result<Rings, CrsError> {
    let mut rings = shape.rings().to_owned();
    Transform::new(crs, &Crs::CGCS2000_LON_LAT)?.apply(rings.coords_mut())?;
    Ok(rings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn land_is_a_multipolygon_of_closed_rings() {
        let square = Shape::check(Rings::simple(&[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]).as_ref()).unwrap();
        assert_eq!(land(&square), json!([[[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0], [0.0, 0.0]]]]));
    }

    #[test]
    fn a_message_goes_out_as_code_and_numbers() {
        let inner = Message::new("role.plan");
        let said = Message::new("x").with("n", 3_u64).with("share", Arg::Share(0.25)).with("what", inner);
        assert_eq!(message(&said), json!({ "code": "x", "args": { "n": 3, "share": 0.25, "what": { "code": "role.plan", "args": {} } } }));
    }
}

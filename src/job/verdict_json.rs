//! Verdicts as JSON and GeoJSON: codes and raw numbers, no rendered words; fields are only ever added.

use super::message_json;
use super::verdict_csv::{self, routes};
use crate::crs::{Crs, CrsError, Transform};
use crate::geom::{Rings, Shape};
use crate::rules::{Finding, Outcome, Position, Unit, Verdict};
use serde_json::{Value, json};

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
        "route": routes(verdict),
        "findings": verdict.findings.iter().map(finding).collect::<Vec<_>>(),
        "suggestion": message_json(&verdict.suggestion),
        "reason": verdict.reason.as_ref().map(message_json),
        "repairs": verdict.repairs.len(),
    })
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

fn finding(finding: &Finding) -> Value {
    let outcome = match finding.outcome {
        Outcome::Pass => "pass",
        Outcome::Warn => "warn",
        Outcome::Unknown => "unknown",
        Outcome::Fail => "fail",
    };
    let unit = |unit| match unit {
        Unit::SquareMetres => "m2",
        Unit::Metres => "m",
        Unit::Share => "share",
        Unit::Count => "count",
    };
    json!({
        "rule": finding.rule,
        "outcome": outcome,
        "prohibitive": finding.prohibitive,
        "layer_given": finding.layer_given,
        "title": message_json(&finding.title),
        "detail": finding.detail.as_ref().map(message_json),
        "clause": finding.clause.map(|c| json!({ "document": c.document_key, "article": c.article })),
        "numbers": finding.numbers.iter().map(|n| json!({ "key": n.key, "value": n.value, "unit": unit(n.unit) })).collect::<Vec<_>>(),
        "evidence": finding.evidence.iter().map(|e| json!({
            "area_m2": e.area_m2, "layer": e.against.as_ref().map(|(layer, _)| &**layer),
        })).collect::<Vec<_>>(),
    })
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

//! The provenance of a rule set and the causes of a batch as JSON: codes and raw numbers.

use super::verdict_json::message;
use crate::geom::Shape;
use crate::model::Contents;
use crate::rules::{Causes, Checker, Conformity, Relation, RuleSet, Shift, industry_table_source, sentences_document};
use serde_json::{Value, json};

/// What a rule set was made of: packs with their hashes and every change one made to those before it.
pub fn rule_set(rules: &RuleSet) -> Value {
    let packs = rules.packs.iter().map(|pack| {
        json!({
            "name": pack.name,
            "version": pack.version,
            "level": pack.level,
            "source": pack.source,
            "valid_from": pack.valid_from.map(|d| d.to_string()),
            "valid_to": pack.valid_to.map(|d| d.to_string()),
            "blake3": hex(&pack.hash),
            "changes": pack.changes.iter().map(|c| json!({
                "key": c.key, "from": c.from, "to": c.to, "loosens": c.loosens,
            })).collect::<Vec<_>>(),
        })
    });
    json!({
        "name": rules.name,
        "version": rules.version,
        "blake3": hex(&rules.hash()),
        "packs": packs.collect::<Vec<_>>(),
        "clauses_of": sentences_document(),
        "industry_table": industry_table_source(),
    })
}

/// Failures grouped by cause, those of most sites first.
pub fn causes(causes: &Causes) -> Value {
    let each = causes.found().into_iter().map(|c| {
        json!({
            "rule": c.rule,
            "finding": c.finding,
            "against": c.against,
            "sites": c.sites,
            "area_m2": c.area_m2,
            "least_m2": c.least_m2,
            "most_m2": c.most_m2,
            "strip_width_m": c.width_m.map(|[least, mean, most]| json!({ "least": least, "mean": mean, "most": most })),
            "shift": c.shift.map(shift),
            "examples": c.examples,
            "words": message(&c.message()),
        })
    });
    json!({ "causes": each.collect::<Vec<_>>(), "shift": causes.shift().map(shift) })
}

/// The cluster plan itself against the other plans (clause 一(二)1), with the shapes in conflict in the workspace's plane;
/// `None` where the rule set does not ask.
pub fn plan_conformity(contents: &Contents, checker: &Checker) -> Option<Value> {
    if checker.settings().rule_set.conformity.is_empty() {
        return None;
    }
    let rows = checker.conformity(contents);
    let conflicts = rows.iter().filter(|r| !matches!(r.relation, Relation::Fits | Relation::Unknown)).count();
    let each = rows.iter().map(|row| {
        json!({
            "cluster": row.id,
            "name": row.name,
            "role": row.role.code(),
            "relation": row.relation.code(),
            "area_m2": row.area_m2,
            "share": row.share,
            "words": message(&row.message()),
            "parts": row.shape.as_ref().map(|shape| rings(shape)),
        })
    });
    Some(json!({
        "clause": { "document": Conformity::CLAUSE.document_key, "article": Conformity::CLAUSE.article },
        "conflicts": conflicts,
        "rows": each.collect::<Vec<_>>(),
    }))
}

/// Parts of rings of corners, east before north.
fn rings(shape: &Shape) -> Value {
    let rings = shape.rings();
    json!((0..rings.part_count()).map(|part| rings.part(part).map(|i| rings.ring(i)).collect::<Vec<_>>()).collect::<Vec<_>>())
}

fn shift(shift: Shift) -> Value {
    json!({
        "east_m": shift.east_m,
        "north_m": shift.north_m,
        "strips": shift.strips,
        "rms_m": shift.rms_m,
        "one_way": shift.one_way,
        "suspected": shift.suspected,
    })
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! The provenance of a rule set and the causes of a batch as JSON: codes and raw numbers.

use super::verdict_json::message;
use crate::rules::{Causes, RuleSet, Shift};
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

//! Which district the site lies in.

use super::Rule;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet, Unit, clause};
use crate::text::Message;

/// By area from the layer of districts; without one, by what the clusters say of themselves. Two districts are both listed.
///
/// Why: 由所在区、市政府负责 — who handles follows from where it lies.
///
/// Example: 1.2 ha in 胶州 and 0.3 ha in 即墨 → warn.
pub struct District;

impl Rule for District {
    fn code(&self) -> &'static str {
        "district"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Position
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let names: Vec<&str> = facts.districts.iter().map(|d| d.name.as_str()).collect();
        let listed = names.join("、");
        if !facts.districts_given {
            let mut from_clusters: Vec<&str> = facts.hosts().map(|o| o.share.district.as_str()).filter(|d| !d.is_empty()).collect();
            from_clusters.dedup();
            return if from_clusters.is_empty() {
                Finding::new(self, Outcome::Unknown, Message::new("finding.district.unknown")).clause(clause::DISTRICT).layer_absent()
            } else {
                let title = Message::new("finding.district.of_cluster").with("district", from_clusters.join("、"));
                Finding::new(self, Outcome::Pass, title).clause(clause::DISTRICT)
            };
        }
        let known_m2: f64 = facts.districts.iter().map(|d| d.area_m2).sum();
        let (outcome, title) = match names.len() {
            0 => (Outcome::Unknown, "finding.district.beyond"),
            1 if rules.thresholds.negligible((facts.site_m2 - known_m2).max(0.0), facts.site_m2) => (Outcome::Pass, "finding.district.one"),
            1 => (Outcome::Warn, "finding.district.partly"),
            _ => (Outcome::Warn, "finding.district.several"),
        };
        facts
            .districts
            .iter()
            .fold(Finding::new(self, outcome, Message::new(title).with("district", listed)).clause(clause::DISTRICT), |f, d| {
                f.number("district_m2", d.area_m2, Unit::SquareMetres)
            })
    }
}

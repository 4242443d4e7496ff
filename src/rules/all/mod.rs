//! The rules: one file each, listed here and nowhere else.

mod admission;
mod avoid;
mod batch_approved;
mod clusters;
mod data_quality;
mod detailed_plan;
mod district;
mod ecology;
mod farmland;
mod gate;
mod growth;
mod homogeneity;
mod industrial_line;
mod industry;
mod industry_policy;
mod land_use;
mod meeting;
mod neighbours;
mod notify;
mod outside_plan;
mod pending;
mod position;
mod route;
mod supplied;
mod supply_plan;
mod zone_limit;

use super::{Conclusion, Facts, Finding, RuleSet};
use crate::text::Message;

pub use gate::gate_of;

/// A rule looks at facts and gives exactly one finding.
pub trait Rule: Sync {
    /// Stable code: it stands in rule sets, in tables and in the text keys of its findings.
    fn code(&self) -> &'static str;

    /// What it asks about, in the words of the text key `rule.<code>`.
    fn name(&self) -> Message {
        Message::stored(&format!("rule.{}", self.code()), Vec::new()).unwrap_or_else(|| Message::new(self.code()))
    }

    fn conclusion(&self) -> Conclusion;

    /// Whether it can only be answered once the site's land was measured.
    fn needs_land(&self) -> bool {
        true
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding;
}

/// Every rule, in the order of their findings.
pub const RULES: &[&dyn Rule] = &[
    &gate::Gate,
    &position::Position,
    &clusters::Clusters,
    &outside_plan::OutsidePlan,
    &industry::Industry,
    &industry_policy::IndustryPolicy,
    &admission::Admission,
    &homogeneity::Homogeneity,
    &route::Route,
    &district::District,
    &supply_plan::SupplyPlan,
    &farmland::Farmland,
    &ecology::Ecology,
    &avoid::Avoid,
    &growth::Growth,
    &detailed_plan::DetailedPlan,
    &industrial_line::IndustrialLine,
    &zone_limit::ZoneLimit,
    &land_use::LandUse,
    &batch_approved::BatchApproved,
    &supplied::Supplied,
    &pending::Pending,
    &neighbours::Neighbours,
    &notify::Notify,
    &data_quality::DataQuality,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_code_of_its_own_and_a_name() {
        for (i, rule) in RULES.iter().enumerate() {
            assert_ne!(rule.name().code, rule.code(), "no words for rule.{}", rule.code());
            assert!(RULES[..i].iter().all(|other| other.code() != rule.code()), "{}", rule.code());
        }
    }
}

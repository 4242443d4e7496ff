//! Balance of the year's supply plan (年度供地计划).

use super::Rule;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet, clause};
use crate::text::Message;

/// Why: 由…联席会议统筹年度供地计划. There is no ledger yet to take the balance from, so the rule is always unknown and says so.
pub struct SupplyPlan;

impl Rule for SupplyPlan {
    fn code(&self) -> &'static str {
        "supply_plan"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn needs_land(&self) -> bool {
        false
    }

    fn judge(&self, _facts: &Facts, _rules: &RuleSet) -> Finding {
        Finding::new(self, Outcome::Unknown, Message::new("finding.supply_plan.unknown"))
            .detail(Message::new("finding.supply_plan.unknown.detail"))
            .clause(clause::JOINT_CONFERENCE)
            .layer_absent()
    }
}

//! Admission indicators (准入): investment, plot ratio, energy.

use super::Rule;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet, clause};
use crate::text::Message;

/// No indicators of projects are read yet, so the rule is always unknown and says so: it neither fails nor passes.
pub struct Admission;

impl Rule for Admission {
    fn code(&self) -> &'static str {
        "admission"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Industry
    }

    fn needs_land(&self) -> bool {
        false
    }

    fn judge(&self, _facts: &Facts, _rules: &RuleSet) -> Finding {
        Finding::new(self, Outcome::Unknown, Message::new("finding.admission.unknown"))
            .detail(Message::new("finding.admission.unknown.detail"))
            .clause(clause::ADMISSION)
            .layer_absent()
    }
}

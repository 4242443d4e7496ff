//! Approved batches (农转用、征收批次): land outside them cannot be supplied yet.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// A precondition and no refusal: the batch may still come. Why: land that is not converted and acquired cannot be supplied.
///
/// Example: 3 ha of 5 in batch 2024-07 → warn for the other 2.
pub struct BatchApproved;

impl Rule for BatchApproved {
    fn code(&self) -> &'static str {
        "batch_approved"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let thresholds = rules.thresholds;
        meeting::left_out(self, Role::BatchApproved, facts, Outcome::Warn, |m2| thresholds.negligible(m2, facts.site_m2))
    }
}

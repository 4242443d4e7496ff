//! Land already supplied (已供) under the site is a conflict.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Two users cannot be given one piece. Example: 800 m² of the neighbour's supplied land → fail.
pub struct Supplied;

impl Rule for Supplied {
    fn code(&self) -> &'static str {
        "supplied"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let when = meeting::WhenMet { outcome: Outcome::Fail, from_m2: rules.thresholds.listed_overlap_m2, prohibitive: false };
        meeting::met(self, Role::Supplied, facts, when)
    }
}

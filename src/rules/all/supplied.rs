//! Land already supplied (已供) under the site is a conflict.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Two users cannot be given one piece; an earlier stage of the same project (the same 项目代码) is no other user.
///
/// Why: 符合…用地规定. Example: 800 m² of the neighbour's supplied land → fail; of the project's own first stage → pass.
pub struct Supplied;

impl Rule for Supplied {
    fn code(&self) -> &'static str {
        "supplied"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        meeting::met_of_others(self, Role::Supplied, facts, Outcome::Fail, rules.thresholds.listed_overlap_m2)
    }
}

//! Land asked for by another pending project (在审) under the site.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Nothing is decided yet, so a warning; the project's own application (the same 项目代码) is none.
///
/// Why: the same land cannot be promised twice. Example: two applications for one parcel → warn on both.
pub struct Pending;

impl Rule for Pending {
    fn code(&self) -> &'static str {
        "pending"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        meeting::met_of_others(self, Role::Pending, facts, Outcome::Warn, rules.thresholds.listed_overlap_m2)
    }
}

//! Land asked for by another pending project (在审) under the site.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Nothing is decided yet, so a warning. Example: two applications for one parcel → warn on both.
pub struct Pending;

impl Rule for Pending {
    fn code(&self) -> &'static str {
        "pending"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let when = meeting::WhenMet { outcome: Outcome::Warn, from_m2: rules.thresholds.listed_overlap_m2, prohibitive: false };
        meeting::met(self, Role::Pending, facts, when)
    }
}

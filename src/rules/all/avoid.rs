//! Other land to be avoided (其他避让) under the site.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Water protection, relics and the like: land met is a failure of its own, without +G. Why: 符合…用地规定 (三(二)).
///
/// Example: 300 m² of a relic's buffer → fail.
pub struct Avoid;

impl Rule for Avoid {
    fn code(&self) -> &'static str {
        "avoid"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let when = meeting::WhenMet { outcome: Outcome::Fail, from_m2: rules.thresholds.prohibitive_m2, prohibitive: false };
        meeting::met(self, Role::Avoid, facts, when)
    }
}

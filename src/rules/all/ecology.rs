//! 生态保护红线: any of it under the site forbids.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Prohibitive, as farmland is. Why: 符合…用地规定 (三(二)). Example: a corner of 12 m² in the red line → fail, +G.
pub struct Ecology;

impl Rule for Ecology {
    fn code(&self) -> &'static str {
        "ecology"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let when = meeting::WhenMet { outcome: Outcome::Fail, from_m2: rules.thresholds.prohibitive_m2, prohibitive: true };
        meeting::met(self, Role::Ecology, facts, when)
    }
}

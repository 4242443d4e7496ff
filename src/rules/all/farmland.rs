//! 永久基本农田: any of it under the site forbids.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Prohibitive: one square decimetre is a hit, because only a person may call it a drawing error.
///
/// Why: 符合…用地规定 (三(二)); ordinary industry may not occupy it.
/// Example: 0.4 m² of farmland along the northern edge → fail, +G.
pub struct Farmland;

impl Rule for Farmland {
    fn code(&self) -> &'static str {
        "farmland"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let when = meeting::WhenMet { outcome: Outcome::Fail, from_m2: rules.thresholds.prohibitive_m2, prohibitive: true };
        meeting::met(self, Role::Farmland, facts, when)
    }
}

//! Other land that somebody must hear of (其他提示) under the site.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Pipelines, airport limits and the like: land met is a warning. Why: whoever runs them has to be asked.
///
/// Example: 50 m² under a power corridor → warn.
pub struct Notify;

impl Rule for Notify {
    fn code(&self) -> &'static str {
        "notify"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let when = meeting::WhenMet { outcome: Outcome::Warn, from_m2: rules.thresholds.prohibitive_m2, prohibitive: false };
        meeting::met(self, Role::Notify, facts, when)
    }
}

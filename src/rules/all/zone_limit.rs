//! 开发区四至: how much of the site lies within a development zone's limits.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Lying outside forbids nothing, but changes whose rules hold, which is why it is told. Example: half a site beyond the limits → warn.
pub struct ZoneLimit;

impl Rule for ZoneLimit {
    fn code(&self) -> &'static str {
        "zone_limit"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let thresholds = rules.thresholds;
        meeting::left_out(self, Role::ZoneLimit, facts, Outcome::Warn, |m2| thresholds.negligible(m2, facts.site_m2))
    }
}

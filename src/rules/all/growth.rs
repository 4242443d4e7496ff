//! 城镇开发边界: land beyond it is the finding.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Why: beyond the boundary only listed kinds of construction may stand; the project decides nothing of that here.
///
/// Example: 2 000 m² of a site of 5 ha lie beyond the boundary → fail, and how much.
pub struct Growth;

impl Rule for Growth {
    fn code(&self) -> &'static str {
        "growth"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let thresholds = rules.thresholds;
        meeting::left_out(self, Role::Growth, facts, Outcome::Fail, |m2| thresholds.negligible(m2, facts.site_m2))
    }
}

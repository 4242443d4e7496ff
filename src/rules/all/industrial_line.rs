//! 工业用地控制线: industrial land is kept within it.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet};

/// Why: land within the line is kept for industry; a site beyond it takes land meant for other things.
///
/// Example: a site wholly within the line → pass; land beyond it → warn.
pub struct IndustrialLine;

impl Rule for IndustrialLine {
    fn code(&self) -> &'static str {
        "industrial_line"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let thresholds = rules.thresholds;
        meeting::left_out(self, Role::IndustrialLine, facts, Outcome::Warn, |m2| thresholds.negligible(m2, facts.site_m2))
    }
}

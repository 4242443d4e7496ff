//! 控规: which uses the detailed plan gives the land.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Hit, Outcome, RuleSet, Unit};
use crate::text::Message;

/// Industrial use is code M… (GB 50137) or 1001… (用地用海 2023). Other uses are a warning; land without a code, or with one of
/// which nobody says whose it is, is unknown.
///
/// Why: 符合…用地规定 (三(二)); another use has to be changed in the detailed plan first.
///
/// Example: 4.8 ha of M1 and 0.2 ha of S1 → warn, 0.2 ha of other uses.
pub struct DetailedPlan;

impl Rule for DetailedPlan {
    fn code(&self) -> &'static str {
        "detailed_plan"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let mut layers = facts.layers_of(Role::DetailedPlan).peekable();
        if layers.peek().is_none() {
            return meeting::absent(self, Role::DetailedPlan);
        }
        let hits: Vec<_> = layers.flat_map(|l| l.hits.iter().map(move |h| (l, h))).collect();
        let sum = |wanted: &dyn Fn(&Hit) -> bool| hits.iter().filter(|(_, h)| wanted(h)).map(|(_, h)| h.area_m2).sum::<f64>();
        let industrial_m2 = sum(&Hit::is_industrial);
        let other_m2 = sum(&Hit::is_other_use);
        let nothing_known_m2 = (facts.site_m2 - industrial_m2 - other_m2).max(0.0);
        let numbers = |f: Finding| {
            f.number("industrial_m2", industrial_m2, Unit::SquareMetres).number("other_m2", other_m2, Unit::SquareMetres).number(
                "not_known_m2",
                nothing_known_m2,
                Unit::SquareMetres,
            )
        };
        let negligible = |m2: f64| rules.thresholds.negligible(m2, facts.site_m2);
        if !negligible(other_m2) {
            let title = Message::new("finding.detailed_plan.other").with("area", meeting::area(other_m2));
            let evidence = hits.iter().filter(|(_, h)| h.is_other_use()).map(|(l, h)| l.evidence_of(h));
            numbers(Finding::new(self, Outcome::Warn, title)).evidence(evidence.collect::<Vec<_>>())
        } else if negligible(nothing_known_m2) {
            numbers(Finding::new(self, Outcome::Pass, Message::new("finding.detailed_plan.industrial")))
        } else {
            let open = hits.iter().any(|(_, h)| h.is_open());
            let why = if open { "finding.unanswered.use_system" } else { "finding.unanswered.not_covered" };
            numbers(meeting::unanswered(self, Role::DetailedPlan, why))
        }
    }
}

//! Where the site lies relative to the plan.

use super::{Rule, meeting::area};
use crate::rules::{Certainty, Conclusion, Facts, Finding, Outcome, Position as At, RuleSet, Unit, clause};
use crate::text::Message;

/// Inside when what lies outside is within both tolerances, outside when what lies inside is, else partial.
///
/// Example: 63.70 % of 17.27 ha inside → fail, with the pieces outside. Pieces that are all slivers or strips between
/// clusters of the plan stay outside; they only carry the warning that the borders may not match.
pub struct Position;

impl Rule for Position {
    fn code(&self) -> &'static str {
        "position"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Position
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let (outcome, title, clause) = match facts.position {
            At::Inside => (Outcome::Pass, "finding.position.inside", clause::SITING),
            At::Partial => (Outcome::Fail, "finding.position.partial", clause::SITING),
            At::Outside => (Outcome::Fail, "finding.position.outside", clause::OUTSIDE),
            At::NotChecked => (Outcome::Unknown, "finding.not_measured", clause::SITING),
        };
        let title =
            Message::new(title).with("rule", self.name()).with("outside", area(facts.outside_m2)).with("inside", area(facts.inside_m2));
        let mut finding = Finding::new(self, outcome, title)
            .clause(clause)
            .number("inside_m2", facts.inside_m2, Unit::SquareMetres)
            .number("outside_m2", facts.outside_m2, Unit::SquareMetres)
            .number("inside_share", if facts.site_m2 > 0.0 { facts.inside_m2 / facts.site_m2 } else { 0.0 }, Unit::Share)
            .number("tolerance_m2", rules.thresholds.tolerance_m2, Unit::SquareMetres)
            .number("tolerance_share", rules.thresholds.tolerance_share, Unit::Share)
            .evidence(facts.outside_evidence());
        let slivers = facts.outside_pieces.iter().filter(|p| p.sliver);
        let (count, total_m2) = slivers.fold((0u64, 0.0), |(n, sum), p| (n + 1, sum + p.area_m2));
        if count > 0 {
            finding = finding.number("slivers", count as f64, Unit::Count).number("slivers_m2", total_m2, Unit::SquareMetres);
        }
        if facts.certainty == Certainty::PlanGap {
            finding.detail(Message::new("finding.position.plan_gap"))
        } else if facts.position == At::Partial && count as usize == facts.outside_pieces.len() {
            finding.detail(Message::new("finding.position.slivers_only").with("count", count).with("area", area(total_m2)))
        } else if count > 0 {
            finding.detail(Message::new("finding.position.slivers").with("count", count).with("area", area(total_m2)))
        } else {
            finding
        }
    }
}

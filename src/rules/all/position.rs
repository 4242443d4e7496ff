//! Where the site lies relative to the plan.

use super::{Rule, meeting::area};
use crate::geom::width_m;
use crate::rules::{
    BorderOf, BorderRun, Certainty, Conclusion, Facts, Finding, Outcome, OutsidePiece, Position as At, RuleSet, Sliver, Unit, clause,
};
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
        let slivers: Vec<&OutsidePiece> = facts.outside_pieces.iter().filter(|p| p.sliver).collect();
        let (count, total_m2) = (slivers.len() as u64, slivers.iter().map(|p| p.area_m2).sum::<f64>());
        if count > 0 {
            let sliver =
                |p: &&OutsidePiece| Sliver { area_m2: p.area_m2, width_m: width_m((*p.piece).as_ref()), made_by: p.made_by.clone() };
            finding = finding
                .number("slivers", count as f64, Unit::Count)
                .number("slivers_m2", total_m2, Unit::SquareMetres)
                .slivers(slivers.iter().map(sliver));
        }
        if facts.certainty == Certainty::PlanGap {
            finding.detail(Message::new("finding.position.plan_gap"))
        } else if facts.position == At::Partial && slivers.len() == facts.outside_pieces.len() {
            let borders = borders(&slivers);
            let code = if borders.is_empty() { "finding.position.slivers_only" } else { "finding.position.slivers_along" };
            let detail = Message::new(code).with("count", count).with("area", area(total_m2));
            finding.detail(if borders.is_empty() { detail } else { detail.with("borders", borders) })
        } else if count > 0 {
            finding.detail(Message::new("finding.position.slivers").with("count", count).with("area", area(total_m2)))
        } else {
            finding
        }
    }
}

/// Names of the clusters and layers whose borders the slivers run along, each once, the one of the longest run first.
fn borders(slivers: &[&OutsidePiece]) -> String {
    let mut runs: Vec<&BorderRun> = slivers.iter().flat_map(|p| &p.made_by).collect();
    runs.sort_by(|a, b| b.length_m.total_cmp(&a.length_m));
    let mut names: Vec<&str> = Vec::new();
    for run in runs {
        let name = match &run.of {
            BorderOf::Site => continue,
            BorderOf::Cluster(_, name) => name.as_str(),
            BorderOf::Layer(layer, _) => layer,
        };
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

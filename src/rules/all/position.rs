//! Where the site lies relative to the plan.

use super::{Rule, meeting::area};
use crate::geom::width_m;
use crate::rules::{
    BorderOf, BorderRun, Certainty, Conclusion, Facts, Finding, Outcome, OutsidePiece, Position as At, RuleSet, Sliver, Unit, clause,
};
use crate::text::{Arg, Message};

/// Inside when what lies outside is within both tolerances, outside when what lies inside is, else partial.
///
/// Why: 应按照规划选址; what is not sited by the plan is, in principle, supplied no land.
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
                .slivers(slivers.iter().map(sliver))
                .number("slivers", count as f64, Unit::Count)
                .number("slivers_m2", total_m2, Unit::SquareMetres)
                .number("sliver_m2", rules.thresholds.sliver_m2, Unit::SquareMetres)
                .number("sliver_width_m", rules.thresholds.sliver_width_m, Unit::Metres);
        }
        if let Some(margin) = &facts.margin {
            finding = finding
                .number("accuracy_m", margin.accuracy_m, Unit::Metres)
                .number("plan_accuracy_m", margin.plan_accuracy_m, Unit::Metres)
                .number("inside_least_m2", margin.inside_m2[0], Unit::SquareMetres)
                .number("inside_most_m2", margin.inside_m2[1], Unit::SquareMetres)
                .number("outside_least_m2", margin.outside_m2[0], Unit::SquareMetres)
                .number("outside_most_m2", margin.outside_m2[1], Unit::SquareMetres);
        }
        let of_slivers = if facts.certainty == Certainty::PlanGap {
            Some(Message::new("finding.position.plan_gap"))
        } else if facts.position == At::Partial && count > 0 && count as usize == facts.outside_pieces.len() {
            let borders = borders(&slivers);
            let code = if borders.is_empty() { "finding.position.slivers_only" } else { "finding.position.slivers_along" };
            let said = Message::new(code).with("count", count).with("area", area(total_m2));
            Some(if borders.is_empty() { said } else { said.with("borders", borders) })
        } else if count > 0 {
            let slivers = Message::new("finding.position.slivers").with("count", count).with("area", area(total_m2));
            let rest_m2 = (facts.outside_m2 - total_m2).max(0.0);
            let rest = || Message::new("finding.position.without_slivers").with("area", area(rest_m2));
            Some(if facts.position == At::Partial { both(slivers, rest()) } else { slivers })
        } else {
            None
        };
        let said = [within_accuracy(facts), within_tolerance(facts, rules), of_slivers];
        match said.into_iter().flatten().reduce(both) {
            Some(detail) => finding.detail(detail),
            None => finding,
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

fn both(first: Message, second: Message) -> Message {
    Message::new("finding.position.both").with("first", first).with("second", second)
}

/// What the stated accuracy leaves of the position.
fn within_accuracy(facts: &Facts) -> Option<Message> {
    let margin = facts.margin.as_ref()?;
    // Not `Arg::Metres`: an accuracy is said as it was stated, not to the millimetre.
    let accuracy = Message::new("finding.position.accuracy").with("site", margin.accuracy_m.to_string());
    let accuracy = if margin.plan_accuracy_m > 0.0 {
        Message::new("finding.position.accuracy_of_both")
            .with("site", margin.accuracy_m.to_string())
            .with("plan", margin.plan_accuracy_m.to_string())
    } else {
        accuracy
    };
    let code = match (facts.certainty, facts.position) {
        (Certainty::PlanGap, _) | (_, At::NotChecked) => return None,
        (Certainty::WithinError, _) => "finding.position.may_change",
        (Certainty::Certain, At::Inside) => "finding.position.certainly_inside",
        (Certainty::Certain, At::Partial) => "finding.position.certainly_partial",
        (Certainty::Certain, At::Outside) => "finding.position.certainly_outside",
    };
    let said = Message::new(code).with("accuracy", accuracy);
    let said = said.with("inside_least", area(margin.inside_m2[0])).with("inside_most", area(margin.inside_m2[1]));
    Some(said.with("outside_least", area(margin.outside_m2[0])).with("outside_most", area(margin.outside_m2[1])))
}

/// Land that only the tolerance lets pass, where there is some to be seen.
fn within_tolerance(facts: &Facts, rules: &RuleSet) -> Option<Message> {
    const SHOWN_M2: f64 = 0.005;
    let (code, passed_m2) = match facts.position {
        At::Inside => ("finding.position.tolerated_outside", facts.outside_m2),
        At::Outside => ("finding.position.tolerated_inside", facts.inside_m2),
        At::Partial | At::NotChecked => return None,
    };
    let t = &rules.thresholds;
    (passed_m2 >= SHOWN_M2).then(|| {
        let tolerance = if t.tolerance_m2.is_finite() {
            Message::new("finding.position.tolerance").with("area", area(t.tolerance_m2)).with("share", Arg::Share(t.tolerance_share))
        } else {
            Message::new("finding.position.tolerance_of_share").with("share", Arg::Share(t.tolerance_share))
        };
        Message::new(code).with("area", area(passed_m2)).with("tolerance", tolerance)
    })
}

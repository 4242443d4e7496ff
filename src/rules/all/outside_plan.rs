//! A site outside the plan: what adjoins it, where it could go, on which land there first.

use super::Rule;
use crate::rules::{Candidate, Conclusion, Facts, Finding, LandKind, Outcome, Position, RuleSet, Unit, clause};
use crate::text::{Arg, Message};

/// The nearest clusters with matching industry and a free block as large as the site, with the distance of centres and of
/// borders; idle land, land approved and not supplied, and standard factories before other free land.
///
/// Why: 对产业集聚区布局规划范围外的工业项目也要按照有利于产业集聚的原则选址. Example: 3 ha, 1.2 km from a cluster with 5 ha of idle
/// land → warn, that cluster first.
pub struct OutsidePlan;

impl Rule for OutsidePlan {
    fn code(&self) -> &'static str {
        "outside_plan"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Position
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        if facts.position != Position::Outside {
            return Finding::new(self, Outcome::Pass, Message::new("finding.outside_plan.not_outside"));
        }
        let each = || facts.candidates.iter().map(offer);
        let how = Message::new(if facts.free_land_known { "finding.clusters.free_measured" } else { "finding.clusters.free_whole" });
        let finding = match (&facts.adjacent, facts.candidates.first()) {
            (Some(near), _) => {
                let title = Message::new("finding.clusters.adjacent").with("cluster", &*near.name);
                let finding = Finding::new(self, Outcome::Warn, title).number("distance_m", near.distance_m, Unit::Metres).number(
                    "adjacency_m",
                    rules.thresholds.adjacency_m,
                    Unit::Metres,
                );
                if facts.candidates.is_empty() { finding } else { finding.detail(Message::list(each().chain([how]))) }
            }
            (None, Some(_)) => {
                let names: Vec<&str> = facts.candidates.iter().map(|c| c.name.as_str()).collect();
                let title = Message::new("finding.clusters.candidates").with("clusters", names.join("、"));
                Finding::new(self, Outcome::Warn, title).detail(Message::list(each().chain([how])))
            }
            (None, None) => Finding::new(self, Outcome::Warn, Message::new("finding.clusters.no_candidate")).detail(how),
        };
        let finding = facts.candidates.iter().fold(finding, |f, c| {
            f.number("centres_m", c.distance_m, Unit::Metres).number("free_block_m2", c.free_block_m2, Unit::SquareMetres)
        });
        finding.clause(clause::OUTSIDE)
    }
}

/// One cluster as an offer: where, how far, on what land.
fn offer(candidate: &Candidate) -> Message {
    let (kind, block_m2) = candidate.offered.unwrap_or((LandKind::Free, candidate.free_block_m2));
    Message::new("finding.outside_plan.offer")
        .with("cluster", &*candidate.name)
        .with("distance", Arg::Metres(candidate.border_distance_m.unwrap_or(candidate.distance_m)))
        .with("land", Message::new(kind.key()))
        .with("block", Arg::AreaHa(block_m2))
}

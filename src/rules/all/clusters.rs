//! Which clusters the site meets: one, several, or functional areas within one.

use super::Rule;
use crate::rules::{Conclusion, Evidence, Facts, Finding, Outcome, Position, RuleSet, Unit};
use crate::text::Message;

/// A site in two clusters has two hosts with their own industries and routes, so it is a warning; a functional area within
/// its cluster is one chain. Outside, the rule lists where the site could go instead.
///
/// Why: each cluster has its own industries and its own grade, and a person must choose.
///
/// Example: 60 % in A, 40 % in B → warn; wholly in 家电园 within 胶州 → pass, 胶州 > 家电园.
pub struct Clusters;

impl Rule for Clusters {
    fn code(&self) -> &'static str {
        "clusters"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Position
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let chains: Vec<String> = facts.hosts().map(|o| o.share.chain.join(" > ")).collect();
        let listed = chains.join("、");
        let evidence = facts.overlaps.iter().map(|o| Evidence {
            piece: o.piece.clone(),
            area_m2: o.share.overlap_m2,
            against: Some((facts.plan.layer.clone(), o.share.feature)),
        });
        let finding = match (chains.len(), facts.position) {
            // The rule on sites outside has more to say, where it is asked.
            (_, Position::Outside) | (0, _) if rules.asks("outside_plan") => {
                Finding::new(self, Outcome::Warn, Message::new("finding.clusters.none"))
            }
            (_, Position::Outside) | (0, _) => self.outside(facts),
            (1, _) => Finding::new(self, Outcome::Pass, Message::new("finding.clusters.one").with("clusters", listed)),
            (n, _) => Finding::new(self, Outcome::Warn, Message::new("finding.clusters.several").with("count", n).with("clusters", listed)),
        };
        finding.number("clusters", facts.overlaps.len() as f64, Unit::Count).evidence(evidence)
    }
}

impl Clusters {
    fn outside(&self, facts: &Facts) -> Finding {
        if let Some(near) = &facts.adjacent {
            let title = Message::new("finding.clusters.adjacent").with("cluster", &*near.name);
            return Finding::new(self, Outcome::Warn, title).number("distance_m", near.distance_m, Unit::Metres);
        }
        let Some(first) = facts.candidates.first() else {
            return Finding::new(self, Outcome::Warn, Message::new("finding.clusters.no_candidate"));
        };
        let names: Vec<&str> = facts.candidates.iter().map(|c| c.name.as_str()).collect();
        let how = if facts.free_land_known { "finding.clusters.free_measured" } else { "finding.clusters.free_whole" };
        Finding::new(self, Outcome::Warn, Message::new("finding.clusters.candidates").with("clusters", names.join("、")))
            .detail(Message::new(how))
            .number("distance_m", first.distance_m, Unit::Metres)
            .number("free_block_m2", first.free_block_m2, Unit::SquareMetres)
    }
}

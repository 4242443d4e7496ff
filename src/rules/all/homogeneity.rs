//! 错位发展: whether other clusters nearby live on the same industries.

use super::Rule;
use crate::rules::{Conclusion, Facts, Finding, Outcome, Position, RuleSet, Unit, clause};
use crate::text::{Arg, Message};

/// A hint and never a refusal: clusters near the host or in its district whose industries are much the same (cosine of
/// leading and supporting divisions), or that lead in the project's industry where the host does not.
///
/// Why: 统筹协调各集聚区错位发展,避免集聚区间同质竞争. Example: host 38, 39; 4 km on a cluster 38, 39 → warn.
pub struct Homogeneity;

impl Rule for Homogeneity {
    fn code(&self) -> &'static str {
        "homogeneity"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Industry
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        const SHOWN: usize = 3;
        if facts.position == Position::Outside {
            return Finding::new(self, Outcome::Unknown, Message::new("finding.homogeneity.outside")).layer_absent();
        }
        let Some(similar) = &facts.similar else {
            let title = Message::new("finding.homogeneity.unknown");
            return Finding::new(self, Outcome::Unknown, title).detail(Message::new("finding.homogeneity.unknown.detail")).layer_absent();
        };
        let finding = match similar.as_slice() {
            [] => Finding::new(self, Outcome::Pass, Message::new("finding.homogeneity.none")),
            several => {
                let title = Message::new("finding.homogeneity.similar").with("count", several.len());
                let each = several.iter().take(SHOWN).map(|s| {
                    let key = if s.leads { "finding.homogeneity.leads" } else { "finding.homogeneity.alike" };
                    let message = Message::new(key).with("cluster", &*s.name).with("similarity", Arg::Share(s.similarity));
                    message.with("distance", Arg::Metres(s.distance_m))
                });
                let most = several.iter().map(|s| s.similarity).fold(0.0, f64::max);
                Finding::new(self, Outcome::Warn, title).detail(Message::list(each)).number("similarity", most, Unit::Share)
            }
        };
        let t = &rules.thresholds;
        finding
            .number("homogeneity_share", t.homogeneity_share, Unit::Share)
            .number("homogeneity_distance_m", t.homogeneity_distance_m, Unit::Metres)
            .clause(clause::STAGGERED)
    }
}

//! Other proposed sites on the same land: two applications for one piece.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Evidence, Facts, Finding, Outcome, RuleSet, Unit};
use crate::text::Message;

/// Sites of the layers of sites that overlap this one; stages of one project (the same 项目代码) may.
///
/// Why: the same land cannot be promised twice. Example: 200 m² also in S-07 → warn on both.
pub struct Neighbours;

impl Rule for Neighbours {
    fn code(&self) -> &'static str {
        "neighbours"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, _rules: &RuleSet) -> Finding {
        let Some(neighbours) = &facts.neighbours else { return meeting::absent(self, Role::Sites) };
        let others = || neighbours.iter().filter(|n| !n.same_project);
        if others().next().is_none() {
            let own = neighbours.len();
            let key = if own > 0 { "finding.neighbours.own" } else { "finding.neighbours.none" };
            return Finding::new(self, Outcome::Pass, Message::new(key).with("count", own));
        }
        let names: Vec<&str> = others().map(|n| n.id.as_str()).collect();
        let title = Message::new("finding.neighbours.overlap").with("sites", names.join("、"));
        others().fold(Finding::new(self, Outcome::Warn, title), |f, n| {
            let evidence = Evidence { piece: n.piece.clone(), area_m2: n.area_m2, against: Some((n.layer.clone(), n.feature)) };
            f.number("shared_m2", n.area_m2, Unit::SquareMetres).evidence([evidence])
        })
    }
}

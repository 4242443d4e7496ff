//! 三调地类: the land by the three classes (农用地、建设用地、未利用地), and what has to be converted first.

use super::{Rule, meeting};
use crate::model::{LandClass, Role};
use crate::rules::{Conclusion, Facts, Finding, Hit, Outcome, RuleSet, Unit};
use crate::text::Message;

/// The three classes add up to the site; arable land is told apart. Agricultural and unused land is converted before it can
/// be supplied, which is a warning. Land of which no code is known, or not whose code it is, keeps the rule from saying that
/// there is none.
///
/// Why: 符合产业政策和用地规定 — conversion comes before supply. Example: 1.4 ha of 0103 旱地 → warn.
pub struct LandUse;

/// Codes of arable land begin so, in the survey and in the planning guide alike.
const ARABLE: &str = "01";

impl Rule for LandUse {
    fn code(&self) -> &'static str {
        "land_use"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Constraints
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let mut layers = facts.layers_of(Role::LandUse).peekable();
        if layers.peek().is_none() {
            return meeting::absent(self, Role::LandUse);
        }
        let hits: Vec<_> = layers.flat_map(|l| l.hits.iter().map(move |h| (l, h))).collect();
        let sum = |wanted: &dyn Fn(&Hit) -> bool| hits.iter().filter(|(_, h)| wanted(h)).map(|(_, h)| h.area_m2).sum::<f64>();
        let of = |class: LandClass| sum(&|hit| hit.class() == Some(class));
        let (agricultural_m2, construction_m2, unused_m2) =
            (of(LandClass::Agricultural), of(LandClass::Construction), of(LandClass::Unused));
        let arable_m2 = sum(&|hit| hit.system.and_then(|s| s.find(&hit.label)).is_some_and(|u| u.code.starts_with(ARABLE)));
        let to_convert_m2 = agricultural_m2 + unused_m2;
        let not_known_m2 = (facts.site_m2 - to_convert_m2 - construction_m2).max(0.0);
        let negligible = |m2: f64| rules.thresholds.negligible(m2, facts.site_m2);
        let finding = if !negligible(to_convert_m2) {
            let title = Message::new("finding.land_use.convert").with("area", meeting::area(to_convert_m2));
            let converts = |hit: &Hit| matches!(hit.class(), Some(LandClass::Agricultural | LandClass::Unused));
            let evidence = hits.iter().filter(|(_, h)| converts(h)).map(|(l, h)| l.evidence_of(h));
            Finding::new(self, Outcome::Warn, title).evidence(evidence.collect::<Vec<_>>())
        } else if negligible(not_known_m2) {
            Finding::new(self, Outcome::Pass, Message::new("finding.land_use.none"))
        } else {
            let open = hits.iter().any(|(_, h)| h.is_open());
            let why = if open { "finding.unanswered.use_system" } else { "finding.unanswered.not_covered" };
            meeting::unanswered(self, Role::LandUse, why)
        };
        let finding = if finding.outcome == Outcome::Unknown {
            finding
        } else {
            let classes = Message::new("finding.land_use.classes")
                .with("agricultural", meeting::area(agricultural_m2))
                .with("arable", meeting::area(arable_m2))
                .with("construction", meeting::area(construction_m2))
                .with("unused", meeting::area(unused_m2));
            let not_known = || Message::new("finding.land_use.not_known").with("area", meeting::area(not_known_m2));
            finding.detail(if negligible(not_known_m2) { classes } else { Message::list([classes, not_known()]) })
        };
        finding
            .number("to_convert_m2", to_convert_m2, Unit::SquareMetres)
            .number("agricultural_m2", agricultural_m2, Unit::SquareMetres)
            .number("arable_m2", arable_m2, Unit::SquareMetres)
            .number("construction_m2", construction_m2, Unit::SquareMetres)
            .number("unused_m2", unused_m2, Unit::SquareMetres)
            .number("not_known_m2", not_known_m2, Unit::SquareMetres)
    }
}

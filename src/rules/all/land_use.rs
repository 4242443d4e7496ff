//! 三调地类: land that has to be converted before it can be supplied.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet, Unit};
use crate::text::Message;

/// Codes of the third survey: 00–04 (wetland, arable, orchard, forest, grass), rural roads, ponds, ditches and farm
/// facilities are agricultural or ecological land; on them conversion comes first, which is a warning.
///
/// Example: 1.4 ha of 0103 旱地 → warn.
pub struct LandUse;

const TO_CONVERT: [&str; 10] = ["00", "01", "02", "03", "04", "1006", "1103", "1104", "1107", "1202"];

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
        let converts = |label: &str| TO_CONVERT.iter().any(|code| label.starts_with(code));
        let to_convert_m2: f64 = hits.iter().filter(|(_, h)| converts(&h.label)).map(|(_, h)| h.area_m2).sum();
        let known_m2: f64 = hits.iter().filter(|(_, h)| !h.label.is_empty()).map(|(_, h)| h.area_m2).sum();
        let negligible = |m2: f64| rules.thresholds.negligible(m2, facts.site_m2);
        let numbers =
            |f: Finding| f.number("to_convert_m2", to_convert_m2, Unit::SquareMetres).number("known_m2", known_m2, Unit::SquareMetres);
        if !negligible(to_convert_m2) {
            let title = Message::new("finding.land_use.convert").with("area", meeting::area(to_convert_m2));
            let evidence = hits.iter().filter(|(_, h)| converts(&h.label)).map(|(l, h)| l.evidence_of(h));
            numbers(Finding::new(self, Outcome::Warn, title)).evidence(evidence.collect::<Vec<_>>())
        } else if negligible((facts.site_m2 - known_m2).max(0.0)) {
            numbers(Finding::new(self, Outcome::Pass, Message::new("finding.land_use.none")))
        } else {
            numbers(meeting::unanswered(self, Role::LandUse, "finding.unanswered.not_covered"))
        }
    }
}

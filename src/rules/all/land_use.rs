//! 三调地类: the land by the three classes (农用地、建设用地、未利用地), and what has to be converted first.

use super::{Rule, meeting};
use crate::model::Role;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet, Unit};
use crate::text::Message;

/// The three classes add up to the site; arable land is told apart. Agricultural and unused land is converted before it can
/// be supplied, which is a warning. Land of which no code is known keeps the rule from saying that there is none.
///
/// Why: 符合产业政策和用地规定 — conversion comes before supply. Example: 1.4 ha of 0103 旱地 → warn.
pub struct LandUse;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Agricultural,
    Construction,
    Unused,
}

/// Codes of the third survey (TD/T 1055-2019) by the class of the land administration law; a longer code goes before a
/// shorter one.
const CLASSES: [(&str, Class); 34] = [
    ("0303", Class::Agricultural),
    ("0304", Class::Agricultural),
    ("0306", Class::Agricultural),
    ("0402", Class::Agricultural),
    ("0404", Class::Unused),
    ("1006", Class::Agricultural),
    ("1101", Class::Unused),
    ("1102", Class::Unused),
    ("1103", Class::Agricultural),
    ("1104", Class::Agricultural),
    ("1105", Class::Unused),
    ("1106", Class::Unused),
    ("1107", Class::Agricultural),
    ("1108", Class::Unused),
    ("1109", Class::Construction),
    ("1110", Class::Unused),
    ("1201", Class::Construction),
    ("1202", Class::Agricultural),
    ("1203", Class::Agricultural),
    ("1204", Class::Unused),
    ("1205", Class::Unused),
    ("1206", Class::Unused),
    ("1207", Class::Unused),
    ("20", Class::Construction),
    ("01", Class::Agricultural),
    ("02", Class::Agricultural),
    ("03", Class::Agricultural),
    ("04", Class::Agricultural),
    ("05", Class::Construction),
    ("06", Class::Construction),
    ("07", Class::Construction),
    ("08", Class::Construction),
    ("09", Class::Construction),
    ("10", Class::Construction),
];

const ARABLE: &str = "01";

fn class_of(label: &str) -> Option<Class> {
    CLASSES.iter().find(|(code, _)| label.starts_with(code)).map(|(_, class)| *class)
}

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
        let sum = |wanted: &dyn Fn(&str) -> bool| hits.iter().filter(|(_, h)| wanted(&h.label)).map(|(_, h)| h.area_m2).sum::<f64>();
        let of = |class: Class| sum(&|label| class_of(label) == Some(class));
        let (agricultural_m2, construction_m2, unused_m2) = (of(Class::Agricultural), of(Class::Construction), of(Class::Unused));
        let to_convert_m2 = agricultural_m2 + unused_m2;
        let not_known_m2 = (facts.site_m2 - to_convert_m2 - construction_m2).max(0.0);
        let negligible = |m2: f64| rules.thresholds.negligible(m2, facts.site_m2);
        let finding = if !negligible(to_convert_m2) {
            let title = Message::new("finding.land_use.convert").with("area", meeting::area(to_convert_m2));
            let converts = |label: &str| matches!(class_of(label), Some(Class::Agricultural | Class::Unused));
            let evidence = hits.iter().filter(|(_, h)| converts(&h.label)).map(|(l, h)| l.evidence_of(h));
            Finding::new(self, Outcome::Warn, title).evidence(evidence.collect::<Vec<_>>())
        } else if negligible(not_known_m2) {
            Finding::new(self, Outcome::Pass, Message::new("finding.land_use.none"))
        } else {
            meeting::unanswered(self, Role::LandUse, "finding.unanswered.not_covered")
        };
        let finding = if finding.outcome == Outcome::Unknown {
            finding
        } else {
            let classes = Message::new("finding.land_use.classes")
                .with("agricultural", meeting::area(agricultural_m2))
                .with("arable", meeting::area(sum(&|label| label.starts_with(ARABLE))))
                .with("construction", meeting::area(construction_m2))
                .with("unused", meeting::area(unused_m2));
            let not_known = || Message::new("finding.land_use.not_known").with("area", meeting::area(not_known_m2));
            finding.detail(if negligible(not_known_m2) { classes } else { meeting::list([classes, not_known()]) })
        };
        finding
            .number("to_convert_m2", to_convert_m2, Unit::SquareMetres)
            .number("agricultural_m2", agricultural_m2, Unit::SquareMetres)
            .number("arable_m2", sum(&|label| label.starts_with(ARABLE)), Unit::SquareMetres)
            .number("construction_m2", construction_m2, Unit::SquareMetres)
            .number("unused_m2", unused_m2, Unit::SquareMetres)
            .number("not_known_m2", not_known_m2, Unit::SquareMetres)
    }
}

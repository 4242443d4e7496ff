//! Who coordinates and who handles.

use super::Rule;
use crate::rules::{Conclusion, Facts, Finding, Outcome, Position, Route as Way, RuleSet, clause, routes_of};
use crate::text::Message;

/// A cluster on the list of 市重点发展, or a functional area of one: the joint conference coordinates and the district
/// handles. Any other: the district. Outside, the text names no route. Several are all listed; a person chooses.
///
/// Why: 三(二) names the joint conference for listed clusters and the district for all others.
///
/// Example: a site across a listed and an unlisted cluster → warn, both routes.
pub struct Route;

impl Rule for Route {
    fn code(&self) -> &'static str {
        "route"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Position
    }

    fn judge(&self, facts: &Facts, _rules: &RuleSet) -> Finding {
        let routes = routes_of(facts);
        let joint = routes.iter().any(|r| matches!(r, Way::JointConference { .. }));
        let quoted = match facts.position {
            Position::Outside => clause::OUTSIDE,
            _ if joint => clause::JOINT_CONFERENCE,
            _ => clause::DISTRICT,
        };
        let (outcome, title) = match (facts.position, routes.as_slice()) {
            (Position::Outside, _) => (Outcome::Warn, "finding.route.outside"),
            (_, [only]) if only.district().is_none() => (Outcome::Unknown, "finding.route.no_district"),
            (_, [_]) if joint => (Outcome::Pass, "finding.route.joint_conference"),
            (_, [_]) => (Outcome::Pass, "finding.route.district"),
            (_, _) => (Outcome::Warn, "finding.route.several"),
        };
        let districts: Vec<&str> = routes.iter().filter_map(Way::district).collect();
        let mut named: Vec<&str> = Vec::new();
        districts.into_iter().for_each(|d| {
            if !named.contains(&d) {
                named.push(d)
            }
        });
        Finding::new(self, outcome, Message::new(title).with("district", named.join("、"))).clause(quoted)
    }
}

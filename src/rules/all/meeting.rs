//! What rules about one layer have in common: land that is met, land that is left out, layers that cannot answer.

use super::Rule;
use crate::geom::pieces;
use crate::model::Role;
use crate::rules::{Covers, Evidence, Facts, Finding, Hit, LayerFacts, Outcome, Unit};
use crate::text::Message;
use std::sync::Arc;

/// Land of the layers in `role` is met: what that comes to.
pub struct WhenMet {
    pub outcome: Outcome,
    /// Overlaps from here on count.
    pub from_m2: f64,
    /// A hit forbids: +G.
    pub prohibitive: bool,
}

/// The finding of a rule for which any land met is the news and a layer that covers the site without a hit passes.
pub fn met(rule: &dyn Rule, role: Role, facts: &Facts, when: WhenMet) -> Finding {
    let Some(summary) = summary(role, facts) else { return absent(rule, role) };
    let hits: Vec<Evidence> = summary.evidence.into_iter().filter(|e| e.area_m2 >= when.from_m2).collect();
    if !hits.is_empty() {
        let title = Message::new("finding.met").with("layer", role_name(role)).with("area", area(summary.hit_m2));
        let finding = Finding::new(rule, when.outcome, title)
            .number("met_m2", summary.hit_m2, Unit::SquareMetres)
            .number("met_share", summary.hit_m2 / facts.site_m2, Unit::Share)
            .number("pieces", hits.len() as f64, Unit::Count)
            .evidence(hits);
        return if when.prohibitive { finding.prohibitive() } else { finding };
    }
    match summary.silent {
        None => Finding::new(rule, Outcome::Pass, Message::new("finding.not_met").with("layer", role_name(role))),
        Some(why) => unanswered(rule, role, why),
    }
}

/// As [`met`], for land given to or asked for by projects: that of the site's own project is no news.
pub fn met_of_others(rule: &dyn Rule, role: Role, facts: &Facts, outcome: Outcome, from_m2: f64) -> Finding {
    let finding = met(rule, role, facts, WhenMet { outcome, from_m2, prohibitive: false });
    let own = |hit: &Hit| facts.site.project.as_deref().is_some_and(|code| code == hit.project);
    let hits = || facts.layers_of(role).flat_map(|l| l.hits.iter().map(move |h| (l, h)));
    let Some(land) = facts.land_of(role).filter(|_| hits().any(|(_, h)| own(h) && h.area_m2 >= from_m2)) else { return finding };
    let others: Vec<Evidence> =
        hits().filter(|(_, h)| !own(h) && h.area_m2 >= from_m2).map(|(layer, hit)| layer.evidence_of(hit)).collect();
    let own_m2 = (land.met_m2 - land.others_m2).max(0.0);
    let finding = if others.is_empty() {
        match summary(role, facts).and_then(|s| s.silent) {
            None => {
                Finding::new(rule, Outcome::Pass, Message::new("finding.met_own").with("layer", role_name(role)).with("area", area(own_m2)))
            }
            Some(why) => unanswered(rule, role, why),
        }
    } else {
        let title = Message::new("finding.met").with("layer", role_name(role)).with("area", area(land.others_m2));
        let pieces = others.len() as f64;
        Finding::new(rule, outcome, title)
            .number("met_m2", land.others_m2, Unit::SquareMetres)
            .number("met_share", land.others_m2 / facts.site_m2, Unit::Share)
            .number("pieces", pieces, Unit::Count)
            .evidence(others)
    };
    finding.number("same_project_m2", own_m2, Unit::SquareMetres)
}

/// The finding of a rule for which the land that the layers in `role` leave out is the news.
pub fn left_out(rule: &dyn Rule, role: Role, facts: &Facts, outcome: Outcome, negligible: impl Fn(f64) -> bool) -> Finding {
    let Some(summary) = summary(role, facts) else { return absent(rule, role) };
    let left_m2 = facts.land_of(role).map_or((facts.site_m2 - summary.hit_m2).max(0.0), |land| land.left_m2);
    let numbers = |f: Finding| f.number("within_m2", summary.hit_m2, Unit::SquareMetres).number("beyond_m2", left_m2, Unit::SquareMetres);
    if negligible(left_m2) {
        return numbers(Finding::new(rule, Outcome::Pass, Message::new("finding.within").with("layer", role_name(role))));
    }
    match summary.silent {
        None => {
            let title = Message::new("finding.beyond").with("layer", role_name(role)).with("area", area(left_m2));
            // The pieces beyond are the trouble, not those within.
            let beyond = facts.land_of(role).and_then(|land| land.left.clone());
            let pieces = beyond.iter().flat_map(|left| pieces((**left).as_ref())).map(Arc::new);
            numbers(Finding::new(rule, outcome, title)).evidence(pieces.map(|piece| Evidence {
                area_m2: piece.area_m2(),
                piece,
                against: None,
            }))
        }
        Some(why) => unanswered(rule, role, why),
    }
}

/// No layer in this role was supplied.
pub fn absent(rule: &dyn Rule, role: Role) -> Finding {
    Finding::new(rule, Outcome::Unknown, Message::new("finding.layer_absent").with("layer", role_name(role)))
        .detail(Message::new("finding.layer_absent.detail").with("layer", role_name(role)))
        .layer_absent()
}

/// A layer is there but does not answer for all of this site.
pub fn unanswered(rule: &dyn Rule, role: Role, why: &'static str) -> Finding {
    Finding::new(rule, Outcome::Unknown, Message::new("finding.unanswered").with("layer", role_name(role))).detail(Message::new(why))
}

pub fn role_name(role: Role) -> Message {
    Message::new(role.facts().name_key)
}

pub fn area(m2: f64) -> crate::text::Arg {
    crate::text::Arg::AreaM2(m2)
}

struct Summary {
    hit_m2: f64,
    evidence: Vec<Evidence>,
    /// Text key of the reason why finding nothing would say nothing.
    silent: Option<&'static str>,
}

/// `None` when no layer in this role was supplied. One layer that answers is enough to know that there is nothing only
/// where every other layer in the role answers too.
fn summary(role: Role, facts: &Facts) -> Option<Summary> {
    let layers: Vec<&LayerFacts> = facts.layers_of(role).collect();
    let silent = |layer: &LayerFacts| match (layer.broken, layer.covers) {
        (true, _) => Some("finding.unanswered.broken"),
        (false, Covers::Whole) => None,
        (false, Covers::Not) => Some("finding.unanswered.not_covered"),
        (false, Covers::Undeclared) => Some("finding.unanswered.undeclared"),
    };
    (!layers.is_empty()).then(|| Summary {
        hit_m2: facts.land_of(role).map_or(0.0, |land| land.met_m2),
        evidence: layers.iter().flat_map(|l| l.evidence()).collect(),
        silent: layers.iter().find_map(|l| silent(l)),
    })
}

//! What is suggested for a case: never a decision, that is a person's.

use super::{Case, CaseLetter, Facts, Finding, IndustryMatch};
use crate::model::Role;
use crate::text::{Arg, Message};

/// The suggestion of the table in PRODUCT §2.4, with the hit on a prohibitive layer, if any, said first.
pub(super) fn suggestion(facts: &Facts, case: Case, findings: &[Finding]) -> Message {
    let base = match case.letter {
        // What is open about the industry is said beside the letter, so that it cannot read as settled.
        CaseLetter::A => Message::new(match facts.industry {
            IndustryMatch::NotGiven => "suggestion.a_not_given",
            IndustryMatch::Unknown => "suggestion.a_unknown",
            _ => "suggestion.a",
        }),
        CaseLetter::B => Message::new("suggestion.b"),
        CaseLetter::C => Message::new("suggestion.c"),
        CaseLetter::D => Message::new("suggestion.d").with("area", Arg::AreaHa(facts.outside_m2)),
        CaseLetter::E => {
            let names: Vec<&str> = facts.candidates.iter().map(|c| c.name.as_str()).collect();
            Message::new("suggestion.e").with("clusters", names.join("、"))
        }
        CaseLetter::F => Message::new("suggestion.f"),
        CaseLetter::H => match &facts.reason {
            Some(reason) => Message::new("suggestion.h_because").with("reason", reason.clone()),
            None => Message::new("suggestion.h"),
        },
        CaseLetter::N => Message::new("suggestion.n"),
    };
    let hits = findings.iter().filter(|f| f.prohibitive);
    hits.rfold(base, |rest, finding| {
        let layer = Role::from_code(finding.rule).map_or("", |role| role.facts().name_key);
        let met_m2 = finding.numbers.iter().find(|n| n.key == "met_m2").map_or(0.0, |n| n.value);
        Message::new("suggestion.prohibited").with("layer", Message::new(layer)).with("area", Arg::AreaM2(met_m2)).with("rest", rest)
    })
}

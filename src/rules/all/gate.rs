//! The gate: whether the siting clause binds the project at all.

use super::Rule;
use crate::model::ProjectKind;
use crate::rules::{Conclusion, Facts, Finding, Gate as Bound, Outcome, RuleSet, clause};
use crate::text::Message;

/// The clause binds new industrial projects under a plan in force on the application date. A kind that is not given is
/// taken as new and industrial, and said. What it does not bind is measured all the same, and worded without refusal.
///
/// Why: 新上工业项目 — the sentence speaks of no others.
///
/// Example: technical renovation on land already held → the letter is N.
pub struct Gate;

/// Whether the clause binds.
pub fn gate_of(facts: &Facts) -> Bound {
    match facts.site.kind {
        ProjectKind::NotIndustrial | ProjectKind::OnOwnLand => Bound::DoesNotBind,
        ProjectKind::NotGiven | ProjectKind::NewIndustrial | ProjectKind::SiteBound if facts.plan.in_force => Bound::Binds,
        ProjectKind::NotGiven | ProjectKind::NewIndustrial | ProjectKind::SiteBound => Bound::DoesNotBind,
    }
}

impl Rule for Gate {
    fn code(&self) -> &'static str {
        "gate"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Position
    }

    fn needs_land(&self) -> bool {
        false
    }

    fn judge(&self, facts: &Facts, _rules: &RuleSet) -> Finding {
        let finding = match (gate_of(facts), facts.site.kind) {
            (Bound::DoesNotBind, ProjectKind::NotIndustrial) => (Outcome::Pass, "finding.gate.not_industrial"),
            (Bound::DoesNotBind, ProjectKind::OnOwnLand) => (Outcome::Pass, "finding.gate.own_land"),
            (Bound::DoesNotBind, _) => (Outcome::Warn, "finding.gate.not_in_force"),
            (Bound::Binds, ProjectKind::NotGiven) => (Outcome::Warn, "finding.gate.kind_not_given"),
            (Bound::Binds, _) => (Outcome::Pass, "finding.gate.binds"),
        };
        let (outcome, title) = finding;
        let title = Message::new(title).with("date", facts.date.to_string()).with("plan", &*facts.plan.layer);
        Finding::new(self, outcome, title).clause(clause::SITING)
    }
}

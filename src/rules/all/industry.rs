//! Whether the project's industry is one of the cluster's.

use super::Rule;
use crate::rules::{Conclusion, Facts, Finding, IndustryMatch, Outcome, Position, RuleSet, clause, in_words, industry_codes};
use crate::text::Message;

/// The match with every cluster that would host the site; the worst counts. An industry that is not given, or whose code
/// cannot be compared (another edition of GB/T 4754, a wider division, words instead of a code), is unknown.
///
/// Why: 形成按照产业规划落项目的供地机制 (一(二)2).
///
/// Example: 3851 in a cluster whose leading industry is 38 → pass; 2611 where 26 is forbidden → fail.
pub struct Industry;

impl Rule for Industry {
    fn code(&self) -> &'static str {
        "industry"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Industry
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let code = facts.site.industry.as_deref().unwrap_or_default();
        if facts.position == Position::Outside {
            let key = if code.is_empty() { "finding.industry.outside_not_given" } else { "finding.industry.outside" };
            return Finding::new(self, Outcome::Unknown, Message::new(key).with("industry", code)).layer_absent();
        }
        let (outcome, title) = match facts.industry {
            IndustryMatch::Leading | IndustryMatch::Supporting | IndustryMatch::Allowed => (Outcome::Pass, "finding.industry.matches"),
            IndustryMatch::NotGiven => (Outcome::Unknown, "finding.industry.not_given"),
            IndustryMatch::Unknown => (Outcome::Unknown, "finding.industry.unknown"),
            IndustryMatch::NotListed => (Outcome::Fail, "finding.industry.not_listed"),
            IndustryMatch::Forbidden => (Outcome::Fail, "finding.industry.forbidden"),
        };
        let hosts: Vec<&str> = facts.hosts().filter(|o| o.industry == facts.industry).map(|o| o.share.name.as_str()).collect();
        let title =
            Message::new(title).with("industry", code).with("match", Message::new(facts.industry.key())).with("clusters", hosts.join("、"));
        // Words are not a code: a match by the helper table is said, and is for a person to confirm.
        let by_words = outcome != Outcome::Unknown && in_words(code);
        let outcome = if by_words && outcome == Outcome::Pass { Outcome::Warn } else { outcome };
        let finding = Finding::new(self, outcome, title).clause(clause::ADMISSION);
        match facts.industry {
            _ if by_words => {
                let codes = industry_codes(code, &rules.industry.edition).join("、");
                finding.detail(Message::new("finding.industry.by_words").with("industry", code).with("codes", codes))
            }
            IndustryMatch::NotGiven => finding.detail(Message::new("finding.industry.not_given.detail")),
            IndustryMatch::Unknown => finding.detail(Message::new("finding.industry.unknown.detail")),
            _ => finding,
        }
    }
}

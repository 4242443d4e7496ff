//! Lists of industry policy (产业政策目录): what the state and the city restrict or forbid, on the day of the application.

use super::Rule;
use crate::rules::{Conclusion, Facts, Finding, Outcome, PolicyClass, PolicyEntry, PolicyList, RuleSet, clause, industry_codes};
use crate::text::Message;

/// Every list of the rule set that is in force on the date. An entry about certain products of an industry is met where the
/// project's name bears one of its words; where only the industry is the entry's, a person must look. What is forbidden
/// anywhere is forbidden here; an excerpt in which nothing was found says nothing.
///
/// Why: 严格执行产业政策,加强产业调控. Example: 机制纸 (2221) where the city's list forbids it → fail, case C.
pub struct IndustryPolicy;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Met {
    /// The industry is the entry's, the product may not be.
    Perhaps,
    Restricted,
    Forbidden,
}

impl Rule for IndustryPolicy {
    fn code(&self) -> &'static str {
        "industry_policy"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Industry
    }

    fn needs_land(&self) -> bool {
        false
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let lists: Vec<&PolicyList> = rules.lists.iter().filter(|l| l.in_force(facts.date)).collect();
        if lists.is_empty() {
            let title = Message::new("finding.industry_policy.none").with("date", facts.date.to_string());
            return Finding::new(self, Outcome::Unknown, title)
                .detail(Message::new("finding.industry_policy.none.detail"))
                .clause(clause::ADMISSION)
                .layer_absent();
        }
        let given = facts.site.industry.as_deref().unwrap_or_default();
        let codes = industry_codes(given, &rules.industry.edition);
        if codes.is_empty() {
            let key = if given.is_empty() { "finding.industry.not_given" } else { "finding.industry_policy.no_code" };
            return Finding::new(self, Outcome::Unknown, Message::new(key).with("industry", given))
                .detail(Message::new("finding.industry_policy.no_code.detail"))
                .clause(clause::ADMISSION)
                .layer_absent();
        }
        let product = format!("{} {given}", facts.site.name);
        let mut met: Vec<(Met, &PolicyList, &PolicyEntry)> = Vec::new();
        for (list, entry) in lists.iter().flat_map(|list| list.entries.iter().map(move |entry| (*list, entry))) {
            let entry_codes: Vec<String> = entry.codes.iter().flat_map(|code| industry_codes(code, &list.edition)).collect();
            met.extend(how(entry, &entry_codes, &codes, &product).map(|how| (how, list, entry)));
        }
        met.sort_by_key(|(how, _, _)| std::cmp::Reverse(*how));
        let finding = match met.first().map(|(how, _, _)| *how) {
            Some(worst) => {
                let (outcome, key) = match worst {
                    Met::Forbidden => (Outcome::Fail, "finding.industry_policy.forbidden"),
                    Met::Restricted => (Outcome::Warn, "finding.industry_policy.restricted"),
                    Met::Perhaps => (Outcome::Warn, "finding.industry_policy.perhaps"),
                };
                let quoted = met.iter().map(|(_, list, entry)| {
                    Message::new("finding.industry_policy.entry").with("list", &*list.name).with("entry", &*entry.text)
                });
                Finding::new(self, outcome, Message::new(key).with("industry", given)).detail(Message::list(quoted))
            }
            None if lists.iter().all(|l| l.complete) => {
                let names = Message::list(lists.iter().map(|l| Message::new("finding.words").with("words", &*l.name)));
                Finding::new(self, Outcome::Pass, Message::new("finding.industry_policy.not_met").with("industry", given)).detail(names)
            }
            None => {
                let excerpts = lists.iter().filter(|l| !l.complete);
                let names = Message::list(excerpts.map(|l| Message::new("finding.words").with("words", &*l.name)));
                let title = Message::new("finding.industry_policy.excerpt").with("industry", given);
                Finding::new(self, Outcome::Unknown, title)
                    .detail(Message::new("finding.industry_policy.excerpt.detail").with("lists", names))
            }
        };
        finding.clause(clause::ADMISSION)
    }
}

/// How an entry meets a project that may be of any of `codes`.
fn how(entry: &PolicyEntry, entry_codes: &[String], codes: &[String], product: &str) -> Option<Met> {
    let covers = |code: &String| entry_codes.iter().any(|e| code.starts_with(e.as_str()));
    let within = |code: &String| entry_codes.iter().any(|e| e.starts_with(code.as_str()));
    if !codes.iter().any(|code| covers(code) || within(code)) {
        return None;
    }
    let named = entry.words.is_empty() || entry.words.iter().any(|word| product.contains(word.as_str()));
    Some(match (codes.iter().all(covers) && named, entry.class) {
        (true, PolicyClass::Forbidden) => Met::Forbidden,
        (true, PolicyClass::Restricted) => Met::Restricted,
        (false, _) => Met::Perhaps,
    })
}

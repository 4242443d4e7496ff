//! Admission indicators (准入): investment, plot ratio, building coefficient, green and office land, energy, tax.

use super::Rule;
use crate::model::Indicator;
use crate::rules::{Conclusion, Facts, Finding, Outcome, RuleSet, Unit, clause, industry_codes};
use crate::text::{self, Message};

/// What the rule set and the clusters that would host the site ask, the strictest of each, against the project's figures.
/// An indicator that is asked and not given is no pass; where nothing is asked, nothing was checked.
///
/// Why: 严格执行产业政策 and 投资强度大 of 三(四) say that not every project of the right industry may come in. The investment
/// intensity is the one given, else the investment over the measured area. Example: 2400 万元/公顷 where 3000 are asked → fail.
pub struct Admission;

/// One indicator that is asked, and what the project says of it.
struct Item {
    indicator: Indicator,
    asked: f64,
    given: Option<f64>,
}

impl Rule for Admission {
    fn code(&self) -> &'static str {
        "admission"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Industry
    }

    fn needs_land(&self) -> bool {
        false
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        let items: Vec<Item> = Indicator::ALL.into_iter().filter_map(|i| item(i, facts, rules)).collect();
        let (failed, rest): (Vec<&Item>, Vec<&Item>) = items.iter().partition(|i| i.fails());
        let missing: Vec<&&Item> = rest.iter().filter(|i| i.given.is_none()).collect();
        let count = |n: usize| n as u64;
        let finding = if items.is_empty() {
            let title = Message::new("finding.admission.nothing_asked");
            Finding::new(self, Outcome::Unknown, title).detail(Message::new("finding.admission.nothing_asked.detail")).layer_absent()
        } else if !failed.is_empty() {
            let title = Message::new("finding.admission.fails").with("count", count(failed.len()));
            Finding::new(self, Outcome::Fail, title).detail(Message::list(failed.iter().map(|i| i.words())))
        } else if missing.len() == items.len() {
            let title = Message::new("finding.admission.not_given").with("count", count(missing.len()));
            let names = Message::list(missing.iter().map(|i| Message::new(i.indicator.key())));
            Finding::new(self, Outcome::Unknown, title)
                .detail(Message::new("finding.admission.missing").with("names", names))
                .layer_absent()
        } else if !missing.is_empty() {
            let title = Message::new("finding.admission.partly").with("count", count(missing.len()));
            let names = Message::list(missing.iter().map(|i| Message::new(i.indicator.key())));
            Finding::new(self, Outcome::Unknown, title).detail(Message::new("finding.admission.missing").with("names", names))
        } else {
            let title = Message::new("finding.admission.met").with("count", count(items.len()));
            Finding::new(self, Outcome::Pass, title).detail(Message::list(items.iter().map(Item::words)))
        };
        let given = items.iter().filter_map(|i| Some((i, i.given?)));
        given.fold(finding.clause(clause::ADMISSION), |f, (i, given)| {
            f.number(i.indicator.code(), given, unit(i.indicator)).number("asked", i.asked, unit(i.indicator))
        })
    }
}

impl Item {
    fn fails(&self) -> bool {
        self.given.is_some_and(|given| if self.indicator.wants_more() { given < self.asked } else { given > self.asked })
    }

    fn words(&self) -> Message {
        let key = match (self.fails(), self.indicator.wants_more()) {
            (true, true) => "finding.admission.below",
            (true, false) => "finding.admission.above",
            (false, _) => "finding.admission.within",
        };
        let number = |value: f64| if unit(self.indicator) == Unit::Share { text::percent(value) } else { text::number(value) };
        let given = self.given.map_or_else(|| "–".to_owned(), number);
        Message::new(key).with("name", Message::new(self.indicator.key())).with("given", given).with("asked", number(self.asked))
    }
}

/// The strictest limit of the rule set for the project's industry and of the hosts.
fn item(indicator: Indicator, facts: &Facts, rules: &RuleSet) -> Option<Item> {
    let industry = facts.site.industry.as_deref();
    let applies = |limit: &crate::rules::Limit| {
        limit.codes.is_empty()
            || industry.is_some_and(|given| {
                // All industries the project may be of must be among those the limit is for.
                let listed: Vec<String> = limit.codes.iter().flat_map(|code| industry_codes(code, &limit.edition)).collect();
                let codes = industry_codes(given, &rules.industry.edition);
                !codes.is_empty() && codes.iter().all(|code| listed.iter().any(|entry| code.starts_with(entry.as_str())))
            })
    };
    let of_rules = rules.limits.iter().filter(|l| l.indicator == indicator && applies(l)).map(|l| l.value);
    let of_hosts = facts.hosts().flat_map(|o| &o.limits).filter(|(i, _)| *i == indicator).map(|(_, value)| *value);
    let strictest = |a: f64, b: f64| if indicator.wants_more() { a.max(b) } else { a.min(b) };
    let asked = of_rules.chain(of_hosts).reduce(strictest)?;
    Some(Item { indicator, asked, given: indicator.of(&facts.site.figures, facts.site_m2) })
}

fn unit(indicator: Indicator) -> Unit {
    match indicator {
        Indicator::Investment => Unit::WanPerHectare,
        Indicator::FloorAreaRatio => Unit::Ratio,
        Indicator::BuildingCoefficient | Indicator::GreenRatio | Indicator::AdminShare => Unit::Share,
        Indicator::Energy => Unit::TcePerWan,
        Indicator::Tax => Unit::WanPerMu,
    }
}

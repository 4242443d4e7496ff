//! The clauses that rules quote, verbatim from the city's opinions on industrial clusters.

use super::Clause;
use serde::Deserialize;
use std::sync::LazyLock;

const DOCUMENT: &str = "document.opinions";

const fn clause(article: &'static str, quote: &'static str) -> Clause {
    Clause { document_key: DOCUMENT, article, quote }
}

/// Inside the plan new industrial projects are sited by the plan; what is not is, in principle, supplied no land.
pub const SITING: Clause =
    clause("三(二)", "对产业集聚区布局规划范围内新上工业项目应按照规划选址。对不按照产业集聚区布局规划选点的项目,原则上不予供地。");

/// Outside the plan: sited by what favours clustering.
pub const OUTSIDE: Clause = clause("三(二)", "对产业集聚区布局规划范围外的工业项目也要按照有利于产业集聚的原则选址。");

/// Clusters on the list of 市重点发展: the joint conference.
pub const JOINT_CONFERENCE: Clause =
    clause("三(二)", "对市重点发展产业集聚区项目用地,由市工业产业集聚区建设联席会议统筹年度供地计划,保障项目用地。");

/// All other clusters: the district government.
pub const DISTRICT: Clause = clause(
    "三(二)",
    "对其他产业集聚区符合产业政策和用地规定的新上工业项目用地,由所在区、市政府负责按照产业集聚区布局规划对项目选址预审和供地。",
);

/// Industry and admission.
pub const ADMISSION: Clause = clause("一(二)2", "严格执行产业政策,加强产业调控,形成按照产业规划落项目的供地机制");

/// Clusters that live on different industries.
pub const STAGGERED: Clause = clause("一(二)2", "统筹协调各集聚区错位发展,避免集聚区间同质竞争。");

/// The plan fits the other plans.
pub const CONFORMITY: Clause =
    clause("一(二)1", "坚持产业集聚区规划与城市发展总体规划、工业产业布局规划和中心城镇规划以及相关专题规划相吻合、相协调。");

/// The expansion of the five cities' clusters.
pub const EXPANSION: Clause = clause("二(四)", "县域五市工业产业集聚区规模由现在的224平方公里拓展到700平方公里。");

/// Every clause that a rule, the tracking or the plan's own conformity quotes.
pub const CLAUSES: [Clause; 8] = [SITING, OUTSIDE, JOINT_CONFERENCE, DISTRICT, ADMISSION, STAGGERED, CONFORMITY, EXPANSION];

/// A sentence of the opinions: what checks it, or why nothing does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// E.g. `三(二)`.
    pub article: String,
    /// Verbatim.
    pub text: String,
    /// Codes of the rules that check it.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Examples and tests of that.
    #[serde(default)]
    pub tests: Vec<String>,
    /// How far the rules go.
    pub note: Option<String>,
    /// 本软件不核查, and why.
    pub not_checked: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    document: String,
    sentence: Vec<Sentence>,
}

/// A table that does not parse has no sentences; the tests refuse to pass then.
static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("../../assets/rules/clauses.toml")).unwrap_or_default());

/// The document that [`sentences`] are of.
pub fn sentences_document() -> &'static str {
    &TABLE.document
}

/// The sentences of the clauses that bear on siting, in the order of the document.
pub fn sentences() -> &'static [Sentence] {
    &TABLE.sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quotation_is_in_the_policy_word_for_word() {
        let policy = include_str!("../../tests/data/policy.txt");
        for clause in CLAUSES {
            assert!(policy.contains(clause.quote), "{}", clause.quote);
        }
    }
}

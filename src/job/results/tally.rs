//! How many sites came to what.

use crate::rules::{Position, Verdict};
use crate::text::{self, Message};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Counts of verdicts and case letters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub sites: u64,
    verdicts: BTreeMap<Position, u64>,
    cases: BTreeMap<String, u64>,
}

const POSITIONS: [Position; 4] = [Position::Inside, Position::Partial, Position::Outside, Position::NotChecked];

impl Tally {
    pub fn add(&mut self, verdict: &Verdict) {
        self.sites += 1;
        *self.verdicts.entry(verdict.position).or_default() += 1;
        *self.cases.entry(verdict.case.to_string()).or_default() += 1;
    }

    pub fn of(&self, position: Position) -> u64 {
        self.verdicts.get(&position).copied().unwrap_or(0)
    }

    /// Counts by verdict, all four of them.
    pub fn verdicts(&self) -> impl Iterator<Item = (Position, u64)> {
        POSITIONS.into_iter().map(|p| (p, self.of(p)))
    }

    /// Counts by case, those that occur.
    pub fn cases(&self) -> impl Iterator<Item = (&str, u64)> {
        self.cases.iter().map(|(case, n)| (case.as_str(), *n))
    }

    pub fn json(&self) -> Value {
        let verdicts: Map<String, Value> = self.verdicts().map(|(p, n)| (p.code().to_owned(), json!(n))).collect();
        json!({ "sites": self.sites, "verdicts": verdicts, "cases": self.cases })
    }

    /// One sentence.
    pub fn words(&self, lang: text::Lang) -> Message {
        let separator = text::word(lang, "cli.list_separator");
        let verdicts: Vec<String> = self.verdicts().map(|(p, n)| format!("{} {}", text::word(lang, p.key()), text::count(n))).collect();
        let cases: Vec<String> = self.cases().map(|(case, n)| format!("{case} {}", text::count(n))).collect();
        let message = Message::new("cli.tally").with("count", self.sites).with("verdicts", verdicts.join(separator));
        message.with("cases", cases.join(separator))
    }
}

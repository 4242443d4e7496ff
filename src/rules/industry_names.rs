//! Industries in words: the helper table where codes are missing, and what codes of the edition of 2002 became.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{LazyLock, PoisonError, RwLock};

/// Names and mappings as written in `assets/industry/gbt4754.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    source: String,
    division: Vec<Division>,
    word: Vec<Word>,
    from_2002: Vec<Moved>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Division {
    code: String,
    name: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    word: String,
    codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    code: String,
    to: Vec<String>,
    whole: bool,
}

/// A table that does not parse knows no names; the tests refuse to pass then.
static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("../../assets/industry/gbt4754.toml")).unwrap_or_default());

/// Every word with its codes.
static WORDS: LazyLock<Vec<(&str, Vec<&str>)>> = LazyLock::new(|| {
    let of_divisions = TABLE.division.iter().flat_map(|d| {
        let words = d.words.iter().map(String::as_str).chain([d.name.as_str()]);
        words.map(|word| (word, vec![d.code.as_str()]))
    });
    let of_words = TABLE.word.iter().map(|w| (w.word.as_str(), w.codes.iter().map(String::as_str).collect()));
    of_words.chain(of_divisions).collect()
});

/// Code and name of every division, in order.
pub fn divisions() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.division.iter().map(|d| (d.code.as_str(), d.name.as_str()))
}

/// The codes of GB/T 4754-2017 that an industry in words may be, in order; empty when no word of it is known. Where
/// words overlap the longer one counts.
pub(super) fn codes_of_words(text: &str) -> Vec<&'static str> {
    // A city has some hundred industries and a batch asks for each at every site and rule.
    const KEPT: usize = 4096;
    static KNOWN: RwLock<BTreeMap<String, Vec<&'static str>>> = RwLock::new(BTreeMap::new());
    if let Some(codes) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(text) {
        return codes.clone();
    }
    let codes = looked_up(text);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() < KEPT {
        known.insert(text.to_owned(), codes.clone());
    }
    codes
}

fn looked_up(text: &str) -> Vec<&'static str> {
    let places = |(word, codes): &'static (&'static str, Vec<&'static str>)| {
        text.match_indices(word).map(|(at, _)| (at..at + word.len(), codes)).collect::<Vec<_>>()
    };
    let mut found: Vec<(std::ops::Range<usize>, &Vec<&'static str>)> = WORDS.iter().flat_map(places).collect();
    // Of words of one length the first counts.
    found.sort_by_key(|(here, _)| (std::cmp::Reverse(here.len()), here.start));
    let mut taken: Vec<std::ops::Range<usize>> = Vec::new();
    let mut codes: Vec<&str> = Vec::new();
    for (here, of_word) in found {
        if taken.iter().all(|t| t.end <= here.start || here.end <= t.start) {
            taken.push(here);
            codes.extend(of_word);
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The divisions of 2017 that a code of 2002 lies in, and whether its division is the whole of the one new one. What
/// classes within a division became is not known here.
pub(super) fn divisions_since_2011(code: &str) -> Option<(Vec<&'static str>, bool)> {
    let moved = TABLE.from_2002.iter().find(|m| code.starts_with(m.code.as_str()))?;
    Some((moved.to.iter().map(String::as_str).collect(), moved.whole && code == moved.code))
}

/// Where the table of names and codes is from.
pub fn industry_table_source() -> &'static str {
    &TABLE.source
}

/// Name of the division that a code of 2017 lies in.
pub fn division_name(code: &str) -> Option<&'static str> {
    TABLE.division.iter().find(|d| code.starts_with(d.code.as_str())).map(|d| d.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_codes_and_the_longer_word_counts() {
        assert!(TABLE.division.len() > 30 && TABLE.from_2002.len() > 30 && !TABLE.source.is_empty());
        assert_eq!(codes_of_words("家电制造"), ["385"]);
        assert_eq!(codes_of_words("汽车零部件"), ["367"]);
        assert_eq!(codes_of_words("纺织机械制造"), ["355"]);
        assert_eq!(codes_of_words("非金属矿物制品业"), ["30"]);
        assert_eq!(codes_of_words("石油化工"), ["25", "26"]);
        assert_eq!(codes_of_words("汽车、船舶"), ["36", "37"]);
        assert!(codes_of_words("综合").is_empty());
        for word in TABLE.word.iter().flat_map(|w| &w.codes) {
            assert!(division_name(word).is_some(), "{word}");
        }
    }

    #[test]
    fn codes_of_2002_lie_in_divisions_of_2017() {
        assert_eq!(divisions_since_2011("3951"), Some((vec!["38"], false)));
        assert_eq!(divisions_since_2011("39"), Some((vec!["38"], true)));
        assert_eq!(divisions_since_2011("37"), Some((vec!["36", "37"], false)));
        assert_eq!(divisions_since_2011("38"), None);
    }
}

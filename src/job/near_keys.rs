//! Keys that nearly agree: the slips of a table typed by hand. Found to be suggested, never to be joined.

use std::collections::{BTreeMap, BTreeSet};

/// A key without what people write in several ways: full-width signs, blanks, case, dashes, the letters that stand for digits.
pub fn folded(key: &str) -> String {
    key.chars().filter_map(fold).collect()
}

fn fold(c: char) -> Option<char> {
    // The full-width forms stand in the order of ASCII.
    let c = match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    };
    match c {
        _ if c.is_whitespace() || c.is_control() => None,
        '-' | '_' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{3000}' | '\u{200b}' | '\u{feff}' => None,
        'o' | 'O' | '〇' => Some('0'),
        'l' | 'I' | 'i' => Some('1'),
        _ => c.to_uppercase().next(),
    }
}

/// Whether one sign more, less or other makes the one the other; two neighbours that changed places count as one slip too.
pub fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let ahead = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let room = short.len() - ahead;
    let behind = short.iter().rev().zip(long.iter().rev()).take(room).take_while(|(x, y)| x == y).count();
    match (room - behind, long.len() - ahead - behind) {
        (0, 1) | (1, 1) => true,
        (2, 2) => short.get(ahead) == long.get(ahead + 1) && short.get(ahead + 1) == long.get(ahead),
        _ => false,
    }
}

/// Candidates by their folded form and by every form with one sign left out, so that each look is short.
#[derive(Debug, Default)]
pub struct NearKeys<'a> {
    forms: BTreeMap<String, Vec<&'a str>>,
    /// Folded forms of the keys that ask.
    asking: BTreeSet<String>,
}

/// Shorter keys differ by one sign from too many others.
const SHORTEST: usize = 4;

impl<'a> NearKeys<'a> {
    /// `asking`: the keys that will ask. A candidate that is one of them but for its writing is suggested to that one only.
    pub fn new<'b>(keys: impl Iterator<Item = &'a str>, asking: impl Iterator<Item = &'b str>) -> Self {
        let mut near = Self { forms: BTreeMap::new(), asking: asking.map(folded).collect() };
        for key in keys {
            let folded = folded(key);
            for form in shortened(&folded).chain(std::iter::once(folded.clone())) {
                near.forms.entry(form).or_default().push(key);
            }
        }
        near
    }

    /// Keys near to `key`, at most three: those that differ only in writing; where there are none, those one slip away.
    pub fn of(&self, key: &str) -> Vec<&'a str> {
        let own = folded(key);
        let forms = std::iter::once(own.clone()).chain(shortened(&own));
        let mut found: Vec<(bool, &'a str)> = forms
            .filter_map(|form| self.forms.get(&form))
            .flatten()
            .filter_map(|other| {
                let theirs = folded(other);
                let same = theirs == own;
                let long = own.chars().count() >= SHORTEST && theirs.chars().count() >= SHORTEST;
                let slipped = long && !self.asking.contains(&theirs) && one_slip(&own, &theirs);
                (*other != key && (same || slipped)).then_some((!same, *other))
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        if found.first().is_some_and(|(slip, _)| !slip) {
            found.retain(|(slip, _)| !slip);
        }
        found.into_iter().map(|(_, key)| key).take(3).collect()
    }
}

fn shortened(key: &str) -> impl Iterator<Item = String> + use<> {
    let signs: Vec<char> = key.chars().collect();
    let all = if signs.len() < SHORTEST { 0 } else { signs.len() };
    (0..all).map(move |left_out| signs.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, c)| *c).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_writing_are_near() {
        let near = NearKeys::new(["XZ2013001", "XZ-2013-OO2", "胶州—１２", "AB"].into_iter(), std::iter::empty());
        assert_eq!(near.of("xz 2013 001"), ["XZ2013001"]);
        assert_eq!(near.of("\u{ff38}\u{ff3a}2013001"), ["XZ2013001"], "full-width letters");
        assert_eq!(near.of("XZ2013002"), ["XZ-2013-OO2"], "O for 0 and dashes, and then no other digit");
        assert_eq!(near.of("XZ2013003"), ["XZ-2013-OO2", "XZ2013001"], "one other digit");
        let spoken_for = NearKeys::new(["XZ-2013-001"].into_iter(), ["XZ2013001", "XZ2013002"].into_iter());
        assert_eq!(spoken_for.of("XZ2013001"), ["XZ-2013-001"]);
        assert!(spoken_for.of("XZ2013002").is_empty(), "another asks for it with better right");
        assert_eq!(near.of("胶州-12"), ["胶州—１２"]);
        assert_eq!(near.of("XZ201301"), ["XZ2013001"], "one digit left out");
        assert_eq!(near.of("XZ2031001"), ["XZ2013001"], "neighbours changed places");
        assert!(near.of("XZ2014441").is_empty());
        assert!(near.of("AC").is_empty(), "two letters say too little");
        assert!(near.of("XZ2013001").iter().all(|k| *k != "XZ2013001"), "the same key is no suggestion");
    }

    #[test]
    fn one_slip_is_one() {
        for (a, b) in [("1234", "1234"), ("1234", "4321"), ("12", "1256"), ("", "12"), ("1234", "2143")] {
            assert!(!one_slip(a, b), "{a} {b}");
        }
        for (a, b) in [("1234", "1235"), ("1234", "123"), ("1234", "12345"), ("1234", "1324"), ("", "1")] {
            assert!(one_slip(a, b) && one_slip(b, a), "{a} {b}");
        }
    }
}

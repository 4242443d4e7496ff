//! How a project's industry stands to the lists of a cluster (GB/T 4754).

use super::IndustryMatch;
use super::industry_names::{codes_of_words, divisions_since_2011};
use crate::model::Cluster;

/// Whether the industry is given in words rather than as a code.
pub fn in_words(given: &str) -> bool {
    !is_code(given)
}

/// The codes of 2017 that an industry may be: its own code, or what the helper table makes of words and of codes of 2002.
pub fn industry_codes(given: &str, edition: &str) -> Vec<String> {
    let owned = |codes: Vec<&str>| codes.into_iter().map(str::to_owned).collect();
    match (is_code(given), is_old(edition)) {
        (true, false) => vec![given.to_owned()],
        (true, true) => owned(divisions_since_2011(given).map_or(Vec::new(), |(divisions, _)| divisions)),
        (false, _) => owned(codes_of_words(given)),
    }
}

/// The lists of a cluster as written and as codes of 2017, made once.
#[derive(Clone, Debug)]
pub(super) struct ClusterLists {
    written: Lists,
    edition: String,
    /// What the helper table makes of the lists.
    known: Lists,
    /// Divisions of which an entry of 2002 holds a part.
    unsure: Vec<String>,
    /// An entry could not be read.
    unread: bool,
}

impl ClusterLists {
    pub fn new(cluster: &Cluster) -> Self {
        let written = Lists([&cluster.forbidden, &cluster.leading, &cluster.supporting, &cluster.allowed].map(Clone::clone));
        let (mut unsure, mut unread) = (Vec::new(), false);
        let known = Lists(written.0.each_ref().map(|list| as_of_2017(list, &cluster.edition, &mut unsure, &mut unread)));
        Self { written, edition: cluster.edition.clone(), known, unsure, unread }
    }

    /// The match of an industry given as a code of `edition` or in words; `codes`: what [`industry_codes`] makes of it.
    ///
    /// A division such as `38` covers its classes `385`, `3851`; of several entries that cover the code the longest decides,
    /// of equally long ones the strictest. A code that is wider than an entry (`26` against `2614`) cannot be compared. Words
    /// and codes of 2002 go through the helper table; where they may be several industries, the match has to hold for all.
    pub fn matching(&self, given: &str, edition: &str, codes: &[String]) -> IndustryMatch {
        if self.written.0.iter().all(Vec::is_empty) {
            return IndustryMatch::Unknown;
        }
        let plain = is_code(given) && self.written.entries().all(|entry| is_code(entry));
        if plain && (same_numbers(edition, &self.edition) || edition.is_empty() || self.edition.is_empty()) {
            return by_code(given, &self.written);
        }
        if let Some((_, outcome)) = self.written.all().find(|(list, _)| list.iter().any(|entry| entry == given && !is_code(given))) {
            return outcome;
        }
        self.by_table(edition, codes)
    }

    /// Words or codes of different editions: both sides as codes of 2017, as far as the helper table knows them.
    fn by_table(&self, edition: &str, codes: &[String]) -> IndustryMatch {
        let old = is_old(edition);
        let mut outcomes = codes.iter().map(|code| match by_code(code, &self.known) {
            // A division that stands for a class of 2002 may be any of the classes listed within it.
            _ if old && self.known.entries().any(|entry| entry != code && covers(code, entry)) => IndustryMatch::Unknown,
            // An entry that holds part of this division may be meant, and so may one that could not be read.
            _ if self.unsure.iter().any(|division| covers(division, code)) => IndustryMatch::Unknown,
            IndustryMatch::NotListed if self.unread => IndustryMatch::Unknown,
            outcome => outcome,
        });
        let first = outcomes.next().unwrap_or(IndustryMatch::Unknown);
        if outcomes.all(|other| other == first) { first } else { IndustryMatch::Unknown }
    }
}

/// Entries of a list as codes of 2017; parts of divisions go to `unsure`, what the table does not know makes it `unread`.
fn as_of_2017(list: &[String], edition: &str, unsure: &mut Vec<String>, unread: &mut bool) -> Vec<String> {
    let mut sure = Vec::new();
    for entry in list {
        if !is_code(entry) {
            let of_words = codes_of_words(entry);
            *unread |= of_words.is_empty();
            sure.extend(of_words.into_iter().map(str::to_owned));
        } else if !is_old(edition) {
            sure.push(entry.clone());
        } else {
            match divisions_since_2011(entry) {
                Some((divisions, true)) => sure.extend(divisions.into_iter().map(str::to_owned)),
                Some((divisions, false)) => unsure.extend(divisions.into_iter().map(str::to_owned)),
                None => *unread = true,
            }
        }
    }
    sure
}

/// The four lists of a cluster, the strictest first.
#[derive(Clone, Debug)]
struct Lists([Vec<String>; 4]);

impl Lists {
    const OUTCOMES: [IndustryMatch; 4] =
        [IndustryMatch::Forbidden, IndustryMatch::Leading, IndustryMatch::Supporting, IndustryMatch::Allowed];

    fn all(&self) -> impl Iterator<Item = (&Vec<String>, IndustryMatch)> {
        self.0.iter().zip(Self::OUTCOMES)
    }

    fn forbidden(&self) -> &[String] {
        &self.0[0]
    }

    fn entries(&self) -> impl Iterator<Item = &String> {
        self.0.iter().flatten()
    }
}

/// Codes of one edition on both sides.
fn by_code(code: &str, lists: &Lists) -> IndustryMatch {
    let mut best: Option<(usize, IndustryMatch)> = None;
    for (list, outcome) in lists.all() {
        let longest = list.iter().filter(|entry| covers(entry, code)).map(String::len).max();
        if let Some(len) = longest
            && best.is_none_or(|(so_far, _)| len > so_far)
        {
            best = Some((len, outcome));
        }
    }
    // A forbidden class within the wider code given may be meant: that is no pass.
    let forbidden_within = lists.forbidden().iter().any(|entry| entry != code && covers(code, entry));
    match best {
        Some((_, outcome)) if !forbidden_within => outcome,
        Some(_) => IndustryMatch::Unknown,
        None if lists.entries().any(|entry| covers(code, entry)) => IndustryMatch::Unknown,
        None => IndustryMatch::NotListed,
    }
}

/// Whether `entry` of a list covers `code`: the same words, or a division or class that `code` is in.
fn covers(entry: &str, code: &str) -> bool {
    entry == code || (is_code(entry) && is_code(code) && code.starts_with(entry))
}

fn is_code(text: &str) -> bool {
    (2..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Divisions bear other numbers in the edition of 2002 than in those of 2011 and 2017.
fn is_old(edition: &str) -> bool {
    edition.contains("2002") || edition.contains("1994")
}

fn same_numbers(a: &str, b: &str) -> bool {
    is_old(a) == is_old(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use IndustryMatch as I;

    fn match_industry(given: Option<&str>, edition: &str, cluster: &Cluster) -> IndustryMatch {
        given.map_or(I::NotGiven, |given| ClusterLists::new(cluster).matching(given, edition, &industry_codes(given, edition)))
    }

    fn cluster() -> Cluster {
        let list = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect();
        Cluster {
            leading: list(&["38", "2614"]),
            supporting: list(&["39", "34"]),
            allowed: list(&["73"]),
            forbidden: list(&["26", "384", "345"]),
            edition: "2017".into(),
            ..Cluster::default()
        }
    }

    #[test]
    fn a_division_covers_its_classes_and_the_longest_entry_decides() {
        for (code, expected) in [
            ("3851", I::Leading),
            ("385", I::Leading),
            ("3841", I::Forbidden),
            ("2614", I::Leading),
            ("2611", I::Forbidden),
            ("3962", I::Supporting),
            ("7320", I::Allowed),
            ("1711", I::NotListed),
        ] {
            assert_eq!(match_industry(Some(code), "2017", &cluster()), expected, "{code}");
        }
        assert_eq!(match_industry(None, "2017", &cluster()), I::NotGiven);
    }

    #[test]
    fn what_cannot_be_compared_is_unknown_and_never_a_pass() {
        // Wider than the forbidden 384 and 345: the forbidden class may be meant.
        assert_eq!(match_industry(Some("38"), "2017", &cluster()), I::Unknown);
        assert_eq!(match_industry(Some("34"), "2017", &cluster()), I::Unknown);
        assert_eq!(match_industry(Some("综合"), "2017", &cluster()), I::Unknown);
        assert_eq!(match_industry(Some("38"), "2017", &Cluster::default()), I::Unknown);
        // 39 was electrical machinery in 2002 and is electronics since 2011.
        assert_eq!(match_industry(Some("3962"), "2002", &cluster()), I::Unknown);
        assert_eq!(match_industry(Some("1310"), "2002", &cluster()), I::NotListed);
        assert_eq!(match_industry(Some("3962"), "2011", &cluster()), I::Supporting);
    }

    #[test]
    fn words_and_codes_of_2002_go_through_the_helper_table() {
        let of = |given, edition, cluster: &Cluster| match_industry(Some(given), edition, cluster);
        assert_eq!(of("家电", "2017", &cluster()), I::Leading);
        assert_eq!(of("家具制造", "2017", &cluster()), I::NotListed);
        // 石油化工 may be 25 or 26, of which only 26 is listed.
        assert_eq!(of("石油化工", "2017", &cluster()), I::Unknown);
        let list = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect();
        let old = Cluster { leading: list(&["39", "29"]), forbidden: list(&["26"]), edition: "2002".into(), ..Cluster::default() };
        assert_eq!(of("3851", "2017", &old), I::Leading);
        assert_eq!(of("2611", "2017", &old), I::Forbidden);
        // Rubber is a part of the division 29 of today.
        assert_eq!(of("2921", "2017", &old), I::Unknown);
        assert_eq!(of("1310", "2017", &old), I::NotListed);
        let words = Cluster { leading: list(&["家电电子", "新材料"]), edition: "2017".into(), ..Cluster::default() };
        assert_eq!(of("3851", "2017", &words), I::Leading);
        assert_eq!(of("1310", "2017", &words), I::NotListed);
        let unread = Cluster { leading: list(&["家电", "现代服务"]), edition: "2017".into(), ..Cluster::default() };
        assert_eq!(of("1310", "2017", &unread), I::Unknown);
    }
}

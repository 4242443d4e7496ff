//! How a project's industry code stands to the lists of a cluster (GB/T 4754).

use super::IndustryMatch;
use crate::model::Cluster;

/// The match of `code` (edition `edition` of GB/T 4754) with the lists of `cluster`.
///
/// A division such as `38` covers its classes `385`, `3851`; of several entries that cover the code the longest decides,
/// of equally long ones the strictest. A code that is wider than an entry (`26` against `2614`) cannot be compared.
pub fn match_industry(code: Option<&str>, edition: &str, cluster: &Cluster) -> IndustryMatch {
    let Some(code) = code else { return IndustryMatch::NotGiven };
    let lists = [
        (&cluster.forbidden, IndustryMatch::Forbidden),
        (&cluster.leading, IndustryMatch::Leading),
        (&cluster.supporting, IndustryMatch::Supporting),
        (&cluster.allowed, IndustryMatch::Allowed),
    ];
    if lists.iter().all(|(list, _)| list.is_empty()) || !comparable(code, edition, &cluster.edition) {
        return IndustryMatch::Unknown;
    }
    let mut best: Option<(usize, IndustryMatch)> = None;
    for (list, outcome) in lists {
        let longest = list.iter().filter(|entry| covers(entry, code)).map(String::len).max();
        if let Some(len) = longest
            && best.is_none_or(|(so_far, _)| len > so_far)
        {
            best = Some((len, outcome));
        }
    }
    let entries = || lists.iter().flat_map(|(list, _)| list.iter());
    // A forbidden class within the wider code given may be meant: that is no pass.
    let forbidden_within = cluster.forbidden.iter().any(|entry| entry != code && covers(code, entry));
    match best {
        Some((_, outcome)) if !forbidden_within => outcome,
        Some(_) => IndustryMatch::Unknown,
        None if entries().any(|entry| covers(code, entry) || !is_code(entry)) || !is_code(code) => IndustryMatch::Unknown,
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

/// Divisions from 29 on bear other numbers in the edition of 2002 than in those of 2011 and 2017.
fn comparable(code: &str, site_edition: &str, cluster_edition: &str) -> bool {
    const FIRST_SHIFTED: &str = "29";
    if site_edition == cluster_edition || site_edition.is_empty() || cluster_edition.is_empty() {
        return true;
    }
    let old = |edition: &str| edition.contains("2002") || edition.contains("1994");
    old(site_edition) == old(cluster_edition) || !is_code(code) || code < FIRST_SHIFTED
}

#[cfg(test)]
mod tests {
    use super::*;
    use IndustryMatch as I;

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
        assert_eq!(match_industry(Some("家电"), "2017", &cluster()), I::Unknown);
        assert_eq!(match_industry(Some("38"), "2017", &Cluster::default()), I::Unknown);
        // 39 was electrical machinery in 2002 and is electronics since 2011.
        assert_eq!(match_industry(Some("3962"), "2002", &cluster()), I::Unknown);
        assert_eq!(match_industry(Some("1711"), "2002", &cluster()), I::NotListed);
        assert_eq!(match_industry(Some("3962"), "2011", &cluster()), I::Supporting);
    }
}

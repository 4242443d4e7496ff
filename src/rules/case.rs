//! From the conclusions to the case letter: one total function, the table of the product's §2.4.

use super::{CaseLetter, Position};

/// Whether the siting clause binds the project at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// A new industrial project under a plan in force; kinds that were not given are taken as that.
    Binds,
    /// Not industrial, on land already held, or no plan in force on the application date.
    DoesNotBind,
}

/// How a project's industry stands to the clusters it would be in. Ordered from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndustryMatch {
    Leading,
    Supporting,
    Allowed,
    /// The project names no industry.
    NotGiven,
    /// Both sides are given, but cannot be compared.
    Unknown,
    NotListed,
    Forbidden,
}

impl IndustryMatch {
    pub const ALL: [Self; 7] =
        [Self::Leading, Self::Supporting, Self::Allowed, Self::NotGiven, Self::Unknown, Self::NotListed, Self::Forbidden];

    pub fn code(self) -> &'static str {
        match self {
            Self::Leading => "leading",
            Self::Supporting => "supporting",
            Self::Allowed => "allowed",
            Self::NotGiven => "not_given",
            Self::Unknown => "unknown",
            Self::NotListed => "not_listed",
            Self::Forbidden => "forbidden",
        }
    }

    /// Text key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Leading => "industry.leading",
            Self::Supporting => "industry.supporting",
            Self::Allowed => "industry.allowed",
            Self::NotGiven => "industry.not_given",
            Self::Unknown => "industry.unknown",
            Self::NotListed => "industry.not_listed",
            Self::Forbidden => "industry.forbidden",
        }
    }
}

/// What the admission indicators came to. Missing ones never fail and never pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Admission {
    Passes,
    Fails,
    Unknown,
}

/// The case letter of a combination. `site_bound`: the kind of project is bound to its place; `adjacent`: a cluster with
/// matching industry adjoins; `candidate`: a matching cluster has a free block as large as the site.
pub fn case_of(
    position: Position,
    industry: IndustryMatch,
    admission: Admission,
    gate: Gate,
    site_bound: bool,
    adjacent: bool,
    candidate: bool,
) -> CaseLetter {
    if gate == Gate::DoesNotBind {
        return CaseLetter::N;
    }
    match (position, industry, admission) {
        (Position::NotChecked, _, _) => CaseLetter::H,
        (Position::Inside, IndustryMatch::Forbidden, _) => CaseLetter::C,
        (Position::Inside, IndustryMatch::NotListed, _) | (Position::Inside, _, Admission::Fails) => CaseLetter::B,
        // An industry that cannot be compared stands as one not given: the letter speaks of the place, its own finding of the rest.
        (Position::Inside, _, _) => CaseLetter::A,
        (Position::Partial, _, _) => CaseLetter::D,
        (Position::Outside, _, _) if site_bound || adjacent => CaseLetter::F,
        (Position::Outside, _, _) if candidate => CaseLetter::E,
        (Position::Outside, _, _) => CaseLetter::F,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of §2.4 as it is printed, row by row: (applies, letter).
    fn rows(p: Position, i: IndustryMatch, a: Admission, bound: bool, near: bool, free: bool) -> Vec<(bool, CaseLetter)> {
        use IndustryMatch as I;
        let fits = matches!(i, I::Leading | I::Supporting | I::Allowed | I::NotGiven | I::Unknown);
        let outside = p == Position::Outside;
        vec![
            (p == Position::NotChecked, CaseLetter::H),
            (p == Position::Inside && fits && a != Admission::Fails, CaseLetter::A),
            (p == Position::Inside && i != I::Forbidden && (i == I::NotListed || a == Admission::Fails), CaseLetter::B),
            (p == Position::Inside && i == I::Forbidden, CaseLetter::C),
            (p == Position::Partial, CaseLetter::D),
            (outside && (bound || near), CaseLetter::F),
            (outside && !(bound || near) && free, CaseLetter::E),
            (outside && !(bound || near) && !free, CaseLetter::F),
        ]
    }

    #[test]
    fn every_combination_has_exactly_one_letter_and_it_is_the_tables() {
        let mut seen = 0;
        for position in [Position::Inside, Position::Partial, Position::Outside, Position::NotChecked] {
            for industry in IndustryMatch::ALL {
                for admission in [Admission::Passes, Admission::Fails, Admission::Unknown] {
                    for bits in 0..8 {
                        let (bound, near, free) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
                        let applying: Vec<CaseLetter> = rows(position, industry, admission, bound, near, free)
                            .into_iter()
                            .filter_map(|(applies, letter)| applies.then_some(letter))
                            .collect();
                        let [expected] = applying[..] else { panic!("{position:?} {industry:?}: {applying:?}") };
                        let letter = |gate| case_of(position, industry, admission, gate, bound, near, free);
                        assert_eq!(letter(Gate::Binds), expected, "{position:?} {industry:?} {admission:?} {bits}");
                        assert_eq!(letter(Gate::DoesNotBind), CaseLetter::N);
                        seen += 1;
                    }
                }
            }
        }
        assert_eq!(seen, 4 * 7 * 3 * 8);
    }
}

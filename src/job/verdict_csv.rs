//! Verdicts as CSV: the columns that scripts depend on, one row a site.

use crate::rules::{Outcome, Position, Route, Verdict};

/// Names of the columns, in order; further columns are only ever added behind.
pub const HEADER: [&str; 13] = [
    "site_id",
    "name",
    "verdict",
    "case",
    "area_m2",
    "inside_m2",
    "outside_m2",
    "inside_share",
    "clusters",
    "route",
    "findings",
    "unknown",
    "certainty",
];

/// Whether a column holds a number (where it holds anything).
pub fn is_number(column: &str) -> bool {
    matches!(column, "area_m2" | "inside_m2" | "outside_m2" | "inside_share")
}

/// The cells of one site. What was not measured is empty, never 0.
pub fn row(verdict: &Verdict) -> [String; 13] {
    let measured = verdict.position != Position::NotChecked;
    let area = |m2: f64, known: bool| if known { fixed(m2, 4) } else { String::new() };
    [
        verdict.site.id.clone(),
        verdict.site.name.clone(),
        verdict.position.code().to_owned(),
        verdict.case.to_string(),
        area(verdict.area_m2, verdict.shape.is_some()),
        area(verdict.inside_m2, measured),
        area(verdict.outside_m2, measured),
        if measured { fixed(verdict.inside_share(), 9) } else { String::new() },
        verdict.clusters.iter().map(|c| format!("{}:{}", c.id, fixed(c.overlap_m2, 4))).collect::<Vec<_>>().join("|"),
        routes(verdict),
        codes(verdict, |outcome, _| matches!(outcome, Outcome::Warn | Outcome::Fail)),
        codes(verdict, |outcome, layer_given| outcome == Outcome::Unknown && layer_given),
        verdict.certainty.code().to_owned(),
    ]
}

/// Routes joined by `|`, never chosen for the user.
pub(super) fn routes(verdict: &Verdict) -> String {
    match verdict.routes.as_slice() {
        [] => Route::None.to_string(),
        all => all.iter().map(Route::to_string).collect::<Vec<_>>().join("|"),
    }
}

fn codes(verdict: &Verdict, wanted: impl Fn(Outcome, bool) -> bool) -> String {
    let found = verdict.findings.iter().filter(|f| wanted(f.outcome, f.layer_given)).map(|f| f.rule);
    found.collect::<Vec<_>>().join("|")
}

/// `value` with fixed decimals; what rounds to nothing is `0`, not `-0`.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_never_minus_nothing() {
        assert_eq!(fixed(-0.000_01, 4), "0.0000");
        assert_eq!(fixed(-0.0001, 4), "-0.0001");
        assert_eq!(fixed(1.0 / 3.0, 9), "0.333333333");
    }
}

//! Verdicts as a table for people.

use super::table::{Align, table as plain_table};
use crate::rules::{Position, Verdict};
use crate::text::{self, Lang};

/// A verdict as a row of the table.
pub(super) fn row(verdict: &Verdict, lang: Lang) -> Vec<String> {
    let measured = verdict.position != Position::NotChecked;
    let clusters: Vec<&str> = verdict.clusters.iter().map(|c| c.name.as_str()).collect();
    let reason = verdict.reason.as_ref().map(|m| m.render(lang));
    let mut phrase = text::word(lang, verdict.position.key()).to_owned();
    if verdict.certainty != crate::rules::Certainty::Certain {
        phrase += text::word(lang, "cli.uncertain_mark");
    }
    vec![
        verdict.site.id.clone(),
        verdict.site.name.clone(),
        phrase,
        verdict.case.to_string(),
        if measured { text::percent(verdict.inside_share()) } else { "–".to_owned() },
        verdict.shape.as_ref().map_or("–".to_owned(), |_| text::area_mu(verdict.area_m2)),
        reason.unwrap_or_else(|| clusters.join(text::word(lang, "cli.list_separator"))),
    ]
}

pub(super) fn table(rows: &[Vec<String>], lang: Lang) -> String {
    use Align::{Left, Right};
    let columns = [
        ("cli.column.id", Left),
        ("cli.column.name", Left),
        ("cli.column.verdict", Left),
        ("cli.column.case", Left),
        ("cli.column.share", Right),
        ("cli.column.area_mu", Right),
        ("cli.column.clusters", Left),
    ];
    let head: Vec<(&str, Align)> = columns.iter().map(|(key, align)| (text::word(lang, key), *align)).collect();
    plain_table(&head, rows, 44)
}

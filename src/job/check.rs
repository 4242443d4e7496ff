//! Checking a layer of sites: in parallel, answers in the order of the sites, one broken site never stops the rest.

use super::ProjectTable;
use crate::model::{FeatureRef, Field, Layer, Site, SiteFields, field_named};
use crate::rules::{Checker, Verdict};
use crate::task::{Outcome, Progress, guard, map_in_order};
use crate::text::Message;
use std::ops::Range;

/// How a feature becomes a site: by its own columns, then by the row of the applicants' table.
#[derive(Clone, Debug)]
pub struct SiteReader<'a> {
    pub fields: SiteFields,
    table: Option<&'a ProjectTable>,
    /// Column with the table's key; the site's id where there is none.
    key: Option<usize>,
}

impl<'a> SiteReader<'a> {
    /// Without a table.
    pub fn new(fields: SiteFields) -> Self {
        Self { fields, table: None, key: None }
    }

    /// The sites' columns guessed, then as the user named them. A table joins by the sites' column of the same title,
    /// where they have one, else by their ids.
    pub fn of(fields: SiteFields, all: &[Field], named: &[(String, usize)], table: Option<&'a ProjectTable>) -> Self {
        let mut fields = fields;
        for (meaning, column) in named {
            match meaning.as_str() {
                "id" => fields.id = Some(*column),
                "name" => fields.name = Some(*column),
                "industry" => fields.industry = Some(*column),
                "kind" => fields.kind = Some(*column),
                _ => {}
            }
        }
        Self { fields, table, key: table.and_then(|table| field_named(all, &[table.join()])) }
    }

    /// Columns that a site is read from; others need not be decoded.
    pub fn columns(&self) -> Vec<usize> {
        let mut columns = self.fields.columns();
        columns.extend(self.key);
        columns
    }

    pub fn read(&self, feature: FeatureRef<'_>, record: usize) -> Site {
        let mut site = Site::read(feature, &self.fields, record);
        if let Some(table) = self.table {
            let key = self.key.map_or_else(|| site.id.clone(), |column| feature.value(column).to_string());
            table.describe(&mut site, &key, record);
        }
        site
    }
}

/// Checks the sites at these places of the layer's order, from 0, the same whatever `threads` is (0: one a core). `render`
/// makes of each verdict, on the thread that found it, what `sink` gets in the order of the layer. Returns whether all were
/// checked: `false` once `progress` was cancelled.
///
/// A site on which the program fails becomes *not checked* with the cause as its reason.
#[expect(clippy::too_many_arguments, reason = "what is checked, against what, how, and where to")]
pub fn check_rows<R: Send>(
    checker: &Checker,
    sites: &Layer,
    rows: Range<usize>,
    reader: &SiteReader<'_>,
    threads: usize,
    progress: &Progress,
    render: impl Fn(Verdict) -> R + Sync,
    mut sink: impl FnMut(R),
) -> bool {
    progress.set_total(rows.len() as u64);
    let numbered = sites.features().enumerate().skip(rows.start).take(rows.len());
    let numbered = numbered.map(|(i, feature)| (feature, record_number(feature, i)));
    map_in_order(
        numbered,
        threads,
        progress,
        |(feature, record)| render(verdict_of(checker, feature, reader, record)),
        |outcome| {
            // What is guarded inside cannot crash here; a site that did all the same is still answered for.
            match outcome {
                Outcome::Done(rendered) => sink(rendered),
                Outcome::Crashed(cause) => sink(render(checker.not_checked(Site::default(), because(&cause)))),
            }
        },
    )
}

/// The verdict of one site; *not checked* with the cause when the program fails on it.
pub fn verdict_of(checker: &Checker, feature: FeatureRef<'_>, reader: &SiteReader<'_>, record: usize) -> Verdict {
    let checked = guard(|| {
        let site = reader.read(feature, record);
        match feature.shape() {
            Some(shape) => checker.check(site, shape),
            None => checker.check_rings(site, feature.rings()),
        }
    });
    match checked {
        Outcome::Done(verdict) => verdict,
        Outcome::Crashed(cause) => crashed(checker, feature, &reader.fields, record, &cause),
    }
}

/// The 1-based record number of a feature in its file; for one drawn here, its place in the layer.
pub fn record_number(feature: FeatureRef<'_>, index: usize) -> usize {
    feature.source_record().map_or(index + 1, |record| record as usize)
}

fn crashed(checker: &Checker, feature: FeatureRef<'_>, fields: &SiteFields, record: usize, cause: &str) -> Verdict {
    let site = match guard(|| Site::read(feature, fields, record)) {
        Outcome::Done(site) => site,
        Outcome::Crashed(_) => Site { id: record.to_string(), ..Site::default() },
    };
    checker.not_checked(site, because(cause))
}

fn because(cause: &str) -> Message {
    Message::new("reason.crashed").with("cause", cause)
}

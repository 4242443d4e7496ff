//! Checking a layer of sites: in parallel, answers in the order of the sites, one broken site never stops the rest.

use crate::model::{FeatureRef, Layer, Site, SiteFields};
use crate::rules::{Checker, Verdict};
use crate::task::{Outcome, Progress, guard, map_in_order};
use crate::text::Message;
use std::ops::Range;

/// Checks every site of `sites`, giving the verdicts to `sink` in the order of the layer, the same whatever `threads` is
/// (0: one a core). Returns whether all were checked: `false` once `progress` was cancelled.
///
/// A site on which the program fails becomes *not checked* with the cause as its reason.
pub fn check_batch(
    checker: &Checker,
    sites: &Layer,
    fields: &SiteFields,
    threads: usize,
    progress: &Progress,
    sink: &mut dyn FnMut(Verdict),
) -> bool {
    check_rows(checker, sites, 0..sites.len(), fields, threads, progress, sink)
}

/// As [`check_batch`], only for the sites at these places of the layer's order, from 0.
pub fn check_rows(
    checker: &Checker,
    sites: &Layer,
    rows: Range<usize>,
    fields: &SiteFields,
    threads: usize,
    progress: &Progress,
    sink: &mut dyn FnMut(Verdict),
) -> bool {
    progress.set_total(rows.len() as u64);
    let numbered = sites.features().enumerate().skip(rows.start).take(rows.len());
    let numbered = numbered.map(|(i, feature)| (feature, record_number(feature, i)));
    map_in_order(
        numbered,
        threads,
        progress,
        |(feature, record)| verdict_of(checker, feature, fields, record),
        |outcome| {
            // What is guarded above cannot crash here; a site that did all the same is still answered for.
            sink(match outcome {
                Outcome::Done(verdict) => verdict,
                Outcome::Crashed(cause) => checker.not_checked(Site::default(), because(&cause)),
            });
        },
    )
}

/// The verdict of one site; *not checked* with the cause when the program fails on it.
pub(super) fn verdict_of(checker: &Checker, feature: FeatureRef<'_>, fields: &SiteFields, record: usize) -> Verdict {
    match guard(|| checker.check_feature(feature, fields, record)) {
        Outcome::Done(verdict) => verdict,
        Outcome::Crashed(cause) => crashed(checker, feature, fields, record, &cause),
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

//! The batch check as the window keeps it: verdicts by site, reused for sites that did not change.

use crate::geom::{BBox, PackedIndex, Point, label_point};
use crate::job::{SiteReader, record_number, verdict_of};
use crate::model::{Contents, Date, FeatureRef, LayerId, Role, SiteFields};
use crate::rules::{CheckError, CheckSettings, Checker, Position, RuleSet, Verdict};
use crate::scene::{Address, plan_on};
use crate::task::{Outcome, Progress, map_in_order};
use crate::text::Message;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A checked site and where its mark stands on the map.
#[derive(Clone, Debug)]
pub struct CheckedOne {
    pub verdict: Arc<Verdict>,
    pub pin: Point,
}

/// The results of the last batch, stamped with the revision they belong to.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub revision: u64,
    /// The contents they were computed on.
    pub contents: Option<Arc<Contents>>,
    pub sites: Arc<BTreeMap<Address, CheckedOne>>,
    /// Every site, checked or not yet, in the order of layers and features.
    pub order: Arc<[Address]>,
    /// Why nothing could be checked.
    pub refused: Option<Message>,
}

impl Checked {
    /// The verdict's position of a site; when nothing could be checked, every site is "not checked".
    /// `None` while it waits for its turn.
    pub fn position(&self, address: Address) -> Option<Position> {
        match self.sites.get(&address) {
            Some(one) => Some(one.verdict.position),
            None => self.refused.is_some().then_some(Position::NotChecked),
        }
    }
}

/// What a batch came to.
pub struct Batch {
    pub checker: Option<Arc<Checker>>,
    pub checked: Checked,
    /// It was stopped; some sites are not checked.
    pub cancelled: bool,
}

/// The sites of all layers in that role, in the order of layers and features.
pub fn sites(contents: &Contents) -> Vec<Address> {
    let of = |(layer, l): (LayerId, &Arc<crate::model::Layer>)| l.features().map(|f| Address { layer, feature: f.id }).collect::<Vec<_>>();
    contents.layers_of(Role::Sites).flat_map(of).collect()
}

/// Whether everything but the sites is the same: a checker prepared for one serves the other.
fn same_ground(a: &Contents, b: &Contents) -> bool {
    let ground = |c: &Contents| -> Vec<(LayerId, *const crate::model::Layer)> {
        c.layers_in_order().filter(|(_, l)| l.head.role != Role::Sites).map(|(id, l)| (id, Arc::as_ptr(l))).collect()
    };
    let plans = |c: &Contents| c.cluster_plans.iter().map(|(id, p)| (*id, Arc::as_ptr(p))).collect::<Vec<_>>();
    a.crs == b.crs && ground(a) == ground(b) && plans(a) == plans(b)
}

/// Prepares a checker for the plan in force on `date`.
///
/// # Errors
/// Why nothing can be checked, in words.
fn prepared(contents: &Contents, date: Date) -> Result<Arc<Checker>, Message> {
    let plan = plan_on(contents, date).ok_or_else(|| CheckError::NoPlan.message())?;
    let rule_set = match RuleSet::bundled("full") {
        Some(Ok(rule_set)) => rule_set,
        _ => return Err(Message::new("app.notice.no_rules")),
    };
    Checker::new(contents, plan, CheckSettings::new(rule_set, date)).map(Arc::new).map_err(|e| e.message())
}

/// Checks every site; those that are the same as in `before`, on the same ground, keep their verdict.
pub fn check_all(
    contents: &Arc<Contents>,
    revision: u64,
    date: Date,
    before: (Option<Arc<Checker>>, Checked),
    progress: &Progress,
) -> Batch {
    let (old_checker, old) = before;
    let ground = old.contents.as_ref().is_some_and(|c| same_ground(c, contents));
    let order: Arc<[Address]> = sites(contents).into();
    let mut checked = Checked { revision, contents: Some(contents.clone()), order: order.clone(), ..Checked::default() };
    let among = |old: Arc<Checker>| Ok(Arc::new(old.among(contents)));
    let checker = match old_checker.filter(|_| ground).map_or_else(|| prepared(contents, date), among) {
        Ok(checker) => checker,
        Err(refused) => {
            checked.refused = Some(refused);
            return Batch { checker: None, checked, cancelled: false };
        }
    };
    progress.set_total(order.len() as u64);
    let changed = PackedIndex::new(if ground { changed_land(&old, contents, &order) } else { Vec::new() });
    let readers: BTreeMap<LayerId, SiteReader<'_>> =
        contents.layers_of(Role::Sites).map(|(id, layer)| (id, SiteReader::new(SiteFields::of(layer)))).collect();
    let mut found = BTreeMap::new();
    let mut cancelled = false;
    let one = |(i, address): (usize, &Address)| {
        // A batch of one block is stopped between two sites too.
        if progress.is_cancelled() {
            return Answer::Stopped;
        }
        let (Some(layer), Some(reader)) = (contents.layer(address.layer), readers.get(&address.layer)) else { return Answer::Gone };
        let Some(feature) = layer.feature(address.feature) else { return Answer::Gone };
        // A site that came, went or moved may have been, or be now, on the land of this one.
        let apart = || changed.meeting(feature.rings().bbox()).is_empty();
        let kept = if ground { unchanged(&old, *address, feature).filter(|_| apart()) } else { None };
        Answer::One(*address, kept.unwrap_or_else(|| check_one(&checker, feature, reader, record_number(feature, i))))
    };
    let whole = map_in_order(order.iter().enumerate(), 0, progress, one, |outcome| match outcome {
        Outcome::Done(Answer::One(address, one)) => {
            found.insert(address, one);
        }
        Outcome::Done(Answer::Stopped) => cancelled = true,
        // A site that crashed beyond what `verdict_of` guards stays without a verdict.
        Outcome::Done(Answer::Gone) | Outcome::Crashed(_) => {}
    });
    checked.sites = Arc::new(found);
    Batch { checker: Some(checker), checked, cancelled: cancelled || !whole }
}

/// What became of one site of a batch.
enum Answer {
    One(Address, CheckedOne),
    /// It is no longer there.
    Gone,
    Stopped,
}

/// One broken feature never stops a batch.
pub fn check_one(checker: &Checker, feature: FeatureRef<'_>, reader: &SiteReader<'_>, record: usize) -> CheckedOne {
    let verdict = verdict_of(checker, feature, reader, record);
    let pin = verdict.shape.as_ref().map_or_else(|| feature.rings().bbox().center(), |s| label_point((**s).as_ref()));
    CheckedOne { verdict: Arc::new(verdict), pin }
}

fn unchanged(old: &Checked, address: Address, feature: FeatureRef<'_>) -> Option<CheckedOne> {
    let was = old.contents.as_ref()?.layer(address.layer)?.feature(address.feature)?;
    let same = was.rings().coords() == feature.rings().coords() && was.values() == feature.values();
    if same { old.sites.get(&address).cloned() } else { None }
}

/// Where sites came, went or changed since `old`.
fn changed_land(old: &Checked, contents: &Contents, order: &[Address]) -> Vec<BBox> {
    let here = |contents: &Contents, a: &Address| contents.layer(a.layer)?.feature(a.feature).map(|f| f.rings().bbox());
    let mut boxes = Vec::new();
    for address in order.iter().chain(old.order.iter()) {
        let now = contents.layer(address.layer).and_then(|l| l.feature(address.feature));
        if now.is_none_or(|feature| unchanged(old, *address, feature).is_none()) {
            let was = old.contents.as_ref().and_then(|c| here(c, address));
            boxes.extend(was.into_iter().chain(here(contents, address)));
        }
    }
    boxes
}

/// The verdicts in the order of the filter chips.
pub const POSITIONS: [Position; 4] = [Position::Inside, Position::Partial, Position::Outside, Position::NotChecked];

/// How many sites have each verdict, in the order of the filter chips.
pub fn counts(checked: &Checked) -> [(Position, usize); 4] {
    POSITIONS.map(|p| (p, checked.order.iter().filter(|address| checked.position(**address) == Some(p)).count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::sample::{SampleOptions, sample_contents};

    #[test]
    fn a_cancelled_check_keeps_what_it_has_and_can_be_continued() {
        let dir = tempfile::tempdir().unwrap();
        let Ok((contents, _)) = sample_contents(dir.path(), SampleOptions::default(), &Progress::new()) else { panic!("the sample opens") };
        let contents = Arc::new(contents);
        let date = Date { year: 2013, month: 6, day: 1 };
        let stopped = Progress::new();
        stopped.cancel();
        let first = check_all(&contents, 7, date, (None, Checked::default()), &stopped);
        assert!(first.cancelled && first.checked.sites.is_empty() && first.checked.revision == 7);
        assert!(!first.checked.order.is_empty(), "every site is still in the queue");
        let waiting = first.checked.order.iter().all(|address| first.checked.position(*address).is_none());
        assert!(waiting, "a site that waits has no verdict, not even \"not checked\"");
        let second = check_all(&contents, 7, date, (first.checker, first.checked), &Progress::new());
        assert!(!second.cancelled);
        assert_eq!(second.checked.sites.len(), second.checked.order.len());
    }

    #[test]
    fn without_a_plan_every_site_is_not_checked() {
        let dir = tempfile::tempdir().unwrap();
        let Ok((mut contents, _)) = sample_contents(dir.path(), SampleOptions::default(), &Progress::new()) else {
            panic!("the sample opens")
        };
        contents.cluster_plans = Default::default();
        for id in contents.layers_of(Role::Plan).map(|(id, _)| id).collect::<Vec<_>>() {
            contents.layers = contents.layers.remove(&id);
            contents.order = contents.order.iter().copied().filter(|other| *other != id).collect();
        }
        let date = Date { year: 2013, month: 6, day: 1 };
        let batch = check_all(&Arc::new(contents), 1, date, (None, Checked::default()), &Progress::new());
        assert!(batch.checked.refused.is_some() && batch.checked.sites.is_empty());
        let all = batch.checked.order.len();
        assert_eq!(counts(&batch.checked).map(|(_, n)| n), [0, 0, 0, all]);
    }
}

//! Matches of industries with the clusters of a plan, each industry compared once.

use super::IndustryMatch;
use super::industry::{ClusterLists, industry_codes};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// More distinct industries than a city has; beyond it nothing is kept, so that a file of free text costs no memory.
const KEPT: usize = 4096;

/// What was compared so far: by industry as given, the match with each cluster of the plan.
#[derive(Debug, Default)]
pub(super) struct Matches {
    known: RwLock<BTreeMap<String, Arc<[IndustryMatch]>>>,
}

impl Matches {
    /// The match of an industry, as a code of `edition` or in words, with the lists of each cluster. The edition and the
    /// clusters are the same in every call.
    pub fn of<'a>(&self, given: &str, edition: &str, clusters: impl Iterator<Item = &'a ClusterLists>) -> Arc<[IndustryMatch]> {
        // A thread that crashed while it held the map left it whole: entries are put in finished.
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(given) {
            return known.clone();
        }
        let codes = industry_codes(given, edition);
        let matches: Arc<[IndustryMatch]> = clusters.map(|lists| lists.matching(given, edition, &codes)).collect();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < KEPT {
            known.insert(given.to_owned(), matches.clone());
        }
        matches
    }
}

//! What a workspace holds at one moment, as one value; cloning shares everything.

use super::{Backdrop, Bookmark, ClusterPlan, Layer};
use crate::crs::Crs;
use rpds::RedBlackTreeMapSync;
use std::sync::Arc;

/// Identity of a feature: the workspace that made it (upper 64 bits) and a counter. Never a position, never used twice, kept through save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureId(pub u128);

impl FeatureId {
    /// The id `n` after this one.
    pub fn plus(self, n: u64) -> Self {
        Self(self.0 + u128::from(n))
    }

    /// How far this id is after `first`; `None` before it.
    pub fn after(self, first: Self) -> Option<u64> {
        self.0.checked_sub(first.0).and_then(|d| u64::try_from(d).ok())
    }
}

/// Identity of a layer, made as a feature's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(pub u128);

/// Gives out ids. Kept by the document beside the contents, so that undo never gives an id out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdSource {
    /// Distinguishes workspaces that may be merged later.
    pub workspace: u64,
    pub next: u64,
}

impl IdSource {
    pub fn new(workspace: u64) -> Self {
        Self { workspace, next: 1 }
    }

    /// The first of `n` fresh consecutive ids.
    pub fn take(&mut self, n: u64) -> u128 {
        let first = (u128::from(self.workspace) << 64) | u128::from(self.next);
        self.next += n;
        first
    }
}

/// Everything a snapshot holds.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The system of all coordinates inside; a plane in metres.
    pub crs: Crs,
    pub layers: RedBlackTreeMapSync<LayerId, Arc<Layer>>,
    /// Drawing order, lowest first; holds every layer exactly once.
    pub order: Arc<[LayerId]>,
    /// What is known of layers in the role of a plan, by layer.
    pub cluster_plans: RedBlackTreeMapSync<LayerId, Arc<ClusterPlan>>,
    /// Views that are kept, in the order in which they are listed.
    pub bookmarks: Arc<[Bookmark]>,
    /// Pictures under all layers, lowest first.
    pub backdrops: Arc<[Backdrop]>,
    /// The workspace holds the bundled illustrative data: every map says so.
    pub sample: bool,
}

impl Contents {
    pub fn new(crs: Crs) -> Self {
        Self {
            crs,
            layers: RedBlackTreeMapSync::new_sync(),
            order: Arc::new([]),
            cluster_plans: RedBlackTreeMapSync::new_sync(),
            bookmarks: Arc::new([]),
            backdrops: Arc::new([]),
            sample: false,
        }
    }

    pub fn layer(&self, id: LayerId) -> Option<&Arc<Layer>> {
        self.layers.get(&id)
    }

    /// Layers in drawing order, lowest first.
    pub fn layers_in_order(&self) -> impl Iterator<Item = (LayerId, &Arc<Layer>)> {
        self.order.iter().filter_map(|id| self.layers.get(id).map(|layer| (*id, layer)))
    }

    /// Whether nothing but the picture differs from `other`: names, coverage, roles, order of the plans and of the sites, and features are
    /// the same. Known from what is shared, never by comparing features.
    pub fn differs_in_looks_only(&self, other: &Self) -> bool {
        let same = |(id, layer): (LayerId, &Arc<Layer>)| {
            other.layer(id).is_some_and(|was| {
                Arc::ptr_eq(was, layer)
                    || layer.same_features(was)
                        && Arc::ptr_eq(&layer.provenance, &was.provenance)
                        && (&layer.head.name, layer.head.role, &layer.head.coverage) == (&was.head.name, was.head.role, &was.head.coverage)
            })
        };
        let in_order = |c: &Self, role| c.layers_of(role).map(|(id, _)| id).collect::<Vec<_>>();
        let ordered = |role: super::Role| in_order(self, role) == in_order(other, role);
        self.crs == other.crs
            && self.layers.size() == other.layers.size()
            && self.layers_in_order().all(same)
            && [super::Role::Plan, super::Role::Sites].into_iter().all(ordered)
            && self.cluster_plans == other.cluster_plans
    }

    pub fn layers_of(&self, role: super::Role) -> impl Iterator<Item = (LayerId, &Arc<Layer>)> {
        self.layers_in_order().filter(move |(_, layer)| layer.head.role == role)
    }
}

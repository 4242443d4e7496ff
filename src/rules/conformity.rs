//! Whether the cluster plan itself fits the other plans (clause 一(二)1): a table of conflicts with their shapes.

use super::clause;
use super::facts::{Covers, Hit, LayerFacts};
use super::land::lands;
use super::layers::PreparedLayer;
use super::plan::PreparedPlan;
use super::{Clause, RuleSet};
use crate::geom::{Shape, union};
use crate::model::{Contents, FeatureId, Role};
use crate::text::{Arg, Message};
use std::sync::Arc;

/// How a cluster stands to the layers of one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Nothing against it.
    Fits,
    /// It has land of what is to be kept free.
    Meets,
    /// It has land beyond a boundary.
    Beyond,
    /// The other plan gives land of it to other uses than industry.
    OtherUse,
    /// The layers do not speak for all of it.
    Unknown,
}

impl Relation {
    pub fn code(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Meets => "meets",
            Self::Beyond => "beyond",
            Self::OtherUse => "other_use",
            Self::Unknown => "unknown",
        }
    }
}

/// One row of the table: a cluster and the layers of one role.
#[derive(Clone, Debug, PartialEq)]
pub struct Conformity {
    pub feature: FeatureId,
    pub id: String,
    pub name: String,
    pub role: Role,
    pub relation: Relation,
    /// Land in conflict, in m² and as a share 0…1 of the cluster.
    pub area_m2: f64,
    pub share: f64,
    pub shape: Option<Arc<Shape>>,
}

impl Conformity {
    /// The clause that asks for it.
    pub const CLAUSE: Clause = clause::CONFORMITY;

    pub fn message(&self) -> Message {
        let key = match self.relation {
            Relation::Fits => "conformity.fits",
            Relation::Meets => "conformity.meets",
            Relation::Beyond => "conformity.beyond",
            Relation::OtherUse => "conformity.other_use",
            Relation::Unknown => "conformity.unknown",
        };
        Message::new(key)
            .with("cluster", &*self.name)
            .with("layer", Message::new(self.role.facts().name_key))
            .with("area", Arg::AreaM2(self.area_m2))
            .with("share", Arg::Share(self.share))
    }
}

/// Every cluster of the plan against the layers of each role that the rule set names, in the order of the plan.
pub(super) fn conformity(contents: &Contents, plan: &PreparedPlan, rules: &RuleSet) -> Vec<Conformity> {
    let prepared = |role: Role| contents.layers_of(role).map(|(_, layer)| PreparedLayer::new(layer)).collect::<Vec<_>>();
    let roles: Vec<(Role, Vec<PreparedLayer>)> = rules.conformity.iter().map(|role| (*role, prepared(*role))).collect();
    let districts = contents.layers_of(Role::Districts).next().map(|(_, layer)| PreparedLayer::new(layer));
    let mut rows = Vec::new();
    for cluster in &plan.clusters {
        for (role, layers) in roles.iter().filter(|(_, layers)| !layers.is_empty()) {
            let facts: Vec<LayerFacts> =
                layers.iter().map(|l| l.facts(cluster.shape.shape(), cluster.area_m2, districts.as_ref())).collect();
            let (relation, shape) = relation(*role, &facts, cluster.shape.shape(), rules);
            let area_m2 = shape.as_ref().map_or(0.0, |s| s.area_m2());
            rows.push(Conformity {
                feature: cluster.feature,
                id: cluster.cluster.id.clone(),
                name: cluster.cluster.name.clone(),
                role: *role,
                relation,
                area_m2,
                share: area_m2 / cluster.area_m2,
                shape,
            });
        }
    }
    rows
}

fn relation(role: Role, facts: &[LayerFacts], cluster: crate::geom::ShapeRef<'_>, rules: &RuleSet) -> (Relation, Option<Arc<Shape>>) {
    let t = &rules.thresholds;
    let silent = facts.iter().any(|l| l.broken || l.covers != Covers::Whole);
    let hits = || facts.iter().flat_map(|l| &l.hits);
    // A use of which nobody says whose code it is may be another one.
    let silent = silent || (role == Role::DetailedPlan && hits().any(Hit::is_open));
    let all = |wanted: &dyn Fn(&Hit) -> bool| {
        let pieces: Vec<_> = hits().filter(|h| wanted(h)).map(|h| (*h.piece).as_ref()).collect();
        union(&pieces, super::OVERLAY).map(Arc::new)
    };
    let found = match role {
        Role::Growth | Role::IndustrialLine | Role::ZoneLimit | Role::BatchApproved => {
            let left = lands(facts, cluster, None).into_iter().find_map(|land| land.left);
            // Beyond what a layer speaks for nothing is known to be beyond the boundary.
            left.filter(|left| !silent && !t.negligible(left.area_m2(), cluster.area_m2())).map(|left| (Relation::Beyond, left))
        }
        Role::DetailedPlan => {
            let other = all(&Hit::is_other_use);
            other.filter(|s| !t.negligible(s.area_m2(), cluster.area_m2())).map(|s| (Relation::OtherUse, s))
        }
        _ => all(&|_| true).filter(|s| s.area_m2() >= t.prohibitive_m2).map(|s| (Relation::Meets, s)),
    };
    match found {
        Some((relation, shape)) => (relation, Some(shape)),
        None if silent => (Relation::Unknown, None),
        None => (Relation::Fits, None),
    }
}

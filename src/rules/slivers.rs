//! Which borders made a piece of a site that lies outside: the site's own, a cluster's, a feature's of another layer.

use super::layers::PreparedLayer;
use super::plan::PreparedPlan;
use crate::geom::{BORDER_M, Border, RingsRef, Shape, ShapeRef, perimeter_m};
use crate::model::FeatureId;
use std::sync::Arc;

/// Whose border a piece's border runs along.
#[derive(Clone, Debug, PartialEq)]
pub enum BorderOf {
    Site,
    /// A cluster of the plan, by its feature and name.
    Cluster(FeatureId, String),
    /// A feature of a judged layer, by the layer's name.
    Layer(Arc<str>, FeatureId),
}

/// How much of a piece's border runs along one border.
#[derive(Clone, Debug, PartialEq)]
pub struct BorderRun {
    pub of: BorderOf,
    pub length_m: f64,
    /// Of the piece's perimeter. Borders may lie on one another, so shares may add up to more than 1.
    pub share: f64,
}

/// The borders that `piece` of `site` runs along, the longest run first.
pub(super) fn made_by(piece: &Shape, site: ShapeRef<'_>, plan: &PreparedPlan, layers: &[PreparedLayer]) -> Vec<BorderRun> {
    let perimeter_m = perimeter_m(piece.as_ref());
    let mut runs = Vec::new();
    let mut add = |of: BorderOf, rings: RingsRef<'_>| {
        let length_m = Border::new(rings, piece.bbox()).along_m(piece.rings());
        if length_m > 0.0 {
            runs.push(BorderRun { of, length_m, share: length_m / perimeter_m });
        }
    };
    add(BorderOf::Site, site.rings());
    for (i, _) in plan.near(piece.as_ref(), BORDER_M) {
        let cluster = &plan.clusters[i];
        add(BorderOf::Cluster(cluster.feature, cluster.cluster.name.clone()), cluster.shape.shape().rings());
    }
    for layer in layers {
        layer.near(piece.bbox().grown(BORDER_M), |feature, shape| add(BorderOf::Layer(layer.name(), feature), shape.rings()));
    }
    runs.sort_by(|a, b| b.length_m.total_cmp(&a.length_m));
    runs
}

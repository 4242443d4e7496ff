//! The site's land by role, counted once where several layers speak of the same: met, left out, another project's.

use super::OVERLAY;
use super::facts::{Hit, LayerFacts};
use crate::geom::{Shape, ShapeRef, subtract, union};
use crate::model::Role;
use std::sync::Arc;

/// What all layers of one role have on the site.
#[derive(Clone, Debug)]
pub struct RoleLand {
    pub role: Role,
    /// Land of the site under any feature.
    pub met_m2: f64,
    /// Of it, under features of other projects; the same where no feature bears the site's project.
    pub others_m2: f64,
    /// Land of the site under no feature, for roles of which that is the news.
    pub left: Option<Arc<Shape>>,
    pub left_m2: f64,
}

/// Roles of which the land that they leave out is the news.
const LEAVING_OUT: [Role; 4] = [Role::BatchApproved, Role::Growth, Role::IndustrialLine, Role::ZoneLimit];

/// What is missing to the whole site by no more than the rounding of an overlay is not missing, in m².
const WHOLE_M2: f64 = 1e-4;

/// One entry a role of which there is a layer, in the order of the roles.
pub(super) fn lands(layers: &[LayerFacts], site: ShapeRef<'_>, project: Option<&str>) -> Vec<RoleLand> {
    let mut roles: Vec<Role> = layers.iter().map(|l| l.role).collect();
    roles.sort_unstable();
    roles.dedup();
    roles.into_iter().map(|role| land(role, layers, site, project)).collect()
}

fn land(role: Role, layers: &[LayerFacts], site: ShapeRef<'_>, project: Option<&str>) -> RoleLand {
    let of_role: Vec<&LayerFacts> = layers.iter().filter(|l| l.role == role).collect();
    let hits: Vec<&Hit> = of_role.iter().flat_map(|l| &l.hits).collect();
    let met_m2 = match of_role.as_slice() {
        [only] => only.hit_m2,
        _ => united_m2(&hits),
    };
    let own = |hit: &Hit| project.is_some_and(|code| code == hit.project);
    let others_m2 =
        if hits.iter().any(|h| own(h)) { united_m2(&hits.iter().filter(|h| !own(h)).copied().collect::<Vec<_>>()) } else { met_m2 };
    let left = match hits.as_slice() {
        _ if !LEAVING_OUT.contains(&role) => None,
        [] => Some(site.to_owned()),
        // All of it under one feature: nothing to cut.
        several if several.iter().any(|h| h.area_m2 >= site.area_m2() - WHOLE_M2) => None,
        [only] => subtract(site, (*only.piece).as_ref(), OVERLAY),
        several => union(&refs(several), OVERLAY).map_or_else(|| Some(site.to_owned()), |met| subtract(site, met.as_ref(), OVERLAY)),
    };
    // Land that neither overlay finds is not taken to be within.
    let not_met_m2 = if LEAVING_OUT.contains(&role) { (site.area_m2() - met_m2).max(0.0) } else { 0.0 };
    let left_m2 = left.as_ref().map_or(0.0, Shape::area_m2).max(not_met_m2);
    RoleLand { role, met_m2, others_m2, left: left.map(Arc::new), left_m2 }
}

fn united_m2(hits: &[&Hit]) -> f64 {
    match hits {
        [] => 0.0,
        [only] => only.area_m2,
        several => union(&refs(several), OVERLAY).map_or(0.0, |u| u.area_m2()),
    }
}

fn refs<'a>(hits: &[&'a Hit]) -> Vec<ShapeRef<'a>> {
    hits.iter().map(|h| (*h.piece).as_ref()).collect()
}

//! The scale of the clusters of a plan: land by district from geometry, land in several clusters counted once.

use crate::geom::{GaussKruger, Shape, ShapeRef, Tolerance, ellipsoidal_area_m2, overlap, subtract, union};
use crate::model::{Cluster, ClusterFields, Contents, Layer, LayerId, Role, field_named};
use crate::rules::{Clause, EXPANSION};
use std::sync::Arc;

/// Codes of the five county-level cities (县域五市) of the policy: 胶州, 即墨, 平度, 胶南, 莱西.
pub const FIVE_CITIES: [(&str, &str); 5] =
    [("370281", "胶州市"), ("370282", "即墨市"), ("370283", "平度市"), ("370284", "胶南市"), ("370285", "莱西市")];

/// What the five cities' clusters are to grow from and to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    pub base_m2: f64,
    pub goal_m2: f64,
    pub clause: Clause,
}

/// 224 → 700 km².
pub const TARGET: Target = Target { base_m2: 224e6, goal_m2: 700e6, clause: EXPANSION };

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrackError {
    #[error("the layer of the plan is not there")]
    NoPlan,
    #[error("{layer} holds no cluster with an area")]
    EmptyPlan { layer: String },
}

/// An area both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    pub planar_m2: f64,
    /// `None` when the workspace plane is no CGCS2000 Gauss–Krüger plane.
    pub ellipsoidal_m2: Option<f64>,
}

/// The clusters' land in one district.
#[derive(Clone, Debug, PartialEq)]
pub struct DistrictScale {
    pub name: String,
    /// Empty when not given.
    pub code: String,
    /// One of the five county-level cities.
    pub in_five_cities: bool,
    /// Clusters with land here.
    pub clusters: usize,
    pub area: Area,
    /// `None` for no land.
    pub land: Option<Arc<Shape>>,
}

/// The clusters of one plan, measured. Σ districts + unassigned − shared = total.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    pub layer: Arc<str>,
    pub version: String,
    /// By code, then by name.
    pub districts: Vec<DistrictScale>,
    /// Land in no district.
    pub unassigned: Area,
    /// Land that two districts both hold, to be taken off once from the sum of the districts.
    pub shared: Area,
    pub total: Area,
    pub five_cities: Area,
    pub clusters: usize,
    /// Clusters that could not be read as areas: they are in no number here.
    pub broken: usize,
    /// By the layer of districts; else by what the clusters say of themselves.
    pub by_layer: bool,
}

/// How far a plan is from the target, in m² of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    pub reached_m2: f64,
    pub missing_m2: f64,
    /// Reached ÷ goal.
    pub share: f64,
}

/// What the five cities of a plan lack to the target.
pub fn gap(scale: &Scale, target: Target) -> Gap {
    let reached_m2 = scale.five_cities.planar_m2;
    Gap { reached_m2, missing_m2: (target.goal_m2 - reached_m2).max(0.0), share: reached_m2 / target.goal_m2 }
}

/// Measures the clusters of a plan's layer.
///
/// # Errors
/// When the layer is not there or holds no cluster with an area.
pub fn scale(contents: &Contents, plan: LayerId) -> Result<Scale, TrackError> {
    let layer = contents.layer(plan).ok_or(TrackError::NoPlan)?;
    let fields = ClusterFields::guess(&layer.fields);
    let mut broken = 0;
    let mut clusters: Vec<(Cluster, Shape)> = Vec::new();
    for (i, feature) in layer.features().enumerate() {
        let shape = feature.shape().map(|s| s.to_owned()).or_else(|| Shape::mend(feature.rings()).map(|(shape, _)| shape));
        match shape {
            Some(shape) => clusters.push((Cluster::read(feature, &fields, i + 1), shape)),
            None => broken += 1,
        }
    }
    let refs: Vec<ShapeRef<'_>> = clusters.iter().map(|(_, shape)| shape.as_ref()).collect();
    let empty = || TrackError::EmptyPlan { layer: layer.head.name.to_string() };
    let land = union(&refs, Tolerance::default()).ok_or_else(empty)?;
    let plane = contents.crs.gauss_kruger();
    let measured = |shape: Option<&Shape>| area(shape, plane);

    let layer_of_districts = contents.layers_of(Role::Districts).next().map(|(_, layer)| layer);
    let mut districts = match layer_of_districts {
        Some(districts) => by_layer(&land, districts, &clusters, plane),
        None => by_field(&clusters, plane),
    };
    districts.sort_by(|a, b| a.code.cmp(&b.code).then_with(|| a.name.cmp(&b.name)));
    let lands: Vec<ShapeRef<'_>> = districts.iter().filter_map(|d| d.land.as_deref()).map(Shape::as_ref).collect();
    let assigned = union(&lands, Tolerance::default());
    let unassigned = match &assigned {
        Some(assigned) => subtract(land.as_ref(), assigned.as_ref(), Tolerance::default()),
        None => Some(land.clone()),
    };
    let of_five: Vec<ShapeRef<'_>> =
        districts.iter().filter(|d| d.in_five_cities).filter_map(|d| d.land.as_deref()).map(Shape::as_ref).collect();
    let (total, unassigned) = (measured(Some(&land)), measured(unassigned.as_ref()));
    let sum = districts.iter().fold(unassigned, |sum, d| sum.plus(d.area));
    Ok(Scale {
        layer: layer.head.name.clone(),
        version: contents.cluster_plans.get(&plan).map(|p| p.version.clone()).unwrap_or_default(),
        five_cities: measured(union(&of_five, Tolerance::default()).as_ref()),
        // Never below zero: the rounding of two overlays is no land.
        shared: sum.minus(total).at_least_zero(),
        districts,
        unassigned,
        total,
        clusters: clusters.len(),
        broken,
        by_layer: layer_of_districts.is_some(),
    })
}

/// The land cut by the districts of a layer; features of one code and name are one district.
fn by_layer(land: &Shape, layer: &Layer, clusters: &[(Cluster, Shape)], plane: Option<GaussKruger>) -> Vec<DistrictScale> {
    let code = field_named(&layer.fields, &["XZQDM", "区市代码", "ADCODE", "行政代码", "code", "代码"]);
    let name = field_named(&layer.fields, &["XZQMC", "名称", "NAME", "区市", "MC"]);
    let mut cut: Vec<(String, String, Vec<Shape>)> = Vec::new();
    for feature in layer.features() {
        let text = |column: Option<usize>| column.map_or(String::new(), |c| feature.value(c).to_string().trim().to_owned());
        let Some(shape) = feature.shape().map(|s| s.to_owned()).or_else(|| Shape::mend(feature.rings()).map(|(s, _)| s)) else { continue };
        let key = (text(code), text(name));
        let piece = overlap(land.as_ref(), shape.as_ref(), Tolerance::default());
        match cut.iter_mut().find(|(c, n, _)| *c == key.0 && *n == key.1) {
            Some((_, _, pieces)) => pieces.extend(piece),
            None => cut.push((key.0, key.1, piece.into_iter().collect())),
        }
    }
    cut.into_iter()
        .map(|(code, name, pieces)| {
            let land = union(&pieces.iter().map(Shape::as_ref).collect::<Vec<_>>(), Tolerance::default());
            let holds = |shape: &Shape| land.as_ref().is_some_and(|l| overlap(l.as_ref(), shape.as_ref(), Tolerance::default()).is_some());
            let here = clusters.iter().filter(|(_, shape)| holds(shape)).count();
            district(name, code, here, land, plane)
        })
        .collect()
}

/// The clusters by their own field; a cluster that names no district is in none.
fn by_field(clusters: &[(Cluster, Shape)], plane: Option<GaussKruger>) -> Vec<DistrictScale> {
    let mut groups: Vec<(String, String, Vec<ShapeRef<'_>>)> = Vec::new();
    for (cluster, shape) in clusters.iter().filter(|(c, _)| !(c.district.is_empty() && c.district_code.is_empty())) {
        match groups.iter_mut().find(|(name, code, _)| *name == cluster.district && *code == cluster.district_code) {
            Some((_, _, shapes)) => shapes.push(shape.as_ref()),
            None => groups.push((cluster.district.clone(), cluster.district_code.clone(), vec![shape.as_ref()])),
        }
    }
    let measured = |(name, code, shapes): (String, String, Vec<ShapeRef<'_>>)| {
        district(name, code, shapes.len(), union(&shapes, Tolerance::default()), plane)
    };
    groups.into_iter().map(measured).collect()
}

fn district(name: String, code: String, clusters: usize, land: Option<Shape>, plane: Option<GaussKruger>) -> DistrictScale {
    let five = |(c, n): &(&str, &str)| code == *c || (code.is_empty() && name == *n);
    let in_five_cities = FIVE_CITIES.iter().any(five);
    DistrictScale { area: area(land.as_ref(), plane), land: land.map(Arc::new), in_five_cities, name, code, clusters }
}

fn area(shape: Option<&Shape>, plane: Option<GaussKruger>) -> Area {
    let Some(shape) = shape else { return Area { planar_m2: 0.0, ellipsoidal_m2: plane.map(|_| 0.0) } };
    Area { planar_m2: shape.area_m2(), ellipsoidal_m2: plane.map(|plane| ellipsoidal_area_m2(shape.as_ref(), plane)) }
}

impl Area {
    fn plus(self, other: Self) -> Self {
        let both = self.ellipsoidal_m2.zip(other.ellipsoidal_m2);
        Self { planar_m2: self.planar_m2 + other.planar_m2, ellipsoidal_m2: both.map(|(a, b)| a + b) }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        let both = self.ellipsoidal_m2.zip(other.ellipsoidal_m2);
        Self { planar_m2: self.planar_m2 - other.planar_m2, ellipsoidal_m2: both.map(|(a, b)| a - b) }
    }

    pub(super) fn at_least_zero(self) -> Self {
        Self { planar_m2: self.planar_m2.max(0.0), ellipsoidal_m2: self.ellipsoidal_m2.map(|m2| m2.max(0.0)) }
    }
}

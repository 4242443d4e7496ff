//! What changed between two versions of a cluster plan: land added, withdrawn and kept, by district, in numbers and as shapes.

use super::expansion::{Area, TrackError};
use crate::geom::{LandArea, LandItem, Shape, ShapeRef, Tolerance, TwoLands, measure_lands, overlap, subtract, union};
use crate::model::{Cluster, ClusterFields, Contents, Layer, LayerId};
use crate::task::Progress;

/// The clusters' land of two versions, land in several clusters counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LandChange {
    pub old: Area,
    pub new: Area,
    /// In both versions.
    pub kept: Area,
}

impl LandChange {
    /// Only in the new version.
    pub fn added(&self) -> Area {
        self.new.minus(self.kept).at_least_zero()
    }

    /// Only in the old version.
    pub fn withdrawn(&self) -> Area {
        self.old.minus(self.kept).at_least_zero()
    }
}

/// The land of the clusters that say they lie in one district.
#[derive(Clone, Debug, PartialEq)]
pub struct DistrictChange {
    pub name: String,
    /// Empty when not given.
    pub code: String,
    pub change: LandChange,
}

/// Two versions of a plan compared.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanDifference {
    /// Of all clusters, whether they name a district or not.
    pub total: LandChange,
    /// By code, then by name. Where clusters of two districts overlap, both have that land.
    pub districts: Vec<DistrictChange>,
    /// Clusters of the old and of the new version that could not be read as areas: they are in no number here.
    pub broken: [usize; 2],
}

/// The changed land of two versions of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedLand {
    /// `None` for no land, here and below.
    pub added: Option<Shape>,
    pub withdrawn: Option<Shape>,
    pub kept: Option<Shape>,
}

/// The clusters of a plan that are areas, with their districts' code and name, and how many are none.
struct Clusters {
    shapes: Vec<(String, String, Shape)>,
    broken: usize,
}

/// Measures what changed from the plan `old` to the plan `new`; `None` when cancelled.
///
/// # Errors
/// When a layer is not there or holds no cluster with an area.
pub fn plan_difference(
    contents: &Contents,
    old: LayerId,
    new: LayerId,
    threads: usize,
    progress: &Progress,
) -> Result<Option<PlanDifference>, TrackError> {
    let (old, new) = (clusters(contents, old)?, clusters(contents, new)?);
    let named = |(code, name, _): &&(String, String, Shape)| !(code.is_empty() && name.is_empty());
    let key = |(code, name, _): &(String, String, Shape)| (code.clone(), name.clone());
    let mut keys: Vec<(String, String)> = old.shapes.iter().chain(&new.shapes).filter(named).map(key).collect();
    keys.sort();
    keys.dedup();
    let group = |of: &(String, String, Shape)| keys.binary_search(&key(of)).ok();
    let items: Vec<LandItem<'_>> = [(&old, false), (&new, true)]
        .into_iter()
        .flat_map(|(clusters, second)| clusters.shapes.iter().map(move |of| (of, second)))
        .map(|(of, second)| LandItem { shape: of.2.as_ref(), second, group: group(of) })
        .collect();
    let plane = contents.crs.gauss_kruger();
    let Some(lands) = measure_lands(&items, keys.len(), Tolerance::default(), plane, threads, progress) else { return Ok(None) };
    let mut changes = lands.into_iter().map(LandChange::from);
    let total = changes.next().unwrap_or_default();
    let districts = keys.into_iter().zip(changes).map(|((code, name), change)| DistrictChange { name, code, change }).collect();
    Ok(Some(PlanDifference { total, districts, broken: [old.broken, new.broken] }))
}

/// The land that changed from the plan `old` to the plan `new`, to be drawn and handed on.
///
/// # Errors
/// When a layer is not there or holds no cluster with an area.
pub fn changed_land(contents: &Contents, old: LayerId, new: LayerId) -> Result<ChangedLand, TrackError> {
    let t = Tolerance::default();
    let (old, new) = (clusters(contents, old)?, clusters(contents, new)?);
    let land = |of: &Clusters| union(&of.shapes.iter().map(|(_, _, shape)| shape.as_ref()).collect::<Vec<ShapeRef<'_>>>(), t);
    let (Some(old), Some(new)) = (land(&old), land(&new)) else { return Ok(ChangedLand { added: None, withdrawn: None, kept: None }) };
    let (old, new) = (old.as_ref(), new.as_ref());
    Ok(ChangedLand { added: subtract(new, old, t), withdrawn: subtract(old, new, t), kept: overlap(old, new, t) })
}

fn clusters(contents: &Contents, plan: LayerId) -> Result<Clusters, TrackError> {
    let layer: &Layer = contents.layer(plan).ok_or(TrackError::NoPlan)?;
    let fields = ClusterFields::guess(&layer.fields);
    let mut clusters = Clusters { shapes: Vec::new(), broken: 0 };
    for (i, feature) in layer.features().enumerate() {
        match feature.shape().map(|s| s.to_owned()).or_else(|| Shape::mend(feature.rings()).map(|(shape, _)| shape)) {
            Some(shape) => {
                let cluster = Cluster::read(feature, &fields, i + 1);
                clusters.shapes.push((cluster.district_code, cluster.district, shape));
            }
            None => clusters.broken += 1,
        }
    }
    if clusters.shapes.is_empty() { Err(TrackError::EmptyPlan { layer: layer.head.name.to_string() }) } else { Ok(clusters) }
}

impl From<TwoLands> for LandChange {
    fn from(lands: TwoLands) -> Self {
        Self { old: lands.first.into(), new: lands.second.into(), kept: lands.both.into() }
    }
}

impl From<LandArea> for Area {
    fn from(area: LandArea) -> Self {
        Self { planar_m2: area.planar_m2, ellipsoidal_m2: area.ellipsoidal_m2 }
    }
}

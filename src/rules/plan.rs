//! A cluster plan prepared once for many sites: located shapes, chains of nested clusters, land counted once.

use super::industry::ClusterLists;
use super::layers::Taken;
use super::matches::Matches;
use super::{CheckError, IndustryMatch, OVERLAY};
use crate::geom::{BBox, Directory, Located, PackedIndex, PreparedShape, Shape, ShapeRef, centroid, pieces, subtract, union};
use crate::model::{Cluster, ClusterFields, Contents, Coverage, Date, FeatureId, Grade, Indicator, LayerId};
use crate::task::{Outcome, Progress, blocks_in_order};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// What an area found by integration may err by when there is none, in m².
const NO_LAND_M2: f64 = 1e-7;

/// A cluster of the plan, ready to be asked.
#[derive(Debug)]
pub(super) struct PlanCluster {
    pub feature: FeatureId,
    pub cluster: Cluster,
    pub shape: PreparedShape,
    pub area_m2: f64,
    pub centre: [f64; 2],
    /// Indices from the outermost cluster that holds it down to its own.
    pub chain: Vec<usize>,
    /// Which group of clusters whose boxes meet it is in.
    group: usize,
    lists: ClusterLists,
    free_block_m2: OnceLock<f64>,
}

/// The plan of one layer.
#[derive(Debug)]
pub(super) struct PreparedPlan {
    pub layer: Arc<str>,
    pub version: String,
    pub clusters: Vec<PlanCluster>,
    pub coverage: Coverage,
    boxes: Directory,
    /// The members of each group, and their union once a site lies in several of them.
    groups: Vec<(Vec<usize>, OnceLock<Option<PreparedShape>>)>,
    /// Where a cluster could not be read as an area: what lies here can only be known to be inside.
    broken: Vec<BBox>,
    matches: Matches,
}

/// The land of a site by cluster, and in all.
#[derive(Debug, Default)]
pub(super) struct Placement {
    /// Index of the cluster, area in m², and the land; `None` for the land stands for the whole site.
    pub parts: Vec<(usize, f64, Option<Shape>)>,
    pub inside_m2: f64,
    /// `None` with `inside_m2` above zero stands for the whole site.
    pub inside: Option<Shape>,
    pub whole: bool,
}

impl PreparedPlan {
    pub fn new(contents: &Contents, id: LayerId, tolerance_m2: f64, tolerance_share: f64) -> Result<Self, CheckError> {
        let layer = contents.layer(id).ok_or(CheckError::NoPlan)?;
        let fields = ClusterFields::guess(&layer.fields);
        let mut read: Vec<(FeatureId, Cluster, Shape)> = Vec::new();
        let mut broken = Vec::new();
        for (i, feature) in layer.features().enumerate() {
            let cluster = Cluster::read(feature, &fields, feature.source_record().map_or(i + 1, |r| r as usize));
            match super::site::sound(feature.shape(), feature.rings(), tolerance_m2, tolerance_share) {
                Ok((shape, _)) => read.push((feature.id, cluster, shape)),
                Err(_) => broken.push(feature.rings().bbox()),
            }
        }
        if read.is_empty() {
            return Err(CheckError::EmptyPlan { layer: layer.head.name.to_string() });
        }
        let by_id: BTreeMap<&str, usize> = read.iter().enumerate().rev().map(|(i, (_, c, _))| (c.id.as_str(), i)).collect();
        let chains: Vec<Vec<usize>> = (0..read.len()).map(|i| chain(i, &read, &by_id)).collect();
        let boxes: Vec<BBox> = read.iter().map(|(_, _, shape)| shape.bbox()).collect();
        let group_of = groups(&boxes);
        let group_count = group_of.iter().max().map_or(0, |g| g + 1);
        let mut groups: Vec<(Vec<usize>, OnceLock<Option<PreparedShape>>)> = (0..group_count).map(|_| Default::default()).collect();
        group_of.iter().enumerate().for_each(|(i, group)| groups[*group].0.push(i));
        let prepared = prepared(&read);
        let clusters = read
            .into_iter()
            .zip(prepared)
            .zip(chains)
            .zip(group_of)
            .map(|((((feature, cluster, _), shape), chain), group)| PlanCluster {
                feature,
                lists: ClusterLists::new(&cluster),
                cluster,
                area_m2: shape.shape().area_m2(),
                centre: centroid(shape.shape()),
                shape,
                chain,
                group,
                free_block_m2: OnceLock::new(),
            })
            .collect();
        let version = contents.cluster_plans.get(&id).map(|p| p.version.clone()).unwrap_or_default();
        let boxes = Directory::new(boxes);
        Ok(Self {
            layer: layer.head.name.clone(),
            version,
            clusters,
            coverage: layer.head.coverage.clone(),
            boxes,
            groups,
            broken,
            matches: Matches::default(),
        })
    }

    /// What of `site` lies in which cluster and in the plan as a whole, land in several clusters counted once. An overlap of
    /// at most `listed_m2` is not among the parts, but its land lies in the plan like any other.
    pub fn place(&self, site: ShapeRef<'_>, site_m2: f64, listed_m2: f64) -> Placement {
        let mut placed = Placement::default();
        self.boxes.meeting(site.bbox(), |i| {
            let cluster = &self.clusters[i as usize];
            match cluster.shape.locate(site) {
                Located::Outside => {}
                Located::Inside => {
                    placed.parts.push((i as usize, site_m2, None));
                    placed.whole = true;
                }
                Located::Crosses => {
                    let piece = cluster.shape.overlap(site, OVERLAY);
                    if let Some(piece) = piece {
                        placed.parts.push((i as usize, piece.area_m2(), Some(piece)));
                    }
                }
            }
        });
        if placed.whole {
            placed.inside_m2 = site_m2;
        } else {
            placed.inside = self.inside(site, &placed.parts);
            // The overlay's shapes are rounded to its grid, which in 1 m² beyond a long border may be the whole margin of a
            // verdict: what is judged is measured without rounding.
            let (areas_m2, inside_m2) = self.measure(site, site_m2, 0.0);
            for (i, m2, _) in &mut placed.parts {
                *m2 = areas_m2.iter().find(|(j, _)| j == i).map_or(0.0, |(_, m2)| *m2);
            }
            placed.inside_m2 = inside_m2;
        }
        placed.parts.retain(|(_, m2, _)| *m2 > listed_m2);
        placed
    }

    /// The land of the site in the plan: the pieces by group, those of one group by the group's union.
    fn inside(&self, site: ShapeRef<'_>, parts: &[(usize, f64, Option<Shape>)]) -> Option<Shape> {
        if let [(_, _, only)] = parts {
            return only.clone();
        }
        let mut of_groups: BTreeMap<usize, Vec<&Shape>> = BTreeMap::new();
        for (i, _, piece) in parts {
            of_groups.entry(self.clusters[*i].group).or_default().extend(piece.as_ref());
        }
        let land: Vec<Shape> = of_groups
            .into_iter()
            .filter_map(|(group, pieces)| match (pieces.as_slice(), self.group(group)) {
                ([only], _) => Some((*only).clone()),
                (_, Some(whole)) => whole.overlap(site, OVERLAY),
                (several, _) => union(&several.iter().map(|s| s.as_ref()).collect::<Vec<_>>(), OVERLAY),
            })
            .collect();
        union(&land.iter().map(Shape::as_ref).collect::<Vec<_>>(), OVERLAY)
    }

    /// The areas of [`PreparedPlan::place`] without the land: index of the cluster and area in m² of each overlap above
    /// `listed_m2`, and the area in all, in m², those that are not listed included.
    pub fn measure(&self, site: ShapeRef<'_>, site_m2: f64, listed_m2: f64) -> (Vec<(usize, f64)>, f64) {
        let mut parts: Vec<(usize, f64)> = Vec::new();
        self.boxes.meeting(site.bbox(), |i| {
            let shared_m2 = self.clusters[i as usize].shape.shared_area_m2(site);
            if shared_m2 > NO_LAND_M2 {
                // All of it but for the rounding of a sum is all of it.
                parts.push((i as usize, if shared_m2 >= site_m2 * (1.0 - 1e-12) { site_m2 } else { shared_m2 }));
            }
        });
        let inside_m2 = match parts.as_slice() {
            [] => 0.0,
            [(_, only_m2)] => *only_m2,
            several if several.iter().any(|(_, m2)| *m2 == site_m2) => site_m2,
            several => {
                let group = |i: usize| self.clusters[i].group;
                let mut of_groups: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
                several.iter().for_each(|(i, m2)| of_groups.entry(group(*i)).or_default().push(*m2));
                let land_m2 = of_groups.into_iter().map(|(group, areas_m2)| match (areas_m2.as_slice(), self.group(group)) {
                    ([only_m2], _) | ([only_m2, ..], None) => *only_m2,
                    (_, Some(whole)) => whole.shared_area_m2(site),
                    ([], None) => 0.0,
                });
                land_m2.sum::<f64>().min(site_m2)
            }
        };
        parts.retain(|(_, m2)| *m2 > listed_m2);
        (parts, inside_m2)
    }

    /// The union of a group of clusters; `None` for a group of one.
    fn group(&self, group: usize) -> Option<&PreparedShape> {
        let (members, union_of) = self.groups.get(group)?;
        let make = || {
            let members: Vec<ShapeRef<'_>> = members.iter().map(|i| self.clusters[*i].shape.shape()).collect();
            if members.len() > 1 { union(&members, OVERLAY).map(PreparedShape::new) } else { None }
        };
        union_of.get_or_init(make).as_ref()
    }

    /// The highest grade on `date` in the cluster's chain: a functional area shares the list its cluster is on.
    pub fn grade(&self, cluster: usize, date: Date) -> Grade {
        let chain = self.clusters[cluster].chain.iter();
        // The enum is ordered from the highest grade down.
        chain.map(|&i| self.clusters[i].cluster.grade(date)).min().unwrap_or(Grade::General)
    }

    /// What the cluster asks of projects; where it is silent, what one that holds it asks.
    pub fn limits(&self, cluster: usize) -> Vec<(Indicator, f64)> {
        let chain = || self.clusters[cluster].chain.iter().rev();
        let limit = |indicator: Indicator| chain().find_map(|&i| indicator.limit_of(&self.clusters[i].cluster.limits));
        Indicator::ALL.into_iter().filter_map(|indicator| Some((indicator, limit(indicator)?))).collect()
    }

    /// Whether a cluster that could not be read may hold land here.
    pub fn broken_near(&self, window: BBox) -> bool {
        self.broken.iter().any(|b| b.meets(&window))
    }

    /// Number of clusters that could not be read as areas.
    pub fn broken_count(&self) -> usize {
        self.broken.len()
    }

    /// Clusters whose border is at most `within_m` from the site's, with the distance, nearest first.
    pub fn near(&self, site: ShapeRef<'_>, within_m: f64) -> Vec<(usize, f64)> {
        let mut near: Vec<(usize, f64)> = Vec::new();
        self.boxes.meeting(site.bbox().grown(within_m), |i| {
            near.extend(self.clusters[i as usize].shape.border_distance_m(site, within_m).map(|m| (i as usize, m)));
        });
        near.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        near
    }
}

impl PreparedPlan {
    /// The match of a site's industry, as a code of `edition` or in words, with a cluster, by its index.
    pub fn industry_match(&self, given: Option<&str>, edition: &str, cluster: usize) -> IndustryMatch {
        match self.industry_matches(given, edition) {
            Some(matches) => matches.get(cluster).copied().unwrap_or(IndustryMatch::Unknown),
            None => IndustryMatch::NotGiven,
        }
    }

    /// The match with each cluster; `None` for a site without an industry.
    pub fn industry_matches(&self, given: Option<&str>, edition: &str) -> Option<Arc<[IndustryMatch]>> {
        given.map(|given| self.matches.of(given, edition, self.clusters.iter().map(|c| &c.lists)))
    }
}

impl PlanCluster {
    /// Area in m² of the largest connected piece of the cluster that no supplied or pending land takes.
    pub fn free_block_m2(&self, taken: &Taken) -> f64 {
        *self.free_block_m2.get_or_init(|| {
            let taken_here = taken.meeting(self.shape.bbox());
            let refs: Vec<ShapeRef<'_>> = taken_here.iter().map(Shape::as_ref).collect();
            let free = match union(&refs, OVERLAY) {
                Some(taken) => subtract(self.shape.shape(), taken.as_ref(), OVERLAY),
                None => Some(self.shape.shape().to_owned()),
            };
            free.map_or(0.0, |free| pieces(free.as_ref()).iter().map(Shape::area_m2).fold(0.0, f64::max))
        })
    }
}

/// The clusters' shapes prepared on all cores, in their order.
fn prepared(read: &[(FeatureId, Cluster, Shape)]) -> Vec<PreparedShape> {
    let prepare = |i: usize| PreparedShape::new(read[i].2.clone());
    let (mut todo, mut done) = (0..read.len(), Vec::with_capacity(read.len()));
    blocks_in_order(
        || todo.next(),
        0,
        &Progress::new(),
        prepare,
        |outcome| {
            let at = done.len();
            // What failed on another thread fails here in the sight of whoever asked.
            done.push(if let Outcome::Done(shape) = outcome { shape } else { prepare(at) });
        },
    );
    done
}

/// Indices from the outermost ancestor to `start`. A parent that is not in the plan ends the chain, a circle is cut.
fn chain(start: usize, read: &[(FeatureId, Cluster, Shape)], by_id: &BTreeMap<&str, usize>) -> Vec<usize> {
    let mut chain = vec![start];
    let mut at = start;
    while let Some(&parent) = read[at].1.parent.as_deref().and_then(|id| by_id.get(id)) {
        if chain.contains(&parent) {
            break;
        }
        chain.push(parent);
        at = parent;
    }
    chain.reverse();
    chain
}

/// Numbers of groups such that boxes that meet are in one group.
fn groups(boxes: &[BBox]) -> Vec<usize> {
    let index = PackedIndex::new(boxes.to_vec());
    let mut group = vec![usize::MAX; boxes.len()];
    let mut next = 0;
    for start in 0..boxes.len() {
        if group[start] != usize::MAX {
            continue;
        }
        let mut todo = vec![start];
        group[start] = next;
        while let Some(at) = todo.pop() {
            for other in index.meeting(boxes[at]).into_iter().map(|i| i as usize) {
                if group[other] == usize::MAX {
                    group[other] = next;
                    todo.push(other);
                }
            }
        }
        next += 1;
    }
    group
}

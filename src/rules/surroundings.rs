//! What lies around a site: other sites on its land, clusters that compete with its host, room in clusters for one outside.

use super::facts::Facts;
use super::layers::Taken;
use super::other_sites::{AllSites, Neighbour, OtherSites};
use super::plan::PreparedPlan;
use super::{Candidate, IndustryMatch, OVERLAY, RuleSet, industry_codes};
use crate::geom::{BBox, Shape, ShapeRef, overlap, pieces, subtract, union};
use crate::model::{Cluster, Contents, FeatureId, Layer, Role, field_named};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A cluster that competes with a host of the site.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    pub name: String,
    /// Cosine of the industries' vectors (leading 1, supporting ½, by division), 0…1.
    pub similarity: f64,
    /// Between the centres of gravity.
    pub distance_m: f64,
    /// The site's industry is a leading one there, and is not one of the host.
    pub leads: bool,
}

/// Which land a cluster has room on, the kinds to be used first before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LandKind {
    /// 闲置、低效: parcels that say so.
    Idle,
    /// 批而未供: in an approved batch, neither supplied nor pending.
    ApprovedNotSupplied,
    /// 通用(标准)厂房、小企业园.
    StandardFactory,
    /// Any land not known to be taken.
    Free,
}

impl LandKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::ApprovedNotSupplied => "approved_not_supplied",
            Self::StandardFactory => "standard_factory",
            Self::Free => "free",
        }
    }

    /// Text key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Idle => "land.idle",
            Self::ApprovedNotSupplied => "land.approved_not_supplied",
            Self::StandardFactory => "land.standard_factory",
            Self::Free => "land.free",
        }
    }
}

/// What is prepared once to look around sites; empty where no rule of the set asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    sites: Option<AllSites>,
    /// Places of the clusters in the plan.
    numbers: Arc<BTreeMap<FeatureId, usize>>,
    rivals: Option<Arc<Rivals>>,
    land: Option<Arc<KindsOfLand>>,
}

impl Surroundings {
    pub fn new(contents: &Contents, plan: &PreparedPlan, rules: &RuleSet) -> Self {
        Self {
            sites: rules.asks("neighbours").then(|| AllSites::of(contents)),
            numbers: Arc::new(plan.clusters.iter().enumerate().map(|(i, c)| (c.feature, i)).collect()),
            rivals: rules.asks("homogeneity").then(|| Arc::new(Rivals::new(plan))),
            land: rules.asks("outside_plan").then(|| Arc::new(KindsOfLand::new(contents, plan.clusters.len()))),
        }
    }

    /// The same among the sites of `contents`.
    pub fn among(&self, contents: &Contents) -> Self {
        Self { sites: self.sites.as_ref().map(|_| AllSites::of(contents)), ..self.clone() }
    }

    /// The same among `more` sites as well.
    pub fn among_more(&self, more: Arc<dyn OtherSites>) -> Self {
        Self { sites: self.sites.as_ref().map(|sites| sites.with(more)), ..self.clone() }
    }

    /// Other sites on the land of this one, largest first; `None` where no rule asks or there are no sites.
    pub fn neighbours(&self, facts: &Facts, site: ShapeRef<'_>, listed_m2: f64) -> Option<Vec<Neighbour>> {
        self.sites.as_ref()?.neighbours(&facts.site, site, listed_m2)
    }

    /// Clusters that compete with the site's largest host: near or in its district, and much the same industries, or the
    /// site's industry leading there and not here.
    pub fn similar(&self, facts: &Facts, plan: &PreparedPlan, rules: &RuleSet) -> Option<Vec<Similar>> {
        let rivals = self.rivals.as_ref()?;
        let host = facts.hosts().next()?;
        let of_host = rivals.of(*self.numbers.get(&host.share.feature)?, plan, rules);
        if of_host.own.is_empty() {
            return None;
        }
        let given = facts.site.industry.as_deref();
        let edition = &rules.industry.edition;
        let leads = |i: usize| plan.industry_match(given, edition, i) == IndustryMatch::Leading;
        let mut found: BTreeMap<usize, bool> = of_host.alike.iter().map(|at| (*at, false)).collect();
        if let Some(given) = given.filter(|_| host.industry != IndustryMatch::Leading) {
            for code in industry_codes(given, edition) {
                let there = of_host.leading.get(division(&code)).into_iter().flatten().filter(|at| leads(of_host.near[**at].cluster));
                found.extend(there.map(|at| (*at, true)));
            }
        }
        let similar = found.into_iter().map(|(at, leads)| {
            let near = &of_host.near[at];
            let name = plan.clusters[near.cluster].cluster.name.clone();
            Similar { name, similarity: near.similarity, distance_m: near.distance_m, leads }
        });
        let mut similar: Vec<Similar> = similar.collect();
        similar.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.distance_m.total_cmp(&b.distance_m)));
        Some(similar)
    }

    /// For each cluster a site could go to: how far its border is, and the kind of land it has room on.
    pub fn offer(&self, candidates: &mut [Candidate], site: ShapeRef<'_>, plan: &PreparedPlan, taken: &Taken) {
        let Some(land) = &self.land else { return };
        for candidate in candidates {
            let Some(&i) = self.numbers.get(&candidate.feature) else { continue };
            candidate.border_distance_m = plan.clusters[i].shape.border_distance_m(site, f64::INFINITY);
            let blocks = land.blocks(plan, i, taken);
            let offered = blocks.iter().copied().find(|(_, block_m2)| *block_m2 >= site.area_m2());
            candidate.offered = Some(offered.unwrap_or((LandKind::Free, candidate.free_block_m2)));
        }
    }
}

/// For each cluster those that it may compete with, found when first asked for.
#[derive(Debug)]
struct Rivals {
    vectors: Vec<BTreeMap<String, f64>>,
    hosts: Vec<OnceLock<OfHost>>,
}

/// What one cluster may compete with.
#[derive(Clone, Debug, Default)]
struct OfHost {
    own: BTreeMap<String, f64>,
    near: Vec<Near>,
    /// Places in `near` of those with much the same industries.
    alike: Vec<usize>,
    /// Places in `near` of those that lead in a division.
    leading: BTreeMap<String, Vec<usize>>,
}

#[derive(Clone, Copy, Debug)]
struct Near {
    cluster: usize,
    similarity: f64,
    distance_m: f64,
}

impl Rivals {
    fn new(plan: &PreparedPlan) -> Self {
        let vectors = plan.clusters.iter().map(|c| vector(&c.cluster));
        Self { vectors: vectors.collect(), hosts: plan.clusters.iter().map(|_| OnceLock::new()).collect() }
    }

    fn of(&self, host: usize, plan: &PreparedPlan, rules: &RuleSet) -> &OfHost {
        static NOTHING: OfHost = OfHost { own: BTreeMap::new(), near: Vec::new(), alike: Vec::new(), leading: BTreeMap::new() };
        self.hosts.get(host).map_or(&NOTHING, |cell| cell.get_or_init(|| self.measure(host, plan, rules)))
    }

    fn measure(&self, host: usize, plan: &PreparedPlan, rules: &RuleSet) -> OfHost {
        let (a, t) = (&plan.clusters[host], &rules.thresholds);
        let mut found = OfHost { own: self.vectors[host].clone(), ..OfHost::default() };
        for (i, b) in plan.clusters.iter().enumerate() {
            if i == host || b.chain.contains(&host) || a.chain.contains(&i) {
                continue;
            }
            let distance_m = (a.centre[0] - b.centre[0]).hypot(a.centre[1] - b.centre[1]);
            let one_district = !a.cluster.district.is_empty() && a.cluster.district == b.cluster.district;
            if distance_m > t.homogeneity_distance_m && !one_district {
                continue;
            }
            let similarity = cosine(&self.vectors[host], &self.vectors[i]);
            let at = found.near.len();
            found.near.push(Near { cluster: i, similarity, distance_m });
            if similarity >= t.homogeneity_share {
                found.alike.push(at);
            }
            for (division, _) in self.vectors[i].iter().filter(|(_, weight)| **weight >= LEADING) {
                found.leading.entry(division.clone()).or_default().push(at);
            }
        }
        found
    }
}

const LEADING: f64 = 1.0;
const SUPPORTING: f64 = 0.5;

/// The division that a code is in.
fn division(code: &str) -> &str {
    code.get(..2).unwrap_or(code)
}

/// Industries of a cluster by division: leading 1, supporting ½.
fn vector(cluster: &Cluster) -> BTreeMap<String, f64> {
    let mut vector: BTreeMap<String, f64> = BTreeMap::new();
    for (list, weight) in [(&cluster.leading, LEADING), (&cluster.supporting, SUPPORTING)] {
        for code in list.iter().flat_map(|entry| industry_codes(entry, &cluster.edition)) {
            let entry = vector.entry(division(&code).to_owned()).or_default();
            *entry = entry.max(weight);
        }
    }
    vector
}

fn cosine(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) -> f64 {
    let length = |v: &BTreeMap<String, f64>| v.values().map(|w| w * w).sum::<f64>().sqrt();
    let dot: f64 = a.iter().filter_map(|(division, w)| Some(w * b.get(division)?)).sum();
    let lengths = length(a) * length(b);
    if lengths > 0.0 { dot / lengths } else { 0.0 }
}

/// Land of the kinds to be used first, by cluster, measured when first asked for.
#[derive(Debug)]
struct KindsOfLand {
    parcels: Vec<(Arc<Layer>, Vec<usize>)>,
    batches: Vec<Arc<Layer>>,
    blocks: Vec<OnceLock<[(LandKind, f64); 3]>>,
}

impl KindsOfLand {
    fn new(contents: &Contents, clusters: usize) -> Self {
        let parcels = contents.layers_of(Role::Parcels).map(|(_, layer)| {
            let columns = ["状态", "利用状况", "使用状态", "土地状态", "类型", "用途", "STATUS", "TYPE"];
            let columns = columns.iter().filter_map(|name| field_named(&layer.fields, &[name])).collect();
            (layer.clone(), columns)
        });
        Self {
            parcels: parcels.collect(),
            batches: contents.layers_of(Role::BatchApproved).map(|(_, layer)| layer.clone()).collect(),
            blocks: (0..clusters).map(|_| OnceLock::new()).collect(),
        }
    }

    /// The largest connected piece of each kind in a cluster, in m².
    fn blocks(&self, plan: &PreparedPlan, cluster: usize, taken: &Taken) -> [(LandKind, f64); 3] {
        let measure = || {
            let shape = &plan.clusters[cluster].shape;
            let window = shape.bbox();
            let says = |words: &[&str]| self.parcels_that_say(words, window);
            let batches: Vec<Shape> = self.batches.iter().flat_map(|layer| sound(layer, window, |_| true)).collect();
            let taken = taken.meeting(window);
            [
                (LandKind::Idle, largest_m2(shape.shape(), &says(&["闲置", "空闲", "低效", "idle"]), &[])),
                (LandKind::ApprovedNotSupplied, largest_m2(shape.shape(), &batches, &taken)),
                (LandKind::StandardFactory, largest_m2(shape.shape(), &says(&["通用厂房", "标准厂房", "小企业园"]), &[])),
            ]
        };
        self.blocks.get(cluster).map_or_else(measure, |cell| *cell.get_or_init(measure))
    }

    fn parcels_that_say(&self, words: &[&str], window: BBox) -> Vec<Shape> {
        let of_layer = |(layer, columns): &(Arc<Layer>, Vec<usize>)| {
            sound(layer, window, |id| {
                let Some(feature) = layer.feature(id) else { return false };
                columns.iter().any(|c| {
                    let text = feature.value(*c).to_string();
                    words.iter().any(|w| text.contains(w))
                })
            })
        };
        self.parcels.iter().flat_map(of_layer).collect()
    }
}

/// Sound shapes of the features of a layer near `window` that are `wanted`.
fn sound(layer: &Layer, window: BBox, wanted: impl Fn(FeatureId) -> bool) -> Vec<Shape> {
    let features = layer.meeting(window).into_iter().filter(|id| wanted(*id)).filter_map(|id| layer.feature(id));
    features.filter_map(|f| f.shape().map(|s| s.to_owned()).or_else(|| Shape::mend(f.rings()).map(|(s, _)| s))).collect()
}

/// The largest connected piece of `land` in `cluster` that is not under `taken`, in m².
fn largest_m2(cluster: ShapeRef<'_>, land: &[Shape], taken: &[Shape]) -> f64 {
    let united = |shapes: &[Shape]| union(&shapes.iter().map(Shape::as_ref).collect::<Vec<_>>(), OVERLAY);
    let Some(here) = united(land).and_then(|land| overlap(land.as_ref(), cluster, OVERLAY)) else { return 0.0 };
    let left = match united(taken) {
        Some(taken) => subtract(here.as_ref(), taken.as_ref(), OVERLAY),
        None => Some(here),
    };
    left.map_or(0.0, |left| pieces(left.as_ref()).iter().map(Shape::area_m2).fold(0.0, f64::max))
}

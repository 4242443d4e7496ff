//! The other layers prepared once: districts, constraints, land already taken.

use super::OVERLAY;
use super::facts::{Covers, DistrictShare, Hit, LayerFacts};
use crate::geom::{BBox, IndexedBorder, Shape, ShapeRef, subtract, union};
use crate::model::{Contents, Coverage, FeatureId, FeatureRef, Field, Layer, PROJECT_COLUMNS, Role, UseColumns, field_named};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Roles whose layers rules look at, in the order of the roles' table.
pub(super) const JUDGED: [Role; 12] = [
    Role::BatchApproved,
    Role::Supplied,
    Role::Pending,
    Role::Farmland,
    Role::Ecology,
    Role::Growth,
    Role::DetailedPlan,
    Role::LandUse,
    Role::IndustrialLine,
    Role::ZoneLimit,
    Role::Avoid,
    Role::Notify,
];

/// Those of which nothing is asked but what lies on a site: all but land that is taken or approved, which alternatives to a
/// site look at too.
pub const ONLY_ON_SITES: &[Role] = JUDGED.split_at(3).1;

/// Land below this is the rounding of an overlay, in m².
const ROUNDING_M2: f64 = 1e-4;

/// Shorter borders are indexed anew for each site: that is cheaper than to keep them.
const LONG_BORDER: usize = 64;

/// A layer whose unsound features were mended once, and whose long borders are indexed once a site meets them.
#[derive(Debug)]
pub struct PreparedLayer {
    layer: Arc<Layer>,
    /// By row of the layer's base.
    borders: Vec<OnceLock<Box<IndexedBorder>>>,
    mended: BTreeMap<FeatureId, Shape>,
    broken: Vec<BBox>,
    label: Option<usize>,
    uses: Option<UseColumns>,
    name: Option<usize>,
    project: Option<usize>,
}

impl PreparedLayer {
    pub fn new(layer: &Arc<Layer>) -> Self {
        let mut mended = BTreeMap::new();
        let mut broken = Vec::new();
        for feature in layer.features().filter(|f| f.shape().is_none() && !f.rings().is_empty()) {
            match Shape::mend(feature.rings()) {
                Some((shape, _)) => {
                    mended.insert(feature.id, shape);
                }
                None => broken.push(feature.rings().bbox()),
            }
        }
        let (label, name) = (label_field(&layer.fields), field_named(&layer.fields, &["名称", "NAME", "XZQMC", "MC", "区市"]));
        let project = field_named(&layer.fields, &PROJECT_COLUMNS);
        let borders = (0..layer.base().len()).map(|_| OnceLock::new()).collect();
        Self { layer: layer.clone(), borders, mended, broken, label, uses: UseColumns::of(layer), name, project }
    }

    /// Sum of the areas in m² that the features of the layer share with `site`; land under several counts for each.
    pub fn shared_m2(&self, site: ShapeRef<'_>) -> f64 {
        self.meeting(site).map(|(feature, shape)| self.with_border(feature, shape, |border| border.shared_area_m2(site))).sum()
    }

    /// Features with a sound shape whose box meets that of `site`, in the order of their ids.
    fn meeting<'a>(&'a self, site: ShapeRef<'_>) -> impl Iterator<Item = (FeatureRef<'a>, ShapeRef<'a>)> {
        self.layer.meeting(site.bbox()).into_iter().filter_map(|id| {
            let feature = self.layer.feature(id)?;
            Some((feature, feature.shape().or_else(|| self.mended.get(&id).map(Shape::as_ref))?))
        })
    }

    fn with_border<R>(&self, feature: FeatureRef<'_>, shape: ShapeRef<'_>, ask: impl FnOnce(&IndexedBorder) -> R) -> R {
        match feature.base_row().and_then(|row| self.borders.get(row)) {
            Some(kept) if shape.rings().coords().len() >= LONG_BORDER => ask(kept.get_or_init(|| Box::new(IndexedBorder::new(shape)))),
            _ => ask(&IndexedBorder::new(shape)),
        }
    }

    /// What lies on the land of `site`, largest first.
    pub(super) fn facts(&self, site: ShapeRef<'_>, site_m2: f64, districts: Option<&PreparedLayer>) -> LayerFacts {
        let mut hits: Vec<Hit> = Vec::new();
        for (feature, piece) in self.pieces(site) {
            let text = |column: Option<usize>| column.map_or(String::new(), |c| feature.value(c).to_string().trim().to_owned());
            let (label, system) = self.uses.as_ref().map_or_else(|| (text(self.label), None), |uses| uses.read(feature));
            let project = text(self.project);
            hits.push(Hit { feature: feature.id, label, system, project, area_m2: piece.area_m2(), piece: Arc::new(piece) });
        }
        let hit_m2 = match hits.as_slice() {
            [] => 0.0,
            [only] => only.area_m2,
            several => {
                let refs: Vec<ShapeRef<'_>> = several.iter().map(|h| (*h.piece).as_ref()).collect();
                union(&refs, OVERLAY).map_or(0.0, |u| u.area_m2())
            }
        };
        hits.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2).then(a.feature.cmp(&b.feature)));
        LayerFacts {
            role: self.layer.head.role,
            name: self.layer.head.name.clone(),
            covers: covers(&self.layer.head.coverage, site, site_m2, districts),
            hits,
            hit_m2,
            broken: self.broken.iter().any(|b| b.meets(&site.bbox())),
        }
    }

    /// The site's area by feature of a layer of districts, largest first; equal names are one district.
    pub(super) fn shares(&self, site: ShapeRef<'_>) -> Vec<DistrictShare> {
        let mut shares: Vec<DistrictShare> = Vec::new();
        for (feature, piece) in self.pieces(site) {
            let text = |column: Option<usize>| column.map_or(String::new(), |c| feature.value(c).to_string().trim().to_owned());
            let (name, code, area_m2) = (text(self.name), text(self.label), piece.area_m2());
            match shares.iter_mut().find(|s| s.name == name && s.code == code) {
                Some(share) => share.area_m2 += area_m2,
                None => shares.push(DistrictShare { name, code, area_m2 }),
            }
        }
        shares.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2).then_with(|| a.code.cmp(&b.code)));
        shares
    }

    /// The layer's name.
    pub fn name(&self) -> Arc<str> {
        self.layer.head.name.clone()
    }

    /// Calls `found` with the sound shapes whose boxes meet `window`.
    pub fn near(&self, window: BBox, mut found: impl FnMut(FeatureId, ShapeRef<'_>)) {
        for id in self.layer.meeting(window) {
            let Some(feature) = self.layer.feature(id) else { continue };
            if let Some(shape) = feature.shape().or_else(|| self.mended.get(&id).map(Shape::as_ref)) {
                found(id, shape);
            }
        }
    }

    /// The land of the site by feature. The area is asked first: only where there is land is the piece made.
    fn pieces<'a>(&'a self, site: ShapeRef<'a>) -> impl Iterator<Item = (FeatureRef<'a>, Shape)> + 'a {
        self.meeting(site).filter_map(move |(feature, shape)| {
            let piece = self.with_border(feature, shape, |border| match border.shared_area_m2(site) {
                none_m2 if none_m2 < ROUNDING_M2 / 2.0 => None,
                _ if border.is_far_from(site) => Some(site.to_owned()),
                _ => border.overlap(site, shape, OVERLAY),
            })?;
            (piece.area_m2() >= ROUNDING_M2).then_some((feature, piece))
        })
    }
}

/// Whether a layer of this coverage speaks for all of the site.
pub(super) fn covers(coverage: &Coverage, site: ShapeRef<'_>, site_m2: f64, districts: Option<&PreparedLayer>) -> Covers {
    let whole = |beyond_m2: f64| if beyond_m2 < ROUNDING_M2.max(1e-9 * site_m2) { Covers::Whole } else { Covers::Not };
    match coverage {
        Coverage::Undeclared => Covers::Undeclared,
        Coverage::WholeCity => Covers::Whole,
        Coverage::Area(area) => whole(subtract(site, area.as_ref().as_ref(), OVERLAY).map_or(0.0, |s| s.area_m2())),
        Coverage::Districts(codes) => match districts {
            // Which land a code stands for is only known from a layer of districts.
            None => Covers::Undeclared,
            Some(districts) => {
                let listed = |d: &DistrictShare| codes.iter().any(|code| **code == *d.code || **code == *d.name);
                whole(site_m2 - districts.shares(site).iter().filter(|d| listed(d)).map(|d| d.area_m2).sum::<f64>())
            }
        },
    }
}

/// The column with a feature's code: of a district, a class.
fn label_field(fields: &[Field]) -> Option<usize> {
    field_named(fields, &["XZQDM", "区市代码", "ADCODE", "行政代码", "code", "代码"])
}

/// Land that is known to be supplied or asked for.
#[derive(Debug, Default)]
pub(super) struct Taken {
    layers: Vec<Arc<Layer>>,
}

impl Taken {
    pub fn new(contents: &Contents) -> Self {
        let layers = [Role::Supplied, Role::Pending].iter().flat_map(|role| contents.layers_of(*role));
        Self { layers: layers.map(|(_, layer)| layer.clone()).collect() }
    }

    /// Layers of taken land were given.
    pub fn is_known(&self) -> bool {
        !self.layers.is_empty()
    }

    /// Sound shapes of taken land near `window`.
    pub fn meeting(&self, window: BBox) -> Vec<Shape> {
        let features = self.layers.iter().flat_map(|l| l.meeting(window).into_iter().filter_map(|id| l.feature(id)));
        features.filter_map(|f| f.shape().map(|s| s.to_owned()).or_else(|| Shape::mend(f.rings()).map(|(s, _)| s))).collect()
    }
}

//! Other proposed sites that have land of a site: of layers, or of a file whose features are read again where asked for.

use super::OVERLAY;
use crate::geom::{BBox, Shape, ShapeRef, overlap};
use crate::model::{Contents, FeatureId, FeatureRef, Layer, Role, Site, SiteFields};
use std::fmt::Debug;
use std::sync::Arc;

/// Another site that has land of this one.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    pub layer: Arc<str>,
    pub feature: FeatureId,
    pub id: String,
    /// A stage of the same project.
    pub same_project: bool,
    pub area_m2: f64,
    pub piece: Arc<Shape>,
}

/// Sites that a site may share land with, wherever they are kept.
pub trait OtherSites: Debug + Send + Sync {
    /// Name of their layer.
    fn name(&self) -> Arc<str>;

    /// What their columns mean.
    fn fields(&self) -> &SiteFields;

    /// Gives those whose box meets `window` to `found`, in the order of their ids, but the feature `own`.
    fn meeting(&self, window: BBox, own: Option<FeatureId>, found: &mut dyn FnMut(FeatureRef<'_>));
}

/// A layer of sites in memory.
#[derive(Debug)]
struct LayerOfSites {
    layer: Arc<Layer>,
    fields: SiteFields,
}

impl OtherSites for LayerOfSites {
    fn name(&self) -> Arc<str> {
        self.layer.head.name.clone()
    }

    fn fields(&self) -> &SiteFields {
        &self.fields
    }

    fn meeting(&self, window: BBox, own: Option<FeatureId>, found: &mut dyn FnMut(FeatureRef<'_>)) {
        let others = self.layer.meeting(window).into_iter().filter(|id| Some(*id) != own);
        others.filter_map(|id| self.layer.feature(id)).for_each(found);
    }
}

/// All sites that a site is compared with.
#[derive(Clone, Debug)]
pub(super) struct AllSites(Arc<[Arc<dyn OtherSites>]>);

impl AllSites {
    /// Those of the layers of sites.
    pub fn of(contents: &Contents) -> Self {
        let layers = contents.layers_of(Role::Sites).map(|(_, layer)| LayerOfSites { layer: layer.clone(), fields: SiteFields::of(layer) });
        Self(layers.map(|sites| Arc::new(sites) as Arc<dyn OtherSites>).collect())
    }

    pub fn with(&self, more: Arc<dyn OtherSites>) -> Self {
        Self(self.0.iter().cloned().chain([more]).collect())
    }

    /// Other sites on the land of `site`, largest first; `None` where there are no sites at all.
    pub fn neighbours(&self, own: &Site, site: ShapeRef<'_>, listed_m2: f64) -> Option<Vec<Neighbour>> {
        if self.0.is_empty() {
            return None;
        }
        let mut neighbours = Vec::new();
        for sites in self.0.iter() {
            sites.meeting(site.bbox(), own.feature, &mut |other| neighbours.extend(neighbour(own, site, &**sites, other, listed_m2)));
        }
        neighbours.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2).then(a.feature.cmp(&b.feature)));
        Some(neighbours)
    }
}

/// What `other` of the `sites` has of the land of `site`, where that is more than `listed_m2`.
fn neighbour(own: &Site, site: ShapeRef<'_>, sites: &dyn OtherSites, other: FeatureRef<'_>, listed_m2: f64) -> Option<Neighbour> {
    let mended = if other.shape().is_none() { Shape::mend(other.rings()).map(|(shape, _)| shape) } else { None };
    let shape = other.shape().or(mended.as_ref().map(Shape::as_ref))?;
    let piece = overlap(site, shape, OVERLAY).filter(|piece| piece.area_m2() > listed_m2)?;
    let text = |column: Option<usize>| column.map_or(String::new(), |c| other.value(c).to_string().trim().to_owned());
    let (fields, project) = (sites.fields(), text(sites.fields().project));
    Some(Neighbour {
        layer: sites.name(),
        feature: other.id,
        id: Some(text(fields.id)).filter(|t| !t.is_empty()).unwrap_or_else(|| text(fields.name)),
        same_project: own.project.as_deref().is_some_and(|own| own == project),
        area_m2: piece.area_m2(),
        piece: Arc::new(piece),
    })
}

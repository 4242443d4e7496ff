//! Where the sites of a check lie, known before the layers are read that are only asked what lies on them: of such a layer
//! only what may meet a site is kept in memory.

use super::Input;
use crate::crs::Crs;
use crate::geom::{BBox, Occupied};
use crate::io::ShapefileStream;
use crate::model::Role;
use crate::rules::ONLY_ON_SITES;
use crate::task::Progress;
use std::sync::Arc;

/// Metres about a site that count as its land: more than any accuracy or border width that is asked for.
const REACH_M: f64 = 10.0;

/// The places of all sites of a file, in the file's own system.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteCover {
    crs: Crs,
    /// [`REACH_M`] in the unit of the numbers.
    reach: f64,
    /// The box of all sites.
    extent: BBox,
    occupied: Occupied,
}

impl SiteCover {
    /// The inputs of a check, those that are only asked what lies on the sites limited to what may meet them. As they are where
    /// that is not known for certain: the sites are no sound shapefile, declare no system, are shifted, or their axes are chosen by hand.
    pub fn limit(sites: &Input, inputs: &[(Role, Input)], progress: &Progress) -> Vec<(Role, Input)> {
        let is_limited = |role: &Role| ONLY_ON_SITES.contains(role);
        let as_they_stand = sites.settings.options.north_first.is_none() && sites.settings.shift.is_none();
        let helps = as_they_stand && inputs.iter().any(|(role, _)| is_limited(role));
        // What is wrong with the file is said when it is opened.
        let looked = if helps { ShapefileStream::look(&sites.path, &sites.settings.options, progress).ok().flatten() } else { None };
        let cover = looked.and_then(|(stream, occupied)| {
            let crs = sites.settings.options.crs.clone().or_else(|| stream.notes().crs.clone())?;
            // A degree is nowhere in the country shorter than 50 km.
            let reach = REACH_M / crs.metres_per_unit().ok()?.unwrap_or(50_000.0);
            Some(Arc::new(Self { crs, reach, extent: stream.extent(), occupied }))
        });
        let limited = |(role, input): &(Role, Input)| {
            let near = cover.clone().filter(|_| is_limited(role));
            (*role, Input { near, ..input.clone() })
        };
        inputs.iter().map(limited).collect()
    }

    /// Whether a source of areas can be told from the sites by its numbers: it is declared, by the user or its `prj`, to be
    /// in their system.
    pub(super) fn applies(&self, input: &Input, prj: Option<&[u8]>) -> bool {
        let options = &input.settings.options;
        let declared = || options.crs.clone().or_else(|| Crs::parse(std::str::from_utf8(prj?).ok()?.trim()).ok());
        options.north_first.is_none() && declared().is_some_and(|crs| crs == self.crs)
    }

    pub(super) fn crs(&self) -> &Crs {
        &self.crs
    }

    /// Where other data is expected when nothing else says it.
    pub(super) fn surroundings(&self) -> BBox {
        self.extent.grown(self.extent.width().max(self.extent.height()))
    }

    /// Whether an area whose numbers lie in `bbox` may meet a site in `plane`. Edges that are straight in one system are bent
    /// in another, the less the shorter they are: hence a part of the box beside the reach. The sites may turn out to stand
    /// north first.
    pub(super) fn may_meet(&self, bbox: BBox, plane: &Crs) -> bool {
        let bow = if *plane == self.crs { 0.0 } else { 0.05 * bbox.width().max(bbox.height()) };
        let reach = bbox.grown(self.reach + bow);
        self.occupied.may_meet(reach) || self.occupied.may_meet(reach.swapped())
    }
}

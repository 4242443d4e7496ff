//! The sample: an illustrative Qingdao, made by rule and seed, the same bytes on every run.
//!
//! Real are the names of districts and clusters and the policy's 224 and 700 km²; shapes, projects, firms and
//! constraint layers are invented (虚构). 示例数据,仅供演示,界线不作为划界依据.

mod backdrop;
mod districts;
mod farmland;
mod files;
mod industry;
mod layers;
mod layout;
mod parcels;
mod places;
mod random;
mod register;
mod sites;
mod workspace;

pub use files::{SampleError, sample_files, write_sample};
pub use layers::{BACKDROP, NOW, PLANNED, SampleFeature, SampleLayer};
pub use layout::LayoutError;
pub use sites::Expected;
pub use workspace::{SampleWorkspaceError, WORKSPACE, sample_contents, write_sample_workspace};

use crate::geom::Rings;

/// What the sample is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleOptions {
    /// How many parcels, as far as the clusters hold them.
    pub parcels: usize,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self { parcels: 3000 }
    }
}

/// The whole sample as values.
#[derive(Clone, Debug)]
pub struct SampleCity {
    pub layers: Vec<SampleLayer>,
    /// The sites that come as 界址点 text: id, name, land in EPSG:4528.
    pub surveyed: Vec<(String, String, Rings)>,
    /// What each site was made for. It stands in no file.
    pub expected: Vec<Expected>,
}

impl SampleCity {
    /// # Errors
    /// When the clusters find no room; depends on nothing but the generator itself.
    pub fn new(options: SampleOptions) -> Result<Self, LayoutError> {
        let districts = districts::districts();
        let placed = layout::lay_out(&register::entries(), &districts)?;
        let land = layout::district_shapes(&districts)?;
        let mut sites = sites::Sites::new(&placed, &land);
        let farmland = farmland::farmland(&mut sites);
        let parcels = parcels::parcels(&placed, options.parcels);
        Ok(layers::assemble(&districts, &backdrop::backdrop(&districts), &placed, &parcels, &sites.list, &farmland))
    }
}

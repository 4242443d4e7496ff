//! The sites of a file that is checked block by block, as neighbours of each other: where each lies is in memory, and those
//! that come near a site are read again.

use super::stream::Packing;
use crate::geom::{BBox, PackedIndex};
use crate::io::{ReadError, Records};
use crate::model::{FeatureId, FeatureRef, Field, SiteFields};
use crate::rules::OtherSites;
use std::sync::{Arc, OnceLock};

/// Sites that are read from their file when they are asked for.
#[derive(Debug)]
pub struct SitesOfFile {
    records: Records,
    packing: Arc<Packing>,
    index: PackedIndex,
    fields: SiteFields,
    wanted: Vec<usize>,
    failed: OnceLock<ReadError>,
}

impl SitesOfFile {
    /// `index`: the boxes of all sites on the plane, by their place in the file.
    pub(super) fn new(records: Records, packing: Arc<Packing>, index: PackedIndex, fields: &[Field]) -> Self {
        let fields = SiteFields::guess(fields);
        let wanted = [fields.id, fields.name, fields.project].into_iter().flatten().collect();
        Self { records, packing, index, fields, wanted, failed: OnceLock::new() }
    }

    /// Why a site could not be read again: then no answer that was given since is worth anything.
    pub fn failure(&self) -> Option<&ReadError> {
        self.failed.get()
    }
}

impl OtherSites for SitesOfFile {
    fn name(&self) -> Arc<str> {
        self.packing.head.name.clone()
    }

    fn fields(&self) -> &SiteFields {
        &self.fields
    }

    fn meeting(&self, window: BBox, own: Option<FeatureId>, found: &mut dyn FnMut(FeatureRef<'_>)) {
        let places = self.index.meeting(window).into_iter().map(u64::from);
        for place in places.filter(|place| Some(self.packing.first_id.plus(*place)) != own) {
            match self.records.block(place as usize) {
                Ok(block) => self.packing.layer(&block, &self.wanted).0.features().for_each(&mut *found),
                // Whoever checks the file asks for this at the end.
                Err(error) => drop(self.failed.set(error)),
            }
        }
    }
}

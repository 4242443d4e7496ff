//! The sites of a file that is checked block by block, as neighbours of each other: where each lies is in memory, and so are
//! the sites themselves as far as there is room; others are read again when a site comes near them.

use super::stream::Packing;
use crate::geom::{BBox, PackedIndex};
use crate::io::{ReadError, Records};
use crate::model::{FeatureId, FeatureRef, Field, Layer, SiteFields};
use crate::rules::OtherSites;
use std::sync::{Arc, OnceLock};

/// Bytes that a site takes beside its points: its box, ends, number and words.
const SITE_BYTES: usize = 160;

/// Sites of a file, by their place in it.
#[derive(Debug)]
pub struct SitesOfFile {
    records: Records,
    packing: Arc<Packing>,
    index: PackedIndex,
    fields: SiteFields,
    wanted: Vec<usize>,
    /// Blocks from the begin of the file on, each with the place after its last site.
    kept: Vec<(usize, Layer)>,
    room_bytes: usize,
    failed: OnceLock<ReadError>,
}

impl SitesOfFile {
    pub(super) fn new(records: Records, packing: Arc<Packing>, fields: &[Field], room_bytes: usize) -> Self {
        let fields = SiteFields::guess(fields);
        let wanted = [fields.id, fields.name, fields.project].into_iter().flatten().collect();
        let index = PackedIndex::new(Vec::new());
        Self { records, packing, index, fields, wanted, kept: Vec::new(), room_bytes, failed: OnceLock::new() }
    }

    /// Columns that are asked for.
    pub(super) fn wanted(&self) -> &[usize] {
        &self.wanted
    }

    /// Keeps a block whose first site has the place `first`, if it follows what is kept and there is room.
    pub(super) fn keep(&mut self, block: Layer, first: usize) {
        let points: usize = block.features().map(|site| site.rings().coords().len()).sum();
        let bytes = points * size_of::<crate::geom::Point>() + block.len() * SITE_BYTES;
        if bytes <= self.room_bytes && self.kept_count() == first {
            self.room_bytes -= bytes;
            self.kept.push((first + block.len(), block));
        } else {
            self.room_bytes = 0;
        }
    }

    /// `boxes`: where all sites lie on the plane, by their place.
    pub(super) fn index(&mut self, boxes: Vec<BBox>) {
        self.index = PackedIndex::new(boxes);
    }

    fn kept_count(&self) -> usize {
        self.kept.last().map_or(0, |(end, _)| *end)
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
        for place in self.index.meeting(window).into_iter().map(|place| place as usize) {
            let id = self.packing.first_id.plus(place as u64);
            if Some(id) == own {
                continue;
            }
            if let Some((_, block)) = self.kept.get(self.kept.partition_point(|(end, _)| *end <= place)) {
                block.feature(id).into_iter().for_each(&mut *found);
                continue;
            }
            match self.records.block(place) {
                Ok(record) => self.packing.layer(&record, &self.wanted).0.features().for_each(&mut *found),
                // Whoever checks the file asks for this at the end.
                Err(error) => drop(self.failed.set(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Input, SiteStream};
    use super::*;
    use crate::crs::Crs;
    use crate::geom::Rings;
    use crate::io::{ShapefileLayer, TextProfile, shapefile_bytes, write_shapefile};
    use crate::model::{Contents, FieldKind, GeometryKind, IdSource, Value};
    use crate::task::Progress;

    /// Whether sites are kept, read again, or some of each: the same neighbours with the same words.
    #[test]
    fn kept_or_read_again_the_same_sites_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let count = 5000;
        let at = |i: usize| [40_500_000.0 + (i * 37 % 500) as f64 * 9.0, 4_000_000.0 + (i * 53 % 700) as f64 * 9.0];
        let square = |[x, y]: [f64; 2]| Rings::simple(&[[x, y], [x + 20.0, y], [x + 20.0, y + 20.0], [x, y + 20.0]]);
        let rings: Vec<Rings> = (0..count).map(|i| square(at(i))).collect();
        let fields = [Field::new("编号", FieldKind::Text), Field::new("项目代码", FieldKind::Text)];
        let values = |i: usize| vec![Value::text(&format!("N{i}")), Value::text(&format!("P{}", i / 2))];
        let features = rings.iter().enumerate().map(|(i, rings)| (rings.as_ref(), values(i))).collect();
        let layer = ShapefileLayer { kind: GeometryKind::Area, crs: &Crs::CGCS2000_ZONE_40, fields: &fields, features };
        let path = folder.path().join("sites.shp");
        write_shapefile(&path, &shapefile_bytes(&layer, TextProfile::Gbk).unwrap()).unwrap();
        let found = |room_bytes: usize| {
            let contents = Contents::new(Crs::CGCS2000_ZONE_40);
            let stream = SiteStream::open(&Input::file(&path), &contents, &mut IdSource::new(1), &Progress::new());
            let sites = stream.unwrap().unwrap().neighbours(room_bytes, 2, &Progress::new()).unwrap();
            let mut found = Vec::new();
            for i in 0..200 {
                let [x, y] = at(i * 25);
                let window = BBox { min: [x, y], max: [x + 40.0, y + 40.0] };
                sites.meeting(window, None, &mut |site| {
                    let words = [sites.fields().id, sites.fields().project].map(|column| site.value(column.unwrap()).to_string());
                    found.push((i, site.id, words, site.shape().unwrap().to_owned()));
                });
            }
            assert!(sites.failure().is_none());
            (sites.kept_count(), found)
        };
        let (all, by_memory) = found(usize::MAX);
        let (some, by_both) = found(1 << 20);
        let (none, by_file) = found(0);
        assert_eq!((all, some, none), (count, 4096, 0));
        assert!(by_memory.len() > 300 && by_memory == by_both && by_both == by_file, "{}", by_memory.len());
    }
}

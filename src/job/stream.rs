//! A file of sites checked block by block: read, brought to the plane, packed and checked on all cores, the answers in the
//! order of the file. Memory does not grow with the number of sites; where they are compared with each other, by some 50 bytes a
//! site, which say where it lies.

use super::open::{
    CHINA, OpenError, coverage, crs_refusal, fields_note, lon_lat, lost_note, named_columns, place_note, reading_notes,
    rows_far_until_swapped, settle_crs, soundness_notes, swapped_note,
};
use super::sites_of_file::SitesOfFile;
use super::{Input, SiteReader, verdict_of};
use crate::crs::{Crs, Transform};
use crate::geom::BBox;
use crate::io::{Block, Decoder, ReadError, ShapefileStream, Soundness, changed};
use crate::model::{Contents, FeatureId, Field, GeometryKind, IdSource, Layer, LayerHead, LayerId, Provenance, Role};
use crate::rules::{Checker, Verdict};
use crate::task::{Outcome, Progress, blocks_in_order};
use crate::text::Message;
use std::ops::Range;
use std::sync::Arc;

/// Room for sites that are compared with others: those of about half a million sites; what is beyond is read again when a site
/// comes near it.
const NEIGHBOURS_BYTES: usize = 128 << 20;

/// A file of sites that is opened and settled, its features still in the file.
#[derive(Debug)]
pub struct SiteStream {
    file: ShapefileStream,
    packing: Arc<Packing>,
    pub id: LayerId,
    /// Columns that the user named for `id`, `name`, `industry`.
    pub columns: Vec<(String, usize)>,
    fields: Arc<[Field]>,
    provenance: Provenance,
    found: Found,
}

/// What the features that were read so far are like, by record number of the source.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    soundness: Soundness,
    lost: Vec<usize>,
    swapped: Vec<usize>,
}

impl SiteStream {
    /// Opens a file of sites for the plane of `contents`, whose districts or plan say where it should lie. `None` for what
    /// cannot be read block by block (another format, a filter, a file that needs mending): [`super::open_layer`] reads it.
    ///
    /// # Errors
    /// As [`super::open_layer`].
    pub fn open(input: &Input, contents: &Contents, ids: &mut IdSource, progress: &Progress) -> Result<Option<Self>, OpenError> {
        let (settings, options) = (&input.settings, &input.settings.options);
        if settings.filter.is_some() || settings.shift.is_some() || options.kind.is_some() || options.codes.is_some() {
            return Ok(None);
        }
        let Some(file) = ShapefileStream::open(&input.path, &input.settings.options, progress)?.filter(|f| !f.is_empty()) else {
            return Ok(None);
        };
        let name = input.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let refused = |m: Message| OpenError::Read(m.with("file", name.clone()));
        let fields = file.table().fields.clone();
        let columns = named_columns(input, &fields).map_err(refused)?;
        let leads = [Role::Districts, Role::Plan].into_iter().find_map(|role| contents.layers_of(role).next());
        let place = leads.and_then(|(_, layer)| lon_lat(&contents.crs, layer.bbox())).unwrap_or(CHINA);
        let settled = settle_crs(input, &name, file.extent(), file.notes(), place)?;
        let way = Transform::new(&settled.crs, &contents.crs).map_err(|e| refused(crs_refusal(&e)))?;
        let mut notes = reading_notes(file.notes(), &settled);
        let extent = if settled.swapped { file.extent().swapped() } else { file.extent() };
        notes.extend(place_note(extent, &settled.crs, place));
        let coverage = coverage(input, &contents.crs, place, progress)?;
        let stem = input.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let head = LayerHead { coverage, ..LayerHead::new(&stem, Role::Sites) };
        let provenance = Provenance {
            file: name.as_str().into(),
            file_hash: None,
            date: None,
            format: file.notes().format,
            source_crs: Some(settled.crs.clone()),
            notes,
        };
        let (first_id, id) = (FeatureId(ids.take(file.len() as u64)), LayerId(ids.take(1)));
        let (swapped, source_crs, decoder) = (settled.swapped, settled.crs, file.decoder());
        let packing = Arc::new(Packing { decoder, way, swapped, expected: place, source_crs, head, first_id });
        Ok(Some(Self { file, packing, id, columns, fields, provenance, found: Found::default() }))
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn len(&self) -> usize {
        self.file.len()
    }

    pub fn is_empty(&self) -> bool {
        self.file.is_empty()
    }

    /// Where the sites come from and, once all were read, what was found in them: as for a layer that was opened whole.
    pub fn provenance(&self) -> Provenance {
        let mut all = self.provenance.clone();
        all.notes.extend(swapped_note(&self.found.swapped));
        if !self.found.lost.is_empty() {
            all.notes.push(lost_note(&self.found.lost));
        }
        all.notes.extend(soundness_notes(GeometryKind::Area, &self.found.soundness));
        all.notes.push(fields_note(&self.fields));
        all
    }

    pub fn soundness(&self) -> &Soundness {
        &self.found.soundness
    }

    /// Gives the features at the places `rows` of the file's order to `f`, a block of them at a time as a layer of their
    /// own, on `threads` threads (0: one a core), and what `f` makes of each block to `sink`, in the order of the file. `f`
    /// gets the rows of the layer that are meant, and the place of its first row in the file. Only the `wanted` columns are
    /// decoded, the others are null. Returns whether all were done: `false` once `progress` was cancelled.
    ///
    /// # Errors
    /// When the file can no longer be read, or is no longer what it was.
    pub fn for_blocks<R: Send>(
        &mut self,
        rows: Range<usize>,
        wanted: &[usize],
        threads: usize,
        progress: &Progress,
        f: impl Fn(&Layer, Range<usize>, usize) -> R + Sync,
        mut sink: impl FnMut(R),
    ) -> Result<bool, ReadError> {
        let Self { file, packing, found, .. } = self;
        progress.set_total(rows.len() as u64);
        file.seek(rows.start);
        let (mut refused, mut crashed, mut seen) = (None, None, 0);
        let work = |block| {
            let (layer, first, found) = packing.layer(&block, wanted);
            let meant = rows.start.max(first)..rows.end.min(first + layer.len());
            let meant = meant.start.saturating_sub(first)..meant.end.saturating_sub(first);
            (f(&layer, meant.clone(), first), found, meant.len())
        };
        let whole = blocks_in_order(
            || {
                let block = file.next_block().unwrap_or_else(|e| {
                    refused = Some(e);
                    None
                });
                block.filter(|b| b.first_feature < rows.end)
            },
            threads,
            progress,
            work,
            |done| match done {
                Outcome::Done((made, of_block, count)) => {
                    found.add(of_block);
                    seen += count;
                    progress.add(count as u64);
                    sink(made);
                }
                Outcome::Crashed(why) => crashed = Some(why),
            },
        );
        let name = &*self.provenance.file;
        match (refused, crashed) {
            (Some(error), _) => Err(error),
            (None, Some(why)) => Err(ReadError(Message::new("io.read_failed").with("file", name).with("cause", why))),
            (None, None) if whole && seen != rows.len() => Err(changed(name)),
            (None, None) => Ok(whole),
        }
    }

    /// The sites of the file as neighbours of each other: the file is gone through once more, and where each site lies is
    /// kept, and the sites themselves as far as there is room for them.
    pub(super) fn neighbours(&mut self, room_bytes: usize, threads: usize, progress: &Progress) -> Result<SitesOfFile, ReadError> {
        let mut sites = SitesOfFile::new(self.file.records()?, self.packing.clone(), &self.fields, room_bytes);
        let wanted = sites.wanted().to_vec();
        let mut boxes = Vec::with_capacity(self.len());
        let of_block = |layer: &Layer, _: Range<usize>, first: usize| {
            (layer.features().map(|site| site.rings().bbox()).collect::<Vec<_>>(), layer.clone(), first)
        };
        let keep = |(of_block, layer, first): (Vec<BBox>, Layer, usize)| {
            boxes.extend(of_block);
            sites.keep(layer, first);
        };
        let whole = self.for_blocks(0..self.len(), &wanted, threads, progress, of_block, keep)?;
        if !whole {
            return Err(ReadError(Message::new("io.cancelled").with("file", &*self.provenance.file)));
        }
        // What was found on the way is found again when the sites are checked.
        self.found = Found::default();
        sites.index(boxes);
        Ok(sites)
    }
}

/// Checks the sites at the places `rows` of the file's order, as [`super::check_rows`] does for a layer. `render` makes of
/// each verdict, on the thread that found it, what `sink` gets in the order of the file. Where the rules compare sites with
/// each other, all sites of the file count, those beyond `rows` too.
///
/// # Errors
/// When the file can no longer be read.
#[expect(clippy::too_many_arguments, reason = "what is checked, against what, how, and where to")]
pub fn check_stream<R: Send>(
    checker: &Checker,
    sites: &mut SiteStream,
    rows: Range<usize>,
    reader: &SiteReader<'_>,
    threads: usize,
    progress: &Progress,
    render: impl Fn(Verdict) -> R + Sync,
    mut sink: impl FnMut(R),
) -> Result<bool, ReadError> {
    let wanted = reader.columns();
    let compared = checker.settings().rule_set.asks("neighbours");
    let neighbours = if compared { Some(Arc::new(sites.neighbours(NEIGHBOURS_BYTES, threads, progress)?)) } else { None };
    let among = neighbours.clone().map(|neighbours| checker.among_more(neighbours));
    let checker = among.as_ref().unwrap_or(checker);
    let check = |layer: &Layer, rows: Range<usize>, first: usize| -> Vec<R> {
        let numbered = layer.features().enumerate().skip(rows.start).take(rows.len());
        numbered
            .map(|(i, feature)| {
                let record = feature.source_record().map_or(first + i + 1, |record| record as usize);
                render(verdict_of(checker, feature, reader, record))
            })
            .collect()
    };
    let whole = sites.for_blocks(rows, &wanted, threads, progress, check, |block| block.into_iter().for_each(&mut sink))?;
    match neighbours.as_ref().and_then(|neighbours| neighbours.failure()) {
        Some(error) => Err(error.clone()),
        None => Ok(whole),
    }
}

/// How a block of a file becomes a layer.
#[derive(Debug)]
pub(super) struct Packing {
    decoder: Decoder,
    way: Transform,
    swapped: bool,
    expected: BBox,
    source_crs: Crs,
    pub head: LayerHead,
    pub first_id: FeatureId,
}

impl Packing {
    /// The layer of a block, the place of its first feature in the file, and what was found.
    pub fn layer(&self, block: &Block, wanted: &[usize]) -> (Layer, usize, Found) {
        let mut raw = self.decoder.decode(block, wanted);
        if self.swapped {
            raw.swap_axes();
        }
        let swapped = rows_far_until_swapped(&raw, &self.source_crs, self.expected);
        let lost = raw.transform(&self.way);
        let lost_records = lost.iter().map(|row| raw.record(*row)).collect();
        let (base, soundness) = raw.pack(GeometryKind::Area, &lost, &Progress::new());
        let first_id = self.first_id.plus(block.first_feature as u64);
        let layer = Layer::new(self.head.clone(), Provenance::default(), Arc::new(base), first_id);
        (layer, block.first_feature, Found { soundness, lost: lost_records, swapped })
    }
}

impl Found {
    fn add(&mut self, more: Self) {
        self.soundness.sound += more.soundness.sound;
        self.soundness.unsound.extend(more.soundness.unsound);
        self.soundness.empty.extend(more.soundness.empty);
        self.lost.extend(more.lost);
        self.swapped.extend(more.swapped);
    }
}

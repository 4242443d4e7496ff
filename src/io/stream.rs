//! A shapefile of sites read block by block: looked through once, so that all of it is known to be sound, then given out
//! in blocks, so that memory does not grow with the number of records.

use super::dbf::{Layout, Table, Watch};
use super::files::{family, read_refused};
use super::shapefile::{self, Part, notes_of, read_prj, say_left_out};
use super::{Chunk, Notes, Raw, ReadError, ReadOptions};
use crate::geom::{BBox, Occupied};
use crate::model::GeometryKind;
use crate::task::{Progress, both};
use crate::text::Message;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Records in a block.
const BLOCK: usize = 2048;
/// Bytes a look through a file asks for at once.
const PIECE: usize = 1 << 18;
/// Bytes before the first record of a `.shp`.
pub(super) const HEADER: usize = 100;

/// A shapefile of areas that was looked through and can be given out in blocks.
#[derive(Debug)]
pub struct ShapefileStream {
    name: String,
    shp: File,
    dbf: File,
    /// Where the two lie.
    paths: [PathBuf; 2],
    table: Table,
    notes: Notes,
    extent: BBox,
    records: usize,
    /// Records that are no features, by number from 1.
    deleted: Vec<usize>,
    /// Where each block begins in the `.shp`, and the end of the last one.
    starts: Vec<u64>,
    given: usize,
    north_first: bool,
}

/// Some records that follow each other, as they stand in the files.
#[derive(Debug)]
pub struct Block {
    /// Number of the first record, from 0.
    first: usize,
    /// Place of its first feature among the features of the file, from 0.
    pub first_feature: usize,
    shp: Vec<u8>,
    dbf: Vec<u8>,
}

impl ShapefileStream {
    /// Looks through a shapefile. `None` for what only the reader of whole files can make something of: another format, no
    /// areas, a file that is cut or does not fit its table.
    ///
    /// # Errors
    /// What the reader of whole files refuses as well.
    pub fn open(path: &Path, options: &ReadOptions, progress: &Progress) -> Result<Option<Self>, ReadError> {
        Self::look_through(path, options, None, progress)
    }

    /// As [`ShapefileStream::open`], and where the areas lie.
    ///
    /// # Errors
    /// As [`ShapefileStream::open`].
    pub fn look(path: &Path, options: &ReadOptions, progress: &Progress) -> Result<Option<(Self, Occupied)>, ReadError> {
        let mut occupied = None;
        Ok(Self::look_through(path, options, Some(&mut occupied), progress)?.zip(occupied))
    }

    fn look_through(
        path: &Path,
        options: &ReadOptions,
        occupied: Option<&mut Option<Occupied>>,
        progress: &Progress,
    ) -> Result<Option<Self>, ReadError> {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let failed = |e: std::io::Error| read_refused(&path.display().to_string(), &e);
        let family = family(path);
        let of = |extension: &str| family.iter().find(|(e, _)| e == extension).map(|(_, path)| path.as_path());
        let is_shp = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp"));
        let Some(dbf_path) = of("dbf").filter(|_| is_shp && options.layer.is_none()) else { return Ok(None) };
        let (mut shp, mut dbf) = (File::open(path).map_err(failed)?, File::open(dbf_path).map_err(failed)?);
        let mut header = [0; HEADER];
        if shp.read_exact(&mut header).is_err() || shapefile::header_kind(&header) != Ok(GeometryKind::Area) {
            return Ok(None);
        }
        let small = |extension: &str| of(extension).map(super::read_bytes).transpose();
        let (cpg, prj) = (small("cpg")?, small("prj")?);
        let Some(layout) = layout_of(&mut dbf).map_err(failed)? else { return Ok(None) };
        let bytes = dbf.metadata().map_err(failed)?.len();
        let count = layout.count(usize::try_from(bytes).unwrap_or(0).saturating_sub(layout.header_length));
        if count != layout.promised {
            return Ok(None);
        }
        let stated = shapefile::stated_length(&header).unwrap_or(0);
        // What the header says of the extent is only a hint.
        let occupied = occupied.map(|place| place.insert(Occupied::new(shapefile::stated_extent(&header))));
        let (rows, shapes) =
            both(|| look_at_rows(&mut dbf, &layout, count), || look_at_shapes(&mut shp, stated as u64, occupied, progress));
        let (watch, deleted) = rows.map_err(failed)?;
        let Some(shapes) = shapes.map_err(failed)?.filter(|s| s.records == count) else { return Ok(None) };
        if progress.is_cancelled() {
            return Err(ReadError(Message::new("io.cancelled").with("file", name)));
        }
        let table = watch.settle(cpg.as_deref(), options.encoding.as_deref());
        let table = table.map_err(|m| ReadError(m.with("file", name.clone())))?;
        let mut notes = notes_of("shapefile", GeometryKind::Area, &table);
        read_prj(prj.as_deref(), &mut notes);
        let kept = |records: Vec<usize>| -> Vec<usize> { records.into_iter().filter(|r| deleted.binary_search(r).is_err()).collect() };
        let (broken, not_finite) = (kept(shapes.broken), kept(shapes.not_finite));
        say_left_out(&deleted, &broken, &mut notes);
        if !not_finite.is_empty() {
            let message = Message::new("io.records_not_finite").with("count", not_finite.len());
            notes.messages.push(message.with("records", shapefile::listed(&not_finite)));
        }
        let mut extent = shapes.extent;
        let north_first = options.north_first == Some(true);
        if north_first && !extent.is_empty() {
            extent = extent.swapped();
        }
        let paths = [path, dbf_path].map(Path::to_path_buf);
        Ok(Some(Self {
            name,
            shp,
            dbf,
            paths,
            table,
            notes,
            extent,
            records: count,
            deleted,
            starts: shapes.starts,
            given: 0,
            north_first,
        }))
    }

    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Box of the numbers as stored, those of deleted records included.
    pub fn extent(&self) -> BBox {
        self.extent
    }

    /// Features that will be given out.
    pub fn len(&self) -> usize {
        self.records - self.deleted.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next block; `None` after the last one.
    ///
    /// # Errors
    /// When the system refuses, or the files are no longer what they were.
    pub fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        let Some([from, to]) = self.starts.get(self.given..self.given + 2).and_then(|pair| <[u64; 2]>::try_from(pair).ok()) else {
            return Ok(None);
        };
        let first = self.given * BLOCK;
        let length = self.table.layout.record_length;
        let rows = BLOCK.min(self.records - first);
        let first_feature = first - self.deleted.partition_point(|record| *record <= first);
        let mut block = Block { first, first_feature, shp: vec![0; (to - from) as usize], dbf: vec![0; rows * length] };
        let failed = |e: std::io::Error| read_refused(&self.name, &e);
        let row = self.table.layout.header_length + first * length;
        read_at(&mut self.shp, from, &mut block.shp).map_err(failed)?;
        read_at(&mut self.dbf, row as u64, &mut block.dbf).map_err(failed)?;
        self.given += 1;
        Ok(Some(block))
    }

    /// Goes to the first block, or on to the one that holds the feature at place `feature` of the file's order.
    pub fn seek(&mut self, feature: usize) {
        let begins = |block: usize| block * BLOCK - self.deleted.partition_point(|record| *record <= block * BLOCK);
        self.given = (0..self.starts.len()).rev().find(|block| begins(*block) <= feature).unwrap_or(0);
    }

    /// How blocks are taken apart, on any thread.
    pub fn decoder(&self) -> Decoder {
        Decoder { table: self.table.clone(), north_first: self.north_first }
    }

    /// Finds the place of every record, to read single ones again.
    ///
    /// # Errors
    /// When the system refuses, or the files are no longer what they were.
    pub fn records(&self) -> Result<Records, ReadError> {
        let failed = |e: std::io::Error| read_refused(&self.name, &e);
        // Files of its own: two that share one share their place too.
        let [shp, dbf] = &self.paths;
        let (mut shp, dbf) = (File::open(shp).map_err(failed)?, File::open(dbf).map_err(failed)?);
        let end = self.starts.last().copied().unwrap_or(HEADER as u64);
        let mut words = Vec::with_capacity(self.records + 1);
        walk(&mut shp, end, &Progress::new(), |_, place| words.push((place / 2) as u32)).map_err(failed)?;
        if words.len() != self.records {
            return Err(changed(&self.name));
        }
        words.push((end / 2) as u32);
        let before_deleted = (0..).zip(&self.deleted).map(|(before, record)| record - 1 - before).collect();
        Ok(Records { name: self.name.clone(), files: Mutex::new((shp, dbf)), layout: self.table.layout.clone(), words, before_deleted })
    }
}

/// Single records of a stream, read again when asked for, from any thread.
#[derive(Debug)]
pub struct Records {
    name: String,
    /// One position each for reading: the `.shp` and the `.dbf`.
    files: Mutex<(File, File)>,
    layout: Layout,
    /// Where each record begins in the `.shp`, in words of two bytes as the format counts, and where the last one ends.
    words: Vec<u32>,
    /// For each deleted record the features before it.
    before_deleted: Vec<usize>,
}

impl Records {
    /// The record of the feature at place `feature` of the file's order, as a block of its own.
    ///
    /// # Errors
    /// When the system refuses, or the file ended meanwhile.
    pub fn block(&self, feature: usize) -> Result<Block, ReadError> {
        let record = feature + self.before_deleted.partition_point(|before| *before <= feature);
        let place = |record: usize| self.words.get(record).map(|words| u64::from(*words) * 2);
        let (Some(from), Some(to)) = (place(record), place(record + 1)) else { return Err(changed(&self.name)) };
        let length = self.layout.record_length;
        let mut block = Block { first: record, first_feature: feature, shp: vec![0; (to - from) as usize], dbf: vec![0; length] };
        let row = (self.layout.header_length + record * length) as u64;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let (shp, dbf) = &mut *files;
        read_at(shp, from, &mut block.shp).and_then(|()| read_at(dbf, row, &mut block.dbf)).map_err(|e| read_refused(&self.name, &e))?;
        Ok(block)
    }
}

fn read_at(file: &mut File, place: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(place)).and_then(|_| file.read_exact(bytes))
}

/// Refuses a file that was changed while it was read.
pub fn changed(file: &str) -> ReadError {
    ReadError(Message::new("io.changed_while_read").with("file", file))
}

/// Takes blocks of one stream apart.
#[derive(Clone, Debug)]
pub struct Decoder {
    table: Table,
    north_first: bool,
}

impl Decoder {
    /// The features of a block; of the columns only those `wanted` are decoded, the others are null.
    pub fn decode(&self, block: &Block, wanted: &[usize]) -> Raw {
        let mut contents = Vec::with_capacity(BLOCK);
        let mut at = 0;
        // A file that was changed since it was looked through ends early here and is found to hold too few features.
        while let Some((content, next)) = shapefile::record_at(&block.shp, at) {
            contents.push(content);
            at = next;
        }
        let part =
            Part { first: block.first, contents: &contents, rows: &block.dbf, kind: GeometryKind::Area, north_first: self.north_first };
        let decoded = part.decode(&self.table, Some(wanted));
        Raw::of_chunk(Notes { kind: GeometryKind::Area, ..Notes::default() }, decoded.chunk)
    }
}

pub(super) fn layout_of(dbf: &mut File) -> std::io::Result<Option<Layout>> {
    let mut header = vec![0; 32];
    if dbf.read_exact(&mut header).is_err() {
        return Ok(None);
    }
    let length = usize::from(u16::from_le_bytes([header[8], header[9]]));
    header.resize(length.max(32), 0);
    dbf.seek(SeekFrom::Start(0))?;
    Ok(if dbf.read_exact(&mut header).is_ok() { Layout::read(&header).ok() } else { None })
}

/// What the table says as a whole, and its deleted records, by number from 1.
pub(super) fn look_at_rows<'a>(dbf: &mut (impl Read + Seek), layout: &'a Layout, count: usize) -> std::io::Result<(Watch<'a>, Vec<usize>)> {
    let mut watch = Watch::new(layout, count);
    let mut deleted = Vec::new();
    dbf.seek(SeekFrom::Start(layout.header_length as u64))?;
    let rows_at_once = (PIECE / layout.record_length.max(1)).max(1);
    let mut bytes = vec![0; rows_at_once * layout.record_length];
    let mut first = 0;
    while first < count {
        let rows = rows_at_once.min(count - first);
        let piece = &mut bytes[..rows * layout.record_length];
        dbf.read_exact(piece)?;
        watch.see(first, piece);
        deleted.extend((0..rows).filter(|i| layout.is_deleted(piece, *i)).map(|i| first + i + 1));
        first += rows;
    }
    Ok((watch, deleted))
}

struct Shapes {
    records: usize,
    starts: Vec<u64>,
    extent: BBox,
    /// Record numbers from 1.
    broken: Vec<usize>,
    not_finite: Vec<usize>,
}

/// Walks all records; `None` when they do not fill the file as its header states.
fn look_at_shapes(
    shp: &mut File,
    stated: u64,
    mut occupied: Option<&mut Occupied>,
    progress: &Progress,
) -> std::io::Result<Option<Shapes>> {
    let size = shp.metadata()?.len();
    let end = if stated > HEADER as u64 && stated <= size { stated } else { size };
    if stated > size {
        return Ok(None);
    }
    let mut found = Shapes { records: 0, starts: Vec::new(), extent: BBox::EMPTY, broken: Vec::new(), not_finite: Vec::new() };
    let mut room = Chunk::new([].into());
    let walked = walk(shp, end, progress, |content, place| {
        if found.records.is_multiple_of(BLOCK) {
            found.starts.push(place);
        }
        found.records += 1;
        match shapefile::extent(content, GeometryKind::Area, &mut room) {
            shapefile::Extent::Of(bbox) => {
                found.extent = found.extent.join(bbox);
                if let Some(occupied) = &mut occupied {
                    occupied.add(bbox);
                }
            }
            shapefile::Extent::Broken => found.broken.push(found.records),
            shapefile::Extent::NotFinite => found.not_finite.push(found.records),
        }
    })?;
    // What is left is no record: padding or a cut file; the reader of whole files says which.
    let Some(place) = walked else { return Ok(None) };
    found.starts.push(place);
    Ok(Some(found))
}

/// Gives the content of every record up to the byte `end` of a `.shp`, with the place where the record begins, a piece of
/// the file in memory at a time. Returns the place reached; `None` where what stands there is no record.
fn walk(shp: &mut File, end: u64, progress: &Progress, mut found: impl FnMut(&[u8], u64)) -> std::io::Result<Option<u64>> {
    shp.seek(SeekFrom::Start(HEADER as u64))?;
    let (mut piece, mut kept, mut place) = (vec![0; PIECE], 0, HEADER as u64);
    while place < end && !progress.is_cancelled() {
        let wanted = (piece.len() - kept).min(usize::try_from(end - place).unwrap_or(usize::MAX) - kept);
        shp.read_exact(&mut piece[kept..kept + wanted])?;
        let filled = kept + wanted;
        let mut at = 0;
        while let Some((content, next)) = shapefile::record_at(&piece[..filled], at) {
            found(content, place + at as u64);
            at = next;
        }
        if at == 0 {
            if filled as u64 == end - place {
                return Ok(None);
            }
            // One record larger than the piece.
            piece.resize(piece.len() * 2, 0);
        }
        piece.copy_within(at..filled, 0);
        (kept, place) = (filled - at, place + at as u64);
    }
    Ok(Some(place))
}

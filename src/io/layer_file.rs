//! A file that is read as a layer: held whole, or, a large shapefile, in pieces that are taken apart as they come, so that
//! its bytes and its features never lie in memory together.

use super::dbf::{Layout, Table};
use super::files::{READ_SIBLINGS, Stamp, family, read_refused, stamp};
use super::shapefile::{self, Decoded, Part, notes_of, read_prj};
use super::stream::{HEADER, changed, layout_of, look_at_rows};
use super::{Chunk, FileBytes, Raw, ReadError, ReadOptions, Source, hash, hash_file, read_bytes, read_source, reader_for};
use crate::geom::BBox;
use crate::model::{Filter, GeometryKind};
use crate::task::Progress;
use crate::text::Message;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// From so many bytes on a shapefile is read in pieces.
const LARGE: u64 = 32 << 20;
/// Bytes of a `.shp` that are asked for at once.
const PIECE: usize = 1 << 20;
/// Records that are taken apart in one go, however small they are.
const RECORDS: usize = 4 * Chunk::SIZE;

/// A file that is opened to be read as a layer, once or again.
#[derive(Debug)]
pub struct LayerFile {
    path: PathBuf,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Held(Source),
    InPieces(Box<Pieces>),
}

/// A shapefile that is complete as far as its headers tell.
#[derive(Debug)]
struct Pieces {
    shp: File,
    dbf: File,
    /// Where the records of the `.shp` end.
    end: u64,
    kind: GeometryKind,
    layout: Layout,
    cpg: Option<FileBytes>,
    prj: Option<FileBytes>,
    /// [`stamps`] when this one was opened.
    stamps: Vec<(PathBuf, Stamp)>,
}

impl LayerFile {
    /// # Errors
    /// When there is no such file, it is a folder, or the system refuses to read it.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let content = match Pieces::open(path).map_err(|e| read_refused(&path.display().to_string(), &e))? {
            Some(pieces) => Content::InPieces(Box::new(pieces)),
            None => Content::Held(read_source(path)?),
        };
        Ok(Self { path: path.to_owned(), content })
    }

    /// File name without its folder, for messages.
    pub fn name(&self) -> String {
        self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The bytes of the `.prj` beside it.
    pub fn prj(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Held(source) => source.sibling("prj"),
            Content::InPieces(pieces) => pieces.prj.as_ref(),
        }
        .map(|bytes| &bytes[..])
    }

    /// BLAKE3 over the file and its siblings: of the very bytes that are read.
    ///
    /// # Errors
    /// When the system refuses to read them, or they change meanwhile.
    pub fn hash(&self) -> Result<[u8; 32], ReadError> {
        match &self.content {
            Content::Held(source) => Ok(hash(source)),
            Content::InPieces(pieces) => {
                let hash = hash_file(&self.path)?;
                pieces.still_the_same(&self.path)?;
                Ok(hash)
            }
        }
    }

    /// Reads it; features whose box `keep` passes over are only counted.
    ///
    /// # Errors
    /// Those of its format's reader; a filter on a field that is not there; a file that changes meanwhile.
    pub fn read(
        &self,
        options: &ReadOptions,
        filter: Option<&Filter>,
        keep: Option<&dyn Fn(BBox) -> bool>,
        progress: &Progress,
    ) -> Result<Raw, ReadError> {
        let whole = |source: &Source| Raw::read(reader_for(source)?, source, options, filter, keep, progress);
        let pieces = match &self.content {
            Content::Held(source) => return whole(source),
            Content::InPieces(pieces) => pieces,
        };
        let raw = if options.layer.is_none() { pieces.read(&self.name(), options, filter, keep, progress)? } else { None };
        // What is odd about a file only the reader of whole files can tell.
        let raw = raw.map_or_else(|| whole(&read_source(&self.path)?), Ok)?;
        pieces.still_the_same(&self.path)?;
        Ok(raw)
    }
}

impl Pieces {
    /// `None` for what is read whole: another format, a small file, one that is cut or has no table that fits.
    fn open(path: &Path) -> std::io::Result<Option<Self>> {
        if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp")) {
            return Ok(None);
        }
        let family = family(path);
        let of = |extension: &str| family.iter().find(|(e, _)| e == extension).map(|(_, path)| path.as_path());
        let (Ok(mut shp), Some(dbf)) = (File::open(path), of("dbf")) else { return Ok(None) };
        let stamps = stamps(&family)?;
        let (size, mut dbf) = (shp.metadata()?.len(), File::open(dbf)?);
        let table_size = dbf.metadata()?.len();
        let mut header = [0; HEADER];
        if size + table_size < LARGE || shp.read_exact(&mut header).is_err() {
            return Ok(None);
        }
        let (Ok(kind), Some(layout)) = (shapefile::header_kind(&header), layout_of(&mut dbf)?) else { return Ok(None) };
        let count = layout.count(usize::try_from(table_size).unwrap_or(0).saturating_sub(layout.header_length));
        let stated = shapefile::stated_length(&header).unwrap_or(0) as u64;
        if count != layout.promised || stated > size {
            return Ok(None);
        }
        let small = |extension: &str| of(extension).map(read_bytes).transpose().map_err(std::io::Error::other);
        let (cpg, prj) = (small("cpg")?, small("prj")?);
        let end = if stated > HEADER as u64 { stated } else { size };
        Ok(Some(Self { shp, dbf, end, kind, layout, cpg, prj, stamps }))
    }

    /// Refuses a file that is not what it was when it was opened, or has other files beside it.
    fn still_the_same(&self, path: &Path) -> Result<(), ReadError> {
        if stamps(&family(path)).is_ok_and(|now| now == self.stamps) {
            return Ok(());
        }
        Err(changed(&path.display().to_string()))
    }

    /// `None` when the records do not fill the file, or are more or fewer than those of the table.
    fn read(
        &self,
        name: &str,
        options: &ReadOptions,
        filter: Option<&Filter>,
        keep: Option<&dyn Fn(BBox) -> bool>,
        progress: &Progress,
    ) -> Result<Option<Raw>, ReadError> {
        let failed = |e: std::io::Error| read_refused(name, &e);
        let refused = |m: Message| ReadError(m.with("file", name));
        let count = self.layout.promised;
        let (watch, _) = look_at_rows(&mut &self.dbf, &self.layout, count).map_err(failed)?;
        let table = watch.settle(self.cpg.as_deref(), options.encoding.as_deref()).map_err(refused)?;
        progress.set_total(count as u64);
        let mut walk = Walk::start(self).map_err(failed)?;
        let north_first = options.north_first == Some(true);
        // A filter may leave little of it.
        let room = if filter.is_some() || keep.is_some() { [0, 0] } else { [count, usize::try_from(self.end / 16).unwrap_or(0)] };
        let raw = Raw::gather(name, options, room, filter, keep, |sink| {
            let mut notes = notes_of("shapefile", self.kind, &table);
            read_prj(self.prj.as_deref(), &mut notes);
            let decode = |piece: Piece| piece.decode(&table, self.kind, north_first);
            shapefile::decode_in_order(|| walk.next(), decode, progress, &mut notes, sink).map_err(refused)?;
            Ok(notes)
        });
        match walk.failed {
            Some(error) => Err(failed(error)),
            None if walk.is_complete() => raw.map(Some),
            // Cancelled, it has not come to the end; else it cannot be walked.
            None if progress.is_cancelled() => raw.map(Some),
            None => Ok(None),
        }
    }
}

/// The files that are looked into, as they are.
fn stamps(family: &[(String, PathBuf)]) -> std::io::Result<Vec<(PathBuf, Stamp)>> {
    let looked_into = family.iter().filter(|(extension, _)| READ_SIBLINGS.contains(&extension.as_str()));
    looked_into.map(|(_, path)| Ok((path.clone(), stamp(path)?))).collect()
}

/// Records that follow each other, with their rows of the table.
struct Piece {
    /// Number of the first one, from 0.
    first: usize,
    shp: Vec<u8>,
    dbf: Vec<u8>,
}

impl Piece {
    fn decode(&self, table: &Table, kind: GeometryKind, north_first: bool) -> Decoded {
        let next = |at: &mut usize| {
            let (content, next) = shapefile::record_at(&self.shp, *at)?;
            *at = next;
            Some(content)
        };
        let mut at = 0;
        let contents: Vec<&[u8]> = std::iter::from_fn(|| next(&mut at)).collect();
        Part { first: self.first, contents: &contents, rows: &self.dbf, kind, north_first }.decode(table, None)
    }
}

/// Goes through both files, from the first record to the last.
struct Walk<'a> {
    pieces: &'a Pieces,
    /// Up to where the `.shp` was read.
    place: u64,
    /// What was read of a record that is not all there yet.
    left: Vec<u8>,
    records: usize,
    failed: Option<std::io::Error>,
}

impl<'a> Walk<'a> {
    fn start(pieces: &'a Pieces) -> std::io::Result<Self> {
        (&pieces.shp).seek(SeekFrom::Start(HEADER as u64))?;
        (&pieces.dbf).seek(SeekFrom::Start(pieces.layout.header_length as u64))?;
        Ok(Self { pieces, place: HEADER as u64, left: Vec::new(), records: 0, failed: None })
    }

    fn is_complete(&self) -> bool {
        self.place == self.pieces.end && self.left.is_empty() && self.records == self.pieces.layout.promised
    }

    /// `None` at the end, or where it does not go on.
    fn next(&mut self) -> Option<Piece> {
        if self.failed.is_some() {
            return None;
        }
        self.piece().unwrap_or_else(|error| {
            self.failed = Some(error);
            None
        })
    }

    fn piece(&mut self) -> std::io::Result<Option<Piece>> {
        let mut shp = std::mem::take(&mut self.left);
        let (mut at, mut records) = (0, 0);
        while records == 0 {
            let wanted = PIECE.max(shp.len()).min(usize::try_from(self.pieces.end - self.place).unwrap_or(usize::MAX));
            append(&self.pieces.shp, wanted, &mut shp)?;
            self.place += wanted as u64;
            while let Some((_, next)) = shapefile::record_at(&shp, at).filter(|_| records < RECORDS) {
                (at, records) = (next, records + 1);
            }
            if records == 0 && self.place == self.pieces.end {
                self.left = shp;
                return Ok(None);
            }
        }
        self.left = shp[at..].to_vec();
        shp.truncate(at);
        let first = self.records;
        self.records += records;
        if self.records > self.pieces.layout.promised {
            return Ok(None);
        }
        let mut dbf = Vec::new();
        append(&self.pieces.dbf, records * self.pieces.layout.record_length, &mut dbf)?;
        Ok(Some(Piece { first, shp, dbf }))
    }
}

/// Adds the next `wanted` bytes of a file.
fn append(mut file: &File, wanted: usize, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    bytes.reserve_exact(wanted);
    let before = bytes.len();
    file.by_ref().take(wanted as u64).read_to_end(bytes)?;
    if bytes.len() - before < wanted { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

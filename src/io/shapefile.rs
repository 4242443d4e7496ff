//! Shapefiles, record by record: rings as stored, attributes by record number, deleted records left out on both sides.

use super::bytes::{f64_le, i32_be, i32_le, slice};
use super::dbf::Table;
use super::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
use crate::crs::Crs;
use crate::geom::{BBox, Point, Rings, is_place};
use crate::model::{GeometryKind, Value};
use crate::task::{Outcome, Progress, blocks_in_order};
use crate::text::Message;

/// Reads `.shp` with `.dbf`, `.prj`, `.cpg`; `.shx` only where the records cannot be walked.
pub struct Shapefile;

impl Reader for Shapefile {
    fn format(&self) -> &'static str {
        "shapefile"
    }

    fn has_layers(&self) -> bool {
        false
    }

    fn sniff(&self, source: &Source) -> Confidence {
        if i32_be(&source.bytes, 0) == Some(FILE_CODE) {
            Confidence::Yes
        } else if ["shp", "shx", "dbf"].contains(&source.extension().as_str()) {
            Confidence::Perhaps
        } else {
            Confidence::No
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        let file = source.name();
        let refused = |m: Message| ReadError(m.with("file", file.clone()));
        if source.extension() != "shp" && i32_be(&source.bytes, 0) != Some(FILE_CODE) || source.extension() == "shx" {
            let alone = source.extension() == "dbf" && source.sibling("shp").is_none();
            return Err(refused(Message::new(if alone { "io.dbf_alone" } else { "io.open_the_shp" })));
        }
        let shp = &source.bytes[..];
        let kind = header_kind(shp).map_err(refused)?;
        let (dbf, forced) = (source.sibling("dbf"), options.encoding.as_deref());
        let cpg = source.sibling("cpg").map(|b| &b[..]);
        let table = dbf.map_or_else(|| Table::absent(forced), |dbf| Table::open(dbf, cpg, forced)).map_err(refused)?;
        let rows = dbf.map_or(&[][..], |dbf| dbf).get(table.layout.header_length..).unwrap_or(&[]);
        let (promised, found) = (table.layout.promised, table.layout.count(rows.len()));
        let mut notes = notes_of(self.format(), kind, &table);
        read_prj(source.sibling("prj").map(|b| &b[..]), &mut notes);
        if dbf.is_none() {
            (notes.encoding, notes.encoding_how) = (None, None);
            notes.messages.push(Message::new("io.dbf_missing"));
        }

        let wanted = dbf.map(|_| promised);
        let records = records(shp, source.sibling("shx").map(|b| &b[..]), wanted, &mut notes).map_err(refused)?;
        if found < promised {
            notes.messages.push(Message::new("io.dbf_truncated").with("promised", promised).with("found", found));
        }
        if wanted.is_some_and(|wanted| wanted != records.len()) {
            notes.messages.push(Message::new("io.dbf_count").with("records", promised).with("shapes", records.len()));
        }
        progress.set_total(records.len() as u64);

        let rows = rows.get(..found * table.layout.record_length).unwrap_or(&[]);
        let north_first = options.north_first == Some(true);
        // Of large areas fewer at a time, so that every thread has its share and the room of one block serves the next.
        let step = (records.len() * BLOCK_BYTES / shp.len()).clamp(1, Chunk::SIZE);
        let mut starts = (0..records.len()).step_by(step);
        let decode = |start| {
            let contents = &records[start..records.len().min(start + step)];
            let rows = rows.get(start * table.layout.record_length..).unwrap_or(&[]);
            Part { first: start, contents, rows, kind, north_first }.decode(&table, None)
        };
        decode_in_order(|| starts.next(), decode, progress, &mut notes, sink).map_err(refused)?;
        Ok(notes)
    }
}

/// Decodes parts of a file on all cores and gives them to `sink` in their order; what was left out is said in `notes`.
///
/// # Errors
/// When decoding broke off or was cancelled.
pub(super) fn decode_in_order<T: Send>(
    next: impl FnMut() -> Option<T> + Send,
    decode: impl Fn(T) -> Decoded + Sync,
    progress: &Progress,
    notes: &mut Notes,
    sink: &mut dyn FnMut(Chunk),
) -> Result<(), Message> {
    let (mut deleted, mut broken, mut crashed) = (Vec::new(), Vec::new(), None);
    let take = |decoded| match decoded {
        Outcome::Done(Decoded { chunk, deleted: d, broken: b }) => {
            progress.add(chunk.len() as u64);
            deleted.extend(d);
            broken.extend(b);
            sink(chunk);
        }
        Outcome::Crashed(why) => crashed = Some(why),
    };
    let whole = blocks_in_order(next, 0, progress, decode, take);
    if let Some(why) = crashed {
        return Err(Message::new("io.read_failed").with("cause", why));
    }
    if !whole {
        return Err(Message::new("io.cancelled"));
    }
    say_left_out(&deleted, &broken, notes);
    Ok(())
}

/// What is known of a shapefile once its table is settled.
pub(super) fn notes_of(format: &'static str, kind: GeometryKind, table: &Table) -> Notes {
    let mut notes = Notes {
        format,
        kind,
        fields: table.fields.to_vec(),
        encoding: Some(table.encoding.encoding.name().to_owned()),
        encoding_how: Some(table.encoding.how.clone()),
        ..Notes::default()
    };
    notes.messages.extend(table.doubts());
    notes
}

/// Names deleted and broken records, by record number.
pub(super) fn say_left_out(deleted: &[usize], broken: &[usize], notes: &mut Notes) {
    for (code, records) in [("io.records_deleted", deleted), ("io.records_broken", broken)] {
        if !records.is_empty() {
            notes.messages.push(Message::new(code).with("count", records.len()).with("records", listed(records)));
        }
    }
}

/// Records that follow each other, with their rows of the table.
pub(super) struct Part<'a> {
    /// Number of the first one, from 0.
    pub first: usize,
    pub contents: &'a [&'a [u8]],
    /// Rows of the table from the first one on; there may be more or fewer.
    pub rows: &'a [u8],
    pub kind: GeometryKind,
    pub north_first: bool,
}

/// What records came to.
pub(super) struct Decoded {
    pub chunk: Chunk,
    /// Record numbers from 1.
    pub deleted: Vec<usize>,
    pub broken: Vec<usize>,
}

impl Part<'_> {
    /// `wanted`: the columns that are decoded, all of them when `None`; the others come out null.
    pub(super) fn decode(&self, table: &Table, wanted: Option<&[usize]>) -> Decoded {
        let mut decoded = Decoded { chunk: Chunk::new(table.fields.clone()), deleted: Vec::new(), broken: Vec::new() };
        let chunk = &mut decoded.chunk;
        let mut kept: Vec<u32> = Vec::with_capacity(self.contents.len());
        chunk.coords.reserve(self.contents.iter().map(|c| c.len() / 16).sum());
        for (i, content) in self.contents.iter().enumerate() {
            let record = self.first + i + 1;
            if table.layout.is_deleted(self.rows, i) {
                decoded.deleted.push(record);
                continue;
            }
            if add_rings(content, self.kind, chunk).is_none() {
                chunk.drop_started();
                decoded.broken.push(record);
            }
            chunk.end_feature(record as u32);
            kept.push(i as u32);
        }
        if self.north_first {
            chunk.swap_axes();
        }
        for (number, column) in chunk.columns.iter_mut().enumerate() {
            if wanted.is_none_or(|wanted| wanted.contains(&number)) {
                table.decode(number, self.rows, &kept, column);
            } else {
                kept.iter().for_each(|_| column.push(&Value::Null));
            }
        }
        decoded
    }
}

/// What a look at a record shows of its geometry.
pub(super) enum Extent {
    /// The box of its positions, empty for a record without geometry.
    Of(BBox),
    /// Its bytes make no sense, or it is of another kind than the file.
    Broken,
    NotFinite,
}

/// `room` is only for reuse. The same way as reading goes, so that nothing is seen here that is not read.
pub(super) fn extent(content: &[u8], kind: GeometryKind, room: &mut Chunk) -> Extent {
    room.coords.clear();
    room.ring_ends.clear();
    room.part_ends.clear();
    if add_rings(content, kind, room).is_none() {
        Extent::Broken
    } else if room.coords.iter().copied().all(is_place) {
        Extent::Of(BBox::of(&room.coords))
    } else {
        Extent::NotFinite
    }
}

/// The length in bytes that the header of a `.shp` states.
pub(super) fn stated_length(shp: &[u8]) -> Option<usize> {
    i32_be(shp, 24).and_then(|words| usize::try_from(words).ok()).map(|words| words * 2)
}

/// The extent that the header of a `.shp` states.
pub(super) fn stated_extent(shp: &[u8]) -> BBox {
    let number = |at| f64_le(shp, at).unwrap_or(f64::NAN);
    BBox { min: [number(36), number(44)], max: [number(52), number(60)] }
}

/// The content of the record that begins at `at`, and where the next one begins; `None` when it is not all there.
pub(super) fn record_at(shp: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let words = usize::try_from(i32_be(shp, at.checked_add(4)?)?).ok()?;
    let length = words.checked_mul(2).filter(|l| *l >= 4)?;
    Some((slice(shp, at + 8, length)?, at + 8 + length))
}

const FILE_CODE: i32 = 9994;
const HEADER: usize = 100;
/// About as much of a file is decoded in one go.
const BLOCK_BYTES: usize = 1 << 20;

/// The first record numbers of a list, for a message.
pub fn listed(records: &[usize]) -> String {
    let shown: Vec<String> = records.iter().take(10).map(usize::to_string).collect();
    let more = if records.len() > 10 { " …" } else { "" };
    shown.join(", ") + more
}

/// North-first numbers put east first.
pub fn swapped(mut rings: Rings) -> Rings {
    for p in rings.coords_mut() {
        p.swap(0, 1);
    }
    rings
}

pub(super) fn header_kind(shp: &[u8]) -> Result<GeometryKind, Message> {
    if shp.is_empty() {
        return Err(Message::new("io.empty"));
    }
    if shp.len() < HEADER || i32_be(shp, 0) != Some(FILE_CODE) {
        return Err(Message::new("io.shp_header_broken").with("bytes", shp.len()));
    }
    match i32_le(shp, 32) {
        Some(31) => Err(Message::new("io.shp_multipatch")),
        Some(0) => Ok(GeometryKind::None),
        Some(code) => kind_of(code).ok_or_else(|| Message::new("io.shp_kind_unknown").with("code", code.to_string())),
        None => Err(Message::new("io.shp_header_broken").with("bytes", shp.len())),
    }
}

fn kind_of(code: i32) -> Option<GeometryKind> {
    match code {
        1 | 11 | 21 | 8 | 18 | 28 => Some(GeometryKind::Point),
        3 | 13 | 23 => Some(GeometryKind::Line),
        5 | 15 | 25 => Some(GeometryKind::Area),
        _ => None,
    }
}

/// The definition in a `.prj`, without what some programs put around it.
pub(super) fn prj_text(prj: &[u8]) -> String {
    String::from_utf8_lossy(prj).trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0').to_owned()
}

pub(super) fn read_prj(prj: Option<&[u8]>, notes: &mut Notes) {
    let Some(text) = prj.map(prj_text).filter(|text| !text.is_empty()) else { return };
    match Crs::parse(&text) {
        Ok(crs) => {
            notes.crs = Some(crs);
            notes.crs_how = Some(Message::new("io.crs_by_prj"));
        }
        Err(_) => {
            let start: String = text.chars().take(60).collect();
            notes.crs_refused = Some(Message::new("io.crs_prj_unknown").with("text", start));
        }
    }
}

/// The contents of all records in order. They are walked one after the other; where that fails or does not come to the
/// number of attribute records (if there are any), and a sound `.shx` does, that decides.
fn records<'a>(shp: &'a [u8], shx: Option<&[u8]>, wanted: Option<usize>, notes: &mut Notes) -> Result<Vec<&'a [u8]>, Message> {
    let walked = walk(shp);
    if walked.as_ref().is_ok_and(|records| wanted.is_none_or(|wanted| records.len() == wanted)) {
        return walked;
    }
    match shx.and_then(|shx| indexed(shp, shx)) {
        Some(records) if walked.is_err() || Some(records.len()) == wanted => {
            notes.messages.push(Message::new("io.shx_used").with("count", records.len()));
            Ok(records)
        }
        _ => walked,
    }
}

fn walk(shp: &[u8]) -> Result<Vec<&[u8]>, Message> {
    // Bytes after the length that the header states are left over from an earlier, longer version.
    let stated = stated_length(shp).unwrap_or(0);
    let end = if stated > HEADER && stated <= shp.len() { stated } else { shp.len() };
    let mut records = Vec::new();
    let mut at = HEADER;
    while at < end {
        let cut = || Message::new("io.shp_truncated").with("record", records.len() + 1).with("byte", at).with("bytes", shp.len());
        // Fewer bytes than a record header: padding.
        if end - at < 8 {
            if shp[at..end].iter().all(|b| *b == 0) {
                break;
            }
            return Err(cut());
        }
        let words = i32_be(shp, at + 4).and_then(|w| usize::try_from(w).ok()).ok_or_else(cut)?;
        let length = words.checked_mul(2).filter(|l| *l >= 4).ok_or_else(cut)?;
        records.push(slice(shp, at + 8, length).ok_or_else(cut)?);
        at += 8 + length;
    }
    if stated > shp.len() {
        // All records are whole, but the header speaks of more: the file ends exactly between two records.
        return Err(Message::new("io.shp_truncated").with("record", records.len() + 1).with("byte", at).with("bytes", shp.len()));
    }
    Ok(records)
}

/// The contents by the index, when every entry of it fits the file.
fn indexed<'a>(shp: &'a [u8], shx: &[u8]) -> Option<Vec<&'a [u8]>> {
    if i32_be(shx, 0) != Some(FILE_CODE) {
        return None;
    }
    let count = shx.len().checked_sub(HEADER)? / 8;
    (0..count)
        .map(|i| {
            let word = |at| i32_be(shx, at).and_then(|w| usize::try_from(w).ok());
            let at = word(HEADER + i * 8)?.checked_mul(2)?;
            let length = word(HEADER + i * 8 + 4)?.checked_mul(2)?;
            (at >= HEADER && length >= 4).then_some(())?;
            slice(shp, at.checked_add(8)?, length)
        })
        .collect()
}

/// Adds the geometry of one record; `None` when its bytes make no sense or are of another kind than the file's.
fn add_rings(content: &[u8], kind: GeometryKind, chunk: &mut Chunk) -> Option<()> {
    let code = i32_le(content, 0)?;
    if code == 0 {
        return Some(());
    }
    if kind_of(code)? != kind {
        return None;
    }
    match code {
        1 | 11 | 21 => {
            let p = point(content, 4)?;
            // A point that is no number stands for none; what is beyond all places is told when the feature ends.
            if p[0].is_finite() && p[1].is_finite() {
                chunk.push_path(&[p]);
                chunk.end_part();
            }
        }
        8 | 18 | 28 => {
            let count = usize::try_from(i32_le(content, 36)?).ok()?;
            for p in points(slice(content, 40, count.checked_mul(16)?)?) {
                chunk.push_path(&[p]);
                chunk.end_part();
            }
        }
        _ => {
            let parts = usize::try_from(i32_le(content, 36)?).ok()?;
            let count = usize::try_from(i32_le(content, 40)?).ok()?;
            let starts = slice(content, 44, parts.checked_mul(4)?)?;
            let all = slice(content, 44 + starts.len(), count.checked_mul(16)?)?;
            let start = |i: usize| i32_le(starts, i * 4).and_then(|s| usize::try_from(s).ok());
            let mut paths = 0;
            for i in 0..parts {
                let (from, to) = (start(i)?, if i + 1 == parts { count } else { start(i + 1)? });
                if from > to || to > count {
                    return None;
                }
                let path = &all[from * 16..to * 16];
                if path.is_empty() {
                    continue;
                }
                paths += 1;
                if kind == GeometryKind::Area {
                    // A ring repeats its first point at its end.
                    let closed = to - from > 1 && point(path, 0) == point(path, path.len() - 16);
                    chunk.coords.extend(points(if closed { &path[..path.len() - 16] } else { path }));
                    chunk.end_path();
                } else {
                    chunk.coords.extend(points(path));
                    chunk.end_path();
                    chunk.end_part();
                }
            }
            if kind == GeometryKind::Area && paths > 0 {
                // Which ring lies in which is found by position, not by order or winding.
                chunk.end_part();
            }
        }
    }
    Some(())
}

fn points(bytes: &[u8]) -> impl Iterator<Item = Point> + '_ {
    let (points, _) = bytes.as_chunks::<16>();
    points.iter().map(|b| {
        let [x, y] = [b.first_chunk().copied(), b.last_chunk().copied()];
        [f64::from_le_bytes(x.unwrap_or_default()), f64::from_le_bytes(y.unwrap_or_default())]
    })
}

fn point(bytes: &[u8], at: usize) -> Option<Point> {
    Some([f64_le(bytes, at)?, f64_le(bytes, at + 8)?])
}

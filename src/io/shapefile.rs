//! Shapefiles, record by record: rings as stored, attributes by record number, deleted records left out on both sides.

use super::bytes::{f64_le, i32_be, i32_le, slice};
use super::dbf::Dbf;
use super::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
use crate::crs::Crs;
use crate::geom::{Point, Rings};
use crate::model::GeometryKind;
use crate::task::Progress;
use crate::text::Message;

/// Reads `.shp` with `.dbf`, `.prj`, `.cpg`; `.shx` only where the records cannot be walked.
pub struct Shapefile;

impl Reader for Shapefile {
    fn format(&self) -> &'static str {
        "shapefile"
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
            return Err(refused(Message::new("io.open_the_shp")));
        }
        let shp = &source.bytes[..];
        let kind = header_kind(shp).map_err(refused)?;
        let Some(dbf) = source.sibling("dbf") else { return Err(refused(Message::new("io.dbf_missing"))) };
        let cpg = source.sibling("cpg").map(|b| &b[..]);
        let mut table = Dbf::open(dbf, cpg, options.encoding.as_deref()).map_err(refused)?;
        let mut notes = Notes {
            format: self.format(),
            kind,
            fields: table.fields.to_vec(),
            encoding: Some(table.encoding.encoding.name().to_owned()),
            encoding_how: Some(table.encoding.how.clone()),
            ..Notes::default()
        };
        notes.messages.extend(table.encoding.doubt.clone());
        read_prj(source, &mut notes);

        let records = records(shp, source.sibling("shx").map(|b| &b[..]), table.promised, &mut notes).map_err(refused)?;
        if table.len() < table.promised {
            notes.messages.push(Message::new("io.dbf_truncated").with("promised", table.promised).with("found", table.len()));
        }
        if table.promised != records.len() {
            notes.messages.push(Message::new("io.dbf_count").with("records", table.promised).with("shapes", records.len()));
        }
        progress.set_total(records.len() as u64);

        let north_first = options.north_first == Some(true);
        let (mut deleted, mut broken) = (Vec::new(), Vec::new());
        let mut chunk = Chunk::new(table.fields.clone());
        for (i, &content) in records.iter().enumerate() {
            if table.is_deleted(i) {
                deleted.push(i + 1);
                continue;
            }
            let rings = rings(content, kind).unwrap_or_else(|| {
                broken.push(i + 1);
                Rings::new()
            });
            let rings = if north_first { swapped(rings) } else { rings };
            chunk.push(i as u32 + 1, rings, table.values(i));
            if chunk.len() == Chunk::SIZE {
                if progress.is_cancelled() {
                    return Err(refused(Message::new("io.cancelled")));
                }
                progress.add(chunk.len() as u64);
                let fields = table.fields.clone();
                sink(std::mem::replace(&mut chunk, Chunk::new(fields)));
            }
        }
        progress.add(chunk.len() as u64);
        sink(chunk);
        if !deleted.is_empty() {
            let message = Message::new("io.records_deleted").with("count", deleted.len()).with("records", listed(&deleted));
            notes.messages.push(message);
        }
        if !broken.is_empty() {
            let message = Message::new("io.records_broken").with("count", broken.len()).with("records", listed(&broken));
            notes.messages.push(message);
        }
        Ok(notes)
    }
}

const FILE_CODE: i32 = 9994;
const HEADER: usize = 100;

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

fn header_kind(shp: &[u8]) -> Result<GeometryKind, Message> {
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

fn read_prj(source: &Source, notes: &mut Notes) {
    let Some(prj) = source.sibling("prj") else { return };
    let text = String::from_utf8_lossy(prj);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    if text.is_empty() {
        return;
    }
    match Crs::parse(text) {
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
/// number of attribute records, and a sound `.shx` does, that decides.
fn records<'a>(shp: &'a [u8], shx: Option<&[u8]>, wanted: usize, notes: &mut Notes) -> Result<Vec<&'a [u8]>, Message> {
    let walked = walk(shp);
    if walked.as_ref().is_ok_and(|records| records.len() == wanted) {
        return walked;
    }
    match shx.and_then(|shx| indexed(shp, shx)) {
        Some(records) if walked.is_err() || records.len() == wanted => {
            notes.messages.push(Message::new("io.shx_used").with("count", records.len()));
            Ok(records)
        }
        _ => walked,
    }
}

fn walk(shp: &[u8]) -> Result<Vec<&[u8]>, Message> {
    // Bytes after the length that the header states are left over from an earlier, longer version.
    let stated = i32_be(shp, 24).and_then(|words| usize::try_from(words).ok()).map_or(0, |words| words * 2);
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

/// The geometry of one record; `None` when its bytes make no sense or are of another kind than the file's.
fn rings(content: &[u8], kind: GeometryKind) -> Option<Rings> {
    let code = i32_le(content, 0)?;
    if code == 0 {
        return Some(Rings::new());
    }
    if kind_of(code)? != kind {
        return None;
    }
    let mut rings = Rings::new();
    match code {
        1 | 11 | 21 => {
            let p = point(content, 4)?;
            if p[0].is_finite() && p[1].is_finite() {
                rings.push_path(&[p]);
                rings.end_part();
            }
        }
        8 | 18 | 28 => {
            let count = usize::try_from(i32_le(content, 36)?).ok()?;
            for p in points(content, 40, count)? {
                rings.push_path(&[p]);
                rings.end_part();
            }
        }
        _ => {
            let parts = usize::try_from(i32_le(content, 36)?).ok()?;
            let count = usize::try_from(i32_le(content, 40)?).ok()?;
            let starts = slice(content, 44, parts.checked_mul(4)?)?;
            let points = points(content, 44 + starts.len(), count)?;
            let start = |i: usize| i32_le(starts, i * 4).and_then(|s| usize::try_from(s).ok());
            for i in 0..parts {
                let to = if i + 1 == parts { count } else { start(i + 1)? };
                let path = points.get(start(i)?..to)?;
                if path.is_empty() {
                    continue;
                }
                if kind == GeometryKind::Area {
                    rings.push_ring(path);
                } else {
                    rings.push_path(path);
                    rings.end_part();
                }
            }
            if kind == GeometryKind::Area && rings.as_ref().ring_count() > 0 {
                // Which ring lies in which is found by position, not by order or winding.
                rings.end_part();
            }
        }
    }
    Some(rings)
}

fn points(content: &[u8], at: usize, count: usize) -> Option<Vec<Point>> {
    let bytes = slice(content, at, count.checked_mul(16)?)?;
    (0..count).map(|i| point(bytes, i * 16)).collect()
}

fn point(bytes: &[u8], at: usize) -> Option<Point> {
    Some([f64_le(bytes, at)?, f64_le(bytes, at + 8)?])
}

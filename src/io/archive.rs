//! Archives: a `.zip` with one data file in it, and KMZ; unpacked in memory up to a limit, nothing is written.

use super::files::READ_SIBLINGS;
use super::{Chunk, Confidence, KmlFile, Notes, READERS, ReadError, ReadOptions, Reader, Source};
use crate::task::Progress;
use crate::text::Message;
use encoding_rs::GB18030;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use zip::ZipArchive;
use zip::result::ZipError;

/// Reads `.zip`, `.kmz` and `.ovkmz`.
pub struct Archive;

/// Unpacked bytes that one archive may come to: a small file can be made to unpack to more than any memory holds.
const LIMIT_BYTES: u64 = 2 << 30;
const LIMIT_WORDS: &str = "2 GiB";
/// As much of a file inside tells its format.
const HEAD_BYTES: u64 = 1 << 16;
/// Workbooks and documents are archives too.
const DOCUMENTS: &[&str] = &["xlsx", "xlsm", "docx", "pptx", "et", "wps", "dps", "ods", "odt"];
const DOCUMENT_STARTS: &[&str] = &["[Content_Types].xml", "_rels/", "docProps/", "xl/", "word/", "mimetype"];

impl Reader for Archive {
    fn format(&self) -> &'static str {
        "archive"
    }

    fn sniff(&self, source: &Source) -> Confidence {
        let extension = source.extension();
        let is_zip = source.bytes.starts_with(b"PK\x03\x04") || source.bytes.starts_with(b"PK\x05\x06");
        let first_name = source.bytes.get(30..).unwrap_or_default();
        let is_document = DOCUMENTS.contains(&&*extension) || DOCUMENT_STARTS.iter().any(|name| first_name.starts_with(name.as_bytes()));
        match (is_zip && !is_document, ["zip", "kmz", "ovkmz"].contains(&&*extension)) {
            (true, _) => Confidence::Yes,
            (false, true) => Confidence::Perhaps,
            (false, false) => Confidence::No,
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        let refused = |m: Message| ReadError(m.with("file", source.name()));
        let mut packed = Packed::open(&source.bytes).map_err(refused)?;
        let choice = if packed.is_kmz(source) { packed.main_kml(options) } else { packed.only_one(options) };
        let Choice { entry, reader, layer, others } = choice.map_err(refused)?;
        let inside = packed.source(entry, source).map_err(refused)?;
        let taken = packed.entries[entry].name.clone();
        drop(packed);
        let options = ReadOptions { layer, ..options.clone() };
        let mut notes = reader.read(&inside, &options, progress, sink)?;
        let mut messages = vec![Message::new("io.archive_taken").with("name", taken)];
        if !others.is_empty() {
            messages.push(Message::new("io.archive_others").with("names", listed(&others)));
        }
        messages.append(&mut notes.messages);
        notes.messages = messages;
        Ok(notes)
    }
}

/// A file inside.
struct Entry {
    /// Place in the archive.
    index: usize,
    /// Path with `/`.
    name: String,
    is_encrypted: bool,
}

impl Entry {
    fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    fn base(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    fn stem(&self) -> &str {
        self.base().rsplit_once('.').map_or(self.base(), |(stem, _)| stem)
    }

    fn extension(&self) -> String {
        self.base().rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
    }

    fn is_named(&self, wanted: &str) -> bool {
        [self.name.as_str(), self.base(), self.stem()].iter().any(|name| name.to_lowercase() == wanted.to_lowercase())
    }
}

/// Which file inside is read, by whom.
struct Choice {
    entry: usize,
    reader: &'static dyn Reader,
    /// What is left of `layer=` for the reader of the file.
    layer: Option<String>,
    /// Further files of the kind.
    others: Vec<String>,
}

/// An archive and what may still be unpacked of it.
struct Packed<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    entries: Vec<Entry>,
    left_bytes: u64,
}

impl<'a> Packed<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Message> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| Message::new("io.archive_broken").with("cause", e.to_string()))?;
        let mut packed = Self { archive, entries: Vec::new(), left_bytes: LIMIT_BYTES };
        for index in 0..packed.archive.len() {
            let Ok(file) = packed.archive.by_index_raw(index) else { continue };
            let raw = file.name_raw();
            // Archives of Chinese systems hold names in GBK without a word.
            let name = String::from_utf8(raw.to_vec()).unwrap_or_else(|_| GB18030.decode(raw).0.into_owned()).replace('\\', "/");
            let entry = Entry { index, name, is_encrypted: file.encrypted() };
            // What macOS and Windows add of their own.
            let is_added = entry.name.starts_with("__MACOSX/") || entry.base().starts_with("._");
            if file.is_file() && !is_added && ![".DS_Store", "Thumbs.db", "desktop.ini"].contains(&entry.base()) {
                packed.entries.push(entry);
            }
        }
        Ok(packed)
    }

    /// By its name, or a `.zip` that is one but for its name.
    fn is_kmz(&self, source: &Source) -> bool {
        let named = |name: &str| self.entries.iter().any(|e| e.name.eq_ignore_ascii_case(name));
        let shapes = self.entries.iter().any(|e| e.extension() == "shp");
        ["kmz", "ovkmz"].contains(&&*source.extension()) || named("doc.kml") && !shapes
    }

    /// `doc.kml`, else the first KML of the topmost folder.
    fn main_kml(&self, options: &ReadOptions) -> Result<Choice, Message> {
        let all: Vec<usize> = (0..self.entries.len()).filter(|i| ["kml", "ovkml"].contains(&&*self.entries[*i].extension())).collect();
        let name = |i: &usize| self.entries[*i].name.clone();
        let chosen = match &options.layer {
            Some(layer) => match all.iter().find(|i| self.entries[**i].is_named(layer)) {
                None => return Err(self.no_such(layer, all.iter().map(name).collect())),
                chosen => chosen,
            },
            None => {
                let depth = |i: &&usize| self.entries[**i].name.matches('/').count();
                let is_doc = |i: &&usize| self.entries[**i].name.eq_ignore_ascii_case("doc.kml");
                all.iter().find(is_doc).or_else(|| all.iter().min_by_key(depth))
            }
        };
        let Some(&entry) = chosen else { return Err(self.nothing()) };
        let others = all.iter().filter(|i| **i != entry).map(name).collect();
        Ok(Choice { entry, reader: &KmlFile, layer: None, others })
    }

    /// The one file of a readable format, or the one that `layer=` names.
    fn only_one(&mut self, options: &ReadOptions) -> Result<Choice, Message> {
        let mut found: Vec<(usize, Confidence, &'static dyn Reader)> = Vec::new();
        for i in 0..self.entries.len() {
            if !self.is_part(i)
                && let Some((confidence, reader)) = self.reader_of(i)?
            {
                found.push((i, confidence, reader));
            }
        }
        // A read-me is a text file by name only.
        let sure = found.iter().any(|(_, confidence, _)| *confidence == Confidence::Yes);
        let likely: Vec<_> = found.iter().filter(|(_, confidence, _)| !sure || *confidence == Confidence::Yes).collect();
        let names = || likely.iter().map(|(i, ..)| self.entries[*i].name.clone()).collect::<Vec<_>>();
        let named = options.layer.as_ref().map(|layer| (layer, found.iter().find(|(i, ..)| self.entries[*i].is_named(layer))));
        let one = match (named, likely.as_slice()) {
            (Some((_, Some((i, _, reader)))), _) => return Ok(Choice { entry: *i, reader: *reader, layer: None, others: Vec::new() }),
            (_, [one]) => one,
            (_, []) => return Err(self.nothing()),
            (Some((layer, None)), _) => return Err(self.no_such(layer, names())),
            (None, [first, ..]) => {
                let first = self.entries[first.0].base().to_owned();
                return Err(Message::new("io.archive_several").with("names", listed(&names())).with("first", first));
            }
        };
        // It may be a database with tables to choose from.
        Ok(Choice { entry: one.0, reader: one.2, layer: options.layer.clone(), others: Vec::new() })
    }

    /// Whether a file belongs to the `.shp` of the same name.
    fn is_part(&self, i: usize) -> bool {
        let own = &self.entries[i];
        let is_shp_of_own = |e: &Entry| e.extension() == "shp" && e.folder() == own.folder() && e.stem().eq_ignore_ascii_case(own.stem());
        READ_SIBLINGS.contains(&&*own.extension()) && own.extension() != "shp" && self.entries.iter().any(is_shp_of_own)
    }

    /// The surest reader of a file inside, by its name and its beginning. An archive in an archive is none but for KMZ.
    fn reader_of(&mut self, i: usize) -> Result<Option<(Confidence, &'static dyn Reader)>, Message> {
        let is_kmz = ["kmz", "ovkmz"].contains(&&*self.entries[i].extension());
        let head = self.unpack(i, HEAD_BYTES)?;
        let source = Source { path: self.entries[i].base().into(), bytes: head.into(), siblings: Vec::new() };
        let mut best: Option<(Confidence, &'static dyn Reader)> = None;
        for reader in READERS.iter().filter(|reader| is_kmz || reader.format() != Archive.format()) {
            let confidence = reader.sniff(&source);
            if confidence > best.map_or(Confidence::No, |(best, _)| best) {
                best = Some((confidence, *reader));
            }
        }
        Ok(best)
    }

    /// A file inside with those that belong to it.
    fn source(&mut self, i: usize, outside: &Source) -> Result<Source, Message> {
        let mut parts: Vec<(String, bool, usize)> = Vec::new();
        let own = &self.entries[i];
        if own.extension() == "shp" {
            for (other, entry) in self.entries.iter().enumerate() {
                let is_of_own = entry.folder() == own.folder() && entry.stem().to_lowercase() == own.stem().to_lowercase();
                if other != i && is_of_own && READ_SIBLINGS.contains(&&*entry.extension()) {
                    parts.push((entry.extension(), entry.stem() != own.stem(), other));
                }
            }
        }
        // A name of exactly the same case goes before one that differs in it.
        parts.sort();
        parts.dedup_by(|later, first| later.0 == first.0);
        let name = format!("{} › {}", outside.name(), own.base());
        let mut path = outside.path.parent().unwrap_or(Path::new("")).join(name);
        // What Ovital packs is Ovital's, whatever it is called inside.
        if outside.extension() == "ovkmz" {
            path.set_extension("ovkml");
        }
        let bytes = self.whole(i)?;
        let siblings = parts.into_iter().map(|(extension, _, other)| Ok((extension, self.whole(other)?)));
        Ok(Source { path, bytes, siblings: siblings.collect::<Result<_, Message>>()? })
    }

    fn whole(&mut self, i: usize) -> Result<Arc<[u8]>, Message> {
        let bytes = self.unpack(i, self.left_bytes.saturating_add(1))?;
        match self.left_bytes.checked_sub(bytes.len() as u64) {
            Some(left) => self.left_bytes = left,
            None => return Err(Message::new("io.archive_too_large").with("name", self.entries[i].name.clone()).with("limit", LIMIT_WORDS)),
        }
        Ok(bytes.into())
    }

    /// The first bytes of a file. What its header states of its size is not believed.
    fn unpack(&mut self, i: usize, at_most: u64) -> Result<Vec<u8>, Message> {
        let entry = &self.entries[i];
        let broken = |cause: String| Message::new("io.archive_part_broken").with("name", entry.name.clone()).with("cause", cause);
        if entry.is_encrypted {
            return Err(Message::new("io.archive_encrypted").with("name", entry.name.clone()));
        }
        let file = self.archive.by_index(entry.index).map_err(|e: ZipError| broken(e.to_string()))?;
        let mut bytes = Vec::new();
        file.take(at_most).read_to_end(&mut bytes).map_err(|e| broken(e.to_string()))?;
        Ok(bytes)
    }

    fn nothing(&self) -> Message {
        let names: Vec<String> = self.entries.iter().map(|e| e.name.clone()).collect();
        Message::new("io.archive_nothing").with("names", listed(&names))
    }

    fn no_such(&self, layer: &str, names: Vec<String>) -> Message {
        Message::new("io.archive_no_such").with("layer", layer).with("names", listed(&names))
    }
}

/// The first names of a list, for a message.
fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(10).map(String::as_str).collect();
    let more = if names.len() > 10 { " …" } else { "" };
    if shown.is_empty() { "–".to_owned() } else { shown.join(", ") + more }
}

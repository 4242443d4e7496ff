//! Archives: a `.zip` with one data file in it, and KMZ; unpacked in memory up to a limit, nothing is written.

use super::files::{READ_SIBLINGS, SHAPEFILE_FAMILY};
use super::{Chunk, Confidence, FileBytes, KmlFile, Notes, READERS, ReadError, ReadOptions, Reader, Source};
use crate::task::Progress;
use crate::text::Message;
use encoding_rs::GB18030;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::path::Path;
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
    /// And of what is only looked at.
    look_bytes: u64,
}

impl<'a> Packed<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Message> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| Message::new("io.archive_broken").with("cause", e.to_string()))?;
        let mut packed = Self { archive, entries: Vec::new(), left_bytes: LIMIT_BYTES, look_bytes: LIMIT_BYTES };
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

    /// `doc.kml`, else the first KML of the topmost folder; where that only links to others inside, the one that it links to.
    fn main_kml(&mut self, options: &ReadOptions) -> Result<Choice, Message> {
        let all: Vec<usize> = (0..self.entries.len()).filter(|i| ["kml", "ovkml"].contains(&&*self.entries[*i].extension())).collect();
        let name = |packed: &Self, i: usize| packed.entries[i].name.clone();
        let names = |packed: &Self, some: &[usize]| some.iter().map(|i| name(packed, *i)).collect::<Vec<_>>();
        let entry = if let Some(layer) = &options.layer {
            self.named(layer, &all)?.ok_or_else(|| self.no_such(layer, names(self, &all)))?
        } else {
            let depth = |i: &&usize| self.entries[**i].name.matches('/').count();
            let is_doc = |i: &&usize| self.entries[**i].name.eq_ignore_ascii_case("doc.kml");
            let main = *all.iter().find(is_doc).or_else(|| all.iter().min_by_key(depth)).ok_or_else(|| self.nothing())?;
            if self.has_placemarks(main)? {
                main
            } else {
                let mut holding = Vec::new();
                for i in all.iter().copied().filter(|i| *i != main) {
                    if self.has_placemarks(i)? {
                        holding.push(i);
                    }
                }
                match holding.as_slice() {
                    [] => main,
                    [one] => *one,
                    several => return Err(self.several(several)),
                }
            }
        };
        let others: Vec<usize> = all.into_iter().filter(|i| *i != entry).collect();
        Ok(Choice { entry, reader: &KmlFile, layer: None, others: names(self, &others) })
    }

    fn has_placemarks(&mut self, i: usize) -> Result<bool, Message> {
        let bytes = self.unpack(i, self.look_bytes)?;
        self.look_bytes -= bytes.len() as u64;
        // UTF-16 has a nothing between the letters.
        Ok([&b"Placemark"[..], b"P\0l\0a\0c\0e\0m\0a\0r\0k"].iter().any(|word| bytes.windows(word.len()).any(|w| w == *word)))
    }

    /// The one file of a readable format, or the one that `layer=` names.
    fn only_one(&mut self, options: &ReadOptions) -> Result<Choice, Message> {
        let all = 0..self.entries.len();
        let shapes: BTreeSet<_> = all.clone().filter(|i| self.entries[*i].extension() == "shp").map(|i| self.family(i)).collect();
        let is_part = |i: &usize| {
            let extension = self.entries[*i].extension();
            // `a.shp.xml` is the description of `a.shp`.
            extension == "xml" || extension != "shp" && SHAPEFILE_FAMILY.contains(&&*extension) && shapes.contains(&self.family(*i))
        };
        let own: Vec<usize> = all.filter(|i| !is_part(i)).collect();
        let mut found: Vec<(usize, Confidence, &'static dyn Reader)> = Vec::new();
        for i in &own {
            found.extend(self.reader_of(*i)?.map(|(confidence, reader)| (*i, confidence, reader)));
        }
        // A read-me is a text file by name only.
        let sure = found.iter().any(|(_, confidence, _)| *confidence == Confidence::Yes);
        let likely: Vec<usize> = found.iter().filter(|f| !sure || f.1 == Confidence::Yes).map(|f| f.0).collect();
        let names = |some: &[usize]| some.iter().map(|i| self.entries[*i].name.clone()).collect::<Vec<_>>();
        let chosen = |entry: usize, layer: Option<String>| {
            let reader = found.iter().find(|f| f.0 == entry).map(|f| f.2)?;
            let others: Vec<usize> = own.iter().copied().filter(|i| *i != entry).collect();
            Some(Choice { entry, reader, layer, others: names(&others) })
        };
        let readable: Vec<usize> = found.iter().map(|f| f.0).collect();
        let choice = match (&options.layer, likely.as_slice()) {
            (_, []) => None,
            (None, [one]) => chosen(*one, None),
            (None, several) => return Err(self.several(several)),
            (Some(layer), some) => match (self.named(layer, &readable)?, some) {
                (Some(one), _) => chosen(one, None),
                // It may be a database with tables to choose from.
                (None, [one]) if found.iter().any(|f| f.0 == *one && f.2.has_layers()) => chosen(*one, Some(layer.clone())),
                _ => return Err(self.no_such(layer, names(&likely))),
            },
        };
        choice.ok_or_else(|| self.nothing())
    }

    /// The one among `some` that bears a name: as its whole path, as its own name, or without its extension.
    fn named(&self, wanted: &str, some: &[usize]) -> Result<Option<usize>, Message> {
        let wanted = wanted.to_lowercase();
        for name in [|e: &Entry| e.name.clone(), |e: &Entry| e.base().to_owned(), |e: &Entry| e.stem().to_owned()] {
            let bearing: Vec<usize> = some.iter().copied().filter(|i| name(&self.entries[*i]).to_lowercase() == wanted).collect();
            match bearing.as_slice() {
                [] => {}
                [one] => return Ok(Some(*one)),
                several => return Err(self.several(several)),
            }
        }
        Ok(None)
    }

    /// What tells the files of one shapefile from others: folder and stem, whatever the case.
    fn family(&self, i: usize) -> (String, String) {
        (self.entries[i].folder().to_owned(), self.entries[i].stem().to_lowercase())
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
        if self.entries[i].extension() == "shp" {
            let own = self.family(i);
            for other in (0..self.entries.len()).filter(|other| *other != i && self.family(*other) == own) {
                let entry = &self.entries[other];
                if READ_SIBLINGS.contains(&&*entry.extension()) {
                    parts.push((entry.extension(), entry.stem() != self.entries[i].stem(), other));
                }
            }
        }
        // A name of exactly the same case goes before one that differs in it.
        parts.sort();
        parts.dedup_by(|later, first| later.0 == first.0);
        let name = format!("{} › {}", outside.name(), self.entries[i].base());
        let mut path = outside.path.parent().unwrap_or(Path::new("")).join(name);
        // What Ovital packs is Ovital's, whatever it is called inside.
        if outside.extension() == "ovkmz" {
            path.set_extension("ovkml");
        }
        let bytes = self.whole(i)?;
        let siblings = parts.into_iter().map(|(extension, _, other)| Ok((extension, self.whole(other)?)));
        Ok(Source { path, bytes, siblings: siblings.collect::<Result<_, Message>>()? })
    }

    fn whole(&mut self, i: usize) -> Result<FileBytes, Message> {
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

    fn several(&self, some: &[usize]) -> Message {
        let names: Vec<String> = some.iter().map(|i| self.entries[*i].name.clone()).collect();
        let first = names.first().cloned().unwrap_or_default();
        // Line by line for a face that lets a person choose.
        Message::new("io.archive_several").with("names", listed(&names)).with("first", first).with("choices", names.join("\n"))
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

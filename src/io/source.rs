//! What a reader is given and what it gives: bytes with their siblings in, chunks of raw features out.

use crate::crs::Crs;
use crate::geom::{BBox, Point, RingsRef, is_place};
use crate::model::{ColumnBuilder, Field, GeometryKind, UseSystem, Value};
use crate::task::Progress;
use crate::text::Message;
use std::path::PathBuf;
use std::sync::Arc;

/// The bytes of a file, shared and never copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileBytes(Arc<Vec<u8>>);

impl From<Vec<u8>> for FileBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl From<&[u8]> for FileBytes {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl std::ops::Deref for FileBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for FileBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A file that was asked for, with the files that belong to it.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: PathBuf,
    /// Bytes of the file itself.
    pub bytes: FileBytes,
    /// Files of the same stem beside it, by lower-case extension (`dbf`, `prj`, `cpg`, `shx`).
    pub siblings: Vec<(String, FileBytes)>,
}

impl Source {
    /// File name without its folder, for messages.
    pub fn name(&self) -> String {
        self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub fn sibling(&self, extension: &str) -> Option<&FileBytes> {
        self.siblings.iter().find(|(e, _)| e == extension).map(|(_, bytes)| bytes)
    }

    /// Extension in lower case, empty when there is none.
    pub fn extension(&self) -> String {
        self.path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
    }
}

/// What the user overrules for one file (`INPUT,key=value`); `None` leaves it to detection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    pub crs: Option<Crs>,
    /// Label of an encoding, e.g. `GBK`.
    pub encoding: Option<String>,
    /// The file stores north before east.
    pub north_first: Option<bool>,
    /// Which table of a database, layer of a drawing, or file of an archive.
    pub layer: Option<String>,
    /// Which kind of shapes is read of a source that holds several.
    pub kind: Option<GeometryKind>,
    /// Whose codes of land uses its features bear.
    pub codes: Option<UseSystem>,
    /// Names of the fields that hold id, name, industry, grade.
    pub fields: Vec<(String, String)>,
}

/// How sure a reader is that a source is of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    No,
    /// Only the extension says so.
    Perhaps,
    /// The content says so.
    Yes,
}

/// Some features of a source, in file order, flat. All features of a source share the fields of its [`Notes`].
///
/// Geometry is as stored: numbers of the file's CRS, axis order already east before north where the format or the
/// options say so; no rings for a record without geometry.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Fields of the values; the same in every chunk of a source.
    pub fields: Arc<[Field]>,
    /// Record numbers in the source, from 1.
    pub(super) records: Vec<u32>,
    pub(super) coords: Vec<Point>,
    /// Ends counted from the start of the chunk.
    pub(super) ring_ends: Vec<u32>,
    pub(super) part_ends: Vec<u32>,
    pub(super) feature_ends: Vec<u32>,
    pub(super) columns: Vec<ColumnBuilder>,
    /// The box of each feature, empty without geometry.
    pub(super) boxes: Vec<BBox>,
    /// Records left without geometry because a position of theirs is no number.
    pub(super) not_finite: Vec<u32>,
}

impl Chunk {
    /// Features a chunk holds when a reader cuts a source into chunks.
    pub const SIZE: usize = 4096;

    pub fn new(fields: Arc<[Field]>) -> Self {
        Self {
            columns: fields.iter().cloned().map(ColumnBuilder::new).collect(),
            fields,
            records: Vec::new(),
            coords: Vec::new(),
            ring_ends: Vec::new(),
            part_ends: Vec::new(),
            feature_ends: Vec::new(),
            boxes: Vec::new(),
            not_finite: Vec::new(),
        }
    }

    /// Adds a feature; `values` in the order of the fields, missing ones are null.
    pub fn push(&mut self, record: u32, rings: RingsRef<'_>, values: &[Value]) {
        for part in 0..rings.part_count() {
            rings.part(part).for_each(|i| self.push_path(rings.ring(i)));
            self.end_part();
        }
        self.end_feature(record);
        for (i, column) in self.columns.iter_mut().enumerate() {
            column.push(values.get(i).unwrap_or(&Value::Null));
        }
    }

    /// Adds a ring (its first point not repeated) or a line to the feature being built.
    pub(super) fn push_path(&mut self, points: &[Point]) {
        self.coords.extend_from_slice(points);
        self.end_path();
    }

    /// Ends a ring or a line whose points were added to `coords`.
    pub(super) fn end_path(&mut self) {
        self.ring_ends.push(self.coords.len() as u32);
    }

    pub(super) fn end_part(&mut self) {
        self.part_ends.push(self.ring_ends.len() as u32);
    }

    /// Ends the feature being built, whose values come apart. One with a position that is no number keeps no geometry.
    pub(super) fn end_feature(&mut self, record: u32) {
        let last = |ends: &[u32]| ends.last().map_or(0, |end| *end as usize);
        let parts = last(&self.feature_ends);
        let rings = last(&self.part_ends[..parts]);
        let from = last(&self.ring_ends[..rings]);
        if !self.coords[from..].iter().copied().all(is_place) {
            self.part_ends.truncate(parts);
            self.ring_ends.truncate(rings);
            self.coords.truncate(from);
            self.not_finite.push(record);
        }
        self.boxes.push(BBox::of(&self.coords[from.min(self.coords.len())..]));
        self.records.push(record);
        self.feature_ends.push(self.part_ends.len() as u32);
    }

    /// Forgets the geometry added to the feature being built.
    pub(super) fn drop_started(&mut self) {
        let last = |ends: &[u32]| ends.last().map_or(0, |end| *end as usize);
        self.part_ends.truncate(last(&self.feature_ends));
        self.ring_ends.truncate(last(&self.part_ends));
        self.coords.truncate(last(&self.ring_ends));
    }

    /// Puts the second number of every position first.
    pub(super) fn swap_axes(&mut self) {
        self.coords.iter_mut().for_each(|p| p.swap(0, 1));
        self.boxes.iter_mut().for_each(|b| *b = b.swapped());
    }

    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// What a reader found out about the source as a whole.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    pub format: &'static str,
    pub kind: GeometryKind,
    pub fields: Vec<Field>,
    /// The system the file declares; `None` when it declares none.
    pub crs: Option<Crs>,
    /// How the CRS was found (`.prj`, member `crs`, header …).
    pub crs_how: Option<Message>,
    /// The file declares a system that cannot be used: never guess over it, ask.
    pub crs_refused: Option<Message>,
    /// Why its positions are not those of the land: such a source is shown, and judged only if the user insists.
    pub shown_only: Option<Message>,
    /// Encoding label and how it was found.
    pub encoding: Option<String>,
    pub encoding_how: Option<Message>,
    /// Everything else worth saying, in order.
    pub messages: Vec<Message>,
}

/// Why a source could not be read. Each names the file, the place, the cause and the next step.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", .0.render(crate::text::Lang::En))]
pub struct ReadError(pub Message);

/// A format that can be read: a function of bytes that never panics.
pub trait Reader: Sync {
    /// Short name, e.g. `shapefile`.
    fn format(&self) -> &'static str;

    fn sniff(&self, source: &Source) -> Confidence;

    /// Whether a source can hold several layers, of which `layer=` names one; else `layer=` is refused.
    fn has_layers(&self) -> bool {
        true
    }

    /// Reads everything, giving chunks in file order to `sink`.
    ///
    /// # Errors
    /// When the source as a whole cannot be used. One broken record is skipped and said in the notes.
    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError>;
}

//! What a reader is given and what it gives: bytes with their siblings in, chunks of raw features out.

use crate::crs::Crs;
use crate::geom::Rings;
use crate::model::{Field, GeometryKind, Value};
use crate::task::Progress;
use crate::text::Message;
use std::path::PathBuf;
use std::sync::Arc;

/// A file that was asked for, with the files that belong to it.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: PathBuf,
    /// Bytes of the file itself.
    pub bytes: Arc<[u8]>,
    /// Files of the same stem beside it, by lower-case extension (`dbf`, `prj`, `cpg`, `shx`).
    pub siblings: Vec<(String, Arc<[u8]>)>,
}

impl Source {
    /// File name without its folder, for messages.
    pub fn name(&self) -> String {
        self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub fn sibling(&self, extension: &str) -> Option<&Arc<[u8]>> {
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

/// Some features of a source, in file order. All features of a source share the fields of its [`Notes`].
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Fields of the values; the same in every chunk of a source.
    pub fields: Arc<[Field]>,
    /// Record numbers in the source, from 1.
    pub records: Vec<u32>,
    /// Geometry as stored: numbers of the file's CRS, axis order already east before north where the format or the
    /// options say so. Empty rings for a record without geometry.
    pub rings: Vec<Rings>,
    /// Rows of values, one a record, in the order of the fields.
    pub values: Vec<Vec<Value>>,
}

impl Chunk {
    /// Features a chunk holds when a reader cuts a source into chunks.
    pub const SIZE: usize = 4096;

    pub fn new(fields: Arc<[Field]>) -> Self {
        Self { fields, records: Vec::new(), rings: Vec::new(), values: Vec::new() }
    }

    pub fn push(&mut self, record: u32, rings: Rings, values: Vec<Value>) {
        self.records.push(record);
        self.rings.push(rings);
        self.values.push(values);
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

    /// Reads everything, giving chunks in file order to `sink`.
    ///
    /// # Errors
    /// When the source as a whole cannot be used. One broken record is skipped and said in the notes.
    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError>;
}

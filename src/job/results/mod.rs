//! Verdicts on their way out: each goes, in order, into every output asked for; nothing takes its place before all are whole.

mod gpkg;
mod head;
mod tally;
mod text;
mod xlsx;

pub use head::{Head, hex};
pub use tally::Tally;

use crate::crs::Crs;
use crate::io::{PartFile, WriteError};
use crate::rules::Verdict;
use crate::text::{Lang, Message};
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;

/// A format that verdicts are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultFormat {
    Csv,
    Json,
    Jsonl,
    GeoJson,
    Gpkg,
    Xlsx,
}

/// Where an output goes.
pub enum ResultTarget {
    File(PathBuf),
    /// For the formats of text only; a reader that goes away is no fault.
    Stream(Box<dyn Write + Send>),
}

/// What is known once the last verdict is in.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    pub tally: Tally,
    /// Further members of the JSON summary.
    pub members: Vec<(&'static str, Value)>,
    /// The same for people.
    pub lines: Vec<Message>,
}

/// How outputs are begun.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Language of the words in a workbook.
    pub lang: Lang,
    /// With what stands before the first row: not a later shard.
    pub first: bool,
}

/// One output being written.
trait Sink: Send {
    /// # Errors
    /// When the system refuses, or the verdict does not go into the format.
    fn add(&mut self, verdict: &Verdict) -> Result<(), WriteError>;

    /// Writes what comes after the last verdict; gives the file that waits for its place.
    ///
    /// # Errors
    /// When the system refuses.
    fn finish(self: Box<Self>, ending: &Ending) -> Result<Option<PartFile>, WriteError>;
}

/// All outputs of a check. Dropped before [`Results::finish`], none of its files is there.
pub struct Results {
    sinks: Vec<Box<dyn Sink>>,
    tally: Tally,
}

impl Results {
    /// # Errors
    /// When a file cannot be begun, or the plane does not go into degrees for GeoJSON.
    pub fn begin(outputs: Vec<(ResultFormat, ResultTarget)>, head: &Head, manner: Manner) -> Result<Self, WriteError> {
        let begin = |(format, target)| sink(format, target, head, manner);
        Ok(Self { sinks: outputs.into_iter().map(begin).collect::<Result<_, _>>()?, tally: Tally::default() })
    }

    /// Takes the next verdict.
    ///
    /// # Errors
    /// When an output cannot take it; the whole is given up then.
    pub fn add(&mut self, verdict: &Verdict) -> Result<(), WriteError> {
        self.tally.add(verdict);
        self.sinks.iter_mut().try_for_each(|sink| sink.add(verdict))
    }

    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Ends every output, then puts all files in their places.
    ///
    /// # Errors
    /// The first output that the system refuses; before the first is in its place, none is.
    pub fn finish(self, ending: &Ending) -> Result<(), WriteError> {
        let ready: Vec<Option<PartFile>> = self.sinks.into_iter().map(|sink| sink.finish(ending)).collect::<Result<_, _>>()?;
        ready.into_iter().flatten().try_for_each(PartFile::commit)
    }
}

fn sink(format: ResultFormat, target: ResultTarget, head: &Head, manner: Manner) -> Result<Box<dyn Sink>, WriteError> {
    let crs: &Crs = &head.crs;
    Ok(match (format, target) {
        (ResultFormat::Csv, target) => Box::new(text::Csv::begin(text::Out::open(target)?, manner.first)?),
        (ResultFormat::Json, target) => Box::new(text::Json::begin(text::Out::open(target)?, head)?),
        (ResultFormat::Jsonl, target) => Box::new(text::Jsonl::begin(text::Out::open(target)?)),
        (ResultFormat::GeoJson, target) => Box::new(text::GeoJson::begin(text::Out::open(target)?, head)?),
        (ResultFormat::Gpkg, ResultTarget::File(path)) => Box::new(gpkg::Gpkg::begin(&path, crs, head)?),
        (ResultFormat::Xlsx, ResultTarget::File(path)) => Box::new(xlsx::Xlsx::begin(&path, head, manner.lang)?),
        (ResultFormat::Gpkg | ResultFormat::Xlsx, ResultTarget::Stream(_)) => {
            return Err(WriteError(Message::new("result.no_stream")));
        }
    })
}

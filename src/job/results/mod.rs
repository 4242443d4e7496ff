//! Verdicts on their way out: each goes, in order, into every output asked for; nothing takes its place before all are whole.

mod gpkg;
mod head;
mod tally;
mod text;
mod xlsx;

pub use head::{Head, hex, note_lines};
pub use tally::Tally;

use crate::crs::Crs;
use crate::io::{PartFile, WriteError};
use crate::job::rule_set_json;
use crate::rules::{Cause, Causes, Verdict};
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
    /// Why sites fail, by cause, those of most sites first.
    pub causes: Vec<Message>,
    /// Further members of the JSON summary.
    pub members: Vec<(&'static str, Value)>,
    /// The same for people.
    pub lines: Vec<Message>,
}

impl Ending {
    /// The summary as a person reads it, `head` last; of the causes only the first ones.
    pub fn words(&self, head: &Head, lang: Lang) -> Vec<String> {
        const CAUSES: usize = 12;
        let mut lines = vec![self.tally.words(lang)];
        if !self.causes.is_empty() {
            lines.push(Message::new("result.causes"));
            lines.extend(self.causes.iter().take(CAUSES).map(|cause| Message::new("cli.note").with("note", cause.clone())));
        }
        if self.causes.len() > CAUSES {
            let more = Message::new("result.more_causes").with("count", self.causes.len() - CAUSES);
            lines.push(Message::new("cli.note").with("note", more));
        }
        lines.iter().chain(&self.lines).chain(&head.lines).map(|line| line.render(lang)).collect()
    }
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
    /// `text`: what [`Renderer::render`] made of the verdict, for the formats of text.
    ///
    /// # Errors
    /// When the system refuses.
    fn add(&mut self, verdict: &Verdict, text: &str) -> Result<(), WriteError>;

    /// Writes what comes after the last verdict; gives the file that waits for its place.
    ///
    /// # Errors
    /// When the system refuses.
    fn finish(self: Box<Self>, ending: &Ending) -> Result<Option<PartFile>, WriteError>;
}

/// Makes the text of verdicts; on any number of threads, apart from where it is written.
#[derive(Clone, Debug)]
pub struct Renderer {
    formats: Vec<ResultFormat>,
    crs: Crs,
}

/// A verdict with its text for each output, or why one has none.
pub struct Rendered {
    verdict: Verdict,
    texts: Vec<Result<String, Message>>,
}

impl Renderer {
    pub fn render(&self, verdict: Verdict) -> Rendered {
        let texts = self.formats.iter().map(|format| text::render(*format, &verdict, &self.crs)).collect();
        Rendered { verdict, texts }
    }
}

impl Rendered {
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

/// All outputs of a check. Dropped before [`Results::finish`], none of its files is there.
pub struct Results {
    sinks: Vec<Box<dyn Sink>>,
    renderer: Renderer,
    tally: Tally,
    causes: Causes,
}

impl Results {
    /// # Errors
    /// When a file cannot be begun, or the plane does not go into degrees for GeoJSON.
    pub fn begin(outputs: Vec<(ResultFormat, ResultTarget)>, head: &Head, manner: Manner) -> Result<Self, WriteError> {
        let renderer = Renderer { formats: outputs.iter().map(|(format, _)| *format).collect(), crs: head.crs.clone() };
        let begin = |(format, target)| sink(format, target, head, manner);
        let sinks = outputs.into_iter().map(begin).collect::<Result<_, _>>()?;
        Ok(Self { sinks, renderer, tally: Tally::default(), causes: Causes::default() })
    }

    pub fn renderer(&self) -> Renderer {
        self.renderer.clone()
    }

    /// Takes the next verdict.
    ///
    /// # Errors
    /// When an output cannot take it; the whole is given up then.
    pub fn add(&mut self, rendered: Rendered) -> Result<(), WriteError> {
        let Rendered { verdict, texts } = rendered;
        self.tally.add(&verdict);
        self.causes.add(&verdict);
        for (sink, text) in self.sinks.iter_mut().zip(texts) {
            sink.add(&verdict, &text.map_err(WriteError)?)?;
        }
        Ok(())
    }

    /// What the verdicts so far come to.
    pub fn ending(&self) -> Ending {
        let mut causes: Vec<Message> = self.causes.found().iter().map(Cause::message).collect();
        // Before the causes: it may be behind most of them.
        causes.splice(0..0, self.causes.shift().filter(|shift| shift.suspected).map(|shift| shift.message()));
        Ending { tally: self.tally.clone(), causes, members: vec![("by_cause", rule_set_json::causes(&self.causes))], lines: Vec::new() }
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

//! CSV, JSON, JSON lines and GeoJSON: written as the verdicts come, so that memory does not grow with them.

use super::{Ending, Head, ResultFormat, ResultTarget, Sink};
use crate::crs::{Crs, Transform};
use crate::io::{CsvWriter, GeoJsonWriter, PartFile, WriteError};
use crate::job::{crs_refusal, verdict_csv, verdict_json};
use crate::model::GeometryKind;
use crate::rules::Verdict;
use crate::text::Message;
use serde_json::{Map, Value, json};
use std::io::Write;

/// Where text goes.
pub enum Out {
    File(PartFile),
    Stream(Box<dyn Write + Send>),
}

impl Out {
    /// # Errors
    /// When the file cannot be begun.
    pub fn open(target: ResultTarget) -> Result<Self, WriteError> {
        Ok(match target {
            ResultTarget::File(path) => Self::File(PartFile::create(&path)?),
            ResultTarget::Stream(stream) => Self::Stream(stream),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stream(stream) => {
                // A reader that went away (`| head`) is no fault.
                let _ = stream.write_all(bytes);
                Ok(())
            }
        }
    }

    fn end(self) -> Option<PartFile> {
        match self {
            Self::File(file) => Some(file),
            Self::Stream(mut stream) => {
                let _ = stream.flush();
                None
            }
        }
    }
}

/// The text of a verdict in a format of text, with what separates it from those before it; empty for the others.
///
/// # Errors
/// Why it does not go into the format.
pub fn render(format: ResultFormat, verdict: &Verdict, crs: &Crs) -> Result<String, Message> {
    Ok(match format {
        ResultFormat::Csv => {
            let mut row = CsvWriter::continued();
            row.row(&verdict_csv::row(verdict));
            row.into_text()
        }
        ResultFormat::Jsonl => format!("{}\n", verdict_json::verdict(verdict)),
        ResultFormat::Json => format!(",\n{}", verdict_json::verdict(verdict)),
        ResultFormat::GeoJson => {
            let rings = verdict.shape.as_ref().map(|shape| verdict_json::lon_lat_rings(shape, crs)).transpose();
            let rings = rings.map_err(|e| {
                let message = Message::new("cli.not_in_degrees").with("site", verdict.site.id.clone());
                message.with("cause", crs_refusal(&e))
            })?;
            let mut feature = GeoJsonWriter::continued();
            feature.push(GeometryKind::Area, rings.unwrap_or_default().as_ref(), verdict_json::columns(verdict));
            feature.into_text()
        }
        ResultFormat::Gpkg | ResultFormat::Xlsx => String::new(),
    })
}

pub struct Csv {
    out: Out,
}

impl Csv {
    pub fn begin(mut out: Out, first: bool) -> Result<Self, WriteError> {
        if first {
            out.write(CsvWriter::new(&verdict_csv::HEADER).into_text().as_bytes())?;
        }
        Ok(Self { out })
    }
}

impl Sink for Csv {
    fn add(&mut self, _: &Verdict, text: &str) -> Result<(), WriteError> {
        self.out.write(text.as_bytes())
    }

    fn finish(self: Box<Self>, _: &Ending) -> Result<Option<PartFile>, WriteError> {
        Ok(self.out.end())
    }
}

pub struct Jsonl {
    out: Out,
}

impl Jsonl {
    pub fn begin(out: Out) -> Self {
        Self { out }
    }
}

impl Sink for Jsonl {
    fn add(&mut self, _: &Verdict, text: &str) -> Result<(), WriteError> {
        self.out.write(text.as_bytes())
    }

    fn finish(self: Box<Self>, _: &Ending) -> Result<Option<PartFile>, WriteError> {
        Ok(self.out.end())
    }
}

/// One object: what it rests on, the sites, then the summary.
pub struct Json {
    out: Out,
    any: bool,
}

impl Json {
    pub fn begin(mut out: Out, head: &Head) -> Result<Self, WriteError> {
        let mut text = "{\n".to_owned();
        for (key, value) in &head.members {
            text += &format!("{}: {value},\n", json!(key));
        }
        text += "\"sites\": [";
        out.write(text.as_bytes())?;
        Ok(Self { out, any: false })
    }
}

impl Sink for Json {
    fn add(&mut self, _: &Verdict, text: &str) -> Result<(), WriteError> {
        // Nothing separates the first from what stands before it.
        let text = if self.any { text } else { text.trim_start_matches(',') };
        self.any = true;
        self.out.write(text.as_bytes())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> Result<Option<PartFile>, WriteError> {
        self.out.write(format!("\n],\n\"summary\": {}\n}}\n", summary(ending)).as_bytes())?;
        Ok(self.out.end())
    }
}

/// Longitude and latitude; the columns of the table as properties.
pub struct GeoJson {
    out: Out,
    any: bool,
}

impl GeoJson {
    pub fn begin(mut out: Out, head: &Head) -> Result<Self, WriteError> {
        // Whether there is a way into degrees at all is known before the first site.
        Transform::new(&head.crs, &Crs::CGCS2000_LON_LAT)
            .map_err(|e| WriteError(Message::new("result.plane_not_in_degrees").with("cause", crs_refusal(&e))))?;
        out.write(GeoJsonWriter::new(&head.members).into_text().as_bytes())?;
        Ok(Self { out, any: false })
    }
}

impl Sink for GeoJson {
    fn add(&mut self, _: &Verdict, text: &str) -> Result<(), WriteError> {
        let text = if self.any { text } else { text.trim_start_matches(',') };
        self.any = true;
        self.out.write(text.as_bytes())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> Result<Option<PartFile>, WriteError> {
        self.out.write(&GeoJsonWriter::continued().finish_with(&[("summary", summary(ending))]))?;
        Ok(self.out.end())
    }
}

/// The counts and what else is known at the end, as one object.
pub fn summary(ending: &Ending) -> Value {
    let mut members = match ending.tally.json() {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    members.extend(ending.members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    Value::Object(members)
}

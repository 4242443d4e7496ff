//! CSV, JSON, JSON lines and GeoJSON: written as the verdicts come, so that memory does not grow with them.

use super::{Ending, Head, ResultTarget, Sink};
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

pub struct Csv {
    out: Out,
    table: CsvWriter,
}

impl Csv {
    pub fn begin(out: Out, first: bool) -> Result<Self, WriteError> {
        Ok(Self { out, table: if first { CsvWriter::new(&verdict_csv::HEADER) } else { CsvWriter::continued() } })
    }
}

impl Sink for Csv {
    fn add(&mut self, verdict: &Verdict) -> Result<(), WriteError> {
        self.table.row(&verdict_csv::row(verdict));
        self.out.write(&self.table.take())
    }

    fn finish(mut self: Box<Self>, _: &Ending) -> Result<Option<PartFile>, WriteError> {
        // Without a site the header is still to be written.
        self.out.write(&self.table.take())?;
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
    fn add(&mut self, verdict: &Verdict) -> Result<(), WriteError> {
        self.out.write(format!("{}\n", verdict_json::verdict(verdict)).as_bytes())
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
    fn add(&mut self, verdict: &Verdict) -> Result<(), WriteError> {
        let separator = if self.any { ",\n" } else { "\n" };
        self.any = true;
        self.out.write(format!("{separator}{}", verdict_json::verdict(verdict)).as_bytes())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> Result<Option<PartFile>, WriteError> {
        self.out.write(format!("\n],\n\"summary\": {}\n}}\n", summary(ending)).as_bytes())?;
        Ok(self.out.end())
    }
}

/// Longitude and latitude; the columns of the table as properties.
pub struct GeoJson {
    out: Out,
    features: GeoJsonWriter,
    crs: Crs,
}

impl GeoJson {
    pub fn begin(out: Out, head: &Head) -> Result<Self, WriteError> {
        // Whether there is a way into degrees at all is known before the first site.
        Transform::new(&head.crs, &Crs::CGCS2000_LON_LAT)
            .map_err(|e| WriteError(Message::new("result.plane_not_in_degrees").with("cause", crs_refusal(&e))))?;
        Ok(Self { out, features: GeoJsonWriter::new(&head.members), crs: head.crs.clone() })
    }
}

impl Sink for GeoJson {
    fn add(&mut self, verdict: &Verdict) -> Result<(), WriteError> {
        let rings = verdict.shape.as_ref().map(|shape| verdict_json::lon_lat_rings(shape, &self.crs)).transpose();
        let rings = rings.map_err(|e| {
            let message = Message::new("cli.not_in_degrees").with("site", verdict.site.id.clone());
            WriteError(message.with("cause", crs_refusal(&e)))
        })?;
        self.features.push(GeometryKind::Area, rings.unwrap_or_default().as_ref(), verdict_json::columns(verdict));
        self.out.write(&self.features.take())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> Result<Option<PartFile>, WriteError> {
        let end = self.features.finish_with(&[("summary", summary(ending))]);
        self.out.write(&end)?;
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

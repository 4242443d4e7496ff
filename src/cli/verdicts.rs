//! Verdicts on their way out: collected in order into every format asked for, counted, or set as a table.

use super::fault::Fault;
use super::outputs::{Format, Output};
use super::table::{Align, table as plain_table};
use crate::crs::Crs;
use crate::io::{CsvWriter, GeoJsonWriter};
use crate::job::{crs_refusal, verdict_csv, verdict_json};
use crate::model::{Contents, Date, GeometryKind};
use crate::rules::{Checker, Position, Verdict};
use crate::text::{self, Lang, Message};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What every whole answer says about itself.
pub(super) struct Head<'a> {
    pub contents: &'a Contents,
    pub checker: &'a Checker,
    pub date: Date,
}

/// How many of each.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub sites: u64,
    verdicts: BTreeMap<Position, u64>,
    cases: BTreeMap<String, u64>,
}

/// Takes verdicts in order; keeps only what the outputs need.
pub(super) struct Collected<'a> {
    pub tally: Tally,
    /// Rows of the table, when one is wanted.
    pub rows: Vec<Vec<String>>,
    with_table: bool,
    head: &'a Head<'a>,
    sinks: Vec<Sink>,
    /// Why a shape does not go into degrees.
    failed: Option<Message>,
}

/// One output being written.
enum Sink {
    Csv(CsvWriter),
    /// Items of the array; what stands around them is written at the end.
    Json(String),
    Jsonl(String),
    GeoJson(GeoJsonWriter),
}

impl<'a> Collected<'a> {
    /// `first`: not a later shard, so with what stands before the first row.
    ///
    /// # Errors
    /// A format that holds no verdicts.
    pub fn new(outputs: &[Output], head: &'a Head<'a>, first: bool, with_table: bool) -> Result<Self, Fault> {
        let sink = |output: &Output| match output.format {
            Format::Csv if first => Ok(Sink::Csv(CsvWriter::new(&verdict_csv::HEADER))),
            Format::Csv => Ok(Sink::Csv(CsvWriter::continued())),
            Format::Json => Ok(Sink::Json(String::new())),
            Format::Jsonl => Ok(Sink::Jsonl(String::new())),
            Format::GeoJson => {
                let about: Vec<(&str, Value)> = head.json();
                Ok(Sink::GeoJson(GeoJsonWriter::new(&about)))
            }
            other => Err(Fault::usage(
                Message::new("cli.out_format_not_built").with("format", other.word()).with("formats", "csv json jsonl geojson"),
            )),
        };
        let sinks = outputs.iter().map(sink).collect::<Result<_, _>>()?;
        Ok(Self { tally: Tally::default(), rows: Vec::new(), with_table, head, sinks, failed: None })
    }

    pub fn add(&mut self, verdict: &Verdict, lang: Lang) {
        self.tally.add(verdict);
        if self.with_table {
            self.rows.push(row(verdict, lang));
        }
        for sink in &mut self.sinks {
            match sink {
                Sink::Csv(table) => table.row(&verdict_csv::row(verdict)),
                Sink::Jsonl(lines) => *lines += &format!("{}\n", verdict_json::verdict(verdict)),
                Sink::Json(items) => {
                    let separator = if items.is_empty() { "\n" } else { ",\n" };
                    *items += &format!("{separator}{}", verdict_json::verdict(verdict));
                }
                Sink::GeoJson(features) => {
                    let rings = verdict.shape.as_ref().map(|shape| verdict_json::lon_lat_rings(shape, &self.head.contents.crs));
                    let rings = rings.transpose().unwrap_or_else(|e| {
                        let message = Message::new("cli.not_in_degrees").with("site", verdict.site.id.clone());
                        self.failed.get_or_insert(message.with("cause", crs_refusal(&e)));
                        None
                    });
                    features.push(GeometryKind::Area, rings.unwrap_or_default().as_ref(), verdict_json::columns(verdict));
                }
            }
        }
    }

    /// The bytes of each output.
    ///
    /// # Errors
    /// When a shape does not go into degrees.
    pub fn finish(self) -> Result<Vec<Vec<u8>>, Fault> {
        if let Some(message) = self.failed {
            return Err(Fault::work(message));
        }
        let mut about = self.head.json();
        about.push(("summary", self.tally.json()));
        let bytes = |sink| match sink {
            Sink::Csv(table) => table.finish(),
            Sink::Jsonl(lines) => lines.into_bytes(),
            Sink::GeoJson(features) => features.finish(),
            Sink::Json(items) => enclosed(&about, "sites", &items).into_bytes(),
        };
        Ok(self.sinks.into_iter().map(bytes).collect())
    }
}

/// An object of `members` with one more: an array of items that are already written.
fn enclosed(members: &[(&str, Value)], name: &str, items: &str) -> String {
    let mut out = "{\n".to_owned();
    for (key, value) in members {
        out += &format!("{}: {value},\n", json!(key));
    }
    out += &format!("{}: [{items}\n]\n}}\n", json!(name));
    out
}

impl Head<'_> {
    fn json(&self) -> Vec<(&'static str, Value)> {
        let rules = &self.checker.settings().rule_set;
        let inputs = self.contents.layers_in_order().map(|(_, layer)| {
            let from = &layer.provenance;
            json!({
                "role": layer.head.role.code(),
                "file": &*from.file,
                "format": from.format,
                "blake3": from.file_hash.as_ref().map(hex),
                "crs": from.source_crs.as_ref().map(Crs::label),
                "features": layer.len(),
                "notes": from.notes.iter().map(verdict_json::message).collect::<Vec<_>>(),
            })
        });
        vec![
            ("schema", json!(1)),
            ("program", json!(env!("CARGO_PKG_VERSION"))),
            ("date", json!(self.date.to_string())),
            ("rule_set", json!({ "name": rules.name, "version": rules.version, "blake3": hex(&rules.hash()) })),
            ("plane", json!(self.contents.crs.label())),
            ("sample", json!(self.contents.sample)),
            ("inputs", json!(inputs.collect::<Vec<_>>())),
            ("roles_not_supplied", json!(self.checker.missing_roles().iter().map(|r| r.code()).collect::<Vec<_>>())),
        ]
    }
}

/// BLAKE3 as 64 hexadecimal digits.
pub(super) fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

const POSITIONS: [Position; 4] = [Position::Inside, Position::Partial, Position::Outside, Position::NotChecked];

impl Tally {
    fn add(&mut self, verdict: &Verdict) {
        self.sites += 1;
        *self.verdicts.entry(verdict.position).or_default() += 1;
        *self.cases.entry(verdict.case.to_string()).or_default() += 1;
    }

    fn of(&self, position: Position) -> u64 {
        self.verdicts.get(&position).copied().unwrap_or(0)
    }

    fn json(&self) -> Value {
        let verdicts: Map<String, Value> = POSITIONS.iter().map(|p| (p.code().to_owned(), json!(self.of(*p)))).collect();
        json!({ "sites": self.sites, "verdicts": verdicts, "cases": self.cases })
    }

    pub fn words(&self, lang: Lang) -> String {
        let separator = text::word(lang, "cli.list_separator");
        let verdicts = POSITIONS.map(|p| format!("{} {}", text::word(lang, p.key()), text::count(self.of(p))));
        let cases: Vec<String> = self.cases.iter().map(|(case, n)| format!("{case} {}", text::count(*n))).collect();
        let message = Message::new("cli.tally").with("count", self.sites).with("verdicts", verdicts.join(separator));
        format!("{}\n", message.with("cases", cases.join(separator)).render(lang))
    }
}

/// A verdict as a row of the table.
fn row(verdict: &Verdict, lang: Lang) -> Vec<String> {
    let measured = verdict.position != Position::NotChecked;
    let clusters: Vec<&str> = verdict.clusters.iter().map(|c| c.name.as_str()).collect();
    let reason = verdict.reason.as_ref().map(|m| m.render(lang));
    let mut phrase = text::word(lang, verdict.position.key()).to_owned();
    if verdict.certainty != crate::rules::Certainty::Certain {
        phrase += text::word(lang, "cli.uncertain_mark");
    }
    vec![
        verdict.site.id.clone(),
        verdict.site.name.clone(),
        phrase,
        verdict.case.to_string(),
        if measured { text::percent(verdict.inside_share()) } else { "–".to_owned() },
        verdict.shape.as_ref().map_or("–".to_owned(), |_| text::area_mu(verdict.area_m2)),
        reason.unwrap_or_else(|| clusters.join(text::word(lang, "cli.list_separator"))),
    ]
}

pub(super) fn table(rows: &[Vec<String>], lang: Lang) -> String {
    use Align::{Left, Right};
    let columns = [
        ("cli.column.id", Left),
        ("cli.column.name", Left),
        ("cli.column.verdict", Left),
        ("cli.column.case", Left),
        ("cli.column.share", Right),
        ("cli.column.area_mu", Right),
        ("cli.column.clusters", Left),
    ];
    let head: Vec<(&str, Align)> = columns.iter().map(|(key, align)| (text::word(lang, key), *align)).collect();
    plain_table(&head, rows, 44)
}

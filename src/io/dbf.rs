//! dBASE tables as shapefiles carry them: every record by its number, deleted ones marked, never a shift.

use super::bytes::{f64_le, i32_le, slice, u16_le, u32_le};
use super::encoding::{self, Chosen, Evidence};
use crate::model::{Date, Field, FieldKind, Value};
use crate::text::Message;
use std::collections::HashMap;
use std::sync::Arc;

/// Texts of a column that are remembered, so that a repeated one is decoded and kept once.
const REMEMBERED: usize = 1 << 14;
/// Bytes of text that the encoding is read off.
const EVIDENCE_BYTES: usize = 1 << 20;

/// A table over borrowed bytes.
#[derive(Debug)]
pub struct Dbf<'a> {
    records: &'a [u8],
    record_length: usize,
    count: usize,
    /// Records the header promises.
    pub promised: usize,
    columns: Vec<DbfColumn>,
    pub fields: Arc<[Field]>,
    pub encoding: Chosen,
    remembered: Vec<HashMap<&'a [u8], Arc<str>>>,
}

#[derive(Clone, Copy, Debug)]
struct DbfColumn {
    kind: u8,
    at: usize,
    length: usize,
    decimals: u8,
}

impl<'a> Dbf<'a> {
    /// # Errors
    /// The cause, for the message of the file: a header that is no header, or an unknown `forced` encoding.
    pub fn open(bytes: &'a [u8], cpg: Option<&[u8]>, forced: Option<&str>) -> Result<Self, Message> {
        let broken = || Message::new("io.dbf_header_broken");
        let promised = u32_le(bytes, 4).ok_or_else(broken)? as usize;
        let header_length = usize::from(u16_le(bytes, 8).ok_or_else(broken)?);
        let record_length = usize::from(u16_le(bytes, 10).ok_or_else(broken)?);
        let ldid = *bytes.get(29).ok_or_else(broken)?;
        if header_length < 33 || (record_length == 0 && promised > 0) {
            return Err(broken());
        }
        let records = bytes.get(header_length..).unwrap_or(&[]);
        let fitting = records.len().checked_div(record_length).unwrap_or(0);
        let count = promised.min(fitting);

        let descriptors: Vec<&[u8]> =
            (1..).map_while(|i| slice(bytes, i * 32, 32).filter(|d| d[0] != 0x0D && i * 32 < header_length)).collect();
        let columns = columns(&descriptors, record_length);
        let mut table = Self {
            records,
            record_length,
            count,
            promised,
            columns,
            fields: Arc::new([]),
            encoding: encoding::sniffed(&Evidence::default()),
            remembered: Vec::new(),
        };
        let names: Vec<&[u8]> = descriptors.iter().map(|d| until_nul(&d[..11])).collect();
        table.encoding = encoding::choose(forced, cpg, ldid, &table.evidence(&names))?;
        let encoding = table.encoding.encoding;
        let fields = names.iter().zip(&table.columns).map(|(name, column)| Field {
            name: encoding::decode_field(name, encoding).trim().into(),
            kind: table.kind(*column),
            width: column.length as u16,
            decimals: column.decimals,
        });
        table.fields = fields.collect();
        table.remembered = vec![HashMap::new(); table.columns.len()];
        Ok(table)
    }

    /// Records that are there, deleted ones included.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Record `i` (from 0) is marked as deleted.
    pub fn is_deleted(&self, i: usize) -> bool {
        self.record(i).is_some_and(|r| r.first() == Some(&b'*'))
    }

    /// Values of record `i` (from 0) in the order of the fields; nulls where the table has no such record.
    pub fn values(&mut self, i: usize) -> Vec<Value> {
        let Some(record) = self.record(i) else { return vec![Value::Null; self.columns.len()] };
        let encoding = self.encoding.encoding;
        let columns = self.columns.iter().zip(self.fields.iter()).zip(&mut self.remembered);
        columns
            .map(|((column, field), remembered)| {
                let Some(raw) = slice(record, column.at, column.length) else { return Value::Null };
                match column.kind {
                    b'I' | b'+' if column.length == 4 => i32_le(raw, 0).map_or(Value::Null, |n| Value::Int(n.into())),
                    b'O' | b'B' if column.length == 8 => f64_le(raw, 0).filter(|x| x.is_finite()).map_or(Value::Null, Value::Real),
                    b'N' | b'F' => number(raw, field.kind),
                    b'D' => date(raw),
                    b'L' => match raw.first() {
                        Some(b'T' | b't' | b'Y' | b'y') => Value::Bool(true),
                        Some(b'F' | b'f' | b'N' | b'n') => Value::Bool(false),
                        _ => Value::Null,
                    },
                    _ => {
                        let raw = trimmed_end(raw);
                        if raw.is_empty() {
                            // A blank text and no text are the same bytes in this format.
                            return Value::Null;
                        }
                        if let Some(known) = remembered.get(raw) {
                            return Value::Text(known.clone());
                        }
                        let text: Arc<str> = encoding::decode_field(raw, encoding).trim_end().into();
                        if remembered.len() < REMEMBERED {
                            remembered.insert(raw, text.clone());
                        }
                        Value::Text(text)
                    }
                }
            })
            .collect()
    }

    fn record(&self, i: usize) -> Option<&'a [u8]> {
        if i < self.count { slice(self.records, i.checked_mul(self.record_length)?, self.record_length) } else { None }
    }

    fn evidence(&self, names: &[&[u8]]) -> Evidence {
        let mut evidence = Evidence::default();
        names.iter().for_each(|name| evidence.add(name));
        let texts: Vec<DbfColumn> = self.columns.iter().copied().filter(|c| c.kind == b'C').collect();
        let width: usize = texts.iter().map(|c| c.length).sum();
        // Spread over the whole table: the first records of a layer are often all alike.
        let step = (self.count * width / EVIDENCE_BYTES).max(1);
        for record in (0..self.count).step_by(step).filter_map(|i| self.record(i)) {
            for raw in texts.iter().filter_map(|c| slice(record, c.at, c.length)) {
                evidence.add(trimmed_end(raw));
            }
        }
        evidence
    }

    /// What a column's values are; numbers whose writing matters (leading zeros, more digits than f64 holds) stay as written.
    fn kind(&self, column: DbfColumn) -> FieldKind {
        match column.kind {
            b'D' => FieldKind::Date,
            b'L' => FieldKind::Bool,
            b'I' | b'+' if column.length == 4 => FieldKind::Int,
            b'O' | b'B' if column.length == 8 => FieldKind::Real,
            b'N' | b'F' => {
                let mut kind = if column.decimals == 0 && column.kind == b'N' { FieldKind::Int } else { FieldKind::Real };
                for record in (0..self.count).filter_map(|i| self.record(i)) {
                    let Some(raw) = slice(record, column.at, column.length) else { break };
                    let raw = until_nul(raw).trim_ascii();
                    // Asterisks: a number that did not fit.
                    if raw.first() == Some(&b'*') {
                        continue;
                    }
                    let digits = raw.iter().filter(|b| b.is_ascii_digit()).count();
                    if (raw.len() > 1 && raw[0] == b'0' && raw.iter().all(u8::is_ascii_digit)) || digits > 17 {
                        return FieldKind::Decimal;
                    }
                    if kind == FieldKind::Int && !raw.iter().all(|b| b.is_ascii_digit() || *b == b'-') {
                        kind = FieldKind::Real;
                    }
                }
                kind
            }
            _ => FieldKind::Text,
        }
    }
}

/// Where each column lies. Clipper and FoxPro keep the high byte of a long text's length in the decimals: taken so
/// only when the record is then filled exactly.
fn columns(descriptors: &[&[u8]], record_length: usize) -> Vec<DbfColumn> {
    let long = |d: &[u8]| if d[11] == b'C' { usize::from(d[16]) + 256 * usize::from(d[17]) } else { usize::from(d[16]) };
    let short = |d: &[u8]| usize::from(d[16]);
    let filled = |length: &dyn Fn(&[u8]) -> usize| 1 + descriptors.iter().map(|d| length(d)).sum::<usize>() == record_length;
    let take_long = !filled(&short) && filled(&long);
    let mut at = 1;
    descriptors
        .iter()
        .map(|d| {
            let length = if take_long { long(d) } else { short(d) };
            let column = DbfColumn { kind: d[11], at, length, decimals: if d[11] == b'C' { 0 } else { d[17] } };
            at += length;
            column
        })
        .collect()
}

fn number(raw: &[u8], kind: FieldKind) -> Value {
    let Ok(text) = std::str::from_utf8(raw) else { return Value::Null };
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if text.is_empty() || text.starts_with('*') {
        return Value::Null;
    }
    match kind {
        FieldKind::Decimal => Value::Decimal(text.into()),
        FieldKind::Int => text.parse().map_or(Value::Null, Value::Int),
        _ => text.parse::<f64>().ok().filter(|x| x.is_finite()).map_or(Value::Null, Value::Real),
    }
}

fn date(raw: &[u8]) -> Value {
    std::str::from_utf8(raw).ok().and_then(Date::parse).map_or(Value::Null, Value::Date)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|b| *b == 0).next().unwrap_or(&[])
}

/// Without the blanks and NULs a text is filled up with.
fn trimmed_end(bytes: &[u8]) -> &[u8] {
    let bytes = until_nul(bytes);
    let end = bytes.iter().rposition(|b| *b != b' ').map_or(0, |i| i + 1);
    &bytes[..end]
}

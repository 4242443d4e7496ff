//! dBASE tables as shapefiles carry them: every record by its number, deleted ones marked, never a shift.

use super::bytes::{f64_le, i32_le, slice, u16_le, u32_le};
use super::encoding::{self, Chosen, Evidence};
use crate::model::{ColumnBuilder, Date, Field, FieldKind, Value};
use crate::text::Message;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes of text that the encoding is read off.
const EVIDENCE_BYTES: usize = 1 << 20;

/// A table's header: where everything lies in a record.
#[derive(Clone, Debug)]
pub struct Layout {
    pub header_length: usize,
    pub record_length: usize,
    /// Records the header promises.
    pub promised: usize,
    language: u8,
    names: Vec<Vec<u8>>,
    columns: Vec<DbfColumn>,
}

#[derive(Clone, Copy, Debug)]
struct DbfColumn {
    kind: u8,
    at: usize,
    length: usize,
    decimals: u8,
}

/// What all records together say: the encoding of the texts, and how numbers are written.
#[derive(Clone, Debug)]
pub struct Watch<'a> {
    layout: &'a Layout,
    evidence: Evidence,
    /// Every so many records are looked at for the encoding.
    step: usize,
    numbers: Vec<(DbfColumn, FieldKind)>,
    /// Whether some number has a comma for its decimal point.
    has_commas: bool,
}

/// A table whose encoding and kinds are settled; its records come from elsewhere.
#[derive(Clone, Debug)]
pub struct Table {
    pub layout: Layout,
    pub fields: Arc<[Field]>,
    pub encoding: Chosen,
    has_commas: bool,
}

impl Layout {
    /// `bytes`: the table, or as much of it as its header.
    ///
    /// # Errors
    /// The cause, for the message of the file: a header that is no header.
    pub fn read(bytes: &[u8]) -> Result<Self, Message> {
        let broken = || Message::new("io.dbf_header_broken");
        let promised = u32_le(bytes, 4).ok_or_else(broken)? as usize;
        let header_length = usize::from(u16_le(bytes, 8).ok_or_else(broken)?);
        let record_length = usize::from(u16_le(bytes, 10).ok_or_else(broken)?);
        let language = *bytes.get(29).ok_or_else(broken)?;
        if header_length < 33 || (record_length == 0 && promised > 0) {
            return Err(broken());
        }
        let descriptors: Vec<&[u8]> =
            (1..).map_while(|i| slice(bytes, i * 32, 32).filter(|d| d[0] != 0x0D && i * 32 + 32 <= header_length)).collect();
        let columns = columns(&descriptors, record_length);
        let names = descriptors.iter().map(|d| until_nul(&d[..11]).to_vec()).collect();
        Ok(Self { header_length, record_length, promised, language, names, columns })
    }

    /// Records in `bytes` after the header, deleted ones included.
    pub fn count(&self, bytes_of_records: usize) -> usize {
        self.promised.min(bytes_of_records.checked_div(self.record_length).unwrap_or(0))
    }

    /// Record `i` (from 0) of `records` is marked as deleted.
    pub fn is_deleted(&self, records: &[u8], i: usize) -> bool {
        self.record(records, i).is_some_and(|r| r.first() == Some(&b'*'))
    }

    fn record<'b>(&self, records: &'b [u8], i: usize) -> Option<&'b [u8]> {
        slice(records, i.checked_mul(self.record_length)?, self.record_length)
    }
}

impl<'a> Watch<'a> {
    /// For a table of `count` records.
    pub fn new(layout: &'a Layout, count: usize) -> Self {
        let mut evidence = Evidence::default();
        layout.names.iter().for_each(|name| evidence.add(name));
        let width: usize = layout.columns.iter().filter(|c| c.kind == b'C').map(|c| c.length).sum();
        let numbers = layout.columns.iter().filter(|c| c.is_written_number());
        let numbers = numbers.filter(|c| c.at + c.length <= layout.record_length);
        let numbers = numbers.map(|c| (*c, if c.decimals == 0 && c.kind == b'N' { FieldKind::Int } else { FieldKind::Real })).collect();
        // Spread over the whole table: the first records of a layer are often all alike.
        Self { layout, evidence, step: (count * width / EVIDENCE_BYTES).max(1), numbers, has_commas: false }
    }

    /// Looks at whole records, the first of which is number `first` (from 0).
    pub fn see(&mut self, first: usize, records: &[u8]) {
        let length = self.layout.record_length.max(1);
        for (i, record) in records.chunks_exact(length).enumerate() {
            if (first + i).is_multiple_of(self.step) {
                for column in self.layout.columns.iter().filter(|c| c.kind == b'C') {
                    if let Some(raw) = slice(record, column.at, column.length) {
                        self.evidence.add(trimmed_end(raw));
                    }
                }
            }
        }
        for (column, kind) in &mut self.numbers {
            for record in records.chunks_exact(length) {
                if *kind == FieldKind::Decimal {
                    break;
                }
                let raw = &record[column.at..column.at + column.length];
                self.has_commas |= *kind == FieldKind::Real && with_point(raw, *column).is_some();
                *kind = kind_with(*kind, raw);
            }
        }
    }

    /// Settles the table.
    ///
    /// # Errors
    /// An unknown `forced` encoding.
    pub fn settle(self, cpg: Option<&[u8]>, forced: Option<&str>) -> Result<Table, Message> {
        let layout = self.layout;
        let encoding = encoding::choose(forced, cpg, layout.language, &self.evidence)?;
        let fields = layout.names.iter().zip(&layout.columns).map(|(name, column)| Field {
            name: encoding::decode_field(name, encoding.encoding).trim().into(),
            kind: self.kind(*column),
            width: column.length as u16,
            decimals: column.decimals,
        });
        Ok(Table { layout: layout.clone(), fields: fields.collect(), encoding, has_commas: self.has_commas })
    }

    fn kind(&self, column: DbfColumn) -> FieldKind {
        match column.kind {
            // Eight digits; what else calls itself a day is kept as it is written, not guessed at.
            b'D' if column.length == 8 => FieldKind::Date,
            b'L' => FieldKind::Bool,
            b'I' | b'+' if column.length == 4 => FieldKind::Int,
            b'O' | b'B' if column.length == 8 => FieldKind::Real,
            b'N' | b'F' => {
                let unseen = if column.decimals == 0 && column.kind == b'N' { FieldKind::Int } else { FieldKind::Real };
                self.numbers.iter().find(|(c, _)| c.at == column.at).map_or(unseen, |(_, kind)| *kind)
            }
            _ => FieldKind::Text,
        }
    }
}

/// What a column of numbers is once one more is seen; those whose writing matters (leading zeros, more digits than f64
/// holds) stay as written.
fn kind_with(kind: FieldKind, raw: &[u8]) -> FieldKind {
    let raw = until_nul(raw).trim_ascii();
    // Asterisks: a number that did not fit.
    if raw.first() == Some(&b'*') {
        return kind;
    }
    let digits = raw.iter().filter(|b| b.is_ascii_digit()).count();
    if (raw.len() > 1 && raw[0] == b'0' && digits == raw.len()) || digits > 17 {
        FieldKind::Decimal
    } else if kind == FieldKind::Int && !raw.iter().all(|b| b.is_ascii_digit() || *b == b'-') {
        FieldKind::Real
    } else {
        kind
    }
}

impl DbfColumn {
    fn is_written_number(&self) -> bool {
        matches!(self.kind, b'N' | b'F')
    }
}

impl Table {
    /// The table of a shapefile that has none: no columns, no records.
    ///
    /// # Errors
    /// An unknown `forced` encoding.
    pub fn absent(forced: Option<&str>) -> Result<Self, Message> {
        let (names, columns) = (Vec::new(), Vec::new());
        let layout = Layout { header_length: 0, record_length: 0, promised: 0, language: 0, names, columns };
        Watch::new(&layout, 0).settle(None, forced)
    }

    /// # Errors
    /// The cause, for the message of the file: a header that is no header, or an unknown `forced` encoding.
    pub fn open(bytes: &[u8], cpg: Option<&[u8]>, forced: Option<&str>) -> Result<Self, Message> {
        let layout = Layout::read(bytes)?;
        let records = bytes.get(layout.header_length..).unwrap_or(&[]);
        let count = layout.count(records.len());
        let mut watch = Watch::new(&layout, count);
        watch.see(0, records.get(..count * layout.record_length).unwrap_or(&[]));
        watch.settle(cpg, forced)
    }

    /// What is odd about how it is written: an encoding in doubt, commas for decimal points.
    pub fn doubts(&self) -> impl Iterator<Item = Message> {
        let commas = self.has_commas.then(|| Message::new("io.dbf_decimal_commas"));
        self.encoding.doubt.clone().into_iter().chain(commas)
    }

    /// Adds the values of column `number` in the given rows of `records` to `builder`; null where there is no such record.
    pub fn decode(&self, number: usize, records: &[u8], rows: &[u32], builder: &mut ColumnBuilder) {
        let (Some(&column), Some(field)) = (self.layout.columns.get(number), self.fields.get(number)) else { return };
        let raw = |row: u32| self.layout.record(records, row as usize).and_then(|r| slice(r, column.at, column.length));
        if field.kind == FieldKind::Text && !matches!(column.kind, b'L' | b'N' | b'F') {
            return self.decode_texts(rows.iter().map(|row| raw(*row)), builder);
        }
        for row in rows {
            builder.push(&raw(*row).map_or(Value::Null, |raw| value(raw, column, field.kind)));
        }
    }

    fn decode_texts<'b>(&self, raws: impl Iterator<Item = Option<&'b [u8]>>, builder: &mut ColumnBuilder) {
        /// After so many rows it shows whether the texts of a column come again.
        const TRIED: usize = 64;
        /// Texts that are known without asking the dictionary.
        const RECENT: usize = 256;
        let encoding = self.encoding.encoding;
        let mut rows_of: HashMap<&[u8], usize> = HashMap::new();
        let mut recent: [(&[u8], usize); RECENT] = [(&[], 0); RECENT];
        let mut remembers = true;
        let first = builder.len();
        for raw in raws {
            let whole = raw.unwrap_or(&[]);
            let row = builder.len();
            if remembers && !whole.is_empty() {
                let (seen, earlier) = &mut recent[mixed(whole) as usize % RECENT];
                if *seen == whole {
                    builder.push_again(*earlier);
                    continue;
                }
                (*seen, *earlier) = (whole, row);
            }
            let raw = trimmed_end(whole);
            // A blank text and no text are the same bytes in this format.
            if raw.is_empty() {
                builder.push(&Value::Null);
                continue;
            }
            if remembers {
                if let Some(earlier) = rows_of.get(raw) {
                    builder.push_again(*earlier);
                    continue;
                }
                rows_of.insert(raw, row);
                if row - first == TRIED && rows_of.len() * 2 > TRIED {
                    remembers = false;
                    builder.without_dictionary();
                }
            }
            match std::str::from_utf8(raw) {
                Ok(text) if raw.is_ascii() && encoding.is_ascii_compatible() => builder.push_text(text.trim_end()),
                _ => builder.push_text(encoding::decode_field(raw, encoding).trim_end()),
            }
        }
    }
}

fn value(raw: &[u8], column: DbfColumn, kind: FieldKind) -> Value {
    match column.kind {
        b'I' | b'+' if column.length == 4 => i32_le(raw, 0).map_or(Value::Null, |n| Value::Int(n.into())),
        b'O' | b'B' if column.length == 8 => f64_le(raw, 0).filter(|x| x.is_finite()).map_or(Value::Null, Value::Real),
        b'N' | b'F' => number(raw, column, kind),
        b'D' => date(raw),
        b'L' => match raw.first() {
            Some(b'T' | b't' | b'Y' | b'y') => Value::Bool(true),
            Some(b'F' | b'f' | b'N' | b'n') => Value::Bool(false),
            _ => Value::Null,
        },
        _ => Value::Null,
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

/// A number that has a comma for its decimal point, with a point: one comma, and after it as many digits as the table says.
fn with_point(raw: &[u8], column: DbfColumn) -> Option<String> {
    let at = raw.iter().position(|b| *b == b',')?;
    let (whole, decimals) = (raw[..at].trim_ascii(), raw[at + 1..].trim_ascii());
    let is_whole = whole.iter().enumerate().all(|(i, b)| b.is_ascii_digit() || (i == 0 && matches!(b, b'-' | b'+')));
    let fits = decimals.len() == usize::from(column.decimals) && !decimals.is_empty() && decimals.iter().all(u8::is_ascii_digit);
    (is_whole && fits).then(|| [whole, decimals].map(String::from_utf8_lossy).join("."))
}

fn number(raw: &[u8], column: DbfColumn, kind: FieldKind) -> Value {
    let Ok(text) = std::str::from_utf8(raw.trim_ascii()) else { return Value::Null };
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if text.is_empty() || text.starts_with('*') {
        return Value::Null;
    }
    match kind {
        FieldKind::Decimal => Value::Decimal(text.into()),
        FieldKind::Int => text.parse().map_or(Value::Null, Value::Int),
        _ => {
            let parsed = text.parse::<f64>().ok().or_else(|| with_point(raw, column)?.parse().ok());
            parsed.filter(|x| x.is_finite()).map_or(Value::Null, Value::Real)
        }
    }
}

fn date(raw: &[u8]) -> Value {
    std::str::from_utf8(raw).ok().and_then(Date::parse).map_or(Value::Null, Value::Date)
}

/// A number for bytes that differs for most that differ, fast; nothing depends on how well.
fn mixed(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut tail = [0; 8];
    tail[..rest.len()].copy_from_slice(rest);
    let mix = |sum: u64, word: [u8; 8]| (sum.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mix(words.iter().fold(0, |sum, word| mix(sum, *word)), tail) >> 32
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    // Asked first, because most hold none and this is many times faster than looking for the place.
    if bytes.contains(&0) { bytes.split(|b| *b == 0).next().unwrap_or(&[]) } else { bytes }
}

/// Without the blanks and NULs a text is filled up with.
fn trimmed_end(bytes: &[u8]) -> &[u8] {
    let mut bytes = until_nul(bytes);
    while let Some((before, b"        ")) = bytes.split_last_chunk::<8>() {
        bytes = before;
    }
    let end = bytes.iter().rposition(|b| *b != b' ').map_or(0, |i| i + 1);
    &bytes[..end]
}

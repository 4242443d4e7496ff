//! dBASE tables for writing: field names of at most 10 bytes in the right encoding, texts never cut inside a character.

use super::encoding::{by_label, decode_field};
use crate::model::{Date, Field, FieldKind, Value};
use crate::text::Message;
use encoding_rs::{Encoding, GB18030, GBK};
use std::collections::{BTreeMap, HashSet};

/// How the texts of a shapefile are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextProfile {
    /// GBK, language byte 0x4D, `.cpg` "936": what old ArcGIS and CASS read.
    #[default]
    Gbk,
    /// UTF-8, language byte 0, `.cpg` "UTF-8".
    Utf8,
}

impl TextProfile {
    /// From an encoding's name as a user types it.
    pub fn by_label(label: &str) -> Option<Self> {
        match by_label(label) {
            Some(encoding) if encoding == GB18030 => Some(Self::Gbk),
            Some(encoding) if encoding == encoding_rs::UTF_8 => Some(Self::Utf8),
            _ => None,
        }
    }

    pub fn cpg(self) -> &'static str {
        match self {
            Self::Gbk => "936",
            Self::Utf8 => "UTF-8",
        }
    }

    fn language_byte(self) -> u8 {
        match self {
            Self::Gbk => 0x4D,
            Self::Utf8 => 0,
        }
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Gbk => GB18030,
            Self::Utf8 => encoding_rs::UTF_8,
        }
    }
}

const NAME_BYTES: usize = 10;
const TEXT_BYTES: usize = 254;

/// A `.dbf` to be: the widths of its columns are known, nothing is made yet.
pub struct DbfTable<'a> {
    fields: &'a [Field],
    names: Vec<Vec<u8>>,
    columns: Vec<Layout>,
    profile: TextProfile,
    rows: usize,
}

/// What did not fit, by field.
#[derive(Default)]
struct Losses {
    cut: BTreeMap<usize, usize>,
    rounded: BTreeMap<usize, usize>,
    beyond_gbk: usize,
}

impl<'a> DbfTable<'a> {
    /// `rows` hold a value a field.
    pub fn new(fields: &'a [Field], rows: &[&[Value]], profile: TextProfile) -> Self {
        let encoding = profile.encoding();
        let columns = fields.iter().enumerate().map(|(i, field)| Layout::new(field, i, rows, encoding)).collect();
        Self { fields, names: names(fields, encoding), columns, profile, rows: rows.len() }
    }

    fn record_length(&self) -> usize {
        1 + self.columns.iter().map(|c| c.width).sum::<usize>()
    }

    /// How large the file will be.
    pub fn bytes(&self) -> usize {
        34 + 32 * self.fields.len() + self.rows * self.record_length()
    }

    /// Names of the fields as they are written.
    pub fn names(&self) -> Vec<String> {
        self.names.iter().map(|name| decode_field(name, self.profile.encoding())).collect()
    }

    /// The file, and what had to be changed to fit it.
    pub fn write(&self, rows: &[&[Value]]) -> (Vec<u8>, Vec<Message>) {
        let mut out = Vec::with_capacity(self.bytes());
        // A fixed day: the same layer gives the same bytes whenever it is written.
        out.extend([0x03, 100, 1, 1]);
        out.extend((rows.len() as u32).to_le_bytes());
        out.extend((33 + 32 * self.fields.len() as u16).to_le_bytes());
        out.extend((self.record_length() as u16).to_le_bytes());
        out.extend([0; 17]);
        out.extend([self.profile.language_byte(), 0, 0]);
        for (name, column) in self.names.iter().zip(&self.columns) {
            let mut descriptor = [0; 32];
            descriptor[..name.len()].copy_from_slice(name);
            descriptor[11] = column.code;
            descriptor[16] = column.width as u8;
            descriptor[17] = column.decimals as u8;
            out.extend(descriptor);
        }
        out.push(0x0D);
        let mut losses = Losses::default();
        for row in rows {
            out.push(b' ');
            for (i, column) in self.columns.iter().enumerate() {
                column.write(row.get(i).unwrap_or(&Value::Null), i, self.profile.encoding(), &mut losses, &mut out);
            }
        }
        out.push(0x1A);
        (out, self.said(&losses))
    }

    fn said(&self, losses: &Losses) -> Vec<Message> {
        let of = |code, by_field: &BTreeMap<usize, usize>| {
            let fields: Vec<&str> = by_field.keys().filter_map(|i| self.fields.get(*i)).map(|f| &*f.name).collect();
            let message = || Message::new(code).with("count", by_field.values().sum::<usize>()).with("fields", fields.join(", "));
            (!by_field.is_empty()).then(message)
        };
        let mut said: Vec<Message> =
            of("io.write_text_cut", &losses.cut).into_iter().chain(of("io.write_rounded", &losses.rounded)).collect();
        if losses.beyond_gbk > 0 {
            said.push(Message::new("io.write_beyond_gbk").with("count", losses.beyond_gbk));
        }
        said
    }
}

struct Layout {
    code: u8,
    width: usize,
    decimals: usize,
}

impl Layout {
    fn new(field: &Field, column: usize, rows: &[&[Value]], encoding: &'static Encoding) -> Self {
        let values = || rows.iter().filter_map(move |row| row.get(column)).filter(|v| !v.is_null());
        let (kept, kept_decimals) = (usize::from(field.width), usize::from(field.decimals));
        match field.kind {
            FieldKind::Date => Self { code: b'D', width: 8, decimals: 0 },
            FieldKind::Bool => Self { code: b'L', width: 1, decimals: 0 },
            FieldKind::Int => {
                let needed = values().map(|v| v.to_string().len()).max().unwrap_or(1);
                Self { code: b'N', width: needed.max(kept.min(20)).max(1), decimals: 0 }
            }
            FieldKind::Real => {
                let decimals = if kept > 0 { kept_decimals.min(15) } else { needed_decimals(values()).clamp(4, 10) };
                let needed = values().filter_map(Value::number).map(|x| format!("{x:.decimals$}").len()).max().unwrap_or(1);
                let usual = if kept > 0 { kept.min(30) } else { 18 };
                Self { code: b'N', width: needed.max(usual).min(TEXT_BYTES), decimals }
            }
            FieldKind::Text | FieldKind::Decimal => {
                let needed = values().map(|v| encoding.encode(&v.to_string()).0.len()).max().unwrap_or(1);
                Self { code: b'C', width: needed.max(kept).clamp(1, TEXT_BYTES), decimals: 0 }
            }
        }
    }

    fn write(&self, value: &Value, field: usize, encoding: &'static Encoding, losses: &mut Losses, out: &mut Vec<u8>) {
        let text = match (self.code, value) {
            (_, Value::Null) if self.code == b'L' => "?".to_owned(),
            (b'D', Value::Date(Date { year, month, day })) => format!("{year:04}{month:02}{day:02}"),
            (b'L', Value::Bool(b)) => if *b { "T" } else { "F" }.to_owned(),
            (b'N', v) if self.decimals > 0 => v.number().map(|x| format!("{x:.*}", self.decimals)).unwrap_or_default(),
            (_, v) => v.to_string(),
        };
        if self.code == b'N' && value.number().is_some_and(|x| text.parse() != Ok(x)) {
            *losses.rounded.entry(field).or_default() += 1;
        }
        let bytes = whole_characters(&text, self.width, encoding);
        let whole = encoding.encode(&text).0.len();
        if bytes.len() < whole {
            *losses.cut.entry(field).or_default() += 1;
        }
        // Four-byte characters of GB 18030: a program that reads code page 936 shows others.
        losses.beyond_gbk += usize::from(encoding == GB18030 && !text.is_ascii() && GBK.encode(&text).2);
        let blanks = self.width - bytes.len();
        if self.code == b'N' {
            out.extend(std::iter::repeat_n(b' ', blanks));
        }
        out.extend(&bytes);
        if self.code != b'N' {
            out.extend(std::iter::repeat_n(b' ', blanks));
        }
    }
}

/// Decimals that the shortest exact writing of any of the values has.
fn needed_decimals<'a>(values: impl Iterator<Item = &'a Value>) -> usize {
    let decimals = |v: &Value| v.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len());
    values.map(decimals).max().unwrap_or(0)
}

/// The text in bytes, as many whole characters as fit.
fn whole_characters(text: &str, limit: usize, encoding: &'static Encoding) -> Vec<u8> {
    let whole = encoding.encode(text).0;
    if whole.len() <= limit {
        return whole.into_owned();
    }
    let mut out = Vec::new();
    let mut buffer = [0; 4];
    for c in text.chars() {
        let bytes = encoding.encode(c.encode_utf8(&mut buffer)).0.into_owned();
        if out.len() + bytes.len() > limit {
            break;
        }
        out.extend(bytes);
    }
    out
}

/// Names that fit, each once.
fn names(fields: &[Field], encoding: &'static Encoding) -> Vec<Vec<u8>> {
    let mut taken = HashSet::new();
    let named = fields.iter().map(|field| {
        let mut name = whole_characters(&field.name, NAME_BYTES, encoding);
        let mut number = 1;
        while name.is_empty() || !taken.insert(name.to_ascii_uppercase()) {
            let end = format!("_{number}");
            name = whole_characters(&field.name, NAME_BYTES - end.len(), encoding);
            name.extend(end.bytes());
            number += 1;
        }
        name
    });
    named.collect()
}

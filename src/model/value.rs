//! Attribute values and the columns that hold them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A day. No clock and no zone: a date is what a document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Date {
    /// `2012-09-12`, `20120912`, `2012/9/12`, `2012年9月12日`; `None` for anything that is no day.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
            // Eight digits, the columns of dates in most tables.
            let [year, month, day] = [&text[0..4], &text[4..6], &text[6..8]];
            Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? }
        } else {
            let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月', '日']).filter(|s| !s.is_empty()).collect();
            let [year, month, day] = parts.as_slice() else { return None };
            Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? }
        };
        let leap = date.year.is_multiple_of(4) && (!date.year.is_multiple_of(100) || date.year.is_multiple_of(400));
        let days = match date.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        (date.year >= 1000 && (1..=days).contains(&date.day)).then_some(date)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// One attribute value. `Null` is not the empty text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(Arc<str>),
    Int(i64),
    Real(f64),
    /// A number exactly as it was written: codes such as `0101`, 20-digit numbers, trailing zeros.
    Decimal(Arc<str>),
    Date(Date),
    Bool(bool),
}

impl Value {
    pub fn text(s: &str) -> Self {
        Self::Text(s.into())
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as a number, when it is one or is written as one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(n) => Some(*n as f64),
            Self::Real(x) => Some(*x),
            Self::Decimal(s) | Self::Text(s) => s.trim().parse().ok(),
            Self::Null | Self::Date(_) | Self::Bool(_) => None,
        }
    }
}

/// As written in a table or a file; `Null` is nothing.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Text(s) | Self::Decimal(s) => f.write_str(s),
            Self::Int(n) => write!(f, "{n}"),
            Self::Real(x) => write!(f, "{x}"),
            Self::Date(d) => write!(f, "{d}"),
            Self::Bool(b) => write!(f, "{b}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Int,
    Real,
    Decimal,
    Date,
    Bool,
}

/// A column's head. Width and decimals are those of the source, kept for writing back; 0 where it had none.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: Arc<str>,
    pub kind: FieldKind,
    pub width: u16,
    pub decimals: u8,
}

impl Field {
    pub fn new(name: &str, kind: FieldKind) -> Self {
        Self { name: name.into(), kind, width: 0, decimals: 0 }
    }
}

/// A typed column of a packed layer. Texts are kept once each and numbered.
#[derive(Clone, Debug)]
pub struct Column {
    pub field: Field,
    cells: Cells,
}

#[derive(Clone, Debug)]
enum Cells {
    /// `codes[row]` numbers a word; `NO_WORD` is null.
    Words {
        words: Vec<Arc<str>>,
        codes: Vec<u32>,
    },
    /// Texts of which most are different, one after the other; `NO_TEXT` is null.
    Texts {
        all: String,
        spans: Vec<[u32; 2]>,
    },
    Int(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Date(Vec<Option<Date>>),
    Bool(Vec<Option<bool>>),
}

const NO_WORD: u32 = u32::MAX;
const NO_TEXT: [u32; 2] = [u32::MAX; 2];
/// With fewer different words a dictionary is kept however seldom they come again.
const FEW_WORDS: usize = 4096;

impl Column {
    pub fn len(&self) -> usize {
        match &self.cells {
            Cells::Words { codes, .. } => codes.len(),
            Cells::Texts { spans, .. } => spans.len(),
            Cells::Int(v) => v.len(),
            Cells::Real(v) => v.len(),
            Cells::Date(v) => v.len(),
            Cells::Bool(v) => v.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The different texts of a column that keeps a list of them.
    pub fn words(&self) -> Option<&[Arc<str>]> {
        match &self.cells {
            Cells::Words { words, .. } => Some(words),
            _ => None,
        }
    }

    /// The text of a row of a column that holds texts; `None` for null and for other columns.
    pub fn text(&self, row: usize) -> Option<&str> {
        match &self.cells {
            Cells::Words { words, codes } => codes.get(row).and_then(|c| words.get(*c as usize)).map(|w| &**w),
            Cells::Texts { all, spans } => spans.get(row).and_then(|[from, to]| all.get(*from as usize..*to as usize)),
            _ => None,
        }
    }

    /// The value of a row; `Null` past the end.
    pub fn value(&self, row: usize) -> Value {
        let text = |text: Arc<str>| if self.field.kind == FieldKind::Decimal { Value::Decimal(text) } else { Value::Text(text) };
        match &self.cells {
            Cells::Words { words, codes } => {
                codes.get(row).and_then(|c| words.get(*c as usize)).map_or(Value::Null, |word| text(word.clone()))
            }
            Cells::Texts { .. } => self.text(row).map_or(Value::Null, |t| text(t.into())),
            Cells::Int(v) => v.get(row).copied().flatten().map_or(Value::Null, Value::Int),
            Cells::Real(v) => v.get(row).copied().flatten().map_or(Value::Null, Value::Real),
            Cells::Date(v) => v.get(row).copied().flatten().map_or(Value::Null, Value::Date),
            Cells::Bool(v) => v.get(row).copied().flatten().map_or(Value::Null, Value::Bool),
        }
    }
}

/// Builds a column row by row.
#[derive(Clone, Debug)]
pub struct ColumnBuilder {
    column: Column,
    codes: HashMap<Arc<str>, u32>,
}

impl ColumnBuilder {
    pub fn new(field: Field) -> Self {
        let cells = match field.kind {
            FieldKind::Text | FieldKind::Decimal => Cells::Words { words: Vec::new(), codes: Vec::new() },
            FieldKind::Int => Cells::Int(Vec::new()),
            FieldKind::Real => Cells::Real(Vec::new()),
            FieldKind::Date => Cells::Date(Vec::new()),
            FieldKind::Bool => Cells::Bool(Vec::new()),
        };
        Self { column: Column { field, cells }, codes: HashMap::new() }
    }

    /// Room for as many further rows.
    pub fn reserve(&mut self, rows: usize) {
        match &mut self.column.cells {
            Cells::Words { codes, .. } => codes.reserve(rows),
            Cells::Texts { spans, .. } => spans.reserve(rows),
            Cells::Int(v) => v.reserve(rows),
            Cells::Real(v) => v.reserve(rows),
            Cells::Date(v) => v.reserve(rows),
            Cells::Bool(v) => v.reserve(rows),
        }
    }

    /// Adds a row. A value of another kind than the column's is kept as null by typed columns and as its text by text columns.
    pub fn push(&mut self, value: &Value) {
        match (&mut self.column.cells, value) {
            (Cells::Words { codes, .. }, Value::Null) => codes.push(NO_WORD),
            (Cells::Texts { spans, .. }, Value::Null) => spans.push(NO_TEXT),
            (Cells::Words { .. } | Cells::Texts { .. }, Value::Text(s) | Value::Decimal(s)) => self.push_text(s),
            (Cells::Words { .. } | Cells::Texts { .. }, other) => self.push_text(&other.to_string()),
            (Cells::Int(v), Value::Int(n)) => v.push(Some(*n)),
            (Cells::Int(v), _) => v.push(None),
            (Cells::Real(v), other) => v.push(other.number()),
            (Cells::Date(v), Value::Date(d)) => v.push(Some(*d)),
            (Cells::Date(v), _) => v.push(None),
            (Cells::Bool(v), Value::Bool(b)) => v.push(Some(*b)),
            (Cells::Bool(v), _) => v.push(None),
        }
    }

    /// Adds a text row without making a `Value` of it first.
    pub fn push_text(&mut self, text: &str) {
        match &mut self.column.cells {
            Cells::Words { words, codes } => {
                let code = match self.codes.get(text) {
                    Some(code) => *code,
                    None => {
                        let word: Arc<str> = text.into();
                        let code = words.len() as u32;
                        words.push(word.clone());
                        self.codes.insert(word, code);
                        code
                    }
                };
                codes.push(code);
                if words.len() > FEW_WORDS && 2 * words.len() > codes.len() {
                    self.without_dictionary();
                }
            }
            Cells::Texts { all, spans } => {
                let from = all.len();
                all.push_str(text);
                // A column of more than 4 GiB of text cannot be numbered; no file that is read here holds one.
                spans.push([from as u32, all.len() as u32]);
            }
            _ => self.push(&Value::text(text)),
        }
    }

    /// From here on texts are kept as they come: for columns of which hardly a text comes again.
    pub fn without_dictionary(&mut self) {
        let Cells::Words { words, codes } = &self.column.cells else { return };
        let (mut all, mut spans) = (String::new(), Vec::with_capacity(codes.capacity().max(2 * codes.len())));
        for code in codes {
            match words.get(*code as usize) {
                Some(word) => {
                    let from = all.len() as u32;
                    all.push_str(word);
                    spans.push([from, all.len() as u32]);
                }
                None => spans.push(NO_TEXT),
            }
        }
        self.column.cells = Cells::Texts { all, spans };
        self.codes = HashMap::new();
    }

    /// Adds the value of an earlier row of this column once more.
    pub fn push_again(&mut self, row: usize) {
        match &mut self.column.cells {
            Cells::Words { codes, .. } => codes.push(codes[row]),
            Cells::Texts { spans, .. } => spans.push(spans[row]),
            _ => self.push(&self.column.value(row)),
        }
    }

    /// Adds all rows of another column of the same field.
    pub fn append(&mut self, other: &Column) {
        match (&mut self.column.cells, &other.cells) {
            (Cells::Texts { all, spans }, Cells::Texts { all: more, spans: further }) => {
                let base = all.len() as u32;
                all.push_str(more);
                spans.extend(further.iter().map(|&[from, to]| if from == u32::MAX { NO_TEXT } else { [from + base, to + base] }));
            }
            (Cells::Words { .. }, Cells::Words { words, codes: more }) => {
                // Each word is looked up once, at its first row.
                let mut seen: Vec<Option<usize>> = vec![None; words.len()];
                for (i, code) in more.iter().enumerate() {
                    let first = seen.get(*code as usize).copied().flatten();
                    match (first, words.get(*code as usize)) {
                        (Some(row), _) => self.push_again(row),
                        (None, Some(word)) => {
                            seen[*code as usize] = Some(self.len());
                            self.push_text(word);
                        }
                        (None, None) => self.push(&other.value(i)),
                    }
                }
            }
            (Cells::Words { .. } | Cells::Texts { .. }, Cells::Texts { .. } | Cells::Words { .. }) => {
                (0..other.len()).for_each(|row| match other.text(row) {
                    Some(text) => self.push_text(text),
                    None => self.push(&Value::Null),
                });
            }
            (Cells::Int(v), Cells::Int(more)) => v.extend_from_slice(more),
            (Cells::Real(v), Cells::Real(more)) => v.extend_from_slice(more),
            (Cells::Date(v), Cells::Date(more)) => v.extend_from_slice(more),
            (Cells::Bool(v), Cells::Bool(more)) => v.extend_from_slice(more),
            _ => (0..other.len()).for_each(|row| self.push(&other.value(row))),
        }
    }

    pub fn len(&self) -> usize {
        self.column.len()
    }

    pub fn is_empty(&self) -> bool {
        self.column.is_empty()
    }

    pub fn finish(self) -> Column {
        self.column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_the_forms_offices_write() {
        let day = Some(Date { year: 2012, month: 9, day: 12 });
        for text in ["2012-09-12", "20120912", "2012/9/12", "2012年9月12日"] {
            assert_eq!(Date::parse(text), day, "{text}");
        }
        assert_eq!(Date::parse("2013-02-29"), None);
        assert_eq!(Date::parse(""), None);
    }

    #[test]
    fn a_column_is_the_same_whether_its_texts_come_again_or_not() {
        let mut builder = ColumnBuilder::new(Field::new("id", FieldKind::Text));
        let value = |i: usize| if i % 7 == 3 { Value::Null } else { Value::text(&format!("地块{i}")) };
        (0..10_000).for_each(|i| builder.push(&value(i)));
        let column = builder.finish();
        let mut twice = ColumnBuilder::new(Field::new("id", FieldKind::Text));
        twice.append(&column);
        twice.append(&column);
        let twice = twice.finish();
        assert_eq!((column.len(), twice.len()), (10_000, 20_000));
        for i in 0..10_000 {
            assert_eq!((column.value(i), twice.value(10_000 + i)), (value(i), value(i)));
        }
        assert_eq!(column.value(10_000), Value::Null);
    }

    #[test]
    fn codes_keep_their_zeros_and_null_is_not_empty() {
        let mut builder = ColumnBuilder::new(Field::new("DLBM", FieldKind::Decimal));
        builder.push(&Value::Decimal("0101".into()));
        builder.push(&Value::Null);
        builder.push(&Value::Decimal("".into()));
        let column = builder.finish();
        assert_eq!(column.value(0), Value::Decimal("0101".into()));
        assert_eq!(column.value(1), Value::Null);
        assert_eq!(column.value(2), Value::Decimal("".into()));
    }
}

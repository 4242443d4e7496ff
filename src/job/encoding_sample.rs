//! The first texts of a file in each encoding that it may be in, for a person to choose the one that reads.

use super::Input;
use crate::io::{Raw, read_source, reader_for};
use crate::model::FieldKind;
use crate::task::Progress;

/// The encodings that files of offices are in.
const LABELS: [&str; 4] = ["GB18030", "UTF-8", "Big5", "windows-1252"];

const ROWS: usize = 5;
const COLUMNS: usize = 3;

/// How some rows read in one encoding.
#[derive(Clone, Debug, PartialEq)]
pub struct EncodingSample {
    pub label: &'static str,
    pub fields: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Places of the whole file that are no character of it.
    pub unreadable: usize,
}

/// How `input` reads in each; nothing of a file that cannot be read at all.
pub fn encoding_samples(input: &Input, progress: &Progress) -> Vec<EncodingSample> {
    LABELS.into_iter().filter_map(|label| sample(input, label, progress)).collect()
}

fn sample(input: &Input, label: &'static str, progress: &Progress) -> Option<EncodingSample> {
    let source = read_source(&input.path).ok()?;
    let reader = reader_for(&source).ok()?;
    let options = crate::io::ReadOptions { encoding: Some(label.to_owned()), ..input.settings.options.clone() };
    let raw = Raw::read(reader, &source, &options, None, None, progress).ok()?;
    let texts: Vec<usize> = (0..raw.fields.len()).filter(|c| raw.fields[*c].kind == FieldKind::Text).collect();
    let word = |row: usize, column: usize| raw.value(row, column).to_string();
    let telling = |row: &usize| texts.iter().any(|column| !word(*row, *column).is_ascii());
    let rows: Vec<usize> = (0..raw.len()).filter(telling).take(ROWS).collect();
    let mut columns: Vec<usize> = texts.iter().copied().filter(|c| rows.iter().any(|row| !word(*row, *c).is_ascii())).collect();
    columns.truncate(COLUMNS);
    let spoilt = |row: usize| texts.iter().map(|c| word(row, *c).matches('\u{fffd}').count()).sum::<usize>();
    Some(EncodingSample {
        label,
        fields: columns.iter().map(|c| raw.fields[*c].name.to_string()).collect(),
        rows: rows.iter().map(|row| columns.iter().map(|c| word(*row, *c)).collect()).collect(),
        unreadable: (0..raw.len()).map(spoilt).sum(),
    })
}

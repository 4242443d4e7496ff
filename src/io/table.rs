//! Plain tables as offices send them: Excel and WPS workbooks and CSV, every cell as its text. The home of `calamine`.

use super::dbf;
use super::encoding::decode_file;
use super::{FileBytes, ReadError, Source, hash, read_source};
use crate::model::{Column, ColumnBuilder};
use crate::task::{Outcome, guard};
use crate::text::Message;
use calamine::{Data, Dimensions, Reader, Sheets, open_workbook_auto_from_rs};
use std::io::Cursor;
use std::path::Path;

/// The sheets of a file, every row and cell as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grids {
    /// File name without its folder.
    pub file: String,
    pub format: &'static str,
    /// BLAKE3 of the file.
    pub hash: [u8; 32],
    pub sheets: Vec<Grid>,
    /// Encoding of a text file, and how it was found.
    pub encoding: Option<(String, Message)>,
    /// What reading found: encoding, merged cells, cells with errors.
    pub notes: Vec<Message>,
}

/// One sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// Empty for a text file.
    pub name: String,
    /// Row number in the file from 1, and its cells from the first column on; trimmed.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// A sheet with its row of titles found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub sheet: String,
    pub header: Vec<String>,
    /// Row number of the titles, from 1.
    pub header_row: usize,
    /// What stands above the titles, one text a row.
    pub above: Vec<String>,
    /// Row number and cells, as many as titles; empty rows are left out.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// Rows that are looked at for the titles.
const HEADER_WITHIN: usize = 30;

/// Reads a table file: `.xlsx .xls .xlsb .ods .et .dbf` or delimited text. `encoding`: the user's word for a text file.
///
/// # Errors
/// When it cannot be read, or is no table.
pub fn read_grids(path: &Path, encoding: Option<&str>) -> Result<Grids, ReadError> {
    grids_of(&read_source(path)?, encoding)
}

/// The same of a source that was read already.
///
/// # Errors
/// As [`read_grids`].
pub(super) fn grids_of(source: &Source, encoding: Option<&str>) -> Result<Grids, ReadError> {
    let file = source.name();
    let refused = |message: Message| ReadError(message.with("file", file.clone()));
    if source.bytes.is_empty() {
        return Err(refused(Message::new("io.empty")));
    }
    let mut grids = if is_workbook(source) {
        // A broken workbook may break its reader; that ends no program here.
        match guard(|| workbook(source)) {
            Outcome::Done(read) => read.map_err(refused)?,
            Outcome::Crashed(cause) => return Err(refused(Message::new("table.broken").with("cause", cause))),
        }
    } else if source.extension() == "dbf" {
        dbase(source, encoding).map_err(refused)?
    } else {
        text(source, encoding).map_err(refused)?
    };
    grids.hash = hash(source);
    grids.file = file;
    Ok(grids)
}

pub(super) fn is_workbook(source: &Source) -> bool {
    // A zip (xlsx, xlsb, ods) or the older compound file (xls, et).
    source.bytes.starts_with(b"PK\x03\x04") || source.bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

fn workbook(source: &Source) -> Result<Grids, Message> {
    let broken = |cause: String| Message::new("table.broken").with("cause", cause);
    let mut book = open_workbook_auto_from_rs(Cursor::new(source.bytes.clone())).map_err(|e| broken(e.to_string()))?;
    let mut grids = Grids { format: "workbook", ..Grids::default() };
    let (mut repeated, mut errors) = (0_usize, 0_usize);
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(|e| broken(e.to_string()))?;
        let Some((top, left)) = range.start() else { continue };
        let mut rows: Vec<(usize, Vec<String>)> = Vec::with_capacity(range.height());
        for (i, row) in range.rows().enumerate() {
            let mut cells = vec![String::new(); left as usize];
            for cell in row {
                errors += usize::from(matches!(cell, Data::Error(_)));
                cells.push(shown(cell));
            }
            rows.push((top as usize + i + 1, cells));
        }
        for merged in merged_cells(&mut book, &name) {
            repeated += repeat(&mut rows, top as usize, merged);
        }
        grids.sheets.push(Grid { name, rows });
    }
    if repeated > 0 {
        grids.notes.push(Message::new("table.merged").with("count", repeated));
    }
    if errors > 0 {
        grids.notes.push(Message::new("table.cell_errors").with("count", errors));
    }
    Ok(grids)
}

fn merged_cells(book: &mut Sheets<Cursor<FileBytes>>, sheet: &str) -> Vec<Dimensions> {
    match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Writes what a merged cell holds into all of its places; gives how many.
fn repeat(rows: &mut [(usize, Vec<String>)], top: usize, merged: Dimensions) -> usize {
    let (from, to) = (merged.start, merged.end);
    let Some(value) = rows.get((from.0 as usize).wrapping_sub(top)).and_then(|(_, cells)| cells.get(from.1 as usize)).cloned() else {
        return 0;
    };
    if value.is_empty() {
        return 0;
    }
    let mut count = 0;
    for row in from.0..=to.0 {
        let Some((_, cells)) = rows.get_mut((row as usize).wrapping_sub(top)) else { continue };
        for cell in cells.iter_mut().take(to.1 as usize + 1).skip(from.1 as usize).filter(|cell| cell.is_empty()) {
            cell.clone_from(&value);
            count += 1;
        }
    }
    count
}

/// A cell as a person reads it: whole numbers without decimals, days as `2012-09-12`; an error is nothing.
fn shown(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DurationIso(text) => text.trim().to_owned(),
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or(text).trim().to_owned(),
        Data::Int(n) => n.to_string(),
        Data::Float(x) => x.to_string(),
        Data::Bool(b) => b.to_string(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTime(span) => span.as_f64().to_string(),
    }
}

/// A dBASE table: its fields as the row of titles, then the records that are not deleted.
fn dbase(source: &Source, encoding: Option<&str>) -> Result<Grids, Message> {
    let table = dbf::Table::open(&source.bytes, source.sibling("cpg").map(|b| &b[..]), encoding)?;
    let (layout, chosen) = (&table.layout, table.encoding.clone());
    let records = source.bytes.get(layout.header_length..).unwrap_or(&[]);
    let found = layout.count(records.len());
    let kept: Vec<u32> = (0..found).filter(|i| !layout.is_deleted(records, *i)).map(|i| i as u32).collect();
    let column = |number: usize| {
        let mut builder = ColumnBuilder::new(table.fields[number].clone());
        table.decode(number, records, &kept, &mut builder);
        builder.finish()
    };
    let columns: Vec<Column> = (0..table.fields.len()).map(column).collect();
    let mut rows = vec![(1, table.fields.iter().map(|f| f.name.to_string()).collect::<Vec<_>>())];
    let cells = |row: usize| columns.iter().map(|c| c.value(row).to_string().trim().to_owned()).collect();
    rows.extend(kept.iter().enumerate().map(|(row, record)| (*record as usize + 2, cells(row))));
    let mut notes = vec![Message::new("io.encoding_is").with("encoding", chosen.encoding.name()).with("how", chosen.how.clone())];
    notes.extend(table.doubts());
    if found < layout.promised {
        notes.push(Message::new("io.dbf_truncated").with("promised", layout.promised).with("found", found));
    }
    let encoding = Some((chosen.encoding.name().to_owned(), chosen.how));
    Ok(Grids { format: "dbf", sheets: vec![Grid { name: String::new(), rows }], encoding, notes, ..Grids::default() })
}

fn text(source: &Source, encoding: Option<&str>) -> Result<Grids, Message> {
    // Four bytes of nothing in a text are no text.
    let is_utf16 = source.bytes.starts_with(&[0xFF, 0xFE]) || source.bytes.starts_with(&[0xFE, 0xFF]);
    if source.bytes.iter().take(4096).filter(|b| **b == 0).count() > 3 && !is_utf16 {
        return Err(Message::new("table.no_table"));
    }
    let (text, chosen) = decode_file(&source.bytes, encoding)?;
    let encoding = Some((chosen.encoding.name().to_owned(), chosen.how.clone()));
    let mut notes = vec![Message::new("io.encoding_is").with("encoding", chosen.encoding.name()).with("how", chosen.how)];
    notes.extend(chosen.doubt);
    let rows = delimited(&text, delimiter(&text));
    Ok(Grids { format: "csv", sheets: vec![Grid { name: String::new(), rows }], encoding, notes, ..Grids::default() })
}

/// The sign that stands most often outside quotes in the first lines.
fn delimiter(text: &str) -> char {
    let count = |sign: char| {
        let mut quoted = false;
        let lines = text.lines().take(20).flat_map(str::chars);
        lines
            .filter(|c| {
                quoted ^= *c == '"';
                *c == sign && !quoted
            })
            .count()
    };
    // The earlier of two alike.
    let signs = [',', '\t', ';', '|', '\u{ff0c}'];
    signs.into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(',')
}

/// Rows of delimited text with quotes; a row's number is that of its first line.
fn delimited(text: &str, sign: char) -> Vec<(usize, Vec<String>)> {
    let mut rows = Vec::new();
    let (mut cells, mut cell, mut quoted, mut line, mut begun) = (Vec::new(), String::new(), false, 1, 1);
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            '\n' if !quoted => {
                cells.push(cell.trim().to_owned());
                cell.clear();
                rows.push((begun, std::mem::take(&mut cells)));
                line += 1;
                begun = line;
            }
            '\r' if !quoted => {}
            c if c == sign && !quoted => {
                cells.push(cell.trim().to_owned());
                cell.clear();
            }
            c => {
                line += usize::from(c == '\n');
                cell.push(c);
            }
        }
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell.trim().to_owned());
        rows.push((begun, cells));
    }
    rows
}

impl Grids {
    /// The first sheet with a row of titles that names `field`, whatever its case and blanks; that row is the header.
    pub fn table_with(&self, field: &str) -> Option<Table> {
        let wanted = title(field);
        self.sheets.iter().find_map(|sheet| {
            let is_header = |(_, cells): &(usize, Vec<String>)| cells.iter().any(|cell| title(cell) == wanted);
            let at = sheet.rows.iter().take(HEADER_WITHIN).position(is_header)?;
            let (header_row, titles) = sheet.rows.get(at)?;
            let header: Vec<String> = titles.iter().map(|t| t.split_whitespace().collect::<Vec<_>>().join("")).collect();
            let filled = |(_, cells): &&(usize, Vec<String>)| cells.iter().any(|cell| !cell.is_empty());
            let above = sheet.rows.iter().take(at).filter(filled).map(|(_, cells)| {
                let mut words: Vec<&str> = cells.iter().map(String::as_str).filter(|c| !c.is_empty()).collect();
                words.dedup();
                words.join(" ")
            });
            let mut rows: Vec<(usize, Vec<String>)> = sheet.rows.iter().skip(at + 1).filter(filled).cloned().collect();
            rows.iter_mut().for_each(|(_, cells)| cells.resize(header.len(), String::new()));
            Some(Table { sheet: sheet.name.clone(), above: above.collect(), header, header_row: *header_row, rows })
        })
    }

    /// Every cell of the likeliest row of titles: the fullest of the first rows. For a message about a title that is not there.
    pub fn likely_titles(&self) -> Vec<String> {
        let full = |cells: &[String]| cells.iter().filter(|c| !c.is_empty()).count();
        let rows = self.sheets.iter().flat_map(|sheet| sheet.rows.iter().take(HEADER_WITHIN)).map(|(_, cells)| cells);
        let fullest = rows.fold(&[][..], |best, row| if full(row) > full(best) { row } else { best });
        fullest.iter().filter(|c| !c.is_empty()).cloned().collect()
    }
}

/// A title without blanks and case.
fn title(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{XlsxCell, XlsxColumn, XlsxForm, XlsxWriter};

    #[test]
    fn delimited_text_in_the_forms_that_are_sent() {
        assert_eq!(
            delimited("a,\"b,\"\"c\"\"\nd\"\r\n e , \n", ','),
            [(1, vec!["a".to_owned(), "b,\"c\"\nd".to_owned()]), (3, vec!["e".to_owned(), String::new()])]
        );
        assert_eq!(delimiter("a;b;c\n1,5;2;3"), ';');
        assert_eq!(delimiter("a\tb"), '\t');
        assert_eq!(delimiter("a"), ',');
    }

    #[test]
    fn titles_are_found_below_the_title_of_the_page() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("项目.csv");
        let (bytes, ..) =
            encoding_rs::GB18030.encode("拟选址项目一览表,,\r\n,,\r\n编 号,项目名称,投资强度\r\nA1,一号,300\r\n,,\r\nA2,二号,\r\n");
        std::fs::write(&path, bytes).unwrap();
        let grids = read_grids(&path, None).unwrap();
        let table = grids.table_with("编号").unwrap();
        assert_eq!((table.header_row, &table.above[..]), (3, &["拟选址项目一览表".to_owned()][..]));
        assert_eq!(table.header, ["编号", "项目名称", "投资强度"]);
        assert_eq!(table.rows, [(4, vec!["A1".into(), "一号".into(), "300".into()]), (6, vec!["A2".into(), "二号".into(), String::new()])]);
        assert!(grids.table_with("代码").is_none());
        assert_eq!(grids.likely_titles(), ["编 号", "项目名称", "投资强度"]);
    }

    #[test]
    fn a_dbase_table_is_read_without_its_deleted_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("项目.dbf");
        let mut bytes = vec![3, 112, 9, 12, 2, 0, 0, 0, 65, 0, 9, 0];
        bytes.resize(32, 0);
        bytes.extend(b"ID\0\0\0\0\0\0\0\0\0C");
        bytes.extend([0, 0, 0, 0, 8]);
        bytes.resize(64, 0);
        bytes.extend(b"\x0d*A1      ");
        bytes.extend([&b" "[..], &encoding_rs::GB18030.encode("胶州").0, b"    "].concat());
        std::fs::write(&path, bytes).unwrap();
        let grids = read_grids(&path, None).unwrap();
        assert_eq!(grids.sheets[0].rows, [(1, vec!["ID".to_owned()]), (3, vec!["胶州".to_owned()])]);
    }

    #[test]
    fn a_workbook_is_read_as_text_and_broken_ones_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("项目.xlsx");
        let mut writer = XlsxWriter::create(&path, "x").unwrap();
        let column = |title: &str| XlsxColumn { title: title.into(), width: 10.0, form: XlsxForm::Text };
        let sheet = writer.add_sheet("表", &[column("编号"), column("面积")]).unwrap();
        writer.row(sheet, &[XlsxCell::Number(370_281_001.0), XlsxCell::Number(1.25)]).unwrap();
        writer.finish().unwrap().commit().unwrap();
        let table = read_grids(&path, None).unwrap().table_with("编号").unwrap();
        assert_eq!(table.rows, [(2, vec!["370281001".to_owned(), "1.25".to_owned()])]);
        let bytes = std::fs::read(&path).unwrap();
        for cut in [5, 100, bytes.len() / 2, bytes.len() - 3] {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            assert!(read_grids(&path, None).is_err(), "{cut}");
        }
    }
}

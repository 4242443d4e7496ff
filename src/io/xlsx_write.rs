//! Excel workbooks, written row by row: titles that stay in sight, numbers as numbers. The home of `rust_xlsxwriter`.

use super::files::write_refused;
use super::{PartFile, WriteError};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};
use std::path::{Path, PathBuf};

/// How the numbers of a column are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XlsxForm {
    Text,
    /// Long words, broken into lines.
    Words,
    /// Whole numbers.
    Count,
    /// As it is.
    General,
    /// This many decimals, no groups: coordinates.
    Plain(usize),
    /// Groups of three and this many decimals.
    Decimals(usize),
    /// A share 0…1, shown as percent with two decimals.
    Percent,
}

/// The head of a column.
#[derive(Clone, Debug)]
pub struct XlsxColumn {
    pub title: String,
    /// In characters of the usual font.
    pub width: f64,
    pub form: XlsxForm,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum XlsxCell<'a> {
    Empty,
    Text(&'a str),
    Number(f64),
}

/// Rows that a sheet has in Excel, its title row included.
pub const XLSX_ROWS: u32 = 1_048_576;
/// Characters that a cell holds in Excel.
const CELL_CHARACTERS: usize = 32_767;

/// A workbook being written. Rows go to a file that has no name until the workbook is whole. Equal rows make equal bytes:
/// the day it says it was made on is fixed.
pub struct XlsxWriter {
    book: Workbook,
    part: PartFile,
    path: PathBuf,
    sheets: Vec<Sheet>,
}

struct Sheet {
    columns: Vec<Format>,
    next: u32,
}

/// A sheet of an [`XlsxWriter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XlsxSheet(usize);

impl XlsxWriter {
    /// # Errors
    /// When the folder is missing or the system refuses.
    pub fn create(path: &Path, title: &str) -> Result<Self, WriteError> {
        // Begun first: that there is no such folder is known before the work, not after it.
        let part = PartFile::create(path)?;
        let mut book = Workbook::new();
        let day = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|e| write_refused(path, &e))?;
        book.set_properties(&DocProperties::new().set_title(title).set_author("Luodi").set_creation_datetime(&day));
        Ok(Self { book, part, path: path.to_owned(), sheets: Vec::new() })
    }

    /// Adds a sheet with its row of titles, which stays in sight.
    ///
    /// # Errors
    /// A name that Excel does not take; no room for the rows.
    pub fn add_sheet(&mut self, name: &str, columns: &[XlsxColumn]) -> Result<XlsxSheet, WriteError> {
        let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_border_bottom(FormatBorder::Thin);
        let made = |book: &mut Workbook| -> Result<(), XlsxError> {
            let sheet = book.add_worksheet_with_constant_memory()?;
            sheet.set_name(name)?.set_freeze_panes(1, 0)?;
            for (i, column) in columns.iter().enumerate() {
                sheet.set_column_width(i as u16, column.width)?;
            }
            for (i, column) in columns.iter().enumerate() {
                sheet.write_string_with_format(0, i as u16, column.title.as_str(), &head)?;
            }
            Ok(())
        };
        made(&mut self.book).map_err(|e| write_refused(&self.path, &e))?;
        self.sheets.push(Sheet { columns: columns.iter().map(|c| format(c.form)).collect(), next: 1 });
        Ok(XlsxSheet(self.sheets.len() - 1))
    }

    /// Rows that a sheet still has room for.
    pub fn room(&self, sheet: XlsxSheet) -> u32 {
        self.sheets.get(sheet.0).map_or(0, |s| XLSX_ROWS - s.next)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the sheet is full or the system refuses.
    pub fn row(&mut self, sheet: XlsxSheet, cells: &[XlsxCell<'_>]) -> Result<(), WriteError> {
        let Some(place) = self.sheets.get_mut(sheet.0) else { return Ok(()) };
        let at = place.next;
        place.next += 1;
        let columns = &place.columns;
        let written = |book: &mut Workbook| -> Result<(), XlsxError> {
            let sheet = book.worksheet_from_index(sheet.0)?;
            for (i, (cell, format)) in cells.iter().zip(columns).enumerate() {
                match cell {
                    XlsxCell::Empty => {}
                    XlsxCell::Text(text) => {
                        sheet.write_string_with_format(at, i as u16, cut(text), format)?;
                    }
                    // Excel knows no number that is none.
                    XlsxCell::Number(number) if number.is_finite() => {
                        sheet.write_number_with_format(at, i as u16, *number, format)?;
                    }
                    XlsxCell::Number(number) => {
                        sheet.write_string(at, i as u16, number.to_string())?;
                    }
                }
            }
            Ok(())
        };
        written(&mut self.book).map_err(|e| write_refused(&self.path, &e))
    }

    /// The whole file, waiting for its place.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> Result<PartFile, WriteError> {
        let Self { mut book, mut part, path, .. } = self;
        book.save_to_writer(part.file()).map_err(|e| write_refused(&path, &e))?;
        Ok(part)
    }
}

fn format(form: XlsxForm) -> Format {
    let plain = Format::new();
    match form {
        // Text stays text: a code `0101` is no number.
        XlsxForm::Text => plain.set_num_format("@"),
        XlsxForm::Words => plain.set_text_wrap().set_align(FormatAlign::Top),
        XlsxForm::General => plain,
        XlsxForm::Plain(0) => plain.set_num_format("0"),
        XlsxForm::Plain(n) => plain.set_num_format(format!("0.{}", "0".repeat(n))),
        XlsxForm::Count => plain.set_num_format("#,##0"),
        XlsxForm::Decimals(n) => plain.set_num_format(format!("#,##0.{}", "0".repeat(n))),
        XlsxForm::Percent => plain.set_num_format("0.00%"),
    }
}

/// As much of a text as a cell holds, with an ellipsis where something is missing.
fn cut(text: &str) -> String {
    if text.chars().count() <= CELL_CHARACTERS {
        return text.to_owned();
    }
    text.chars().take(CELL_CHARACTERS - 1).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};

    #[test]
    fn what_is_written_is_read_by_another_library_and_is_the_same_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.xlsx");
        let column = |title: &str, form| XlsxColumn { title: title.into(), width: 12.0, form };
        let write = || {
            let mut writer = XlsxWriter::create(&path, "结果").unwrap();
            let columns = [column("编号\nsite_id", XlsxForm::Text), column("面积", XlsxForm::Decimals(4))];
            let sheet = writer.add_sheet("核查结果", &columns).unwrap();
            let other = writer.add_sheet("说明", &columns).unwrap();
            for i in 0..100 {
                writer.row(sheet, &[XlsxCell::Text("0101"), XlsxCell::Number(f64::from(i) + 0.5)]).unwrap();
                writer.row(other, &[XlsxCell::Text("一"), XlsxCell::Empty]).unwrap();
            }
            assert_eq!(writer.room(sheet), XLSX_ROWS - 101);
            writer.finish().unwrap().commit().unwrap();
            crate::io::read_bytes(&path).unwrap()
        };
        let bytes = write();
        assert!(bytes == write());
        let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(&bytes[..])).unwrap();
        assert_eq!(book.sheet_names(), ["核查结果", "说明"]);
        let range = book.worksheet_range("核查结果").unwrap();
        assert_eq!(range.get_value((0, 0)), Some(&Data::String("编号\nsite_id".into())));
        assert_eq!(range.get_value((100, 0)), Some(&Data::String("0101".into())));
        assert_eq!(range.get_value((100, 1)), Some(&Data::Float(99.5)));
    }

    #[test]
    fn a_cell_is_cut_where_excel_would_refuse_it() {
        assert_eq!(cut("短"), "短");
        assert_eq!(cut(&"长".repeat(40_000)).chars().count(), CELL_CHARACTERS);
    }
}

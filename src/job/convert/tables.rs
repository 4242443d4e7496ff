//! Tables of features, CSV and Excel: a row a feature with well-known text, or a row a point.

use super::features::Features;
use super::{Conversion, TableForm};
use crate::crs::{Crs, Kind};
use crate::geom::{Point, RingsRef};
use crate::io::{CsvWriter, PartFile, WriteError, XLSX_ROWS, XlsxCell, XlsxColumn, XlsxForm, XlsxWriter, wkt};
use crate::model::{FieldKind, GeometryKind, Value};
use crate::text::Message;

/// Columns that say where a point belongs: feature, part, ring, point. A reader knows them again.
pub(super) const PLACE: [&str; 4] = ["要素号", "部分", "圈号", "点号"];

/// Columns of the reference system and of what the feature is.
const SYSTEM: [&str; 2] = ["坐标系", "图形属性"];

/// Characters that a cell holds in Excel.
const CELL: usize = 32_767;

pub(super) fn csv(order: &Conversion, features: &Features<'_>, _notes: &mut [Message]) -> Result<Vec<u8>, WriteError> {
    let names = features.names_once(|name| name.to_owned());
    let text = match order.form.unwrap_or(TableForm::Wkt) {
        TableForm::Wkt => {
            let titles: Vec<&str> = [SYSTEM[0]].into_iter().chain(names.iter().map(String::as_str)).chain([wkt::COLUMN]).collect();
            let mut out = CsvWriter::new(&titles);
            for row in 0..features.len() {
                let mut cells = vec![features.crs.label()];
                cells.extend(values(features, row));
                cells.push(geometry(features, row));
                out.row(&cells);
            }
            out.into_text()
        }
        TableForm::Points => {
            let mut out = CsvWriter::new(&point_titles(features, &names));
            for row in 0..features.len() {
                let own = values(features, row);
                each_point(features.kind, features.rings(row), |place, at| {
                    let mut cells: Vec<String> = std::iter::once(row + 1).chain(place).map(|n| n.to_string()).collect();
                    cells.extend(ordered(&features.crs, at).map(|v| decimals(&features.crs, v)));
                    cells.extend([features.crs.label(), kind_word(features.kind).to_owned()]);
                    cells.extend_from_slice(&own);
                    out.row(&cells);
                });
                if features.rings(row).is_empty() {
                    let mut cells = vec![(row + 1).to_string()];
                    cells.extend(std::iter::repeat_n(String::new(), 5));
                    cells.extend([features.crs.label(), kind_word(features.kind).to_owned()]);
                    cells.extend_from_slice(&own);
                    out.row(&cells);
                }
            }
            out.into_text()
        }
    };
    encoded(text, order.encoding.as_deref())
}

/// UTF-8 with its mark, which Excel needs, or another encoding of the user's.
fn encoded(text: String, label: Option<&str>) -> Result<Vec<u8>, WriteError> {
    match label {
        None => Ok(text.into_bytes()),
        Some(label) => crate::io::encode_text(text.trim_start_matches('\u{feff}'), label),
    }
}

pub(super) fn xlsx(order: &Conversion, features: &Features<'_>, notes: &mut Vec<Message>) -> Result<PartFile, WriteError> {
    let names = features.names_once(|name| name.to_owned());
    let form = order.form.unwrap_or(TableForm::Points);
    let rows: usize = match form {
        TableForm::Wkt => features.len(),
        TableForm::Points => (0..features.len()).map(|row| points_of(features.kind, features.rings(row)).max(1)).sum(),
    };
    if rows >= XLSX_ROWS as usize {
        return Err(WriteError(Message::new("io.write_xlsx_rows").with("count", rows)));
    }
    if form == TableForm::Wkt {
        let long = (0..features.len()).filter(|row| geometry(features, *row).len() > CELL).count();
        if long > 0 {
            return Err(WriteError(Message::new("io.write_xlsx_cell").with("count", long)));
        }
    }
    let column = |title: &str, form| XlsxColumn { title: title.to_owned(), width: 14.0, form };
    let own = names.iter().zip(&*features.fields).map(|(name, field)| column(name, number_form(field.kind)));
    let columns: Vec<XlsxColumn> = match form {
        TableForm::Wkt => {
            let system = [column(SYSTEM[0], XlsxForm::Text)];
            system.into_iter().chain(own).chain([column(wkt::COLUMN, XlsxForm::Text)]).collect()
        }
        TableForm::Points => {
            let place = PLACE.iter().map(|title| column(title, XlsxForm::Plain(0)));
            let digits = if features.crs.kind() == Ok(Kind::Geographic) { 9 } else { 4 };
            let numbers = coordinate_titles(&features.crs).map(|title| column(title, XlsxForm::Plain(digits)));
            place.chain(numbers).chain(SYSTEM.map(|title| column(title, XlsxForm::Text))).chain(own).collect()
        }
    };
    let mut writer = XlsxWriter::create(&order.out, &features.stem)?;
    let sheet = writer.add_sheet(if form == TableForm::Wkt { "要素" } else { "界址点" }, &columns)?;
    let label = features.crs.label();
    let system = [XlsxCell::Text(&label), XlsxCell::Text(kind_word(features.kind))];
    let mut cut = 0;
    for row in 0..features.len() {
        let words = values(features, row);
        cut += words.iter().filter(|word| word.chars().count() > CELL).count();
        let own = || (0..names.len()).zip(&words).map(|(c, word)| cell(&features.value(row, c), word));
        if form == TableForm::Wkt {
            let shape = geometry(features, row);
            let cells: Vec<XlsxCell<'_>> = [system[0]].into_iter().chain(own()).chain([XlsxCell::Text(&shape)]).collect();
            writer.row(sheet, &cells)?;
            continue;
        }
        let mut failed = None;
        let rings = features.rings(row);
        let number = XlsxCell::Number((row + 1) as f64);
        each_point(features.kind, rings, |place, at| {
            let numbers = place.into_iter().map(|n| XlsxCell::Number(n as f64));
            let position = ordered(&features.crs, at).map(XlsxCell::Number);
            let cells: Vec<XlsxCell<'_>> = std::iter::once(number).chain(numbers).chain(position).chain(system).chain(own()).collect();
            if failed.is_none() {
                failed = writer.row(sheet, &cells).err();
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if rings.is_empty() {
            let nothing = std::iter::repeat_n(XlsxCell::Empty, 5);
            let cells: Vec<XlsxCell<'_>> = std::iter::once(number).chain(nothing).chain(system).chain(own()).collect();
            writer.row(sheet, &cells)?;
        }
    }
    if cut > 0 {
        notes.push(Message::new("convert.xlsx_cut").with("count", cut));
    }
    writer.finish()
}

/// Numbers stay numbers where Excel holds them exactly.
fn cell<'a>(value: &Value, word: &'a str) -> XlsxCell<'a> {
    match value {
        Value::Null => XlsxCell::Empty,
        Value::Int(n) if n.unsigned_abs() < 1_000_000_000_000_000 => XlsxCell::Number(*n as f64),
        Value::Real(x) => XlsxCell::Number(*x),
        _ => XlsxCell::Text(word),
    }
}

fn number_form(kind: FieldKind) -> XlsxForm {
    match kind {
        FieldKind::Int | FieldKind::Real => XlsxForm::General,
        _ => XlsxForm::Text,
    }
}

fn values(features: &Features<'_>, row: usize) -> Vec<String> {
    (0..features.fields.len()).map(|column| features.value(row, column).to_string()).collect()
}

fn geometry(features: &Features<'_>, row: usize) -> String {
    // Without `SRID=`: GDAL reads no text with it. The system stands in a column of its own.
    wkt::write(features.kind, features.rings(row), None)
}

fn point_titles<'a>(features: &Features<'_>, names: &'a [String]) -> Vec<&'a str> {
    let mut titles: Vec<&str> = PLACE.to_vec();
    titles.extend(coordinate_titles(&features.crs));
    titles.extend(SYSTEM);
    titles.extend(names.iter().map(String::as_str));
    titles
}

/// The word that boundary-point files have for it.
fn kind_word(kind: GeometryKind) -> &'static str {
    match kind {
        GeometryKind::Area => "面",
        GeometryKind::Line => "线",
        GeometryKind::Point => "点",
        GeometryKind::None => "",
    }
}

/// X is north, as in every survey table; the titles say so.
fn coordinate_titles(crs: &Crs) -> [&'static str; 2] {
    if crs.kind() == Ok(Kind::Geographic) { ["经度", "纬度"] } else { ["X坐标(北)", "Y坐标(东)"] }
}

fn ordered(crs: &Crs, [x, y]: Point) -> [f64; 2] {
    if crs.kind() == Ok(Kind::Geographic) { [x, y] } else { [y, x] }
}

/// A tenth of a millimetre.
fn decimals(crs: &Crs, v: f64) -> String {
    if crs.kind() == Ok(Kind::Geographic) { format!("{v:.9}") } else { format!("{v:.4}") }
}

fn points_of(kind: GeometryKind, rings: RingsRef<'_>) -> usize {
    let closing = if kind == GeometryKind::Area { rings.ring_count() } else { 0 };
    rings.coords().len() + closing
}

/// Every point with the numbers of its part, its ring in the feature and its place in it; a ring ends with its first point.
fn each_point(kind: GeometryKind, rings: RingsRef<'_>, mut write: impl FnMut([usize; 3], Point)) {
    for part in 0..rings.part_count() {
        for ring in rings.part(part) {
            let points = rings.ring(ring);
            let closing = points.first().filter(|_| kind == GeometryKind::Area).map(|p| (0, *p));
            for (i, at) in points.iter().copied().enumerate().chain(closing) {
                write([part + 1, ring + 1, i + 1], at);
            }
        }
    }
}

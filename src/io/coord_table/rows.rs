//! Features of the rows: a row a feature, or rows one after the other as the boundary points of parcels.

use super::columns::{Layout, Meaning, plain};
use super::numbers::{Number, number};
use super::{declared, is_bookkeeping, kind_of_word, value};
use crate::geom::{Point, Rings};
use crate::io::listed_rings::listed_rings;
use crate::io::shapefile::listed;
use crate::io::shapes::kind_of_several;
use crate::io::{Grid, Notes, ReadOptions, wkt};
use crate::model::{Field, FieldKind, GeometryKind, Value};
use crate::text::{Arg, Message};
use std::collections::HashMap;

/// What a table holds, ready to be handed over.
#[derive(Debug, Default)]
pub struct Features {
    pub notes: Notes,
    pub fields: Vec<Field>,
    pub items: Vec<Item>,
}

#[derive(Debug)]
pub struct Item {
    pub record: u32,
    pub rings: Rings,
    pub values: Vec<Value>,
}

/// One row, its cells as they stand.
type Row<'a> = (usize, &'a [String]);

/// One feature to be: its rows, and the points of those that have one.
#[derive(Default)]
struct Group<'a> {
    key: Option<&'a str>,
    rows: Vec<Row<'a>>,
    points: Vec<(String, Point)>,
}

/// A last point nearer than this is the first one: a centimetre, in metres and in degrees.
const CLOSING: [f64; 2] = [0.01, 1e-7];

/// Text of a file that is nothing but geometries, one after the other.
///
/// # Errors
/// The first one that is broken: where, and what it begins with.
pub fn plain_wkt(text: &str, asked: Option<GeometryKind>) -> Result<Features, Message> {
    let mut rest = text;
    let mut shapes = Vec::new();
    let is_gap = |c: char| c.is_whitespace() || c == ';' || c == '\u{feff}';
    while !rest.trim_matches(is_gap).is_empty() {
        rest = rest.trim_start_matches(is_gap);
        match wkt::parse_first(rest) {
            Ok((one, after)) => {
                shapes.push(Some(one));
                rest = after;
            }
            Err(error) => {
                let line = text[..text.len() - rest.len()].lines().count().max(1);
                let message = Message::new("table.wkt_broken").with("line", line.to_string());
                return Err(message.with("cause", error.to_string()).with("text", rest.chars().take(30).collect::<String>()));
            }
        }
    }
    let mut features = Features::default();
    let names = shapes.iter().flatten().filter_map(|s| s.srid).map(|code| format!("EPSG:{code}")).collect::<Vec<_>>();
    features.declare(&names)?;
    let records = 1..=shapes.len() as u32;
    features.add_shapes(asked, records.zip(shapes).map(|(record, shapes)| (record, shapes, Vec::new())).collect());
    Ok(features)
}

/// # Errors
/// A position that cannot be read among the points of a parcel; systems that differ.
pub fn gather(sheets: &[(&Grid, Layout)], options: &ReadOptions) -> Result<Features, Message> {
    let Some((_, layout)) = sheets.first() else { return Ok(Features::default()) };
    let mut features = Features::default();
    if let Some(system) = layout.column(Meaning::System) {
        let names = rows_of(sheets).map(|(_, cells)| cell(cells, system)).filter(|name| !name.is_empty());
        features.declare(&names.map(str::to_owned).collect::<Vec<_>>())?;
    }
    if layout.column(Meaning::Wkt).is_some() {
        features.add_wkt(options.kind, layout, rows_of(sheets).filter(|(_, cells)| cells.iter().any(|c| !c.is_empty())).collect())?;
        return Ok(features);
    }
    let cells = |at: usize| rows_of(sheets).filter_map(move |(_, cells)| cells.get(at));
    let said = layout.column(Meaning::Kind).and_then(|at| cells(at).find_map(|word| kind_of_word(word)));
    let by_rows = said.is_none() && is_point_list(layout, sheets);
    let groups = if by_rows {
        let rows = rows_of(sheets).filter(|(_, cells)| cells.iter().any(|c| !c.is_empty()) && !repeats_titles(layout, cells));
        rows.map(|row| Group { rows: vec![row], ..Group::default() }).collect()
    } else {
        groups(sheets, layout, &mut features.notes.messages)
    };
    let degrees = features.read_numbers(&groups, layout, options);
    let kind = said.unwrap_or(if by_rows { GeometryKind::Point } else { GeometryKind::Area });
    features.add_points(layout, groups, kind, by_rows, degrees)?;
    Ok(features)
}

/// The rows below the titles, sheet after sheet.
fn rows_of<'a>(sheets: &'a [(&Grid, Layout)]) -> impl Iterator<Item = Row<'a>> {
    let of_sheet = |(sheet, layout): &'a (&Grid, Layout)| sheet.rows.iter().skip(layout.skipped);
    sheets.iter().flat_map(of_sheet).map(|(number, cells)| (*number, cells.as_slice()))
}

/// Columns of east and north.
fn position(layout: &Layout) -> [usize; 2] {
    [layout.column(Meaning::East), layout.column(Meaning::North)].map(Option::unwrap_or_default)
}

fn cell(cells: &[String], at: usize) -> &str {
    cells.get(at).map_or("", String::as_str)
}

/// The columns that have a title or hold anything: a row of a hundred commas is no hundred fields.
fn with_something(layout: &Layout, mut columns: Vec<usize>, rows: &[&[String]]) -> Vec<usize> {
    let has_title = |at: usize| layout.titles.get(at).is_some_and(|t| !t.is_empty());
    columns.retain(|at| has_title(*at) || rows.iter().any(|cells| !cell(cells, *at).is_empty()));
    columns
}

/// The titles once more, as on the second page of a printed table.
fn repeats_titles(layout: &Layout, cells: &[String]) -> bool {
    position(layout).iter().all(|at| layout.titles.get(*at).is_some_and(|t| !t.is_empty() && plain(t) == plain(cell(cells, *at))))
}

/// Cuts the rows where a parcel ends: where its id changes, at a blank row or one that is no point, at the end of a sheet.
fn groups<'a>(sheets: &'a [(&Grid, Layout)], layout: &Layout, said: &mut Vec<Message>) -> Vec<Group<'a>> {
    let key_column = layout.column(Meaning::Feature).or_else(|| layout.column(Meaning::Parcel));
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let (mut again, mut passed_over) = (Vec::new(), Vec::new());
    // The group that the next point belongs to.
    let mut current: Option<usize> = None;
    for (sheet, own) in sheets {
        if key_column.is_none() {
            current = None;
        }
        for (record, cells) in sheet.rows.iter().skip(own.skipped) {
            if cells.iter().all(String::is_empty) || repeats_titles(layout, cells) {
                current = None;
                continue;
            }
            let key = key_column.map(|at| cell(cells, at)).filter(|key| !key.is_empty());
            // Words in both places are a heading or a signature; a number in one of them is a position that was spoilt.
            let spoilt = position(layout).map(|at| cell(cells, at)).iter().any(|c| c.contains(|c: char| c.is_ascii_digit()));
            // A side length between two points, a signature, a sum. With an id of its own it is a feature without geometry.
            if !spoilt
                && position(layout).iter().all(|at| number(cell(cells, *at)).is_none())
                && key.is_none_or(|key| known.contains_key(key))
            {
                passed_over.push(*record);
                let is_words = |c: &String| !c.is_empty() && number(c).is_none();
                if key_column.is_none() && cells.iter().any(is_words) {
                    current = None;
                }
                continue;
            }
            let at = match (key, current) {
                (Some(key), Some(at)) if groups[at].key == Some(key) => at,
                (Some(key), _) => match known.get(key) {
                    Some(at) => {
                        again.push(*record);
                        *at
                    }
                    None => {
                        groups.push(Group { key: Some(key), ..Group::default() });
                        known.insert(key, groups.len() - 1);
                        groups.len() - 1
                    }
                },
                (None, Some(at)) => at,
                (None, None) => {
                    groups.push(Group::default());
                    groups.len() - 1
                }
            };
            current = Some(at);
            groups[at].rows.push((*record, cells));
        }
    }
    if !passed_over.is_empty() {
        said.push(Message::new("table.rows_passed_over").with("count", passed_over.len()).with("records", listed(&passed_over)));
    }
    if !again.is_empty() {
        said.push(Message::new("table.ids_again").with("count", again.len()).with("records", listed(&again)));
    }
    groups
}

/// Whether the rows are points by themselves and no boundary: nothing says that they belong together.
fn is_point_list(layout: &Layout, sheets: &[(&Grid, Layout)]) -> bool {
    if layout.column(Meaning::Ring).is_some() || layout.column(Meaning::Part).is_some() {
        return false;
    }
    for at in layout.number_columns() {
        // `J1` is a boundary point by its name; plain numbers may be anything and are told by the rest.
        let digits = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
        let is_boundary = |(_, cells): Row<'_>| cell(cells, at).strip_prefix(['J', 'j']).is_some_and(digits);
        if layout.titles.get(at).is_some_and(|t| plain(t).contains("界址")) || rows_of(sheets).any(is_boundary) {
            return false;
        }
    }
    let at = |cells| position(layout).map(|column| cell(cells, column));
    if let Some(parcel) = layout.column(Meaning::Parcel) {
        let (mut points, mut runs, mut last) = (0, 0, "");
        for (_, cells) in rows_of(sheets).filter(|(_, cells)| !at(cells)[0].is_empty()) {
            points += 1;
            // An empty one belongs to what stands above it.
            let key = cell(cells, parcel);
            if !key.is_empty() && key != last {
                runs += 1;
                last = key;
            }
        }
        return points < 3 * runs;
    }
    // A list that ends where it began is a boundary.
    let rows: Vec<[&str; 2]> = rows_of(sheets).map(|(_, cells)| at(cells)).collect();
    let mut blocks = rows.split(|p| p[0].is_empty());
    !blocks.any(|block| block.len() > 3 && block.first() == block.last())
}

impl Features {
    fn declare(&mut self, names: &[String]) -> Result<(), Message> {
        match declared(names)? {
            Some(Ok(crs)) => {
                self.notes.crs = Some(crs);
                self.notes.crs_how = Some(Message::new("io.crs_by_column"));
            }
            Some(Err(name)) => self.notes.crs_refused = Some(Message::new("io.crs_header_unknown").with("text", name)),
            None => {}
        }
        Ok(())
    }

    fn add_wkt(&mut self, asked: Option<GeometryKind>, layout: &Layout, rows: Vec<Row<'_>>) -> Result<(), Message> {
        let at = layout.column(Meaning::Wkt).unwrap_or_default();
        let columns: Vec<usize> =
            (0..layout.titles.len()).filter(|c| !matches!(layout.meanings[*c], Meaning::Wkt | Meaning::System)).collect();
        let all: Vec<&[String]> = rows.iter().map(|(_, cells)| *cells).collect();
        let columns = with_something(layout, columns, &all);
        self.name_fields(layout, &columns, &all);
        let mut broken = Vec::new();
        let mut codes = Vec::new();
        let mut shapes = Vec::with_capacity(rows.len());
        for (record, cells) in &rows {
            let text = cell(cells, at);
            let one = if text.is_empty() { None } else { wkt::parse(text).ok() };
            if !text.is_empty() && one.is_none() {
                broken.push(*record);
            }
            codes.extend(one.as_ref().and_then(|s| s.srid).map(|code| format!("EPSG:{code}")));
            shapes.push((*record as u32, one, self.values(&columns, cells)));
        }
        if layout.column(Meaning::System).is_none() {
            self.declare(&codes)?;
        }
        if !broken.is_empty() {
            self.notes.messages.push(Message::new("io.records_broken").with("count", broken.len()).with("records", listed(&broken)));
        }
        self.add_shapes(asked, shapes);
        Ok(())
    }

    /// Shapes of one kind; what is of another keeps its values.
    fn add_shapes(&mut self, asked: Option<GeometryKind>, shapes: Vec<(u32, Option<wkt::Shapes>, Vec<Value>)>) {
        let kind = kind_of_several(asked, |kind| shapes.iter().any(|(_, s, _)| s.as_ref().is_some_and(|s| s.holds(kind))));
        let mut others = Vec::new();
        for (record, shapes, values) in shapes {
            let shapes = shapes.unwrap_or_default();
            let [rings, rest @ ..] = match kind {
                GeometryKind::Area => [shapes.areas, shapes.lines, shapes.points],
                GeometryKind::Line => [shapes.lines, shapes.areas, shapes.points],
                _ => [shapes.points, shapes.areas, shapes.lines],
            };
            if rest.iter().any(|r| !r.as_ref().is_empty()) {
                others.push(record as usize);
            }
            self.items.push(Item { record, rings, values });
        }
        if !others.is_empty() {
            self.notes.messages.push(Message::new("io.records_other_kind").with("count", others.len()).with("records", listed(&others)));
        }
        self.notes.kind = kind;
    }

    /// Fields of these columns: numbers that are all numbers are kept as they are written.
    fn name_fields(&mut self, layout: &Layout, columns: &[usize], rows: &[&[String]]) {
        let is_number = |cell: &str| cell.parse::<f64>().is_ok_and(f64::is_finite);
        for at in columns {
            let cells = || rows.iter().filter_map(|cells| cells.get(*at)).filter(|c| !c.is_empty());
            let kind = if cells().next().is_some() && cells().all(|c| is_number(c)) { FieldKind::Decimal } else { FieldKind::Text };
            let title = layout.titles.get(*at).filter(|t| !t.is_empty());
            self.fields.push(Field::new(&title.cloned().unwrap_or_else(|| format!("列{}", at + 1)), kind));
        }
    }

    fn values(&self, columns: &[usize], cells: &[String]) -> Vec<Value> {
        columns.iter().zip(&self.fields).map(|(at, field)| value(cell(cells, *at), field.kind)).collect()
    }

    /// Whether the numbers are degrees; asks where decimal degrees may be `d.mmss`.
    fn read_numbers(&mut self, groups: &[Group<'_>], layout: &Layout, options: &ReadOptions) -> bool {
        let position = position(layout);
        let cells = groups.iter().flat_map(|g| &g.rows).flat_map(|(_, cells)| position.map(|at| cell(cells, at)));
        let numbers: Vec<Number> = cells.filter_map(number).collect();
        let degrees = numbers.iter().all(|n| n.value.abs() <= 360.0);
        let sexagesimal = numbers.iter().filter(|n| n.sexagesimal).count();
        if sexagesimal > 0 {
            self.notes.messages.push(Message::new("table.sexagesimal"));
        }
        if degrees && sexagesimal == 0 && numbers.len() >= 6 && numbers.iter().all(|n| n.packed) && options.crs.is_none() {
            self.notes.crs_refused = Some(Message::new("io.txt_degrees"));
        }
        degrees
    }

    /// `by_rows`: every group is one row and all of its cells are its own.
    fn add_points(
        &mut self,
        layout: &Layout,
        groups: Vec<Group<'_>>,
        kind: GeometryKind,
        by_rows: bool,
        degrees: bool,
    ) -> Result<(), Message> {
        let position = position(layout);
        let is_field = |meaning: Meaning| match meaning {
            Meaning::East | Meaning::North | Meaning::System => false,
            other => by_rows || !is_bookkeeping(other),
        };
        let candidates: Vec<usize> = (0..layout.titles.len()).filter(|c| is_field(layout.meanings[*c])).collect();
        // What differs from point to point belongs to the points.
        let differs = |at: usize| {
            groups.iter().any(|g| {
                let mut cells = g.rows.iter().filter_map(|(_, cells)| cells.get(at)).filter(|c| !c.is_empty());
                cells.next().is_some_and(|first| cells.any(|other| other != first))
            })
        };
        let (of_points, columns): (Vec<usize>, Vec<usize>) = candidates.into_iter().partition(|at| differs(*at));
        if !of_points.is_empty() {
            let names: Vec<&str> = of_points.iter().filter_map(|at| layout.titles.get(*at)).map(String::as_str).collect();
            self.notes.messages.push(Message::new("table.columns_of_points").with("fields", names.join(", ")));
        }
        let rows: Vec<&[String]> = groups.iter().flat_map(|g| &g.rows).map(|(_, cells)| *cells).collect();
        let columns = with_something(layout, columns, &rows);
        self.name_fields(layout, &columns, &rows);
        self.notes.kind = kind;
        self.notes
            .messages
            .push(Message::new(if by_rows { "table.row_is_point" } else { "table.row_is_vertex" }).with("count", groups.len()));
        let ring = |cells: &[String]| {
            let of = |meaning| layout.column(meaning).map_or("", |at| cell(cells, at));
            format!("{}/{}", of(Meaning::Part), of(Meaning::Ring))
        };
        let (mut broken, mut open, mut gap) = (Vec::new(), 0, 0.0_f64);
        let closing = CLOSING[usize::from(degrees)];
        for mut group in groups {
            for (record, cells) in &group.rows {
                let [east, north] = position.map(|at| cell(cells, at));
                match (number(east), number(north)) {
                    (Some(east), Some(north)) => group.points.push((ring(cells), [east.value, north.value])),
                    _ if east.is_empty() && north.is_empty() => {}
                    // With a point missing an area would be wrong.
                    _ if kind != GeometryKind::Point => {
                        let text = format!("{north}, {east}");
                        return Err(Message::new("table.point_broken").with("line", record.to_string()).with("text", text));
                    }
                    _ => broken.push(*record),
                }
            }
            let record = group.rows.first().map_or(0, |(record, _)| *record) as u32;
            let points = group.points.iter().map(|(ring, at)| (ring.as_str(), *at));
            let rings = match kind {
                GeometryKind::Area => {
                    let list = listed_rings(points, closing);
                    open += list.open;
                    gap = gap.max(list.gap.unwrap_or(0.0));
                    list.rings
                }
                GeometryKind::Line => lines(points),
                _ => single_points(points),
            };
            let first_filled =
                |at: &usize| group.rows.iter().filter_map(|(_, cells)| cells.get(*at)).find(|c| !c.is_empty()).map_or("", String::as_str);
            let values = columns.iter().zip(&self.fields).map(|(at, field)| value(first_filled(at), field.kind)).collect();
            self.items.push(Item { record, rings, values });
        }
        if !broken.is_empty() {
            self.notes.messages.push(Message::new("io.records_broken").with("count", broken.len()).with("records", listed(&broken)));
        }
        if open > 0 && !degrees {
            self.notes.messages.push(Message::new("table.open_rings").with("count", open).with("gap", Arg::Metres(gap)));
        }
        Ok(())
    }
}

/// Lines: one ends where its number changes.
fn lines<'a>(points: impl Iterator<Item = (&'a str, Point)>) -> Rings {
    let mut rings = Rings::new();
    let mut path: Vec<Point> = Vec::new();
    let mut current = "";
    for (number, at) in points {
        if number != current && !path.is_empty() {
            rings.push_path(&path);
            rings.end_part();
            path.clear();
        }
        current = number;
        path.push(at);
    }
    if !path.is_empty() {
        rings.push_path(&path);
        rings.end_part();
    }
    rings
}

fn single_points<'a>(points: impl Iterator<Item = (&'a str, Point)>) -> Rings {
    let mut rings = Rings::new();
    for (_, at) in points {
        rings.push_path(&[at]);
        rings.end_part();
    }
    rings
}

//! Which column is what: by its title, and where a title leaves it open by the size of its numbers.

use super::numbers::number;
use crate::io::{Grid, ReadOptions, wkt};
use crate::text::Message;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Wkt,
    /// North or latitude.
    North,
    /// East or longitude.
    East,
    /// Number of the feature, as our own tables have it: bookkeeping.
    Feature,
    /// Id of the parcel: a field too.
    Parcel,
    Part,
    Ring,
    Number,
    System,
    Kind,
    Other,
}

/// How a title names a coordinate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    North,
    East,
    Latitude,
    Longitude,
    /// `X` and `Y` are north and east to surveyors, east and north to everybody else.
    X,
    Y,
}

/// By what it is known which columns are the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Title,
    Size,
    User,
}

/// A sheet with its columns understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// As many as the columns; made up where the table has no titles.
    pub titles: Vec<String>,
    pub meanings: Vec<Meaning>,
    /// Rows of the sheet before the first one with data.
    pub skipped: usize,
    how: How,
}

/// Rows that are looked at for the titles.
const HEADER_WITHIN: usize = 30;
/// Rows whose numbers are looked at.
const SAMPLE: usize = 2000;

const PARCEL: [&str; 20] = [
    "地块编号",
    "地块号",
    "宗地编号",
    "宗地号",
    "宗地代码",
    "地块代码",
    "dkbh",
    "zdh",
    "zddm",
    "parcelid",
    "parcel",
    "parcelno",
    "plotid",
    "plot",
    "siteid",
    "项目编号",
    "图斑编号",
    "图斑号",
    "地块",
    "宗地",
];
const RING: [&str; 8] = ["圈号", "地块圈号", "环号", "圈", "ring", "ringno", "ringid", "界址圈号"];
const NUMBER: [&str; 12] =
    ["点号", "界址点号", "界址点", "点名", "点编号", "序号", "顺序号", "jzdh", "pointno", "pointid", "vertex", "vertexid"];
const SYSTEM: [&str; 5] = ["坐标系", "坐标系统", "crs", "epsg", "srid"];
const WKT: [&str; 7] = ["wkt", "geomwkt", "wktgeom", "geom", "geometry", "thegeom", "几何"];

impl Layout {
    /// `None` when nothing in the sheet is a position.
    ///
    /// # Errors
    /// When two columns are positions and nothing tells which is north; when a column that the user names is not there.
    pub fn guess(sheet: &Grid, options: &ReadOptions) -> Result<Option<Self>, Message> {
        for (at, (_, titles)) in sheet.rows.iter().take(HEADER_WITHIN).enumerate() {
            if let Some(layout) = Self::of_titles(titles, sheet, at + 1, options)? {
                return Ok(Some(layout));
            }
        }
        Ok(Self::without_titles(sheet, options))
    }

    fn of_titles(titles: &[String], sheet: &Grid, skipped: usize, options: &ReadOptions) -> Result<Option<Self>, Message> {
        // A row with positions in it is no row of titles.
        let numbers = titles.iter().filter(|t| number(t).is_some()).count();
        if numbers * 2 > titles.len() || titles.iter().any(|t| wkt::is_wkt(t)) {
            return Ok(None);
        }
        let column = |name: &str| titles.iter().position(|t| plain(t) == plain(name));
        let named = |key: &str| options.fields.iter().find(|(k, _)| k == key).and_then(|(_, name)| column(name));
        let mut meanings: Vec<Meaning> = titles.iter().map(|t| meaning(t)).collect();
        // Of two columns of one meaning the first one has it, the other is a field.
        for at in 1..meanings.len() {
            if meanings[..at].contains(&meanings[at]) {
                meanings[at] = Meaning::Other;
            }
        }
        if let Some(at) = named("id") {
            set(&mut meanings, at, Meaning::Parcel);
        }
        if let Some(at) = named("ring") {
            set(&mut meanings, at, Meaning::Ring);
        }
        let holds_text = |at: usize| cells(sheet, skipped, at).any(wkt::is_wkt);
        let titled = (0..titles.len())
            .find(|at| WKT.contains(&plain(&titles[*at]).as_str()) && (holds_text(*at) || plain(&titles[*at]).contains("wkt")));
        if let Some(at) = named("wkt").or(titled).or_else(|| (0..titles.len()).find(|at| holds_text(*at))) {
            // A row is a feature then: every other column is a field.
            meanings.iter_mut().filter(|m| **m != Meaning::System).for_each(|m| *m = Meaning::Other);
            meanings[at] = Meaning::Wkt;
            return Ok(Some(Self { titles: titles.to_vec(), meanings, skipped, how: How::Title }));
        }
        if let (Some(north), Some(east)) = (named("north"), named("east")) {
            return Ok(Some(Self::pair(titles, meanings, skipped, [east, north], How::User)));
        }
        let find = |a: Axis| (0..titles.len()).find(|i| axis(&titles[*i]) == Some(a));
        let certain = find(Axis::East).zip(find(Axis::North)).or(find(Axis::Longitude).zip(find(Axis::Latitude)));
        let Some((first, second)) = certain.or(find(Axis::X).zip(find(Axis::Y))) else { return Ok(None) };
        // Titles of a form without a number below them are none.
        if [first, second].iter().any(|at| cells(sheet, skipped, *at).all(|cell| number(cell).is_none())) {
            return Ok(None);
        }
        let (left, right) = (first.min(second), first.max(second));
        let (place, how) = match (options.north_first, certain) {
            (Some(true), _) => ([right, left], How::User),
            (Some(false), _) => ([left, right], How::User),
            (None, Some(_)) => ([first, second], How::Title),
            (None, None) => {
                let open = || Message::new("table.axes_open").with("one", titles[first].clone()).with("other", titles[second].clone());
                (by_size(sheet, skipped, [first, second]).ok_or_else(open)?, How::Size)
            }
        };
        Ok(Some(Self::pair(titles, meanings, skipped, place, how)))
    }

    /// Two columns of numbers that can only be a position of China, in a table that begins with its first point.
    fn without_titles(sheet: &Grid, options: &ReadOptions) -> Option<Self> {
        let is_point = |(_, cells): &(usize, Vec<String>)| cells.iter().filter(|c| number(c).is_some()).count() >= 2;
        let skipped = sheet.rows.iter().take(HEADER_WITHIN).position(is_point)?;
        let width = sheet.rows[skipped].1.len();
        let large = |at: usize| cells(sheet, skipped, at).all(|cell| number(cell).is_some_and(|n| n.value.abs() >= 1e5));
        let numeric: Vec<usize> = (0..width).filter(|at| large(*at)).collect();
        let &[a, b] = numeric.as_slice() else { return None };
        let (place, how) = match options.north_first {
            Some(true) => ([b, a], How::User),
            Some(false) => ([a, b], How::User),
            None => (by_size(sheet, skipped, [a, b])?, How::Size),
        };
        let titles: Vec<String> = (1..=width).map(|n| format!("列{n}")).collect();
        let mut meanings = vec![Meaning::Other; width];
        if let Some(first) = meanings.first_mut().filter(|_| a > 0) {
            *first = Meaning::Number;
        }
        Some(Self::pair(&titles, meanings, skipped, place, how))
    }

    fn pair(titles: &[String], mut meanings: Vec<Meaning>, skipped: usize, [east, north]: [usize; 2], how: How) -> Self {
        set(&mut meanings, east, Meaning::East);
        set(&mut meanings, north, Meaning::North);
        Self { titles: titles.to_vec(), meanings, skipped, how }
    }

    /// The first column of a meaning.
    pub fn column(&self, wanted: Meaning) -> Option<usize> {
        self.meanings.iter().position(|m| *m == wanted)
    }

    /// Every column that numbers points by its title.
    pub fn number_columns(&self) -> impl Iterator<Item = usize> {
        (0..self.titles.len()).filter(|at| meaning(&self.titles[*at]) == Meaning::Number || self.meanings[*at] == Meaning::Number)
    }

    /// What was taken for what.
    pub fn said(&self) -> Option<Message> {
        let title = |meaning| self.column(meaning).and_then(|at| self.titles.get(at)).cloned();
        let how = match self.how {
            How::Title => "table.by_title",
            How::Size => "table.by_size",
            How::User => "table.by_user",
        };
        let wkt = title(Meaning::Wkt).map(|wkt| Message::new("table.wkt_is").with("column", wkt));
        let position = title(Meaning::North).zip(title(Meaning::East));
        wkt.or(position
            .map(|(north, east)| Message::new("table.columns_are").with("north", north).with("east", east).with("how", Message::new(how))))
    }
}

/// Gives a column a meaning that no other column has then.
fn set(meanings: &mut [Meaning], at: usize, meaning: Meaning) {
    for (i, m) in meanings.iter_mut().enumerate() {
        if i == at {
            *m = meaning;
        } else if *m == meaning {
            *m = Meaning::Other;
        }
    }
}

fn cells(sheet: &Grid, skipped: usize, at: usize) -> impl Iterator<Item = &str> {
    let rows = sheet.rows.iter().skip(skipped).take(SAMPLE);
    rows.filter_map(move |(_, cells)| cells.get(at).map(String::as_str)).filter(|cell| !cell.is_empty())
}

/// Which of two columns is east and which north, when all of their numbers agree on it.
fn by_size(sheet: &Grid, skipped: usize, [a, b]: [usize; 2]) -> Option<[usize; 2]> {
    let north = |v: f64| (1.8e6..6.0e6).contains(&v) || (3.0..54.0).contains(&v);
    let east = |v: f64| (1.0e5..9.0e5).contains(&v) || (1.3e7..4.6e7).contains(&v) || (73.0..136.0).contains(&v);
    let all = |at: usize, test: &dyn Fn(f64) -> bool| {
        let mut numbers = cells(sheet, skipped, at).filter_map(number).peekable();
        numbers.peek().is_some() && numbers.all(|n| test(n.value))
    };
    match (all(a, &east) && all(b, &north), all(b, &east) && all(a, &north)) {
        (true, false) => Some([a, b]),
        (false, true) => Some([b, a]),
        _ => None,
    }
}

/// A title without blanks, case, brackets and signs.
pub fn plain(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn meaning(title: &str) -> Meaning {
    let plain = plain(title);
    let is = |known: &[&str]| known.contains(&plain.as_str());
    if is(&["要素号"]) {
        Meaning::Feature
    } else if is(&["图形属性", "图形", "记录图形属性"]) {
        Meaning::Kind
    } else if is(&["部分", "部件", "part", "partno"]) {
        Meaning::Part
    } else if is(&RING) {
        Meaning::Ring
    } else if is(&NUMBER) {
        Meaning::Number
    } else if is(&SYSTEM) {
        Meaning::System
    } else if is(&PARCEL) {
        Meaning::Parcel
    } else {
        Meaning::Other
    }
}

fn axis(title: &str) -> Option<Axis> {
    let words: Vec<String> = title.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_lowercase).collect();
    let word = |known: &[&str]| words.iter().any(|w| known.contains(&w.as_str()));
    let short = plain(title).replace("坐标", "").replace('值', "");
    let short = short.trim_end_matches(['米', 'm']);
    let is = |known: &[&str]| known.contains(&short);
    if word(&["lat", "latitude"]) || is(&["纬度", "北纬", "大地纬度", "纬度b", "b纬度", "纬度n", "纬度北纬", "纬度y"]) {
        Some(Axis::Latitude)
    } else if word(&["lon", "lng", "long", "longitude"])
        || is(&["经度", "东经", "大地经度", "经度l", "l经度", "经度e", "经度东经", "经度x"])
    {
        Some(Axis::Longitude)
    } else if word(&["north", "northing"]) || is(&["北", "纵", "x北", "北x", "x纵", "纵x", "北向", "纵轴", "y北", "北y", "n"]) {
        Some(Axis::North)
    } else if word(&["east", "easting"]) || is(&["东", "横", "y东", "东y", "y横", "横y", "东向", "横轴", "x东", "东x", "e"]) {
        Some(Axis::East)
    } else if is(&["x", "pointx", "xcoord", "coordx", "xcoordinate", "centroidx"]) {
        Some(Axis::X)
    } else if is(&["y", "pointy", "ycoord", "coordy", "ycoordinate", "centroidy"]) {
        Some(Axis::Y)
    } else {
        None
    }
}

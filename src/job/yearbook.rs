//! Areas as a yearbook or another table states them, by district: to stand beside what the geometry measures.

use super::results::hex;
use crate::io::{Grids, Table, read_grids};
use crate::model::Date;
use crate::text::Message;
use crate::tracking::DistrictScale;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What a table states of one district, most recent year first in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Stated {
    pub area_m2: f64,
    /// `None` where the table has no column of years.
    pub year: Option<u16>,
}

/// A table of areas by district.
#[derive(Clone, Debug, PartialEq)]
pub struct Yearbook {
    pub file: String,
    hash: [u8; 32],
    /// Row number, code or name of the district as written, what is stated.
    rows: Vec<(usize, String, Stated)>,
    /// Rows whose area or year is no number.
    unread: Vec<usize>,
    last_year: Option<u16>,
}

const DISTRICTS: [&str; 9] = ["区市代码", "行政代码", "XZQDM", "adcode", "code", "区市", "行政区", "district", "名称"];

impl Yearbook {
    /// Reads a table with a column of districts (code or name), one of areas whose title says the unit, and, where there
    /// is one, one of years. `date`: only years up to it count.
    ///
    /// # Errors
    /// A file that is no table; a column that is missing; an area without a unit.
    pub fn read(path: &Path, date: Option<Date>) -> Result<Self, Message> {
        let grids = read_grids(path, None).map_err(|e| e.0)?;
        let missing =
            |code: &'static str| Message::new(code).with("file", grids.file.clone()).with("fields", grids.likely_titles().join(", "));
        let (table, district) = found(&grids).ok_or_else(|| missing("stats.no_district"))?;
        let area = table.header.iter().position(|t| t.contains("面积") || t.to_lowercase().contains("area"));
        let area = area.ok_or_else(|| missing("stats.no_area"))?;
        let unit_m2 = table.header.get(area).and_then(|title| unit_m2(title)).ok_or_else(|| missing("stats.no_unit"))?;
        let years = table.header.iter().position(|t| t.contains("年份") || t.contains("年度") || t.eq_ignore_ascii_case("year"));
        let (mut rows, mut unread) = (Vec::new(), Vec::new());
        for (row, cells) in &table.rows {
            let cell = |column: usize| cells.get(column).map_or("", String::as_str).trim();
            let number = cell(area).replace([',', '\u{ff0c}'], "").parse::<f64>().ok().filter(|v| v.is_finite() && *v >= 0.0);
            let year = years.map(|column| cell(column).trim_end_matches('年').parse::<u16>());
            match (cell(district), number, year) {
                ("", _, _) => {}
                (_, None, _) | (_, _, Some(Err(_))) => unread.push(*row),
                (key, Some(area), year) => {
                    let year = year.and_then(Result::ok);
                    rows.push((*row, key.to_owned(), Stated { area_m2: area * unit_m2, year }));
                }
            }
        }
        Ok(Self { file: grids.file, hash: grids.hash, rows, unread, last_year: date.map(|d| d.year) })
    }

    /// What is stated of a district: the latest year that counts; of two rows alike none, nobody knows which is meant.
    pub fn of(&self, district: &DistrictScale) -> Option<&Stated> {
        let mine = |key: &str| (!district.code.is_empty() && key == district.code) || same_name(key, &district.name);
        let counts = |stated: &Stated| self.last_year.is_none_or(|last| stated.year.is_none_or(|year| year <= last));
        let all: Vec<&Stated> =
            self.rows.iter().filter(|(_, key, stated)| mine(key) && counts(stated)).map(|(_, _, stated)| stated).collect();
        let latest = all.iter().map(|stated| stated.year).max()?;
        match all.into_iter().filter(|stated| stated.year == latest).collect::<Vec<_>>().as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Districts of the table that none of `districts` is.
    fn left(&self, districts: &[&DistrictScale]) -> Vec<(usize, &str)> {
        let known = |key: &str| districts.iter().any(|d| key == d.code || same_name(key, &d.name));
        self.rows.iter().filter(|(_, key, _)| !known(key)).map(|(row, key, _)| (*row, key.as_str())).collect()
    }

    pub fn json(&self, districts: &[&DistrictScale]) -> Value {
        let left: Vec<Value> = self.left(districts).into_iter().map(|(row, key)| json!({ "row": row, "district": key })).collect();
        json!({ "file": self.file, "blake3": hex(&self.hash), "rows": self.rows.len(), "unread_rows": self.unread, "rows_without_district": left })
    }

    /// What was not used, for people.
    pub fn lines(&self, districts: &[&DistrictScale]) -> Vec<Message> {
        let mut lines = Vec::new();
        if !self.unread.is_empty() {
            let rows: Vec<String> = self.unread.iter().map(usize::to_string).collect();
            lines.push(Message::new("stats.unread").with("count", self.unread.len()).with("rows", rows.join(", ")));
        }
        let mut left: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (row, key) in self.left(districts) {
            left.entry(key).or_default().push(row.to_string());
        }
        if !left.is_empty() {
            let names: Vec<&str> = left.keys().copied().collect();
            lines.push(Message::new("stats.left").with("count", names.len()).with("districts", names.join(", ")));
        }
        lines
    }
}

/// The table and its column of districts: codes before names.
fn found(grids: &Grids) -> Option<(Table, usize)> {
    DISTRICTS.iter().find_map(|title| {
        let table = grids.table_with(title)?;
        let column = table.header.iter().position(|t| t.eq_ignore_ascii_case(title))?;
        Some((table, column))
    })
}

/// `胶州` and `胶州市` are one district.
fn same_name(a: &str, b: &str) -> bool {
    let bare = |name: &str| name.trim().trim_end_matches(['市', '区', '县']).to_owned();
    !a.trim().is_empty() && !b.trim().is_empty() && (a.trim() == b.trim() || (bare(a) == bare(b) && !bare(a).is_empty()))
}

/// m² in the unit that a title names; `None` where it names none.
fn unit_m2(title: &str) -> Option<f64> {
    let lower = title.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    Some(if has(&["平方公里", "平方千米", "km2", "km²", "㎢"]) {
        1e6
    } else if has(&["公顷", "ha", "万平方米", "万㎡"]) {
        1e4
    } else if has(&["万亩"]) {
        1e8 / 15.0
    } else if has(&["亩"]) {
        1e4 / 15.0
    } else if has(&["平方米", "㎡", "m2", "m²"]) {
        1.0
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::Area;

    fn district(code: &str, name: &str) -> DistrictScale {
        DistrictScale { name: name.into(), code: code.into(), in_five_cities: true, clusters: 1, area: Area::default(), land: None }
    }

    fn yearbook(text: &str, date: Option<&str>) -> Result<Yearbook, Message> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("年鉴.csv");
        std::fs::write(&path, text).unwrap();
        Yearbook::read(&path, date.and_then(Date::parse))
    }

    #[test]
    fn the_latest_year_that_counts_is_stated_in_the_unit_of_the_title() {
        let text = "统计年鉴\n年份,区市,集聚区面积（平方公里）\n2012,胶州,45.5\n2015,胶州市,\"1,100\"\n2012,黄岛区,3\n2013,平度市,x\n";
        let book = yearbook(text, Some("2013-06-01")).unwrap();
        assert_eq!(book.of(&district("370281", "胶州市")), Some(&Stated { area_m2: 45.5e6, year: Some(2012) }));
        assert_eq!(book.of(&district("370285", "莱西市")), None);
        assert_eq!(yearbook(text, None).unwrap().of(&district("370281", "胶州市")).unwrap().year, Some(2015));
        let codes: Vec<&str> = book.lines(&[&district("370281", "胶州市")]).iter().map(|l| l.code).collect();
        assert_eq!(codes, ["stats.unread", "stats.left"]);
    }

    #[test]
    fn a_table_that_says_too_little_is_refused() {
        for (text, code) in
            [("a,b\n1,2\n", "stats.no_district"), ("区市,人口\n胶州市,1\n", "stats.no_area"), ("区市,面积\n胶州市,1\n", "stats.no_unit")]
        {
            assert_eq!(yearbook(text, None).unwrap_err().code, code, "{text}");
        }
        let twice = yearbook("code,area_km2\n370281,1\n370281,2\n", None).unwrap();
        assert_eq!(twice.of(&district("370281", "胶州市")), None, "of two rows alike none");
    }
}

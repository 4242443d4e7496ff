//! The applicants' table joined to the sites: exact keys join, near keys are suggested, nothing is left out silently.

use super::near_keys::NearKeys;
use super::results::hex;
use crate::io::{Table, read_grids};
use crate::model::{Date, Field, FieldKind, ProjectKind, Site, SiteFields, industry_of};
use crate::text::Message;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// `FILE,join=FIELD[,enc=…]`.
#[derive(Clone, Debug, PartialEq)]
pub struct TableOrder {
    pub path: PathBuf,
    /// Title of the column with the keys.
    pub join: String,
    pub encoding: Option<String>,
}

/// A table ready to be joined, and what became of it so far. Sites may be described from any number of threads.
#[derive(Debug)]
pub struct ProjectTable {
    file: String,
    hash: [u8; 32],
    join: String,
    notes: Vec<Message>,
    table: Table,
    columns: Columns,
    /// Rows by key; several rows of one key are joined to nothing.
    rows: BTreeMap<String, Vec<usize>>,
    /// Sites that each row was joined to.
    joined: Vec<AtomicU32>,
    found: Mutex<Found>,
}

/// What there is to list.
#[derive(Debug, Default)]
struct Found {
    /// Record, key: sites that no row has.
    without_row: Vec<(usize, String)>,
    without_row_count: u64,
    /// Record, site, field, what the site's file says, what the table says.
    differences: Vec<(usize, String, &'static str, String, String)>,
    difference_count: u64,
    without_key: u64,
}

/// Which column of the table means what.
#[derive(Debug)]
struct Columns {
    key: usize,
    fields: SiteFields,
    area: Option<usize>,
    area_unit_m2: f64,
    /// Every other column, for the figures.
    others: Vec<usize>,
}

/// Sites without a row and differences that are listed one by one; more are counted.
const LISTED: usize = 10_000;
/// As many are said one by one to people.
const SAID: usize = 20;

impl ProjectTable {
    /// # Errors
    /// A file that is no table; no column of that title; no row.
    pub fn read(order: &TableOrder) -> Result<Self, Message> {
        let grids = read_grids(&order.path, order.encoding.as_deref()).map_err(|e| e.0)?;
        let missing = || {
            let titles = grids.likely_titles().join(", ");
            Message::new("table.no_join").with("file", grids.file.clone()).with("field", order.join.clone()).with("fields", titles)
        };
        let table = grids.table_with(&order.join).ok_or_else(missing)?;
        let columns = Columns::of(&table, &order.join);
        let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (i, (_, cells)) in table.rows.iter().enumerate() {
            rows.entry(cells.get(columns.key).cloned().unwrap_or_default()).or_default().push(i);
        }
        if table.rows.is_empty() {
            return Err(Message::new("table.no_rows").with("file", grids.file.clone()));
        }
        let mut notes = grids.notes.clone();
        if !table.above.is_empty() {
            let message = Message::new("table.titles_skipped").with("count", table.above.len()).with("row", table.header_row);
            notes.push(message.with("text", table.above.join(" / ")));
        }
        let others: Vec<&str> = grids.sheets.iter().filter(|s| s.name != table.sheet && !s.rows.is_empty()).map(|s| &*s.name).collect();
        if !others.is_empty() {
            notes.push(Message::new("table.other_sheets").with("sheet", table.sheet.clone()).with("others", others.join(", ")));
        }
        let joined = table.rows.iter().map(|_| AtomicU32::new(0)).collect();
        let join = order.join.clone();
        Ok(Self { file: grids.file, hash: grids.hash, join, notes, table, columns, rows, joined, found: Mutex::default() })
    }

    /// Title of the column with the keys.
    pub fn join(&self) -> &str {
        &self.join
    }

    /// Describes a site further by the row of its key. What the table says goes before what the site's file says, and a
    /// difference is listed.
    pub fn describe(&self, site: &mut Site, key: &str, record: usize) {
        let key = key.trim();
        let rows = if key.is_empty() { None } else { self.rows.get(key) };
        match rows.map(Vec::as_slice) {
            Some([row]) => {
                if let Some(joined) = self.joined.get(*row) {
                    joined.fetch_add(1, Ordering::Relaxed);
                }
                let cells = self.table.rows.get(*row).map_or(&[][..], |(_, cells)| cells);
                self.fill(site, cells, record);
            }
            // The rows of a key that is there twice are listed with the rows.
            Some(_) => {}
            None => self.note(|found| {
                found.without_row_count += 1;
                found.without_key += u64::from(key.is_empty());
                if found.without_row.len() < LISTED {
                    found.without_row.push((record, key.to_owned()));
                }
            }),
        }
    }

    fn note(&self, add: impl FnOnce(&mut Found)) {
        // A thread that failed while it held the list left it whole: each addition is one push.
        let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        add(&mut found);
    }

    fn fill(&self, site: &mut Site, cells: &[String], record: usize) {
        let text = |column: Option<usize>| column.and_then(|c| cells.get(c)).map_or("", String::as_str);
        let id = site.id.clone();
        let differs = |field: &'static str, was: String, is: String| {
            if !was.is_empty() && was != is {
                self.note(|found| {
                    found.difference_count += 1;
                    if found.differences.len() < LISTED {
                        found.differences.push((record, id.clone(), field, was, is));
                    }
                });
            }
        };
        for (field, column, kept) in
            [("name", self.columns.fields.name, &mut site.name), ("applicant", self.columns.fields.applicant, &mut site.applicant)]
        {
            let said = text(column);
            if !said.is_empty() {
                differs(field, std::mem::replace(kept, said.to_owned()), said.to_owned());
            }
        }
        let kind = text(self.columns.fields.kind);
        if !kind.is_empty() {
            let (was, is) = (site.kind, ProjectKind::parse(kind));
            site.kind = is;
            if was != ProjectKind::NotGiven && was != is {
                differs("kind", format!("{was:?}"), format!("{is:?}"));
            }
        }
        if let Some(code) = industry_of(text(self.columns.fields.industry)) {
            differs("industry", site.industry.replace(code.clone()).unwrap_or_default(), code);
        }
        let project = text(self.columns.fields.project);
        if !project.is_empty() {
            differs("project", site.project.replace(project.to_owned()).unwrap_or_default(), project.to_owned());
        }
        if let Some(day) = Date::parse(text(self.columns.fields.applied)) {
            differs("applied", site.applied.replace(day).map(|d| d.to_string()).unwrap_or_default(), day.to_string());
        }
        if let Some(area) = number(text(self.columns.area)) {
            let is = area * self.columns.area_unit_m2;
            let was = site.stated_area_m2.replace(is);
            if was.is_some_and(|was| (was - is).abs() > 0.01 * is.abs()) {
                differs("stated_area_m2", was.map(|v| v.to_string()).unwrap_or_default(), is.to_string());
            }
        }
        for column in &self.columns.others {
            if let (Some(title), Some(value)) = (self.table.header.get(*column), cells.get(*column).and_then(|c| number(c))) {
                site.figures.insert(title.clone(), value);
            }
        }
    }

    /// What became of the table, for JSON. `whole`: all sites were seen, so that rows without a site are known.
    pub fn json(&self, whole: bool) -> Value {
        let report = self.report(whole);
        json!({
            "file": self.file,
            "blake3": hex(&self.hash),
            "sheet": self.table.sheet,
            "join": self.join,
            "header_row": self.table.header_row,
            "rows": self.table.rows.len(),
            "rows_joined": report.rows_joined,
            "sites_joined": report.sites_joined,
            "sites_without_row": report.without_row.iter().map(|(record, key, near)| json!({
                "record": record, "key": key, "near": near,
            })).collect::<Vec<_>>(),
            "sites_without_row_count": report.without_row_count,
            "rows_without_site": report.rows_left.iter().map(|(row, key, near)| json!({
                "row": row, "key": key, "near": near,
            })).collect::<Vec<_>>(),
            "rows_without_site_known": whole,
            "keys_twice": report.twice.iter().map(|(key, rows)| json!({ "key": key, "rows": rows })).collect::<Vec<_>>(),
            "differences": report.differences.iter().map(|(record, site, field, was, is)| json!({
                "record": record, "site_id": site, "field": field, "site": was, "table": is,
            })).collect::<Vec<_>>(),
            "differences_count": report.difference_count,
            "notes": self.notes.iter().map(super::verdict_json::message).collect::<Vec<_>>(),
        })
    }

    /// The same for people: counts first, then one by one as far as one reads.
    pub fn lines(&self, whole: bool) -> Vec<Message> {
        let report = self.report(whole);
        let file = || self.file.clone();
        let count = Message::new("table.joined").with("file", file()).with("rows", self.table.rows.len());
        let mut lines = vec![count.with("sites", report.sites_joined).with("row_count", report.rows_joined)];
        lines.extend(self.notes.iter().map(|note| Message::new("cli.note").with("note", note.clone())));
        let near = |keys: &[String]| match keys {
            [] => Message::new("table.nothing_near"),
            keys => Message::new("table.near").with("keys", keys.join(" / ")),
        };
        let mut list = |all: Vec<Message>, total: u64, code: &'static str| {
            if total > 0 {
                lines.push(Message::new(code).with("count", total));
                let said = all.len().min(SAID) as u64;
                lines.extend(all.into_iter().take(SAID).map(|note| Message::new("cli.note").with("note", note)));
                if total > said {
                    let more = Message::new("table.more").with("count", total - said);
                    lines.push(Message::new("cli.note").with("note", more));
                }
            }
        };
        let of_sites = report.without_row.iter().map(|(record, key, keys)| {
            Message::new("table.site_without_row").with("record", record.to_string()).with("key", key.clone()).with("near", near(keys))
        });
        list(of_sites.collect(), report.without_row_count, "table.sites_without_row");
        let of_rows = report.rows_left.iter().map(|(row, key, keys)| {
            Message::new("table.row_without_site").with("row", row.to_string()).with("key", key.clone()).with("near", near(keys))
        });
        list(of_rows.collect(), report.rows_left.len() as u64, "table.rows_without_site");
        let of_keys = report.twice.iter().map(|(key, rows)| {
            let rows: Vec<String> = rows.iter().map(usize::to_string).collect();
            Message::new("table.key_twice").with("key", key.clone()).with("rows", rows.join(", "))
        });
        list(of_keys.collect(), report.twice.len() as u64, "table.keys_twice");
        let of_fields = report.differences.iter().map(|(_, site, field, was, is)| {
            Message::new("table.difference")
                .with("site", site.clone())
                .with("field", *field)
                .with("was", was.clone())
                .with("is", is.clone())
        });
        list(of_fields.collect(), report.difference_count, "table.differences");
        if !whole {
            lines.push(Message::new("table.shard"));
        }
        lines
    }

    fn report(&self, whole: bool) -> Report {
        let found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let joined: Vec<u32> = self.joined.iter().map(|n| n.load(Ordering::Relaxed)).collect();
        let of = |row: &usize| joined.get(*row).copied().unwrap_or(0);
        let number = |row: &usize| self.table.rows.get(*row).map_or(0, |(number, _)| *number);
        let twice = self.rows.iter().filter(|(key, rows)| rows.len() > 1 && !key.is_empty());
        let twice = twice.map(|(key, rows)| (key.clone(), rows.iter().map(number).collect())).collect();
        let left = self.rows.iter().filter(|(key, rows)| whole && (rows.len() == 1 || key.is_empty()) && rows.iter().all(|r| of(r) == 0));
        let left: Vec<(&str, usize)> = left.flat_map(|(key, rows)| rows.iter().map(move |row| (key.as_str(), number(row)))).collect();
        let mut without_row: Vec<(usize, String)> = found.without_row.clone();
        without_row.sort();
        let row_keys = || left.iter().map(|(key, _)| *key).filter(|key| !key.is_empty());
        let site_keys = || without_row.iter().map(|(_, key)| key.as_str()).filter(|key| !key.is_empty());
        let near_rows = NearKeys::new(row_keys(), site_keys());
        let near_sites = NearKeys::new(site_keys(), row_keys());
        let owned = |keys: Vec<&str>| keys.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let mut rows_left: Vec<(usize, String, Vec<String>)> =
            left.iter().map(|(key, row)| (*row, (*key).to_owned(), owned(near_sites.of(key)))).collect();
        rows_left.sort();
        let mut differences = found.differences.clone();
        differences.sort();
        Report {
            sites_joined: joined.iter().map(|n| u64::from(*n)).sum(),
            rows_joined: joined.iter().filter(|n| **n > 0).count() as u64,
            without_row_count: found.without_row_count,
            without_row: without_row.iter().map(|(record, key)| (*record, key.clone(), owned(near_rows.of(key)))).collect(),
            rows_left,
            twice,
            differences,
            difference_count: found.difference_count,
        }
    }
}

struct Report {
    sites_joined: u64,
    rows_joined: u64,
    without_row: Vec<(usize, String, Vec<String>)>,
    without_row_count: u64,
    rows_left: Vec<(usize, String, Vec<String>)>,
    twice: Vec<(String, Vec<usize>)>,
    differences: Vec<(usize, String, &'static str, String, String)>,
    difference_count: u64,
}

impl Columns {
    fn of(table: &Table, join: &str) -> Self {
        let bare: Vec<Field> = table.header.iter().map(|t| Field::new(bare(t), FieldKind::Text)).collect();
        let wanted = join.split_whitespace().collect::<Vec<_>>().join("");
        let key = table.header.iter().position(|t| t.eq_ignore_ascii_case(&wanted)).unwrap_or(0);
        let fields = SiteFields::guess(&bare);
        let area = fields.stated_area;
        let area_unit_m2 = area.and_then(|c| table.header.get(c)).map_or(1.0, |t| unit_m2(t));
        let known =
            [Some(key), fields.id, fields.name, fields.applicant, fields.kind, fields.industry, fields.applied, fields.project, area];
        let others = (0..table.header.len()).filter(|c| !known.contains(&Some(*c))).collect();
        Self { key, fields, area, area_unit_m2, others }
    }
}

/// A title without what stands in brackets behind it: most often the unit.
pub(super) fn bare(title: &str) -> &str {
    title.split(['(', '\u{ff08}', '[', '\u{3010}', '/']).next().unwrap_or(title).trim()
}

/// m² in one unit of an area whose title says so.
fn unit_m2(title: &str) -> f64 {
    if title.contains("公顷") || title.to_lowercase().contains("ha") {
        10_000.0
    } else if title.contains('亩') {
        10_000.0 / 15.0
    } else if title.contains("平方公里") || title.contains("km") {
        1e6
    } else if title.contains("万平方米") || title.contains("万㎡") {
        10_000.0
    } else {
        1.0
    }
}

/// A number as typed: groups of three, full-width digits, a percent sign.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain: String = text
        .chars()
        .map(|c| match u32::from(c) {
            wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .filter(|c| !c.is_whitespace() && *c != ',')
        .collect();
    match plain.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|v| v / 100.0),
        None => plain.parse().ok(),
    }
    .filter(|v: &f64| v.is_finite())
}

impl TableOrder {
    /// # Errors
    /// A usage error: no `join=`, an unknown setting.
    pub fn parse(text: &str) -> Result<Self, Message> {
        let mut pieces = text.split(',');
        let mut path = pieces.next().unwrap_or_default().to_owned();
        let (mut join, mut encoding) = (None, None);
        for piece in pieces {
            match piece.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
                Some(("join", value)) if !value.is_empty() => join = Some(value.to_owned()),
                Some(("enc", value)) if !value.is_empty() => encoding = Some(value.to_owned()),
                Some((key @ ("join" | "enc"), value)) => {
                    return Err(Message::new("io.input_bad_value").with("key", key).with("value", value));
                }
                Some((key, _)) => return Err(Message::new("io.input_unknown_key").with("key", key)),
                // A comma in a file's name.
                None if join.is_none() && encoding.is_none() => path = format!("{path},{piece}"),
                None => return Err(Message::new("io.input_unknown_key").with("key", piece)),
            }
        }
        let join = join.ok_or_else(|| Message::new("table.join_missing"))?;
        if path.trim().is_empty() {
            return Err(Message::new("io.input_no_file").with("input", text));
        }
        Ok(Self { path: path.into(), join, encoding })
    }

    pub fn file(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, join: &str) -> ProjectTable {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, text).unwrap();
        ProjectTable::read(&TableOrder { path, join: join.into(), encoding: None }).unwrap()
    }

    #[test]
    fn an_order_is_a_file_and_a_column() {
        let order = TableOrder::parse("项目,2013.xlsx,join=项目编号,enc=GBK").unwrap();
        assert_eq!((order.path, &*order.join, order.encoding.as_deref()), ("项目,2013.xlsx".into(), "项目编号", Some("GBK")));
        for (text, code) in [
            ("a.xlsx", "table.join_missing"),
            ("a.xlsx,join=", "io.input_bad_value"),
            ("a.xlsx,sheet=1,join=x", "io.input_unknown_key"),
            (",join=x", "io.input_no_file"),
        ] {
            assert_eq!(TableOrder::parse(text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn a_row_describes_its_site_and_differences_are_listed() {
        let table = table(
            "项目编号,项目名称,行业代码,项目类型,收件日期,用地面积（公顷）,投资强度（万元/亩）,绿地率\n\
             S1,一号,C3851 家电,新建,2012年9月12日,\"1,000.5\",３００,15%\nS2,二号,,,,,,\n",
            "项目编号",
        );
        let mut site = Site { id: "S1".into(), name: "旧名".into(), industry: Some("26".into()), ..Site::default() };
        table.describe(&mut site, " S1 ", 1);
        assert_eq!((&*site.name, site.industry.as_deref(), site.kind), ("一号", Some("3851"), ProjectKind::NewIndustrial));
        assert_eq!((site.applied, site.stated_area_m2), (Date::parse("2012-09-12"), Some(10_005_000.0)));
        assert_eq!(site.figures.get("投资强度（万元/亩）"), Some(&300.0));
        assert_eq!(site.figures.get("绿地率"), Some(&0.15));
        let json = table.json(true);
        let fields: Vec<&str> = json["differences"].as_array().unwrap().iter().map(|d| d["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["industry", "name"]);
        assert_eq!(json["rows_without_site"][0]["key"], "S2");
    }

    #[test]
    fn near_keys_are_suggested_and_never_joined() {
        let table = table("编号,行业代码\nXZ-2013-OO1,38\nXZ2013002,38\nXZ2013002,26\nXZ2013777,38\n", "编号");
        for (record, key) in ["XZ2013001", "XZ2013002", "XZ2013888", ""].into_iter().enumerate() {
            let mut site = Site { id: key.into(), ..Site::default() };
            table.describe(&mut site, key, record + 1);
            assert_eq!(site.industry, None, "{key}");
        }
        let json = table.json(true);
        assert_eq!(json["sites_joined"], 0);
        assert_eq!(json["sites_without_row"][0]["near"][0], "XZ-2013-OO1");
        assert_eq!(json["sites_without_row_count"], 3);
        assert_eq!(json["keys_twice"][0], json!({ "key": "XZ2013002", "rows": [3, 4] }));
        assert_eq!(json["rows_without_site"].as_array().unwrap().len(), 2);
        assert_eq!(table.json(false)["rows_without_site"].as_array().unwrap().len(), 0, "a shard does not know");
        assert!(table.lines(true).iter().any(|l| l.code == "table.rows_without_site"));
    }

    #[test]
    fn units_stand_in_the_title() {
        for (title, m2) in [("用地面积", 1.0), ("用地面积（亩）", 10_000.0 / 15.0), ("面积(ha)", 10_000.0), ("面积（平方米）", 1.0)]
        {
            assert_eq!(unit_m2(title), m2, "{title}");
        }
        assert_eq!(industry_of("家电制造"), Some("家电制造".into()));
        assert_eq!(industry_of(" "), None);
    }
}

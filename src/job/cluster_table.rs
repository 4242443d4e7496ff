//! Attributes of clusters in a workbook: the template that is written, and the table that comes back, joined by the clusters'
//! codes. Exact codes join, near ones are suggested, and what is not taken is said.

use super::near_keys::NearKeys;
use super::project_table::{bare, number};
use crate::edit::{NewCell, set_values};
use crate::io::{Table, WriteError, XlsxCell, XlsxColumn, XlsxForm, XlsxWriter, read_grids};
use crate::model::{CLUSTER_ID_COLUMNS, Change, ClusterFields, Contents, Date, FeatureId, Field, FieldKind, Layer, LayerId, Value};
use crate::rules::{divisions, in_words, industry_codes};
use crate::text::{Lang, Message, word};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a column of the table is, and so what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Id,
    Words,
    Code,
    Day,
    Grade,
    BaseLevel,
    Industries,
    Figure,
}

/// Columns of the template: title, what stands in it, and the width that is shown. Each title is one that a plan is read by.
const COLUMNS: [(&str, Meaning, f64); 16] = [
    ("编号", Meaning::Id, 14.0),
    ("名称", Meaning::Words, 30.0),
    ("区市", Meaning::Words, 12.0),
    ("区市代码", Meaning::Code, 10.0),
    ("类型", Meaning::Words, 12.0),
    ("集聚区级别", Meaning::Grade, 14.0),
    ("发展日期", Meaning::Day, 12.0),
    ("创建日期", Meaning::Day, 12.0),
    ("基地级别", Meaning::BaseLevel, 10.0),
    ("主导产业", Meaning::Industries, 24.0),
    ("配套产业", Meaning::Industries, 24.0),
    ("允许产业", Meaning::Industries, 24.0),
    ("禁止产业", Meaning::Industries, 24.0),
    ("行业版本", Meaning::Code, 10.0),
    ("上级编号", Meaning::Code, 12.0),
    ("投资强度下限（万元/公顷）", Meaning::Figure, 16.0),
];
const GRADES: [&str; 4] = ["市重点发展", "重点创建", "一般", "新兴"];
const BASE_LEVELS: [&str; 4] = ["国家级", "省级", "市级", "无"];
/// Cells that are said one by one to people; more are counted.
const SAID: usize = 40;

/// Which column of a plan bears each of [`COLUMNS`].
fn column_of(fields: &ClusterFields, title: &str) -> Option<usize> {
    match title {
        "编号" => fields.id,
        "名称" => fields.name,
        "区市" => fields.district,
        "区市代码" => fields.district_code,
        "类型" => fields.kind,
        "集聚区级别" => fields.grade,
        "发展日期" => fields.key_development,
        "创建日期" => fields.key_creation,
        "基地级别" => fields.base_level,
        "主导产业" => fields.leading,
        "配套产业" => fields.supporting,
        "允许产业" => fields.allowed,
        "禁止产业" => fields.forbidden,
        "行业版本" => fields.edition,
        "上级编号" => fields.parent,
        limit => fields.limits.iter().find(|(name, _)| bare(name) == bare(limit)).map(|(_, column)| *column),
    }
}

/// Writes the template of a plan: a row a cluster with what is known of it, what each column takes, and the industries.
///
/// # Errors
/// When the system refuses.
pub fn write_cluster_template(layer: &Layer, path: &Path, lang: Lang) -> Result<(), WriteError> {
    let fields = ClusterFields::guess(&layer.fields);
    let mut titles: Vec<(String, Meaning, f64, Option<usize>)> =
        COLUMNS.iter().map(|(title, meaning, width)| ((*title).to_owned(), *meaning, *width, column_of(&fields, title))).collect();
    // What else the plan asks of projects.
    let other = fields.limits.iter().filter(|(_, column)| titles.iter().all(|t| t.3 != Some(*column)));
    let other: Vec<_> = other.map(|(name, column)| (name.clone(), Meaning::Figure, 16.0, Some(*column))).collect();
    titles.extend(other);
    let mut writer = XlsxWriter::create(path, word(lang, "clusters.title"))?;
    let text = |title: String, width| XlsxColumn { title, width, form: XlsxForm::Text };
    let heads: Vec<XlsxColumn> = titles.iter().map(|(title, _, width, _)| text(title.clone(), *width)).collect();
    let sheet = writer.add_sheet(word(lang, "clusters.sheet"), &heads)?;
    for feature in layer.features() {
        let cells: Vec<String> =
            titles.iter().map(|(.., column)| column.map_or(String::new(), |c| feature.value(c).to_string().trim().to_owned())).collect();
        let cells: Vec<XlsxCell<'_>> = cells.iter().map(|c| if c.is_empty() { XlsxCell::Empty } else { XlsxCell::Text(c) }).collect();
        writer.row(sheet, &cells)?;
    }
    let words = |key: &'static str, width| XlsxColumn { title: word(lang, key).to_owned(), width, form: XlsxForm::Words };
    let help = writer.add_sheet(word(lang, "clusters.help"), &[words("clusters.help_column", 24.0), words("clusters.help_takes", 80.0)])?;
    for (title, meaning, ..) in &titles {
        writer.row(help, &[XlsxCell::Text(title), XlsxCell::Text(word(lang, takes(*meaning)))])?;
    }
    writer.row(help, &[XlsxCell::Text(word(lang, "clusters.help_all")), XlsxCell::Text(word(lang, "clusters.help_blank"))])?;
    let heads = [words("clusters.industry_code", 10.0), words("clusters.industry_name", 50.0)];
    let industries = writer.add_sheet(word(lang, "clusters.industries"), &heads)?;
    for (code, name) in divisions() {
        writer.row(industries, &[XlsxCell::Text(code), XlsxCell::Text(name)])?;
    }
    writer.finish()?.commit()
}

/// Text key of what a column takes.
fn takes(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Id => "clusters.takes_id",
        Meaning::Words => "clusters.takes_words",
        Meaning::Code => "clusters.takes_code",
        Meaning::Day => "clusters.takes_day",
        Meaning::Grade => "clusters.takes_grade",
        Meaning::BaseLevel => "clusters.takes_base_level",
        Meaning::Industries => "clusters.takes_industries",
        Meaning::Figure => "clusters.takes_figure",
    }
}

/// One attribute of one cluster that becomes another.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterCell {
    /// Code of the cluster.
    pub cluster: String,
    pub field: String,
    pub was: String,
    pub is: String,
    cell: NewCell,
}

/// A table against the clusters of a plan: what would become of them, before anything is changed.
#[derive(Clone, Debug, Default)]
pub struct ClusterTable {
    /// File name without its folder.
    pub file: String,
    pub rows: usize,
    /// Clusters that have a row.
    pub joined: usize,
    pub cells: Vec<ClusterCell>,
    added: Vec<Field>,
    /// Rows of codes that no cluster bears, and clusters without a row, each with near codes; codes that stand twice; cells that
    /// are no such value; columns that mean nothing here; what reading the file found.
    without_cluster: Vec<Message>,
    without_row: Vec<Message>,
    twice: Vec<Message>,
    wrong: Vec<Message>,
    columns: Vec<String>,
    notes: Vec<Message>,
}

impl ClusterTable {
    /// `join`: title of the column with the codes; `None` for the usual ones.
    ///
    /// # Errors
    /// A file that is no table; no column with codes; no rows; a plan without codes.
    pub fn read(path: &Path, join: Option<&str>, layer: &Layer) -> Result<Self, Message> {
        let grids = read_grids(path, None).map_err(|e| e.0)?;
        let usual = || CLUSTER_ID_COLUMNS.iter().find_map(|name| grids.table_with(name).map(|table| ((*name).to_owned(), table)));
        let named = join.map_or_else(usual, |join| grids.table_with(join).map(|table| (join.to_owned(), table)));
        let (key, table) = named.ok_or_else(|| {
            let wanted = join.map_or_else(|| CLUSTER_ID_COLUMNS[..2].join(" / "), str::to_owned);
            let titles = grids.likely_titles().join(", ");
            Message::new("table.no_join").with("file", grids.file.clone()).with("field", wanted).with("fields", titles)
        })?;
        if table.rows.is_empty() {
            return Err(Message::new("table.no_rows").with("file", grids.file.clone()));
        }
        let fields = ClusterFields::guess(&layer.fields);
        let id = fields.id.ok_or_else(|| {
            let names: Vec<&str> = layer.fields.iter().map(|f| &*f.name).collect();
            let message = Message::new("clusters.no_id").with("layer", &*layer.head.name);
            message.with("fields", names.join(", ")).with("wanted", CLUSTER_ID_COLUMNS[..2].join(" / "))
        })?;
        let mut all = Self { file: grids.file.clone(), rows: table.rows.len(), notes: grids.notes.clone(), ..Self::default() };
        let places = all.places(&table, &key, &fields, layer);
        all.join(&table, &places, layer, id);
        Ok(all)
    }

    /// Which column of the table goes where: its place there, the column of the layer or a new one, what may stand in it.
    fn places(&mut self, table: &Table, key: &str, fields: &ClusterFields, layer: &Layer) -> Vec<(usize, usize, Meaning)> {
        let bare_fields: Vec<Field> = table.header.iter().map(|t| Field::new(bare(t), FieldKind::Text)).collect();
        let of_table = ClusterFields::guess(&bare_fields);
        let limits = ClusterFields::guess(&table.header.iter().map(|t| Field::new(t, FieldKind::Text)).collect::<Vec<_>>()).limits;
        let key = key.split_whitespace().collect::<Vec<_>>().join("");
        let key_at = table.header.iter().position(|t| t.eq_ignore_ascii_case(&key)).unwrap_or(0);
        let mut places = vec![(key_at, fields.id.unwrap_or(0), Meaning::Id)];
        for (at, title) in table.header.iter().enumerate().filter(|(at, title)| *at != key_at && !title.is_empty()) {
            let known = COLUMNS.iter().find(|(name, meaning, _)| *meaning != Meaning::Figure && column_of(&of_table, name) == Some(at));
            let limit = limits.iter().any(|(_, column)| *column == at);
            let (name, meaning) = match known {
                Some((name, meaning, _)) => ((*name).to_owned(), *meaning),
                None if limit => (title.clone(), Meaning::Figure),
                None => {
                    self.columns.push(title.clone());
                    continue;
                }
            };
            let own = column_of(fields, &name).or_else(|| layer.fields.iter().position(|f| *f.name == *name));
            let column = own.unwrap_or_else(|| {
                let kind = match meaning {
                    Meaning::Day => FieldKind::Date,
                    Meaning::Figure => FieldKind::Real,
                    _ => FieldKind::Text,
                };
                self.added.push(Field::new(&name, kind));
                layer.fields.len() + self.added.len() - 1
            });
            places.push((at, column, meaning));
        }
        places
    }

    fn join(&mut self, table: &Table, places: &[(usize, usize, Meaning)], layer: &Layer, id: usize) {
        let key_at = places.first().map_or(0, |place| place.0);
        let cell = |cells: &[String], at: usize| cells.get(at).map(|c| c.trim().to_owned()).unwrap_or_default();
        let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (i, (_, cells)) in table.rows.iter().enumerate() {
            rows.entry(cell(cells, key_at)).or_default().push(i);
        }
        let mut clusters: BTreeMap<String, Vec<FeatureId>> = BTreeMap::new();
        for feature in layer.features() {
            clusters.entry(feature.value(id).to_string().trim().to_owned()).or_default().push(feature.id);
        }
        let number = |row: &usize| table.rows.get(*row).map_or(0, |(number, _)| *number).to_string();
        let numbers = |rows: &[usize]| rows.iter().map(number).collect::<Vec<_>>().join(", ");
        let lonely = |key: &str, here: usize, there: bool| !key.is_empty() && here == 1 && !there;
        let row_keys = || rows.iter().filter(|(key, r)| lonely(key, r.len(), clusters.contains_key(*key))).map(|(key, _)| key.as_str());
        let cluster_keys = || clusters.iter().filter(|(key, c)| lonely(key, c.len(), rows.contains_key(*key))).map(|(key, _)| key.as_str());
        let near_clusters = NearKeys::new(cluster_keys(), row_keys());
        let near_rows = NearKeys::new(row_keys(), cluster_keys());
        let near = |keys: Vec<&str>| match keys.as_slice() {
            [] => Message::new("table.nothing_near"),
            keys => Message::new("table.near").with("keys", keys.join(" / ")),
        };
        for (key, found) in &rows {
            if key.is_empty() {
                let message = Message::new("clusters.row_without_code").with("rows", numbers(found));
                self.without_cluster.push(message);
            } else if found.len() > 1 {
                self.twice.push(Message::new("table.key_twice").with("key", key.clone()).with("rows", numbers(found)));
            } else if clusters.get(key).is_some_and(|c| c.len() > 1) {
                self.twice.push(Message::new("clusters.code_twice").with("key", key.clone()).with("count", clusters[key].len()));
            } else if !clusters.contains_key(key) {
                let message = Message::new("clusters.row_without_cluster").with("row", numbers(found)).with("key", key.clone());
                self.without_cluster.push(message.with("near", near(near_clusters.of(key))));
            }
        }
        for (key, features) in clusters.iter().filter(|(key, _)| !rows.contains_key(*key)) {
            let message = Message::new("clusters.cluster_without_row").with("key", key.clone()).with("count", features.len());
            self.without_row.push(message.with("near", near(near_rows.of(key))));
        }
        for (key, features) in &clusters {
            let ([feature], Some([row])) = (features.as_slice(), rows.get(key).map(Vec::as_slice)) else { continue };
            if key.is_empty() {
                continue;
            }
            self.joined += 1;
            let cells = table.rows.get(*row).map_or(&[][..], |(_, cells)| cells);
            for (at, column, meaning) in places.iter().filter(|place| place.2 != Meaning::Id) {
                // An empty cell says nothing: it takes nothing away.
                let said = cell(cells, *at);
                if !said.is_empty() {
                    self.take(layer, (key, *feature, number(row)), (*column, *meaning, table.header.get(*at)), &said);
                }
            }
        }
        self.drop_empty_columns(layer.fields.len());
    }

    /// New columns that no cell fills are none. `own`: columns of the layer.
    fn drop_empty_columns(&mut self, own: usize) {
        let used: BTreeSet<usize> = self.cells.iter().map(|c| c.cell.column).filter(|column| *column >= own).collect();
        let added = std::mem::take(&mut self.added);
        self.added = added.into_iter().enumerate().filter(|(i, _)| used.contains(&(own + i))).map(|(_, field)| field).collect();
        let place: BTreeMap<usize, usize> = used.into_iter().enumerate().map(|(i, column)| (column, own + i)).collect();
        for cell in &mut self.cells {
            cell.cell.column = place.get(&cell.cell.column).copied().unwrap_or(cell.cell.column);
        }
    }

    /// One cell: a change, nothing where it says what is there, or a fault that is said.
    fn take(
        &mut self,
        layer: &Layer,
        (key, feature, row): (&str, FeatureId, String),
        (column, meaning, title): (usize, Meaning, Option<&String>),
        said: &str,
    ) {
        let Some(field) = layer.fields.get(column).or_else(|| self.added.get(column.wrapping_sub(layer.fields.len()))).cloned() else {
            return;
        };
        let was = layer.feature(feature).map_or(Value::Null, |f| f.value(column));
        // What stands there already is not questioned.
        if was.to_string().trim() == said {
            return;
        }
        match checked(meaning, &field, said) {
            Err(why) => {
                let message = Message::new("clusters.cell_wrong").with("row", row).with("key", key);
                let message = message.with("field", title.cloned().unwrap_or_default()).with("value", said);
                self.wrong.push(message.with("why", why));
            }
            Ok(value) => {
                let is = value.to_string();
                let same = was.to_string().trim() == is
                    || (meaning == Meaning::Figure && was.number().is_some() && was.number() == value.number())
                    || (meaning == Meaning::Day && Date::parse(&was.to_string()).is_some_and(|day| Some(day) == Date::parse(&is)));
                if !same {
                    let cell = NewCell { feature, column, value };
                    let was = was.to_string().trim().to_owned();
                    self.cells.push(ClusterCell { cluster: key.to_owned(), field: field.name.to_string(), was, is, cell });
                }
            }
        }
    }

    /// The change that takes all of it, one step.
    pub fn change(&self, contents: &Contents, layer: LayerId) -> Change {
        let cells: Vec<NewCell> = self.cells.iter().map(|c| c.cell.clone()).collect();
        set_values(contents, layer, &self.added, &cells)
    }

    /// What would become of the plan, for people: counts, then one by one as far as one reads.
    pub fn lines(&self) -> Vec<Message> {
        let head = Message::new("clusters.joined").with("file", self.file.clone()).with("rows", self.rows);
        let mut lines = vec![head.with("clusters", self.joined).with("cells", self.cells.len())];
        lines.extend(self.notes.iter().map(|note| Message::new("cli.note").with("note", note.clone())));
        let mut list = |code: &'static str, all: &[Message]| {
            if all.is_empty() {
                return;
            }
            lines.push(Message::new(code).with("count", all.len()));
            lines.extend(all.iter().take(SAID).map(|note| Message::new("cli.note").with("note", note.clone())));
            if all.len() > SAID {
                let more = Message::new("table.more").with("count", all.len() - SAID);
                lines.push(Message::new("cli.note").with("note", more));
            }
        };
        list("clusters.wrong", &self.wrong);
        list("table.keys_twice", &self.twice);
        list("clusters.rows_without_cluster", &self.without_cluster);
        let cells: Vec<Message> = self.cells.iter().map(ClusterCell::words).collect();
        list("clusters.cells", &cells);
        list("clusters.clusters_without_row", &self.without_row);
        let columns: Vec<Message> = self.columns.iter().map(|name| Message::new("finding.words").with("words", name.clone())).collect();
        list("clusters.columns_not_taken", &columns);
        lines
    }
}

impl ClusterCell {
    /// Cluster, field, what it was and what it is.
    pub fn words(&self) -> Message {
        let was = if self.was.is_empty() { "–" } else { &self.was };
        let message = Message::new("clusters.cell").with("key", self.cluster.clone()).with("field", self.field.clone());
        message.with("was", was).with("is", self.is.clone())
    }
}

/// A cell as its column keeps it, or why it cannot stand there.
fn checked(meaning: Meaning, field: &Field, said: &str) -> Result<Value, Message> {
    let one_of = |words: &[&str]| Message::new("clusters.not_one_of").with("words", words.join(" / "));
    match meaning {
        Meaning::Day => {
            let day = Date::parse(said).ok_or_else(|| Message::new("clusters.no_day"))?;
            Ok(if field.kind == FieldKind::Date { Value::Date(day) } else { Value::text(&day.to_string()) })
        }
        Meaning::Figure => {
            let value = number(said).ok_or_else(|| Message::new("clusters.no_number"))?;
            Ok(Value::Real(value))
        }
        Meaning::Grade if !GRADES.contains(&said) => Err(one_of(&GRADES)),
        Meaning::BaseLevel if !BASE_LEVELS.contains(&said) => Err(one_of(&BASE_LEVELS)),
        Meaning::Industries => {
            let entries = said.split([',', '，', '、', ';', '；', '|', ' ']).map(str::trim).filter(|e| !e.is_empty());
            let unknown: Vec<&str> = entries.filter(|entry| !is_industry(entry)).collect();
            if unknown.is_empty() {
                Ok(Value::text(said))
            } else {
                Err(Message::new("clusters.no_industry").with("words", unknown.join("、")))
            }
        }
        _ => Ok(Value::text(said)),
    }
}

/// A code of a division of GB/T 4754 (01 to 97), or words that name one.
fn is_industry(entry: &str) -> bool {
    let code = entry.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    if !code.is_empty() && !in_words(code) {
        return code.get(..2).and_then(|division| division.parse().ok()).is_some_and(|division: u8| (1..=97).contains(&division));
    }
    !industry_codes(entry, "").is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::geom::Rings;
    use crate::model::{GeometryKind, LayerHead, PackedBuilder, Provenance, Role, apply};
    use std::sync::Arc;

    const PLAN: LayerId = LayerId(100);

    fn contents() -> Contents {
        let names = ["编号", "名称", "发展日期", "主导产业"];
        let mut fields: Vec<Field> = names.iter().map(|n| Field::new(n, FieldKind::Text)).collect();
        fields[2].kind = FieldKind::Date;
        let mut builder = PackedBuilder::new(GeometryKind::Area, fields);
        for (i, id) in ["JZ-001", "JZ-002", "JZ-003", "JZ-003"].iter().enumerate() {
            let e = 100.0 * i as f64;
            let rings = Rings::simple(&[[e, 0.0], [e + 90.0, 0.0], [e + 90.0, 90.0]]);
            builder.push(i as u32 + 1, rings.as_ref(), &[Value::text(id), Value::text("甲"), Value::Null, Value::text("38")]);
        }
        let layer = Layer::new(LayerHead::new("规划", Role::Plan), Provenance::default(), Arc::new(builder.finish()), FeatureId(1));
        let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
        contents.layers = contents.layers.insert(PLAN, Arc::new(layer));
        contents.order = vec![PLAN].into();
        contents
    }

    fn table(text: &str, contents: &Contents) -> ClusterTable {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("属性.csv");
        std::fs::write(&path, text).unwrap();
        ClusterTable::read(&path, None, contents.layer(PLAN).unwrap()).unwrap()
    }

    fn codes(table: &ClusterTable) -> Vec<&'static str> {
        table.lines().iter().map(|l| l.code).filter(|c| *c != "cli.note").collect()
    }

    #[test]
    fn exact_codes_join_and_all_else_is_said() {
        let contents = contents();
        let found = table(
            "集聚区编号,名称,发展日期（列入日期）,主导产业,备用\n\
             JZ-001,甲,2012年9月12日,\"C38、家电\",x\nJZ-OO2,乙,,26,\nJZ-003,丙,,26,\nJZ-009,,,,\nJZ-009,,,,\n",
            &contents,
        );
        assert_eq!((found.rows, found.joined), (5, 1));
        let cells: Vec<(&str, &str, &str)> = found.cells.iter().map(|c| (&*c.field, &*c.was, &*c.is)).collect();
        assert_eq!(
            cells,
            [("发展日期", "", "2012-09-12"), ("主导产业", "38", "C38、家电")],
            "the same name is no change, an empty cell neither"
        );
        let expected = [
            "clusters.joined",
            "table.keys_twice",
            "clusters.rows_without_cluster",
            "clusters.cells",
            "clusters.clusters_without_row",
            "clusters.columns_not_taken",
        ];
        assert_eq!(codes(&found), expected);
        let words: Vec<String> = found.lines().iter().map(|l| l.render(Lang::En)).collect();
        assert!(words.iter().any(|w| w.contains("JZ-OO2") && w.contains("JZ-002")), "a near code is suggested: {words:?}");
        assert_eq!(found.twice.len(), 2, "JZ-009 twice in the table, JZ-003 twice in the plan");

        let (after, back) = apply(&contents, &found.change(&contents, PLAN));
        let value = |contents: &Contents, id, column| contents.layer(PLAN).unwrap().feature(FeatureId(id)).unwrap().value(column);
        assert_eq!(value(&after, 1, 2), Value::Date(Date::parse("2012-09-12").unwrap()));
        assert_eq!(value(&after, 2, 3), Value::text("38"), "a near code changes nothing");
        assert_eq!(value(&apply(&after, &back).0, 1, 2), Value::Null, "one step back");
    }

    #[test]
    fn what_is_no_such_value_is_said_with_its_place_and_not_taken() {
        let contents = contents();
        let found = table(
            "编号,发展日期,主导产业,基地级别,集聚区级别,投资强度下限\nJZ-001,去年,99,市里,重点,很多\nJZ-002,,,省级,,\"3,000\"\n",
            &contents,
        );
        assert_eq!((found.wrong.len(), found.cells.len()), (5, 2), "{:?}", found.wrong);
        let words = found.wrong[0].render(Lang::Zh);
        assert!(words.contains("去年") && words.contains("JZ-001") && words.contains('2'), "{words}");
        // Columns that the plan lacked come with the change, and go with its undoing.
        let (after, back) = apply(&contents, &found.change(&contents, PLAN));
        let layer = after.layer(PLAN).unwrap();
        let limit = layer.fields.iter().position(|f| &*f.name == "投资强度下限").unwrap();
        assert_eq!(layer.feature(FeatureId(2)).unwrap().value(limit), Value::Real(3000.0));
        assert!(layer.fields.iter().all(|f| &*f.name != "集聚区级别"), "a column that no cell fills is none");
        assert_eq!(layer.features().map(|f| f.id.0).collect::<Vec<_>>(), [1, 2, 3, 4], "the features keep their ids");
        assert_eq!(apply(&after, &back).0.layer(PLAN).unwrap().fields.len(), 4);
    }

    #[test]
    fn the_template_comes_back_as_it_was_written() {
        let contents = contents();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("模板.xlsx");
        write_cluster_template(contents.layer(PLAN).unwrap(), &path, Lang::Zh).unwrap();
        let grids = read_grids(&path, None).unwrap();
        let names: Vec<&str> = grids.sheets.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        assert_eq!(grids.sheets[2].rows.len(), divisions().count() + 1, "all divisions and a title");
        let table = grids.table_with("编号").unwrap();
        assert_eq!(table.rows.len(), 4);
        for (title, ..) in COLUMNS {
            assert!(table.header.iter().any(|t| t == title), "{title} in {:?}", table.header);
        }
        let found = ClusterTable::read(&path, None, contents.layer(PLAN).unwrap()).unwrap();
        assert!(found.cells.is_empty() && found.columns.is_empty() && found.wrong.is_empty(), "{:?}", found.lines());
        assert!(found.change(&contents, PLAN).entries.is_empty());
    }
}

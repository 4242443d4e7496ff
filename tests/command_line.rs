//! The command line end to end, with the real program: what it understands, how it ends, what it refuses.

use crate::reading::{dbf, gbk, shp, shp_points, square};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub const PRJ_40: &str = r#"PROJCS["CGCS2000_3_Degree_GK_Zone_40",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",40500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;
pub const E: f64 = 40_508_000.0;
pub const N: f64 = 4_015_000.0;

/// A folder with a plan of three clusters and six sites, the system cleaned of what a user's shell may say.
pub struct Desk(pub TempDir);

pub struct Said {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let cluster = |e: f64| Some(vec![square(E + e, N, 1000.0)]);
        desk.layer(
            "plan",
            &[cluster(0.0), cluster(1000.0), cluster(5000.0)],
            &[("编号", 8), ("名称", 30), ("区市代码", 6), ("发展日期", 10)],
            &[
                ["Z1", "胶州一号产业集聚区", "370281", "2012-09-12"],
                ["Z2", "胶州二号产业集聚区", "370281", ""],
                ["Z3", "即墨", "370282", ""],
            ],
        );
        let bow_tie = vec![[E, N], [E + 100.0, N + 100.0], [E + 100.0, N], [E, N + 100.0], [E, N]];
        desk.layer(
            "sites",
            &[
                Some(vec![square(E + 100.0, N + 100.0, 100.0)]),
                Some(vec![square(E + 900.0, N + 100.0, 200.0)]),
                Some(vec![square(E - 50.0, N + 500.0, 100.0)]),
                Some(vec![square(E + 3000.0, N, 100.0)]),
                Some(vec![bow_tie]),
                None,
            ],
            &[("编号", 8), ("名称", 40), ("项目类型", 10)],
            &[
                ["S1", "完全在内", "新建"],
                ["S2", "跨两区", "新建"],
                ["S3", "一半,\"在外\"", "新建"],
                ["S4", "在外", "新建"],
                ["S5", "自相交", "新建"],
                ["S6", "无图形", "新建"],
            ],
        );
        desk
    }

    pub fn layer<const COLUMNS: usize>(
        &self,
        stem: &str,
        shapes: &[Option<Vec<Vec<[f64; 2]>>>],
        fields: &[(&str, u8); COLUMNS],
        rows: &[[&str; COLUMNS]],
    ) {
        let names: Vec<Vec<u8>> = fields.iter().map(|(name, _)| gbk(name)).collect();
        let fields: Vec<(&[u8], u8, u8, u8)> = names.iter().zip(fields).map(|(name, (_, width))| (&name[..], b'C', *width, 0)).collect();
        let rows: Vec<_> = rows.iter().map(|row| (false, row.iter().map(|cell| gbk(cell)).collect())).collect();
        self.put(&format!("{stem}.shp"), shp(shapes));
        self.put(&format!("{stem}.dbf"), dbf(0x4D, &fields, &rows));
        self.put(&format!("{stem}.prj"), PRJ_40);
    }

    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Every file with its bytes: what a call that fails must leave as it was.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.is_file())
            .map(|p| (p.clone(), fs::read(&p).unwrap()))
            .collect();
        files.sort();
        files
    }

    pub fn luodi(&self, line: &str) -> Said {
        self.luodi_of(&line.split_whitespace().collect::<Vec<_>>())
    }

    pub fn luodi_of(&self, args: &[&str]) -> Said {
        let mut program = Command::new(env!("CARGO_BIN_EXE_luodi"));
        for name in ["LC_ALL", "LC_MESSAGES", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            program.env_remove(name);
        }
        let Output { status, stdout, stderr } = program.args(args).current_dir(self.0.path()).output().unwrap();
        Said { status: status.code(), out: String::from_utf8(stdout).unwrap(), err: String::from_utf8(stderr).unwrap() }
    }

    /// A good run.
    pub fn good(&self, line: &str) -> Said {
        let said = self.luodi(line);
        assert_eq!(said.status, Some(0), "{line}: {}", said.err);
        said
    }

    /// A call that must end with `status`, with a message that names `names`, and leave every file as it was.
    pub fn refused(&self, line: &str, status: i32, names: &str) -> String {
        let before = self.files();
        let said = self.luodi(line);
        assert_eq!(said.status, Some(status), "{line}: {}{}", said.out, said.err);
        assert_eq!(said.out, "", "{line}");
        assert!(said.err.contains(names), "{line} does not name {names}: {}", said.err);
        assert!(!said.err.contains('{') && !said.err.contains("panicked"), "{line}: {}", said.err);
        assert!(self.files() == before, "{line} changed a file");
        said.err
    }
}

pub const CHECK: &str = "check --plan plan.shp --sites sites.shp --date 2013-01-01";

#[test]
fn help_speaks_two_languages_and_goes_to_standard_output() {
    let desk = Desk::new();
    let overview = desk.good("--help");
    assert!(overview.out.contains("用法") && overview.out.contains("check") && overview.err.is_empty());
    for command in ["open", "info", "check", "track", "diff", "convert", "map", "sample", "bench"] {
        assert!(overview.out.contains(&format!("\n  {command} ")), "{command} is not offered");
        let zh = desk.good(&format!("{command} --help"));
        let en = desk.good(&format!("{command} --help --lang en"));
        assert!(zh.out.contains("用法") && en.out.contains("Usage"), "{command}");
        assert!(!zh.out.contains("cli.") && !en.out.contains("cli."), "{command}: a key without words");
    }
    assert_eq!(desk.good("--version").out, format!("luodi {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let desk = Desk::new();
    for (line, names) in [
        ("frobnicate", "frobnicate"),
        ("diff plan.shp", "diff"),
        ("diff plan.shp plan.shp --out d.gpkg", "gpkg"),
        ("convert plan.shp x.doc", "x.doc"),
        ("check --plan plan.shp", "--sites"),
        ("check --plan plan.shp --sites sites.shp --report r", "--report"),
        ("check --plan plan.shp --sites sites.shp --project-table t.xlsx", "join="),
        ("check --plan plan.shp --sites sites.shp --accuracy-m x", "--accuracy-m"),
        ("check --plan plan.shp --sites sites.shp --out r.pdf", "pdf"),
        ("check --plan plan.shp,colour=red --sites sites.shp", "colour"),
        ("check --plan plan.shp --sites sites.shp,grade=名称", "grade"),
        ("check --plan plan.shp --sites sites.shp --rules none", "none"),
        ("check --plan plan.shp --sites sites.shp --layer farmland=plan.shp,grade=编号", "farmland"),
        ("info", "info"),
        ("map --layer plan=plan.shp --template zone-plan --page B5 --out m.pdf", "--page"),
    ] {
        desk.refused(line, 2, names);
    }
    assert!(desk.luodi("frobnicate --lang en").err.contains("There is no command"));
}

#[test]
fn bad_input_ends_with_1_one_message_and_nothing_written() {
    let desk = Desk::new();
    desk.put("alone.shp", desk.read("plan.shp"));
    desk.put("short.shp", &desk.read("plan.shp")[..90]);
    desk.put("short.dbf", desk.read("plan.dbf"));
    desk.put("empty.shp", b"");
    desk.put("points.shp", shp_points(&[[E, N]]));
    desk.put("points.dbf", dbf(0x4D, &[(b"ID", b'C', 8, 0)], &[(false, vec![b"P1".to_vec()])]));
    desk.put("points.prj", PRJ_40);
    desk.put("noprj.shp", shp(&[Some(vec![square(12.0, 7.0, 100.0)])]));
    desk.put("noprj.dbf", dbf(0x4D, &[(b"ID", b'C', 8, 0)], &[(false, vec![b"P1".to_vec()])]));
    desk.put("wrong.toml", "name = 1");
    desk.put("there.csv", "kept");
    for (line, names) in [
        ("check --plan nowhere.shp --sites sites.shp --out r.csv", "nowhere.shp"),
        ("check --plan short.shp --sites sites.shp --out r.csv", "short.shp"),
        ("check --plan empty.shp --sites sites.shp --out r.csv", "empty.shp"),
        ("check --plan points.shp --sites sites.shp --out r.csv", "points"),
        ("check --plan plan.shp --sites points.shp --out r.csv", "points"),
        ("check --plan plan.shp --sites noprj.shp --out r.csv", "crs="),
        ("check --plan plan.shp --sites sites.shp --rules wrong.toml --out r.csv", "wrong.toml"),
        ("check --plan plan.shp --sites sites.shp --out there.csv", "there.csv"),
        ("check --plan plan.shp --sites sites.shp --out csv:plan.shp", "plan.shp"),
        ("check --plan plan.shp --sites sites.shp --out csv:plan.shp --force", "plan.shp"),
        ("check --plan plan.shp --sites sites.shp --out csv:sites.dbf --force", "sites.dbf"),
        ("check --plan plan.shp --sites sites.shp --out csv:./sites.cpg --force", "sites"),
        ("check --plan plan.shp --sites sites.shp --out nofolder/r.csv", "nofolder"),
        ("check --workspace plan.shp --out r.csv", "plan.shp"),
        ("info sites.shp empty.shp", "empty.shp"),
        ("map --layer plan=points.shp --template zone-plan --out m.pdf", "points"),
        ("map --layer plan=plan.shp --template none --out m.pdf", "none"),
    ] {
        let chinese = desk.refused(line, 1, names);
        let english = desk.refused(&format!("{line} --lang en"), 1, names);
        assert_ne!(chinese, english, "{line}");
    }
}

#[test]
fn info_tells_how_things_were_found() {
    let desk = Desk::new();
    let said = desk.good("info plan.shp sites.shp");
    assert!(said.out.contains("gb18030") && said.out.contains("EPSG:4528") && said.out.contains(".prj"), "{}", said.out);
    let json: Value = serde_json::from_str(&desk.good("info plan.shp sites.shp --json").out).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["inputs"][0]["area_m2"], 3_000_000.0);
    let sites = &json["inputs"][1];
    assert_eq!(sites["features"], 6);
    let problems = sites["problems"].as_array().unwrap();
    assert!(problems.iter().any(|p| p["kind"] == "self_crossing" && p["records"] == serde_json::json!([5])), "{problems:?}");
    assert!(problems.iter().any(|p| p["kind"] == "no_geometry" && p["records"] == serde_json::json!([6])), "{problems:?}");
}

#[test]
fn the_sample_is_written_once_and_checked_when_nothing_is_named() {
    let desk = Desk::new();
    desk.good("sample city");
    let again = desk.luodi("sample city");
    assert_eq!(again.status, Some(1), "what is there is not replaced");
    let cities = desk.good("track --plan city/集聚区现状.shp --plan city/集聚区布局规划.shp").out;
    assert!(cities.contains("224.00") && cities.contains("700.00"), "{cities}");
    let mut program = Command::new(env!("CARGO_BIN_EXE_luodi"));
    let own = desk.path("own");
    fs::create_dir(&own).unwrap();
    let output = program.arg("check").env("TMPDIR", &own).env("TMP", &own).current_dir(desk.0.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("XZ2013001"));
    for format in ["csv", "json", "geojson"] {
        assert!(said.contains(&format!("核查结果.{format}")) && own.join(format!("luodi-sample/核查结果.{format}")).exists(), "{said}");
    }
}

#[test]
fn track_measures_the_land_of_the_clusters() {
    let desk = Desk::new();
    let said = desk.good("track --plan plan.shp");
    assert!(said.out.contains("3.00"), "{}", said.out);
    desk.good("track --plan plan.shp --plan plan.shp --out t.csv --out t.json");
    let json: Value = serde_json::from_slice(&desk.read("t.json")).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["plans"].as_array().unwrap().len(), 2);
    assert!((json["plans"][0]["total"]["planar_m2"].as_f64().unwrap() - 3e6).abs() < 1e-3);
    assert!(desk.read("t.csv").starts_with("\u{feff}plan,version,row".as_bytes()));
}

#[test]
fn a_map_is_written_in_each_format() {
    let desk = Desk::new();
    desk.good("map --layer plan=plan.shp --template zone-plan --page A4-landscape --dpi 50 --out m.pdf --out m.png --out m.svg");
    for (name, magic) in [("m.pdf", &b"%PDF-"[..]), ("m.png", b"\x89PNG"), ("m.svg", b"<")] {
        assert!(desk.read(name).starts_with(magic), "{name}");
    }
}

#[test]
fn without_a_display_the_window_says_so() {
    let desk = Desk::new();
    if cfg!(target_os = "linux") {
        desk.refused("", 1, "luodi --help");
        desk.refused("open plan.shp", 1, "luodi --help");
    }
}

#[test]
fn inputs_are_never_changed() {
    let desk = Desk::new();
    let before = desk.files();
    desk.good(CHECK);
    desk.good("info plan.shp");
    assert!(desk.files() == before);
    assert!(!Path::new(&desk.path("sites.shx")).exists());
}

#[test]
fn track_puts_a_yearbook_beside_the_geometry() {
    let desk = Desk::new();
    let table = "统计年鉴\n年份,区市代码,集聚区面积（公顷）\n2012,370281,190\n2015,370281,300\n2012,370299,1\n";
    desk.put("年鉴.csv", table);
    let line = "track --plan plan.shp --stats 年鉴.csv --date 2013-01-01";
    let said = desk.good(line);
    assert!(said.out.contains("1.90") && said.out.contains("−0.10") && said.out.contains("370299"), "{}", said.out);
    desk.good(&format!("{line} --out t.json --out t.csv"));
    let json: Value = serde_json::from_slice(&desk.read("t.json")).unwrap();
    assert_eq!(json["plans"][0]["districts"][0]["stated"], serde_json::json!({ "area_m2": 1.9e6, "year": 2012 }));
    assert_eq!(json["stats"]["rows_without_district"][0]["district"], "370299");
    let csv = String::from_utf8(desk.read("t.csv")).unwrap();
    let columns: Vec<usize> = csv.lines().map(|l| l.split(',').count()).collect();
    assert!(columns.iter().all(|n| *n == columns[0]) && csv.contains("1900000.0000,2012,-100000.0000"), "{csv}");
    desk.refused("track --plan plan.shp --stats nowhere.csv --out q.csv", 1, "nowhere.csv");
    desk.refused("track --plan plan.shp --stats 年鉴.csv --out csv:年鉴.csv --force", 1, "年鉴.csv");
    desk.refused("track --plan plan.shp --date 2013-01-01", 2, "--stats");
}

#[test]
fn diff_tells_what_land_a_new_version_adds_and_which_sites_it_changes() {
    let desk = Desk::new();
    // The new version keeps the first cluster, drops the others and grows west over half of the third site.
    desk.layer(
        "new",
        &[Some(vec![square(E, N, 1000.0)]), Some(vec![square(E - 1000.0, N, 1000.0)])],
        &[("编号", 8), ("名称", 30), ("区市代码", 6)],
        &[["Z1", "胶州一号产业集聚区", "370281"], ["Z4", "胶州西", "370281"]],
    );
    let said = desk.good("diff plan.shp new.shp --sites sites.shp");
    assert!(said.out.contains("370282") && said.out.contains("S3") && said.out.contains("50.00 %"), "{}", said.out);
    desk.good("diff plan.shp new.shp --sites sites.shp --out d.json --out d.csv --out d.geojson");
    let json: Value = serde_json::from_slice(&desk.read("d.json")).unwrap();
    let m2 = |key: &str| json["total"][key]["planar_m2"].as_f64().unwrap().round();
    assert_eq!(["old", "new", "kept", "added", "withdrawn"].map(m2), [3e6, 2e6, 1e6, 1e6, 2e6]);
    let changed = json["sites"]["changed"].as_array().unwrap();
    assert!(changed.iter().any(|s| s["site_id"] == "S3" && s["old_verdict"] == "partial" && s["new_verdict"] == "inside"), "{changed:?}");
    let csv = String::from_utf8(desk.read("d.csv")).unwrap();
    assert!(csv.contains("total,,,3000000.0000,2000000.0000,1000000.0000,1000000.0000,2000000.0000,,,,"), "{csv}");
    let text = String::from_utf8(desk.read("d.geojson")).unwrap();
    assert!(text.contains("\"withdrawn\"") && text.contains("[120.0"));
    desk.refused("diff plan.shp new.shp --out csv:new.dbf --force", 1, "new.dbf");
    desk.refused("diff plan.shp nowhere.shp --out q.csv", 1, "nowhere.shp");
}

#[test]
fn convert_writes_what_the_extension_says_and_tells_what_was_lost() {
    let desk = Desk::new();
    let said = desk.good("convert plan.shp out.geojson --lang en");
    assert!(said.out.is_empty() && said.err.contains("out.geojson") && said.err.contains("EPSG:4490"), "{}", said.err);
    desk.refused("convert plan.shp out.geojson", 1, "--force");
    desk.refused("convert plan.shp plan.dbf --force", 2, "plan.dbf");
    desk.refused("convert plan.shp plan.shp --force", 1, "plan.shp");
    desk.refused("convert plan.shp b.txt --profile nonsense", 2, "one-map");
    desk.refused("convert plan.shp b.geojson --encoding GBK", 2, "b.geojson");
    desk.refused("convert plan.shp b.gpkg --to EPSG:2364", 1, "EPSG:2364");
    assert!(desk.good("convert plan.shp b.txt --profile 一张图 --lang en").err.contains("has no place for"));
    assert_eq!(desk.good("convert plan.shp c.csv --quiet").err, "");
}

#[test]
fn attributes_of_clusters_go_out_as_a_template_and_come_back() {
    let desk = Desk::new();
    let said = desk.luodi("convert plan.shp 属性.xlsx --profile clusters");
    assert_eq!(said.status, Some(0), "{}", said.err);
    assert!(desk.path("属性.xlsx").is_file());
    // Filled in by hand, as a table of the template's titles.
    fs::write(desk.path("填好.csv"), "编号,主导产业,发展日期\nZ1,家电,2013年1月1日\nZ-2,38,\nZ3,26,\n").unwrap();
    let said = desk.luodi("convert plan.shp 新.geojson --attributes 填好.csv --lang en");
    assert_eq!(said.status, Some(0), "{}", said.err);
    assert!(said.err.contains("2 clusters joined, 3 attributes") && said.err.contains("Z-2"), "{}", said.err);
    let json: Value = serde_json::from_slice(&fs::read(desk.path("新.geojson")).unwrap()).unwrap();
    let leading: Vec<&Value> = json["features"].as_array().unwrap().iter().map(|f| &f["properties"]["主导产业"]).collect();
    assert_eq!(leading, [&Value::from("家电"), &Value::Null, &Value::from("26")]);
    assert_eq!(json["features"][0]["properties"]["发展日期"], "2013-01-01");
    desk.refused("convert plan.shp b.geojson --profile clusters", 2, "b.geojson");
}

//! The command line end to end, with the real program: what it prints, what it writes, how it ends, what it refuses.

use crate::reading::{dbf, gbk, shp, shp_points, square};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const PRJ_40: &str = r#"PROJCS["CGCS2000_3_Degree_GK_Zone_40",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",40500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;
const HEADER: &str = "site_id,name,verdict,case,area_m2,inside_m2,outside_m2,inside_share,clusters,route,findings,unknown,certainty";
const E: f64 = 40_508_000.0;
const N: f64 = 4_015_000.0;

/// A folder with a plan of three clusters and six sites, the system cleaned of what a user's shell may say.
struct Desk(TempDir);

struct Said {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
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

    fn layer<const COLUMNS: usize>(
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

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Every file with its bytes: what a call that fails must leave as it was.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: Vec<_> =
            fs::read_dir(self.0.path()).unwrap().map(|e| e.unwrap().path()).map(|p| (p.clone(), fs::read(&p).unwrap())).collect();
        files.sort();
        files
    }

    fn luodi(&self, line: &str) -> Said {
        self.luodi_of(&line.split_whitespace().collect::<Vec<_>>())
    }

    fn luodi_of(&self, args: &[&str]) -> Said {
        let mut program = Command::new(env!("CARGO_BIN_EXE_luodi"));
        for name in ["LC_ALL", "LC_MESSAGES", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            program.env_remove(name);
        }
        let Output { status, stdout, stderr } = program.args(args).current_dir(self.0.path()).output().unwrap();
        Said { status: status.code(), out: String::from_utf8(stdout).unwrap(), err: String::from_utf8(stderr).unwrap() }
    }

    /// A good run.
    fn good(&self, line: &str) -> Said {
        let said = self.luodi(line);
        assert_eq!(said.status, Some(0), "{line}: {}", said.err);
        said
    }

    /// A call that must end with `status`, with a message that names `names`, and leave every file as it was.
    fn refused(&self, line: &str, status: i32, names: &str) -> String {
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

const CHECK: &str = "check --plan plan.shp --sites sites.shp --date 2013-01-01";

#[test]
fn help_speaks_two_languages_and_goes_to_standard_output() {
    let desk = Desk::new();
    let overview = desk.good("--help");
    assert!(overview.out.contains("用法") && overview.out.contains("check") && overview.err.is_empty());
    assert!(!overview.out.contains("convert"), "what is not built is not offered");
    for command in ["open", "info", "check", "track", "map", "sample", "bench"] {
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
        ("diff plan.shp plan.shp", "diff"),
        ("convert plan.shp x.geojson --to EPSG:4490", "convert"),
        ("check --plan plan.shp", "--sites"),
        ("check --plan plan.shp --sites sites.shp --accuracy-m 1", "--accuracy-m"),
        ("check --plan plan.shp --sites sites.shp --report r", "--report"),
        ("check --plan plan.shp --sites sites.shp --out r.pdf", "pdf"),
        ("check --plan plan.shp,colour=red --sites sites.shp", "colour"),
        ("check --plan plan.shp --sites sites.shp,grade=名称", "grade"),
        ("check --plan plan.shp --sites sites.shp --rules none", "none"),
        ("check --plan plan.shp --sites sites.shp --rules full --rules position", "--rules"),
        ("check --plan plan.shp --sites sites.shp --layer farmland=plan.shp,id=编号", "farmland"),
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
        ("check --plan alone.shp --sites sites.shp --out r.csv", "alone"),
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
fn check_prints_a_table_and_says_what_it_rests_on() {
    let desk = Desk::new();
    let said = desk.good(CHECK);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].starts_with("编号") && lines[2].starts_with("S1"));
    for (line, verdict, case) in [
        (2, "位于规划范围内", " A "),
        (3, "位于规划范围内", " A "),
        (4, "部分超出规划范围", " D "),
        (5, "位于规划范围外", " E "),
        (6, "未核查", " H "),
        (7, "未核查", " H "),
    ] {
        assert!(lines[line].contains(verdict) && lines[line].contains(case), "{}", lines[line]);
    }
    assert!(said.out.contains("永久基本农田"), "roles that were not supplied are named");
    assert!(said.out.contains("EPSG:4528") && said.out.contains("2013-01-01"));
    let english = desk.good(&format!("{CHECK} --lang en"));
    assert!(english.out.contains("Verdict") && english.out.contains("not checked") || english.out.contains("Not checked"));
    assert!(!english.out.contains("cli.") && !said.out.contains("cli."));
}

#[test]
fn csv_is_what_scripts_depend_on() {
    let desk = Desk::new();
    let printed = desk.good(&format!("{CHECK} --out csv:- --out r.csv"));
    let bytes = desk.read("r.csv");
    assert_eq!(printed.out.as_bytes(), bytes, "the file and standard output are the same");
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.strip_prefix('\u{feff}').expect("a byte order mark").split_terminator("\r\n").collect();
    assert_eq!(lines[0], HEADER);
    assert_eq!(lines.len(), 7);
    assert!(
        lines[1]
            .starts_with("S1,完全在内,inside,A,10000.0000,10000.0000,0.0000,1.000000000,Z1:10000.0000,joint_conference+district:370281,")
    );
    assert!(lines[2].starts_with("S2,跨两区,inside,A,40000.0000,40000.0000,0.0000,1.000000000,Z1:20000.0000|Z2:20000.0000,"));
    assert!(lines[3].starts_with("S3,\"一半,\"\"在外\"\"\",partial,D,10000.0000,5000.0000,5000.0000,0.500000000,Z1:5000.0000,"));
    assert!(lines[4].starts_with("S4,在外,outside,E,10000.0000,0.0000,10000.0000,0.000000000,,deliberate+district:"));
    for not_checked in &lines[5..] {
        assert!(not_checked.contains(",not_checked,H,") && not_checked.contains(",none,"), "{not_checked}");
    }
}

#[test]
fn the_same_bytes_whatever_the_threads_and_shards() {
    let desk = Desk::new();
    for format in ["csv", "json", "jsonl", "geojson"] {
        let whole = desk.good(&format!("{CHECK} --jobs 1 --out {format}:-")).out;
        for jobs in [2, 8] {
            assert_eq!(desk.good(&format!("{CHECK} --jobs {jobs} --out {format}:-")).out, whole, "{format}");
        }
        if matches!(format, "csv" | "jsonl") {
            for n in [1, 2, 4, 9] {
                let parts = (1..=n).map(|k| desk.good(&format!("{CHECK} --shard {k}/{n} --out {format}:-")).out);
                assert_eq!(parts.collect::<String>(), whole, "{format} in {n} shards");
            }
        }
    }
}

#[test]
fn json_holds_codes_and_numbers() {
    let desk = Desk::new();
    desk.good(&format!("{CHECK} --out r.json --out r.geojson --out r.jsonl"));
    let json: Value = serde_json::from_slice(&desk.read("r.json")).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["date"], "2013-01-01");
    assert_eq!(json["sites"].as_array().unwrap().len(), 6);
    assert_eq!(json["sites"][2]["inside_m2"], 5000.0);
    assert_eq!(json["sites"][5]["inside_share"], Value::Null, "what was not measured is no number");
    assert_eq!(json["summary"]["verdicts"]["not_checked"], 2);
    assert_eq!(json["inputs"][0]["role"], "plan");
    assert_eq!(json["inputs"][0]["blake3"].as_str().unwrap().len(), 64);
    let lines: Vec<Value> =
        desk.read("r.jsonl").split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect();
    assert_eq!(&lines, json["sites"].as_array().unwrap());

    let geojson: geojson::GeoJson = String::from_utf8(desk.read("r.geojson")).unwrap().parse().unwrap();
    let geojson::GeoJson::FeatureCollection(collection) = geojson else { panic!("no collection") };
    assert_eq!(collection.features.len(), 6);
    assert!(collection.features[5].geometry.is_none());
    assert_eq!(collection.features[3].property("verdict").unwrap(), "outside");
    assert_eq!(collection.features[3].property("outside_m2").unwrap(), 10_000.0);
    let text = String::from_utf8(desk.read("r.geojson")).unwrap();
    assert!(text.contains("[120.0"), "longitude comes first");
}

#[test]
fn tolerances_and_named_columns_count() {
    let desk = Desk::new();
    let verdict = |line: &str| desk.good(&format!("{line} --out csv:-")).out.lines().nth(3).unwrap().to_owned();
    assert!(verdict(CHECK).contains(",partial,"));
    assert!(verdict(&format!("{CHECK} --tolerance-m2 inf --tolerance-share 0.499")).contains(",partial,"));
    let named = "check --plan plan.shp,id=名称 --sites sites.shp,id=名称,name=编号 --date 2013-01-01 --out csv:-";
    let out = desk.good(named).out;
    assert!(out.contains("完全在内,S1,inside,A,") && out.contains("胶州一号产业集聚区:10000.0000"), "{out}");
    let only = desk.good("check --plan plan.shp --sites sites.shp,where=编号=S4 --out csv:-").out;
    assert_eq!(only.lines().count(), 2);
}

#[test]
fn force_replaces_an_output_whole() {
    let desk = Desk::new();
    desk.put("r.csv", "kept");
    desk.good(&format!("{CHECK} --out r.csv --force --quiet"));
    assert!(desk.read("r.csv").starts_with("\u{feff}site_id".as_bytes()));
    let left: Vec<_> = desk.files().into_iter().filter(|(path, _)| path.extension().is_none_or(|e| e == "part")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn only_results_on_standard_output() {
    let desk = Desk::new();
    let loud = desk.good(&format!("{CHECK} --out r.csv"));
    assert!(loud.out.is_empty() && loud.err.contains("r.csv"));
    assert!(!loud.err.contains('\r'), "no bar where there is no terminal");
    let quiet = desk.good(&format!("{CHECK} --out csv:- --quiet"));
    assert_eq!(quiet.err, "");
    assert!(quiet.out.starts_with('\u{feff}'));
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

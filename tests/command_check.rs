//! `luodi check` end to end, with the real program: every format, every way to read the sites, what joins and what stops it.

use crate::command_line::{CHECK, Desk, E, N};
use crate::reading::{gbk, square};
use serde_json::Value;
use std::fs;
use std::process::{Command, Stdio};

const HEADER: &str = "site_id,name,verdict,case,area_m2,inside_m2,outside_m2,inside_share,clusters,route,findings,unknown,certainty";

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
fn every_format_at_once_and_the_same_bytes_for_any_number_of_threads() {
    let desk = Desk::new();
    let formats = ["csv", "json", "jsonl", "geojson", "gpkg", "xlsx"];
    let line = |jobs: usize| {
        let outs: Vec<String> = formats.iter().map(|f| format!("--out {jobs}.{f}")).collect();
        format!("{CHECK} --jobs {jobs} {}", outs.join(" "))
    };
    for jobs in [1, 2, 8] {
        desk.good(&line(jobs));
    }
    for format in formats {
        let one = desk.read(&format!("1.{format}"));
        for jobs in [2, 8] {
            assert!(desk.read(&format!("{jobs}.{format}")) == one, "{format} with {jobs} threads");
        }
    }
}

/// What comes by the stream of a shapefile comes the same by a file that is read whole.
#[test]
fn sites_read_block_by_block_get_the_answers_of_sites_read_whole() {
    let desk = Desk::new();
    let streamed = desk.good(&format!("{CHECK} --rules position --out csv:-")).out;
    let whole = desk.good("check --plan plan.shp --sites sites.shp,where=编号!=none --date 2013-01-01 --rules position --out csv:-").out;
    assert_eq!(streamed, whole);
    let json = |line: &str| serde_json::from_str::<Value>(&desk.good(line).out).unwrap();
    let a = json(&format!("{CHECK} --rules position --out json:-"));
    let b = json("check --plan plan.shp --sites sites.shp,where=编号!=none --date 2013-01-01 --rules position --out json:-");
    assert_eq!(a["sites"], b["sites"]);
    assert_eq!(a["summary"]["verdicts"], b["summary"]["verdicts"]);
    let hash = |v: &Value| v["inputs"].as_array().unwrap().iter().find(|i| i["role"] == "sites").unwrap()["blake3"].clone();
    assert_eq!(hash(&a), hash(&b), "the same file, the same hash");
    let notes = a["summary"]["sites_notes"].as_array().unwrap();
    assert!(notes.iter().any(|n| n["code"] == "io.unsound") && notes.iter().any(|n| n["code"] == "io.records_empty"), "{notes:?}");
}

/// Sites of a stream are compared with all sites of their file: those of other blocks, beyond deleted records, in other shards,
/// in another system than the plan; and by the same words as sites of a layer.
#[test]
fn sites_read_block_by_block_know_their_neighbours_in_the_whole_file() {
    let desk = Desk::new();
    // Squares on a lattice in an order that scatters neighbours over the file; each overlaps the next ones by 10 m.
    const SIDE: usize = 48;
    let place = |i: usize| (i * 1_871) % (SIDE * SIDE);
    let at = |i: usize| (E - 40_000_000.0 + 90.0 * (place(i) % SIDE) as f64, N + 90.0 * (place(i) / SIDE) as f64);
    let shapes: Vec<_> = (0..SIDE * SIDE).map(|i| (i % 97 != 5).then(|| vec![square(at(i).0, at(i).1, 100.0)])).collect();
    let cells: Vec<[String; 2]> = (0..SIDE * SIDE).map(|i| [format!("N{i}"), format!("P{}", place(i) / 2)]).collect();
    let rows: Vec<[&str; 2]> = cells.iter().map(|[id, project]| [id.as_str(), project.as_str()]).collect();
    desk.layer("many", &shapes, &[("编号", 8), ("项目代码", 8)], &rows);
    let mut table = desk.read("many.dbf");
    let (header, length) = (u16::from_le_bytes([table[8], table[9]]) as usize, u16::from_le_bytes([table[10], table[11]]) as usize);
    for record in [0, 3, 2_047, 2_048, 2_300] {
        table[header + record * length] = b'*';
    }
    desk.put("many.dbf", table);
    let check = "check --plan plan.shp --sites many.shp,crs=EPSG:4549 --date 2013-01-01 --quiet";
    let sites = |line: &str| serde_json::from_str::<Value>(&desk.good(line).out).unwrap()["sites"].clone();
    let streamed = sites(&format!("{check} --out json:-"));
    let whole = sites(&format!("{} --out json:-", check.replace("EPSG:4549", "EPSG:4549,where=编号!=none")));
    let of = |site: &Value| site["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "neighbours").unwrap().clone();
    let overlapped = streamed.as_array().unwrap().iter().filter(|site| of(site)["outcome"] == "warn").count();
    assert!(overlapped > 2_100, "{overlapped}");
    assert_eq!(streamed, whole);
    let (csv, mut shards) = (desk.good(&format!("{check} --out csv:-")).out, String::new());
    (1..=3).for_each(|k| shards += &desk.good(&format!("{check} --shard {k}/3 --out csv:-")).out);
    assert_eq!(shards, csv);
}

#[test]
fn a_geopackage_of_results_holds_sites_and_pieces_that_add_up() {
    let desk = Desk::new();
    desk.good(&format!("{CHECK} --out r.gpkg"));
    let database = luodi::io::Database::open(&desk.path("r.gpkg")).unwrap();
    let ask = |sql: &str| {
        let mut rows = Vec::new();
        let take = |row: luodi::io::Row<'_, '_>| {
            rows.push((0..4).map(|i| format!("{:?}", row.cell(i))).collect::<Vec<_>>().join(" "));
            Ok::<(), luodi::io::SqlError>(())
        };
        database.query(sql, &[], take).unwrap();
        rows
    };
    assert_eq!(ask("SELECT count(*), count(geom), sum(area_m2), count(inside_m2) FROM sites"), ["Int(6) Int(4) Real(70000.0) Int(4)"]);
    let sums = "SELECT s.site_id, abs(s.area_m2 - sum(p.area_m2)) < 0.01, count(*), NULL FROM sites s JOIN pieces p ON p.site_id = s.site_id \
                WHERE p.piece IN ('inside', 'outside') GROUP BY s.site_id ORDER BY 1";
    let rows: Vec<String> =
        ["S1", "S2", "S3", "S4"].iter().zip([1, 1, 2, 1]).map(|(s, n)| format!("Text({s:?}) Int(1) Int({n}) Null")).collect();
    assert_eq!(ask(sums), rows);
    assert_eq!(
        ask("SELECT srs_id, geometry_type_name, NULL, NULL FROM gpkg_geometry_columns WHERE table_name = 'sites'"),
        ["Int(4528) Text(\"MULTIPOLYGON\") Null Null"]
    );
    assert_eq!(
        ask("SELECT count(*), NULL, NULL, NULL FROM provenance WHERE key IN ('rule_set', 'inputs', 'summary')"),
        ["Int(3) Null Null Null"]
    );
}

#[test]
fn a_workbook_of_results_has_titles_numbers_findings_and_a_summary() {
    let desk = Desk::new();
    desk.good(&format!("{CHECK} --out r.xlsx"));
    let grids = luodi::io::read_grids(&desk.path("r.xlsx"), None).unwrap();
    let names: Vec<&str> = grids.sheets.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["核查结果", "核查事项", "汇总与依据"]);
    let table = &grids.sheets[0].rows;
    assert_eq!(table.len(), 7);
    assert_eq!(&table[0].1[..2], ["编号\nsite_id", "名称\nname"]);
    assert_eq!(table[3].1[..8], ["S3", "一半,\"在外\"", "partial", "D", "10000", "5000", "5000", "0.5"]);
    assert!(grids.sheets[1].rows.iter().any(|(_, cells)| cells[0] == "S3" && cells[2] == "position" && cells[3] == "fail"));
    assert!(grids.sheets[2].rows.iter().any(|(_, cells)| cells[0].contains("EPSG:4528")));
    assert!(!grids.sheets.iter().flat_map(|s| &s.rows).flat_map(|(_, cells)| cells).any(|c| c.contains("result.")), "a key without words");
}

#[test]
fn the_summary_says_why_by_cause() {
    let desk = Desk::new();
    let said = desk.good(&format!("{CHECK} --out r.json"));
    assert!(said.err.contains("未通过的原因") && said.err.contains("胶州一号产业集聚区"), "{}", said.err);
    let json: Value = serde_json::from_slice(&desk.read("r.json")).unwrap();
    let causes = json["summary"]["by_cause"]["causes"].as_array().unwrap();
    assert!(causes.iter().any(|c| c["rule"] == "position" && c["against"] == "胶州一号产业集聚区" && c["sites"] == 1), "{causes:?}");
    let english = desk.good(&format!("{CHECK} --out csv:- --lang en"));
    assert!(english.err.contains("Why, by cause"), "{}", english.err);
}

#[test]
fn the_applicants_table_joins_exact_keys_and_lists_the_rest() {
    let desk = Desk::new();
    let table = "拟选址项目一览表,,,\r\n编号,项目名称,行业代码,投资强度（万元/亩）\r\n\
                 S1,改了的名称,C3851,300\r\nS-2,跨两区,26,\r\nS3,,,\r\nS3,,,\r\nX9,没有图形的项目,38,\r\n";
    desk.put("项目.csv", gbk(table));
    let line = format!("{CHECK} --project-table 项目.csv,join=编号 --out r.json --out r.csv");
    let said = desk.good(&line);
    for words in ["5 行", "1 宗", "S-2", "S2", "X9", "S3", "改了的名称", "gb18030", "拟选址项目一览表"] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    let json: Value = serde_json::from_slice(&desk.read("r.json")).unwrap();
    assert_eq!(json["sites"][0]["name"], "改了的名称");
    assert_eq!(json["sites"][0]["industry"], "3851");
    assert_eq!(json["sites"][1]["industry"], Value::Null, "near is not the same");
    let joined = &json["summary"]["project_table"];
    assert_eq!((&joined["rows"], &joined["rows_joined"], &joined["sites_without_row_count"]), (&5.into(), &1.into(), &4.into()));
    assert_eq!(joined["sites_without_row"][0]["near"][0], "S-2");
    assert_eq!(joined["keys_twice"][0]["key"], "S3");
    let without: Vec<&str> = joined["rows_without_site"].as_array().unwrap().iter().map(|r| r["key"].as_str().unwrap()).collect();
    assert_eq!(without, ["S-2", "X9"]);

    let shards: String =
        (1..=3).map(|k| desk.good(&format!("{CHECK} --project-table 项目.csv,join=编号 --shard {k}/3 --out csv:-")).out).collect();
    assert_eq!(shards.as_bytes(), desk.read("r.csv"));
    desk.refused("check --plan plan.shp --sites sites.shp --project-table 项目.csv,join=代码 --out q.csv", 1, "编号");
    desk.refused("check --plan plan.shp --sites sites.shp --project-table nowhere.xlsx,join=编号 --out q.csv", 1, "nowhere.xlsx");
    desk.refused("check --plan plan.shp --sites sites.shp --project-table plan.shp,join=编号 --out q.csv", 1, "plan.shp");
    desk.refused("check --plan plan.shp --sites sites.shp --project-table 项目.csv,join=编号 --out csv:项目.csv --force", 1, "项目.csv");
}

#[test]
fn settings_overrule_what_is_detected_for_that_file() {
    let desk = Desk::new();
    let csv = |line: &str| desk.good(&format!("{line} --date 2013-01-01 --out csv:-")).out;
    let rows = |line: &str| csv(line).lines().skip(1).map(|l| l.split(',').next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(rows("check --plan plan.shp --sites sites.shp,where=编号>=S3"), ["S3", "S4", "S5", "S6"]);
    let both = desk.luodi_of(&["check", "--plan", "plan.shp", "--sites", "sites.shp,where=编号>S1 AND 编号<S4", "--out", "csv:-"]);
    assert_eq!(both.out.lines().count(), 3, "{}", both.err);
    let of_plan = desk.luodi_of(&["check", "--plan", "plan.shp,where=编号=Z3", "--sites", "sites.shp", "--out", "csv:-"]);
    assert!(of_plan.out.lines().nth(1).unwrap().contains(",outside,"), "{}", of_plan.out);
    // The column of names said to hold the grade: 示范 is no grade, so nobody is on a list but by the dates.
    let graded = csv("check --plan plan.shp,grade=区市代码 --sites sites.shp");
    assert!(graded.contains("joint_conference"), "the dates still count: {graded}");
    desk.layer("own", &[Some(vec![square(E + 100.0, N + 100.0, 100.0)])], &[("编号", 8), ("说明", 10)], &[["T1", "原址技改"]]);
    let case = |line: &str| csv(line).lines().nth(1).unwrap().split(',').nth(3).unwrap().to_owned();
    assert_eq!(case("check --plan plan.shp --sites own.shp"), "A");
    assert_eq!(case("check --plan plan.shp --sites own.shp,kind=说明"), "N", "on its own land the clause does not bind");
    let covered = csv("check --plan plan.shp --sites sites.shp --layer farmland=plan.shp,coverage=all");
    assert!(covered.lines().nth(1).unwrap().contains("A+G"), "{covered}");
    let unknown = csv("check --plan plan.shp --sites sites.shp --layer farmland=sites.shp,where=编号=S4");
    assert!(unknown.lines().nth(1).unwrap().contains("farmland"), "undeclared coverage is unknown: {unknown}");
    for (line, names) in [
        ("check --plan plan.shp --sites sites.shp,grade=名称", "grade"),
        ("check --plan plan.shp --sites sites.shp,coverage=all", "coverage"),
        ("check --plan plan.shp --sites sites.shp --layer farmland=plan.shp,industry=编号", "industry"),
    ] {
        desk.refused(line, 2, names);
    }
    desk.refused("check --plan plan.shp --sites sites.shp,where=没有=1 --out q.csv", 1, "没有");
    desk.refused("check --plan plan.shp,id=没有 --sites sites.shp --out q.csv", 1, "没有");
}

#[test]
fn an_accuracy_makes_a_site_near_the_border_uncertain() {
    let desk = Desk::new();
    let certainty = |flags: &str| {
        let out = desk.good(&format!("{CHECK} {flags} --out csv:-")).out;
        out.lines().skip(1).map(|l| l.rsplit(',').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(certainty("")[1], "certain");
    let stated = certainty("--accuracy-m 0.5");
    assert_eq!((stated[0].as_str(), stated[2].as_str()), ("certain", "certain"), "far from the border, and half outside");
    let json: Value = serde_json::from_str(&desk.good(&format!("{CHECK} --accuracy-m 0.5 --out json:-")).out).unwrap();
    assert_eq!(json["accuracy_m"], 0.5);
    assert_eq!(certainty("--accuracy-m 60")[2], "within_error", "half of it is 50 m wide");
}

#[test]
fn rule_packs_stack_and_loosening_is_refused_or_said() {
    let desk = Desk::new();
    desk.put("loose.toml", "name = \"loose\"\nversion = \"1\"\n[thresholds]\ntolerance_m2 = 100000.0\n");
    let json = |line: &str| serde_json::from_str::<Value>(&desk.good(line).out).unwrap();
    let stacked = json(&format!("{CHECK} --rules full --rules shandong-2012 --out json:-"));
    let packs: Vec<&str> = stacked["rule_set"]["packs"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(packs, ["full", "shandong-2012"]);
    desk.refused("check --plan plan.shp --sites sites.shp --rules full --rules loose.toml --out q.csv", 1, "loose");
    desk.refused("check --plan plan.shp --sites sites.shp --rules full --rules none --out q.csv", 2, "none");
}

#[test]
fn outputs_that_are_one_place_are_refused() {
    let desk = Desk::new();
    fs::create_dir(desk.path("sub")).unwrap();
    let said = desk.luodi(&format!("{CHECK} --out r.csv --out csv:./sub/../r.csv"));
    assert_eq!(said.status, Some(2), "{}", said.err);
    assert!(!desk.path("r.csv").exists());
    // One output that cannot be begun: none is written.
    let said = desk.luodi(&format!("{CHECK} --out r.csv --out nofolder/r.xlsx"));
    assert_eq!(said.status, Some(1), "{}", said.err);
    assert!(!desk.path("r.csv").exists(), "nothing is written where not all can be");
    let left: Vec<_> =
        fs::read_dir(desk.0.path()).unwrap().filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|e| e == "part")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Ctrl-C in the middle: what was there stays, nothing half written is left, not even the file beside.
#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_half_written_file() {
    let desk = Desk::new();
    let many: Vec<Option<Vec<Vec<[f64; 2]>>>> =
        (0..60_000).map(|i| Some(vec![square(E + f64::from(i % 300) * 3.0, N + f64::from(i / 300) * 4.0, 50.0)])).collect();
    let ids: Vec<String> = (0..60_000).map(|i| format!("M{i}")).collect();
    let rows: Vec<[&str; 1]> = ids.iter().map(|id| [id.as_str()]).collect();
    desk.layer("many", &many, &[("编号", 8)], &rows);
    desk.put("old.csv", "kept");
    fs::create_dir(desk.path("out")).unwrap();
    let outs = "--out csv:old.csv --out out/r.json --out out/r.gpkg --out out/r.xlsx --force";
    let line = format!("check --plan plan.shp --sites many.shp --date 2013-01-01 --rules position --jobs 1 {outs}");
    let mut run = Command::new(env!("CARGO_BIN_EXE_luodi"));
    let run = run.args(line.split_whitespace()).current_dir(desk.0.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = run.spawn().unwrap();
    // Wait until it has begun to write beside.
    let parts = || fs::read_dir(desk.path("out")).unwrap().count();
    let begun = std::time::Instant::now();
    while parts() == 0 && begun.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(parts() > 0, "nothing was begun");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("没有写出"), "{said}");
    assert_eq!(parts(), 0, "nothing is left");
    assert_eq!(desk.read("old.csv"), b"kept");
    assert!(desk.files().iter().all(|(path, _)| path.extension().is_none_or(|e| e != "part")));
}

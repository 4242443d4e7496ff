//! What may be said and what it means: every flag of the contract.

use super::fault::Fault;
use super::grammar::{COMMANDS, Word};
use super::meant::{Meant, Shard};
use super::outputs::{Format, Target};
use super::said::Said;
use super::*;
use crate::model::{Date, Role};
use std::path::Path;

fn meant(line: &str) -> Result<Meant, Fault> {
    Meant::from_said(&Said::read(line.split_whitespace().map(OsString::from))?)
}

fn code(line: &str) -> &'static str {
    match meant(line) {
        Err(Fault::Usage(message)) => message.code,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn nothing_means_the_window() {
    assert!(matches!(meant(""), Ok(Meant::Window(files)) if files.is_empty()));
    assert!(matches!(meant("open a.gpkg 地块.shp"), Ok(Meant::Window(files)) if files.len() == 2));
    assert_eq!(code("open"), "cli.place_missing");
}

#[test]
fn help_and_version_are_heard_anywhere() {
    assert!(matches!(meant("--help"), Ok(Meant::Help(None))));
    assert!(matches!(meant("check --help"), Ok(Meant::Help(Some(c))) if c.word == Word::Check));
    assert!(matches!(meant("info -h"), Ok(Meant::Help(Some(c))) if c.word == Word::Info));
    assert!(matches!(meant("--version"), Ok(Meant::Version)));
    for command in COMMANDS {
        assert!(matches!(meant(&format!("{} --help", command.name)), Ok(Meant::Help(Some(_)))));
    }
}

#[test]
fn every_flag_of_check_is_understood() {
    let line = "check --quiet --plan p.shp --sites s.txt --layer farmland=f.shp --layer supplied=g.shp --rules position --rules own.toml \
                --date 2012-09-12 --tolerance-m2 inf --tolerance-share 1e-6 --accuracy-m 0.05 --project-table t.xlsx,join=id --out a.csv --out json:- --jobs 4";
    let Ok(Meant::Check(order)) = meant(line) else { panic!("not understood") };
    assert_eq!(order.layers.iter().map(|(role, _)| *role).collect::<Vec<_>>(), [Role::Farmland, Role::Supplied]);
    assert_eq!(order.rules, ["position", "own.toml"]);
    assert_eq!(order.date, Date::parse("2012-09-12"));
    assert_eq!((order.tolerance_m2, order.tolerance_share), (Some(f64::INFINITY), Some(1e-6)));
    assert_eq!((order.accuracy_m, order.table.map(|t| t.join)), (Some(0.05), Some("id".to_owned())));
    assert_eq!(order.outputs[0].file(), Some(Path::new("a.csv")));
    assert_eq!((order.outputs[1].format, &order.outputs[1].target), (Format::Json, &Target::StandardOutput));
    assert_eq!((order.jobs, order.shard), (Some(4), None));
    let Ok(Meant::Check(order)) = meant("check --workspace w.gpkg --shard 2/3 --out jsonl:- --lang=en --force") else { panic!() };
    assert_eq!((order.shard, order.workspace.as_deref()), (Some(Shard { k: 2, n: 3 }), Some(Path::new("w.gpkg"))));
}

#[test]
fn the_other_commands_are_understood() {
    assert!(matches!(meant("info a.shp b.geojson --json"), Ok(Meant::Info(o)) if o.json && o.inputs.len() == 2));
    let track = "track --plan a.shp --plan b.shp --layer districts=d.shp --stats s.xlsx --date 2015-12-31 --out t.csv --out t.json";
    let Ok(Meant::Track(order)) = meant(track) else { panic!() };
    assert!(order.plans.len() == 2 && order.districts.is_some() && order.outputs.len() == 2);
    assert_eq!((order.stats.as_deref(), order.date), (Some(Path::new("s.xlsx")), Date::parse("2015-12-31")));
    let map =
        "map w.gpkg --template zones --page A4-portrait --title 图 --scale 1:200000 --extent 1,2,3,4 --dpi 150 --out m.pdf --out m.png";
    let Ok(Meant::Map(order)) = meant(map) else { panic!() };
    assert_eq!((order.scale, order.extent, order.dpi), (Some(200_000.0), Some([1.0, 2.0, 3.0, 4.0]), Some(150.0)));
    assert_eq!(order.page.as_deref(), Some("A4-portrait"));
    assert!(
        matches!(meant("diff a.shp b.shp --sites s.txt --out d.geojson"), Ok(Meant::Diff(o)) if o.plans.len() == 2 && o.sites.is_some())
    );
    assert_eq!(code("diff a.shp"), "cli.place_missing");
    let convert = "convert a.shp,enc=GBK b.txt --to 4549 --profile 供地 --encoding UTF-8";
    let Ok(Meant::Convert(order)) = meant(convert) else { panic!() };
    assert_eq!(
        (order.to, order.profile.as_deref(), order.encoding.as_deref()),
        (Some(crate::crs::Crs::Epsg(4549)), Some("供地"), Some("UTF-8"))
    );
    assert!(matches!(meant("sample 示例 --parcels 20000"), Ok(Meant::Sample(o)) if o.parcels == Some(20_000)));
    assert!(matches!(meant("bench T2_100k data out"), Ok(Meant::Bench(o)) if o.task == "T2_100k" && o.out == Path::new("out")));
}

#[test]
fn what_is_not_built_yet_is_a_fault_of_usage() {
    assert_eq!(code("check --plan p --sites s --report d"), "cli.flag_not_built");
    assert_eq!(code("track --plan p --date 2015-12-31"), "cli.track_date");
    assert_eq!(code("map w.gpkg --template t --atlas id --out m.pdf"), "cli.flag_not_built");
    assert_eq!(code("check --plan p --sites s --out a.pdf"), "cli.out_format_not_built");
    assert!(matches!(meant("bench T6 d o"), Ok(Meant::Bench(o)) if o.task == "T6"));
    assert!(matches!(meant("bench live d o"), Ok(Meant::Bench(o)) if o.task == "live"));
}

#[test]
fn a_wrong_line_is_told_what_is_wrong_with_it() {
    for (line, expected) in [
        ("frobnicate", "cli.unknown_command"),
        ("chekc", "cli.unknown_command_near"),
        ("info", "cli.place_missing"),
        ("info a --jsno", "cli.unknown_flag_near"),
        ("info a --sites s", "cli.flag_not_of"),
        ("-x", "cli.unknown_flag"),
        ("--plan p check", "cli.flag_before_command"),
        ("check p.shp", "cli.place_too_many"),
        ("check --plan", "cli.value_missing"),
        ("check --plan=", "cli.value_missing"),
        ("check --plan p", "cli.flag_missing"),
        ("check --sites s", "cli.flag_missing"),
        ("check --plan p --plan q --sites s", "cli.flag_twice"),
        ("check --plan p --sites s --quiet=yes", "cli.value_unwanted"),
        ("check --plan p --sites s --date 2013-02-29", "cli.value_wrong"),
        ("check --plan p --sites s --tolerance-m2 -1", "cli.value_wrong"),
        ("check --plan p --sites s --tolerance-m2 NaN", "cli.value_wrong"),
        ("check --plan p --sites s --tolerance-share 2", "cli.value_wrong"),
        ("check --plan p --sites s --jobs 0", "cli.value_wrong"),
        ("check --plan p --sites s --accuracy-m -1", "cli.value_wrong"),
        ("check --plan p --sites s --accuracy-m inf", "cli.value_wrong"),
        ("check --plan p --sites s --project-table t.xlsx", "table.join_missing"),
        ("check --plan p --sites s --project-table t.xlsx,join=id,sheet=2", "io.input_unknown_key"),
        ("check --plan p --sites s,where=x", "io.input_bad_value"),
        ("check --plan p --sites s --shard 1/3 --out a.xlsx", "cli.shard_format"),
        ("check --plan p --sites s --shard 1/3 --out a.gpkg", "cli.shard_format"),
        ("check --plan p --sites s --out xlsx:-", "cli.out_format_binary"),
        ("check --plan p --sites s --shard 0/3 --out csv:-", "cli.value_wrong"),
        ("check --plan p --sites s --shard 4/3 --out csv:-", "cli.value_wrong"),
        ("check --plan p --sites s --shard 1/3 --out a.json", "cli.shard_format"),
        ("check --plan p --sites s --shard 1/3", "cli.shard_without_out"),
        ("check --plan p --sites s --layer f.shp", "cli.layer_form"),
        ("check --plan p --sites s --layer farmland=", "cli.layer_form"),
        ("check --plan p --sites s --layer farmlnd=f.shp", "cli.role_unknown_near"),
        ("check --plan p --sites s --layer castles=f.shp", "cli.role_unknown"),
        ("check --plan p --sites s --layer plan=f.shp", "cli.role_has_flag"),
        ("check --plan p --sites s --out -", "cli.out_no_format"),
        ("check --plan p --sites s --out x", "cli.out_format_unknown"),
        ("check --plan p --sites s --out a.csv --out a.csv", "cli.out_twice"),
        ("check --plan p --sites s --out csv:- --out json:-", "cli.out_twice"),
        ("track", "cli.flag_missing"),
        ("track --plan p --layer farmland=f", "cli.track_role"),
        ("map --template t --out m.pdf", "cli.map_nothing"),
        ("map w.gpkg --out m.pdf", "cli.flag_missing"),
        ("map w.gpkg --template t", "cli.flag_missing"),
        ("map w.gpkg --template t --out m.pdf --extent 3,2,1,4", "cli.value_wrong"),
        ("map w.gpkg --template t --out m.pdf --scale x", "cli.value_wrong"),
        ("map w.gpkg --template t --out png:-", "cli.out_format_binary"),
        ("map w.gpkg --template t --out m.csv", "cli.out_format_not_built"),
        ("convert a.shp", "cli.place_missing"),
        ("convert a.shp b.gpkg --to moon", "cli.crs_unknown"),
        ("sample", "cli.place_missing"),
        ("bench T9 d o", "cli.bench_unknown"),
        ("--lang fr info a", "cli.lang_unknown"),
        ("--renderer paper", "cli.renderer_unknown"),
    ] {
        assert_eq!(code(line), expected, "{line}");
    }
}

#[test]
fn chinese_comes_first() {
    for (locale, lang) in [
        (None, Lang::Zh),
        (Some("C.UTF-8"), Lang::Zh),
        (Some("POSIX"), Lang::Zh),
        (Some("zh_CN.UTF-8"), Lang::Zh),
        (Some("en_GB.UTF-8"), Lang::En),
        (Some("de_DE"), Lang::En),
    ] {
        assert_eq!(lang_of(locale), lang, "{locale:?}");
    }
    let args = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
    assert_eq!(lang_said(&args("frobnicate --lang en")), Some(Lang::En));
    assert_eq!(lang_said(&args("frobnicate --lang=zh")), Some(Lang::Zh));
    assert_eq!(lang_said(&args("frobnicate")), None);
}

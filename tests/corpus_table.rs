//! Every file of a folder, opened: a table of what reference software makes of it and what is made of it here.
//!
//! `LUODI_CORPUS` may be any folder. With an `expected.json` in it what is read is compared; without one, every file must be
//! read or refused with words that name it, and nothing may hang or take more room than such a file can need.

use crate::memory;
use luodi::io::{Raw, ReadOptions, Source, read_grids, read_source, reader_for};
use luodi::task::{Outcome, Progress, guard};
use luodi::text::{Lang, Message};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;
use walkdir::WalkDir;

const FILE_SECONDS: u64 = 60;
/// Room a file may take: so much in any case, and so many times its own size.
const ROOM: (usize, usize) = (256 << 20, 60);

/// Read by the reference with features, refused here, and why that is right: ten at most.
const REFUSALS: &[(&str, &str)] = &[
    ("shapefile/fiona/test_tin.shp", "three-dimensional bodies have no plane outline"),
    ("shapefile/gdal/multipatch.shp", "the same"),
    ("geojson/gdal/stac_item.json", "broken JSON: a trailing comma"),
    ("geojson/geojsonhint/bad/bad-duplicate-properties.geojson", "says it is a Feature and a FeatureCollection"),
    ("geojson/geojsonhint/bad/false.geojson", "a collection of `false`"),
    ("geojson/geojsonhint/bad/featurecollection-type-case.geojson", "the standard's names have one case"),
    ("dxf/gdal/BINARY_wipeout.dxf", "wipeouts only: they hide what lies under them, and show nothing"),
    ("dxf/gdal/wipeout.dxf", "the same"),
    ("dxf/gdal/dimension-entities-only.dxf", "dimensions without the blocks that draw them: the reference draws its own"),
    ("dxf/gdal/clusterfuzz-testcase-minimized-dxf_fuzzer-5400376672124928.dxf", "noise without one whole pair"),
];
/// Read with another number of features than the reference, and why that is right.
const COUNTS: &[(&str, &str)] = &[
    ("geojson/geojsonhint/bad/badfeature.geojson", "a broken feature keeps its row and is said"),
    ("geojson/geojsonhint/bad/multiple_problems.geojson", "the same"),
    ("geojson/geojsonhint/bad/nofeaturetype.geojson", "the same"),
    ("shapefile/mapshaper/shplib/3dpoints.shp", "all 22 records are whole; the reference trusts an index with wrong lengths"),
    ("csv/gdal/more_than_100_geom_fields.csv", "its one row is blank"),
    ("kml/gdal/samples.kml", "a picture laid on the ground is no feature and is said"),
];
/// Values that are not those of the reference, and why: most are texts in an encoding that nothing declares, where `enc=` decides.
const TEXTS: &[(&str, &str)] = &[
    ("big5", "passes for GB 18030"),
    ("shift", "the same"),
    ("eucjp", "the same"),
    ("latin1", "one byte a letter: nothing tells which letters"),
    ("water_main_dist", "a day in 23 characters is kept as written, 04/25/1989; the reference takes the month for the first"),
    ("comma_separated", "a decimal comma: the reference cuts 68,500 to 68"),
    ("duplicate_fields", "two columns of one name: the reference's list keeps the last, this test looks at the first"),
];
/// From so many letters on a text of the reference may be cut.
const LONG: usize = 100;

/// What became of a file here.
enum Ours {
    Layer(Box<Raw>),
    /// Several layers, of which one is asked for: the features of all of them.
    Layers(u64),
    /// No shapes in it: its rows, as they join to a layer, and its titles.
    Rows(Vec<Vec<String>>),
    Refused(Message),
}

struct Answer {
    ours: Ours,
    room: usize,
}

fn open(path: &Path) -> Ours {
    let source = match read_source(path) {
        Ok(source) => source,
        Err(refusal) => return Ours::Refused(refusal.0),
    };
    match layer(&source, None) {
        Ok(raw) => Ours::Layer(Box::new(raw)),
        Err(refusal) if refusal.args.iter().any(|(name, _)| *name == "choices") => each_layer(&source, refusal),
        Err(refusal) if ["table.no_geometry", "io.dbf_alone", "io.open_the_shp"].contains(&refusal.code) => match read_grids(path, None) {
            Ok(grids) => Ours::Rows(grids.sheets.into_iter().flat_map(|s| s.rows).map(|(_, cells)| cells).collect()),
            Err(_) => Ours::Refused(refusal),
        },
        Err(refusal) => Ours::Refused(refusal),
    }
}

fn layer(source: &Source, name: Option<&str>) -> Result<Raw, Message> {
    let reader = reader_for(source).map_err(|e| e.0)?;
    let options = ReadOptions { layer: name.map(str::to_owned), ..ReadOptions::default() };
    Raw::read(reader, source, &options, None, None, &Progress::new()).map_err(|e| e.0)
}

/// The layers that a person would be asked to choose from, one after the other. The first that cannot be read is the answer.
fn each_layer(source: &Source, refusal: Message) -> Ours {
    let choices = refusal.args.iter().find_map(|(name, arg)| if *name == "choices" { Some(arg) } else { None });
    let Some(luodi::text::Arg::Text(choices)) = choices else { return Ours::Refused(refusal) };
    let mut count = 0;
    for name in choices.lines() {
        match layer(source, Some(name)) {
            Ok(raw) => count += raw.len() as u64,
            Err(refusal) => return Ours::Refused(refusal),
        }
    }
    Ours::Layers(count)
}

/// Opens on a thread of its own, so that a file on which it hangs is named.
fn answer(path: &Path) -> Result<Answer, String> {
    let (give, take) = channel();
    let path = path.to_owned();
    let before = memory::held();
    memory::start_counting();
    std::thread::spawn(move || give.send(guard(|| open(&path))));
    let outcome = take.recv_timeout(Duration::from_secs(FILE_SECONDS)).map_err(|_| format!("no answer in {FILE_SECONDS} s"))?;
    match outcome {
        Outcome::Crashed(words) => Err(format!("panicked: {words}")),
        Outcome::Done(Ours::Refused(m)) if m.code == "io.read_failed" => Err(format!("panicked: {}", m.render(Lang::En))),
        Outcome::Done(ours) => Ok(Answer { ours, room: memory::most().saturating_sub(before) }),
    }
}

/// Counts that count as right, and the first records of the reference.
fn reference(entry: &Json) -> (Vec<u64>, Vec<&Json>) {
    let layers = |s: &str| entry[s]["layers"].as_array().filter(|l| !l.is_empty());
    let sources = ["gdal", "gdal_with_rebuilt_shx", "ogrinfo_3_6_2"];
    let mut counts: Vec<u64> = sources.iter().filter_map(|s| layers(s)?.iter().map(|l| l["features"].as_u64()).sum()).collect();
    let records = entry["shp"]["records_by_sequential_read"].as_u64();
    counts.extend(records.map(|n| n.saturating_sub(entry["dbf"]["deleted_records"].as_u64().unwrap_or(0))));
    let first = |s: &str| layers(s).filter(|l| l.len() == 1).and_then(|l| l[0]["first_records"].as_array());
    let records = first("gdal").or_else(|| first("gdal_with_rebuilt_shx"));
    (counts, records.map(|r| r.iter().collect()).unwrap_or_default())
}

/// Whether two programs mean the same value: the same text, or the same number, moment or list however it is written.
fn same_value(found: &str, meant: &str) -> bool {
    let number = |t: &str| t.trim().parse::<f64>().ok();
    let is_moment = |t: &str| {
        let b = t.as_bytes();
        b.len() >= 10 && b[..4].iter().all(u8::is_ascii_digit) && matches!(b[4], b'-' | b'/') && matches!(b[7], b'-' | b'/')
    };
    // A day may be given with midnight, a moment with thousandths and its zone.
    let moment = |t: &str| {
        let digits: String = t.chars().take(19).filter(char::is_ascii_digit).collect();
        format!("{digits:0<14}")
    };
    let list = |t: &str| serde_json::from_str::<Json>(t.trim()).ok().filter(|v| v.is_array() || v.is_object() || v.is_boolean());
    // A list is written with commas here and with blanks there.
    let items = |t: &str| -> Option<Vec<String>> {
        let inner = t.trim().strip_prefix('[')?.strip_suffix(']')?;
        let plain = |item: &str| item.trim_matches(['"', '\'']).trim_end_matches(".0").to_owned();
        Some(inner.split([',', ' ']).filter(|p| !p.is_empty()).map(plain).collect())
    };
    let flag = |t: &str| match t {
        "true" | "1.0" => Some(true),
        "false" | "0.0" => Some(false),
        _ => None,
    };
    found == meant
        || found.trim() == meant.trim()
        || number(found).is_some_and(|n| Some(n) == number(meant))
        || (is_moment(found) && is_moment(meant) && moment(found) == moment(meant))
        || items(found).is_some_and(|n| Some(n) == items(meant))
        || flag(found).is_some_and(|f| Some(f) == flag(meant))
        || list(found).is_some_and(|v| [list(&meant.to_lowercase()), list(meant)].contains(&Some(v)))
}

/// What the reference's first records say against ours, value by value. Gives how many were compared, and one that differs.
fn other_text(ours: &Ours, records: &[&Json]) -> (usize, Option<String>) {
    let mut compared = 0;
    for (row, record) in records.iter().enumerate() {
        for (field, meant) in record.as_object().into_iter().flatten() {
            let meant = match meant {
                Json::String(text) => text.clone(),
                Json::Number(n) => n.to_string(),
                Json::Bool(b) => b.to_string(),
                _ => continue,
            };
            // Nothing is written as `nan` or `NaT` by the reference, and letters that it could not read as U+FFFD.
            if meant.is_empty() || ["nan", "NaT"].contains(&&*meant) || meant.contains('\u{fffd}') {
                continue;
            }
            let found = match ours {
                Ours::Layer(raw) => {
                    raw.fields.iter().position(|f| *f.name == **field).filter(|_| row < raw.len()).map(|c| raw.value(row, c).to_string())
                }
                Ours::Rows(rows) => {
                    let column = rows.first().and_then(|titles| titles.iter().position(|t| t == field));
                    column.and_then(|c| rows.get(row + 1)?.get(c).cloned())
                }
                Ours::Refused(_) | Ours::Layers(_) => None,
            };
            let Some(found) = found else { continue };
            compared += 1;
            // Long texts are cut in the reference's list.
            let cut = meant.chars().count() >= LONG && found.trim().starts_with(meant.trim_end_matches('…').trim());
            if !cut && !same_value(&found, &meant) {
                return (compared, Some(format!("{field}: {found:?}, the reference has {meant:?}")));
            }
        }
    }
    (compared, None)
}

fn words_of(message: &Message, file: &str) -> Result<String, String> {
    for lang in [Lang::En, Lang::Zh] {
        let words = message.render(lang);
        let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !words.contains(&name) || words.contains('{') || words.chars().count() < name.chars().count() + 10 {
            return Err(format!("a refusal without file or cause: {words}"));
        }
    }
    Ok(message.render(Lang::En))
}

/// What a folder came out as.
#[derive(Default)]
struct Outcomes {
    files: Vec<String>,
    /// A line a file, tabs between: file, reference, ours, count, texts, words.
    table: String,
    wrong: Vec<String>,
    tally: BTreeMap<&'static str, usize>,
    refused_codes: BTreeMap<&'static str, usize>,
    /// Read by the reference with features, refused here.
    argued: Vec<String>,
    texts: usize,
    texts_argued: usize,
    most: (usize, String),
}

/// Opens every file below `root`. `with_room`: nothing else runs, so that the room each takes can be told.
fn outcomes(root: &Path, expected: &Json, with_room: bool) -> Outcomes {
    let entries = WalkDir::new(root).sort_by_file_name().into_iter().flatten().filter(|e| e.file_type().is_file());
    let files: Vec<String> = entries.map(|e| e.path().strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")).collect();
    let mut all = Outcomes { table: String::from("file\treference\tours\tcount\ttext\twords\n"), ..Outcomes::default() };
    for file in &files {
        let entry = &expected["files"][file];
        let (counts, records) = reference(entry);
        // Where the true texts of a file are known, they go before what the reference makes of them.
        let stem = Path::new(file).with_extension("dbf").to_string_lossy().into_owned();
        let truth = expected["encoding_truth"][&stem]["first_text_values"].as_array();
        let records = truth.map_or(records, |truth| truth.iter().collect());
        let theirs = match (entry.is_null(), counts.as_slice()) {
            (true, _) => "–".to_owned(),
            (_, []) => "refused".to_owned(),
            (_, counts) => format!("{counts:?}"),
        };
        let path = root.join(file);
        let Answer { ours, room } = match answer(&path) {
            Ok(answer) => answer,
            Err(words) => {
                writeln!(all.table, "{file}\t{theirs}\tFAILED\t\t\t{words}").unwrap();
                all.wrong.push(format!("{file}: {words}"));
                continue;
            }
        };
        let size = std::fs::metadata(&path).map_or(0, |m| m.len() as usize);
        if room > all.most.0 {
            all.most = (room, file.clone());
        }
        if with_room && room > ROOM.0 + ROOM.1 * size {
            all.wrong.push(format!("{file}: {room} bytes of room for {size}"));
        }
        let has_features = counts.iter().any(|n| *n > 0);
        let of = |list: &[(&str, &str)]| list.iter().any(|(f, _)| f == file);
        let (verdict, count, words) = match &ours {
            Ours::Layer(raw) => ("read", raw.len() as u64, raw.notes.messages.iter().map(|m| m.code).collect::<Vec<_>>().join(" ")),
            Ours::Layers(count) => ("layers", *count, String::new()),
            Ours::Rows(rows) => ("table", rows.len().saturating_sub(1) as u64, String::new()),
            Ours::Refused(m) => {
                *all.refused_codes.entry(m.code).or_default() += 1;
                let words = words_of(m, file).unwrap_or_else(|fault| {
                    all.wrong.push(format!("{file}: {fault}"));
                    fault
                });
                ("refused", 0, format!("{} {words}", m.code))
            }
        };
        *all.tally.entry(verdict).or_default() += 1;
        // Of a drawing the rows are of one kind: which row is which, `corpus_drawings` asks.
        let is_drawing = file.ends_with(".dxf");
        let (compared, other) = if is_drawing { (0, None) } else { other_text(&ours, &records) };
        all.texts += compared;
        let text = match (&other, compared) {
            (Some(_), _) => "other",
            (None, 0) => "",
            (None, _) => "equal",
        };
        writeln!(all.table, "{file}\t{theirs}\t{verdict}\t{count}\t{text}\t{}", words.replace(['\t', '\n'], " ")).unwrap();
        // What the newer of two releases of the reference refuses is no duty.
        if verdict == "refused" && has_features && entry["gdal"].get("error").is_none() {
            all.argued.push(file.clone());
            if !of(REFUSALS) {
                all.wrong.push(format!("{file}: refused, the reference reads {counts:?}: {words}"));
            }
        }
        let counts_differ = verdict != "refused" && !counts.is_empty() && !counts.contains(&count);
        // Where its row of titles is, the one who asks for a table says: it may have none.
        let counts_differ = counts_differ && !(verdict == "table" && counts.contains(&(count + 1)));
        if counts_differ && !of(COUNTS) && !is_drawing {
            all.wrong.push(format!("{file}: {verdict} {count}, the reference has {counts:?}; {words}"));
        }
        if let Some(other) = other {
            if TEXTS.iter().any(|(part, _)| file.contains(part)) {
                all.texts_argued += 1;
            } else {
                all.wrong.push(format!("{file}: {other}"));
            }
        }
    }
    all.files = files;
    all
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn every_file_of_a_folder_is_read_or_refused_with_words() {
    let root = PathBuf::from(std::env::var("LUODI_CORPUS").expect("LUODI_CORPUS names the folder of the corpus"));
    let expected: Json =
        std::fs::read(root.join("expected.json")).ok().map_or(Json::Null, |b| serde_json::from_slice(&b).expect("expected.json is JSON"));
    let all = outcomes(&root, &expected, true);
    assert!(!all.files.is_empty(), "the folder is empty");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../demo-out");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("corpus-table.tsv"), &all.table).unwrap();
    println!("{} files: {:?}; refused: {:?}", all.files.len(), all.tally, all.refused_codes);
    println!("{} files that the reference reads with features are refused: {:?}", all.argued.len(), all.argued);
    println!("{} values compared, {} files argued; most room {} MB ({})", all.texts, all.texts_argued, all.most.0 >> 20, all.most.1);
    println!("the table: {}", folder.join("corpus-table.tsv").display());
    assert!(REFUSALS.len() <= 10);
    assert!(all.wrong.is_empty(), "{} of {}:\n{}", all.wrong.len(), all.files.len(), all.wrong.join("\n"));
}

/// A folder that nobody looked into before, without a word of what is in it: good files of every format, each also cut, under
/// another ending and with its bytes turned, and what is lying about in offices.
fn other_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for (n, source) in crate::broken_bytes::good().into_iter().enumerate() {
        let (name, extension) = (source.name(), source.extension());
        put(&format!("整/{n} {name}"), &source.bytes);
        for (ending, bytes) in &source.siblings {
            put(&format!("整/{n} {}", Path::new(&name).with_extension(ending).display()), bytes);
        }
        put(&format!("截断/{n}.{extension}"), &source.bytes[..source.bytes.len() * 2 / 3]);
        put(&format!("改名/{n}.{}", if extension == "txt" { "DAT" } else { "TXT" }), &source.bytes);
        let turned: Vec<u8> = source.bytes.iter().enumerate().map(|(i, b)| if i % 97 == 41 { !b } else { *b }).collect();
        put(&format!("翻转/{n}.{}", extension.to_uppercase()), &turned);
    }
    for (name, bytes) in [
        ("空.shp", &b""[..]),
        ("空.dxf", b""),
        ("一字节.kml", b"<"),
        ("图.dwg", b"AC1032\0\0\0\0\0\0"),
        ("库.mdb", b"\0\x01\0\0Standard Jet DB\0"),
        ("照片.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
        ("说明.pdf", b"%PDF-1.4\n%\xe2\xe3"),
        ("无扩展名", b"J1,1,4014980.000,40508480.000"),
        (".隐藏", b"x"),
        ("名单.csv", "序号,单位\n1,甲\n2,乙\n".as_bytes()),
        (
            "邻.geojson",
            br#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[120,1e999]}}]}"#,
        ),
        ("深.json", &[b'['; 20_000][..]),
    ] {
        put(name, bytes);
    }
    let source = crate::converting::place();
    for name in ["地块.shp", "地块.gpkg", "地块.kml", "地块.dxf", "地块.csv", "地块.xlsx", "地块.txt"] {
        let mut order = crate::converting::order(&source.source, &folder.path().join("转换").join(name));
        std::fs::create_dir_all(folder.path().join("转换")).unwrap();
        order.input.settings.options.crs = Some(luodi::crs::Crs::Epsg(4528));
        luodi::job::convert(&order, crate::reading::QINGDAO, &Progress::new()).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    folder
}

#[test]
fn a_folder_of_unknown_files_comes_out_the_same_way() {
    let folder = other_folder();
    let all = outcomes(folder.path(), &Json::Null, false);
    println!("{}\n{} files: {:?}; refused: {:?}", all.table, all.files.len(), all.tally, all.refused_codes);
    assert!(all.wrong.is_empty(), "{}", all.wrong.join("\n"));
    let line = |file: &str| all.table.lines().find(|l| l.starts_with(file)).unwrap_or_else(|| panic!("{file}: no line"));
    assert_eq!(all.table.lines().count(), all.files.len() + 1, "a line for each file");
    assert!(all.files.len() > 80, "{}", all.files.len());
    for name in ["地块.shp", "地块.gpkg", "地块.csv", "地块.xlsx"] {
        assert!(line(&format!("转换/{name}\t")).contains("\tread\t4\t"), "{name}: {}", line(&format!("转换/{name}\t")));
    }
    for (name, code) in [("图.dwg", "io.unsupported_dwg"), ("空.shp", "io.empty"), ("深.json", "io.json")] {
        assert!(line(name).contains(&format!("\trefused\t0\t\t{code}")), "{}", line(name));
    }
    // What another ending hides is read by what it is: each of these is in the folder under its own name too.
    let whole = |n: usize| {
        all.table.lines().find(|l| l.starts_with(&format!("整/{n} "))).map(|l| l.split('\t').nth(3).unwrap_or_default().to_owned())
    };
    for n in 2..crate::broken_bytes::good().len() {
        let renamed = line(&format!("改名/{n}."));
        if renamed.contains("\tread\t") {
            assert_eq!(renamed.split('\t').nth(3), whole(n).as_deref(), "{renamed}");
        }
    }
}

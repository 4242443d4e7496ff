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
    ("kml/gdal/samples.kml", "a picture laid on the ground is no feature and is said"),
];
/// Text in an encoding that nothing in the file declares: `enc=` decides.
const TEXTS: &[(&str, &str)] = &[
    ("big5", "passes for GB 18030"),
    ("shift", "the same"),
    ("eucjp", "the same"),
    ("latin1", "one byte a letter: nothing tells which letters"),
];

/// What became of a file here.
enum Ours {
    Layer(Raw),
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
    match layer(&source) {
        Ok(raw) => Ours::Layer(raw),
        Err(refusal) if ["table.no_geometry", "io.dbf_alone", "io.open_the_shp"].contains(&refusal.code) => match read_grids(path, None) {
            Ok(grids) => Ours::Rows(grids.sheets.into_iter().flat_map(|s| s.rows).map(|(_, cells)| cells).collect()),
            Err(_) => Ours::Refused(refusal),
        },
        Err(refusal) => Ours::Refused(refusal),
    }
}

fn layer(source: &Source) -> Result<Raw, Message> {
    let reader = reader_for(source).map_err(|e| e.0)?;
    Raw::read(reader, source, &ReadOptions::default(), None, None, &Progress::new()).map_err(|e| e.0)
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

/// Texts with letters beyond ASCII are where encodings show. Gives how many were compared, and one that differs.
fn other_text(ours: &Ours, records: &[&Json]) -> (usize, Option<String>) {
    let mut compared = 0;
    for (row, record) in records.iter().enumerate() {
        for (field, meant) in record.as_object().into_iter().flatten() {
            let Some(meant) = meant.as_str().filter(|t| !t.is_empty() && t.chars().count() < 60 && !t.contains('\u{fffd}')) else {
                continue;
            };
            let found = match ours {
                Ours::Layer(raw) => {
                    raw.fields.iter().position(|f| *f.name == **field).filter(|_| row < raw.len()).map(|c| raw.value(row, c).to_string())
                }
                Ours::Rows(rows) => {
                    let column = rows.first().and_then(|titles| titles.iter().position(|t| t == field));
                    column.and_then(|c| rows.get(row + 1)?.get(c).cloned())
                }
                Ours::Refused(_) => None,
            };
            let Some(found) = found else { continue };
            compared += 1;
            let number = |t: &str| t.trim().parse::<f64>().ok();
            // What is no letter is written in more than one way: days, lists, numbers.
            let letters = |t: &str| t.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            if letters(&found) != letters(meant) && number(&found) != number(meant) {
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

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn every_file_of_a_folder_is_read_or_refused_with_words() {
    let root = PathBuf::from(std::env::var("LUODI_CORPUS").expect("LUODI_CORPUS names the folder of the corpus"));
    let expected: Json =
        std::fs::read(root.join("expected.json")).ok().map_or(Json::Null, |b| serde_json::from_slice(&b).expect("expected.json is JSON"));
    let entries = WalkDir::new(&root).sort_by_file_name().into_iter().flatten().filter(|e| e.file_type().is_file());
    let files: Vec<String> = entries.map(|e| e.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/")).collect();
    assert!(!files.is_empty(), "the folder is empty");
    let mut table = String::from("file\treference\tours\tcount\ttext\twords\n");
    let (mut wrong, mut tally, mut refused_codes) = (Vec::new(), BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    let (mut argued, mut texts, mut texts_argued, mut most) = (Vec::new(), 0, 0, (0, String::new()));
    for file in &files {
        let entry = &expected["files"][file];
        let (counts, records) = reference(entry);
        let theirs = match (entry.is_null(), counts.as_slice()) {
            (true, _) => "–".to_owned(),
            (_, []) => "refused".to_owned(),
            (_, counts) => format!("{counts:?}"),
        };
        let path = root.join(file);
        let Answer { ours, room } = match answer(&path) {
            Ok(answer) => answer,
            Err(words) => {
                writeln!(table, "{file}\t{theirs}\tFAILED\t\t\t{words}").unwrap();
                wrong.push(format!("{file}: {words}"));
                continue;
            }
        };
        let size = std::fs::metadata(&path).map_or(0, |m| m.len() as usize);
        if room > most.0 {
            most = (room, file.clone());
        }
        if room > ROOM.0 + ROOM.1 * size {
            wrong.push(format!("{file}: {room} bytes of room for {size}"));
        }
        let has_features = counts.iter().any(|n| *n > 0);
        let of = |list: &[(&str, &str)]| list.iter().any(|(f, _)| f == file);
        let (verdict, count, words) = match &ours {
            Ours::Layer(raw) => ("read", raw.len() as u64, raw.notes.messages.iter().map(|m| m.code).collect::<Vec<_>>().join(" ")),
            Ours::Rows(rows) => ("table", rows.len().saturating_sub(1) as u64, String::new()),
            Ours::Refused(m) => {
                *refused_codes.entry(m.code).or_default() += 1;
                let words = words_of(m, file).unwrap_or_else(|fault| {
                    wrong.push(format!("{file}: {fault}"));
                    fault
                });
                ("refused", 0, format!("{} {words}", m.code))
            }
        };
        *tally.entry(verdict).or_default() += 1;
        let (compared, other) = other_text(&ours, &records);
        texts += compared;
        let text = match (&other, compared) {
            (Some(_), _) => "other",
            (None, 0) => "",
            (None, _) => "equal",
        };
        writeln!(table, "{file}\t{theirs}\t{verdict}\t{count}\t{text}\t{}", words.replace(['\t', '\n'], " ")).unwrap();
        if verdict == "refused" && has_features {
            argued.push(file.clone());
            // What one of two releases of the reference refuses is no duty.
            if !of(REFUSALS) && entry["gdal"].get("error").is_none() {
                wrong.push(format!("{file}: refused, the reference reads {counts:?}: {words}"));
            }
        }
        // A drawing's annotation is no feature here; a table's titles are no row, a row without anything neither.
        let counts_differ = verdict != "refused" && !counts.is_empty() && !counts.contains(&count);
        if counts_differ && !of(COUNTS) && !file.ends_with(".dxf") {
            wrong.push(format!("{file}: {verdict} {count}, the reference has {counts:?}; {words}"));
        }
        if let Some(other) = other {
            if TEXTS.iter().any(|(part, _)| file.contains(part)) {
                texts_argued += 1;
            } else {
                wrong.push(format!("{file}: {other}"));
            }
        }
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../demo-out");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("corpus-table.tsv"), &table).unwrap();
    println!("{} files: {tally:?}; refused: {refused_codes:?}", files.len());
    println!("{} files that the reference reads with features are refused: {argued:?}", argued.len());
    println!("{texts} texts compared, {texts_argued} files argued; most room {} MB ({})", most.0 >> 20, most.1);
    println!("the table: {}", folder.join("corpus-table.tsv").display());
    assert!(REFUSALS.len() <= 10);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

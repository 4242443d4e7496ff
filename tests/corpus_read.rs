//! Every shapefile, GeoJSON and parcel TXT of the foreign corpus against what reference software reads.

use crate::reading::read_raw;
use luodi::geom::{BBox, Shape};
use luodi::io::Raw;
use luodi::job::{Input, inspect, inspections_json};
use luodi::task::{Outcome, Progress, guard};
use luodi::text::{Lang, Message};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Refused by us, read by the reference software, and why that is right.
pub const ARGUED_REFUSALS: &[(&str, &str)] = &[
    ("shapefile/fiona/test_tin.shp", "three-dimensional bodies have no plane outline"),
    ("shapefile/gdal/multipatch.shp", "the same"),
    ("geojson/gdal/stac_item.json", "broken JSON: a trailing comma"),
    ("geojson/mapshaper-issues/384_invalid_json/sample1.json", "broken JSON: features without a comma between them"),
    ("geojson/geojsonhint/bad/bad-duplicate-properties.geojson", "says it is a Feature and a FeatureCollection"),
    ("geojson/geojsonhint/bad/false.geojson", "a collection of `false`"),
    ("geojson/geojsonhint/bad/featurecollection-type-case.geojson", "the standard's names have one case"),
    ("dxf/gdal/BINARY_wipeout.dxf", "wipeouts only: they hide what lies under them, and show nothing"),
    ("dxf/gdal/wipeout.dxf", "the same"),
    ("dxf/gdal/dimension-entities-only.dxf", "dimensions without the blocks that draw them: the reference draws its own"),
    ("dxf/gdal/clusterfuzz-testcase-minimized-dxf_fuzzer-5400376672124928.dxf", "noise without one whole pair"),
];
/// Read by us with another number of features or another box, and why that is right.
const ARGUED_COUNTS: &[(&str, &str)] = &[
    ("geojson/geojsonhint/bad/badfeature.geojson", "a broken feature keeps its row and is said"),
    ("geojson/geojsonhint/bad/multiple_problems.geojson", "the same"),
    ("geojson/geojsonhint/bad/nofeaturetype.geojson", "the same"),
    ("shapefile/mapshaper/shplib/3dpoints.shp", "all 22 records are whole; the reference trusts an index with wrong lengths"),
    ("csv/gdal/more_than_100_geom_fields.csv", "its one row is blank"),
    ("kml/gdal/samples.kml", "a picture laid on the ground is no feature and is said"),
    ("geojson/node-gdal/crs_32631_fc_and_feat.json", "member `place` of another standard; `geometry` is read"),
];
/// Text that nothing in the file declares and that passes for GB 18030: `enc=` decides.
const ARGUED_TEXTS: &[&str] = &["big5", "shift_jis", "euc_jp"];

pub struct Corpus {
    pub root: PathBuf,
    pub expected: Json,
}

pub fn corpus() -> Corpus {
    let root = PathBuf::from(std::env::var("LUODI_CORPUS").expect("LUODI_CORPUS names the folder of the corpus"));
    let expected = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    Corpus { root, expected }
}

impl Corpus {
    pub fn files(&self, extensions: &[&str]) -> Vec<String> {
        let walk = WalkDir::new(&self.root).sort_by_file_name().into_iter().flatten().filter(|e| e.file_type().is_file());
        let relative = walk.map(|e| e.path().strip_prefix(&self.root).unwrap().to_string_lossy().replace('\\', "/"));
        let wanted = |p: &str| Path::new(p).extension().is_some_and(|e| extensions.contains(&&*e.to_string_lossy().to_lowercase()));
        relative.filter(|p| wanted(p)).collect()
    }

    pub fn layers(&self, file: &str) -> &[Json] {
        self.expected["files"][file]["gdal"]["layers"].as_array().map_or(&[], Vec::as_slice)
    }

    pub fn counts(&self, file: &str) -> Vec<u64> {
        let entry = &self.expected["files"][file];
        let sources = ["gdal", "gdal_with_rebuilt_shx", "ogrinfo_3_6_2"];
        // A KML has a layer for each folder.
        let all = |s: &&str| entry[s]["layers"].as_array().filter(|l| !l.is_empty())?.iter().map(|l| l["features"].as_u64()).sum();
        let mut counts: Vec<u64> = sources.iter().filter_map(all).collect();
        // Plain facts from the bytes.
        let records = entry["shp"]["records_by_sequential_read"].as_u64();
        counts.extend(records.map(|n| n.saturating_sub(entry["dbf"]["deleted_records"].as_u64().unwrap_or(0))));
        counts
    }

    pub fn read(&self, file: &str) -> Result<Raw, Message> {
        match guard(|| read_raw(&self.root.join(file))) {
            Outcome::Done(read) => read,
            Outcome::Crashed(words) => panic!("{file}: panicked: {words}"),
        }
    }
}

/// Reads all files of these kinds; gives what disagrees with the reference and is not argued.
fn compare(corpus: &Corpus, files: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut refusals: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut alike, mut ours_alone) = (0, 0);
    for file in files {
        let counts = corpus.counts(file);
        match corpus.read(file) {
            Ok(raw) => {
                let count = raw.len() as u64;
                if counts.is_empty() {
                    ours_alone += 1;
                    if corpus.expected["files"].get(file).is_some() {
                        println!("{file:70} {count:6}  read, the reference refuses");
                    }
                } else if counts.contains(&count) {
                    alike += 1;
                    wrong.extend(other_place(corpus, file, &raw));
                } else if ARGUED_COUNTS.iter().all(|(f, _)| f != file) {
                    wrong.push(format!("{file}: {count} features, the reference has {counts:?}; {:?}", raw.notes.messages));
                }
            }
            Err(message) => {
                *refusals.entry(message.code).or_default() += 1;
                let words = message.render(Lang::En);
                println!("{file:70} {:>6}  {words}", "–");
                let name = Path::new(file).file_name().unwrap().to_string_lossy().into_owned();
                if !words.contains(&name) || words.contains('{') {
                    wrong.push(format!("{file}: the refusal does not say where or why: {words}"));
                }
                if !counts.is_empty() && counts.iter().any(|n| *n > 0) && ARGUED_REFUSALS.iter().all(|(f, _)| f != file) {
                    wrong.push(format!("{file}: refused, the reference reads {counts:?}: {words}"));
                }
            }
        }
    }
    println!("{} files: {alike} as the reference, {ours_alone} read by us alone, refused: {refusals:?}", files.len());
    wrong
}

/// The box of all coordinates must be the reference's, where it gives one and every record could be read.
pub fn other_place(corpus: &Corpus, file: &str, raw: &Raw) -> Option<String> {
    let boxes = corpus.layers(file).iter().filter_map(|l| l["bbox"].as_array());
    let boxes = boxes.map(|b| b.iter().filter_map(Json::as_f64).collect::<Vec<f64>>()).filter(|b| b.len() == 4);
    // Without any box the reference could not tell.
    let joined = boxes.reduce(|a, b| vec![a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
    let bbox = joined?;
    let extent = raw.extent();
    let ours = [extent.min[0], extent.min[1], extent.max[0], extent.max[1]];
    let partial = raw.notes.messages.iter().any(|m| m.code.starts_with("io.records_") || m.code == "io.json_features_broken");
    if ARGUED_COUNTS.iter().any(|(f, _)| *f == file) {
        return None;
    }
    let differs = bbox.len() != 4 || ours.iter().zip(&bbox).any(|(a, b)| (a - b).abs() > 1e-6 * (1.0 + b.abs()));
    (differs && !partial && !(extent.is_empty() && bbox.len() != 4)).then(|| format!("{file}: box {ours:?}, the reference has {bbox:?}"))
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn shapefiles_as_the_reference_reads_them() {
    let corpus = corpus();
    let files = corpus.files(&["shp"]);
    assert!(files.len() > 50, "the corpus is not there");
    let wrong = compare(&corpus, &files);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn geojson_as_the_reference_reads_it() {
    let corpus = corpus();
    let files = corpus.files(&["geojson", "json", "geojsonl", "seq"]);
    let files: Vec<String> = files.into_iter().filter(|f| f != "expected.json" && !f.starts_with("proj/")).collect();
    assert!(files.len() > 100, "the corpus is not there");
    let wrong = compare(&corpus, &files);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn kml_as_the_reference_reads_it() {
    let corpus = corpus();
    let files = corpus.files(&["kml", "kmz"]);
    assert!(files.len() > 25, "the corpus is not there");
    let mut wrong = compare(&corpus, &files);
    let mut texts = 0;
    for file in &files {
        let Ok(raw) = corpus.read(file) else { continue };
        let column = |name: &str| raw.fields.iter().position(|f| f.name.eq_ignore_ascii_case(name));
        let first = corpus.layers(file).first().and_then(|l| l["first_records"].as_array());
        // The reference goes through the folders, we through the file: the first record is the same in most.
        for (row, record) in first.into_iter().flatten().take(1).enumerate() {
            for name in ["Name", "description", "id"] {
                let Some(meant) = record[name].as_str() else { continue };
                let own = column(&format!("kml_{}", name.to_lowercase())).or_else(|| column(name));
                let ours = own.map(|c| raw.value(row, c).to_string()).unwrap_or_default();
                texts += 1;
                // Long texts are cut in the reference's list.
                let begins: String = ours.trim().chars().take(meant.trim().chars().count().max(100)).collect();
                if begins != meant.trim() {
                    wrong.push(format!("{file}: {name} is {ours:?}, the reference has {meant:?}"));
                }
            }
        }
    }
    println!("{texts} texts compared");
    assert!(texts > 15 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tables: the reference reads every CSV as a table; here one without positions is refused with what to do. Those with
/// positions have as many features, well-known text as many points, and what is broken is named.
#[test]
#[ignore = "needs LUODI_CORPUS"]
fn tables_and_well_known_text_as_the_reference_reads_them() {
    let corpus = corpus();
    let files = corpus.files(&["csv", "tsv", "wkt"]);
    assert!(files.len() > 30, "the corpus is not there");
    let (mut wrong, mut read, mut refused) = (Vec::new(), 0, 0);
    for file in &files {
        let wkt = &corpus.expected["files"][file]["wkt"];
        let counts = corpus.counts(file);
        match corpus.read(file) {
            Ok(raw) => {
                read += 1;
                println!(
                    "{file:60} {:4} {:?} {:?}",
                    raw.len(),
                    raw.notes.kind,
                    raw.notes.messages.iter().map(|m| m.code).collect::<Vec<_>>()
                );
                let argued = ARGUED_COUNTS.iter().any(|(f, _)| f == file);
                if !counts.is_empty() && !counts.contains(&(raw.len() as u64)) && !argued {
                    wrong.push(format!("{file}: {} features, the reference has {counts:?}", raw.len()));
                }
                // Without the repeated point of a closed ring: what the reference counts with it is no area here.
                let points: usize = (0..raw.len()).map(|row| raw.rings(row).coords().len()).sum();
                if wkt["vertices"].as_u64().is_some_and(|n| n != points as u64) {
                    wrong.push(format!("{file}: {points} points, the reference has {}", wkt["vertices"]));
                }
            }
            Err(message) => {
                refused += 1;
                let words = message.render(Lang::En);
                println!("{file:60}    – {words}");
                let name = Path::new(file).file_name().unwrap().to_string_lossy().into_owned();
                let plain_table = corpus.layers(file).first().is_some_and(|l| l["geometry_type"].is_null());
                let right = match message.code {
                    "table.no_geometry" => plain_table || counts.is_empty(),
                    "io.empty" => true,
                    "table.wkt_broken" => wkt.get("error").is_some(),
                    _ => false,
                };
                if !right || !words.contains(&name) {
                    wrong.push(format!("{file}: {words}; the reference has {counts:?} {wkt}"));
                }
            }
        }
    }
    println!("{} files: {read} read, {refused} refused", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn text_comes_out_as_it_was_meant() {
    let corpus = corpus();
    let truths = corpus.expected["encoding_truth"].as_object().unwrap();
    let mut read = 0;
    let mut wrong = Vec::new();
    for (dbf, truth) in truths {
        let shp = format!("{}.shp", dbf.trim_end_matches(".dbf"));
        if !corpus.root.join(&shp).is_file() {
            continue;
        }
        let raw = corpus.read(&shp).unwrap_or_else(|m| panic!("{shp}: {}", m.render(Lang::En)));
        for (row, texts) in truth["first_text_values"].as_array().unwrap().iter().enumerate() {
            for (field, text) in texts.as_object().unwrap() {
                read += 1;
                let column = raw.fields.iter().position(|f| &*f.name == field);
                let ours = column.map(|c| raw.value(row, c).to_string());
                if ours.as_deref() != text.as_str() {
                    wrong.push(format!("{shp}: {field} is {ours:?}, meant {text}, {:?}", truth["true_encoding"]));
                }
            }
        }
    }
    println!("{read} texts compared");
    wrong.retain(|w| !ARGUED_TEXTS.iter().any(|e| w.ends_with(&format!("String({e:?})"))));
    assert!(read > 10 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn parcel_files_have_their_areas() {
    let corpus = corpus();
    let truths = corpus.expected["parcel_txt"].as_object().unwrap();
    let mut wrong = Vec::new();
    for (file, truth) in truths {
        let raw = corpus.read(file).unwrap_or_else(|m| panic!("{file}: {}", m.render(Lang::En)));
        let shapes: Vec<Option<Shape>> = (0..raw.len()).map(|row| Shape::mend(raw.rings(row)).map(|(shape, _)| shape)).collect();
        let areas: Vec<f64> = shapes.iter().map(|s| s.as_ref().map_or(0.0, Shape::area_m2)).collect();
        let epsg = raw.notes.crs.as_ref().and_then(|c| c.epsg()).map(u64::from);
        println!("{file:45} {epsg:?} {areas:.2?} {:?}", raw.notes.messages.iter().map(|m| m.code).collect::<Vec<_>>());
        if raw.len() as u64 != truth["parcels"].as_u64().unwrap() || epsg != truth["epsg"].as_u64() {
            wrong.push(format!("{file}: {} parcels in {epsg:?}, meant {} in {}", raw.len(), truth["parcels"], truth["epsg"]));
        }
        if let Some(total) = truth["total_plane_area_m2"].as_f64() {
            let ours: f64 = areas.iter().sum();
            if (ours - total).abs() > 0.01 {
                wrong.push(format!("{file}: {ours} m², meant {total}"));
            }
        }
        for (detail, ours) in truth["detail"].as_array().into_iter().flatten().zip(&areas) {
            let plane = detail["plane_area_m2"].as_f64().unwrap();
            // The truth's own areas of parcels with crossing rings are sums of signed rings: no areas at all.
            if detail["valid"] == Json::Bool(true) && (ours - plane).abs() > 0.01 {
                wrong.push(format!("{file}: {ours} m², meant {plane}"));
            }
        }
    }
    for file in corpus.files(&["txt"]).iter().filter(|f| !truths.contains_key(*f) && !f.starts_with("LICENSES/")) {
        match corpus.read(file) {
            Ok(raw) => println!("{file:45} {} features ({})", raw.len(), raw.notes.format),
            Err(m) => println!("{file:45} {}", m.render(Lang::En)),
        }
    }
    for (file, truth) in truths {
        let input = Input::file(corpus.root.join(file));
        let inspection = inspect(&input, BBox::EMPTY, &Progress::new()).unwrap();
        let details = || truth["detail"].as_array().into_iter().flatten();
        let ours = inspection.areas.and_then(|a| a.ellipsoid_m2).unwrap_or(0.0);
        if details().count() == 1 {
            let meant = details().filter_map(|d| d["ellipsoid_area_m2"].as_f64()).sum::<f64>();
            if (ours - meant).abs() > 0.01 {
                wrong.push(format!("{file}: {ours} m² on the ellipsoid, meant {meant}"));
            }
        }
    }
    assert!(truths.len() > 5 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The whole way to what `info` says: mending and measuring included, on everything that can be read.
#[test]
#[ignore = "needs LUODI_CORPUS"]
fn looking_into_any_file_ends_with_an_answer() {
    let corpus = corpus();
    let mut answered = 0;
    for file in corpus.files(&["shp", "geojson", "json", "seq", "txt", "kml", "kmz", "csv", "tsv", "wkt", "dxf", "gpkg"]) {
        let input = Input::file(corpus.root.join(&file));
        match guard(|| inspect(&input, BBox::EMPTY, &Progress::new())) {
            Outcome::Done(Ok(inspection)) => {
                answered += 1;
                assert!(!inspections_json(&[inspection]).to_string().contains("NaN"), "{file}");
            }
            Outcome::Done(Err(refusal)) => assert!(!refusal.message().render(Lang::Zh).contains('{'), "{file}: {refusal}"),
            Outcome::Crashed(words) => panic!("{file}: panicked: {words}"),
        }
    }
    println!("{answered} files answered");
    assert!(answered > 100);
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn geopackages_as_the_reference_reads_them() {
    let corpus = corpus();
    let files = corpus.files(&["gpkg"]);
    assert!(files.len() > 10, "the corpus is not there");
    let wrong = compare(&corpus, &files);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

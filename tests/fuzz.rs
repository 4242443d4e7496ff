//! What fuzzing found (`fuzz/`), as small files written anew: each broke a reader, held it up or was no answer once.

use crate::harness::{pack, read};
use luodi::io::{READERS, Source};
use std::path::Path;

#[test]
fn every_reader_is_fuzzed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest: toml::Table = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
    let targets = manifest["bin"].as_array().unwrap().iter().map(|bin| bin["path"].as_str().unwrap());
    let all: String = targets.map(|path| std::fs::read_to_string(folder.join(path)).unwrap()).collect();
    let missing: Vec<&str> = READERS.iter().map(|r| r.format()).filter(|format| !all.contains(&format!("(\"{format}\","))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn of(path: &str, text: &str) -> Source {
    Source { path: path.into(), bytes: text.as_bytes().into(), siblings: Vec::new() }
}

/// A colour that has no positive.
#[test]
fn found_a_layer_of_the_lowest_colour() {
    let layer = "0\nSECTION\n2\nTABLES\n0\nLAYER\n2\nA\n62\n-9223372036854775808\n0\nENDSEC\n";
    let line = "0\nSECTION\n2\nENTITIES\n0\nLINE\n8\nA\n10\n0\n20\n0\n11\n900\n21\n900\n0\nENDSEC\n0\nEOF\n";
    assert_eq!(read("dxf", &of("a.dxf", &format!("{layer}{line}"))).unwrap().len(), 1);
}

/// Each of 32 767 areas on one place was looked at for each other.
#[test]
fn found_thousands_of_areas_on_one_place() {
    let square = "0\nLWPOLYLINE\n8\n0\n70\n1\n10\n0\n20\n0\n10\n900\n20\n0\n10\n900\n20\n900\n";
    let drawing = |rows: usize| {
        format!(
            "0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nB\n10\n0\n20\n0\n{square}0\nENDBLK\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n\
             0\nINSERT\n8\n0\n2\nB\n10\n0\n20\n0\n71\n{rows}\n0\nENDSEC\n0\nEOF\n"
        )
    };
    assert_eq!(read("dxf", &of("a.dxf", &drawing(50))).unwrap().len(), 50);
    assert_eq!(read("dxf", &of("a.dxf", &drawing(32_767))).map(|raw| raw.len()).map_err(|m| m.code), Err("io.dxf_too_much"));
}

/// Corners 10²⁰⁰ away: an area of no number, called sound.
#[test]
fn found_an_area_beyond_all_numbers() {
    let far = r#"{"type":"Polygon","coordinates":[[[0,0],[1e200,0],[1e200,1e200],[0,0]]]}"#;
    let raw = read("geojson", &of("a.geojson", far)).unwrap();
    assert!(raw.notes.messages.iter().any(|m| m.code == "io.records_not_finite"));
    pack(raw);
}

/// A field that begins in a table's header and ends behind it was one read whole and none read in blocks.
#[test]
fn found_a_field_across_the_end_of_its_header() {
    let mut source = crate::broken_bytes::good().into_iter().find(|source| source.extension() == "shp").unwrap();
    let fields = read("shapefile", &source).unwrap().fields.len();
    let (_, table) = source.siblings.iter_mut().find(|(extension, _)| extension == "dbf").unwrap();
    let mut bytes = table.to_vec();
    bytes[8] -= 20;
    *table = bytes.into();
    assert_eq!(read("shapefile", &source).unwrap().fields.len(), fields - 1);
}

/// A row of commas made a field of each, for every feature.
#[test]
fn found_thousands_of_fields_without_a_title() {
    let table = format!("id,WKT{}\n1,POINT (1 2){}\n", ",".repeat(5_000), ",".repeat(5_000));
    let raw = read("coord_table", &of("a.csv", &table)).unwrap();
    assert_eq!(raw.fields.iter().map(|f| &*f.name).collect::<Vec<_>>(), ["id"]);
}

/// Thousands of keys and thousands of parcels were a value each: minutes and gigabytes for 200 kB.
#[test]
fn found_thousands_of_project_keys() {
    let keys: String = (0..2_000).map(|i| format!("k{i}=1\n")).collect();
    let file = format!("[项目信息]\n{keys}[地块坐标]\n{}", "1,2,3,4,5,6,@\n".repeat(2_000));
    let raw = read("parcel_txt", &of("a.txt", &file)).unwrap();
    assert_eq!((raw.len(), raw.fields.len()), (2_000, 8 + 255));
    assert!(raw.notes.messages.iter().any(|m| m.code == "io.txt_project_many"));
}

/// Every ring was laid over all before it: more than ten minutes for 50 kB.
#[test]
fn found_hundreds_of_rings_across_each_other() {
    let place = |i: usize| format!("{},{}", i * 7_919 % 997, i * 104_729 % 991);
    let points: String = (0..3_600).map(|i| format!("J,{},{}\n", i / 3 % 9, place(i))).collect();
    let raw = read("parcel_txt", &of("a.txt", &format!("[地块坐标]\n1,2,3,4,5,6,@\n{points}"))).unwrap();
    assert_eq!(raw.rings(0).ring_count(), 1_200);
    pack(raw);
}

/// The area of a square far from the first one was told from there: −2 097 151 m².
#[test]
fn found_a_part_a_hundred_million_kilometres_away() {
    let square = |at: f64| format!("(({at} {at},{b} {at},{b} {b},{at} {b},{at} {at}))", b = at + 1.0);
    let text = format!("MULTIPOLYGON ({},{})\n", square(0.0), square(100_000_000_000.0));
    let raw = read("coord_table", &of("a.wkt", &text)).unwrap();
    assert_eq!(raw.len(), 1);
    pack(raw);
}

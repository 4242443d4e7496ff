//! What fuzzing found (`fuzz/`), as small files written anew: each broke a reader, held it up or was no answer once.

use crate::harness::read;
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

/// A row of commas made a field of each, for every feature.
#[test]
fn found_thousands_of_fields_without_a_title() {
    let table = format!("id,WKT{}\n1,POINT (1 2){}\n", ",".repeat(5_000), ",".repeat(5_000));
    let raw = read("coord_table", &of("a.csv", &table)).unwrap();
    assert_eq!(raw.fields.iter().map(|f| &*f.name).collect::<Vec<_>>(), ["id"]);
}

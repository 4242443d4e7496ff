//! Archives: the one data file inside, whatever the encoding of its name; several are a question, bombs are refused.

use crate::reading::{gbk, names, read_source_raw, shp, square};
use luodi::io::{Raw, ReadOptions, Source, reader_for};
use luodi::model::GeometryKind;
use luodi::task::Progress;
use luodi::text::{Lang, Message};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const KML: &str = "<kml><Placemark><name>甲</name><Point><coordinates>120.3,36.2</coordinates></Point></Placemark></kml>";
const JSON: &str = r#"{"type":"Point","coordinates":[120.3,36.2]}"#;

pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn source(name: &str, bytes: Vec<u8>) -> Source {
    Source { path: name.into(), bytes: bytes.into(), siblings: Vec::new() }
}

fn with(name: &str, bytes: Vec<u8>, layer: Option<&str>) -> Result<Raw, Message> {
    let source = source(name, bytes);
    let options = ReadOptions { layer: layer.map(str::to_owned), ..ReadOptions::default() };
    Raw::read(reader_for(&source).map_err(|e| e.0)?, &source, &options, None, None, &Progress::new()).map_err(|e| e.0)
}

fn refusal(bytes: Vec<u8>, layer: Option<&str>) -> Message {
    let message = with("a.zip", bytes, layer).unwrap_err();
    let (zh, en) = (message.render(Lang::Zh), message.render(Lang::En));
    assert!(!zh.contains('{') && !en.contains('{') && en.contains("a.zip"), "{en}");
    message
}

fn parts() -> (Vec<u8>, Vec<u8>) {
    (shp(&[Some(vec![square(40_508_000.0, 4_015_000.0, 100.0)])]), names(0x4D, &[gbk("胶州")]))
}

#[test]
fn the_one_shapefile_is_opened_with_all_that_belongs_to_it() {
    let (shp, dbf) = parts();
    let files: Vec<(&str, &[u8])> = vec![
        ("地块/项目.SHP", &shp),
        ("地块/项目.dbf", &dbf),
        ("地块/项目.cpg", b"GBK"),
        ("地块/项目.shp.xml", b"<metadata/>"),
        ("地块/说明.txt", "读我".as_bytes()),
        ("__MACOSX/地块/._项目.shp", b"\0\x05\x16\x07"),
    ];
    let raw = with("a.zip", zipped(&files), None).unwrap();
    assert_eq!((raw.notes.format, raw.len(), raw.value(0, 1).to_string()), ("shapefile", 1, "胶州".to_owned()));
    assert_eq!(raw.notes.messages[0].code, "io.archive_taken");
    assert!(raw.notes.messages[0].render(Lang::Zh).contains("地块/项目.SHP"));
    assert!(raw.notes.messages[1].render(Lang::Zh).contains("说明.txt"), "what is not read is said");
}

#[test]
fn names_in_gbk_without_a_word_come_out_right() {
    let (shp, dbf) = parts();
    // Of the same length in bytes; nothing sums up names.
    let mut bytes = zipped(&[("ABCD.shp", &shp), ("ABCD.dbf", &dbf)]);
    let own = gbk("地块");
    for at in 0..bytes.len() - 4 {
        if &bytes[at..at + 4] == b"ABCD" {
            bytes[at..at + 4].copy_from_slice(&own);
        }
    }
    let raw = with("a.zip", bytes, None).unwrap();
    assert!(raw.notes.messages[0].render(Lang::Zh).contains("地块.shp"));
    assert_eq!(raw.value(0, 1).to_string(), "胶州");
}

#[test]
fn several_files_are_a_question_and_layer_answers_it() {
    let (shp, dbf) = parts();
    let files: [(&str, &[u8]); 4] = [("一.shp", &shp), ("一.dbf", &dbf), ("二.geojson", JSON.as_bytes()), ("三.kml", KML.as_bytes())];
    let message = refusal(zipped(&files), None);
    assert_eq!(message.code, "io.archive_several");
    assert!(message.render(Lang::Zh).contains("一.shp, 二.geojson, 三.kml") && message.render(Lang::Zh).contains("layer=一.shp"));
    for (layer, format) in [("一", "shapefile"), ("二.geojson", "geojson"), ("三.KML", "kml")] {
        assert_eq!(with("a.zip", zipped(&files), Some(layer)).unwrap().notes.format, format);
    }
    assert_eq!(refusal(zipped(&files), Some("四")).code, "io.archive_no_such");
    let twins = zipped(&[("甲/a.kml", KML.as_bytes()), ("乙/a.kml", KML.as_bytes()), ("b.geojson", JSON.as_bytes())]);
    assert_eq!(refusal(twins.clone(), Some("a.kml")).code, "io.archive_several", "two of that name");
    assert!(with("a.zip", twins, Some("乙/a.kml")).unwrap().notes.messages[0].render(Lang::Zh).contains("乙/a.kml"));
    let one = zipped(&[("二.geojson", JSON.as_bytes())]);
    assert_eq!(refusal(one, Some("四")).code, "io.archive_no_such", "a wish is never passed over");
    assert_eq!(with("a.kml", KML.into(), Some("四")).unwrap_err().code, "io.layer_not_taken");
}

#[test]
fn kmz_is_its_main_document() {
    let other = KML.replace('甲', "乙");
    let files: [(&str, &[u8]); 3] = [("files/b.kml", other.as_bytes()), ("doc.kml", KML.as_bytes()), ("files/icon.png", b"\x89PNG")];
    for name in ["a.kmz", "a.zip"] {
        let raw = with(name, zipped(&files), None).unwrap();
        assert_eq!((raw.notes.kind, raw.value(0, 0).to_string()), (GeometryKind::Point, "甲".to_owned()), "{name}");
        assert_eq!(raw.notes.messages[1].code, "io.archive_others");
    }
    assert_eq!(with("a.kmz", zipped(&files), Some("b")).unwrap().value(0, 0).to_string(), "乙");
    // A document that only links to the layers beside it, as GDAL packs them.
    let links = "<kml><NetworkLink><Link><href>layers/一.kml</href></Link></NetworkLink></kml>";
    let linked = |more: &[(&str, &[u8])]| zipped(&[&[("doc.kml", links.as_bytes()), ("layers/一.kml", KML.as_bytes())], more].concat());
    assert_eq!(with("a.kmz", linked(&[]), None).unwrap().value(0, 0).to_string(), "甲");
    let two = linked(&[("layers/二.kml", other.as_bytes())]);
    assert_eq!(with("a.kmz", two.clone(), None).unwrap_err().code, "io.archive_several");
    assert_eq!(with("a.kmz", two, Some("二")).unwrap().value(0, 0).to_string(), "乙");
    let kmz = zipped(&[("doc.kml", KML.as_bytes())]);
    assert_eq!(with("a.zip", zipped(&[("现场.kmz", &kmz)]), None).unwrap().value(0, 0).to_string(), "甲");
    let ovital = with("现场.ovkmz", kmz, None).unwrap();
    assert!(ovital.notes.shown_only.is_some(), "what Ovital packs is offset too");
}

#[test]
fn what_cannot_be_used_is_refused_with_its_reason() {
    assert_eq!(
        refusal(zipped(&[("读我.pdf", b"%PDF-1.4"), ("b.zip", &zipped(&[("a.kml", KML.as_bytes())]))]), None).code,
        "io.archive_nothing"
    );
    assert_eq!(refusal(zipped(&[]), None).code, "io.archive_nothing");
    let good = zipped(&[("a.geojson", JSON.as_bytes())]);
    assert_eq!(refusal(good[..good.len() - 30].to_vec(), None).code, "io.archive_broken");
    let mut spoiled = good.clone();
    // In the packed bytes, after the header of 30 bytes and the name.
    spoiled[30 + 9 + 5] ^= 0xFF;
    assert!(["io.archive_part_broken", "io.json_broken", "io.archive_nothing"].contains(&refusal(spoiled, None).code));
    let mut secret = good;
    let central = secret.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    secret[6] |= 1;
    secret[central + 8] |= 1;
    assert_eq!(refusal(secret, None).code, "io.archive_encrypted");
    for (name, bytes) in [("a.rar", b"Rar!\x1a\x07".to_vec()), ("a.7z", b"7z\xBC\xAF\x27\x1C".to_vec())] {
        assert_eq!(read_source_raw(&source(name, bytes)).unwrap_err().code, "io.unsupported_archive");
    }
    let book = zipped(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")]);
    assert_ne!(read_source_raw(&source("a.xlsx", book)).map(|raw| raw.notes.format).unwrap_or("none"), "archive");
}

/// A zip in itself (a quine) must end, and so must one whose document is an archive again.
#[test]
fn an_archive_in_an_archive_is_not_followed() {
    let mut inner = zipped(&[("doc.kml", KML.as_bytes())]);
    for _ in 0..40 {
        inner = zipped(&[("doc.kml", &inner)]);
    }
    let message = with("a.kmz", inner, None).unwrap_err();
    assert!(["io.kml_not_kml", "io.kml_broken"].contains(&message.code), "{}", message.render(Lang::En));
}

//! No reader panics, whatever the bytes: every cut of a good file, good files with bytes changed, and noise.

use crate::archives::zipped;
use crate::reading::{dbf, gbk, read_source_raw, shp, shp_points, square};
use luodi::io::{READERS, ReadOptions, Source};
use luodi::task::{Outcome, Progress, guard};
use proptest::prelude::*;

fn good() -> Vec<Source> {
    let table = dbf(
        0x4D,
        &[(&gbk("名称"), b'C', 20, 0), (b"MJ", b'N', 12, 3), (b"DAY", b'D', 8, 0)],
        &[(false, vec![gbk("胶州"), b"12.5".to_vec(), b"20120912".to_vec()]), (true, vec![gbk("莱西"), b"1".to_vec(), b"".to_vec()])],
    );
    let shapes = shp(&[Some(vec![square(0.0, 0.0, 9.0), square(2.0, 2.0, 1.0)]), None]);
    let txt = "[属性描述]\n坐标系=2000国家大地坐标系\n带号=40\n[地块坐标]\n4,1.0,a,地块,面,,用途,1001,@\n\
               J1,1,4014980.000,40508480.000\nJ2,1,4014980.000,40508640.000\nJ3,1,4014860.000,40508640.000\nJ1,1,4014980.000,40508480.000\n";
    let json = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4528"}},"features":[
        {"type":"Feature","id":1,"properties":{"a":1,"b":"x","c":[1]},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},
        {"type":"Feature","properties":{"a":2.5},"geometry":{"type":"Point","coordinates":[1,2,3]}}]}"#;
    let source = |path: &str, bytes: Vec<u8>| Source { path: path.into(), bytes: bytes.into(), siblings: Vec::new() };
    let beside = vec![("dbf".to_owned(), table.into()), ("shx".to_owned(), shapes[..100].into()), ("cpg".to_owned(), (*b"GBK").into())];
    let mut area = source("a.shp", shapes);
    area.siblings.clone_from(&beside);
    let mut point = source("p.shp", shp_points(&[[1.0, 2.0], [3.0, 4.0]]));
    point.siblings = beside;
    let kml = format!(
        "<?xml version=\"1.0\" encoding=\"GBK\"?><k:kml xmlns:k=\"x\"><Document><Schema id=\"s\" name=\"n\"><SimpleField name=\"a\" type=\"int\"/></Schema>\
         <Folder><name>甲</name><Placemark id=\"1\"><name>乙&amp;</name><description><![CDATA[<b>]]></description><OvCoordType>CGCS2000</OvCoordType>\
         <ExtendedData><SchemaData schemaUrl=\"#s\"><SimpleData name=\"a\">1</SimpleData></SchemaData><Data name=\"b\"><value>x</value></Data></ExtendedData>\
         <MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs/></Polygon>\
         <Track><coord>1 2 3</coord></Track></MultiGeometry></Placemark></Folder></Document></k:kml>",
        "120,36 120.1,36 , 0 120.1,36.1 120,36"
    );
    let packed = zipped(&[("a/地.shp", &area.bytes), ("a/地.dbf", &area.siblings[0].1), ("readme.txt", b"x")]);
    vec![
        area,
        point,
        source("a.txt", gbk(txt)),
        source("b.txt", txt.into()),
        source("a.geojson", json.into()),
        source("a.geojsonl", "{\"type\":\"Point\",\"coordinates\":[1,2]}\n{\"type\":\"Feature\"}\n".into()),
        source("a.kml", gbk(&kml)),
        source("a.kmz", zipped(&[("doc.kml", kml.as_bytes())])),
        source("a.zip", packed),
        source("a.dat", gbk("1,房,508480.1,4014980.5,12\r\n2,,508640,4014980,\r\n")),
    ]
}

/// Every reader on the source, and the one that would be chosen.
fn must_not_panic(source: &Source) {
    for reader in READERS {
        let read = || reader.read(source, &ReadOptions::default(), &Progress::new(), &mut |_| ());
        if let Outcome::Crashed(words) = guard(read) {
            panic!("{} on {:?}: {words}", reader.format(), source.path);
        }
    }
    // A refusal is an answer.
    drop(read_source_raw(source));
}

#[test]
fn every_cut_of_a_good_file() {
    for source in good() {
        for end in 0..source.bytes.len() {
            must_not_panic(&Source { bytes: source.bytes[..end].into(), ..source.clone() });
        }
        for sibling in 0..source.siblings.len() {
            for end in 0..source.siblings[sibling].1.len() {
                let mut cut = source.clone();
                cut.siblings[sibling].1 = source.siblings[sibling].1[..end].into();
                must_not_panic(&cut);
            }
        }
    }
}

fn changed(bytes: &[u8], changes: &[(prop::sample::Index, u8)]) -> std::sync::Arc<[u8]> {
    let mut bytes = bytes.to_vec();
    for (at, value) in changes {
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
    }
    bytes.into()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn good_files_with_bytes_changed(
        which in 0..10usize,
        main in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        beside in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut source = good().swap_remove(which);
        source.bytes = changed(&source.bytes, &main);
        for (_, bytes) in &mut source.siblings {
            *bytes = changed(bytes, &beside);
        }
        must_not_panic(&source);
    }

    #[test]
    fn noise(name in prop::sample::select(vec!["a.shp", "a.txt", "a.geojson", "a.kml", "a.kmz", "a.dat", "a"]), bytes in prop::collection::vec(any::<u8>(), 0..400), table in prop::collection::vec(any::<u8>(), 0..200)) {
        must_not_panic(&Source { path: name.into(), bytes: bytes.into(), siblings: vec![("dbf".to_owned(), table.into())] });
    }
}

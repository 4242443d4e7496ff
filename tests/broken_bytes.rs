//! No reader panics, whatever the bytes: every cut of a good file, good files with bytes changed, and noise.

use crate::archives::zipped;
use crate::gpkg::{blob, layer, package};
use crate::reading::{dbf, gbk, read_source_raw, shp, shp_points, square};
use luodi::io::{READERS, ReadOptions, Source};
use luodi::task::{Outcome, Progress, guard};
use proptest::prelude::*;
use std::sync::OnceLock;

/// One of each entity that is taken apart, as lines.
const DXF: &str = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\nANSI_936\n0\nENDSEC\n0\nSECTION\n2\nTABLES\n0\nLAYER\n2\n宗地\n\
70\n1\n62\n-3\n0\nENDSEC\n0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nB\n10\n0\n20\n0\n0\nCIRCLE\n8\n0\n10\n1\n20\n2\n40\n3\n0\nENDBLK\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n\
0\nLWPOLYLINE\n8\n宗地\n70\n1\n10\n0\n20\n0\n42\n0.5\n10\n9\n20\n0\n10\n9\n20\n9\n1001\nSOUTH\n1000\n300000\n0\nTEXT\n8\nZDH\n10\n5\n20\n2\n1\n青岛%%d\\U+4E2D\n\
0\nINSERT\n2\nB\n10\n5\n20\n5\n41\n2\n50\n30\n70\n3\n71\n2\n44\n9\n45\n9\n0\nSPLINE\n71\n2\n40\n0\n40\n0\n40\n0\n40\n1\n40\n1\n40\n1\n10\n0\n20\n0\n10\n5\n20\n5\n10\n9\n20\n0\n\
0\nHATCH\n91\n2\n92\n2\n72\n1\n73\n1\n93\n3\n10\n0\n20\n0\n42\n1\n10\n9\n20\n0\n42\n0\n10\n9\n20\n9\n42\n0\n97\n0\n92\n1\n93\n2\n72\n3\n10\n5\n20\n5\n11\n3\n21\n0\n40\n0.5\n50\n0\n51\n180\n73\n1\n\
72\n1\n10\n2\n20\n5\n11\n8\n21\n5\n97\n0\n75\n1\n0\nMTEXT\n8\nA\n10\n1\n20\n1\n1\n{\\fSimSun;a\\P}\n0\nPOLYLINE\n66\n1\n70\n9\n0\nVERTEX\n10\n0\n20\n0\n0\nVERTEX\n10\n4\n20\n0\n0\nVERTEX\n10\n4\n20\n4\n0\nSEQEND\n\
0\nELLIPSE\n10\n1\n20\n1\n11\n5\n21\n0\n40\n0.5\n210\n0\n220\n0\n230\n-1\n0\nENDSEC\n0\nEOF\n";

/// A closed polyline in a binary drawing.
fn binary_dxf() -> Vec<u8> {
    let mut out = b"AutoCAD Binary DXF\r\n\x1a\0".to_vec();
    let mut words = |code: u16, text: &str| {
        out.extend(code.to_le_bytes());
        out.extend(text.bytes().chain([0]));
    };
    [(0, "SECTION"), (2, "ENTITIES"), (0, "LWPOLYLINE"), (8, "A")].iter().for_each(|(code, text)| words(*code, text));
    out.extend([70, 0, 1, 0]);
    for (code, value) in [(10u16, 0.0f64), (20, 0.0), (10, 9.0), (20, 0.0), (42, 0.3), (10, 9.0), (20, 9.0)] {
        out.extend(code.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    out.extend(b"\0\0ENDSEC\0\0\0EOF\0");
    out
}

/// A table with one area.
pub fn geopackage() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = package(&folder, |database| layer(database, "地块", 4528, &blob()));
        std::fs::read(path).unwrap()
    })
}

pub fn good() -> Vec<Source> {
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
    let beside =
        vec![("dbf".to_owned(), table.into()), ("shx".to_owned(), shapes[..100].into()), ("cpg".to_owned(), b"GBK".to_vec().into())];
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
        source("a.dxf", gbk(DXF)),
        source("b.dxf", binary_dxf()),
        source("a.csv", gbk("地块编号,圈号,点号,X,Y\r\nA,1,J1,4014980.5,508480.1\r\nA,1,J2,4014990,508480\r\nA,1,J3,4014990,508490\r\n")),
        source("b.csv", b"id,WKT\n1,\"SRID=4528;POLYGON ((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))\"\n2,POINT EMPTY\n".to_vec()),
        source("a.wkt", b"GEOMETRYCOLLECTION Z (POINT (1 2 3),MULTIPOINT ((1 2),(3 4)))\nPOLYGON EMPTY".to_vec()),
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

fn changed(bytes: &[u8], changes: &[(prop::sample::Index, u8)]) -> luodi::io::FileBytes {
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
        which in 0..15usize,
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
    fn databases_with_bytes_changed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        head in prop::collection::vec((0..200usize, any::<u8>()), 0..3),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = changed(geopackage(), &changes).to_vec();
        head.iter().for_each(|(at, value)| bytes[*at] = *value);
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        must_not_panic(&Source { path: "a.gpkg".into(), bytes: bytes.into(), siblings: Vec::new() });
    }

    #[test]
    fn noise(name in prop::sample::select(vec!["a.shp", "a.txt", "a.geojson", "a.kml", "a.kmz", "a.dat", "a.dxf", "a.gpkg", "a.csv", "a.xlsx", "a.wkt", "a"]), bytes in prop::collection::vec(any::<u8>(), 0..400), table in prop::collection::vec(any::<u8>(), 0..200)) {
        must_not_panic(&Source { path: name.into(), bytes: bytes.into(), siblings: vec![("dbf".to_owned(), table.into())] });
    }
}

//! What is written for other programs: read back by us and, as the oracle, by the crates.

use luodi::crs::Crs;
use luodi::geom::Rings;
use luodi::io::{
    GeoJsonWriter, KmlLayer, Raw, ShapefileLayer, Source, TextProfile, json_value, kml_bytes, shapefile_bytes, write_shapefile,
};
use luodi::model::{Date, Field, FieldKind, GeometryKind, Value};
use luodi::text::Message;
use shapefile::dbase;

fn fields() -> Vec<Field> {
    vec![
        Field::new("地块编号", FieldKind::Text),
        Field::new("地块名称很长的字段名", FieldKind::Text),
        Field::new("地块名称很长的另一个", FieldKind::Text),
        Field::new("MJ", FieldKind::Real),
        Field::new("COUNT", FieldKind::Int),
        Field::new("DAY", FieldKind::Date),
        Field::new("OK", FieldKind::Bool),
        Field::new("DLBM", FieldKind::Decimal),
    ]
}

fn row(i: i64) -> Vec<Value> {
    vec![
        Value::text(&format!("DK{i:03}")),
        Value::text("胶州湾产业基地"),
        if i == 2 { Value::Null } else { Value::text("𠮷") },
        Value::Real(172_685.194),
        Value::Int(-i),
        Value::Date(Date { year: 2012, month: 9, day: 12 }),
        Value::Bool(i == 1),
        Value::Decimal("0101".into()),
    ]
}

/// A square with a hole and a second part, wound as a sound shape is: outer rings counter-clockwise.
fn land() -> Rings {
    let mut rings = Rings::new();
    rings.push_ring(&[[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]]);
    rings.push_ring(&[[40.0, 40.0], [40.0, 60.0], [60.0, 60.0], [60.0, 40.0]]);
    rings.end_part();
    rings.push_ring(&[[200.0, 0.0], [300.0, 0.0], [300.0, 100.0]]);
    rings.end_part();
    rings
}

fn read_back(bytes: &[(&'static str, Vec<u8>)]) -> Result<Raw, Message> {
    let part = |wanted: &str| bytes.iter().find(|(e, _)| *e == wanted).map(|(_, b)| b.clone().into()).unwrap();
    let siblings = ["dbf", "prj", "cpg", "shx"].map(|e| (e.to_owned(), part(e))).to_vec();
    crate::reading::read_source_raw(&Source { path: "out.shp".into(), bytes: part("shp"), siblings })
}

#[test]
fn a_shapefile_says_the_same_to_us_and_to_the_crate() {
    for profile in [TextProfile::Gbk, TextProfile::Utf8] {
        let (land, nothing) = (land(), Rings::new());
        let fields = fields();
        let features = vec![(land.as_ref(), row(1)), (nothing.as_ref(), row(2)), (land.as_ref(), row(3))];
        let layer = ShapefileLayer { kind: GeometryKind::Area, crs: &Crs::Epsg(4528), fields: &fields, features };
        let bytes = shapefile_bytes(&layer, profile).unwrap();
        // 𠮷 is no GBK.
        let said: Vec<&str> = bytes.notes.iter().map(|m| m.code).collect();
        assert_eq!(said, if profile == TextProfile::Gbk { vec!["io.write_beyond_gbk"] } else { vec![] });

        let raw = read_back(&bytes.files).unwrap();
        assert_eq!(raw.notes.crs, Some(Crs::Epsg(4528)));
        assert!(raw.notes.messages.is_empty(), "{:?}", raw.notes.messages);
        let names: Vec<&str> = raw.fields.iter().map(|f| &*f.name).collect();
        let wanted: &[&str] = match profile {
            TextProfile::Gbk => &["地块编号", "地块名称很", "地块名称_1", "MJ", "COUNT", "DAY", "OK", "DLBM"],
            TextProfile::Utf8 => &["地块编", "地块名", "地块_1", "MJ", "COUNT", "DAY", "OK", "DLBM"],
        };
        assert_eq!(names, wanted);
        for (i, original) in [1, 2, 3].into_iter().enumerate() {
            for (column, value) in row(original).iter().enumerate() {
                assert_eq!(raw.value(i, column).to_string(), value.to_string(), "{profile:?} {i} {column}");
            }
        }
        assert!(raw.rings(1).is_empty());
        assert_eq!(raw.rings(0).ring_count(), 3);

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.shp");
        write_shapefile(&path, &bytes).unwrap();
        let records = dbase::Reader::from_path(path.with_extension("dbf")).unwrap().read().unwrap();
        assert_eq!(records.len(), 3);
        assert_eq!(records[2].get(wanted[1]), Some(&dbase::FieldValue::Character(Some("胶州湾产业基地".into()))));
        assert_eq!(records[0].get("MJ"), Some(&dbase::FieldValue::Numeric(Some(172_685.194))));
        let shapes = shapefile::ShapeReader::from_path(&path).unwrap().read().unwrap();
        assert!(matches!(shapes[1], shapefile::Shape::NullShape));
        let shapefile::Shape::Polygon(polygon) = &shapes[0] else { panic!("no polygon") };
        let kinds: Vec<bool> = polygon.rings().iter().map(|r| matches!(r, shapefile::PolygonRing::Outer(_))).collect();
        assert_eq!(kinds, [true, false, true]);
        assert!(polygon.rings().iter().all(|r| r.points().first() == r.points().last()), "rings are closed");
    }
}

#[test]
fn a_text_is_never_cut_inside_a_character() {
    let fields = [Field::new("备注", FieldKind::Text)];
    let rings = land();
    let features = vec![(rings.as_ref(), vec![Value::text(&"地".repeat(200))])];
    let layer = ShapefileLayer { kind: GeometryKind::Area, crs: &Crs::Epsg(4528), fields: &fields, features };
    for (profile, characters) in [(TextProfile::Gbk, 127), (TextProfile::Utf8, 84)] {
        let bytes = shapefile_bytes(&layer, profile).unwrap();
        assert_eq!(bytes.notes[0].code, "io.write_text_cut");
        assert_eq!(read_back(&bytes.files).unwrap().value(0, 0), Value::text(&"地".repeat(characters)));
    }
}

#[test]
fn lines_and_points_keep_their_kind() {
    let mut lines = Rings::new();
    lines.push_path(&[[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]);
    lines.end_part();
    let mut points = Rings::new();
    for p in [[1.0, 2.0], [3.0, 4.0]] {
        points.push_path(&[p]);
        points.end_part();
    }
    for (kind, rings) in [(GeometryKind::Line, &lines), (GeometryKind::Point, &points)] {
        let layer = ShapefileLayer { kind, crs: &Crs::Epsg(4490), fields: &[], features: vec![(rings.as_ref(), Vec::new())] };
        let raw = read_back(&shapefile_bytes(&layer, TextProfile::Gbk).unwrap().files).unwrap();
        assert_eq!((raw.notes.kind, raw.rings(0).coords()), (kind, rings.as_ref().coords()));
    }
}

#[test]
fn geojson_is_the_same_bytes_every_time_and_reads_back() {
    let mut rings = Rings::new();
    rings.push_ring(&[[120.0, 36.0], [120.123_456_789_4, 36.0], [120.1, 36.1]]);
    rings.end_part();
    let write = || {
        let mut out = GeoJsonWriter::new(&[("schema", 1.into())]);
        out.push(GeometryKind::Area, rings.as_ref(), [("name", json_value(&Value::text("地块\"一\""))), ("n", json_value(&Value::Int(1)))]);
        out.push(GeometryKind::Area, Rings::new().as_ref(), []);
        String::from_utf8(out.finish()).unwrap()
    };
    let expected = r#"{"type":"FeatureCollection","schema":1,"features":[
{"type":"Feature","properties":{"name":"地块\"一\"","n":1},"geometry":{"type":"Polygon","coordinates":[[[120,36],[120.123456789,36],[120.1,36.1],[120,36]]]}},
{"type":"Feature","properties":{},"geometry":null}
]}
"#;
    assert_eq!(write(), expected);
    assert_eq!(write(), write());
    assert!(expected.parse::<geojson::GeoJson>().is_ok());
    let source = Source { path: "a.geojson".into(), bytes: expected.as_bytes().into(), siblings: Vec::new() };
    let raw = crate::reading::read_source_raw(&source).unwrap();
    assert_eq!((raw.len(), raw.value(0, 0)), (2, Value::text("地块\"一\"")));
}

fn degrees(kind: GeometryKind, scale: f64) -> Rings {
    let mut rings = Rings::new();
    // No two decimals alike, so that rounding would show.
    let at = |x: f64, y: f64| [120.123_456_789 + x * scale, 36.987_654_321 + y * scale];
    match kind {
        GeometryKind::Area => {
            rings.push_ring(&[at(0.0, 0.0), at(4.0, 0.0), at(4.0, 4.0), at(0.0, 4.0)]);
            rings.push_ring(&[at(1.0, 1.0), at(1.0, 2.0), at(2.0, 2.0), at(2.0, 1.0)]);
            rings.end_part();
            rings.push_ring(&[at(9.0, 0.0), at(12.0, 0.0), at(12.0, 3.0)]);
            rings.end_part();
        }
        GeometryKind::Line => {
            rings.push_path(&[at(0.0, 0.0), at(1.0, 1.0), at(0.0, 0.0)]);
            rings.end_part();
        }
        _ => {
            for p in [at(0.0, 0.0), at(3.0, 1.0)] {
                rings.push_path(&[p]);
                rings.end_part();
            }
        }
    }
    rings
}

#[test]
fn kml_comes_back_as_it_was() {
    let fields = fields();
    for kind in [GeometryKind::Area, GeometryKind::Line, GeometryKind::Point] {
        let (shape, nothing) = (degrees(kind, 1.234_567e-5), Rings::new());
        let mut odd = row(3);
        odd[1] = Value::text("<a href=\"x\">&amp; 甲\r\n乙</a>");
        odd[4] = Value::Int(3);
        let features = vec![(shape.as_ref(), row(1)), (nothing.as_ref(), row(2)), (shape.as_ref(), odd.clone())];
        let layer = KmlLayer { name: "地块 <1> & \"2\"", kind, fields: &fields, name_column: Some(0), features };
        let bytes = kml_bytes(&layer);
        assert_eq!(bytes, kml_bytes(&layer));
        let source = Source { path: "out.kml".into(), bytes: bytes.into(), siblings: Vec::new() };
        let raw = crate::reading::read_source_raw(&source).unwrap();
        assert_eq!((raw.notes.kind, raw.notes.crs.clone()), (kind, Some(Crs::WGS84_LON_LAT)));
        let names: Vec<&str> = raw.fields.iter().map(|f| &*f.name).collect();
        assert_eq!(names, fields.iter().map(|f| &*f.name).collect::<Vec<_>>(), "the name repeats a field and is none");
        for (i, original) in [row(1), row(2), odd].iter().enumerate() {
            for (column, value) in original.iter().enumerate() {
                assert_eq!(raw.value(i, column).to_string(), value.to_string(), "{kind:?} {i} {column}");
            }
        }
        assert_eq!((raw.value(0, 3), raw.value(0, 4), raw.value(0, 6)), (Value::Real(172_685.194), Value::Int(-1), Value::Bool(true)));
        assert!(raw.rings(1).is_empty());
        let (ours, meant) = (raw.rings(0).to_owned(), &shape);
        assert_eq!((ours.as_ref().ring_count(), ours.as_ref().part_count()), (meant.as_ref().ring_count(), meant.as_ref().part_count()));
        for (a, b) in ours.as_ref().coords().iter().zip(meant.as_ref().coords()) {
            assert!((a[0] - b[0]).abs() <= 5.1e-10 && (a[1] - b[1]).abs() <= 5.1e-10, "{a:?} {b:?}: more than a tenth of a millimetre");
        }
    }
}

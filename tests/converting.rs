//! Conversion: what goes out comes back, in every format that is written; what a format cannot keep is said.

use crate::reading::{QINGDAO, read_raw};
use luodi::crs::{Crs, Transform};
use luodi::geom::{Point, Rings, RingsRef};
use luodi::io::{Raw, TxtHead, TxtProfile};
use luodi::job::{Conversion, ConvertError, ConvertFormat, Converted, Input, TableForm, convert};
use luodi::model::{Date, GeometryKind};
use luodi::task::Progress;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Areas with a hole, with two parts, with a part in the hole of another, without geometry; texts that are long, with
/// quotes, signs and line breaks, codes with zeros, nulls; names of fields that are long and alike.
const SOURCE: &str = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4528"}},"features":[
{"type":"Feature","properties":{"地块编号":"DK001","地块名称":"示例地块一（含“引号”,逗号）","地块用途":"工业用地","地类编码":"1001","项目承办单位的法定名称全称":"青岛甲有限公司","项目承办单位的法定名称简称":"甲","面积":81272.8125,"数量":-3,"备注":null},
 "geometry":{"type":"Polygon","coordinates":[[[40508110.25,4015320.5],[40508452.8,4015318.2],[40508455.125,4015105.75],[40508290.4,4015060.3],[40508112.6,4015062.15],[40508110.25,4015320.5]],[[40508200,4015250],[40508201,4015190],[40508261,4015191],[40508260,4015251],[40508200,4015250]]]}},
{"type":"Feature","properties":{"地块编号":"0002","地块名称":"二","地块用途":"物流","地类编码":"0101","项目承办单位的法定名称全称":null,"项目承办单位的法定名称简称":"乙","面积":0.1,"数量":2147483648,"备注":"他说\"好\"\n第二行"},
 "geometry":{"type":"MultiPolygon","coordinates":[[[[40510000,4015000],[40511000,4015000],[40511000,4016000],[40510000,4016000],[40510000,4015000]],[[40510200.123,4015200],[40510800,4015200],[40510800,4015800],[40510200.123,4015800],[40510200.123,4015200]]],[[[40510400,4015400],[40510600,4015400],[40510600,4015600],[40510400,4015400]]],[[[40513000,4015000],[40514000,4015000],[40513500,4015900.987],[40513000,4015000]]]]}},
{"type":"Feature","properties":{"地块编号":"DK003","地块名称":"没有图形","地块用途":null,"地类编码":"1001","项目承办单位的法定名称全称":"丙","项目承办单位的法定名称简称":null,"面积":null,"数量":0,"备注":"一二三四五六七八九十"},"geometry":null},
{"type":"Feature","properties":{"地块编号":"DK004","地块名称":"四","地块用途":"工业用地","地类编码":"1001","项目承办单位的法定名称全称":"丁","项目承办单位的法定名称简称":"丁","面积":1234567.5,"数量":7,"备注":"末"},
 "geometry":{"type":"Polygon","coordinates":[[[40520000.001,4020000.999],[40520100.5,4020000.25],[40520050.75,4020100.125],[40520000.001,4020000.999]]]}}]}"#;

pub struct Place {
    pub folder: TempDir,
    pub source: PathBuf,
}

/// The source in a folder of its own.
pub fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("拟选址地块.geojson");
    fs::write(&source, SOURCE).unwrap();
    Place { folder, source }
}

pub fn order(source: &Path, out: &Path) -> Conversion {
    Conversion {
        input: Input::file(source),
        out: out.to_owned(),
        format: ConvertFormat::of_path(out).unwrap_or(ConvertFormat::Txt),
        to: None,
        profile: None,
        form: None,
        encoding: None,
        head: TxtHead { producer: "示例单位".into(), date: Date::parse("2024-05-20") },
        force: false,
    }
}

fn done(order: &Conversion) -> Converted {
    convert(order, QINGDAO, &Progress::new()).unwrap_or_else(|e| panic!("{}: {e}", order.out.display()))
}

fn codes(converted: &Converted) -> Vec<&'static str> {
    converted.notes.iter().map(|m| m.code).filter(|c| !["io.crs_is", "io.encoding_is"].contains(c)).collect()
}

/// Rings in an order and a winding that are the same however a format keeps them: parts by their outer rings, every ring from its
/// smallest point on, counter-clockwise.
pub fn canonical(rings: RingsRef<'_>, kind: GeometryKind) -> Vec<Vec<Vec<Point>>> {
    let shape = luodi::geom::Shape::check(rings).ok();
    let rings = shape.as_ref().map_or(rings, |s| s.rings());
    let turned = |ring: &[Point]| -> Vec<Point> {
        if kind != GeometryKind::Area || ring.is_empty() {
            return ring.to_vec();
        }
        let smallest = (0..ring.len()).min_by(|a, b| rough(ring[*a]).partial_cmp(&rough(ring[*b])).unwrap()).unwrap();
        let mut points: Vec<Point> = ring[smallest..].iter().chain(&ring[..smallest]).copied().collect();
        let from = |p: Point| [p[0] - points[0][0], p[1] - points[0][1]];
        let twice: f64 = points.windows(2).map(|w| (from(w[0]), from(w[1]))).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
        if twice < 0.0 {
            points[1..].reverse();
        }
        points
    };
    let mut parts: Vec<Vec<Vec<Point>>> = (0..rings.part_count())
        .map(|part| {
            let mut all: Vec<Vec<Point>> = rings.part(part).map(|i| turned(rings.ring(i))).collect();
            all[1..].sort_by(by_place);
            all
        })
        .collect();
    parts.sort_by(|a, b| by_place(&a[0], &b[0]));
    parts
}

/// What tells points apart and rounding together.
fn rough(p: Point) -> Point {
    p.map(|v| if v.abs() <= 360.0 { (v * 1e6).round() } else { (v * 10.0).round() })
}

fn by_place(a: &Vec<Point>, b: &Vec<Point>) -> std::cmp::Ordering {
    let all = |ring: &[Point]| ring.iter().map(|p| rough(*p)).collect::<Vec<_>>();
    all(a).partial_cmp(&all(b)).unwrap()
}

/// The same parts, holes and points, each at most `within` away.
pub fn same_rings(a: RingsRef<'_>, b: RingsRef<'_>, kind: GeometryKind, within: f64) -> bool {
    let (a, b) = (canonical(a, kind), canonical(b, kind));
    let counts = |parts: &[Vec<Vec<Point>>]| parts.iter().map(|p| p.iter().map(Vec::len).collect::<Vec<_>>()).collect::<Vec<_>>();
    let points = |parts: &[Vec<Vec<Point>>]| parts.iter().flatten().flatten().copied().collect::<Vec<_>>();
    counts(&a) == counts(&b)
        && points(&a).iter().zip(points(&b)).all(|(p, q)| (p[0] - q[0]).abs() <= within && (p[1] - q[1]).abs() <= within)
}

/// What comes back: the rings of every row to a millimetre (in the source's plane), and the texts of all fields.
fn compare(what: &str, original: &Raw, back: &Raw, from: &Crs, skipped: &[&str]) {
    assert_eq!(back.len(), original.len(), "{what}");
    let way = Transform::new(back.notes.crs.as_ref().unwrap_or(from), from).unwrap();
    for row in 0..original.len() {
        let mut rings: Rings = back.rings(row).to_owned();
        way.apply(rings.coords_mut()).unwrap();
        assert!(same_rings(original.rings(row), rings.as_ref(), original.notes.kind, 0.001), "{what}: row {row}: {rings:?}");
        for (column, field) in original.fields.iter().enumerate() {
            if skipped.contains(&&*field.name) {
                continue;
            }
            let there = back.fields.iter().position(|f| f.name == field.name).unwrap_or_else(|| panic!("{what}: no field {}", field.name));
            let (a, b) = (original.value(row, column), back.value(row, there));
            let alike = match (a.number(), b.number()) {
                (Some(x), Some(y)) => x == y,
                _ => a.to_string().trim() == b.to_string().trim(),
            };
            assert!(alike, "{what}: row {row}, {}: {a:?} became {b:?}", field.name);
        }
    }
}

#[test]
fn every_format_gives_back_rings_and_texts() {
    let place = place();
    let original = read_raw(&place.source).unwrap();
    let out = |name: &str| place.folder.path().join(name);
    let plane = Crs::Epsg(4528);
    for (name, form, to) in [
        ("a.gpkg", None, None),
        ("a.geojson", None, None),
        ("b.geojson", None, Some(4528)),
        ("a.csv", None, None),
        ("b.csv", Some(TableForm::Points), None),
        ("a.xlsx", None, None),
        ("b.xlsx", Some(TableForm::Wkt), None),
        ("c.csv", Some(TableForm::Points), Some(4490)),
        ("d.csv", None, Some(4549)),
        ("a.kml", None, None),
    ] {
        let converted = done(&Conversion { form, to: to.map(Crs::Epsg), ..order(&place.source, &out(name)) });
        assert_eq!((converted.features, converted.files.as_slice()), (4, &[out(name)][..]), "{name}");
        assert!(codes(&converted).is_empty(), "{name}: {:?}", codes(&converted));
        let back = read_raw(&out(name)).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        // Blanks at the end of a line and a break within a text are the table's own.
        compare(
            name,
            &original,
            &back,
            &plane,
            if name.ends_with("csv") || name.ends_with("xlsx") || name.ends_with("kml") { &["备注"] } else { &[] },
        );
        assert_eq!(back.notes.kind, GeometryKind::Area, "{name}");
    }
}

#[test]
fn a_shapefile_has_a_dictionary_for_the_names_that_do_not_fit() {
    let place = place();
    let original = read_raw(&place.source).unwrap();
    for (name, encoding) in [("甲.shp", None), ("乙.shp", Some("UTF-8"))] {
        let out = place.folder.path().join(name);
        let converted = done(&Conversion { encoding: encoding.map(str::to_owned), ..order(&place.source, &out) });
        assert!(codes(&converted).contains(&"convert.names_cut"), "{:?}", codes(&converted));
        let back = read_raw(&out).unwrap();
        assert_eq!((back.len(), back.notes.crs.clone()), (4, Some(Crs::Epsg(4528))));
        let dictionary = place.folder.path().join(format!("{}_字段对照.csv", out.file_stem().unwrap().to_string_lossy()));
        let table = fs::read_to_string(dictionary).unwrap();
        for row in 0..4 {
            assert!(same_rings(original.rings(row), back.rings(row), GeometryKind::Area, 1e-9), "{name} row {row}");
            for (column, field) in original.fields.iter().enumerate() {
                // The dictionary tells which field it was.
                let short = &back.fields[column].name;
                assert!(table.contains(&format!("{short},{}\r\n", field.name)), "{name}: {short} of {}", field.name);
                let (a, b) = (original.value(row, column).to_string(), back.value(row, column).to_string());
                assert!(a.parse::<f64>().map_or(a == b, |x| b.parse() == Ok(x)), "{name} row {row} {}: {a} became {b}", field.name);
            }
        }
    }
}

#[test]
fn what_does_not_fit_a_shapefile_is_said_or_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("s.geojson");
    let square = "[[[120,36],[120.01,36],[120.01,36.01],[120,36]]]";
    let feature = |properties: &str| {
        format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":{square}}}}}"#)
    };
    fs::write(&source, feature(&format!(r#""备注":"{}","名":"𠮷","比":0.12345678901234567"#, "地".repeat(300)))).unwrap();
    let out = folder.path().join("o.shp");
    let converted = done(&order(&source, &out));
    for code in ["io.write_text_cut", "io.write_beyond_gbk", "io.write_rounded"] {
        assert!(codes(&converted).contains(&code), "{:?}", codes(&converted));
    }
    let many: Vec<String> = (0..300).map(|i| format!(r#""f{i}":1"#)).collect();
    fs::write(&source, feature(&many.join(","))).unwrap();
    let out = folder.path().join("p.shp");
    let refused = convert(&order(&source, &out), QINGDAO, &Progress::new()).unwrap_err();
    assert_eq!(refused.message().code, "io.write_too_many_fields");
    assert!(fs::read_dir(folder.path()).unwrap().flatten().all(|f| !f.file_name().to_string_lossy().starts_with('p')));
}

#[test]
fn every_profile_of_txt_is_read_back_exactly() {
    let place = place();
    let original = read_raw(&place.source).unwrap();
    let rows: Vec<usize> = (0..original.len()).filter(|row| !original.rings(*row).is_empty()).collect();
    for name in TxtProfile::bundled_names() {
        let profile = TxtProfile::bundled(name).unwrap().unwrap();
        let folder = place.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        let each = profile.one_file_each;
        let out = if each { folder.clone() } else { folder.join("界址点.txt") };
        let converted = done(&Conversion { profile: Some(profile.clone()), ..order(&place.source, &out) });
        assert_eq!(converted.files.len(), if each { 3 } else { 1 }, "{name}");
        assert!(codes(&converted).contains(&"convert.txt_empty") && codes(&converted).contains(&"convert.txt_fields"), "{name}");
        let mut back = Vec::new();
        for file in &converted.files {
            let raw = read_raw(file).unwrap_or_else(|e| panic!("{name}: {}", e.render(luodi::text::Lang::En)));
            let odd: Vec<&str> = raw.notes.messages.iter().map(|m| m.code).filter(|c| *c != "io.txt_swapped").collect();
            assert!(odd.is_empty(), "{name}: {odd:?}");
            back.extend(
                (0..raw.len())
                    .map(|row| (raw.rings(row).to_owned(), raw.value(row, 0), raw.value(row, 1), raw.value(row, 5), raw.value(row, 6))),
            );
            // Once more through the same profile: the same bytes.
            let again = place.folder.path().join(format!("{name}-again.txt"));
            let input = Input { path: file.clone(), ..Input::default() };
            let crs = raw.notes.crs.clone().or(Some(Crs::Epsg(4528)));
            let mut order = Conversion { input, profile: Some(profile.clone()), force: true, ..order(file, &again) };
            order.input.settings.options.crs = crs;
            done(&order);
            assert!(
                fs::read(&again).unwrap() == fs::read(file).unwrap(),
                "{name}: {}",
                encoding_rs::GB18030.decode(&fs::read(&again).unwrap()).0
            );
        }
        assert_eq!(back.len(), rows.len(), "{name}");
        for (row, (rings, id, title, purpose, code)) in rows.iter().zip(&back) {
            assert!(same_rings(original.rings(*row), rings.as_ref(), GeometryKind::Area, 0.000_500_1), "{name} row {row}");
            let told = |column: usize| original.value(*row, column).to_string().replace(',', "，");
            let shown = TxtProfile::bundled(name).unwrap().unwrap();
            for (key, column, value) in [("id", 0, id), ("name", 1, title), ("purpose", 2, purpose), ("code", 3, code)] {
                if !shown.sources(key).is_empty() && !(key == "id" && name == "land-supply") {
                    assert_eq!(value.to_string(), told(column), "{name} row {row} {key}");
                }
            }
        }
    }
}

#[test]
fn a_profile_of_the_users_own_says_everything_itself() {
    let place = place();
    let own = "name = \"局里的\"\nencoding = \"UTF-8-BOM\"\nline_end = \"LF\"\nzone_prefix = \"off\"\nstart = \"as-is\"\nwinding = \"as-is\"\nclosing = \"open\"\n\
               numbering = \"ring\"\ndecimals = 2\narea_decimals = 1\nhead = \"[属性描述]\\n坐标系={system}\\n几度分带={width}\\n带号={zone}\\n[地块坐标]\\n\"\n\
               parcel = \"{points},{area_m2},{id},{name},面,,{purpose},,@\"\npoint = \"K{number},{ring},{north},{east}\"\n[fields]\npurpose = [\"备注\"]\n";
    let out = place.folder.path().join("自己.txt");
    done(&Conversion { profile: Some(TxtProfile::parse(own).unwrap()), ..order(&place.source, &out) });
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.starts_with("\u{feff}[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=40\n[地块坐标]\n9,"), "{text}");
    assert!(
        text.contains(",DK004,四,面,,末,,@\nK1,1,4020001.00,520000.00\nK2,1,4020000.25,520100.50\nK3,1,4020100.12,520050.75\n"),
        "{text}"
    );
    assert!(!text.contains('\r'));
    assert_eq!(read_raw(&out).unwrap().notes.crs, Some(Crs::Epsg(4549)));
}

#[test]
fn lines_and_points_go_through_the_tables_too() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, geometry) in [
        (GeometryKind::Line, r#"{"type":"MultiLineString","coordinates":[[[120,36],[120.1,36.1],[120,36]],[[121,36],[121,36.5]]]}"#),
        (GeometryKind::Point, r#"{"type":"Point","coordinates":[120.123456789,36]}"#),
    ] {
        let source = folder.path().join("s.geojson");
        fs::write(&source, format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"n":"一"}},"geometry":{geometry}}},{{"type":"Feature","properties":{{"n":"二"}},"geometry":{geometry}}}]}}"#)).unwrap();
        let original = read_raw(&source).unwrap();
        for (name, form) in [
            ("a.csv", TableForm::Wkt),
            ("b.csv", TableForm::Points),
            ("a.xlsx", TableForm::Points),
            ("a.gpkg", TableForm::Wkt),
            ("a.shp", TableForm::Wkt),
            ("a.kml", TableForm::Wkt),
        ] {
            let out = folder.path().join(name);
            done(&Conversion { form: Some(form), force: true, ..order(&source, &out) });
            let back = read_raw(&out).unwrap();
            assert_eq!((back.notes.kind, back.len()), (kind, 2), "{name}");
            for row in 0..2 {
                assert_eq!(back.rings(row).ring_count(), original.rings(row).ring_count(), "{name} {kind:?}");
                assert!(same_rings(original.rings(row), back.rings(row), kind, 1e-9), "{name} {kind:?}");
                let column = back.fields.iter().position(|f| &*f.name == "n").unwrap();
                assert_eq!(back.value(row, column), original.value(row, 0), "{name}");
            }
        }
        let refused = convert(&order(&source, &folder.path().join("a.txt")), QINGDAO, &Progress::new()).unwrap_err();
        assert_eq!(refused.message().code, "io.write_txt_areas");
    }
}

#[test]
fn a_drawing_keeps_outlines_and_names() {
    let place = place();
    let out = place.folder.path().join("a.dxf");
    let converted = done(&order(&place.source, &out));
    assert!(codes(&converted).contains(&"io.write_dxf_names_only"));
    let (original, back) = (read_raw(&place.source).unwrap(), read_raw(&out).unwrap());
    let corners = |raw: &Raw| {
        let mut all: Vec<Point> = (0..raw.len()).flat_map(|row| raw.rings(row).coords().to_vec()).collect();
        all.sort_by(|a, b| a.partial_cmp(b).unwrap());
        all
    };
    assert_eq!(corners(&original), corners(&back));
    let names: Vec<String> = (0..back.len())
        .flat_map(|row| (0..back.fields.len()).map(move |c| (row, c)))
        .map(|(row, c)| back.value(row, c).to_string())
        .collect();
    assert!(names.iter().any(|n| n == "四"), "{names:?}");
}

#[test]
fn sources_stay_and_outputs_are_not_replaced_unasked() {
    let place = place();
    let out = place.folder.path().join("a.shp");
    let code = |result: Result<Converted, ConvertError>| result.unwrap_err().message().code;
    let work = |order: &Conversion| convert(order, QINGDAO, &Progress::new());
    done(&order(&place.source, &out));
    assert_eq!(code(work(&order(&place.source, &out))), "io.output_exists");
    // A file of the family alone is enough.
    fs::remove_file(&out).unwrap();
    assert_eq!(code(work(&order(&place.source, &out))), "io.output_exists");
    done(&Conversion { force: true, ..order(&place.source, &out) });
    assert_eq!(code(work(&Conversion { force: true, ..order(&place.source, &place.source) })), "io.output_is_input");
    assert_eq!(code(work(&Conversion { force: true, ..order(&out, &out) })), "io.output_is_input");
    let parts =
        fs::read_dir(place.folder.path()).unwrap().flatten().filter(|f| f.file_name().to_string_lossy().starts_with(".luodi")).count();
    assert_eq!(parts, 0);
    assert_eq!(fs::read_to_string(&place.source).unwrap(), SOURCE);
}

#[test]
fn a_system_is_changed_on_the_way_or_refused() {
    let place = place();
    let original = read_raw(&place.source).unwrap();
    let out = |name: &str| place.folder.path().join(name);
    for code in [4549, 4490, 4326, 3857, 32650, 4498] {
        let name = out(&format!("{code}.gpkg"));
        let converted = done(&Conversion { to: Some(Crs::Epsg(code)), ..order(&place.source, &name) });
        assert_eq!(converted.crs, Crs::Epsg(code));
        let back = read_raw(&name).unwrap();
        assert_eq!(back.notes.crs, Some(Crs::Epsg(code)));
        compare(&code.to_string(), &original, &back, &Crs::Epsg(4528), &[]);
    }
    for (name, to, code) in [
        ("a.shp", Some(2364), "io.crs_datum_shift"),
        ("a.txt", Some(3857), "io.write_txt_crs"),
        ("a.kml", Some(4528), "io.write_kml_crs"),
        ("a.dxf", Some(4490), "io.write_dxf_crs"),
    ] {
        let refused =
            convert(&Conversion { to: to.map(Crs::Epsg), ..order(&place.source, &out(name)) }, QINGDAO, &Progress::new()).unwrap_err();
        assert_eq!(refused.message().code, code);
        assert!(!out(name).is_file(), "{name}");
    }
}

#[test]
fn unsound_areas_keep_every_point() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("s.wkt");
    fs::write(&source, "SRID=4528;POLYGON ((40500000 4000000,40500100 4000100,40500100 4000000,40500000 4000300))").unwrap();
    let original = read_raw(&source).unwrap();
    for name in ["a.shp", "a.geojson", "a.csv", "a.gpkg", "a.txt"] {
        let out = folder.path().join(name);
        let converted = done(&Conversion { to: Some(Crs::Epsg(4528)), ..order(&source, &out) });
        assert!(codes(&converted).contains(&"convert.unsound"), "{name}");
        let back = read_raw(&out).unwrap();
        assert!(same_rings(original.rings(0), back.rings(0), GeometryKind::Area, 1e-3), "{name}: {:?}", back.rings(0).coords());
    }
}

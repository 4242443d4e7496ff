//! Boundary-point TXT in the forms that offices write it: one file said in many ways is the same two parcels.

use crate::reading::{QINGDAO, gbk};
use luodi::crs::Crs;
use luodi::geom::Shape;
use luodi::io::{TxtHead, TxtParcel, TxtProfile, parcel_txt_bytes};
use luodi::job::{Input, OpenError, Opened, open_layer};
use luodi::model::{Date, IdSource, Role};
use luodi::task::Progress;
use std::fs;

/// The example of the domain reference: two plots, the first with a hole.
pub const EXAMPLE: &str = "[属性描述]
格式版本号=1.01
数据产生单位=示例单位(虚构)
数据产生日期=2024-05-20
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=40
精度=0.001
转换参数=,,,,,,
[地块坐标]
11,8.1273,DK001,示例地块一,面,,工业用地,1001,@
J1,1,4015320.500,40508110.250
J2,1,4015318.200,40508452.800
J3,1,4015105.750,40508455.120
J4,1,4015060.300,40508290.400
J5,1,4015062.150,40508112.600
J1,1,4015320.500,40508110.250
J6,2,4015250.000,40508200.000
J7,2,4015190.000,40508201.000
J8,2,4015191.000,40508261.000
J9,2,4015251.000,40508260.000
J6,2,4015250.000,40508200.000
5,1.9200,DK002,示例地块二,面,,工业用地,1001,@
J1,1,4014980.000,40508480.000
J2,1,4014980.000,40508640.000
J3,1,4014860.000,40508640.000
J4,1,4014860.000,40508480.000
J1,1,4014980.000,40508480.000
";

fn open_bytes(bytes: impl AsRef<[u8]>) -> Result<Opened, OpenError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("界址点.txt");
    fs::write(&path, bytes).unwrap();
    open_layer(&Input::file(&path), Role::Sites, &Crs::Epsg(4528), QINGDAO, None, &mut IdSource::new(1), &Progress::new())
}

fn areas(opened: &Opened) -> Vec<f64> {
    opened.layer.features().map(|f| f.shape().map_or(f64::NAN, |s| (s.area_m2() * 100.0).round() / 100.0)).collect()
}

fn codes(opened: &Opened) -> Vec<&'static str> {
    opened.layer.provenance.notes.iter().map(|m| m.code).collect()
}

fn points(text: &str, change: impl Fn(&[&str]) -> String) -> String {
    text.lines()
        .map(|line| if line.starts_with('J') { change(&line.split(',').collect::<Vec<_>>()) } else { line.to_owned() } + "\n")
        .collect()
}

#[test]
fn one_file_said_in_many_ways_is_the_same_two_parcels() {
    let without_prefix = points(EXAMPLE, |f| format!("{},{},{},{}", f[0], f[1], f[2], f[3].trim_start_matches("40")));
    let six_fields = points(EXAMPLE, |f| format!("{},{},{},,{},", f[0], f[2], f[3], f[1]));
    let gaps = points(EXAMPLE, |f| format!("{},{},{},{}", f[0], if f[1] == "2" { "7" } else { "1" }, f[2], f[3]));
    let one_ring_number = points(EXAMPLE, |f| format!("{},1,{},{}", f[0], f[2], f[3]));
    let east_first = points(EXAMPLE, |f| format!("{},{},{},{}", f[0], f[1], f[3], f[2]));
    let full_width: String = EXAMPLE.replace(',', "，").replace('[', "【").replace(']', "】").replace('=', "＝").replace('@', "＠");
    let project = format!("[项目信息]\n项目名称=甲项目\n{EXAMPLE}");
    let blanks = EXAMPLE.replace(',', " , ").replace("\n[", "\n\n  [").replace("带号=40", "带号=40带");
    let units = EXAMPLE.replace("8.1273", "8.1273公顷").replace("1.9200", "28.8亩");
    for (name, bytes) in [
        ("utf-8", EXAMPLE.as_bytes().to_vec()),
        ("utf-8 bom", format!("\u{feff}{EXAMPLE}").into_bytes()),
        ("gbk crlf", gbk(&EXAMPLE.replace('\n', "\r\n"))),
        ("lone cr", gbk(&EXAMPLE.replace('\n', "\r"))),
        ("full width", gbk(&full_width)),
        ("without prefix", without_prefix.into_bytes()),
        ("six fields", six_fields.into_bytes()),
        ("gaps in ring numbers", gaps.into_bytes()),
        ("rings told by closure", one_ring_number.into_bytes()),
        ("east first", east_first.into_bytes()),
        ("project section", project.into_bytes()),
        ("blanks", blanks.into_bytes()),
        ("units", units.into_bytes()),
    ] {
        let opened = open_bytes(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(areas(&opened), [81_272.83, 19_200.0], "{name}");
        let first = opened.layer.features().next().unwrap();
        assert_eq!(first.value(0).to_string(), "DK001", "{name}");
        assert_eq!(first.value(1).to_string(), "示例地块一", "{name}");
        assert_eq!(first.value(6).to_string(), "1001", "{name}");
        assert_eq!(codes(&opened).contains(&"io.txt_swapped"), name == "east first");
        let doubts = ["io.txt_point_count", "io.txt_area_differs", "io.txt_area_unit", "io.txt_open_ring", "io.unsound"];
        assert!(codes(&opened).iter().all(|c| !doubts.contains(c)), "{name}: {:?}", codes(&opened));
    }
}

#[test]
fn what_a_file_says_wrongly_is_reported() {
    for (from, to, code) in [
        ("11,8.1273", "19,8.1273", "io.txt_point_count"),
        ("11,8.1273", "11,81272.81", "io.txt_area_unit"),
        ("11,8.1273", "11,121.9092", "io.txt_area_unit"),
        ("11,8.1273", "11,9.5", "io.txt_area_differs"),
        ("带号=40", "带号=39", "io.txt_zone_conflict"),
        ("J1,1,4014980.000,40508480.000\n", "J1,1,4014980.022,40508480.033\n", "io.txt_open_ring"),
    ] {
        let at = EXAMPLE.rfind(from).unwrap();
        let text = format!("{}{to}{}", &EXAMPLE[..at], &EXAMPLE[at + from.len()..]);
        let opened = open_bytes(text).unwrap();
        assert!(codes(&opened).contains(&code), "{to}: {:?}", codes(&opened));
    }
}

#[test]
fn what_would_put_a_parcel_in_the_wrong_place_or_size_is_refused() {
    let mixed = EXAMPLE.replacen("4014980.000,40508480.000", "4014980.000,508480.000", 1);
    let exchanged = EXAMPLE.replacen("4014980.000,40508480.000", "40508480.000,4014980.000", 1);
    for (text, code) in [
        (EXAMPLE.replace("J7,2,4015190.000,40508201.000", "J7,2,4015190.000,4050820l.000"), "io.txt_line_broken"),
        (EXAMPLE.replace("J7,2,4015190.000,40508201.000", "J7,2,4015190.000"), "io.txt_line_broken"),
        (mixed, "io.txt_prefix_mixed"),
        (exchanged, "io.txt_axes_mixed"),
        (EXAMPLE.replace("2000国家大地坐标系", "1980西安坐标系"), "io.crs_datum_shift"),
        (EXAMPLE.replace("2000国家大地坐标系", "青岛城市独立坐标系"), "io.crs_declared_unusable"),
        ("[地块坐标]\n".to_owned(), "io.txt_no_parcel"),
        ("J1,1,4014980.000,40508480.000\n3,1,a,b,面,,,,@\n".to_owned(), "io.txt_line_broken"),
        ("4,1,a,b,面,,,,@\nJ1,1,36.1,120.1\nJ2,1,36.2,120.1\nJ3,1,36.2,120.2\n".to_owned(), "io.crs_declared_unusable"),
    ] {
        assert_eq!(open_bytes(&text).unwrap_err().message().code, code, "{text}");
    }
}

#[test]
fn what_is_written_is_read_back_and_written_again_the_same() {
    let opened = open_bytes(EXAMPLE).unwrap();
    let shapes: Vec<Shape> = opened.layer.features().map(|f| f.shape().unwrap().to_owned()).collect();
    let head = TxtHead { producer: "示例单位".into(), date: Date::parse("2024-05-20") };
    for (code, shift) in [(4528, 0.0), (4549, 40e6)] {
        let moved: Vec<Shape> = shapes.iter().map(|s| east_by(s, -shift)).collect();
        let parcel = |i: usize, id, name| {
            let area_m2 = Some(moved[i].area_m2());
            (TxtParcel { id, name, purpose: "工业用地", code: "1001", area_m2, ..TxtParcel::default() }, moved[i].rings())
        };
        let parcels = [parcel(0, "DK001", "地块,一@"), parcel(1, "DK002", "地块二")];
        let bytes = parcel_txt_bytes(&parcels, &Crs::Epsg(code), &head, &TxtProfile::standard().unwrap()).unwrap();
        let text = encoding_rs::GB18030.decode(&bytes).0.into_owned();
        assert!(
            text.contains("带号=40\r\n") && text.contains("11,8.1273,DK001,地块，一＠,面,,工业用地,1001,@\r\nJ1,1,4015320.500,"),
            "{text}"
        );
        let again = open_bytes(&bytes).unwrap();
        assert_eq!(areas(&again), [81_272.83, 19_200.0]);
        assert!(!codes(&again).iter().any(|c| c.starts_with("io.txt_")), "{:?}", codes(&again));
        assert_eq!(again.layer.bbox(), opened.layer.bbox());
    }
    let parcel = (TxtParcel::default(), shapes[0].rings());
    assert!(parcel_txt_bytes(&[parcel], &Crs::Epsg(3857), &head, &TxtProfile::standard().unwrap()).is_err());
}

fn east_by(shape: &Shape, by_m: f64) -> Shape {
    let mut rings = shape.rings().to_owned();
    rings.coords_mut().iter_mut().for_each(|p| p[0] += by_m);
    Shape::check(rings.as_ref()).unwrap()
}

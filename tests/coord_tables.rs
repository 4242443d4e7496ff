//! Tables of coordinates as offices send them: which columns are the position, which rows are one parcel, and what is asked.

use crate::reading::{QINGDAO, gbk, read_source_raw};
use luodi::crs::Crs;
use luodi::io::{Raw, ReadOptions, Source, XlsxCell, XlsxColumn, XlsxForm, XlsxWriter};
use luodi::job::{Input, open_layer};
use luodi::model::{GeometryKind, IdSource, Role};
use luodi::task::Progress;
use luodi::text::Message;
use std::fs;

fn read(name: &str, bytes: impl AsRef<[u8]>) -> Result<Raw, Message> {
    read_source_raw(&Source { path: name.into(), bytes: bytes.as_ref().into(), siblings: Vec::new() })
}

fn with(name: &str, text: &str, settings: &str) -> Result<Raw, Message> {
    let options = Input::parse(&format!("{name}{settings}")).unwrap().settings.options;
    read_with(name, text, &options)
}

fn read_with(name: &str, text: &str, options: &ReadOptions) -> Result<Raw, Message> {
    let source = Source { path: name.into(), bytes: text.as_bytes().into(), siblings: Vec::new() };
    let reader = luodi::io::reader_for(&source).map_err(|e| e.0)?;
    Raw::read(reader, &source, options, None, None, &Progress::new()).map_err(|e| e.0)
}

fn codes(raw: &Raw) -> Vec<&'static str> {
    raw.notes.messages.iter().map(|m| m.code).collect()
}

fn ring_sizes(raw: &Raw) -> Vec<Vec<usize>> {
    (0..raw.len()).map(|row| raw.rings(row).rings().map(<[_]>::len).collect()).collect()
}

/// Two parcels, the first with a hole, north before east.
const ROWS: [[&str; 5]; 14] = [
    ["A-1", "1", "J1", "4015320.5", "40508110.25"],
    ["A-1", "1", "J2", "4015318.2", "40508452.8"],
    ["A-1", "1", "J3", "4015105.75", "40508455.12"],
    ["A-1", "1", "J4", "4015060.3", "40508290.4"],
    ["A-1", "1", "J1", "4015320.5", "40508110.25"],
    ["A-1", "2", "J5", "4015250", "40508200"],
    ["A-1", "2", "J6", "4015190", "40508201"],
    ["A-1", "2", "J7", "4015191", "40508261"],
    ["A-1", "2", "J5", "4015250", "40508200"],
    ["A-2", "1", "J1", "4014980", "40508480"],
    ["A-2", "1", "J2", "4014980", "40508640"],
    ["A-2", "1", "J3", "4014860", "40508640"],
    ["A-2", "1", "J4", "4014860", "40508480"],
    ["A-2", "1", "J1", "4014980", "40508480"],
];

fn table(titles: &str, row: impl Fn(&[&str; 5]) -> String) -> String {
    format!("{titles}\n{}", ROWS.iter().map(|r| row(r) + "\n").collect::<String>())
}

#[test]
fn one_table_said_in_many_ways_is_the_same_two_parcels() {
    let full = |r: &[&str; 5]| r.join(",");
    for (what, text) in [
        ("by title", table("地块编号,圈号,点号,X坐标(北),Y坐标(东)", full)),
        ("x and y by size", table("地块编号,圈号,点号,X,Y", full)),
        ("y and x by size", table("宗地号,圈号,点号,X,Y", |r| [r[0], r[1], r[2], r[4], r[3]].join(","))),
        ("vertical and horizontal", table("DKBH,圈号,界址点号,纵坐标（m）,横坐标（m）", full)),
        ("english", table("parcel_id,ring,point_no,Northing,Easting", full)),
        ("tabs", table("地块编号\t圈号\t点号\t北坐标\t东坐标", |r| r.join("\t"))),
        ("rings told by closure", table("地块编号,点号,北坐标X,东坐标Y", |r| [r[0], r[2], r[3], r[4]].join(","))),
        (
            "the id on the first row only",
            table("地块编号,圈号,点号,X,Y", |r| {
                let first = r[1] == "1" && r[2] == "J1" && r[3] != "4014980.0";
                [if first { r[0] } else { "" }, r[1], r[2], r[3], r[4]].join(",")
            }),
        ),
        (
            "units and full width",
            table("地块编号,圈号,点号,X,Y", |r| [r[0], r[1], r[2], &format!("{}米", r[3]), &r[4].replace('4', "４")].join(",")),
        ),
        ("titles below a heading", format!("界址点成果表,,,,\n,,,,\n{}", table("地块编号,圈号,点号,X,Y", full))),
        (
            "sides, signatures, titles once more",
            table("地块编号,圈号,点号,X,Y", |r| match r[2] {
                "J3" => format!("{}\n,,,,\n地块编号,圈号,点号,X,Y", full(r)),
                _ => full(r),
            }),
        ),
    ] {
        for (name, bytes) in [("a.csv", text.clone().into_bytes()), ("b.csv", gbk(&text))] {
            let raw = read(name, bytes).unwrap_or_else(|e| panic!("{what}: {}", e.render(luodi::text::Lang::En)));
            assert_eq!(ring_sizes(&raw), [vec![4, 3], vec![4]], "{what}");
            assert_eq!(raw.notes.kind, GeometryKind::Area, "{what}");
            assert_eq!(raw.value(0, 0).to_string(), "A-1", "{what}");
            assert_eq!((raw.extent().min, raw.extent().max), ([40_508_110.25, 4_014_860.0], [40_508_640.0, 4_015_320.5]), "{what}");
            assert!(
                codes(&raw).contains(&"table.columns_are") && codes(&raw).contains(&"table.row_is_vertex"),
                "{what}: {:?}",
                codes(&raw)
            );
        }
    }
}

#[test]
fn a_printed_table_with_side_lengths_is_one_parcel() {
    let text = "界址点成果表,,,,\n宗地号：,370281-001,,,\n序号,点号,X(m),Y(m),边长(m)\n1,J1,4014980.000,40508480.000,\n,,,,160.000\n2,J2,4014980.000,40508640.000,\n\
                ,,,,120.000\n3,J3,4014860.000,40508640.000,\n,,,,160.000\n4,J4,4014860.000,40508480.000,\n,,,,120.000\n1,J1,4014980.000,40508480.000,\n制表：,张三,校审：,李四,\n";
    let raw = read("成果表.csv", text).unwrap();
    assert_eq!(ring_sizes(&raw), [vec![4]]);
    let passed = raw.notes.messages.iter().find(|m| m.code == "table.rows_passed_over").unwrap();
    assert!(passed.render(luodi::text::Lang::En).contains('5'), "{passed:?}");
}

#[test]
fn a_workbook_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("界址点.xlsx");
    let mut writer = XlsxWriter::create(&path, "x").unwrap();
    let columns =
        ["地块编号", "圈号", "点号", "X坐标", "Y坐标"].map(|t| XlsxColumn { title: t.into(), width: 10.0, form: XlsxForm::General });
    let sheet = writer.add_sheet("表", &columns).unwrap();
    for row in ROWS {
        let number = |t: &str| XlsxCell::Number(t.parse().unwrap());
        writer.row(sheet, &[XlsxCell::Text(row[0]), number(row[1]), XlsxCell::Text(row[2]), number(row[3]), number(row[4])]).unwrap();
    }
    writer.finish().unwrap().commit().unwrap();
    let opened =
        open_layer(&Input::file(&path), Role::Sites, &Crs::Epsg(4528), QINGDAO, None, &mut IdSource::new(1), &Progress::new()).unwrap();
    assert_eq!(opened.layer.provenance.source_crs, Some(Crs::Epsg(4528)));
    assert_eq!((opened.layer.len(), opened.soundness.sound), (2, 2));
}

#[test]
fn a_list_without_titles_and_a_text_file_are_read_by_the_size_of_the_numbers() {
    let list = "J1,4014980,40508480\nJ2,4014980,40508640\nJ3,4014860,40508640\nJ1,4014980,40508480\n\nJ1,4014980.5,40509480\nJ2,4014980,40509640\nJ3,4014860,40509640\n";
    for name in ["a.csv", "a.txt"] {
        let raw = read(name, list).unwrap();
        assert_eq!(ring_sizes(&raw), [vec![3], vec![3]], "{name}");
    }
}

#[test]
fn rows_by_themselves_are_points() {
    let raw = read("企业.csv", "企业名称,经度,纬度,产值\n甲,120.1,36.2,10\n乙,120.35,36.25,007\n丙,,,\n").unwrap();
    assert_eq!((raw.notes.kind, raw.len()), (GeometryKind::Point, 3));
    assert_eq!(raw.rings(1).coords(), [[120.35, 36.25]]);
    assert!(raw.rings(2).is_empty());
    let names: Vec<&str> = raw.fields.iter().map(|f| &*f.name).collect();
    assert_eq!((names, raw.value(1, 1).to_string()), (vec!["企业名称", "产值"], "007".to_owned()));
    assert!(codes(&raw).contains(&"table.row_is_point"));
    // Named as the id of parcels, a column makes parcels of the same rows.
    let text = "组,经度,纬度\n1,120.1,36.2\n1,120.2,36.2\n1,120.2,36.3\n";
    assert_eq!(with("a.csv", text, "").unwrap().notes.kind, GeometryKind::Point);
}

#[test]
fn degrees_minutes_and_seconds_are_made_decimal_and_packed_ones_are_asked_about() {
    let raw = read("a.csv", "名称,经度,纬度\n甲,120°05′24.9″,36-16-05.98\n").unwrap();
    let [lon, lat] = raw.rings(0).coords()[0];
    assert!((lon - 120.090_25).abs() < 1e-9 && (lat - 36.268_327_777).abs() < 1e-8, "{lon} {lat}");
    assert!(codes(&raw).contains(&"table.sexagesimal"));
    let packed = "名称,经度,纬度\n甲,120.0524,36.1605\n乙,120.0624,36.1705\n丙,120.0724,36.1805\n";
    assert_eq!(with("a.csv", packed, "").unwrap().notes.crs_refused.unwrap().code, "io.txt_degrees");
    assert!(with("a.csv", packed, ",crs=4490").unwrap().notes.crs_refused.is_none());
    assert!(with("a.csv", &packed.replace("36.1805", "36.9805"), "").unwrap().notes.crs_refused.is_none());
}

#[test]
fn a_person_overrules_the_guess() {
    // Local numbers: nothing tells which is north.
    let text = "地块,甲列,乙列,X,Y\na,1,1,100,200\na,2,2,100,300\na,3,3,200,300\n";
    assert_eq!(with("a.csv", text, "").unwrap_err().code, "table.axes_open");
    assert_eq!(with("a.csv", text, ",axis=ne").unwrap().rings(0).coords()[0], [200.0, 100.0]);
    assert_eq!(with("a.csv", text, ",axis=en").unwrap().rings(0).coords()[0], [100.0, 200.0]);
    let named = with("a.csv", text, ",north=甲列,east=Y").unwrap();
    assert_eq!(named.rings(0).coords()[0], [200.0, 1.0]);
    let other = with("a.csv", "地,圈,X,Y\n1,a,4014980,508480\n1,a,4014980,508640\n1,a,4014860,508640\n2,a,4014860,508740\n2,a,4014960,508740\n2,a,4014960,508840\n", ",id=地").unwrap();
    assert_eq!(ring_sizes(&other), [vec![3], vec![3]]);
    // For any other format such a setting is refused, never ignored.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.geojson");
    fs::write(&path, r#"{"type":"Point","coordinates":[120,36]}"#).unwrap();
    let input = Input::parse(&format!("{},north=N", path.display())).unwrap();
    let refused = open_layer(&input, Role::Sites, &Crs::Epsg(4528), QINGDAO, None, &mut IdSource::new(1), &Progress::new()).unwrap_err();
    assert_eq!(refused.message().code, "io.setting_of_tables");
}

#[test]
fn well_known_text_is_read_in_a_column_and_alone() {
    let raw = read("a.csv", "id,geom,名\n1,\"SRID=4528;MULTIPOLYGON(((0 0,9 0,9 9,0 0),(5 1,6 1,6 2,5 1)),((20 20,30 20,30 30,20 20)))\",甲\n2,POLYGON EMPTY,乙\n3,,丙\n4,POINT (1 2),丁\n5,\"POLYGON((0 0,1\",戊\n").unwrap();
    assert_eq!((raw.notes.kind, raw.len(), raw.notes.crs.clone()), (GeometryKind::Area, 5, Some(Crs::Epsg(4528))));
    assert_eq!(ring_sizes(&raw), [vec![3, 3, 3], vec![], vec![], vec![], vec![]]);
    assert!(codes(&raw).contains(&"io.records_broken") && codes(&raw).contains(&"io.records_other_kind"), "{:?}", codes(&raw));
    assert_eq!(raw.value(3, 1).to_string(), "丁");
    let alone = read("a.wkt", "SRID=4490;POINT Z (120 36 5)\nPOINT(121 37)").unwrap();
    assert_eq!((alone.len(), alone.notes.kind, alone.notes.crs.clone()), (2, GeometryKind::Point, Some(Crs::Epsg(4490))));
    for (text, code) in [
        ("POLYGON((0 0,1 1", "table.wkt_broken"),
        ("POINT(1 2)\nCURVEPOLYGON((0 0,1 1,1 0,0 0))", "table.wkt_broken"),
        ("SRID=4528;POINT(1 2)\nSRID=4490;POINT(1 2)", "table.systems_differ"),
    ] {
        assert_eq!(read("a.wkt", text).unwrap_err().code, code, "{text}");
    }
}

#[test]
fn what_would_put_a_parcel_in_the_wrong_place_or_is_no_geometry_is_refused() {
    let good = table("地块编号,圈号,点号,X,Y", |r| r.join(","));
    for (text, code) in [
        (good.replace("4015318.2", "40153l8.2"), "table.point_broken"),
        (good.replace("4015318.2", "40508452.8"), "table.axes_open"),
        ("编号,项目名称,投资强度\nA1,一号,300\n".to_owned(), "table.no_geometry"),
        ("编号,X,Y\nA1,,\n".to_owned(), "table.no_geometry"),
        (format!("坐标系,{good}").replace("\nA-1", "\n4528,A-1").replace("\nA-2", "\n4490,A-2"), "table.systems_differ"),
    ] {
        let refused = read("申请表.csv", &text).unwrap_err();
        assert_eq!(refused.code, code, "{text}");
        let words = refused.render(luodi::text::Lang::Zh);
        assert!(words.contains("申请表.csv") && !words.contains("{file}"), "{words}");
    }
    let applicants = read("申请表.csv", "编号,项目名称\nA1,一号\n").unwrap_err().render(luodi::text::Lang::Zh);
    assert!(applicants.contains("--project-table 申请表.csv,join="), "{applicants}");
}

//! KML as people and programs write it: namespaces, encodings, folders, data, positions; what Ovital writes is not judged.

use crate::reading::{gbk, read_source_raw};
use luodi::crs::Crs;
use luodi::geom::BBox;
use luodi::io::{Raw, Source};
use luodi::job::{Input, OpenError, Opened, open_layer};
use luodi::model::{FieldKind, GeometryKind, IdSource, Role, Value};
use luodi::task::Progress;
use luodi::text::{Lang, Message};

const RING: &str = "120.30,36.20,5 120.31,36.20,5 120.31,36.21,5 120.30,36.21,5 120.30,36.20,5";

fn source(name: &str, bytes: impl Into<Vec<u8>>) -> Source {
    Source { path: name.into(), bytes: bytes.into().into(), siblings: Vec::new() }
}

fn read(bytes: impl Into<Vec<u8>>) -> Raw {
    read_source_raw(&source("a.kml", bytes)).unwrap_or_else(|m| panic!("{}", m.render(Lang::En)))
}

fn refusal(name: &str, bytes: impl Into<Vec<u8>>) -> Message {
    let message = read_source_raw(&source(name, bytes)).unwrap_err();
    assert!(!message.render(Lang::Zh).contains('{') && message.render(Lang::En).contains(name), "{}", message.render(Lang::En));
    message
}

fn polygon(ring: &str) -> String {
    format!("<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>")
}

fn codes(raw: &Raw) -> Vec<&'static str> {
    raw.notes.messages.iter().map(|m| m.code).collect()
}

fn texts(raw: &Raw, field: &str) -> Vec<String> {
    let column = raw.fields.iter().position(|f| &*f.name == field).unwrap_or_else(|| panic!("no {field} in {:?}", raw.fields));
    (0..raw.len()).map(|row| raw.value(row, column).to_string()).collect()
}

#[test]
fn folders_names_and_typed_data_become_columns() {
    let kml = format!(
        r##"<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>全部</name>
        <Schema name="地块" id="s"><SimpleField name="MJ" type="double"/><SimpleField name="N" type="int"/><SimpleField name="DM" type="int"/><SimpleField name="OK" type="bool"/><SimpleField name="X" type="int"/></Schema>
        <Folder><name>胶州</name><Folder><name>工业</name>
        <Placemark id="p1"><name>甲 &amp; 乙</name><description><![CDATA[<b>说明</b>]]></description>
          <ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="MJ">12.5</SimpleData><SimpleData name="N">7</SimpleData><SimpleData name="DM">0101</SimpleData><SimpleData name="OK">1</SimpleData><SimpleData name="X">七</SimpleData></SchemaData>
          <Data name="备注"><displayName>d</displayName><value>自由 &#x6587;字</value></Data></ExtendedData>{}</Placemark></Folder></Folder>
        <Placemark><name>丙</name>{}</Placemark></Document></kml>"##,
        polygon(RING),
        polygon(RING)
    );
    let raw = read(kml);
    assert_eq!(raw.notes.crs, Some(Crs::WGS84_LON_LAT));
    assert_eq!(raw.notes.kind, GeometryKind::Area);
    assert_eq!(texts(&raw, "name"), ["甲 & 乙", "丙"]);
    assert_eq!(texts(&raw, "description"), ["<b>说明</b>", ""]);
    assert_eq!(texts(&raw, "folder"), ["胶州/工业", ""]);
    assert_eq!(texts(&raw, "kml_id"), ["p1", ""]);
    assert_eq!(texts(&raw, "备注"), ["自由 文字", ""]);
    let kinds: Vec<FieldKind> = raw.fields.iter().filter(|f| f.name.is_ascii() && f.name.len() <= 2).map(|f| f.kind).collect();
    assert_eq!(kinds, [FieldKind::Real, FieldKind::Int, FieldKind::Decimal, FieldKind::Bool, FieldKind::Text]);
    let column = |name: &str| raw.fields.iter().position(|f| &*f.name == name).unwrap();
    assert_eq!((raw.value(0, column("MJ")), raw.value(0, column("OK"))), (Value::Real(12.5), Value::Bool(true)));
    assert_eq!(texts(&raw, "DM"), ["0101", ""], "a code keeps its zero");
    assert_eq!(codes(&raw), ["io.altitudes_left_out"]);
}

/// The first version of KML had elements of its own for each schema; others put elements of their own among the data.
#[test]
fn data_without_the_usual_elements() {
    let kml = "<kml><Document><Schema parent=\"Placemark\" name=\"DK\"><SimpleField type=\"wstring\" name=\"BH\"/><SimpleField type=\"double\" name=\"MJ\"/></Schema>\
        <DK><name>甲</name><BH>01</BH><MJ>2.5</MJ></DK>\
        <Placemark><name>乙</name><ExtendedData xmlns:c=\"x\"><c:campus>东</c:campus><Data><value>无名</value></Data></ExtendedData></Placemark></Document></kml>";
    let raw = read(kml);
    assert_eq!((texts(&raw, "name"), texts(&raw, "BH")), (vec!["甲".to_owned(), "乙".into()], vec!["01".to_owned(), String::new()]));
    assert_eq!((texts(&raw, "campus"), texts(&raw, "data")), (vec![String::new(), "东".into()], vec![String::new(), "无名".into()]));
    assert_eq!(raw.value(0, raw.fields.iter().position(|f| &*f.name == "MJ").unwrap()), Value::Real(2.5));
}

#[test]
fn a_name_that_data_bears_too_does_not_hide_it() {
    let placemark = |own: &str, data: &str| {
        format!("<Placemark><name>{own}</name><ExtendedData><Data name=\"Name\"><value>{data}</value></Data></ExtendedData></Placemark>")
    };
    let raw = read(format!("<kml>{}{}</kml>", placemark("一", "一"), placemark("二", "二")));
    assert_eq!(raw.fields.iter().map(|f| &*f.name).collect::<Vec<_>>(), ["Name"], "twice the same is one column");
    let raw = read(format!("<kml>{}{}</kml>", placemark("一", "甲"), placemark("二", "乙")));
    assert_eq!((texts(&raw, "kml_name"), texts(&raw, "Name")), (vec!["一".to_owned(), "二".into()], vec!["甲".to_owned(), "乙".into()]));
}

#[test]
fn namespaces_and_encodings_do_not_matter() {
    let plain = format!("<Placemark><name>胶州湾工业用地</name>{}</Placemark>", polygon(RING));
    let prefixed = plain.replace("</", "\u{1}").replace('<', "<kml:").replace('\u{1}', "</kml:");
    let utf16: Vec<u8> = format!("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?><kml>{plain}</kml>")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("no namespace", format!("<kml>{plain}</kml>").into()),
        ("old namespace", format!("<kml xmlns=\"http://earth.google.com/kml/2.0\">{plain}</kml>").into()),
        ("prefix", format!("<kml:kml xmlns:kml=\"http://www.opengis.net/kml/2.2\">{prefixed}</kml:kml>").into()),
        ("no root", plain.clone().into()),
        ("mark", format!("\u{feff}<?xml version=\"1.0\"?>\r\n<kml>{plain}</kml>").into()),
        ("declared GBK", gbk(&format!("<?xml version=\"1.0\" encoding=\"GB2312\"?><kml>{plain}</kml>"))),
        ("GBK that is not declared", gbk(&format!("<?xml version=\"1.0\"?><kml>{plain}</kml>"))),
        ("GBK declared as UTF-8", gbk(&format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><kml>{plain}</kml>"))),
        ("UTF-8 declared as GBK", format!("<?xml version='1.0' encoding='GBK'?><kml>{plain}</kml>").into()),
        ("UTF-16", utf16.clone()),
        ("UTF-16 without its mark", utf16[2..].to_vec()),
        ("dangling &", format!("<kml><!-- <x> -->{}</kml>", plain.replace("胶州湾", "胶州湾<!-- - -->")).into()),
    ];
    for (what, bytes) in files {
        let raw = read(bytes);
        assert_eq!(texts(&raw, "name"), ["胶州湾工业用地"], "{what}");
        assert_eq!(raw.rings(0).coords().len(), 4, "{what}");
        let contradicted = what.contains(" declared as ");
        assert_eq!(codes(&raw).contains(&"io.encoding_contradicted"), contradicted, "{what}: {:?}", codes(&raw));
    }
    assert_eq!(texts(&read("<kml><Placemark><name>A&B &nbsp; &lt;1&gt;</name></Placemark></kml>"), "name"), ["A&B &nbsp; <1>"]);
}

#[test]
fn holes_lines_points_tracks_and_mixtures() {
    let hole = "120.302,36.202 120.304,36.202 120.304,36.204 120.302,36.204 120.302,36.202";
    let with_hole = polygon(RING).replace(
        "</Polygon>",
        &format!("<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs></Polygon>"),
    );
    let clockwise = "120.30,36.20 120.30,36.21 120.31,36.21 120.31,36.20 120.30,36.20";
    let point = "<Point><coordinates>120.3,36.2</coordinates></Point>";
    let line = "<LineString><coordinates>120.3,36.2 120.4,36.2</coordinates></LineString>";
    let track =
        "<gx:Track xmlns:gx=\"g\"><when>2013-05-28</when><gx:coord>120.3 36.2 9</gx:coord><gx:coord>120.4 36.2 0</gx:coord></gx:Track>";
    let placemarks = |all: &[&str]| {
        let all: Vec<String> = all.iter().map(|g| format!("<Placemark>{g}</Placemark>")).collect();
        format!("<kml><Document>{}</Document></kml>", all.concat())
    };
    let several = format!("<MultiGeometry>{with_hole}{}{point}</MultiGeometry>", polygon(clockwise));
    let raw = read(placemarks(&[&with_hole, &several, &polygon(clockwise), point, line, ""]));
    assert_eq!(raw.notes.kind, GeometryKind::Area);
    let rings: Vec<(usize, usize)> = (0..raw.len()).map(|row| (raw.rings(row).part_count(), raw.rings(row).ring_count())).collect();
    assert_eq!(rings, [(1, 2), (2, 3), (1, 1), (0, 0), (0, 0), (0, 0)]);
    assert_eq!(codes(&raw), ["io.records_other_kind", "io.records_partly_other_kind", "io.altitudes_left_out"]);

    let raw = read(placemarks(&[track, &format!("<gx:MultiTrack>{track}{track}</gx:MultiTrack>"), line]));
    assert_eq!((raw.notes.kind, raw.rings(1).part_count(), raw.rings(0).coords().len()), (GeometryKind::Line, 2, 2));
    let raw = read(placemarks(&[point, &format!("<MultiGeometry>{point}{point}</MultiGeometry>")]));
    assert_eq!((raw.notes.kind, raw.rings(1).part_count()), (GeometryKind::Point, 2));
}

#[test]
fn a_position_that_cannot_be_read_costs_the_whole_outline_and_is_said_with_its_line() {
    let broken = RING.replace("120.31,36.21,5", "120.31;x");
    let kml = format!(
        "<kml>\n<Placemark><name>一</name>{}</Placemark>\n<Placemark><name>二</name>{}</Placemark></kml>",
        polygon(RING),
        polygon(&broken)
    );
    let raw = read(kml);
    assert_eq!((raw.rings(0).coords().len(), raw.rings(1).coords().len()), (4, 0));
    let message = raw.notes.messages.iter().find(|m| m.code == "io.kml_positions_broken").unwrap().render(Lang::En);
    assert!(message.contains("line 3") && message.contains("placemarks 2"), "{message}");
    assert_eq!(texts(&raw, "name"), ["一", "二"]);
}

#[test]
fn what_is_not_there_is_said() {
    let rest = "<NetworkLink><Link><href>http://x/y.kml</href></Link></NetworkLink><GroundOverlay><name>图</name></GroundOverlay>";
    let raw = read(format!("<kml><Document>{rest}<Placemark>{}</Placemark></Document></kml> tail", polygon(RING)));
    assert_eq!(codes(&raw), ["io.altitudes_left_out", "io.kml_links", "io.kml_pictures", "io.kml_rest"]);
    let metres = RING.replace("120.", "40508").replace("36.", "40150");
    let raw = read(format!("<kml><Placemark>{}</Placemark></kml>", polygon(&metres)));
    assert_eq!((raw.notes.crs.clone(), codes(&raw)[0]), (None, "io.kml_not_degrees"), "the numbers are asked about");
}

#[test]
fn what_is_no_whole_kml_is_refused() {
    let good = format!("<kml>\n<Document>\n<Placemark>{}</Placemark>\n</Document>\n</kml>", polygon(RING));
    let cut = good.split("\n</Document>").next().unwrap();
    assert_eq!(refusal("cut.kml", cut).code, "io.kml_cut");
    assert!(refusal("cut.kml", cut).render(Lang::En).contains("line 3"));
    assert_eq!(refusal("cut.kml", &cut[..cut.len() - 5]).code, "io.kml_broken");
    assert_eq!(refusal("ends.kml", good.replace("</Placemark>", "</placemark>")).code, "io.kml_broken");
    assert_eq!(refusal("two.kml", format!("{good}\n{good}")).code, "io.kml_several_roots");
    assert_eq!(refusal("page.kml", "<html><body>404</body></html>").code, "io.kml_not_kml");
    assert_eq!(refusal("text.kml", "120.3,36.2").code, "io.kml_not_kml");
}

fn open(name: &str, kml: &str, role: Role, settings: &str) -> Result<Opened, OpenError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, kml).unwrap();
    let input = Input::parse(&format!("{}{settings}", path.display())).unwrap();
    open_layer(&input, role, &Crs::CGCS2000_ZONE_40, BBox::EMPTY, None, &mut IdSource::new(1), &Progress::new())
}

#[test]
fn what_ovital_offset_is_shown_and_not_judged() {
    let with = |kind: &str| format!("<kml><Document><Placemark><name>甲</name>{kind}{}</Placemark></Document></kml>", polygon(RING));
    let offset = [("a.ovkml", with("")), ("a.kml", with("<OvAttr/>")), ("a.kml", with("<OvCoordType>GCJ02</OvCoordType>"))];
    for (name, kml) in &offset {
        let refused = open(name, kml, Role::Sites, "").unwrap_err();
        assert_eq!(refused.message().code, "io.shown_only", "{name} {kml}");
        assert!(refused.message().render(Lang::Zh).contains("GCJ-02") && !refused.message().render(Lang::Zh).contains('{'));
        for (role, settings) in [(Role::Backdrop, ""), (Role::Sites, ",crs=4490")] {
            let opened = open(name, kml, role, settings).unwrap();
            assert!(opened.layer.provenance.notes.iter().any(|m| m.code == "io.gcj02"), "labelled all the same");
        }
    }
    for (name, kind, crs) in [("a.ovkml", "CGCS2000", Crs::CGCS2000_LON_LAT), ("a.ovkml", "WGS84", Crs::WGS84_LON_LAT)] {
        let opened = open(name, &with(&format!("<OvCoordType>{kind}</OvCoordType>")), Role::Sites, "").unwrap();
        assert_eq!(opened.layer.provenance.source_crs, Some(crs));
        assert!(opened.layer.provenance.notes.iter().all(|m| m.code != "io.gcj02"));
    }
    assert!(open("a.kml", &with(""), Role::Sites, "").is_ok());
}

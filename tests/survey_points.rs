//! CASS points and sequences of features: one line a record.

use crate::reading::{gbk, read_source_raw};
use luodi::crs::Crs;
use luodi::geom::BBox;
use luodi::io::{Raw, Source};
use luodi::job::{Input, OpenError, open_layer};
use luodi::model::{GeometryKind, IdSource, Role, Value};
use luodi::task::Progress;
use luodi::text::{Lang, Message};

fn read_named(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Raw, Message> {
    read_source_raw(&Source { path: name.into(), bytes: bytes.into().into(), siblings: Vec::new() })
}

fn codes(raw: &Raw) -> Vec<&'static str> {
    raw.notes.messages.iter().map(|m| m.code).collect()
}

const POINTS: &str = "1,,508480.125,4014980.5,12.35\r\n2,房角,508640.0,4014980.0,\r\nJ3,K3,508640.0,4014860.0,-1.5\r\n";

#[test]
fn cass_points_stand_east_first() {
    let raw = read_named("点.dat", gbk(POINTS)).unwrap();
    assert_eq!((raw.notes.format, raw.notes.kind, raw.len()), ("cass_dat", GeometryKind::Point, 3));
    assert_eq!(raw.rings(0).coords(), [[508_480.125, 4_014_980.5]]);
    let row = |i: usize| (0..3).map(|c| raw.value(i, c)).collect::<Vec<_>>();
    assert_eq!(row(0), [Value::text("1"), Value::Null, Value::Real(12.35)]);
    assert_eq!(row(1), [Value::text("2"), Value::text("房角"), Value::Null]);
    assert_eq!(raw.notes.crs, None, "nothing in the file says which");
    assert!(codes(&raw).is_empty());
    let counted = read_named("点.dat", format!("3\n{POINTS}\u{1a}")).unwrap();
    assert_eq!((counted.len(), codes(&counted)), (3, vec![]));
    assert_eq!(codes(&read_named("点.dat", format!("5\n{POINTS}")).unwrap()), ["io.dat_count"]);
}

#[test]
fn a_cass_file_with_its_axes_exchanged_or_lines_broken() {
    let swapped = "1,,4014980.5,508480.125,12\n2,,4014980.0,508640.0,\n";
    let raw = read_named("点.dat", swapped).unwrap();
    assert_eq!((raw.rings(0).coords(), codes(&raw)), (&[[508_480.125, 4_014_980.5]][..], vec!["io.dat_swapped"]));
    assert_eq!(read_named("点.dat", format!("{swapped}{POINTS}")).unwrap_err().code, "io.dat_axes_mixed");
    let raw = read_named("点.dat", format!("{POINTS}4,,508640.0\n")).unwrap();
    assert_eq!((raw.len(), codes(&raw)), (4, vec!["io.dat_lines_broken"]));
    assert!(raw.rings(3).is_empty() && raw.value(3, 0) == Value::text("4"));
    let message = read_named("点.dat", "\0\u{1}binary\nx,y\n").unwrap_err();
    assert!(message.code == "io.dat_not_cass" && message.render(Lang::En).contains("line 1"), "{}", message.render(Lang::En));
    // Local numbers of a site survey: east first, as the format says.
    assert_eq!(read_named("点.dat", "1,,100,200,3\n").unwrap().rings(0).coords(), [[100.0, 200.0]]);
}

#[test]
fn the_system_of_cass_points_is_asked_unless_one_reading_fits() {
    let open = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("点.dat");
        std::fs::write(&path, text).unwrap();
        let place = BBox { min: [119.5, 35.5], max: [121.0, 37.2] };
        open_layer(&Input::file(path), Role::Firms, &Crs::CGCS2000_ZONE_40, place, None, &mut IdSource::new(1), &Progress::new())
    };
    assert!(matches!(open("1,,100,200,3\n"), Err(OpenError::AskCrs { .. })));
    assert_eq!(open(&POINTS.replace(",508", ",40508")).unwrap().layer.provenance.source_crs, Some(Crs::Epsg(4528)));
}

const FEATURE: &str = r#"{"type":"Feature","id":7,"properties":{"名":"甲"},"geometry":{"type":"Point","coordinates":[120.3,36.2]}}"#;

#[test]
fn a_feature_a_line_or_after_a_record_separator() {
    let two = FEATURE.replace('甲', "乙");
    let pretty = FEATURE.replace(',', ",\n  ");
    let files: [(&str, Vec<u8>); 6] = [
        ("a.geojsonl", format!("{FEATURE}\n{two}\n").into()),
        ("a.json", format!("{FEATURE}\r\n\r\n{two}").into()),
        ("a.geojsons", format!("\u{1e}{FEATURE}\n\u{1e}{two}\n").into()),
        ("a.txt", format!("\u{1e}{pretty}\n\u{1e}{two}\n").into()),
        ("a.seq", format!("\u{feff}{FEATURE}\n{two}").into()),
        ("gbk.geojsonl", gbk(&format!("{FEATURE}\n{two}\n"))),
    ];
    for (name, bytes) in files {
        let raw = read_named(name, bytes).unwrap_or_else(|m| panic!("{name}: {}", m.render(Lang::En)));
        assert_eq!((raw.notes.format, raw.len()), ("geojson", 2), "{name}");
        let names: Vec<&str> = raw.fields.iter().map(|f| &*f.name).collect();
        assert_eq!(names, ["名", "id"], "{name}");
        assert_eq!((raw.value(0, 1), raw.value(1, 1)), (Value::Int(7), Value::Int(7)), "{name}");
        assert_eq!((raw.value(0, 0).to_string(), raw.value(1, 0).to_string()), ("甲".into(), "乙".into()), "{name}");
    }
}

#[test]
fn a_broken_line_is_kept_as_a_record_and_a_cut_end_is_refused() {
    let good = format!("{FEATURE}\n{}\n{FEATURE}\n", &FEATURE.replace("[120.3,", "[120.3.,"));
    let raw = read_named("a.geojsonl", good).unwrap();
    assert_eq!((raw.len(), codes(&raw)), (3, vec!["io.json_features_broken"]));
    assert!(raw.rings(1).is_empty() && !raw.rings(2).is_empty());
    assert_eq!(read_named("a.geojsonl", format!("{FEATURE}\n{}", &FEATURE[..40])).unwrap_err().code, "io.json_broken");
}

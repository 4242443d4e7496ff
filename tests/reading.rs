//! Files as offices bring them, written here byte by byte: what is read, what is refused, and what is said.

use encoding_rs::GB18030;
use luodi::crs::Crs;
use luodi::geom::BBox;
use luodi::io::{Raw, ReadOptions, Source, read_source, reader_for};
use luodi::job::{Input, OpenError, Opened, open_layer};
use luodi::model::{IdSource, Role, Value};
use luodi::task::Progress;
use luodi::text::{Lang, Message};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const QINGDAO: BBox = BBox { min: [119.5, 35.5], max: [121.1, 37.2] };
const PRJ_40: &str = r#"PROJCS["CGCS2000_3_Degree_GK_Zone_40",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",40500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

/// A closed clockwise square with its south-west corner at `(e, n)`.
pub fn square(e: f64, n: f64, side: f64) -> Vec<[f64; 2]> {
    vec![[e, n], [e, n + side], [e + side, n + side], [e + side, n], [e, n]]
}

/// A `.shp` of polygons; `None` is a null shape.
pub fn shp(records: &[Option<Vec<Vec<[f64; 2]>>>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (i, record) in records.iter().enumerate() {
        let mut content = Vec::new();
        match record {
            None => content.extend(0i32.to_le_bytes()),
            Some(rings) => {
                content.extend(5i32.to_le_bytes());
                content.extend([0u8; 32]);
                content.extend((rings.len() as i32).to_le_bytes());
                content.extend((rings.iter().map(Vec::len).sum::<usize>() as i32).to_le_bytes());
                let mut start = 0i32;
                for ring in rings {
                    content.extend(start.to_le_bytes());
                    start += ring.len() as i32;
                }
                for p in rings.iter().flatten() {
                    content.extend(p[0].to_le_bytes());
                    content.extend(p[1].to_le_bytes());
                }
            }
        }
        body.extend((i as i32 + 1).to_be_bytes());
        body.extend((content.len() as i32 / 2).to_be_bytes());
        body.extend(content);
    }
    header(5, body)
}

/// A `.shp` of points.
pub fn shp_points(points: &[[f64; 2]]) -> Vec<u8> {
    let mut body = Vec::new();
    for (i, p) in points.iter().enumerate() {
        body.extend((i as i32 + 1).to_be_bytes());
        body.extend(10i32.to_be_bytes());
        body.extend(1i32.to_le_bytes());
        body.extend(p[0].to_le_bytes());
        body.extend(p[1].to_le_bytes());
    }
    header(1, body)
}

fn header(kind: i32, body: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(9994i32.to_be_bytes());
    out.extend([0u8; 20]);
    out.extend((((100 + body.len()) / 2) as i32).to_be_bytes());
    out.extend(1000i32.to_le_bytes());
    out.extend(kind.to_le_bytes());
    out.extend([0u8; 64]);
    out.extend(body);
    out
}

/// A `.dbf`; fields as (name, type, length, decimals), rows as (deleted, cells).
pub fn dbf(ldid: u8, fields: &[(&[u8], u8, u8, u8)], rows: &[(bool, Vec<Vec<u8>>)]) -> Vec<u8> {
    let record_length: u16 = 1 + fields.iter().map(|f| u16::from(f.2)).sum::<u16>();
    let mut out = vec![3, 112, 9, 12];
    out.extend((rows.len() as u32).to_le_bytes());
    out.extend((33 + 32 * fields.len() as u16).to_le_bytes());
    out.extend(record_length.to_le_bytes());
    out.extend([0u8; 17]);
    out.extend([ldid, 0, 0]);
    for (name, kind, length, decimals) in fields {
        let mut descriptor = [0u8; 32];
        descriptor[..name.len()].copy_from_slice(name);
        (descriptor[11], descriptor[16], descriptor[17]) = (*kind, *length, *decimals);
        out.extend(descriptor);
    }
    out.push(0x0D);
    for (deleted, cells) in rows {
        out.push(if *deleted { b'*' } else { b' ' });
        for (cell, field) in cells.iter().zip(fields) {
            let mut cell = cell.clone();
            cell.resize(usize::from(field.2), b' ');
            out.extend(cell);
        }
    }
    out.push(0x1A);
    out
}

pub fn gbk(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

/// A table of ids and names.
pub fn names(ldid: u8, names: &[Vec<u8>]) -> Vec<u8> {
    let rows: Vec<_> = names.iter().enumerate().map(|(i, n)| (false, vec![format!("S{}", i + 1).into_bytes(), n.clone()])).collect();
    dbf(ldid, &[(b"ID", b'C', 8, 0), (&gbk("名称"), b'C', 20, 0)], &rows)
}

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn open_as(input: &Input, role: Role) -> Result<Opened, OpenError> {
    open_layer(input, role, &Crs::CGCS2000_ZONE_40, QINGDAO, None, &mut IdSource::new(1), &Progress::new())
}

fn open(path: &Path) -> Opened {
    open_as(&Input::file(path), Role::Sites).unwrap()
}

fn refusal(path: &Path) -> Message {
    open_as(&Input::file(path), Role::Sites).unwrap_err().message().clone()
}

fn rows(opened: &Opened) -> Vec<Vec<String>> {
    opened.layer.features().map(|f| f.values().iter().map(ToString::to_string).collect()).collect()
}

fn records(opened: &Opened) -> Vec<u32> {
    opened.layer.features().filter_map(|f| f.source_record()).collect()
}

fn areas(opened: &Opened) -> Vec<Option<f64>> {
    opened.layer.features().map(|f| f.shape().map(|s| s.area_m2())).collect()
}

fn said(opened: &Opened, code: &str) -> bool {
    // Codes of nested messages count too: how something was found is one.
    opened.layer.provenance.notes.iter().any(|m| format!("{m:?}").contains(&format!("{code:?}")))
}

const E: f64 = 40_508_000.0;
const N: f64 = 4_015_000.0;

#[test]
fn chinese_names_come_out_right_however_the_encoding_is_declared() {
    let shapes = shp(&[Some(vec![square(E, N, 100.0)])]);
    let text = "胶州湾工业用地";
    for (ldid, cpg, bytes, how) in [
        (0x4D, None, gbk(text), "io.encoding_by_ldid"),
        (0x57, None, gbk(text), "io.encoding_by_content"),
        (0x00, None, gbk(text), "io.encoding_by_content"),
        (0x00, None, text[..18].into(), "io.encoding_by_content"),
        (0x00, Some("GB2312"), gbk(text), "io.encoding_by_cpg"),
        (0x00, Some("ANSI 936"), gbk(text), "io.encoding_by_cpg"),
        (0x00, Some("\u{feff}gb18030\r\n"), gbk(text), "io.encoding_by_cpg"),
        (0x4D, Some("UTF-8"), gbk(text), "io.encoding_contradicted"),
        (0x57, Some("OEM"), gbk(text), "io.encoding_by_content"),
    ] {
        let desk = Desk::new();
        let path = desk.put("a.shp", &shapes);
        desk.put("a.prj", PRJ_40);
        if let Some(cpg) = cpg {
            desk.put("a.cpg", cpg);
        }
        let name_field: Vec<u8> = if std::str::from_utf8(&bytes).is_ok() { "名称".into() } else { gbk("名称") };
        desk.put("a.dbf", dbf(ldid, &[(&name_field, b'C', 20, 0)], &[(false, vec![bytes.clone()])]));
        let opened = open(&path);
        let expected: String = if bytes.len() == 18 { text.chars().take(6).collect() } else { text.into() };
        assert_eq!(rows(&opened), [[expected]], "{ldid:#x} {cpg:?}");
        assert_eq!(&*opened.layer.fields[0].name, "名称");
        assert!(said(&opened, how), "{ldid:#x} {cpg:?}: {:?}", opened.layer.provenance.notes);
    }
}

#[test]
fn the_user_overrules_the_encoding() {
    let desk = Desk::new();
    let path = desk.put("a.shp", shp(&[Some(vec![square(E, N, 100.0)])]));
    desk.put("a.dbf", names(0, &[encoding_rs::BIG5.encode("國語").0.into_owned()]));
    let input = Input::parse(&format!("{},enc=Big5,crs=4528", path.display())).unwrap();
    assert_eq!(rows(&open_as(&input, Role::Sites).unwrap())[0][1], "國語");
    let input = Input::parse(&format!("{},enc=klingon", path.display())).unwrap();
    assert_eq!(open_as(&input, Role::Sites).unwrap_err().message().code, "io.encoding_unknown");
}

#[test]
fn deleted_records_are_left_out_on_both_sides_and_nothing_shifts() {
    let desk = Desk::new();
    let squares: Vec<_> = (1..=4).map(|i| Some(vec![square(E + 1000.0 * f64::from(i), N, 10.0 * f64::from(i))])).collect();
    let path = desk.put("a.shp", shp(&squares));
    desk.put("a.prj", PRJ_40);
    let row = |deleted, id: &str| (deleted, vec![id.as_bytes().to_vec()]);
    desk.put("a.dbf", dbf(0, &[(b"ID", b'C', 4, 0)], &[row(false, "one"), row(true, "two"), row(false, "3"), row(false, "four")]));
    let opened = open(&path);
    assert_eq!(rows(&opened), [["one"], ["3"], ["four"]]);
    assert_eq!(records(&opened), [1, 3, 4]);
    assert_eq!(areas(&opened), [Some(100.0), Some(900.0), Some(1600.0)]);
    assert!(said(&opened, "io.records_deleted"));
}

#[test]
fn holes_belong_to_the_ring_they_lie_in_whatever_the_order() {
    let desk = Desk::new();
    let outer_a = square(E, N, 100.0);
    let mut hole_of_a = square(E + 40.0, N + 40.0, 10.0);
    hole_of_a.reverse();
    let outer_b = square(E + 500.0, N, 100.0);
    let orders = vec![
        Some(vec![outer_a.clone(), outer_b.clone(), hole_of_a.clone()]),
        Some(vec![hole_of_a.clone(), outer_a.clone(), outer_b.clone()]),
        // Wound the wrong way, all of them.
        Some([&outer_a, &hole_of_a, &outer_b].map(|r| r.iter().rev().copied().collect()).to_vec()),
    ];
    let path = desk.put("a.shp", shp(&orders));
    desk.put("a.prj", PRJ_40);
    desk.put("a.dbf", names(0x4D, &[gbk("甲"), gbk("乙"), gbk("丙")]));
    assert_eq!(areas(&open(&path)), vec![Some(19_900.0); 3]);
}

#[test]
fn upper_case_extensions_are_one_shapefile() {
    let desk = Desk::new();
    let path = desk.put("UP.SHP", shp(&[Some(vec![square(E, N, 100.0)])]));
    desk.put("UP.DBF", names(0x4D, &[gbk("大写")]));
    desk.put("UP.PRJ", PRJ_40);
    let opened = open(&path);
    assert_eq!(rows(&opened)[0][1], "大写");
    assert_eq!(opened.layer.provenance.source_crs, Some(Crs::Epsg(4528)));
}

#[test]
fn null_and_broken_records_stay_and_are_said() {
    let desk = Desk::new();
    let mut bytes = shp(&[Some(vec![square(E, N, 100.0)]), None, Some(vec![square(E, N, 10.0)])]);
    // Record 1 claims 2 billion points.
    bytes[100 + 8 + 40..100 + 8 + 44].copy_from_slice(&i32::MAX.to_le_bytes());
    let path = desk.put("a.shp", bytes);
    desk.put("a.prj", PRJ_40);
    desk.put("a.dbf", names(0x4D, &[gbk("一"), gbk("二"), gbk("三")]));
    let opened = open(&path);
    assert_eq!(areas(&opened), [None, None, Some(100.0)]);
    assert_eq!(records(&opened), [1, 2, 3]);
    assert!(said(&opened, "io.records_broken") && said(&opened, "io.records_empty"));
}

#[test]
fn what_cannot_be_used_is_refused_with_its_reason() {
    let desk = Desk::new();
    let good = shp(&[Some(vec![square(E, N, 100.0)]), Some(vec![square(E + 200.0, N, 100.0)])]);
    let table = names(0x4D, &[gbk("一"), gbk("二")]);
    desk.put("cut.dbf", &table);
    let message = refusal(&desk.put("cut.shp", &good[..good.len() - 30]));
    assert_eq!(message.code, "io.shp_truncated");
    assert!(message.render(Lang::En).contains("record 2") && message.render(Lang::Zh).contains("cut.shp"));
    // Shapes alone are shapes; what they are called nobody knows.
    let alone = read_raw(&desk.put("alone.shp", &good)).unwrap();
    assert_eq!((alone.len(), alone.fields.len(), &alone.notes.encoding), (2, 0, &None));
    assert_eq!(alone.notes.messages.iter().map(|m| m.code).collect::<Vec<_>>(), ["io.dbf_missing"]);
    assert_eq!(refusal(&desk.put("empty.shp", [])).code, "io.empty");
    desk.put("table.dbf", &table);
    assert_eq!(refusal(&desk.put("table.shp", &good[..60])).code, "io.shp_header_broken");
    assert_eq!(refusal(&desk.0.path().join("table.dbf")).code, "io.open_the_shp");
    assert_eq!(refusal(&desk.put("register.dbf", &table)).code, "io.dbf_alone");
    assert_eq!(refusal(&desk.0.path().join("nothing.shp")).code, "io.not_found");
    assert_eq!(refusal(desk.0.path()).code, "io.is_folder");
    assert_eq!(refusal(&desk.put("plan.dwg", "AC1032")).code, "io.unsupported_dwg");
    assert_eq!(refusal(&desk.put("field.ovobj", "ov")).code, "io.unsupported_ovital");
    assert_eq!(refusal(&desk.put("what.xyz", "1 2 3")).code, "io.unknown_format");
    desk.put("bad.dbf", [3u8; 20]);
    assert_eq!(refusal(&desk.put("bad.shp", &good)).code, "io.dbf_header_broken");
}

#[test]
fn a_point_layer_is_no_plan() {
    let desk = Desk::new();
    let path = desk.put("p.shp", shp_points(&[[E, N]]));
    desk.put("p.dbf", names(0x4D, &[gbk("点")]));
    desk.put("p.prj", PRJ_40);
    assert_eq!(open_as(&Input::file(&path), Role::Plan).unwrap_err().message().code, "io.role_needs_areas");
    assert_eq!(open_as(&Input::file(&path), Role::Firms).unwrap().layer.len(), 1);
}

#[test]
fn a_missing_reference_system_is_guessed_only_when_one_reading_fits() {
    for (points, expected, swapped) in [
        (square(40_508_000.0, N, 100.0), Some(4528), false),
        (square(508_000.0, N, 100.0), Some(4549), false),
        (square(120.3, 36.2, 0.001), Some(4490), false),
        (square(40_508_000.0, N, 100.0).into_iter().map(|[e, n]| [n, e]).collect(), Some(4528), true),
        // Drawn in local numbers: nothing fits.
        (square(1000.0, 2000.0, 100.0), None, false),
    ] {
        let desk = Desk::new();
        let path = desk.put("a.shp", shp(&[Some(vec![points])]));
        desk.put("a.dbf", names(0x4D, &[gbk("一")]));
        match (open_as(&Input::file(&path), Role::Sites), expected) {
            (Ok(opened), Some(code)) => {
                assert_eq!(opened.layer.provenance.source_crs, Some(Crs::Epsg(code)));
                assert!(said(&opened, "io.crs_guessed"));
                assert_eq!(said(&opened, "io.axes_swapped"), swapped);
            }
            (Err(OpenError::AskCrs { message, .. }), None) => assert_eq!(message.code, "io.crs_none_fits"),
            (other, _) => panic!("{expected:?}: {other:?}"),
        }
    }
}

#[test]
fn old_datums_are_refused_and_a_wrong_zone_is_said() {
    let desk = Desk::new();
    let path = desk.put("a.shp", shp(&[Some(vec![square(E, N, 100.0)])]));
    desk.put("a.dbf", names(0x4D, &[gbk("一")]));
    let with = |settings: &str| open_as(&Input::parse(&format!("{},{settings}", path.display())).unwrap(), Role::Sites);
    for code in [2364, 2416, 4610, 4214] {
        let refused = with(&format!("crs={code}")).unwrap_err();
        assert!(["io.crs_datum_shift", "io.all_out_of_range"].contains(&refused.message().code), "{code}: {refused}");
    }
    desk.put("z.dbf", names(0x4D, &[gbk("一")]));
    let zone_39 = desk.put("z.shp", shp(&[Some(vec![square(508_000.0, N, 100.0)])]));
    let opened = open_as(&Input::parse(&format!("{},crs=4548", zone_39.display())).unwrap(), Role::Sites).unwrap();
    assert!(said(&opened, "io.far_from_place"));
    assert!(!said(&with("crs=4528").unwrap(), "io.far_from_place"));
}

#[test]
fn a_declared_system_with_swapped_axes_is_put_right_and_said() {
    let desk = Desk::new();
    let path = desk.put("a.shp", shp(&[Some(vec![square(E, N, 100.0).into_iter().map(|[e, n]| [n, e]).collect()])]));
    desk.put("a.dbf", names(0x4D, &[gbk("一")]));
    desk.put("a.prj", PRJ_40);
    let opened = open(&path);
    assert!(said(&opened, "io.axes_swapped"));
    let bbox = opened.layer.bbox();
    assert_eq!((bbox.min, bbox.max), ([E, N], [E + 100.0, N + 100.0]));
}

#[test]
fn values_keep_their_meaning() {
    let desk = Desk::new();
    let path = desk.put("a.shp", shp(&[Some(vec![square(E, N, 100.0)]), Some(vec![square(E, N, 100.0)])]));
    desk.put("a.prj", PRJ_40);
    let fields: &[(&[u8], u8, u8, u8)] = &[
        (b"CODE", b'N', 6, 0),
        (b"COUNT", b'N', 6, 0),
        (b"AREA", b'N', 18, 4),
        (b"DAY", b'D', 8, 0),
        (b"OK", b'L', 1, 0),
        (b"TEXT", b'C', 10, 0),
        (b"LONG", b'N', 20, 0),
    ];
    let row = |cells: [&str; 7]| (false, cells.map(|c| c.as_bytes().to_vec()).to_vec());
    let table = [
        row(["0101", "    12", "      1234.5000", "20120912", "T", "0101", "12345678901234567890"]),
        row(["1001", "******", "", "00000000", "?", "", ""]),
    ];
    desk.put("a.dbf", dbf(0, fields, &table));
    let opened = open(&path);
    let values: Vec<Vec<Value>> = opened.layer.features().map(|f| f.values()).collect();
    assert_eq!(values[0][0], Value::Decimal("0101".into()));
    assert_eq!(values[0][1], Value::Int(12));
    assert_eq!(values[0][2], Value::Real(1234.5));
    assert_eq!(values[0][3].to_string(), "2012-09-12");
    assert_eq!(values[0][4], Value::Bool(true));
    assert_eq!(values[0][5], Value::text("0101"));
    assert_eq!(values[0][6], Value::Decimal("12345678901234567890".into()));
    assert!(values[1][1..].iter().all(Value::is_null), "{:?}", values[1]);
    assert_eq!((opened.layer.fields[2].width, opened.layer.fields[2].decimals), (18, 4));
}

#[test]
fn an_index_helps_only_where_walking_fails() {
    let desk = Desk::new();
    let squares = [Some(vec![square(E, N, 100.0)]), Some(vec![square(E + 200.0, N, 10.0)])];
    let good = shp(&squares);
    let table = names(0x4D, &[gbk("一"), gbk("二")]);
    let record = 8 + 44 + 4 + 80;
    let index = |offsets: &[usize]| {
        let mut shx = good[..100].to_vec();
        for at in offsets {
            shx.extend((*at as i32 / 2).to_be_bytes());
            shx.extend(((record - 8) as i32 / 2).to_be_bytes());
        }
        shx
    };
    // A stale index of one record is not believed.
    let path = desk.put("a.shp", &good);
    desk.put("a.dbf", &table);
    desk.put("a.prj", PRJ_40);
    desk.put("a.shx", index(&[100]));
    assert_eq!(areas(&open(&path)), [Some(10_000.0), Some(100.0)]);
    // Garbage between two records: only the index knows where the second begins.
    let mut gap = good[..100 + record].to_vec();
    gap.extend([0xFF; 12]);
    gap.extend(&good[100 + record..]);
    let words = (gap.len() as i32 / 2).to_be_bytes();
    gap[24..28].copy_from_slice(&words);
    let path = desk.put("a.shp", &gap);
    desk.put("a.shx", index(&[100, 100 + record + 12]));
    let opened = open(&path);
    assert_eq!(areas(&opened), [Some(10_000.0), Some(100.0)]);
    assert!(said(&opened, "io.shx_used"));
    fs::remove_file(desk.0.path().join("a.shx")).unwrap();
    assert_eq!(refusal(&path).code, "io.shp_truncated");
}

#[test]
fn settings_filter_and_name_columns() {
    let desk = Desk::new();
    let path = desk.put("a.shp", shp(&[Some(vec![square(E, N, 100.0)]), Some(vec![square(E, N, 10.0)])]));
    desk.put("a.dbf", names(0x4D, &[gbk("工业"), gbk("住宅")]));
    let with = |settings: &str| open_as(&Input::parse(&format!("{},crs=4528,{settings}", path.display())).unwrap(), Role::Sites);
    let opened = with("where=名称=工业,name=名称").unwrap();
    assert_eq!(records(&opened), [1]);
    assert_eq!(opened.columns, [("name".to_owned(), 1)]);
    assert_eq!(records(&with("where=名称!=工业").unwrap()), [2]);
    assert_eq!(with("where=没有=1").unwrap_err().message().code, "io.where_no_field");
    assert_eq!(with("id=没有").unwrap_err().message().code, "io.no_such_field");
}

/// All features of a file as its reader gives them.
pub fn read_raw(path: &Path) -> Result<Raw, Message> {
    read_source_raw(&read_source(path).map_err(|e| e.0)?)
}

pub fn read_source_raw(source: &Source) -> Result<Raw, Message> {
    let reader = reader_for(source).map_err(|e| e.0)?;
    Raw::read(reader, source, &ReadOptions::default(), None, None, &Progress::new()).map_err(|e| e.0)
}

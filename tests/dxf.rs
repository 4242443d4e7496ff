//! DXF drawings, written here line by line: what becomes of each entity, what is told, and what comes back of what is written.

use crate::reading::{QINGDAO, gbk};
use luodi::crs::Crs;
use luodi::geom::{Rings, Shape};
use luodi::io::{DxfFeature, DxfLayer, Raw, ReadOptions, Source, dxf_bytes, reader_for};
use luodi::job::{Input, open_layer};
use luodi::model::{GeometryKind, IdSource, Role};
use luodi::task::Progress;
use luodi::text::{Lang, Message};
use std::f64::consts::PI;
use std::fmt::Write;

/// A drawing of these sections; a pair is `code value`, one a line.
fn drawing(header: &str, blocks: &str, entities: &str) -> Vec<u8> {
    let mut out = String::new();
    for (name, pairs) in [("HEADER", header), ("BLOCKS", blocks), ("ENTITIES", entities)] {
        let _ = write!(out, "  0\nSECTION\n  2\n{name}\n");
        for line in pairs.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let (code, value) = line.split_once(' ').unwrap_or((line, ""));
            let _ = write!(out, "{code:>3}\n{value}\n");
        }
        out.push_str("  0\nENDSEC\n");
    }
    out.push_str("  0\nEOF\n");
    gbk(&out)
}

/// A polyline through these points as `LWPOLYLINE`.
fn polyline(layer: &str, points: &[[f64; 2]], closed: bool) -> String {
    let mut out = format!("0 LWPOLYLINE\n5 A1\n8 {layer}\n90 {}\n70 {}\n", points.len(), u8::from(closed));
    points.iter().for_each(|p| {
        let _ = write!(out, "10 {}\n20 {}\n", p[0], p[1]);
    });
    out
}

fn text(layer: &str, at: [f64; 2], words: &str) -> String {
    format!("0 TEXT\n8 {layer}\n10 {}\n20 {}\n40 2.0\n1 {words}\n", at[0], at[1])
}

const SQUARE: [[f64; 2]; 4] = [[500_000.0, 4_000_000.0], [500_100.0, 4_000_000.0], [500_100.0, 4_000_100.0], [500_000.0, 4_000_100.0]];

fn read_with(bytes: &[u8], options: &ReadOptions) -> Result<Raw, Message> {
    let source = Source { path: "宗地.dxf".into(), bytes: bytes.into(), siblings: Vec::new() };
    let reader = reader_for(&source).map_err(|e| e.0)?;
    assert_eq!(reader.format(), "dxf");
    Raw::read(reader, &source, options, None, None, &Progress::new()).map_err(|e| e.0)
}

fn read(bytes: &[u8]) -> Raw {
    read_with(bytes, &ReadOptions::default()).unwrap_or_else(|m| panic!("{}", m.render(Lang::En)))
}

fn value(raw: &Raw, row: usize, field: &str) -> String {
    let column = raw.fields.iter().position(|f| &*f.name == field).unwrap_or_else(|| panic!("no field {field}"));
    raw.value(row, column).to_string()
}

fn area_m2(raw: &Raw, row: usize) -> f64 {
    Shape::check(raw.rings(row)).unwrap().area_m2()
}

fn said(raw: &Raw, code: &str) -> Message {
    let found = raw.notes.messages.iter().find(|m| m.code == code);
    found.unwrap_or_else(|| panic!("{code} is not said, but {:?}", raw.notes.messages)).clone()
}

fn says(raw: &Raw, code: &str) -> bool {
    raw.notes.messages.iter().any(|m| m.code == code)
}

#[test]
fn closed_outlines_are_areas_with_the_name_that_stands_in_them() {
    let entities = [
        polyline("JZD", &SQUARE, true),
        "0 LINE\n8 DLSS\n10 1\n20 2\n11 3\n21 4".to_owned(),
        text("ZDH", [500_050.0, 4_000_050.0], "青岛港务"),
        text("GCD", [500_060.0, 4_000_060.0], "23.45"),
        text("ZDH", [1.0, 1.0], "别处"),
        "0 3DSOLID\n8 MX".to_owned(),
    ];
    let raw = read(&drawing("9 $ACADVER\n1 AC1015\n9 $DWGCODEPAGE\n3 ANSI_936", "", &entities.join("\n")));
    assert_eq!((raw.len(), raw.notes.kind), (1, GeometryKind::Area));
    assert_eq!(area_m2(&raw, 0), 10_000.0);
    assert_eq!(["图层", "类型", "名称", "句柄"].map(|f| value(&raw, 0, f)), ["JZD", "LWPOLYLINE", "青岛港务", "A1"]);
    assert_eq!(value(&raw, 0, "文字"), "23.45\n青岛港务");
    assert_eq!(raw.notes.encoding.as_deref(), Some("gb18030"));
    let left = said(&raw, "io.dxf_other_kinds").render(Lang::En);
    assert!(left.contains("LINE 1 (DLSS 1); TEXT 1 (ZDH 1)"), "{left}");
    assert!(said(&raw, "io.dxf_not_read").render(Lang::Zh).contains("3DSOLID 1 (MX 1)"));
}

#[test]
fn a_name_that_is_not_certain_is_left_empty() {
    let texts = [text("A", [500_050.0, 4_000_050.0], "甲"), text("A", [500_050.0, 4_000_040.0], "乙")].join("\n");
    let raw = read(&drawing("", "", &(polyline("0", &SQUARE, true) + &texts)));
    assert_eq!((value(&raw, 0, "名称"), value(&raw, 0, "文字")), (String::new(), "甲\n乙".to_owned()));
    assert!(says(&raw, "io.dxf_names_several"));
}

#[test]
fn an_outline_that_only_ends_where_it_began_is_closed_and_told() {
    let open: Vec<[f64; 2]> = SQUARE.into_iter().chain([[500_000.0, 4_000_000.004]]).collect();
    let raw = read(&drawing("", "", &polyline("0", &open, false)));
    assert_eq!((raw.notes.kind, area_m2(&raw, 0)), (GeometryKind::Area, 10_000.0));
    assert!(said(&raw, "io.dxf_closed_by_place").render(Lang::En).contains("0.004"));
    let wide: Vec<[f64; 2]> = SQUARE.into_iter().chain([[500_000.0, 4_000_000.5]]).collect();
    assert_eq!(read(&drawing("", "", &polyline("0", &wide, false))).notes.kind, GeometryKind::Line);
}

#[test]
fn curves_are_cut_within_half_a_millimetre() {
    // Two half circles, the same as a circle; an ellipse; each 50 m across or as wide.
    let bulges = "0 LWPOLYLINE\n70 1\n10 500000\n20 4000000\n42 1\n10 500050\n20 4000000\n42 1";
    let circle = "0 CIRCLE\n10 500025\n20 4000000\n40 25";
    let ellipse = "0 ELLIPSE\n10 500000\n20 4000000\n11 40\n21 30\n40 0.5\n41 0\n42 6.283185307179586";
    let raw = read(&drawing("", "", &[bulges, circle, ellipse].join("\n")));
    for (row, meant, length) in [(0, PI * 625.0, 50.0 * PI), (1, PI * 625.0, 50.0 * PI), (2, PI * 50.0 * 25.0, 250.0)] {
        let short = meant - area_m2(&raw, row);
        assert!(short > 0.0 && short < length * 0.000_5, "{row}: {short}");
    }
    assert!(says(&raw, "io.dxf_curves"));
}

#[test]
fn a_hatch_has_its_islands_and_is_not_counted_beside_its_outline() {
    let ring = |e: f64, n: f64, side: f64| {
        format!(
            "92 2\n72 0\n73 1\n93 4\n10 {e}\n20 {n}\n10 {}\n20 {n}\n10 {}\n20 {}\n10 {e}\n20 {}\n97 0",
            e + side,
            e + side,
            n + side,
            n + side
        )
    };
    let hatch = |rings: &[String]| {
        format!("0 HATCH\n8 T\n10 0\n20 0\n30 0\n2 SOLID\n70 1\n71 0\n91 {}\n{}\n75 1\n76 1\n98 0", rings.len(), rings.join("\n"))
    };
    let both = hatch(&[ring(5e5, 4e6, 100.0), ring(500_020.0, 4_000_020.0, 10.0)]);
    let raw = read(&drawing("", "", &both));
    assert_eq!(area_m2(&raw, 0), 10_000.0 - 100.0);
    let raw = read(&drawing("", "", &(polyline("A", &SQUARE, true) + &hatch(&[ring(5e5, 4e6, 100.0)]))));
    assert_eq!((raw.len(), says(&raw, "io.dxf_filled_outlines")), (1, true));
    let edges =
        "92 1\n93 3\n72 1\n10 0\n20 0\n11 200\n21 0\n72 1\n10 0\n20 200\n11 200\n21 0\n72 1\n10 0\n20 200\n11 0\n21 0\n97 0".to_owned();
    assert_eq!(area_m2(&read(&drawing("", "", &hatch(std::slice::from_ref(&edges)))), 0), 20_000.0);
    let open = read(&drawing("", "", &hatch(&[edges.replace("11 0\n21 0\n97", "11 0\n21 90\n97")])));
    assert!(open.rings(0).is_empty() && says(&open, "io.dxf_open_hatches"));
}

#[test]
fn blocks_are_drawn_where_they_are_inserted() {
    let parcel = polyline("0", &[[0.0, 0.0], [10.0, 0.0], [10.0, 5.0], [0.0, 5.0]], true);
    let blocks = format!(
        "0 BLOCK\n2 DK\n10 0\n20 0\n{parcel}0 CIRCLE\n8 0\n10 1\n20 1\n40 1\n0 ENDBLK\n0 BLOCK\n2 LOOP\n10 0\n20 0\n0 INSERT\n2 LOOP\n10 0\n20 0\n0 ENDBLK"
    );
    let inserts = "0 INSERT\n8 ZD\n2 dk\n10 500000\n20 4000000\n41 2\n42 2\n50 90\n70 2\n71 2\n44 100\n45 50\n0 INSERT\n2 LOOP\n10 0\n20 0\n0 INSERT\n2 NONE\n10 1\n20 1";
    let raw = read(&drawing("", &blocks, inserts));
    assert_eq!(raw.len(), 4);
    assert_eq!([value(&raw, 0, "图层"), value(&raw, 0, "图块")], ["ZD", "dk"]);
    for (row, corner) in [[5e5, 4e6], [5e5, 4_000_100.0], [499_950.0, 4e6], [499_950.0, 4_000_100.0]].into_iter().enumerate() {
        assert!((area_m2(&raw, row) - 200.0).abs() < 1e-9);
        let bbox = raw.rings(row).bbox();
        assert_eq!(([bbox.max[0], bbox.min[1]], bbox.width(), bbox.height()), (corner, 10.0, 20.0), "{row}");
    }
    assert!(says(&raw, "io.dxf_symbols") && says(&raw, "io.dxf_endless_inserts"));
    assert!(said(&raw, "io.dxf_missing_blocks").render(Lang::En).contains("NONE 1"));
}

#[test]
fn a_plane_seen_from_below_is_turned_over() {
    let mirrored = polyline("0", &SQUARE.map(|[x, y]| [-x, y]), true) + "210 0\n220 0\n230 -1";
    let raw = read(&drawing("", "", &mirrored));
    let bbox = raw.rings(0).bbox();
    assert_eq!((bbox.min, bbox.max), (SQUARE[0], SQUARE[2]));
    assert!(!says(&raw, "io.dxf_tilted"));
}

#[test]
fn the_texts_of_cass_on_a_parcel_become_columns() {
    let xdata = "1001 ACAD\n1000 other\n1001 SOUTH\n1000 300000\n1000 370211001\n1000 某某公司\n1000 072";
    let raw = read(&drawing("", "", &(polyline("JZD", &SQUARE, true) + xdata)));
    assert_eq!(["CASS编码", "CASS属性1", "CASS属性2", "CASS属性3"].map(|f| value(&raw, 0, f)), ["300000", "370211001", "某某公司", "072"]);
}

#[test]
fn what_blocks_bear_stands_in_every_insert_and_corners_of_no_width_are_lines() {
    let block = "0 BLOCK\n2 B\n10 0\n20 0\n0 LINE\n8 0\n10 0\n20 0\n11 1\n21 0\n\
                 0 ATTDEF\n8 0\n10 1\n20 1\n1 常量\n2 T\n70 2\n0 ATTDEF\n8 0\n10 1\n20 1\n1 变量\n2 U\n70 0\n\
                 0 ATTDEF\n8 0\n10 1\n20 1\n1 暗\n2 V\n70 3\n0 ENDBLK";
    let insert = "0 INSERT\n8 A\n2 B\n66 1\n10 100\n20 200\n70 2\n71 1\n44 10\n0 ATTRIB\n8 A\n10 101\n20 201\n1 值\n0 SEQEND";
    let bytes = drawing("", block, insert);
    let points = read_with(&bytes, &ReadOptions { kind: Some(GeometryKind::Point), ..ReadOptions::default() }).unwrap();
    let mut found: Vec<(String, [f64; 2])> =
        (0..points.len()).map(|row| (value(&points, row, "文字"), points.rings(row).coords()[0])).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1[0].total_cmp(&b.1[0])));
    let meant = [("值", [101.0, 201.0]), ("值", [111.0, 201.0]), ("常量", [101.0, 201.0]), ("常量", [111.0, 201.0])];
    assert_eq!(found, meant.map(|(words, at)| (words.to_owned(), at)));

    let flat = read(&drawing("", "", "0 SOLID\n8 A\n10 1\n20 2\n11 0.5\n21 2\n12 1\n22 2\n13 0.5\n23 2"));
    assert_eq!((flat.notes.kind, flat.len()), (GeometryKind::Line, 1));
}

#[test]
fn a_spline_without_knots_runs_evenly_from_its_first_point_to_its_last() {
    let controls = [[0.0, 0.0], [10.0, 20.0], [30.0, 20.0], [50.0, 0.0], [70.0, -20.0]];
    let spline = |knots: &str| {
        let points: String = controls.iter().map(|p| format!("10 {}\n20 {}\n30 0\n", p[0], p[1])).collect();
        read(&drawing("", "", format!("0 SPLINE\n8 A\n71 3\n{knots}{points}").trim_end()))
    };
    let said_so = |raw: &Raw| says(raw, "io.dxf_bare_splines");
    let (bare, given) = (spline(""), spline(&[0, 0, 0, 0, 1, 2, 2, 2, 2].map(|k| format!("40 {k}\n")).concat()));
    assert!(said_so(&bare) && !said_so(&given));
    assert_eq!(bare.rings(0).coords(), given.rings(0).coords());
    assert_eq!((bare.rings(0).coords().first(), bare.rings(0).coords().last()), (Some(&controls[0]), Some(&controls[4])));
}

#[test]
fn another_kind_than_the_usual_one_is_read_when_asked_for() {
    let line = "0 LINE\n8 DLSS\n10 1\n20 2\n11 3\n21 4".to_owned();
    let bytes = drawing("", "", &[polyline("JZD", &SQUARE, true), line, text("ZDH", [1.0, 1.0], "别处")].join("\n"));
    let of = |kind| read_with(&bytes, &ReadOptions { kind: Some(kind), ..ReadOptions::default() });
    for (kind, entity) in [(GeometryKind::Area, "LWPOLYLINE"), (GeometryKind::Line, "LINE"), (GeometryKind::Point, "TEXT")] {
        let raw = of(kind).unwrap();
        assert_eq!((raw.notes.kind, raw.len(), value(&raw, 0, "类型")), (kind, 1, entity.to_owned()));
        let left = said(&raw, "io.dxf_other_kinds").render(Lang::En);
        assert!(left.contains("2 entities") && !left.contains(&format!(" {entity} 1 (")), "what is not read is told: {left}");
    }
    let lines = drawing("", "", "0 LINE\n8 A\n10 1\n20 2\n11 3\n21 4");
    let refused = read_with(&lines, &ReadOptions { kind: Some(GeometryKind::Area), ..ReadOptions::default() }).unwrap_err();
    assert_eq!(refused.code, "io.no_such_kind");
    assert!(refused.render(Lang::Zh).contains("geometry="), "{refused:?}");
}

#[test]
fn one_layer_alone_and_what_lies_on_paper() {
    let entities = [
        polyline("A", &SQUARE, true),
        polyline("B", &SQUARE[..3], false),
        format!("{}67 1\n", polyline("A", &SQUARE, true)),
        format!("{}60 1\n", polyline("A", &SQUARE, true)),
    ];
    let bytes = drawing("9 $INSUNITS\n70 4", "", &entities.join("\n"));
    let raw = read(&bytes);
    assert_eq!(raw.len(), 1);
    assert!(says(&raw, "io.dxf_paper") && says(&raw, "io.dxf_invisible") && says(&raw, "io.dxf_units"));
    let of = |layer: &str| read_with(&bytes, &ReadOptions { layer: Some(layer.to_owned()), ..ReadOptions::default() });
    assert_eq!(of("b").unwrap().notes.kind, GeometryKind::Line);
    let refused = of("C").unwrap_err();
    assert!(refused.code == "io.no_such_layer" && refused.render(Lang::Zh).contains("A, B"), "{refused:?}");
}

#[test]
fn what_is_no_whole_drawing_is_refused() {
    let whole = drawing("", "", &polyline("A", &SQUARE, true));
    let cut = &whole[..whole.len() - 60];
    assert_eq!(read_with(cut, &ReadOptions::default()).unwrap_err().code, "io.dxf_cut");
    let broken = String::from_utf8(whole).unwrap().replacen(" 10\n", " xy\n", 1);
    let refused = read_with(broken.as_bytes(), &ReadOptions::default()).unwrap_err();
    assert!(
        refused.code == "io.dxf_broken" && refused.render(Lang::En).contains("宗地.dxf") && refused.render(Lang::En).contains("byte) 27 ")
    );
    assert_eq!(read_with(&drawing("", "", "0 3DSOLID\n8 A"), &ReadOptions::default()).unwrap_err().code, "io.dxf_nothing");
    // Ten blocks that each insert the one before a thousand times.
    let block = |i: usize| format!("0 BLOCK\n2 B{i}\n10 0\n20 0\n0 INSERT\n2 B{}\n10 0\n20 0\n70 1000\n71 1000\n0 ENDBLK\n", i + 1);
    let blocks: String = (0..10).map(block).collect();
    let bomb = drawing("", &blocks, "0 INSERT\n2 B0\n10 0\n20 0");
    assert_eq!(read_with(&bomb, &ReadOptions::default()).unwrap_err().code, "io.dxf_too_much");
}

#[test]
fn an_outline_in_another_is_told_for_nobody_says_whether_it_is_a_hole() {
    let inner = SQUARE.map(|[e, n]| [500_000.0 + (e - 500_000.0) / 2.0 + 10.0, 4_000_000.0 + (n - 4_000_000.0) / 2.0 + 10.0]);
    let raw = read(&drawing("", "", &(polyline("A", &SQUARE, true) + &polyline("A", &inner, true))));
    assert!(raw.len() == 2 && said(&raw, "io.dxf_nested").render(Lang::En).contains("(records 2)"));
    let raw = read(&drawing("", "", &(polyline("A", &SQUARE, true) + &polyline("A_内环", &inner, true))));
    assert_eq!((raw.len(), area_m2(&raw, 0)), (1, 7_500.0));
}

#[test]
fn what_is_written_comes_back_to_the_bit() {
    let mut holed = Rings::new();
    holed.push_ring(&SQUARE.map(|[e, n]| [e + 0.123_4, n + 1.0 / 3.0]));
    holed.push_ring(&[[500_010.5, 4_000_010.0], [500_010.5, 4_000_020.0], [500_020.0, 4_000_020.0]]);
    holed.end_polygon();
    let plain = Rings::simple(&[[500_200.0, 4_000_000.001], [500_300.0, 4_000_000.0], [500_250.0, 4_000_080.000_7]]);
    let line = [[500_400.0, 4_000_000.0], [500_410.0, 4_000_010.25]];
    let mut path = Rings::new();
    path.push_path(&line);
    path.end_part();
    let layers = [
        DxfLayer {
            name: "拟选址 项目",
            kind: GeometryKind::Area,
            features: vec![
                DxfFeature { rings: holed.as_ref(), name: "甲公司 𠮷㐂 100%" },
                DxfFeature { rings: plain.as_ref(), name: "乙公司" },
            ],
        },
        DxfLayer { name: "道路", kind: GeometryKind::Line, features: vec![DxfFeature { rings: path.as_ref(), name: "环岛路" }] },
    ];
    let written = dxf_bytes(&layers).unwrap();
    assert_eq!(written.notes.iter().map(|m| m.code).collect::<Vec<_>>(), ["io.write_dxf_names_only", "io.write_dxf_holes"]);
    let raw = read(&written.bytes);
    assert_eq!(raw.len(), 2);
    assert!(said(&raw, "io.dxf_holes").render(Lang::En).contains('1'));
    for (row, meant) in [&holed, &plain].into_iter().enumerate() {
        let sorted = |rings: luodi::geom::RingsRef<'_>| {
            let mut rings: Vec<Vec<[f64; 2]>> = rings.rings().map(<[_]>::to_vec).collect();
            rings.iter_mut().for_each(|ring| ring.sort_by(|a, b| a.partial_cmp(b).unwrap()));
            rings
        };
        assert_eq!(sorted(raw.rings(row)), sorted(meant.as_ref()));
        assert_eq!(area_m2(&raw, row), Shape::mend(meant.as_ref()).unwrap().0.area_m2());
    }
    assert_eq!([0, 1].map(|row| value(&raw, row, "名称")), ["甲公司 𠮷㐂 100%", "乙公司"]);
    assert_eq!(value(&raw, 0, "图层"), "拟选址_项目");
    let lines = read_with(&written.bytes, &ReadOptions { layer: Some("道路".into()), ..ReadOptions::default() }).unwrap();
    assert_eq!(lines.rings(0).coords(), line);
    let nothing = [DxfLayer { name: "x", kind: GeometryKind::Area, features: Vec::new() }];
    assert_eq!(dxf_bytes(&nothing).unwrap_err().0.code, "io.write_dxf_nothing");
}

#[test]
fn a_drawing_opens_as_a_layer_where_its_numbers_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("宗地.dxf");
    let zone_40 = SQUARE.map(|[e, n]| [40_000_000.0 + e + 8_000.0, n + 14_000.0]);
    std::fs::write(&path, drawing("", "", &polyline("JZD", &zone_40, true))).unwrap();
    let opened =
        open_layer(&Input::file(&path), Role::Sites, &Crs::CGCS2000_ZONE_40, QINGDAO, None, &mut IdSource::new(1), &Progress::new())
            .unwrap();
    assert_eq!(opened.layer.provenance.source_crs, Some(Crs::CGCS2000_ZONE_40));
    assert_eq!(opened.soundness.sound, 1);
    let layer = opened.layer.features().next().unwrap();
    assert_eq!(layer.shape().map(|s| s.area_m2()), Some(10_000.0));
}

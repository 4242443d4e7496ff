//! A workspace saved and opened is the same workspace; what is no sound workspace is refused with words.

use super::*;
use crate::crs::Crs;
use crate::geom::{Rings, Shape};
use crate::io::{Database, gpkg_tables, write_database};
use crate::model::{
    Backdrop, Bookmark, Change, Classes, ClusterPlan, Coloring, Comparison, Contents, Coverage, Date, Entry, Feature, FeatureId,
    FeatureState, Field, FieldKind, GeometryKind, IdSource, Layer, LayerHead, LayerId, Look, LookClass, LookRule, PackedBuilder,
    PlanStatus, Provenance, Role, Rules, ScaleRange, Sign, Symbol, Test, Value, Way, apply,
};
use crate::task::Progress;
use crate::text::{Lang, Message};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const FIELDS: [(&str, FieldKind); 7] = [
    ("名称", FieldKind::Text),
    ("fid", FieldKind::Int),
    ("面积", FieldKind::Real),
    ("代码", FieldKind::Decimal),
    ("日期", FieldKind::Date),
    ("新兴", FieldKind::Bool),
    ("名称", FieldKind::Text),
];

fn fields() -> Vec<Field> {
    FIELDS.iter().map(|(name, kind)| Field { width: 20, decimals: 3, ..Field::new(name, *kind) }).collect()
}

fn head(name: &str, role: Role) -> LayerHead {
    LayerHead { opacity: 0.35, ..LayerHead::new(name, role) }
}

fn square(east: f64, side: f64) -> Rings {
    Rings::simple(&[[east, 0.1], [east + side, 0.1], [east + side, side], [east, side]])
}

/// Rows where every kind has a value, the empty text, and null.
fn rows() -> Vec<Vec<Value>> {
    let day = Date::parse("2012-09-12").unwrap();
    let decimal = |s: &str| Value::Decimal(s.into());
    vec![
        vec![
            Value::text("落地 '\"\n"),
            Value::Int(i64::MAX),
            Value::Real(0.1 + 0.2),
            decimal("0101"),
            Value::Date(day),
            Value::Bool(true),
            Value::text("b"),
        ],
        vec![Value::text(""), Value::Int(0), Value::Real(-0.5), decimal(""), Value::Null, Value::Bool(false), Value::Null],
        vec![Value::Null; 7],
        vec![
            Value::text("x"),
            Value::Int(-1),
            Value::Real(f64::INFINITY),
            decimal("12345678901234567890.10"),
            Value::Null,
            Value::Null,
            Value::text(""),
        ],
    ]
}

/// Sound and unsound areas, with a hole, of two parts, and none at all.
fn areas() -> Vec<Rings> {
    let mut two = square(0.0, 1.0 / 3.0);
    two.push_ring(&[[5.0, 0.0], [9.0, 0.0], [9.0, 4.0], [5.0, 4.0]]);
    two.push_ring(&[[6.0, 1.0], [6.0, 2.0], [7.0, 2.0], [7.0, 1.0]]);
    two.end_part();
    let bow_tie = Rings::simple(&[[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]]);
    vec![two, bow_tie, Rings::new(), square(40_508_117.603_7, 10.0)]
}

fn layer(head: LayerHead, kind: GeometryKind, rings: &[Rings], first: FeatureId) -> Layer {
    let mut builder = PackedBuilder::new(kind, fields());
    for (i, (rings, values)) in rings.iter().zip(rows()).enumerate() {
        builder.push(i as u32 + 1, rings.as_ref(), &values);
    }
    let provenance = Provenance {
        file: "项目.shp".into(),
        file_hash: Some([7; 32]),
        date: Date::parse("2012-01-02"),
        format: "shapefile",
        source_crs: Some(Crs::CGCS2000_LON_LAT),
        notes: vec![Message::new("workspace.rows_added").with("layer", "项目").with("count", 3usize)],
    };
    Layer::new(head, provenance, Arc::new(builder.finish()), first)
}

fn path_of(points: &[[f64; 2]]) -> Rings {
    let mut rings = Rings::new();
    rings.push_path(points);
    rings.end_part();
    rings
}

/// Every kind of look.
fn looks() -> Vec<Look> {
    let class = |test, label: &str| LookClass { test, label: label.into(), color: [1, 2, 255], shown: label.is_empty() };
    let range = Test::Between { from: 0.1, to: 1e5 / 3.0, last: true };
    let list = [class(Test::Is("0601".into()), "工业\"用地"), class(range, "≥"), class(Test::Rest, "")].into();
    let classes = Classes { field: "地类".into(), way: Way::Natural, palette: "land_use".into(), list };
    let symbol = Symbol { fill: Some([0, 128, 255]), line: None, line_pt: 0.3 };
    let scales = ScaleRange { nearest: Some(500), farthest: Some(1_000_000) };
    let when = Comparison { field: "面积".into(), sign: Sign::AtLeast, value: "1 AND \"2\"".into() };
    let rule = LookRule { when, scales, label: "大".into(), symbol, shown: false };
    let rules = Rules { list: vec![rule.clone(), LookRule { scales: ScaleRange::default(), shown: true, ..rule }].into(), otherwise: None };
    vec![
        Look { coloring: Coloring::Single(symbol), ..Look::default() },
        Look { coloring: Coloring::Rules(rules), ..Look::default() },
        Look { coloring: Coloring::Classes(classes), scales, filter: Some("面积>1 AND 名称~“园”".into()) },
    ]
}

/// Everything a workspace may hold, edited: features gone, changed, added with a gap in the ids.
fn full() -> (Contents, IdSource) {
    let mut ids = IdSource::new(0xfedc_ba98_7654_3210);
    let mut next = |n| ids.take(n);
    let plan = Layer::new(
        LayerHead {
            coverage: Coverage::Area(Arc::new(Shape::check(square(1.5, 1e5 / 3.0).as_ref()).unwrap())),
            ..head("规划", Role::Plan)
        },
        Provenance::default(),
        Arc::new(PackedBuilder::new(GeometryKind::Area, fields()).finish()),
        FeatureId(0),
    );
    let districts = Coverage::Districts(vec!["370281".into(), "370282".into()]);
    let line = vec![path_of(&[[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]), Rings::new(), path_of(&[[2.0, 2.0], [3.0, 3.0]])];
    let point = vec![path_of(&[[1.0, 2.0]]), path_of(&[[3.0, 4.0]])];
    let layers = [
        (LayerId(next(1)), plan),
        (LayerId(next(1)), layer(head("项目", Role::Sites), GeometryKind::Area, &areas(), FeatureId(next(4)))),
        (
            LayerId(next(1)),
            layer(
                LayerHead { visible: false, coverage: districts, ..head("项目", Role::Roads) },
                GeometryKind::Line,
                &line,
                FeatureId(next(3)),
            ),
        ),
        (
            LayerId(next(1)),
            layer(
                LayerHead { coverage: Coverage::WholeCity, ..head("gpkg_企业", Role::Firms) },
                GeometryKind::Point,
                &point,
                FeatureId(next(2)),
            ),
        ),
        (LayerId(next(1)), layer(head("", Role::Backdrop), GeometryKind::None, &[Rings::new(), Rings::new()], FeatureId(next(2)))),
    ];
    let (plan_id, sites) = (layers[0].0, layers[1].0);
    let base = layers[1].1.features().map(|f| f.id).collect::<Vec<_>>();
    next(5);
    let added = FeatureId(next(1));
    let known = ClusterPlan {
        version: "2015 规划".into(),
        status: PlanStatus::Draft,
        valid_from: Date::parse("2015-01-01"),
        valid_to: None,
        notes: vec![Message::new("workspace.cancelled").with("file", Message::new("app.name"))],
    };
    let mut entries: Vec<Entry> = layers.into_iter().map(|(id, layer)| Entry::Layer { id, becomes: Some(Arc::new(layer)) }).collect();
    let feature = |id, becomes| Entry::Feature { layer: sites, id, becomes };
    let is = |rings| FeatureState::Is(Arc::new(Feature::new(rings, rows().remove(0))));
    entries.extend([feature(base[1], FeatureState::Gone), feature(base[2], is(square(77.0, 3.0))), feature(added, is(square(99.0, 3.0)))]);
    entries.push(Entry::Plan { id: plan_id, becomes: Some(Arc::new(known)) });
    let mut contents = apply(&Contents::new(Crs::CGCS2000_ZONE_40), &Change { note: Message::new("app.name"), entries }).0;
    let mut order = contents.order.to_vec();
    order.swap(0, 3);
    contents.order = order.into();
    contents.sample = true;
    contents.bookmarks =
        Arc::new([Bookmark { name: "港区“一期”".into(), center: [4.05e7 + 0.1, 3.9e6 / 3.0], denominator: 1e4 / 3.0 }]);
    let picture = |id, crs| Backdrop {
        id: LayerId(id),
        name: "影像".into(),
        path: Path::new("/数据/影像 1.tif").into(),
        visible: id == 7,
        opacity: 0.25,
        crs,
    };
    contents.backdrops = Arc::new([picture(7, None), picture(8, Some(Crs::Epsg(4528)))]);
    for (id, look) in contents.order.clone().iter().zip(looks()) {
        let layer = contents.layer(*id).unwrap();
        let becomes = LayerHead { look, ..layer.head.clone() };
        contents = apply(&contents, &Change { note: Message::new("app.name"), entries: vec![Entry::Head { id: *id, becomes }] }).0;
    }
    (contents, ids)
}

/// Everything in the contents, to the bit, but where a feature is kept.
fn written(contents: &Contents) -> String {
    let seen = (&contents.bookmarks, &contents.backdrops);
    let mut out = format!("{:?} {:?} {} {seen:?}\n", contents.crs, contents.order, contents.sample);
    for (id, layer) in &contents.layers {
        out += &format!("{id:?} {:?} {:?} {:?} {:?}\n", layer.head, layer.provenance, layer.fields, layer.base().kind());
        for f in layer.features() {
            out += &format!("  {:?} {:?} {:?} {:?} {}\n", f.id, f.source_record(), f.rings().to_owned(), f.values(), f.shape().is_some());
        }
    }
    for (id, plan) in &contents.cluster_plans {
        out += &format!("{id:?} {plan:?}\n");
    }
    out
}

fn saved(folder: &Path) -> PathBuf {
    let path = folder.join("工程.gpkg");
    let (contents, ids) = full();
    save(&path, &contents, ids, &Progress::new()).unwrap();
    path
}

fn refused(path: &Path) -> WorkspaceError {
    open(path, &Progress::new()).expect_err("opened what is no sound workspace")
}

#[test]
fn what_is_saved_is_what_is_opened_and_saving_it_again_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved(folder.path());
    let (contents, ids) = full();
    let progress = Progress::new();
    let opened = open(&path, &progress).unwrap();
    assert_eq!(written(&opened.contents), written(&contents));
    assert_eq!(opened.ids, ids);
    assert_eq!(opened.notes, []);
    assert_eq!(progress.counts(), (11, 11));

    let again = folder.path().join("again.gpkg");
    save(&again, &opened.contents, opened.ids, &Progress::new()).unwrap();
    assert_eq!(std::fs::read(&again).unwrap(), std::fs::read(&path).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_values_come_back(text in prop::option::of(".*"), int in prop::option::of(any::<i64>()), real in prop::option::of(any::<f64>()),
                            decimal in prop::option::of("[-0-9.]*"), name in ".*") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gpkg");
        // SQLite has no not-a-number and writes −0 as 0.
        let real = real.filter(|x| !x.is_nan()).map(|x| x + 0.0);
        let values = [
            text.map_or(Value::Null, |s| Value::text(&s)),
            int.map_or(Value::Null, Value::Int),
            real.map_or(Value::Null, Value::Real),
            decimal.map_or(Value::Null, |s| Value::Decimal(s.into())),
        ];
        let mut builder = PackedBuilder::new(GeometryKind::Area, fields());
        builder.push(1, square(0.0, 1.0).as_ref(), &values);
        let layer = Layer::new(head(&name, Role::Sites), Provenance::default(), Arc::new(builder.finish()), FeatureId(5));
        let entries = vec![Entry::Layer { id: LayerId(1), becomes: Some(Arc::new(layer)) }];
        let contents = apply(&Contents::new(Crs::CGCS2000_ZONE_40), &Change { note: Message::new("app.name"), entries }).0;
        save(&path, &contents, IdSource::new(1), &Progress::new()).unwrap();
        let opened = open(&path, &Progress::new()).unwrap();
        prop_assert_eq!(written(&opened.contents), written(&contents));
    }
}

#[test]
fn a_saving_that_fails_or_is_cancelled_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved(folder.path());
    let before = std::fs::read(&path).unwrap();
    let (contents, ids) = full();
    let progress = Progress::new();
    progress.cancel();
    assert!(matches!(save(&path, &contents, ids, &progress), Err(WorkspaceError::Cancelled { .. })));
    assert!(matches!(open(&path, &progress), Err(WorkspaceError::Cancelled { .. })));
    std::fs::write(folder.path().join("工程.gpkg-wal"), "changes").unwrap();
    assert!(matches!(save(&path, &contents, ids, &Progress::new()), Err(WorkspaceError::InUse { .. })));
    assert!(matches!(save(&folder.path().join("no/a.gpkg"), &contents, ids, &Progress::new()), Err(WorkspaceError::System(_))));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_no_workspace_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("a.gpkg"), "no database, but long enough to be taken for one".repeat(50)).unwrap();
    assert!(matches!(refused(&at("a.gpkg")), WorkspaceError::NotAGeopackage { .. }));
    std::fs::write(at("b.gpkg"), "").unwrap();
    assert!(matches!(refused(&at("b.gpkg")), WorkspaceError::System(m) if m.code == "io.empty"));
    assert!(matches!(refused(&at("c.gpkg")), WorkspaceError::System(m) if m.code == "io.not_found"));

    let make = |name: &str, sql: &str| {
        write_database(&at(name), |database: &Database| Ok::<(), super::error::Fault>(database.run(sql)?)).unwrap();
    };
    make("d.gpkg", "CREATE TABLE t (a)");
    assert!(matches!(refused(&at("d.gpkg")), WorkspaceError::NotAGeopackage { .. }));
    make("e.gpkg", &format!("PRAGMA application_id = {}; {}", gpkg_tables::APPLICATION_ID, gpkg_tables::GEOPACKAGE));
    assert!(matches!(refused(&at("e.gpkg")), WorkspaceError::NotAWorkspace { .. }));

    let meta = |crs: &str, format: &str| {
        let own = schema::OWN;
        format!(
            "PRAGMA application_id = {}; {} {own} INSERT INTO luodi_meta VALUES ('format', '{format}'), ('crs', '{crs}');",
            gpkg_tables::APPLICATION_ID,
            gpkg_tables::GEOPACKAGE
        )
    };
    make("f.gpkg", &meta("EPSG:4528", "2"));
    assert!(matches!(refused(&at("f.gpkg")), WorkspaceError::Newer { format: 2, .. }));
    make("g.gpkg", &meta("EPSG:4490", "1"));
    assert!(matches!(refused(&at("g.gpkg")), WorkspaceError::Crs { .. }));
    make("h.gpkg", &format!("{} DROP TABLE luodi_plans;", meta("EPSG:4528", "1")));
    let damaged = refused(&at("h.gpkg"));
    assert!(matches!(damaged, WorkspaceError::Damaged { .. }));
    let words = damaged.message().render(Lang::Zh);
    assert!(words.contains("h.gpkg") && words.contains("没有打开") && !words.contains('{'), "{words}");
    make("i.gpkg", &meta("EPSG:4528", "1"));
    assert!(open(&at("i.gpkg"), &Progress::new()).unwrap().contents.layers.is_empty());
}

#[test]
fn a_cut_or_spoilt_file_is_refused_or_read_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved(folder.path());
    let whole = std::fs::read(&path).unwrap();
    let other = folder.path().join("spoilt.gpkg");
    for part in 1..16 {
        std::fs::write(&other, &whole[..whole.len() * part / 16]).unwrap();
        refused(&other);
    }
    let mut seed = 12_345u64;
    for _ in 0..60 {
        let mut spoilt = whole.clone();
        for _ in 0..20 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (seed >> 33) as usize % spoilt.len();
            spoilt[at] = (seed >> 20) as u8;
        }
        std::fs::write(&other, &spoilt).unwrap();
        let _ = open(&other, &Progress::new());
    }
}

#[test]
fn what_another_program_changed_is_read_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved(folder.path());
    let (contents, ids) = full();
    let copy = folder.path().join("edited.gpkg");
    std::fs::copy(&path, &copy).unwrap();
    let edited = rusqlite::Connection::open(&copy).unwrap();
    // A row is copied with its id, one is added without, a value no longer fits, a column comes and one goes.
    edited
        .execute_batch(
            "INSERT INTO 项目 (geom, luodi_id, 名称) SELECT geom, luodi_id, '复制' FROM 项目 WHERE fid = 1;
             INSERT INTO 项目 (名称) VALUES ('新增');
             UPDATE 项目 SET 日期 = '明天', geom = x'00' WHERE fid = 2;
             ALTER TABLE 项目 ADD COLUMN 备注 TEXT;
             ALTER TABLE 项目 DROP COLUMN 代码;
             CREATE TABLE 草图 (a);",
        )
        .unwrap();
    drop(edited);
    let opened = open(&copy, &Progress::new()).unwrap();
    let codes: Vec<&str> = opened.notes.iter().map(|note| note.code).collect();
    let said = ["other_tables", "columns_gone", "columns_added", "rows_added", "geometry_unread", "values_unread"];
    assert_eq!(codes, said.map(|code| format!("workspace.{code}")));
    let layer = opened.contents.layers_of(Role::Sites).next().unwrap().1;
    let before = contents.layers_of(Role::Sites).next().unwrap().1;
    assert_eq!(layer.len(), before.len() + 2);
    assert_eq!(layer.fields.last().unwrap().name.as_ref(), "备注");
    let ids_of = |layer: &Layer| layer.features().map(|f| f.id).collect::<Vec<_>>();
    let (old, new) = (ids_of(before), ids_of(layer));
    assert_eq!(new[..old.len()], old[..]);
    assert!(new.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(opened.ids.next, ids.next + 2);
}

//! Sheets: what stands on a page, that it fits, and that the same request gives the same bytes.

use luodi::crs::{Crs, Transform};
use luodi::geom::{BBox, Point, Rings, Shape, Tolerance, overlap, subtract, union};
use luodi::job::{MapFormat, MapRequest, map_page, map_pages, render_map};
use luodi::model::{
    ClusterPlan, Contents, Coverage, Date, FeatureId, Field, FieldKind, GeometryKind, IdSource, Layer, LayerHead, LayerId, PackedBuilder,
    Provenance, Role, Value,
};
use luodi::rules::{Case, CaseLetter, Certainty, Position, Verdict};
use luodi::scene::{CheckedSite, Class, Projection, ROUND_SCALES, Rect, Rgb, Theme, View, build_scene, paint_scene, rasterize};
use luodi::sheet::{Page, Paper, PaperSize, SheetRequest, zone_plan};
use luodi::text::Lang;
use std::sync::Arc;

const TODAY: Date = Date { year: 2014, month: 9, day: 1 };

/// Generalised outlines (示意), lon,lat.
const DISTRICTS: &[(&str, &str, &str)] = &[
    (
        "城阳区",
        "370214",
        "120.57,36.32 120.48,36.32 120.40,36.35 120.28,36.34 120.21,36.36 120.20,36.32 120.11,36.27 120.13,36.18 120.21,36.22 120.27,36.18 120.35,36.21 120.40,36.24 120.48,36.21 120.56,36.26",
    ),
    (
        "黄岛区",
        "370211",
        "120.16,35.93 120.22,35.94 120.25,35.96 120.21,36.00 120.24,36.06 120.17,36.07 120.10,36.12 120.09,36.12 120.05,35.97 120.12,35.98",
    ),
    (
        "即墨市",
        "370282",
        "120.57,36.32 120.66,36.32 120.74,36.46 120.83,36.47 120.90,36.45 120.95,36.47 120.97,36.56 120.89,36.55 120.85,36.61 120.79,36.59 120.71,36.62 120.63,36.59 120.47,36.61 120.36,36.63 120.26,36.62 120.21,36.63 120.14,36.55 120.16,36.48 120.16,36.47 120.15,36.40 120.21,36.36 120.28,36.34 120.40,36.35 120.48,36.32",
    ),
    (
        "胶南市",
        "370284",
        "120.09,36.12 119.80,36.03 119.71,36.04 119.67,36.00 119.73,35.86 119.63,35.83 119.59,35.77 119.52,35.72 119.52,35.60 119.65,35.60 119.80,35.64 119.87,35.61 119.92,35.63 119.91,35.69 120.00,35.72 120.04,35.77 120.03,35.83 120.06,35.88 120.16,35.93 120.12,35.98 120.05,35.97",
    ),
    (
        "胶州市",
        "370281",
        "120.21,36.36 120.15,36.40 120.16,36.47 120.16,36.48 120.01,36.49 120.00,36.45 119.92,36.42 119.88,36.32 119.84,36.30 119.80,36.23 119.81,36.17 119.67,36.18 119.63,36.07 119.71,36.04 119.80,36.03 120.09,36.12 120.10,36.12 120.13,36.18 120.11,36.27 120.20,36.32",
    ),
    (
        "莱西市",
        "370285",
        "120.63,36.59 120.66,36.65 120.58,36.70 120.54,36.75 120.59,36.81 120.56,36.95 120.58,37.05 120.54,37.11 120.37,37.10 120.29,37.14 120.23,37.12 120.21,37.04 120.32,36.96 120.28,36.92 120.26,36.80 120.27,36.69 120.26,36.62 120.36,36.63 120.47,36.61",
    ),
    ("李沧区", "370213", "120.35,36.21 120.36,36.15 120.41,36.13 120.48,36.15 120.48,36.21 120.40,36.24"),
    (
        "平度市",
        "370283",
        "120.26,36.62 120.27,36.69 120.26,36.80 120.28,36.92 120.32,36.96 120.21,37.04 120.16,37.02 119.96,37.01 119.91,36.99 119.79,37.01 119.75,36.99 119.61,37.01 119.58,36.95 119.60,36.87 119.53,36.80 119.52,36.74 119.57,36.71 119.62,36.64 119.81,36.54 119.96,36.52 120.01,36.49 120.16,36.48 120.14,36.55 120.21,36.63",
    ),
    ("市北区", "370203", "120.38,36.09 120.33,36.10 120.32,36.09 120.31,36.07"),
    ("市南区", "370202", "120.31,36.07 120.42,36.05 120.42,36.09 120.38,36.09"),
    ("四方区", "370205", "120.36,36.15 120.33,36.11 120.33,36.10 120.38,36.09 120.41,36.12 120.41,36.13"),
    (
        "崂山区",
        "370212",
        "120.48,36.21 120.48,36.15 120.41,36.13 120.41,36.12 120.42,36.09 120.42,36.05 120.46,36.09 120.60,36.11 120.70,36.14 120.66,36.32 120.57,36.32 120.56,36.26",
    ),
];

const NEIGHBOUR: &str = "118.6,34.9 119.25,35.25 119.45,35.45 119.60,35.585 119.66,35.61 119.8,35.9 120.3,36.5 120.82,36.58 120.97,36.57 121.06,36.60 121.12,36.70 121.30,36.73 121.5,36.80 122.2,36.9 122.2,38 120.4,38 120.25,37.52 120.02,37.38 119.86,37.22 119.62,37.12 119.3,37.10 118.6,37.22";
const SEA: &str = "118.6,34.9 122.2,34.9 122.2,38 118.6,38";

/// Name, lon, lat, district, grade (0 key development, 1 key creation, 2 general, 3 emerging), km² in 2015.
const CLUSTERS: &[(&str, f64, f64, &str, u8, f64)] = &[
    ("黄岛家电电子产业集聚区", 120.15, 36.00, "黄岛区", 0, 22.0),
    ("临港机械装备制造产业集聚区", 119.96, 35.92, "胶南市", 0, 36.0),
    ("董家口石化产业集聚区", 119.76, 35.66, "胶南市", 0, 60.0),
    ("六汪产业园", 119.76, 35.97, "胶南市", 2, 12.0),
    ("藏南产业园", 119.69, 35.75, "胶南市", 2, 10.0),
    ("张家楼特色产业园", 119.85, 35.80, "胶南市", 3, 9.0),
    ("城阳高速列车产业集聚区", 120.26, 36.30, "城阳区", 0, 30.0),
    ("城阳机械装备产业集聚区", 120.38, 36.28, "城阳区", 1, 16.0),
    ("崂山高端装备产业集聚区", 120.50, 36.15, "崂山区", 1, 8.0),
    ("即墨汽车产业新城", 120.44, 36.48, "即墨市", 0, 70.0),
    ("即墨家电电子产业集聚区", 120.52, 36.40, "即墨市", 1, 34.0),
    ("女岛船舶工业功能区", 120.85, 36.50, "即墨市", 1, 22.0),
    ("蓝谷海洋科技产业区", 120.67, 36.39, "即墨市", 3, 24.0),
    ("灵山产业园", 120.44, 36.56, "即墨市", 2, 14.0),
    ("大信产业园", 120.29, 36.46, "即墨市", 2, 20.0),
    ("胶州经济技术开发区", 120.09, 36.19, "胶州市", 0, 40.0),
    ("胶州家电电子产业集聚区", 120.03, 36.29, "胶州市", 1, 38.0),
    ("临空经济区", 120.08, 36.38, "胶州市", 3, 46.0),
    ("里岔通用设备产业集聚区", 119.79, 36.08, "胶州市", 2, 14.0),
    ("铺集产业园", 119.70, 36.12, "胶州市", 2, 12.0),
    ("胶北机械产业园", 119.96, 36.38, "胶州市", 2, 11.0),
    ("南村家电电子产业集聚区", 120.11, 36.55, "平度市", 0, 28.3),
    ("平度食品饮料产业集聚区", 119.97, 36.82, "平度市", 1, 34.0),
    ("平度经济开发区", 120.01, 36.75, "平度市", 0, 40.0),
    ("新河生态化工科技产业基地", 119.65, 36.95, "平度市", 1, 24.0),
    ("田庄铸造工业园", 119.69, 36.72, "平度市", 2, 11.7),
    ("姜山新能源汽车产业集聚区", 120.50, 36.67, "莱西市", 0, 40.0),
    ("莱西机械制造及汽车零部件集聚区", 120.50, 36.80, "莱西市", 1, 22.0),
    ("莱西经济开发区", 120.50, 36.92, "莱西市", 2, 13.0),
    ("南墅石墨新材料产业园", 120.37, 37.00, "莱西市", 3, 15.0),
];

fn plane(points: &str) -> Vec<Point> {
    let mut all: Vec<Point> = points
        .split(' ')
        .map(|p| {
            let (lon, lat) = p.split_once(',').unwrap();
            [lon.parse().unwrap(), lat.parse().unwrap()]
        })
        .collect();
    Transform::new(&Crs::CGCS2000_LON_LAT, &Crs::CGCS2000_ZONE_40).unwrap().apply(&mut all).unwrap();
    all
}

fn add(contents: &mut Contents, ids: &mut IdSource, name: &str, role: Role, builder: PackedBuilder) -> LayerId {
    let head = LayerHead { coverage: Coverage::WholeCity, ..LayerHead::new(name, role) };
    let first = FeatureId(ids.take(builder.len() as u64));
    let id = LayerId(ids.take(1));
    let layer = Layer::new(head, Provenance::default(), Arc::new(builder.finish()), first);
    contents.layers = contents.layers.insert(id, Arc::new(layer));
    contents.order = contents.order.iter().copied().chain([id]).collect();
    id
}

fn fields(names: &[&str]) -> Vec<Field> {
    names.iter().map(|n| Field::new(n, FieldKind::Text)).collect()
}

/// A cluster of `km2` around a place: a rectangle, turned and with one corner cut.
fn cluster_outline(lon: f64, lat: f64, km2: f64, turn: f64) -> Rings {
    let center = plane(&format!("{lon},{lat}"))[0];
    // The cut corner takes 4.5 % of the rectangle.
    let side = (km2 * 1e6 / 0.955).sqrt();
    let (w, h) = (side * 1.2, side / 1.2);
    let corners = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.2], [0.2, 0.5], [-0.5, 0.5]];
    let (sin, cos) = turn.sin_cos();
    let points: Vec<Point> = corners
        .iter()
        .map(|[u, v]| {
            let (x, y) = (u * w, v * h);
            [center[0] + x * cos - y * sin, center[1] + x * sin + y * cos]
        })
        .collect();
    Rings::simple(&points)
}

fn plan(share: f64) -> PackedBuilder {
    let mut plan = PackedBuilder::new(GeometryKind::Area, fields(&["编号", "名称", "区市", "区市代码", "发展日期", "创建日期", "类型"]));
    for (i, (name, lon, lat, district, grade, km2)) in CLUSTERS.iter().enumerate() {
        let code = DISTRICTS.iter().find(|d| d.0 == *district).unwrap().1;
        let day = |on: bool| if on { Value::text("2012-09-12") } else { Value::Null };
        let values = [
            Value::text(&format!("JJ{:03}", i + 1)),
            Value::text(name),
            Value::text(district),
            Value::text(code),
            day(*grade == 0),
            day(*grade == 1),
            Value::text(if *grade == 3 { "新兴" } else { "" }),
        ];
        let outline = cluster_outline(*lon, *lat, km2 * share, i as f64 * 0.37 % 0.5);
        plan.push(i as u32 + 1, outline.as_ref(), &values);
    }
    plan
}

/// A small illustrative Qingdao: sea and neighbours, districts, the state of 2010 and the plan for 2015.
pub fn city() -> Contents {
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    let mut ids = IdSource::new(7);
    contents.sample = true;
    let mut ground = PackedBuilder::new(GeometryKind::Area, fields(&["名称", "类型"]));
    ground.push(1, Rings::simple(&plane(SEA)).as_ref(), &[Value::text(""), Value::text("海域")]);
    ground.push(2, Rings::simple(&plane(NEIGHBOUR)).as_ref(), &[Value::text(""), Value::text("邻市")]);
    add(&mut contents, &mut ids, "底图", Role::Backdrop, ground);
    let mut places = PackedBuilder::new(GeometryKind::Point, fields(&["名称", "类型"]));
    for (i, (name, at)) in [("黄 海", "120.72,35.85"), ("胶州湾", "120.23,36.13")].into_iter().enumerate() {
        places.push(i as u32 + 1, Rings::simple(&plane(at)).as_ref(), &[Value::text(name), Value::text("海域注记")]);
    }
    add(&mut contents, &mut ids, "注记", Role::Backdrop, places);
    let mut districts = PackedBuilder::new(GeometryKind::Area, fields(&["名称", "区市代码"]));
    for (i, (name, code, outline)) in DISTRICTS.iter().enumerate() {
        districts.push(i as u32 + 1, Rings::simple(&plane(outline)).as_ref(), &[Value::text(name), Value::text(code)]);
    }
    add(&mut contents, &mut ids, "区市界", Role::Districts, districts);
    for (version, from, share) in [("2010 现状", "2010-12-31", 0.32), ("2015 规划", "2012-09-12", 1.0)] {
        let id = add(&mut contents, &mut ids, version, Role::Plan, plan(share));
        let facts = ClusterPlan { version: version.into(), valid_from: Date::parse(from), ..ClusterPlan::default() };
        contents.cluster_plans = contents.cluster_plans.insert(id, Arc::new(facts));
    }
    contents
}

fn request(paper: Paper) -> MapRequest {
    MapRequest { page: paper, maker: Some("示例规划局".into()), ..MapRequest::default() }
}

const PAPERS: [Paper; 4] = [
    Paper { size: PaperSize::A3, landscape: false },
    Paper { size: PaperSize::A3, landscape: true },
    Paper { size: PaperSize::A4, landscape: false },
    Paper { size: PaperSize::A4, landscape: true },
];

fn texts(page: &Page) -> Vec<&str> {
    page.drawing.texts().map(|t| t.text.as_str()).collect()
}

#[test]
fn the_page_says_what_it_is() {
    let contents = city();
    for paper in PAPERS {
        let page = map_page(&contents, &request(paper), TODAY).unwrap();
        let texts = texts(&page);
        for wanted in [
            "青岛市工业产业集聚区布局规划图",
            "2015 规划\u{3000}2014年9月",
            "2000国家大地坐标系 高斯-克吕格投影 3度分带 中央经线120°E",
            "示例数据，仅供演示，界线不作为划界依据",
            "内部工作用图，未经审核不得公开",
            "编制单位 示例规划局",
            "图例",
            "平度市",
        ] {
            assert!(texts.contains(&wanted), "{wanted} on {paper:?}: {texts:?}");
        }
        let numeric = luodi::text::scale(page.map.scale_denominator);
        assert!(texts.contains(&numeric.as_str()));
    }
}

#[test]
fn the_scale_is_round_and_everything_is_in_the_frame() {
    let contents = city();
    for paper in PAPERS {
        let map = map_page(&contents, &request(paper), TODAY).unwrap().map;
        assert!(ROUND_SCALES.contains(&map.scale_denominator), "{}", map.scale_denominator);
        assert!(map.projection.bbox().holds(&map.wanted), "{paper:?}");
    }
}

#[test]
fn the_legend_lists_only_what_is_in_view() {
    let contents = city();
    let whole = map_page(&contents, &request(PAPERS[0]), TODAY).unwrap();
    assert!(whole.map.legend.iter().any(|e| e.class == Class::Cluster(luodi::model::Grade::Emerging)));
    // Around one general cluster far from any border.
    let at = plane("119.69,36.72")[0];
    let extent = BBox { min: at, max: at }.grown(2_000.0);
    let near = map_page(&contents, &MapRequest { extent: Some(extent), ..request(PAPERS[2]) }, TODAY).unwrap();
    let classes: Vec<Class> = near.map.legend.iter().map(|e| e.class).collect();
    assert_eq!(classes, [Class::Cluster(luodi::model::Grade::General)]);
    assert!(!texts(&near).contains(&"新兴集聚区") || texts(&near).iter().filter(|t| **t == "新兴集聚区").count() == 1);
}

#[test]
fn labels_and_boxes_stand_apart_and_inside() {
    let contents = city();
    for paper in PAPERS {
        let map = map_page(&contents, &request(paper), TODAY).unwrap().map;
        assert!(!map.labels.is_empty());
        let areas: Vec<Rect> = map.labels.iter().map(|l| l.area).chain(map.boxes.iter().copied()).collect();
        for (i, a) in areas.iter().enumerate() {
            assert!(map.projection.frame.inset(-0.02).holds(a), "{paper:?} {a:?}");
            for b in &areas[i + 1..] {
                assert!(!a.inset(0.02).meets(b), "{paper:?}: {a:?} over {b:?}");
            }
        }
    }
}

#[test]
fn every_character_has_a_glyph() {
    let contents = city();
    for lang in [Lang::Zh, Lang::En] {
        let page = map_page(&contents, &MapRequest { lang, ..request(PAPERS[0]) }, TODAY).unwrap();
        assert_eq!(page.missing_characters, [] as [char; 0]);
        for run in page.drawing.texts() {
            let glyphs = luodi::scene::glyphs(&run.text, run.face, run.size, run.spacing);
            assert!(glyphs.iter().all(|g| g.glyph != 0), "{}", run.text);
        }
    }
    let strange = MapRequest { title: Some("布局图\u{e123}".into()), ..request(PAPERS[0]) };
    assert_eq!(map_page(&contents, &strange, TODAY).unwrap().missing_characters, ['\u{e123}']);
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    for format in [MapFormat::Pdf, MapFormat::Svg] {
        let wanted = MapRequest { format, ..request(PAPERS[2]) };
        let first = render_map(&city(), &wanted, TODAY).unwrap();
        assert!(first == render_map(&city(), &wanted, TODAY).unwrap(), "{format:?}");
        assert!(first.len() > 10_000);
    }
}

#[test]
fn a_png_has_the_size_of_its_paper() {
    let wanted = MapRequest { format: MapFormat::Png, dpi: 40.0, ..request(PAPERS[3]) };
    let png = render_map(&city(), &wanted, TODAY).unwrap();
    assert_eq!(&png[1..4], b"PNG");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (468, 331));
}

#[test]
fn what_cannot_be_made_is_said() {
    let empty = Contents::new(Crs::CGCS2000_ZONE_40);
    assert_eq!(render_map(&empty, &MapRequest::default(), TODAY).unwrap_err().code, "sheet.nothing_to_draw");
    let unknown = MapRequest { template: "poster".into(), ..MapRequest::default() };
    assert_eq!(render_map(&city(), &unknown, TODAY).unwrap_err().code, "sheet.unknown_template");
    let huge = MapRequest { format: MapFormat::Png, dpi: 5000.0, ..MapRequest::default() };
    assert_eq!(render_map(&city(), &huge, TODAY).unwrap_err().code, "sheet.too_large");
}

#[test]
fn an_atlas_has_a_page_for_each_value() {
    let contents = city();
    let wanted = MapRequest { atlas: Some("区市".into()), ..request(PAPERS[3]) };
    let pages = map_pages(&contents, &wanted, TODAY).unwrap();
    let titles: Vec<&str> = pages.iter().map(|p| p.title.as_str()).collect();
    assert_eq!(titles.len(), 8);
    assert_eq!(titles[1], "青岛市工业产业集聚区布局规划图\u{3000}胶南市");
    assert!(pages.iter().all(|p| p.map.projection.bbox().holds(&p.map.wanted) && ROUND_SCALES.contains(&p.map.scale_denominator)));
    let png = MapRequest { format: MapFormat::Png, ..wanted.clone() };
    assert_eq!(render_map(&contents, &png, TODAY).unwrap_err().code, "sheet.atlas_needs_pdf");
    let unknown = MapRequest { atlas: Some("街道".into()), ..wanted };
    assert_eq!(render_map(&contents, &unknown, TODAY).unwrap_err().code, "sheet.no_atlas_field");
}

#[test]
fn the_dark_map_is_dark() {
    let contents = city();
    let page = map_page(&contents, &request(PAPERS[0]), TODAY).unwrap();
    let frame = Rect::new(0.0, 0.0, 60.0, 80.0);
    let projection = Projection { frame, units_per_m: 60.0 / 160_000.0, ..page.map.projection };
    let light = |theme| {
        let view = View {
            bbox: projection.bbox(),
            scale_denominator: 600_000.0,
            date: TODAY,
            lang: Lang::Zh,
            theme,
            plan: luodi::scene::plan_on(&contents, TODAY),
        };
        let drawing = paint_scene(&build_scene(&contents, &view, &[]), &projection, theme);
        let pixels = rasterize(&drawing, 120, 160, 2.0, Rgb(0, 0, 0)).unwrap();
        pixels.rgba.iter().map(|v| u64::from(*v)).sum::<u64>() / pixels.rgba.len() as u64
    };
    assert!(light(Theme::Light) > 200);
    assert!(light(Theme::Dark) < 120);
}

/// A checked site of four corners, its part in the clusters and its part outside.
fn verdict(contents: &Contents, name: &str, corners: &[Point]) -> Verdict {
    let site = Shape::check(Rings::simple(corners).as_ref()).unwrap();
    let t = Tolerance::default();
    let (_, plan) = contents.layers_of(Role::Plan).last().unwrap();
    let clusters: Vec<_> = plan.features().filter_map(|f| f.shape()).collect();
    let plan = union(&clusters, t).unwrap();
    let (inside, outside) = (overlap(site.as_ref(), plan.as_ref(), t), subtract(site.as_ref(), plan.as_ref(), t));
    let position = match (&inside, &outside) {
        (Some(_), None) => Position::Inside,
        (Some(_), Some(_)) => Position::Partial,
        _ => Position::Outside,
    };
    Verdict {
        site: luodi::model::Site { id: name.into(), name: name.into(), ..Default::default() },
        position,
        case: Case { letter: CaseLetter::D, prohibited: false },
        certainty: Certainty::Certain,
        margin: None,
        area_m2: site.area_m2(),
        ellipsoidal_m2: None,
        inside_m2: inside.as_ref().map_or(0.0, Shape::area_m2),
        outside_m2: outside.as_ref().map_or(0.0, Shape::area_m2),
        clusters: Vec::new(),
        routes: Vec::new(),
        findings: Vec::new(),
        suggestion: luodi::text::Message::new("sheet.sum"),
        reason: None,
        shape: Some(Arc::new(site)),
        inside: inside.map(Arc::new),
        outside: outside.map(Arc::new),
        repairs: Vec::new(),
        candidates: Vec::new(),
    }
}

/// Sites on, in and beside the border of the first cluster of 平度经济开发区, on an A4 page.
fn checked_page(contents: &Contents, theme_scale: f64) -> Page {
    let center = plane("120.01,36.75")[0];
    let at = |dx: f64, dy: f64| -> Vec<Point> {
        [[0.0, 0.0], [420.0, -60.0], [470.0, 300.0], [60.0, 350.0]].iter().map(|p| [center[0] + dx + p[0], center[1] + dy + p[1]]).collect()
    };
    let mut verdicts = [
        verdict(contents, "集装箱智能制造扩建", &at(3200.0, -300.0)),
        verdict(contents, "高端数控机床基地", &at(2500.0, 400.0)),
        verdict(contents, "冷链食品加工", &at(3800.0, 600.0)),
        verdict(contents, "海藻精深加工", &at(2500.0, -500.0)),
    ];
    verdicts[3].position = Position::NotChecked;
    verdicts[3].inside = None;
    let checked: Vec<CheckedSite> =
        verdicts.iter().enumerate().map(|(i, v)| CheckedSite { verdict: v, feature: None, selected: i == 0 }).collect();
    let middle = [center[0] + 3300.0, center[1] + 200.0];
    let mut request = SheetRequest::new(contents, TODAY);
    request.paper = PAPERS[3];
    request.scale_denominator = Some(theme_scale);
    request.extent = Some(BBox { min: middle, max: middle }.grown(500.0));
    request.checked = &checked;
    zone_plan(&request).unwrap()
}

#[test]
fn checked_sites_show_their_pieces_and_the_legend_explains_them() {
    let page = checked_page(&city(), 10_000.0);
    let classes: Vec<Class> = page.map.legend.iter().map(|e| e.class).collect();
    for class in [Class::Site, Class::Piece(Position::Inside), Class::Piece(Position::Outside), Class::Piece(Position::NotChecked)] {
        assert!(classes.contains(&class), "{class:?} in {classes:?}");
    }
    assert!(texts(&page).contains(&"集装箱智能制造扩建"));
}

/// The bundled sample as a workspace would hold it: districts, both versions of the plan, the sites.
fn sample() -> Contents {
    use luodi::job::sample::{SampleCity, SampleOptions};
    let city = SampleCity::new(SampleOptions { parcels: 400 }).unwrap();
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    contents.sample = true;
    let mut ids = IdSource::new(9);
    for layer in city.layers {
        let role = match layer.file {
            "底图_示意" => Role::Backdrop,
            "行政区划_示意" => Role::Districts,
            "集聚区布局规划" | "集聚区现状" => Role::Plan,
            "现状宗地" => Role::Parcels,
            "永久基本农田（虚构）" => Role::Farmland,
            "拟选址项目" => Role::Sites,
            _ => continue,
        };
        let transform = Transform::new(&layer.crs, &contents.crs).unwrap();
        let mut builder = PackedBuilder::new(GeometryKind::Area, layer.fields.clone());
        for (i, feature) in layer.features.iter().enumerate() {
            let mut rings = feature.rings.clone();
            transform.apply(rings.coords_mut()).unwrap();
            builder.push(i as u32 + 1, rings.as_ref(), &feature.values);
        }
        let id = add(&mut contents, &mut ids, layer.file, role, builder);
        if role == Role::Plan {
            let (version, from) =
                if layer.file == "集聚区现状" { ("2010 现状", "2010-12-31") } else { ("2015 规划", "2012-09-12") };
            let facts = ClusterPlan { version: version.into(), valid_from: Date::parse(from), ..ClusterPlan::default() };
            contents.cluster_plans = contents.cluster_plans.insert(id, Arc::new(facts));
        }
    }
    contents
}

#[test]
fn the_sample_prints_224_and_700_and_the_columns_add_up() {
    let page = map_page(&sample(), &request(PAPERS[0]), TODAY).unwrap();
    let texts = texts(&page);
    assert_eq!(page.missing_characters, [] as [char; 0]);
    // Names of the cities are on the map too: the table is what follows its heads.
    let table = texts.iter().position(|t| *t == "2015 规划").unwrap() + 1;
    let cells = &texts[table..table + 18];
    let hundredths = |text: &str| text.replace([',', '.'], "").parse::<i64>().unwrap();
    for (column, total) in [(1, "224.00"), (2, "700.00")] {
        let rows: i64 = (0..5).map(|row| hundredths(cells[row * 3 + column])).sum();
        assert_eq!(cells[15 + column], total, "{cells:?}");
        assert_eq!(rows, hundredths(total), "{cells:?}");
    }
}

#[test]
fn the_grades_of_the_sample_add_up() {
    let page = map_page(&sample(), &request(PAPERS[0]), TODAY).unwrap();
    let texts = texts(&page);
    let head = texts.iter().position(|t| *t == "面积 km²").unwrap() + 1;
    let cells = &texts[head..head + 15];
    let figure = |cell: &str| cell.replace([',', '.'], "").parse::<i64>().unwrap();
    for column in [1, 2] {
        assert_eq!((0..4).map(|row| figure(cells[row * 3 + column])).sum::<i64>(), figure(cells[12 + column]), "{cells:?}");
    }
}

#[test]
fn the_sample_has_a_sea_a_coast_and_invented_farmland() {
    let page = map_page(&sample(), &request(PAPERS[0]), TODAY).unwrap();
    let texts = texts(&page);
    for name in ["黄海", "胶州湾", "永久基本农田（虚构）"] {
        assert!(texts.contains(&name), "{name}: {texts:?}");
    }
    assert!(!texts.contains(&"永久基本农田"));
}

/// Writes the pages to `LUODI_SHEETS` to be looked at.
#[test]
#[ignore = "writes pictures for people; run with LUODI_SHEETS=folder"]
fn pages_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var("LUODI_SHEETS").unwrap());
    let contents = city();
    let near = {
        let at = plane("120.42,36.45")[0];
        BBox { min: at, max: at }.grown(11_000.0)
    };
    let sites = checked_page(&contents, 10_000.0);
    std::fs::write(folder.join("sites.pdf"), luodi::sheet::write_pdf(std::slice::from_ref(&sites)).unwrap()).unwrap();
    std::fs::write(folder.join("sites.png"), luodi::sheet::write_png(&sites, 110.0).unwrap()).unwrap();
    let sample = sample();
    for (name, request) in [("sample-a3p", request(PAPERS[0])), ("sample-a3l", request(PAPERS[1])), ("sample-a4p", request(PAPERS[2]))] {
        std::fs::write(folder.join(format!("{name}.pdf")), render_map(&sample, &request, TODAY).unwrap()).unwrap();
    }
    let around = MapRequest { extent: Some(BBox::of(&plane("120.05,36.17 120.13,36.22")).grown(100.0)), ..request(PAPERS[1]) };
    std::fs::write(folder.join("sample-near.pdf"), render_map(&sample, &around, TODAY).unwrap()).unwrap();
    let bar = |name: &str, past, now, plan| luodi::scene::Bar {
        name: name.into(),
        past_km2: Some(past),
        now_km2: now,
        plan_km2: Some(plan),
        target_km2: Some(plan),
    };
    let bars = [
        bar("即墨市", 58.6, Some(121.7), 184.0),
        bar("胶州市", 52.3, Some(98.4), 161.0),
        bar("胶南市", 46.2, Some(82.3), 127.0),
        bar("平度市", 41.7, None, 138.0),
        bar("莱西市", 25.2, Some(50.1), 90.0),
    ];
    for (theme, name, ground) in [(Theme::Light, "chart", Rgb(250, 248, 244)), (Theme::Dark, "chart-dark", Rgb(30, 33, 36))] {
        let area = Rect::new(5.0, 5.0, 120.0, 50.0);
        let chart = luodi::scene::bar_chart(&bars, area, 3.5, theme, &luodi::scene::Typefaces);
        let png = rasterize(&chart, 780, 360, 6.0, ground).unwrap().png().unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }
    for (theme, name, scale) in
        [(Theme::Dark, "dark-city", 700_000.0), (Theme::Dark, "dark-near", 40_000.0), (Theme::Light, "light-near", 40_000.0)]
    {
        let frame = Rect::new(0.0, 0.0, 240.0, 240.0);
        let center = if scale > 1e5 { plane("120.22,36.36")[0] } else { plane("120.05,36.31")[0] };
        let origin = [center[0] - 0.12 * scale, center[1] - 0.12 * scale];
        let projection = Projection { frame, origin, units_per_m: 1000.0 / scale, units_per_pt: 0.2646 };
        let plan = luodi::scene::plan_on(&contents, TODAY);
        let view = View { bbox: projection.bbox(), scale_denominator: scale, date: TODAY, lang: Lang::Zh, theme, plan };
        let scene = build_scene(&contents, &view, &[]);
        let mut drawing = paint_scene(&scene, &projection, theme);
        let placed = luodi::scene::place_labels(&scene.labels, &projection, Default::default(), &luodi::scene::Typefaces);
        drawing.append(luodi::scene::paint_labels(&placed, &projection));
        let png = rasterize(&drawing, 900, 900, 3.75, Rgb(0, 0, 0)).unwrap().png().unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }
    let atlas = MapRequest { atlas: Some("区市".into()), ..request(PAPERS[3]) };
    std::fs::write(folder.join("atlas.pdf"), render_map(&contents, &atlas, TODAY).unwrap()).unwrap();
    for (name, request) in [
        ("a3p", request(PAPERS[0])),
        ("a3l", request(PAPERS[1])),
        ("a4p", request(PAPERS[2])),
        ("a4l-en", MapRequest { lang: Lang::En, ..request(PAPERS[3]) }),
        ("a4l-near", MapRequest { extent: Some(near), ..request(PAPERS[3]) }),
    ] {
        for (format, extension) in [(MapFormat::Pdf, "pdf"), (MapFormat::Png, "png"), (MapFormat::Svg, "svg")] {
            let bytes = render_map(&contents, &MapRequest { format, dpi: 110.0, ..request.clone() }, TODAY).unwrap();
            std::fs::write(folder.join(format!("{name}.{extension}")), bytes).unwrap();
        }
    }
}

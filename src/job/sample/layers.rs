//! The sample as layers and texts: what a bureau's and an applicant's files hold, field by field.

use super::SampleCity;
use super::backdrop::Ground;
use super::districts::District;
use super::layout::{Placed, area_m2};
use super::parcels::Parcel;
use super::sites::{Batch, Expected, SampleSite};
use crate::crs::Crs;
use crate::geom::Rings;
use crate::io::TextProfile;
use crate::model::{Date, Field, FieldKind, Value};

/// One shapefile of the sample.
#[derive(Clone, Debug)]
pub struct SampleLayer {
    /// File name without extension.
    pub file: &'static str,
    pub crs: Crs,
    pub has_prj: bool,
    pub profile: TextProfile,
    pub fields: Vec<Field>,
    pub features: Vec<SampleFeature>,
}

/// One feature, in the numbers of its file.
#[derive(Clone, Debug)]
pub struct SampleFeature {
    /// Empty for a record without geometry.
    pub rings: Rings,
    pub values: Vec<Value>,
}

pub const PLANNED: &str = "集聚区布局规划";
pub const NOW: &str = "集聚区现状";
pub const BACKDROP: &str = "底图_示意";
const SITES: &str = "拟选址项目";
const SITES_WITHOUT_PRJ: &str = "拟选址项目_补充_无坐标系";
pub(super) const SITES_TEXT: &str = "拟选址项目_界址点.txt";
const WRONG_ZONE: &str = "拟选址项目_错带";
const SWAPPED: &str = "拟选址项目_轴序颠倒";
const SELF_CROSSING: &str = "拟选址项目_自相交";
const NOTE: &str = "示例数据,仅供演示";

/// Eastings of EPSG:4528 without the zone's prefix are those of EPSG:4549.
const PREFIX_M: f64 = 40e6;

pub(super) fn assemble(
    districts: &[District],
    backdrop: &[Ground],
    placed: &[Placed],
    parcels: &[Parcel],
    sites: &[SampleSite],
    farmland: &[Rings],
) -> SampleCity {
    let zone_40 = |file, fields, features| SampleLayer {
        file,
        crs: Crs::CGCS2000_ZONE_40,
        has_prj: true,
        profile: TextProfile::Gbk,
        fields,
        features,
    };
    let of = |batch: Batch| sites.iter().filter(|s| s.batch == batch).map(site).collect::<Vec<SampleFeature>>();
    let now = placed.iter().filter_map(|p| Some(cluster(p, p.now.as_ref()?))).collect();
    let planned = placed.iter().map(|p| cluster(p, &p.planned)).collect();
    let lon_lat = SampleLayer {
        crs: Crs::CGCS2000_LON_LAT,
        ..zone_40("行政区划_示意", district_fields(), districts.iter().map(district).collect())
    };
    let fields = farmland.iter().enumerate().map(|(n, rings)| farm(n, rings)).collect();
    let shifted = |mut feature: SampleFeature| {
        feature.rings.coords_mut().iter_mut().for_each(|p| p[0] -= 1e6);
        feature
    };
    let turned = |mut feature: SampleFeature| {
        feature.rings.coords_mut().iter_mut().for_each(|p| *p = [p[1], p[0]]);
        feature
    };
    let layers = vec![
        zone_40(PLANNED, cluster_fields(), planned),
        zone_40(NOW, cluster_fields(), now),
        lon_lat,
        SampleLayer {
            crs: Crs::CGCS2000_LON_LAT,
            ..zone_40(BACKDROP, texts(&[("类型", 10), ("名称", 20), ("备注", 60)]), backdrop.iter().map(ground).collect())
        },
        SampleLayer { profile: TextProfile::Utf8, ..zone_40("现状宗地", parcel_fields(), parcels.iter().map(parcel).collect()) },
        SampleLayer { crs: Crs::Epsg(4549), ..zone_40("永久基本农田（虚构）", farm_fields(), fields) },
        zone_40(SITES, site_fields(), of(Batch::Main)),
        SampleLayer { has_prj: false, ..zone_40(SITES_WITHOUT_PRJ, site_fields(), of(Batch::Supplement)) },
        SampleLayer { crs: Crs::Epsg(4527), ..zone_40(WRONG_ZONE, site_fields(), of(Batch::WrongZone).into_iter().map(shifted).collect()) },
        SampleLayer { has_prj: false, ..zone_40(SWAPPED, site_fields(), of(Batch::Swapped).into_iter().map(turned).collect()) },
        zone_40(SELF_CROSSING, site_fields(), of(Batch::SelfCrossing)),
    ];
    let surveyed = sites.iter().filter(|s| s.batch == Batch::Text).map(|s| (s.id.clone(), s.name.clone(), s.rings.clone())).collect();
    let expected = sites.iter().map(|s| Expected {
        site: s.id.clone(),
        file: file_of(s.batch),
        position: s.position,
        letter: s.letter,
        prohibited: s.prohibited,
    });
    SampleCity { layers, surveyed, expected: expected.collect() }
}

fn file_of(batch: Batch) -> &'static str {
    match batch {
        Batch::Main => SITES,
        Batch::Supplement => SITES_WITHOUT_PRJ,
        Batch::Text => SITES_TEXT,
        Batch::WrongZone => WRONG_ZONE,
        Batch::Swapped => SWAPPED,
        Batch::SelfCrossing => SELF_CROSSING,
    }
}

fn field(name: &str, kind: FieldKind, width: u16, decimals: u8) -> Field {
    Field { width, decimals, ..Field::new(name, kind) }
}

fn texts(names: &[(&str, u16)]) -> Vec<Field> {
    names.iter().map(|(name, width)| field(name, FieldKind::Text, *width, 0)).collect()
}

/// A text cell; an empty one is null.
fn word(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::text(text) }
}

/// A number rounded to the decimals of its column.
fn decimal(value: f64, decimals: i32) -> Value {
    let steps = 10f64.powi(decimals);
    Value::Real((value * steps).round() / steps)
}

fn cluster_fields() -> Vec<Field> {
    let mut fields = texts(&[("编号", 10), ("名称", 60), ("区市", 20), ("区市代码", 6), ("类型", 20)]);
    fields.push(field("发展日期", FieldKind::Date, 8, 0));
    fields.push(field("创建日期", FieldKind::Date, 8, 0));
    fields.extend(texts(&[("基地级别", 10), ("主导产业", 30), ("配套产业", 30), ("禁止产业", 30), ("行业版本", 4), ("上级编号", 10)]));
    fields.push(field("面积公顷", FieldKind::Real, 12, 4));
    fields.extend(texts(&[("备注", 40)]));
    fields
}

fn district_name(code: &str) -> &'static str {
    const NAMES: [(&str, &str); 12] = [
        ("370202", "市南区"),
        ("370203", "市北区"),
        ("370205", "四方区"),
        ("370211", "黄岛区"),
        ("370212", "崂山区"),
        ("370213", "李沧区"),
        ("370214", "城阳区"),
        ("370281", "胶州市"),
        ("370282", "即墨市"),
        ("370283", "平度市"),
        ("370284", "胶南市"),
        ("370285", "莱西市"),
    ];
    NAMES.iter().find(|(c, _)| *c == code).map_or("", |(_, name)| name)
}

fn cluster(p: &Placed, rings: &Rings) -> SampleFeature {
    let e = &p.entry;
    let date = |text: &str| Date::parse(text).map_or(Value::Null, Value::Date);
    let values = vec![
        word(&p.id),
        word(e.name),
        word(district_name(e.district)),
        word(e.district),
        word(e.kind),
        date(e.development),
        date(e.creation),
        word(if e.base_level.is_empty() { "无" } else { e.base_level }),
        word(e.leading),
        word(e.supporting),
        word(e.forbidden),
        word("2017"),
        word(p.parent.as_deref().unwrap_or_default()),
        decimal(area_m2(rings) / 1e4, 4),
        word(NOTE),
    ];
    SampleFeature { rings: rings.clone(), values }
}

fn district_fields() -> Vec<Field> {
    texts(&[("XZQDM", 6), ("XZQMC", 20), ("备注", 60)])
}

fn district(d: &District) -> SampleFeature {
    let values = vec![word(d.code), word(d.name), word("示意,界线不作为划界依据")];
    SampleFeature { rings: Rings::simple(&d.outline), values }
}

fn ground(g: &Ground) -> SampleFeature {
    let values = vec![word(g.kind), word(g.name), word("示意,界线不作为划界依据")];
    SampleFeature { rings: Rings::simple(&g.outline), values }
}

fn parcel_fields() -> Vec<Field> {
    let mut fields = texts(&[("编号", 12), ("DLBM", 4), ("体系", 6), ("权利人", 30)]);
    fields.push(field("面积", FieldKind::Real, 12, 2));
    fields
}

fn parcel(p: &Parcel) -> SampleFeature {
    let values = vec![word(&p.id), word(p.land_use), word("三调"), word(&p.holder), decimal(area_m2(&p.rings), 2)];
    SampleFeature { rings: p.rings.clone(), values }
}

fn farm_fields() -> Vec<Field> {
    texts(&[("编号", 12), ("名称", 40)])
}

fn farm(n: usize, rings: &Rings) -> SampleFeature {
    let mut rings = rings.clone();
    rings.coords_mut().iter_mut().for_each(|p| p[0] -= PREFIX_M);
    SampleFeature { rings, values: vec![word(&format!("NT{:04}", n + 1)), word("永久基本农田(虚构)")] }
}

fn site_fields() -> Vec<Field> {
    let mut fields = texts(&[("地块编号", 12), ("项目名称", 60), ("建设单位", 60), ("项目类型", 20), ("行业代码", 6)]);
    fields.push(field("申请日期", FieldKind::Date, 8, 0));
    fields.push(field("用地面积", FieldKind::Real, 14, 2));
    fields
}

fn site(s: &SampleSite) -> SampleFeature {
    let values = vec![
        word(&s.id),
        word(&s.name),
        word(&s.applicant),
        word(s.kind),
        word(s.industry),
        Value::Date(s.applied),
        decimal(s.stated_m2, 2),
    ];
    SampleFeature { rings: s.rings.clone(), values }
}

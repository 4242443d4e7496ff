//! Printing maps: a template, a page and a format become bytes.

use crate::geom::{BBox, ShapeRef, Tolerance, union};
use crate::model::{Cluster, ClusterFields, Contents, Date, FeatureRef, Grade, LayerId, Role, field_named};
use crate::scene::plan_on;
use crate::sheet::{AreaTable, Elements, Page, Paper, SheetRequest, write_pdf, write_png, write_svg, zone_plan};
use crate::text::{Lang, Message, area_km2, count, word};
use std::collections::BTreeMap;

/// Templates that `luodi map --template` knows.
pub const TEMPLATES: &[&str] = &["zone-plan"];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MapFormat {
    #[default]
    Pdf,
    Png,
    Svg,
}

impl MapFormat {
    /// By a file's extension.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_lowercase().as_str() {
            "pdf" => Some(Self::Pdf),
            "png" => Some(Self::Png),
            "svg" => Some(Self::Svg),
            _ => None,
        }
    }
}

/// What a user may say of a map; what is `None` the template chooses.
#[derive(Clone, Debug, PartialEq)]
pub struct MapRequest {
    pub template: String,
    pub page: Paper,
    pub format: MapFormat,
    /// Dots an inch of a PNG.
    pub dpi: f32,
    pub lang: Lang,
    pub title: Option<String>,
    pub subtitle: Option<String>,
    pub scale_denominator: Option<f64>,
    pub extent: Option<BBox>,
    pub plan: Option<LayerId>,
    pub maker: Option<String>,
    pub drawn_by: Option<String>,
    pub reviewed_by: Option<String>,
    pub elements: Elements,
    /// A field of the plan layer: one page for each of its values, around the clusters that bear it.
    pub atlas: Option<String>,
}

impl Default for MapRequest {
    fn default() -> Self {
        Self {
            template: "zone-plan".to_owned(),
            page: Paper::default(),
            format: MapFormat::Pdf,
            dpi: 300.0,
            lang: Lang::Zh,
            title: None,
            subtitle: None,
            scale_denominator: None,
            extent: None,
            plan: None,
            maker: None,
            drawn_by: None,
            reviewed_by: None,
            elements: Elements::default(),
            atlas: None,
        }
    }
}

/// The page as data: for the window's preview and for [`render_map`].
///
/// # Errors
/// An unknown template, or nothing to draw.
pub fn map_page(contents: &Contents, request: &MapRequest, date: Date) -> Result<Page, Message> {
    if !TEMPLATES.contains(&request.template.as_str()) {
        let known = TEMPLATES.join(", ");
        return Err(Message::new("sheet.unknown_template").with("name", request.template.as_str()).with("known", known));
    }
    let plan = request.plan.or_else(|| plan_on(contents, date));
    let tables: Vec<AreaTable> =
        [plan.and_then(|p| areas_by_grade(contents, p, date, request.lang)), areas_by_city(contents, plan, request.lang)]
            .into_iter()
            .flatten()
            .collect();
    zone_plan(&SheetRequest {
        paper: request.page,
        title: request.title.clone(),
        subtitle: request.subtitle.clone(),
        scale_denominator: request.scale_denominator,
        extent: request.extent,
        plan,
        lang: request.lang,
        tables: &tables,
        maker: request.maker.clone(),
        drawn_by: request.drawn_by.clone(),
        reviewed_by: request.reviewed_by.clone(),
        elements: request.elements,
        ..SheetRequest::new(contents, date)
    })
    .map_err(|e| e.message())
}

/// All pages of a request: one, or one for each value of the atlas field, in the order of the plan's features.
///
/// # Errors
/// As [`map_page`], or an atlas field that the plan does not have.
pub fn map_pages(contents: &Contents, request: &MapRequest, date: Date) -> Result<Vec<Page>, Message> {
    let Some(field) = &request.atlas else { return Ok(vec![map_page(contents, request, date)?]) };
    let plan = request.plan.or_else(|| plan_on(contents, date)).and_then(|id| contents.layer(id));
    let layer = plan.ok_or_else(|| Message::new("sheet.nothing_to_draw"))?;
    let column = field_named(&layer.fields, &[field]).ok_or_else(|| {
        let known: Vec<&str> = layer.fields.iter().map(|f| f.name.as_ref()).collect();
        Message::new("sheet.no_atlas_field").with("field", field.as_str()).with("known", known.join(", "))
    })?;
    let mut parts: Vec<(String, BBox)> = Vec::new();
    for feature in layer.features().filter(|f| !f.rings().is_empty()) {
        let value = feature.value(column).to_string().trim().to_owned();
        let bbox = feature.rings().bbox();
        match parts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, all)) => *all = all.join(bbox),
            None if value.is_empty() => {}
            None => parts.push((value, bbox)),
        }
    }
    if parts.is_empty() {
        return Err(Message::new("sheet.nothing_to_draw"));
    }
    let base = request.title.clone().unwrap_or_else(|| word(request.lang, "sheet.zone_plan.title").to_owned());
    let page = |(value, bbox): (String, BBox)| {
        let part = MapRequest {
            title: Some(format!("{base}\u{3000}{value}")),
            extent: Some(bbox.grown(bbox.width().max(bbox.height()) * 0.1)),
            // The tables are about the whole plan.
            elements: Elements { tables: false, ..request.elements },
            ..request.clone()
        };
        map_page(contents, &part, date)
    };
    parts.into_iter().map(page).collect()
}

/// The map as the bytes of a file; the same contents, request and date give the same bytes.
///
/// # Errors
/// As [`map_pages`], a picture that cannot be made, or several pages in a format that holds one.
pub fn render_map(contents: &Contents, request: &MapRequest, date: Date) -> Result<Vec<u8>, Message> {
    let pages = map_pages(contents, request, date)?;
    match (request.format, pages.as_slice()) {
        (MapFormat::Pdf, pages) => write_pdf(pages),
        (MapFormat::Png, [page]) => write_png(page, request.dpi),
        (MapFormat::Svg, [page]) => Ok(write_svg(page).into_bytes()),
        (_, pages) => return Err(Message::new("sheet.atlas_needs_pdf").with("pages", pages.len())),
    }
    .map_err(|e| e.message())
}

/// Clusters of one plan version, those with a sound outline.
fn clusters(contents: &Contents, plan: LayerId) -> Vec<(Cluster, FeatureRef<'_>)> {
    let Some(layer) = contents.layer(plan) else { return Vec::new() };
    let fields = ClusterFields::guess(&layer.fields);
    layer.features().map(|f| (Cluster::read(f, &fields, f.source_record().unwrap_or(0) as usize), f)).collect()
}

/// Land that the clusters cover, counted once, in m².
fn covered_m2<'a>(clusters: impl Iterator<Item = FeatureRef<'a>>) -> f64 {
    let shapes: Vec<ShapeRef<'a>> = clusters.filter_map(|f| f.shape()).collect();
    union(&shapes, Tolerance::default()).map_or(0.0, |s| s.area_m2())
}

fn areas_by_grade(contents: &Contents, plan: LayerId, date: Date, lang: Lang) -> Option<AreaTable> {
    let all = clusters(contents, plan);
    if all.is_empty() {
        return None;
    }
    let say = |key| word(lang, key).to_owned();
    let row = |name: String, of: Vec<FeatureRef<'_>>| vec![name, count(of.len() as u64), area_km2(covered_m2(of.iter().copied()))];
    let rows = [
        (Grade::KeyDevelopment, "legend.key_development"),
        (Grade::KeyCreation, "legend.key_creation"),
        (Grade::General, "legend.general"),
        (Grade::Emerging, "legend.emerging"),
    ]
    .into_iter()
    .map(|(grade, key)| row(say(key), all.iter().filter(|(c, _)| c.grade(date) == grade).map(|(_, f)| *f).collect()))
    .collect();
    Some(AreaTable {
        title: say("sheet.by_grade"),
        head: vec![say("sheet.grade"), say("sheet.count"), say("sheet.area_km2")],
        rows,
        sum: Some(row(say("sheet.sum"), all.iter().map(|(_, f)| *f).collect())),
    })
}

/// The county-level cities (those the plan's targets are about) in the plan shown and the versions before it.
fn areas_by_city(contents: &Contents, plan: Option<LayerId>, lang: Lang) -> Option<AreaTable> {
    let shown_from = plan.and_then(|id| contents.cluster_plans.get(&id)).and_then(|p| p.valid_from);
    let mut versions: Vec<LayerId> = contents.layers_of(Role::Plan).map(|(id, _)| id).collect();
    let from = |id: &LayerId| contents.cluster_plans.get(id).and_then(|p| p.valid_from);
    versions.retain(|id| Some(*id) == plan || from(id).is_some_and(|d| Some(d) < shown_from));
    versions.sort_by_key(|id| (from(id), Some(*id) == plan));
    let per_version: Vec<Vec<(Cluster, FeatureRef<'_>)>> = versions.iter().map(|id| clusters(contents, *id)).collect();
    // By code where given, so that the order is the official one.
    let mut cities: BTreeMap<(String, String), ()> = BTreeMap::new();
    for (cluster, _) in per_version.iter().flatten().filter(|(c, _)| c.district.ends_with('市')) {
        cities.insert((cluster.district_code.clone(), cluster.district.clone()), ());
    }
    if cities.is_empty() {
        return None;
    }
    let km2 = |version: &[(Cluster, FeatureRef<'_>)], wanted: &dyn Fn(&str) -> bool| {
        area_km2(covered_m2(version.iter().filter(|(c, _)| wanted(&c.district)).map(|(_, f)| *f)))
    };
    let rows = cities.keys().map(|(_, city)| {
        let mut row = vec![city.clone()];
        row.extend(per_version.iter().map(|v| km2(v, &|d| d == city)));
        row
    });
    let mut sum = vec![word(lang, "sheet.sum").to_owned()];
    sum.extend(per_version.iter().map(|v| km2(v, &|d| d.ends_with('市'))));
    let mut head = vec![word(lang, "sheet.city").to_owned()];
    head.extend(versions.iter().map(|id| {
        let version = contents.cluster_plans.get(id).map(|p| p.version.clone()).filter(|v| !v.is_empty());
        version.unwrap_or_else(|| contents.layer(*id).map(|l| l.head.name.to_string()).unwrap_or_default())
    }));
    Some(AreaTable { title: word(lang, "sheet.by_city").to_owned(), head, rows: rows.collect(), sum: Some(sum) })
}

//! Printing maps: a template, a page and a format become bytes.

use super::{Input, open_backdrop};
use crate::geom::{BBox, ShapeRef, Tolerance, union};
use crate::io::LaidRaster;
use crate::model::{Backdrop, Cluster, ClusterFields, Contents, Date, FeatureRef, Grade, LayerId, Role, field_named};
use crate::scene::plan_on;
use crate::sheet::{AreaTable, Elements, Page, Paper, SheetRequest, write_pdf, write_png, write_svg, zone_plan};
use crate::text::{Lang, Message, area_km2, count, word};
use crate::tracking::{FIVE_CITIES, Scale, apportioned, scale};

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
    /// Of a file in this format, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }

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
    page_with(contents, request, date, &pictures(contents)?)
}

/// The pictures that the map shows, opened; one that cannot be is said, never left out without a word.
fn pictures(contents: &Contents) -> Result<Vec<(f32, LaidRaster)>, Message> {
    let open = |backdrop: &Backdrop| {
        let mut input = Input::file(backdrop.path.as_ref());
        input.settings.options.crs.clone_from(&backdrop.crs);
        let open = open_backdrop(&input, &contents.crs, BBox::EMPTY);
        open.map(|open| (backdrop.opacity, open.raster)).map_err(|why| {
            let refused = Message::new("sheet.picture_refused").with("name", &*backdrop.name);
            refused.with("why", why.message().clone())
        })
    };
    contents.backdrops.iter().filter(|b| b.visible && b.opacity > 0.0).map(open).collect()
}

fn page_with(contents: &Contents, request: &MapRequest, date: Date, pictures: &[(f32, LaidRaster)]) -> Result<Page, Message> {
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
        pictures,
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
    let pictures = pictures(contents)?;
    let base = request.title.clone().unwrap_or_else(|| word(request.lang, "sheet.zone_plan.title").to_owned());
    let page = |(value, bbox): (String, BBox)| {
        let part = MapRequest {
            title: Some(format!("{base}\u{3000}{value}")),
            extent: Some(bbox.grown(bbox.width().max(bbox.height()) * 0.1)),
            // The tables are about the whole plan.
            elements: Elements { tables: false, ..request.elements },
            ..request.clone()
        };
        page_with(contents, &part, date, &pictures)
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
    // A functional area's land is its parent's; land of two grades counts with the higher one.
    let land_grade = |c: &Cluster| {
        let parent = c.parent.as_ref().and_then(|id| all.iter().find(|(p, _)| p.id == *id));
        parent.map_or_else(|| c.grade(date), |(p, _)| p.grade(date))
    };
    let grades = [
        (Grade::KeyDevelopment, "legend.key_development"),
        (Grade::KeyCreation, "legend.key_creation"),
        (Grade::General, "legend.general"),
        (Grade::Emerging, "legend.emerging"),
    ];
    let mut up_to_m2 = [0.0; 5];
    for n in 1..=grades.len() {
        let counted = |c: &Cluster| grades[..n].iter().any(|(grade, _)| *grade == land_grade(c));
        up_to_m2[n] = covered_m2(all.iter().filter(|(c, _)| counted(c)).map(|(_, f)| *f)).max(up_to_m2[n - 1]);
    }
    let areas: Vec<f64> = up_to_m2.windows(2).map(|w| w[1] - w[0]).collect();
    let total = (up_to_m2[grades.len()] / PRINTED_M2).round() as i64;
    let km2 = |units: i64| area_km2(units as f64 * PRINTED_M2);
    let rows = grades.iter().zip(apportioned(&areas, PRINTED_M2, total));
    let rows = rows
        .map(|((grade, key), units)| vec![say(key), count(all.iter().filter(|(c, _)| c.grade(date) == *grade).count() as u64), km2(units)]);
    Some(AreaTable {
        title: say("sheet.by_grade"),
        head: vec![say("sheet.grade"), say("sheet.count"), say("sheet.area_km2")],
        rows: rows.collect(),
        sum: Some(vec![say("sheet.sum"), count(all.len() as u64), km2(total)]),
    })
}

/// The county-level cities (those the plan's targets are about) in the plan shown and the versions before it.
fn areas_by_city(contents: &Contents, plan: Option<LayerId>, lang: Lang) -> Option<AreaTable> {
    let shown_from = plan.and_then(|id| contents.cluster_plans.get(&id)).and_then(|p| p.valid_from);
    let mut versions: Vec<LayerId> = contents.layers_of(Role::Plan).map(|(id, _)| id).collect();
    let from = |id: &LayerId| contents.cluster_plans.get(id).and_then(|p| p.valid_from);
    versions.retain(|id| Some(*id) == plan || from(id).is_some_and(|d| Some(d) < shown_from));
    versions.sort_by_key(|id| (from(id), Some(*id) == plan));
    let measured: Vec<(LayerId, Scale)> = versions.iter().filter_map(|id| Some((*id, scale(contents, *id).ok()?))).collect();
    if !measured.iter().any(|(_, s)| s.districts.iter().any(|d| d.in_five_cities)) {
        return None;
    }
    let mut rows: Vec<Vec<String>> = FIVE_CITIES.iter().map(|(_, name)| vec![(*name).to_owned()]).collect();
    let mut sum = vec![word(lang, "sheet.sum").to_owned()];
    for (_, version) in &measured {
        let (cities, total) = closing_km2(version);
        for (row, cell) in rows.iter_mut().zip(cities) {
            row.push(cell);
        }
        sum.push(total);
    }
    let mut head = vec![word(lang, "sheet.city").to_owned()];
    head.extend(measured.iter().map(|(id, _)| {
        let version = contents.cluster_plans.get(id).map(|p| p.version.clone()).filter(|v| !v.is_empty());
        version.unwrap_or_else(|| contents.layer(*id).map(|l| l.head.name.to_string()).unwrap_or_default())
    }));
    Some(AreaTable { title: word(lang, "sheet.by_city").to_owned(), head, rows, sum: Some(sum) })
}

/// The printed figure ends at 0.01 km².
const PRINTED_M2: f64 = 1e4;

/// Printed km² of the five cities and their sum. Where the cities' land is apart the last digits are rounded so that the
/// column adds up; where two cities claim the same land the sum counts it once and the column does not close.
fn closing_km2(version: &Scale) -> (Vec<String>, String) {
    let of = |(code, name): &(&str, &str)| {
        let own = version.districts.iter().filter(|d| d.code == *code || (d.code.is_empty() && d.name == *name));
        own.map(|d| d.area.planar_m2).sum::<f64>()
    };
    let cities: Vec<f64> = FIVE_CITIES.iter().map(of).collect();
    let total_m2 = version.five_cities.planar_m2;
    let total = area_km2(total_m2);
    if (cities.iter().sum::<f64>() - total_m2).abs() > PRINTED_M2 / 2.0 {
        return (cities.into_iter().map(area_km2).collect(), total);
    }
    let units = apportioned(&cities, PRINTED_M2, (total_m2 / PRINTED_M2).round() as i64);
    (units.into_iter().map(|u| area_km2(u as f64 * PRINTED_M2)).collect(), total)
}

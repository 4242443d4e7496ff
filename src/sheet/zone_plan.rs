//! The template 布局规划总图: the cluster plan on one page with title, neatline, legend, tables, scale and notes.

use super::frame::neatline;
use super::furniture::{END, INK, INK2, MIDDLE, START, text};
use super::layout::lay_out;
use super::{MapOnPage, Page, Paper, SheetError};
use crate::geom::BBox;
use crate::io::LaidRaster;
use crate::model::{Contents, Date, LayerId, Role};
use crate::scene::{
    CheckedSite, Class, Drawing, Face, Fill, Form, Mark, Obstacles, Outline, Picture, Projection, Rect, Rgb, Scene, TextMeasure, Theme,
    Typefaces, legend, missing_characters, paint_labels, paint_scene_on, place_labels,
};
use crate::task::Progress;
use crate::text::{Lang, Message, word};

/// A small table of figures, ready to print. The first column is words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AreaTable {
    pub title: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub sum: Option<Vec<String>>,
}

/// What stands on the page beside map and title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elements {
    pub legend: bool,
    pub arrow: bool,
    pub scale_bar: bool,
    pub grid: bool,
    pub tables: bool,
    pub crs_note: bool,
    pub signatures: bool,
}

impl Default for Elements {
    fn default() -> Self {
        Self { legend: true, arrow: true, scale_bar: true, grid: true, tables: true, crs_note: true, signatures: true }
    }
}

/// Everything the page is made from; the same request gives the same page.
#[derive(Clone, Debug)]
pub struct SheetRequest<'a> {
    pub contents: &'a Contents,
    pub paper: Paper,
    /// `None`: the template's own.
    pub title: Option<String>,
    /// `None`: the plan's version and the month.
    pub subtitle: Option<String>,
    /// `None`: the smallest round scale that shows everything.
    pub scale_denominator: Option<f64>,
    /// `None`: districts and plan, with 5 % around.
    pub extent: Option<BBox>,
    /// `None`: the version in force on the date.
    pub plan: Option<LayerId>,
    pub date: Date,
    pub lang: Lang,
    pub checked: &'a [CheckedSite<'a>],
    pub tables: &'a [AreaTable],
    pub maker: Option<String>,
    pub drawn_by: Option<String>,
    pub reviewed_by: Option<String>,
    pub elements: Elements,
    /// Pictures on the ground with their opacity, lowest first.
    pub pictures: &'a [(f32, LaidRaster)],
}

impl<'a> SheetRequest<'a> {
    /// The default page of `contents` on `date`.
    pub fn new(contents: &'a Contents, date: Date) -> Self {
        Self {
            contents,
            paper: Paper::default(),
            title: None,
            subtitle: None,
            scale_denominator: None,
            extent: None,
            plan: None,
            date,
            lang: Lang::Zh,
            checked: &[],
            tables: &[],
            maker: None,
            drawn_by: None,
            reviewed_by: None,
            elements: Elements::default(),
            pictures: &[],
        }
    }
}

/// Makes the page.
///
/// # Errors
/// When no layer holds anything to draw.
pub fn zone_plan(request: &SheetRequest<'_>) -> Result<Page, SheetError> {
    let (width_mm, height_mm) = request.paper.size_mm();
    // Sizes follow the paper, A3 = 1; a letter never gets smaller than on A4.
    let k = ((width_mm * height_mm) / (297.0 * 420.0)).sqrt().max(0.75);
    let wanted = request.extent.unwrap_or_else(|| content_extent(request));
    if wanted.is_empty() {
        return Err(SheetError::NothingToDraw);
    }
    let title = request.title.clone().unwrap_or_else(|| word(request.lang, "sheet.zone_plan.title").to_owned());
    let outer = Rect::new(10.0, 8.0 + 21.0 * k, width_mm - 20.0, height_mm - 8.0 - 21.0 * k - 8.0 - 17.5 * k);
    let inner = outer.inset(if request.elements.grid { 7.0 * k } else { 2.0 * k });
    let layout = lay_out(request, wanted, inner, k);

    let mut drawing = Drawing::new();
    drawing.fill(Outline::rect(Rect::new(0.0, 0.0, width_mm, height_mm)), Fill::solid(Rgb(255, 255, 255)));
    let clusters = cluster_boxes(&layout.scene, &layout.projection);
    let obstacles = Obstacles { hard: &layout.obstacles, soft: &clusters };
    let labels = place_labels(&layout.scene.labels, &layout.projection, obstacles, &Typefaces);
    let pictures = pictures(request.pictures, &layout.projection);
    drawing.append(paint_scene_on(&layout.scene, &layout.projection, Theme::Light, pictures));
    drawing.append(paint_labels(&labels, &layout.projection));
    for (piece, at) in layout.furniture {
        drawing.append(piece.at(at));
    }
    drawing.append(neatline(&layout.projection, outer, request.elements.grid, k));
    title_block(&mut drawing, request, &title, layout.plan, width_mm, k);
    foot(&mut drawing, request, outer, k);

    let mut letters: String = drawing.texts().map(|t| t.text.as_str()).collect();
    letters.push_str(&title);
    let map = MapOnPage {
        projection: layout.projection,
        scale_denominator: layout.scale_denominator,
        wanted,
        labels_left_out: layout.scene.labels.len() - labels.len(),
        labels,
        legend: legend(&layout.scene),
        boxes: layout.obstacles,
    };
    Ok(Page { width_mm, height_mm, title, lang: request.lang, drawing, map, missing_characters: missing_characters(&letters) })
}

/// Pixels of a picture on a millimetre of the page: 150 dots an inch, as aerial pictures are printed.
const PICTURE_DOTS: f32 = 150.0 / 25.4;

/// The pictures as they lie in the frame.
fn pictures(rasters: &[(f32, LaidRaster)], projection: &Projection) -> Drawing {
    let mut drawing = Drawing::new();
    let frame = projection.frame;
    let window = projection.bbox();
    for (opacity, raster) in rasters.iter().filter(|(_, raster)| raster.bbox.meets(&window)) {
        let size = [frame.width, frame.height].map(|mm| (mm * PICTURE_DOTS).ceil().max(1.0) as u32);
        // What of it cannot be read was said when it was opened and looked at; its place stays empty.
        let (pixels, _) = raster.render(window, size, &Progress::new());
        let picture = Picture { width: pixels.width, height: pixels.height, rgba: pixels.rgba.into() };
        drawing.marks.push(Mark::Picture { picture, area: frame, opacity: *opacity });
    }
    drawing
}

/// Box of the districts, the plan and the sites; of all areas when there are none of these.
fn content_extent(request: &SheetRequest<'_>) -> BBox {
    let of = |roles: &[Role]| {
        let layers = request.contents.layers_in_order().filter(|(_, l)| l.head.visible && roles.contains(&l.head.role));
        layers.fold(BBox::EMPTY, |all, (_, l)| all.join(l.bbox()))
    };
    let main = of(&[Role::Districts, Role::Plan]);
    if !main.is_empty() {
        return main;
    }
    let sites = of(&[Role::Sites]);
    if !sites.is_empty() {
        return sites;
    }
    request.contents.layers_in_order().fold(BBox::EMPTY, |all, (_, l)| all.join(l.bbox()))
}

/// Where clusters and sites lie on the page.
fn cluster_boxes(scene: &Scene, projection: &Projection) -> Vec<Rect> {
    let content = scene.items.iter().filter(|i| matches!(i.class, Class::Cluster(_) | Class::Site));
    content
        .filter_map(|item| match &item.form {
            Form::Area { rings, .. } => Some(rings.as_ref().as_ref().bbox()),
            _ => None,
        })
        .map(|bbox| {
            let (a, b) = (projection.page_from_plan([bbox.min[0], bbox.max[1]]), projection.page_from_plan([bbox.max[0], bbox.min[1]]));
            Rect::new(a[0], a[1], b[0] - a[0], b[1] - a[1])
        })
        .collect()
}

fn title_block(d: &mut Drawing, request: &SheetRequest<'_>, title: &str, plan: Option<LayerId>, width_mm: f32, k: f32) {
    // A long title is set smaller, never cut.
    let mut size = 10.5 * k;
    let spacing = |size: f32| if request.lang == Lang::Zh { size * 0.06 } else { 0.0 };
    let room = width_mm - 24.0;
    let natural = Typefaces.width(title, Face::Sans, size, spacing(size));
    if natural > room {
        size *= room / natural;
    }
    let width = Typefaces.width(title, Face::Sans, size, spacing(size));
    d.marks.push(Mark::Text(crate::scene::TextRun {
        text: title.to_owned(),
        at: [(width_mm - width) / 2.0, 8.0 + 11.0 * k],
        size,
        color: INK,
        halo: None,
        face: Face::Sans,
        spacing: spacing(size),
        turn_deg: 0.0,
    }));
    let subtitle = request.subtitle.clone().unwrap_or_else(|| default_subtitle(request, plan));
    text(d, &subtitle, Face::Sans, 3.9 * k, INK2, [width_mm / 2.0, 8.0 + 17.6 * k], MIDDLE);
}

fn month(request: &SheetRequest<'_>) -> String {
    let date = request.date;
    let month = match request.lang {
        Lang::Zh => date.month.to_string(),
        Lang::En => format!("{:02}", date.month),
    };
    Message::new("sheet.month").with("year", date.year.to_string()).with("month", month).render(request.lang)
}

fn default_subtitle(request: &SheetRequest<'_>, plan: Option<LayerId>) -> String {
    let version = plan.and_then(|id| {
        let known = request.contents.cluster_plans.get(&id).map(|p| p.version.clone()).filter(|v| !v.is_empty());
        known.or_else(|| request.contents.layer(id).map(|l| l.head.name.to_string()))
    });
    match version {
        Some(version) => format!("{version}\u{3000}{}", month(request)),
        None => month(request),
    }
}

fn foot(d: &mut Drawing, request: &SheetRequest<'_>, outer: Rect, k: f32) {
    let (size, leading) = (2.9 * k, 4.7 * k);
    let lang = request.lang;
    let mut left: Vec<(String, Rgb)> = Vec::new();
    if request.elements.crs_note {
        left.push((crs_note(request), INK2));
    }
    if request.contents.sample {
        left.push((word(lang, "sheet.sample_note").to_owned(), INK));
    }
    left.push((word(lang, "sheet.internal_note").to_owned(), INK2));
    let mut y = outer.bottom() + 5.2 * k;
    for (line, color) in &left {
        text(d, line, Face::Sans, size, *color, [outer.x, y], START);
        y += leading;
    }
    if !request.elements.signatures {
        return;
    }
    let named = |key, name: &Option<String>| {
        name.as_ref().filter(|n| !n.trim().is_empty()).map(|n| Message::new(key).with("name", n.as_str()).render(lang))
    };
    let people: Vec<String> =
        [named("sheet.drawn_by", &request.drawn_by), named("sheet.reviewed_by", &request.reviewed_by)].into_iter().flatten().collect();
    let mut right = vec![named("sheet.maker", &request.maker)];
    right.push((!people.is_empty()).then(|| people.join("\u{3000}")));
    right.push(Some(month(request)));
    let mut y = outer.bottom() + 5.2 * k;
    for line in right.into_iter().flatten() {
        text(d, &line, Face::Sans, size, INK2, [outer.right(), y], END);
        y += leading;
    }
}

/// The reference system in the words of Chinese maps; its name where it is no CGCS2000 Gauss–Krüger plane.
fn crs_note(request: &SheetRequest<'_>) -> String {
    let crs = &request.contents.crs;
    match crs.gauss_kruger() {
        Some(plane) => Message::new("sheet.crs_note").with("meridian", plane.central_meridian_deg.to_string()).render(request.lang),
        None => crs.name(),
    }
}

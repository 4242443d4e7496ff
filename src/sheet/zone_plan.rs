//! The template 布局规划总图: the cluster plan on one page with title, neatline, legend, tables, scale and notes.

use super::frame::neatline;
use super::furniture::{END, INK, INK2, MIDDLE, Piece, START, legend_box, north_arrow, scale_bar, table_box, text};
use super::occupancy::Occupancy;
use super::{MapOnPage, Page, Paper, SheetError};
use crate::geom::BBox;
use crate::model::{Contents, Date, LayerId, Role};
use crate::scene::{
    CheckedSite, Drawing, Face, Fill, MM_PER_PT, Outline, Projection, Rect, Rgb, Scene, TextMeasure, Theme, Typefaces, View, build_scene,
    legend, missing_characters, paint_labels, paint_scene, place_labels, plan_on, round_scale,
};
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
    let labels = place_labels(&layout.scene.labels, &layout.projection, &layout.obstacles, &Typefaces);
    drawing.append(paint_scene(&layout.scene, &layout.projection, Theme::Light));
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

struct Layout {
    plan: Option<LayerId>,
    scene: Scene,
    projection: Projection,
    scale_denominator: f64,
    furniture: Vec<(Piece, [f32; 2])>,
    obstacles: Vec<Rect>,
}

fn projection_at(frame: Rect, center: [f64; 2], scale_denominator: f64) -> Projection {
    let units_per_m = 1000.0 / scale_denominator;
    let half = [f64::from(frame.width) / units_per_m / 2.0, f64::from(frame.height) / units_per_m / 2.0];
    Projection { frame, origin: [center[0] - half[0], center[1] - half[1]], units_per_m, units_per_pt: MM_PER_PT as f32 }
}

/// Chooses the scale, then where the map lies in its frame and in which corners the furniture hides the least.
fn lay_out(request: &SheetRequest<'_>, wanted: BBox, frame: Rect, k: f32) -> Layout {
    let plan = request.plan.or_else(|| plan_on(request.contents, request.date));
    // 5 % of the extent stays free around it, or at least a metre for a single point.
    let size = [wanted.width().max(1.0) * 1.05, wanted.height().max(1.0) * 1.05];
    let needed = (size[0] * 1000.0 / f64::from(frame.width)).max(size[1] * 1000.0 / f64::from(frame.height));
    let scale_denominator = request.scale_denominator.unwrap_or_else(|| round_scale(needed));
    let centred = projection_at(frame, wanted.center(), scale_denominator);
    let view = |projection: &Projection| View {
        bbox: projection.bbox(),
        scale_denominator,
        date: request.date,
        lang: request.lang,
        theme: Theme::Light,
        plan,
    };
    // What the map could move within the frame, in mm; a given extent stays in the middle.
    let room = |axis: usize, length: f32| ((f64::from(length) - size[axis] * centred.units_per_m) / 2.0).max(0.0) as f32;
    let slack = if request.extent.is_some() { [0.0, 0.0] } else { [room(0, frame.width), room(1, frame.height)] };
    let wide = View { bbox: wanted, ..view(&centred) };
    let scene = build_scene(request.contents, &wide, request.checked);
    let occupancy = Occupancy::new(&scene, &centred, slack);
    let pieces = Pieces::new(request, &scene, &centred, scale_denominator, k);
    let (shift, placed) = best_places(&pieces, frame, slack, &occupancy, k);

    let shifted =
        [wanted.center()[0] - f64::from(shift[0]) / centred.units_per_m, wanted.center()[1] + f64::from(shift[1]) / centred.units_per_m];
    let projection = projection_at(frame, shifted, scale_denominator);
    let scene = build_scene(request.contents, &view(&projection), request.checked);
    let obstacles = placed.iter().map(|p| p.area).collect();
    let mut furniture = Vec::new();
    for (piece, place) in pieces.into_iter().zip(placed) {
        furniture.push((piece, [place.area.x, place.area.y]));
    }
    Layout { plan, scene, projection, scale_denominator, furniture, obstacles }
}

/// The pieces in the order: legend, tables, scale bar, arrow.
struct Pieces {
    legend: Option<Piece>,
    tables: Vec<Piece>,
    bar: Option<Piece>,
    arrow: Option<Piece>,
}

impl Pieces {
    fn new(request: &SheetRequest<'_>, scene: &Scene, projection: &Projection, scale_denominator: f64, k: f32) -> Self {
        let e = request.elements;
        let pt = MM_PER_PT as f32 * k;
        let shown = if e.tables { request.tables } else { &[] };
        Self {
            legend: if e.legend { legend_box(&legend(scene), request.lang, k, pt) } else { None },
            tables: shown.iter().map(|t| table_box(t, k)).collect(),
            bar: e.scale_bar.then(|| scale_bar(projection, scale_denominator, request.lang, 62.0 * k, k)),
            arrow: e.arrow.then(|| north_arrow(request.lang, k)),
        }
    }

    fn into_iter(self) -> impl Iterator<Item = Piece> {
        self.legend.into_iter().chain(self.tables).chain(self.bar).chain(self.arrow)
    }
}

#[derive(Clone, Copy)]
struct Place {
    area: Rect,
}

/// Tries every corner and every place of the map in its frame; the first of the best is taken.
fn best_places(pieces: &Pieces, frame: Rect, slack: [f32; 2], occupancy: &Occupancy, k: f32) -> ([f32; 2], Vec<Place>) {
    let mut best: Option<(f64, [f32; 2], Vec<Place>)> = None;
    let shifts = |slack: f32| if slack > 1.0 { vec![0.0, -slack / 2.0, slack / 2.0, -slack, slack] } else { vec![0.0] };
    for (corner_rank, corner) in [(true, true), (false, true), (true, false), (false, false)].into_iter().enumerate() {
        for (stack_rank, stacked) in [false, true].into_iter().enumerate() {
            let Some(places) = arrange(pieces, frame, corner, stacked, k) else { continue };
            for dy in shifts(slack[1]) {
                for dx in shifts(slack[0]) {
                    let shift = [dx, dy];
                    let hidden: f64 = places.iter().map(|p| occupancy.hidden(p.area, shift)).sum();
                    // Equal covers: the usual corner, tables in a row, the map in the middle.
                    let unusual = corner_rank as f64 * 40.0 + stack_rank as f64 * 10.0 + f64::from(dx.abs() + dy.abs()) * 0.5;
                    let cost = hidden + unusual;
                    if best.as_ref().is_none_or(|(least, _, _)| cost < *least) {
                        best = Some((cost, shift, places.clone()));
                    }
                }
            }
        }
    }
    best.map_or(([0.0, 0.0], Vec::new()), |(_, shift, places)| (shift, places))
}

/// Legend in the corner, tables beside it, scale bar beside those, arrow in an upper corner. `None` when it does not fit.
fn arrange(pieces: &Pieces, frame: Rect, (right, bottom): (bool, bool), stacked: bool, k: f32) -> Option<Vec<Place>> {
    let place = |x: f32, y: f32, p: &Piece| {
        // `x`, `y` are distances from the chosen corner of the frame.
        let left = if right { frame.right() - x - p.width } else { frame.x + x };
        let top = if bottom { frame.bottom() - y - p.height } else { frame.y + y };
        Place { area: Rect::new(left, top, p.width, p.height) }
    };
    let mut places = Vec::new();
    let mut x = 0.0;
    if let Some(legend) = &pieces.legend {
        places.push(place(0.0, 0.0, legend));
        x = legend.width;
    }
    let table_start = x;
    let mut tallest = 0.0f32;
    for table in &pieces.tables {
        if stacked {
            places.push(place(table_start, tallest, table));
            tallest += table.height;
            x = x.max(table_start + table.width);
        } else {
            places.push(place(x, 0.0, table));
            tallest = tallest.max(table.height);
            x += table.width;
        }
    }
    let gap = 3.0 * k;
    if let Some(bar) = &pieces.bar {
        // Over the tables when they are wide enough for it, else beside everything.
        let over = bottom && !pieces.tables.is_empty() && x - table_start >= bar.width;
        places.push(if over {
            place(table_start + (x - table_start - bar.width) / 2.0, tallest + gap, bar)
        } else {
            place(x + gap, gap, bar)
        });
    }
    if let Some(arrow) = &pieces.arrow {
        let margin = 6.0 * k;
        let arrow_left = right && !bottom;
        let left = if arrow_left { frame.x + margin } else { frame.right() - margin - arrow.width };
        places.push(Place { area: Rect::new(left, frame.y + margin, arrow.width, arrow.height) });
    }
    let apart = places.iter().enumerate().all(|(i, a)| places[i + 1..].iter().all(|b| !a.area.inset(0.01).meets(&b.area)));
    let within = places.iter().all(|p| frame.inset(-0.01).holds(&p.area));
    (apart && within).then_some(places)
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
    d.marks.push(crate::scene::Mark::Text(crate::scene::TextRun {
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
    Message::new("sheet.month").with("year", date.year.to_string()).with("month", date.month.to_string()).render(request.lang)
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

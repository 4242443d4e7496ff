//! Where the map lies in its frame and where the furniture stands on it: the scale is round, and the least is hidden.

use super::furniture::{Piece, legend_box, north_arrow, scale_bar, table_box};
use super::occupancy::Occupancy;
use super::zone_plan::SheetRequest;
use crate::geom::BBox;
use crate::model::LayerId;
use crate::scene::{MM_PER_PT, Projection, Rect, Scene, Theme, View, build_scene, legend, plan_on, round_scale};

/// A map in its frame with what stands on it.
pub(super) struct Layout {
    pub plan: Option<LayerId>,
    pub scene: Scene,
    pub projection: Projection,
    pub scale_denominator: f64,
    /// Each with the place of its upper left corner.
    pub furniture: Vec<(Piece, [f32; 2])>,
    /// The boxes of the furniture.
    pub obstacles: Vec<Rect>,
}

/// Letters and lines of the map follow the paper as everything else: a wall map is read from afar.
fn projection_at(frame: Rect, center: [f64; 2], scale_denominator: f64, k: f32) -> Projection {
    let units_per_m = 1000.0 / scale_denominator;
    let half = [f64::from(frame.width) / units_per_m / 2.0, f64::from(frame.height) / units_per_m / 2.0];
    Projection { frame, origin: [center[0] - half[0], center[1] - half[1]], units_per_m, units_per_pt: MM_PER_PT as f32 * k }
}

/// Chooses the scale, then where the map lies in its frame and in which corners the furniture hides the least.
pub(super) fn lay_out(request: &SheetRequest<'_>, wanted: BBox, frame: Rect, k: f32) -> Layout {
    let plan = request.plan.or_else(|| plan_on(request.contents, request.date));
    // 5 % of the extent stays free around it, or at least a metre for a single point.
    let size = [wanted.width().max(1.0) * 1.05, wanted.height().max(1.0) * 1.05];
    let needed = (size[0] * 1000.0 / f64::from(frame.width)).max(size[1] * 1000.0 / f64::from(frame.height));
    let scale_denominator = request.scale_denominator.unwrap_or_else(|| round_scale(needed));
    let centred = projection_at(frame, wanted.center(), scale_denominator, k);
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
    let moved = |shift: [f32; 2]| {
        let center = wanted.center();
        let by = shift.map(|mm| f64::from(mm) / centred.units_per_m);
        projection_at(frame, [center[0] - by[0], center[1] + by[1]], scale_denominator, k)
    };
    let scene = build_scene(request.contents, &view(&centred), request.checked);
    let pieces = Pieces::new(request, &scene, &centred, scale_denominator, k);
    let (pieces, placed) = settle(pieces, frame, slack, &Occupancy::new(&scene, &centred, slack), k);
    let projection = moved(placed.shift);
    let final_scene = build_scene(request.contents, &view(&projection), request.checked);
    // Moving the map may bring something else into view: the legend follows, the map stays.
    let (scene, pieces, placed) = if legend(&final_scene) == legend(&scene) {
        (final_scene, pieces, placed)
    } else {
        let pieces = Pieces::new(request, &final_scene, &projection, scale_denominator, k);
        let (pieces, placed) = settle(pieces, frame, [0.0, 0.0], &Occupancy::new(&final_scene, &projection, [0.0, 0.0]), k);
        (final_scene, pieces, placed)
    };
    let furniture = pieces.into_iter(placed.stacked).zip(&placed.areas).map(|(piece, area)| (piece, [area.x, area.y])).collect();
    let obstacles = placed.areas;
    Layout { plan, scene, projection, scale_denominator, furniture, obstacles }
}

/// The pieces in the order: legend, tables, scale bar, arrow.
struct Pieces {
    legend: Option<Piece>,
    /// Side by side; and one over the other, of one width.
    tables: [Vec<Piece>; 2],
    bar: Option<Piece>,
    arrow: Option<Piece>,
}

impl Pieces {
    fn new(request: &SheetRequest<'_>, scene: &Scene, projection: &Projection, scale_denominator: f64, k: f32) -> Self {
        let e = request.elements;
        let pt = MM_PER_PT as f32 * k;
        let shown = if e.tables { request.tables } else { &[] };
        let row: Vec<Piece> = shown.iter().map(|t| table_box(t, 0.0, k)).collect();
        let widest = row.iter().map(|t| t.width).fold(0.0, f32::max);
        let stack = shown.iter().map(|t| table_box(t, widest, k)).collect();
        Self {
            legend: if e.legend { legend_box(&legend(scene), request.lang, k, pt) } else { None },
            tables: [row, stack],
            bar: e.scale_bar.then(|| scale_bar(projection, scale_denominator, request.lang, 62.0 * k, k)),
            arrow: e.arrow.then(|| north_arrow(request.lang, k)),
        }
    }

    fn into_iter(self, stacked: bool) -> impl Iterator<Item = Piece> {
        let [row, stack] = self.tables;
        self.legend.into_iter().chain(if stacked { stack } else { row }).chain(self.bar).chain(self.arrow)
    }
}

/// Where the furniture stands, in the order of the pieces, and how far the map is moved.
#[derive(Clone, Default)]
struct Arrangement {
    shift: [f32; 2],
    stacked: bool,
    areas: Vec<Rect>,
}

/// Arranges what fits: on a crowded small page tables go first, then the bar and the arrow; the legend goes last.
fn settle(mut pieces: Pieces, frame: Rect, slack: [f32; 2], occupancy: &Occupancy, k: f32) -> (Pieces, Arrangement) {
    loop {
        if let Some(found) = best_places(&pieces, frame, slack, occupancy, k) {
            return (pieces, found);
        }
        if !pieces.tables[0].is_empty() {
            pieces.tables = [Vec::new(), Vec::new()];
        } else if pieces.bar.take().is_none() && pieces.arrow.take().is_none() && pieces.legend.take().is_none() {
            return (pieces, Arrangement::default());
        }
    }
}

/// A corner of the frame: right or left, bottom or top.
type Corner = (bool, bool);

/// Tries every corner and every place of the map in its frame; the first of the best is taken.
fn best_places(pieces: &Pieces, frame: Rect, slack: [f32; 2], occupancy: &Occupancy, k: f32) -> Option<Arrangement> {
    let mut best: Option<(f64, Arrangement)> = None;
    let shifts = |slack: f32| if slack > 1.0 { vec![0.0, -slack / 2.0, slack / 2.0, -slack, slack] } else { vec![0.0] };
    let corners: [Corner; 4] = [(true, true), (false, true), (true, false), (false, false)];
    let arrow_corners: [Corner; 4] = [(true, false), (false, false), (false, true), (true, true)];
    for (corner_rank, corner) in corners.into_iter().enumerate() {
        for (arrow_rank, arrow) in arrow_corners.into_iter().enumerate() {
            for stacked in [false, true] {
                let Some(areas) = arrange(pieces, frame, corner, arrow, stacked, k) else { continue };
                for dy in shifts(slack[1]) {
                    for dx in shifts(slack[0]) {
                        let shift = [dx, dy];
                        let hidden: f64 = areas.iter().map(|a| occupancy.hidden(*a, shift)).sum();
                        // Equal covers: the usual corners, tables in a row, the map in the middle.
                        let unusual = (corner_rank + arrow_rank) as f64 * 40.0 + f64::from(u8::from(stacked)) * 10.0;
                        let cost = hidden + unusual + f64::from(dx.abs() + dy.abs()) * 0.5;
                        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                            best = Some((cost, Arrangement { shift, stacked, areas: areas.clone() }));
                        }
                    }
                }
            }
        }
    }
    best.map(|(_, arrangement)| arrangement)
}

/// Legend in its corner, tables beside it, scale bar with those, arrow in its own corner. `None` when it does not fit.
fn arrange(pieces: &Pieces, frame: Rect, corner: Corner, arrow_corner: Corner, stacked: bool, k: f32) -> Option<Vec<Rect>> {
    let mut areas = Vec::new();
    let mut x = 0.0;
    if let Some(legend) = &pieces.legend {
        areas.push(in_corner(frame, corner, [0.0, 0.0], legend));
        x = legend.width;
    }
    let table_start = x;
    let mut tallest = 0.0f32;
    let tables = &pieces.tables[usize::from(stacked)];
    for table in tables {
        if stacked {
            areas.push(in_corner(frame, corner, [table_start, tallest], table));
            tallest += table.height;
            x = table_start + table.width;
        } else {
            areas.push(in_corner(frame, corner, [x, 0.0], table));
            tallest = tallest.max(table.height);
            x += table.width;
        }
    }
    let gap = 3.0 * k;
    if let Some(bar) = &pieces.bar {
        // Over the tables when they are wide enough for it, else beside everything.
        let over = corner.1 && !tables.is_empty() && x - table_start >= bar.width;
        let off = if over { [table_start + (x - table_start - bar.width) / 2.0, tallest + gap] } else { [x + gap, gap] };
        areas.push(in_corner(frame, corner, off, bar));
    }
    if let Some(arrow) = &pieces.arrow {
        areas.push(in_corner(frame, arrow_corner, [6.0 * k, 6.0 * k], arrow));
    }
    let apart = areas.iter().enumerate().all(|(i, a)| areas[i + 1..].iter().all(|b| !a.inset(0.01).meets(b)));
    let within = areas.iter().all(|a| frame.inset(-0.01).holds(a));
    (apart && within).then_some(areas)
}

/// A piece at the distances `off` from a corner of the frame.
fn in_corner(frame: Rect, (right, bottom): Corner, off: [f32; 2], piece: &Piece) -> Rect {
    let x = if right { frame.right() - off[0] - piece.width } else { frame.x + off[0] };
    let y = if bottom { frame.bottom() - off[1] - piece.height } else { frame.y + off[1] };
    Rect::new(x, y, piece.width, piece.height)
}

//! Scene to display list: plan metres to page units, items of one look drawn together, labels with their halo.

use super::hatch::{HatchMarks, hatch_marks};
use super::{
    At, Class, Drawing, Fill, Form, HALO_PT, Item, Line, Outline, Pattern, PlacedLabel, Rect, Rgb, Scene, Stroke, Style, TextRun, Theme,
    verdict_colors,
};
use crate::geom::{BBox, Point, Rings};
use crate::rules::Position;

/// Where the plan lies on the page. North is up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    /// The map frame on the page.
    pub frame: Rect,
    /// Plan position of the frame's lower left corner.
    pub origin: Point,
    /// Page units a metre.
    pub units_per_m: f64,
    /// Page units a point.
    pub units_per_pt: f32,
}

impl Projection {
    pub fn page_from_plan(&self, p: Point) -> At {
        let x = f64::from(self.frame.x) + (p[0] - self.origin[0]) * self.units_per_m;
        let y = f64::from(self.frame.bottom()) - (p[1] - self.origin[1]) * self.units_per_m;
        [x as f32, y as f32]
    }

    /// The land in the frame.
    pub fn bbox(&self) -> BBox {
        let [e, n] = self.origin;
        let (w, h) = (f64::from(self.frame.width) / self.units_per_m, f64::from(self.frame.height) / self.units_per_m);
        BBox { min: [e, n], max: [e + w, n + h] }
    }

    fn pt(&self, pt: f32) -> f32 {
        pt * self.units_per_pt
    }
}

/// Points nearer to each other than this many points of 1/96 inch are one point on the page.
const COARSE_PT: f32 = 0.2;

/// Ground and items of the scene, inside the frame; labels come from [`paint_labels`].
pub fn paint_scene(scene: &Scene, projection: &Projection, theme: Theme) -> Drawing {
    paint_scene_on(scene, projection, theme, Drawing::new())
}

/// The same with `pictures` on the ground, under everything else.
pub fn paint_scene_on(scene: &Scene, projection: &Projection, theme: Theme, pictures: Drawing) -> Drawing {
    let mut drawing = Drawing::new();
    let is_ground = |item: &Item| item.class.is_ground() && matches!(item.form, Form::Area { .. });
    let on_ground = scene.items.iter().rposition(is_ground).map_or(0, |last| last + 1);
    // Without pictures looks are joined over the edge of the ground too.
    let (ground, upper) = scene.items.split_at(if pictures.marks.is_empty() { 0 } else { on_ground });
    drawing.clipped(Outline::rect(projection.frame), false, |d| {
        d.fill(Outline::rect(projection.frame), Fill::solid(scene.ground));
        d.append(paint_items(ground, projection, theme));
        d.append(pictures);
        d.append(paint_items(upper, projection, theme));
    });
    drawing
}

/// Items alone, on whatever lies below.
pub fn paint_items(items: &[Item], projection: &Projection, theme: Theme) -> Drawing {
    let mut drawing = Drawing::new();
    // Equal looks that follow each other become one path: smaller files, and borders over all their fills.
    for group in items.chunk_by(same_look) {
        paint_group(&mut drawing, group, projection, theme);
    }
    drawing
}

fn same_look(a: &Item, b: &Item) -> bool {
    let kind = |form: &Form| match form {
        Form::Area { sound: true, .. } => 0,
        Form::Area { .. } => 1,
        Form::Lines(_) => 2,
        Form::Dot { .. } => 3,
        Form::Verdict { .. } => 4,
    };
    // A site's casing must cover the pieces of its neighbours: no grouping there.
    a.style == b.style && a.class == b.class && a.class != Class::Site && kind(&a.form) == kind(&b.form)
}

fn paint_group(d: &mut Drawing, group: &[Item], projection: &Projection, theme: Theme) {
    let Some(first) = group.first() else { return };
    let mut outline = Outline::new();
    for item in group {
        match &item.form {
            Form::Area { rings, .. } => push_rings(&mut outline, rings, projection, true),
            Form::Lines(rings) => push_rings(&mut outline, rings, projection, false),
            Form::Dot { at, diameter_pt } => outline.push_circle(projection.page_from_plan(*at), projection.pt(*diameter_pt) / 2.0),
            Form::Verdict { at, position } => {
                let size = projection.pt(20.0);
                paint_verdict_icon(d, *position, projection.page_from_plan(*at), size, theme);
            }
        }
    }
    match first.form {
        Form::Area { sound, .. } => paint_area(d, outline, &first.style, !sound, projection.units_per_pt),
        Form::Dot { .. } => {
            let fill = first.style.line.map(|l| Fill::solid(l.color));
            d.push_path(outline, fill, Some(Stroke::solid(Rgb(255, 255, 255), projection.pt(0.8))));
        }
        Form::Lines(_) | Form::Verdict { .. } => {
            for line in [first.style.casing, first.style.line].into_iter().flatten() {
                d.stroke(outline.clone(), stroke(line, projection.units_per_pt));
            }
        }
    }
}

/// One area in its style: wash, hatch, band, casing, line.
fn paint_area(d: &mut Drawing, outline: Outline, style: &Style, even_odd: bool, pt: f32) {
    let Some(bounds) = outline.bounds() else { return };
    if let Some(wash) = style.wash {
        d.fill(outline.clone(), Fill { color: wash.color, opacity: wash.opacity, even_odd });
    }
    if let Some(pattern) = style.pattern {
        d.clipped(outline.clone(), even_odd, |d| paint_pattern(d, pattern, bounds, pt));
    }
    if let Some((wash, width_pt)) = style.band {
        // Half of a line of twice the width lies inside; the clip takes the other half off.
        let width = 2.0 * width_pt * pt;
        let band = Stroke { opacity: wash.opacity, ..Stroke::solid(wash.color, width) };
        d.clipped(outline.clone(), even_odd, |d| d.stroke(outline.clone(), band));
    }
    for line in [style.casing, style.line].into_iter().flatten() {
        d.stroke(outline.clone(), stroke(line, pt));
    }
}

fn paint_pattern(d: &mut Drawing, pattern: Pattern, area: Rect, pt: f32) {
    match hatch_marks(pattern.hatch, area, pt) {
        HatchMarks::Lines { outline, width } => {
            d.stroke(outline, Stroke { opacity: pattern.opacity, ..Stroke::solid(pattern.color, width) });
        }
        HatchMarks::Dots(outline) => d.fill(outline, Fill { color: pattern.color, opacity: pattern.opacity, even_odd: false }),
    }
}

fn stroke(line: Line, pt: f32) -> Stroke {
    let dash = line.dash_pt.iter().map(|d| d * pt).collect();
    Stroke { dash, round: true, ..Stroke::solid(line.color, line.width_pt * pt) }
}

/// The box of a legend or a layer list, painted as the map paints the class: an area, or a line when it has no area.
pub fn paint_swatch(class: Class, style: &Style, area: Rect, pt: f32) -> Drawing {
    let mut d = Drawing::new();
    let middle = area.y + area.height / 2.0;
    match class {
        Class::CityBorder | Class::DistrictBorder => {
            for line in [style.casing, style.line].into_iter().flatten() {
                d.stroke(Outline::polyline(&[[area.x, middle], [area.right(), middle]]), stroke(line, pt));
            }
        }
        _ => {
            // A band as wide as on the map would fill the swatch.
            let narrow = |(wash, width_pt): (super::Wash, f32)| (wash, width_pt.min(area.height / pt / 5.0));
            let style = Style { band: style.band.map(narrow), ..*style };
            paint_area(&mut d, Outline::rect(area), &style, false, pt);
        }
    }
    d
}

/// The mark of a verdict, white behind it: disc with a tick, half disc, square with a cross, broken ring with a question mark.
pub fn paint_verdict_icon(d: &mut Drawing, position: Position, [x, y]: At, size: f32, theme: Theme) {
    let color = verdict_colors(position, theme).text;
    let (white, r) = (Rgb(255, 255, 255), size * 0.4);
    let at = |dx: f32, dy: f32| [x + dx * r, y + dy * r];
    d.fill(Outline::circle([x, y], size * 0.52), Fill::solid(white));
    let pen = |color, width: f32| Stroke { round: true, ..Stroke::solid(color, width * r) };
    match position {
        Position::Inside => {
            d.fill(Outline::circle([x, y], r), Fill::solid(color));
            d.stroke(Outline::polyline(&[at(-0.45, 0.02), at(-0.12, 0.35), at(0.45, -0.3)]), pen(white, 0.22));
        }
        Position::Partial => {
            let ring = Outline::circle([x, y], r * 0.88);
            let half = Outline::rect(Rect::new(x - r, y - r, r, 2.0 * r));
            d.clipped(half, false, |d| d.fill(ring.clone(), Fill::solid(color)));
            d.stroke(ring, pen(color, 0.22));
        }
        Position::Outside => {
            let side = 0.88 * r;
            d.fill(Outline::rect(Rect::new(x - side, y - side, 2.0 * side, 2.0 * side)), Fill::solid(color));
            for (a, b) in [((-0.38, -0.38), (0.38, 0.38)), ((0.38, -0.38), (-0.38, 0.38))] {
                d.stroke(Outline::polyline(&[at(a.0, a.1), at(b.0, b.1)]), pen(white, 0.22));
            }
        }
        Position::NotChecked => {
            let part = std::f32::consts::TAU * r * 0.88 / 16.0;
            let ring = Stroke { dash: vec![part, part], ..Stroke::solid(color, 0.22 * r) };
            d.stroke(Outline::circle([x, y], r * 0.88), ring);
            let size = r * 1.3;
            let run = TextRun {
                text: "?".into(),
                at: [x - size * 0.24, y + size * 0.36],
                size,
                color,
                halo: None,
                face: super::Face::Sans,
                spacing: 0.0,
                turn_deg: 0.0,
            };
            d.marks.push(super::Mark::Text(run));
        }
    }
}

/// The placed labels, lowest priority first.
pub fn paint_labels(labels: &[PlacedLabel], projection: &Projection) -> Drawing {
    let mut d = Drawing::new();
    for label in labels.iter().rev() {
        for line in &label.lines {
            d.marks.push(super::Mark::Text(TextRun {
                text: line.text.clone(),
                at: line.at,
                size: line.size,
                color: line.color,
                halo: label.halo.map(|color| (color, projection.pt(HALO_PT))),
                face: super::Face::Sans,
                spacing: label.spacing,
                turn_deg: 0.0,
            }));
        }
    }
    d
}

/// Adds rings, cut to the frame and its surroundings (viewers and rasterisers choke on coordinates far off the page)
/// and without the points that nobody can tell apart.
fn push_rings(outline: &mut Outline, rings: &Rings, projection: &Projection, close: bool) {
    let keep = projection.frame.inset(-projection.pt(24.0));
    let coarse = projection.pt(COARSE_PT);
    for ring in rings.as_ref().rings() {
        let mut points: Vec<At> = Vec::with_capacity(ring.len());
        for (i, &p) in ring.iter().enumerate() {
            let at = projection.page_from_plan(p);
            let far = points.last().is_none_or(|last| (last[0] - at[0]).abs() + (last[1] - at[1]).abs() >= coarse);
            if far || (!close && i + 1 == ring.len()) {
                points.push(at);
            }
        }
        if close {
            if points.iter().any(|p| !inside(keep, *p)) {
                points = cut_ring(points, keep);
            }
            if points.len() >= 3 {
                outline.push_polyline(&points, true);
            }
        } else {
            for piece in cut_line(&points, keep) {
                outline.push_polyline(&piece, false);
            }
        }
    }
}

fn inside(r: Rect, [x, y]: At) -> bool {
    r.x <= x && x <= r.right() && r.y <= y && y <= r.bottom()
}

/// Sutherland–Hodgman: the ring cut to the box; edges along the box lie outside the frame and are never seen.
pub(super) fn cut_ring(mut points: Vec<At>, r: Rect) -> Vec<At> {
    for (axis, limit, sign) in [(0, r.x, 1.0), (0, r.right(), -1.0), (1, r.y, 1.0), (1, r.bottom(), -1.0f32)] {
        let depth = |p: At| (p[axis] - limit) * sign;
        let mut cut = Vec::with_capacity(points.len());
        for (i, &b) in points.iter().enumerate() {
            let a = points[if i == 0 { points.len() - 1 } else { i - 1 }];
            let (da, db) = (depth(a), depth(b));
            if (da < 0.0) != (db < 0.0) {
                let t = da / (da - db);
                cut.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
            }
            if db >= 0.0 {
                cut.push(b);
            }
        }
        points = cut;
    }
    points
}

/// The pieces of a line whose segments may show in the box.
fn cut_line(points: &[At], r: Rect) -> Vec<Vec<At>> {
    let mut pieces: Vec<Vec<At>> = Vec::new();
    let mut current: Vec<At> = Vec::new();
    for pair in points.windows(2) {
        match cut_segment(pair[0], pair[1], r) {
            Some((a, b)) => {
                if current.last() != Some(&a) {
                    pieces.push(std::mem::replace(&mut current, vec![a]));
                }
                current.push(b);
            }
            None => pieces.push(std::mem::take(&mut current)),
        }
    }
    pieces.push(current);
    pieces.retain(|p| p.len() >= 2);
    pieces
}

/// Liang–Barsky.
fn cut_segment(a: At, b: At, r: Rect) -> Option<(At, At)> {
    let (mut from, mut to) = (0.0f32, 1.0f32);
    let d = [b[0] - a[0], b[1] - a[1]];
    for (axis, low, high) in [(0, r.x, r.right()), (1, r.y, r.bottom())] {
        if d[axis] == 0.0 {
            if a[axis] < low || a[axis] > high {
                return None;
            }
            continue;
        }
        let (t0, t1) = ((low - a[axis]) / d[axis], (high - a[axis]) / d[axis]);
        from = from.max(t0.min(t1));
        to = to.min(t0.max(t1));
    }
    let at = |t: f32| [a[0] + d[0] * t, a[1] + d[1] * t];
    // An uncut end stays the very same point, so that neighbouring segments stay joined.
    (from <= to).then(|| (if from == 0.0 { a } else { at(from) }, if to == 1.0 { b } else { at(to) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Rect = Rect::new(0.0, 0.0, 10.0, 10.0);

    #[test]
    fn a_ring_around_the_box_becomes_the_box() {
        let ring = vec![[-100.0, -100.0], [100.0, -100.0], [100.0, 100.0], [-100.0, 100.0]];
        let cut = cut_ring(ring, BOX);
        assert_eq!(cut.len(), 4);
        assert!(cut.iter().all(|p| inside(BOX, *p)));
        assert!(cut_ring(vec![[20.0, 20.0], [30.0, 20.0], [30.0, 30.0]], BOX).is_empty());
    }

    #[test]
    fn a_line_that_leaves_and_returns_is_two_pieces() {
        let line = [[1.0, 1.0], [5.0, 1.0], [5.0, 20.0], [8.0, 20.0], [8.0, 5.0]];
        let pieces = cut_line(&line, BOX);
        assert_eq!(pieces, [vec![[1.0, 1.0], [5.0, 1.0], [5.0, 10.0]], vec![[8.0, 10.0], [8.0, 5.0]]]);
    }
}

//! Where the clusters lie: room is looked for around each one's place, then the sums are made exact.

use super::districts::{COUNTY_LEVEL, District};
use super::random::{Frame, Random};
use super::register::{Entry, FUNCTIONAL_AREA};
use crate::crs::{Crs, CrsError, Transform};
use crate::geom::{BBox, Located, Point, PreparedShape, Rings, Shape};

/// What the five county-level cities come to, in km².
pub(super) const PLANNED_KM2: f64 = 700.0;
pub(super) const NOW_KM2: f64 = 224.0;

/// Corners lie on a grid of this width, in m.
const GRID_M: f64 = 10.0;

/// Room left around a cluster, in m.
const MARGIN_M: f64 = 200.0;

/// A cluster of the sample with its land in EPSG:4528.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub id: String,
    pub entry: Entry,
    pub planned: Rings,
    /// `None` for a cluster that is only planned.
    pub now: Option<Rings>,
    /// The way its streets run.
    pub frame: Frame,
    /// Only of a functional area.
    pub parent: Option<String>,
}

/// Why the sample cannot be laid out; none of it depends on what a user brings.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LayoutError {
    #[error("no room for cluster {0}")]
    NoRoom(u32),
    #[error("the sum of areas cannot be made {0} km²")]
    Sum(f64),
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// What a cluster's outline is made of: rings in shares of a rectangle, outer first, per part.
struct Template {
    parts: Vec<Vec<Vec<Point>>>,
    /// The outline as it stands is drawn towards this point.
    anchor: Point,
    /// How many parts, and whether the holes, are there as it stands.
    parts_now: usize,
}

pub(super) fn district_shapes(districts: &[District]) -> Result<Vec<(&'static str, PreparedShape)>, LayoutError> {
    let way = Transform::new(&Crs::CGCS2000_LON_LAT, &Crs::CGCS2000_ZONE_40)?;
    let mut shapes = Vec::new();
    for district in districts {
        let mut ring = district.outline.clone();
        way.apply(&mut ring)?;
        if let Some((shape, _)) = Shape::mend(Rings::simple(&ring).as_ref()) {
            shapes.push((district.code, PreparedShape::new(shape)));
        }
    }
    Ok(shapes)
}

/// Every cluster in the order of the register, the functional area last.
pub(super) fn lay_out(entries: &[Entry], districts: &[District]) -> Result<Vec<Placed>, LayoutError> {
    let land = district_shapes(districts)?;
    let way = Transform::new(&Crs::CGCS2000_LON_LAT, &Crs::CGCS2000_ZONE_40)?;
    let mut by_size: Vec<usize> = (0..entries.len()).filter(|&i| entries[i].number != NEIGHBOURS[1]).collect();
    by_size.sort_by(|&a, &b| wanted_km2(entries, b).total_cmp(&wanted_km2(entries, a)).then(a.cmp(&b)));
    let mut taken: Vec<PreparedShape> = Vec::new();
    let mut placed: Vec<Placed> = Vec::new();
    for i in by_size {
        let entry = &entries[i];
        let Some((_, district)) = land.iter().find(|(code, _)| *code == entry.district) else {
            return Err(LayoutError::NoRoom(entry.number));
        };
        let mut place = [entry.place];
        way.apply(&mut place)?;
        let (new, guard) = find_room(entries, entry, place[0], district, &taken).ok_or(LayoutError::NoRoom(entry.number))?;
        placed.extend(new);
        taken.push(guard);
    }
    placed.sort_by_key(|p| p.entry.number);
    make_sum(&mut placed, PLANNED_KM2, |p| Some(&mut p.planned))?;
    make_sum(&mut placed, NOW_KM2, |p| p.now.as_mut())?;
    let parent = placed.iter().find(|p| p.entry.number == FUNCTIONAL_AREA.0).cloned();
    placed.extend(parent.and_then(|parent| functional_area(&parent)));
    Ok(placed)
}

/// Two clusters that share an edge: they are laid out as one and cut.
const NEIGHBOURS: [u32; 2] = [7, 8];

fn wanted_km2(entries: &[Entry], i: usize) -> f64 {
    let size = |number: u32| entries.iter().find(|e| e.number == number).map_or(0.0, |e| e.planned_km2);
    if entries[i].number == NEIGHBOURS[0] { size(NEIGHBOURS[0]) + size(NEIGHBOURS[1]) } else { entries[i].planned_km2 }
}

fn find_room(
    entries: &[Entry],
    entry: &Entry,
    place: Point,
    district: &PreparedShape,
    taken: &[PreparedShape],
) -> Option<(Vec<Placed>, PreparedShape)> {
    let mut random = Random::new(u64::from(entry.number));
    for attempt in 0..60_000u32 {
        let reach = 120.0 * f64::from(attempt).sqrt();
        let [dx, dy] = random.in_disc();
        let aspect = random.between(1.0, 1.8);
        let half_tangent = random.between(0.0, 0.26);
        let centre = [place[0] + dx * reach, place[1] + dy * reach];
        let new = if entry.number == NEIGHBOURS[0] {
            pair(entries, &mut random, centre, aspect)?
        } else {
            vec![one(entry, &template(entry.number, &mut random), centre, aspect, half_tangent)]
        };
        let corners: Vec<Point> = new.iter().flat_map(|p| p.planned.as_ref().coords().to_vec()).collect();
        let Some(guard) = around(&new, &corners) else { continue };
        let whole = new.iter().all(|p| [Some(&p.planned), p.now.as_ref()].into_iter().flatten().all(|r| Shape::check(r.as_ref()).is_ok()));
        let free = taken.iter().all(|t| !t.bbox().meets(&guard.bbox()) || t.locate(guard.shape()) == Located::Outside);
        if whole && free && district.locate(guard.shape()) == Located::Inside {
            return Some((new, guard));
        }
    }
    None
}

/// The convex hull of the new clusters' corners, widened by the margin: what nothing else may meet.
fn around(new: &[Placed], corners: &[Point]) -> Option<PreparedShape> {
    let frame = new.first()?.frame;
    let [u, v] = [frame.at([1.0, 0.0]), frame.at([0.0, 1.0])].map(|p| {
        let o = frame.at([0.0, 0.0]);
        [p[0] - o[0], p[1] - o[1]]
    });
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for p in corners {
        let at = [p[0] * u[0] + p[1] * u[1], p[0] * v[0] + p[1] * v[1]];
        for axis in 0..2 {
            low[axis] = low[axis].min(at[axis]);
            high[axis] = high[axis].max(at[axis]);
        }
    }
    let size = [high[0] - low[0] + 2.0 * MARGIN_M, high[1] - low[1] + 2.0 * MARGIN_M];
    let ring = frame.moved([0.0; 2]).rectangle([low[0] - MARGIN_M, low[1] - MARGIN_M], size);
    Shape::check(Rings::simple(&ring).as_ref()).ok().map(PreparedShape::new)
}

fn one(entry: &Entry, template: &Template, centre: Point, aspect: f64, half_tangent: f64) -> Placed {
    let filled: f64 = template.parts.iter().flatten().map(|ring| shoelace(ring)).sum();
    let depth = (entry.planned_km2 * 1e6 / filled / aspect).sqrt();
    let size = [depth * aspect, depth];
    let frame = Frame::new(centre, half_tangent);
    let planned = draw(template, template.parts.len(), frame, size, 1.0);
    let now_filled: f64 = template.parts[..template.parts_now].iter().flatten().map(|ring| shoelace(ring)).sum();
    let scale = (entry.now_km2 / (entry.planned_km2 * now_filled / filled)).sqrt();
    let now = (entry.now_km2 > 0.0).then(|| draw(template, template.parts_now, frame, size, scale));
    Placed { id: id_of(entry), entry: *entry, planned, now, frame, parent: None }
}

fn id_of(entry: &Entry) -> String {
    format!("JJ{:02}", entry.number)
}

fn pair(entries: &[Entry], random: &mut Random, centre: Point, aspect: f64) -> Option<Vec<Placed>> {
    let [first, second] = NEIGHBOURS.map(|number| entries.iter().find(|e| e.number == number));
    let (first, second) = (first?, second?);
    let total_km2 = first.planned_km2 + second.planned_km2;
    let cut = first.planned_km2 / total_km2;
    let scale = ((first.now_km2 + second.now_km2) / total_km2).sqrt();
    let depth = (total_km2 * 1e6 / aspect).sqrt();
    let size = [depth * aspect, depth];
    // Not turned: the shared edge stays one line on the grid, as planned and as it stands.
    let frame = Frame::new(centre, 0.0);
    let [low, high] = [random.between(-0.03, 0.03), random.between(-0.03, 0.03)];
    let rings = [
        vec![[0.0, 0.0], [cut * 0.5, low], [cut, 0.0], [cut, 1.0], [cut * 0.4, 1.0 + high], [0.0, 1.0]],
        vec![[cut, 0.0], [cut + 0.3, -low], [1.0, 0.0], [1.0, 1.0], [cut + 0.2, 1.0 - high], [cut, 1.0]],
    ];
    let placed = |(entry, ring): (&Entry, Vec<Point>)| {
        let template = Template { parts: vec![vec![ring]], anchor: [cut, 0.5], parts_now: 1 };
        let planned = draw(&template, 1, frame, size, 1.0);
        // Both are drawn in alike, so that they share their edge as they stand too.
        let now = draw(&template, 1, frame, size, scale);
        Placed { id: id_of(entry), entry: *entry, planned, now: Some(now), frame, parent: None }
    };
    let [a, b] = rings;
    Some([(first, a), (second, b)].into_iter().map(placed).collect())
}

/// Puts a template on the plane: shares of `size` around the frame's origin, drawn towards the anchor by `scale`.
fn draw(template: &Template, parts: usize, frame: Frame, size: [f64; 2], scale: f64) -> Rings {
    let mut rings = Rings::new();
    for part in template.parts.iter().take(parts) {
        for (number, ring) in part.iter().enumerate() {
            // A hole is village land that stays what it is.
            let scale = if number == 0 { scale } else { 1.0 };
            let at = |p: &Point| {
                let share = [0, 1].map(|k| (template.anchor[k] + (p[k] - template.anchor[k]) * scale - 0.5) * size[k]);
                frame.at(share).map(|v| (v / GRID_M).round() * GRID_M)
            };
            rings.push_ring(&ring.iter().map(at).collect::<Vec<Point>>());
        }
        rings.end_part();
    }
    rings
}

/// Most clusters are crooked rectangles of 6 to 12 corners; one is L-shaped, one has a hole, one lies in two parts.
fn template(number: u32, random: &mut Random) -> Template {
    let corners = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
    let simple = |ring: Vec<Point>, anchor: Point| Template { parts: vec![vec![ring]], anchor, parts_now: 1 };
    match number {
        42 => simple(vec![[0.0, 0.0], [0.5, -0.02], [1.0, 0.0], [1.0, 0.5], [0.45, 0.5], [0.45, 1.0], [0.0, 1.0]], [0.22, 0.25]),
        33 => {
            let hole = vec![[0.46, 0.44], [0.46, 0.56], [0.56, 0.56], [0.56, 0.44]];
            let outer = vec![[0.0, 0.0], [0.4, -0.03], [1.0, 0.0], [1.02, 0.5], [1.0, 1.0], [0.0, 1.0]];
            Template { parts: vec![vec![outer, hole]], anchor: [0.51, 0.5], parts_now: 1 }
        }
        53 => {
            let first = vec![[0.0, 0.0], [0.3, -0.02], [0.6, 0.0], [0.6, 1.0], [0.25, 1.03], [0.0, 1.0]];
            let second = vec![[0.66, 0.1], [0.8, 0.08], [1.0, 0.1], [1.0, 0.9], [0.83, 0.93], [0.66, 0.9]];
            Template { parts: vec![vec![first], vec![second]], anchor: [0.3, 0.5], parts_now: 1 }
        }
        _ => {
            let more = 1 + random.below(2);
            let mut ring = Vec::new();
            for side in 0..4 {
                let (a, b): (Point, Point) = (corners[side], corners[(side + 1) % 4]);
                ring.push([a[0] + random.between(-0.04, 0.04), a[1] + random.between(-0.04, 0.04)]);
                let between = if side % 2 == 0 { more } else { more - random.below(2).min(more - 1) };
                for k in 1..=between {
                    let along = k as f64 / (between + 1) as f64;
                    let aside = random.between(-0.04, 0.04);
                    let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
                    ring.push([a[0] + dx * along - dy * aside, a[1] + dy * along + dx * aside]);
                }
            }
            simple(ring, [random.between(0.3, 0.7), random.between(0.3, 0.7)])
        }
    }
}

/// Signed area of a ring, positive counter-clockwise.
pub(super) fn shoelace(ring: &[Point]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    let at = |i: usize| [ring[i % ring.len()][0] - origin[0], ring[i % ring.len()][1] - origin[1]];
    (0..ring.len()).map(|i| at(i)[0] * at(i + 1)[1] - at(i + 1)[0] * at(i)[1]).sum::<f64>() / 2.0
}

/// Area of rings whose outer ones run counter-clockwise and holes clockwise, as all here do.
pub(super) fn area_m2(rings: &Rings) -> f64 {
    rings.as_ref().rings().map(shoelace).sum()
}

/// Moves one corner of the largest cluster of the five cities on the grid, so that theirs sum up to `km2`.
fn make_sum(placed: &mut [Placed], km2: f64, rings_of: impl Fn(&mut Placed) -> Option<&mut Rings>) -> Result<(), LayoutError> {
    const STEPS: i32 = 14;
    let mut sum_m2 = 0.0;
    let mut largest: Option<(f64, usize)> = None;
    for (i, p) in placed.iter_mut().enumerate() {
        let counted = COUNTY_LEVEL.contains(&p.entry.district);
        let plain = ![33, 42, 53, 7, 8].contains(&p.entry.number);
        let Some(rings) = rings_of(p).filter(|_| counted) else { continue };
        let area = area_m2(rings);
        sum_m2 += area;
        if plain && largest.is_none_or(|(most, _)| area > most) {
            largest = Some((area, i));
        }
    }
    let missing_m2 = km2 * 1e6 - sum_m2;
    let rings = largest.and_then(|(_, i)| rings_of(&mut placed[i])).ok_or(LayoutError::Sum(km2))?;
    let corners = rings.coords_mut();
    let count = corners.len();
    // Best move: nearest to what is missing, then the shortest.
    let mut best: Option<(f64, i32, usize, Point)> = None;
    for i in 0..count {
        let (before, after) = (corners[(i + count - 1) % count], corners[(i + 1) % count]);
        let chord = [after[0] - before[0], after[1] - before[1]];
        for dx in -STEPS..=STEPS {
            for dy in -STEPS..=STEPS {
                let step = [f64::from(dx) * GRID_M, f64::from(dy) * GRID_M];
                let gain = (step[0] * chord[1] - step[1] * chord[0]) / 2.0;
                let found = ((gain - missing_m2).abs(), dx * dx + dy * dy, i, step);
                if best.is_none_or(|b| (found.0, found.1) < (b.0, b.1)) {
                    best = Some(found);
                }
            }
        }
    }
    let Some((left_m2, _, i, step)) = best else { return Err(LayoutError::Sum(km2)) };
    corners[i] = [corners[i][0] + step[0], corners[i][1] + step[1]];
    if left_m2 <= 2500.0 { Ok(()) } else { Err(LayoutError::Sum(km2)) }
}

/// The functional area in the middle of its cluster.
fn functional_area(parent: &Placed) -> Option<Placed> {
    let (_, id, name, km2) = FUNCTIONAL_AREA;
    let bbox: BBox = parent.planned.as_ref().bbox();
    let centre = [0, 1].map(|k| ((bbox.min[k] + bbox.max[k]) / 2.0 / GRID_M).round() * GRID_M);
    let entry = Entry {
        name,
        kind: "工业功能区",
        development: "",
        creation: "",
        base_level: "",
        leading: "36",
        supporting: "33",
        // Forbidden here although leading in the cluster around it: the innermost decides.
        forbidden: "25,26,31,38",
        planned_km2: km2,
        now_km2: 0.0,
        ..parent.entry
    };
    let ring = vec![[0.0, 0.0], [0.5, -0.03], [1.0, 0.0], [1.0, 1.0], [0.6, 1.03], [0.0, 1.0]];
    let template = Template { parts: vec![vec![ring]], anchor: [0.5, 0.5], parts_now: 1 };
    let Placed { planned, .. } = one(&entry, &template, centre, 1.3, 0.08);
    Some(Placed { id: id.into(), entry, planned, now: None, frame: parent.frame.moved(centre), parent: Some(parent.id.clone()) })
}

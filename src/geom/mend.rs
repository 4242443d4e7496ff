//! Checking and mending, part by part: what a file held becomes a `Shape`, and every change is listed.
//!
//! How rings are read. Winding decides nothing. Within a part the depth decides: a ring in none or two others is an outer
//! ring, a ring in one is a hole, so a part may come out as several. Only a ring in none or two that is wound as a hole,
//! in a part whose outer ring is wound counter-clockwise, is named: somebody may have meant land to be cut out that is not
//! there. It stays land, for a hole in nothing cuts nothing, with a repair as large as the ring. A ring that crosses itself covers what it goes
//! around an odd number of times, as it is drawn by every GIS: a bow-tie both its triangles, and a hole drawn in one line
//! with its outer ring stays a hole. Where rings of a part cross, the smaller one is a hole if more than half of it lies
//! on the land of the larger ones, else land. Parts that lie on one another cover their land once.

use super::engine::{Engine, Fill, Grid, Keep};
use super::overlay::{Tolerance, overlap_area_m2, thin, union};
use super::shape::signed_area_m2;
use super::survey::{Fault, FaultKind, Survey, crossings, wound};
use super::{BBox, Defect, Point, Repair, Rings, RingsRef, Shape, ShapeRef, is_place};
use std::ops::Range;

impl Shape {
    /// The rings as a shape when they are sound already. Winding and exactly repeated points are set right silently.
    pub fn check(rings: RingsRef<'_>) -> Result<Shape, Vec<Defect>> {
        let clean = Clean::new(rings);
        let lost = clean.repairs.iter().any(|r| !matches!(r.defect, Defect::RepeatedPoint { .. }));
        let survey = Survey::new(clean.rings.as_ref(), &clean.part_of);
        if !lost && survey.faults.is_empty() {
            return survey.shape().ok_or_else(|| vec![Defect::NoArea]);
        }
        let (shape, repairs) = clean.mended(&survey);
        let mut defects: Vec<Defect> =
            repairs.into_iter().map(|r| r.defect).filter(|d| !matches!(d, Defect::RepeatedPoint { .. })).collect();
        if shape.is_none() {
            defects.push(Defect::NoArea);
        }
        Err(defects)
    }

    /// The rings as a shape, mended part by part; `None` when no area is left. Sound rings come back with no repair.
    pub fn mend(rings: RingsRef<'_>) -> Option<(Shape, Vec<Repair>)> {
        let clean = Clean::new(rings);
        let survey = Survey::new(clean.rings.as_ref(), &clean.part_of);
        let (shape, repairs) = clean.mended(&survey);
        shape.map(|shape| (shape, repairs))
    }
}

/// Rings without points that cannot be computed with, and what was left out.
struct Clean {
    rings: Rings,
    /// The part of the source that each ring belongs to.
    part_of: Vec<usize>,
    repairs: Vec<Repair>,
}

impl Clean {
    fn new(source: RingsRef<'_>) -> Self {
        let mut clean = Self { rings: Rings::new(), part_of: Vec::new(), repairs: Vec::new() };
        let mut first = 0;
        let mut part = 0;
        for (number, ring) in source.rings().enumerate() {
            while part < source.part_count() && number >= source.part(part).end {
                part += 1;
            }
            clean.add(ring, first, part);
            first += ring.len();
        }
        clean.rings.end_part();
        clean
    }

    fn add(&mut self, ring: &[Point], first: usize, part: usize) {
        let mut note = |defect, area_m2| self.repairs.push(Repair { defect, area_before_m2: area_m2, area_after_m2: area_m2 });
        if let Some(i) = ring.iter().position(|p| !is_place(*p)) {
            return note(Defect::NotFinite { at: first + i }, 0.0);
        }
        let mut points: Vec<Point> = Vec::with_capacity(ring.len());
        let mut repeated = Vec::new();
        for &p in ring {
            if points.last() == Some(&p) { repeated.push(p) } else { points.push(p) }
        }
        while points.len() > 1 && points.first() == points.last() {
            repeated.extend(points.pop());
        }
        let area_m2 = area_around_m2(&points);
        repeated.into_iter().for_each(|at| note(Defect::RepeatedPoint { at }, area_m2));
        match points[..] {
            [] => {}
            [at] | [_, at] => note(Defect::Spike { at }, 0.0),
            _ => {
                self.rings.push_ring(&points);
                self.part_of.push(part);
            }
        }
    }

    fn mended(&self, survey: &Survey<'_>) -> (Option<Shape>, Vec<Repair>) {
        let mut repairs = self.repairs.clone();
        if survey.faults.is_empty() {
            return (survey.shape(), repairs);
        }
        let mut patience = Patience::with(survey);
        let mut ranges: Vec<Range<usize>> = vec![0..0; self.part_of.last().map_or(0, |last| last + 1)];
        let mut first = 0;
        for same in self.part_of.chunk_by(|a, b| a == b) {
            ranges[same[0]] = first..first + same.len();
            first += same.len();
        }
        let mut faults: Vec<Vec<Fault>> = vec![Vec::new(); ranges.len()];
        let mut pairs = Vec::new();
        for fault in &survey.faults {
            let [a, b] = fault.rings.map(|ring| self.part_of[ring]);
            if a == b { faults[a].push(*fault) } else { pairs.push([a.min(b), a.max(b)]) }
        }
        let parts: Vec<Option<Shape>> = ranges
            .into_iter()
            .zip(&faults)
            .map(|(rings, faults)| {
                if faults.is_empty() && !survey.gave_up() {
                    survey.shape_of(rings)
                } else {
                    self.mended_part(rings, faults, survey, &mut patience, &mut repairs)
                }
            })
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        for &[a, b] in &pairs {
            if let (Some(a), Some(b)) = (&parts[a], &parts[b]) {
                let (sum_m2, area_m2) = (a.area_m2() + b.area_m2(), overlap_area_m2(a.as_ref(), b.as_ref(), Tolerance::default()));
                repairs.push(Repair { defect: Defect::PartsOverlap { area_m2 }, area_before_m2: sum_m2, area_after_m2: sum_m2 - area_m2 });
            }
        }
        let parts: Vec<ShapeRef<'_>> = parts.iter().flatten().map(Shape::as_ref).collect();
        let apart = pairs.is_empty() && !survey.gave_up();
        let whole = match &parts[..] {
            all if apart => side_by_side(all),
            all if patience.lasts(all.iter().flat_map(|part| part.rings().rings())) => union(all, Tolerance::default()),
            _ => None,
        };
        (whole.and_then(until_sound), repairs)
    }

    /// The rings of one part, each mended by itself, then taken together.
    fn mended_part(
        &self,
        numbers: Range<usize>,
        faults: &[Fault],
        survey: &Survey<'_>,
        patience: &mut Patience,
        repairs: &mut Vec<Repair>,
    ) -> Option<Shape> {
        let all = self.rings.as_ref();
        let begins = numbers.start;
        let mut covers = Vec::with_capacity(numbers.len());
        for number in numbers {
            let ring = all.ring(number);
            let own: Vec<&Fault> = faults.iter().filter(|f| f.rings == [number; 2] && f.kind != FaultKind::Stray).collect();
            let sound = own.is_empty() && !survey.gave_up();
            let cover = match sound {
                true => Some(Shape::from_sound(Rings::simple(&wound(ring, true)))),
                false => patience.lasts_for_ring(ring).then(|| covered_by(ring)).flatten(),
            };
            let (before, after) = (area_around_m2(ring), cover.as_ref().map_or(0.0, Shape::area_m2));
            repairs.extend(own.iter().map(|f| {
                let defect = if f.kind == FaultKind::Spike { Defect::Spike { at: f.at } } else { Defect::SelfCrossing { at: f.at } };
                Repair { defect, area_before_m2: before, area_after_m2: after }
            }));
            covers.extend(cover.map(|cover| (number, after, cover)));
        }
        covers.sort_by(|a, b| b.1.total_cmp(&a.1));
        let together: Vec<&Fault> = faults.iter().filter(|f| f.rings[0] != f.rings[1]).collect();
        let mut land = Land::default();
        let mut holes = Vec::new();
        let mut declared_m2 = 0.0;
        let mut is_hopeless = false;
        for (number, area_m2, cover) in &covers {
            let crosses = survey.gave_up() || together.iter().any(|f| f.kind == FaultKind::Each && f.rings.contains(number));
            let hole = match crosses {
                true => land.mostly_holds(cover, *area_m2, patience),
                false => Some(survey.is_hole(*number)),
            };
            is_hopeless |= hole.is_none();
            let hole = hole.unwrap_or(false);
            if hole {
                holes.push(*number);
            }
            declared_m2 += if hole { -area_m2 } else { *area_m2 };
            land.add(cover, *area_m2, hole);
        }
        is_hopeless |= !patience.lasts(land.rings.iter().map(Vec::as_slice));
        let mended = if is_hopeless { None } else { land.shape() };
        if is_hopeless && let Some(&at) = all.ring(begins).first() {
            repairs.push(Repair { defect: Defect::SelfCrossing { at }, area_before_m2: declared_m2, area_after_m2: 0.0 });
        }
        let mended_m2 = mended.as_ref().map_or(0.0, Shape::area_m2);
        for fault in faults.iter().filter(|f| f.kind == FaultKind::Stray) {
            let own_m2 = area_around_m2(all.ring(fault.rings[0]));
            let defect = Defect::HoleOutside { at: fault.at };
            repairs.push(Repair { defect, area_before_m2: mended_m2 - own_m2, area_after_m2: mended_m2 });
        }
        for fault in together {
            let defect = match fault.kind {
                FaultKind::Cut => Defect::SelfCrossing { at: fault.at },
                _ if fault.rings.iter().any(|ring| holes.contains(ring)) => Defect::HoleOutside { at: fault.at },
                _ => Defect::PartsOverlap { area_m2: (declared_m2 - mended_m2).max(0.0) },
            };
            repairs.push(Repair { defect, area_before_m2: declared_m2, area_after_m2: mended_m2 });
        }
        mended
    }
}

/// How many more crossings of a feature are taken apart: a ring that scribbles all over itself, or hundreds of rings across each
/// other, are no border of anything and would take minutes to hours.
struct Patience(Option<usize>);

impl Patience {
    /// In all, and for one ring with itself. Both are far beyond what any map holds.
    const CROSSINGS: usize = 1_000_000;
    const CROSSINGS_OF_RING: usize = 100_000;

    /// Without an end where all faults were found, for they are few then.
    fn with(survey: &Survey<'_>) -> Self {
        Self(survey.gave_up().then_some(Self::CROSSINGS))
    }

    /// Whether rings cross each other rarely enough to be taken apart together; it is spent by as much.
    fn lasts<'a>(&mut self, rings: impl Iterator<Item = &'a [Point]>) -> bool {
        self.lasts_for(rings, Self::CROSSINGS)
    }

    fn lasts_for_ring(&mut self, ring: &[Point]) -> bool {
        self.lasts_for(std::iter::once(ring), Self::CROSSINGS_OF_RING)
    }

    fn lasts_for<'a>(&mut self, rings: impl Iterator<Item = &'a [Point]>, at_most: usize) -> bool {
        let Some(left) = &mut self.0 else { return true };
        let mut all = Rings::new();
        rings.for_each(|ring| all.push_path(ring));
        all.end_part();
        let found = crossings(all.as_ref(), at_most.min(*left));
        let lasts = found < at_most.min(*left);
        if lasts {
            *left -= found;
        }
        lasts
    }
}

/// The land of a part while its rings are added, largest first: outer rings count up, holes count down.
#[derive(Default)]
struct Land {
    rings: Vec<Vec<Point>>,
    /// Box and area in m² of what was added.
    added: Vec<(BBox, f64)>,
}

impl Land {
    fn add(&mut self, cover: &Shape, area_m2: f64, hole: bool) {
        for ring in cover.rings().rings() {
            self.rings.push(if hole { ring.iter().rev().copied().collect() } else { ring.to_vec() });
        }
        self.added.push((cover.bbox(), area_m2));
    }

    /// Whether more than half of `cover` lies on the land; `None` where finding out is hopeless. A ring given twice is no hole
    /// in itself.
    fn mostly_holds(&self, cover: &Shape, area_m2: f64, patience: &mut Patience) -> Option<bool> {
        let bbox = cover.bbox();
        if self.added.iter().any(|&(other, other_m2)| other == bbox && (other_m2 - area_m2).abs() <= 1e-9 * area_m2) {
            return Some(false);
        }
        let grid = grid_for(self.added.iter().fold(bbox, |all, (b, _)| all.join(*b)));
        let (mut room, window) = (Vec::new(), bbox.grown(4.0 * grid.cell_m()));
        let mut near = Rings::new();
        for ring in &self.rings {
            let thinned = thin(ring, window, &mut room);
            if !thinned.is_empty() {
                near.push_path(thinned);
            }
        }
        let near = near.as_ref();
        if !patience.lasts(near.rings().chain(cover.rings().rings())) {
            return None;
        }
        let mut engine = Engine::new(grid, near.coords().len() + cover.rings().coords().len());
        near.rings().for_each(|ring| engine.first(ring));
        cover.rings().rings().for_each(|ring| engine.second(ring));
        Some(engine.run(Keep::Both, Fill::Positive).is_some_and(|shared| shared.area_m2() > area_m2 / 2.0))
    }

    fn shape(&self) -> Option<Shape> {
        let bbox = self.added.iter().fold(BBox::EMPTY, |all, (b, _)| all.join(*b));
        let mut engine = Engine::new(grid_for(bbox), self.rings.iter().map(Vec::len).sum());
        self.rings.iter().for_each(|ring| engine.first(ring));
        if bbox.is_empty() { None } else { engine.run(Keep::First, Fill::Positive) }
    }
}

fn grid_for(bbox: BBox) -> Grid {
    Grid::new(Tolerance::default().grid_m, bbox)
}

/// What a ring goes around an odd number of times; for a ring that runs all its way twice, what it goes around at all.
fn covered_by(ring: &[Point]) -> Option<Shape> {
    let read = |fill| {
        let mut engine = Engine::new(grid_for(BBox::of(ring)), ring.len());
        engine.first(ring);
        engine.run(Keep::First, fill)
    };
    read(Fill::EvenOdd).or_else(|| read(Fill::Around))
}

fn side_by_side(parts: &[ShapeRef<'_>]) -> Option<Shape> {
    let mut all = Rings::new();
    for rings in parts.iter().map(ShapeRef::rings) {
        for part in 0..rings.part_count() {
            rings.part(part).for_each(|i| all.push_ring(rings.ring(i)));
            all.end_part();
        }
    }
    (!parts.is_empty()).then(|| Shape::from_sound(all))
}

/// Snapping may let what nearly touched touch. One more run settles that; on a coarser grid, should it not. What three
/// runs do not settle is not taken for land.
fn until_sound(shape: Shape) -> Option<Shape> {
    let mut shape = shape;
    for coarser in [1.0, 16.0, 256.0] {
        if is_sound(&shape) {
            return Some(shape);
        }
        let mut engine = Engine::new(Grid::new(Tolerance::default().grid_m * coarser, shape.bbox()), shape.rings().coords().len());
        shape.rings().rings().for_each(|ring| engine.first(ring));
        shape = engine.run(Keep::First, Fill::Positive)?;
    }
    is_sound(&shape).then_some(shape)
}

fn is_sound(shape: &Shape) -> bool {
    let rings = shape.rings();
    let part_of: Vec<usize> = (0..rings.part_count()).flat_map(|part| rings.part(part).map(move |_| part)).collect();
    Survey::new(rings, &part_of).faults.is_empty()
}

/// Area in m² that a ring encloses by its shoelace sum, which a ring that crosses itself partly cancels.
fn area_around_m2(ring: &[Point]) -> f64 {
    ring.first().map_or(0.0, |&origin| signed_area_m2(ring, origin).abs())
}

#[cfg(test)]
mod tests;

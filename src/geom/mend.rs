//! Checking and mending, part by part: what a file held becomes a `Shape`, and every change is listed.
//!
//! How rings are read. Winding says nothing. Within a part the depth decides: a ring in none or two others is an outer
//! ring, a ring in one is a hole, so a part may come out as several. A ring that crosses itself covers all that it goes
//! around (a bow-tie both its triangles, an overshoot its loop once). Where rings of a part cross, the smaller one is a
//! hole if more than half of it lies on the land of the larger ones, else land. Parts that lie on one another cover
//! their land once.

use super::engine::{Engine, Fill, Grid, Keep};
use super::overlay::{Tolerance, overlap_area_m2, union};
use super::shape::signed_area_m2;
use super::survey::{Fault, FaultKind, Survey, wound};
use super::{BBox, Defect, Point, Repair, Rings, RingsRef, Shape, ShapeRef};

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
        if let Some(i) = ring.iter().position(|p| !(p[0].is_finite() && p[1].is_finite())) {
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
        let last_part = self.part_of.last().copied().unwrap_or(0);
        let parts: Vec<Option<Shape>> = (0..=last_part).map(|part| self.mended_part(part, survey, &mut repairs)).collect();
        let mut pairs: Vec<[usize; 2]> = survey
            .faults
            .iter()
            .map(|f| f.rings.map(|r| self.part_of[r]))
            .filter(|[a, b]| a != b)
            .map(|[a, b]| [a.min(b), a.max(b)])
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        for [a, b] in pairs.iter().copied() {
            if let (Some(a), Some(b)) = (&parts[a], &parts[b]) {
                let (sum_m2, area_m2) = (a.area_m2() + b.area_m2(), overlap_area_m2(a.as_ref(), b.as_ref(), Tolerance::default()));
                repairs.push(Repair { defect: Defect::PartsOverlap { area_m2 }, area_before_m2: sum_m2, area_after_m2: sum_m2 - area_m2 });
            }
        }
        let parts: Vec<ShapeRef<'_>> = parts.iter().flatten().map(Shape::as_ref).collect();
        let whole = if pairs.is_empty() { side_by_side(&parts) } else { union(&parts, Tolerance::default()) };
        (whole.and_then(until_sound), repairs)
    }

    fn mended_part(&self, part: usize, survey: &Survey<'_>, repairs: &mut Vec<Repair>) -> Option<Shape> {
        let all = self.rings.as_ref();
        let mut numbers: Vec<usize> = (0..all.ring_count()).filter(|&r| self.part_of[r] == part).collect();
        let faults: Vec<&Fault> = survey.faults.iter().filter(|f| f.rings.iter().all(|&r| self.part_of[r] == part)).collect();
        // What each ring covers by itself, the largest first.
        let mut covers: Vec<(usize, Option<Shape>)> = Vec::with_capacity(numbers.len());
        for ring in numbers.drain(..) {
            let own: Vec<&&Fault> =
                faults.iter().filter(|f| matches!(f.kind, FaultKind::Spike | FaultKind::Itself) && f.rings[0] == ring).collect();
            let cover = if own.is_empty() {
                Some(Shape::from_sound(Rings::simple(&wound(all.ring(ring), true))))
            } else {
                covered_by(all.ring(ring))
            };
            let (before, after) = (area_around_m2(all.ring(ring)), cover.as_ref().map_or(0.0, Shape::area_m2));
            repairs.extend(own.iter().map(|f| {
                let defect = if f.kind == FaultKind::Spike { Defect::Spike { at: f.at } } else { Defect::SelfCrossing { at: f.at } };
                Repair { defect, area_before_m2: before, area_after_m2: after }
            }));
            covers.push((ring, cover));
        }
        if covers.len() > 1 {
            covers.sort_by(|(_, a), (_, b)| area_of(b).total_cmp(&area_of(a)));
        }
        let crossed: Vec<&&Fault> = faults.iter().filter(|f| matches!(f.kind, FaultKind::Each | FaultKind::Cut)).collect();
        let mut land = Land::new(all.bbox());
        let mut holes = Vec::new();
        let mut declared_m2 = 0.0;
        for (ring, cover) in covers.iter().filter_map(|(ring, cover)| cover.as_ref().map(|c| (*ring, c))) {
            let crosses = crossed.iter().any(|f| f.kind == FaultKind::Each && f.rings.contains(&ring));
            let hole = if crosses { land.mostly_holds(cover) } else { survey.is_hole(ring) };
            if hole {
                holes.push(ring);
            }
            declared_m2 += if hole { -cover.area_m2() } else { cover.area_m2() };
            land.add(cover, hole);
        }
        let mended = land.shape();
        for fault in crossed {
            let defect = match fault.kind {
                FaultKind::Cut => Defect::SelfCrossing { at: fault.at },
                _ if fault.rings.iter().any(|r| holes.contains(r)) => Defect::HoleOutside { at: fault.at },
                _ => Defect::PartsOverlap { area_m2: (declared_m2 - area_of(&mended)).max(0.0) },
            };
            repairs.push(Repair { defect, area_before_m2: declared_m2, area_after_m2: area_of(&mended) });
        }
        mended
    }
}

/// The land of a part while its rings are added, largest first: outer rings count up, holes count down.
struct Land {
    bbox: BBox,
    rings: Vec<Vec<Point>>,
    covers: Vec<Shape>,
}

impl Land {
    fn new(bbox: BBox) -> Self {
        Self { bbox, rings: Vec::new(), covers: Vec::new() }
    }

    fn add(&mut self, cover: &Shape, hole: bool) {
        for ring in cover.rings().rings() {
            let mut ring = ring.to_vec();
            if hole {
                ring.reverse();
            }
            self.rings.push(ring);
        }
        self.covers.push(cover.clone());
    }

    /// Whether more than half of `cover` lies on the land. A ring given twice is no hole in itself.
    fn mostly_holds(&self, cover: &Shape) -> bool {
        let (bbox, area_m2) = (cover.bbox(), cover.area_m2());
        let same = |other: &Shape| other.bbox() == bbox && (other.area_m2() - area_m2).abs() <= 1e-9 * area_m2;
        if self.covers.iter().any(same) {
            return false;
        }
        let Some(land) = self.shape() else { return false };
        overlap_area_m2(land.as_ref(), cover.as_ref(), Tolerance::default()) > area_m2 / 2.0
    }

    fn shape(&self) -> Option<Shape> {
        let mut engine = Engine::new(Grid::new(Tolerance::default().grid_m, self.bbox), self.rings.iter().map(Vec::len).sum());
        self.rings.iter().for_each(|ring| engine.first(ring));
        engine.run(Keep::First, Fill::Positive)
    }
}

/// All that a ring goes around.
fn covered_by(ring: &[Point]) -> Option<Shape> {
    let mut engine = Engine::new(Grid::new(Tolerance::default().grid_m, BBox::of(ring)), ring.len());
    engine.first(ring);
    engine.run(Keep::First, Fill::Around)
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

/// Snapping may let what nearly touched touch. One more run settles that; a coarser grid each time, should it not.
fn until_sound(shape: Shape) -> Option<Shape> {
    let mut shape = shape;
    let mut grid_m = Tolerance::default().grid_m;
    for _ in 0..5 {
        let part_of: Vec<usize> = (0..shape.rings().part_count()).flat_map(|part| shape.rings().part(part).map(move |_| part)).collect();
        if Survey::new(shape.rings(), &part_of).faults.is_empty() {
            break;
        }
        let mut engine = Engine::new(Grid::new(grid_m, shape.bbox()), shape.rings().coords().len());
        shape.rings().rings().for_each(|ring| engine.first(ring));
        shape = engine.run(Keep::First, Fill::Positive)?;
        grid_m *= 16.0;
    }
    Some(shape)
}

/// Area in m² that a ring encloses by its shoelace sum, which a ring that crosses itself partly cancels.
fn area_around_m2(ring: &[Point]) -> f64 {
    ring.first().map_or(0.0, |&origin| signed_area_m2(ring, origin).abs())
}

fn area_of(shape: &Option<Shape>) -> f64 {
    shape.as_ref().map_or(0.0, Shape::area_m2)
}

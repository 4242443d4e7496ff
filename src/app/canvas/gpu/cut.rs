//! A chunk made ready for the graphics card: points once for areas and lines, thinned to what a range of scales can tell apart.

use super::chunks::{Chunk, Group};
use crate::geom::{Point, RingsRef};
use earcut::Earcut;

/// Stands between two rings: a segment that meets it is none.
pub const GAP: [f32; 2] = [2e30, 2e30];

/// For which view a chunk is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cutting {
    /// 0 keeps every point; each further one serves twice the scale.
    pub level: u8,
    /// Whether areas are cut into triangles too.
    pub fill: bool,
    /// Whether tone shows areas and borders already.
    pub toned: bool,
    /// Whether the way along each ring is wanted, for dashes.
    pub walked: bool,
}

/// Metres of a pixel at which level 1 begins.
const FIRST_M_PER_PX: f64 = 2.0;
/// The last level: from there on the whole earth is a few pixels.
pub const LEVELS: u8 = 17;
/// Pixels of the smallest feature that has a line; where tone shows areas and borders, only of larger ones the line is seen.
const LINED_PX: [f64; 2] = [4.0, 12.0];

impl Cutting {
    /// The level for a view of so many metres a pixel.
    pub fn level_for(m_per_px: f64) -> u8 {
        let mut level = 0;
        while level < LEVELS && m_per_px >= FIRST_M_PER_PX * 2f64.powi(i32::from(level)) {
            level += 1;
        }
        level
    }

    /// The fewest metres of a pixel that the level serves; `None` for the one that serves all.
    fn m_per_px(self) -> Option<f64> {
        (self.level > 0).then(|| FIRST_M_PER_PX * 2f64.powi(i32::from(self.level) - 1))
    }
}

/// Points relative to `origin`, in m. Each ring is its last point, all its points, its first two again, and a gap.
#[derive(Debug, Default)]
pub struct Cut {
    pub origin: Point,
    pub points: Vec<[f32; 2]>,
    /// Way along the ring up to each point, in m; as long as `points`, or empty.
    pub walked: Vec<f32>,
    /// Three numbers of `points` a triangle.
    pub triangles: Vec<u32>,
    /// Points that bear lines: what follows them is too small for one.
    pub lined: usize,
}

/// Cuts a chunk.
pub fn cut(group: &Group, chunk: &Chunk, cutting: Cutting) -> Cut {
    let mut work = Work { out: Cut { origin: chunk.bbox.center(), ..Cut::default() }, cutting, closed: group.closed, ..Work::default() };
    let least = cutting.m_per_px().map_or(0.0, |m| m * LINED_PX[usize::from(cutting.toned)]);
    let mut small: Vec<(RingsRef<'_>, bool)> = Vec::new();
    for (rings, sound) in chunk.members.iter().filter_map(|m| group.source.piece(*m)) {
        let bbox = rings.bbox();
        if rings.is_empty() {
            continue;
        }
        if bbox.width().max(bbox.height()) >= least {
            work.piece(rings, sound);
        } else {
            small.push((rings, sound));
        }
    }
    work.out.lined = work.out.points.len();
    if cutting.fill {
        for (rings, sound) in small {
            work.piece(rings, sound);
        }
    }
    work.out
}

#[derive(Default)]
struct Work {
    out: Cut,
    cutting: Cutting,
    closed: bool,
    earcut: Earcut<f64>,
    kept: Vec<Point>,
    part: Vec<Point>,
    numbers: Vec<u32>,
    holes: Vec<u32>,
    found: Vec<u32>,
}

impl Default for Cutting {
    fn default() -> Self {
        Self { level: 0, fill: true, toned: false, walked: false }
    }
}

impl Work {
    fn piece(&mut self, rings: RingsRef<'_>, sound: bool) {
        for part in 0..rings.part_count() {
            self.part.clear();
            self.numbers.clear();
            self.holes.clear();
            for (k, ring) in rings.part(part).enumerate() {
                if ring >= rings.ring_count() {
                    continue;
                }
                self.thin(rings.ring(ring));
                if self.kept.is_empty() {
                    continue;
                }
                if k > 0 {
                    self.holes.push(self.part.len() as u32);
                }
                self.ring();
            }
            if sound && self.closed && self.cutting.fill && self.part.len() > 2 {
                self.earcut.earcut(self.part.iter().copied(), &self.holes, &mut self.found);
                self.out.triangles.extend(self.found.iter().filter_map(|i| self.numbers.get(*i as usize)));
            }
        }
    }

    /// Keeps what the level can tell apart, never less than a triangle.
    fn thin(&mut self, ring: &[Point]) {
        let origin = self.out.origin;
        let local = |p: &Point| [p[0] - origin[0], p[1] - origin[1]];
        self.kept.clear();
        let Some(step) = self.cutting.m_per_px().map(|m| m * 0.75) else {
            self.kept.extend(ring.iter().map(local));
            return;
        };
        let far = |a: Point, b: Point| (a[0] - b[0]).abs().max((a[1] - b[1]).abs()) >= step;
        for (i, p) in ring.iter().enumerate() {
            let p = local(p);
            let last = !self.closed && i + 1 == ring.len();
            if last || self.kept.last().is_none_or(|k| far(*k, p)) {
                self.kept.push(p);
            }
        }
        if self.closed && self.kept.len() < 3 && ring.len() >= 3 {
            self.kept.clear();
            self.kept.extend([0, ring.len() / 3, ring.len() * 2 / 3].map(|i| local(&ring[i])));
        }
    }

    /// Adds the ring in `kept` to the points, and to the part that is to be cut.
    fn ring(&mut self) {
        let n = self.kept.len();
        let f32s = |p: Point| [p[0] as f32, p[1] as f32];
        let (before, after) =
            if self.closed { (self.kept[n - 1], [self.kept[0], self.kept[1 % n]]) } else { (self.kept[0], [self.kept[n - 1]; 2]) };
        let first = self.out.points.len() as u32 + 1;
        let out = &mut self.out;
        out.points.push(f32s(before));
        out.points.extend(self.kept.iter().map(|p| f32s(*p)));
        if self.closed {
            out.points.extend(after.map(f32s));
        } else {
            out.points.push(f32s(after[0]));
        }
        out.points.push(GAP);
        if self.cutting.walked {
            let mut walked = 0.0;
            out.walked.push(0.0);
            for i in 0..n {
                out.walked.push(walked as f32);
                let (a, b) = (self.kept[i], self.kept[(i + 1) % n]);
                walked += (b[0] - a[0]).hypot(b[1] - a[1]);
            }
            out.walked.push(walked as f32);
            out.walked.resize(out.points.len(), walked as f32);
        }
        if self.cutting.fill && self.closed {
            self.part.extend_from_slice(&self.kept);
            self.numbers.extend((0..n as u32).map(|i| first + i));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::chunks::Source;
    use super::*;
    use crate::geom::{BBox, Rings};
    use crate::scene::Class;
    use std::sync::Arc;

    fn of(rings: Rings, closed: bool) -> (Group, Chunk) {
        let bbox = rings.as_ref().bbox();
        let chunk = Chunk { stamp: 1, bbox, members: vec![0] };
        let source = Source::Items(vec![(Arc::new(rings), closed)]);
        (Group { closed, ..Group::sketch(Class::Land, bbox, Vec::new(), source) }, chunk)
    }

    fn square(e: f64, side: f64) -> Rings {
        let mut rings = Rings::new();
        rings.push_ring(&[[e, 0.0], [e + side, 0.0], [e + side, side], [e, side]]);
        rings.push_ring(&[[e + 4.0, 4.0], [e + 4.0, 6.0], [e + 6.0, 6.0], [e + 6.0, 4.0]]);
        rings.end_part();
        rings
    }

    fn area(cut: &Cut) -> f32 {
        let twice = |t: &[u32]| {
            let [a, b, c] = [cut.points[t[0] as usize], cut.points[t[1] as usize], cut.points[t[2] as usize]];
            ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).abs()
        };
        cut.triangles.chunks(3).map(twice).sum::<f32>() / 2.0
    }

    #[test]
    fn triangles_cover_the_area_without_its_hole_and_lines_close() {
        let (group, chunk) = of(square(40_500_000.0, 10.0), true);
        let cut = cut(&group, &chunk, Cutting { walked: true, ..Cutting::default() });
        assert!((area(&cut) - 96.0).abs() < 1e-3, "{}", area(&cut));
        assert_eq!(cut.points.len(), 2 * (4 + 4));
        assert_eq!(cut.walked.len(), cut.points.len());
        assert_eq!(cut.points[0], cut.points[4]);
        assert_eq!(cut.points[1], cut.points[5]);
        assert_eq!((cut.points[7], cut.walked[5]), (GAP, 40.0));
        assert_eq!(cut.lined, cut.points.len());
    }

    #[test]
    fn what_is_too_small_for_a_line_is_still_an_area() {
        let (group, chunk) = of(square(0.0, 10.0), true);
        let coarse = cut(&group, &chunk, Cutting { level: 4, fill: true, toned: false, walked: false });
        assert_eq!(coarse.lined, 0);
        assert!(area(&coarse) > 0.0);
        let none = cut(&group, &chunk, Cutting { level: 4, fill: false, toned: true, walked: false });
        assert!(none.points.is_empty());
    }

    #[test]
    fn an_open_line_keeps_its_end() {
        let mut rings = Rings::new();
        rings.push_path(&[[0.0, 0.0], [100.0, 0.0], [100.4, 0.0]]);
        rings.end_part();
        let (group, mut chunk) = of(rings, false);
        chunk.bbox = BBox { min: [0.0; 2], max: [0.0; 2] };
        let cut = cut(&group, &chunk, Cutting { level: 1, fill: true, toned: false, walked: false });
        assert_eq!(cut.points, vec![[0.0, 0.0], [0.0, 0.0], [100.0, 0.0], [100.4, 0.0], [100.4, 0.0], GAP]);
    }

    #[test]
    fn levels_begin_where_they_say() {
        assert_eq!([0.5, 1.99, 2.0, 7.9, 8.0, 31.0, 40.0].map(Cutting::level_for), [0, 0, 1, 2, 3, 4, 5]);
    }
}

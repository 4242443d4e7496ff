//! Hatches: their boundary paths as rings, islands left out.

use super::curve::{self, Flatness, Spline};
use super::drawing::Entity;
use super::frame::Point3;
use super::pairs::Pair;
use std::f64::consts::TAU;

/// The rings of a hatch in its own plane.
#[derive(Debug, Default)]
pub struct Hatch {
    pub rings: Vec<Vec<Point3>>,
    pub curves: usize,
    /// A boundary does not close, or cannot be read.
    pub open: bool,
}

/// How far two ends of a boundary may lie apart to be one, in units of the drawing; never more than a thousandth of it.
const GAP: f64 = 0.01;

/// Rings of a hatch; `flat` for its arcs.
pub fn rings_of(entity: &Entity<'_>, flat: Flatness) -> Hatch {
    let z = entity.number(30, 0.0);
    let start = entity.pairs.iter().position(|p| p.code == 91).unwrap_or(entity.pairs.len());
    let mut reading = Reading { pairs: &entity.pairs[start..], z, flat, out: Hatch::default() };
    let paths = reading.take(91).map_or(0, Pair::whole);
    for _ in 0..paths {
        if reading.path().is_none() {
            reading.out.open = true;
            break;
        }
    }
    let mut hatch = reading.out;
    hatch.open |= hatch.rings.is_empty();
    if entity.whole(75) != 0 {
        hatch.rings = without_inner(hatch.rings, if entity.whole(75) == 1 { 1 } else { 0 });
    }
    hatch
}

struct Reading<'e, 'a> {
    pairs: &'e [Pair<'a>],
    z: f64,
    flat: Flatness,
    out: Hatch,
}

impl<'e, 'a> Reading<'e, 'a> {
    fn peek(&self) -> Option<i32> {
        self.pairs.first().map(|p| p.code)
    }

    /// The next pair, when it has this code.
    fn take(&mut self, code: i32) -> Option<&'e Pair<'a>> {
        let (first, rest) = self.pairs.split_first().filter(|(p, _)| p.code == code)?;
        self.pairs = rest;
        Some(first)
    }

    fn number(&mut self, code: i32) -> Option<f64> {
        self.take(code)?.number()
    }

    fn point(&mut self, code: i32) -> Option<Point3> {
        let p = [self.number(code)?, self.number(code + 10)?, self.z];
        self.take(code + 20);
        Some(p)
    }

    fn count(&mut self, code: i32) -> Option<usize> {
        // What the file does not hold cannot be counted up to.
        usize::try_from(self.take(code)?.whole()).ok().filter(|n| *n <= self.pairs.len())
    }

    fn path(&mut self) -> Option<()> {
        let flags = self.take(92)?.whole();
        let before = self.out.rings.len();
        if flags & 2 != 0 {
            self.polyline()?
        } else {
            self.edges()?
        }
        // A box kept free for a text is no border of land.
        if flags & 8 != 0 {
            self.out.rings.truncate(before);
        }
        if let Some(sources) = self.take(97).map(Pair::whole) {
            (0..sources).map_while(|_| self.take(330)).for_each(drop);
        }
        Some(())
    }

    fn polyline(&mut self) -> Option<()> {
        self.take(72);
        self.take(73);
        let count = self.count(93)?;
        let mut vertices = Vec::with_capacity(count);
        for _ in 0..count {
            let p = self.point(10)?;
            let bulge = if self.peek() == Some(42) { self.number(42)? } else { 0.0 };
            vertices.push((p, bulge));
        }
        let mut ring = Vec::with_capacity(count + 1);
        ring.extend(vertices.first().map(|(p, _)| *p));
        for (i, (p, bulge)) in vertices.iter().enumerate() {
            let to = vertices[(i + 1) % vertices.len()].0;
            self.out.curves += usize::from(curve::bulge(&mut ring, *p, to, *bulge, self.flat));
        }
        self.out.rings.push(ring);
        Some(())
    }

    fn edges(&mut self) -> Option<()> {
        let count = self.count(93)?;
        let mut edges = Vec::with_capacity(count);
        for _ in 0..count {
            edges.push(self.edge()?);
        }
        match chained(edges) {
            Some(rings) => self.out.rings.extend(rings),
            None => self.out.open = true,
        }
        Some(())
    }

    fn edge(&mut self) -> Option<Vec<Point3>> {
        let kind = self.take(72)?.whole();
        if kind == 1 {
            return Some(vec![self.point(10)?, self.point(11)?]);
        }
        self.out.curves += 1;
        match kind {
            2 | 3 => {
                let center = self.point(10)?;
                let major = if kind == 3 { self.point(11)? } else { [0.0; 3] };
                let size = self.number(40)?;
                let (from, to) = (self.number(50)?.to_radians(), self.number(51)?.to_radians());
                let whole = (to - from).abs() >= TAU - 1e-9;
                // Of an ellipse they are directions seen from its center, not parameters.
                let parameter = |direction: f64| if kind == 3 { direction.sin().atan2(size * direction.cos()) } else { direction };
                let (from, to) = (parameter(from), parameter(to));
                let turns_left = self.take(73).is_none_or(|p| p.whole() != 0);
                let (major, minor) = if kind == 2 {
                    ([size, 0.0, 0.0], [0.0, size, 0.0])
                } else {
                    ([major[0], major[1], 0.0], [-major[1] * size, major[0] * size, 0.0])
                };
                let minor = if turns_left { minor } else { minor.map(|v| -v) };
                // Angles run against the turn of the edge where it turns right.
                let sweep = if whole { TAU } else { curve::sweep(from, to) };
                Some(curve::ellipse(center, major, minor, from, sweep, self.flat))
            }
            4 => {
                let degree = usize::try_from(self.take(94)?.whole()).ok()?;
                self.take(73);
                self.take(74);
                let (knots, controls) = (self.count(95)?, self.count(96)?);
                let mut spline = Spline { degree, ..Spline::default() };
                for _ in 0..knots {
                    spline.knots.push(self.number(40)?);
                }
                for _ in 0..controls {
                    spline.controls.push(self.point(10)?);
                    if let Some(weight) = self.take(42) {
                        spline.weights.push(weight.number()?);
                    }
                }
                // The same code also counts the objects a whole path comes from.
                let fitted = self.pairs.get(1).is_some_and(|p| p.code == 11);
                let fit = if fitted { self.count(97).unwrap_or(0) } else { 0 };
                for _ in 0..fit {
                    spline.fit.push(self.point(11)?);
                }
                // Directions at its ends.
                for code in [12, 22, 13, 23] {
                    self.take(code);
                }
                spline.points(self.flat)
            }
            _ => None,
        }
    }
}

/// Edges joined end to end to rings, turned where they must be; `None` when one does not close.
fn chained(edges: Vec<Vec<Point3>>) -> Option<Vec<Vec<Point3>>> {
    let length = |e: &Vec<Point3>| e.windows(2).map(|p| apart(p[0], p[1])).sum::<f64>();
    let gap = GAP.min(edges.iter().map(length).sum::<f64>() / 1_000.0);
    let mut rings = Vec::new();
    let mut ring: Vec<Point3> = Vec::new();
    let mut edges = edges.into_iter().peekable();
    while let Some(mut edge) = edges.next() {
        let (&first, &last) = (edge.first()?, edge.last()?);
        match ring.last().copied() {
            None => {
                let next = edges.peek().and_then(|next| ends(next));
                let follows = |end: Point3| next.is_some_and(|ends| ends.iter().any(|p| apart(*p, end) <= gap));
                if !follows(last) && follows(first) {
                    edge.reverse();
                }
                ring = edge;
            }
            Some(end) => {
                if apart(last, end) < apart(first, end) {
                    edge.reverse();
                }
                if apart(*edge.first()?, end) > gap {
                    return None;
                }
                ring.extend_from_slice(&edge[1..]);
            }
        }
        if ring.len() > 2 && apart(*ring.first()?, *ring.last()?) <= gap {
            ring.pop();
            rings.push(std::mem::take(&mut ring));
        }
    }
    ring.is_empty().then_some(rings)
}

fn ends(edge: &[Point3]) -> Option<[Point3; 2]> {
    Some([*edge.first()?, *edge.last()?])
}

fn apart(a: Point3, b: Point3) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The rings that lie in at most `depth` others.
fn without_inner(rings: Vec<Vec<Point3>>, depth: usize) -> Vec<Vec<Point3>> {
    /// More rings than this are a pattern, and are taken as they stand.
    const MANY: usize = 400;
    if rings.len() < 2 || rings.len() > MANY {
        return rings;
    }
    let around = |i: usize| rings.iter().enumerate().filter(|(j, ring)| *j != i && holds(ring, rings[i].first())).count();
    let kept: Vec<bool> = (0..rings.len()).map(|i| around(i) <= depth).collect();
    rings.into_iter().zip(kept).filter_map(|(ring, kept)| kept.then_some(ring)).collect()
}

/// Whether a ring holds a point, by crossings of a ray.
fn holds(ring: &[Point3], p: Option<&Point3>) -> bool {
    let Some(p) = p else { return false };
    let mut inside = false;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) {
            inside = !inside;
        }
    }
    inside
}

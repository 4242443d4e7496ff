//! What the rings of a feature are to each other: where they cross or touch, and which lies in which.
//!
//! Exact, and by an index, so that long rings take milliseconds. The rules are those of OGC Simple Features: a ring may
//! not touch itself, rings of a part may touch in points as long as the interior stays in one piece, parts may touch in
//! points only.

use super::edges::Edges;
use super::segment::{Meeting, by_place, edge_box, meet, side};
use super::shape::signed_area_m2;
use super::{Point, Rings, RingsRef, Shape};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// More faults of one feature than a person reads are not looked for.
const ENOUGH: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// An edge runs back along the one before.
    Spike,
    /// A ring crosses, touches or follows itself.
    Itself,
    /// Two rings cross or share a stretch, or one part lies on another.
    Each,
    /// Rings that touch cut the interior of their part in two.
    Cut,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fault {
    pub kind: FaultKind,
    pub at: Point,
    pub rings: [usize; 2],
}

pub(super) struct Survey<'a> {
    rings: RingsRef<'a>,
    part_of: &'a [usize],
    pub faults: Vec<Fault>,
    /// For each ring the rings that hold it; exact for rings without a fault.
    around: Vec<Vec<usize>>,
}

/// A place where edges that do not follow each other touch.
struct Touch {
    at: Point,
    edges: [usize; 2],
}

/// A ring on its way through a touched place: the edge it arrives by, and its points before and after.
#[derive(Clone, Copy)]
struct Pass {
    arrives: usize,
    ring: usize,
    before: Point,
    after: Point,
}

impl<'a> Survey<'a> {
    /// `rings` are finite, have at least three points each and repeat none; `part_of` has the part of each ring.
    pub(super) fn new(rings: RingsRef<'a>, part_of: &'a [usize]) -> Self {
        let edges = Edges::new(rings);
        let mut survey = Self { rings, part_of, faults: Vec::new(), around: Vec::new() };
        let starts: Vec<usize> = rings.rings().scan(0, |next, ring| Some(std::mem::replace(next, *next + ring.len()))).collect();
        let touches = survey.find_meetings(&edges, &starts);
        let nodes = survey.find_nodes(&edges, &starts, touches);
        survey.around = (0..rings.ring_count()).map(|ring| survey.rings_around(&edges, ring)).collect();
        survey.find_parts_on_parts();
        if survey.faults.is_empty() {
            survey.find_cuts(&nodes);
        }
        survey
    }

    fn find_meetings(&mut self, edges: &Edges, starts: &[usize]) -> Vec<Touch> {
        let mut touches = Vec::new();
        for i in 0..edges.len() {
            let (e, ring) = (edges.edge(i), edges.ring_of(i));
            let last = starts[ring] + self.rings.ring(ring).len() - 1;
            let ended = edges.meeting(edge_box(e), i + 1, |j| {
                let f = edges.edge(j);
                let rings = [ring, edges.ring_of(j)];
                let follows = rings[1] == ring && (j == i + 1 || (i == starts[ring] && j == last));
                let kind = if rings[0] == rings[1] { FaultKind::Itself } else { FaultKind::Each };
                match meet(e, f) {
                    Meeting::Along(_) if follows => {
                        let at = if j == i + 1 { e[1] } else { e[0] };
                        self.faults.push(Fault { kind: FaultKind::Spike, at, rings });
                    }
                    Meeting::Along(at) | Meeting::Cross(at) => self.faults.push(Fault { kind, at, rings }),
                    Meeting::Touch(at) if !follows => touches.push(Touch { at, edges: [i, j] }),
                    Meeting::Touch(_) | Meeting::Apart => {}
                }
                if self.faults.len() < ENOUGH { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            if ended.is_break() {
                break;
            }
        }
        touches
    }

    /// The rings through each touched place. Two passes of one ring, or passes that change sides, are faults.
    fn find_nodes(&mut self, edges: &Edges, starts: &[usize], mut touches: Vec<Touch>) -> Vec<(Point, Vec<usize>)> {
        touches.sort_by(|a, b| by_place(&a.at, &b.at));
        let mut nodes = Vec::new();
        for group in touches.chunk_by(|a, b| a.at == b.at) {
            let at = group[0].at;
            let mut passes: Vec<Pass> = group.iter().flat_map(|t| t.edges).map(|edge| self.pass(edges, starts, edge, at)).collect();
            passes.sort_by_key(|p| p.arrives);
            passes.dedup_by_key(|p| p.arrives);
            for (i, a) in passes.iter().enumerate() {
                for b in &passes[i + 1..] {
                    let rings = [a.ring.min(b.ring), a.ring.max(b.ring)];
                    if a.ring == b.ring {
                        self.faults.push(Fault { kind: FaultKind::Itself, at, rings });
                    } else if a.is_left(at, b.before) != a.is_left(at, b.after) {
                        self.faults.push(Fault { kind: FaultKind::Each, at, rings });
                    }
                }
                if self.faults.len() >= ENOUGH {
                    return nodes;
                }
            }
            nodes.push((at, passes.iter().map(|p| p.ring).collect()));
        }
        nodes
    }

    fn pass(&self, edges: &Edges, starts: &[usize], edge: usize, at: Point) -> Pass {
        let ring = edges.ring_of(edge);
        let (start, len) = (starts[ring], self.rings.ring(ring).len());
        let [a, b] = edges.edge(edge);
        let arrives = if a == at { start + (edge - start + len - 1) % len } else { edge };
        let leaves = if b == at { start + (edge - start + 1) % len } else { edge };
        Pass { arrives, ring, before: edges.edge(arrives)[0], after: edges.edge(leaves)[1] }
    }

    /// Asked at the first point of the ring that lies on no other border; by the middles of its edges when all do.
    fn rings_around(&self, edges: &Edges, number: usize) -> Vec<usize> {
        if self.rings.ring_count() == 1 {
            return Vec::new();
        }
        let ring = self.rings.ring(number);
        let middle = |i: usize| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            [a[0] + (b[0] - a[0]) / 2.0, a[1] + (b[1] - a[1]) / 2.0]
        };
        let places = ring.iter().copied().chain((0..ring.len()).map(middle));
        places.map(|p| edges.rings_around(p, number)).find_map(|around| around).unwrap_or_default()
    }

    fn find_parts_on_parts(&mut self) {
        for (ring, around) in self.around.iter().enumerate() {
            let mut others: Vec<usize> = around.iter().copied().filter(|&o| self.part_of[o] != self.part_of[ring]).collect();
            others.sort_by_key(|&o| self.part_of[o]);
            for same in others.chunk_by(|&a, &b| self.part_of[a] == self.part_of[b]) {
                if same.len() % 2 == 1 && self.faults.len() < ENOUGH {
                    let at = self.rings.ring(ring)[0];
                    self.faults.push(Fault { kind: FaultKind::Each, at, rings: [ring.min(same[0]), ring.max(same[0])] });
                }
            }
        }
    }

    /// Rings of one polygon and the places where they touch form a graph; a way round in it cuts off a piece of interior.
    fn find_cuts(&mut self, nodes: &[(Point, Vec<usize>)]) {
        let polygon: Vec<usize> = (0..self.rings.ring_count()).map(|ring| self.outer_of(ring).unwrap_or(ring)).collect();
        let mut joined: Vec<usize> = (0..polygon.len()).collect();
        let root = |joined: &[usize], mut i: usize| {
            while joined[i] != i {
                i = joined[i];
            }
            i
        };
        for (at, rings) in nodes {
            for (i, &a) in rings.iter().enumerate() {
                // Joining each ring with the next of its polygon at this place links all of them without a way round.
                let Some(&b) = rings[i + 1..].iter().find(|&&b| polygon[b] == polygon[a]) else { continue };
                let (root_a, root_b) = (root(&joined, a), root(&joined, b));
                if root_a == root_b {
                    self.faults.push(Fault { kind: FaultKind::Cut, at: *at, rings: [a.min(b), a.max(b)] });
                }
                joined[root_a] = root_b;
            }
        }
    }

    /// How many rings of its own part lie around a ring.
    fn depth(&self, ring: usize) -> usize {
        self.around[ring].iter().filter(|&&o| self.part_of[o] == self.part_of[ring]).count()
    }

    /// Whether the ring cuts land out, by its depth: the way it is wound says nothing, files wind as they like.
    pub(super) fn is_hole(&self, ring: usize) -> bool {
        self.depth(ring) % 2 == 1
    }

    /// The ring around a hole that is no hole itself.
    fn outer_of(&self, ring: usize) -> Option<usize> {
        let depth = self.depth(ring);
        let own = |o: &&usize| self.part_of[**o] == self.part_of[ring] && self.depth(**o) + 1 == depth;
        if depth % 2 == 1 { self.around[ring].iter().find(own).copied() } else { None }
    }

    /// The rings as a shape, in the order of the file; for rings without a fault.
    pub(super) fn shape(&self) -> Option<Shape> {
        let count = self.rings.ring_count();
        let mut holes: Vec<Vec<usize>> = vec![Vec::new(); count];
        for ring in 0..count {
            if let Some(outer) = self.outer_of(ring) {
                holes[outer].push(ring);
            }
        }
        let mut sound = Rings::new();
        for outer in (0..count).filter(|&ring| !self.is_hole(ring)) {
            sound.push_ring(&wound(self.rings.ring(outer), true));
            holes[outer].iter().for_each(|&hole| sound.push_ring(&wound(self.rings.ring(hole), false)));
            sound.end_part();
        }
        (count > 0).then(|| Shape::from_sound(sound))
    }
}

impl Pass {
    /// Whether the way from `at` towards `p` leads to the left of this pass.
    fn is_left(&self, at: Point, p: Point) -> bool {
        let left_of = |a, b| side(a, b, p) == Ordering::Greater;
        if side(self.before, at, self.after) == Ordering::Less {
            left_of(self.before, at) || left_of(at, self.after)
        } else {
            left_of(self.before, at) && left_of(at, self.after)
        }
    }
}

/// The ring counter-clockwise or clockwise, from the same first point.
pub(super) fn wound(ring: &[Point], counter_clockwise: bool) -> Vec<Point> {
    let mut ring = ring.to_vec();
    if ring.first().is_some_and(|&origin| (signed_area_m2(&ring, origin) > 0.0) != counter_clockwise) {
        ring[1..].reverse();
    }
    ring
}

//! What the rings of a feature are to each other: where they cross or touch, and which lies in which.
//!
//! Exact, and by an index, so that long rings take milliseconds. The rules are those of OGC Simple Features: a ring may
//! not touch itself, rings of a part may touch in points as long as the interior stays in one piece, parts may touch in
//! points only.

use super::edges::{Edges, Side, edges_of, locate_in_rings};
use super::segment::{Edge, Meeting, by_place, edge_box, meet, side};
use super::shape::signed_area_m2;
use super::{BBox, PackedIndex, Point, Rings, RingsRef, Shape};
use std::cmp::Ordering;
use std::ops::{ControlFlow, Range};

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
    /// A ring that is wound as a hole lies in no land of its part.
    Stray,
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
    /// How many rings of its own part lie around each ring. Kept: asked for at every ring around every ring, it would be counted
    /// as many times.
    depths: Vec<usize>,
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
        let mut survey = Self { rings, part_of, faults: Vec::new(), around: Vec::new(), depths: Vec::new() };
        let starts: Vec<usize> = rings.rings().scan(0, |next, ring| Some(std::mem::replace(next, *next + ring.len()))).collect();
        let touches = survey.find_meetings(&edges, &starts);
        let nodes = survey.find_nodes(&edges, &starts, touches);
        survey.around = survey.find_around();
        let own = |(ring, around): (usize, &Vec<usize>)| around.iter().filter(|&&o| part_of[o] == part_of[ring]).count();
        survey.depths = survey.around.iter().enumerate().map(own).collect();
        survey.find_strays();
        survey.find_parts_on_parts();
        if survey.faults.is_empty() {
            survey.find_cuts(&nodes);
        }
        survey
    }

    fn find_meetings(&mut self, edges: &Edges, starts: &[usize]) -> Vec<Touch> {
        /// With more meetings than this the rings are hopeless, and looked at only until enough faults are found.
        const MANY: usize = 1 << 16;
        let last = |ring: usize| starts[ring] + self.rings.ring(ring).len() - 1;
        let follows = |i: usize, j: usize| {
            let ring = edges.ring_of(i);
            edges.ring_of(j) == ring && (j == i + 1 || (i == starts[ring] && j == last(ring)))
        };
        let mut meetings: Vec<(usize, usize)> = Vec::new();
        let whole = edges.pairs(|i, j| {
            let (e, f) = (edges.edge(i), edges.edge(j));
            let counts = if follows(i, j) {
                let (before, at, after) = if j == i + 1 { (e[0], e[1], f[1]) } else { (f[0], f[1], e[1]) };
                side(before, at, after) == Ordering::Equal
            } else {
                meet(e, f) != Meeting::Apart
            };
            if counts {
                meetings.push((i, j));
            }
            if meetings.len() < MANY { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let (mut touches, mut spikes) = (Vec::new(), Vec::new());
        let mut look = |i: usize, j: usize| {
            let (e, f) = (edges.edge(i), edges.edge(j));
            let rings = [edges.ring_of(i), edges.ring_of(j)];
            let kind = if rings[0] == rings[1] { FaultKind::Itself } else { FaultKind::Each };
            match meet(e, f) {
                Meeting::Along(_) if follows(i, j) => {
                    let at = if j == i + 1 { e[1] } else { e[0] };
                    self.faults.push(Fault { kind: FaultKind::Spike, at, rings });
                    spikes.extend([i, j]);
                }
                Meeting::Along(at) | Meeting::Cross(at) => self.faults.push(Fault { kind, at, rings }),
                Meeting::Touch(at) if !follows(i, j) => touches.push(Touch { at, edges: [i, j] }),
                Meeting::Touch(_) | Meeting::Apart => {}
            }
            if self.faults.len() < ENOUGH { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        if whole.is_continue() {
            meetings.sort_unstable();
            let _ = meetings.into_iter().try_for_each(|(i, j)| look(i, j));
        } else {
            let _ = (0..edges.len()).try_for_each(|i| edges.meeting(edge_box(edges.edge(i)), i + 1, |j| look(i, j)));
        }
        // The foot of a spike touches its own side; that is no second fault.
        touches.retain(|t: &Touch| edges.ring_of(t.edges[0]) != edges.ring_of(t.edges[1]) || !t.edges.iter().any(|e| spikes.contains(e)));
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

    fn find_around(&self) -> Vec<Vec<usize>> {
        let count = self.rings.ring_count();
        if count == 1 {
            return vec![Vec::new()];
        }
        let index = PackedIndex::new(self.rings.rings().map(BBox::of).collect());
        let mut trees: Vec<Option<Edges>> = vec![None; count];
        (0..count).map(|number| self.around_ring(number, &index, &mut trees)).collect()
    }

    /// The rings in `index` around a ring, asked for at its first point that lies on no other border; by the middles of
    /// its edges when all do.
    fn around_ring(&self, number: usize, index: &PackedIndex, trees: &mut [Option<Edges>]) -> Vec<usize> {
        let ring = self.rings.ring(number);
        let mut places = ring.iter().copied().chain(edges_of(ring).map(middle));
        places.find_map(|p| self.rings_around(p, number, index, trees)).unwrap_or_default()
    }

    /// The rings, `but` one, that hold `p`; `None` when `p` lies on the border of one.
    fn rings_around(&self, p: Point, but: usize, index: &PackedIndex, trees: &mut [Option<Edges>]) -> Option<Vec<usize>> {
        /// Longer rings are asked through a tree.
        const LONG: usize = 64;
        let mut around = Vec::new();
        for number in index.meeting(BBox { min: p, max: p }).into_iter().map(|n| n as usize).filter(|&n| n != but) {
            let ring = self.rings.ring(number);
            let place = if ring.len() < LONG {
                locate_in_rings([ring], p)
            } else {
                trees[number].get_or_insert_with(|| Edges::new(Rings::simple(ring).as_ref())).locate(p)
            };
            match place {
                Side::Inside => around.push(number),
                Side::Outside => {}
                Side::Border => return None,
            }
        }
        Some(around)
    }

    /// Holes in no land, as their winding tells where it tells anything: a part whose first outer ring is wound
    /// counter-clockwise comes from a source that has a place for holes, and those are wound clockwise. A shapefile winds
    /// its outer rings clockwise; a ring of it that is wound the other way and lies in none is a part wound wrongly.
    fn find_strays(&mut self) {
        let mut first = 0;
        for same in self.part_of.chunk_by(|a, b| a == b) {
            let rings = first..first + same.len();
            first = rings.end;
            if rings.len() < 2 {
                continue;
            }
            let is_left = |ring: usize| self.rings.ring(ring).first().is_some_and(|&o| signed_area_m2(self.rings.ring(ring), o) > 0.0);
            let crossed = |ring: usize| self.faults.iter().any(|f| f.rings.contains(&ring));
            let mut outer = rings.filter(|&ring| !self.is_hole(ring));
            if !outer.next().is_some_and(is_left) {
                continue;
            }
            let strays: Vec<usize> = outer.filter(|&ring| !is_left(ring) && !crossed(ring)).collect();
            for ring in strays.into_iter().take(ENOUGH.saturating_sub(self.faults.len())) {
                self.faults.push(Fault { kind: FaultKind::Stray, at: self.rings.ring(ring)[0], rings: [ring; 2] });
            }
        }
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

    /// Whether the ring cuts land out, by its depth: the way it is wound says nothing, files wind as they like.
    pub(super) fn is_hole(&self, ring: usize) -> bool {
        self.depths[ring] % 2 == 1
    }

    /// The ring around a hole that is no hole itself.
    fn outer_of(&self, ring: usize) -> Option<usize> {
        let depth = self.depths[ring];
        let own = |o: &&usize| self.part_of[**o] == self.part_of[ring] && self.depths[**o] + 1 == depth;
        if depth % 2 == 1 { self.around[ring].iter().find(own).copied() } else { None }
    }

    /// Whether there are so many faults that the search ended before it saw all.
    pub(super) fn gave_up(&self) -> bool {
        self.faults.len() >= ENOUGH
    }

    /// The rings as a shape, in the order of the file; for rings without a fault.
    pub(super) fn shape(&self) -> Option<Shape> {
        self.shape_of(0..self.rings.ring_count())
    }

    /// The same for the rings of some parts.
    pub(super) fn shape_of(&self, numbers: Range<usize>) -> Option<Shape> {
        let mut holes: Vec<Vec<usize>> = vec![Vec::new(); numbers.len()];
        for ring in numbers.clone() {
            if let Some(outer) = self.outer_of(ring) {
                holes[outer - numbers.start].push(ring);
            }
        }
        let mut sound = Rings::new();
        for outer in numbers.clone().filter(|&ring| !self.is_hole(ring)) {
            sound.push_ring(&wound(self.rings.ring(outer), true));
            holes[outer - numbers.start].iter().for_each(|&hole| sound.push_ring(&wound(self.rings.ring(hole), false)));
            sound.end_part();
        }
        (!numbers.is_empty()).then(|| Shape::from_sound(sound))
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

fn middle([a, b]: Edge) -> Point {
    [a[0] + (b[0] - a[0]) / 2.0, a[1] + (b[1] - a[1]) / 2.0]
}

/// How much work taking rings apart would be, counted up to `at_most`: a crossing each, and a little for every other place
/// where edges that do not follow each other meet.
pub(super) fn crossings(rings: RingsRef<'_>, at_most: usize) -> usize {
    /// Borders that touch or run along each other cost the engine less than those that cross, by far.
    const TOUCHES_A_CROSSING: usize = 64;
    let edges = Edges::new(rings);
    let (mut crossing, mut touching) = (0, 0);
    let mut count = |i: usize, j: usize| {
        match meet(edges.edge(i), edges.edge(j)) {
            Meeting::Cross(_) => crossing += 1,
            Meeting::Along(_) | Meeting::Touch(_) => touching += 1,
            Meeting::Apart => {}
        }
        if crossing + touching / TOUCHES_A_CROSSING < at_most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    // Where all are looked at they are all counted; the way it ended tells nothing more.
    let _ = (0..edges.len()).try_for_each(|i| edges.meeting(edge_box(edges.edge(i)), i + 1, |j| count(i, j)));
    crossing + touching / TOUCHES_A_CROSSING
}

/// Sound rings as parts, in their order: each clockwise one goes to the smallest counter-clockwise one around it.
pub(super) fn in_parts(rings: RingsRef<'_>) -> Rings {
    let areas_m2: Vec<f64> = rings.rings().map(|ring| ring.first().map_or(0.0, |&origin| signed_area_m2(ring, origin))).collect();
    let count = areas_m2.len();
    let mut holes: Vec<Vec<usize>> = vec![Vec::new(); count];
    if areas_m2.iter().any(|&a| a < 0.0) {
        let survey = Survey { rings, part_of: &vec![0; count], faults: Vec::new(), around: Vec::new(), depths: Vec::new() };
        let index =
            PackedIndex::new(rings.rings().zip(&areas_m2).map(|(ring, &a)| if a > 0.0 { BBox::of(ring) } else { BBox::EMPTY }).collect());
        let mut trees: Vec<Option<Edges>> = vec![None; count];
        for hole in (0..count).filter(|&i| areas_m2[i] < 0.0) {
            // Middles first: on the engine's grid they are exact, and where rings touch in points no border goes through them.
            let places = edges_of(rings.ring(hole)).map(middle);
            let around = places.map(|p| survey.rings_around(p, hole, &index, &mut trees)).find_map(|around| around);
            let around = around.unwrap_or_else(|| survey.around_ring(hole, &index, &mut trees));
            if let Some(outer) = around.into_iter().min_by(|&a, &b| areas_m2[a].total_cmp(&areas_m2[b])) {
                holes[outer].push(hole);
            }
        }
    }
    let mut parts = Rings::new();
    for outer in (0..count).filter(|&i| areas_m2[i] > 0.0) {
        parts.push_ring(rings.ring(outer));
        holes[outer].iter().for_each(|&hole| parts.push_ring(rings.ring(hole)));
        parts.end_part();
    }
    parts
}

/// The ring counter-clockwise or clockwise, from the same first point.
pub(super) fn wound(ring: &[Point], counter_clockwise: bool) -> Vec<Point> {
    let mut ring = ring.to_vec();
    if ring.first().is_some_and(|&origin| (signed_area_m2(&ring, origin) > 0.0) != counter_clockwise) {
        ring[1..].reverse();
    }
    ring
}

//! All edges of a set of rings, found by place: a packed tree of boxes over runs of edges.
//!
//! Neighbours along a ring are neighbours on the ground, so the order of a ring serves as well as a sorted one. Only the
//! runs of many rings are sorted, into strips.

use super::segment::{Edge, by_place, distance2, edge_box, side};
use super::{BBox, Point, RingsRef};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// Edges in a run, and boxes under a box.
const FAN: usize = 8;

/// Where a point lies relative to a ring or a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    Outside,
    Border,
}

#[derive(Clone, Debug)]
pub(super) struct Edges {
    /// The points of each ring, its first one again at its end: edge `i` of ring `r` begins at point `i + r`.
    points: Vec<Point>,
    /// One past the last edge of each ring.
    ring_ends: Vec<u32>,
    /// Up to `FAN` edges of one ring each, from and to, in the order of the tree.
    runs: Vec<(u32, u32)>,
    /// Whether the runs stand as in the rings.
    as_in_rings: bool,
    ring_runs: Vec<std::ops::Range<usize>>,
    /// `levels[0]` are the boxes of the runs, every further level those of `FAN` boxes.
    levels: Vec<Vec<BBox>>,
}

impl Edges {
    pub(super) fn new(rings: RingsRef<'_>) -> Self {
        let mut points = Vec::with_capacity(rings.coords().len() + rings.ring_count());
        let mut ring_ends = Vec::with_capacity(rings.ring_count());
        let most_runs = rings.coords().len() / FAN + rings.ring_count();
        let (mut runs, mut lowest) = (Vec::with_capacity(most_runs), Vec::with_capacity(most_runs));
        let mut start = 0;
        for ring in rings.rings() {
            let first = points.len();
            points.extend_from_slice(ring);
            // A ring without points has one too, so that the numbers stay in step.
            points.push(ring.first().copied().unwrap_or_default());
            for i in (0..ring.len()).step_by(FAN) {
                let to = ring.len().min(i + FAN);
                runs.push(((start + i) as u32, (start + to) as u32));
                lowest.push(BBox::of(&points[first + i..=first + to]));
            }
            start += ring.len();
            ring_ends.push(start as u32);
        }
        let as_in_rings = rings.ring_count() <= FAN;
        let mut ring_runs = Vec::new();
        if as_in_rings {
            let counts = rings.rings().map(|ring| ring.len().div_ceil(FAN));
            ring_runs.extend(counts.scan(0, |end, runs| {
                *end += runs;
                Some(*end - runs..*end)
            }));
        } else {
            let order = in_strips(&lowest);
            runs = order.iter().map(|&run| runs[run as usize]).collect();
            lowest = order.iter().map(|&run| lowest[run as usize]).collect();
        }
        let mut levels = vec![lowest];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let above = below.chunks(FAN).map(|few| few.iter().fold(BBox::EMPTY, |b, &c| b.join(c))).collect();
            levels.push(above);
        }
        Self { points, ring_ends, runs, as_in_rings, ring_runs, levels }
    }

    pub(super) fn len(&self) -> usize {
        self.ring_ends.last().map_or(0, |end| *end as usize)
    }

    pub(super) fn edge(&self, i: usize) -> Edge {
        let at = i + self.ring_of(i);
        [self.points[at], self.points[at + 1]]
    }

    /// The number of the ring that edge `i` belongs to.
    pub(super) fn ring_of(&self, i: usize) -> usize {
        // Most shapes have one ring.
        if self.ring_ends.len() == 1 { 0 } else { self.ring_ends.partition_point(|end| *end as usize <= i) }
    }

    /// The edges of a run, with their numbers.
    fn run(&self, number: usize) -> impl Iterator<Item = (usize, Edge)> + Clone + '_ {
        let (from, to) = self.runs[number];
        let (from, to) = (from as usize, to as usize);
        let at = from + self.ring_of(from);
        self.points[at..=at + (to - from)].windows(2).enumerate().map(move |(i, pair)| (from + i, [pair[0], pair[1]]))
    }

    /// Calls `found` with each edge from number `from` on whose box meets `window`, until it breaks.
    pub(super) fn meeting(&self, window: BBox, from: usize, mut found: impl FnMut(usize) -> ControlFlow<()>) -> ControlFlow<()> {
        self.descend(self.levels.len() - 1, 0, &window, from, &mut found)
    }

    fn descend(
        &self,
        level: usize,
        number: usize,
        window: &BBox,
        from: usize,
        found: &mut impl FnMut(usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let last = ((number + 1) * FAN.pow(level as u32)).min(self.runs.len());
        let passed = self.as_in_rings && last > 0 && self.runs[last - 1].1 as usize <= from;
        if passed || !self.levels[level].get(number).is_some_and(|bbox| bbox.meets(window)) {
            return ControlFlow::Continue(());
        }
        if level > 0 {
            return (number * FAN..(number + 1) * FAN).try_for_each(|child| self.descend(level - 1, child, window, from, found));
        }
        self.run(number).filter(|(i, edge)| *i >= from && edge_box(*edge).meets(window)).try_for_each(|(i, _)| found(i))
    }

    /// Makes `least2` the square of the distance from `edge` to the nearest of the edges, in m², where that is no more than it
    /// was; returns whether it is.
    pub(super) fn nearest2(&self, edge: Edge, least2: &mut f64) -> bool {
        !self.runs.is_empty() && self.approach(self.levels.len() - 1, 0, edge, &edge_box(edge), least2)
    }

    fn approach(&self, level: usize, number: usize, edge: Edge, window: &BBox, least2: &mut f64) -> bool {
        // The distance of boxes is no more than that of what is in them but for the rounding of either.
        let is_beyond = |bbox: &BBox, least2: f64| bbox.distance2(window) > least2 * (1.0 + 1e-9) + 1e-12;
        let mut found = false;
        if is_beyond(&self.levels[level][number], *least2) {
            return false;
        }
        if level == 0 {
            for (_, own) in self.run(number) {
                if !is_beyond(&edge_box(own), *least2) {
                    let own2 = distance2(edge, own);
                    if own2 <= *least2 {
                        (*least2, found) = (own2, true);
                    }
                }
            }
            return found;
        }
        // The nearest box first: what it holds rules most of the others out.
        let below = &self.levels[level - 1];
        let children = number * FAN..below.len().min((number + 1) * FAN);
        let mut order = [(f64::INFINITY, 0); FAN];
        let count = children.len();
        children.zip(&mut order).for_each(|(child, place)| *place = (below[child].distance2(window), child));
        order[..count].sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for &(_, child) in &order[..count] {
            found |= self.approach(level - 1, child, edge, window, least2);
        }
        found
    }

    /// Adds to `room` the points of a ring without all that winds about outside `window`, as
    /// [`super::overlay::thin`] does, but stretches that lie beyond one side of the window are passed over at once.
    /// `runs`: those of the ring.
    pub(super) fn thin_ring(&self, runs: std::ops::Range<usize>, window: &BBox, room: &mut Vec<Point>) {
        let point = |p: Point| window.sides_beyond(&BBox { min: p, max: p });
        let mut before = 0;
        let mut run = runs.start;
        while run < runs.end {
            // The box of edges holds the point after them too, so all of them may go with the one before.
            let goes = |level: usize, node: usize| before & window.sides_beyond(&self.levels[level][node]) != 0;
            if goes(0, run) {
                let (mut level, mut length) = (0, 1);
                while run.is_multiple_of(length * FAN) && run + length * FAN <= runs.end && goes(level + 1, run / (length * FAN)) {
                    (level, length) = (level + 1, length * FAN);
                }
                run += length;
                continue;
            }
            for (_, [here, after]) in self.run(run) {
                if room.is_empty() || before & point(here) & point(after) == 0 {
                    room.push(here);
                    before = point(here);
                }
            }
            run += 1;
        }
    }

    /// Whether the runs stand as in the rings.
    pub(super) fn is_as_in_rings(&self) -> bool {
        self.as_in_rings
    }

    /// The runs of each ring; none where the runs do not stand as in the rings.
    pub(super) fn runs_of_rings(&self) -> &[std::ops::Range<usize>] {
        &self.ring_runs
    }

    /// Calls `found` with pairs `i < j` of edges whose boxes meet, in no certain order, until it breaks: with all of them but
    /// some neighbours along a ring that go on in the same direction and so meet in their common end alone.
    pub(super) fn pairs(&self, mut found: impl FnMut(usize, usize) -> ControlFlow<()>) -> ControlFlow<()> {
        if self.runs.is_empty() {
            return ControlFlow::Continue(());
        }
        let ways: Vec<u8> = (0..self.runs.len()).map(|run| self.ways(run)).collect();
        self.join(self.levels.len() - 1, 0, 0, &ways, &mut found)
    }

    fn join(
        &self,
        level: usize,
        a: usize,
        b: usize,
        ways: &[u8],
        found: &mut impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if level == 0 {
            // Edges that follow each other and all lead one way do not meet.
            let follow = a == b
                || (self.runs[a].1 == self.runs[b].0 && self.ring_of(self.runs[a].0 as usize) == self.ring_of(self.runs[b].0 as usize));
            return if follow && ways[a] & ways[b] != 0 { ControlFlow::Continue(()) } else { self.join_runs(a, b, found) };
        }
        let boxes = &self.levels[level - 1];
        let children = |node: usize| node * FAN..boxes.len().min((node + 1) * FAN);
        for i in children(a) {
            let from = if a == b { i } else { children(b).start };
            for j in (from..children(b).end).filter(|j| boxes[i].meets(&boxes[*j])) {
                self.join(level - 1, i, j, ways, found)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn join_runs(&self, a: usize, b: usize, found: &mut impl FnMut(usize, usize) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut boxes = [BBox::EMPTY; FAN];
        self.run(b).zip(&mut boxes).for_each(|((_, edge), bbox)| *bbox = edge_box(edge));
        let (first, end) = self.runs[b];
        for (i, edge) in self.run(a) {
            let own = edge_box(edge);
            if a != b && !own.meets(&self.levels[0][b]) {
                continue;
            }
            for (j, _) in (first as usize..end as usize).zip(&boxes).filter(|(j, bbox)| (a != b || *j > i) && own.meets(bbox)) {
                found(i.min(j), i.max(j))?;
            }
        }
        ControlFlow::Continue(())
    }

    /// The ways that all edges of a run lead: a bit each for east, west, north and south.
    fn ways(&self, run: usize) -> u8 {
        let of_edge =
            |[a, b]: Edge| u8::from(a[0] < b[0]) | u8::from(a[0] > b[0]) << 1 | u8::from(a[1] < b[1]) << 2 | u8::from(a[1] > b[1]) << 3;
        self.run(run).fold(0b1111, |ways, (_, edge)| ways & of_edge(edge))
    }

    /// Where `p` lies relative to the area that the rings enclose by the even-odd rule.
    pub(super) fn locate(&self, p: Point) -> Side {
        let ray = BBox { min: p, max: [f64::INFINITY, p[1]] };
        let mut place = Side::Outside;
        let _ = self.meeting(ray, 0, |i| match ray_meets(p, self.edge(i)) {
            Some(Ordering::Equal) => {
                place = Side::Border;
                ControlFlow::Break(())
            }
            Some(_) => {
                place = if place == Side::Inside { Side::Outside } else { Side::Inside };
                ControlFlow::Continue(())
            }
            None => ControlFlow::Continue(()),
        });
        place
    }
}

/// The numbers of the boxes in north-south strips of about as many as there are strips, each from south to north
/// (S. Leutenegger and others, STR, 1997).
fn in_strips(boxes: &[BBox]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..boxes.len() as u32).collect();
    let place = |i: u32, axis: usize| boxes[i as usize].center()[axis];
    let strip = (boxes.len() as f64).sqrt().ceil() as usize;
    order.sort_by(|&i, &j| place(i, 0).total_cmp(&place(j, 0)));
    order.chunks_mut(strip.max(1)).for_each(|strip| strip.sort_by(|&i, &j| place(i, 1).total_cmp(&place(j, 1))));
    order
}

/// Whether a ray from `p` to the east crosses the edge: `None` no, `Equal` `p` lies on the edge, else yes. An edge counts
/// with its lower end and without its upper one, so a ray through a vertex counts once.
fn ray_meets(p: Point, [a, b]: Edge) -> Option<Ordering> {
    if (a[1] <= p[1]) == (b[1] <= p[1]) {
        let level = a[1] == p[1] && b[1] == p[1] && a[0].min(b[0]) <= p[0] && p[0] <= a[0].max(b[0]);
        let end = by_place(&a, &p).is_eq() || by_place(&b, &p).is_eq();
        return (level || end).then_some(Ordering::Equal);
    }
    let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
    match side(low, high, p) {
        Ordering::Greater => Some(Ordering::Greater),
        Ordering::Equal => Some(Ordering::Equal),
        Ordering::Less => None,
    }
}

/// Where `p` lies relative to rings read by the even-odd rule, without an index: for rings asked once.
pub(super) fn locate_in_rings<'a>(rings: impl IntoIterator<Item = &'a [Point]>, p: Point) -> Side {
    let mut inside = false;
    for edge in rings.into_iter().flat_map(edges_of) {
        match ray_meets(p, edge) {
            Some(Ordering::Equal) => return Side::Border,
            Some(_) => inside = !inside,
            None => {}
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}

/// The edges of a ring, the closing one last.
pub(super) fn edges_of(ring: &[Point]) -> impl Iterator<Item = Edge> + '_ {
    ring.iter().enumerate().map(|(i, &a)| [a, ring[if i + 1 == ring.len() { 0 } else { i + 1 }]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;

    fn frame() -> Rings {
        let mut rings = Rings::new();
        rings.push_ring(&[[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]]);
        rings.push_ring(&[[3.0, 3.0], [3.0, 6.0], [6.0, 6.0], [6.0, 3.0]]);
        rings.end_part();
        rings
    }

    #[test]
    fn a_ray_through_corners_counts_once() {
        let rings = frame();
        let edges = Edges::new(rings.as_ref());
        for (p, place) in [
            ([1.0, 3.0], Side::Inside),
            ([1.0, 6.0], Side::Inside),
            ([-1.0, 9.0], Side::Outside),
            ([-1.0, 0.0], Side::Outside),
            ([4.0, 4.0], Side::Outside),
            ([9.0, 9.0], Side::Border),
            ([4.0, 9.0], Side::Border),
            ([3.0, 4.0], Side::Border),
        ] {
            assert_eq!(edges.locate(p), place, "{p:?}");
            assert_eq!(locate_in_rings(rings.as_ref().rings(), p), place, "{p:?}");
        }
    }

    #[test]
    fn many_rings_are_found_as_by_a_scan() {
        let mut rings = Rings::new();
        for i in 0..300 {
            let [x, y] = [f64::from(i * 37 % 101), f64::from(i * 53 % 97)];
            rings.push_ring(&[[x, y], [x + 0.5, y], [x + 0.2, y + 0.7]]);
            rings.end_part();
        }
        let edges = Edges::new(rings.as_ref());
        let window = BBox { min: [20.0, 30.0], max: [45.0, 60.0] };
        let mut found = Vec::new();
        let _ = edges.meeting(window, 50, |i| {
            found.push(i);
            ControlFlow::Continue(())
        });
        found.sort_unstable();
        let scanned: Vec<usize> = (50..edges.len()).filter(|&i| edge_box(edges.edge(i)).meets(&window)).collect();
        assert!(found.len() > 20);
        assert_eq!(found, scanned);
    }

    #[test]
    fn pairs_are_those_of_a_scan_but_for_neighbours() {
        for rings in [1, 30] {
            let mut all = Rings::new();
            for ring in 0..rings {
                let turn = |i: i32| f64::from(i) * 0.05;
                let at = f64::from(ring) * 3.0;
                let ring: Vec<Point> =
                    (0..126).map(|i| [at + turn(i).cos() * (4.0 + (9.0 * turn(i)).sin()), (2.0 * turn(i)).sin()]).collect();
                all.push_ring(&ring);
            }
            all.end_part();
            let edges = Edges::new(all.as_ref());
            let mut found = Vec::new();
            let _ = edges.pairs(|i, j| {
                found.push((i, j));
                ControlFlow::Continue(())
            });
            found.sort_unstable();
            let every = found.len();
            found.dedup();
            assert_eq!(found.len(), every, "a pair comes once");
            let follow = |i: usize, j: usize| edges.ring_of(i) == edges.ring_of(j) && (j == i + 1 || j == i + 125);
            let meets = |i: usize, j: usize| edge_box(edges.edge(i)).meets(&edge_box(edges.edge(j)));
            let scanned = (0..edges.len()).flat_map(|i| (i + 1..edges.len()).map(move |j| (i, j)));
            let scanned: Vec<_> = scanned.filter(|&(i, j)| meets(i, j) && !follow(i, j)).collect();
            found.retain(|&(i, j)| !follow(i, j));
            assert!(scanned.len() > 10, "{}", scanned.len());
            assert_eq!(found, scanned);
        }
    }

    #[test]
    fn the_tree_finds_what_a_scan_finds() {
        let ring: Vec<Point> =
            (0..1000).map(|i| f64::from(i) * 0.006).map(|t| [t.cos() * (5.0 + (9.0 * t).sin()), t.sin() * 7.0]).collect();
        let rings = Rings::simple(&ring);
        let edges = Edges::new(rings.as_ref());
        let window = BBox { min: [1.0, 2.0], max: [4.0, 6.5] };
        let mut found = Vec::new();
        let _ = edges.meeting(window, 17, |i| {
            found.push(i);
            ControlFlow::Continue(())
        });
        let scanned: Vec<usize> = (17..edges.len()).filter(|&i| edge_box(edges.edge(i)).meets(&window)).collect();
        assert!(!found.is_empty());
        assert_eq!(found, scanned);
    }
}

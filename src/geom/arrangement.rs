//! Two drawings laid on one another and taken apart, exactly, to tell what they share.
//!
//! Every edge of both is cut where another one meets it. Between two cuts nothing changes, so each piece lies inside, on
//! the border or outside of either drawing, and so does the land to its left and to its right; the same holds for each
//! place where edges meet. There is nothing else. No place is computed: which edges meet, and in which order along an
//! edge, follows from signs of determinants alone, and what lies beside a piece from the number of borders between it and
//! infinity. A place is known by its corner or by all edges that pass through it.

use super::alike::bits;
use super::edges::edges_of;
use super::expansion::first_along;
use super::relate::{Drawn, Extent, Place, Relation};
use super::segment::{Edge, by_place, edge_box, side};
use super::{BBox, PackedIndex, Point};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What an edge is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The border of the area of this number, counted over both drawings.
    Border(usize),
    Line,
    /// A point: both ends are one.
    Spot,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    ends: Edge,
    /// 0 the first drawing, 1 the second.
    of: usize,
    kind: Kind,
}

/// A place along an edge.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Corner(Point),
    /// Where this edge passes through it; neither ends there.
    Through(Edge),
}

/// What an edge does where it meets another.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// It goes away to the left, to the right, or to both as it passes through.
    Aside {
        left: bool,
        right: bool,
    },
    /// It begins to run along with the other.
    Joins,
    Leaves,
}

#[derive(Clone, Copy, Debug)]
struct Meeting {
    at: Cut,
    number: usize,
    event: Event,
}

/// What a place is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Corner([u64; 2]),
    Through(Vec<usize>),
}

/// How a piece of an edge lies to one drawing.
#[derive(Clone, Copy, Debug)]
struct Lies {
    /// Whether there is land to the left and to the right.
    land: [bool; 2],
    on_line: bool,
}

/// What is known of a place, for each drawing.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    in_land: [bool; 2],
    on_border: [bool; 2],
    on_line: [bool; 2],
}

/// The areas that lie to the left and to the right.
struct Beside {
    /// The drawing of each area.
    of: Vec<usize>,
    odd: Vec<[bool; 2]>,
    touched: Vec<usize>,
    /// How many areas of each drawing lie on each hand.
    count: [[usize; 2]; 2],
}

const LEFT: usize = 0;
const RIGHT: usize = 1;

pub(super) struct Arrangement {
    parts: Vec<Part>,
    index: PackedIndex,
    bbox: BBox,
    /// How many ends of lines of each drawing lie at a corner.
    ends: [BTreeMap<[u64; 2], usize>; 2],
    beside: Beside,
    nodes: BTreeMap<Key, Node>,
    relation: Relation,
}

impl Arrangement {
    pub(super) fn new(drawn: [Drawn<'_>; 2]) -> Self {
        let (mut parts, mut areas, mut ends) = (Vec::new(), Vec::new(), [BTreeMap::new(), BTreeMap::new()]);
        for (of, drawn) in drawn.into_iter().enumerate() {
            let has_length = |[a, b]: &Edge| a != b;
            for area in 0..drawn.areas.part_count() {
                let kind = Kind::Border(areas.len());
                areas.push(of);
                let rings = drawn.areas.part(area).map(|ring| drawn.areas.ring(ring));
                parts.extend(rings.flat_map(edges_of).filter(has_length).map(|ends| Part { ends, of, kind }));
            }
            for line in drawn.lines.rings() {
                let before = parts.len();
                let steps = line.windows(2).map(|step| [step[0], step[1]]).filter(has_length);
                parts.extend(steps.map(|ends| Part { ends, of, kind: Kind::Line }));
                match line {
                    [from, .., to] if parts.len() > before => {
                        [from, to].into_iter().for_each(|end| *ends[of].entry(bits(*end)).or_insert(0) += 1);
                    }
                    _ => parts.extend(line.first().map(|at| Part { ends: [*at; 2], of, kind: Kind::Spot })),
                }
            }
            parts.extend(drawn.points.iter().map(|at| Part { ends: [*at; 2], of, kind: Kind::Spot }));
        }
        let boxes: Vec<BBox> = parts.iter().map(|part| edge_box(part.ends)).collect();
        let bbox = boxes.iter().fold(BBox::EMPTY, |all, own| all.join(*own));
        let extents = [0, 1].map(|of| {
            let own = parts.iter().filter(|part| part.of == of);
            own.map(|part| part.kind.extent()).max().unwrap_or(Extent::Nothing)
        });
        let beside = Beside { odd: vec![[false; 2]; areas.len()], of: areas, touched: Vec::new(), count: [[0; 2]; 2] };
        let index = PackedIndex::new(boxes);
        Self { parts, index, bbox, ends, beside, nodes: BTreeMap::new(), relation: Relation::new(extents) }
    }

    pub(super) fn relation(mut self) -> Relation {
        for number in (0..self.parts.len()).filter(|&i| self.parts[i].kind != Kind::Spot).collect::<Vec<_>>() {
            self.walk(number);
        }
        self.add_spots();
        for (key, node) in &self.nodes {
            self.relation.share([0, 1].map(|of| self.place_of(key, node, of)), Extent::Points);
        }
        self.relation
    }

    /// From end to end of an edge, piece by piece.
    fn walk(&mut self, number: usize) {
        let ends = self.parts[number].ends;
        let mut meetings = self.meetings(number);
        let order = |a: &Meeting, b: &Meeting| order_along(ends, a.at, b.at);
        meetings.sort_by(order);
        self.look_aside(ends);
        // The edges that run along, this one among them.
        let mut along = vec![number];
        let mut before = None;
        let mut stops = meetings.chunk_by(|a, b| order(a, b).is_eq()).peekable();
        while let Some(stop) = stops.next() {
            let mut here: Vec<usize> = along.iter().copied().chain(stop.iter().map(|meeting| meeting.number)).collect();
            for meeting in stop {
                match meeting.event {
                    // At the beginning of the edge all was looked for just behind it.
                    Event::Aside { left, right } if before.is_some() => self.pass(meeting.number, [left, right]),
                    Event::Aside { .. } => {}
                    Event::Joins => along.push(meeting.number),
                    Event::Leaves => along.retain(|other| *other != meeting.number),
                }
            }
            let after = stops.peek().is_some().then(|| [0, 1].map(|of| self.lies(of, &along)));
            if let Some(lies) = after {
                self.relation.share(lies.map(|own| own.place()), Extent::Lines);
                for hand in [LEFT, RIGHT] {
                    self.relation.share(lies.map(|own| if own.land[hand] { Place::Inside } else { Place::Outside }), Extent::Land);
                }
            }
            let mut node = Node::default();
            [before, after].into_iter().flatten().for_each(|lies| node.add(lies));
            for part in here.iter().map(|i| self.parts[*i]).filter(|part| part.kind == Kind::Line) {
                node.on_line[part.of] = true;
            }
            let corner = stop.iter().find_map(|meeting| if let Cut::Corner(p) = meeting.at { Some(p) } else { None });
            let key = corner.map_or_else(
                || {
                    here.sort_unstable();
                    here.dedup();
                    Key::Through(here)
                },
                |p| Key::Corner(bits(p)),
            );
            self.nodes.entry(key).or_default().join(node);
            before = after;
        }
    }

    /// Where other edges meet an edge, and where it begins and ends.
    fn meetings(&self, number: usize) -> Vec<Meeting> {
        let [from, to] = self.parts[number].ends;
        let own = |p| Meeting { at: Cut::Corner(p), number, event: Event::Aside { left: false, right: false } };
        let mut meetings = vec![own(from), own(to)];
        for other in self.index.meeting(edge_box([from, to])).into_iter().map(|i| i as usize).filter(|&i| i != number) {
            let [a, b] = self.parts[other].ends;
            let of_ends = [side(from, to, a), side(from, to, b)];
            if of_ends == [Ordering::Equal; 2] {
                self.meet_along(number, other, &mut meetings);
                continue;
            }
            let of_own = [side(a, b, from), side(a, b, to)];
            let is_beyond = |[s, t]: [Ordering; 2]| s == t && s != Ordering::Equal;
            if is_beyond(of_ends) || is_beyond(of_own) {
                continue;
            }
            let corners = [(of_ends[0], a), (of_ends[1], b), (of_own[0], from), (of_own[1], to)];
            let corner = corners.into_iter().find(|(side, _)| side.is_eq());
            let at = corner.map_or(Cut::Through([a, b]), |(_, p)| Cut::Corner(p));
            let leads = |hand| of_ends.contains(&hand);
            let event = Event::Aside { left: leads(Ordering::Greater), right: leads(Ordering::Less) };
            meetings.push(Meeting { at, number: other, event });
        }
        meetings
    }

    /// The stretch that an edge on the same line has in common with it; a corner where that is all.
    fn meet_along(&self, number: usize, other: usize, meetings: &mut Vec<Meeting>) {
        let ends = self.parts[number].ends;
        let [a, b] = self.parts[other].ends;
        let later = |p, q| if order_on_line(ends, p, q).is_lt() { q } else { p };
        let earlier = |p, q| if order_on_line(ends, p, q).is_gt() { q } else { p };
        let (from, to) = (later(ends[0], earlier(a, b)), earlier(ends[1], later(a, b)));
        let mut add = |p, event| meetings.push(Meeting { at: Cut::Corner(p), number: other, event });
        match order_on_line(ends, from, to) {
            Ordering::Less => {
                add(from, Event::Joins);
                add(to, Event::Leaves);
            }
            Ordering::Equal => add(from, Event::Aside { left: false, right: false }),
            Ordering::Greater => {}
        }
    }

    /// What lies beside an edge just behind its beginning: counts the borders that a ray to the east crosses from a place
    /// a nothing along the edge and less than that aside. For a point, on no edge, what it lies in.
    fn look_aside(&mut self, [from, to]: Edge) {
        self.beside.clear();
        for number in self.index.meeting(BBox { min: from, max: [self.bbox.max[0], from[1]] }) {
            let Part { ends: [a, b], kind: Kind::Border(area), .. } = self.parts[number as usize] else { continue };
            let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
            for hand in [LEFT, RIGHT] {
                let goes_north = to[1] > from[1] || (to[1] == from[1] && (to[0] > from[0]) == (hand == LEFT));
                let is_above = |p: Point| p[1] > from[1] || (p[1] == from[1] && !goes_north);
                let is_left = || match side(low, high, from).then(side(low, high, to)) {
                    Ordering::Greater => true,
                    Ordering::Less => false,
                    Ordering::Equal => (to[1] > from[1]) == (hand == LEFT),
                };
                if is_above(high) && !is_above(low) && is_left() {
                    self.beside.flip(area, hand);
                }
            }
        }
    }

    /// Goes past an edge that leads aside on these hands.
    fn pass(&mut self, number: usize, hands: [bool; 2]) {
        if let Kind::Border(area) = self.parts[number].kind {
            [LEFT, RIGHT].into_iter().filter(|hand| hands[*hand]).for_each(|hand| self.beside.flip(area, hand));
        }
    }

    fn lies(&self, of: usize, along: &[usize]) -> Lies {
        let is_line = |i: &usize| self.parts[*i].of == of && self.parts[*i].kind == Kind::Line;
        Lies { land: self.beside.count[of].map(|areas| areas > 0), on_line: along.iter().any(is_line) }
    }

    /// Points, after all edges: a point on an edge has cut it.
    fn add_spots(&mut self) {
        for number in 0..self.parts.len() {
            let Part { ends, of, kind: Kind::Spot } = self.parts[number] else { continue };
            let key = Key::Corner(bits(ends[0]));
            if !self.nodes.contains_key(&key) {
                self.look_aside(ends);
                let in_land = self.beside.count.map(|hands| hands[LEFT] > 0);
                self.nodes.insert(key.clone(), Node { in_land, ..Node::default() });
            }
            self.nodes.entry(key).or_default().on_line[of] = true;
        }
    }

    fn place_of(&self, key: &Key, node: &Node, of: usize) -> Place {
        let ends = if let Key::Corner(at) = key { self.ends[of].get(at) } else { None };
        if node.on_border[of] {
            Place::Border
        } else if node.in_land[of] {
            Place::Inside
        } else if ends.is_some_and(|ends| ends % 2 == 1) {
            Place::Border
        } else if node.on_line[of] {
            Place::Inside
        } else {
            Place::Outside
        }
    }
}

impl Kind {
    fn extent(self) -> Extent {
        match self {
            Self::Border(_) => Extent::Land,
            Self::Line => Extent::Lines,
            Self::Spot => Extent::Points,
        }
    }
}

impl Lies {
    fn place(self) -> Place {
        match self.land {
            [true, true] => Place::Inside,
            [false, false] if !self.on_line => Place::Outside,
            [false, false] => Place::Inside,
            _ => Place::Border,
        }
    }
}

impl Node {
    /// What a piece that ends here tells. Around a place that lies on no border all is land or none is.
    fn add(&mut self, lies: [Lies; 2]) {
        for (of, own) in lies.into_iter().enumerate() {
            self.in_land[of] |= own.land == [true; 2];
            self.on_border[of] |= own.land[LEFT] != own.land[RIGHT];
        }
    }

    fn join(&mut self, other: Self) {
        for of in [0, 1] {
            self.in_land[of] |= other.in_land[of];
            self.on_border[of] |= other.on_border[of];
            self.on_line[of] |= other.on_line[of];
        }
    }
}

impl Beside {
    fn flip(&mut self, area: usize, hand: usize) {
        let odd = &mut self.odd[area][hand];
        *odd = !*odd;
        let count = &mut self.count[self.of[area]][hand];
        *count = if *odd { *count + 1 } else { *count - 1 };
        self.touched.push(area);
    }

    fn clear(&mut self) {
        self.touched.drain(..).for_each(|area| self.odd[area] = [false; 2]);
        self.count = [[0; 2]; 2];
    }
}

/// Two places along an edge in the order of the way. Exact.
fn order_along(edge: Edge, a: Cut, b: Cut) -> Ordering {
    match (a, b) {
        (Cut::Corner(p), Cut::Corner(q)) => order_on_line(edge, p, q),
        (Cut::Corner(p), Cut::Through(other)) => order_of_corner(edge, p, other),
        (Cut::Through(other), Cut::Corner(q)) => order_of_corner(edge, q, other).reverse(),
        (Cut::Through(e), Cut::Through(f)) => first_along(edge, e, f),
    }
}

fn order_on_line([from, to]: Edge, p: Point, q: Point) -> Ordering {
    let order = by_place(&p, &q);
    if by_place(&from, &to).is_lt() { order } else { order.reverse() }
}

/// A corner on the edge lies before the place where `other` passes through if it is on the side that the edge begins on.
fn order_of_corner([from, _]: Edge, p: Point, other: Edge) -> Ordering {
    let [of_corner, of_begin] = [p, from].map(|q| side(other[0], other[1], q));
    match of_corner {
        Ordering::Equal => Ordering::Equal,
        same if same == of_begin => Ordering::Less,
        _ => Ordering::Greater,
    }
}

//! How two drawings lie to each other: the matrix of nine intersections (DE-9IM) and the words for it, decided exactly.

use super::arrangement::Arrangement;
use super::{Point, RingsRef, is_place};
use std::cmp::Ordering;
use std::fmt;

/// Areas, lines and points that are one drawing.
///
/// Areas are read by the even-odd rule, each part by itself, and are one land: where parts adjoin or lie on one another
/// there is no border. What of lines and points lies on land or on its border is part of that. The end of a line is its
/// border unless an even number of ends meets there (OGC 06-103r4, clause 6.1.15).
#[derive(Clone, Copy, Debug, Default)]
pub struct Drawn<'a> {
    pub areas: RingsRef<'a>,
    /// Each ring a line, open unless its last point is its first.
    pub lines: RingsRef<'a>,
    pub points: &'a [Point],
}

impl Drawn<'_> {
    /// Whether all its coordinates can be computed with.
    pub fn is_finite(&self) -> bool {
        let all = [self.areas.coords(), self.lines.coords(), self.points];
        all.into_iter().flatten().copied().all(is_place)
    }
}

/// Where something lies relative to a drawing: a row or column of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Inside = 0,
    Border = 1,
    Outside = 2,
}

/// What is there, the lesser first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    Nothing,
    Points,
    Lines,
    Land,
}

/// What the insides, borders and outsides of two drawings share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    shared: [[Extent; 3]; 3],
    /// Of each drawing as a whole.
    extents: [Extent; 2],
}

impl Relation {
    /// Of two drawings that are finite. Exact.
    pub fn of(a: Drawn<'_>, b: Drawn<'_>) -> Self {
        Arrangement::new([a, b]).relation()
    }

    /// Nothing is shared yet but the land that no drawing reaches.
    pub(super) fn new(extents: [Extent; 2]) -> Self {
        let mut relation = Self { shared: [[Extent::Nothing; 3]; 3], extents };
        relation.share([Place::Outside; 2], Extent::Land);
        relation
    }

    pub(super) fn share(&mut self, [of_a, of_b]: [Place; 2], extent: Extent) {
        let shared = &mut self.shared[of_a as usize][of_b as usize];
        *shared = extent.max(*shared);
    }

    fn has(&self, of_a: Place, of_b: Place) -> bool {
        self.shared[of_a as usize][of_b as usize] > Extent::Nothing
    }

    fn insides_meet(&self) -> bool {
        self.has(Place::Inside, Place::Inside)
    }

    /// Whether some of the first lies outside the second.
    fn leaves(&self) -> bool {
        self.has(Place::Inside, Place::Outside) || self.has(Place::Border, Place::Outside)
    }

    /// The same with the second drawing for the first.
    fn turned(&self) -> Self {
        let [of_a, of_b] = self.extents;
        Self { shared: [0, 1, 2].map(|row| [0, 1, 2].map(|column| self.shared[column][row])), extents: [of_b, of_a] }
    }

    pub fn intersects(&self) -> bool {
        self.shared[..2].iter().any(|row| row[..2].iter().any(|shared| *shared > Extent::Nothing))
    }

    pub fn is_disjoint(&self) -> bool {
        !self.intersects()
    }

    pub fn touches(&self) -> bool {
        self.intersects() && !self.insides_meet()
    }

    pub fn is_covered_by(&self) -> bool {
        self.intersects() && !self.leaves()
    }

    pub fn covers(&self) -> bool {
        self.turned().is_covered_by()
    }

    pub fn is_within(&self) -> bool {
        self.insides_meet() && !self.leaves()
    }

    pub fn contains(&self) -> bool {
        self.turned().is_within()
    }

    /// Whether both are the same, however they are drawn. Two drawings of nothing are.
    pub fn is_equal(&self) -> bool {
        let [a, b] = self.extents;
        a == b && (a == Extent::Nothing || (self.is_within() && self.contains()))
    }

    /// Whether two of one kind share some of what they are, and each has more.
    pub fn overlaps(&self) -> bool {
        let [a, b] = self.extents;
        let alike = self.insides_meet() && (a != Extent::Lines || self.shared[0][0] == Extent::Lines);
        a == b && alike && self.has(Place::Inside, Place::Outside) && self.has(Place::Outside, Place::Inside)
    }

    /// Whether lines pass through each other, or the lesser of two kinds lies both in and out of the other.
    pub fn crosses(&self) -> bool {
        match self.extents[0].cmp(&self.extents[1]) {
            Ordering::Less => self.insides_meet() && self.has(Place::Inside, Place::Outside),
            Ordering::Greater => self.insides_meet() && self.has(Place::Outside, Place::Inside),
            Ordering::Equal => self.extents[0] == Extent::Lines && self.shared[0][0] == Extent::Points,
        }
    }
}

/// As it is written everywhere: row by row a dimension, or F for nothing.
impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.as_flattened().iter().try_for_each(|shared| {
            f.write_str(match shared {
                Extent::Nothing => "F",
                Extent::Points => "0",
                Extent::Lines => "1",
                Extent::Land => "2",
            })
        })
    }
}

#[cfg(test)]
mod tests;

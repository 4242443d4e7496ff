//! Flat rings, as a file held them: nothing is promised about them.
//!
//! Layout shared by files, layers and shapes: all coordinates in one array, the end of each ring in it, the end of
//! each part in the rings. A ring does not repeat its first point at the end. The first ring of a part is its outer
//! one when the source says so; only a [`super::Shape`] guarantees it.

use super::shape::signed_area_m2;
use super::{BBox, Point};

/// Rings of one feature, borrowed from a layer or a shape.
///
/// `ring_ends` and `part_ends` may be slices of a layer's arrays: they count from the layer's start, and
/// `first_coord`/`first_ring` say where this feature begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct RingsRef<'a> {
    coords: &'a [Point],
    ring_ends: &'a [u32],
    part_ends: &'a [u32],
    first_coord: u32,
    first_ring: u32,
}

impl<'a> RingsRef<'a> {
    /// `coords`: this feature's points only; `ring_ends`, `part_ends`: this feature's ends, counted from the start of
    /// the arrays they were cut from, where `first_coord` points and `first_ring` rings come before.
    pub fn new(coords: &'a [Point], ring_ends: &'a [u32], part_ends: &'a [u32], first_coord: u32, first_ring: u32) -> Self {
        Self { coords, ring_ends, part_ends, first_coord, first_ring }
    }

    pub fn is_empty(&self) -> bool {
        self.coords.is_empty()
    }

    pub fn coords(&self) -> &'a [Point] {
        self.coords
    }

    pub fn ring_count(&self) -> usize {
        self.ring_ends.len()
    }

    pub fn part_count(&self) -> usize {
        self.part_ends.len()
    }

    /// Points of ring `i`, the first one not repeated.
    pub fn ring(&self, i: usize) -> &'a [Point] {
        let start = if i == 0 { 0 } else { (self.ring_ends[i - 1] - self.first_coord) as usize };
        let end = (self.ring_ends[i] - self.first_coord) as usize;
        &self.coords[start..end]
    }

    pub fn rings(&self) -> impl Iterator<Item = &'a [Point]> + use<'a> {
        let this = *self;
        (0..this.ring_ends.len()).map(move |i| this.ring(i))
    }

    /// Numbers of the rings of part `i`.
    pub fn part(&self, i: usize) -> std::ops::Range<usize> {
        let start = if i == 0 { 0 } else { (self.part_ends[i - 1] - self.first_ring) as usize };
        start..(self.part_ends[i] - self.first_ring) as usize
    }

    pub fn bbox(&self) -> BBox {
        BBox::of(self.coords)
    }

    pub fn to_owned(&self) -> Rings {
        Rings {
            coords: self.coords.to_vec(),
            ring_ends: self.ring_ends.iter().map(|e| e - self.first_coord).collect(),
            part_ends: self.part_ends.iter().map(|e| e - self.first_ring).collect(),
        }
    }
}

/// Rings of one feature, owned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rings {
    coords: Vec<Point>,
    ring_ends: Vec<u32>,
    part_ends: Vec<u32>,
}

impl Rings {
    pub fn new() -> Self {
        Self::default()
    }

    /// One part with one ring.
    pub fn simple(points: &[Point]) -> Self {
        let mut rings = Self::new();
        rings.push_ring(points);
        rings.end_part();
        rings
    }

    /// Adds a ring to the part being built; a repeated last point is dropped.
    pub fn push_ring(&mut self, points: &[Point]) {
        let open = match points {
            [first, .., last] if first == last => &points[..points.len() - 1],
            all => all,
        };
        self.coords.extend_from_slice(open);
        self.ring_ends.push(self.coords.len() as u32);
    }

    /// Adds a line or a point as it is: a closed line keeps its last point.
    pub fn push_path(&mut self, points: &[Point]) {
        self.coords.extend_from_slice(points);
        self.ring_ends.push(self.coords.len() as u32);
    }

    /// Ends the part being built, of a source that says by their place which ring is the outer one and which are holes:
    /// they are wound so, the first one counter-clockwise and the others clockwise, and are known by it from then on.
    pub fn end_polygon(&mut self) {
        self.wind_part(|is_first| is_first);
        self.end_part();
    }

    /// Ends the part being built, of a source that does not say which rings are holes: all are wound clockwise, as the
    /// outer rings of a shapefile are, so that none passes for a hole but one that lies in another ring.
    pub fn end_nested(&mut self) {
        self.wind_part(|_| false);
        self.end_part();
    }

    fn wind_part(&mut self, counter_clockwise: impl Fn(bool) -> bool) {
        let first_ring = self.part_ends.last().map_or(0, |&end| end as usize);
        for ring in first_ring..self.ring_ends.len() {
            let start = if ring == 0 { 0 } else { self.ring_ends[ring - 1] as usize };
            let points = &mut self.coords[start..self.ring_ends[ring] as usize];
            let Some(&origin) = points.first() else { continue };
            if (signed_area_m2(points, origin) > 0.0) != counter_clockwise(ring == first_ring) {
                points[1..].reverse();
            }
        }
    }

    /// Ends the part being built.
    pub fn end_part(&mut self) {
        self.part_ends.push(self.ring_ends.len() as u32);
    }

    pub fn as_ref(&self) -> RingsRef<'_> {
        RingsRef::new(&self.coords, &self.ring_ends, &self.part_ends, 0, 0)
    }

    pub fn coords_mut(&mut self) -> &mut [Point] {
        &mut self.coords
    }
}

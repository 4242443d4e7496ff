//! Axis-parallel boxes.

use super::Point;

/// A box in metres, edges included. [`BBox::EMPTY`] holds nothing and grows by what is added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BBox {
    pub min: Point,
    pub max: Point,
}

impl Default for BBox {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl BBox {
    pub const EMPTY: Self = Self { min: [f64::INFINITY; 2], max: [f64::NEG_INFINITY; 2] };

    pub fn of(points: &[Point]) -> Self {
        let mut bbox = Self::EMPTY;
        for &p in points {
            bbox.add(p);
        }
        bbox
    }

    pub fn is_empty(&self) -> bool {
        self.min[0] > self.max[0] || self.min[1] > self.max[1]
    }

    pub fn add(&mut self, p: Point) {
        // Not `f64::min`, which takes care of a bound that is no number: none of these ever is, and what is no number in `p`
        // is passed over by both.
        let (lesser, greater) = (|a: f64, b: f64| if b < a { b } else { a }, |a: f64, b: f64| if b > a { b } else { a });
        self.min = [lesser(self.min[0], p[0]), lesser(self.min[1], p[1])];
        self.max = [greater(self.max[0], p[0]), greater(self.max[1], p[1])];
    }

    pub fn join(mut self, other: Self) -> Self {
        if !other.is_empty() {
            self.add(other.min);
            self.add(other.max);
        }
        self
    }

    pub fn meets(&self, other: &Self) -> bool {
        self.min[0] <= other.max[0] && other.min[0] <= self.max[0] && self.min[1] <= other.max[1] && other.min[1] <= self.max[1]
    }

    pub fn holds(&self, other: &Self) -> bool {
        self.min[0] <= other.min[0] && other.max[0] <= self.max[0] && self.min[1] <= other.min[1] && other.max[1] <= self.max[1]
    }

    pub fn holds_point(&self, p: Point) -> bool {
        self.min[0] <= p[0] && p[0] <= self.max[0] && self.min[1] <= p[1] && p[1] <= self.max[1]
    }

    /// Beyond which of the four sides of this box all of `other` lies, a bit a side; 0 for none.
    pub(super) fn sides_beyond(&self, other: &Self) -> u8 {
        u8::from(other.max[0] < self.min[0])
            | u8::from(other.min[0] > self.max[0]) << 1
            | u8::from(other.max[1] < self.min[1]) << 2
            | u8::from(other.min[1] > self.max[1]) << 3
    }

    /// The square of the distance between the boxes in m²; 0 where they meet.
    pub(super) fn distance2(&self, other: &Self) -> f64 {
        let apart = |axis: usize| (self.min[axis] - other.max[axis]).max(other.min[axis] - self.max[axis]).max(0.0);
        let (east, north) = (apart(0), apart(1));
        east * east + north * north
    }

    /// The box with east for north.
    pub fn swapped(&self) -> Self {
        let swap = |[a, b]: Point| [b, a];
        Self { min: swap(self.min), max: swap(self.max) }
    }

    /// The box widened by `margin_m` on every side.
    pub fn grown(&self, margin_m: f64) -> Self {
        Self { min: [self.min[0] - margin_m, self.min[1] - margin_m], max: [self.max[0] + margin_m, self.max[1] + margin_m] }
    }

    pub fn width(&self) -> f64 {
        self.max[0] - self.min[0]
    }

    pub fn height(&self) -> f64 {
        self.max[1] - self.min[1]
    }

    pub fn center(&self) -> Point {
        [(self.min[0] + self.max[0]) / 2.0, (self.min[1] + self.max[1]) / 2.0]
    }
}

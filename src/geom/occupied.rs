//! Where many boxes lie, roughly: enough to say of another that it meets none of them.

use super::BBox;

/// Cells along a side of the grid.
const SIDE: usize = 2048;

/// A grid over a window whose cells are marked where boxes lie. What is beyond the window counts as in its outermost
/// cells, so any box may be added and asked, and "meets none" is always right.
#[derive(Clone, Debug, PartialEq)]
pub struct Occupied {
    window: BBox,
    marks: Vec<u64>,
}

impl Occupied {
    /// `window`: where most boxes are expected; a poor one costs sharpness alone.
    pub fn new(window: BBox) -> Self {
        let sound = !window.is_empty() && [window.min, window.max].as_flattened().iter().all(|c| c.is_finite());
        let window = if sound { window } else { BBox { min: [0.0; 2], max: [1.0; 2] } };
        Self { window, marks: vec![0; SIDE * SIDE / 64] }
    }

    pub fn add(&mut self, bbox: BBox) {
        for (word, mask) in self.words(bbox) {
            self.marks[word] |= mask;
        }
    }

    /// Whether `bbox` may meet one that was added; `false` is certain.
    pub fn may_meet(&self, bbox: BBox) -> bool {
        self.words(bbox).any(|(word, mask)| self.marks[word] & mask != 0)
    }

    /// The words of the cells that a box touches, each with the bits of those cells.
    fn words(&self, bbox: BBox) -> impl Iterator<Item = (usize, u64)> + use<> {
        let cell = |axis: usize, c: f64| {
            let step = ((self.window.max[axis] - self.window.min[axis]) / SIDE as f64).max(f64::MIN_POSITIVE);
            // A larger number is never in an earlier cell: what meets shares a cell.
            ((c - self.window.min[axis]) / step).clamp(0.0, (SIDE - 1) as f64) as usize
        };
        let cells = |axis| cell(axis, bbox.min[axis])..cell(axis, bbox.max[axis]) + 1;
        let (columns, rows) = if bbox.is_empty() { (0..0, 0..0) } else { (cells(0), cells(1)) };
        let words = columns.start / 64..columns.end.div_ceil(64);
        rows.flat_map(move |row| {
            let columns = columns.clone();
            words.clone().map(move |word| {
                let (from, to) = (columns.start.max(word * 64) - word * 64, columns.end.min(word * 64 + 64) - word * 64);
                (row * (SIDE / 64) + word, (u64::MAX << from) & (u64::MAX >> (64 - to)))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn a_box() -> impl Strategy<Value = BBox> {
        let number = || prop_oneof![8 => -2000.0..7000.0, 1 => -1e12..1e12];
        let side = || prop_oneof![4 => 0.0..3.0, 1 => 0.0..4000.0, 1 => 0.0..1e12];
        ([number(), number()], [side(), side()]).prop_map(|(min, [w, h])| BBox { min, max: [min[0] + w, min[1] + h] })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_meets_is_never_missed(boxes in prop::collection::vec(a_box(), 1..20), other in a_box()) {
            for window in [BBox { min: [0.0; 2], max: [5000.0; 2] }, BBox { min: [3.0; 2], max: [3.0; 2] }, BBox::EMPTY] {
                let mut occupied = Occupied::new(window);
                boxes.iter().for_each(|b| occupied.add(*b));
                prop_assert!(occupied.may_meet(other) || !boxes.iter().any(|b| b.meets(&other)));
                prop_assert!(boxes.iter().all(|b| occupied.may_meet(*b)));
            }
        }
    }

    #[test]
    fn what_is_far_is_told_apart() {
        let mut occupied = Occupied::new(BBox { min: [0.0; 2], max: [2048.0; 2] });
        let at = |x: f64, y: f64| BBox { min: [x, y], max: [x + 0.5, y + 0.5] };
        occupied.add(at(100.0, 100.0));
        occupied.add(at(1e9, 5.0));
        assert!(!occupied.may_meet(at(102.0, 100.0)) && !occupied.may_meet(at(100.0, 102.0)) && !occupied.may_meet(BBox::EMPTY));
        assert!(occupied.may_meet(at(99.8, 99.8)) && occupied.may_meet(at(2e9, 5.2)), "beyond the window all is one cell");
    }
}

//! An index of boxes that come and go: what is edited, beside the packed index of what is not.

use super::BBox;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Boxes by number. The tree's own order is nobody's business: answers are ascending.
#[derive(Clone, Debug, Default)]
pub struct LiveIndex {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u128>>,
}

impl LiveIndex {
    /// An empty box is never found and not kept.
    pub fn insert(&mut self, number: u128, bbox: BBox) {
        if !bbox.is_empty() {
            self.tree.insert(entry(number, bbox));
        }
    }

    /// Takes out what [`LiveIndex::insert`] put in with the same number and box.
    pub fn remove(&mut self, number: u128, bbox: BBox) {
        self.tree.remove(&entry(number, bbox));
    }

    /// Numbers of the boxes that meet `window`, ascending.
    pub fn meeting(&self, window: BBox) -> Vec<u128> {
        if window.is_empty() {
            return Vec::new();
        }
        let window = AABB::from_corners(window.min, window.max);
        let mut found: Vec<u128> = self.tree.locate_in_envelope_intersecting(window).map(|e| e.data).collect();
        found.sort_unstable();
        found
    }
}

fn entry(number: u128, bbox: BBox) -> GeomWithData<Rectangle<[f64; 2]>, u128> {
    GeomWithData::new(Rectangle::from_corners(bbox.min, bbox.max), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_there_and_not_what_was_taken_out() {
        let at = |x: f64| BBox { min: [x, 0.0], max: [x + 1.0, 1.0] };
        let mut index = LiveIndex::default();
        for i in (0..50u8).rev() {
            index.insert(u128::from(i), at(f64::from(i) * 2.0));
        }
        index.insert(99, BBox::EMPTY);
        index.remove(3, at(6.0));
        assert_eq!(index.meeting(BBox { min: [3.5, 0.5], max: [8.5, 0.6] }), [2, 4]);
        assert!(index.meeting(BBox::EMPTY).is_empty());
    }
}

//! A packed, immutable index of boxes.

use super::BBox;
use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex};

/// Static index over numbered boxes.
#[derive(Clone, Debug)]
pub struct PackedIndex {
    tree: RTree<f64>,
    /// Numbers of the boxes in the tree, which holds no empty ones.
    numbers: Vec<u32>,
}

impl PackedIndex {
    /// Empty boxes are kept in the numbering and never found.
    pub fn new(boxes: Vec<BBox>) -> Self {
        let numbers: Vec<u32> = (0u32..).zip(&boxes).filter(|(_, b)| !b.is_empty()).map(|(i, _)| i).collect();
        let mut builder = RTreeBuilder::<f64>::new(numbers.len() as u32);
        for b in boxes.iter().filter(|b| !b.is_empty()) {
            builder.add(b.min[0], b.min[1], b.max[0], b.max[1]);
        }
        Self { tree: builder.finish::<HilbertSort>(), numbers }
    }

    /// Numbers of the boxes that meet `window`, ascending.
    pub fn meeting(&self, window: BBox) -> Vec<u32> {
        if self.numbers.is_empty() || window.is_empty() {
            return Vec::new();
        }
        let mut found = self.tree.search(window.min[0], window.min[1], window.max[0], window.max[1]);
        for number in &mut found {
            *number = self.numbers.get(*number as usize).copied().unwrap_or(*number);
        }
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_scan_finds_and_never_an_empty_box() {
        let boxes: Vec<BBox> = (0..500)
            .map(|i| {
                let p = [f64::from(i * 37 % 101), f64::from(i * 53 % 97)];
                if i % 7 == 0 { BBox::EMPTY } else { BBox { min: p, max: [p[0] + f64::from(i % 5), p[1] + 1.0] } }
            })
            .collect();
        let index = PackedIndex::new(boxes.clone());
        for window in [BBox { min: [10.0, 10.0], max: [30.0, 25.0] }, BBox { min: [5.0, 5.0], max: [5.0, 5.0] }, BBox::EMPTY] {
            let scanned: Vec<u32> = (0u32..).zip(&boxes).filter(|(_, b)| b.meets(&window)).map(|(i, _)| i).collect();
            assert_eq!(index.meeting(window), scanned);
        }
    }

    #[test]
    fn no_boxes_and_only_empty_boxes() {
        let all = BBox { min: [-1e9; 2], max: [1e9; 2] };
        assert!(PackedIndex::new(Vec::new()).meeting(all).is_empty());
        assert!(PackedIndex::new(vec![BBox::EMPTY; 3]).meeting(all).is_empty());
        assert_eq!(PackedIndex::new(vec![BBox::EMPTY, all]).meeting(all), [1]);
    }
}

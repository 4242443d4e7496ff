//! A packed, immutable index of boxes.

use super::BBox;

/// Static index over numbered boxes.
#[derive(Clone, Debug)]
pub struct PackedIndex {
    boxes: Vec<BBox>,
}

impl PackedIndex {
    /// Empty boxes are kept in the numbering and never found.
    pub fn new(boxes: Vec<BBox>) -> Self {
        Self { boxes }
    }

    /// Numbers of the boxes that meet `window`, ascending.
    pub fn meeting(&self, window: BBox) -> Vec<u32> {
        self.boxes.iter().enumerate().filter(|(_, b)| b.meets(&window)).map(|(i, _)| i as u32).collect()
    }
}

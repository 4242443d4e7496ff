//! Few boxes found by place at once: a grid that lists in each cell the boxes that meet it.

use super::{BBox, Point};

/// Cells in all: so many that most of a city lies in cells that no cluster of its plan meets.
const CELLS: usize = 1 << 16;

/// A fixed set of some hundreds of boxes, asked millions of times.
#[derive(Clone, Debug)]
pub struct Directory {
    boxes: Vec<BBox>,
    bbox: BBox,
    side: usize,
    /// Cells per metre.
    scale: [f64; 2],
    /// Where the list of each cell ends in `numbers`.
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl Directory {
    pub fn new(boxes: Vec<BBox>) -> Self {
        let bbox = boxes.iter().fold(BBox::EMPTY, |all, b| all.join(*b));
        let side = (CELLS.min(64 * boxes.len().max(1)) as f64).sqrt() as usize;
        let scale = |length: f64| if length > 0.0 { side as f64 / length } else { 0.0 };
        let scale = [scale(bbox.width()), scale(bbox.height())];
        let mut directory = Self { boxes, bbox, side, scale, ends: vec![0; side * side], numbers: Vec::new() };
        let mut lists: Vec<Vec<u32>> = vec![Vec::new(); side * side];
        for (number, b) in (0u32..).zip(&directory.boxes).filter(|(_, b)| !b.is_empty()) {
            directory.cells(*b).for_each(|cell| lists[cell].push(number));
        }
        for (end, list) in directory.ends.iter_mut().zip(lists) {
            directory.numbers.extend(list);
            *end = directory.numbers.len() as u32;
        }
        directory
    }

    fn cell(&self, p: Point) -> [usize; 2] {
        // The cast saturates at 0 and the rest at the last cell.
        [0, 1].map(|axis| (((p[axis] - self.bbox.min[axis]) * self.scale[axis]) as usize).min(self.side - 1))
    }

    fn cells(&self, window: BBox) -> impl Iterator<Item = usize> + use<> {
        let ([west, south], [east, north], side) = (self.cell(window.min), self.cell(window.max), self.side);
        (south..=north).flat_map(move |row| (west..=east).map(move |column| row * side + column))
    }

    /// Calls `found` with the number of each box that meets `window`, ascending.
    pub fn meeting(&self, window: BBox, mut found: impl FnMut(u32)) {
        if !self.bbox.meets(&window) {
            return;
        }
        let list = |cell: usize| &self.numbers[cell.checked_sub(1).map_or(0, |c| self.ends[c]) as usize..self.ends[cell] as usize];
        let mut cells = self.cells(window);
        let (first, second) = (cells.next(), cells.next());
        let meets = |number: &u32| self.boxes[*number as usize].meets(&window);
        match (first, second) {
            (Some(only), None) => list(only).iter().copied().filter(meets).for_each(found),
            _ => {
                let mut all: Vec<u32> = self.cells(window).flat_map(list).copied().filter(meets).collect();
                all.sort_unstable();
                all.dedup();
                all.into_iter().for_each(&mut found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_scan_finds() {
        let boxes: Vec<BBox> = (0..150)
            .map(|i| {
                let p = [f64::from(i * 37 % 101) * 100.0, f64::from(i * 53 % 97) * 100.0];
                if i % 7 == 0 { BBox::EMPTY } else { BBox { min: p, max: [p[0] + f64::from(i % 50) * 30.0, p[1] + 100.0] } }
            })
            .collect();
        let directory = Directory::new(boxes.clone());
        for i in 0..2000 {
            let p = [f64::from(i * 71 % 12_000) - 500.0, f64::from(i * 97 % 11_000) - 500.0];
            let window = BBox { min: p, max: [p[0] + f64::from(i % 40) * 20.0, p[1] + f64::from(i % 13)] };
            let mut found = Vec::new();
            directory.meeting(window, |n| found.push(n));
            let scanned: Vec<u32> = (0u32..).zip(&boxes).filter(|(_, b)| b.meets(&window)).map(|(n, _)| n).collect();
            assert_eq!(found, scanned);
        }
    }

    #[test]
    fn none_and_one_point() {
        let all = BBox { min: [-1e9; 2], max: [1e9; 2] };
        let count = |directory: Directory| {
            let mut n = 0;
            directory.meeting(all, |_| n += 1);
            n
        };
        assert_eq!(count(Directory::new(Vec::new())), 0);
        assert_eq!(count(Directory::new(vec![BBox { min: [3.0; 2], max: [3.0; 2] }])), 1);
    }
}

//! Boxes of pixels: what of a picture is drawn anew when the land was only shifted.

use super::looks::Frame;
use crate::geom::BBox;

/// The pixels that come into view when what was there goes right and down: x, y, width, height.
pub fn came_into_view([right, down]: [i32; 2], [width, height]: [u32; 2]) -> Vec<[u32; 4]> {
    let (w, h) = (right.unsigned_abs(), down.unsigned_abs());
    let mut strips = Vec::new();
    if w > 0 {
        strips.push([if right > 0 { 0 } else { width - w }, 0, w, height]);
    }
    if h > 0 {
        // Without the corner that is in the first strip: half-transparent colours must not lie there twice.
        strips.push([right.max(0) as u32, if down > 0 { 0 } else { height - h }, width - w, h]);
    }
    strips
}

/// The pixels that two boxes of pixels share; `None` when there are none.
pub fn common(a: [u32; 4], b: [u32; 4]) -> Option<[u32; 4]> {
    let (x, y) = (a[0].max(b[0]), a[1].max(b[1]));
    let (right, bottom) = ((a[0] + a[2]).min(b[0] + b[2]), (a[1] + a[3]).min(b[1] + b[3]));
    (x < right && y < bottom).then(|| [x, y, right - x, bottom - y])
}

/// The pixels of a box: x, y, width, height; `None` when none is in the picture.
pub fn scissor(frame: &Frame, bbox: BBox) -> Option<[u32; 4]> {
    let (a, b) = (frame.place([bbox.min[0], bbox.max[1]]), frame.place([bbox.max[0], bbox.min[1]]));
    let clamp = |v: f32, most: u32| v.clamp(0.0, most as f32);
    let (x0, x1) = (clamp(a[0].floor(), frame.size[0]) as u32, clamp(b[0].ceil(), frame.size[0]) as u32);
    let (y0, y1) = (clamp(a[1].floor(), frame.size[1]) as u32, clamp(b[1].ceil(), frame.size[1]) as u32);
    (x0 < x1 && y0 < y1).then(|| [x0, y0, x1 - x0, y1 - y0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_and_what_is_kept_fill_the_picture_once() {
        for [right, down] in [[5, 3], [-5, 3], [5, -3], [-5, -3], [0, 4], [-6, 0], [0, 0]] {
            let (width, height) = (20usize, 11usize);
            let mut times = vec![0; width * height];
            let mut add = |x: usize, y: usize| times[y * width + x] += 1;
            for [x, y, w, h] in came_into_view([right, down], [20, 11]) {
                (y..y + h).for_each(|y| (x..x + w).for_each(|x| add(x as usize, y as usize)));
            }
            let kept = |at: usize, by: i32, size: usize| (0..size as i32).contains(&(at as i32 - by));
            for y in (0..height).filter(|y| kept(*y, down, height)) {
                (0..width).filter(|x| kept(*x, right, width)).for_each(|x| add(x, y));
            }
            assert!(times.iter().all(|n| *n == 1), "{right} {down}");
        }
    }
}

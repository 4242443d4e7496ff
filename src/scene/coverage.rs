//! How much of each pixel small areas and their hairlines cover, exactly: for parcels of a pixel or two, of which there are a million.

use super::paint::cut_ring;
use super::{At, Pixels, Projection, Rect, Rgb};
use crate::geom::RingsRef;

/// How the areas of a class look in a [`Film`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FineLook {
    pub fill: Rgb,
    /// Colour and width in pixels of the border, at most about half a pixel: a hairline darkens a pixel by its length in it.
    pub hairline: Option<(Rgb, f32)>,
}

/// Points nearer to each other than this part of a pixel are one point.
const COARSE_PX: f32 = 1.0 / 16.0;

/// The pixels that some areas touch, and how much of each they cover; made on any thread, pressed on a [`Film`] in order.
#[derive(Debug, Default)]
pub struct Stamps {
    stamps: Vec<Stamp>,
    /// Covered share of the area and of its hairline in 1/255, for the pixels of all stamps, row by row.
    cover: Vec<[u8; 2]>,
    // Room that is used again.
    points: Vec<At>,
    ends: Vec<usize>,
    sums: Vec<[f32; 2]>,
}

#[derive(Debug)]
struct Stamp {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    look: FineLook,
}

impl Stamps {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an area; page units of the projection are pixels. Holes wind against their outer ring.
    pub fn add(&mut self, rings: RingsRef<'_>, projection: &Projection, look: FineLook) {
        let frame = projection.frame;
        let (mut min, mut max) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        self.points.clear();
        self.ends.clear();
        for ring in rings.rings() {
            let first = self.points.len();
            for &p in ring {
                let [x, y] = projection.page_from_plan(p);
                let at = [x - frame.x, y - frame.y];
                let far = self.points[first..].last().is_none_or(|last| (last[0] - at[0]).abs() + (last[1] - at[1]).abs() >= COARSE_PX);
                if far {
                    (0..2).for_each(|axis| (min[axis], max[axis]) = (min[axis].min(at[axis]), max[axis].max(at[axis])));
                    self.points.push(at);
                }
            }
            self.ends.push(self.points.len());
        }
        if !(max[0] > 0.0 && max[1] > 0.0 && min[0] < frame.width && min[1] < frame.height) {
            return;
        }
        let inside = min[0] >= 0.0 && min[1] >= 0.0 && max[0] <= frame.width && max[1] <= frame.height;
        if !inside {
            // What lies left of the frame covers pixels to its right: the ring goes along the frame's edge instead. One pixel
            // farther, so that the hairline there is not seen.
            let room = Rect::new(-1.0, -1.0, frame.width + 2.0, frame.height + 2.0);
            let mut from = 0;
            let rings = self.ends.iter().map(|end| self.points[std::mem::replace(&mut from, *end)..*end].to_vec());
            let rings: Vec<Vec<At>> = rings.map(|ring| cut_ring(ring, room)).collect();
            self.points.clear();
            self.ends.clear();
            for ring in rings {
                self.points.extend(ring);
                self.ends.push(self.points.len());
            }
            (min, max) = ([min[0].max(-1.0), min[1].max(-1.0)], [max[0].min(frame.width + 1.0), max[1].min(frame.height + 1.0)]);
        }
        let origin = [min[0].floor(), min[1].floor()];
        let (width, height) = ((max[0].floor() - origin[0]) as usize + 1, (max[1].floor() - origin[1]) as usize + 1);
        // One more on the right takes what an edge on the last pixel's border hands on.
        self.sums.clear();
        self.sums.resize((width + 1) * height, [0.0; 2]);
        let mut sums = Sums { sums: &mut self.sums, stride: width + 1, rows: height };
        let mut from = 0;
        for end in &self.ends {
            sums.ring(&self.points[from..*end], origin);
            from = *end;
        }
        let columns = (-origin[0]).max(0.0) as usize..width.min((frame.width - origin[0]).ceil() as usize);
        let rows = (-origin[1]).max(0.0) as usize..height.min((frame.height - origin[1]).ceil() as usize);
        let hair = look.hairline.map_or(0.0, |(_, width_px)| width_px) * 255.0;
        for row in rows.clone() {
            let sums = &self.sums[row * (width + 1)..][..width];
            let mut covered = sums[..columns.start].iter().map(|[step, _]| step).sum::<f32>();
            self.cover.extend(sums[columns.clone()].iter().map(|[step, length]| {
                covered += step;
                [(covered.abs() * 255.0 + 0.5).min(255.0) as u8, (length * hair + 0.5).min(255.0) as u8]
            }));
        }
        let at = |cells: &std::ops::Range<usize>, origin: f32| (origin + cells.start as f32) as u32;
        self.stamps.push(Stamp {
            left: at(&columns, origin[0]),
            top: at(&rows, origin[1]),
            width: columns.len() as u32,
            height: rows.len() as u32,
            look,
        });
    }
}

/// For each pixel what an edge in it adds to the cover of it and of all pixels to its right, and the length of the edges in it.
struct Sums<'a> {
    sums: &'a mut [[f32; 2]],
    stride: usize,
    rows: usize,
}

impl Sums<'_> {
    fn ring(&mut self, points: &[At], origin: At) {
        let local = |p: At| [p[0] - origin[0], p[1] - origin[1]];
        let Some(last) = points.last() else { return };
        let mut from = local(*last);
        for p in points {
            let to = local(*p);
            self.edge(from, to);
            from = to;
        }
    }

    /// An edge, cut at the borders of the pixels.
    fn edge(&mut self, from: At, to: At) {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length = (dx * dx + dy * dy).sqrt();
        let cell = |p: At| [p[0] as usize, p[1] as usize];
        if cell(from) == cell(to) {
            return self.piece(from, to, length);
        }
        // Where the edge crosses the next column and the next row, as a share of it, and from one to the one after.
        let next = |at: f32, d: f32| {
            if d > 0.0 {
                (at.floor() + 1.0 - at) / d
            } else if d < 0.0 {
                (at.ceil() - 1.0 - at) / d
            } else {
                f32::INFINITY
            }
        };
        let (mut across, mut down) = (next(from[0], dx), next(from[1], dy));
        let (step_x, step_y) = (1.0 / dx.abs(), 1.0 / dy.abs());
        let (mut t, mut a) = (0.0f32, from);
        while t < 1.0 {
            let until = across.min(down).min(1.0);
            let b = if until >= 1.0 { to } else { [from[0] + dx * until, from[1] + dy * until] };
            if until > t {
                self.piece(a, b, length * (until - t));
            }
            if across <= until {
                across += step_x;
            }
            if down <= until {
                down += step_y;
            }
            (t, a) = (until, b);
        }
    }

    /// Part of an edge that lies in one pixel.
    fn piece(&mut self, a: At, b: At, length: f32) {
        let middle = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        // Rounding may put the middle of a piece on the far border of the box.
        let column = (middle[0] as usize).min(self.stride - 2);
        let row = (middle[1] as usize).min(self.rows - 1);
        let (d, right) = (b[1] - a[1], middle[0] - column as f32);
        let at = row * self.stride + column;
        self.sums[at][0] += d * (1.0 - right);
        self.sums[at][1] += length;
        self.sums[at + 1][0] += d * right;
    }
}

/// A picture that areas are laid on one over the other.
#[derive(Debug)]
pub struct Film {
    width: usize,
    pixels: Pixels,
}

impl Film {
    pub fn new(width: u32, height: u32, ground: Rgb) -> Self {
        let rgba = [ground.0, ground.1, ground.2, 255].repeat(width as usize * height as usize);
        Self { width: width as usize, pixels: Pixels { width, height, rgba } }
    }

    /// Lays areas over what is there, each with its hairline, in the order in which they were added.
    pub fn press(&mut self, stamps: &Stamps) {
        let mut cover = &stamps.cover[..];
        for stamp in &stamps.stamps {
            let Stamp { left, top, width, height, look } = stamp;
            for row in 0..*height {
                let (of_row, rest) = cover.split_at(*width as usize);
                cover = rest;
                let first = ((top + row) as usize * self.width + *left as usize) * 4;
                let pixels = self.pixels.rgba[first..first + of_row.len() * 4].chunks_exact_mut(4);
                for (pixel, [area, line]) in pixels.zip(of_row) {
                    lay(pixel, look.fill, *area);
                    if let Some((color, _)) = look.hairline {
                        lay(pixel, color, *line);
                    }
                }
            }
        }
    }

    pub fn pixels(self) -> Pixels {
        self.pixels
    }
}

/// Lays a colour over a pixel, `cover` of 255.
fn lay(pixel: &mut [u8], color: Rgb, cover: u8) {
    for (old, new) in pixel.iter_mut().zip([color.0, color.1, color.2]) {
        let mixed = u32::from(*old) * u32::from(255 - cover) + u32::from(new) * u32::from(cover) + 128;
        // Exact rounded division by 255 of what fits in 16 bits.
        *old = ((mixed + (mixed >> 8)) >> 8) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{Point, Rings};

    const WHITE: Rgb = Rgb(255, 255, 255);
    const BLACK: FineLook = FineLook { fill: Rgb(0, 0, 0), hairline: None };

    /// A picture of `size` pixels, plan metres from its lower left corner.
    fn picture(size: u32, rings: &[&[Point]], look: FineLook) -> Pixels {
        let frame = Rect::new(0.0, 0.0, size as f32, size as f32);
        let projection = Projection { frame, origin: [0.0, 0.0], units_per_m: 1.0, units_per_pt: 1.0 };
        let mut stamps = Stamps::new();
        for ring in rings {
            stamps.add(Rings::simple(ring).as_ref(), &projection, look);
        }
        let mut film = Film::new(size, size, WHITE);
        film.press(&stamps);
        film.pixels()
    }

    /// Sum of what was covered, in pixels.
    fn ink(p: &Pixels) -> f64 {
        p.rgba.chunks(4).map(|c| f64::from(255 - c[0]) / 255.0).sum()
    }

    #[test]
    fn ink_is_the_area_wherever_the_area_lies() {
        for i in 0..50 {
            let (x, y) = (1.0 + 0.13 * f64::from(i % 11), 1.0 + 0.17 * f64::from(i % 7));
            let ring = [[x, y], [x + 3.1, y + 0.4], [x + 2.2, y + 2.9], [x + 0.3, y + 1.7]];
            let area = 0.5 * (0..4).map(|i| ring[i][0] * ring[(i + 1) % 4][1] - ring[(i + 1) % 4][0] * ring[i][1]).sum::<f64>();
            let p = picture(8, &[&ring], BLACK);
            assert!((ink(&p) - area).abs() < 0.04, "{} {area}", ink(&p));
        }
    }

    #[test]
    fn a_square_on_the_pixels_is_sharp_and_half_a_pixel_is_half_grey() {
        let p = picture(4, &[&[[1.0, 1.0], [3.0, 1.0], [3.0, 2.5], [1.0, 2.5]]], BLACK);
        let at = |x: usize, y: usize| p.rgba[(y * 4 + x) * 4];
        assert_eq!([at(0, 2), at(1, 2), at(2, 2), at(3, 2)], [255, 0, 0, 255]);
        assert_eq!([at(0, 1), at(1, 1), at(2, 1), at(3, 1)], [255, 127, 127, 255]);
        assert_eq!([at(1, 0), at(1, 3)], [255, 255]);
    }

    #[test]
    fn what_reaches_beyond_the_picture_covers_what_is_in_it() {
        let around = [[-1e6, -1e6], [1e6, -1e6], [1e6, 1e6], [-1e6, 1e6]];
        assert!((ink(&picture(5, &[&around], BLACK)) - 25.0).abs() < 0.01);
        let left = [[-50.0, 1.0], [2.5, 1.0], [2.5, 3.0], [-50.0, 3.0]];
        assert!((ink(&picture(5, &[&left], BLACK)) - 5.0).abs() < 0.02);
        assert!(ink(&picture(5, &[&[[7.0, 1.0], [9.0, 1.0], [9.0, 3.0]]], BLACK)) < 1e-9);
    }

    #[test]
    fn a_hairline_darkens_by_its_length() {
        let look = FineLook { fill: WHITE, hairline: Some((Rgb(0, 0, 0), 0.2)) };
        let p = picture(9, &[&[[1.3, 1.4], [6.3, 1.4], [6.3, 5.4], [1.3, 5.4]]], look);
        assert!((ink(&p) - 18.0 * 0.2).abs() < 0.1, "{}", ink(&p));
    }
}

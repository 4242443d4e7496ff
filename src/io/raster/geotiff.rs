//! GeoTIFF: the image, its smaller copies, and the tags that say where it lies; read a block at a time.

use super::place::{TiffPlace, note_system, world_file};
use super::{MOST_PIXELS, Pyramid, ReadError, TILE_PX, TileId, TilePixels, Tiles, image_pyramid, weigh};
use crate::text::Message;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

/// Bytes of blocks that are kept: a strip is as wide as the image and serves many tiles.
const BLOCK_BYTES: usize = 64 << 20;
/// Images that one file may hold.
const MOST_IMAGES: usize = 40;

/// One image of the file: the full one, or a copy of it of half the size, a quarter….
#[derive(Clone, Debug)]
struct Level {
    /// Place in the file.
    image: usize,
    block: [u32; 2],
    /// Blocks across and down.
    blocks: [u32; 2],
    /// Channels of a pixel, and in how many planes they are stored.
    channels: u32,
    planes: u32,
    colors: Colors,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colors {
    Gray {
        alpha: bool,
        white_is_zero: bool,
    },
    Rgb {
        alpha: bool,
    },
    /// Brightness and two differences of colour, as JPEG keeps them.
    YCbCr,
}

struct GeoTiff {
    decoder: Decoder<BufReader<File>>,
    /// By level of the pyramid.
    levels: BTreeMap<u8, Level>,
    at_image: usize,
    /// What has this value in all channels is no picture.
    no_data: Option<u8>,
    kept: HashMap<(u8, u32), Arc<TilePixels>>,
    order: VecDeque<(u8, u32)>,
    bytes: usize,
}

fn damaged(cause: impl std::fmt::Display) -> ReadError {
    ReadError(Message::new("io.raster_damaged").with("cause", cause.to_string()))
}

/// Opens an image by its tags.
pub(super) fn open(path: &Path) -> Result<(Pyramid, Box<dyn Tiles>), ReadError> {
    let file = File::open(path).map_err(damaged)?;
    let mut decoder = Decoder::new(BufReader::with_capacity(1 << 16, file)).map_err(damaged)?;
    let size: [u32; 2] = decoder.dimensions().map_err(damaged)?.into();
    let place = tags(&mut decoder);
    let no_data = decoder.get_tag_ascii_string(Tag::GdalNodata).ok();
    let no_data = no_data.and_then(|text| text.trim_matches(['\0', ' ']).parse::<f64>().ok()).filter(|v| v.fract() == 0.0);
    let no_data = no_data.and_then(|v| (0.0..=255.0).contains(&v).then_some(v as u8));
    let affine = match place.affine() {
        Some(affine) => Some(affine),
        None => world_file(path)?,
    };
    let affine = affine.ok_or_else(|| ReadError(Message::new("io.raster_no_place")))?;
    let mut pyramid = image_pyramid(size, affine);
    note_system(&mut pyramid, path, place.declared());
    let mut levels = BTreeMap::new();
    levels.insert(pyramid.finest, level(&mut decoder, 0)?);
    let mut at_image = 0;
    while decoder.more_images() && at_image + 1 < MOST_IMAGES && decoder.next_image().is_ok() {
        at_image += 1;
        let small: Option<[u32; 2]> = decoder.dimensions().ok().map(Into::into);
        // Bit 0: a smaller copy; bit 2: a mask.
        let is_copy = decoder.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten().unwrap_or(0) & 5 == 1;
        let halvings = (1..=pyramid.finest).find(|n| small == Some(size.map(|s| s.div_ceil(1 << n))));
        if let (true, Some(n), Ok(level)) = (is_copy, halvings, level(&mut decoder, at_image)) {
            levels.entry(pyramid.finest - n).or_insert(level);
        }
    }
    let tiff = GeoTiff { decoder, levels, at_image, no_data, kept: HashMap::new(), order: VecDeque::new(), bytes: 0 };
    Ok((pyramid, Box::new(tiff)))
}

fn tags(decoder: &mut Decoder<BufReader<File>>) -> TiffPlace {
    let mut numbers = |tag| decoder.get_tag_f64_vec(tag).unwrap_or_default();
    let (scale, tie_points, matrix) =
        (numbers(Tag::ModelPixelScaleTag), numbers(Tag::ModelTiepointTag), numbers(Tag::ModelTransformationTag));
    TiffPlace {
        scale,
        tie_points,
        matrix,
        keys: decoder.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default(),
        words: decoder.get_tag_ascii_string(Tag::GeoAsciiParamsTag).unwrap_or_default(),
    }
}

/// What an image of the file is made of; refused where it is no picture of 8 or 16 bits a channel.
fn level(decoder: &mut Decoder<BufReader<File>>, image: usize) -> Result<Level, ReadError> {
    let unsupported = |what: String| ReadError(Message::new("io.raster_colors").with("what", what));
    let samples = decoder.find_tag_unsigned::<u32>(Tag::SamplesPerPixel).ok().flatten().unwrap_or(1).max(1);
    let white_is_zero = decoder.find_tag_unsigned::<u32>(Tag::PhotometricInterpretation).ok().flatten() == Some(0);
    let kind = decoder.colortype().map_err(|e| unsupported(e.to_string()))?;
    let colors = match kind {
        ColorType::Gray(8 | 16) => Colors::Gray { alpha: false, white_is_zero },
        ColorType::Multiband { bit_depth: 8 | 16, num_samples: 2 } => Colors::Gray { alpha: true, white_is_zero },
        // Bands that nobody names: the first three as in a colour picture.
        ColorType::Multiband { bit_depth: 8 | 16, .. } => Colors::Rgb { alpha: false },
        ColorType::RGB(8 | 16) => Colors::Rgb { alpha: false },
        ColorType::YCbCr(8) => Colors::YCbCr,
        ColorType::RGBA(8 | 16) => Colors::Rgb { alpha: true },
        other => return Err(unsupported(format!("{other:?}"))),
    };
    let planes = if decoder.find_tag_unsigned::<u32>(Tag::PlanarConfiguration).ok().flatten() == Some(2) { samples } else { 1 };
    let size = decoder.dimensions().map_err(damaged)?;
    let (width, height) = decoder.chunk_dimensions();
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MOST_PIXELS {
        let size = format!("{width} × {height}");
        return Err(ReadError(Message::new("io.raster_too_large").with("size", size).with("most", MOST_PIXELS >> 20)));
    }
    let blocks = [size.0.div_ceil(width), size.1.div_ceil(height)];
    Ok(Level { image, block: [width, height], blocks, channels: samples, planes, colors })
}

/// Red, green and blue by the numbers of JFIF.
fn rgb_of(ycbcr: [u8; 3]) -> [u8; 3] {
    let [y, cb, cr] = ycbcr.map(f32::from);
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|v| v.round().clamp(0.0, 255.0) as u8)
}

impl Tiles for GeoTiff {
    fn stores(&self, z: u8) -> bool {
        self.levels.contains_key(&z)
    }

    fn read(&mut self, id: TileId) -> Result<Option<TilePixels>, String> {
        let Some(level) = self.levels.get(&id.z).cloned() else { return Ok(None) };
        let mut tile = TilePixels::clear(TILE_PX, TILE_PX);
        let from = [id.x * TILE_PX, id.y * TILE_PX];
        let [width, height] = level.block;
        let last = |axis: usize, side: u32| ((from[axis] + TILE_PX - 1) / side).min(level.blocks[axis].saturating_sub(1));
        for row in from[1] / height..=last(1, height) {
            for column in from[0] / width..=last(0, width) {
                let block = self.block(id.z, &level, row * level.blocks[0] + column)?;
                // The shared box, in pixels of the image.
                let corner = [column * width, row * height];
                let start = [0, 1].map(|axis| from[axis].max(corner[axis]));
                let end = [0, 1].map(|axis| (from[axis] + TILE_PX).min(corner[axis] + level.block[axis]));
                let size = [0, 1].map(|axis| end[axis].saturating_sub(start[axis]));
                tile.copy(&block, [0, 1].map(|a| start[a] - corner[a]), [0, 1].map(|a| start[a] - from[a]), size);
            }
        }
        Ok(Some(tile))
    }
}

impl GeoTiff {
    fn block(&mut self, z: u8, level: &Level, number: u32) -> Result<Arc<TilePixels>, String> {
        if let Some(kept) = self.kept.get(&(z, number)) {
            return Ok(kept.clone());
        }
        if self.at_image != level.image {
            self.decoder.seek_to_image(level.image).map_err(|e| e.to_string())?;
            self.at_image = level.image;
        }
        let (width, height) = self.decoder.chunk_data_dimensions(number);
        let pixels = width as usize * height as usize;
        let per_plane = level.blocks[0] * level.blocks[1];
        let mut planes: Vec<Vec<u8>> = Vec::new();
        // No more planes than are looked at.
        for plane in 0..level.planes.min(4) {
            planes.push(match self.decoder.read_chunk(number + plane * per_plane).map_err(|e| e.to_string())? {
                DecodingResult::U8(bytes) => bytes,
                DecodingResult::U16(words) => words.into_iter().map(|w| (w >> 8) as u8).collect(),
                _ => return Err("no picture of 8 or 16 bits a channel".to_owned()),
            });
        }
        let step = if level.planes > 1 { 1 } else { planes.first().map_or(0, Vec::len) / pixels.max(1) };
        if step == 0 || planes.iter().any(|p| p.len() < pixels * step) {
            return Err("a block that ends too soon".to_owned());
        }
        let channel = |pixel: usize, n: usize| {
            let (plane, place) = if level.planes > 1 { (n, pixel) } else { (0, pixel * step + n) };
            planes.get(plane).and_then(|p| p.get(place)).copied().unwrap_or(255)
        };
        let mut rgba = Vec::with_capacity(pixels * 4);
        for pixel in 0..pixels {
            let at = |n: usize| channel(pixel, n);
            let (mut color, alpha) = match level.colors {
                Colors::Gray { alpha, white_is_zero } => {
                    let gray = if white_is_zero { 255 - at(0) } else { at(0) };
                    ([gray; 3], if alpha { at(1) } else { 255 })
                }
                Colors::YCbCr => (rgb_of([at(0), at(1), at(2)]), 255),
                Colors::Rgb { alpha } => ([at(0), at(1), at(2)], if alpha && level.channels > 3 { at(3) } else { 255 }),
            };
            let opacity = if self.no_data.is_some_and(|v| color == [v; 3]) { 0 } else { alpha };
            if opacity == 0 {
                color = [0; 3];
            }
            rgba.extend_from_slice(&[color[0], color[1], color[2], opacity]);
        }
        rgba.chunks_exact_mut(4).for_each(weigh);
        let block = Arc::new(TilePixels { width, height, rgba });
        self.bytes += block.rgba.len();
        self.kept.insert((z, number), block.clone());
        self.order.push_back((z, number));
        while self.bytes > BLOCK_BYTES
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= self.kept.remove(&oldest).map_or(0, |b| b.rgba.len());
        }
        Ok(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_and_differences_become_the_colours_they_stand_for() {
        assert_eq!([rgb_of([255, 128, 128]), rgb_of([0, 128, 128]), rgb_of([76, 85, 255])], [[255; 3], [0; 3], [254, 0, 0]]);
    }
}

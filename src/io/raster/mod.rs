//! Pictures that lie under the map: tile archives and georeferenced images as one pyramid of square tiles, read a tile at a time.

mod geotiff;
mod laid;
mod mbtiles;
mod picture;
mod place;
mod pmtiles;

use super::ReadError;
use super::files::{head, read_refused};
use crate::crs::Crs;
use crate::geom::{BBox, Point};
use crate::task::Progress;
use crate::text::Message;
pub use laid::{CELLS, LaidRaster, TileMesh};
pub use place::Affine;
use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Side of a tile that is cut out of an image; archives have their own, 256 or 512 as a rule.
const TILE_PX: u32 = 256;
/// Pixels that an image may have which has to be read whole (PNG, JPEG, one strip of a TIFF).
const MOST_PIXELS: u64 = 64 << 20;
/// Bytes of tiles made smaller that are kept, so that a level is not made twice from the finest one.
const MADE_BYTES: usize = 48 << 20;
/// Levels that are made out of an archive's coarsest one: each costs four times the tiles of the one before.
const LEVELS_BELOW: u8 = 4;

/// A square of a pyramid: level `z` has 2^z of them across and down, the first one at the upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    pub z: u8,
    pub x: u32,
    pub y: u32,
}

impl TileId {
    /// The tile `up` levels coarser that holds this one.
    pub fn above(self, up: u8) -> Option<Self> {
        Some(Self { z: self.z.checked_sub(up)?, x: self.x.checked_shr(u32::from(up))?, y: self.y.checked_shr(u32::from(up))? })
    }

    /// A place in it, 0…1 to the right and down, on the unit square of the pyramid.
    pub fn on_unit(self, [right, down]: Point) -> Point {
        let side = 0.5f64.powi(i32::from(self.z));
        [(f64::from(self.x) + right) * side, (f64::from(self.y) + down) * side]
    }
}

/// Pixels of a tile: red, green, blue, opacity, the colours weighted by the opacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TilePixels {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

impl TilePixels {
    fn clear(width: u32, height: u32) -> Self {
        Self { width, height, rgba: vec![0; width as usize * height as usize * 4] }
    }

    /// Copies a box of `from` to a place of this one; what lies beyond either is left out.
    fn copy(&mut self, from: &Self, [x, y]: [u32; 2], to: [u32; 2], [width, height]: [u32; 2]) {
        let width = width.min(from.width.saturating_sub(x)).min(self.width.saturating_sub(to[0])) as usize * 4;
        let height = height.min(from.height.saturating_sub(y)).min(self.height.saturating_sub(to[1]));
        for row in 0..height {
            let start = ((y + row) as usize * from.width as usize + x as usize) * 4;
            let end = ((to[1] + row) as usize * self.width as usize + to[0] as usize) * 4;
            if let (Some(source), Some(target)) = (from.rgba.get(start..start + width), self.rgba.get_mut(end..end + width)) {
                target.copy_from_slice(source);
            }
        }
    }

    /// Half as wide and half as high, each pixel the mean of four, put into a quarter of `into`.
    fn halve_into(&self, into: &mut Self, [right, down]: [u32; 2]) {
        let (width, height) = (into.width / 2, into.height / 2);
        let at = |x: u32, y: u32, channel: usize| {
            let (x, y) = (x * self.width / into.width, y * self.height / into.height);
            u32::from(self.rgba.get((y as usize * self.width as usize + x as usize) * 4 + channel).copied().unwrap_or(0))
        };
        for y in 0..height {
            for x in 0..width {
                let place = ((down * height + y) as usize * into.width as usize + (right * width + x) as usize) * 4;
                for channel in 0..4 {
                    let sum = at(2 * x, 2 * y, channel)
                        + at(2 * x + 1, 2 * y, channel)
                        + at(2 * x, 2 * y + 1, channel)
                        + at(2 * x + 1, 2 * y + 1, channel);
                    if let Some(pixel) = into.rgba.get_mut(place + channel) {
                        *pixel = ((sum + 2) / 4) as u8;
                    }
                }
            }
        }
    }
}

/// Where a pyramid lies and what of it is there.
#[derive(Clone, Debug)]
pub struct Pyramid {
    /// From the unit square, right and down, to the numbers of the file's system.
    pub place: Affine,
    /// The part of the unit square that holds a picture.
    pub filled: BBox,
    pub coarsest: u8,
    pub finest: u8,
    /// Pixels of a tile's side.
    pub tile_px: u32,
    /// The system that the file declares.
    pub crs: Option<Crs>,
    /// How it was found.
    pub crs_how: Option<Message>,
    /// The file declares one that is not known.
    pub crs_refused: Option<Message>,
}

impl Pyramid {
    /// The box of the picture in the numbers of the file's system.
    pub fn extent(&self) -> BBox {
        let [[u0, v0], [u1, v1]] = [self.filled.min, self.filled.max];
        BBox::of(&[[u0, v0], [u1, v0], [u1, v1], [u0, v1]].map(|p| self.place.apply(p)))
    }
}

/// What is stored in a file, by tiles.
trait Tiles: Send {
    /// Whether the level is stored, not made out of a finer one.
    fn stores(&self, z: u8) -> bool;

    /// One tile of a stored level; `None` where nothing lies.
    ///
    /// # Errors
    /// Why it cannot be read, in technical words.
    fn read(&mut self, id: TileId) -> Result<Option<TilePixels>, String>;
}

/// What came of one tile.
#[derive(Clone, Debug, Default)]
pub struct TileRead {
    /// `None` where nothing lies.
    pub pixels: Option<Arc<TilePixels>>,
    /// Something of it could not be read: that place stays empty.
    pub trouble: Option<Message>,
}

/// An open file with a picture. Usable on any thread; one tile is read at a time.
pub struct RasterFile {
    /// File name without its folder.
    pub name: String,
    pub format: &'static str,
    pub pyramid: Pyramid,
    made: Mutex<Made>,
}

struct Made {
    tiles: Box<dyn Tiles>,
    kept: HashMap<TileId, Arc<TilePixels>>,
    order: VecDeque<TileId>,
    bytes: usize,
}

impl std::fmt::Debug for RasterFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RasterFile").field("name", &self.name).field("pyramid", &self.pyramid).finish_non_exhaustive()
    }
}

/// Formats by their first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    MbTiles,
    PmTiles,
    Tiff,
    Picture,
}

fn form_of(path: &Path, start: &[u8]) -> Option<Form> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is = |magic: &[u8]| start.starts_with(magic);
    if is(b"PMTiles") || extension == "pmtiles" {
        Some(Form::PmTiles)
    } else if extension == "mbtiles" || is(b"SQLite format 3\0") && start.get(68..72) == Some(b"MPBX") {
        Some(Form::MbTiles)
    } else if is(b"II*\0") || is(b"MM\0*") || is(b"II+\0") || is(b"MM\0+") || ["tif", "tiff"].contains(&extension.as_str()) {
        Some(Form::Tiff)
    } else if is(b"\x89PNG") || is(&[0xFF, 0xD8, 0xFF]) || ["png", "jpg", "jpeg"].contains(&extension.as_str()) {
        Some(Form::Picture)
    } else {
        None
    }
}

/// Whether a file is shown as a picture under the map, not read as features.
pub fn is_raster(path: &Path) -> bool {
    head(path, 96).is_ok_and(|start| form_of(path, &start).is_some())
}

impl RasterFile {
    /// Opens a picture; only an image that has no tiles of its own is read whole.
    ///
    /// # Errors
    /// When there is no such file, it is of another format, damaged, or nothing says where it lies.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let shown = path.display().to_string();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let about = |e: ReadError| ReadError(e.0.with("file", name.clone()));
        let start = head(path, 96).map_err(|e| read_refused(&shown, &e))?;
        if start.is_empty() {
            return Err(about(ReadError(Message::new("io.empty"))));
        }
        let (format, (pyramid, tiles)) = match form_of(path, &start) {
            Some(Form::MbTiles) => ("mbtiles", mbtiles::open(path).map_err(about)?),
            Some(Form::PmTiles) => ("pmtiles", pmtiles::open(path).map_err(about)?),
            Some(Form::Tiff) => ("geotiff", geotiff::open(path).map_err(about)?),
            Some(Form::Picture) => ("picture", picture::open(path).map_err(about)?),
            None => return Err(about(ReadError(Message::new("io.unknown_format")))),
        };
        let made = Made { tiles, kept: HashMap::new(), order: VecDeque::new(), bytes: 0 };
        Ok(Self { name, format, pyramid, made: Mutex::new(made) })
    }

    /// One tile; a level that is not stored is made out of finer ones. Nothing comes of it once `progress` is cancelled.
    pub fn tile(&self, id: TileId, progress: &Progress) -> TileRead {
        let mut trouble = None;
        let pixels = self.made.lock().unwrap_or_else(PoisonError::into_inner).tile(self, id, progress, &mut trouble);
        TileRead { pixels, trouble }
    }

    /// Whether any of a tile holds a picture.
    fn is_filled(&self, id: TileId) -> bool {
        let [a, b] = [id.on_unit([0.0, 0.0]), id.on_unit([1.0, 1.0])];
        let filled = &self.pyramid.filled;
        a[0] < filled.max[0] && b[0] > filled.min[0] && a[1] < filled.max[1] && b[1] > filled.min[1]
    }
}

impl Made {
    fn tile(&mut self, file: &RasterFile, id: TileId, progress: &Progress, trouble: &mut Option<Message>) -> Option<Arc<TilePixels>> {
        if progress.is_cancelled() || id.z > file.pyramid.finest || !file.is_filled(id) {
            return None;
        }
        if self.tiles.stores(id.z) {
            return match self.tiles.read(id) {
                Ok(pixels) => pixels.map(Arc::new),
                Err(cause) => {
                    let place = format!("{}/{}/{}", id.z, id.x, id.y);
                    let words = Message::new("io.raster_tile_broken").with("file", file.name.clone()).with("place", place);
                    trouble.get_or_insert(words.with("cause", cause));
                    None
                }
            };
        }
        if let Some(kept) = self.kept.get(&id) {
            return Some(kept.clone());
        }
        let side = file.pyramid.tile_px;
        let mut made = TilePixels::clear(side, side);
        let mut any = false;
        for (right, down) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let finer = TileId { z: id.z + 1, x: id.x * 2 + right, y: id.y * 2 + down };
            if let Some(pixels) = self.tile(file, finer, progress, trouble) {
                pixels.halve_into(&mut made, [right, down]);
                any = true;
            }
        }
        if !any || progress.is_cancelled() {
            return None;
        }
        let made = Arc::new(made);
        self.keep(id, made.clone());
        Some(made)
    }

    fn keep(&mut self, id: TileId, made: Arc<TilePixels>) {
        self.bytes += made.rgba.len();
        self.kept.insert(id, made);
        self.order.push_back(id);
        while self.bytes > MADE_BYTES
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= self.kept.remove(&oldest).map_or(0, |p| p.rgba.len());
        }
    }
}

/// The pyramid of an image: its pixels fill the upper left of a square whose side is 256 pixels times a power of two.
/// `corner`: from pixels, counted from the outer corner of the first one, to the file's numbers.
fn image_pyramid(size: [u32; 2], corner: Affine) -> Pyramid {
    let longer = size[0].max(size[1]).max(1);
    let finest = longer.div_ceil(TILE_PX).next_power_of_two().trailing_zeros() as u8;
    let side = f64::from(TILE_PX) * 2f64.powi(i32::from(finest));
    let filled = BBox { min: [0.0, 0.0], max: [f64::from(size[0]) / side, f64::from(size[1]) / side] };
    let place = Affine { origin: corner.origin, right: corner.right.map(|v| v * side), down: corner.down.map(|v| v * side) };
    Pyramid { place, filled, coarsest: 0, finest, tile_px: TILE_PX, crs: None, crs_how: None, crs_refused: None }
}

/// The pyramid of a tile archive: the square of Web Mercator. `degrees`: west, south, east, north of what is there.
fn web_pyramid(degrees: [f64; 4], levels: [u8; 2], tile_px: u32) -> Pyramid {
    let half = std::f64::consts::PI * 6_378_137.0;
    let unit = |lon: f64, lat: f64| -> Point {
        let lat = lat.clamp(-85.051_128, 85.051_128).to_radians();
        [(lon + 180.0) / 360.0, 0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::TAU]
    };
    let [west, south, east, north] = degrees;
    let filled = BBox { min: unit(west, north), max: unit(east, south) };
    let place = Affine { origin: [-half, half], right: [2.0 * half, 0.0], down: [0.0, -2.0 * half] };
    let (coarsest, finest) = (levels[0].saturating_sub(LEVELS_BELOW), levels[1]);
    let crs_how = Some(Message::new("io.crs_web_tiles"));
    Pyramid { place, filled, coarsest, finest, tile_px, crs: Some(Crs::Epsg(3857)), crs_how, crs_refused: None }
}

/// Pixels of an encoded picture: PNG, JPEG or WebP, whatever the file says of it.
fn decoded(bytes: &[u8], most_pixels: u64) -> Result<TilePixels, String> {
    let reader = || image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string());
    let (width, height) = reader()?.into_dimensions().map_err(|e| e.to_string())?;
    if u64::from(width) * u64::from(height) > most_pixels {
        return Err(format!("{width} x {height} pixels"));
    }
    let mut image = reader()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(most_pixels * 16);
    image.limits(limits);
    let mut rgba = image.decode().map_err(|e| e.to_string())?.into_rgba8().into_raw();
    rgba.chunks_exact_mut(4).for_each(weigh);
    Ok(TilePixels { width, height, rgba })
}

/// Colours of a pixel weighted by its opacity.
fn weigh(pixel: &mut [u8]) {
    if let [r, g, b, a] = pixel
        && *a < 255
    {
        for channel in [r, g, b] {
            *channel = ((u16::from(*channel) * u16::from(*a) + 127) / 255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_lies_in_the_upper_left_of_its_pyramid() {
        let corner = Affine { origin: [500_000.0, 4_000_000.0], right: [2.0, 0.0], down: [0.0, -2.0] };
        let pyramid = image_pyramid([300, 200], corner);
        assert_eq!((pyramid.finest, pyramid.extent()), (1, BBox { min: [500_000.0, 3_999_600.0], max: [500_600.0, 4_000_000.0] }));
        assert_eq!(image_pyramid([256, 10], corner).finest, 0);
        assert_eq!(image_pyramid([257, 10], corner).finest, 1);
    }

    #[test]
    fn the_square_of_web_mercator_holds_the_place_where_it_should() {
        let pyramid = web_pyramid([120.0, 36.0, 121.0, 37.0], [8, 12], 256);
        let extent = pyramid.extent();
        // 120° east is a third of the half circumference; 36° north as PROJ gives it.
        assert!((extent.min[0] - 13_358_338.895).abs() < 1e-3, "{extent:?}");
        assert!((extent.min[1] - 4_300_621.372).abs() < 1e-2, "{extent:?}");
        assert_eq!((pyramid.coarsest, pyramid.finest), (4, 12));
    }

    #[test]
    fn four_tiles_become_one_of_half_the_size() {
        let tile =
            TilePixels { width: 2, height: 2, rgba: [[0, 0, 0, 255], [100, 0, 0, 255], [200, 0, 0, 255], [100, 0, 0, 255]].concat() };
        let mut into = TilePixels::clear(2, 2);
        tile.halve_into(&mut into, [1, 0]);
        assert_eq!(into.rgba[4..8], [100, 0, 0, 255]);
        assert_eq!(into.rgba[..4], [0; 4]);
        // A tile of another size takes the same place.
        let large = TilePixels { width: 4, height: 4, rgba: [80, 80, 80, 255].repeat(16) };
        large.halve_into(&mut into, [0, 1]);
        assert_eq!(into.rgba[8..12], [80, 80, 80, 255]);
    }
}

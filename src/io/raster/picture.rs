//! A PNG or JPEG with its world file: read whole, cut into tiles.

use super::place::{note_system, world_file};
use super::{MOST_PIXELS, Pyramid, ReadError, TILE_PX, TileId, TilePixels, Tiles, decoded, image_pyramid};
use crate::io::files::read_bytes;
use crate::text::Message;
use std::path::Path;

struct Picture {
    pixels: TilePixels,
    finest: u8,
}

/// Opens a picture that says beside it where it lies.
pub(super) fn open(path: &Path) -> Result<(Pyramid, Box<dyn Tiles>), ReadError> {
    // Before the picture is read: without a place it is of no use.
    let place = world_file(path)?.ok_or_else(|| ReadError(Message::new("io.raster_no_place")))?;
    let bytes = read_bytes(path)?;
    let size = image::ImageReader::new(std::io::Cursor::new(&bytes[..])).with_guessed_format().ok().and_then(|r| r.into_dimensions().ok());
    if let Some((width, height)) = size.filter(|(w, h)| u64::from(*w) * u64::from(*h) > MOST_PIXELS) {
        let size = format!("{width} × {height}");
        return Err(ReadError(Message::new("io.raster_too_large").with("size", size).with("most", MOST_PIXELS >> 20)));
    }
    let pixels = decoded(&bytes, MOST_PIXELS).map_err(|cause| ReadError(Message::new("io.raster_damaged").with("cause", cause)))?;
    let mut pyramid = image_pyramid([pixels.width, pixels.height], place);
    note_system(&mut pyramid, path, None);
    let finest = pyramid.finest;
    Ok((pyramid, Box::new(Picture { pixels, finest })))
}

impl Tiles for Picture {
    fn stores(&self, z: u8) -> bool {
        z == self.finest
    }

    fn read(&mut self, id: TileId) -> Result<Option<TilePixels>, String> {
        let mut tile = TilePixels::clear(TILE_PX, TILE_PX);
        tile.copy(&self.pixels, [id.x * TILE_PX, id.y * TILE_PX], [0, 0], [TILE_PX, TILE_PX]);
        Ok(Some(tile))
    }
}

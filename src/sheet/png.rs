//! A page as PNG.

use super::{Page, SheetError};
use crate::scene::{Rgb, rasterize};
use tiny_skia::{IntSize, Pixmap};

/// Pictures beyond this need more memory than an office computer should give to one.
const MOST_PIXELS: u64 = 400_000_000;

/// The page at `dpi` dots an inch, on white.
///
/// # Errors
/// When the picture would be too large or cannot be written.
pub fn write_png(page: &Page, dpi: f32) -> Result<Vec<u8>, SheetError> {
    let per_mm = dpi / 25.4;
    let (width, height) = ((page.width_mm * per_mm).round(), (page.height_mm * per_mm).round());
    let too_large = SheetError::TooLarge { width: width.max(0.0) as u64, height: height.max(0.0) as u64 };
    if !(width >= 1.0 && height >= 1.0) || width as u64 * height as u64 > MOST_PIXELS {
        return Err(too_large);
    }
    let pixels = rasterize(&page.drawing, width as u32, height as u32, per_mm, Rgb(255, 255, 255)).ok_or(too_large)?;
    let size = IntSize::from_wh(pixels.width, pixels.height).ok_or_else(|| SheetError::Png("no pixels".into()))?;
    // The page is opaque: premultiplied or not is the same.
    let pixmap = Pixmap::from_vec(pixels.rgba, size).ok_or_else(|| SheetError::Png("pixels do not fill the picture".into()))?;
    pixmap.encode_png().map_err(|e| SheetError::Png(e.to_string()))
}

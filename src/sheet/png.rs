//! A page as PNG.

use super::{Page, SheetError};
use crate::scene::{Rgb, rasterize};

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
    let png = pixels.png().ok_or(SheetError::Png)?;
    Ok(with_resolution(png, dpi))
}

/// Length of a PNG's signature and of its first chunk, the header.
const HEADER_END: usize = 8 + 25;

/// The PNG with a `pHYs` chunk after its header, so that it prints in its true size.
fn with_resolution(png: Vec<u8>, dpi: f32) -> Vec<u8> {
    let per_metre = (dpi / 0.0254).round() as u32;
    let mut chunk = b"pHYs".to_vec();
    chunk.extend(per_metre.to_be_bytes());
    chunk.extend(per_metre.to_be_bytes());
    chunk.push(1);
    let mut out = Vec::with_capacity(png.len() + 21);
    let (head, body) = png.split_at(HEADER_END.min(png.len()));
    out.extend_from_slice(head);
    out.extend(9u32.to_be_bytes());
    out.extend_from_slice(&chunk);
    out.extend(crc32(&chunk).to_be_bytes());
    out.extend_from_slice(body);
    out
}

/// CRC-32 of the PNG specification, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b"IEND"), 0xAE42_6082);
    }
}

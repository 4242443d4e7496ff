//! PMTiles version 3: one file of Web Mercator tiles behind directories of varints, in the order of a Hilbert curve.

use super::mbtiles::TILE_PIXELS;
use super::{Pyramid, ReadError, TileId, TilePixels, Tiles, decoded, web_pyramid};
use crate::io::files::piece;
use crate::text::Message;
use flate2::read::GzDecoder;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

const HEADER_BYTES: usize = 127;
/// A directory unpacked is refused beyond this: the format keeps them below some hundred kilobytes.
const MOST_DIRECTORY: u64 = 64 << 20;
/// Directories of directories.
const DEEPEST: usize = 4;
/// Directories that are kept.
const KEPT: usize = 64;

/// One entry of a directory: a run of tiles with the same bytes, or (run 0) a directory further down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Entry {
    id: u64,
    run: u64,
    length: u64,
    offset: u64,
}

struct PmTiles {
    file: File,
    root: Arc<Vec<Entry>>,
    leaves: HashMap<u64, Arc<Vec<Entry>>>,
    leaves_at: u64,
    tiles_at: u64,
    packed: bool,
    levels: [u8; 2],
}

fn refused(cause: impl Into<String>) -> ReadError {
    ReadError(Message::new("io.raster_damaged").with("cause", cause.into()))
}

/// Opens an archive by its header and its first directory.
pub(super) fn open(path: &Path) -> Result<(Pyramid, Box<dyn Tiles>), ReadError> {
    let file = File::open(path).map_err(|e| refused(e.to_string()))?;
    let header = piece(&file, 0, HEADER_BYTES).map_err(|e| refused(e.to_string()))?;
    let byte = |at: usize| header.get(at).copied().unwrap_or(0);
    let long = |at: usize| header.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
    let degrees =
        |at: usize| header.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0.0, |b| f64::from(i32::from_le_bytes(b)) / 1e7);
    if header.len() < HEADER_BYTES || !header.starts_with(b"PMTiles") {
        return Err(refused("no PMTiles header"));
    }
    if byte(7) != 3 {
        return Err(ReadError(Message::new("io.raster_pmtiles_version").with("version", u64::from(byte(7)))));
    }
    let packed = match byte(97) {
        1 => false,
        2 => true,
        other => return Err(ReadError(Message::new("io.raster_pmtiles_packing").with("packing", u64::from(other)))),
    };
    match byte(99) {
        1 => return Err(ReadError(Message::new("io.raster_vector_tiles"))),
        5 => return Err(ReadError(Message::new("io.raster_avif"))),
        _ => {}
    }
    let levels = [byte(100).min(30), byte(101).min(30)];
    let root = piece(&file, long(8), usize::try_from(long(16)).unwrap_or(0)).map_err(|e| refused(e.to_string()))?;
    let root = Arc::new(directory(&root, packed).map_err(refused)?);
    let mut tiles = PmTiles { file, root, leaves: HashMap::new(), leaves_at: long(40), tiles_at: long(56), packed, levels };
    let first = tiles.first().map_err(refused)?.ok_or_else(|| ReadError(Message::new("io.raster_no_tiles")))?;
    let tile_px = decoded(&first, TILE_PIXELS).map_or(256, |p| p.width);
    let bounds = [degrees(102), degrees(106), degrees(110), degrees(114)];
    let whole = [-180.0, -85.0, 180.0, 85.0];
    let bounds = if bounds[0] < bounds[2] && bounds[1] < bounds[3] { bounds } else { whole };
    Ok((web_pyramid(bounds, levels, tile_px), Box::new(tiles)))
}

/// The number of a tile: those of all coarser levels, then its place on the Hilbert curve of its own.
fn number_of(id: TileId) -> u64 {
    let mut number = ((1u64 << (2 * u32::from(id.z))) - 1) / 3;
    let (mut x, mut y) = (u64::from(id.x), u64::from(id.y));
    let mut side = 1u64 << id.z >> 1;
    while side > 0 {
        let (right, down) = (u64::from(x & side > 0), u64::from(y & side > 0));
        number += side * side * ((3 * right) ^ down);
        if down == 0 {
            if right == 1 {
                (x, y) = ((side - 1).wrapping_sub(x), (side - 1).wrapping_sub(y));
            }
            (x, y) = (y, x);
        }
        side >>= 1;
    }
    number
}

/// A directory's entries out of its bytes.
fn directory(bytes: &[u8], packed: bool) -> Result<Vec<Entry>, String> {
    let mut plain = Vec::new();
    if packed {
        GzDecoder::new(bytes).take(MOST_DIRECTORY).read_to_end(&mut plain).map_err(|e| e.to_string())?;
    } else {
        plain.extend_from_slice(bytes);
    }
    let mut at = 0;
    let mut next = || varint(&plain, &mut at).ok_or_else(|| "a directory ends too soon".to_owned());
    let count = usize::try_from(next()?).unwrap_or(usize::MAX);
    // Each entry takes four bytes at least.
    if count > plain.len() / 4 {
        return Err("a directory of more entries than bytes".to_owned());
    }
    let mut entries = vec![Entry::default(); count];
    let mut id = 0u64;
    for entry in &mut entries {
        id = id.wrapping_add(next()?);
        entry.id = id;
    }
    for entry in &mut entries {
        entry.run = next()?;
    }
    for entry in &mut entries {
        entry.length = next()?;
    }
    let mut after = 0u64;
    for entry in &mut entries {
        let offset = next()?;
        entry.offset = if offset == 0 { after } else { offset - 1 };
        after = entry.offset.wrapping_add(entry.length);
    }
    Ok(entries)
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

impl PmTiles {
    fn bytes(&self, at: u64, entry: Entry) -> Result<Vec<u8>, String> {
        let length = usize::try_from(entry.length).ok().filter(|l| *l as u64 <= MOST_DIRECTORY).ok_or("an entry too long")?;
        let start = at.checked_add(entry.offset).ok_or("an entry beyond the file")?;
        let bytes = piece(&self.file, start, length).map_err(|e| e.to_string())?;
        if bytes.len() == length { Ok(bytes) } else { Err("an entry beyond the end of the file".to_owned()) }
    }

    fn leaf(&mut self, entry: Entry) -> Result<Arc<Vec<Entry>>, String> {
        if let Some(known) = self.leaves.get(&entry.offset) {
            return Ok(known.clone());
        }
        let read = Arc::new(directory(&self.bytes(self.leaves_at, entry)?, self.packed)?);
        if self.leaves.len() >= KEPT {
            self.leaves.clear();
        }
        self.leaves.insert(entry.offset, read.clone());
        Ok(read)
    }

    /// The bytes of the first tile there is.
    fn first(&mut self) -> Result<Option<Vec<u8>>, String> {
        let mut list = self.root.clone();
        for _ in 0..DEEPEST {
            let Some(entry) = list.first().copied() else { return Ok(None) };
            if entry.run > 0 {
                return self.bytes(self.tiles_at, entry).map(Some);
            }
            list = self.leaf(entry)?;
        }
        Err("directories too deep".to_owned())
    }

    fn find(&mut self, number: u64) -> Result<Option<Vec<u8>>, String> {
        let mut list = self.root.clone();
        for _ in 0..DEEPEST {
            let after = list.partition_point(|e| e.id <= number);
            let Some(entry) = after.checked_sub(1).and_then(|i| list.get(i)).copied() else { return Ok(None) };
            if entry.run > 0 {
                let there = number - entry.id < entry.run;
                return if there { self.bytes(self.tiles_at, entry).map(Some) } else { Ok(None) };
            }
            list = self.leaf(entry)?;
        }
        Err("directories too deep".to_owned())
    }
}

impl Tiles for PmTiles {
    fn stores(&self, z: u8) -> bool {
        (self.levels[0]..=self.levels[1]).contains(&z)
    }

    fn read(&mut self, id: TileId) -> Result<Option<TilePixels>, String> {
        self.find(number_of(id))?.map(|bytes| decoded(&bytes, TILE_PIXELS)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_have_the_numbers_of_the_specification() {
        let number = |z, x, y| number_of(TileId { z, x, y });
        assert_eq!(
            [number(0, 0, 0), number(1, 0, 0), number(1, 0, 1), number(1, 1, 1), number(1, 1, 0), number(2, 0, 0)],
            [0, 1, 2, 3, 4, 5]
        );
        assert_eq!(number(12, 3423, 1763), 19_078_479);
        // A curve: each level's numbers are all there once, and neighbours on it are neighbours on the land.
        let mut cells: Vec<(u64, u32, u32)> = (0..256).map(|i| (number(4, i % 16, i / 16), i % 16, i / 16)).collect();
        cells.sort_unstable();
        assert!(cells.windows(2).all(|p| p[1].0 == p[0].0 + 1 && p[1].1.abs_diff(p[0].1) + p[1].2.abs_diff(p[0].2) == 1));
    }

    #[test]
    fn a_directory_that_lies_is_refused() {
        assert_eq!(directory(&[1, 5, 2, 10, 1], false).unwrap(), [Entry { id: 5, run: 2, length: 10, offset: 0 }]);
        for bytes in [&[][..], &[2, 1], &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], &[1, 5, 2, 10]] {
            assert!(directory(bytes, false).is_err(), "{bytes:?}");
        }
        assert!(directory(b"no gzip", true).is_err());
    }
}

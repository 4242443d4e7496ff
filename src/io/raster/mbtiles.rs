//! MBTiles: a SQLite database of Web Mercator tiles, rows counted from the south.

use super::{Pyramid, ReadError, TileId, TilePixels, Tiles, decoded, web_pyramid};
use crate::io::{Cell, Database, SqlError};
use crate::text::Message;
use std::collections::BTreeMap;
use std::path::Path;

/// Pixels that one tile may have.
pub(super) const TILE_PIXELS: u64 = 4 << 20;

struct MbTiles {
    database: Database,
    levels: [u8; 2],
}

fn refused(error: &SqlError) -> ReadError {
    ReadError(Message::new("io.raster_damaged").with("cause", error.to_string()))
}

/// Opens an archive by its table of what it is.
pub(super) fn open(path: &Path) -> Result<(Pyramid, Box<dyn Tiles>), ReadError> {
    let database = Database::open(path).map_err(|e| refused(&e))?;
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    let take = |row: crate::io::Row<'_, '_>| {
        said.extend(row.text(0).zip(row.text(1)).map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok::<(), SqlError>(())
    };
    // A file without such a table may still have tiles.
    let _ = database.query("SELECT name, CAST(value AS TEXT) FROM metadata", &[], take);
    let mut levels = Vec::new();
    let take = |row: crate::io::Row<'_, '_>| {
        levels.extend(row.int(0).and_then(|z| u8::try_from(z).ok()).filter(|z| *z <= 30));
        Ok::<(), SqlError>(())
    };
    database.query("SELECT DISTINCT zoom_level FROM tiles ORDER BY zoom_level", &[], take).map_err(|e| refused(&e))?;
    let (Some(&first), Some(&last)) = (levels.first(), levels.last()) else {
        return Err(ReadError(Message::new("io.raster_no_tiles")));
    };
    let bytes = any_tile(&database, last).map_err(|e| refused(&e))?;
    if said.get("format").is_some_and(|f| f == "pbf") || bytes.starts_with(&[0x1F, 0x8B]) {
        return Err(ReadError(Message::new("io.raster_vector_tiles")));
    }
    // One that cannot be read leaves the usual size: it is said when it is looked at.
    let tile_px = decoded(&bytes, TILE_PIXELS).map_or(256, |p| p.width);
    let bounds = said.get("bounds").map(|b| b.split(',').filter_map(|n| n.trim().parse().ok()).collect::<Vec<f64>>());
    let degrees = match bounds.as_deref() {
        Some([w, s, e, n]) if w < e && s < n => [*w, *s, *e, *n],
        _ => bounds_of_tiles(&database, last).map_err(|e| refused(&e))?,
    };
    let pyramid = web_pyramid(degrees, [first, last], tile_px);
    Ok((pyramid, Box::new(MbTiles { database, levels: [first, last] })))
}

fn any_tile(database: &Database, z: u8) -> Result<Vec<u8>, SqlError> {
    let mut bytes = Vec::new();
    database.query("SELECT tile_data FROM tiles WHERE zoom_level = ?1 LIMIT 1", &[Cell::Int(i64::from(z))], |row| {
        bytes = row.blob(0).unwrap_or_default().to_vec();
        Ok::<(), SqlError>(())
    })?;
    Ok(bytes)
}

/// West, south, east and north of the tiles of a level.
fn bounds_of_tiles(database: &Database, z: u8) -> Result<[f64; 4], SqlError> {
    let mut bounds = [0.0; 4];
    let sql = "SELECT min(tile_column), min(tile_row), max(tile_column) + 1, max(tile_row) + 1 FROM tiles WHERE zoom_level = ?1";
    database.query(sql, &[Cell::Int(i64::from(z))], |row| {
        let side = 2f64.powi(i32::from(z));
        let at = |column: usize| row.int(column).unwrap_or(0) as f64 / side;
        let lon = |share: f64| share * 360.0 - 180.0;
        let lat = |share: f64| ((share - 0.5) * std::f64::consts::TAU).sinh().atan().to_degrees();
        bounds = [lon(at(0)), lat(at(1)), lon(at(2)), lat(at(3))];
        Ok::<(), SqlError>(())
    })?;
    Ok(bounds)
}

impl Tiles for MbTiles {
    fn stores(&self, z: u8) -> bool {
        (self.levels[0]..=self.levels[1]).contains(&z)
    }

    fn read(&mut self, id: TileId) -> Result<Option<TilePixels>, String> {
        let row = (1i64 << id.z) - 1 - i64::from(id.y);
        let mut bytes: Option<Vec<u8>> = None;
        let sql = "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";
        let cells = [Cell::Int(i64::from(id.z)), Cell::Int(i64::from(id.x)), Cell::Int(row)];
        let take = |row: crate::io::Row<'_, '_>| {
            bytes = row.blob(0).map(<[u8]>::to_vec);
            Ok::<(), SqlError>(())
        };
        self.database.query(sql, &cells, take).map_err(|e| e.to_string())?;
        bytes.filter(|b| !b.is_empty()).map(|b| decoded(&b, TILE_PIXELS)).transpose()
    }
}

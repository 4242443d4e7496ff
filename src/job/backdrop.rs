//! A picture under the map: opened, its system settled, laid on the workspace's plane.

use super::open::settle_crs;
use super::{Input, OpenError, SettledCrs, crs_refusal};
use crate::crs::{Crs, Transform};
use crate::geom::BBox;
use crate::io::{LaidRaster, Notes, RasterFile};
use crate::text::Message;

/// An open picture of a workspace.
#[derive(Debug)]
pub struct OpenBackdrop {
    pub raster: LaidRaster,
    /// The system it is in, and how that is known.
    pub settled: SettledCrs,
    /// The file itself says its system.
    pub declared: bool,
    /// The system of the workspace that it was laid for.
    pub plane: Crs,
}

/// Opens a picture for a workspace in `plane`. `place`: where data is expected, in degrees, to guess by.
///
/// # Errors
/// [`OpenError::AskCrs`] when its system must be asked for; else what is wrong with the file.
pub fn open_backdrop(input: &Input, plane: &Crs, place: BBox) -> Result<OpenBackdrop, OpenError> {
    let file = RasterFile::open(&input.path)?;
    let pyramid = &file.pyramid;
    let refused = |m: Message| OpenError::Read(m.with("file", file.name.clone()));
    let notes =
        Notes { crs: pyramid.crs.clone(), crs_how: pyramid.crs_how.clone(), crs_refused: pyramid.crs_refused.clone(), ..Notes::default() };
    // A picture is never turned over: its numbers are right and down, whatever they are of.
    let mut input = input.clone();
    input.settings.options.north_first = Some(false);
    let place = if place.is_empty() { super::CHINA } else { place };
    let settled = settle_crs(&input, &file.name, pyramid.extent(), &notes, place)?;
    let way = |from: &Crs, to: &Crs| Transform::new(from, to).map_err(|e| refused(crs_refusal(&e)));
    let (to_plan, from_plan) = (way(&settled.crs, plane)?, way(plane, &settled.crs)?);
    let declared = pyramid.crs.is_some();
    let name = file.name.clone();
    let raster = LaidRaster::new(file, to_plan, from_plan);
    if raster.bbox.is_empty() {
        let words = Message::new("io.raster_out_of_reach").with("crs", super::crs_words(&settled.crs));
        return Err(OpenError::Read(words.with("plane", super::crs_words(plane)).with("file", name)));
    }
    Ok(OpenBackdrop { raster, settled, declared, plane: plane.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{CELLS, TileId};
    use std::io::Write;

    /// Where a place of a tile lies, on the way that the mesh stands in for.
    fn exact(way: &Transform, open: &OpenBackdrop, tile: TileId, inside: [f64; 2]) -> [f64; 2] {
        let mut p = [open.raster.pyramid().place.apply(tile.on_unit(inside))];
        way.apply(&mut p).unwrap();
        p[0]
    }

    /// A picture of one colour with a world file and a definition.
    fn picture(folder: &std::path::Path, world: &str, prj: Option<u32>) -> Input {
        let path = folder.join("a.png");
        image::RgbImage::from_pixel(600, 500, image::Rgb([9, 9, 9])).save(&path).unwrap();
        std::fs::File::create(folder.join("a.pgw")).unwrap().write_all(world.as_bytes()).unwrap();
        if let Some(code) = prj {
            std::fs::write(folder.join("a.prj"), Crs::Epsg(code).esri_wkt().unwrap()).unwrap();
        }
        Input::file(path)
    }

    #[test]
    fn within_a_cell_a_picture_is_at_most_a_tenth_of_a_pixel_off() {
        let folder = tempfile::tempdir().unwrap();
        // Web Mercator over Qingdao, 300 m a pixel: a cell is 32 pixels here, 64 in an archive of large tiles.
        let mut input = picture(folder.path(), "300\n0\n0\n-300\n13300000\n4350000\n", None);
        input.settings.options.crs = Some(Crs::Epsg(3857));
        let open = open_backdrop(&input, &Crs::CGCS2000_ZONE_40, BBox::EMPTY).unwrap();
        let way = Transform::new(&Crs::Epsg(3857), &Crs::CGCS2000_ZONE_40).unwrap();
        for tile in [TileId { z: 2, x: 0, y: 0 }, TileId { z: 2, x: 2, y: 1 }, TileId { z: 1, x: 0, y: 0 }] {
            let mesh = open.raster.mesh(tile).unwrap();
            let m_per_px = 300.0 * 2f64.powi(2 - i32::from(tile.z));
            for (row, column) in [(0, 0), (3, 5), (7, 7)] {
                let corner = |r: usize, c: usize| mesh.corners[r * (CELLS + 1) + c].unwrap().map(f64::from);
                let four = [corner(row, column), corner(row, column + 1), corner(row + 1, column), corner(row + 1, column + 1)];
                let drawn = [0, 1].map(|axis| four.iter().map(|p| p[axis]).sum::<f64>() / 4.0 + mesh.origin[axis]);
                let middle = [column, row].map(|i| (i as f64 + 0.5) / CELLS as f64);
                let exact = exact(&way, &open, tile, middle);
                let off = (drawn[0] - exact[0]).hypot(drawn[1] - exact[1]) / m_per_px;
                assert!(off < 0.1, "{off} px in {tile:?}");
            }
        }
    }

    #[test]
    fn a_picture_without_a_system_is_guessed_or_asked_for_and_one_without_a_place_refused() {
        let folder = tempfile::tempdir().unwrap();
        let place = BBox { min: [120.0, 36.0], max: [121.0, 37.0] };
        let input = picture(folder.path(), "2\n0\n0\n-2\n40508000\n4007000\n", None);
        let open = open_backdrop(&input, &Crs::CGCS2000_ZONE_40, place).unwrap();
        assert_eq!((open.settled.crs.clone(), open.declared), (Crs::CGCS2000_ZONE_40, false));
        // The middle of the first pixel is what the world file names.
        assert_eq!(open.raster.bbox, BBox { min: [40_507_999.0, 4_006_001.0], max: [40_509_199.0, 4_007_001.0] });
        let input = picture(folder.path(), "2\n0\n0\n-2\n508000\n4007000\n", None);
        assert!(matches!(open_backdrop(&input, &Crs::CGCS2000_ZONE_40, BBox::EMPTY), Err(OpenError::AskCrs { .. })));
        std::fs::remove_file(folder.path().join("a.pgw")).unwrap();
        assert_eq!(open_backdrop(&input, &Crs::CGCS2000_ZONE_40, place).unwrap_err().message().code, "io.raster_no_place");
    }

    #[test]
    fn the_level_follows_the_scale_and_tiles_cover_the_window() {
        let folder = tempfile::tempdir().unwrap();
        let input = picture(folder.path(), "2\n0\n0\n-2\n40508000\n4007000\n", Some(4528));
        let open = open_backdrop(&input, &Crs::CGCS2000_ZONE_40, BBox::EMPTY).unwrap();
        assert!(open.declared);
        let levels: Vec<Option<u8>> = [0.5, 2.0, 3.1, 4.0, 8.0, 90.0].into_iter().map(|m| open.raster.level(open.raster.bbox, m)).collect();
        assert_eq!(levels, [Some(2), Some(2), Some(1), Some(1), Some(0), Some(0)]);
        assert_eq!(open.raster.tiles(open.raster.bbox, 2).len(), 3 * 2);
        let corner = BBox { min: [40_508_010.0, 4_006_950.0], max: [40_508_020.0, 4_006_960.0] };
        assert_eq!(open.raster.tiles(corner, 2), [TileId { z: 2, x: 0, y: 0 }]);
        assert_eq!(open.raster.tiles(corner.grown(1e6), 0), [TileId { z: 0, x: 0, y: 0 }]);
        let away = BBox { min: [40_600_000.0, 4_000_000.0], max: [40_600_010.0, 4_000_010.0] };
        assert_eq!(open.raster.tiles(away, 2), []);
    }
}

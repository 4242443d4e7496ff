//! Pictures under the map: each format made small, opened, and a known place found on the right pixel; what is wrong is said.

use luodi::crs::{Crs, Transform};
use luodi::geom::BBox;
use luodi::io::{LaidRaster, RasterFile, is_raster};
use luodi::job::{Input, MapFormat, MapRequest, open_backdrop, render_map};
use luodi::model::{Backdrop, Contents, Date, LayerId};
use luodi::task::Progress;
use luodi::text::Lang;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

/// The place that is looked for, on the plane of zone 40.
const PLACE: [f64; 2] = [40_508_117.6, 4_007_329.1];

/// A grey picture in which the pixel that holds a place is red, and the one right of it green.
fn marked(width: u32, height: u32, [x, y]: [u32; 2]) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |i, j| match () {
        () if [i, j] == [x, y] => image::Rgb([255, 0, 0]),
        () if [i, j] == [x + 1, y] => image::Rgb([0, 255, 0]),
        () => image::Rgb([120, 120, 120]),
    })
}

fn png(image: &image::RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

fn open(path: &Path) -> luodi::job::OpenBackdrop {
    assert!(is_raster(path));
    open_backdrop(&Input::file(path), &Crs::CGCS2000_ZONE_40, BBox::EMPTY).unwrap()
}

/// The colour of the picture at a place.
fn color_at(raster: &LaidRaster, p: [f64; 2], m_per_px: f64) -> [u8; 4] {
    let half = m_per_px / 2.0;
    let window = BBox { min: [p[0] - half, p[1] - half], max: [p[0] + half, p[1] + half] };
    let (pixels, trouble) = raster.render(window, [1, 1], &Progress::new());
    assert_eq!(trouble, None);
    pixels.rgba.try_into().unwrap()
}

/// The place lies well inside the red pixel: it is red there, and no longer so a pixel away in either direction.
fn is_on_its_pixel(raster: &LaidRaster, m_per_px: f64) {
    let red = |p: [f64; 2]| {
        let [r, g, b, _] = color_at(raster, p, m_per_px);
        r > 200 && g < 60 && b < 60
    };
    // The picture is mixed between pixels: the colour is its own at the pixel's middle only, so look around for it.
    let steps = (-5..=5).flat_map(|i| (-5..=5).map(move |j| [f64::from(i) * 0.1, f64::from(j) * 0.1]));
    let found: Vec<[f64; 2]> = steps.filter(|d| red([PLACE[0] + d[0] * m_per_px, PLACE[1] + d[1] * m_per_px])).collect();
    assert!(!found.is_empty(), "nothing red within half a pixel");
    for d in [[1.1, 0.0], [-1.1, 0.0], [0.0, 1.1], [0.0, -1.1]] {
        assert!(!red([PLACE[0] + d[0] * m_per_px, PLACE[1] + d[1] * m_per_px]), "red at {d:?}");
    }
}

fn mercator(plan: [f64; 2]) -> [f64; 2] {
    let mut p = [plan];
    Transform::new(&Crs::CGCS2000_ZONE_40, &Crs::Epsg(3857)).unwrap().apply(&mut p).unwrap();
    p[0]
}

/// Tile and pixel of the place at a level of Web Mercator, and metres of a pixel on the land there.
fn web_place(z: u8) -> ([u32; 2], [u32; 2], f64) {
    let half = std::f64::consts::PI * 6_378_137.0;
    let [x, y] = mercator(PLACE);
    let pixels = 256.0 * 2f64.powi(i32::from(z));
    let at = [(x + half) / (2.0 * half) * pixels, (half - y) / (2.0 * half) * pixels].map(|v| v as u32);
    // Mercator enlarges by 1/cos of the latitude.
    (at.map(|v| v / 256), at.map(|v| v % 256), 2.0 * half / pixels * 36.2f64.to_radians().cos())
}

fn mbtiles(path: &Path, tiles: &[(u8, [u32; 2], Vec<u8>)]) {
    let database = rusqlite::Connection::open(path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE metadata (name TEXT, value TEXT); CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
             INSERT INTO metadata VALUES ('format', 'png');",
        )
        .unwrap();
    for (z, [x, y], bytes) in tiles {
        let row = (1i64 << z) - 1 - i64::from(*y);
        database.execute("INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)", (i64::from(*z), i64::from(*x), row, bytes)).unwrap();
    }
}

/// A PMTiles archive with one directory, packed or not, written as the specification has it.
fn pmtiles(z: u8, number: u64, tile: &[u8], packed: bool) -> Vec<u8> {
    let varint = |mut v: u64| {
        let mut out = Vec::new();
        while v >= 0x80 {
            out.push((v & 0x7F) as u8 | 0x80);
            v >>= 7;
        }
        out.push(v as u8);
        out
    };
    let mut directory: Vec<u8> = [varint(1), varint(number), varint(1), varint(tile.len() as u64), varint(1)].concat();
    if packed {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut gz, &directory).unwrap();
        directory = gz.finish().unwrap();
    }
    let mut bytes = vec![0u8; 127];
    bytes[..8].copy_from_slice(b"PMTiles\x03");
    let tiles_at = 127 + directory.len() as u64;
    for (at, value) in [(8, 127), (16, directory.len() as u64), (24, tiles_at), (40, tiles_at), (56, tiles_at), (64, tile.len() as u64)] {
        bytes[at..at + 8].copy_from_slice(&u64::to_le_bytes(value));
    }
    (bytes[97], bytes[98], bytes[99], bytes[100], bytes[101]) = (if packed { 2 } else { 1 }, 1, 2, z, z);
    for (at, degrees) in [(102, 119.0), (106, 35.0), (110, 122.0), (114, 38.0)] {
        bytes[at..at + 4].copy_from_slice(&i32::to_le_bytes((degrees * 1e7) as i32));
    }
    bytes.extend(directory);
    bytes.extend(tile);
    bytes
}

/// The number of a tile of PMTiles, walked along the curve as the specification's own code does it.
fn hilbert(z: u8, [x, y]: [u32; 2]) -> u64 {
    let (mut x, mut y) = (i64::from(x), i64::from(y));
    let mut d = (0..z).map(|level| 1u64 << (2 * level)).sum::<u64>();
    let mut s = 1i64 << z >> 1;
    while s > 0 {
        let (rx, ry) = (i64::from(x & s > 0), i64::from(y & s > 0));
        d += (s * s * ((3 * rx) ^ ry)) as u64;
        if ry == 0 {
            if rx == 1 {
                (x, y) = (s - 1 - x, s - 1 - y);
            }
            (x, y) = (y, x);
        }
        s >>= 1;
    }
    d
}

#[test]
fn a_place_is_on_its_pixel_in_mbtiles_and_in_pmtiles() {
    let folder = tempfile::tempdir().unwrap();
    let z = 15;
    let (tile, pixel, m_per_px) = web_place(z);
    let bytes = png(&marked(256, 256, pixel));
    let path = folder.path().join("影像.mbtiles");
    mbtiles(&path, &[(z, tile, bytes.clone())]);
    is_on_its_pixel(&open(&path).raster, m_per_px);
    for packed in [false, true] {
        let path = folder.path().join("a.pmtiles");
        std::fs::write(&path, pmtiles(z, hilbert(z, tile), &bytes, packed)).unwrap();
        is_on_its_pixel(&open(&path).raster, m_per_px);
    }
    // Levels that are not there are made out of the finer one: grey all over, at a sixteenth of the size.
    let raster = open(&path).raster;
    let [r, _, _, a] = color_at(&raster, raster.bbox.center(), m_per_px * 16.0);
    assert_eq!(((100..140).contains(&r), a), (true, 255));
}

#[test]
fn a_place_is_on_its_pixel_in_a_picture_with_a_world_file_of_another_plane() {
    let folder = tempfile::tempdir().unwrap();
    // The plane of the national zone 39, turned a little, 2 m a pixel; the world file names the middle of the first pixel.
    let zone = Crs::Epsg(4527);
    let mut p = [PLACE];
    Transform::new(&Crs::CGCS2000_ZONE_40, &zone).unwrap().apply(&mut p).unwrap();
    let [a, b] = [2.0 * 0.05f64.cos(), 2.0 * 0.05f64.sin()];
    let at = [330.0, 270.0];
    let origin = [p[0][0] - a * at[0] - b * at[1], p[0][1] - b * at[0] + a * at[1]];
    let world = format!("{a}\n{b}\n{b}\n{}\n{}\n{}\n", -a, origin[0], origin[1]);
    for (name, world_name, format) in [("a.png", "a.pgw", image::ImageFormat::Png), ("b.JPG", "b.jgw", image::ImageFormat::Jpeg)] {
        let path = folder.path().join(name);
        let image = marked(600, 500, [330, 270]);
        image.save_with_format(&path, format).unwrap();
        std::fs::write(folder.path().join(world_name), &world).unwrap();
        let prj = path.with_extension("prj");
        std::fs::write(&prj, zone.esri_wkt().unwrap()).unwrap();
        let open = open(&path);
        assert_eq!(open.settled.crs, zone);
        if format == image::ImageFormat::Png {
            is_on_its_pixel(&open.raster, 2.0);
        } else {
            // JPEG smears colours over its neighbours: brightest where it was put, green to the right of it.
            let right = [PLACE[0] + a, PLACE[1] + b];
            let [[r0, g0, ..], [r1, g1, ..]] = [PLACE, right].map(|p| color_at(&open.raster, p, 2.0).map(i32::from));
            assert!(r0 - g0 > 100 && r1 - g1 < 0, "{r0} {g0} {r1} {g1}");
        }
    }
}

/// A GeoTIFF as programs write it: tie point, scale, keys; in strips or tiles are the encoder's own affair.
fn geotiff(path: &Path, image: &image::RgbImage, corner: [f64; 2], m_per_px: f64, code: Option<u16>, copy: bool) {
    use tiff::encoder::{TiffEncoder, colortype::RGB8};
    use tiff::tags::Tag;
    let mut file = std::fs::File::create(path).unwrap();
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    let mut full = encoder.new_image::<RGB8>(image.width(), image.height()).unwrap();
    full.encoder().write_tag(Tag::ModelPixelScaleTag, &[m_per_px, m_per_px, 0.0][..]).unwrap();
    full.encoder().write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, corner[0], corner[1], 0.0][..]).unwrap();
    if let Some(code) = code {
        let keys = [1u16, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, code];
        full.encoder().write_tag(Tag::GeoKeyDirectoryTag, &keys[..]).unwrap();
    }
    full.encoder().write_tag(Tag::GdalNodata, "7").unwrap();
    full.write_data(image.as_raw()).unwrap();
    if copy {
        // A smaller copy of another colour, to see that it is used.
        let (w, h) = (image.width().div_ceil(2), image.height().div_ceil(2));
        let mut small = encoder.new_image::<RGB8>(w, h).unwrap();
        small.encoder().write_tag(Tag::NewSubfileType, 1u32).unwrap();
        small.write_data(&[0u8, 0, 200].repeat((w * h) as usize)).unwrap();
    }
}

#[test]
fn a_place_is_on_its_pixel_in_a_geotiff_and_its_smaller_copy_serves_smaller_scales() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut image = marked(700, 400, [512, 300]);
    image.put_pixel(0, 0, image::Rgb([7, 7, 7]));
    let corner = [PLACE[0] - 512.5 * 0.5, PLACE[1] + 300.5 * 0.5];
    geotiff(&path, &image, corner, 0.5, Some(4528), true);
    let open = open(&path);
    assert_eq!((open.settled.crs.clone(), open.declared), (Crs::CGCS2000_ZONE_40, true));
    is_on_its_pixel(&open.raster, 0.5);
    assert_eq!(color_at(&open.raster, [corner[0] + 0.25, corner[1] - 0.25], 0.5)[3], 0, "what is no data is clear");
    assert_eq!(color_at(&open.raster, PLACE, 1.0), [0, 0, 200, 255]);
    assert_eq!(color_at(&open.raster, PLACE, 8.0), [0, 0, 200, 255], "and what is made of it");
    assert_eq!(color_at(&open.raster, [corner[0] - 1.0, corner[1]], 0.5), [0; 4], "beyond the picture there is nothing");
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let image = marked(64, 64, [1, 1]);
    let picture = png(&image);
    std::fs::write(at("nowhere.png"), &picture).unwrap();
    std::fs::write(at("world.png"), &picture).unwrap();
    std::fs::write(at("world.pgw"), "1 0 0 words").unwrap();
    std::fs::write(at("cut.png"), &picture[..60]).unwrap();
    std::fs::write(at("cut.pgw"), "1\n0\n0\n-1\n40500000\n4000000\n").unwrap();
    std::fs::write(at("a.pmtiles"), "PMTiles\u{2}").unwrap();
    std::fs::write(at("text.mbtiles"), "no database").unwrap();
    std::fs::write(at("text.tif"), "no picture").unwrap();
    std::fs::write(at("empty.tif"), "").unwrap();
    mbtiles(&at("none.mbtiles"), &[]);
    mbtiles(&at("vector.mbtiles"), &[(3, [1, 1], vec![0x1F, 0x8B, 0, 0])]);
    let vector = {
        let mut bytes = pmtiles(3, 30, &picture, false);
        bytes[99] = 1;
        bytes
    };
    std::fs::write(at("vector.pmtiles"), vector).unwrap();
    geotiff(&at("far.tif"), &image, [40_508_000.0, 4_007_000.0], 1.0, Some(32610), false);
    let expected: BTreeMap<&str, &str> = [
        ("nowhere.png", "io.raster_no_place"),
        ("world.png", "io.raster_world_file"),
        ("cut.png", "io.raster_damaged"),
        ("a.pmtiles", "io.raster_damaged"),
        ("text.mbtiles", "io.raster_damaged"),
        ("text.tif", "io.raster_damaged"),
        ("empty.tif", "io.empty"),
        ("none.mbtiles", "io.raster_no_tiles"),
        ("vector.mbtiles", "io.raster_vector_tiles"),
        ("vector.pmtiles", "io.raster_vector_tiles"),
        ("far.tif", "io.raster_out_of_reach"),
        ("gone.tif", "io.not_found"),
    ]
    .into();
    for (name, code) in expected {
        let refused = open_backdrop(&Input::file(at(name)), &Crs::CGCS2000_ZONE_40, BBox::EMPTY).unwrap_err();
        assert_eq!(refused.message().code, code, "{name}: {:?}", refused.message());
        for lang in [Lang::Zh, Lang::En] {
            let words = refused.message().render(lang);
            assert!(words.contains(name) && !words.contains('{'), "{words}");
        }
    }
}

#[test]
fn a_broken_tile_leaves_a_gap_and_a_word_and_the_others_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let z = 15;
    let (tile, pixel, m_per_px) = web_place(z);
    let path = folder.path().join("a.mbtiles");
    let good = png(&marked(256, 256, pixel));
    mbtiles(&path, &[(z, tile, good.clone()), (z, [tile[0] + 1, tile[1]], good[..good.len() / 2].to_vec())]);
    let raster = open(&path).raster;
    let away = [PLACE[0] + 256.0 * m_per_px, PLACE[1]];
    let window = BBox { min: [away[0] - 1.0, away[1] - 1.0], max: [away[0] + 1.0, away[1] + 1.0] };
    let (pixels, trouble) = raster.render(window, [1, 1], &Progress::new());
    assert_eq!(pixels.rgba, [0; 4]);
    let words = trouble.expect("it is said").render(Lang::Zh);
    assert!(words.contains("a.mbtiles") && words.contains(&format!("{z}/{}/{}", tile[0] + 1, tile[1])), "{words}");
    is_on_its_pixel(&raster, m_per_px);
}

#[test]
fn a_sheet_shows_the_picture_in_every_format_and_says_when_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    geotiff(&path, &image::RgbImage::from_pixel(300, 300, image::Rgb([250, 10, 10])), [40_508_000.0, 4_007_000.0], 10.0, Some(4528), false);
    let mut contents = Contents::new(Crs::CGCS2000_ZONE_40);
    let picture = Backdrop { id: LayerId(1), name: "影像".into(), path: path.as_path().into(), visible: true, opacity: 0.5, crs: None };
    contents.backdrops = [picture.clone()].into();
    let day = Date { year: 2013, month: 6, day: 1 };
    let extent = Some(BBox { min: [40_508_500.0, 4_004_500.0], max: [40_510_500.0, 4_006_500.0] });
    let request = |format| MapRequest { format, extent, dpi: 40.0, ..MapRequest::default() };
    let middle = |contents: &Contents| {
        let png = render_map(contents, &request(MapFormat::Png), day).unwrap();
        let sheet = image::load_from_memory(&png).unwrap().into_rgb8();
        sheet.get_pixel(sheet.width() / 2, sheet.height() / 2).0
    };
    // Half of it red, half of it the ground.
    let [r, g, b] = middle(&contents);
    assert!(r > 240 && (110..145).contains(&g) && (110..145).contains(&b), "{r} {g} {b}");
    let svg = String::from_utf8(render_map(&contents, &request(MapFormat::Svg), day).unwrap()).unwrap();
    assert!(svg.contains(r#"opacity="0.5" href="data:image/png;base64,iVBOR"#));
    let pdf = render_map(&contents, &request(MapFormat::Pdf), day).unwrap();
    assert!(pdf.windows(14).any(|w| w == b"/Subtype/Image") || pdf.windows(15).any(|w| w == b"/Subtype /Image"));
    contents.backdrops = [Backdrop { visible: false, ..picture.clone() }].into();
    let [r, g, _] = middle(&contents);
    assert!(r.abs_diff(g) < 20, "hidden it is not printed");
    std::fs::remove_file(&path).unwrap();
    middle(&contents);
    contents.backdrops = [picture].into();
    let refused = render_map(&contents, &request(MapFormat::Pdf), day).unwrap_err();
    assert_eq!(refused.code, "sheet.picture_refused");
    assert!(refused.render(Lang::Zh).contains("影像") && refused.render(Lang::Zh).contains("a.tif"));
}

/// No bytes, however cut or spoilt, end the program.
#[test]
fn spoilt_pictures_are_refused_or_read_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let image = marked(300, 90, [5, 5]);
    let tiff = folder.path().join("whole.tif");
    geotiff(&tiff, &image, [40_508_000.0, 4_007_000.0], 1.0, Some(4528), true);
    let wholes = [("tif", std::fs::read(&tiff).unwrap()), ("pmtiles", pmtiles(4, 350, &png(&image), true))];
    for (extension, whole) in wholes {
        let path = folder.path().join(format!("spoilt.{extension}"));
        for i in 0..160usize {
            let mut bytes = whole.clone();
            if i % 4 == 0 {
                bytes.truncate(whole.len() * i / 160);
            } else {
                // Where the structure is: the head, and for a TIFF the tags at its end.
                let place = if i % 2 == 0 { i * 3 } else { whole.len().saturating_sub(1 + i * 5) };
                if let Some(byte) = bytes.get_mut(place) {
                    *byte = byte.wrapping_add((i * 37 + 1) as u8);
                }
            }
            std::fs::write(&path, bytes).unwrap();
            if let Ok(open) = open_backdrop(&Input::file(&path), &Crs::CGCS2000_ZONE_40, BBox::EMPTY) {
                let bbox = open.raster.bbox;
                if bbox.width().is_finite() && bbox.width() > 0.0 && bbox.height() > 0.0 {
                    let _ = open.raster.render(bbox, [8, 8], &Progress::new());
                }
            }
            let _ = RasterFile::open(&path);
        }
    }
}

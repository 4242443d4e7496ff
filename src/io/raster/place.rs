//! Where a picture lies: world files, definitions beside it, the geographic keys of a TIFF.

use super::{Pyramid, ReadError};
use crate::crs::Crs;
use crate::geom::Point;
use crate::io::files::{beside, read_bytes};
use crate::io::shapefile::prj_text;
use crate::text::Message;
use quick_xml::events::Event;
use std::path::Path;

/// A plane laid on another: `origin + u·right + v·down`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    pub origin: Point,
    pub right: Point,
    pub down: Point,
}

impl Affine {
    pub fn apply(&self, [u, v]: Point) -> Point {
        [0, 1].map(|axis| self.origin[axis] + u * self.right[axis] + v * self.down[axis])
    }

    /// The way back; `None` when all lies on one line.
    pub fn back(&self, p: Point) -> Option<Point> {
        let d = [p[0] - self.origin[0], p[1] - self.origin[1]];
        let det = self.right[0] * self.down[1] - self.right[1] * self.down[0];
        let (u, v) = ((d[0] * self.down[1] - d[1] * self.down[0]) / det, (self.right[0] * d[1] - self.right[1] * d[0]) / det);
        (u.is_finite() && v.is_finite()).then_some([u, v])
    }

    fn is_sound(&self) -> bool {
        let all = [self.origin, self.right, self.down].concat();
        all.iter().all(|v| v.is_finite()) && self.right[0] * self.down[1] - self.right[1] * self.down[0] != 0.0
    }

    /// The same with pixels counted from the outer corner of the first one, where they were counted from its middle.
    fn by_corner(self) -> Self {
        Self { origin: self.apply([-0.5, -0.5]), ..self }
    }
}

/// Extensions of the world file of a picture with that extension: `pgw`, `pngw`, `wld`.
fn world_extensions(extension: &str) -> [String; 3] {
    let (first, last) = (extension.chars().next(), extension.chars().last());
    let short = first.into_iter().chain(last).chain(['w']).collect();
    [short, format!("{extension}w"), "wld".to_owned()]
}

/// The six numbers of the world file beside a picture, by pixels from the outer corner; `None` when there is no such file.
///
/// # Errors
/// When it is there and is none.
pub fn world_file(path: &Path) -> Result<Option<Affine>, ReadError> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let Some(world) = world_extensions(&extension).iter().find_map(|e| beside(path, e)) else { return Ok(None) };
    let text = read_bytes(&world)?;
    let numbers: Vec<f64> = String::from_utf8_lossy(&text).split_whitespace().map_while(|w| w.replace(',', ".").parse().ok()).collect();
    let affine = match numbers.as_slice() {
        [a, d, b, e, c, f, ..] => Affine { origin: [*c, *f], right: [*a, *d], down: [*b, *e] },
        _ => Affine { origin: [0.0; 2], right: [0.0; 2], down: [0.0; 2] },
    };
    if affine.is_sound() {
        return Ok(Some(affine.by_corner()));
    }
    let name = world.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Err(ReadError(Message::new("io.raster_world_file").with("world", name)))
}

/// The definition of a system beside a picture: a `.prj`, or what GDAL keeps in `.aux.xml`.
fn definition_beside(path: &Path) -> Option<(String, Message)> {
    if let Some(prj) = beside(path, "prj")
        && let Ok(text) = read_bytes(&prj).map(|bytes| prj_text(&bytes))
        && !text.is_empty()
    {
        return Some((text, Message::new("io.crs_by_prj")));
    }
    let extension = path.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
    let aux = [format!("{extension}.aux.xml"), "aux.xml".to_owned()].iter().find_map(|e| beside(path, e))?;
    let text = read_bytes(&aux).ok()?;
    let mut reader = quick_xml::Reader::from_reader(&text[..]);
    let (mut in_srs, mut found) = (false, String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if start.name().as_ref() == "SRS" => in_srs = true,
            Event::End(end) if end.name().as_ref() == "SRS" => break,
            Event::Text(words) if in_srs => found.push_str(&words),
            Event::GeneralRef(name) if in_srs => found.push(match name.as_ref() {
                "quot" => '"',
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "apos" => '\'',
                _ => ' ',
            }),
            Event::Eof => break,
            _ => {}
        }
    }
    (!found.trim().is_empty()).then(|| (found, Message::new("io.crs_by_aux")))
}

/// Notes the system of the picture: what the file itself declares, else what stands beside it.
pub fn note_system(pyramid: &mut Pyramid, path: &Path, declared: Option<(String, Message)>) {
    let Some((text, how)) = declared.or_else(|| definition_beside(path)) else { return };
    match Crs::parse(&text) {
        Ok(crs) => (pyramid.crs, pyramid.crs_how) = (Some(crs), Some(how)),
        Err(_) => {
            let name: String = text.trim().chars().take(60).collect();
            pyramid.crs_refused = Some(Message::new("io.raster_crs_unknown").with("crs", name));
        }
    }
}

/// Number of a key of a TIFF that says whether pixels are counted from their middles, and its value for that.
const RASTER_TYPE: u16 = 1025;
const PIXEL_IS_POINT: u16 = 2;
/// Keys of the code of a plane, and of degrees.
const PROJECTED: u16 = 3072;
const GEOGRAPHIC: u16 = 2048;
/// Keys of words in which some programs keep a definition.
const CITATIONS: [u16; 3] = [3073, 1026, 2049];
/// The value of a code that is defined by other keys.
const USER_DEFINED: u16 = 32767;

/// What the tags of a TIFF say of its place.
#[derive(Clone, Debug, Default)]
pub struct TiffPlace {
    pub scale: Vec<f64>,
    pub tie_points: Vec<f64>,
    pub matrix: Vec<f64>,
    pub keys: Vec<u16>,
    pub words: String,
}

impl TiffPlace {
    fn key(&self, wanted: u16) -> Option<[u16; 3]> {
        let of = |entry: &[u16]| match entry {
            [key, place, count, value] if *key == wanted => Some([*place, *count, *value]),
            _ => None,
        };
        self.keys.get(4..)?.chunks_exact(4).find_map(of)
    }

    /// By pixels from the outer corner of the first one; `None` when the tags say nothing that can be used.
    pub fn affine(&self) -> Option<Affine> {
        let affine = match (self.matrix.as_slice(), self.scale.as_slice(), self.tie_points.as_slice()) {
            ([a, b, _, d, e, f, _, h, ..], _, _) if self.matrix.len() == 16 => Affine { origin: [*d, *h], right: [*a, *e], down: [*b, *f] },
            (_, [sx, sy, ..], [i, j, _, x, y, ..]) => Affine { origin: [x - i * sx, y + j * sy], right: [*sx, 0.0], down: [0.0, -sy] },
            _ => return None,
        };
        let from_middle = self.key(RASTER_TYPE).is_some_and(|k| k[2] == PIXEL_IS_POINT);
        affine.is_sound().then(|| if from_middle { affine.by_corner() } else { affine })
    }

    /// What the keys declare: a code, or the words of a definition.
    pub fn declared(&self) -> Option<(String, Message)> {
        let code =
            [PROJECTED, GEOGRAPHIC].into_iter().filter_map(|key| self.key(key)).map(|k| k[2]).find(|c| ![0, USER_DEFINED].contains(c));
        // A plane of one's own on a known datum is no system in degrees.
        let plane_of_own = self.key(PROJECTED).is_some_and(|k| k[2] == USER_DEFINED);
        let how = || Message::new("io.crs_by_geotiff");
        if let Some(code) = code.filter(|_| !plane_of_own) {
            return Some((format!("EPSG:{code}"), how()));
        }
        let words = |key: u16| {
            let [_, count, from] = self.key(key)?;
            let (from, count) = (usize::from(from), usize::from(count));
            self.words.get(from..from + count).map(|w| w.trim_end_matches(['|', '\0']))
        };
        let cited: Vec<&str> = CITATIONS.into_iter().filter_map(words).collect();
        let definition = cited.iter().find_map(|w| w.strip_prefix("ESRI PE String = "));
        definition.or_else(|| cited.first().copied()).map(|words| (words.to_owned(), how()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_is_the_same_place() {
        let turned = Affine { origin: [40_500_000.0, 4e6], right: [1.5, 0.25], down: [0.2, -1.4] };
        let p = turned.back(turned.apply([300.0, 200.0])).unwrap();
        assert!((p[0] - 300.0).abs() < 1e-6 && (p[1] - 200.0).abs() < 1e-6);
        assert_eq!(Affine { origin: [0.0; 2], right: [1.0, 1.0], down: [2.0, 2.0] }.back([1.0, 2.0]), None);
        assert_eq!(world_extensions("jpeg"), ["jgw", "jpegw", "wld"]);
    }

    #[test]
    fn a_pixel_that_is_a_point_lies_half_a_pixel_up_and_left() {
        let keys = |kind: u16| vec![1, 1, 0, 2, RASTER_TYPE, 0, 1, kind, PROJECTED, 0, 1, 4528];
        let place = |kind| TiffPlace {
            scale: vec![2.0, 2.0, 0.0],
            tie_points: vec![0.0, 0.0, 0.0, 100.0, 200.0, 0.0],
            keys: keys(kind),
            ..TiffPlace::default()
        };
        assert_eq!(place(1).affine().map(|a| a.origin), Some([100.0, 200.0]));
        assert_eq!(place(PIXEL_IS_POINT).affine().map(|a| a.origin), Some([99.0, 201.0]));
        assert_eq!(place(1).declared().map(|(text, _)| text), Some("EPSG:4528".to_owned()));
    }

    #[test]
    fn words_of_a_definition_stand_in_for_a_code() {
        let text = "ESRI PE String = GEOGCS[\"x\"]|";
        let keys = vec![1, 1, 0, 2, PROJECTED, 0, 1, USER_DEFINED, 3073, 34737, text.len() as u16, 0];
        let place = TiffPlace { keys, words: text.to_owned(), ..TiffPlace::default() };
        assert_eq!(place.declared().map(|(text, _)| text), Some("GEOGCS[\"x\"]".to_owned()));
        assert_eq!(place.affine(), None);
    }
}

//! Geometry as GeoPackage keeps it: a short header, then well-known binary; east before north whatever the system says.

use super::dxf::curve::{self, Flatness};
use crate::geom::{BBox, Point, Rings, RingsRef};
use crate::model::GeometryKind;

/// Why a geometry blob could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    #[error("the blob ends too early or is no geometry")]
    Broken,
    /// A curve, a collection or another type that is no plain point, line or area.
    #[error("geometry type {0}")]
    Unsupported(u32),
}

/// Type word of `gpkg_geometry_columns`; every feature of a layer is stored as the multi type, as QGIS expects of one layer.
pub fn type_name(kind: GeometryKind) -> Option<&'static str> {
    match kind {
        GeometryKind::Point => Some("MULTIPOINT"),
        GeometryKind::Line => Some("MULTILINESTRING"),
        GeometryKind::Area => Some("MULTIPOLYGON"),
        GeometryKind::None => None,
    }
}

/// The blob of one feature; `None` for a table without geometry.
pub fn encode(kind: GeometryKind, rings: RingsRef<'_>, srs_id: i32) -> Option<Vec<u8>> {
    let code: u32 = match kind {
        GeometryKind::Point => 4,
        GeometryKind::Line => 5,
        GeometryKind::Area => 6,
        GeometryKind::None => return None,
    };
    let bbox = rings.bbox();
    let with_box = !rings.is_empty() && rings.coords().iter().flatten().all(|x| x.is_finite());
    let mut out = Vec::with_capacity(64 + rings.coords().len() * 17);
    out.extend_from_slice(b"GP\0");
    // Little endian; an envelope of two axes; the bit of the empty geometry.
    out.push(1 | if with_box { 2 } else { 0 } | if rings.is_empty() { 16 } else { 0 });
    out.extend_from_slice(&srs_id.to_le_bytes());
    if with_box {
        for x in [bbox.min[0], bbox.max[0], bbox.min[1], bbox.max[1]] {
            out.extend_from_slice(&x.to_le_bytes());
        }
    }
    let members = if kind == GeometryKind::Area { rings.part_count() } else { rings.ring_count() };
    head(&mut out, code, members);
    if kind == GeometryKind::Area {
        for part in 0..rings.part_count() {
            head(&mut out, 3, rings.part(part).len());
            for ring in rings.part(part).map(|i| rings.ring(i)) {
                count(&mut out, ring.len() + usize::from(!ring.is_empty()));
                ring.iter().chain(ring.first()).for_each(|p| point(&mut out, *p));
            }
        }
    } else {
        for path in rings.rings() {
            if kind == GeometryKind::Line {
                head(&mut out, 2, path.len());
                path.iter().for_each(|p| point(&mut out, *p));
            } else {
                out.push(1);
                out.extend_from_slice(&1u32.to_le_bytes());
                point(&mut out, path.first().copied().unwrap_or([f64::NAN; 2]));
            }
        }
    }
    Some(out)
}

fn head(out: &mut Vec<u8>, code: u32, members: usize) {
    out.push(1);
    out.extend_from_slice(&code.to_le_bytes());
    count(out, members);
}

fn count(out: &mut Vec<u8>, n: usize) {
    // A feature of more than 4 G points does not fit its layer's numbering either.
    out.extend_from_slice(&(n as u32).to_le_bytes());
}

fn point(out: &mut Vec<u8>, p: Point) {
    p.iter().for_each(|x| out.extend_from_slice(&x.to_le_bytes()));
}

/// Word for a type of geometry that is not read, for messages.
pub fn type_word(code: u32) -> &'static str {
    match (code & 0xffff) % 1000 {
        7 => "GEOMETRYCOLLECTION",
        8 => "CIRCULARSTRING",
        9 => "COMPOUNDCURVE",
        10 => "CURVEPOLYGON",
        11 => "MULTICURVE",
        12 => "MULTISURFACE",
        15 => "POLYHEDRALSURFACE",
        16 => "TIN",
        17 => "TRIANGLE",
        _ => "?",
    }
}

/// Rings of a blob, and what they are. Single and multi types, both byte orders, with or without Z and M (left out).
///
/// # Errors
/// When the bytes end too early, hold more than they have room for, or are of a type with curves.
pub fn decode(blob: &[u8]) -> Result<(GeometryKind, Rings), BlobError> {
    let (kind, rings, curves) = decode_curved(blob)?;
    if curves == 0 { Ok((kind, rings)) } else { Err(BlobError::Unsupported(0)) }
}

/// The same with arcs cut into chords; and how many geometries with arcs there were.
///
/// # Errors
/// When the bytes end too early or hold more than they have room for.
pub fn decode_curved(blob: &[u8]) -> Result<(GeometryKind, Rings, usize), BlobError> {
    let (&flags, magic) = (blob.get(3).ok_or(BlobError::Broken)?, blob.get(..2));
    if magic != Some(b"GP") || flags & 32 != 0 {
        return Err(BlobError::Broken);
    }
    let doubles = match (flags >> 1) & 7 {
        0 => 0,
        1 => 4,
        2 | 3 => 6,
        4 => 8,
        _ => return Err(BlobError::Broken),
    };
    let mut reader =
        Wkb { bytes: blob.get(8 + doubles * 8..).ok_or(BlobError::Broken)?, rings: Rings::new(), curves: 0, points_left: 4_000_000 };
    let kind = reader.geometry(0)?;
    Ok((kind, reader.rings, reader.curves))
}

struct Wkb<'a> {
    bytes: &'a [u8],
    rings: Rings,
    /// Paths of arcs.
    curves: usize,
    /// Points that arcs may still become: a short blob can hold many arcs of many chords.
    points_left: usize,
}

/// How numbers are written in one geometry.
#[derive(Clone, Copy)]
struct Form {
    big: bool,
    /// Numbers a position has.
    axes: usize,
}

impl Wkb<'_> {
    /// The type of the geometry that follows, and how its numbers are written.
    fn head(&mut self) -> Result<(u32, Form), BlobError> {
        let big = match self.take::<1>()? {
            [0] => true,
            [1] => false,
            _ => return Err(BlobError::Broken),
        };
        let plain = Form { big, axes: 2 };
        let code = self.number(plain)?;
        // ISO counts in thousands for Z and M; older writers set the high bits.
        let (iso, high) = ((code & 0xffff) / 1000, code >> 29);
        let axes = match (iso, high) {
            (0, 0) => 2,
            (1 | 2, 0) => 3,
            (3, 0) => 4,
            (0, bits) => 2 + ((bits >> 2) & 1) as usize + ((bits >> 1) & 1) as usize,
            _ => return Err(BlobError::Unsupported(code)),
        };
        Ok(((code & 0xffff) % 1000, Form { big, axes }))
    }

    fn geometry(&mut self, depth: u8) -> Result<GeometryKind, BlobError> {
        let (code, form) = self.head()?;
        match code {
            1 => {
                let p = self.position(form)?;
                // An empty point is written as not-a-number.
                if !(p[0].is_nan() && p[1].is_nan() && depth == 0) {
                    self.rings.push_path(&[p]);
                    self.rings.end_part();
                }
                Ok(GeometryKind::Point)
            }
            2 => {
                let path = self.path(form)?;
                self.rings.push_path(&path);
                self.rings.end_part();
                Ok(GeometryKind::Line)
            }
            3 => {
                for _ in 0..self.number(form)? {
                    let path = self.path(form)?;
                    let bits = |p: Option<&Point>| p.map(|p| p.map(f64::to_bits));
                    match path.as_slice() {
                        // Closed by a position that is no number, and so equals nothing.
                        [open @ .., last] if path.first() != Some(last) && bits(path.first()) == bits(Some(last)) => {
                            self.rings.push_path(open)
                        }
                        all => self.rings.push_ring(all),
                    }
                }
                self.rings.end_part();
                Ok(GeometryKind::Area)
            }
            8 | 9 => {
                let path = self.curve_of(code, form)?;
                self.rings.push_path(&path);
                self.rings.end_part();
                Ok(GeometryKind::Line)
            }
            10 => {
                for _ in 0..self.number(form)? {
                    let (code, form) = self.head()?;
                    let ring = self.curve_of(code, form)?;
                    self.rings.push_ring(&ring);
                }
                self.rings.end_part();
                Ok(GeometryKind::Area)
            }
            4..=6 | 11 | 12 if depth == 0 => {
                let kind = match code {
                    4 => GeometryKind::Point,
                    5 | 11 => GeometryKind::Line,
                    _ => GeometryKind::Area,
                };
                for _ in 0..self.number(form)? {
                    if self.geometry(1)? != kind {
                        return Err(BlobError::Broken);
                    }
                }
                Ok(kind)
            }
            _ => Err(BlobError::Unsupported(code)),
        }
    }

    /// A path of chords, of arcs, or of several such one after the other.
    fn curve_of(&mut self, code: u32, form: Form) -> Result<Vec<Point>, BlobError> {
        match code {
            2 => self.path(form),
            8 => {
                self.curves += 1;
                let path = self.path(form)?;
                let chords = arcs(&path, self.points_left).ok_or(BlobError::Broken)?;
                self.points_left -= chords.len();
                Ok(chords)
            }
            9 => {
                let mut path: Vec<Point> = Vec::new();
                for _ in 0..self.number(form)? {
                    let (code, form) = self.head()?;
                    if !matches!(code, 2 | 8) {
                        return Err(BlobError::Broken);
                    }
                    let piece = self.curve_of(code, form)?;
                    // Each begins where the one before it ends.
                    let met = path.last().is_some_and(|end| piece.first() == Some(end));
                    path.extend(&piece[usize::from(met)..]);
                }
                Ok(path)
            }
            _ => Err(BlobError::Unsupported(code)),
        }
    }

    fn path(&mut self, form: Form) -> Result<Vec<Point>, BlobError> {
        let points = self.number(form)? as usize;
        // Bytes decide how much room is made, never a number that a broken file claims.
        if points.checked_mul(form.axes * 8).is_none_or(|bytes| bytes > self.bytes.len()) {
            return Err(BlobError::Broken);
        }
        (0..points).map(|_| self.position(form)).collect()
    }

    fn position(&mut self, form: Form) -> Result<Point, BlobError> {
        let mut p = [0.0; 2];
        for axis in 0..form.axes {
            let bytes = self.take::<8>()?;
            let value = if form.big { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) };
            if let Some(place) = p.get_mut(axis) {
                *place = value;
            }
        }
        Ok(p)
    }

    fn number(&mut self, form: Form) -> Result<u32, BlobError> {
        let bytes = self.take::<4>()?;
        Ok(if form.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], BlobError> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or(BlobError::Broken)?;
        self.bytes = rest;
        Ok(*head)
    }
}

/// Chords of a string of arcs, each through three points; the points themselves stay. `None` for an even number of points,
/// and for more chords than `at_most`.
fn arcs(points: &[Point], at_most: usize) -> Option<Vec<Point>> {
    let Some(&first) = points.first() else { return Some(Vec::new()) };
    if points.len().is_multiple_of(2) || points.len() < 3 {
        return None;
    }
    // Metres, or numbers that may be degrees.
    let degrees = points.iter().flatten().all(|v| v.abs() <= 400.0);
    let flat = if degrees { Flatness { error: 5e-9, turn: 1_024.0 } } else { Flatness { error: 0.000_5, turn: 65_536.0 } };
    let flatly = |p: Point| [p[0], p[1], 0.0];
    let mut out = vec![flatly(first)];
    for [a, b, c] in points.windows(3).step_by(2).filter_map(|w| <[Point; 3]>::try_from(w).ok()) {
        // From the one end of an arc its chord is seen under half the angle of the arc, and a bulge is the tangent of a quarter.
        let between = |at: Point, p: Point, q: Point| {
            let (u, v) = ([p[0] - at[0], p[1] - at[1]], [q[0] - at[0], q[1] - at[1]]);
            (u[0] * v[1] - u[1] * v[0]).atan2(u[0] * v[0] + u[1] * v[1])
        };
        let (one, other) = if a == c { (1.0, 1.0) } else { ((between(c, a, b) / 2.0).tan(), (between(a, b, c) / 2.0).tan()) };
        curve::bulge(&mut out, flatly(a), flatly(b), one, flat);
        curve::bulge(&mut out, flatly(b), flatly(c), other, flat);
        if out.len() > at_most {
            return None;
        }
    }
    Some(out.into_iter().map(|p| [p[0], p[1]]).collect())
}

/// Box of a layer for `gpkg_contents`; `None` while it holds nothing.
pub fn extent(bbox: BBox) -> Option<[f64; 4]> {
    let all = [bbox.min[0], bbox.min[1], bbox.max[0], bbox.max[1]];
    all.iter().all(|x| x.is_finite()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rings(kind: GeometryKind) -> impl Strategy<Value = Rings> {
        let number = prop_oneof![3 => -1e8..1e8f64, 1 => any::<f64>()];
        let points = prop::collection::vec([number.clone(), number], 1..5);
        prop::collection::vec(prop::collection::vec(points, 1..3), 0..3).prop_map(move |parts| {
            let mut rings = Rings::new();
            for part in parts {
                for mut ring in part {
                    match kind {
                        GeometryKind::Area => rings.push_ring(&ring),
                        GeometryKind::Point => {
                            ring.truncate(1);
                            rings.push_path(&ring);
                            rings.end_part();
                        }
                        _ => {
                            rings.push_path(&ring);
                            rings.end_part();
                        }
                    }
                }
                if kind == GeometryKind::Area {
                    rings.end_part();
                }
            }
            rings
        })
    }

    /// Bits, not values: not-a-number is what it was, and −0 is not 0.
    fn bits(rings: &Rings) -> (Vec<[u64; 2]>, Vec<usize>, usize) {
        let r = rings.as_ref();
        (r.coords().iter().map(|p| p.map(f64::to_bits)).collect(), r.rings().map(<[Point]>::len).collect(), r.part_count())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn rings_come_back_to_the_bit(areas in rings(GeometryKind::Area), lines in rings(GeometryKind::Line), points in rings(GeometryKind::Point)) {
            for (kind, rings) in [(GeometryKind::Area, areas), (GeometryKind::Line, lines), (GeometryKind::Point, points)] {
                let blob = encode(kind, rings.as_ref(), 4528).unwrap();
                let (found, again) = decode(&blob).unwrap();
                prop_assert_eq!(found, kind);
                prop_assert_eq!(bits(&again), bits(&rings));
            }
        }

        #[test]
        fn broken_bytes_are_refused_without_a_panic(areas in rings(GeometryKind::Area), cut in 0usize..200, at in 0usize..200, byte in any::<u8>()) {
            let mut blob = encode(GeometryKind::Area, areas.as_ref(), 4528).unwrap();
            let whole = blob.len();
            if cut < whole {
                prop_assert_eq!(decode(&blob[..cut]).is_err(), true);
            }
            if let Some(place) = blob.get_mut(at) {
                *place = byte;
            }
            let _ = decode(&blob);
        }
    }

    #[test]
    fn what_other_programs_write_is_read() {
        // POLYGON Z, big endian, an envelope of three axes.
        let mut blob = b"GP\0\x04\0\0\x11\xb0".to_vec();
        blob.extend([0u8; 48]);
        blob.push(0);
        blob.extend(1003u32.to_be_bytes());
        blob.extend(1u32.to_be_bytes());
        blob.extend(4u32.to_be_bytes());
        for p in [[0.0, 0.0, 9.0], [2.0, 0.0, 9.0], [0.0, 2.0, 9.0], [0.0, 0.0, 9.0f64]] {
            p.iter().for_each(|x| blob.extend(x.to_be_bytes()));
        }
        let (kind, rings) = decode(&blob).unwrap();
        assert_eq!((kind, rings), (GeometryKind::Area, Rings::simple(&[[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])));

        let tin = [&b"GP\0\x01\0\0\0\0\x01"[..], &16u32.to_le_bytes(), &0u32.to_le_bytes()].concat();
        assert_eq!(decode(&tin), Err(BlobError::Unsupported(16)));
    }

    /// A circle of 100 m round a point, as two arcs: all corners lie on it, the points given among them, and its area is near.
    #[test]
    fn arcs_become_chords_that_stay_on_them() {
        let circle: [[f64; 2]; 5] = [[600.0, 1000.0], [500.0, 1100.0], [400.0, 1000.0], [500.0, 900.0], [600.0, 1000.0]];
        for points in [circle.to_vec(), circle.iter().rev().copied().collect(), vec![circle[0], circle[2], circle[0]]] {
            let mut blob = [&b"GP\0\x01\0\0\0\0\x01"[..], &10u32.to_le_bytes(), &1u32.to_le_bytes(), b"\x01", &8u32.to_le_bytes()].concat();
            blob.extend((points.len() as u32).to_le_bytes());
            points.iter().flatten().for_each(|v| blob.extend(v.to_le_bytes()));
            let (kind, rings, curves) = decode_curved(&blob).unwrap();
            assert_eq!((kind, curves), (GeometryKind::Area, 1));
            let ring = rings.as_ref().ring(0);
            assert!(ring.iter().all(|p| ((p[0] - 500.0).hypot(p[1] - 1000.0) - 100.0).abs() < 1e-9), "{ring:?}");
            assert!(points.iter().all(|p| ring.contains(p)));
            let twice: f64 = (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum();
            let area = std::f64::consts::PI * 1e4;
            assert!((twice.abs() / 2.0 - area).abs() < 0.5, "{twice}");
            assert!(decode(&blob).is_err());
        }
    }
}

//! A place as a person writes it: degrees or metres, in any order, with or without a zone prefix; and how it was understood.

use super::{Crs, Transform};
use crate::geom::Point;

/// How the two numbers were understood.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaceKind {
    /// Degrees of longitude and latitude on CGCS2000.
    Degrees { lon: f64, lat: f64 },
    /// East and north on the plane of this central meridian; `prefixed` with its zone in front.
    Metres { east: f64, north: f64, plane: Crs, prefixed: bool },
}

/// A place that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// On the plane that was asked for.
    pub at: Point,
    pub kind: PlaceKind,
    /// Latitude or north came first.
    pub north_first: bool,
}

/// One number of the text.
#[derive(Clone, Copy, Debug)]
struct Quantity {
    value: f64,
    /// East (or longitude), or north, where a letter says it.
    east: Option<bool>,
}

/// Where China lies, in degrees: longitude, then latitude.
const LON: std::ops::RangeInclusive<f64> = 73.0..=136.0;
const LAT: std::ops::RangeInclusive<f64> = 3.0..=54.0;
/// Northings of China, and eastings without a zone, in m.
const NORTH_M: std::ops::RangeInclusive<f64> = 1.8e6..=6.0e6;
const EAST_M: std::ops::RangeInclusive<f64> = 1.0e5..=9.99999e5;

/// Reads a place; on `plane` in the end. `None` for a text that is no place in China, or that may be two.
pub fn read_place(text: &str, plane: &Crs) -> Option<Place> {
    let [first, second] = <[Quantity; 2]>::try_from(quantities(text)?).ok()?;
    // A letter decides, else the size of the numbers.
    let candidates = [(first, second, false), (second, first, true)];
    let told = |(e, n, _): &(Quantity, Quantity, bool)| e.east != Some(false) && n.east != Some(true);
    let mut found = candidates.into_iter().filter(told).filter_map(|(e, n, north_first)| place(e.value, n.value, north_first, plane));
    let place = found.next()?;
    found.next().is_none().then_some(place)
}

fn place(east: f64, north: f64, north_first: bool, plane: &Crs) -> Option<Place> {
    if LON.contains(&east) && LAT.contains(&north) {
        let mut at = [[east, north]];
        Transform::new(&Crs::Epsg(4490), plane).ok()?.apply(&mut at).ok()?;
        return Some(Place { at: at[0], kind: PlaceKind::Degrees { lon: east, lat: north }, north_first });
    }
    if !NORTH_M.contains(&north) {
        return None;
    }
    let own = plane.gauss_kruger()?;
    if EAST_M.contains(&east) {
        // Without a zone: on the plane in use.
        let at = [east - 500_000.0 + own.false_easting_m, north];
        return Some(Place { at, kind: PlaceKind::Metres { east, north, plane: plane.clone(), prefixed: false }, north_first });
    }
    let zone = (east / 1e6).floor();
    if !EAST_M.contains(&(east - zone * 1e6)) {
        return None;
    }
    let system = Crs::Epsg(prefixed_plane(zone as u32)?);
    let mut at = [[east, north]];
    Transform::new(&system, plane).ok()?.apply(&mut at).ok()?;
    Some(Place { at: at[0], kind: PlaceKind::Metres { east, north, plane: system, prefixed: true }, north_first })
}

/// The code of the CGCS2000 plane whose eastings begin with that zone: 13…23 are 6° zones, 25…45 are 3° zones.
fn prefixed_plane(zone: u32) -> Option<u32> {
    match zone {
        13..=23 => Some(4491 + zone - 13),
        25..=45 => Some(4513 + zone - 25),
        _ => None,
    }
}

/// The numbers of a text with the letters that belong to them; `None` when something else stands in it.
fn quantities(text: &str) -> Option<Vec<Quantity>> {
    let chars: Vec<char> = text.trim().chars().map(narrow).collect();
    let mut found: Vec<Quantity> = Vec::new();
    let mut pending: Option<bool> = None;
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_ascii_digit() {
            let (value, next) = angle(&chars, i)?;
            found.push(Quantity { value, east: pending.take() });
            i = next;
            continue;
        }
        let axis = match c.to_ascii_uppercase() {
            'E' | '东' => Some(true),
            'N' | '北' => Some(false),
            // Words around the numbers; x and y mean one thing to a surveyor and another to everyone else.
            ' ' | '\t' | ',' | ';' | ':' | '=' | '(' | ')' | 'X' | 'Y' | '经' | '纬' | '度' | '、' | 'M' | '米' | '坐' | '标' => {
                None
            }
            _ => return None,
        };
        if let Some(axis) = axis {
            match found.last_mut().filter(|q| q.east.is_none()) {
                Some(last) => last.east = Some(axis),
                None => pending = Some(axis),
            }
        }
        i += 1;
    }
    Some(found)
}

/// A full-width character as the narrow one.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        '’' | '′' | '‘' | '分' => '\'',
        '”' | '″' | '“' | '秒' => '"',
        'º' | '˚' => '°',
        other => other,
    }
}

/// A number, or degrees with minutes and seconds; and where it ends.
fn angle(chars: &[char], from: usize) -> Option<(f64, usize)> {
    let (degrees, mut at) = decimal(chars, from)?;
    if !matches!(chars.get(at), Some('°' | '度')) {
        return Some((degrees, at));
    }
    at += 1;
    let mut value = degrees;
    for (mark, unit) in [('\'', 60.0), ('"', 3600.0)] {
        let start = (at..chars.len()).find(|i| chars[*i] != ' ').unwrap_or(chars.len());
        if !chars.get(start).is_some_and(char::is_ascii_digit) {
            continue;
        }
        let (part, end) = decimal(chars, start)?;
        // Two single marks are one double one.
        let double = mark == '"' && chars.get(end) == Some(&'\'') && chars.get(end + 1) == Some(&'\'');
        if chars.get(end) == Some(&mark) || double {
            if part >= 60.0 {
                return None;
            }
            value += part / unit;
            at = end + 1 + usize::from(double);
        }
    }
    Some((value, at))
}

/// Digits with a point, and commas that part them by three.
fn decimal(chars: &[char], from: usize) -> Option<(f64, usize)> {
    let digits = |at: usize| chars[at.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut end = from + digits(from);
    let mut text: String = chars[from..end].iter().collect();
    while end - from <= 11 && text.len() <= 9 && chars.get(end) == Some(&',') && digits(end + 1) == 3 && digits(from) <= 3 {
        text.extend(&chars[end + 1..end + 4]);
        end += 4;
    }
    if chars.get(end) == Some(&'.') {
        let count = digits(end + 1);
        text.push('.');
        text.extend(&chars[end + 1..end + 1 + count]);
        end += 1 + count;
    }
    text.parse().ok().map(|value| (value, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Point = [40_517_702.528, 4_045_938.673];

    fn read(text: &str) -> Option<(Point, bool)> {
        read_place(text, &Crs::CGCS2000_ZONE_40).map(|p| (p.at, p.north_first))
    }

    #[test]
    fn the_same_place_however_it_is_written() {
        for (text, north_first) in [
            ("40517702.528, 4045938.673", false),
            ("4045938.673 40517702.528", true),
            ("E 40,517,702.528  N 4,045,938.673", false),
            ("517702.528,4045938.673", false),
            ("X=4045938.673 Y=40517702.528", true),
            ("４０５１７７０２.５２８，４０４５９３８.６７３", false),
            ("N4045938.673，E40517702.528", true),
        ] {
            let (at, first) = read(text).unwrap_or_else(|| panic!("{text}"));
            assert!((at[0] - HERE[0]).abs() < 1e-6 && (at[1] - HERE[1]).abs() < 1e-6, "{text}: {at:?}");
            assert_eq!(first, north_first, "{text}");
        }
    }

    #[test]
    fn degrees_in_any_order_and_writing() {
        let expected = read("120.1977047 36.5441206").unwrap().0;
        for text in [
            "36.5441206, 120.1977047",
            "120°11′51.737″E 36°32′38.834″N",
            "东经120度11分51.737秒，北纬36度32分38.834秒",
            "N 36°32'38.834\" E 120°11'51.737\"",
            "120.1977047E,36.5441206N",
        ] {
            let at = read(text).unwrap_or_else(|| panic!("{text}")).0;
            assert!((at[0] - expected[0]).hypot(at[1] - expected[1]) < 0.1, "{text}: {at:?} {expected:?}");
        }
        assert!((expected[0] - HERE[0]).hypot(expected[1] - HERE[1]) < 0.1, "{expected:?}");
    }

    #[test]
    fn a_place_of_another_zone_is_brought_here() {
        // 6° zone 21 (CM 123°) and 3° zone 41 (CM 123°) have the same numbers behind the prefix.
        let (six, three) = (read("21249000, 4045000").unwrap().0, read("41249000, 4045000").unwrap().0);
        assert!((six[0] - three[0]).hypot(six[1] - three[1]) < 1e-6);
        assert!((six[0] - 40_517_700.0).abs() < 2_000.0, "{six:?}");
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "120", "120 36 5", "工业园", "1 2", "36.5 36.6", "99517702 4045938", "120°61′ 36°", "-120 36"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! Which system may a file without one be in: the rules of national numbering, tested against where the city lies.

use super::{Crs, Transform, national};
use crate::geom::BBox;

/// One way to read the numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub crs: Crs,
    /// The file stores north before east.
    pub swapped: bool,
    /// The file's extent read this way, in degrees.
    pub lon_lat: BBox,
    /// Whether that extent meets the place it was tested against.
    pub fits: bool,
}

/// What came of guessing: exactly one fitting candidate decides, anything else is a question for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    pub candidates: Vec<Candidate>,
}

impl Guess {
    /// The only candidate that fits, if there is exactly one.
    pub fn decided(&self) -> Option<&Candidate> {
        let mut fitting = self.candidates.iter().filter(|c| c.fits);
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }
}

/// Where China lies, in degrees.
const CHINA: BBox = BBox { min: [73.0, 3.0], max: [136.0, 54.0] };

/// Northings of China on any Gauss–Krüger plane, in m.
const NORTHINGS_M: std::ops::RangeInclusive<f64> = 1.8e6..=6.0e6;

/// `extent`: box of the file's numbers as stored (first coordinate, second coordinate). `place`: where the data is
/// expected, in degrees of longitude and latitude (the plan, the districts, else China).
///
/// Every system that the numbers can mean is a candidate; it fits when its extent meets `place`. The datum cannot be
/// inferred from numbers: CGCS2000 is assumed. Of two planes with the same numbers (CM 117° is of a 3° and of a 6°
/// zone) only one is a candidate.
pub fn guess(extent: BBox, place: BBox) -> Guess {
    let finite = [extent.min, extent.max].iter().flatten().all(|v| v.is_finite());
    if extent.is_empty() || !finite {
        return Guess { candidates: Vec::new() };
    }
    let swapped = BBox { min: [extent.min[1], extent.min[0]], max: [extent.max[1], extent.max[0]] };
    let mut candidates = Vec::new();
    for (bbox, is_swapped) in [(extent, false), (swapped, true)] {
        let degrees = CHINA.holds(&bbox).then_some(4490);
        let metres = is_north(&bbox).then(|| planes(bbox.min[0], bbox.max[0])).into_iter().flatten();
        for code in degrees.into_iter().chain(metres) {
            candidates.extend(candidate(Crs::Epsg(code), is_swapped, bbox, place));
        }
    }
    Guess { candidates }
}

fn is_north(bbox: &BBox) -> bool {
    NORTHINGS_M.contains(&bbox.min[1]) && NORTHINGS_M.contains(&bbox.max[1])
}

/// Codes of the planes on which these eastings lie.
fn planes(west: f64, east: f64) -> Vec<u32> {
    let within = |from: f64, to: f64| from <= west && east < to;
    let prefix = |first_zone: u32, code_of_zone_0: u32| {
        let zone = (west / 1e6) as u32;
        let last = (east / 1e6) as u32;
        (zone.max(first_zone)..=last).map(move |z| code_of_zone_0 + z)
    };
    let mut codes = Vec::new();
    if within(25.0e6, 46.0e6) {
        codes.extend(prefix(25, 4488));
    }
    if within(13.0e6, 24.0e6) {
        codes.extend(prefix(13, 4478));
    }
    // Web Mercator over China; over Qingdao its eastings look like those of 6° zone 13.
    if within(8.1e6, 15.2e6) {
        codes.push(3857);
    }
    if within(100_000.0, 900_000.0) {
        codes.extend(national::unprefixed().filter(|&code| !is_wide(code)));
        codes.extend((43..=53).map(|zone| 32600 + zone));
    }
    codes
}

/// A 6° plane without prefix: its numbers are those of the 3° plane with the same meridian, which stands for both
/// until [`wide_name`] knows how far from the meridian they lie.
fn is_wide(code: u32) -> bool {
    (4502..=4512).contains(&code)
}

/// `None` when the numbers have no place in the system.
fn candidate(crs: Crs, swapped: bool, bbox: BBox, place: BBox) -> Option<Candidate> {
    let [[west, south], [east, north]] = [bbox.min, bbox.max];
    let mut corners = [[west, south], [east, south], [east, north], [west, north]];
    Transform::new(&crs, &Crs::CGCS2000_LON_LAT).ok()?.apply(&mut corners).ok()?;
    let lon_lat = BBox::of(&corners);
    let crs = wide_name(crs, &lon_lat);
    Some(Candidate { crs, swapped, fits: lon_lat.meets(&place), lon_lat })
}

/// Beyond 1.5° from its meridian a plane without prefix is one of a 6° zone, under that code.
fn wide_name(crs: Crs, lon_lat: &BBox) -> Crs {
    let Some(plane) = crs.gauss_kruger() else { return crs };
    let off = |lon: f64| (lon - plane.central_meridian_deg).abs();
    let wide = off(lon_lat.min[0]).max(off(lon_lat.max[0])) > 1.5;
    let i = (plane.central_meridian_deg - 75.0) / 6.0;
    if wide && plane.false_easting_m == 500_000.0 && i.fract() == 0.0 { Crs::Epsg(4502 + i as u32) } else { crs }
}

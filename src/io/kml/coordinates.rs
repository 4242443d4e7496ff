//! Lists of positions as KML writes them, and as hands and programs write them beside the standard.

use crate::geom::Point;

/// Positions of one list.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Positions {
    pub points: Vec<Point>,
    /// One of them has a height other than 0.
    pub has_altitude: bool,
}

/// `lon,lat[,alt]` one after the other; blanks around the commas, full-width commas, commas at the ends, or only blanks
/// and a line for each position do not matter. `None` when a position cannot be read: one that is missing moves land.
pub(super) fn positions(text: &str) -> Option<Positions> {
    if let Some(positions) = tuples(text.split_whitespace()) {
        return Some(positions);
    }
    let plain: String = text.chars().filter(|c| !is_invisible(*c)).map(|c| if "，、;；".contains(c) { ',' } else { c }).collect();
    if !plain.contains(',') {
        return lines(&plain);
    }
    // Blanks beside a comma go.
    let joined = plain.split(',').map(str::trim).collect::<Vec<_>>().join(",");
    tuples(joined.split_whitespace())
}

/// `lon lat [alt]`, as tracks have it.
pub(super) fn track_position(text: &str) -> Option<(Point, bool)> {
    let numbers: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    match numbers.as_slice() {
        [lon, lat] => Some(([*lon, *lat], false)),
        [lon, lat, alt] => Some(([*lon, *lat], *alt != 0.0)),
        _ => None,
    }
}

fn tuples<'a>(tokens: impl Iterator<Item = &'a str>) -> Option<Positions> {
    let mut positions = Positions::default();
    for token in tokens {
        let mut numbers = token.trim_matches(',').split(',').map(|number| number.parse::<f64>().ok());
        positions.points.push([numbers.next()??, numbers.next()??]);
        if let Some(altitude) = numbers.next() {
            positions.has_altitude |= altitude? != 0.0;
        }
        if numbers.next().is_some() {
            return None;
        }
    }
    Some(positions)
}

/// Without any comma: a line for each position.
fn lines(text: &str) -> Option<Positions> {
    let mut positions = Positions::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (point, has_altitude) = track_position(line)?;
        positions.points.push(point);
        positions.has_altitude |= has_altitude;
    }
    Some(positions)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_the_commas_stand() {
        let two = vec![[120.5, 36.25], [120.75, 36.5]];
        for text in [
            "120.5,36.25 120.75,36.5",
            "\n\t120.5,36.25,0\n\t120.75,36.5,0\n",
            "120.5,36.25,0\t120.75,36.5,0",
            "120.5, 36.25, 0 120.75, 36.5, 0",
            "120.5 ,36.25 ,0\n120.75 ,36.5 ,0",
            "120.5,36.25, 120.75,36.5,",
            "120.5,36.25,, 120.75,36.5,,",
            "120.5，36.25 120.75，36.5",
            "120.5 36.25\n120.75 36.5 0\n",
            "\u{feff}120.5,36.25 1.2075e2,36.5\u{200b}",
        ] {
            let read = positions(text).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!((read.points, read.has_altitude), (two.clone(), false), "{text:?}");
        }
        assert!(positions("120.5,36.25,12").unwrap().has_altitude);
        assert_eq!(positions(" \n "), Some(Positions::default()));
    }

    #[test]
    fn a_position_that_cannot_be_read_is_never_left_out() {
        for text in ["120.5,36.25 120.75", "120.5,36.25 x,36.5", "1,2,3,4", "120.5,,36.25", "1 2 3 4", "120°30′,36°15′"] {
            assert_eq!(positions(text), None, "{text:?}");
        }
    }
}

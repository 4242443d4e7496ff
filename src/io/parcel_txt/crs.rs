//! The system of a parcel file: datum, zone width and zone of its header, zone prefix of its eastings.

use super::super::Notes;
use super::lines::Lines;
use crate::crs::Crs;
use crate::text::Message;

/// Codes of a datum's planes: 3° zone 0 with prefix, 3° meridian 0 without, 6° zone 0 with prefix, 6° meridian 0 without.
struct Planes {
    prefixed_3: u32,
    prefixed_6: u32,
    first_3: u32,
    first_6: u32,
}

const CGCS2000: Planes = Planes { prefixed_3: 4488, prefixed_6: 4478, first_3: 4534, first_6: 4502 };
const XIAN_1980: Planes = Planes { prefixed_3: 2324, prefixed_6: 2314, first_3: 2370, first_6: 2338 };
const BEIJING_1954: Planes = Planes { prefixed_3: 2376, prefixed_6: 21400, first_3: 2422, first_6: 21453 };

/// Says in the notes which system the file declares, if it does. Points stand east first by now.
///
/// # Errors
/// When some eastings have the zone prefix and some have not.
pub fn declare_crs(lines: &Lines, notes: &mut Notes) -> Result<(), Message> {
    let eastings = || lines.parcels.iter().flat_map(|p| &p.points).map(|p| p.at[0]);
    if eastings().all(|e| e.abs() <= 180.0) {
        // 120.0524 may be decimal degrees or 120°05′24″.
        notes.crs_refused = Some(Message::new("io.txt_degrees"));
        return Ok(());
    }
    let prefixed = eastings().filter(|e| *e >= 1.3e7).count();
    if prefixed > 0 && eastings().any(|e| (1.0e5..1.0e6).contains(&e)) {
        return Err(Message::new("io.txt_prefix_mixed"));
    }
    let Some(system) = lines.attribute("坐标系") else { return Ok(()) };
    let planes = if system.contains("2000") || system.to_ascii_uppercase().contains("CGCS") {
        CGCS2000
    } else if system.contains("80") {
        XIAN_1980
    } else if system.contains("54") {
        BEIJING_1954
    } else {
        notes.crs_refused = Some(Message::new("io.crs_header_unknown").with("text", system));
        return Ok(());
    };
    let number = |key| {
        let digits: String = lines.attribute(key)?.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    let stated = number("带号");
    let zone = if prefixed > 0 {
        let zone = eastings().next().map_or(0, |e| (e / 1e6) as u32);
        if stated.is_some_and(|stated| stated != zone) {
            let conflict = Message::new("io.txt_zone_conflict").with("zone", stated.unwrap_or(0).to_string());
            notes.messages.push(conflict.with("prefix", zone.to_string()));
        }
        Some(zone)
    } else {
        stated
    };
    // A number tells the width by itself: 3° zones of China are 25…45, its 6° zones 13…23.
    let wide = |zone: u32| number("几度分带").filter(|_| prefixed == 0).map_or(zone < 25, |width| width == 6);
    let code = zone.and_then(|zone| match (wide(zone), prefixed > 0) {
        (false, true) if (25..=45).contains(&zone) => Some(planes.prefixed_3 + zone),
        (true, true) if (13..=23).contains(&zone) => Some(planes.prefixed_6 + zone),
        (false, false) if (25..=45).contains(&zone) => Some(planes.first_3 + (zone - 25)),
        (true, false) if (13..=23).contains(&zone) => Some(planes.first_6 + (zone - 13)),
        _ => None,
    });
    match code {
        Some(code) => {
            notes.crs = Some(Crs::Epsg(code));
            notes.crs_how = Some(Message::new("io.crs_by_header"));
        }
        // Guessing would assume CGCS2000.
        None if planes.prefixed_3 != CGCS2000.prefixed_3 => {
            notes.crs_refused = Some(Message::new("io.crs_header_unknown").with("text", system));
        }
        None => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_agree_with_the_codes_of_the_register() {
        for (code, meridian) in [(4528, 120), (4549, 120), (4498, 117), (4509, 117), (4499, 123), (4510, 123)] {
            let plane = Crs::Epsg(code).gauss_kruger().unwrap();
            assert_eq!(plane.central_meridian_deg, f64::from(meridian), "{code}");
        }
        // 3° zone 40 is 120°E, 6° zone 20 is 117°E, of every datum.
        let table =
            [(CGCS2000, [4528, 4549, 4498, 4509]), (XIAN_1980, [2364, 2385, 2334, 2345]), (BEIJING_1954, [2416, 2437, 21420, 21460])];
        for (p, codes) in table {
            assert_eq!([p.prefixed_3 + 40, p.first_3 + 15, p.prefixed_6 + 20, p.first_6 + 7], codes);
        }
    }
}

//! The national numbering: which EPSG code stands for which datum, zone width, zone and prefix (DOMAIN table of codes).

use super::facts::{Datum, Facts, Form};

/// One run of consecutive codes: central meridians 75°, 75° + width … 135°.
struct Series {
    datum: Datum,
    width_deg: u32,
    /// Zone number of the first code when eastings carry the zone as prefix.
    first_zone: Option<u32>,
    first_code: u32,
}

const fn series(datum: Datum, width_deg: u32, first_zone: Option<u32>, first_code: u32) -> Series {
    Series { datum, width_deg, first_zone, first_code }
}

const SERIES: [Series; 12] = [
    series(Datum::Cgcs2000, 3, Some(25), 4513),
    series(Datum::Cgcs2000, 3, None, 4534),
    series(Datum::Cgcs2000, 6, Some(13), 4491),
    series(Datum::Cgcs2000, 6, None, 4502),
    series(Datum::Xian80, 3, Some(25), 2349),
    series(Datum::Xian80, 3, None, 2370),
    series(Datum::Xian80, 6, Some(13), 2327),
    series(Datum::Xian80, 6, None, 2338),
    series(Datum::Beijing54, 3, Some(25), 2401),
    series(Datum::Beijing54, 3, None, 2422),
    series(Datum::Beijing54, 6, Some(13), 21413),
    series(Datum::Beijing54, 6, None, 21453),
];

const GEOGRAPHIC: [(Datum, u32); 4] = [(Datum::Cgcs2000, 4490), (Datum::Xian80, 4610), (Datum::Beijing54, 4214), (Datum::Wgs84, 4326)];

const FIRST_MERIDIAN_DEG: u32 = 75;

impl Series {
    fn count(&self) -> u32 {
        60 / self.width_deg + 1
    }

    fn meridian_deg(&self, i: u32) -> u32 {
        FIRST_MERIDIAN_DEG + self.width_deg * i
    }

    fn false_easting_m(&self, i: u32) -> f64 {
        500_000.0 + self.first_zone.map_or(0.0, |zone| f64::from(zone + i) * 1e6)
    }
}

fn find(code: u32) -> Option<(&'static Series, u32)> {
    SERIES.iter().find_map(|s| {
        let i = code.checked_sub(s.first_code)?;
        (i < s.count()).then_some((s, i))
    })
}

pub(super) fn facts(code: u32) -> Option<Facts> {
    if let Some((datum, _)) = GEOGRAPHIC.iter().find(|(_, c)| *c == code) {
        return Some(Facts { datum: *datum, form: Form::LonLat });
    }
    if let Some((s, i)) = find(code) {
        let form = Form::GaussKruger { central_meridian_deg: f64::from(s.meridian_deg(i)), false_easting_m: s.false_easting_m(i) };
        return Some(Facts { datum: s.datum, form });
    }
    let form = match code {
        3857 => Form::WebMercator,
        32601..=32660 => Form::Utm { zone: (code - 32600) as u8, south: false },
        32701..=32760 => Form::Utm { zone: (code - 32700) as u8, south: true },
        _ => return None,
    };
    Some(Facts { datum: Datum::Wgs84, form })
}

/// A Gauss–Krüger plane of the national numbering, as the heads of survey files say it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NationalPlane {
    /// `2000国家大地坐标系` and its older ones.
    pub system: &'static str,
    pub width_deg: u32,
    pub zone: u32,
    /// Eastings begin with the zone.
    pub prefixed: bool,
}

/// The plane of a code; the zone of one without prefix is that of its meridian.
pub(super) fn plane(code: u32) -> Option<NationalPlane> {
    let (s, i) = find(code)?;
    let system = match s.datum {
        Datum::Cgcs2000 => "2000国家大地坐标系",
        Datum::Xian80 => "1980西安坐标系",
        _ => "1954北京坐标系",
    };
    let first_zone = FIRST_MERIDIAN_DEG / s.width_deg + u32::from(s.width_deg == 6);
    Some(NationalPlane { system, width_deg: s.width_deg, zone: first_zone + i, prefixed: s.first_zone.is_some() })
}

/// The code of these facts. A plane without zone prefix whose meridian both zone widths use is the 3° one unless
/// `wide` says that its own name is of a 6° zone: the numbers are the same.
pub(super) fn code(facts: Facts, wide: bool) -> Option<u32> {
    match facts.form {
        Form::LonLat => GEOGRAPHIC.iter().find(|(d, _)| *d == facts.datum).map(|(_, code)| *code),
        Form::GaussKruger { central_meridian_deg, false_easting_m } => {
            let of = |s: &Series| {
                let fits = |i: &u32| f64::from(s.meridian_deg(*i)) == central_meridian_deg && s.false_easting_m(*i) == false_easting_m;
                (s.datum == facts.datum).then(|| (0..s.count()).find(fits)).flatten().map(|i| (s.width_deg, s.first_code + i))
            };
            let mut found = SERIES.iter().filter_map(of);
            let first = found.next()?;
            let second = found.next().filter(|_| wide);
            Some(second.unwrap_or(first).1)
        }
        Form::Utm { zone, south } if facts.datum == Datum::Wgs84 => Some(u32::from(zone) + if south { 32700 } else { 32600 }),
        Form::WebMercator if facts.datum == Datum::Wgs84 => Some(3857),
        _ => None,
    }
}

/// Every code of the national tables and the world systems beside them that have a name of their own here.
pub(super) fn codes() -> impl Iterator<Item = u32> {
    let gauss_kruger = SERIES.iter().flat_map(|s| s.first_code..s.first_code + s.count());
    GEOGRAPHIC.iter().map(|(_, code)| *code).chain(gauss_kruger).chain([3857]).chain(32601..=32660).chain(32701..=32760)
}

/// CGCS2000 codes that a bare easting may mean: planes without zone prefix.
pub(super) fn unprefixed() -> impl Iterator<Item = u32> {
    SERIES.iter().filter(|s| s.datum == Datum::Cgcs2000 && s.first_zone.is_none()).flat_map(|s| s.first_code..s.first_code + s.count())
}

/// Short name: `CGCS2000 / 3° zone 40`, in Chinese `CGCS2000 / 3° 带 40`.
pub(super) fn name(code: u32, chinese: bool) -> Option<String> {
    let datum = |d: Datum| match (d, chinese) {
        (Datum::Cgcs2000, _) => "CGCS2000",
        (Datum::Xian80, false) => "Xi'an 1980",
        (Datum::Xian80, true) => "1980西安",
        (Datum::Beijing54, false) => "Beijing 1954",
        (Datum::Beijing54, true) => "1954北京",
        _ => "WGS 84",
    };
    if let Some((d, _)) = GEOGRAPHIC.iter().find(|(_, c)| *c == code) {
        return Some(format!("{} / {}", datum(*d), if chinese { "经纬度" } else { "lon-lat" }));
    }
    if let Some((s, i)) = find(code) {
        let zone = match (s.first_zone, chinese) {
            (Some(zone), false) => format!("zone {}", zone + i),
            (Some(zone), true) => format!("带 {}", zone + i),
            (None, false) => format!("CM {}°E", s.meridian_deg(i)),
            (None, true) => format!("中央经线 {}°", s.meridian_deg(i)),
        };
        return Some(format!("{} / {}° {zone}", datum(s.datum), s.width_deg));
    }
    match facts(code)?.form {
        Form::WebMercator => Some("WGS 84 / Web Mercator".into()),
        Form::Utm { zone, south } => {
            let half = if south { 'S' } else { 'N' };
            Some(if chinese { format!("WGS 84 / UTM 带 {zone}{half}") } else { format!("WGS 84 / UTM zone {zone}{half}") })
        }
        _ => None,
    }
}

/// Name in a `.prj`: `CGCS2000_3_Degree_GK_Zone_40`.
fn esri_name(code: u32) -> Option<String> {
    if let Some((s, i)) = find(code) {
        let datum = match s.datum {
            Datum::Cgcs2000 => "CGCS2000",
            Datum::Xian80 => "Xian_1980",
            _ => "Beijing_1954",
        };
        let width = if s.width_deg == 3 { "3_Degree_" } else { "" };
        let zone = s.first_zone.map_or_else(|| format!("CM_{}E", s.meridian_deg(i)), |zone| format!("Zone_{}", zone + i));
        return Some(format!("{datum}_{width}GK_{zone}"));
    }
    match facts(code)?.form {
        Form::Utm { zone, south } => Some(format!("WGS_1984_UTM_Zone_{zone}{}", if south { 'S' } else { 'N' })),
        Form::WebMercator => Some("WGS_1984_Web_Mercator_Auxiliary_Sphere".into()),
        _ => None,
    }
}

pub(super) fn esri_wkt(code: u32) -> Option<String> {
    let facts = facts(code)?;
    let (geographic, datum, spheroid) = match facts.datum {
        Datum::Cgcs2000 => ("GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", r#"SPHEROID["CGCS2000",6378137.0,298.257222101]"#),
        Datum::Xian80 => ("GCS_Xian_1980", "D_Xian_1980", r#"SPHEROID["Xian_1980",6378140.0,298.257]"#),
        Datum::Beijing54 => ("GCS_Beijing_1954", "D_Beijing_1954", r#"SPHEROID["Krasovsky_1940",6378245.0,298.3]"#),
        _ => ("GCS_WGS_1984", "D_WGS_1984", r#"SPHEROID["WGS_1984",6378137.0,298.257223563]"#),
    };
    let geographic =
        format!(r#"GEOGCS["{geographic}",DATUM["{datum}",{spheroid}],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#);
    let Some(name) = esri_name(code) else { return Some(geographic) };
    let projection = match facts.form {
        Form::GaussKruger { central_meridian_deg: cm, false_easting_m: fe } => transverse("Gauss_Kruger", fe, 0.0, cm, 1.0),
        Form::Utm { zone, south } => {
            let north = if south { 10_000_000.0 } else { 0.0 };
            transverse("Transverse_Mercator", 500_000.0, north, f64::from(zone) * 6.0 - 183.0, 0.9996)
        }
        _ => concat!(
            r#"PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],"#,
            r#"PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0]"#
        )
        .into(),
    };
    Some(format!(r#"PROJCS["{name}",{geographic},{projection},UNIT["Meter",1.0]]"#))
}

fn transverse(method: &str, easting_m: f64, northing_m: f64, meridian_deg: f64, scale: f64) -> String {
    format!(
        concat!(
            r#"PROJECTION["{}"],PARAMETER["False_Easting",{:?}],PARAMETER["False_Northing",{:?}],"#,
            r#"PARAMETER["Central_Meridian",{:?}],PARAMETER["Scale_Factor",{:?}],PARAMETER["Latitude_Of_Origin",0.0]"#
        ),
        method, easting_m, northing_m, meridian_deg, scale
    )
}

/// The code whose short, Chinese or `.prj` name this is, or that the name of a datum alone means.
pub(super) fn by_name(text: &str) -> Option<u32> {
    let plain = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let wanted = plain(text).replace("degreegausskruger", "degreegk");
    match wanted.as_str() {
        "" => return None,
        "cgcs2000" | "2000国家大地坐标系" => return Some(4490),
        "wgs84" | "crs84" => return Some(4326),
        _ => {}
    }
    codes().find(|&code| [name(code, false), name(code, true), esri_name(code)].into_iter().flatten().any(|n| plain(&n) == wanted))
}

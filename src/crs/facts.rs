//! What is computed with: the datum and the form of a system, whatever it is called.

use serde_json::Value;

/// Whose ellipsoid and frame the numbers refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Datum {
    Cgcs2000,
    Xian80,
    Beijing54,
    Wgs84,
    /// Any other: only PROJ knows, and only when it has parameters.
    Other,
}

impl Datum {
    /// CGCS2000 and WGS 84 are the same at drawing accuracy (ellipsoids differ by 0.1 mm).
    pub fn agrees(self, other: Self) -> bool {
        let merged = |d| if d == Self::Wgs84 { Self::Cgcs2000 } else { d };
        self != Self::Other && merged(self) == merged(other)
    }

    /// Semi-major axis in m and inverse flattening; `None` for [`Datum::Other`].
    pub fn ellipsoid(self) -> Option<(f64, f64)> {
        match self {
            Self::Cgcs2000 => Some((6_378_137.0, 298.257_222_101)),
            Self::Xian80 => Some((6_378_140.0, 298.257)),
            Self::Beijing54 => Some((6_378_245.0, 298.3)),
            Self::Wgs84 => Some((6_378_137.0, 298.257_223_563)),
            Self::Other => None,
        }
    }
}

/// How positions are laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// Degrees from Greenwich.
    LonLat,
    /// Transverse Mercator with scale 1, latitude of origin 0, false northing 0, in metres.
    GaussKruger {
        central_meridian_deg: f64,
        false_easting_m: f64,
    },
    Utm {
        zone: u8,
        south: bool,
    },
    WebMercator,
    OtherLonLat,
    OtherPlane {
        metres_per_unit: f64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Facts {
    pub datum: Datum,
    pub form: Form,
}

impl Facts {
    /// From PROJJSON (the form to which PROJ brings every dialect of WKT); `None` for what has no horizontal position.
    pub fn of_projjson(json: &Value) -> Option<Self> {
        let facts = Self::of_horizontal(json)?;
        let geographic = json.get("base_crs").unwrap_or(json);
        let frame = geographic.get("datum").or_else(|| geographic.get("datum_ensemble"));
        // Another planet's sphere is no system of ours.
        let radius_m = frame.and_then(|f| f.pointer("/ellipsoid/semi_major_axis").or_else(|| f.pointer("/ellipsoid/radius")));
        radius_m.and_then(number).is_none_or(|r| (6.3e6..6.5e6).contains(&r)).then_some(facts)
    }

    fn of_horizontal(json: &Value) -> Option<Self> {
        match json.get("type")?.as_str()? {
            "CompoundCRS" => Self::of_projjson(json.get("components")?.get(0)?),
            "BoundCRS" => Self::of_projjson(json.get("source_crs")?),
            "GeographicCRS" | "GeodeticCRS" => {
                let axis = json.get("coordinate_system")?.get("axis")?.get(0)?;
                let degrees = (unit(axis)? - std::f64::consts::PI / 180.0).abs() < 1e-12;
                let plain = degrees && from_greenwich(json) && is_ellipsoidal(json);
                is_ellipsoidal(json).then(|| Self { datum: datum(json), form: if plain { Form::LonLat } else { Form::OtherLonLat } })
            }
            "ProjectedCRS" => {
                let base = json.get("base_crs")?;
                let metres_per_unit = unit(json.get("coordinate_system")?.get("axis")?.get(0)?)?;
                let form = plane(json, base).filter(|_| metres_per_unit == 1.0).unwrap_or(Form::OtherPlane { metres_per_unit });
                Some(Self { datum: datum(base), form })
            }
            _ => None,
        }
    }
}

fn is_ellipsoidal(json: &Value) -> bool {
    json.pointer("/coordinate_system/subtype").and_then(Value::as_str) == Some("ellipsoidal")
}

/// A number, or the value of a number with a unit.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.get("value")?.as_f64())
}

/// Radians or metres per unit of an axis or parameter.
fn unit(holder: &Value) -> Option<f64> {
    match holder.get("unit")? {
        Value::String(name) => match name.as_str() {
            "metre" | "unity" => Some(1.0),
            "degree" => Some(std::f64::consts::PI / 180.0),
            _ => None,
        },
        object => object.get("conversion_factor")?.as_f64(),
    }
}

fn from_greenwich(geographic: &Value) -> bool {
    let datum = geographic.get("datum").or_else(|| geographic.get("datum_ensemble"));
    match datum.and_then(|d| d.get("prime_meridian")) {
        None => true,
        Some(meridian) => meridian.get("longitude").and_then(Value::as_f64) == Some(0.0),
    }
}

/// Xi'an 80 and Beijing 54 by their ellipsoids, which nothing else in China uses; CGCS2000 by name too, for its
/// ellipsoid is that of half the world.
fn datum(geographic: &Value) -> Datum {
    let Some(frame) = geographic.get("datum").or_else(|| geographic.get("datum_ensemble")) else { return Datum::Other };
    let of = |key: &str| frame.pointer(&format!("/ellipsoid/{key}")).and_then(number);
    let (Some(axis), Some(inverse_flattening)) = (of("semi_major_axis"), of("inverse_flattening")) else { return Datum::Other };
    let is = |datum: Datum| {
        datum.ellipsoid().is_some_and(|(a, rf)| (a - axis).abs() < 1e-3 && (rf - inverse_flattening).abs() < 1e-6 * rf / 298.0)
    };
    let words: String = [frame, geographic, frame.get("ellipsoid").unwrap_or(&Value::Null)]
        .iter()
        .filter_map(|v| v.get("name")?.as_str())
        .flat_map(str::chars)
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let says = |names: &[&str]| names.iter().any(|n| words.contains(n));
    if is(Datum::Cgcs2000) && says(&["cgcs2000", "china2000", "chinageodetic", "国家大地"]) {
        Datum::Cgcs2000
    } else if is(Datum::Wgs84) && says(&["wgs84", "wgs1984", "worldgeodeticsystem1984"]) {
        Datum::Wgs84
    } else if is(Datum::Xian80) {
        Datum::Xian80
    } else if is(Datum::Beijing54) && says(&["beijing1954", "beijing54", "1954北京", "北京54"]) {
        Datum::Beijing54
    } else {
        Datum::Other
    }
}

fn plane(json: &Value, base: &Value) -> Option<Form> {
    if !from_greenwich(base) {
        return None;
    }
    let method = json.pointer("/conversion/method/name")?.as_str()?.to_lowercase();
    let degree = std::f64::consts::PI / 180.0;
    let mut values = [0.0, 0.0, 1.0, 0.0, 0.0];
    for parameter in json.pointer("/conversion/parameters")?.as_array()? {
        let slot = match parameter.get("name")?.as_str()? {
            "Longitude of natural origin" => 0,
            "Latitude of natural origin" => 1,
            "Scale factor at natural origin" => 2,
            "False easting" => 3,
            "False northing" => 4,
            _ => return None,
        };
        let factor = unit(parameter)?;
        let scale = if slot < 2 { factor / degree } else { factor };
        values[slot] = parameter.get("value")?.as_f64()? * scale;
    }
    // Degrees stored as radians times a rounded factor come back a few ulps off.
    let tidy = |v: f64| if (v - (v * 1e9).round() / 1e9).abs() < 1e-10 { (v * 1e9).round() / 1e9 } else { v };
    let [meridian, latitude, scale, easting, northing] = values.map(tidy);
    match method.as_str() {
        "transverse mercator" if latitude == 0.0 && scale == 1.0 && northing == 0.0 => {
            Some(Form::GaussKruger { central_meridian_deg: meridian, false_easting_m: easting })
        }
        "transverse mercator" if latitude == 0.0 && scale == 0.9996 && easting == 500_000.0 => {
            let zone = (meridian + 183.0) / 6.0;
            let south = northing == 10_000_000.0;
            (zone.fract() == 0.0 && (1.0..=60.0).contains(&zone) && (south || northing == 0.0))
                .then_some(Form::Utm { zone: zone as u8, south })
        }
        "popular visualisation pseudo mercator" if meridian == 0.0 && latitude == 0.0 && easting == 0.0 && northing == 0.0 => {
            Some(Form::WebMercator)
        }
        _ => None,
    }
}

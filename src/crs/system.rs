//! One reference system and what is known of it.

use super::facts::{Datum, Facts, Form};
use super::{foreign, national};
use crate::geom::GaussKruger;
use std::sync::Arc;

/// A reference system. Equal codes are equal systems; a WKT without a known code keeps its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Crs {
    Epsg(u32),
    Wkt(Arc<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Longitude and latitude in degrees.
    Geographic,
    /// East and north, in metres for every system of [`Crs::metres_per_unit`] 1.
    Projected,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CrsError {
    #[error("unknown reference system {0}")]
    Unknown(String),
    /// Xi'an 80, Beijing 54 and the like to another datum: PROJ would silently do nothing.
    #[error("no datum shift from {from} to {to} without parameters")]
    DatumShift { from: String, to: String },
    #[error("position {index} cannot be transformed")]
    OutOfRange { index: usize },
}

impl Crs {
    /// CGCS2000 3° zone 40 with the zone prefix: the usual plane of Qingdao.
    pub const CGCS2000_ZONE_40: Self = Self::Epsg(4528);
    pub const CGCS2000_LON_LAT: Self = Self::Epsg(4490);
    pub const WGS84_LON_LAT: Self = Self::Epsg(4326);

    /// From what a user types or a file says: `EPSG:4528`, `4528`, an OGC URN or URL, a name, Esri or OGC WKT.
    ///
    /// Any spelling of a system of the national tables, UTM or Web Mercator becomes its EPSG code, decided by datum,
    /// projection, central meridian and false easting; other WKT is kept when PROJ accepts it.
    pub fn parse(text: &str) -> Result<Self, CrsError> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
        let unknown = || CrsError::Unknown(text.chars().take(80).collect());
        if foreign::is_wkt(text) {
            let crs = Self::Wkt(text.into());
            let known = foreign::known(&crs).ok_or_else(unknown)?;
            let name = known.name.to_lowercase();
            let wide = name.contains("gk_cm") || name.contains("gauss-kruger cm") && !name.contains("3-degree");
            return Ok(national::code(known.facts, wide).map_or(crs, Self::Epsg));
        }
        let crs = match code(text) {
            Some(900_913 | 102_100 | 3785) => Self::Epsg(3857),
            Some(code) => Self::Epsg(code),
            None => Self::Epsg(national::by_name(text).ok_or_else(unknown)?),
        };
        crs.facts().map(|_| crs).map_err(|_| unknown())
    }

    pub fn epsg(&self) -> Option<u32> {
        match self {
            Self::Epsg(code) => Some(*code),
            Self::Wkt(_) => None,
        }
    }

    /// `EPSG:4528`, or the definition's own name.
    pub fn label(&self) -> String {
        match self {
            Self::Epsg(code) => format!("EPSG:{code}"),
            Self::Wkt(_) => self.name(),
        }
    }

    pub fn kind(&self) -> Result<Kind, CrsError> {
        Ok(match self.facts()?.form {
            Form::LonLat | Form::OtherLonLat => Kind::Geographic,
            Form::GaussKruger { .. } | Form::Utm { .. } | Form::WebMercator | Form::OtherPlane { .. } => Kind::Projected,
        })
    }

    /// Metres in one unit of the plane; `None` for degrees.
    pub fn metres_per_unit(&self) -> Result<Option<f64>, CrsError> {
        Ok(match self.facts()?.form {
            Form::LonLat | Form::OtherLonLat => None,
            Form::OtherPlane { metres_per_unit } => Some(metres_per_unit),
            Form::GaussKruger { .. } | Form::Utm { .. } | Form::WebMercator => Some(1.0),
        })
    }

    /// Short name for people: `CGCS2000 / 3° zone 40`; [`Crs::label`] stands beside it.
    pub fn name(&self) -> String {
        self.own_name(false)
    }

    /// The same in Chinese: `CGCS2000 / 3° 带 40`.
    pub fn name_zh(&self) -> String {
        self.own_name(true)
    }

    fn own_name(&self, chinese: bool) -> String {
        if let Some(name) = self.epsg().and_then(|code| national::name(code, chinese)) {
            return name;
        }
        match (foreign::known(self), self) {
            (Some(known), _) if !known.name.is_empty() => known.name,
            (_, Self::Epsg(code)) => format!("EPSG:{code}"),
            (_, Self::Wkt(text)) => text.chars().take(40).collect(),
        }
    }

    /// The CGCS2000 Gauss–Krüger plane this is, for ellipsoidal areas; `None` for any other system.
    pub fn gauss_kruger(&self) -> Option<GaussKruger> {
        match self.facts().ok()? {
            Facts { datum: Datum::Cgcs2000, form: Form::GaussKruger { central_meridian_deg, false_easting_m } } => {
                Some(GaussKruger { central_meridian_deg, false_easting_m })
            }
            _ => None,
        }
    }

    /// The plane of the national numbering this is, of any of its datums.
    pub fn national_plane(&self) -> Option<super::NationalPlane> {
        self.epsg().and_then(national::plane)
    }

    /// Esri WKT1 for a `.prj` file. A WKT1 definition without a known code is its own text; systems for which we have
    /// no such text are an error.
    pub fn esri_wkt(&self) -> Result<String, CrsError> {
        let text = match self {
            Self::Epsg(code) => national::esri_wkt(*code),
            Self::Wkt(text) => ["GEOGCS", "PROJCS"].iter().any(|root| text.starts_with(root)).then(|| text.to_string()),
        };
        text.ok_or_else(|| CrsError::Unknown(self.label()))
    }

    pub(super) fn facts(&self) -> Result<Facts, CrsError> {
        let own = self.epsg().and_then(national::facts);
        own.or_else(|| foreign::known(self).map(|k| k.facts)).ok_or_else(|| CrsError::Unknown(self.label()))
    }
}

/// The EPSG code in `4528`, `EPSG:4528`, `urn:ogc:def:crs:EPSG:9.9:4528`, `http://www.opengis.net/def/crs/EPSG/0/4528`.
fn code(text: &str) -> Option<u32> {
    let upper = text.to_ascii_uppercase();
    let parts: Vec<&str> = upper.split([':', '/']).map(str::trim).collect();
    let last = *parts.last()?;
    if last == "CRS84" {
        return Some(4326);
    }
    let said = parts.len() == 1 || parts.contains(&"EPSG");
    let digits = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    (said && digits).then(|| last.parse().ok()).flatten()
}

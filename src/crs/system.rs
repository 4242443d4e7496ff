//! One reference system and what is known of it.

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
    /// East and north in metres.
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

    /// From what a user types or a file says: `EPSG:4528`, `4528`, a name, Esri or OGC WKT.
    pub fn parse(_text: &str) -> Result<Self, CrsError> {
        unimplemented!()
    }

    pub fn kind(&self) -> Result<Kind, CrsError> {
        unimplemented!()
    }

    /// Short name for people: `CGCS2000 / 3° 带 40 (EPSG:4528)` is made from this and the code.
    pub fn name(&self) -> String {
        unimplemented!()
    }

    /// The CGCS2000 Gauss–Krüger plane this is, for ellipsoidal areas; `None` for any other system.
    pub fn gauss_kruger(&self) -> Option<GaussKruger> {
        unimplemented!()
    }

    /// Esri WKT1 for a `.prj` file.
    pub fn esri_wkt(&self) -> Result<String, CrsError> {
        unimplemented!()
    }
}

//! Transforms between systems: Gauss–Krüger by our own series, everything else by PROJ.

use super::facts::{Datum, Facts, Form};
use super::krueger::{Krueger, Patches};
use super::{Crs, CrsError, DatumShift, Kind, foreign, national};
use crate::geom::Point;
use std::sync::Arc;

/// Farther than this from its central meridian a zone's plane is not used, in degrees.
const ZONE_REACH_DEG: f64 = 6.0;

/// Steps of a rounded result: 0.1 mm, and 1e-11° (about a micrometre).
const STEPS_PER_M: f64 = 1e4;
const STEPS_PER_DEG: f64 = 1e11;

/// A checked way from one system to another; cheap to clone, usable on any thread.
#[derive(Clone, Debug)]
pub struct Transform {
    from: Crs,
    to: Crs,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Identity,
    /// Over longitude and latitude in the system `hub`.
    Over {
        from: Box<End>,
        hub: Crs,
        to: Box<End>,
    },
    /// By parameters of a person's, then to the system asked for.
    Shifted {
        shift: Arc<DatumShift>,
        then: Box<Transform>,
    },
    /// PROJ from end to end.
    Direct {
        degrees: bool,
    },
}

/// One end of the way over longitude and latitude.
#[derive(Clone, Copy, Debug)]
enum End {
    LonLat,
    GaussKruger {
        series: Krueger,
        central_meridian_deg: f64,
        false_easting_m: f64,
    },
    /// By PROJ; with the central meridian of a UTM zone.
    Proj {
        central_meridian_deg: Option<f64>,
        degrees: bool,
    },
}

impl Transform {
    /// Refuses what PROJ would only pretend to do (a datum shift without parameters). CGCS2000 and WGS 84 count as one.
    pub fn new(from: &Crs, to: &Crs) -> Result<Self, CrsError> {
        let (a, b) = (from.facts()?, to.facts()?);
        let way = if from == to || a == b && End::of(a).is_ours() {
            Way::Identity
        } else if a.datum == Datum::Other && b.datum == Datum::Other && foreign::has_way(from, to) {
            Way::Direct { degrees: End::of(b).is_degrees() }
        } else if let Some(hub) = hub(from, a, to, b) {
            Way::Over { from: Box::new(End::of(a)), hub, to: Box::new(End::of(b)) }
        } else {
            return Err(CrsError::DatumShift { from: from.label(), to: to.label() });
        };
        Ok(Self { from: from.clone(), to: to.clone(), way })
    }

    /// By a person's parameters into `shift.to`, and from there to `to`.
    ///
    /// # Errors
    /// When there is no way from `shift.to`.
    pub fn shifted(shift: Arc<DatumShift>, to: &Crs) -> Result<Self, CrsError> {
        let then = Self::new(&shift.to, to)?;
        let from = shift.from.clone().unwrap_or_else(|| shift.to.clone());
        Ok(Self { from, to: to.clone(), way: Way::Shifted { shift, then: Box::new(then) } })
    }

    pub fn from(&self) -> &Crs {
        &self.from
    }

    pub fn to(&self) -> &Crs {
        &self.to
    }

    pub fn is_identity(&self) -> bool {
        matches!(self.way, Way::Identity)
    }

    /// Transforms in place; results in metres are rounded to 0.1 mm, degrees to 1e-11, so that every platform decides
    /// alike. An identity changes nothing.
    ///
    /// The first position that is not finite or lies outside either system's domain (6° from a zone's central
    /// meridian) is an error; positions may be half transformed then.
    pub fn apply(&self, points: &mut [Point]) -> Result<(), CrsError> {
        if let Some(index) = points.iter().position(|p| !(p[0].is_finite() && p[1].is_finite())) {
            return Err(CrsError::OutOfRange { index });
        }
        match &self.way {
            Way::Identity => Ok(()),
            Way::Shifted { shift, then } => {
                shift.apply(points)?;
                then.apply(points)?;
                finish(points, then.to.kind()? == Kind::Geographic)
            }
            Way::Over { from, hub, to } => {
                from.to_lon_lat(&self.from, hub, points)?;
                from.check_reach(points)?;
                to.check_reach(points)?;
                to.leave_lon_lat(hub, &self.to, points)?;
                finish(points, to.is_degrees())
            }
            Way::Direct { degrees } => {
                foreign::convert(&self.from, &self.to, points)?;
                finish(points, *degrees)
            }
        }
    }
}

/// The longitudes and latitudes over which the way goes: those of the datum that both share, or WGS 84 when PROJ has
/// parameters from or to it. Those of old Chinese datums are secret, and what PROJ offers for them is for other places.
fn hub(from: &Crs, a: Facts, to: &Crs, b: Facts) -> Option<Crs> {
    let world = |f: Facts| f.datum.agrees(Datum::Wgs84);
    if a.datum.agrees(b.datum) {
        let geographic = if world(a) { Some(4326) } else { national::code(Facts { datum: a.datum, form: Form::LonLat }, false) };
        return geographic.map(Crs::Epsg);
    }
    let known = match (a.datum, b.datum) {
        (Datum::Other, _) if world(b) => foreign::has_way(from, &Crs::WGS84_LON_LAT),
        (_, Datum::Other) if world(a) => foreign::has_way(&Crs::WGS84_LON_LAT, to),
        _ => false,
    };
    known.then_some(Crs::WGS84_LON_LAT)
}

/// Rounds, and refuses what is no position.
fn finish(points: &mut [Point], degrees: bool) -> Result<(), CrsError> {
    let steps = if degrees { STEPS_PER_DEG } else { STEPS_PER_M };
    for (index, p) in points.iter_mut().enumerate() {
        let possible = !degrees || p[0].abs() <= 360.0 && p[1].abs() <= 90.0;
        if !(possible && p[0].is_finite() && p[1].is_finite()) {
            return Err(CrsError::OutOfRange { index });
        }
        *p = p.map(|v| (v * steps).round() / steps);
    }
    Ok(())
}

impl End {
    fn of(facts: Facts) -> Self {
        match (facts.form, facts.datum.ellipsoid()) {
            (Form::LonLat, Some(_)) => Self::LonLat,
            (Form::GaussKruger { central_meridian_deg, false_easting_m }, Some(ellipsoid)) => {
                Self::GaussKruger { series: Krueger::new(ellipsoid), central_meridian_deg, false_easting_m }
            }
            (Form::Utm { zone, .. }, _) => Self::Proj { central_meridian_deg: Some(f64::from(zone) * 6.0 - 183.0), degrees: false },
            (Form::LonLat | Form::OtherLonLat, _) => Self::Proj { central_meridian_deg: None, degrees: true },
            (Form::GaussKruger { .. } | Form::WebMercator | Form::OtherPlane { .. }, _) => {
                Self::Proj { central_meridian_deg: None, degrees: false }
            }
        }
    }

    fn is_ours(self) -> bool {
        matches!(self, Self::LonLat | Self::GaussKruger { .. })
    }

    fn is_degrees(self) -> bool {
        matches!(self, Self::LonLat | Self::Proj { degrees: true, .. })
    }

    fn to_lon_lat(self, own: &Crs, hub: &Crs, points: &mut [Point]) -> Result<(), CrsError> {
        match self {
            Self::LonLat => Ok(()),
            Self::Proj { .. } => foreign::convert(own, hub, points),
            Self::GaussKruger { series, central_meridian_deg, false_easting_m } => {
                // A thousand kilometres east or ten thousand north of the origin is no place on a zone's plane.
                let far = |p: &Point| (p[0] - false_easting_m).abs() > 1e6 || p[1].abs() > 1e7;
                if let Some(index) = points.iter().position(far) {
                    return Err(CrsError::OutOfRange { index });
                }
                for p in points.iter_mut() {
                    *p = series.inverse([p[0] - false_easting_m, p[1]], central_meridian_deg);
                }
                Ok(())
            }
        }
    }

    fn leave_lon_lat(self, hub: &Crs, own: &Crs, points: &mut [Point]) -> Result<(), CrsError> {
        match self {
            Self::LonLat => Ok(()),
            Self::Proj { .. } => foreign::convert(hub, own, points),
            Self::GaussKruger { series, central_meridian_deg, false_easting_m } => {
                let mut patches = Patches::new(series, central_meridian_deg);
                for p in points.iter_mut() {
                    let [east, north] = patches.forward(*p);
                    *p = [east + false_easting_m, north];
                }
                Ok(())
            }
        }
    }

    /// Whether longitudes and latitudes lie where this end's plane may be used.
    fn check_reach(self, points: &[Point]) -> Result<(), CrsError> {
        let (meridian, highest) = match self {
            Self::GaussKruger { central_meridian_deg, .. } => (Some(central_meridian_deg), 89.0),
            // Mercator planes have no poles.
            Self::Proj { central_meridian_deg, degrees } => (central_meridian_deg, if degrees { 90.0 } else { 89.0 }),
            Self::LonLat => (None, 90.0),
        };
        let reached =
            |p: &Point| p[1].abs() <= highest && p[0].abs() <= 360.0 && meridian.is_none_or(|m| (p[0] - m).abs() <= ZONE_REACH_DEG);
        points.iter().position(|p| !reached(p)).map_or(Ok(()), |index| Err(CrsError::OutOfRange { index }))
    }
}

/// Longitude and latitude in degrees (CGCS2000) of a position.
pub fn to_lon_lat(crs: &Crs, p: Point) -> Result<Point, CrsError> {
    let mut points = [p];
    Transform::new(crs, &Crs::CGCS2000_LON_LAT)?.apply(&mut points)?;
    Ok(points[0])
}

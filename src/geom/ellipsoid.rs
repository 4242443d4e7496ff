//! Area on the CGCS2000 ellipsoid, by the survey's official formula (国土调查办发〔2008〕32号).

use super::ShapeRef;

/// A Gauss–Krüger plane on the CGCS2000 ellipsoid, scale factor 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussKruger {
    pub central_meridian_deg: f64,
    /// Added to eastings, zone prefix included (40 500 000 for EPSG:4528), in m.
    pub false_easting_m: f64,
}

/// Ellipsoidal area in m² of a shape on a Gauss–Krüger plane: edges split to at most 70 m, first eccentricity.
pub fn ellipsoidal_area_m2(_shape: ShapeRef<'_>, _plane: GaussKruger) -> f64 {
    unimplemented!()
}

//! A site's rings as a sound shape: mended where that changes nothing that counts, refused where it would.

use crate::geom::{Defect, Repair, RingsRef, Shape, ShapeRef};
use crate::text::{Arg, Message};

/// The rings as a shape with what was mended.
///
/// # Errors
/// The reason, when no area is left or when mending moved more land than the tolerances allow: nobody knows then which
/// land was meant. Land that two parts both cover is no such case: it is the same land, counted once.
pub(super) fn sound(
    shape: Option<ShapeRef<'_>>,
    rings: RingsRef<'_>,
    tolerance_m2: f64,
    tolerance_share: f64,
) -> Result<(Shape, Vec<Repair>), Message> {
    if let Some(shape) = shape {
        return Ok((shape.to_owned(), Vec::new()));
    }
    if rings.is_empty() {
        return Err(Message::new("reason.no_geometry"));
    }
    let Some((shape, repairs)) = Shape::mend(rings) else { return Err(Message::new("reason.no_area")) };
    // A ring with a position that is no number was left out whole: nobody knows how much land that was.
    if repairs.iter().any(|r| matches!(r.defect, Defect::NotFinite { .. })) {
        return Err(Message::new("reason.not_finite"));
    }
    let area_m2 = shape.area_m2();
    let moved_m2: f64 = repairs
        .iter()
        .filter(|r| !matches!(r.defect, Defect::PartsOverlap { .. } | Defect::WrongWinding))
        .map(|r| (r.area_after_m2 - r.area_before_m2).abs())
        .sum();
    // An infinite tolerance is meant for the verdict; how far mending may go then rests on the share alone.
    if moved_m2 > tolerance_m2 || moved_m2 > tolerance_share * area_m2 {
        return Err(Message::new("reason.mending_moves_land").with("area", Arg::AreaM2(moved_m2)));
    }
    Ok((shape, repairs))
}

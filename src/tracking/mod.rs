//! Expansion of the clusters and the other targets.
//!
//! No clock, no setting, no file: the same layers give the same numbers to the byte.

mod expansion;
mod plan_difference;
mod rounding;

pub use expansion::{Area, DistrictScale, FIVE_CITIES, Gap, Scale, TARGET, Target, TrackError, gap, scale};
pub use plan_difference::{ChangedLand, DistrictChange, LandChange, PlanDifference, changed_land, plan_difference};
pub use rounding::{apportioned, shares_that_add_up};

//! Reference systems: names, facts, transforms, guessing. The home of PROJ.
//!
//! Positions are `[east, north]` or `[longitude, latitude]` everywhere, whatever order a definition declares.

mod facts;
mod foreign;
mod guess;
mod krueger;
mod national;
mod place;
mod shift;
mod system;
mod transform;

pub use foreign::forget_foreign_data;
pub use guess::{Candidate, Guess, guess};
pub use national::NationalPlane;
pub use place::{Place, PlaceKind, read_place};
pub use shift::{Convention, DatumShift, Fit, SevenParameters, ShiftWay, Similarity};
pub use system::{Crs, CrsError, Kind};
pub use transform::{Transform, to_lon_lat};

#[cfg(test)]
mod tests;

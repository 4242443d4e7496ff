//! Words: messages as codes with arguments, the two locales, and one table of decimals for every number shown.
//!
//! Every other room speaks in codes and numbers; only here they become sentences a person reads.

pub mod cells;
mod format;
mod locale;

pub use format::{area_ha, area_km2, area_m2, area_mu, areas_left, coordinate, count, dms, number, percent, scale};
pub use locale::{Arg, Lang, Message, keys, word};

/// Square metres of one 亩 are 10000 ÷ 15; kept as the exact fraction.
pub const MU_PER_M2: f64 = 0.0015;

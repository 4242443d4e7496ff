//! The use cases both faces share.

mod gather;
mod input;
mod inspect;
mod open;
pub mod verdict_csv;
pub mod verdict_json;

pub use gather::{Gathered, GatheredLayer, gather};
pub use input::{Input, Settings};
pub use inspect::{Areas, Inspection, Problem, inspect, inspections_json};
pub use open::{CHINA, OpenError, Opened, SettledCrs, crs_words, kind_key, open_layer};

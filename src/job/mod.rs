//! The use cases both faces share.

mod gather;
pub mod info;
mod input;
mod open;
pub mod verdict_csv;
pub mod verdict_json;

pub use gather::{Gathered, GatheredLayer, gather};
pub use input::{Input, Settings};
pub use open::{OpenError, Opened, crs_words, lon_lat, open_layer};

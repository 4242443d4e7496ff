//! The use cases both faces share.

mod gather;
pub mod info;
mod input;
mod map;
mod open;
pub mod verdict_csv;
pub mod verdict_json;

pub use gather::{Gathered, GatheredLayer, gather};
pub use input::{Input, Settings};
pub use map::{MapFormat, MapRequest, TEMPLATES, map_page, map_pages, render_map};
pub use open::{OpenError, Opened, open_layer};

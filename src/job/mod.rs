//! The use cases both faces share.

mod input;
mod map;
mod open;

pub use input::{Input, Settings};
pub use map::{MapFormat, MapRequest, TEMPLATES, map_page, render_map};
pub use open::{OpenError, Opened, open_layer};

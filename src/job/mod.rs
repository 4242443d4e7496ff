//! The use cases both faces share.

mod input;
mod inspect;
mod message_json;
mod open;

pub use input::{Input, Settings};
pub use inspect::{Areas, Inspection, Problem, inspect};
pub use message_json::message_json;
pub use open::{CHINA, OpenError, Opened, SettledCrs, crs_words, kind_key, open_layer};

//! The use cases both faces share.

mod input;
mod open;
pub mod sample;

pub use input::{Input, Settings};
pub use open::{OpenError, Opened, open_layer};

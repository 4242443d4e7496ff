//! The use cases both faces share.

pub mod bench;
mod check;
mod gather;
pub mod info;
mod input;
mod open;
pub mod track;
pub mod verdict_csv;
pub mod verdict_json;

pub use check::{check_batch, record_number};
pub use gather::{Gathered, GatheredLayer, gather};
pub use input::{Input, Settings};
pub use open::{OpenError, Opened, open_layer};

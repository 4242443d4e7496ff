//! The use cases both faces share.
<<<<<<< HEAD
pub mod open;
=======

mod input;
mod open;

pub use input::{Input, Settings};
pub use open::{OpenError, Opened, open_layer};
>>>>>>> main

//! The use cases both faces share.
pub mod open;

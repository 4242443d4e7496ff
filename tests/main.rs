//! The one test binary: a module a subject.

mod architecture;
mod cases;
mod checking;
mod corpus_overlay;
mod corpus_proj;
mod geometry_laws;
mod reading;
mod tracking;

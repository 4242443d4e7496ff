//! The one test binary: a module a subject.

mod architecture;
mod corpus_overlay;
mod geometry_laws;

//! The one test binary: a module a subject.

mod cases;
mod corpus_overlay;
mod geometry_laws;

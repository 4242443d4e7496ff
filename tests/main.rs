//! The one test binary: a module a subject.

mod corpus_overlay;
mod geometry_laws;
mod sheet;

//! The one test binary: a module a subject.

mod corpus_overlay;
mod corpus_read;
mod geometry_laws;
mod reading;

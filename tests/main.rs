//! The one test binary: a module a subject.

mod broken_bytes;
mod corpus_overlay;
mod corpus_read;
mod geometry_laws;
mod inspecting;
mod parcel_txt;
mod reading;
mod writing;

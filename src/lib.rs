//! Luodi 落地 — may this industrial project be supplied with land where it wants to stand?
//!
//! A functional core and a thin window: values in, values out, one writer. The map of the house, the table of
//! who may use whom and the glossary are in `ARCHITECTURE.md`; `tests/architecture.rs` holds the walls.
//!
//! Rooms, from the ground up: [`text`] words · [`task`] background work · [`geom`] shapes on the plane in metres ·
//! [`crs`] reference systems · [`model`] everything that is kept · [`rules`] the precheck · [`tracking`] targets ·
//! [`edit`] edits as values · [`document`] snapshot and history · [`io`] bytes in, bytes out · [`workspace`] the
//! `.gpkg` workspace · [`scene`] what a map shows · [`sheet`] pages for people · [`job`] use cases both faces
//! share · [`cli`] the command line · `app` the window.

#![forbid(unsafe_op_in_unsafe_fn)]

pub mod cli;
pub mod crs;
pub mod document;
pub mod edit;
pub mod geom;
pub mod io;
pub mod job;
pub mod model;
pub mod rules;
pub mod scene;
pub mod sheet;
pub mod task;
pub mod text;
pub mod tracking;
pub mod workspace;

#[cfg(feature = "app")]
pub mod app;

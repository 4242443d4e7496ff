//! The one test binary: a module a subject.

// The lints speak of the program: in a test a panic is the failure, helpers of the tests included.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acceptance;
mod architecture;
mod archives;
mod backdrops;
mod broken_bytes;
mod cases;
mod checking;
mod command_check;
mod command_line;
mod conformity;
mod converting;
mod coord_tables;
mod corpus_drawings;
mod corpus_overlay;
mod corpus_proj;
mod corpus_read;
mod corpus_relate;
mod corpus_table;
mod dxf;
mod exact_cases;
mod exact_oracle;
mod foreign_proj;
mod fuzz;
mod geometry_laws;
mod gpkg;
#[path = "../fuzz/src/harness.rs"]
mod harness;
mod inspecting;
mod kml;
mod large_files;
mod memory;
mod near_sites;
mod parcel_txt;
#[cfg(feature = "app")]
mod pictures;
mod reading;
mod rule_clauses;
mod rule_examples;
mod sample;
mod sheet;
mod shifts;
mod survey_points;
mod tracking;
mod verdict_laws;
#[cfg(feature = "app")]
mod window;
#[cfg(feature = "app")]
mod window_files;
mod writing;

#![no_main]
//! GeoPackages.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::file("gpkg", "a.gpkg", input));

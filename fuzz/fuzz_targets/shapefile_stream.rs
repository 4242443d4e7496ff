#![no_main]
//! Shapefiles of sites, read block by block and whole.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::stream(input));

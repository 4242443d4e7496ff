#![no_main]
//! Tables of points and of well-known text, delimited.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::file("coord_table", "a.csv", input));

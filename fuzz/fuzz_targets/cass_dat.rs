#![no_main]
//! Points of CASS.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::file("cass_dat", "a.dat", input));

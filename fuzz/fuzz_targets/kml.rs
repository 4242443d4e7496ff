#![no_main]
//! KML as it stands beside its archive.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::file("kml", "a.kml", input));

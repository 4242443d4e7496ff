#![no_main]
//! GeoJSON, whole and by lines.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::file("geojson", "a.geojson", input));

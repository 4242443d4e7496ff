#![no_main]
//! KML with what is packed beside it.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::packed_file("archive", "a.kmz", input));

#![no_main]
//! Archives and what lies in them.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::packed_file("archive", "a.zip", input));

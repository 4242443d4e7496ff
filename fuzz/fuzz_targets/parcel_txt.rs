#![no_main]
//! Lists of boundary points (界址点坐标 TXT).

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::file("parcel_txt", "a.txt", input));

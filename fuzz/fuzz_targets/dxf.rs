#![no_main]
//! Drawings, text and binary.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::file("dxf", "a.dxf", input));

#![no_main]
//! The same tables in workbooks.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::packed_file("coord_table", "a.xlsx", input));

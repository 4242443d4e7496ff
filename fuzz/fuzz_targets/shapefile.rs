#![no_main]
//! Shapefiles: the `.shp`, then `dbf`, `shx`, `prj`, `cpg` beside it.

libfuzzer_sys::fuzz_target!(init: luodi_fuzz::begin(), |input: &[u8]| luodi_fuzz::file("shapefile", "a.shp", input));

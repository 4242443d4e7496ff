//! Permanent farmland (永久基本农田, 虚构): where sites were made to meet it, and fields apart from everything.

use super::places::Ground;
use super::sites::Sites;
use crate::geom::Rings;

const DISTRICTS: [&str; 6] = ["370281", "370282", "370283", "370284", "370285", "370214"];
const FIELDS_EACH: usize = 8;

pub(super) fn farmland(sites: &mut Sites<'_>) -> Vec<Rings> {
    let mut fields = sites.farmland.clone();
    let ground: &mut Ground<'_> = &mut sites.ground;
    for n in 0..DISTRICTS.len() * FIELDS_EACH {
        let size = [ground.random().between(500.0, 1600.0), ground.random().between(400.0, 1200.0)];
        if let Some(spot) = ground.away_of_size(DISTRICTS[n % DISTRICTS.len()], size, 60.0) {
            ground.take(&spot);
            fields.push(spot.rounded());
        }
    }
    fields
}

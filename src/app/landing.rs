//! Where each reading of a file's numbers would put it: the district, or how far away, and its box for a small map.

use super::reading::holds;
use super::run::whole;
use crate::crs::{Crs, Guess, Transform};
use crate::geom::{BBox, Point};
use crate::model::{ClusterFields, Contents, Role};
use crate::text::Message;

/// One reading that fits, and what it leads to.
#[derive(Clone, Debug)]
pub struct Landing {
    pub crs: Crs,
    /// The file has north first.
    pub swapped: bool,
    /// Middle of the data, in degrees.
    pub lon_lat: Point,
    /// The data, on the workspace's plane; empty where that does not reach.
    pub bbox: BBox,
    pub words: Message,
}

/// The readings that fit, in the order of the guess.
pub fn landings(contents: &Contents, guess: &Guess) -> Vec<Landing> {
    let way = Transform::new(&Crs::CGCS2000_LON_LAT, &contents.crs).ok();
    let on_plane = |b: BBox| {
        let mut corners = [b.min, [b.max[0], b.min[1]], b.max, [b.min[0], b.max[1]]];
        match way.as_ref().map(|way| way.apply(&mut corners)) {
            Some(Ok(_)) => BBox::of(&corners),
            _ => BBox::EMPTY,
        }
    };
    let fitting = guess.candidates.iter().filter(|c| c.fits);
    let landing = |c: &crate::crs::Candidate| {
        let bbox = on_plane(c.lon_lat);
        Landing { crs: c.crs.clone(), swapped: c.swapped, lon_lat: c.lon_lat.center(), bbox, words: lies(contents, bbox) }
    };
    fitting.map(landing).collect()
}

fn lies(contents: &Contents, bbox: BBox) -> Message {
    if bbox.is_empty() {
        return Message::new("app.landing.unknown");
    }
    let middle = bbox.center();
    for (_, layer) in contents.layers_of(Role::Districts) {
        let fields = ClusterFields::guess(&layer.fields);
        let Some(column) = fields.district.or(fields.name) else { continue };
        let around = layer.meeting(BBox::of(&[middle])).into_iter().filter_map(|id| layer.feature(id));
        if let Some(district) = around.filter(|f| holds(f.rings(), middle)).map(|f| f.value(column).to_string()).next() {
            return Message::new("app.landing.in_district").with("district", district);
        }
    }
    let all = whole(contents);
    if all.is_empty() {
        return Message::new("app.landing.unknown");
    }
    let off = |i: usize| (all.min[i] - middle[i]).max(middle[i] - all.max[i]).max(0.0);
    let km = off(0).hypot(off(1)) / 1000.0;
    if km < 0.1 { Message::new("app.landing.beside") } else { Message::new("app.landing.away").with("km", format!("{km:.1}")) }
}

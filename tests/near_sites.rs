//! Layers of which only what may meet a site is read: the same answers, whatever the files are like.

use crate::checking::{blob, noise};
use luodi::crs::Crs;
use luodi::geom::{Point, Rings};
use luodi::io::{ShapefileLayer, TextProfile, shapefile_bytes, write_shapefile};
use luodi::job::{Input, SiteCover, gather};
use luodi::model::{GeometryKind, Role};
use luodi::rules::PreparedLayer;
use luodi::task::Progress;
use luodi::text::Arg;
use std::path::Path;

const CORNER: Point = [40_500_000.0, 3_990_000.0];

fn written(folder: &Path, name: &str, count: u64, seed: u64, radius: f64, place: impl Fn(u64, Point) -> Point) -> Input {
    let shape = |i: u64| {
        let at = |axis| 30_000.0 * noise(seed + axis, i);
        let blob = blob(seed + i, at(0), at(1), radius, 9);
        let point = |p: &serde_json::Value| place(i, [CORNER[0] + p[0].as_f64().unwrap(), CORNER[1] + p[1].as_f64().unwrap()]);
        Rings::simple(&blob[0].as_array().unwrap().iter().map(point).collect::<Vec<_>>())
    };
    let rings: Vec<Rings> = (0..count).map(shape).collect();
    let features = rings.iter().map(|r| (r.as_ref(), Vec::new())).collect();
    let layer = ShapefileLayer { kind: GeometryKind::Area, crs: &Crs::CGCS2000_ZONE_40, fields: &[], features };
    let path = folder.join(name);
    write_shapefile(&path, &shapefile_bytes(&layer, TextProfile::Gbk).unwrap()).unwrap();
    Input::file(path)
}

/// The area that each site shares with the layer, and how many shapes were passed over.
fn shared(sites: &Input, layer: &Input, limited: bool) -> (Vec<f64>, usize) {
    let progress = Progress::new();
    let inputs = [(Role::Farmland, layer.clone())];
    let mut inputs = if limited { SiteCover::limit(sites, &inputs, &progress) } else { inputs.to_vec() };
    inputs.push((Role::Sites, sites.clone()));
    let gathered = gather(&inputs, &progress).unwrap();
    let of = |role: Role| gathered.contents.layers_of(role).next().unwrap().1;
    let prepared = PreparedLayer::new(of(Role::Farmland));
    let notes = of(Role::Farmland).provenance.notes.iter();
    let passed = notes.filter(|note| note.code == "io.passed_over").filter_map(|note| note.args.iter().find_map(|(_, arg)| count(arg)));
    (of(Role::Sites).features().map(|f| prepared.shared_m2(f.shape().unwrap())).collect(), passed.sum())
}

fn count(arg: &Arg) -> Option<usize> {
    match arg {
        Arg::Count(count) => usize::try_from(*count).ok(),
        _ => None,
    }
}

#[test]
fn what_is_passed_over_lies_on_no_site() {
    let folder = tempfile::tempdir().unwrap();
    let straight = |_: u64, p: Point| p;
    let turned = |_: u64, [x, y]: Point| [y, x];
    // Some records of a sound file stand north first.
    let some_turned = |i: u64, [x, y]: Point| if i.is_multiple_of(10) { [y, x] } else { [x, y] };
    let sites = written(folder.path(), "sites.shp", 150, 40, 90.0, straight);
    let turned_sites = written(folder.path(), "turned_sites.shp", 150, 40, 90.0, turned);
    for (name, layer) in [
        ("plain", written(folder.path(), "plain.shp", 800, 7, 300.0, straight)),
        ("turned", written(folder.path(), "turned.shp", 800, 7, 300.0, turned)),
        ("some turned", written(folder.path(), "some.shp", 800, 7, 300.0, some_turned)),
    ] {
        for (whose, sites) in [("sites", &sites), ("turned sites", &turned_sites)] {
            let (whole, none) = shared(sites, &layer, false);
            let (limited, passed) = shared(sites, &layer, true);
            assert_eq!(none, 0);
            assert_eq!(limited, whole, "{name}, {whose}");
            assert!(whole.iter().filter(|m2| **m2 > 1.0).count() > 20, "{name}, {whose}");
            if (name, whose) == ("plain", "sites") {
                assert!(passed > 200, "{whose}: {passed}");
            }
        }
    }
}

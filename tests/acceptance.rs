//! The acceptance checks of the domain reference that concern files, by their number. Most are held by the tests of their
//! subject; here stands what each asks end to end, and where the rest of it is.

use crate::converting::{canonical, order, place, same_rings};
use crate::reading::{QINGDAO, gbk, read_raw};
use luodi::crs::{Crs, Transform, guess};
use luodi::geom::{BBox, Point};
use luodi::io::TxtProfile;
use luodi::job::{Conversion, Input, convert, inspect, open_layer};
use luodi::model::{IdSource, Layer, Role, UseColumns, Way};
use luodi::scene::{LAND_USE, find_classes, use_name};
use luodi::task::Progress;
use luodi::text::Lang;
use std::fs;

/// Check 1, to the area as `info` says it, plane and ellipsoid. The many ways to write the example are in
/// `parcel_txt::one_file_said_in_many_ways_is_the_same_two_parcels`.
#[test]
fn check_1_the_example_has_two_parcels_and_their_areas() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("gbk.txt", gbk(crate::parcel_txt::EXAMPLE)), ("utf8.txt", crate::parcel_txt::EXAMPLE.as_bytes().to_vec())] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let found = inspect(&Input::file(&path), QINGDAO, &Progress::new()).unwrap();
        let areas = found.areas.unwrap();
        // By fractions from the printed coordinates: 81 272.827 75 and 19 200 m².
        assert!((areas.plane_m2 - (81_272.827_75 + 19_200.0)).abs() < 1e-4, "{}", areas.plane_m2);
        assert!((areas.ellipsoid_m2.unwrap() - (81_272.69 + 19_199.97)).abs() < 0.01, "{:?}", areas.ellipsoid_m2);
        assert_eq!((found.count, found.sound, found.crs.unwrap().crs), (2, 2, Crs::Epsg(4528)));
    }
}

/// Check 2, from one profile into the next: whatever the chain of offices, not a millimetre is lost. Each profile by itself is
/// `converting::every_profile_of_txt_is_read_back_exactly`.
#[test]
fn check_2_through_every_profile_one_after_the_other_nothing_moves() {
    let place = place();
    let original = read_raw(&place.source).unwrap();
    let mut source = place.source.clone();
    for name in TxtProfile::bundled_names().filter(|name| *name != "land-supply") {
        let out = place.folder.path().join(format!("{name}.txt"));
        let profile = Some(TxtProfile::bundled(name).unwrap().unwrap());
        let mut next = Conversion { profile, ..order(&source, &out) };
        next.input.settings.options.crs = Some(Crs::Epsg(4528));
        convert(&next, QINGDAO, &Progress::new()).unwrap_or_else(|e| panic!("{name}: {e}"));
        source = out;
    }
    let last = read_raw(&source).unwrap();
    let filled: Vec<usize> = (0..original.len()).filter(|row| !original.rings(*row).is_empty()).collect();
    assert_eq!(last.len(), filled.len());
    for (i, row) in filled.iter().enumerate() {
        let kind = original.notes.kind;
        assert!(same_rings(original.rings(*row), last.rings(i), kind, 0.000_500_1), "{:?}", canonical(last.rings(i), kind));
    }
}

/// Check 4: the box of Qingdao in every system of the list is proposed rightly or asked about, never taken wrongly. Each system
/// by itself is in `crs::tests::the_qingdao_box_is_recognised_or_asked_about`. (Check 3, the vectors T1 to T5, is in
/// `geom::ellipsoid`.)
#[test]
fn check_4_no_reading_of_the_qingdao_box_is_taken_wrongly() {
    let corners: [Point; 2] = [[119.6, 35.7], [120.9, 37.0]];
    for code in [4528, 4549, 4509, 4510, 32650, 3857, 4490] {
        for turned in [false, true] {
            let mut points = corners;
            let true_crs = Crs::Epsg(code);
            Transform::new(&Crs::CGCS2000_LON_LAT, &true_crs).unwrap().apply(&mut points).unwrap();
            if turned {
                points.iter_mut().for_each(|p| p.swap(0, 1));
            }
            let found = guess(BBox::of(&points), QINGDAO);
            let right =
                |c: &luodi::crs::Candidate| c.swapped == turned && Transform::new(&c.crs, &true_crs).is_ok_and(|way| way.is_identity());
            match found.decided() {
                Some(one) => assert!(right(one), "EPSG:{code} turned {turned}: {one:?}"),
                None => assert!(found.candidates.iter().any(right), "EPSG:{code} turned {turned}: not among {:?}", found.candidates),
            }
        }
    }
}

// Check 5 (GBK without `.cpg`, UTF-8 without `.cpg`, language byte 0x57 with GBK) is
// `reading::chinese_names_come_out_right_however_the_encoding_is_declared`.

/// A layer of one parcel with one code, opened in a role as a person would.
fn layer_of(codes: &str, column: &str, role: Role, settings: &str) -> Layer {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("地类.geojson");
    let feature = |(i, code): (usize, &str)| {
        let e = 40_500_000 + 100 * i;
        format!(
            r#"{{"type":"Feature","properties":{{"{column}":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[[[{e},4000000],[{},4000000],[{},4000100],[{e},4000000]]]}}}}"#,
            e + 90,
            e + 90
        )
    };
    let features: Vec<String> = codes.split(',').enumerate().map(feature).collect();
    let crs = r#""crs":{"type":"name","properties":{"name":"EPSG:4528"}}"#;
    fs::write(&path, format!(r#"{{"type":"FeatureCollection",{crs},"features":[{}]}}"#, features.join(","))).unwrap();
    let input = Input::parse(&format!("{}{settings}", path.display())).unwrap();
    let mut ids = IdSource::new(1);
    open_layer(&input, role, &Crs::CGCS2000_ZONE_40, QINGDAO, None, &mut ids, &Progress::new()).unwrap().layer
}

/// What the first feature's land is used for, as cards, legends and labels show it; `None` where nobody says whose code it is.
fn shown(layer: &Layer) -> Option<&'static str> {
    let uses = UseColumns::of(layer).unwrap();
    let (value, system) = uses.read(layer.features().next().unwrap());
    use_name(&value, system?, Lang::Zh)
}

/// Check 10: the same digits are other land in another classification. Which rules follow is in
/// `assets/rules/examples/land_use.toml` and `detailed_plan.toml`, whose codes are whose in `model::land_use`.
#[test]
fn check_10_a_code_means_what_its_own_system_says_and_nothing_where_nobody_says_which() {
    let survey = layer_of("1001", "DLBM", Role::LandUse, "");
    let plan = layer_of("1001", "YDYHFLDM", Role::LandUse, "");
    assert_eq!((shown(&survey), shown(&plan)), (Some("铁路用地"), Some("工业用地")));
    assert_eq!(shown(&layer_of("0601", "DLBM", Role::LandUse, "")), Some("工业用地"));
    assert_eq!(shown(&layer_of("0601", "用地用海分类代码", Role::LandUse, "")), Some("农村道路"));
    assert_eq!(shown(&layer_of("1101", "DLBM", Role::Parcels, "")), Some("河流水面"));
    assert_eq!(
        shown(&layer_of("1101", "用地代码", Role::DetailedPlan, "")),
        Some("物流仓储用地"),
        "no plan is drawn in classes of the survey"
    );

    // A column that does not say whose: the person is told, asked in the window, and can say it.
    let open = layer_of("1001", "用地代码", Role::LandUse, "");
    assert_eq!(shown(&open), None);
    let said = |layer: &Layer, code: &str| layer.provenance.notes.iter().any(|note| note.code == code);
    assert!(said(&open, "io.use_codes_open") && said(&survey, "io.use_codes"));
    assert_eq!(shown(&layer_of("1001", "用地代码", Role::LandUse, ",codes=survey")), Some("铁路用地"));
    assert_eq!(shown(&layer_of("1001", "用地代码", Role::LandUse, ",codes=plan")), Some("工业用地"));
    // What is said goes before the name of the column, and other codes of the layer tell too.
    assert_eq!(shown(&layer_of("1001", "DLBM", Role::LandUse, ",codes=用地用海")), Some("工业用地"));
    assert_eq!(shown(&layer_of("1001,1006", "用地代码", Role::LandUse, "")), Some("铁路用地"));

    // The legend says the same as the card.
    for (layer, column, words) in [(&survey, "DLBM", "1001 铁路用地"), (&plan, "YDYHFLDM", "1001 工业用地")] {
        let classes = find_classes(layer, column, Way::Category, 5, LAND_USE, Lang::Zh).unwrap();
        assert_eq!(&*classes.list[0].label, words);
    }
    let colors = |layer: &Layer, column| find_classes(layer, column, Way::Category, 5, LAND_USE, Lang::Zh).unwrap().list[0].color;
    assert_ne!(colors(&survey, "DLBM"), colors(&plan, "YDYHFLDM"));
}

//! Codes, spellings, transforms against PROJ, and guessing on the Qingdao box.

use super::*;
use crate::geom::BBox;

const QINGDAO: BBox = BBox { min: [119.5, 35.5], max: [121.1, 37.2] };

fn crs(text: &str) -> Crs {
    Crs::parse(text).unwrap()
}

fn moved(from: &str, to: &str, p: [f64; 2]) -> Result<[f64; 2], CrsError> {
    let mut points = [p];
    Transform::new(&crs(from), &crs(to))?.apply(&mut points)?;
    Ok(points[0])
}

#[test]
fn codes_are_read_in_every_spelling() {
    for text in [
        "4528",
        "EPSG:4528",
        " epsg:4528\n",
        "urn:ogc:def:crs:EPSG::4528",
        "urn:ogc:def:crs:EPSG:9.9.1:4528",
        "http://www.opengis.net/def/crs/EPSG/0/4528",
        "CGCS2000_3_Degree_GK_Zone_40",
        "CGCS2000 / 3-degree Gauss-Kruger zone 40",
        "CGCS2000 / 3° 带 40",
    ] {
        assert_eq!(Crs::parse(text), Ok(Crs::CGCS2000_ZONE_40), "{text}");
    }
    for text in ["OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "CRS84", "EPSG:4326", "wgs84"] {
        assert_eq!(Crs::parse(text), Ok(Crs::Epsg(4326)), "{text}");
    }
    assert_eq!(crs("EPSG:900913"), Crs::Epsg(3857));
    for text in
        ["", "EPSG:", "EPSG:1", "EPSG:99999", "ESRI:4528", "nonsense", "PROJCS[", "PROJCS[\"x\"]", "+proj=longlat", "-4528", "99999999999"]
    {
        assert!(matches!(Crs::parse(text), Err(CrsError::Unknown(_))), "{text}: {:?}", Crs::parse(text));
    }
}

#[test]
fn definitions_become_codes_by_what_they_say_not_by_name() {
    let ours = r#"PROJCS["whatever",GEOGCS["GCS_China Geodetic Coordinate System 2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",@CM],PARAMETER["scale_factor",1],PARAMETER["false_easting",@FE],PARAMETER["false_northing",0],UNIT["Meter",1]]"#;
    let text = |cm: &str, fe: &str| ours.replace("@CM", cm).replace("@FE", fe);
    let of = |cm: &str, fe: &str| crs(&text(cm, fe));
    assert_eq!(of("120", "40500000"), Crs::Epsg(4528));
    assert_eq!(of("120", "500000"), Crs::Epsg(4549));
    assert_eq!(of("117", "20500000"), Crs::Epsg(4498));
    assert_eq!(of("111", "37500000"), Crs::Epsg(4525));
    // A city's own meridian stays what it is, and is still a plane with an ellipsoidal area.
    let own = of("120.5", "500000");
    assert!(matches!(own, Crs::Wkt(_)));
    assert_eq!(own.gauss_kruger().unwrap().central_meridian_deg, 120.5);
    assert_eq!(own.kind(), Ok(Kind::Projected));
    assert_eq!(own.esri_wkt().unwrap(), text("120.5", "500000"));
    let [east, north] = to_lon_lat(&own, [500_000.0, 4.0e6]).unwrap();
    assert_eq!(east, 120.5);
    assert!((36.0..37.0).contains(&north));
}

/// Every code of the tables: what we write in a `.prj` is read back as the same code, and PROJ reads it alike.
#[test]
fn national_codes_survive_their_own_prj() {
    for code in national::codes() {
        let here = Crs::Epsg(code);
        let text = here.esri_wkt().unwrap();
        assert_eq!(Crs::parse(&text).unwrap(), here, "{text}");
        let facts = national::facts(code).unwrap();
        assert_eq!(foreign::known(&here).unwrap().facts, facts, "PROJ's idea of {code}");
        assert_ne!(here.name(), here.label());
    }
}

#[test]
fn ogc_dialects_are_read() {
    let wkt1 = r#"PROJCS["CGCS2000 / 3-degree Gauss-Kruger zone 40",GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4490"]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",120],PARAMETER["scale_factor",1],PARAMETER["false_easting",40500000],PARAMETER["false_northing",0],UNIT["metre",1]]"#;
    let wkt2 = r#"PROJCRS["x",BASEGEOGCRS["China Geodetic Coordinate System 2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]]],CONVERSION["x",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Longitude of natural origin",120,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Scale factor at natural origin",1,SCALEUNIT["unity",1]],PARAMETER["False easting",500000,LENGTHUNIT["metre",1]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],CS[Cartesian,2],AXIS["northing (X)",north,ORDER[1],LENGTHUNIT["metre",1]],AXIS["easting (Y)",east,ORDER[2],LENGTHUNIT["metre",1]]]"#;
    assert_eq!(crs(wkt1), Crs::Epsg(4528));
    assert_eq!(crs(&format!("\u{feff}{wkt2}\r\n")), Crs::Epsg(4549));
    let nad = crs(
        r#"PROJCS["NAD_1983_UTM_Zone_18N",GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",-75.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#,
    );
    assert!(matches!(nad, Crs::Wkt(_)), "another datum with the same ellipsoid is not CGCS2000");
    assert_eq!(nad.gauss_kruger(), None);
}

#[test]
fn names_are_short() {
    assert_eq!(crs("4528").name(), "CGCS2000 / 3° zone 40");
    assert_eq!(crs("4528").name_zh(), "CGCS2000 / 3° 带 40");
    assert_eq!(crs("4549").name(), "CGCS2000 / 3° CM 120°E");
    assert_eq!(crs("4509").name_zh(), "CGCS2000 / 6° 中央经线 117°");
    assert_eq!(crs("4490").name_zh(), "CGCS2000 / 经纬度");
    assert_eq!(crs("2364").name(), "Xi'an 1980 / 3° zone 40");
    assert_eq!(crs("32650").name(), "WGS 84 / UTM zone 50N");
    assert_eq!(crs("25832").name(), "ETRS89 / UTM zone 32N");
    assert_eq!(crs("4528").label(), "EPSG:4528");
    assert_eq!(crs("4528").epsg(), Some(4528));
}

/// Points of the domain page, computed by pyproj.
#[test]
fn known_points_of_zone_40() {
    for (lon_lat, plane) in [
        ([120.00, 36.00], [40500000.0000, 3985542.6703]),
        ([120.38, 36.07], [40534231.9745, 3993376.6824]),
        ([119.55, 35.60], [40459222.3021, 3941253.7693]),
        ([121.05, 36.45], [40594132.6652, 4035988.5845]),
        ([120.00, 37.15], [40500000.0000, 4113157.8320]),
    ] {
        let there = moved("4490", "4528", lon_lat).unwrap();
        assert!(there.iter().zip(plane).all(|(a, b)| (a - b).abs() < 0.000_11), "{there:?}");
        let back = moved("4528", "4490", there).unwrap();
        assert!(back.iter().zip(lon_lat).all(|(a, b)| (a - b).abs() < 2e-9), "{back:?}");
    }
    let mercator = moved("4326", "3857", [120.38, 36.07]).unwrap();
    assert_eq!(mercator, [13400640.3017, 4310257.5438]);
}

/// Our series against PROJ, over a whole 6° zone and beyond, on three ellipsoids.
#[test]
fn series_agrees_with_proj_to_10_nm() {
    for (plane, geographic) in [(4528u32, 4490u32), (4509, 4490), (2364, 4610), (21460, 4214)] {
        let facts::Facts { datum, form: facts::Form::GaussKruger { central_meridian_deg: cm, false_easting_m: fe } } =
            national::facts(plane).unwrap()
        else {
            panic!("{plane} is a plane");
        };
        let series = krueger::Krueger::new(datum.ellipsoid().unwrap());
        for i in 0..=60 {
            for j in 0..=50 {
                let lon_lat = [cm - 3.0 + 0.1 * f64::from(i), 3.0 + f64::from(j)];
                let [east, north] = series.forward(lon_lat, cm);
                let mut by_proj = [lon_lat];
                foreign::convert(&Crs::Epsg(geographic), &Crs::Epsg(plane), &mut by_proj).unwrap();
                let [p_east, p_north] = by_proj[0];
                // An easting of 40 500 000 is stored to 7.5 nm; half of that is added here and there.
                assert!(
                    (east + fe - p_east).abs() < 2e-8 && (north - p_north).abs() < 1e-8,
                    "{plane} {lon_lat:?}: {east} {north} {by_proj:?}"
                );
                let back = series.inverse([east, north], cm);
                assert!(back.iter().zip(lon_lat).all(|(a, b)| (a - b).abs() < 1e-13 * 1000.0), "{back:?}");
            }
        }
    }
}

#[test]
fn a_change_of_zone_within_a_datum_is_exact() {
    for datum in [[4528, 4549, 4498, 4510, 4490], [2364, 2385, 2334, 2346, 4610], [2416, 2437, 21420, 21461, 4214]] {
        let start = [40_534_231.974_5, 3_993_376.682_4];
        for to in &datum[1..] {
            let there = moved(&datum[0].to_string(), &to.to_string(), start).unwrap();
            let back = moved(&to.to_string(), &datum[0].to_string(), there).unwrap();
            assert!(back.iter().zip(start).all(|(a, b)| (a - b).abs() < 0.000_11), "{to}: {back:?}");
        }
    }
    assert_eq!(moved("4528", "4549", [40_534_231.974_5, 3_993_376.682_4]).unwrap(), [534_231.974_5, 3_993_376.682_4]);
}

#[test]
fn datum_shifts_without_parameters_are_refused() {
    let pulkovo = r#"GEOGCS["Xian_custom",DATUM["D_Local",SPHEROID["Local",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
    for (from, to) in [
        ("2364", "4528"),
        ("4610", "4490"),
        ("2416", "4528"),
        ("4214", "4326"),
        ("4528", "2364"),
        ("2364", "2416"),
        ("4555", "4490"),
        (pulkovo, "4528"),
        ("4610", "32650"),
    ] {
        assert!(matches!(Transform::new(&crs(from), &crs(to)), Err(CrsError::DatumShift { .. })), "{from} to {to}");
    }
    assert!(Transform::new(&crs("4528"), &crs("32651")).is_ok());
    assert_eq!(moved("4490", "4326", [120.5, 36.25]).unwrap(), [120.5, 36.25]);
    // Where PROJ would choose among several ways by place and pretend where it has none, each position is asked about.
    assert!(moved("4284", "4490", [30.0, 55.0]).is_ok());
    assert!(matches!(moved("4267", "4490", [8.0, 50.0]), Err(CrsError::DatumShift { .. })));
    assert!(moved("25832", "4490", [500_000.0, 5_000_000.0]).is_ok(), "ETRS89 has published parameters");
}

#[test]
fn positions_outside_a_plane_are_refused() {
    for (from, to, p) in [
        ("4490", "4528", [113.9, 36.0]),
        ("4490", "4528", [-60.0, 36.0]),
        ("4490", "4528", [120.0, 95.0]),
        ("4490", "4528", [f64::NAN, 36.0]),
        ("4528", "4490", [f64::INFINITY, 4e6]),
        ("4528", "4490", [500_000.0, 4e6]),
        ("4490", "32650", [130.0, 36.0]),
        ("4490", "3857", [120.0, 90.0]),
    ] {
        assert_eq!(moved(from, to, p), Err(CrsError::OutOfRange { index: 0 }), "{from} to {to} {p:?}");
    }
    let way = Transform::new(&crs("4490"), &crs("4528")).unwrap();
    assert_eq!(way.apply(&mut [[120.0, 36.0], [0.0, 0.0]]), Err(CrsError::OutOfRange { index: 1 }));
    assert_eq!(way.apply(&mut []), Ok(()));
}

fn qingdao_in(code: &str) -> BBox {
    let mut corners = [[119.6, 35.6], [121.0, 35.6], [121.0, 37.1], [119.6, 37.1]];
    Transform::new(&Crs::CGCS2000_LON_LAT, &crs(code)).unwrap().apply(&mut corners).unwrap();
    BBox::of(&corners)
}

fn turned(b: BBox) -> BBox {
    BBox { min: [b.min[1], b.min[0]], max: [b.max[1], b.max[0]] }
}

#[test]
fn the_qingdao_box_is_recognised_or_asked_about() {
    let fitting = |extent: BBox| -> Vec<(String, bool)> {
        guess(extent, QINGDAO).candidates.iter().filter(|c| c.fits).map(|c| (c.crs.label(), c.swapped)).collect()
    };
    let one = |code: &str, swapped: bool| vec![(format!("EPSG:{code}"), swapped)];
    for code in ["4528", "4549", "3857", "4490"] {
        assert_eq!(fitting(qingdao_in(code)), one(code, false), "{code}");
        assert_eq!(fitting(turned(qingdao_in(code))), one(code, true), "{code} north first");
        assert_eq!(guess(qingdao_in(code), QINGDAO).decided().unwrap().crs, crs(code));
    }
    // 6° zones with prefix are unlike anything else; without prefix UTM puts the same numbers 1.6 km away.
    assert_eq!(fitting(qingdao_in("4498")), one("4498", false));
    assert_eq!(fitting(qingdao_in("4499")), one("4499", false));
    for (code, twin) in [("4509", "32650"), ("4510", "32651")] {
        for here in [code, twin] {
            let names: Vec<String> = fitting(qingdao_in(here)).into_iter().map(|(label, _)| label).collect();
            assert_eq!(names, [format!("EPSG:{code}"), format!("EPSG:{twin}")], "{here} must be asked about");
            assert!(guess(qingdao_in(here), QINGDAO).decided().is_none());
        }
    }
}

#[test]
fn local_numbers_are_nobodys() {
    let nothing = |min, max| guess(BBox { min, max }, QINGDAO).decided().is_none();
    assert!(guess(BBox { min: [1000.0, 2000.0], max: [1500.0, 2500.0] }, QINGDAO).candidates.is_empty());
    assert!(guess(BBox::EMPTY, QINGDAO).candidates.is_empty());
    assert!(nothing([f64::NAN, 0.0], [1.0, 1.0]));
    // Beijing's plane numbers fit their own place only.
    assert!(nothing([39_400_000.0, 4_400_000.0], [39_500_000.0, 4_500_000.0]));
    assert!(guess(BBox { min: [39_400_000.0, 4_400_000.0], max: [39_500_000.0, 4_500_000.0] }, QINGDAO).candidates.iter().any(|c| !c.fits));
}

#[test]
fn a_plane_says_its_zone() {
    let shown = |code| Crs::Epsg(code).national_plane().map(|p| (p.system, p.width_deg, p.zone, p.prefixed));
    assert_eq!(shown(4528), Some(("2000国家大地坐标系", 3, 40, true)));
    assert_eq!(shown(4549), Some(("2000国家大地坐标系", 3, 40, false)));
    assert_eq!(shown(4498), Some(("2000国家大地坐标系", 6, 20, true)));
    assert_eq!(shown(4509), Some(("2000国家大地坐标系", 6, 20, false)));
    assert_eq!(shown(2364), Some(("1980西安坐标系", 3, 40, true)));
    assert_eq!(shown(2437), Some(("1954北京坐标系", 3, 40, false)));
    assert_eq!(shown(32650), None);
}

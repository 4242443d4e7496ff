//! Overlay and checking against the areas and verdicts of GEOS, on the foreign cases of the corpus.

use luodi::geom::{Drawn, Point, Rings, Shape, Tolerance, overlap_area_m2, perimeter_m, subtract, union};
use serde_json::Value;

pub fn cases() -> Vec<Value> {
    let folder = std::env::var("LUODI_CORPUS").expect("LUODI_CORPUS names the corpus folder");
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("overlay/cases.geojsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a GeoJSON geometry holds: its polygons, each a part wound by place, its lines and its points, scaled.
#[derive(Clone, Default)]
pub struct Read {
    pub rings: Rings,
    pub lines: Rings,
    pub points: Vec<Point>,
}

impl Read {
    pub fn drawn(&self) -> Drawn<'_> {
        Drawn { areas: self.rings.as_ref(), lines: self.lines.as_ref(), points: &self.points }
    }

    pub fn has_others(&self) -> bool {
        self.lines.as_ref().ring_count() + self.points.len() > 0
    }
}

pub fn read(geometry: &Value, scale: f64) -> Read {
    let mut read = Read::default();
    add_geometry(geometry, scale, &mut read);
    read
}

fn add_geometry(geometry: &Value, scale: f64, read: &mut Read) {
    let array = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let point = |p: &Value| [0, 1].map(|axis| p[axis].as_f64().unwrap_or(f64::NAN) * scale);
    let line = |points: &Value| array(points).iter().map(point).collect::<Vec<_>>();
    let coordinates = &geometry["coordinates"];
    let members = || array(coordinates);
    let polygons = match geometry["type"].as_str() {
        Some("GeometryCollection") => return array(&geometry["geometries"]).iter().for_each(|g| add_geometry(g, scale, read)),
        Some("Point") => return read.points.extend((!members().is_empty()).then(|| point(coordinates))),
        Some("MultiPoint") => return read.points.extend(line(coordinates)),
        Some("LineString" | "LinearRing") => return read.lines.push_path(&line(coordinates)),
        Some("MultiLineString") => return members().iter().for_each(|path| read.lines.push_path(&line(path))),
        Some("Polygon") => vec![coordinates.clone()],
        Some("MultiPolygon") => members(),
        kind => return assert!(kind.is_none(), "{kind:?} is no geometry"),
    };
    for polygon in polygons.iter().map(array).filter(|rings| !rings.is_empty()) {
        polygon.iter().for_each(|ring| read.rings.push_ring(&line(ring)));
        read.rings.end_polygon();
    }
}

/// The power of two that brings a case to the size of parcels, because the grid of an overlay is one for metres.
fn scale_of(rings: &[&Rings]) -> f64 {
    let bbox = rings.iter().fold(luodi::geom::BBox::EMPTY, |b, r| b.join(r.as_ref().bbox()));
    let extent = bbox.width().max(bbox.height());
    if (10.0..1e6).contains(&extent) || !extent.is_normal() { 1.0 } else { (1000.0 / extent).log2().round().exp2() }
}

fn area(shape: Option<&Shape>) -> f64 {
    shape.map_or(0.0, Shape::area_m2)
}

/// Both sides of a case at the size of parcels.
struct Sides {
    a: Option<Shape>,
    b: Option<Shape>,
    scale: f64,
    /// Areas nearer than this agree, in m²: what the case states, and a cell of the grid along all borders.
    within_m2: f64,
}

fn sides(case: &Value) -> Sides {
    let scale = scale_of(&[&read(&case["a"], 1.0).rings, &read(&case["b"], 1.0).rings]);
    let (a, b) = (read(&case["a"], scale), read(&case["b"], scale));
    let (a, b) = (Shape::mend(a.rings.as_ref()).map(|m| m.0), Shape::mend(b.rings.as_ref()).map(|m| m.0));
    let border_m: f64 = [&a, &b].into_iter().flatten().map(|s| perimeter_m(s.as_ref())).sum();
    let stated = case["abs_tol"].as_f64().unwrap_or(0.0) * scale * scale;
    Sides { a, b, scale, within_m2: stated.max(border_m * Tolerance::default().grid_m) }
}

impl Sides {
    /// What both share, what only the first has, only the second, and all.
    fn areas_m2(&self) -> [f64; 4] {
        let t = Tolerance::default();
        match (&self.a, &self.b) {
            (Some(a), Some(b)) => {
                let (a, b) = (a.as_ref(), b.as_ref());
                let rest = |x, y| area(subtract(x, y, t).as_ref());
                [overlap_area_m2(a, b, t), rest(a, b), rest(b, a), area(union(&[a, b], t).as_ref())]
            }
            (a, b) => [0.0, area(a.as_ref()), area(b.as_ref()), area(a.as_ref()) + area(b.as_ref())],
        }
    }
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn corpus_overlay_areas_agree() {
    let (mut compared, mut mended, mut mended_agree, mut none) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for case in cases() {
        let repaired = case.get("invalid_input").is_some();
        let expected = if repaired { &case["expected_areas_if_repaired"] } else { &case["expected_areas"] };
        let sides = sides(&case);
        let unit = sides.scale * sides.scale;
        let mut agrees = true;
        let mut compare = |what: &str, found: f64, expected: &Value| {
            let Some(expected) = expected.as_f64().map(|m2| m2 * unit) else { return };
            if (found - expected).abs() > sides.within_m2.max(expected * 1e-9) {
                agrees = false;
                let line = format!("{} {what}: {found} instead of {expected} (within {})", case["id"], sides.within_m2);
                if repaired { println!("mended otherwise: {line}") } else { wrong.push(line) }
            }
        };
        if expected.is_object() {
            let [shared, rest, other, all] = sides.areas_m2();
            for (op, found) in [("intersection", shared), ("difference", rest), ("union", all), ("symdifference", rest + other)] {
                compare(op, found, &expected[op]);
            }
            if !repaired {
                compare("area_a", area(sides.a.as_ref()), &case["area_a"]);
                compare("area_b", area(sides.b.as_ref()), &case["area_b"]);
            }
        } else if case["op"] == "unaryunion" {
            compare("unary union", area(sides.a.as_ref()), &case["expected_area"]);
        } else if case["op"] == "isvalid" && case["expected_predicates"]["isValid"] == true {
            compare("area", area(sides.a.as_ref()), &case["expected_area"]);
        } else {
            none += 1;
            continue;
        }
        if repaired {
            mended += 1;
            mended_agree += u32::from(agrees);
        } else {
            compared += 1;
        }
    }
    println!(
        "{compared} compared, {} areas differ; {mended_agree} of {mended} invalid ones as GEOS mends; {none} state no area",
        wrong.len()
    );
    assert!(compared > 100, "{compared} compared");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a hole lies around its shell. Invalid, and taken as it stands: by nesting that is a shapefile part whose hole
/// stands first, so the land between the two is read; the `make_valid` of GEOS reads the same land.
fn has_hole_around(geometry: &Read) -> bool {
    let rings = geometry.rings.as_ref();
    let bbox = |ring: usize| luodi::geom::BBox::of(rings.ring(ring));
    (0..rings.part_count()).map(|part| rings.part(part)).any(|part| part.clone().skip(1).any(|hole| bbox(hole).holds(&bbox(part.start))))
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn corpus_checking_agrees() {
    let (mut agree, mut others, mut taken, mut strict, mut lenient) = (0, 0, 0, Vec::new(), Vec::new());
    for case in &cases() {
        let stated = [("a", case["expected_predicates"].get("isValid").or(case.get("a_valid"))), ("b", case.get("b_valid"))];
        for (side, valid) in stated {
            let (Some(valid), geometry) = (valid.and_then(Value::as_bool), read(&case[side], 1.0)) else { continue };
            if geometry.has_others() || geometry.rings.as_ref().is_empty() || case["op"] == "unaryunion" {
                others += 1;
                continue;
            }
            match (valid, Shape::check(geometry.rings.as_ref())) {
                (true, Err(defects)) => strict.push(format!("{} {side} {}: {defects:?}", case["id"], case["desc"])),
                (false, Ok(_)) if has_hole_around(&geometry) => taken += 1,
                (false, Ok(_)) => lenient.push(format!("{} {side} {} ({})", case["id"], case["desc"], case["reason"])),
                _ => agree += 1,
            }
        }
    }
    println!("{agree} agree, {} refused though valid, {} taken though invalid", strict.len(), lenient.len());
    println!("{taken} with a hole around its shell taken; {others} of points or lines");
    assert!(strict.is_empty() && lenient.is_empty(), "{}\n{}", strict.join("\n"), lenient.join("\n"));
    assert!(agree > 100 && taken <= 10, "{agree} agree, {taken} taken");
}

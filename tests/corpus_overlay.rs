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
    /// Areas nearer than this agree, in m²: what the case states, and along all borders a cell of the grid, or what GEOS
    /// snaps by where its floats fail it, the greatest coordinate ÷ 10¹² (OverlayNGRobust).
    within_m2: f64,
}

fn sides(case: &Value) -> Sides {
    let scale = scale_of(&[&read(&case["a"], 1.0).rings, &read(&case["b"], 1.0).rings]);
    let (a, b) = (read(&case["a"], scale), read(&case["b"], scale));
    let farthest_m = [&a, &b].into_iter().flat_map(|s| s.rings.as_ref().coords()).flatten().fold(0.0f64, |far, c| far.max(c.abs()));
    let cell_m = Tolerance::default().grid_m.max(farthest_m / 1e12);
    let (a, b) = (Shape::mend(a.rings.as_ref()).map(|m| m.0), Shape::mend(b.rings.as_ref()).map(|m| m.0));
    let border_m: f64 = [&a, &b].into_iter().flatten().map(|s| perimeter_m(s.as_ref())).sum();
    let stated = case["abs_tol"].as_f64().unwrap_or(0.0) * scale * scale;
    Sides { a, b, scale, within_m2: stated.max(border_m * cell_m) }
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
    let (mut wrong, mut contradictions) = (Vec::new(), Vec::new());
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
                if !repaired && contradicts(&case, expected, op, sides.within_m2 / unit) {
                    contradictions.push(format!("{} {op}: {found} here; {expected}", case["id"]));
                } else {
                    compare(op, found, &expected[op]);
                }
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
    println!("{} values that contradict those beside them: {contradictions:?}", contradictions.len());
    assert!(compared > 100 && contradictions.len() <= 10, "{compared} compared, {contradictions:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether an area of the reference cannot be, next to what it says that both share.
fn contradicts(case: &Value, expected: &Value, op: &str, within: f64) -> bool {
    let number = |value: &Value| value.as_f64();
    let (Some(a), Some(b), Some(shared)) = (number(&case["area_a"]), number(&case["area_b"]), number(&expected["intersection"])) else {
        return false;
    };
    let follows = match op {
        "difference" => a - shared,
        "union" => a + b - shared,
        "symdifference" => a + b - 2.0 * shared,
        _ => return false,
    };
    let within = within.max((a + b) * 1e-9) * 4.0;
    number(&expected[op]).is_some_and(|stated| (stated - follows).abs() > within)
}

/// Whether a hole lies around its shell. Invalid, and taken as it stands: by nesting that is a shapefile part whose hole
/// stands first, so the land between the two is read; the `make_valid` of GEOS reads the same land.
fn has_hole_around(geometry: &Read) -> bool {
    let rings = geometry.rings.as_ref();
    let bbox = |ring: usize| luodi::geom::BBox::of(rings.ring(ring));
    (0..rings.part_count()).map(|part| rings.part(part)).any(|part| part.clone().skip(1).any(|hole| bbox(hole).holds(&bbox(part.start))))
}

/// Whether a geometry is valid in the sense of OGC 06-103r4, clause 6.1: each part is finite; a line has two points that
/// differ, a ring is one border of land, and areas pass our check.
fn is_valid(geometry: &Value) -> bool {
    let members = |name: &str| geometry[name].as_array().cloned().unwrap_or_default();
    let as_one = |kind: &str, coordinates: Value| is_valid(&serde_json::json!({ "type": kind, "coordinates": coordinates }));
    match geometry["type"].as_str() {
        Some("GeometryCollection") => members("geometries").iter().all(is_valid),
        Some("MultiLineString") => members("coordinates").into_iter().all(|line| as_one("LineString", line)),
        Some("LinearRing") if !members("coordinates").is_empty() => as_one("Polygon", Value::from(vec![geometry["coordinates"].clone()])),
        _ => {
            let read = read(geometry, 1.0);
            let has_way = |line: &[Point]| line.is_empty() || line.iter().any(|p| *p != line[0]);
            let (areas, drawn) = (read.rings.as_ref(), read.drawn());
            drawn.is_finite() && drawn.lines.rings().all(has_way) && (areas.is_empty() || Shape::check(areas).is_ok())
        }
    }
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn corpus_checking_agrees() {
    let (mut agree, mut others, mut taken, mut strict, mut lenient) = (0, 0, 0, Vec::new(), Vec::new());
    for case in &cases() {
        let stated = [("a", case["expected_predicates"].get("isValid").or(case.get("a_valid"))), ("b", case.get("b_valid"))];
        for (side, valid) in stated {
            let Some(valid) = valid.and_then(Value::as_bool) else { continue };
            let geometry = read(&case[side], 1.0);
            match (valid, is_valid(&case[side])) {
                (true, false) => strict.push(format!("{} {side} {}", case["id"], case["desc"])),
                (false, true) if has_hole_around(&geometry) => taken += 1,
                (false, true) => lenient.push(format!("{} {side} {} ({})", case["id"], case["desc"], case["reason"])),
                _ => agree += 1,
            }
            others += u32::from(geometry.has_others());
        }
    }
    println!(
        "{agree} agree ({others} with points or lines), {} refused though valid, {} taken though invalid",
        strict.len(),
        lenient.len()
    );
    println!("{taken} with a hole around its shell taken");
    assert!(strict.is_empty() && lenient.is_empty(), "{}\n{}", strict.join("\n"), lenient.join("\n"));
    assert!(agree > 100 && taken <= 10, "{agree} agree, {taken} taken");
}

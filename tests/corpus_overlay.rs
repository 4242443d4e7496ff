//! Overlay and checking against the areas and verdicts of GEOS, on the foreign cases of the corpus.

use luodi::geom::{Rings, Shape, ShapeRef, Tolerance, overlap_area_m2, perimeter_m, subtract, union};
use serde_json::Value;

fn cases() -> Vec<Value> {
    let folder = std::env::var("LUODI_CORPUS").expect("LUODI_CORPUS names the corpus folder");
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("overlay/cases.geojsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The polygons of a GeoJSON geometry, each a part, scaled; `None` when it holds anything else.
fn polygons(geometry: &Value, scale: f64) -> Option<Rings> {
    let mut rings = Rings::new();
    add_polygons(geometry, scale, &mut rings)?;
    Some(rings)
}

fn add_polygons(geometry: &Value, scale: f64, rings: &mut Rings) -> Option<()> {
    let members = match geometry["type"].as_str()? {
        "GeometryCollection" => return geometry["geometries"].as_array()?.iter().try_for_each(|g| add_polygons(g, scale, rings)),
        "Polygon" => vec![&geometry["coordinates"]],
        "MultiPolygon" => geometry["coordinates"].as_array()?.iter().collect(),
        _ => return None,
    };
    for polygon in members {
        for ring in polygon.as_array()? {
            let points: Option<Vec<_>> = ring.as_array()?.iter().map(|p| Some([p[0].as_f64()? * scale, p[1].as_f64()? * scale])).collect();
            rings.push_ring(&points?);
        }
        rings.end_part();
    }
    Some(())
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

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn corpus_overlay_areas_agree() {
    let t = Tolerance::default();
    let (mut compared, mut scaled, mut not_areas, mut mended, mut mended_agree) = (0, 0, 0, 0, 0);
    let mut wrong = Vec::new();
    for case in cases() {
        let repaired = case.get("invalid_input").is_some();
        let expected = if repaired { &case["expected_areas_if_repaired"] } else { &case["expected_areas"] };
        let (Some(a), Some(b), true) = (polygons(&case["a"], 1.0), polygons(&case["b"], 1.0), expected.is_object()) else {
            not_areas += 1;
            continue;
        };
        let scale = scale_of(&[&a, &b]);
        scaled += u32::from(scale != 1.0);
        let (a, b) = (polygons(&case["a"], scale).unwrap(), polygons(&case["b"], scale).unwrap());
        let (a, b) = (Shape::mend(a.as_ref()).map(|m| m.0), Shape::mend(b.as_ref()).map(|m| m.0));
        let (shared, rest, all) = match (&a, &b) {
            (Some(a), Some(b)) => (
                overlap_area_m2(a.as_ref(), b.as_ref(), t),
                area(subtract(a.as_ref(), b.as_ref(), t).as_ref()),
                area(union(&[a.as_ref(), b.as_ref()], t).as_ref()),
            ),
            _ => (0.0, area(a.as_ref()), area(a.as_ref()) + area(b.as_ref())),
        };
        // A border moves by at most a cell of the grid.
        let border_m: f64 = [&a, &b].into_iter().flatten().map(|s| perimeter_m(s.as_ref())).sum();
        let within = (case["abs_tol"].as_f64().unwrap_or(0.0) * scale * scale).max(border_m * t.grid_m);
        let mut agrees = true;
        for (op, found) in [("intersection", shared), ("difference", rest), ("union", all)] {
            let Some(expected) = expected[op].as_f64().map(|m2| m2 * scale * scale) else { continue };
            if (found - expected).abs() > within {
                agrees = false;
                if repaired {
                    println!("{} {op}: {found}, GEOS repairs to {expected}", case["id"]);
                } else {
                    wrong.push(format!("{} {op}: {found} instead of {expected} (within {within})", case["id"]));
                }
            }
        }
        if repaired {
            mended += 1;
            mended_agree += u32::from(agrees);
        } else {
            compared += 1;
        }
    }
    println!(
        "{compared} compared ({scaled} scaled), {} areas differ; {mended_agree} of {mended} invalid ones as GEOS mends; {not_areas} no areas",
        wrong.len()
    );
    assert!(compared > 1500, "{compared} compared");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn corpus_unions_agree() {
    let mut compared = 0;
    for case in cases().iter().filter(|c| c["op"] == "unaryunion") {
        let Some(rings) = polygons(&case["a"], 1.0) else { continue };
        let Some(expected) = case["expected_area"].as_f64() else { continue };
        let scale = scale_of(&[&rings]);
        let rings = polygons(&case["a"], scale).unwrap();
        let parts: Vec<Shape> = (0..rings.as_ref().part_count()).filter_map(|i| part(&rings, i)).collect();
        let refs: Vec<ShapeRef<'_>> = parts.iter().map(Shape::as_ref).collect();
        let (found, mended) = (area(union(&refs, Tolerance::default()).as_ref()), area(Shape::mend(rings.as_ref()).map(|m| m.0).as_ref()));
        let within = (expected * scale * scale * 1e-9).max(refs.iter().map(|s| perimeter_m(*s)).sum::<f64>() * 1e-6);
        assert!((found - expected * scale * scale).abs() <= within, "{} union: {found} instead of {expected}", case["id"]);
        assert!((mended - found).abs() <= within, "{} mended: {mended} instead of {found}", case["id"]);
        compared += 1;
    }
    println!("{compared} unions compared");
    assert!(compared > 20);
}

fn part(rings: &Rings, number: usize) -> Option<Shape> {
    let mut one = Rings::new();
    rings.as_ref().part(number).for_each(|i| one.push_ring(rings.as_ref().ring(i)));
    one.end_part();
    Shape::mend(one.as_ref()).map(|m| m.0)
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn corpus_checking_agrees() {
    let (mut agree, mut by_nesting, mut strict, mut lenient) = (0, 0, Vec::new(), Vec::new());
    for case in cases().iter().filter(|c| c["op"] == "isvalid") {
        let Some(rings) = polygons(&case["a"], 1.0) else { continue };
        if rings.as_ref().is_empty() {
            continue;
        }
        let (valid, checked) = (case["expected_predicates"]["isValid"] == true, Shape::check(rings.as_ref()));
        match (valid, checked) {
            (true, Err(defects)) => strict.push(format!("{} {}: {defects:?}", case["id"], case["desc"])),
            // Which ring is a hole is for their nesting to say, so a hole outside or in a hole is a part.
            (false, Ok(_)) if ["Hole lies outside", "Holes are nested"].iter().any(|r| case["reason"].as_str().unwrap().starts_with(r)) => {
                by_nesting += 1
            }
            (false, Ok(_)) => lenient.push(format!("{} {} ({})", case["id"], case["desc"], case["reason"])),
            _ => agree += 1,
        }
    }
    println!("{agree} agree, {by_nesting} taken by nesting, {} refused though valid, {} taken though invalid", strict.len(), lenient.len());
    assert!(strict.is_empty() && lenient.is_empty(), "{}\n{}", strict.join("\n"), lenient.join("\n"));
    assert!(agree > 250, "{agree} agree");
}

//! Laws that a verdict keeps on random plans and sites, half of them at borders.
//!
//! `LUODI_ORACLE_CASES` and `LUODI_ORACLE_SEED` choose how many and which, as for the exact oracle.

use crate::exact_cases::{Lattice, Polygon, Random, any_site, clear_of_tolerances, contents, near_origin, number, plan, settings, shape};
use crate::exact_oracle::{Ring, areas};
use luodi::geom::{Shape, pieces};
use luodi::model::Site;
use luodi::rules::{Certainty, Checker, Verdict};

fn checked(clusters: &[Polygon], site: &[Ring], accuracy_m: f64) -> Option<Verdict> {
    let sound = shape(site).filter(near_origin)?;
    if clusters.iter().any(|c| shape(c).is_none()) {
        return None;
    }
    let (contents, id) = contents(clusters);
    let checker = Checker::new(&contents, id, settings().with_accuracy(Some(accuracy_m), 0.0)).unwrap();
    let verdict = checker.check(Site::default(), sound.as_ref());
    let measured = checker.measure(sound.as_ref());
    assert_eq!((measured.position, measured.inside_m2), (verdict.position, verdict.inside_m2));
    Some(verdict)
}

/// Every ring started elsewhere.
fn rewritten(random: &mut Random, polygon: &[Ring]) -> Polygon {
    let mut polygon = polygon.to_vec();
    for ring in &mut polygon {
        let by = random.below(ring.len());
        ring.rotate_left(by);
    }
    polygon
}

fn shifted(polygon: &[Ring], east: f64, north: f64) -> Polygon {
    polygon.iter().map(|ring| ring.iter().map(|p| [p[0] + east, p[1] + north]).collect()).collect()
}

fn area(shape: Option<&Shape>) -> f64 {
    shape.map_or(0.0, |s| pieces(s.as_ref()).iter().map(Shape::area_m2).sum())
}

fn same(a: &Verdict, b: &Verdict, what: &str, seed: u64) {
    assert_eq!((a.position, a.certainty), (b.position, b.certainty), "{what}, seed {seed}");
    for (one, other) in [(a.inside_m2, b.inside_m2), (a.outside_m2, b.outside_m2), (a.area_m2, b.area_m2)] {
        assert!((one - other).abs() < 1e-5, "{what}, seed {seed}: {one} and {other}");
    }
}

#[test]
fn pieces_add_up_and_order_start_and_place_change_nothing() {
    let (wanted, seed) = (number("LUODI_ORACLE_CASES", 4_000) / 10, number("LUODI_ORACLE_SEED", 1));
    let (mut seen, mut compared) = (0, 0);
    for world in (seed << 40).. {
        if seen >= wanted {
            break;
        }
        let mut random = Random::new(world);
        let lattice = Lattice::any(&mut random);
        let rough = plan(&mut random);
        let clusters: Vec<Polygon> = rough.iter().map(|p| lattice.polygon(p)).collect();
        let accuracy_m = random.scale(0.01, 2.0);
        for _ in 0..4 {
            let site = lattice.polygon(&any_site(&mut random, &rough));
            let Some(verdict) = checked(&clusters, &site, accuracy_m) else { continue };
            seen += 1;
            assert!((verdict.inside_m2 + verdict.outside_m2 - verdict.area_m2).abs() < 0.01, "sum, seed {world}");
            assert!((area(verdict.inside.as_deref()) - verdict.inside_m2).abs() < 5e-5, "inside, seed {world}");
            assert!((area(verdict.outside.as_deref()) - verdict.outside_m2).abs() < 5e-5, "outside, seed {world}");
            let clusters_m2: f64 = verdict.clusters.iter().map(|c| c.overlap_m2).sum();
            assert!(clusters_m2 > verdict.inside_m2 - 0.01 * clusters.len() as f64 - 1e-5, "clusters, seed {world}");
            let margin = verdict.margin.unwrap();
            for (value, [least, most]) in [(verdict.inside_m2, margin.inside_m2), (verdict.outside_m2, margin.outside_m2)] {
                assert!(least <= value && value <= most, "{least} {value} {most}, seed {world}");
            }
            // What hangs on less than rounding, in the verdict or in the margin, may come out either way.
            if !clear_of_tolerances(areas(&site, &clusters)) || verdict.certainty != Certainty::Certain {
                continue;
            }
            compared += 1;
            let mut other_way: Vec<Polygon> = clusters.iter().map(|c| rewritten(&mut random, c)).collect();
            other_way.reverse();
            let again = checked(&other_way, &rewritten(&mut random, &site), accuracy_m).unwrap();
            same(&verdict, &again, "order and start", world);
            // Far enough to matter, near enough that every coordinate stays the number it was.
            let (east, north) = (random.below(60_000) as f64 - 30_000.0, random.below(60_000) as f64 - 30_000.0);
            let there: Vec<Polygon> = clusters.iter().map(|c| shifted(c, east, north)).collect();
            let (contents, id) = contents(&there);
            let checker = Checker::new(&contents, id, settings().with_accuracy(Some(accuracy_m), 0.0)).unwrap();
            let moved = checker.check(Site::default(), shape(&shifted(&site, east, north)).unwrap().as_ref());
            same(&verdict, &moved, "place", world);
        }
    }
    assert!(compared * 4 > wanted, "{compared} of {seen} compared");
}

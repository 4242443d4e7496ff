//! The hot parts of the precheck engine: `cargo bench --no-default-features`.

// The lints speak of the program: a bench that cannot be set up ends with a panic.
#![allow(clippy::unwrap_used)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use luodi::geom::{IndexedBorder, Point, PreparedShape, Rings, Shape, Tolerance, overlap, winding_of_simple};
use std::hint::black_box;

const CORNER: Point = [40_500_000.0, 4_000_000.0];
const FINE: Tolerance = Tolerance { grid_m: 1e-8, sliver_m2: 1.0, sliver_width_m: 0.1 };

/// A border of `vertices` around the corner, `radius_m` away, on the 0.1 mm of a file.
fn coast(vertices: u32, radius_m: f64) -> Rings {
    let turns = (0..vertices).map(|i| f64::from(i) / f64::from(vertices) * std::f64::consts::TAU);
    let ring: Vec<Point> = turns
        .map(|t| (t, radius_m * (1.0 + 0.2 * (7.0 * t).sin() + 0.03 * (31.0 * t).cos())))
        .map(|(t, r)| [CORNER[0] + r * t.cos(), CORNER[1] + r * t.sin()].map(|c| (c * 1e4).round() / 1e4))
        .collect();
    Rings::simple(&ring)
}

/// A site of `vertices` at an angle from the corner.
fn site(turn: f64, away_m: f64, vertices: u32) -> Shape {
    let centre = [CORNER[0] + away_m * turn.cos(), CORNER[1] + away_m * turn.sin()];
    let turns = (0..vertices).map(|i| f64::from(i) / f64::from(vertices) * std::f64::consts::TAU);
    Shape::check(Rings::simple(&turns.map(|t| [centre[0] + 40.0 * t.cos(), centre[1] + 30.0 * t.sin()]).collect::<Vec<_>>()).as_ref())
        .unwrap()
}

fn engine(c: &mut Criterion) {
    let cluster = Shape::check(coast(1_100, 700.0).as_ref()).unwrap();
    let prepared = PreparedShape::new(cluster.clone());
    let across: Vec<Shape> = (0..64).map(|i| site(f64::from(i) * 0.098, 700.0, 8)).collect();
    let within: Vec<Shape> = (0..64).map(|i| site(f64::from(i) * 0.098, 300.0, 8)).collect();
    let each = |sites: &[Shape], ask: &dyn Fn(&Shape) -> f64| sites.iter().map(ask).sum::<f64>();

    c.bench_function("64 sites within a cluster, area", |b| b.iter(|| each(&within, &|s| prepared.shared_area_m2(s.as_ref()))));
    c.bench_function("64 sites across a border, area", |b| b.iter(|| each(&across, &|s| prepared.shared_area_m2(s.as_ref()))));
    c.bench_function("64 sites across a border, piece", |b| {
        b.iter(|| each(&across, &|s| prepared.overlap(s.as_ref(), FINE).map_or(0.0, |p| p.area_m2())));
    });
    c.bench_function("64 sites across a border, plain overlay", |b| {
        b.iter(|| each(&across, &|s| overlap(s.as_ref(), cluster.as_ref(), FINE).map_or(0.0, |p| p.area_m2())));
    });

    let heavy = Shape::check(coast(50_000, 5_000.0).as_ref()).unwrap();
    let border = IndexedBorder::new(heavy.as_ref());
    let beside: Vec<Shape> = (0..64).map(|i| site(f64::from(i) * 0.098, 5_000.0, 8)).collect();
    c.bench_function("64 sites across 50 000 vertices, area", |b| b.iter(|| each(&beside, &|s| border.shared_area_m2(s.as_ref()))));
    c.bench_function("64 sites across 50 000 vertices, piece", |b| {
        b.iter(|| each(&beside, &|s| border.overlap(s.as_ref(), heavy.as_ref(), FINE).map_or(0.0, |p| p.area_m2())));
    });

    for vertices in [4, 8, 32] {
        let shape = site(0.3, 0.0, vertices);
        c.bench_function(&format!("ring of {vertices} told sound"), |b| b.iter(|| winding_of_simple(black_box(shape.rings().coords()))));
    }
    for vertices in [1_000, 50_000] {
        let rings = coast(vertices, 5_000.0);
        c.bench_function(&format!("ring of {vertices} checked"), |b| b.iter(|| Shape::check(black_box(rings.as_ref()))));
        let shape = Shape::check(rings.as_ref()).unwrap();
        c.bench_function(&format!("ring of {vertices} prepared"), |b| {
            b.iter_batched(|| shape.clone(), PreparedShape::new, BatchSize::LargeInput);
        });
    }
}

criterion_group!(benches, engine);
criterion_main!(benches);

use super::*;

fn ring(points: &[[i32; 2]]) -> Vec<Point> {
    points.iter().map(|p| p.map(|c| 500_000.0 + f64::from(c))).collect()
}

/// One part of these rings.
fn area(rings: &[Vec<Point>]) -> Rings {
    let mut area = Rings::new();
    rings.iter().for_each(|ring| area.push_ring(ring));
    area.end_part();
    area
}

fn square(from: i32, size: i32) -> Vec<Point> {
    ring(&[[from, from], [from + size, from], [from + size, from + size], [from, from + size]])
}

fn features() -> Vec<Rings> {
    let clockwise: Vec<Point> = square(0, 10).into_iter().rev().collect();
    let touches_itself = ring(&[[0, 0], [10, 0], [10, 10], [5, 0], [0, 10]]);
    let two_parts = {
        let mut two = area(&[square(20, 4)]);
        two.push_ring(&square(0, 9));
        two.push_ring(&clockwise[..3]);
        two.end_part();
        two
    };
    let pinched = ring(&[[0, 0], [8, 0], [8, 8], [4, 4], [6, 2], [2, 2], [4, 4], [0, 8]]);
    // As a shapefile has them: the hole, an outer ring apart, the outer ring.
    let mut nested = Rings::new();
    [ring(&[[2, 2], [5, 2], [2, 5]]), square(20, 4), square(0, 10)].iter().for_each(|ring| nested.push_ring(ring));
    nested.end_nested();
    vec![
        nested,
        area(&[clockwise]),
        area(&[square(2, 3), square(0, 10)]),
        area(&[ring(&[[0, 0], [10, 10], [10, 0], [0, 10]])]),
        Rings::new(),
        area(&[touches_itself]),
        area(&[square(0, 10), square(2, 3), square(6, 2)]),
        two_parts,
        area(&[pinched]),
        area(&[square(5, 1)]),
    ]
}

/// A layer packed as a whole is the layer packed feature by feature, whatever comes instead of what was read.
#[test]
fn a_layer_is_packed_where_it_lies() {
    let all = features();
    let mut others = 0;
    for turn in 0..all.len() {
        for left_out in 0..16_usize {
            let features: Vec<&Rings> = all.iter().cycle().skip(turn).take(all.len()).collect();
            let without: Vec<usize> = (0..features.len()).filter(|row| left_out >> (row % 4) & 1 == 1).collect();
            let mut chunk = Chunk::new(Arc::new([]));
            let mut builder = PackedBuilder::new(GeometryKind::Area, Vec::new());
            for (row, rings) in features.iter().enumerate() {
                chunk.push(row as u32 + 1, rings.as_ref(), &[]);
                let none = Rings::new();
                builder.push_geometry(row as u32 + 1, if without.contains(&row) { &none } else { rings }.as_ref());
            }
            let (packed, soundness) = Raw::of_chunk(Notes::default(), chunk).pack(GeometryKind::Area, &without, &Progress::new());
            let expected = builder.finish();
            for (row, read) in features.iter().enumerate() {
                let [found, wanted] = [&packed, &expected].map(|layer| layer.rings(row).to_owned());
                assert_eq!(found, wanted, "row {row} of turn {turn} without {without:?}");
                assert_eq!(packed.shape(row).is_some(), expected.shape(row).is_some(), "row {row}");
                assert_eq!(packed.source_record(row), row as u32 + 1);
                let lengths = [found.as_ref(), read.as_ref()].map(|rings| rings.rings().map(<[Point]>::len).collect::<Vec<_>>());
                others += usize::from(lengths[0] != lengths[1] && !without.contains(&row));
            }
            assert_eq!(soundness.sound, (0..packed.len()).filter(|row| packed.shape(*row).is_some()).count());
        }
    }
    assert!(others > 0, "none has other rings than were read");
}

/// More points than were read move all that follow, which must not be overwritten before it is read.
#[test]
fn rings_are_replaced_by_more_and_by_fewer_points() {
    let all = features();
    for turn in 0..all.len() {
        let mut chunk = Chunk::new(Arc::new([]));
        all.iter().for_each(|rings| chunk.push(1, rings.as_ref(), &[]));
        let mut raw = Raw::of_chunk(Notes::default(), chunk);
        let instead = |row: usize| (row + turn).is_multiple_of(2).then(|| all[(row * 5 + turn) % all.len()].clone());
        let others: Vec<(usize, Rings)> = (0..all.len()).filter_map(|row| Some((row, instead(row)?))).collect();
        raw.replace(&others);
        for (row, rings) in all.iter().enumerate() {
            assert_eq!(raw.rings(row).to_owned(), instead(row).unwrap_or_else(|| rings.clone()), "row {row} of turn {turn}");
        }
        assert_eq!(raw.coords.len(), raw.ring_ends.last().map_or(0, |end| *end as usize));
    }
}

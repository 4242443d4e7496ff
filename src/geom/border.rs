//! What of the borders of many areas is theirs alone: an edge that two neighbours share, once each way, drops out.
//!
//! The sum over all areas of "is this place in it" changes only across the edges that are left. So they are enough to
//! find where no area lies and where more than one does, and in a layer of parcels they are a few in a hundred.

use super::edges::edges_of;
use super::segment::{Edge, by_place};
use super::{Point, ShapeRef};
use crate::task::{Outcome, Progress, map_in_order};
use std::ops::Range;

/// An edge of one of the areas. What two entries have in common is decided by 95 bits of their ends: for a million edges
/// the odds that two different ones agree are 10⁻¹⁷, and the rings would not close then.
#[derive(Clone, Copy)]
struct Entry {
    key: u64,
    /// 31 more bits, and in the lowest one whether the edge runs from west to east.
    check: u32,
    number: u32,
}

/// Edges of some shapes, sorted into the buckets of a round, which end at `ends`.
struct Sorted {
    entries: Vec<Entry>,
    ends: Vec<u32>,
}

/// The edges that are no shared border as closed rings, each going around the land of its areas counter-clockwise;
/// `None` when cancelled. The same for any number of threads.
pub(super) fn lone_rings(shapes: &[ShapeRef<'_>], threads: usize, progress: &Progress) -> Option<Vec<Vec<Point>>> {
    let lone = lone_edges(shapes, threads, progress)?;
    // Edges that agree by accident leave rings open: then none is taken for shared.
    Some(closed(lone).unwrap_or_else(|| shapes.iter().flat_map(|s| s.rings().rings()).map(<[Point]>::to_vec).collect()))
}

fn lone_edges(shapes: &[ShapeRef<'_>], threads: usize, progress: &Progress) -> Option<Vec<Edge>> {
    /// Edges in a bucket: its table fits the cache that is next to a core.
    const BUCKET: usize = 1 << 13;
    /// Edges that are sorted at once.
    const ROUND: usize = 1 << 22;
    let mut firsts: Vec<usize> = Vec::with_capacity(shapes.len() + 1);
    firsts.push(0);
    for shape in shapes {
        firsts.push(firsts.last().copied().unwrap_or(0) + shape.rings().coords().len());
    }
    let count = firsts.last().copied().unwrap_or(0);
    let bits = (count / BUCKET).next_power_of_two().trailing_zeros().min(16);
    let blocks = blocks_of(&firsts);
    // Some of the buckets at a time, so that the table of a city's edges does not need as much room as the city.
    let rounds = count.div_ceil(ROUND).next_power_of_two().min(1 << bits);
    let of_round = (1usize << bits) / rounds;
    let mut lone = Vec::new();
    for round in 0..rounds {
        let buckets = round * of_round..(round + 1) * of_round;
        let sorted = in_order(blocks.iter(), threads, progress, |block| sorted(shapes, block.clone(), &firsts, bits, &buckets))?;
        lone.extend(in_order(0..of_round, threads, progress, |bucket| lone_in_bucket(&sorted, bucket))?);
    }
    let edge = |number: u32, turned: bool| {
        let shape = firsts.partition_point(|&first| first <= number as usize) - 1;
        let [a, b] = edge_of(shapes[shape], number as usize - firsts[shape]);
        if turned { [b, a] } else { [a, b] }
    };
    let edges = lone.into_iter().flatten().flat_map(|(number, net)| (0..net.unsigned_abs()).map(move |_| (number, net < 0)));
    Some(edges.map(|(number, turned)| edge(number, turned)).collect())
}

/// The shapes in runs of some ten thousand edges.
fn blocks_of(firsts: &[usize]) -> Vec<Range<usize>> {
    const EDGES: usize = 50_000;
    let mut blocks = Vec::new();
    let mut from = 0;
    for to in 1..firsts.len() {
        if firsts[to] - firsts[from] >= EDGES || to + 1 == firsts.len() {
            blocks.push(from..to);
            from = to;
        }
    }
    blocks
}

/// The edges of a block of shapes that belong into `buckets`.
fn sorted(shapes: &[ShapeRef<'_>], block: Range<usize>, firsts: &[usize], bits: u32, buckets: &Range<usize>) -> Sorted {
    let mut entries = Vec::with_capacity(((firsts[block.end] - firsts[block.start]) * buckets.len()) >> bits);
    let mut number = firsts[block.start] as u32;
    for shape in &shapes[block] {
        for ring in shape.rings().rings() {
            let Some(&last) = ring.last() else { continue };
            // The edge that ends at a point carries the number of the point before it in the ring.
            let start = number;
            let (mut a, mut of_a) = (last, hash(last));
            for (i, &b) in ring.iter().enumerate() {
                let of_b = hash(b);
                let key = of_a.wrapping_add(of_b);
                if buckets.contains(&bucket_of(key, bits)) {
                    let eastward = by_place(&a, &b).is_lt();
                    let check = ((of_a.wrapping_mul(of_b) >> 32) as u32) << 1 | u32::from(eastward);
                    let from = if i == 0 { start + ring.len() as u32 - 1 } else { start + i as u32 - 1 };
                    entries.push(Entry { key, check, number: from });
                }
                (a, of_a) = (b, of_b);
            }
            number += ring.len() as u32;
        }
    }
    let bucket = |e: &Entry| bucket_of(e.key, bits) - buckets.start;
    let mut ends = vec![0u32; buckets.len()];
    entries.iter().for_each(|e| ends[bucket(e)] += 1);
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    // `ends` holds where each bucket starts until its entries are placed.
    let mut placed = vec![Entry { key: 0, check: 0, number: 0 }; entries.len()];
    for entry in entries {
        let at = &mut ends[bucket(&entry)];
        placed[*at as usize] = entry;
        *at += 1;
    }
    Sorted { entries: placed, ends }
}

fn bucket_of(key: u64, bits: u32) -> usize {
    if bits == 0 { 0 } else { (key >> (64 - bits)) as usize }
}

/// The edges that are left in a bucket: number of one of them, and how often more it runs its way than back.
fn lone_in_bucket(sorted: &[Sorted], bucket: usize) -> Vec<(u32, i32)> {
    let range = |s: &Sorted| if bucket == 0 { 0 } else { s.ends[bucket - 1] as usize }..s.ends[bucket] as usize;
    let count: usize = sorted.iter().map(|s| range(s).len()).sum();
    let mask = (2 * count).next_power_of_two() - 1;
    /// No entry stands here.
    const FREE: u32 = u32::MAX;
    let mut places = vec![FREE; mask + 1];
    let mut found: Vec<(Entry, i32)> = Vec::with_capacity(count / 2 + 1);
    for entry in sorted.iter().flat_map(|s| &s.entries[range(s)]) {
        let mut at = entry.key as usize & mask;
        loop {
            if places[at] == FREE {
                places[at] = found.len() as u32;
                found.push((*entry, 1));
                break;
            }
            let (first, net) = &mut found[places[at] as usize];
            if first.key == entry.key && first.check >> 1 == entry.check >> 1 {
                *net += if first.check == entry.check { 1 } else { -1 };
                break;
            }
            at = (at + 1) & mask;
        }
    }
    found.into_iter().filter(|(_, net)| *net != 0).map(|(entry, net)| (entry.number, net)).collect()
}

/// A number that tells points apart (W. Yi's folded multiplication). 0 and −0 are one place.
fn hash(p: Point) -> u64 {
    let [east, north] = [(p[0] + 0.0).to_bits(), (p[1] + 0.0).to_bits()];
    let wide = u128::from(east ^ 0xa076_1d64_78bd_642f) * u128::from(north ^ 0xe703_7ed1_a0b4_28db);
    let half = (wide >> 64) as u64 ^ wide as u64;
    let wide = u128::from(half ^ 0x8ebc_6af0_9c88_c6e3) * 0x5899_65cc_7537_4cc3;
    (wide >> 64) as u64 ^ wide as u64
}

/// The edge that starts at a shape's coordinate `at`.
fn edge_of(shape: ShapeRef<'_>, at: usize) -> Edge {
    let mut first = 0;
    for ring in shape.rings().rings() {
        if let Some(edge) = at.checked_sub(first).and_then(|i| edges_of(ring).nth(i)) {
            return edge;
        }
        first += ring.len();
    }
    [[f64::NAN; 2]; 2]
}

/// Edges joined to rings, every edge once; `None` when somewhere more of them begin than end.
fn closed(mut edges: Vec<Edge>) -> Option<Vec<Vec<Point>>> {
    edges.sort_unstable_by(|e, f| by_place(&e[0], &f[0]).then_with(|| by_place(&e[1], &f[1])));
    let mut taken = vec![false; edges.len()];
    // For the first edge of each place: the next edge from there that is free.
    let mut next: Vec<usize> = (0..edges.len()).collect();
    let mut rings = Vec::new();
    for start in 0..edges.len() {
        if std::mem::replace(&mut taken[start], true) {
            continue;
        }
        let [from, mut at] = edges[start];
        let mut ring = vec![from];
        while by_place(&at, &from).is_ne() {
            ring.push(at);
            let first = edges.partition_point(|e| by_place(&e[0], &at).is_lt());
            let mut free = *next.get(first)?;
            while *taken.get(free)? {
                free += 1;
            }
            if by_place(&edges[free][0], &at).is_ne() {
                return None;
            }
            next[first] = free + 1;
            taken[free] = true;
            at = edges[free][1];
        }
        rings.push(ring);
    }
    Some(rings)
}

/// `f` of every item on `threads` threads, in order; `None` when cancelled.
pub(super) fn in_order<T: Send, R: Send>(
    items: impl Iterator<Item = T>,
    threads: usize,
    progress: &Progress,
    f: impl Fn(T) -> R + Sync,
) -> Option<Vec<R>> {
    let mut all = Vec::new();
    let mut crashed = None;
    let done = map_in_order(items, threads, progress, f, |outcome| match outcome {
        Outcome::Done(value) => all.push(value),
        Outcome::Crashed(cause) => crashed = Some(cause),
    });
    if let Some(cause) = crashed {
        // Passed on to whoever guards the whole: without one part the answer would be silently wrong.
        std::panic::resume_unwind(Box::new(cause));
    }
    done.then_some(all)
}

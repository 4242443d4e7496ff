//! Holes as this program writes them: closed outlines on a layer of their own beside that of the land.
//!
//! DXF knows no holes. On this layer an outline is not land but is taken out of the area it lies in.

use super::figure::{Drawn, Figure};
use super::naming::holds;
use crate::geom::{BBox, PackedIndex, Point, Rings, RingsRef};
use std::collections::BTreeMap;

/// Ends the name of a layer of holes; before it stands the layer of the land.
pub const HOLES: &str = "_内环";

/// Takes outlines on layers of holes out of the areas they lie in. Gives how many; one that lies in none stays an area.
pub fn take_out_holes(figures: &mut Vec<Figure>) -> usize {
    let land_of = |figure: &Figure| figure.layer.strip_suffix(HOLES).map(str::to_owned);
    if !figures.iter().any(|f| area(f).is_some() && land_of(f).is_some()) {
        return 0;
    }
    let lands: Vec<usize> =
        (0..figures.len()).filter(|i| area(&figures[*i]).is_some_and(|r| is_plain(r)) && land_of(&figures[*i]).is_none()).collect();
    let boxes: Vec<BBox> = lands.iter().filter_map(|i| area(&figures[*i])).map(|rings| rings.bbox()).collect();
    let index = PackedIndex::new(boxes.clone());
    let mut holes: BTreeMap<usize, Vec<Vec<Point>>> = BTreeMap::new();
    let mut taken = vec![false; figures.len()];
    for (number, figure) in figures.iter().enumerate() {
        let (Some(rings), Some(land)) = (area(figure).filter(|r| is_plain(*r)), land_of(figure)) else { continue };
        let bbox = rings.bbox();
        let size = |k: &u32| boxes[*k as usize].width() * boxes[*k as usize].height();
        let mut around = index.meeting(bbox);
        around.retain(|k| boxes[*k as usize].holds(&bbox) && *figures[lands[*k as usize]].layer == *land);
        around.sort_by(|a, b| size(a).total_cmp(&size(b)).then(a.cmp(b)));
        let lies_in = |k: &u32| area(&figures[lands[*k as usize]]).is_some_and(|land| rings.coords().iter().any(|p| holds(land, *p)));
        if let Some(k) = around.into_iter().find(lies_in) {
            holes.entry(lands[k as usize]).or_default().push(rings.coords().to_vec());
            taken[number] = true;
        }
    }
    for (land, holes) in holes {
        if let Drawn::Area(rings) = &mut figures[land].drawn {
            let mut holed = Rings::new();
            holed.push_ring(rings.as_ref().coords());
            holes.iter().for_each(|hole| holed.push_ring(hole));
            holed.end_polygon();
            *rings = holed;
        }
    }
    let mut taken_each = taken.iter();
    figures.retain(|_| !taken_each.next().copied().unwrap_or(false));
    taken.into_iter().filter(|taken| *taken).count()
}

fn area(figure: &Figure) -> Option<RingsRef<'_>> {
    if let Drawn::Area(rings) = &figure.drawn { Some(rings.as_ref()) } else { None }
}

/// One ring of numbers.
fn is_plain(rings: RingsRef<'_>) -> bool {
    rings.ring_count() == 1 && rings.coords().iter().flatten().all(|v| v.is_finite())
}

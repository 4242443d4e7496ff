//! Holes as this program writes them: closed outlines on a layer of their own beside that of the land.
//!
//! DXF knows no holes. On this layer an outline is not land but is taken out of the area it lies in.

use super::draw::Stopped;
use super::figure::{Drawn, Figure};
use super::naming::Looks;
use crate::geom::{BBox, PackedIndex, Point, Rings, RingsRef};
use std::collections::BTreeMap;

/// Ends the name of a layer of holes; before it stands the layer of the land.
pub const HOLES: &str = "_内环";

/// Takes outlines on layers of holes out of the areas they lie in. Gives how many; one that lies in none stays an area.
///
/// # Errors
/// [`Stopped::TooMuch`] where too many areas lie on each other.
pub fn take_out_holes(figures: &mut Vec<Figure>) -> Result<usize, Stopped> {
    let land_of = |figure: &Figure| figure.layer.strip_suffix(HOLES).map(str::to_owned);
    if !figures.iter().any(|f| area(f).is_some() && land_of(f).is_some()) {
        return Ok(0);
    }
    let lands: Vec<usize> =
        (0..figures.len()).filter(|i| area(&figures[*i]).is_some_and(|r| is_plain(r)) && land_of(&figures[*i]).is_none()).collect();
    let boxes: Vec<BBox> = lands.iter().filter_map(|i| area(&figures[*i])).map(|rings| rings.bbox()).collect();
    let index = PackedIndex::new(boxes.clone());
    let mut holes: BTreeMap<usize, Vec<Vec<Point>>> = BTreeMap::new();
    let mut taken = vec![false; figures.len()];
    let mut looks = Looks::default();
    for (number, figure) in figures.iter().enumerate() {
        let (Some(rings), Some(land)) = (area(figure).filter(|r| is_plain(*r)), land_of(figure)) else { continue };
        let bbox = rings.bbox();
        let size = |k: &u32| boxes[*k as usize].width() * boxes[*k as usize].height();
        let mut around = index.meeting(bbox);
        looks.spend(around.len())?;
        around.retain(|k| boxes[*k as usize].holds(&bbox) && *figures[lands[*k as usize]].layer == *land);
        around.sort_by(|a, b| size(a).total_cmp(&size(b)).then(a.cmp(b)));
        let mut lands_around = around.into_iter().map(|k| lands[k as usize]);
        let land = lands_around.try_fold(None, |found, land| match (found, area(&figures[land])) {
            (None, Some(around)) if lies_in(rings, around, &mut looks)? => Ok(Some(land)),
            _ => Ok::<_, Stopped>(found),
        })?;
        if let Some(land) = land {
            holes.entry(land).or_default().push(rings.coords().to_vec());
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
    Ok(taken.into_iter().filter(|taken| *taken).count())
}

/// Whether a corner of `hole` lies in `land`.
fn lies_in(hole: RingsRef<'_>, land: RingsRef<'_>, looks: &mut Looks) -> Result<bool, Stopped> {
    for p in hole.coords() {
        if looks.holds(land, *p)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn area(figure: &Figure) -> Option<RingsRef<'_>> {
    if let Drawn::Area(rings) = &figure.drawn { Some(rings.as_ref()) } else { None }
}

/// One ring of numbers.
fn is_plain(rings: RingsRef<'_>) -> bool {
    rings.ring_count() == 1 && rings.coords().iter().flatten().all(|v| v.is_finite())
}

//! The texts that stand in areas, as their names.

use super::draw::Stopped;
use super::figure::{Drawn, Figure};
use crate::geom::{BBox, PackedIndex, Point, RingsRef};
use std::sync::Arc;

/// Parts of the names of layers that offices keep the names and numbers of parcels on.
const NAME_LAYERS: &[&str] = &["ZDH", "JZP", "ZDZJ", "宗地", "地块", "名称", "NAME"];

/// How long areas that lie on each other are looked at. Where thousands of copies lie on one place, each with each would
/// take hours; no drawing of land does that.
pub struct Looks(usize);

impl Default for Looks {
    /// A drawing of a million parcels takes a tenth of it.
    fn default() -> Self {
        Self(100_000_000)
    }
}

impl Looks {
    /// # Errors
    /// [`Stopped::TooMuch`] when they are used up.
    pub fn spend(&mut self, looks: usize) -> Result<(), Stopped> {
        self.0 = self.0.checked_sub(looks).ok_or(Stopped::TooMuch)?;
        Ok(())
    }

    /// [`holds`], and what it costs.
    ///
    /// # Errors
    /// As [`Looks::spend`].
    pub fn holds(&mut self, rings: RingsRef<'_>, p: Point) -> Result<bool, Stopped> {
        self.spend(rings.coords().len())?;
        Ok(holds(rings, p))
    }
}

/// What stands in one area.
#[derive(Clone, Debug, Default)]
pub struct Inscription {
    /// The one text that is its name; `None` where none or several could be.
    pub name: Option<Arc<str>>,
    /// All texts, from top to bottom, a line each.
    pub all: Option<Arc<str>>,
    pub several: bool,
}

/// For each area what stands in it, and not in a smaller one within it; and the texts, by number, that stand in none.
///
/// # Errors
/// [`Stopped::TooMuch`] where too many areas lie on each other.
pub fn inscriptions(areas: &[RingsRef<'_>], figures: &[Figure]) -> Result<(Vec<Inscription>, Vec<usize>), Stopped> {
    let mut looks = Looks::default();
    let boxes: Vec<BBox> = areas.iter().map(|rings| rings.bbox()).collect();
    let known: Vec<usize> = (0..areas.len()).filter(|i| is_sound(&boxes[*i])).collect();
    let index = PackedIndex::new(known.iter().map(|i| boxes[*i]).collect());
    let size = |i: usize| boxes[i].width() * boxes[i].height();
    let mut found: Vec<Vec<(Point, &Figure)>> = vec![Vec::new(); areas.len()];
    let mut outside = Vec::new();
    for (number, figure) in figures.iter().enumerate() {
        let (Drawn::Words(at), Some(words)) = (&figure.drawn, &figure.words) else { continue };
        // What a dimension measures is no name of the land it lies on.
        let of_dimension = figure.block.as_deref().is_some_and(|block| block.starts_with("*D"));
        if words.is_empty() || of_dimension || !at.iter().all(|v| v.is_finite()) {
            outside.push(number);
            continue;
        }
        let mut around: Vec<usize> = index.meeting(BBox { min: *at, max: *at }).into_iter().map(|k| known[k as usize]).collect();
        looks.spend(around.len())?;
        around.sort_by(|a, b| size(*a).total_cmp(&size(*b)).then(a.cmp(b)));
        let mut holder = None;
        for i in around {
            if looks.holds(areas[i], *at)? {
                holder = Some(i);
                break;
            }
        }
        match holder {
            Some(area) => found[area].push((*at, figure)),
            None => outside.push(number),
        }
    }
    Ok((found.into_iter().map(inscription).collect(), outside))
}

/// The areas, by number, that lie in another one on the same layer: a drawing does not say whether they are holes of it.
///
/// # Errors
/// [`Stopped::TooMuch`] where too many areas lie on each other.
pub fn nested(areas: &[RingsRef<'_>], layers: &[&Arc<str>]) -> Result<Vec<usize>, Stopped> {
    let mut looks = Looks::default();
    let boxes: Vec<BBox> = areas.iter().map(|rings| rings.bbox()).collect();
    let known: Vec<usize> = (0..areas.len()).filter(|i| is_sound(&boxes[*i])).collect();
    let index = PackedIndex::new(known.iter().map(|i| boxes[*i]).collect());
    let mut nested = Vec::new();
    for &i in &known {
        let Some(&at) = areas[i].coords().first() else { continue };
        let around = index.meeting(BBox { min: at, max: at });
        looks.spend(around.len())?;
        for j in around.into_iter().map(|k| known[k as usize]) {
            let is_larger = j != i && layers[j] == layers[i] && boxes[j].holds(&boxes[i]) && boxes[j] != boxes[i];
            if is_larger && looks.holds(areas[j], at)? {
                nested.push(i);
                break;
            }
        }
    }
    Ok(nested)
}

fn is_sound(bbox: &BBox) -> bool {
    !bbox.is_empty() && bbox.min.iter().chain(&bbox.max).all(|v| v.is_finite())
}

fn inscription(mut found: Vec<(Point, &Figure)>) -> Inscription {
    found.sort_by(|(a, _), (b, _)| b[1].total_cmp(&a[1]).then(a[0].total_cmp(&b[0])));
    let words = |figure: &&Figure| figure.words.clone();
    let distinct = |figures: &mut dyn Iterator<Item = &Figure>| {
        let mut all: Vec<Arc<str>> = Vec::new();
        figures.filter_map(|f| words(&f)).for_each(|w| {
            if !all.contains(&w) {
                all.push(w)
            }
        });
        all
    };
    let all = distinct(&mut found.iter().map(|(_, f)| *f));
    let of_names = |figure: &&Figure| {
        let layer = figure.layer.to_uppercase();
        NAME_LAYERS.iter().any(|part| layer.contains(part))
    };
    // A height or a length is no name.
    let is_measure = |figure: &&Figure| figure.words.as_deref().is_some_and(|w| w.contains('.') && w.parse::<f64>().is_ok());
    let candidates = [
        distinct(&mut found.iter().map(|(_, f)| *f).filter(of_names)),
        distinct(&mut found.iter().map(|(_, f)| *f).filter(|f| !is_measure(f))),
    ];
    let candidates = candidates.into_iter().find(|names| !names.is_empty()).unwrap_or_default();
    Inscription {
        name: Some(&candidates).filter(|c| c.len() == 1).and_then(|c| c.first().cloned()),
        several: candidates.len() > 1,
        all: (!all.is_empty()).then(|| all.join("\n").into()),
    }
}

/// Whether a point lies in an area, by crossings of a ray with all of its rings.
fn holds(rings: RingsRef<'_>, p: Point) -> bool {
    let crossed = |a: &Point, b: &Point| (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
    let edges = |ring: &[Point]| ring.iter().zip(ring.iter().cycle().skip(1)).filter(|(a, b)| crossed(a, b)).count();
    rings.rings().map(edges).sum::<usize>() % 2 == 1
}

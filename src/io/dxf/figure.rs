//! What a drawing shows, piece by piece, and what of it was left out.

use crate::geom::{Point, Rings};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One thing drawn, in the drawing's plan, with what is known of it.
#[derive(Clone, Debug)]
pub struct Figure {
    pub drawn: Drawn,
    pub layer: Arc<str>,
    /// Type of the entity, e.g. `LWPOLYLINE`.
    pub kind: Arc<str>,
    /// Number of the entity in the drawing, in hexadecimal digits.
    pub handle: Option<Arc<str>>,
    /// Colour number of the entity, or of its layer.
    pub color: Option<i64>,
    /// Height of all its points, where they have one.
    pub elevation: Option<f64>,
    /// The outermost block it came from.
    pub block: Option<Arc<str>>,
    pub words: Option<Arc<str>>,
    /// Texts that the application `SOUTH` (CASS) hung on it, in order.
    pub south: Vec<Arc<str>>,
}

#[derive(Clone, Debug)]
pub enum Drawn {
    Area(Rings),
    Line(Rings),
    Point(Point),
    /// A text, where it stands.
    Words(Point),
}

/// Counts by type of entity and by layer, as they are told.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<Arc<str>, BTreeMap<Arc<str>, usize>>);

impl Tally {
    pub fn add(&mut self, kind: &Arc<str>, layer: &Arc<str>) {
        *self.0.entry(kind.clone()).or_default().entry(layer.clone()).or_default() += 1;
    }

    pub fn count(&self) -> usize {
        self.0.values().flat_map(BTreeMap::values).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `LINE 120 (DLSS 100, JMD 20); TEXT 3 (JZP 3)`: the layers with most first.
    pub fn told(&self) -> String {
        const LAYERS: usize = 6;
        let kinds = self.0.iter().map(|(kind, layers)| {
            let mut by_count: Vec<(&Arc<str>, usize)> = layers.iter().map(|(layer, count)| (layer, *count)).collect();
            by_count.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let shown: Vec<String> = by_count.iter().take(LAYERS).map(|(layer, count)| format!("{layer} {count}")).collect();
            let more = if by_count.len() > LAYERS { " …" } else { "" };
            format!("{kind} {} ({}{more})", layers.values().sum::<usize>(), shown.join(", "))
        });
        kinds.collect::<Vec<_>>().join("; ")
    }
}

/// What was odd on the way, by count.
#[derive(Clone, Debug, Default)]
pub struct Oddities {
    /// Entities of types that are not read.
    pub not_read: Tally,
    /// Entities of the paper, not of the drawing.
    pub paper: usize,
    pub invisible: usize,
    /// Curves that were cut into chords, and those of them that took more chords than one curve may have.
    pub curves: usize,
    pub coarse: usize,
    /// Polylines that end where they began without saying that they are closed, and the widest gap between, in units.
    pub closed_by_place: usize,
    pub gap: f64,
    /// Entities whose plane is not level.
    pub tilted: usize,
    /// Circles and fills drawn by blocks: symbols, no areas.
    pub symbols: usize,
    /// Hatches whose boundary does not close.
    pub open_hatches: usize,
    /// Splines that do not fit together, and those that give points to go through alone.
    pub broken_splines: usize,
    pub fit_splines: usize,
    /// Splines without knots, which are spaced evenly then.
    pub bare_splines: usize,
    /// Blocks that are not there or stand in other files, by how often they are inserted.
    pub missing_blocks: BTreeMap<Arc<str>, usize>,
    /// Inserts of a block into itself, or too deep.
    pub endless_inserts: usize,
    /// Layers that are frozen or off, with what they show.
    pub hidden: BTreeMap<Arc<str>, usize>,
}

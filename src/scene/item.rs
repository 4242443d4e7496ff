//! The scene: what a map shows, in drawing order, in plan metres; sizes in points of 1/96 inch.

use super::PartName;
use crate::geom::{BBox, Point, Rings};
use crate::model::{FeatureId, Grade, LayerId, Role};
use crate::rules::Position;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Millimetres of a point: screen and paper share one size of lines and letters.
pub const MM_PER_PT: f64 = 25.4 / 96.0;

/// A colour, sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// From `0xRRGGBB`.
    pub const fn hex(rgb: u32) -> Self {
        Self((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }
}

/// An even colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wash {
    pub color: Rgb,
    /// 0…1.
    pub opacity: f32,
}

/// A drawn border or line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub color: Rgb,
    pub width_pt: f32,
    pub dash_pt: &'static [f32],
}

/// Marks that tell areas apart without colour. Angles count from the horizontal, counter-clockwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hatch {
    Stripes { angle_deg: f32, width_pt: f32, every_pt: f32 },
    Crossed { width_pt: f32, every_pt: f32 },
    Dots { diameter_pt: f32, every_pt: f32 },
    Pluses { arm_pt: f32, width_pt: f32, every_pt: f32 },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pattern {
    pub hatch: Hatch,
    pub color: Rgb,
    pub opacity: f32,
}

/// How an item looks. A band is a wash along the inside of the border.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Style {
    pub wash: Option<Wash>,
    pub pattern: Option<Pattern>,
    pub band: Option<(Wash, f32)>,
    /// Drawn under the line, wider.
    pub casing: Option<Line>,
    pub line: Option<Line>,
}

impl Style {
    /// The same look with its areas made fainter; lines stay.
    #[must_use]
    pub fn faded(mut self, opacity: f32) -> Self {
        if let Some(wash) = &mut self.wash {
            wash.opacity *= opacity;
        }
        if let Some(pattern) = &mut self.pattern {
            pattern.opacity *= opacity;
        }
        if let Some((wash, _)) = &mut self.band {
            wash.opacity *= opacity;
        }
        self
    }
}

/// What an item is, for the legend and for grouping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Sea,
    Neighbour,
    Land,
    Water,
    Layer(Role),
    CityBorder,
    DistrictBorder,
    Cluster(Grade),
    Site,
    /// Part of a checked site: what lies inside the plan, outside it, or could not be checked.
    Piece(Position),
    /// Part of a site that offends a prohibitive layer.
    Offence,
}

impl Class {
    /// Whether it is part of the ground that everything else, pictures included, lies on.
    pub fn is_ground(self) -> bool {
        matches!(self, Self::Sea | Self::Neighbour | Self::Land | Self::Water | Self::Layer(Role::Backdrop))
    }
}

/// Where an item came from: for picking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub layer: LayerId,
    pub feature: FeatureId,
}

/// What is drawn, in plan metres.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// `sound`: outer rings and holes wind opposite ways; otherwise what the file held.
    Area {
        rings: Arc<Rings>,
        sound: bool,
    },
    Lines(Arc<Rings>),
    /// A dot of this diameter.
    Dot {
        at: Point,
        diameter_pt: f32,
    },
    /// The icon of a verdict.
    Verdict {
        at: Point,
        position: Position,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub form: Form,
    pub style: Style,
    pub class: Class,
    pub feature: Option<Address>,
    /// The class of its layer's look that it is in.
    pub part: u16,
}

/// One line of a label.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelLine {
    pub text: String,
    pub size_pt: f32,
    pub color: Rgb,
}

/// Where a label may stand relative to its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Centred on the anchor, or a little above or below.
    On,
    /// Beside the anchor's mark, on any side.
    Beside,
}

/// Words on the map. Those with a higher priority are placed first; one that finds no room is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub lines: Vec<LabelLine>,
    pub anchor: Point,
    /// Box of what the label names: the label's middle stays in it, or within a line's height of it.
    pub within: BBox,
    pub stand: Stand,
    /// Stands where it covers least of the clusters and sites: for the names of the ground.
    pub keep_off: bool,
    pub halo: Option<Rgb>,
    /// Added between letters.
    pub spacing_pt: f32,
    pub priority: i32,
    pub feature: Option<Address>,
}

/// Everything a map shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub bbox: BBox,
    pub scale_denominator: f64,
    /// Colour where nothing lies.
    pub ground: Rgb,
    pub items: Vec<Item>,
    pub labels: Vec<Label>,
    /// Names of the layers, for the legend.
    pub names: BTreeMap<LayerId, Arc<str>>,
    /// Names of the classes that are shown.
    pub parts: BTreeMap<(LayerId, u16), PartName>,
}

//! A page: its paper, its display list in millimetres, and what a check before export wants to know of its map.

use crate::geom::BBox;
use crate::scene::{Drawing, LegendEntry, PlacedLabel, Projection, Rect};
use crate::text::{Lang, Message};

/// ISO 216.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PaperSize {
    A4,
    #[default]
    A3,
    A2,
    A1,
    A0,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Paper {
    pub size: PaperSize,
    pub landscape: bool,
}

impl Paper {
    /// `A3`, `A3-portrait`, `a4-landscape`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let (size, direction) = lower.split_once('-').unwrap_or((&lower, "portrait"));
        let size = match size {
            "a4" => PaperSize::A4,
            "a3" => PaperSize::A3,
            "a2" => PaperSize::A2,
            "a1" => PaperSize::A1,
            "a0" => PaperSize::A0,
            _ => return None,
        };
        let landscape = match direction {
            "portrait" => false,
            "landscape" => true,
            _ => return None,
        };
        Some(Self { size, landscape })
    }

    /// Width and height in mm.
    pub fn size_mm(self) -> (f32, f32) {
        let (short, long) = match self.size {
            PaperSize::A4 => (210.0, 297.0),
            PaperSize::A3 => (297.0, 420.0),
            PaperSize::A2 => (420.0, 594.0),
            PaperSize::A1 => (594.0, 841.0),
            PaperSize::A0 => (841.0, 1189.0),
        };
        if self.landscape { (long, short) } else { (short, long) }
    }
}

/// The map of a page, for picking, for checks and for tests.
#[derive(Clone, Debug, PartialEq)]
pub struct MapOnPage {
    pub projection: Projection,
    pub scale_denominator: f64,
    /// Smallest box of the land that was to be shown.
    pub wanted: BBox,
    pub labels: Vec<PlacedLabel>,
    /// Names that found no room.
    pub labels_left_out: usize,
    pub legend: Vec<LegendEntry>,
    /// Boxes that stand on the map: legend, tables, scale bar, arrow.
    pub boxes: Vec<Rect>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub width_mm: f32,
    pub height_mm: f32,
    pub title: String,
    pub lang: Lang,
    pub drawing: Drawing,
    pub map: MapOnPage,
    /// Characters that no bundled typeface has; they show as 〓.
    pub missing_characters: Vec<char>,
}

/// Why a page could not be made or written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SheetError {
    /// No layer holds anything that could be drawn.
    #[error("nothing to draw")]
    NothingToDraw,
    /// A picture of this many pixels cannot be made.
    #[error("a picture of {width} × {height} pixels is too large")]
    TooLarge { width: u64, height: u64 },
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
    #[error("the PNG could not be written")]
    Png,
}

impl SheetError {
    pub fn message(&self) -> Message {
        match self {
            Self::NothingToDraw => Message::new("sheet.nothing_to_draw"),
            Self::TooLarge { width, height } => Message::new("sheet.too_large").with("width", *width).with("height", *height),
            Self::Pdf(cause) => Message::new("sheet.pdf_failed").with("cause", cause.as_str()),
            Self::Png => Message::new("sheet.png_failed"),
        }
    }
}

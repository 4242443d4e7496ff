//! What a map or a chart shows, as data: items, styles, labels, legend; and the display list it becomes.
//!
//! `Contents → Scene → Drawing → paper, pixels or window`: one scene for all of them.

mod borders;
mod build;
mod chart;
mod classify;
mod classing;
mod coverage;
mod drawing;
mod hatch;
mod item;
mod labels;
mod legend;
mod paint;
mod palette;
mod raster;
mod scalebar;
mod style;
mod typeface;

pub use build::{CheckedSite, View, build_scene, plan_on};
pub use chart::{Bar, bar_chart};
pub use classify::{MOST_VALUES, find_classes, recolored, use_system};
pub use classing::{Classing, PLAIN, PartName, hidden_at, part_style};
pub use coverage::{Film, FineLook, Stamps};
pub use drawing::{At, Drawing, Fill, Mark, Outline, Picture, Rect, Step, Stroke, TextRun};
pub use item::{Address, Class, Form, Hatch, Item, Label, LabelLine, Line, MM_PER_PT, Pattern, Rgb, Scene, Stand, Style, Wash};
pub use labels::{Obstacles, PlacedLabel, place_labels};
pub use legend::{LegendEntry, LegendGroup, legend, legend_in_view};
pub use paint::{Projection, paint_items, paint_labels, paint_scene, paint_scene_on, paint_swatch, paint_verdict_icon};
pub use palette::{LAND_USE, LandUse, Ramp, land_use_of, land_uses, ramp_colors, ramps, use_name};
pub use raster::{Pixels, rasterize, rasterize_on};
pub use scalebar::{ROUND_SCALES, bar_length_m, round_scale};
pub use style::{
    DRAW_ORDER, FILLED_BEYOND, HALO_PT, MapTones, Theme, VerdictColors, grade_line, map_tones, style_of, verdict_colors, verdict_hatch,
};
pub use typeface::{Face, PlacedGlyph, TextMeasure, Typefaces, glyph_outline, glyphs, missing_characters};

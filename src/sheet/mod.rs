//! Pages for people: a page is a display list in millimetres, written as PDF, PNG or SVG.

mod frame;
mod furniture;
mod layout;
mod occupancy;
mod page;
mod pdf;
mod png;
mod svg;
mod zone_plan;

pub use page::{MapOnPage, Page, Paper, PaperSize, SheetError};
pub use pdf::write_pdf;
pub use png::write_png;
pub use svg::write_svg;
pub use zone_plan::{AreaTable, Elements, SheetRequest, zone_plan};

//! The use cases both faces share.

pub mod bench;
mod bench_parcels;
mod bench_topology;
mod check;
mod gather;
mod input;
mod inspect;
mod live;
mod map;
mod near_keys;
mod open;
pub mod plan_diff;
mod project_table;
pub mod results;
pub mod rule_set_json;
pub mod sample;
mod site_cover;
mod stream;
mod today;
pub mod track;
pub mod verdict_csv;
pub mod verdict_json;
mod workspace;
pub mod yearbook;

pub use check::{SiteReader, check_rows, record_number, verdict_of};
pub use gather::{Gathered, GatheredLayer, column_for, gather, gather_onto};
pub use input::{Input, Settings};
pub use inspect::{Areas, Inspection, Problem, inspect, inspections_json};
pub use map::{MapFormat, MapRequest, TEMPLATES, map_page, map_pages, render_map};
pub use open::{CHINA, OpenError, Opened, SettledCrs, crs_refusal, crs_words, kind_key, lon_lat, open_layer};
pub use project_table::{ProjectTable, TableOrder};
pub use site_cover::SiteCover;
pub use stream::{SiteStream, check_stream};
pub use today::today;
pub use workspace::{open_workspace, save_workspace};

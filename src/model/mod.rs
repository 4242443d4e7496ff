//! Everything that is kept, as plain values; and [`Change`], the one way it changes.

mod backdrop;
mod change;
mod cluster;
mod contents;
mod fields;
mod filter;
mod indicator;
mod land_use;
mod layer;
mod look;
mod packed;
mod role;
mod site;
mod value;

pub use backdrop::Backdrop;
pub use change::{Change, Entry, FeatureState, apply};
pub use cluster::{BaseLevel, Cluster, ClusterPlan, Grade, PlanStatus};
pub use contents::{Contents, FeatureId, IdSource, LayerId};
pub use fields::{CLUSTER_ID_COLUMNS, ClusterFields, PROJECT_COLUMNS, SiteFields, field_named};
pub use filter::{Comparison, Filter, Sign};
pub use indicator::Indicator;
pub use land_use::{LandClass, SYSTEM_COLUMN, UseCode, UseColumns, UseSystem};
pub use layer::{Coverage, Feature, FeatureRef, Layer, LayerHead, Provenance};
pub use look::{Bookmark, Classes, Color, Coloring, Look, LookClass, LookRule, MOST_RULES, Rules, ScaleRange, Symbol, Test, Way};
pub use packed::{GeometryKind, Packed, PackedBuilder, settle};
pub use role::{ROLES, Role, RoleFacts, RoleGeometry};
pub use site::{ProjectKind, Site, industry_of};
pub use value::{Column, ColumnBuilder, Date, Field, FieldKind, Value};

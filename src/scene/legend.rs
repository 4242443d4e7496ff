//! The legend: what the scene really shows, grouped, each class once.

use super::build::holds;
use super::{Class, Form, Item, PLAIN, PartName, Scene, Style};
use crate::geom::{BBox, Point, Rings};
use crate::model::Grade;
use crate::rules::Position;
use crate::text::{Lang, word};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegendGroup {
    Clusters,
    Sites,
    Constraints,
    Ground,
    Borders,
}

impl LegendGroup {
    /// Text key of its heading.
    pub fn key(self) -> &'static str {
        match self {
            Self::Clusters => "legend.clusters",
            Self::Sites => "legend.sites",
            Self::Constraints => "legend.constraints",
            Self::Ground => "legend.ground",
            Self::Borders => "legend.borders",
        }
    }
}

/// One line of the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    pub group: LegendGroup,
    pub class: Class,
    pub style: Style,
    /// Text key of its name.
    pub key: &'static str,
    /// The layer's own name, of constraints: it may say what the role does not, that its content is invented for one.
    pub name: Option<Arc<str>>,
    /// The class within the layer, where its look tells features apart.
    pub part: Option<PartName>,
}

impl LegendEntry {
    pub fn words(&self, lang: Lang) -> &str {
        match &self.part {
            Some(part) => part.words(lang),
            None => self.name.as_deref().unwrap_or_else(|| word(lang, self.key)),
        }
    }
}

/// The entries of what lies in the scene's box, by group, then by class.
pub fn legend(scene: &Scene) -> Vec<LegendEntry> {
    let mut entries: Vec<LegendEntry> = Vec::new();
    for item in &scene.items {
        let Some((group, key)) = place(item.class) else { continue };
        // A verdict's icon is explained by its pieces.
        let seen = match &item.form {
            Form::Area { rings, .. } => shows(rings, &scene.bbox, true),
            Form::Lines(rings) => shows(rings, &scene.bbox, false),
            Form::Dot { at, .. } => scene.bbox.holds_point(*at),
            Form::Verdict { .. } => continue,
        };
        let layer = item.feature.filter(|_| group == LegendGroup::Constraints).and_then(|f| scene.names.get(&f.layer));
        let name = layer.filter(|name| !name.trim().is_empty()).cloned();
        let told = item.feature.filter(|_| item.part != PLAIN);
        let part = told.and_then(|f| scene.parts.get(&(f.layer, item.part)).cloned());
        if seen && !entries.iter().any(|e| e.class == item.class && e.name == name && e.part == part) {
            entries.push(LegendEntry { group, class: item.class, style: plain_style(item), key, name, part });
        }
    }
    entries.sort_by_key(|e| (e.group, e.class));
    entries
}

/// Whether any of it lies in the window, not only its box.
fn shows(rings: &Rings, window: &BBox, area: bool) -> bool {
    let rings = rings.as_ref();
    if !rings.bbox().meets(window) {
        return false;
    }
    let border = rings.rings().any(|ring| {
        let segments = if area { ring.len() } else { ring.len().saturating_sub(1) };
        (0..segments).any(|i| crosses(ring[i], ring[(i + 1) % ring.len()], window))
    });
    border || (area && holds(rings, window.center()))
}

/// Liang–Barsky without the cut.
fn crosses(a: Point, b: Point, window: &BBox) -> bool {
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for axis in 0..2 {
        let d = b[axis] - a[axis];
        if d == 0.0 {
            if a[axis] < window.min[axis] || a[axis] > window.max[axis] {
                return false;
            }
            continue;
        }
        let (t0, t1) = ((window.min[axis] - a[axis]) / d, (window.max[axis] - a[axis]) / d);
        from = from.max(t0.min(t1));
        to = to.min(t0.max(t1));
    }
    from <= to
}

/// A selected site has a casing; the legend shows the common look.
fn plain_style(item: &Item) -> Style {
    if item.class == Class::Site { Style { casing: None, ..item.style } } else { item.style }
}

fn place(class: Class) -> Option<(LegendGroup, &'static str)> {
    use LegendGroup::{Borders, Clusters, Constraints, Ground, Sites};
    Some(match class {
        Class::Cluster(grade) => (
            Clusters,
            match grade {
                Grade::KeyDevelopment => "legend.key_development",
                Grade::KeyCreation => "legend.key_creation",
                Grade::General => "legend.general",
                Grade::Emerging => "legend.emerging",
            },
        ),
        Class::Site => (Sites, "legend.site"),
        Class::Piece(Position::Inside) => (Sites, "legend.piece_inside"),
        Class::Piece(Position::Outside | Position::Partial) => (Sites, "legend.piece_outside"),
        Class::Piece(Position::NotChecked) => (Sites, "legend.piece_not_checked"),
        Class::Offence => (Sites, "legend.offence"),
        Class::DistrictBorder => (Borders, "legend.district_border"),
        Class::CityBorder => (Borders, "legend.city_border"),
        Class::Water => (Ground, "legend.water"),
        Class::Layer(role) => {
            use crate::model::Role::{Backdrop, Districts, Facilities, Firms, Parcels, Plan, Roads, Sites as SitesRole};
            match role {
                Backdrop | Districts | Plan | SitesRole => return None,
                Parcels | Roads | Facilities | Firms => (Ground, role.facts().name_key),
                _ => (Constraints, role.facts().name_key),
            }
        }
        Class::Sea | Class::Neighbour | Class::Land => return None,
    })
}

//! The legend: what the scene really shows, grouped, each class once.

use super::{Class, Form, Item, Scene, Style};
use crate::geom::BBox;
use crate::model::Grade;
use crate::rules::Position;

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
}

/// The entries of what lies in the scene's box, by group, then by class.
pub fn legend(scene: &Scene) -> Vec<LegendEntry> {
    let mut entries: Vec<LegendEntry> = Vec::new();
    for item in &scene.items {
        let Some((group, key)) = place(item.class) else { continue };
        // Borders run between features and are cut to the view already; a verdict's icon is explained by its pieces.
        let seen = match &item.form {
            Form::Area { rings, .. } | Form::Lines(rings) => rings.as_ref().as_ref().bbox(),
            Form::Dot { at, .. } => BBox::of(&[*at]),
            Form::Verdict { .. } => continue,
        }
        .meets(&scene.bbox);
        if seen && !entries.iter().any(|e| e.class == item.class) {
            entries.push(LegendEntry { group, class: item.class, style: plain_style(item), key });
        }
    }
    entries.sort_by_key(|e| (e.group, e.class));
    entries
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

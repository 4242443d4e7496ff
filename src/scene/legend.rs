//! The legend: what the scene really shows, grouped, each class once.

use super::build::{CheckedSite, View, build_scene, holds, is_left_out};
use super::{Class, Classing, Form, PLAIN, PartName, Scene, Style, part_style};
use crate::geom::{BBox, Point, RingsRef};
use crate::model::{Coloring, Contents, GeometryKind, Grade, Layer, MOST_RULES, Role};
use crate::rules::Position;
use crate::text::{Lang, word};
use std::collections::BTreeSet;
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

/// Entries as they are found, each once.
#[derive(Default)]
struct Found(Vec<LegendEntry>);

impl Found {
    /// Takes an entry unless it is there already; `seen` is asked only then.
    fn add(&mut self, class: Class, style: &Style, layer: Option<&Arc<str>>, part: Option<PartName>, seen: impl FnOnce() -> bool) {
        let Some((group, key)) = place(class) else { return };
        let name = layer.filter(|name| group == LegendGroup::Constraints && !name.trim().is_empty()).cloned();
        let known = self.0.iter().any(|e| e.class == class && e.name == name && e.part == part);
        if !known && seen() {
            self.0.push(LegendEntry { group, class, style: plain_style(class, style), key, name, part });
        }
    }

    fn sorted(mut self) -> Vec<LegendEntry> {
        let place = |e: &LegendEntry| match e.part {
            Some(PartName::Rule(place, _)) => place,
            Some(PartName::Rest) => u16::MAX,
            _ => 0,
        };
        self.0.sort_by_key(|e| (e.group, e.class, place(e)));
        self.0
    }
}

/// The entries of what lies in the scene's box, by group, then by class.
pub fn legend(scene: &Scene) -> Vec<LegendEntry> {
    let mut found = Found::default();
    add_items(&mut found, scene);
    found.sorted()
}

fn add_items(found: &mut Found, scene: &Scene) {
    for item in &scene.items {
        // A verdict's icon is explained by its pieces.
        if matches!(item.form, Form::Verdict { .. }) {
            continue;
        }
        let layer = item.feature.and_then(|f| scene.names.get(&f.layer));
        let told = item.feature.filter(|_| item.part != PLAIN);
        let part = told.and_then(|f| scene.parts.get(&(f.layer, item.part)).cloned());
        found.add(item.class, &item.style, layer, part, || match &item.form {
            Form::Area { rings, .. } => shows(rings.as_ref().as_ref(), &scene.bbox, true),
            Form::Lines(rings) => shows(rings.as_ref().as_ref(), &scene.bbox, false),
            Form::Dot { at, .. } => scene.bbox.holds_point(*at),
            Form::Verdict { .. } => false,
        });
    }
}

/// The legend of a view without making a scene of all that lies in it: layers of a million features are looked through until
/// each of their classes was seen once. Nothing comes once `is_stopped` says so.
pub fn legend_in_view(
    contents: &Contents,
    view: &View,
    checked: &[CheckedSite<'_>],
    with_sites: bool,
    is_stopped: &dyn Fn() -> bool,
) -> Vec<LegendEntry> {
    let by_scene = |layer: &Layer| matches!(layer.head.role, Role::Backdrop | Role::Districts | Role::Plan);
    let mut light = contents.clone();
    for (id, _) in contents.layers_in_order().filter(|(_, l)| !by_scene(l)) {
        light.layers = light.layers.remove(&id);
    }
    light.order = contents.order.iter().copied().filter(|id| light.layers.contains_key(id)).collect();
    let mut found = Found::default();
    add_items(&mut found, &build_scene(&light, view, checked));
    let is_drawn = |layer: &Layer| {
        let shown = layer.head.visible && layer.head.look.scales.holds(view.scale_denominator);
        shown && !is_left_out(layer, view.scale_denominator) && (with_sites || layer.head.role != Role::Sites)
    };
    for (_, layer) in contents.layers_in_order().filter(|(_, l)| !by_scene(l) && is_drawn(l)) {
        add_layer(&mut found, layer, view, is_stopped);
    }
    if is_stopped() { Vec::new() } else { found.sorted() }
}

/// The classes of a layer that lie in view.
fn add_layer(found: &mut Found, layer: &Layer, view: &View, is_stopped: &dyn Fn() -> bool) {
    let class = if layer.head.role == Role::Sites { Class::Site } else { Class::Layer(layer.head.role) };
    let (kind, classing, scale) = (layer.base().kind(), Classing::of(layer), view.scale_denominator);
    let most = most_parts(layer, &classing);
    let mut known: BTreeSet<u16> = BTreeSet::new();
    for (n, feature) in layer.meeting(view.bbox).into_iter().filter_map(|id| layer.feature(id)).enumerate() {
        if known.len() >= most || n % 4096 == 4095 && is_stopped() {
            break;
        }
        let Some(part) = classing.part(feature).filter(|part| !known.contains(part)) else { continue };
        let rings = feature.rings();
        let seen = match kind {
            GeometryKind::Area => shows(rings, &view.bbox, true),
            GeometryKind::Line => shows(rings, &view.bbox, false),
            GeometryKind::Point => rings.coords().iter().any(|p| view.bbox.holds_point(*p)),
            GeometryKind::None => false,
        };
        if seen {
            known.insert(part);
        }
    }
    // In the order of the look, not in that in which they were met.
    for part in known {
        if let Some(style) = part_style(&layer.head, kind, class, part, scale, view.theme) {
            let name = (part != PLAIN).then(|| PartName::of(&layer.head.look, part, scale)).flatten();
            found.add(class, &style, Some(&layer.head.name), name, || true);
        }
    }
}

/// How many classes a layer can have: when so many were seen, no other is looked for.
fn most_parts(layer: &Layer, classing: &Classing) -> usize {
    match &layer.head.look.coloring {
        Coloring::AsRole if classing.is_told() => super::palette::families().len() + 1,
        Coloring::AsRole | Coloring::Single(_) => 1,
        Coloring::Classes(classes) => classes.list.len() + 1,
        // Each number of a class is a choice of rules that are met together.
        Coloring::Rules(rules) => 1 << rules.list.len().min(MOST_RULES),
    }
}

/// Whether any of it lies in the window, not only its box.
fn shows(rings: RingsRef<'_>, window: &BBox, area: bool) -> bool {
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
fn plain_style(class: Class, style: &Style) -> Style {
    if class == Class::Site { Style { casing: None, ..*style } } else { *style }
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

//! Contents to scene: layers by role in the official order, clusters by grade, districts, checked sites, labels.

use super::borders::borders;
use super::{
    Address, Class, Classing, DRAW_ORDER, Form, Item, Label, LabelLine, PLAIN, PartName, Rgb, Scene, Stand, Style, Theme, grade_line,
    map_tones, part_style, style_of,
};
use crate::geom::{BBox, Point, Rings, RingsRef, Shape, Tolerance, centroid, label_point, overlap};
use crate::model::{
    Cluster, ClusterFields, Coloring, Contents, Date, FeatureRef, GeometryKind, Grade, Layer, LayerId, Role, SiteFields, field_named,
};
use crate::rules::{Position, Verdict};
use crate::text::{Lang, word};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is looked at, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    pub bbox: BBox,
    pub scale_denominator: f64,
    /// The day whose lists give clusters their grade.
    pub date: Date,
    pub lang: Lang,
    pub theme: Theme,
    /// The one plan version to show; `None` shows every visible one.
    pub plan: Option<LayerId>,
}

/// A checked site on the map.
#[derive(Clone, Copy, Debug)]
pub struct CheckedSite<'a> {
    pub verdict: &'a Verdict,
    pub feature: Option<Address>,
    pub selected: bool,
}

/// Roads, parcels and the like say nothing at the scale of a city and hide everything else.
const DETAIL_UP_TO: f64 = 60_000.0;
const CLUSTER_NAMES_UP_TO: f64 = 200_000.0;
const SITE_NAMES_UP_TO: f64 = 10_000.0;
/// Beyond this names on the ground are set in the smaller size.
const SMALL_BEYOND: f64 = 1_000_000.0;

/// The plan version in force on `date`, the newest of several; the topmost one when none is.
pub fn plan_on(contents: &Contents, date: Date) -> Option<LayerId> {
    let plans: Vec<LayerId> = contents.layers_of(Role::Plan).map(|(id, _)| id).collect();
    let facts = |id: &LayerId| contents.cluster_plans.get(id);
    let in_force = plans.iter().filter(|id| facts(id).is_some_and(|p| p.in_force(date)));
    in_force.max_by_key(|id| facts(id).and_then(|p| p.valid_from)).or(plans.last()).copied()
}

pub fn build_scene(contents: &Contents, view: &View, checked: &[CheckedSite<'_>]) -> Scene {
    let tones = map_tones(view.theme);
    let mut builder = Builder { contents, view, items: Vec::new(), labels: Vec::new() };
    for role in DRAW_ORDER {
        match role {
            Role::Backdrop => builder.backdrop(),
            Role::Districts => builder.district_ground(),
            Role::Plan => {
                builder.district_borders();
                builder.plans();
            }
            Role::Sites => builder.sites(checked),
            other => builder.plain(*other),
        }
    }
    builder.checked(checked);
    let known_ground = builder.items.iter().any(|i| matches!(i.class, Class::Land | Class::Sea));
    let ground = if known_ground { tones.neighbour } else { tones.land };
    let names = contents.layers.iter().map(|(id, layer)| (*id, layer.head.name.clone())).collect();
    let mut parts = BTreeMap::new();
    for item in &builder.items {
        let Some(id) = item.feature.map(|f| f.layer).filter(|_| item.part != PLAIN) else { continue };
        if let (Some(layer), false) = (contents.layer(id), parts.contains_key(&(id, item.part))) {
            parts.extend(PartName::of(&layer.head.look, item.part, view.scale_denominator).map(|name| ((id, item.part), name)));
        }
    }
    let (items, labels) = (builder.items, builder.labels);
    Scene { bbox: view.bbox, scale_denominator: view.scale_denominator, ground, items, labels, names, parts }
}

struct Builder<'a> {
    contents: &'a Contents,
    view: &'a View,
    items: Vec<Item>,
    labels: Vec<Label>,
}

/// A column read as trimmed text; empty when there is none.
fn text_of(feature: FeatureRef<'_>, column: Option<usize>) -> String {
    column.map_or(String::new(), |c| feature.value(c).to_string().trim().to_owned())
}

/// Where the label of a feature goes: its centre of gravity if that lies in it, else well inside it; the middle of its box
/// when its rings are no sound area.
fn anchor_of(feature: FeatureRef<'_>) -> Point {
    let Some(shape) = feature.shape() else { return feature.rings().bbox().center() };
    let middle = centroid(shape);
    if holds(shape.rings(), middle) { middle } else { label_point(shape) }
}

fn area_form(feature: FeatureRef<'_>) -> Form {
    Form::Area { rings: Arc::new(feature.rings().to_owned()), sound: feature.shape().is_some() }
}

impl<'a> Builder<'a> {
    fn visible(&self, role: Role) -> Vec<(LayerId, &'a Arc<Layer>)> {
        let scale = self.view.scale_denominator;
        let shown = |layer: &Layer| layer.head.visible && layer.head.look.scales.holds(scale);
        self.contents.layers_of(role).filter(|(_, layer)| shown(layer)).collect()
    }

    fn in_view(&self, layer: &'a Layer) -> Vec<FeatureRef<'a>> {
        let classing = Classing::of(layer);
        let all = layer.meeting(self.view.bbox).into_iter().filter_map(|id| layer.feature(id));
        all.filter(|f| !classing.is_filtered() || classing.part(*f).is_some()).collect()
    }

    fn style(&self, class: Class, layer: &Layer) -> Style {
        style_of(class, self.view.scale_denominator, self.view.theme).faded(layer.head.opacity)
    }

    /// Sea, neighbours, water and the names on them, by the words of the backdrop's type field.
    fn backdrop(&mut self) {
        for (id, layer) in self.visible(Role::Backdrop) {
            let kind = field_named(&layer.fields, GROUND_KIND);
            let name = field_named(&layer.fields, &["名称", "NAME", "MC"]);
            let features = self.in_view(layer);
            let class_of = |f: &FeatureRef<'_>| ground_class(&text_of(*f, kind));
            let area = layer.base().kind() == GeometryKind::Area;
            let seas: Vec<usize> = (0..features.len()).filter(|&i| area && class_of(&features[i]) == Class::Sea).collect();
            for (i, feature) in features.iter().copied().enumerate() {
                let class = class_of(&feature);
                // A point of the backdrop is a name only.
                if layer.base().kind() != GeometryKind::Point {
                    self.push(id, layer, feature, class);
                }
                if seas.last() == Some(&i) {
                    self.shores(&seas.iter().map(|&i| features[i].rings()).collect::<Vec<_>>(), layer);
                }
                let name = text_of(feature, name);
                if !name.is_empty() {
                    let tones = map_tones(self.view.theme);
                    let wet = matches!(class, Class::Sea | Class::Water);
                    let line = LabelLine {
                        text: name,
                        size_pt: if wet && self.view.scale_denominator <= SMALL_BEYOND { 16.0 } else { 12.0 },
                        color: if wet { tones.water_label } else { tones.label },
                    };
                    self.label(vec![line], true, 40, if wet { 8.0 } else { 2.0 }, (id, feature));
                }
            }
        }
    }

    /// The shore of all seas of a layer: where one sea opens into another nothing is drawn.
    fn shores(&mut self, seas: &[RingsRef<'a>], layer: &Layer) {
        let style = Style { line: self.style(Class::Sea, layer).line, ..Style::default() };
        let lines = borders(seas, &|_| false, self.view.bbox).outer;
        self.items.extend(lines.into_iter().map(|l| Item { form: Form::Lines(l), style, class: Class::Sea, feature: None, part: PLAIN }));
    }

    fn district_ground(&mut self) {
        for (id, layer) in self.visible(Role::Districts) {
            for feature in self.in_view(layer) {
                self.push(id, layer, feature, Class::Land);
            }
        }
    }

    /// Borders and names: over the ground and the constraints, under the clusters.
    fn district_borders(&mut self) {
        let layers = self.visible(Role::Districts);
        let all: Vec<(LayerId, FeatureRef<'a>, Option<usize>)> = layers
            .iter()
            .flat_map(|(id, layer)| {
                let name = field_named(&layer.fields, &["名称", "NAME", "XZQMC", "区市", "MC"]);
                layer.features().map(move |f| (*id, f, name))
            })
            .collect();
        if all.is_empty() {
            return;
        }
        let grounds: Vec<(Class, RingsRef<'a>)> = self
            .visible(Role::Backdrop)
            .into_iter()
            .flat_map(|(_, layer)| {
                let kind = field_named(&layer.fields, GROUND_KIND);
                layer.features().map(move |f| (ground_class(&text_of(f, kind)), f.rings()))
            })
            .filter(|(class, rings)| matches!(class, Class::Sea | Class::Neighbour | Class::Land) && !rings.is_empty())
            .collect();
        // The uppermost ground counts.
        let wet = |p: Point| grounds.iter().rev().find(|(_, rings)| holds(*rings, p)).is_some_and(|(class, _)| *class == Class::Sea);
        let rings: Vec<RingsRef<'a>> = all.iter().map(|(_, f, _)| f.rings()).collect();
        let found = borders(&rings, &wet, self.view.bbox);
        let style = style_of(Class::DistrictBorder, self.view.scale_denominator, self.view.theme);
        let city = style_of(Class::CityBorder, self.view.scale_denominator, self.view.theme);
        let coast = Style { line: style_of(Class::Sea, self.view.scale_denominator, self.view.theme).line, ..Style::default() };
        for (lines, style, class) in
            [(found.coast, coast, Class::Sea), (found.shared, style, Class::DistrictBorder), (found.outer, city, Class::CityBorder)]
        {
            self.items.extend(lines.into_iter().map(|l| Item { form: Form::Lines(l), style, class, feature: None, part: PLAIN }));
        }
        // Where sites are looked at one by one, a district's name would stand on one of them as if it were its own.
        if self.view.scale_denominator <= super::FILLED_BEYOND {
            return;
        }
        let color = map_tones(self.view.theme).label;
        for (id, feature, name) in all {
            let text = text_of(feature, name);
            if !text.is_empty() && feature.rings().bbox().meets(&self.view.bbox) {
                let size_pt = if self.view.scale_denominator > SMALL_BEYOND { 12.0 } else { 14.0 };
                self.label(vec![LabelLine { text, size_pt, color }], true, 60, 2.0, (id, feature));
            }
        }
    }

    fn plans(&mut self) {
        for (id, layer) in self.visible(Role::Plan) {
            if self.view.plan.is_some_and(|plan| plan != id) {
                continue;
            }
            let fields = ClusterFields::guess(&layer.fields);
            let mut clusters: Vec<(Grade, Cluster, FeatureRef<'a>)> = self
                .in_view(layer)
                .into_iter()
                .map(|f| {
                    let cluster = Cluster::read(f, &fields, f.source_record().unwrap_or(0) as usize);
                    (cluster.grade(self.view.date), cluster, f)
                })
                .collect();
            // Lower grades first: where outlines meet, the higher grade's line is on top.
            clusters.sort_by_key(|(grade, _, _)| match grade {
                Grade::General => 0,
                Grade::Emerging => 1,
                Grade::KeyCreation => 2,
                Grade::KeyDevelopment => 3,
            });
            for (grade, cluster, feature) in clusters {
                self.push(id, layer, feature, Class::Cluster(grade));
                if self.view.scale_denominator <= CLUSTER_NAMES_UP_TO && !cluster.name.is_empty() {
                    let color = grade_line(grade, self.view.theme);
                    let mut lines = vec![LabelLine { text: cluster.name, size_pt: 14.0, color }];
                    if self.view.scale_denominator <= super::FILLED_BEYOND {
                        lines.push(LabelLine { text: word(self.view.lang, grade.key()).to_owned(), size_pt: 12.0, color });
                    }
                    let priority = if grade == Grade::KeyDevelopment { 80 } else { 70 };
                    self.label(lines, false, priority, 0.0, (id, feature));
                }
            }
        }
    }

    fn sites(&mut self, checked: &[CheckedSite<'_>]) {
        for (id, layer) in self.visible(Role::Sites) {
            let fields = SiteFields::guess(&layer.fields);
            for feature in self.in_view(layer) {
                let address = Address { layer: id, feature: feature.id };
                if checked.iter().any(|c| c.feature == Some(address)) {
                    continue;
                }
                self.push(id, layer, feature, Class::Site);
                let name = text_of(feature, fields.name);
                if self.view.scale_denominator <= SITE_NAMES_UP_TO && !name.is_empty() {
                    let line = LabelLine { text: name, size_pt: 12.0, color: map_tones(self.view.theme).site };
                    self.label(vec![line], false, 50, 0.0, (id, feature));
                }
            }
        }
    }

    /// Checked sites: other ones first, the selected one on top, with its pieces and its icon.
    fn checked(&mut self, checked: &[CheckedSite<'_>]) {
        let tones = map_tones(self.view.theme);
        let in_view = |c: &&CheckedSite<'_>| c.verdict.shape.as_ref().is_some_and(|s| s.bbox().meets(&self.view.bbox));
        let mut sites: Vec<&CheckedSite<'_>> = checked.iter().filter(in_view).collect();
        sites.sort_by_key(|c| c.selected);
        for site in sites {
            let verdict = site.verdict;
            let style = |class| style_of(class, self.view.scale_denominator, self.view.theme);
            let area = |shape: &crate::geom::Shape| Form::Area { rings: Arc::new(shape.rings().to_owned()), sound: true };
            let feature = site.feature;
            let mut pieces = vec![(&verdict.inside, Position::Inside), (&verdict.outside, Position::Outside)];
            if verdict.position == Position::NotChecked {
                pieces = vec![(&verdict.shape, Position::NotChecked)];
            }
            for (shape, position) in pieces {
                if let Some(shape) = shape {
                    let class = Class::Piece(position);
                    self.items.push(Item { form: area(shape), style: style(class), class, feature, part: PLAIN });
                }
            }
            let offences = verdict.findings.iter().filter(|f| f.prohibitive).flat_map(|f| &f.evidence);
            let class = Class::Offence;
            self.items.extend(offences.map(|e| Item { form: area(&e.piece), style: style(class), class, feature, part: PLAIN }));
            let Some(shape) = &verdict.shape else { continue };
            let mut outline = style(Class::Site);
            if site.selected {
                outline.casing = Some(super::Line { color: tones.card, width_pt: 8.0, dash_pt: &[] });
                outline.line = outline.line.map(|l| super::Line { width_pt: 2.6, ..l });
            }
            self.items.push(Item { form: area(shape), style: outline, class: Class::Site, feature, part: PLAIN });
            let at = label_point(shape.as_ref().as_ref());
            let form = Form::Verdict { at, position: verdict.position };
            self.items.push(Item { form, style: Style::default(), class: Class::Site, feature, part: PLAIN });
            if self.view.scale_denominator <= SITE_NAMES_UP_TO {
                let line = LabelLine { text: verdict.site.name.clone(), size_pt: 12.0, color: tones.site };
                let priority = if site.selected { 95 } else { 50 };
                let halo = Some(tones.halo);
                let within = shape.bbox();
                self.labels.push(Label {
                    lines: vec![line],
                    anchor: at,
                    within,
                    stand: Stand::Beside,
                    keep_off: false,
                    halo,
                    spacing_pt: 0.0,
                    priority,
                    feature,
                });
            }
        }
    }

    fn plain(&mut self, role: Role) {
        for (id, layer) in self.visible(role) {
            if is_left_out(layer, self.view.scale_denominator) {
                continue;
            }
            let classing = Classing::of(layer);
            let features = layer.meeting(self.view.bbox).into_iter().filter_map(|id| layer.feature(id));
            let mut features: Vec<(u16, FeatureRef<'_>)> = features.filter_map(|f| Some((classing.part(f)?, f))).collect();
            // What looks alike is drawn together.
            features.sort_by_key(|(part, _)| *part);
            let kind = layer.base().kind();
            for (part, feature) in features {
                let class = Class::Layer(role);
                if let Some(style) = part_style(&layer.head, kind, class, part, self.view.scale_denominator, self.view.theme) {
                    self.put(id, layer, feature, (class, part, style));
                }
            }
        }
    }

    fn push(&mut self, layer_id: LayerId, layer: &Layer, feature: FeatureRef<'_>, class: Class) {
        let kind = layer.base().kind();
        let Some(mut style) = part_style(&layer.head, kind, class, PLAIN, self.view.scale_denominator, self.view.theme) else { return };
        if class == Class::Sea && kind == GeometryKind::Area {
            style.line = None;
        }
        self.put(layer_id, layer, feature, (class, PLAIN, style));
    }

    fn put(&mut self, layer_id: LayerId, layer: &Layer, feature: FeatureRef<'_>, (class, part, style): (Class, u16, Style)) {
        let address = Some(Address { layer: layer_id, feature: feature.id });
        let form = match layer.base().kind() {
            GeometryKind::Area => area_form(feature),
            GeometryKind::Line => Form::Lines(Arc::new(feature.rings().to_owned())),
            GeometryKind::Point => {
                let dots = feature.rings().coords().iter();
                let dot = |at: &Point| Item { form: Form::Dot { at: *at, diameter_pt: 5.0 }, style, class, feature: address, part };
                self.items.extend(dots.map(dot));
                return;
            }
            GeometryKind::None => return,
        };
        self.items.push(Item { form, style, class, feature: address, part });
    }

    /// The part of a piece of the backdrop that lies in view: seas and neighbours have most of theirs elsewhere.
    fn seen_part(&self, layer: LayerId, named: FeatureRef<'_>) -> Option<Shape> {
        let [[west, south], [east, north]] = [self.view.bbox.min, self.view.bbox.max];
        let window = Shape::check(Rings::simple(&[[west, south], [east, south], [east, north], [west, north]]).as_ref()).ok()?;
        let backdrop = self.contents.layer(layer).is_some_and(|l| l.head.role == Role::Backdrop);
        named.shape().filter(|_| backdrop).and_then(|s| overlap(s, window.as_ref(), Tolerance::default()))
    }

    fn label(&mut self, lines: Vec<LabelLine>, keep_off: bool, priority: i32, spacing_pt: f32, (layer, named): (LayerId, FeatureRef<'_>)) {
        let halo: Option<Rgb> = Some(map_tones(self.view.theme).halo);
        let feature = Some(Address { layer, feature: named.id });
        let (mut anchor, within) = (anchor_of(named), named.rings().bbox());
        // Something larger than the view is named where one looks at it.
        let middle = self.view.bbox.center();
        if !self.view.bbox.holds_point(anchor) {
            if holds(named.rings(), middle) {
                anchor = middle;
            } else if let Some(seen) = self.seen_part(layer, named) {
                anchor = label_point(seen.as_ref());
            }
        }
        let stand = Stand::On;
        self.labels.push(Label { lines, anchor, within, stand, keep_off, halo, spacing_pt, priority, feature });
    }
}

/// Whether a layer is too fine for a scale. Who colours a layer wants to see it.
pub(super) fn is_left_out(layer: &Layer, scale_denominator: f64) -> bool {
    let detail = matches!(layer.head.role, Role::LandUse | Role::DetailedPlan | Role::Parcels | Role::Roads);
    let chosen = layer.head.look.coloring != Coloring::AsRole || layer.head.look.scales.farthest.is_some();
    detail && !chosen && scale_denominator > DETAIL_UP_TO
}

/// Whether rings hold a point, by counting crossings: for drawing only, the border itself does not matter.
pub(super) fn holds(rings: RingsRef<'_>, [x, y]: Point) -> bool {
    let mut inside = false;
    for ring in rings.rings() {
        for (i, b) in ring.iter().enumerate() {
            let a = ring[if i == 0 { ring.len() - 1 } else { i - 1 }];
            if (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) {
                inside = !inside;
            }
        }
    }
    inside
}

/// Names of the field that says what a piece of the backdrop is.
const GROUND_KIND: &[&str] = &["类型", "KIND", "TYPE"];

/// What a piece of the backdrop is, by the words people use for it.
fn ground_class(kind: &str) -> Class {
    let kind = kind.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|w| kind.contains(w));
    if any(&["海", "sea"]) {
        Class::Sea
    } else if any(&["水", "河", "湖", "water"]) {
        Class::Water
    } else if any(&["邻", "外", "neighbour"]) {
        Class::Neighbour
    } else if any(&["陆", "land"]) {
        Class::Land
    } else {
        Class::Layer(Role::Backdrop)
    }
}

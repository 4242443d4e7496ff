//! What a map is made of, cut into pieces of land that fit a graphics buffer: which features each holds, nothing of how they look.

use crate::geom::{BBox, Point, Rings, RingsRef};
use crate::model::{Contents, Date, FeatureId, GeometryKind, Layer, LayerId, Role};
use crate::scene::{Class, Classing, DRAW_ORDER, Form, Item, PLAIN, Theme, View as SceneView, build_scene};
use crate::text::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Points of a chunk, unless one feature alone has more: 16-bit numbers reach all of them, those that close rings included.
const POINTS_AT_MOST: usize = 32_000;

/// Roles whose features have classes of their own: the scene decides about them.
const BY_SCENE: [Role; 3] = [Role::Backdrop, Role::Districts, Role::Plan];

/// Features of one look, in the order in which they are drawn.
#[derive(Debug)]
pub struct Group {
    pub class: Class,
    /// Whose opacity and visibility it has.
    pub layer: Option<LayerId>,
    /// Tells groups of the same class and layer apart.
    pub turn: usize,
    /// The class of the layer's look.
    pub part: u16,
    /// By what the layer's features are told apart and left out; empty where they are not.
    pub told_by: Arc<str>,
    /// Rings close on themselves.
    pub closed: bool,
    pub bbox: BBox,
    pub points: usize,
    /// Points and box of all classes of the layer together.
    pub whole: (usize, BBox),
    pub chunks: Vec<Arc<Chunk>>,
    pub source: Source,
}

/// Features that lie near each other.
#[derive(Debug)]
pub struct Chunk {
    /// No two chunks ever have the same: an edited one gets another.
    pub stamp: u64,
    pub bbox: BBox,
    /// Numbers that [`Source::piece`] takes.
    pub members: Vec<u128>,
}

/// Where the rings of a group are kept.
#[derive(Debug)]
pub enum Source {
    Layer(Arc<Layer>),
    Items(Vec<(Arc<Rings>, bool)>),
}

impl Source {
    /// Rings of a member, and whether they are a sound area.
    pub fn piece(&self, member: u128) -> Option<(RingsRef<'_>, bool)> {
        match self {
            Self::Layer(layer) => layer.feature(FeatureId(member)).map(|f| (f.rings(), f.shape().is_some())),
            Self::Items(items) => items.get(member as usize).map(|(rings, sound)| (rings.as_ref().as_ref(), *sound)),
        }
    }
}

/// All groups of a revision, lowest first.
#[derive(Debug, Default)]
pub struct Groups {
    pub list: Vec<Arc<Group>>,
    /// The layers that the scene decided about, to know when it must be asked again.
    ground: Vec<(LayerId, Arc<Layer>)>,
    plan: Option<LayerId>,
    date: Option<Date>,
}

fn stamp() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Contents to groups; what did not change since `before` is taken from it.
pub fn groups(contents: &Contents, plan: Option<LayerId>, date: Date, before: &Groups) -> Groups {
    let ground: Vec<(LayerId, Arc<Layer>)> =
        contents.layers_in_order().filter(|(_, l)| BY_SCENE.contains(&l.head.role)).map(|(id, l)| (id, l.clone())).collect();
    let same = before.plan == plan
        && before.date == Some(date)
        && before.ground.len() == ground.len()
        && before.ground.iter().zip(&ground).all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1));
    let (lower, upper): (Vec<_>, Vec<_>) = if same {
        before.list.iter().filter(|g| matches!(g.source, Source::Items(_))).cloned().partition(|g| !is_upper(g.class))
    } else {
        ground_groups(contents, plan, date).into_iter().partition(|g| !is_upper(g.class))
    };
    let mut list = lower;
    for role in DRAW_ORDER {
        if *role == Role::Plan {
            list.extend(upper.iter().cloned());
        }
        if BY_SCENE.contains(role) {
            continue;
        }
        for (id, layer) in contents.layers_of(*role).filter(|(_, l)| l.head.visible) {
            if matches!(layer.base().kind(), GeometryKind::Area | GeometryKind::Line) {
                let old = before.list.iter().filter(|g| g.layer == Some(id) && matches!(g.source, Source::Layer(_))).collect();
                let class = if *role == Role::Sites { Class::Site } else { Class::Layer(*role) };
                list.extend(layer_groups(id, layer, class, old));
            }
        }
    }
    Groups { list, ground, plan, date: Some(date) }
}

fn is_upper(class: Class) -> bool {
    matches!(class, Class::DistrictBorder | Class::CityBorder | Class::Cluster(_))
}

/// Whether the canvas takes a layer's areas and lines from the layer itself, not from the scene.
pub fn is_bulk(layer: &Layer) -> bool {
    !BY_SCENE.contains(&layer.head.role) && matches!(layer.base().kind(), GeometryKind::Area | GeometryKind::Line)
}

/// Contents without the layers of which there is too much for a scene.
pub fn without_bulk(contents: &Contents, keep_sites: bool) -> Contents {
    let mut light = contents.clone();
    for (id, layer) in contents.layers_in_order() {
        if is_bulk(layer) && !(keep_sites && layer.head.role == Role::Sites) {
            light.layers = light.layers.remove(&id);
        }
    }
    light.order = contents.order.iter().copied().filter(|id| light.layers.contains_key(id)).collect();
    light
}

/// Items of one look that follow each other: class, layer, whether rings close, and each item's rings with their soundness.
type Run = (Class, Option<LayerId>, bool, Vec<(Arc<Rings>, bool)>);

fn ground_groups(contents: &Contents, plan: Option<LayerId>, date: Date) -> Vec<Arc<Group>> {
    let light = without_bulk(contents, false);
    let bbox = light.layers.iter().fold(BBox::EMPTY, |b, (_, l)| b.join(l.bbox())).grown(1.0);
    // Neither the scale nor the theme changes which items there are, only how they look.
    let view = SceneView { bbox, scale_denominator: 1e9, date, lang: Lang::Zh, theme: Theme::Light, plan };
    let mut runs: Vec<Run> = Vec::new();
    for Item { form, class, feature, .. } in build_scene(&light, &view, &[]).items {
        let (rings, closed, sound) = match form {
            Form::Area { rings, sound } => (rings, true, sound),
            Form::Lines(rings) => (rings, false, false),
            Form::Dot { .. } | Form::Verdict { .. } => continue,
        };
        let layer = feature.map(|f| f.layer);
        match runs.last_mut() {
            Some((c, l, k, run)) if (*c, *l, *k) == (class, layer, closed) => run.push((rings, sound)),
            _ => runs.push((class, layer, closed, vec![(rings, sound)])),
        }
    }
    let group = |(class, layer, closed, run): Run| {
        let members: Vec<Member> = run.iter().enumerate().map(|(i, (rings, _))| Member::of(i as u128, rings.as_ref().as_ref())).collect();
        gathered(class, layer, closed, Source::Items(run), members, false)
    };
    let groups = runs.into_iter().map(group).enumerate();
    groups.map(|(turn, group)| Arc::new(Group { turn, ..group })).collect()
}

/// A feature as far as its place matters.
struct Member {
    number: u128,
    bbox: BBox,
    points: usize,
}

impl Member {
    fn of(number: u128, rings: RingsRef<'_>) -> Self {
        Self { number, bbox: rings.bbox(), points: rings.coords().len() + 4 * rings.ring_count() }
    }
}

fn gathered(class: Class, layer: Option<LayerId>, closed: bool, source: Source, mut members: Vec<Member>, near: bool) -> Group {
    let bbox = members.iter().fold(BBox::EMPTY, |b, m| b.join(m.bbox));
    let points = members.iter().map(|m| m.points).sum();
    if near {
        members.sort_by_cached_key(|m| along_the_curve(m.bbox.center(), bbox));
    }
    Group {
        class,
        layer,
        turn: 0,
        part: PLAIN,
        told_by: Arc::from(""),
        closed,
        bbox,
        points,
        whole: (points, bbox),
        chunks: chunks(&members),
        source,
    }
}

fn chunks(members: &[Member]) -> Vec<Arc<Chunk>> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut points = 0;
    for (i, member) in members.iter().enumerate() {
        if points > 0 && points + member.points > POINTS_AT_MOST {
            out.push(chunk(&members[from..i]));
            (from, points) = (i, 0);
        }
        points += member.points;
    }
    if from < members.len() {
        out.push(chunk(&members[from..]));
    }
    out
}

fn chunk(members: &[Member]) -> Arc<Chunk> {
    let bbox = members.iter().fold(BBox::EMPTY, |b, m| b.join(m.bbox));
    Arc::new(Chunk { stamp: stamp(), bbox, members: members.iter().map(|m| m.number).collect() })
}

/// One group for each class of the layer's look.
fn layer_groups(id: LayerId, layer: &Arc<Layer>, class: Class, before: Vec<&Arc<Group>>) -> Vec<Arc<Group>> {
    let closed = layer.base().kind() == GeometryKind::Area;
    let classing = Classing::of(layer);
    if let Some(first) = before.first()
        && let Source::Layer(was) = &first.source
        && first.class == class
        && *first.told_by == *classing.key()
    {
        if Arc::ptr_eq(was, layer) {
            return before.into_iter().cloned().collect();
        }
        if was.same_features(layer) {
            // Only what the layer says about itself is another: everything on the card serves on.
            return before.into_iter().map(|g| Arc::new(g.of_layer(layer))).collect();
        }
        if classing.key().is_empty() && Arc::ptr_eq(was.base(), layer.base()) {
            return vec![Arc::new(edited_group(first, was, layer))];
        }
    }
    let mut parts: BTreeMap<u16, Vec<Member>> = BTreeMap::new();
    for feature in layer.features() {
        if let Some(part) = classing.part(feature) {
            parts.entry(part).or_default().push(Member::of(feature.id.0, feature.rings()));
        }
    }
    let told_by: Arc<str> = classing.key().into();
    let group = |(part, members)| {
        let all = gathered(class, Some(id), closed, Source::Layer(layer.clone()), members, true);
        Group { part, turn: usize::from(part), told_by: told_by.clone(), ..all }
    };
    let groups: Vec<Group> = parts.into_iter().map(group).collect();
    let whole = groups.iter().fold((0, BBox::EMPTY), |(n, b), g| (n + g.points, b.join(g.bbox)));
    groups.into_iter().map(|g| Arc::new(Group { whole, ..g })).collect()
}

impl Group {
    /// A group of areas for tests.
    #[cfg(test)]
    pub fn sketch(class: Class, bbox: BBox, chunks: Vec<Arc<Chunk>>, source: Source) -> Self {
        Self {
            class,
            layer: None,
            turn: 0,
            part: PLAIN,
            told_by: Arc::from(""),
            closed: true,
            bbox,
            points: 0,
            whole: (0, bbox),
            chunks,
            source,
        }
    }

    /// The same with `layer` as its source.
    fn of_layer(&self, layer: &Arc<Layer>) -> Self {
        let (told_by, chunks, source) = (self.told_by.clone(), self.chunks.clone(), Source::Layer(layer.clone()));
        Self { told_by, chunks, source, ..*self }
    }
}

/// The group after an edit: only chunks that hold a changed feature are others.
fn edited_group(old: &Group, was: &Layer, layer: &Arc<Layer>) -> Group {
    // Coordinates that nobody touched are still at the same place in memory.
    let place = |layer: &Layer, member: u128| layer.feature(FeatureId(member)).map(|f| f.rings().coords().as_ptr() as usize);
    let mut chunks_now: Vec<Arc<Chunk>> = Vec::new();
    for chunk_was in &old.chunks {
        if chunk_was.members.iter().all(|m| place(was, *m) == place(layer, *m)) {
            chunks_now.push(chunk_was.clone());
        } else {
            let there = |m: &u128| layer.feature(FeatureId(*m)).map(|f| Member::of(*m, f.rings()));
            chunks_now.extend(chunks(&chunk_was.members.iter().filter_map(there).collect::<Vec<_>>()));
        }
    }
    let known: BTreeSet<u128> =
        if layer.len() == was.len() { BTreeSet::new() } else { old.chunks.iter().flat_map(|c| c.members.iter().copied()).collect() };
    if !known.is_empty() || old.chunks.is_empty() {
        let added: Vec<Member> = layer.features().filter(|f| !known.contains(&f.id.0)).map(|f| Member::of(f.id.0, f.rings())).collect();
        chunks_now.extend(chunks(&added));
    }
    let bbox = chunks_now.iter().fold(BBox::EMPTY, |b, c| b.join(c.bbox));
    Group {
        class: old.class,
        layer: old.layer,
        turn: old.turn,
        part: old.part,
        told_by: old.told_by.clone(),
        closed: old.closed,
        bbox,
        points: old.points,
        whole: (old.points, bbox),
        chunks: chunks_now,
        source: Source::Layer(layer.clone()),
    }
}

/// Place of a point along Hilbert's curve through `bbox`: what is near on the curve is near on the land.
fn along_the_curve(p: Point, bbox: BBox) -> u64 {
    const ORDER: u32 = 16;
    const LAST: u32 = (1 << ORDER) - 1;
    let side = bbox.width().max(bbox.height()).max(1e-9);
    let cell = |v: f64, from: f64| (((v - from) / side * f64::from(1u32 << ORDER)) as u32).min(LAST);
    let (mut x, mut y) = (cell(p[0], bbox.min[0]), cell(p[1], bbox.min[1]));
    let mut d = 0u64;
    let mut s = 1u32 << (ORDER - 1);
    while s > 0 {
        let (rx, ry) = (u32::from(x & s > 0), u32::from(y & s > 0));
        d += u64::from(s) * u64::from(s) * u64::from((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                (x, y) = (LAST - x, LAST - y);
            }
            std::mem::swap(&mut x, &mut y);
        }
        s >>= 1;
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_on_the_curve_are_neighbours_on_the_land() {
        let bbox = BBox { min: [0.0, 0.0], max: [16.0, 16.0] };
        let mut cells: Vec<[i32; 2]> = (0..256).map(|i| [i % 16, i / 16]).collect();
        cells.sort_by_key(|c| along_the_curve([f64::from(c[0]) + 0.5, f64::from(c[1]) + 0.5], bbox));
        let steps: Vec<i32> = cells.windows(2).map(|w| (w[0][0] - w[1][0]).abs() + (w[0][1] - w[1][1]).abs()).collect();
        assert!(steps.iter().all(|s| *s == 1), "{steps:?}");
    }

    #[test]
    fn no_chunk_is_too_large_for_its_buffer_and_none_is_lost() {
        let bbox = BBox { min: [0.0, 0.0], max: [1.0, 1.0] };
        let members: Vec<Member> = (0..1000).map(|i| Member { number: i, bbox, points: if i == 500 { 90_000 } else { 100 } }).collect();
        let found = chunks(&members);
        assert_eq!(found.iter().map(|c| c.members.len()).sum::<usize>(), 1000);
        assert!(found.iter().all(|c| c.members.len() * 100 <= POINTS_AT_MOST || c.members.contains(&500)));
        assert!(found.iter().any(|c| c.members == [500]));
    }
}

//! A scene made ready to be painted many times: areas cut into triangles once, off the window's thread.

use super::gpu::without_bulk;
use super::overview::{Whole, whole};
use crate::geom::{BBox, Point, RingsRef};
use crate::model::{Contents, Date, LayerId};
use crate::scene::{Class, Form, Item, Label, Rgb, Style, Theme, View as SceneView, build_scene};
use crate::text::Lang;
use earcut::Earcut;

/// Scales at which the look of the map changes; between two of them one bake serves.
const BANDS: [f64; 6] = [10_000.0, 50_000.0, 60_000.0, 200_000.0, 400_000.0, 1_000_000.0];

/// Points that the window paints by itself in one frame.
const POINTS_AT_MOST: usize = 300_000;
/// As far as the scene names sites.
const SITE_NAMES_UP_TO: f64 = 10_000.0;

/// What a bake was made of: when any of it changes, another one is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BakeKey {
    pub revision: u64,
    pub band: usize,
    pub lang: Lang,
    pub dark: bool,
    pub plan: Option<LayerId>,
    /// Which layers the scale hides.
    pub hidden: u64,
    pub with_sites: bool,
    /// Areas and lines too, not only labels and dots: where no graphics card draws them.
    pub with_items: bool,
}

/// The band a scale is in.
pub fn band_of(scale_denominator: f64) -> usize {
    BANDS.iter().take_while(|b| scale_denominator > **b).count()
}

/// A scene with its areas cut into triangles.
#[derive(Debug)]
pub struct Baked {
    pub key: BakeKey,
    /// The land it was made for; a view that leaves it needs another one.
    pub bbox: BBox,
    pub ground: Rgb,
    pub items: Vec<BakedItem>,
    /// So many of the items are ground: pictures lie on them.
    pub ground_items: usize,
    pub labels: Vec<Label>,
    /// For the small map.
    pub whole: Whole,
}

/// One item: coordinates in metres relative to an origin of its own, where f32 resolves millimetres.
#[derive(Debug)]
pub struct BakedItem {
    pub bbox: BBox,
    pub origin: Point,
    pub coords: Vec<[f32; 2]>,
    pub ring_ends: Vec<u32>,
    /// Rings close on themselves.
    pub closed: bool,
    /// Numbers of `coords`, three a triangle.
    pub triangles: Vec<u32>,
    pub style: Style,
    /// Diameter in points, for a dot at the origin.
    pub dot_pt: Option<f32>,
}

/// Builds the scene of `bbox` and cuts its areas.
pub fn bake(contents: &Contents, key: BakeKey, bbox: BBox, scale_denominator: f64, date: Date) -> Baked {
    let theme = if key.dark { Theme::Dark } else { Theme::Light };
    let view = SceneView { bbox, scale_denominator, date, lang: key.lang, theme, plan: key.plan };
    let outlines = whole(contents);
    // Names of sites are shown where one looks at them one by one; farther away nobody needs their rings.
    let light;
    let contents = if key.with_items {
        contents
    } else {
        light = without_bulk(contents, scale_denominator <= SITE_NAMES_UP_TO);
        &light
    };
    let scene = build_scene(contents, &view, &[]);
    let mut cutter = Cutter::default();
    // A window that paints every point itself takes no more: what is in excess is thinned out evenly, the ground never.
    let points = |item: &Item| match &item.form {
        Form::Area { rings, .. } | Form::Lines(rings) => rings.as_ref().as_ref().coords().len(),
        Form::Dot { .. } | Form::Verdict { .. } => 20,
    };
    let mass = |item: &Item| matches!(item.class, Class::Layer(_) | Class::Site);
    let all: usize = scene.items.iter().filter(|i| mass(i)).map(points).sum();
    let mut room = Thinning { share: (POINTS_AT_MOST as f64 / all.max(1) as f64).min(1.0), owed: 1.0 };
    let on_ground = scene.items.iter().rposition(|item| item.class.is_ground() && matches!(item.form, Form::Area { .. }));
    let mut ground_items = 0;
    let items = scene
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| key.with_sites || item.class != Class::Site)
        .filter(|(_, item)| !mass(item) || room.takes())
        .filter(|(_, item)| key.with_items || matches!(item.form, Form::Dot { .. }))
        .filter_map(|(at, item)| {
            let baked = cutter.item(&item.form, item.style)?;
            ground_items += usize::from(on_ground.is_some_and(|last| at <= last));
            Some(baked)
        })
        .collect();
    Baked { key, bbox, ground: scene.ground, items, ground_items, labels: scene.labels, whole: outlines }
}

/// Takes an even share of what comes.
struct Thinning {
    share: f64,
    owed: f64,
}

impl Thinning {
    fn takes(&mut self) -> bool {
        self.owed += self.share;
        let takes = self.owed >= 1.0;
        self.owed -= f64::from(u8::from(takes));
        takes
    }
}

/// Cuts areas into triangles, keeping its buffers.
#[derive(Default)]
pub struct Cutter {
    earcut: Earcut<f32>,
    found: Vec<u32>,
}

impl Cutter {
    pub fn item(&mut self, form: &Form, style: Style) -> Option<BakedItem> {
        match form {
            Form::Area { rings, sound } => Some(self.rings(rings.as_ref().as_ref(), true, *sound, style)),
            Form::Lines(rings) => Some(self.rings(rings.as_ref().as_ref(), false, false, style)),
            Form::Dot { at, diameter_pt } => Some(BakedItem {
                bbox: BBox { min: *at, max: *at },
                origin: *at,
                coords: Vec::new(),
                ring_ends: Vec::new(),
                closed: false,
                triangles: Vec::new(),
                style,
                dot_pt: Some(*diameter_pt),
            }),
            // The canvas paints verdicts itself: they change more often than the scene.
            Form::Verdict { .. } => None,
        }
    }

    /// `sound`: parts have an outer ring first, holes after it.
    pub fn rings(&mut self, rings: RingsRef<'_>, closed: bool, sound: bool, style: Style) -> BakedItem {
        let bbox = rings.bbox();
        let origin = if bbox.is_empty() { [0.0, 0.0] } else { bbox.center() };
        let coords: Vec<[f32; 2]> = rings.coords().iter().map(|p| [(p[0] - origin[0]) as f32, (p[1] - origin[1]) as f32]).collect();
        let mut ring_ends = Vec::with_capacity(rings.ring_count());
        let mut at = 0;
        for ring in rings.rings() {
            at += ring.len() as u32;
            ring_ends.push(at);
        }
        let mut triangles = Vec::new();
        if sound && (style.wash.is_some()) {
            let start_of = |ring: usize| if ring == 0 { 0 } else { ring_ends[ring - 1] };
            for part in 0..rings.part_count() {
                let part = rings.part(part);
                let (Some(&end), from) = (ring_ends.get(part.end.wrapping_sub(1)), start_of(part.start)) else { continue };
                let holes: Vec<u32> = (part.start + 1..part.end).map(|ring| start_of(ring) - from).collect();
                let points = coords[from as usize..end as usize].iter().copied();
                self.earcut.earcut(points, &holes, &mut self.found);
                triangles.extend(self.found.iter().map(|i| i + from));
            }
        }
        BakedItem { bbox, origin, coords, ring_ends, closed, triangles, style, dot_pt: None }
    }
}

impl BakedItem {
    /// Rings as slices of `coords`.
    pub fn rings(&self) -> impl Iterator<Item = &[[f32; 2]]> {
        let mut from = 0;
        self.ring_ends.iter().map(move |end| {
            let ring = &self.coords[from..*end as usize];
            from = *end as usize;
            ring
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;
    use crate::scene::Wash;

    #[test]
    fn triangles_cover_the_area_without_its_hole() {
        let mut rings = Rings::new();
        let e = 40_500_000.0;
        rings.push_ring(&[[e, 0.0], [e + 10.0, 0.0], [e + 10.0, 10.0], [e, 10.0]]);
        rings.push_ring(&[[e + 4.0, 4.0], [e + 4.0, 6.0], [e + 6.0, 6.0], [e + 6.0, 4.0]]);
        rings.end_part();
        let style = Style { wash: Some(Wash { color: Rgb(0, 0, 0), opacity: 1.0 }), ..Style::default() };
        let item = Cutter::default().rings(rings.as_ref(), true, true, style);
        let area: f32 = item
            .triangles
            .chunks(3)
            .map(|t| {
                let [a, b, c] = [item.coords[t[0] as usize], item.coords[t[1] as usize], item.coords[t[2] as usize]];
                ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).abs() / 2.0
            })
            .sum();
        assert!((area - 96.0).abs() < 1e-3, "{area}");
    }

    #[test]
    fn thinning_takes_an_even_share() {
        let mut all = Thinning { share: 1.0, owed: 1.0 };
        assert!((0..100).all(|_| all.takes()));
        let mut quarter = Thinning { share: 0.25, owed: 0.0 };
        assert_eq!((0..300).filter(|_| quarter.takes()).count(), 75);
    }

    #[test]
    fn bands_change_where_the_look_does() {
        assert_eq!(band_of(49_999.0), band_of(20_000.0));
        assert_ne!(band_of(49_999.0), band_of(50_001.0));
    }
}

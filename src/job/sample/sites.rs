//! The sites: for every case of the precheck some, each made for the verdict it is expected to get.

use super::industry::{UNLISTED, product, unlisted_in};
use super::layout::Placed;
use super::places::{Ground, Spot};
use super::random::Frame;
use crate::geom::{Point, PreparedShape, Rings};
use crate::model::Date;
use crate::rules::{CaseLetter, Position};

/// What a site was made for, against the planned version of the cluster plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The id in the file.
    pub site: String,
    /// The file it stands in.
    pub file: &'static str,
    pub position: Position,
    pub letter: CaseLetter,
    /// It meets farmland: +G.
    pub prohibited: bool,
}

/// The file a site is delivered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Batch {
    Main,
    /// Without `.prj`.
    Supplement,
    /// 界址点 TXT.
    Text,
    /// Numbers of zone 40 under the prefix 39.
    WrongZone,
    /// North first, no `.prj`.
    Swapped,
    SelfCrossing,
}

#[derive(Clone, Debug)]
pub(super) struct SampleSite {
    pub id: String,
    pub name: String,
    pub applicant: String,
    pub kind: &'static str,
    pub industry: &'static str,
    pub applied: Date,
    pub stated_m2: f64,
    pub rings: Rings,
    pub batch: Batch,
    pub position: Position,
    pub letter: CaseLetter,
    pub prohibited: bool,
}

pub(super) struct Sites<'a> {
    pub list: Vec<SampleSite>,
    /// Farmland that some sites meet.
    pub farmland: Vec<Rings>,
    pub ground: Ground<'a>,
    batch: Batch,
}

const NEW: &str = "新建工业";
const FIVE_AND_NEAR: [&str; 7] = ["370281", "370282", "370283", "370284", "370285", "370214", "370211"];

impl<'a> Sites<'a> {
    pub fn new(placed: &'a [Placed], districts: &'a [(&'static str, PreparedShape)]) -> Self {
        let mut sites = Self { list: Vec::new(), farmland: Vec::new(), ground: Ground::new(placed, districts, 2013), batch: Batch::Main };
        sites.special_places();
        sites.ordinary();
        sites.borders();
        sites.outside();
        sites.not_bound();
        sites.without_land();
        sites.batch = Batch::Supplement;
        sites.some_of_each(4);
        sites.batch = Batch::Text;
        sites.three_surveyed();
        sites.faulty_files();
        sites
    }

    /// Clusters in turn, the functional area left out.
    fn cluster(&mut self, n: usize) -> usize {
        (n * 7 + 3) % (self.ground.clusters.len() - 1)
    }

    fn leading(&self, cluster: usize) -> &'static str {
        self.ground.clusters[cluster].0.entry.leading.split(',').next().unwrap_or_default()
    }

    fn add(&mut self, spot: Option<Spot>, kind: &'static str, division: &'static str, position: Position, letter: CaseLetter) {
        if let Some(spot) = spot {
            self.add_rings(spot, spot.rounded(), kind, division, position, letter);
        }
    }

    fn add_rings(&mut self, spot: Spot, rings: Rings, kind: &'static str, division: &'static str, position: Position, letter: CaseLetter) {
        self.ground.take(&spot);
        let measured_m2 = super::layout::area_m2(&rings).abs();
        self.push(rings, measured_m2, kind, division, position, letter);
    }

    fn push(&mut self, rings: Rings, stated_m2: f64, kind: &'static str, division: &'static str, position: Position, letter: CaseLetter) {
        const FIRST: [&str; 10] = ["海晟", "鲁岳", "崂润", "胶东", "恒泽", "瑞澜", "启元", "金桥", "东方", "华冠"];
        const SECOND: [&str; 6] = ["科技", "实业", "制造", "材料", "装备", "食品"];
        let number = self.list.len() + 1;
        let random = self.ground.random();
        let firm = [FIRST[random.below(FIRST.len())], SECOND[random.below(SECOND.len())]].concat();
        let applied = Date { year: 2013, month: 1 + random.below(12) as u8, day: 1 + random.below(28) as u8 };
        // A few applicants state an area that the survey does not bear out.
        let stated_m2 = if number.is_multiple_of(37) { stated_m2 * 1.05 } else { stated_m2 };
        let (code, made) = if division == UNLISTED.0 { UNLISTED } else { product(division) };
        let made = match kind {
            "" | NEW if division.is_empty() => "新建工业",
            NEW | "" => made,
            "商业住宅" => "商住",
            "港口码头" => "码头",
            "矿山开采" => "石料开采",
            other => other,
        };
        self.list.push(SampleSite {
            id: format!("XZ2013{number:03}"),
            name: format!("{firm}{made}项目(虚构)"),
            applicant: format!("青岛{firm}有限公司(虚构)"),
            kind,
            industry: code,
            applied,
            stated_m2: (stated_m2 * 100.0).round() / 100.0,
            rings,
            batch: self.batch,
            position,
            letter,
            prohibited: false,
        });
    }

    fn special_places(&mut self) {
        let [first, second] = ["JJ07", "JJ08"].map(|id| self.ground.number(id));
        // Across the edge that two clusters share; the second of them forbids petrochemicals.
        let ring = self.ground.clusters[first].1.shape().rings().ring(0).to_vec();
        let shared: Vec<Point> =
            ring.iter().copied().filter(|p| self.ground.clusters[second].0.planned.as_ref().coords().contains(p)).collect();
        if let [a, b] = shared[..] {
            for (share, industry, letter) in [(0.35, "", CaseLetter::A), (0.6, "26", CaseLetter::C)] {
                let length = ((b[0] - a[0]).powi(2) + (b[1] - a[1]).powi(2)).sqrt();
                let spot = Spot { frame: Frame::along(a, b), low: [length * share, -70.0], size: [180.0, 150.0] };
                self.add(Some(spot), NEW, industry, Position::Inside, letter);
            }
        }
        // The functional area forbids what leads in the cluster around it; across its border the cluster hosts the rest.
        let area = self.ground.number("JJ62-1");
        let spot = self.ground.within(area);
        self.add(spot, NEW, "38", Position::Inside, CaseLetter::C);
        let spot = self.ground.within(area);
        self.add(spot, NEW, "36", Position::Inside, CaseLetter::A);
        let spot = self.ground.at_border(area, [160.0, 140.0], 60.0);
        self.add(spot, NEW, "36", Position::Inside, CaseLetter::A);
        // In the village left out of a cluster, and across its edge.
        let with_hole = self.ground.number("JJ33");
        let hole = self.ground.clusters[with_hole].1.shape().rings().rings().nth(1).map(<[Point]>::to_vec).unwrap_or_default();
        if let [a, b, c, _] = hole[..] {
            let frame = self.ground.clusters[with_hole].0.frame;
            let middle = [(a[0] + c[0]) / 2.0, (a[1] + c[1]) / 2.0];
            let spot = Spot { frame: frame.moved(middle), low: [-60.0, -45.0], size: [120.0, 90.0] };
            self.add(Some(spot), NEW, "34", Position::Outside, CaseLetter::E);
            let length = ((b[0] - a[0]).powi(2) + (b[1] - a[1]).powi(2)).sqrt();
            let spot = Spot { frame: Frame::along(a, b), low: [length * 0.3, -50.0], size: [130.0, 90.0] };
            self.add(Some(spot), NEW, "34", Position::Partial, CaseLetter::D);
        }
        // In the second part of a cluster, and across the land between its parts.
        let parts = self.ground.number("JJ53");
        let second = self.ground.clusters[parts].1.shape().rings().rings().nth(1).map(<[Point]>::to_vec).unwrap_or_default();
        if let Some(bbox) = Some(crate::geom::BBox::of(&second)).filter(|b| !b.is_empty()) {
            let frame = self.ground.clusters[parts].0.frame;
            let middle = [(bbox.min[0] + bbox.max[0]) / 2.0, (bbox.min[1] + bbox.max[1]) / 2.0];
            let spot = Spot { frame: frame.moved(middle), low: [-90.0, -70.0], size: [200.0, 140.0] };
            self.add(Some(spot), NEW, "38", Position::Inside, CaseLetter::A);
            let first = self.ground.clusters[parts].1.shape().rings().bbox();
            let half = (first.max[0] - first.min[0]) / 2.0;
            let spot = Spot { frame: frame.moved(middle), low: [-half * 0.75, -40.0], size: [half * 0.75 - 120.0, 80.0] };
            self.add(Some(spot), NEW, "38", Position::Partial, CaseLetter::D);
        }
        // In the corner that an L-shaped cluster leaves free.
        let bent = self.ground.number("JJ42");
        let bbox = self.ground.clusters[bent].1.bbox();
        let frame = self.ground.clusters[bent].0.frame;
        let spot = Spot { frame, low: [bbox.width() * 0.16, bbox.height() * 0.16], size: [160.0, 120.0] };
        self.add(Some(spot), NEW, "34", Position::Outside, CaseLetter::E);
    }

    fn ordinary(&mut self) {
        for n in 0..36 {
            let c = self.cluster(n);
            let spot = self.ground.within(c);
            self.add(spot, if n % 9 == 8 { "" } else { NEW }, self.leading(c), Position::Inside, CaseLetter::A);
        }
        for n in 0..14 {
            let c = self.cluster(n + 40);
            let supporting = self.ground.clusters[c].0.entry.supporting.split(',').next().unwrap_or_default();
            let spot = self.ground.within(c);
            self.add(spot, NEW, supporting, Position::Inside, CaseLetter::A);
        }
        for n in 0..5 {
            let c = self.cluster(n + 20);
            let spot = self.ground.within(c);
            self.add(spot, NEW, "", Position::Inside, CaseLetter::A);
        }
        self.some_of_each(14);
        for n in 0..20 {
            let c = self.cluster(n + 11);
            let size = [self.ground.random().between(140.0, 240.0), self.ground.random().between(100.0, 180.0)];
            let out = size[1] * self.ground.random().between(0.08, 0.9);
            let spot = self.ground.at_border(c, size, out);
            self.add(spot, NEW, self.leading(c), Position::Partial, CaseLetter::D);
            if n % 9 == 0 {
                self.meet_farmland(spot);
            }
        }
        for n in 0..4 {
            let c = self.cluster(n * 3 + 5);
            let spot = self.ground.within(c);
            self.add(spot, NEW, self.leading(c), Position::Inside, CaseLetter::A);
            self.meet_farmland(spot);
        }
    }

    /// `count` sites each: industry not listed, forbidden.
    fn some_of_each(&mut self, count: usize) {
        for n in 0..count {
            let c = self.cluster(n + 30);
            let entry = self.ground.clusters[c].0.entry;
            let lists = [entry.leading, entry.supporting, entry.forbidden];
            let other: Vec<&str> = unlisted_in(&lists).collect();
            let division = self.ground.random().pick(&other).copied().unwrap_or(UNLISTED.0);
            let spot = self.ground.within(c);
            self.add(spot, NEW, division, Position::Inside, CaseLetter::B);
            let c = self.cluster(n + 55);
            let forbidden = self.ground.clusters[c].0.entry.forbidden.split(',').next().unwrap_or_default();
            let spot = self.ground.within(c);
            self.add(spot, NEW, forbidden, Position::Inside, CaseLetter::C);
        }
    }

    /// Strips narrower than a line on the map: the outside area decides, not the look.
    fn borders(&mut self) {
        use Position::{Inside, Outside, Partial};
        let strips = [
            (0.5, [200.0, 100.0], Inside, CaseLetter::A),
            (0.0, [180.0, 120.0], Inside, CaseLetter::A),
            (3.0, [200.0, 150.0], Partial, CaseLetter::D),
            (5.0, [240.0, 160.0], Partial, CaseLetter::D),
            // Little land, but a ten-thousandth of a small site is less.
            (0.9, [50.0, 40.0], Partial, CaseLetter::D),
        ];
        for (n, (outside_m2, size, position, letter)) in strips.into_iter().enumerate() {
            let c = self.cluster(n + 61);
            if let Some(spot) = self.ground.at_border(c, size, outside_m2 / size[0]) {
                self.add_rings(spot, spot.exact(), NEW, self.leading(c), position, letter);
            }
        }
        let c = self.cluster(9);
        if let Some(spot) = self.ground.at_border(c, [150.0, 100.0], 100.0) {
            self.add_rings(spot, spot.exact(), NEW, self.leading(c), Outside, CaseLetter::F);
        }
    }

    fn outside(&mut self) {
        use Position::Outside;
        for n in 0..28 {
            let spot = self.ground.away(FIVE_AND_NEAR[n % 7]);
            let c = self.cluster(n + 2);
            self.add(spot, NEW, if n % 8 == 7 { "" } else { self.leading(c) }, Outside, CaseLetter::E);
            if n % 7 == 3 {
                self.meet_farmland(spot);
            }
        }
        for (n, &far) in FIVE_AND_NEAR.iter().enumerate().take(6) {
            let c = self.cluster(n + 45);
            let spot = self.ground.at_border(c, [150.0, 110.0], 110.0 + 22.0);
            self.add(spot, NEW, self.leading(c), Outside, CaseLetter::F);
            let spot = self.ground.away(far);
            self.add(spot, NEW, UNLISTED.0, Outside, CaseLetter::F);
            let spot = self.ground.away(far);
            self.add(spot, if n % 2 == 0 { "港口码头" } else { "矿山开采" }, "", Outside, CaseLetter::F);
        }
        for n in 0..2 {
            // Near a cluster that wants something else: that is no reason to stay.
            let c = self.cluster(n + 17);
            let entry = self.ground.clusters[c].0.entry;
            let lists = [entry.leading, entry.supporting, entry.forbidden];
            let other = unlisted_in(&lists).find(|d| ["36", "38", "34"].contains(d)).unwrap_or("17");
            let spot = self.ground.at_border(c, [150.0, 110.0], 110.0 + 22.0);
            self.add(spot, NEW, other, Outside, CaseLetter::E);
        }
    }

    fn not_bound(&mut self) {
        for (n, &far) in FIVE_AND_NEAR.iter().enumerate().take(6) {
            let c = self.cluster(n + 25);
            let spot = self.ground.within(c);
            self.add(spot, "原址技术改造", self.leading(c), Position::Inside, CaseLetter::N);
            let spot = self.ground.away(far);
            self.add(spot, "商业住宅", "", Position::Outside, CaseLetter::N);
        }
    }

    fn without_land(&mut self) {
        let c = self.cluster(50);
        let start = self.ground.clusters[c].1.bbox().min;
        let line = Rings::simple(&[start, [start[0] + 120.0, start[1] + 60.0], [start[0] + 240.0, start[1] + 120.0]]);
        self.push(line, 12_000.0, NEW, "34", Position::NotChecked, CaseLetter::H);
        self.push(Rings::new(), 20_000.0, NEW, "38", Position::NotChecked, CaseLetter::H);
    }

    fn three_surveyed(&mut self) {
        let [c, d] = ["JJ41", "JJ45"].map(|id| self.ground.number(id));
        let spot = self.ground.within(c);
        self.add(spot, "", "", Position::Inside, CaseLetter::A);
        let spot = self.ground.at_border(d, [210.0, 160.0], 45.0);
        self.add(spot, "", "", Position::Partial, CaseLetter::D);
        let spot = self.ground.away("370281");
        self.add(spot, "", "", Position::Outside, CaseLetter::E);
    }

    fn faulty_files(&mut self) {
        let c = self.ground.number("JJ35");
        self.batch = Batch::WrongZone;
        let spot = self.ground.within(c);
        self.add(spot, NEW, "36", Position::Outside, CaseLetter::E);
        self.batch = Batch::Swapped;
        let spot = self.ground.within(c);
        self.add(spot, NEW, "36", Position::Inside, CaseLetter::A);
        self.batch = Batch::SelfCrossing;
        if let Some(spot) = self.ground.within(c) {
            let [a, b, e, d] = spot.ring().map(|p| p.map(|v| (v * 100.0).round() / 100.0));
            self.add_rings(spot, Rings::simple(&[a, e, b, d]), NEW, "36", Position::NotChecked, CaseLetter::H);
        }
    }

    /// Farmland that reaches 8 m into the site added last.
    fn meet_farmland(&mut self, spot: Option<Spot>) {
        let Some(spot) = spot else { return };
        let [width, depth] = spot.size;
        for (low, size) in [([spot.low[0] + width - 8.0, spot.low[1]], [90.0, depth]), ([spot.low[0] - 82.0, spot.low[1]], [90.0, depth])] {
            let field = Spot { low, size, ..spot };
            let beyond = Spot { low: [if low[0] < spot.low[0] { low[0] } else { low[0] + 9.0 }, low[1]], size: [81.0, depth], ..spot };
            if self.ground.is_free(&beyond) {
                self.ground.take(&beyond);
                self.farmland.push(field.rounded());
                if let Some(site) = self.list.last_mut() {
                    site.prohibited = true;
                }
                return;
            }
        }
    }
}

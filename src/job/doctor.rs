//! What is wrong with features: faults of each, how they lie beside each other, and what their columns say; every case with its records and its place.

use super::rows::Rows;
use super::stated_area::StatedArea;
use crate::geom::{
    BBox, CoverageLimits, Defect, GaussKruger, Point, Repair, RingsRef, Shape, ShapeRef, Tolerance, alike, coverage_faults,
    ellipsoidal_area_m2, is_sliver,
};
use crate::model::{Field, FieldKind, GeometryKind, SiteFields, Value};
use crate::task::Progress;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One kind of fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Text key, `problem.<code>`.
    pub key: &'static str,
    /// The records that have it, ascending, each once.
    pub records: Vec<usize>,
    pub cases: Vec<Case>,
}

/// One place where a fault is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// One, or all that it lies between.
    pub records: Vec<usize>,
    /// Places of these among the features that were looked at.
    pub rows: Vec<usize>,
    /// On the plane that was measured on; empty where there is no place.
    pub bbox: BBox,
    /// As drawn, before mending; of a stated area what is stated, in m².
    pub before_m2: Option<f64>,
    /// Once mended; of a stated area what is measured; of an overlap or a gap its area.
    pub after_m2: Option<f64>,
    /// The column that it is about.
    pub field: Option<Arc<str>>,
}

impl Problem {
    fn new(key: &'static str, cases: Vec<Case>) -> Self {
        let mut records: Vec<usize> = cases.iter().flat_map(|case| case.records.iter().copied()).collect();
        records.sort_unstable();
        records.dedup();
        Self { key, records, cases }
    }

    /// Areas of all cases together, before and after, where every case has them.
    pub fn areas_m2(&self) -> Option<[f64; 2]> {
        let sum = |of: fn(&Case) -> Option<f64>| self.cases.iter().map(of).sum::<Option<f64>>();
        Some([sum(|case| case.before_m2)?, sum(|case| case.after_m2)?])
    }

    /// Area of all cases together, where there is no before.
    pub fn area_m2(&self) -> Option<f64> {
        self.cases.iter().map(|case| case.after_m2.filter(|_| case.before_m2.is_none())).sum()
    }

    /// How grave it is, the gravest first.
    pub fn rank(&self) -> usize {
        ORDER.iter().position(|key| *key == self.key).unwrap_or(ORDER.len())
    }
}

/// All kinds, those that lose or invent land first.
const ORDER: [&str; 22] = [
    "problem.no_geometry",
    "problem.not_finite",
    "problem.no_area",
    "problem.swapped",
    "problem.far",
    "problem.self_crossing",
    "problem.parts_overlap",
    "problem.hole_outside",
    "problem.wrong_winding",
    "problem.duplicate",
    "problem.same_ground",
    "problem.overlap",
    "problem.gap",
    "problem.stated_area",
    "problem.repeated_id",
    "problem.missing_value",
    "problem.sliver",
    "problem.needle",
    "problem.spike",
    "problem.cut_text",
    "problem.empty_field",
    "problem.repeated_point",
];

/// An angle at a corner sharper than this is a needle, in degrees, where both its sides are longer than [`NEEDLE_M`].
const NEEDLE_DEG: f64 = 2.0;
const NEEDLE_M: f64 = 0.5;

/// Shorter text columns are full without having been cut.
const CUT_BYTES: usize = 8;

/// What is looked at.
pub(super) struct Patient<'a> {
    pub kind: GeometryKind,
    pub fields: &'a [Field],
    pub rows: &'a dyn Rows,
    /// Whether texts are counted in bytes of UTF-8; else of GBK.
    pub is_utf8: bool,
    /// The plane in metres that the rings are on; `None` where they are on none, and nothing is measured.
    pub measured: Option<Measured>,
    /// Where the features should lie, in the numbers of the rings.
    pub place: Option<BBox>,
}

#[derive(Clone, Copy)]
pub(super) struct Measured {
    pub ellipsoid: Option<GaussKruger>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub sound: usize,
    /// Of all areas together, on the plane and on the ellipsoid; each mended as it would be when checked.
    pub areas_m2: Option<(f64, Option<f64>)>,
    /// The gravest first.
    pub problems: Vec<Problem>,
}

type Cases = BTreeMap<&'static str, Vec<Case>>;

/// Looks at everything; what was found so far when cancelled.
pub(super) fn examine(patient: &Patient<'_>, progress: &Progress) -> Found {
    let mut cases = Cases::new();
    let mut found = Found::default();
    let rows = patient.rows;
    progress.set_total(rows.len() as u64);
    let is_area = patient.kind == GeometryKind::Area;
    let mut stated = StatedArea::of(patient.fields);
    // Rows that are areas, and those of them whose shape is not kept as it should be.
    let (mut areas, mut mended) = (Vec::new(), BTreeMap::new());
    let (mut plane_m2, mut ellipsoid_m2) = (0.0, 0.0);
    for row in 0..rows.len() {
        if progress.is_cancelled() {
            return found;
        }
        progress.add(1);
        let rings = rows.rings(row);
        if rings.is_empty() {
            if patient.kind != GeometryKind::None {
                cases.entry("problem.no_geometry").or_default().push(case(patient, row, BBox::EMPTY));
            }
            continue;
        }
        misplaced(patient, row, rings, &mut cases);
        let Some(measured) = patient.measured.filter(|_| is_area) else { continue };
        let other = if rows.shape(row).is_some() { None } else { sound_or_mended(patient, row, rings, &mut found, &mut cases) };
        let Some(shape) = rows.shape(row).or(other.as_ref().map(Shape::as_ref)) else { continue };
        found.sound += usize::from(other.is_none());
        let own_m2 = [shape.area_m2(), measured.ellipsoid.map_or(0.0, |e| ellipsoidal_area_m2(shape, e))];
        plane_m2 += own_m2[0];
        ellipsoid_m2 += own_m2[1];
        stated.add(row, own_m2, &|column| rows.value(row, column));
        if is_sliver(shape, Tolerance::default()) {
            cases.entry("problem.sliver").or_default().push(Case { after_m2: Some(own_m2[0]), ..case(patient, row, shape.bbox()) });
        }
        if let Some(at) = needle(shape.rings()) {
            cases.entry("problem.needle").or_default().push(case(patient, row, BBox::of(&[at])));
        }
        areas.push(row);
        mended.extend(other.map(|shape| (row, shape)));
    }
    if is_area && let Some(measured) = patient.measured {
        found.areas_m2 = Some((plane_m2, measured.ellipsoid.map(|_| ellipsoid_m2)));
    }
    let off = stated.off();
    drop(stated);
    for (row, field, [stated_m2, measured_m2]) in off {
        let areas = Case { before_m2: Some(stated_m2), after_m2: Some(measured_m2), field: Some(field), ..Case::default() };
        let place = case(patient, row, rows.rings(row).bbox());
        cases.entry("problem.stated_area").or_default().push(Case { records: place.records, rows: place.rows, bbox: place.bbox, ..areas });
    }
    duplicates(patient, &mut cases);
    columns(patient, &mut cases);
    beside(patient, &areas, &mended, &mut cases, progress);
    found.problems = cases.into_iter().map(|(key, cases)| Problem::new(key, cases)).collect();
    found.problems.sort_by_key(Problem::rank);
    found
}

fn case(patient: &Patient<'_>, row: usize, bbox: BBox) -> Case {
    Case { records: vec![patient.rows.record(row)], rows: vec![row], bbox, ..Case::default() }
}

fn sound_or_mended(patient: &Patient<'_>, row: usize, rings: RingsRef<'_>, found: &mut Found, cases: &mut Cases) -> Option<Shape> {
    let defects = match Shape::check(rings) {
        Ok(shape) => {
            found.sound += 1;
            return Some(shape);
        }
        Err(defects) => defects,
    };
    let mended = Shape::mend(rings);
    let after_m2 = mended.as_ref().map_or(0.0, |(shape, _)| shape.area_m2());
    let before_m2 = drawn_m2(rings);
    let mut keys: Vec<&'static str> = defects.iter().map(problem_key).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let bbox = mended.as_ref().and_then(|(_, repairs)| spot(repairs, key)).unwrap_or(rings.bbox());
        let areas = Case { before_m2: Some(before_m2), after_m2: Some(after_m2), ..case(patient, row, bbox) };
        cases.entry(key).or_default().push(areas);
    }
    mended.map(|(shape, _)| shape)
}

/// The area that the rings enclose as they are stored: what a program says that sums up without looking.
fn drawn_m2(rings: RingsRef<'_>) -> f64 {
    let ring_m2 = |ring: &[Point]| {
        let Some(first) = ring.first() else { return 0.0 };
        let at = |p: &Point| [p[0] - first[0], p[1] - first[1]];
        let sides = ring.iter().zip(ring.iter().cycle().skip(1));
        sides.map(|(a, b)| (at(a), at(b))).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>() / 2.0
    };
    rings.rings().map(ring_m2).sum::<f64>().abs()
}

/// Where the faults of that kind are; `None` where they have no one place.
fn spot(repairs: &[Repair], key: &str) -> Option<BBox> {
    let points = repairs.iter().filter(|r| problem_key(&r.defect) == key).filter_map(|r| match r.defect {
        Defect::RepeatedPoint { at } | Defect::Spike { at } | Defect::SelfCrossing { at } | Defect::HoleOutside { at } => Some(at),
        _ => None,
    });
    let points: Vec<Point> = points.collect();
    (!points.is_empty()).then(|| BBox::of(&points))
}

/// A record that lies away from where all should: with its axes swapped, or in another zone.
fn misplaced(patient: &Patient<'_>, row: usize, rings: RingsRef<'_>, cases: &mut Cases) {
    let Some(place) = patient.place else { return };
    let bbox = rings.bbox();
    if bbox.meets(&place) {
        return;
    }
    let key = if bbox.swapped().meets(&place) { "problem.swapped" } else { "problem.far" };
    cases.entry(key).or_default().push(case(patient, row, bbox));
}

/// The first corner that is sharper than land is.
fn needle(rings: RingsRef<'_>) -> Option<Point> {
    let tip = |ring: &[Point]| {
        let n = ring.len();
        (0..n).find(|i| {
            let (before, at, after) = (ring[(i + n - 1) % n], ring[*i], ring[(i + 1) % n]);
            let [a, b] = [before, after].map(|p| [p[0] - at[0], p[1] - at[1]]);
            let (cross, dot) = (a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]);
            // Nearly all corners are blunter than the tangent 0.05, which is told without an angle or a length.
            if cross.abs() > 0.05 * dot {
                return false;
            }
            let shorter = a[0].hypot(a[1]).min(b[0].hypot(b[1]));
            shorter > NEEDLE_M && cross.abs().atan2(dot).to_degrees() < NEEDLE_DEG
        })
    };
    rings.rings().find_map(|ring| tip(ring).map(|i| ring[i]))
}

/// The same ground twice, however it is drawn: with equal values the record was copied, with others two say something of it.
fn duplicates(patient: &Patient<'_>, cases: &mut Cases) {
    let rows = patient.rows;
    let values = |row: usize| (0..patient.fields.len()).map(|column| rows.value(row, column)).collect::<Vec<_>>();
    for group in alike(rows.len(), |row| patient.kind.drawn(rows.rings(row))) {
        let first = values(group[0]);
        let equal = group[1..].iter().all(|row| values(*row) == first);
        let key = if equal { "problem.duplicate" } else { "problem.same_ground" };
        let records = group.iter().map(|row| rows.record(*row)).collect();
        let bbox = rows.rings(group[0]).bbox();
        cases.entry(key).or_default().push(Case { records, rows: group, bbox, ..Case::default() });
    }
}

/// Land that two areas hold, and holes between them that none does.
fn beside(patient: &Patient<'_>, areas: &[usize], mended: &BTreeMap<usize, Shape>, cases: &mut Cases, progress: &Progress) {
    let refs: Vec<ShapeRef<'_>> =
        areas.iter().filter_map(|row| mended.get(row).map(Shape::as_ref).or_else(|| patient.rows.shape(*row))).collect();
    let Some(faults) = coverage_faults(&refs, CoverageLimits::default(), 0, progress) else { return };
    let between = |numbers: &[usize], shape: &Shape, area_m2: f64| {
        let rows: Vec<usize> = numbers.iter().filter_map(|i| areas.get(*i)).copied().collect();
        let records = rows.iter().map(|row| patient.rows.record(*row)).collect();
        Case { records, rows, bbox: shape.bbox(), after_m2: Some(area_m2), ..Case::default() }
    };
    let overlaps: Vec<Case> = faults.overlaps.iter().map(|o| between(&o.pair, &o.shape, o.area_m2)).collect();
    // A hole in one area alone is a courtyard.
    let gaps: Vec<Case> =
        faults.gaps.iter().filter(|g| g.neighbours.len() > 1).map(|g| between(&g.neighbours, &g.shape, g.area_m2)).collect();
    for (key, found) in [("problem.overlap", overlaps), ("problem.gap", gaps)] {
        if !found.is_empty() {
            cases.insert(key, found);
        }
    }
}

/// Columns without any value, texts that end where their column does, numbers that two records bear or one lacks.
fn columns(patient: &Patient<'_>, cases: &mut Cases) {
    let rows = patient.rows;
    if rows.len() == 0 {
        return;
    }
    let fields = SiteFields::guess(patient.fields);
    for (column, field) in patient.fields.iter().enumerate() {
        let about = |row: usize| Case { field: Some(field.name.clone()), ..case(patient, row, rows.rings(row).bbox()) };
        let (mut empty, mut full, mut longest_free) = (Vec::new(), Vec::new(), false);
        let mut bearers: Vec<(String, usize)> = Vec::new();
        for row in 0..rows.len() {
            let value = rows.value(row, column);
            let words = value.to_string();
            if value == Value::Null || words.trim().is_empty() {
                empty.push(row);
                continue;
            }
            if fields.id == Some(column) {
                bearers.push((words.trim().to_owned(), row));
            }
            let width = usize::from(field.width);
            if field.kind == FieldKind::Text && width >= CUT_BYTES && !words.is_ascii() {
                // A character of two bytes may leave one free.
                if bytes(&words, patient.is_utf8) + 1 >= width { full.push(row) } else { longest_free = true }
            }
        }
        if empty.len() == rows.len() {
            cases.entry("problem.empty_field").or_default().push(Case { field: Some(field.name.clone()), ..Case::default() });
        } else if [fields.id, fields.name].contains(&Some(column)) {
            cases.entry("problem.missing_value").or_default().extend(empty.into_iter().map(about));
        }
        if longest_free {
            cases.entry("problem.cut_text").or_default().extend(full.into_iter().map(about));
        }
        bearers.sort_unstable();
        for group in bearers.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            let group: Vec<usize> = group.iter().map(|(_, row)| *row).collect();
            let records = group.iter().map(|row| rows.record(*row)).collect();
            let bbox = group.iter().fold(BBox::EMPTY, |all, row| all.join(rows.rings(*row).bbox()));
            let case = Case { records, rows: group, bbox, field: Some(field.name.clone()), ..Case::default() };
            cases.entry("problem.repeated_id").or_default().push(case);
        }
    }
    cases.retain(|_, found| !found.is_empty());
}

fn bytes(words: &str, is_utf8: bool) -> usize {
    if is_utf8 { words.len() } else { words.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum() }
}

fn problem_key(defect: &Defect) -> &'static str {
    match defect {
        Defect::NoArea => "problem.no_area",
        Defect::NotFinite { .. } => "problem.not_finite",
        Defect::RepeatedPoint { .. } => "problem.repeated_point",
        Defect::Spike { .. } => "problem.spike",
        Defect::SelfCrossing { .. } => "problem.self_crossing",
        Defect::WrongWinding => "problem.wrong_winding",
        Defect::HoleOutside { .. } => "problem.hole_outside",
        Defect::PartsOverlap { .. } => "problem.parts_overlap",
    }
}

//! What a file is: format, encoding and system with how each was found, extent, areas, and every problem by record.

use super::Input;
use super::open::{CHINA, OpenError, Settled, SettledCrs, crs_refusal, kind_key, lon_lat, lost_note};
use super::verdict_json::message as message_json;
use crate::crs::{Crs, CrsError, Guess, Kind, Transform};
use crate::geom::{BBox, CoverageLimits, Defect, Shape, ShapeRef, coverage_faults, ellipsoidal_area_m2};
use crate::io::{Raw, hash, listed, read_source, reader_for};
use crate::model::{Field, FieldKind, GeometryKind};
use crate::task::Progress;
use crate::text::{Arg, Message};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// What `luodi info` says of one input. A file holds one layer in every format read so far.
#[derive(Clone, Debug)]
pub struct Inspection {
    pub file: String,
    pub format: &'static str,
    /// BLAKE3 of the file and its siblings.
    pub hash: [u8; 32],
    pub kind: GeometryKind,
    pub count: usize,
    pub fields: Vec<Field>,
    pub encoding: Option<String>,
    pub encoding_how: Option<Message>,
    /// `None` when a person must say; `question` tells why then.
    pub crs: Option<SettledCrs>,
    pub question: Option<Message>,
    /// The readings of the numbers that fit the place, when the system is a question.
    pub candidates: Vec<Crs>,
    /// In the file's numbers, east first.
    pub extent: BBox,
    /// In degrees of longitude and latitude.
    pub lon_lat: Option<BBox>,
    pub areas: Option<Areas>,
    /// Features that are areas without fault.
    pub sound: usize,
    pub problems: Vec<Problem>,
    /// Everything worth saying, in order.
    pub notes: Vec<Message>,
}

/// Areas of all features together, each mended as it would be when checked; overlaps between features count twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Areas {
    /// The plane they were measured on: the file's own, or for degrees the 3° zone in its middle.
    pub plane: Crs,
    pub plane_m2: f64,
    /// On the CGCS2000 ellipsoid.
    pub ellipsoid_m2: Option<f64>,
}

/// One kind of fault and the records that have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Text key, `problem.<code>`.
    pub key: &'static str,
    pub records: Vec<usize>,
}

/// Version of the JSON; fields are only ever added.
const SCHEMA: u32 = 1;

/// All inspections as codes and raw numbers, no words of a language.
pub fn inspections_json(inspections: &[Inspection]) -> Json {
    json!({ "schema": SCHEMA, "inputs": inspections.iter().map(Inspection::json).collect::<Vec<_>>() })
}

/// Looks into a file. `place` as in [`super::open_layer`]. An unknown system is no error here, it is an answer.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect(input: &Input, place: BBox, progress: &Progress) -> Result<Inspection, OpenError> {
    let source = read_source(&input.path)?;
    let file = source.name();
    let hash = hash(&source);
    let reader = reader_for(&source)?;
    let mut raw = Raw::read(reader, &source, &input.settings.options, input.settings.filter.as_ref(), None, progress)?;
    drop(source);
    let place = if place.is_empty() { CHINA } else { place };
    let (settled, question, candidates) = match Settled::of(input, &file, &raw, place) {
        Ok(settled) => (Some(settled), None, Vec::new()),
        Err(OpenError::AskCrs { guess, message, .. }) => (None, Some(message), fitting(&guess)),
        Err(other) => return Err(other),
    };
    let mut notes = raw.notes.messages.clone();
    let mut crs = None;
    if let Some(settled) = settled {
        if settled.crs.swapped {
            raw.swap_axes();
        }
        notes = settled.notes(&raw, place);
        let plane = settled.plane();
        if settled.is_shifted() {
            let refused = |e: CrsError| OpenError::Read(crs_refusal(&e).with("file", file.clone()));
            let lost = raw.transform(&settled.way(&plane).map_err(refused)?);
            let records: Vec<usize> = lost.iter().map(|row| raw.record(*row)).collect();
            notes.extend((!records.is_empty()).then(|| lost_note(&records)));
        }
        crs = Some(SettledCrs { crs: plane, ..settled.crs });
    }
    let extent = raw.extent();
    let mut inspection = Inspection {
        file,
        format: raw.notes.format,
        hash,
        kind: raw.notes.kind,
        count: raw.len(),
        fields: raw.fields.to_vec(),
        encoding: raw.notes.encoding.clone(),
        encoding_how: raw.notes.encoding_how.clone(),
        lon_lat: crs.as_ref().and_then(|settled| lon_lat(&settled.crs, extent)),
        crs,
        question,
        candidates,
        extent,
        areas: None,
        sound: 0,
        problems: Vec::new(),
        notes,
    };
    inspection.measure(raw, progress);
    Ok(inspection)
}

fn fitting(guess: &Guess) -> Vec<Crs> {
    guess.candidates.iter().filter(|c| c.fits).map(|c| c.crs.clone()).collect()
}

impl Inspection {
    /// Areas and faults, on a plane in metres.
    fn measure(&mut self, mut raw: Raw, progress: &Progress) {
        let mut problems: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
        let empty: Vec<usize> = (0..raw.len()).filter(|row| raw.rings(*row).is_empty()).map(|row| raw.record(row)).collect();
        if !empty.is_empty() && self.kind != GeometryKind::None {
            problems.insert("problem.no_geometry", empty);
        }
        if self.kind == GeometryKind::Area && self.crs.is_some() {
            self.areas = self.measured(&mut raw, &mut problems, progress);
            if self.areas.is_none() {
                self.notes.push(Message::new("io.info_no_plane"));
            }
        }
        self.problems = problems.into_iter().map(|(key, records)| Problem { key, records }).collect();
    }

    fn measured(&mut self, raw: &mut Raw, problems: &mut BTreeMap<&'static str, Vec<usize>>, progress: &Progress) -> Option<Areas> {
        let own = self.crs.as_ref()?.crs.clone();
        let middle = self.lon_lat.map(|b| b.center()[0]);
        let zone = middle.map(|lon| (lon / 3.0).round() as u32).filter(|zone| (25..=45).contains(zone)).map(|zone| Crs::Epsg(4488 + zone));
        let projected = own.kind() == Ok(Kind::Projected) && own.metres_per_unit() == Ok(Some(1.0));
        let plane = if projected { own.clone() } else { zone.clone()? };
        if !raw.transform(&Transform::new(&own, &plane).ok()?).is_empty() {
            return None;
        }
        let ellipsoid = plane.gauss_kruger();
        let (mut plane_m2, mut ellipsoid_m2) = (0.0, 0.0);
        let mut shapes: Vec<(usize, Shape)> = Vec::new();
        for row in 0..raw.len() {
            progress.add(1);
            let rings = raw.rings(row);
            if rings.is_empty() {
                continue;
            }
            let shape = match Shape::check(rings) {
                Ok(shape) => {
                    self.sound += 1;
                    Some(shape)
                }
                Err(defects) => {
                    let mut keys: Vec<&'static str> = defects.iter().map(problem_key).collect();
                    keys.sort_unstable();
                    keys.dedup();
                    keys.into_iter().for_each(|key| problems.entry(key).or_default().push(raw.record(row)));
                    Shape::mend(rings).map(|(shape, _)| shape)
                }
            };
            if let Some(shape) = shape {
                plane_m2 += shape.area_m2();
                ellipsoid_m2 += ellipsoid.map_or(0.0, |e| ellipsoidal_area_m2(shape.as_ref(), e));
                shapes.push((raw.record(row), shape));
            }
        }
        self.coverage(&shapes, progress);
        Some(Areas { plane, plane_m2, ellipsoid_m2: ellipsoid.map(|_| ellipsoid_m2) })
    }

    /// How the areas lie beside each other: land that two of them hold, holes that none does.
    fn coverage(&mut self, shapes: &[(usize, Shape)], progress: &Progress) {
        let refs: Vec<ShapeRef<'_>> = shapes.iter().map(|(_, shape)| shape.as_ref()).collect();
        let Some(faults) = coverage_faults(&refs, CoverageLimits::default(), 0, progress) else { return };
        let record = |i: &usize| shapes.get(*i).map_or(0, |(record, _)| *record);
        let noted = |code, areas_m2: Vec<f64>, mut records: Vec<usize>| {
            records.sort_unstable();
            records.dedup();
            let message = Message::new(code).with("count", areas_m2.len()).with("area", Arg::AreaM2(areas_m2.iter().sum()));
            (!areas_m2.is_empty()).then(|| message.with("records", listed(&records)))
        };
        let pairs = faults.overlaps.iter().flat_map(|o| o.pair.iter().map(record)).collect();
        let beside = faults.gaps.iter().flat_map(|g| g.neighbours.iter().map(record)).collect();
        self.notes.extend(noted("io.coverage_overlaps", faults.overlaps.iter().map(|o| o.area_m2).collect(), pairs));
        self.notes.extend(noted("io.coverage_gaps", faults.gaps.iter().map(|g| g.area_m2).collect(), beside));
    }

    fn json(&self) -> Json {
        let corners = |b: &BBox| json!([b.min[0], b.min[1], b.max[0], b.max[1]]);
        let crs = self.crs.as_ref();
        let fields =
            self.fields.iter().map(|f| json!({"name": &*f.name, "kind": kind_code(f.kind), "width": f.width, "decimals": f.decimals}));
        let problem = |p: &Problem| json!({"kind": p.key.trim_start_matches("problem."), "count": p.records.len(), "records": p.records});
        json!({
            "file": self.file,
            "format": self.format,
            "blake3": self.hash_hex(),
            "kind": kind_key(self.kind).rsplit('_').next(),
            "features": self.count,
            "fields": fields.collect::<Vec<_>>(),
            "encoding": self.encoding,
            "encoding_how": self.encoding_how.as_ref().map(message_json),
            "crs": crs.map(|s| s.crs.label()),
            "crs_how": crs.map(|s| message_json(&s.how)),
            "axes_swapped": crs.map(|s| s.swapped),
            "question": self.question.as_ref().map(message_json),
            "crs_candidates": self.candidates.iter().map(Crs::label).collect::<Vec<_>>(),
            "extent": (!self.extent.is_empty()).then(|| corners(&self.extent)),
            "lon_lat": self.lon_lat.as_ref().map(corners),
            "plane": self.areas.as_ref().map(|a| a.plane.label()),
            "area_m2": self.areas.as_ref().map(|a| a.plane_m2),
            "area_ellipsoid_m2": self.areas.as_ref().and_then(|a| a.ellipsoid_m2),
            "sound": self.sound,
            "problems": self.problems.iter().map(problem).collect::<Vec<_>>(),
            "notes": self.notes.iter().map(message_json).collect::<Vec<_>>(),
        })
    }

    /// BLAKE3 as 64 hexadecimal digits.
    pub fn hash_hex(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
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

fn kind_code(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Int => "int",
        FieldKind::Real => "real",
        FieldKind::Decimal => "decimal",
        FieldKind::Date => "date",
        FieldKind::Bool => "bool",
    }
}

//! What a file is: format, encoding and system with how each was found, extent, areas, and every problem by record.

use super::Input;
use super::doctor::{Case, Measured, Patient, Problem, examine};
use super::open::{CHINA, NEAR_DEG, OpenError, Settled, SettledCrs, crs_refusal, lon_lat, lost_note, transformed};
use super::rows::{LayerRows, Rows};
use super::verdict_json::message as message_json;
use crate::crs::{Crs, CrsError, Guess, Kind, Transform};
use crate::geom::BBox;
use crate::io::{LayerFile, Raw};
use crate::model::{Field, FieldKind, GeometryKind, Layer};
use crate::task::{Progress, both};
use crate::text::{Arg, Message};
use serde_json::{Value as Json, json};

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
    let source = LayerFile::open(&input.path)?;
    let file = source.name();
    let (hash, raw) = both(|| source.hash(), || source.read(&input.settings.options, input.settings.filter.as_ref(), None, progress));
    let (mut raw, hash) = (raw?, hash?);
    drop(source);
    let place = if place.is_empty() { CHINA } else { place };
    let mut window = None;
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
        window = (!settled.is_shifted()).then(|| place.grown(NEAR_DEG));
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
    inspection.measure(raw, window, progress);
    Ok(inspection)
}

/// Looks at a layer of the workspace as it stands, edits included; how it was read is what its provenance keeps.
///
/// `crs`: the workspace's; `place`: where the data should lie, on that plane, empty when nothing is known.
pub fn inspect_layer(layer: &Layer, crs: &Crs, place: BBox, progress: &Progress) -> Inspection {
    let read = &layer.provenance;
    let said = |code: &str, name: &str| {
        let note = read.notes.iter().find(|note| note.code == code);
        note.and_then(|note| note.args.iter().find(|(arg, _)| *arg == name)).map(|(_, arg)| arg.clone())
    };
    let how = |code: &str| match said(code, "how") {
        Some(Arg::Nested(how)) => Some(*how),
        _ => None,
    };
    let encoding = match said("io.encoding_is", "encoding") {
        Some(Arg::Text(label)) => Some(label),
        _ => None,
    };
    let swapped = read.notes.iter().any(|note| note.code == "io.axes_swapped");
    let source = read.source_crs.clone().zip(how("io.crs_is"));
    let told = |code: &str| ["io.fields", "io.sound", "io.unsound", "io.records_empty", "io.encoding_is", "io.crs_is"].contains(&code);
    let extent = layer.bbox();
    let mut inspection = Inspection {
        file: read.file.to_string(),
        format: read.format,
        hash: read.file_hash.unwrap_or_default(),
        kind: layer.base().kind(),
        count: layer.len(),
        fields: layer.fields.to_vec(),
        encoding,
        encoding_how: how("io.encoding_is"),
        crs: source.map(|(crs, how)| SettledCrs { crs, how, swapped }),
        question: None,
        candidates: Vec::new(),
        extent,
        lon_lat: lon_lat(crs, extent),
        areas: None,
        sound: 0,
        problems: Vec::new(),
        notes: read.notes.iter().filter(|note| !told(note.code)).cloned().collect(),
    };
    let plane = (inspection.kind == GeometryKind::Area).then(|| crs.clone());
    let place = (!place.is_empty()).then_some(place);
    inspection.examined(plane, place, &layer.fields, &LayerRows::of(layer), progress);
    inspection
}

fn fitting(guess: &Guess) -> Vec<Crs> {
    guess.candidates.iter().filter(|c| c.fits).map(|c| c.crs.clone()).collect()
}

impl Inspection {
    /// Areas and faults, on a plane in metres.
    fn measure(&mut self, mut raw: Raw, place: Option<BBox>, progress: &Progress) {
        let plane = self.crs.as_ref().map(|settled| settled.crs.clone()).filter(|_| self.kind == GeometryKind::Area);
        let plane = plane.and_then(|own| {
            let plane = self.plane(&own)?;
            raw.transform(&Transform::new(&own, &plane).ok()?).is_empty().then_some(plane)
        });
        if plane.is_none() && self.kind == GeometryKind::Area && self.crs.is_some() {
            self.notes.push(Message::new("io.info_no_plane"));
        }
        let on = plane.as_ref().or(self.crs.as_ref().map(|settled| &settled.crs));
        let place = place.zip(on).and_then(|(place, crs)| transformed(&Crs::CGCS2000_LON_LAT, crs, place));
        let fields = self.fields.clone();
        // Where nothing is measured the numbers are no metres, in which alone a shape is sound.
        if plane.is_none() {
            return self.examined(plane, place, &fields, &raw, progress);
        }
        let (packed, _) = raw.pack(self.kind, &[], progress);
        self.examined(plane, place, &fields, &packed, progress);
    }

    fn plane(&self, own: &Crs) -> Option<Crs> {
        if own.kind() == Ok(Kind::Projected) && own.metres_per_unit() == Ok(Some(1.0)) {
            return Some(own.clone());
        }
        let zone = (self.lon_lat?.center()[0] / 3.0).round() as u32;
        (25..=45).contains(&zone).then(|| Crs::Epsg(4488 + zone))
    }

    fn examined(&mut self, plane: Option<Crs>, place: Option<BBox>, fields: &[Field], rows: &dyn Rows, progress: &Progress) {
        let is_utf8 = self.encoding.as_deref().is_some_and(|label| label.eq_ignore_ascii_case("UTF-8"));
        let measured = plane.as_ref().map(|plane| Measured { ellipsoid: plane.gauss_kruger() });
        let found = examine(&Patient { kind: self.kind, fields, rows, is_utf8, measured, place }, progress);
        self.sound = found.sound;
        self.problems = found.problems;
        // Where all of it lies away, a note says so of the whole.
        self.problems.retain(|p| p.key != "problem.far" || p.records.len() < self.count);
        let areas = plane.zip(found.areas_m2);
        self.areas = areas.map(|(plane, (plane_m2, ellipsoid_m2))| Areas { plane, plane_m2, ellipsoid_m2 });
    }

    fn json(&self) -> Json {
        let corners = |b: &BBox| json!([b.min[0], b.min[1], b.max[0], b.max[1]]);
        let crs = self.crs.as_ref();
        let fields =
            self.fields.iter().map(|f| json!({"name": &*f.name, "kind": kind_code(f.kind), "width": f.width, "decimals": f.decimals}));
        let case = |c: &Case| {
            let bbox = (!c.bbox.is_empty()).then(|| corners(&c.bbox));
            json!({"records": c.records, "bbox": bbox, "before_m2": c.before_m2, "after_m2": c.after_m2, "field": c.field.as_deref()})
        };
        let problem = |p: &Problem| {
            let kind = p.key.trim_start_matches("problem.");
            json!({"kind": kind, "count": p.records.len(), "records": p.records, "cases": p.cases.iter().map(case).collect::<Vec<_>>()})
        };
        json!({
            "file": self.file,
            "format": self.format,
            "blake3": self.hash_hex(),
            "kind": self.kind.key().rsplit('_').next(),
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

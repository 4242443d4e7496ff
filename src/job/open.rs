//! Opening a file as a layer: read, settle the reference system, transform, check, pack — and say all of it.

use super::datum_shift::{ReadShift, read_shift};
use super::{Input, SiteCover};
use crate::crs::{Crs, CrsError, Guess, Transform, guess};
use crate::geom::{BBox, Point, Shape, Tolerance, union};
use crate::io::{GEOMETRY_COLUMNS, LayerFile, Notes, Raw, ReadError, Soundness, listed};
use crate::model::{
    Coverage, FeatureId, Field, GeometryKind, IdSource, Layer, LayerHead, LayerId, Provenance, Role, RoleGeometry, UseColumns, UseSystem,
    field_named,
};
use crate::task::{Progress, both};
use crate::text::{Arg, Message};
use std::path::Path;
use std::sync::Arc;

/// A layer that was opened, not yet part of any workspace.
#[derive(Clone, Debug)]
pub struct Opened {
    pub layer: Layer,
    pub id: LayerId,
    /// Columns that the user named for `id`, `name`, `industry`, `grade`.
    pub columns: Vec<(String, usize)>,
    pub soundness: Soundness,
}

/// Why a file did not become a layer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OpenError {
    #[error("{}", .0.render(crate::text::Lang::En))]
    Read(Message),
    /// Nothing says for certain which system the numbers are in: the window asks, the command line names the setting.
    #[error("{}", .message.render(crate::text::Lang::En))]
    AskCrs { file: String, guess: Guess, message: Message },
}

impl OpenError {
    pub fn message(&self) -> &Message {
        match self {
            Self::Read(message) | Self::AskCrs { message, .. } => message,
        }
    }

    /// The layers that a person may choose from, where a file holds several; each goes into `layer=`.
    pub fn choices(&self) -> Vec<String> {
        let choices = self.message().args.iter().find(|(name, _)| *name == "choices").map(|(_, arg)| arg);
        match choices {
            Some(Arg::Text(lines)) => lines.lines().map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }
}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        Self::Read(error.0)
    }
}

/// The system a source is in, and how that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct SettledCrs {
    pub crs: Crs,
    pub how: Message,
    /// The numbers stand north first and must be swapped.
    pub swapped: bool,
}

/// Where data is expected when nothing else is known, in degrees.
pub const CHINA: BBox = BBox { min: [73.0, 3.0], max: [136.0, 54.0] };

/// How far beyond the place where data is expected it may lie without a word, in degrees.
pub(super) const NEAR_DEG: f64 = 0.5;

/// Opens `input` as a layer in `workspace_crs`. `place`: where its data is expected, in degrees of longitude and
/// latitude; empty when nothing is known, China then.
///
/// # Errors
/// [`OpenError::AskCrs`] when the system must be asked for; else what is wrong with the file for this role.
pub fn open_layer(
    input: &Input,
    role: Role,
    workspace_crs: &Crs,
    place: BBox,
    name: Option<String>,
    ids: &mut IdSource,
    progress: &Progress,
) -> Result<Opened, OpenError> {
    let source = LayerFile::open(&input.path)?;
    let file = source.name();
    let refused = |m: Message| OpenError::Read(m.with("file", file.clone()));
    let place = if place.is_empty() { CHINA } else { place };
    let near = input.near.as_ref().filter(|near| near.applies(input, source.prj()) && input.settings.shift.is_none());
    let window = |near: &SiteCover| transformed(&Crs::CGCS2000_LON_LAT, near.crs(), place.grown(NEAR_DEG)).unwrap_or(near.surroundings());
    let expected = near.map(|near| window(near));
    // What lies where no data is expected is kept, so that it is looked at and said.
    let keep = near.zip(expected).map(|(near, expected)| move |bbox: BBox| near.may_meet(bbox, workspace_crs) || !expected.holds(&bbox));
    let read = |keep: Option<&dyn Fn(BBox) -> bool>| source.read(&input.settings.options, input.settings.filter.as_ref(), keep, progress);
    let (file_hash, raw) = both(|| source.hash(), || read(keep.as_ref().map(|keep| keep as &dyn Fn(BBox) -> bool)));
    let (mut raw, file_hash) = (raw?, file_hash?);
    if raw.passed_over() > 0 && near.is_some_and(|near| !is_as_declared(input, &file, &raw, near.crs(), place)) {
        raw = read(None)?;
    }
    drop(source);
    if raw.is_empty() && raw.passed_over() == 0 {
        return Err(refused(Message::new("io.no_features")));
    }
    geometry_columns_apply(input, raw.notes.format).map_err(refused)?;
    let kind = raw.notes.kind;
    if role.facts().geometry == RoleGeometry::Area && kind != GeometryKind::Area {
        let message = Message::new("io.role_needs_areas").with("role", Message::new(role.facts().name_key));
        return Err(refused(message.with("kind", Message::new(kind.key()))));
    }
    if let Some(why) = raw.notes.shown_only.clone().filter(|_| role != Role::Backdrop && input.settings.options.crs.is_none()) {
        return Err(refused(Message::new("io.shown_only").with("role", Message::new(role.facts().name_key)).with("why", why)));
    }
    let columns = named_columns(input, &raw.fields).map_err(refused)?;
    let settled = Settled::of(input, &file, &raw, place)?;
    if settled.crs.swapped {
        raw.swap_axes();
    }
    let way = settled.way(workspace_crs).map_err(|e| refused(crs_refusal(&e)))?;
    let mut notes = settled.notes(&raw, place);
    if !settled.is_shifted() {
        notes.extend(swapped_note(&rows_far_until_swapped(&raw, &settled.crs.crs, place)));
    }
    let lost = raw.transform(&way);
    if !lost.is_empty() && lost.len() == raw.len() {
        return Err(refused(Message::new("io.all_out_of_range").with("crs", crs_words(&settled.crs.crs))));
    }
    if !lost.is_empty() {
        let records: Vec<usize> = lost.iter().map(|row| raw.record(*row)).collect();
        notes.push(lost_note(&records));
    }
    if raw.passed_over() > 0 {
        notes.push(Message::new("io.passed_over").with("count", raw.passed_over()));
    }
    let (format, fields) = (raw.notes.format, raw.fields.clone());
    let (base, soundness) = raw.pack(kind, &lost, progress);
    if progress.is_cancelled() {
        return Err(refused(Message::new("io.cancelled")));
    }
    notes.extend(soundness_notes(kind, &soundness));
    notes.push(fields_note(&fields));

    let coverage = coverage(input, workspace_crs, place, progress)?;
    let stem = input.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let head = LayerHead { coverage, ..LayerHead::new(&name.unwrap_or(stem), role) };
    let provenance =
        Provenance { file: file.as_str().into(), file_hash: Some(file_hash), date: None, format, source_crs: Some(settled.crs.crs), notes };
    let first = FeatureId(ids.take(base.len() as u64));
    let id = LayerId(ids.take(1));
    let mut layer = Layer::new(head, provenance, Arc::new(base), first);
    if let Some(note) = use_note(&layer) {
        Arc::make_mut(&mut layer.provenance).notes.push(note);
    }
    Ok(Opened { layer, id, columns, soundness })
}

/// Whose codes of land uses the layer bears, or that nobody says it.
fn use_note(layer: &Layer) -> Option<Message> {
    let uses = UseColumns::of(layer)?;
    let field = layer.fields.get(uses.code).map(|f| f.name.to_string()).unwrap_or_default();
    let names = |systems: &[UseSystem]| Message::list(systems.iter().map(|system| Message::new(system.key())));
    match (uses.system, uses.open.as_slice()) {
        (Some(UseSystem::Names), _) | (None, []) => None,
        (Some(system), _) => Some(Message::new("io.use_codes").with("field", field).with("system", Message::new(system.key()))),
        (None, open) => Some(Message::new("io.use_codes_open").with("field", field).with("systems", names(open))),
    }
}

/// The system of a source, and the parameters that lead out of it where a person gives some.
pub(super) struct Settled {
    pub crs: SettledCrs,
    shift: Option<ReadShift>,
}

impl Settled {
    /// # Errors
    /// As [`settle_crs`]; parameters that are wrong or do not belong to the source.
    pub fn of(input: &Input, file: &str, raw: &Raw, place: BBox) -> Result<Self, OpenError> {
        let refused = |m: Message| OpenError::Read(m.with("file", file));
        let shift = input.settings.shift.as_deref().map(read_shift).transpose().map_err(refused)?;
        let from = shift.as_ref().map(|read| (&read.shift.from, &read.shift.to));
        let crs = match from {
            None => settle_crs(input, file, raw.extent(), &raw.notes, place)?,
            // A local system has no name: what is known of it is where it leads to.
            Some((None, to)) => SettledCrs { crs: to.clone(), how: Message::new("shift.local"), swapped: false },
            Some((Some(from), _)) => {
                let said = input.settings.options.crs.as_ref().or(raw.notes.crs.as_ref());
                if let Some(said) = said.filter(|said| *said != from) {
                    let message = Message::new("shift.other_system").with("declared", crs_words(said));
                    return Err(refused(message.with("from", crs_words(from))));
                }
                let how = raw.notes.crs_how.clone().unwrap_or_else(|| Message::new("io.crs_by_user"));
                SettledCrs { crs: from.clone(), how, swapped: false }
            }
        };
        Ok(Self { crs, shift })
    }

    pub fn is_shifted(&self) -> bool {
        self.shift.is_some()
    }

    /// The system that the source is in once its parameters are used.
    pub fn plane(&self) -> Crs {
        self.shift.as_ref().map_or_else(|| self.crs.crs.clone(), |read| read.shift.to.clone())
    }

    pub fn way(&self, to: &Crs) -> Result<Transform, CrsError> {
        match &self.shift {
            Some(read) => Transform::shifted(Arc::new(read.shift.clone()), to),
            None => Transform::new(&self.crs.crs, to),
        }
    }

    /// How the source was read, with the parameters used or whether it lies where it should.
    pub fn notes(&self, raw: &Raw, place: BBox) -> Vec<Message> {
        let mut notes = reading_notes(&raw.notes, &self.crs);
        match &self.shift {
            Some(read) => notes.extend(read.notes.iter().cloned()),
            None => notes.extend(place_note(raw.extent(), &self.crs.crs, place)),
        }
        notes
    }
}

/// Whether the numbers of a source turn out to be in `crs`, east first.
fn is_as_declared(input: &Input, file: &str, raw: &Raw, crs: &Crs, place: BBox) -> bool {
    settle_crs(input, file, raw.extent(), &raw.notes, place).is_ok_and(|settled| settled.crs == *crs && !settled.swapped)
}

/// The system of a source: what the user says, what the file declares, or the one reading of its numbers that fits.
///
/// # Errors
/// [`OpenError::AskCrs`] when none or several fit, or when the file declares one that cannot be used.
///
/// `extent`: the box of all numbers of the source; `notes`: what its reader found.
pub fn settle_crs(input: &Input, file: &str, extent: BBox, notes: &Notes, place: BBox) -> Result<SettledCrs, OpenError> {
    let options = &input.settings.options;
    let guess = guess(extent, place.grown(NEAR_DEG));
    let ask = |message: Message| {
        let candidates: Vec<String> = guess.candidates.iter().filter(|c| c.fits).map(|c| crs_words(&c.crs)).collect();
        let listed = if candidates.is_empty() { "–".to_owned() } else { candidates.join("; ") };
        OpenError::AskCrs { file: file.to_owned(), guess: guess.clone(), message: message.with("file", file).with("candidates", listed) }
    };
    let declared = match (&options.crs, &notes.crs_refused, &notes.crs) {
        (Some(crs), _, _) => Some((crs.clone(), Message::new("io.crs_by_user"))),
        (None, Some(refused), _) => return Err(ask(Message::new("io.crs_declared_unusable").with("why", refused.clone()))),
        (None, None, Some(crs)) => Some((crs.clone(), notes.crs_how.clone().unwrap_or_else(|| Message::new("io.crs_by_file")))),
        (None, None, None) => None,
    };
    if let Some((crs, how)) = declared {
        let near = |bbox: BBox| lon_lat(&crs, bbox).is_some_and(|b| b.meets(&place.grown(NEAR_DEG)));
        // Axis order like everything else: the other reading is taken only when this one cannot be and that one fits.
        let swapped = options.north_first.is_none() && !near(extent) && near(extent.swapped());
        return Ok(SettledCrs { crs, how, swapped });
    }
    if extent.is_empty() {
        return Ok(SettledCrs { crs: Crs::CGCS2000_LON_LAT, how: Message::new("io.crs_no_geometry"), swapped: false });
    }
    let fitting = || guess.candidates.iter().filter(|c| c.fits && !(c.swapped && options.north_first.is_some()));
    match (fitting().next(), fitting().count()) {
        (Some(one), 1) => Ok(SettledCrs { crs: one.crs.clone(), how: Message::new("io.crs_guessed"), swapped: one.swapped }),
        (None, _) => Err(ask(Message::new("io.crs_none_fits"))),
        _ => Err(ask(Message::new("io.crs_several_fit"))),
    }
}

/// `EPSG:4528 CGCS2000 / 3° zone 40`: the same words in both languages.
pub fn crs_words(crs: &Crs) -> String {
    match crs {
        Crs::Epsg(code) => format!("EPSG:{code} ({})", crs.name()),
        Crs::Wkt(_) => crs.name(),
    }
}

/// Why a system cannot be used, in words.
pub fn crs_refusal(error: &CrsError) -> Message {
    match error {
        CrsError::Unknown(name) => Message::new("io.crs_unknown").with("crs", name.clone()),
        CrsError::DatumShift { from, to } => Message::new("io.crs_datum_shift").with("from", from.clone()).with("to", to.clone()),
        CrsError::OutOfRange { .. } => Message::new("io.crs_out_of_range"),
    }
}

/// The box of a box in degrees, by its corners and the middles of its sides; `None` where the system does not reach.
pub fn lon_lat(crs: &Crs, bbox: BBox) -> Option<BBox> {
    transformed(crs, &Crs::CGCS2000_LON_LAT, bbox)
}

pub(super) fn transformed(from: &Crs, to: &Crs, bbox: BBox) -> Option<BBox> {
    if bbox.is_empty() {
        return None;
    }
    let ([w, s], [e, n], [x, y]) = (bbox.min, bbox.max, bbox.center());
    let mut points: [Point; 8] = [[w, s], [x, s], [e, s], [e, y], [e, n], [x, n], [w, n], [w, y]];
    Transform::new(from, to).ok()?.apply(&mut points).ok()?;
    Some(BBox::of(&points))
}

/// What reading found, in the order a person asks: encoding, system, the rest.
pub fn reading_notes(read: &Notes, settled: &SettledCrs) -> Vec<Message> {
    let mut notes = Vec::new();
    if let (Some(encoding), Some(how)) = (&read.encoding, &read.encoding_how) {
        notes.push(Message::new("io.encoding_is").with("encoding", encoding.clone()).with("how", how.clone()));
    }
    notes.push(Message::new("io.crs_is").with("crs", crs_words(&settled.crs)).with("how", settled.how.clone()));
    if settled.swapped {
        notes.push(Message::new("io.axes_swapped"));
    }
    notes.extend(read.messages.iter().cloned());
    notes
}

/// A word when all of the data lies away from where it is expected: most often a wrong zone.
pub fn place_note(extent: BBox, crs: &Crs, place: BBox) -> Option<Message> {
    if extent.is_empty() || lon_lat(crs, extent).is_some_and(|b| b.meets(&place.grown(NEAR_DEG))) {
        return None;
    }
    let fitting = guess(extent, place.grown(NEAR_DEG)).candidates.into_iter().filter(|c| c.fits).map(|c| crs_words(&c.crs));
    let fitting: Vec<String> = fitting.collect();
    let listed = if fitting.is_empty() { "–".to_owned() } else { fitting.join("; ") };
    Some(Message::new("io.far_from_place").with("crs", crs_words(crs)).with("candidates", listed))
}

/// Records that lie away from the place as they stand and in it once their axes are swapped.
pub(super) fn rows_far_until_swapped(raw: &Raw, crs: &Crs, place: BBox) -> Vec<usize> {
    let Some(window) = transformed(&Crs::CGCS2000_LON_LAT, crs, place.grown(NEAR_DEG)) else { return Vec::new() };
    let boxes = (0..raw.len()).map(|row| (row, raw.bbox(row))).filter(|(_, b)| !b.is_empty());
    boxes.filter(|(_, b)| !b.meets(&window) && b.swapped().meets(&window)).map(|(row, _)| raw.record(row)).collect()
}

pub(super) fn swapped_note(records: &[usize]) -> Option<Message> {
    let message = || Message::new("io.features_swapped").with("count", records.len()).with("records", listed(records));
    (!records.is_empty()).then(message)
}

/// Names the records that have no place in the workspace's system.
pub(super) fn lost_note(records: &[usize]) -> Message {
    Message::new("io.records_out_of_range").with("count", records.len()).with("records", listed(records))
}

pub(super) fn fields_note(fields: &[Field]) -> Message {
    let names: Vec<&str> = fields.iter().map(|f| &*f.name).collect();
    Message::new("io.fields").with("count", fields.len()).with("fields", names.join(", "))
}

/// How many areas are sound, and which records are not.
pub fn soundness_notes(kind: GeometryKind, soundness: &Soundness) -> Vec<Message> {
    let mut notes = Vec::new();
    if kind == GeometryKind::Area {
        notes.push(Message::new("io.sound").with("count", soundness.sound));
    }
    if !soundness.unsound.is_empty() {
        let message = Message::new("io.unsound").with("count", soundness.unsound.len());
        notes.push(message.with("records", listed(&soundness.unsound)));
    }
    if !soundness.empty.is_empty() && kind != GeometryKind::None {
        let message = Message::new("io.records_empty").with("count", soundness.empty.len());
        notes.push(message.with("records", listed(&soundness.empty)));
    }
    notes
}

pub(super) fn named_columns(input: &Input, fields: &[Field]) -> Result<Vec<(String, usize)>, Message> {
    // Those of the geometry are for the reader of tables, which keeps them as no field.
    let kept = input.settings.options.fields.iter().filter(|(meaning, _)| !GEOMETRY_COLUMNS.contains(&meaning.as_str()));
    let named = kept.map(|(meaning, field)| {
        let column = field_named(fields, &[field]);
        let missing = || {
            let names: Vec<&str> = fields.iter().map(|f| &*f.name).collect();
            Message::new("io.no_such_field").with("field", field.clone()).with("key", meaning.clone()).with("fields", names.join(", "))
        };
        column.map(|column| (meaning.clone(), column)).ok_or_else(missing)
    });
    named.collect()
}

/// Refuses settings that only a table looks at, for any other format: a setting is never ignored.
pub(super) fn geometry_columns_apply(input: &Input, format: &str) -> Result<(), Message> {
    let named = input.settings.options.fields.iter().find(|(meaning, _)| GEOMETRY_COLUMNS.contains(&meaning.as_str()));
    match named {
        Some((key, _)) if format != "coord_table" => Err(Message::new("io.setting_of_tables").with("key", key.clone())),
        _ => Ok(()),
    }
}

/// The land the user declares a layer to speak for.
pub(super) fn coverage(input: &Input, workspace_crs: &Crs, place: BBox, progress: &Progress) -> Result<Coverage, OpenError> {
    let Some(text) = &input.settings.coverage else { return Ok(Coverage::Undeclared) };
    if text == "all" {
        return Ok(Coverage::WholeCity);
    }
    let codes: Vec<&str> = text.split([',', '+', ';']).map(str::trim).collect();
    if codes.iter().all(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())) {
        return Ok(Coverage::Districts(codes.into_iter().map(Into::into).collect()));
    }
    let outline = Input::file(Path::new(text));
    let opened = open_layer(&outline, Role::Districts, workspace_crs, place, None, &mut IdSource::new(0), progress)?;
    let shapes: Vec<Shape> = opened.layer.features().filter_map(|f| f.shape().map(|s| s.to_owned())).collect();
    let unusable = || OpenError::Read(Message::new("io.coverage_unsound").with("file", text.clone()));
    // An outline that is partly unsound would declare land covered that nobody looked at, or the other way round.
    if !opened.soundness.unsound.is_empty() {
        return Err(unusable());
    }
    let refs: Vec<_> = shapes.iter().map(Shape::as_ref).collect();
    union(&refs, Tolerance::default()).map(|shape| Coverage::Area(Arc::new(shape))).ok_or_else(unusable)
}

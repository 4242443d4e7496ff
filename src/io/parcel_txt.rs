//! 界址点坐标 TXT: parcels as lists of boundary points, as tolerant as the many hands that write it.
//!
//! North stands before east. The ring number is a hint only: a ring ends where the number changes or its first point
//! comes again, and which ring is a hole is found by position.

mod crs;
mod lines;
mod profile;
mod write;

pub use self::profile::{ProfileError, TxtProfile};
pub use self::write::{TxtHead, TxtParcel, parcel_txt_bytes};

use self::crs::declare_crs;
use self::lines::{Lines, Parcel, scan};
use super::encoding::decode_file;
use super::listed_rings::listed_rings;
use super::shapefile::listed;
use super::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
use crate::geom::{Rings, Shape};
use crate::model::{Field, FieldKind, GeometryKind, Value};
use crate::task::Progress;
use crate::text::Message;
use std::sync::Arc;

/// Reads the general form and the dialects that differ in header or column order.
pub struct ParcelTxt;

/// A last point nearer than this to the first one is the first one, in m.
const CLOSING_M: f64 = 0.01;

/// Keys of project information that become fields: as many as a dBASE table may have. Every parcel has the value of each, so
/// that thousands of keys and thousands of parcels in a small file would fill the memory.
const PROJECT_FIELDS: usize = 255;

/// Columns of every parcel; the section of project information adds its own after them.
const FIELDS: [(&str, FieldKind); 8] = [
    ("地块编号", FieldKind::Text),
    ("地块名称", FieldKind::Text),
    ("地块面积公顷", FieldKind::Real),
    ("图形属性", FieldKind::Text),
    ("图幅号", FieldKind::Text),
    ("地块用途", FieldKind::Text),
    ("地类编码", FieldKind::Decimal),
    ("备注", FieldKind::Text),
];

impl Reader for ParcelTxt {
    fn format(&self) -> &'static str {
        "parcel_txt"
    }

    fn has_layers(&self) -> bool {
        false
    }

    fn sniff(&self, source: &Source) -> Confidence {
        let head = &source.bytes[..source.bytes.len().min(1 << 16)];
        let named = source.extension() == "txt";
        // A cut at the end of the head is no matter: the marks stand at its start.
        let text = decode_file(head, None).map(|(text, _)| lines::plain(&text)).unwrap_or_default();
        let marked = text.contains("[地块坐标]") || text.contains("[属性描述]");
        let headed = named && text.lines().any(|line| line.trim_end().trim_end_matches(',').ends_with('@') && line.contains(','));
        match (marked || headed, named) {
            (true, _) => Confidence::Yes,
            (false, true) => Confidence::Perhaps,
            (false, false) => Confidence::No,
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        let refused = |m: Message| ReadError(m.with("file", source.name()));
        let (text, encoding) = decode_file(&source.bytes, options.encoding.as_deref()).map_err(refused)?;
        let mut lines = scan(&text).map_err(refused)?;
        if lines.parcels.is_empty() {
            return Err(refused(Message::new("io.txt_no_parcel")));
        }
        let mut notes = Notes {
            format: self.format(),
            kind: GeometryKind::Area,
            encoding: Some(encoding.encoding.name().to_owned()),
            encoding_how: Some(encoding.how),
            ..Notes::default()
        };
        notes.messages.extend(encoding.doubt);
        east_first(&mut lines.parcels, options.north_first, &mut notes).map_err(refused)?;
        declare_crs(&lines, &mut notes).map_err(refused)?;
        if lines.project.len() > PROJECT_FIELDS {
            let message = Message::new("io.txt_project_many").with("count", lines.project.len());
            notes.messages.push(message.with("kept", PROJECT_FIELDS));
            lines.project.truncate(PROJECT_FIELDS);
        }
        notes.fields = fields(&lines);
        progress.set_total(lines.parcels.len() as u64);
        let fields: Arc<[Field]> = notes.fields.clone().into();
        let mut chunk = Chunk::new(fields.clone());
        let mut doubts = Doubts::default();
        for (i, parcel) in lines.parcels.iter().enumerate() {
            let rings = doubts.rings(i + 1, parcel);
            let area_ha = doubts.stated_area_ha(i + 1, parcel, &rings);
            chunk.push(i as u32 + 1, rings.as_ref(), &values(parcel, area_ha, &lines));
            if chunk.len() == Chunk::SIZE {
                progress.add(chunk.len() as u64);
                sink(std::mem::replace(&mut chunk, Chunk::new(fields.clone())));
            }
        }
        progress.add(chunk.len() as u64);
        sink(chunk);
        doubts.say(&mut notes);
        Ok(notes)
    }
}

fn fields(lines: &Lines) -> Vec<Field> {
    let own = FIELDS.iter().map(|(name, kind)| Field::new(name, *kind));
    own.chain(lines.project.iter().map(|(key, _)| Field::new(key, FieldKind::Text))).collect()
}

fn values(parcel: &Parcel, area_ha: Option<f64>, lines: &Lines) -> Vec<Value> {
    let text = |s: &str| if s.is_empty() { Value::Null } else { Value::text(s) };
    let mut values = vec![
        text(&parcel.id),
        text(&parcel.name),
        area_ha.map_or(Value::Null, Value::Real),
        text(&parcel.kind),
        text(&parcel.sheet),
        text(&parcel.purpose),
        if parcel.code.is_empty() { Value::Null } else { Value::Decimal(parcel.code.as_str().into()) },
        text(&parcel.rest),
    ];
    values.extend(lines.project.iter().map(|(_, value)| text(value)));
    values
}

/// Puts east before north in every point: by the format, or as the magnitudes prove, or as the user says.
fn east_first(parcels: &mut [Parcel], north_first: Option<bool>, notes: &mut Notes) -> Result<(), Message> {
    let north = |v: f64| (1.8e6..6.0e6).contains(&v);
    let east = |v: f64| (1.0e5..9.0e5).contains(&v) || (1.3e7..4.6e7).contains(&v);
    let points = || parcels.iter().flat_map(|p| &p.points).map(|p| p.at);
    let as_usual = points().filter(|p| north(p[0]) && east(p[1])).count();
    let exchanged = points().filter(|p| east(p[0]) && north(p[1])).count();
    let swap = match (north_first, as_usual, exchanged) {
        (Some(north_first), _, _) => north_first,
        (None, 1.., 1..) => return Err(Message::new("io.txt_axes_mixed")),
        (None, 0, 1..) => {
            notes.messages.push(Message::new("io.txt_swapped"));
            false
        }
        // Degrees and local numbers too: the format says north first.
        (None, _, 0) => true,
    };
    if swap {
        parcels.iter_mut().flat_map(|p| &mut p.points).for_each(|p| p.at.swap(0, 1));
    }
    Ok(())
}

/// What is odd about the parcels, by number.
#[derive(Default)]
struct Doubts {
    count_differs: Vec<usize>,
    open: Vec<usize>,
    gap_m: f64,
    in_m2: Vec<usize>,
    in_mu: Vec<usize>,
    area_differs: Vec<usize>,
}

impl Doubts {
    fn rings(&mut self, number: usize, parcel: &Parcel) -> Rings {
        let list = listed_rings(parcel.points.iter().map(|point| (point.ring.as_str(), point.at)), CLOSING_M);
        let listed = parcel.points.len();
        // Written with or without the closing points, one of them or all.
        let right = [Some(listed), listed.checked_sub(1), listed.checked_sub(list.closed)];
        if parcel.stated_count.is_some_and(|n| !right.contains(&Some(n))) {
            self.count_differs.push(number);
        }
        self.open.extend(std::iter::repeat_n(number, list.open));
        self.gap_m = self.gap_m.max(list.gap.unwrap_or(0.0));
        list.rings
    }

    /// The stated area in ha; one that is clearly in m² or 亩 is converted, and said.
    fn stated_area_ha(&mut self, number: usize, parcel: &Parcel, rings: &Rings) -> Option<f64> {
        let stated = parcel.area.filter(|a| *a > 0.0)?;
        let metres = rings.as_ref().coords().iter().any(|p| p[0].abs() > 400.0 || p[1].abs() > 400.0);
        let Some((shape, _)) = Shape::mend(rings.as_ref()).filter(|_| metres) else { return Some(stated) };
        let area_ha = shape.area_m2() / 10_000.0;
        let near = |unit_ha: f64| (stated * unit_ha / area_ha - 1.0).abs() <= 0.01;
        if near(1.0) {
            Some(stated)
        } else if near(1e-4) {
            self.in_m2.push(number);
            Some(stated * 1e-4)
        } else if near(1.0 / 15.0) {
            self.in_mu.push(number);
            Some(stated / 15.0)
        } else {
            self.area_differs.push(number);
            Some(stated)
        }
    }

    fn say(self, notes: &mut Notes) {
        let mut say = |code, records: &[usize], more: Option<(&'static str, Message)>| {
            if !records.is_empty() {
                let message = Message::new(code).with("count", records.len()).with("records", listed(records));
                notes.messages.push(match more {
                    Some((name, value)) => message.with(name, value),
                    None => message,
                });
            }
        };
        say("io.txt_point_count", &self.count_differs, None);
        say("io.txt_area_unit", &self.in_m2, Some(("unit", Message::new("io.unit_m2"))));
        say("io.txt_area_unit", &self.in_mu, Some(("unit", Message::new("io.unit_mu"))));
        say("io.txt_area_differs", &self.area_differs, None);
        if !self.open.is_empty() {
            let message = Message::new("io.txt_open_ring").with("count", self.open.len()).with("records", listed(&self.open));
            notes.messages.push(message.with("gap", crate::text::Arg::Metres(self.gap_m)));
        }
    }
}

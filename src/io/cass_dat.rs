//! CASS `.dat`: survey points `点号,编码,东,北,高程`, east before north, the code often empty.

use super::encoding::decode_file;
use super::shapefile::listed;
use super::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
use crate::geom::{Point, Rings};
use crate::model::{Field, FieldKind, GeometryKind, Value};
use crate::task::Progress;
use crate::text::Message;
use std::sync::Arc;

/// Reads `.dat`.
pub struct CassDat;

impl Reader for CassDat {
    fn format(&self) -> &'static str {
        "cass_dat"
    }

    fn has_layers(&self) -> bool {
        false
    }

    fn sniff(&self, source: &Source) -> Confidence {
        if source.extension() != "dat" {
            return Confidence::No;
        }
        let head = &source.bytes[..source.bytes.len().min(4096)];
        let text = decode_file(head, None).map(|(text, _)| text).unwrap_or_default();
        // A first line may hold the number of points.
        let is_cass = text.lines().filter(|line| !line.trim().is_empty()).take(2).any(|line| point(line).is_some());
        if is_cass { Confidence::Yes } else { Confidence::Perhaps }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        let refused = |m: Message| ReadError(m.with("file", source.name()));
        let (text, encoding) = decode_file(&source.bytes, options.encoding.as_deref()).map_err(refused)?;
        let fields: Arc<[Field]> = [("点号", FieldKind::Text), ("编码", FieldKind::Text), ("高程", FieldKind::Real)]
            .map(|(name, kind)| Field::new(name, kind))
            .into();
        let mut notes = Notes {
            format: self.format(),
            kind: GeometryKind::Point,
            fields: fields.to_vec(),
            encoding: Some(encoding.encoding.name().to_owned()),
            encoding_how: Some(encoding.how),
            ..Notes::default()
        };
        notes.messages.extend(encoding.doubt);
        let lines = scan(&text).map_err(refused)?;
        progress.set_total(lines.points.len() as u64);
        if lines.stated.is_some_and(|stated| stated != lines.points.len()) {
            let message = Message::new("io.dat_count").with("stated", lines.stated.unwrap_or(0));
            notes.messages.push(message.with("found", lines.points.len()));
        }
        if !lines.broken.is_empty() {
            let message = Message::new("io.dat_lines_broken").with("count", lines.broken.len());
            notes.messages.push(message.with("lines", listed(&lines.broken)));
        }
        let swap = north_first(&lines.points, options.north_first, &mut notes).map_err(refused)?;
        let mut chunk = Chunk::new(fields.clone());
        for (i, line) in lines.points.into_iter().enumerate() {
            let text = |s: &str| if s.is_empty() { Value::Null } else { Value::text(s) };
            let mut rings = Rings::new();
            if let Some([a, b]) = line.at {
                rings.push_path(&[if swap { [b, a] } else { [a, b] }]);
                rings.end_part();
            }
            let values = [text(line.number), text(line.code), line.height.map_or(Value::Null, Value::Real)];
            chunk.push(i as u32 + 1, rings.as_ref(), &values);
            if chunk.len() == Chunk::SIZE {
                progress.add(chunk.len() as u64);
                sink(std::mem::replace(&mut chunk, Chunk::new(fields.clone())));
            }
        }
        progress.add(chunk.len() as u64);
        sink(chunk);
        Ok(notes)
    }
}

/// One line: its point as written, or only its number where the rest cannot be read.
struct Line<'a> {
    number: &'a str,
    code: &'a str,
    at: Option<Point>,
    height: Option<f64>,
}

struct Lines<'a> {
    points: Vec<Line<'a>>,
    /// Number of points that the first line states.
    stated: Option<usize>,
    /// Lines that are no points, from 1.
    broken: Vec<usize>,
}

fn scan(text: &str) -> Result<Lines<'_>, Message> {
    let mut lines = Lines { points: Vec::new(), stated: None, broken: Vec::new() };
    let mut first_broken = None;
    for (i, line) in text.lines().enumerate() {
        let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{1a}' || c == '\0' || c == '\u{feff}');
        if line.is_empty() || line.eq_ignore_ascii_case("end") {
            continue;
        }
        if lines.points.is_empty() && lines.stated.is_none() && lines.broken.is_empty() {
            lines.stated = line.parse().ok();
            if lines.stated.is_some() {
                continue;
            }
        }
        lines.points.push(point(line).unwrap_or_else(|| {
            lines.broken.push(i + 1);
            first_broken.get_or_insert_with(|| (i + 1, line.chars().take(40).collect::<String>()));
            Line { number: line.split([',', '，']).next().unwrap_or_default().trim(), code: "", at: None, height: None }
        }));
    }
    match first_broken {
        // As many lines that are none: another format under this name.
        Some((line, text)) if lines.broken.len() * 2 >= lines.points.len() => {
            Err(Message::new("io.dat_not_cass").with("line", line).with("text", text))
        }
        _ => Ok(lines),
    }
}

/// `点号,编码,东,北[,高程]`; what stands after it belongs to no field and is no height.
fn point(line: &str) -> Option<Line<'_>> {
    let mut cells = line.split([',', '，']).map(str::trim);
    let (number, code) = (cells.next()?, cells.next()?);
    let coordinate = |cell: Option<&str>| cell?.parse::<f64>().ok().filter(|v| v.is_finite());
    let at = [coordinate(cells.next())?, coordinate(cells.next())?];
    let height = match cells.next() {
        None | Some("") => None,
        Some(cell) => Some(cell.parse().ok()?),
    };
    Some(Line { number, code, at: Some(at), height })
}

/// Whether north stands first after all: as the magnitudes prove, or as the user says.
fn north_first(points: &[Line<'_>], asked: Option<bool>, notes: &mut Notes) -> Result<bool, Message> {
    let north = |v: f64| (1.8e6..6.0e6).contains(&v);
    let east = |v: f64| (1.0e5..9.0e5).contains(&v) || (1.3e7..4.6e7).contains(&v);
    let all = || points.iter().filter_map(|line| line.at);
    let as_usual = all().filter(|p| east(p[0]) && north(p[1])).count();
    let exchanged = all().filter(|p| north(p[0]) && east(p[1])).count();
    match (asked, as_usual, exchanged) {
        (Some(north_first), _, _) => Ok(north_first),
        (None, 1.., 1..) => Err(Message::new("io.dat_axes_mixed")),
        (None, 0, 1..) => {
            notes.messages.push(Message::new("io.dat_swapped"));
            Ok(true)
        }
        // Local numbers too: the format says east first.
        (None, _, 0) => Ok(false),
    }
}

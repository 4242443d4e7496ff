//! DXF drawings, text and binary, R12 to 2018: closed outlines and fills as areas, else lines, else points.
//!
//! A drawing holds many kinds of things. Areas are read if there are any; what is not of the kind that is read is counted
//! and told by type and layer, and texts that stand in an area become its name.

pub(super) mod curve;
mod draw;
mod drawing;
mod figure;
mod frame;
mod hatch;
mod holes;
mod naming;
mod pairs;
mod words;

pub use self::holes::HOLES;

use self::draw::{Pen, Stopped};
use self::drawing::{Drawing, Fault};
use self::figure::{Drawn, Figure, Oddities, Tally};
use self::holes::take_out_holes;
use self::naming::{Inscription, inscriptions, nested};
use self::pairs::Broken;
use super::shapefile::{listed, swapped};
use super::shapes::kind_of_several;
use super::{Chunk, Confidence, Notes, ReadError, ReadOptions, Reader, Source};
use crate::geom::{Point, Rings, RingsRef};
use crate::model::{Field, FieldKind, GeometryKind, Value};
use crate::task::Progress;
use crate::text::{Arg, Message};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Reads `.dxf`.
pub struct Dxf;

/// Columns of every figure; what CASS hangs on parcels comes after them.
const FIELDS: [(&str, FieldKind); 8] = [
    ("图层", FieldKind::Text),
    ("类型", FieldKind::Text),
    ("名称", FieldKind::Text),
    ("文字", FieldKind::Text),
    ("颜色", FieldKind::Int),
    ("句柄", FieldKind::Text),
    ("标高", FieldKind::Real),
    ("图块", FieldKind::Text),
];
/// Texts of CASS that become columns at most.
const SOUTH_TEXTS: usize = 9;

impl Reader for Dxf {
    fn format(&self) -> &'static str {
        "dxf"
    }

    fn sniff(&self, source: &Source) -> Confidence {
        let mut pairs = pairs::Pairs::new(&source.bytes);
        let mut first = || {
            // A remark may stand before anything else.
            let mut pair = pairs.next();
            while matches!(pair, Ok(Some(p)) if p.code == 999) {
                pair = pairs.next();
            }
            pair
        };
        let begins = matches!(first(), Ok(Some(pair)) if pair.begins("SECTION"));
        match (begins, source.extension() == "dxf") {
            (true, _) => Confidence::Yes,
            (false, true) => Confidence::Perhaps,
            (false, false) => Confidence::No,
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions, progress: &Progress, sink: &mut dyn FnMut(Chunk)) -> Result<Notes, ReadError> {
        let refused = |m: Message| ReadError(m.with("file", source.name()));
        let drawing = Drawing::new(&source.bytes).map_err(|fault| refused(fault_message(fault)))?;
        let page = String::from_utf8_lossy(drawing.code_page).into_owned();
        let encoding = words::choose(options.encoding.as_deref(), drawing.version, &page, &drawing.evidence).map_err(refused)?;
        let mut pen = Pen::new(&drawing, encoding.encoding, source.bytes.len());
        drawing
            .each_entity(|entity| if progress.is_cancelled() { Err(Stopped::Cancelled) } else { pen.draw(&entity) })
            .map_err(|stopped| refused(stopped_message(stopped)))?;
        let Pen { mut figures, odd, .. } = pen;
        let holes = take_out_holes(&mut figures).map_err(|s| refused(stopped_message(s)))?;
        let chosen = choose_layer(&figures, options.layer.as_deref()).map_err(refused)?;
        let (kind, mut rows, others) = sorted(&figures, chosen.as_ref(), options.kind);
        if rows.is_empty() {
            let told = if odd.not_read.is_empty() { "–".to_owned() } else { odd.not_read.told() };
            return Err(refused(Message::new("io.dxf_nothing").with("left", told).with("paper", odd.paper + odd.invisible)));
        }
        let twice = if kind == GeometryKind::Area { drop_filled_outlines(&figures, &mut rows) } else { 0 };
        let mut notes = Notes {
            format: self.format(),
            kind,
            encoding: Some(encoding.encoding.name().to_owned()),
            encoding_how: Some(encoding.how),
            ..Notes::default()
        };
        notes.messages.extend(encoding.doubt);
        let (inscribed, outside) = inscribed(kind, &figures, &rows).map_err(|s| refused(stopped_message(s)))?;
        let mut left_out = Tally::default();
        // A text in an area is kept as what stands there.
        let is_kept = |i: &usize| matches!(figures[*i].drawn, Drawn::Words(_)) && outside.binary_search(i).is_err();
        others.iter().filter(|i| !is_kept(i)).for_each(|i| left_out.add(&figures[*i].kind, &figures[*i].layer));
        let south = rows.iter().map(|i| figures[*i].south.len()).max().unwrap_or(0).min(SOUTH_TEXTS);
        notes.fields = fields(south);
        say(&mut notes, &drawing, &odd, &left_out, twice);
        if holes > 0 {
            notes.messages.push(Message::new("io.dxf_holes").with("count", holes).with("ending", HOLES));
        }
        let nested = nested_areas(kind, &figures, &rows).map_err(|s| refused(stopped_message(s)))?;
        if !nested.is_empty() {
            let message = Message::new("io.dxf_nested").with("count", nested.len());
            notes.messages.push(message.with("records", listed(&nested)));
        }
        let several = inscribed.iter().filter(|i| i.several).count();
        if several > 0 {
            notes.messages.push(Message::new("io.dxf_names_several").with("count", several));
        }

        progress.set_total(rows.len() as u64);
        let fields: Arc<[Field]> = notes.fields.clone().into();
        let mut chunk = Chunk::new(fields.clone());
        for (row, (i, inscription)) in rows.iter().zip(inscribed).enumerate() {
            let figure = &figures[*i];
            let values = values(figure, inscription, south);
            let rings = rings(figure);
            let rings = if options.north_first == Some(true) { swapped(rings) } else { rings };
            chunk.push(row as u32 + 1, rings.as_ref(), &values);
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

fn fault_message(fault: Fault) -> Message {
    match fault {
        Fault::Broken(Broken { at }) => Message::new("io.dxf_broken").with("place", at),
        Fault::Cut(at) => Message::new("io.dxf_cut").with("place", at),
        Fault::Empty => Message::new("io.dxf_no_section"),
    }
}

fn stopped_message(stopped: Stopped) -> Message {
    match stopped {
        Stopped::Broken(broken) => fault_message(Fault::Broken(broken)),
        Stopped::TooMuch => Message::new("io.dxf_too_much"),
        Stopped::Cancelled => Message::new("io.cancelled"),
    }
}

/// `layer=` of a person who was asked and wants all of the drawing.
pub const ALL_LAYERS: &str = "*";

/// The layer that is read alone; `None` for all.
fn choose_layer(figures: &[Figure], asked: Option<&str>) -> Result<Option<Arc<str>>, Message> {
    let Some(asked) = asked.filter(|asked| *asked != ALL_LAYERS) else { return Ok(None) };
    let mut layers: Vec<&Arc<str>> = figures.iter().map(|f| &f.layer).collect();
    layers.sort();
    layers.dedup();
    let exact = layers.iter().find(|l| ***l == asked.into());
    let found = exact.or_else(|| layers.iter().find(|l| l.to_lowercase() == asked.to_lowercase()));
    let names = || layers.iter().map(|l| &***l).collect::<Vec<_>>().join(", ");
    found.map(|l| Some((*l).clone())).ok_or_else(|| Message::new("io.no_such_layer").with("layer", asked).with("layers", names()))
}

/// The figures of the kind that is read, by number, and the others.
fn sorted(figures: &[Figure], layer: Option<&Arc<str>>, asked: Option<GeometryKind>) -> (GeometryKind, Vec<usize>, Vec<usize>) {
    let wanted = |figure: &Figure| layer.is_none_or(|l| *l == figure.layer);
    let kind_of = |figure: &Figure| match figure.drawn {
        Drawn::Area(_) => GeometryKind::Area,
        Drawn::Line(_) => GeometryKind::Line,
        Drawn::Point(_) | Drawn::Words(_) => GeometryKind::Point,
    };
    let kind = kind_of_several(asked, |kind| figures.iter().any(|f| wanted(f) && kind_of(f) == kind));
    let all = figures.iter().enumerate().filter(|(_, f)| wanted(f)).map(|(i, _)| i);
    let (rows, others) = all.partition(|i| kind_of(&figures[*i]) == kind);
    (kind, rows, others)
}

/// Takes out hatches that fill the very outline of another area: it would be counted twice. Gives how many.
fn drop_filled_outlines(figures: &[Figure], rows: &mut Vec<usize>) -> usize {
    let outline = |i: usize| {
        let Drawn::Area(rings) = &figures[i].drawn else { return None };
        let rings = rings.as_ref();
        // To a tenth of a millimetre of the drawing, wherever the ring begins and however it runs.
        let mut points: Vec<[i64; 2]> = rings.coords().iter().map(|p| p.map(|v| (v * 1e4).round() as i64)).collect();
        points.sort_unstable();
        points.dedup();
        // The same corners in another order are another shape.
        let origin = rings.coords().first()?;
        let cross = |a: &Point, b: &Point| (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0]);
        let twice: f64 = rings.coords().windows(2).map(|p| cross(&p[0], &p[1])).sum();
        (rings.ring_count() == 1 && points.len() > 2).then(|| (points, twice.abs().round() as i64))
    };
    let is_fill = |i: usize| matches!(&*figures[i].kind, "HATCH" | "SOLID" | "TRACE");
    let drawn: HashSet<(Vec<[i64; 2]>, i64)> = rows.iter().filter(|i| !is_fill(**i)).filter_map(|i| outline(*i)).collect();
    let before = rows.len();
    rows.retain(|i| !is_fill(*i) || outline(*i).is_none_or(|outline| !drawn.contains(&outline)));
    before - rows.len()
}

/// What stands in each area, and the texts that stand in none; of lines and points nothing is asked.
fn inscribed(kind: GeometryKind, figures: &[Figure], rows: &[usize]) -> Result<(Vec<Inscription>, Vec<usize>), Stopped> {
    if kind != GeometryKind::Area {
        return Ok((vec![Inscription::default(); rows.len()], (0..figures.len()).collect()));
    }
    inscriptions(&areas(figures, rows), figures)
}

/// Records of the areas that lie in another one of their layer.
fn nested_areas(kind: GeometryKind, figures: &[Figure], rows: &[usize]) -> Result<Vec<usize>, Stopped> {
    if kind != GeometryKind::Area {
        return Ok(Vec::new());
    }
    let layers: Vec<&Arc<str>> = rows.iter().map(|i| &figures[*i].layer).collect();
    Ok(nested(&areas(figures, rows), &layers)?.into_iter().map(|row| row + 1).collect())
}

fn areas<'f>(figures: &'f [Figure], rows: &[usize]) -> Vec<RingsRef<'f>> {
    let rings = |i: &usize| match &figures[*i].drawn {
        Drawn::Area(rings) => rings.as_ref(),
        _ => RingsRef::new(&[], &[], &[], 0, 0),
    };
    rows.iter().map(rings).collect()
}

fn rings(figure: &Figure) -> Rings {
    match &figure.drawn {
        Drawn::Area(rings) | Drawn::Line(rings) => rings.clone(),
        Drawn::Point(p) | Drawn::Words(p) => {
            let mut rings = Rings::new();
            rings.push_path(&[*p]);
            rings.end_part();
            rings
        }
    }
}

fn fields(south: usize) -> Vec<Field> {
    let mut fields: Vec<Field> = FIELDS.iter().map(|(name, kind)| Field::new(name, *kind)).collect();
    // The order of what follows the code differs between versions of CASS, so it is not named.
    fields.extend((0..south).map(|i| match i {
        0 => Field::new("CASS编码", FieldKind::Text),
        i => Field::new(&format!("CASS属性{i}"), FieldKind::Text),
    }));
    fields
}

fn values(figure: &Figure, inscription: Inscription, south: usize) -> Vec<Value> {
    let text = |words: Option<Arc<str>>| words.filter(|w| !w.is_empty()).map_or(Value::Null, Value::Text);
    let mut values = vec![
        Value::Text(figure.layer.clone()),
        Value::Text(figure.kind.clone()),
        text(inscription.name.or_else(|| figure.words.clone())),
        text(inscription.all.or_else(|| figure.words.clone())),
        figure.color.map_or(Value::Null, Value::Int),
        text(figure.handle.clone()),
        figure.elevation.map_or(Value::Null, Value::Real),
        text(figure.block.clone()),
    ];
    values.extend((0..south).map(|i| text(figure.south.get(i).cloned())));
    values
}

/// Tells what is odd about the drawing and what was left out.
fn say(notes: &mut Notes, drawing: &Drawing<'_>, odd: &Oddities, others: &Tally, twice: usize) {
    let kind = Message::new(notes.kind.key());
    let mut say = |is_so: bool, message: Message| notes.messages.extend(is_so.then_some(message));
    let told = |counts: &BTreeMap<Arc<str>, usize>| counts.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ");
    let counted = |code, count: usize| Message::new(code).with("count", count);
    say(!others.is_empty(), counted("io.dxf_other_kinds", others.count()).with("kind", kind).with("list", others.told()));
    say(!odd.not_read.is_empty(), counted("io.dxf_not_read", odd.not_read.count()).with("list", odd.not_read.told()));
    say(twice > 0, counted("io.dxf_filled_outlines", twice));
    let gap = Arg::Metres(odd.gap);
    say(odd.closed_by_place > 0, counted("io.dxf_closed_by_place", odd.closed_by_place).with("gap", gap));
    say(odd.curves > 0 && !drawing.may_be_degrees, counted("io.dxf_curves", odd.curves));
    say(odd.curves > 0 && drawing.may_be_degrees, counted("io.dxf_curves_degrees", odd.curves));
    say(odd.coarse > 0, counted("io.dxf_coarse", odd.coarse));
    say(odd.symbols > 0, counted("io.dxf_symbols", odd.symbols));
    say(odd.open_hatches > 0, counted("io.dxf_open_hatches", odd.open_hatches));
    say(odd.broken_splines > 0, counted("io.dxf_broken_splines", odd.broken_splines));
    say(odd.fit_splines > 0, counted("io.dxf_fit_splines", odd.fit_splines));
    say(odd.bare_splines > 0, counted("io.dxf_bare_splines", odd.bare_splines));
    say(odd.tilted > 0, counted("io.dxf_tilted", odd.tilted));
    say(odd.paper > 0, counted("io.dxf_paper", odd.paper));
    say(odd.invisible > 0, counted("io.dxf_invisible", odd.invisible));
    say(!odd.hidden.is_empty(), counted("io.dxf_hidden_layers", odd.hidden.values().sum()).with("list", told(&odd.hidden)));
    let missing = odd.missing_blocks.values().sum();
    say(!odd.missing_blocks.is_empty(), counted("io.dxf_missing_blocks", missing).with("list", told(&odd.missing_blocks)));
    say(odd.endless_inserts > 0, counted("io.dxf_endless_inserts", odd.endless_inserts));
    let unit = match drawing.units {
        0 | 6 => None,
        1 => Some("in".to_owned()),
        2 => Some("ft".to_owned()),
        4 => Some("mm".to_owned()),
        5 => Some("cm".to_owned()),
        7 => Some("km".to_owned()),
        14 => Some("dm".to_owned()),
        other => Some(format!("$INSUNITS = {other}")),
    };
    if let Some(unit) = unit {
        say(true, Message::new("io.dxf_units").with("unit", unit));
    }
}

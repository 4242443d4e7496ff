//! Every drawing of the foreign corpus, entity kind by entity kind, against what reference software counts.
//!
//! Two things differ by design and are reckoned here: a closed curve is an area for us and a line there; an insert of a block is
//! one feature there and its entities here. Where a drawing has blocks, both sides' numbers stand in [`BLOCKS`] with the reason.

use crate::corpus_read::{ARGUED_REFUSALS, Corpus, corpus, other_place};
use luodi::io::{Raw, ReadOptions, read_source, reader_for};
use luodi::model::GeometryKind;
use luodi::task::{Outcome, Progress, guard};
use luodi::text::{Arg, Lang, Message};
use serde_json::Value as Json;
use std::path::Path;

const KINDS: [GeometryKind; 3] = [GeometryKind::Point, GeometryKind::Line, GeometryKind::Area];
/// Curves: those that close are areas here, and lines there.
const CURVES: [&str; 7] = ["LWPOLYLINE", "POLYLINE", "CIRCLE", "ELLIPSE", "SPLINE", "ARC", "HELIX"];

/// Drawings of which the counts differ, ours of points, lines and areas, with a closed curve as a line, and why.
const BLOCKS: &[(&str, [u64; 3], &str)] = &[
    ("dxf/gdal/3d.dxf", [0, 1, 0], "a mesh is not read and told"),
    ("dxf/gdal/additional-entities.dxf", [8, 9, 3], "a helix and three multiple lines are not read and told"),
    (
        "dxf/gdal/assorted.dxf",
        [4, 9, 0],
        "three dimensions without the blocks that draw them are told; a block of five lines is one feature there",
    ),
    ("dxf/gdal/block-basepoint.dxf", [0, 2, 0], "a block of two lines is one feature there"),
    ("dxf/gdal/block-hidden-entities.dxf", [0, 2, 0], "the same; what is marked invisible is not read and told"),
    ("dxf/gdal/block-insert-order.dxf", [0, 4, 0], "four circles of blocks, two features there"),
    ("dxf/gdal/byblock-bylayer-new.dxf", [0, 819, 0], "nine blocks in blocks of 90 figures each"),
    ("dxf/gdal/byblock-bylayer.dxf", [4, 9, 2], "a line on paper is not read and told"),
    ("dxf/gdal/frozen-off.dxf", [0, 104, 0], "four blocks of 25 figures each, and four lines"),
    ("dxf/gdal/insert_only.dxf", [0, 5, 0], "a block of five lines is one feature there"),
    ("dxf/gdal/insert_only_col_count_zero.dxf", [0, 5, 0], "the same"),
    ("dxf/gdal/leader-mleader.dxf", [2, 7, 0], "multiple leaders are annotation: not read and told"),
    ("dxf/gdal/text-fancy.dxf", [3, 2, 0], "a text marked invisible is not read and told"),
];
/// Filled figures: where a block draws them they are symbols, read as outlines, and areas there.
const FILLS: [&str; 4] = ["HATCH", "SOLID", "TRACE", "3DFACE"];

/// Names of layers that the reference reads in a wrong code page, and what stands there.
const CODE_PAGES: [(&str, &str); 1] = [("РЎС‚СЂРѕРµРЅРёСЏ", "Строения")];

/// One kind of the figures of a drawing; `None` where there is none of it.
fn read(corpus: &Corpus, file: &str, kind: GeometryKind) -> Result<Option<Raw>, Message> {
    let source = read_source(&corpus.root.join(file)).map_err(|e| e.0)?;
    let options = ReadOptions { kind: Some(kind), ..ReadOptions::default() };
    let reader = reader_for(&source).map_err(|e| e.0)?;
    match guard(|| Raw::read(reader, &source, &options, None, None, &Progress::new())) {
        Outcome::Done(Ok(raw)) => Ok(Some(raw)),
        Outcome::Done(Err(refused)) if refused.0.code == "io.no_such_kind" => Ok(None),
        Outcome::Done(Err(refused)) => Err(refused.0),
        Outcome::Crashed(words) => panic!("{file}: panicked: {words}"),
    }
}

fn text(raw: &Raw, row: usize, field: &str) -> String {
    raw.fields.iter().position(|f| &*f.name == field).map(|c| raw.value(row, c).to_string()).unwrap_or_default()
}

/// Points, lines and areas as the reference would count them, and whether any of them stands in a block.
fn ours(kinds: &[Option<Raw>; 3]) -> ([u64; 3], bool) {
    let mut counts = [0; 3];
    let mut in_blocks = false;
    for (i, raw) in kinds.iter().enumerate() {
        let Some(raw) = raw else { continue };
        for row in 0..raw.len() {
            let (entity, in_block) = (text(raw, row, "类型"), !text(raw, row, "图块").is_empty());
            in_blocks |= in_block;
            counts[match i {
                2 if CURVES.contains(&&*entity) => 1,
                1 if in_block && FILLS.contains(&&*entity) => 2,
                _ => i,
            }] += 1;
        }
        // Fills of an outline that is drawn too are told, not read twice.
        let fills = raw.notes.messages.iter().filter(|m| m.code == "io.dxf_filled_outlines");
        counts[i] += fills.flat_map(|m| &m.args).find_map(|(_, arg)| if let Arg::Count(n) = arg { Some(*n) } else { None }).unwrap_or(0);
    }
    (counts, in_blocks)
}

/// The same of the reference; `None` where it does not tell the kinds.
fn theirs(types: &Json) -> Option<[u64; 3]> {
    let mut counts = [0; 3];
    for (name, n) in types.as_object()? {
        let kind = match name.as_str() {
            "Point" | "MultiPoint" => 0,
            "LineString" | "MultiLineString" => 1,
            "GeometryCollection" => continue,
            _ => 2,
        };
        counts[kind] += n.as_u64()?;
    }
    Some(counts)
}

#[test]
#[ignore = "needs LUODI_CORPUS"]
fn drawings_kind_by_kind_as_the_reference_counts_them() {
    let corpus = corpus();
    let files = corpus.files(&["dxf"]);
    assert!(files.len() > 50, "the corpus is not there");
    let (mut wrong, mut equal, mut argued, mut values) = (Vec::new(), 0, 0, 0);
    for file in &files {
        let counts = corpus.counts(file);
        let kinds = match KINDS.map(|kind| read(&corpus, file, kind)) {
            [Ok(points), Ok(lines), Ok(areas)] => [points, lines, areas],
            [Err(message), ..] | [_, Err(message), _] | [.., Err(message)] => {
                let words = message.render(Lang::En);
                println!("{file:70} – {words}");
                let name = Path::new(file).file_name().unwrap().to_string_lossy().into_owned();
                if !words.contains(&name) || words.contains('{') {
                    wrong.push(format!("{file}: the refusal does not say where or why: {words}"));
                }
                if counts.iter().any(|n| *n > 0) && ARGUED_REFUSALS.iter().all(|(f, _)| f != file) {
                    wrong.push(format!("{file}: refused, the reference reads {counts:?}: {words}"));
                }
                continue;
            }
        };
        let (own, in_blocks) = ours(&kinds);
        let layers = corpus.layers(file);
        let reference = layers.first().and_then(|l| theirs(&l["by_type"]));
        println!("{file:70} {own:?} of {reference:?}{}", if in_blocks { " blocks" } else { "" });
        match (reference, BLOCKS.iter().find(|(f, ..)| f == file)) {
            (_, Some((_, pinned, _))) if *pinned == own => argued += 1,
            (Some(reference), None) if reference == own => equal += 1,
            // Two files of which the reference tells a number alone.
            (None, None) if counts.contains(&own.iter().sum()) => equal += 1,
            (reference, _) => wrong.push(format!("{file}: {own:?}, the reference has {reference:?} of {counts:?}")),
        }
        for raw in kinds.iter().flatten() {
            for told in raw.notes.messages.iter().map(|m| m.render(Lang::En)).filter(|t| t.contains('{')) {
                wrong.push(format!("{file}: {told}"));
            }
        }
        if let [None, None, Some(areas)] = &kinds {
            // The reference cuts curves into chords of four degrees, so its boxes are smaller.
            if areas.notes.messages.iter().all(|m| !m.code.starts_with("io.dxf_curves")) {
                wrong.extend(other_place(&corpus, file, areas));
            }
        }
        let records = layers.first().and_then(|l| l["first_records"].as_array());
        for record in records.into_iter().flatten() {
            let (compared, fault) = other_record(record, &kinds);
            values += compared;
            wrong.extend(fault.map(|fault| format!("{file}: {fault}")));
        }
    }
    println!("{} drawings: {equal} equal kind by kind, {argued} argued; {values} values compared", files.len());
    assert!(values > 30 && wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A record of the reference against the figure of the same handle: its layer, and its text where it has one.
fn other_record(record: &Json, kinds: &[Option<Raw>; 3]) -> (usize, Option<String>) {
    let said = |key: &str| record[key].as_str().filter(|t| !t.is_empty() && *t != "nan");
    let classes = said("SubClasses").unwrap_or_default();
    // What a block draws bears its own handles here.
    let Some(handle) = said("EntityHandle").filter(|_| !classes.contains("AcDbBlockReference")) else { return (0, None) };
    let rows = kinds.iter().flatten().flat_map(|raw| (0..raw.len()).map(move |row| (raw, row)));
    let Some((raw, row)) = rows.into_iter().find(|(raw, row)| text(raw, *row, "句柄").eq_ignore_ascii_case(handle)) else {
        return (0, None);
    };
    let layer = said("Layer").unwrap_or_default();
    // One file in UTF-8 that says it is in code page 1251: the reference takes its word.
    if let Some(meant) = CODE_PAGES.iter().find(|(theirs, _)| *theirs == layer).map(|(_, meant)| *meant) {
        return (
            1,
            (text(raw, row, "图层") != meant).then(|| format!("{handle} is on layer {:?}, meant {meant:?}", text(raw, row, "图层"))),
        );
    }
    if text(raw, row, "图层") != layer {
        return (1, Some(format!("{handle} is on layer {:?}, the reference has {layer:?}", text(raw, row, "图层"))));
    }
    // Of a fill it tells the name of the pattern as its text.
    let Some(words) = said("Text").filter(|_| !classes.contains("AcDbHatch")) else { return (1, None) };
    let found = text(raw, row, "文字");
    (2, (found != words).then(|| format!("{handle} reads {found:?}, the reference has {words:?}")))
}

//! What every reader owes, whatever the bytes: an answer that can be used as it stands, or a refusal that names the file.
//!
//! The targets of this folder ask it of what libFuzzer makes up, the tests of the program of what was found that way.

use luodi::crs::{Crs, Transform};
use luodi::geom::{BBox, Shape};
use luodi::io::{READERS, Raw, ReadOptions, Reader, Source};
use luodi::model::GeometryKind;
use luodi::task::Progress;
use luodi::text::{Lang, Message};

/// Rings of more points are not checked a second time: it is the reader that is tried here.
const CHECKED_POINTS: usize = 500;

pub fn reader(format: &str) -> &'static dyn Reader {
    READERS.iter().copied().find(|r| r.format() == format).expect("a reader of that name")
}

/// Reads a source with the reader of `format` and looks at every feature and every word of the answer.
///
/// # Panics
/// When the answer is none: the reader gave up, lost a record without a word, or gave what cannot be used.
pub fn read(format: &str, source: &Source) -> Result<Raw, Message> {
    // All are asked when a file is opened.
    for reader in READERS {
        std::hint::black_box(reader.sniff(source));
    }
    let answer = Raw::read(reader(format), source, &ReadOptions::default(), None, None, &Progress::new()).map_err(|e| e.0);
    match &answer {
        Ok(raw) => looked_at(raw),
        Err(refusal) => {
            assert_ne!(refusal.code, "io.read_failed", "the reader panicked: {}", refusal.render(Lang::En));
            for lang in [Lang::Zh, Lang::En] {
                let words = refusal.render(lang);
                assert!(words.contains(&source.name()), "a refusal without the file: {words}");
            }
        }
    }
    answer
}

fn looked_at(raw: &Raw) {
    let mut last = 0;
    let mut missing = 0;
    for row in 0..raw.len() {
        let (rings, record) = (raw.rings(row), raw.record(row));
        assert!(record > last, "record {record} comes after record {last}");
        missing += record - last - 1;
        last = record;
        assert!(rings.coords().iter().flatten().all(|v| v.is_finite()), "a position of record {record} is no number");
        assert_eq!(raw.bbox(row), BBox::of(rings.coords()), "the box of record {record}");
        assert_eq!(rings.rings().map(<[_]>::len).sum::<usize>(), rings.coords().len(), "the rings of record {record}");
        (0..raw.fields.len()).for_each(|column| drop(std::hint::black_box(raw.value(row, column).to_string())));
    }
    let notes = &raw.notes;
    assert!(missing == 0 || !notes.messages.is_empty(), "{missing} records are missing without a word");
    let words = notes.messages.iter().chain(&notes.crs_how).chain(&notes.crs_refused).chain(&notes.shown_only).chain(&notes.encoding_how);
    words.for_each(|message| assert!([Lang::Zh, Lang::En].iter().all(|lang| !message.render(*lang).is_empty()), "{}", message.code));
}

/// Puts what was read on a plane and packs it, as opening a layer does, and looks at every shape.
///
/// # Panics
/// When a feature got lost, or a shape is none.
pub fn pack(mut raw: Raw) {
    let (kind, count) = (raw.notes.kind, raw.len());
    let way = raw.notes.crs.as_ref().and_then(|crs| Transform::new(crs, &Crs::CGCS2000_ZONE_40).ok());
    let lost = way.map_or_else(Vec::new, |way| raw.transform(&way));
    assert!(lost.is_sorted() && lost.last().is_none_or(|row| *row < count), "rows that are none are lost");
    for row in (0..count).filter(|row| lost.binary_search(row).is_err()) {
        assert!(raw.rings(row).coords().iter().flatten().all(|v| v.is_finite()), "record {} has left the plane", raw.record(row));
    }
    let (packed, soundness) = raw.pack(kind, &lost, &Progress::new());
    assert_eq!(packed.len(), count, "features got lost");
    if kind == GeometryKind::Area {
        assert_eq!(soundness.sound + soundness.unsound.len() + soundness.empty.len(), count, "{soundness:?}");
    }
    let mut placed = 0;
    for row in 0..count {
        let rings = packed.rings(row);
        placed += usize::from(!rings.is_empty());
        let Some(shape) = packed.shape(row) else { continue };
        assert!(shape.area_m2().is_finite() && shape.area_m2() > 0.0, "row {row} has {} m²", shape.area_m2());
        assert!(rings.coords().len() > CHECKED_POINTS || Shape::check(rings).is_ok(), "row {row} is called sound and is not");
    }
    assert_eq!(packed.meeting(packed.bbox()).len(), placed, "features that are not found where all are");
}

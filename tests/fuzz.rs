//! Every reader on spoilt files: good files and those of the corpus, changed as long as one likes, with an eye on time and room.
//!
//! `LUODI_FUZZ_SECONDS` a format (without it: 20), `LUODI_FUZZ_FORMAT` one of [`FORMATS`], `LUODI_FUZZ_SEED` a number,
//! `LUODI_CORPUS` for more to begin with. What breaks a reader is kept under the temporary folder of the build, by name.

use crate::archives::zipped;
use crate::broken_bytes::{geopackage, good};
use crate::memory;
use luodi::io::{READERS, Raw, ReadOptions, Source, read_source, reader_for};
use luodi::task::{Outcome, Progress, guard};
use luodi::text::{Lang, Message};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use walkdir::WalkDir;

/// Longer on an input of this size is a hang.
const INPUT_SECONDS: u64 = 5;
/// More room than this for an input of this size is too much.
const INPUT_MEMORY: usize = 1 << 30;
const SEED_BYTES: usize = 40_000;
const LARGEST: usize = 200_000;

/// A group of files: the reader, extensions of its files, and the words that its files are made of.
struct Format {
    name: &'static str,
    extensions: &'static [&'static str],
    words: &'static [&'static [u8]],
}

const FORMATS: &[Format] = &[
    Format {
        name: "shapefile",
        extensions: &["shp"],
        words: &[
            b"\0\0\x27\x0a",
            b"\x05\0\0\0",
            b"\x0f\0\0\0",
            b"\x1f\0\0\0",
            b"\xff\xff\xff\x7f",
            b"\xff\xff\xff\xff",
            b"\0\0\0\x80",
            b"*",
            b"\x0d",
            b"C",
            b"N",
            b"D",
            b"L",
            b"UTF-8",
            b"GBK",
            b"65001",
            b"PROJCS[\"",
            b"UNIT[\"Meter\",1.0]",
        ],
    },
    Format {
        name: "geojson",
        extensions: &["geojson", "geojsonl", "json", "seq"],
        words: &[
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b"\"type\":",
            b"\"FeatureCollection\"",
            b"\"Feature\"",
            b"\"features\":[",
            b"\"geometry\":null",
            b"\"coordinates\":",
            b"[[[",
            b"]]]",
            b"\"MultiPolygon\"",
            b"\"GeometryCollection\"",
            b"\"geometries\":[",
            b"\"crs\":",
            b"1e999",
            b"-0",
            b"null",
            b"NaN",
            b"\\u0000",
            b"\\ud800",
            b"\x1e",
            b"\xef\xbb\xbf",
            b"\n",
        ],
    },
    Format {
        name: "parcel_txt",
        extensions: &["txt"],
        words: &[
            "[属性描述]\n".as_bytes(),
            "[地块坐标]\n".as_bytes(),
            "【地块坐标】".as_bytes(),
            b"@\n",
            b"J1,1,",
            "，".as_bytes(),
            b"\r",
            b"\t",
            "坐标系=2000国家大地坐标系\n".as_bytes(),
            "带号=40\n".as_bytes(),
            "几度分带=3\n".as_bytes(),
            b"NaN",
            b"1e308",
            b"-1",
            b"4294967296",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
        ],
    },
    Format {
        name: "kml",
        extensions: &["kml", "ovkml"],
        words: &[
            b"<Placemark>",
            b"</Placemark>",
            b"<MultiGeometry>",
            b"<Polygon>",
            b"</Polygon>",
            b"<outerBoundaryIs>",
            b"<innerBoundaryIs>",
            b"<LinearRing>",
            b"<coordinates>",
            b"</coordinates>",
            b"<Folder>",
            b"</Folder>",
            b"<![CDATA[",
            b"]]>",
            b"<!--",
            b"-->",
            b"<!DOCTYPE a [<!ENTITY b \"&c;\">",
            b"&#x110000;",
            b"&amp;",
            b"<Schema",
            b"<SimpleData name=\"a\">",
            b"<Data name=\"b\"><value>",
            b"<gx:Track><gx:coord>",
            b"encoding=\"UTF-16\"",
            b"120.1,36,0 ",
            b"1e400,NaN",
        ],
    },
    Format {
        name: "archive",
        extensions: &["kmz", "ovkmz", "zip"],
        words: &[
            b"PK\x03\x04",
            b"PK\x01\x02",
            b"PK\x05\x06",
            b"PK\x06\x06",
            b"\xff\xff\xff\xff",
            b"\x08\0",
            b"\0\0",
            b"doc.kml",
            b"a/../b.shp",
        ],
    },
    Format {
        name: "dxf",
        extensions: &["dxf"],
        words: &[
            b"0\nSECTION\n",
            b"2\nBLOCKS\n",
            b"0\nBLOCK\n2\nB\n",
            b"0\nENDBLK\n",
            b"0\nINSERT\n2\nB\n",
            b"70\n32767\n",
            b"71\n32767\n",
            b"91\n2147483647\n",
            b"93\n1000000\n",
            b"0\nHATCH\n",
            b"0\nSPLINE\n",
            b"0\nELLIPSE\n",
            b"0\nLWPOLYLINE\n",
            b"42\n1e300\n",
            b"40\n0\n",
            b"0\nENDSEC\n",
            b"0\nEOF\n",
            b"210\n0\n220\n0\n230\n0\n",
            b"AutoCAD Binary DXF\r\n\x1a\0",
            b"1000\n",
            b"9\n$DWGCODEPAGE\n3\nANSI_936\n",
            b"\\U+",
            b"0\nMTEXT\n",
            b"73\n99999\n",
            b"-1",
            b"1e999",
        ],
    },
    Format {
        name: "gpkg",
        extensions: &["gpkg"],
        words: &[
            b"GP\0\x01",
            b"GP\0\x03",
            b"GP\0\x11",
            b"\x01\x03\0\0\0",
            b"\x01\x06\0\0\0",
            b"\x01\xeb\x03\0\0",
            b"\xff\xff\xff\x7f",
            b"\xff\xff\xff\xff",
            b"SQLite format 3\0",
            b"geom",
            b"CREATE TABLE",
            b"\x0d\0\0",
            b"\x05\0\0",
        ],
    },
    Format {
        name: "coord_table",
        extensions: &["csv", "tsv", "wkt", "xlsx"],
        words: &[
            b",",
            b"\t",
            b";",
            b"\"",
            b"\"\"",
            b"\n",
            b"\r\n",
            b"X,Y",
            "点号".as_bytes(),
            "圈号".as_bytes(),
            "地块编号".as_bytes(),
            b"WKT",
            b"POLYGON ((",
            b"))",
            b"MULTIPOLYGON (((",
            b"GEOMETRYCOLLECTION (",
            b" EMPTY",
            b"SRID=4528;",
            b"CURVEPOLYGON (CIRCULARSTRING (",
            b"NaN",
            b"1e308",
            b"50\xc2\xb046'06.6\"N",
            b"\xff\xfe",
            b"-",
            b"Z M",
        ],
    },
    Format {
        name: "cass_dat",
        extensions: &["dat"],
        words: &[b",", b",,", b"\r\n", b"1,,", b"NaN", b"1e308", b"-", b" ", "，".as_bytes(), b"\xff\xfe", b"4014980.5", b"508480"],
    },
];

/// Small, fast, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below.max(1)
    }

    fn range(&mut self, length: usize, at_most: usize) -> std::ops::Range<usize> {
        let from = self.roll(length + 1);
        from..(from + self.roll(at_most) + 1).min(length)
    }
}

fn change(bytes: &mut Vec<u8>, other: &[u8], words: &[&[u8]], dice: &mut Dice) {
    let length = bytes.len();
    match dice.roll(12) {
        0 if length > 0 => bytes[dice.roll(length)] ^= 1 << dice.roll(8),
        1 if length > 0 => bytes[dice.roll(length)] = dice.roll(256) as u8,
        2 => bytes.truncate(dice.roll(length + 1)),
        3 => drop(bytes.drain(dice.range(length, 60))),
        // A piece once more, up to many times.
        4 => {
            let piece = bytes[dice.range(length, 80)].to_vec();
            let times = if dice.roll(8) == 0 { 1 + dice.roll(500) } else { 1 + dice.roll(3) };
            let at = dice.roll(length + 1);
            bytes.splice(at..at, piece.iter().copied().cycle().take(piece.len() * times));
        }
        5 | 6 => {
            let word = words[dice.roll(words.len())];
            let times = if dice.roll(12) == 0 { 1 + dice.roll(3000) } else { 1 };
            let at = dice.roll(length + 1);
            let to = if dice.roll(2) == 0 { at } else { (at + word.len()).min(length) };
            bytes.splice(at..to, word.iter().copied().cycle().take(word.len() * times));
        }
        // A splice with another file.
        7 if !other.is_empty() => {
            let piece = other[dice.range(other.len(), 400)].to_vec();
            let at = dice.range(length, 200);
            bytes.splice(at, piece);
        }
        8 if !other.is_empty() => {
            bytes.truncate(dice.roll(length + 1));
            bytes.extend_from_slice(&other[dice.roll(other.len())..]);
        }
        // A number as text.
        9 => {
            let digits: Vec<usize> = (0..length).filter(|i| bytes[*i].is_ascii_digit()).collect();
            if let Some(&at) = digits.get(dice.roll(digits.len())) {
                let end = (at..length).find(|i| !bytes[*i].is_ascii_digit()).unwrap_or(length);
                let numbers = [
                    "0",
                    "-1",
                    "1",
                    "2",
                    "1e308",
                    "NaN",
                    "65536",
                    "4294967295",
                    "18446744073709551616",
                    "0.0000001",
                    "99999999999999999999999",
                    "",
                ];
                bytes.splice(at..end, numbers[dice.roll(numbers.len())].bytes());
            }
        }
        // A number as bytes.
        _ if length >= 8 => {
            let at = dice.roll(length - 7);
            let wide = dice.roll(3);
            let small = dice.roll(300) as i64 - 20;
            let numbers = [0, -1, small, i64::from(i32::MAX), i64::from(i32::MIN), i64::MAX, small << 24, length as i64];
            let number = numbers[dice.roll(numbers.len())];
            match wide {
                0 => bytes[at..at + 4].copy_from_slice(&(number as i32).to_le_bytes()),
                1 => bytes[at..at + 4].copy_from_slice(&(number as i32).to_be_bytes()),
                _ => {
                    let reals = [f64::NAN, f64::INFINITY, 1e308, -1e-308, number as f64];
                    bytes[at..at + 8].copy_from_slice(&reals[dice.roll(reals.len())].to_le_bytes());
                }
            }
        }
        _ => bytes.push(dice.roll(256) as u8),
    }
    bytes.truncate(LARGEST);
}

fn spoilt(seed: &Source, other: &Source, format: &Format, dice: &mut Dice) -> Source {
    let mut source = seed.clone();
    let mut bytes = source.bytes.to_vec();
    // Of several files it may be only one that is spoilt.
    let which = dice.roll(1 + 2 * source.siblings.len());
    if which < 1 + source.siblings.len() / 2 || source.siblings.is_empty() {
        (0..=dice.roll(5)).for_each(|_| change(&mut bytes, &other.bytes, format.words, dice));
        source.bytes = bytes.into();
    }
    for (extension, sibling) in &mut source.siblings {
        if dice.roll(3) == 0 {
            let mut bytes = sibling.to_vec();
            let theirs = other.sibling(extension).map_or(&[][..], |b| b);
            (0..=dice.roll(4)).for_each(|_| change(&mut bytes, theirs, format.words, dice));
            *sibling = bytes.into();
        }
    }
    if dice.roll(40) == 0 {
        source.siblings.pop();
    }
    source
}

/// Archives are also made anew, of spoilt files: the checksums of changed ones would hide what is inside.
fn packed(inner: &Source, kind: &str) -> Source {
    let name = if kind == "kmz" { "doc.kml".to_owned() } else { format!("甲/a.{}", inner.extension()) };
    let beside: Vec<(String, &[u8])> = inner.siblings.iter().map(|(e, b)| (format!("甲/a.{e}"), &b[..])).collect();
    let mut files = vec![(name.as_str(), &inner.bytes[..])];
    files.extend(beside.iter().map(|(n, b)| (n.as_str(), *b)));
    Source { path: format!("a.{kind}").into(), bytes: zipped(&files).into(), siblings: Vec::new() }
}

fn seeds(format: &Format) -> Vec<Source> {
    let mut seeds: Vec<Source> = good().into_iter().filter(|s| format.extensions.contains(&&*s.extension())).collect();
    if format.name == "gpkg" {
        seeds.push(Source { path: "a.gpkg".into(), bytes: geopackage().into(), siblings: Vec::new() });
    }
    if let Ok(corpus) = std::env::var("LUODI_CORPUS") {
        let files = WalkDir::new(corpus).sort_by_file_name().into_iter().flatten().filter(|e| e.file_type().is_file());
        let own = files.filter(|e| e.path().extension().is_some_and(|x| format.extensions.contains(&&*x.to_string_lossy().to_lowercase())));
        let largest = if format.name == "gpkg" { LARGEST } else { SEED_BYTES };
        let read = own
            .filter_map(|e| read_source(e.path()).ok())
            .filter(|s| s.bytes.len() <= largest && s.siblings.iter().all(|s| s.1.len() <= largest));
        // One folder of many alike shall not crowd out the rest.
        seeds.extend(read.filter(|s| !s.path.components().any(|c| c.as_os_str() == "overlay")).take(400));
    }
    seeds
}

fn read(reader: &str, source: &Source) -> Result<Raw, Message> {
    let reader = READERS.iter().find(|r| r.format() == reader).expect("a reader of that name");
    Raw::read(*reader, source, &ReadOptions::default(), None, None, &Progress::new()).map_err(|e| e.0)
}

/// What an answer is like, so that inputs with a new one are kept and changed further.
fn likeness(answer: &Result<Raw, Message>) -> String {
    match answer {
        Ok(raw) => {
            let mut codes: Vec<&str> = raw.notes.messages.iter().map(|m| m.code).collect();
            codes.sort_unstable();
            let size = |n: usize| usize::BITS - n.leading_zeros();
            format!("{codes:?} {:?} {} {} {:?}", raw.notes.kind, size(raw.len()), size(raw.fields.len()), raw.notes.encoding)
        }
        Err(refusal) => refusal.code.to_owned(),
    }
}

/// Why an answer is none.
fn fault(source: &Source, answer: &Outcome<Result<Raw, Message>>) -> Option<String> {
    match answer {
        Outcome::Crashed(words) => Some(format!("panicked: {words}")),
        Outcome::Done(Err(m)) if m.code == "io.read_failed" => Some(format!("panicked: {}", m.render(Lang::En))),
        Outcome::Done(Err(m)) => {
            let words = m.render(Lang::En);
            (!words.contains(&source.name())).then(|| format!("a refusal without the file: {words}"))
        }
        Outcome::Done(Ok(raw)) => {
            let wrong = (0..raw.len()).any(|row| raw.rings(row).coords().iter().any(|p| !p[0].is_finite() || !p[1].is_finite()));
            wrong.then(|| "a position that is no number".to_owned())
        }
    }
}

fn keep(folder: &Path, format: &str, source: &Source) -> PathBuf {
    let name = source.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = format!("{format}-{}", name.rsplit_once('.').map_or(&*name, |(stem, _)| stem));
    let path = folder.join(format!("{stem}.{}", source.extension()));
    std::fs::write(&path, &source.bytes[..]).unwrap();
    for (extension, bytes) in &source.siblings {
        std::fs::write(folder.join(format!("{stem}.{extension}")), &bytes[..]).unwrap();
    }
    path
}

fn fuzz(format: &'static Format, seconds: u64, seed: u64, folder: &Path) -> Vec<String> {
    let mut seeds = seeds(format);
    assert!(!seeds.is_empty(), "{}: nothing to begin with", format.name);
    let (begun_with, mut dice, mut seen, mut runs) = (seeds.len(), Dice(seed | 1), HashSet::new(), 0u64);
    let mut faults: Vec<String> = Vec::new();
    let started = Instant::now();
    let inner: Vec<Source> =
        if format.name == "archive" { good().into_iter().filter(|s| s.extension() != "zip").collect() } else { Vec::new() };
    // What runs now and since when, for the one who looks after it.
    let running: Arc<Mutex<Option<(Instant, Source)>>> = Arc::default();
    let (watched, place) = (running.clone(), folder.to_owned());
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        while stopped.recv_timeout(Duration::from_millis(200)).is_err_and(|e| e == std::sync::mpsc::RecvTimeoutError::Timeout) {
            let late =
                watched.lock().unwrap().as_ref().filter(|(since, _)| since.elapsed().as_secs() >= INPUT_SECONDS).map(|(_, s)| s.clone());
            if let Some(source) = late {
                println!("{}: hangs for {INPUT_SECONDS} s, kept as {}", format.name, keep(&place, "hang", &source).display());
                std::process::exit(101);
            }
        }
    });
    let mut slowest = (Duration::ZERO, 0);
    while started.elapsed().as_secs() < seconds {
        let (one, other) = (&seeds[dice.roll(seeds.len())], &seeds[dice.roll(seeds.len())]);
        let source = if !inner.is_empty() && dice.roll(2) == 0 {
            let inside = &inner[dice.roll(inner.len())];
            let kind = if inside.extension() == "kml" { "kmz" } else { "zip" };
            let words = FORMATS.iter().find(|f| f.extensions.contains(&&*inside.extension())).unwrap_or(format);
            packed(&spoilt(inside, inside, words, &mut dice), kind)
        } else {
            spoilt(one, other, format, &mut dice)
        };
        let before = memory::held();
        memory::start_counting();
        *running.lock().unwrap() = Some((Instant::now(), source.clone()));
        let answer = guard(|| read(format.name, &source));
        let took = running.lock().unwrap().take().map_or(Duration::ZERO, |(since, _)| since.elapsed());
        let room = memory::most().saturating_sub(before);
        slowest = slowest.max((took, room));
        runs += 1;
        let too_much = (room > INPUT_MEMORY).then(|| format!("{room} bytes of room for {} of input", source.bytes.len()));
        if let Some(words) = fault(&source, &answer).or(too_much) {
            // Each kind of fault once.
            let kind: String = words.chars().filter(|c| !c.is_ascii_digit()).take(120).collect();
            if seen.insert(kind) {
                let path = keep(folder, &format!("{}-{}", format.name, faults.len()), &source);
                faults.push(format!("{}: {words}; kept as {}", format.name, path.display()));
                println!("{}", faults[faults.len() - 1]);
            }
        } else if let Outcome::Done(answer) = &answer
            && seen.insert(likeness(answer))
            && seeds.len() < 4000
            && source.bytes.len() <= SEED_BYTES.max(one.bytes.len())
        {
            seeds.push(source);
        }
        // The chosen reader may be another: what it says must be an answer too.
        if runs.is_multiple_of(64)
            && let Outcome::Crashed(words) = guard(|| reader_for(&seeds[seeds.len() - 1]).map(|r| r.format()))
        {
            faults.push(format!("{}: choosing a reader panicked: {words}", format.name));
        }
    }
    drop(stop);
    watch.join().unwrap();
    println!(
        "{}: {runs} inputs in {seconds} s, {begun_with} seeds became {}, slowest {:.2?}, {} faults",
        format.name,
        seeds.len(),
        slowest.0,
        faults.len()
    );
    faults
}

#[test]
#[ignore = "takes LUODI_FUZZ_SECONDS a format"]
fn readers_answer_whatever_the_bytes() {
    let number = |name: &str, else_: u64| std::env::var(name).ok().map_or(else_, |v| v.parse().expect("a number"));
    let only = std::env::var("LUODI_FUZZ_FORMAT").ok();
    let (seconds, seed) = (number("LUODI_FUZZ_SECONDS", 20), number("LUODI_FUZZ_SEED", 20_120_912));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    let chosen: Vec<&'static Format> = FORMATS.iter().filter(|f| only.as_deref().is_none_or(|o| o == f.name)).collect();
    assert!(!chosen.is_empty(), "LUODI_FUZZ_FORMAT is one of {:?}", FORMATS.iter().map(|f| f.name).collect::<Vec<_>>());
    let faults: Vec<String> = chosen.into_iter().flat_map(|format| fuzz(format, seconds, seed, &folder)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn of(path: &str, text: &str) -> Source {
    Source { path: path.into(), bytes: text.as_bytes().into(), siblings: Vec::new() }
}

/// A colour that has no positive.
#[test]
fn found_a_layer_of_the_lowest_colour() {
    let layer = "0\nSECTION\n2\nTABLES\n0\nLAYER\n2\nA\n62\n-9223372036854775808\n0\nENDSEC\n";
    let line = "0\nSECTION\n2\nENTITIES\n0\nLINE\n8\nA\n10\n0\n20\n0\n11\n900\n21\n900\n0\nENDSEC\n0\nEOF\n";
    assert_eq!(read("dxf", &of("a.dxf", &format!("{layer}{line}"))).unwrap().len(), 1);
}

/// Each of 32 767 areas on one place was looked at for each other.
#[test]
fn found_thousands_of_areas_on_one_place() {
    let square = "0\nLWPOLYLINE\n8\n0\n70\n1\n10\n0\n20\n0\n10\n900\n20\n0\n10\n900\n20\n900\n";
    let drawing = |rows: usize| {
        format!(
            "0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nB\n{square}0\nENDBLK\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n\
             0\nINSERT\n8\n0\n2\nB\n71\n{rows}\n0\nENDSEC\n0\nEOF\n"
        )
    };
    assert_eq!(read("dxf", &of("a.dxf", &drawing(50))).unwrap().len(), 50);
    assert_eq!(read("dxf", &of("a.dxf", &drawing(32_767))).unwrap_err().code, "io.dxf_too_much");
}

/// A row of commas made a field of each, for every feature.
#[test]
fn found_thousands_of_fields_without_a_title() {
    let table = format!("id,WKT{}\n1,POINT (1 2){}\n", ",".repeat(5_000), ",".repeat(5_000));
    let raw = read("coord_table", &of("a.csv", &table)).unwrap();
    assert_eq!(raw.fields.iter().map(|f| &*f.name).collect::<Vec<_>>(), ["id"]);
}

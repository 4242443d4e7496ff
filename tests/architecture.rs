//! The walls of the house, held against the sources themselves: who may use whom, where a crate lives, what no code may do.
//!
//! `ARCHITECTURE.md` shows the same table to people. Each failure names the file, the line and the rule.

mod sources;

use sources::{Source, Use, read, rooms_of, sources};
use std::collections::{BTreeMap, BTreeSet};

/// A room and the rooms it may use, from the ground up: a room uses only rooms above it in this list.
const ROOMS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("task", &[]),
    ("geom", &["task"]),
    ("crs", &["task", "geom"]),
    ("model", &["text", "geom", "crs"]),
    ("rules", &["text", "task", "geom", "model"]),
    ("tracking", &["text", "task", "geom", "model", "rules"]),
    ("edit", &["text", "geom", "model"]),
    ("document", &["text", "model"]),
    ("io", &["text", "task", "geom", "crs", "model"]),
    ("workspace", &["text", "task", "geom", "crs", "model", "document", "io"]),
    ("scene", &["text", "geom", "crs", "model", "rules", "tracking"]),
    ("sheet", &["text", "task", "geom", "crs", "model", "rules", "tracking", "scene", "io"]),
    ("job", ALL_BELOW_JOB),
    ("cli", ALL_WITH_JOB),
    ("app", ALL_WITH_JOB),
];
const ALL_BELOW_JOB: &[&str] =
    &["text", "task", "geom", "crs", "model", "rules", "tracking", "edit", "document", "io", "workspace", "scene", "sheet"];
const ALL_WITH_JOB: &[&str] =
    &["text", "task", "geom", "crs", "model", "rules", "tracking", "edit", "document", "io", "workspace", "scene", "sheet", "job"];

/// What lives in certain rooms only.
const HOMES: &[(&str, &[&str])] = &[
    ("std::fs", &["io"]),
    ("std::thread", &["task"]),
    ("rayon", &["task"]),
    ("proj", &["crs"]),
    ("geo", &["geom"]),
    ("i_overlay", &["geom"]),
    ("geo_index", &["geom"]),
    ("rstar", &["geom"]),
    ("rusqlite", &["io"]),
    ("libsqlite3_sys", &["io"]),
    ("shapefile", &["io"]),
    ("geojson", &["io"]),
    ("quick_xml", &["io"]),
    ("zip", &["io"]),
    ("encoding_rs", &["io"]),
    ("tempfile", &["io"]),
    ("tiff", &["io"]),
    ("image", &["io"]),
    ("flate2", &["io"]),
    ("krilla", &["sheet"]),
    ("tiny_skia", &["scene", "sheet"]),
    ("skrifa", &["scene", "sheet"]),
    ("lexopt", &["cli"]),
    ("egui", &["app"]),
    ("eframe", &["app"]),
    ("egui_wgpu", &["app"]),
    ("wgpu", &["app"]),
    ("rfd", &["app"]),
    ("bytemuck", &["app"]),
    ("earcut", &["app"]),
    // The program makes no network call at all.
    ("std::net", &[]),
];

/// Rooms whose answers depend on their arguments alone: no clock, no setting, no order of a hash.
const REPRODUCIBLE: &[&str] = &["rules", "tracking", "edit", "document"];
const NOT_REPRODUCIBLE: &[&str] = &["std::time", "std::env", "HashMap", "HashSet", "RandomState", "Instant", "SystemTime"];

/// Methods of `Path` that ask the disk without naming `std::fs`.
const DISK_METHODS: &[&str] = &["exists", "try_exists", "canonicalize", "read_dir", "is_file", "is_dir", "symlink_metadata", "read_link"];

const FORBIDDEN_METHODS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err"];
const FORBIDDEN_MACROS: &[&str] = &["panic", "todo", "unimplemented", "unreachable", "dbg"];

/// Lines a file may have; 200 is comfortable.
const LINES_AT_MOST: usize = 600;

fn row(room: &str) -> Option<&'static [&'static str]> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, may_use)| *may_use)
}

/// Fails with every broken wall at once.
fn hold(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}:\n  {}\n", broken.join("\n  "));
}

/// What `complain` says of each use of each file that belongs to a room.
fn complaints(complain: impl Fn(&Source, &Use) -> Option<String>) -> Vec<String> {
    let all = sources();
    assert!(all.len() > 30, "the sources were not found");
    let each = all.iter().flat_map(|source| source.uses.iter().map(move |used| (source, used)));
    each.filter_map(|(source, used)| complain(source, used).map(|words| format!("{}:{}: {words}", source.path, used.line))).collect()
}

#[test]
fn every_folder_of_the_sources_is_a_room_of_the_table() {
    let unknown: Vec<String> = rooms_of(&sources()).into_iter().filter(|room| row(room).is_none()).collect();
    hold("rooms that the table does not have", unknown);
}

#[test]
fn the_table_has_no_cycle() {
    for (i, (room, may_use)) in ROOMS.iter().enumerate() {
        let above: BTreeSet<&str> = ROOMS[..i].iter().map(|(name, _)| *name).collect();
        for other in *may_use {
            assert!(above.contains(other), "{room} may use {other}, which does not stand before it");
        }
    }
}

#[test]
fn a_room_uses_only_the_rooms_it_may() {
    let broken = complaints(|source, used| {
        let (room, other) = (source.room.as_deref()?, used.room.as_deref()?);
        let may_use = row(room)?;
        let allowed = other == room || may_use.contains(&other) || row(other).is_none();
        (!allowed).then(|| format!("`{room}` may not use `{other}` ({}); it may use {}", used.path, may_use.join(", ")))
    });
    hold("a wall between rooms is broken", broken);
}

#[test]
fn what_has_a_home_is_used_only_there() {
    let broken = complaints(|source, used| {
        let room = source.room.as_deref().unwrap_or("");
        let (name, homes) = HOMES.iter().find(|(name, _)| used.is_of(name))?;
        let in_main = room.is_empty() && *name == "std::thread";
        (!homes.contains(&room) && !in_main).then(|| format!("`{}` lives in {homes:?}, not in `{room}`", used.path))
    });
    hold("something is used outside its home", broken);
}

#[test]
fn only_io_asks_the_disk() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|s| s.room.as_deref() != Some("io")) {
        for (method, line) in source.methods.iter().filter(|(method, _)| DISK_METHODS.contains(&method.as_str())) {
            broken.push(format!("{}:{line}: `.{method}()` looks at the disk; ask `io`", source.path));
        }
    }
    hold("the disk is touched outside io", broken);
}

#[test]
fn no_room_gives_out_another_rooms_things_as_its_own() {
    let broken = complaints(|source, used| {
        let other = used.room.as_deref()?;
        let foreign = used.is_given_out && source.room.as_deref() != Some(other);
        foreign.then(|| format!("`{}` belongs to `{other}`: users name it there", used.path))
    });
    hold("a room re-exports another's things", broken);
}

#[test]
fn what_decides_sees_no_clock_no_setting_and_no_hash_order() {
    let broken = complaints(|source, used| {
        let room = source.room.as_deref().filter(|room| REPRODUCIBLE.contains(room))?;
        let name = NOT_REPRODUCIBLE.iter().find(|name| used.is_of(name) || used.holds(name))?;
        Some(format!("`{name}` in `{room}`: the same input must give the same bytes"))
    });
    hold("something that decides is not reproducible", broken);
}

#[test]
fn nothing_outside_tests_gives_up() {
    let mut broken = Vec::new();
    for source in sources() {
        for (method, line) in source.methods.iter().filter(|(method, _)| FORBIDDEN_METHODS.contains(&method.as_str())) {
            broken.push(format!("{}:{line}: `.{method}()`", source.path));
        }
        for (name, line) in source.macros.iter().filter(|(name, _)| FORBIDDEN_MACROS.contains(&name.as_str())) {
            broken.push(format!("{}:{line}: `{name}!`", source.path));
        }
    }
    hold("code outside tests ends the program where it should say something", broken);
}

#[test]
fn a_file_says_its_one_idea_first_and_stays_a_file_one_can_read() {
    let mut broken = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//! ") {
            broken.push(format!("{}:1: the first line says the one idea of the file (`//! …`)", source.path));
        }
        let lines = source.text.lines().count();
        if lines > LINES_AT_MOST {
            broken.push(format!("{}:{lines}: more than {LINES_AT_MOST} lines; it holds two ideas", source.path));
        }
        for (i, line) in source.text.lines().enumerate() {
            let words = line.split(|c: char| !c.is_ascii_alphabetic());
            if words.clone().any(|word| matches!(word, "TODO" | "FIXME" | "XXX" | "HACK")) {
                broken.push(format!("{}:{}: unfinished: {}", source.path, i + 1, line.trim()));
            }
        }
    }
    hold("a file is not as files are here", broken);
}

#[test]
fn every_exception_from_a_lint_has_its_reason_beside_it() {
    let mut broken = Vec::new();
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().collect();
        for (i, line) in
            lines.iter().enumerate().filter(|(_, line)| line.trim_start().starts_with("#[allow(") || line.contains("#![allow("))
        {
            let before = i.checked_sub(1).and_then(|i| lines.get(i)).is_some_and(|line| line.trim_start().starts_with("// "));
            if !before && !line.contains("//") && !line.contains("reason =") {
                broken.push(format!("{}:{}: {}", source.path, i + 1, line.trim()));
            }
        }
    }
    hold("a lint is switched off without a reason", broken);
}

/// What is built and linked is used: a dependency that no source names goes.
#[test]
fn every_dependency_is_used() {
    // Named by no source: it pins the one SQLite that PROJ and rusqlite share.
    const CARRIERS: &[&str] = &["libsqlite3-sys"];
    let manifest: toml::Table = include_str!("../Cargo.toml").parse().unwrap();
    let all = sources();
    let is_used =
        |name: &str| all.iter().any(|source| source.uses.iter().any(|used| used.is_of(name)) || source.text.contains(&format!("{name}::")));
    let names = manifest["dependencies"].as_table().unwrap().keys().filter(|name| !CARRIERS.contains(&name.as_str()));
    let unused: Vec<String> = names.filter(|name| !is_used(&name.replace('-', "_"))).cloned().collect();
    hold("dependencies that nothing uses", unused);
}

/// The test of the test: what it must see, where, and what it must pass over.
#[test]
fn the_reader_of_sources_sees_what_is_there() {
    let text = r#"//! An example.
use super::super::io::{self, Source};
use std::{fmt, fs as files};
pub(crate) use crate::text::Message;
fn f(map: std::collections::HashMap<u8, u8>) {
    println!("{:?}", crate::geom::BBox::of(&x.unwrap()));
    vec![todo!()];
}
struct S;
impl S {
    #[cfg(test)]
    fn g() { super::super::app::h().unwrap() }
}
#[cfg(test)]
mod tests { use crate::app::Window; fn g() { panic!() } }
"#;
    let (source, tests) = read("src/rules/example.rs".into(), vec!["rules".into(), "example".into()], text.into());
    let rooms: Vec<(&str, usize)> = source.uses.iter().filter_map(|u| Some((u.room.as_deref()?, u.line))).collect();
    assert_eq!(rooms, [("io", 2), ("io", 2), ("text", 4), ("geom", 6)]);
    assert!(source.uses.iter().any(|u| u.is_of("std::fs") && u.line == 3));
    assert!(source.uses.iter().any(|u| u.holds("HashMap") && u.line == 5));
    assert!(source.uses.iter().any(|u| u.is_given_out && u.path == "crate::text::Message"));
    assert_eq!(source.methods, [("unwrap".to_owned(), 6)]);
    assert!(source.macros.contains(&("todo".to_owned(), 7)));
    assert!(source.macros.iter().all(|(name, _)| name != "panic"));
    assert_eq!(tests, [["rules", "example", "tests"]]);
}

/// The picture of the rooms as they stand: `cargo test architecture -- --nocapture` prints it for `ARCHITECTURE.md`.
#[test]
fn the_rooms_as_they_stand_have_no_cycle() {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let Some(room) = source.room.clone() else { continue };
        let others = source.uses.iter().filter_map(|u| u.room.clone()).filter(|other| *other != room && row(other).is_some());
        used.entry(room.clone()).or_default().extend(others);
    }
    let mut left: BTreeSet<String> = used.keys().cloned().collect();
    while let Some(free) = left.iter().find(|room| used[*room].is_disjoint(&left)).cloned() {
        left.remove(&free);
    }
    for (room, others) in &used {
        println!("{room}: {}", others.iter().cloned().collect::<Vec<_>>().join(", "));
    }
    assert!(left.is_empty(), "these rooms use each other in a circle: {left:?}");
}

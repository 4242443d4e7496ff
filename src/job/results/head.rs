//! What every whole answer says about itself: the data, the rules and the day it rests on.

use crate::crs::Crs;
use crate::job::{crs_words, rule_set_json, verdict_json};
use crate::model::{Contents, Date, Layer};
use crate::rules::Checker;
use crate::text::{Lang, Message, word};
use serde_json::{Value, json};

/// Provenance of an answer, as members of a JSON object and as lines for people.
#[derive(Clone, Debug)]
pub struct Head {
    /// The plane that was measured in.
    pub crs: Crs,
    pub members: Vec<(&'static str, Value)>,
    pub lines: Vec<Message>,
}

impl Head {
    pub fn new(contents: &Contents, checker: &Checker, date: Date, lang: Lang) -> Self {
        let conformity = rule_set_json::plan_conformity(contents, checker).map(|table| ("plan_conformity", table));
        let members = members(contents, checker, date).into_iter().chain(conformity).collect();
        Self { crs: contents.crs.clone(), members, lines: lines(contents, checker, date, lang) }
    }
}

fn members(contents: &Contents, checker: &Checker, date: Date) -> Vec<(&'static str, Value)> {
    let rules = &checker.settings().rule_set;
    let inputs: Vec<Value> = contents.layers_in_order().map(|(_, layer)| input(layer)).collect();
    vec![
        ("schema", json!(1)),
        ("program", json!(env!("CARGO_PKG_VERSION"))),
        ("date", json!(date.to_string())),
        ("rule_set", json!({ "name": rules.name, "version": rules.version, "blake3": hex(&rules.hash()) })),
        ("plane", json!(contents.crs.label())),
        ("sample", json!(contents.sample)),
        ("inputs", json!(inputs)),
        ("roles_not_supplied", json!(checker.missing_roles().iter().map(|r| r.code()).collect::<Vec<_>>())),
    ]
}

fn input(layer: &Layer) -> Value {
    let from = &layer.provenance;
    json!({
        "role": layer.head.role.code(),
        "file": &*from.file,
        "format": from.format,
        "blake3": from.file_hash.as_ref().map(hex),
        "crs": from.source_crs.as_ref().map(Crs::label),
        "features": layer.len(),
        "notes": from.notes.iter().map(verdict_json::message).collect::<Vec<_>>(),
    })
}

/// What was not supplied, what it rests on, what was found in each input.
fn lines(contents: &Contents, checker: &Checker, date: Date, lang: Lang) -> Vec<Message> {
    let mut lines = Vec::new();
    let missing = checker.missing_roles();
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|role| word(lang, role.facts().name_key)).collect();
        lines.push(Message::new("check.missing_roles").with("roles", names.join(word(lang, "cli.list_separator"))));
    }
    if checker.broken_clusters() > 0 {
        lines.push(Message::new("check.broken_clusters").with("count", checker.broken_clusters()));
    }
    let rules = &checker.settings().rule_set;
    let basis = Message::new("cli.basis").with("rules", format!("{} {}", rules.name, rules.version)).with("date", date.to_string());
    lines.push(basis.with("crs", crs_words(&contents.crs)));
    for (_, layer) in contents.layers_in_order() {
        let role = Message::new(layer.head.role.facts().name_key);
        lines.push(Message::new("cli.input_is").with("role", role).with("file", &*layer.provenance.file));
        // What the file is like in every ordinary case is for `info`.
        for note in layer.provenance.notes.iter().filter(|n| !matches!(n.code, "io.fields" | "io.sound")) {
            lines.push(Message::new("cli.note").with("note", note.clone()));
        }
    }
    lines
}

/// BLAKE3 as 64 hexadecimal digits.
pub fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

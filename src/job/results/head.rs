//! What every whole answer says about itself: the data, the rules and the day it rests on.

use crate::crs::Crs;
use crate::job::{crs_words, rule_set_json, verdict_json};
use crate::model::{Contents, Date, Provenance, Role};
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

    /// File and BLAKE3 of every input that has one.
    pub fn hashes(&self) -> Vec<(String, String)> {
        let inputs = self.members.iter().filter(|(key, _)| *key == "inputs").filter_map(|(_, value)| value.as_array()).flatten();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        inputs.filter_map(|input| Some((text(input.get("file")?)?, text(input.get("blake3")?)?))).collect()
    }

    /// Adds a file whose features are not kept: what is known before they are read.
    pub fn add_input(&mut self, role: Role, from: &Provenance, features: usize) {
        for (key, value) in &mut self.members {
            if let ("inputs", Value::Array(all)) = (*key, value) {
                all.push(input(role, from, features));
            }
        }
        self.lines.extend(input_lines(role, from));
    }
}

fn members(contents: &Contents, checker: &Checker, date: Date) -> Vec<(&'static str, Value)> {
    let rules = &checker.settings().rule_set;
    let inputs: Vec<Value> = contents.layers_in_order().map(|(_, layer)| input(layer.head.role, &layer.provenance, layer.len())).collect();
    vec![
        ("schema", json!(1)),
        ("program", json!(env!("CARGO_PKG_VERSION"))),
        ("date", json!(date.to_string())),
        ("rule_set", rule_set_json::rule_set(rules)),
        ("accuracy_m", json!(checker.settings().accuracy_m)),
        ("plane", json!(contents.crs.label())),
        ("sample", json!(contents.sample)),
        ("inputs", json!(inputs)),
        ("roles_not_supplied", json!(checker.missing_roles().iter().map(|r| r.code()).collect::<Vec<_>>())),
    ]
}

fn input(role: Role, from: &Provenance, features: usize) -> Value {
    json!({
        "role": role.code(),
        "file": &*from.file,
        "format": from.format,
        "blake3": from.file_hash.as_ref().map(hex),
        "crs": from.source_crs.as_ref().map(Crs::label),
        "features": features,
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
    if let Some(accuracy_m) = checker.settings().accuracy_m {
        lines.push(Message::new("result.accuracy").with("accuracy", accuracy_m.to_string()));
    }
    for pack in rules.not_in_force(date) {
        let message = Message::new("result.pack_not_in_force").with("pack", format!("{} {}", pack.name, pack.version));
        lines.push(message.with("date", date.to_string()));
    }
    for (pack, change) in rules.loosened() {
        let message = Message::new("result.loosened").with("pack", pack.name.clone()).with("key", change.key.clone());
        lines.push(message.with("from", change.from.clone()).with("to", change.to.clone()));
    }
    lines.extend(contents.layers_in_order().flat_map(|(_, layer)| input_lines(layer.head.role, &layer.provenance)));
    lines
}

fn input_lines(role: Role, from: &Provenance) -> Vec<Message> {
    let role = Message::new(role.facts().name_key);
    let mut lines = vec![Message::new("cli.input_is").with("role", role).with("file", &*from.file)];
    lines.extend(note_lines(&from.notes));
    lines
}

/// What the file is like in every ordinary case is for `info`.
pub fn note_lines(notes: &[Message]) -> Vec<Message> {
    let told = notes.iter().filter(|n| !matches!(n.code, "io.fields" | "io.sound"));
    told.map(|note| Message::new("cli.note").with("note", note.clone())).collect()
}

/// BLAKE3 as 64 hexadecimal digits.
pub fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

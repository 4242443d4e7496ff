//! What an order names: which files are read in which role, which rule set, and which files must not be written over.

use super::fault::Fault;
use super::meant::{CheckOrder, Manner};
use super::outputs::{Output, Target};
use crate::io::{GEOMETRY_COLUMNS, check_output, is_same_place, read_bytes, write_atomically};
use crate::job::{Gathered, Input, column_for, gather_onto};
use crate::model::Role;
use crate::rules::{RulePack, RuleSet};
use crate::task::Progress;
use crate::text::{Arg, Message};
use crate::workspace;
use std::path::Path;

/// The files of an order with their roles.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub inputs: Vec<(Role, Input)>,
}

impl Given {
    /// What the sites are checked against; the sites themselves are read last, most often block by block.
    pub fn of_check(order: &CheckOrder) -> Self {
        let mut inputs = Vec::new();
        inputs.extend(order.plan.clone().map(|input| (Role::Plan, input)));
        inputs.extend(order.layers.iter().cloned());
        Self { inputs }
    }

    /// Opens everything, onto a workspace where one is named.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn read(&self, workspace: Option<&Path>, progress: &Progress) -> Result<Gathered, Fault> {
        let base = match workspace {
            Some(file) => {
                let opened = workspace::open(file, progress).map_err(|e| Fault::work(e.message()))?;
                Some((opened.contents, opened.ids))
            }
            None => None,
        };
        gather_onto(base, &self.inputs, progress).map_err(|e| Fault::work(e.message().clone()))
    }

    pub fn files(&self) -> Vec<&Path> {
        self.inputs.iter().flat_map(|(_, input)| files_of(input)).collect()
    }
}

/// The files that an input names: its own, and that of its coverage.
pub(super) fn files_of(input: &Input) -> impl Iterator<Item = &Path> {
    let coverage = input.settings.coverage.as_deref().map(Path::new);
    std::iter::once(input.path.as_path()).chain(coverage)
}

/// Refuses settings that nothing would look at: a setting is never ignored.
///
/// # Errors
/// A usage fault naming the setting and the role.
pub(super) fn settings_apply(inputs: &[(Role, Input)]) -> Result<(), Fault> {
    let refused = |key: &str, role: Role| Fault::usage(Message::new("cli.setting_not_of").with("key", key).with("role", role.code()));
    for (role, input) in inputs {
        for (meaning, _) in &input.settings.options.fields {
            let of_sites = *role == Role::Sites && matches!(meaning.as_str(), "id" | "name" | "industry" | "kind");
            if !of_sites && !GEOMETRY_COLUMNS.contains(&meaning.as_str()) && column_for(*role, meaning).is_none() {
                return Err(refused(meaning, *role));
            }
        }
        // The sites are what is asked about; no rule asks which land they speak for.
        if *role == Role::Sites && input.settings.coverage.is_some() {
            return Err(refused("coverage", *role));
        }
    }
    Ok(())
}

/// The rule sets that `--rules` names, bundled or files, laid on one another in that order.
///
/// # Errors
/// A usage fault for a name that is none, a work fault for a file that is none or that loosens without saying so.
pub(super) fn read_rules(named: &[String]) -> Result<RuleSet, Fault> {
    let wrong = |name: &str, cause: Arg| Fault::work(Message::new("cli.rules_wrong").with("file", name).with("cause", cause));
    let pack = |name: &str| -> Result<RulePack, Fault> {
        if let Some(bundled) = RulePack::bundled(name) {
            return bundled.map_err(|e| wrong(name, e.message().into()));
        }
        if !name.ends_with(".toml") {
            let known: Vec<&str> = RuleSet::bundled_names().collect();
            return Err(Fault::usage(Message::new("cli.rules_unknown").with("name", name).with("known", known.join(" "))));
        }
        let bytes = read_bytes(Path::new(name)).map_err(|e| Fault::work(e.0))?;
        let text = std::str::from_utf8(&bytes).map_err(|e| wrong(name, e.to_string().into()))?;
        RulePack::parse(text.trim_start_matches('\u{feff}')).map_err(|e| wrong(name, e.message().into()))
    };
    let packs = match named {
        [] => vec![pack("full")?],
        named => named.iter().map(|name| pack(name)).collect::<Result<_, _>>()?,
    };
    RuleSet::stack(&packs).map_err(|e| wrong(&named.join(" + "), e.message().into()))
}

/// Refuses outputs that exist (unless forced) or that are an input or belong to one, before any work is done.
///
/// # Errors
/// Names the file and what to do.
pub(super) fn refuse_overwriting(outputs: &[Output], inputs: &[&Path], force: bool) -> Result<(), Fault> {
    let places: Vec<&Path> = outputs.iter().filter_map(Output::file).collect();
    for (i, place) in places.iter().enumerate() {
        if places.iter().take(i).any(|other| is_same_place(place, other)) {
            return Err(Fault::usage(Message::new("cli.out_twice").with("file", place.display().to_string())));
        }
    }
    places.into_iter().try_for_each(|file| check_output(file, inputs, force)).map_err(|e| Fault::work(e.0))
}

/// Writes each output whole and says where.
///
/// # Errors
/// The first file that the system refuses.
pub(super) fn write(outputs: &[Output], contents: Vec<Vec<u8>>, manner: Manner) -> Result<(), Fault> {
    for (output, bytes) in outputs.iter().zip(contents) {
        match &output.target {
            Target::StandardOutput => super::print_bytes(&bytes),
            Target::File(path) => {
                write_atomically(path, &bytes).map_err(|e| Fault::work(e.0))?;
                if !manner.quiet {
                    super::say(&Message::new("cli.wrote").with("file", path.display().to_string()).render(manner.lang));
                }
            }
        }
    }
    Ok(())
}

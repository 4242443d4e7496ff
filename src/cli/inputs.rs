//! What an order names: which files are read in which role, which rule set, and which files must not be written over.

use super::fault::Fault;
use super::meant::{CheckOrder, Manner};
use super::outputs::{Output, Target};
use crate::io::{check_output, read_bytes, write_atomically};
use crate::job::{Gathered, Input, gather_onto};
use crate::model::Role;
use crate::rules::RuleSet;
use crate::task::Progress;
use crate::text::Message;
use crate::workspace;
use std::path::Path;

/// The files of an order with their roles.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub inputs: Vec<(Role, Input)>,
}

impl Given {
    pub fn of_check(order: &CheckOrder) -> Result<Self, Fault> {
        let mut inputs = Vec::new();
        inputs.extend(order.plan.clone().map(|input| (Role::Plan, input)));
        inputs.extend(order.layers.iter().cloned());
        inputs.extend(order.sites.clone().map(|input| (Role::Sites, input)));
        Ok(Self { inputs })
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
        self.inputs.iter().map(|(_, input)| input.path.as_path()).collect()
    }
}

/// Refuses settings that nothing would look at: a setting is never ignored.
///
/// # Errors
/// A usage fault naming the setting and the role.
pub(super) fn settings_apply(inputs: &[(Role, Input)]) -> Result<(), Fault> {
    for (role, input) in inputs {
        for (meaning, _) in &input.settings.options.fields {
            if !matches!((role, meaning.as_str()), (Role::Plan | Role::Sites, "id" | "name" | "industry")) {
                return Err(Fault::usage(Message::new("cli.setting_not_built").with("key", meaning.clone()).with("role", role.code())));
            }
        }
    }
    Ok(())
}

/// The rule set that `--rules` names: bundled, or a file.
///
/// # Errors
/// A usage fault for several (tightening packs are not built yet), a work fault for a file that is none.
pub(super) fn read_rules(named: &[String]) -> Result<RuleSet, Fault> {
    let name = match named {
        [] => "full",
        [one] => one.as_str(),
        _ => return Err(Fault::usage(Message::new("cli.rules_several"))),
    };
    let wrong = |cause: String| Fault::work(Message::new("cli.rules_wrong").with("file", name).with("cause", cause));
    if let Some(bundled) = RuleSet::bundled(name) {
        return bundled.map_err(|e| wrong(e.to_string()));
    }
    if !name.ends_with(".toml") {
        return Err(Fault::usage(Message::new("cli.rules_unknown").with("name", name)));
    }
    let bytes = read_bytes(Path::new(name)).map_err(|e| Fault::work(e.0))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| wrong(e.to_string()))?;
    RuleSet::parse(text.trim_start_matches('\u{feff}')).map_err(|e| wrong(e.to_string()))
}

/// Refuses outputs that exist (unless forced) or that are an input or belong to one, before any work is done.
///
/// # Errors
/// Names the file and what to do.
pub(super) fn refuse_overwriting(outputs: &[Output], inputs: &[&Path], force: bool) -> Result<(), Fault> {
    let mut files = outputs.iter().filter_map(Output::file);
    files.try_for_each(|file| check_output(file, inputs, force)).map_err(|e| Fault::work(e.0))
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

//! `luodi check`: every site against the plan; a table for people, or files for whoever reads on.

use super::fault::Fault;
use super::inputs::{Given, read_rules, refuse_overwriting, settings_apply, write};
use super::meant::{CheckOrder, Manner, Shard};
use super::progress::with_bar;
use super::verdicts::{Collected, Head, Tally};
use crate::job::today;
use crate::job::{Gathered, check_rows};
use crate::model::{Date, Layer, LayerId, Role, SiteFields};
use crate::rules::{CheckSettings, Checker, Verdict};
use crate::task::Progress;
use crate::text::Message;
use std::ops::Range;
use std::path::Path;

/// # Errors
/// Whatever keeps a named input, rule set or output from being used; nothing was written then.
pub(super) fn run(order: &CheckOrder, manner: Manner) -> Result<(), Fault> {
    if order.plan.is_none() && order.sites.is_none() && order.workspace.is_none() {
        // Results beside the sample, in the program's own folder, replace those of the last time.
        let force = manner.force || order.outputs.is_empty();
        let order = super::sample::check_order(order, manner)?;
        return check(&order, Manner { force, ..manner }, true);
    }
    check(order, manner, order.outputs.is_empty())
}

fn check(order: &CheckOrder, manner: Manner, with_table: bool) -> Result<(), Fault> {
    let date = order.date.unwrap_or_else(today);
    let rule_set = read_rules(&order.rules)?.with_tolerance(order.tolerance_m2, order.tolerance_share);
    let rule_set =
        rule_set.map_err(|e| Fault::usage(Message::new("cli.rules_wrong").with("file", "--tolerance").with("cause", e.to_string())))?;
    let given = Given::of_check(order)?;
    settings_apply(&given.inputs)?;
    let mut named = given.files();
    named.extend(order.workspace.as_deref());
    named.extend(order.rules.iter().map(Path::new));
    refuse_overwriting(&order.outputs, &named, manner.force)?;
    let read = |progress: &Progress| given.read(order.workspace.as_deref(), progress);
    let gathered = with_bar("cli.doing.read", !manner.quiet, manner.lang, read).map_err(Fault::crashed)??;
    let contents = &gathered.contents;
    let (plan, sites) = (plan_of(&gathered, date)?, sites_of(&gathered)?);
    let layer = contents.layer(sites).ok_or_else(|| Fault::work(Message::new("cli.no_sites")))?;
    let columns = gathered.layers.iter().find(|l| l.id == sites).map_or(&[][..], |l| &l.columns);
    let fields = site_fields(layer, columns);
    let checker = Checker::new(contents, plan, CheckSettings { rule_set, date }).map_err(|e| Fault::work(e.message()))?;
    let head = Head { contents, checker: &checker, date };
    let mut collected = Collected::new(&order.outputs, &head, order.shard.is_none_or(|s| s.k == 1), with_table)?;
    let rows = order.shard.map_or(0..layer.len(), |s| s.rows(layer.len()));
    let work = |progress: &Progress| {
        let sink = &mut |verdict: Verdict| collected.add(&verdict, manner.lang);
        check_rows(&checker, layer, rows, &fields, order.jobs.unwrap_or(0), progress, sink)
    };
    let whole = with_bar("cli.doing.check", !manner.quiet, manner.lang, work).map_err(Fault::crashed)?;
    if !whole {
        return Err(Fault::work(Message::new("io.cancelled")));
    }
    let summary = summary(&collected.tally, &head, manner);
    if with_table {
        super::print(&super::verdicts::table(&collected.rows, manner.lang));
        super::print(&format!("\n{summary}"));
    }
    write(&order.outputs, collected.finish()?, manner)?;
    if !with_table && !manner.quiet {
        super::say(summary.trim_end());
    }
    Ok(())
}

/// The plan of the command line; else the workspace's that is in force on the date.
fn plan_of(gathered: &Gathered, date: Date) -> Result<LayerId, Fault> {
    let contents = &gathered.contents;
    let in_force = |id: &LayerId| contents.cluster_plans.get(id).is_none_or(|plan| plan.in_force(date));
    let plans: Vec<LayerId> = contents.layers_of(Role::Plan).map(|(id, _)| id).collect();
    let found = gathered.first(Role::Plan).map(|l| l.id).or_else(|| plans.iter().rev().find(|id| in_force(id)).or(plans.first()).copied());
    found.ok_or_else(|| Fault::work(Message::new("check.no_plan")))
}

fn sites_of(gathered: &Gathered) -> Result<LayerId, Fault> {
    let named = gathered.first(Role::Sites).map(|l| l.id);
    let found = named.or_else(|| gathered.contents.layers_of(Role::Sites).map(|(id, _)| id).next());
    found.ok_or_else(|| Fault::work(Message::new("cli.no_sites")))
}

/// The columns of the sites: guessed, then as the user named them.
fn site_fields(layer: &Layer, named: &[(String, usize)]) -> SiteFields {
    let mut fields = SiteFields::of(layer);
    for (meaning, column) in named {
        match meaning.as_str() {
            "id" => fields.id = Some(*column),
            "name" => fields.name = Some(*column),
            "industry" => fields.industry = Some(*column),
            _ => {}
        }
    }
    fields
}

/// Counts, what was not supplied, what was found in each input.
fn summary(tally: &Tally, head: &Head<'_>, manner: Manner) -> String {
    let lang = manner.lang;
    let mut out = tally.words(lang);
    let mut line = |message: Message| {
        out.push_str(&message.render(lang));
        out.push('\n');
    };
    let missing = head.checker.missing_roles();
    if !missing.is_empty() {
        let separator = crate::text::word(lang, "cli.list_separator");
        let names: Vec<&str> = missing.iter().map(|role| crate::text::word(lang, role.facts().name_key)).collect();
        line(Message::new("check.missing_roles").with("roles", names.join(separator)));
    }
    if head.checker.broken_clusters() > 0 {
        line(Message::new("check.broken_clusters").with("count", head.checker.broken_clusters()));
    }
    let rules = &head.checker.settings().rule_set;
    let basis = Message::new("cli.basis").with("rules", format!("{} {}", rules.name, rules.version)).with("date", head.date.to_string());
    line(basis.with("crs", crate::job::crs_words(&head.contents.crs)));
    for (_, layer) in head.contents.layers_in_order() {
        let role = Message::new(layer.head.role.facts().name_key);
        line(Message::new("cli.input_is").with("role", role).with("file", &*layer.provenance.file));
        // What the file is like in every ordinary case is for `info`.
        for note in layer.provenance.notes.iter().filter(|n| !matches!(n.code, "io.fields" | "io.sound")) {
            line(Message::new("cli.note").with("note", note.clone()));
        }
    }
    out
}

impl Shard {
    /// Its places of `total`.
    fn rows(self, total: usize) -> Range<usize> {
        let cut = |k: usize| (total as u128 * k as u128 / self.n as u128) as usize;
        cut(self.k - 1)..cut(self.k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_all_rows_once_and_in_order() {
        for (total, n) in [(200, 3), (5, 8), (0, 2), (1_000_000, 7)] {
            let mut next = 0;
            for k in 1..=n {
                let rows = Shard { k, n }.rows(total);
                assert_eq!(rows.start, next);
                next = rows.end;
            }
            assert_eq!(next, total);
        }
    }
}

//! `luodi check`: every site against the plan; a table for people, or files for whoever reads on.

use super::fault::Fault;
use super::inputs::{Given, read_rules, refuse_overwriting, settings_apply};
use super::meant::{CheckOrder, Manner, Shard};
use super::outputs::{Output, Target};
use super::progress::with_bar;
use crate::job::results::{self, Ending, Head, ResultFormat, ResultTarget, Results};
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
    let checker = Checker::new(contents, plan, CheckSettings::new(rule_set, date)).map_err(|e| Fault::work(e.message()))?;
    let head = Head::new(contents, &checker, date, manner.lang);
    let first = order.shard.is_none_or(|s| s.k == 1);
    let begun = results::Manner { lang: manner.lang, first };
    let mut results = Results::begin(targets(&order.outputs), &head, begun).map_err(|e| Fault::work(e.0))?;
    let rows = order.shard.map_or(0..layer.len(), |s| s.rows(layer.len()));
    let mut table: Vec<Vec<String>> = Vec::new();
    let mut failed = None;
    let work = |progress: &Progress| {
        let sink = &mut |verdict: Verdict| {
            if with_table {
                table.push(super::verdicts::row(&verdict, manner.lang));
            }
            if failed.is_none()
                && let Err(error) = results.add(&verdict)
            {
                failed = Some(error);
                progress.cancel();
            }
        };
        check_rows(&checker, layer, rows, &fields, order.jobs.unwrap_or(0), progress, sink)
    };
    let whole = with_bar("cli.doing.check", !manner.quiet, manner.lang, work).map_err(Fault::crashed)?;
    if let Some(error) = failed {
        return Err(Fault::work(error.0));
    }
    if !whole {
        return Err(Fault::work(Message::new("io.cancelled")));
    }
    let ending = Ending { tally: results.tally().clone(), ..Ending::default() };
    results.finish(&ending).map_err(|e| Fault::work(e.0))?;
    let lines = std::iter::once(ending.tally.words(manner.lang)).chain(ending.lines).chain(head.lines);
    let summary: Vec<String> = lines.map(|line| line.render(manner.lang)).collect();
    if with_table {
        super::print(&super::verdicts::table(&table, manner.lang));
        super::print(&format!("\n{}\n", summary.join("\n")));
    }
    if !manner.quiet {
        for file in order.outputs.iter().filter_map(Output::file) {
            super::say(&Message::new("cli.wrote").with("file", file.display().to_string()).render(manner.lang));
        }
        if !with_table {
            super::say(&summary.join("\n"));
        }
    }
    Ok(())
}

/// Where each output goes.
fn targets(outputs: &[Output]) -> Vec<(ResultFormat, ResultTarget)> {
    let target = |output: &Output| {
        let target = match &output.target {
            Target::StandardOutput => ResultTarget::Stream(Box::new(std::io::stdout())),
            Target::File(path) => ResultTarget::File(path.clone()),
        };
        Some((output.format.of_results()?, target))
    };
    outputs.iter().filter_map(target).collect()
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

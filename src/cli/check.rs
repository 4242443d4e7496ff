//! `luodi check`: every site against the plan; a table for people, or files for whoever reads on.

use super::asked::{Asked, Sites};
use super::fault::Fault;
use super::inputs::{Given, files_of, read_rules, refuse_overwriting, settings_apply};
use super::meant::{CheckOrder, Manner, Shard};
use super::outputs::{Output, Target};
use super::progress::with_bar;
use crate::job::results::{self, Head, Rendered, ResultFormat, ResultTarget, Results};
use crate::job::{ProjectTable, TableOrder, check_rows, check_stream, today};
use crate::model::Role;
use crate::rules::{CheckSettings, Checker, Verdict};
use crate::task::{Progress, discard};
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
        rule_set.map_err(|e| Fault::usage(Message::new("cli.rules_wrong").with("file", "--tolerance").with("cause", e.message())))?;
    let given = Given::of_check(order);
    let sites = order.sites.as_ref();
    settings_apply(&given.inputs)?;
    settings_apply(&sites.map(|input| (Role::Sites, input.clone())).into_iter().collect::<Vec<_>>())?;
    let mut named = given.files();
    named.extend(sites.into_iter().flat_map(files_of));
    named.extend(order.workspace.as_deref());
    named.extend(order.table.as_ref().map(TableOrder::file));
    named.extend(order.rules.iter().map(Path::new));
    refuse_overwriting(&order.outputs, &named, manner.force)?;
    let project_table = order.table.as_ref().map(ProjectTable::read).transpose().map_err(Fault::work)?;
    // What the plan is compared with is asked for beyond the sites too.
    let only_on_sites = rule_set.conformity.is_empty();
    let read = |progress: &Progress| Asked::read(order, &given, date, only_on_sites, progress);
    let mut asked = with_bar("cli.doing.read", !manner.quiet, manner.lang, read).map_err(Fault::crashed)??;
    let settings = CheckSettings::new(rule_set, date).with_accuracy(order.accuracy_m, 0.0);
    let checker = Checker::new(&asked.contents, asked.plan, settings).map_err(|e| Fault::work(e.message()))?;
    let mut head = Head::new(&asked.contents, &checker, date, manner.lang);
    let before = asked.sites.begin(order, &mut head)?;
    let first = order.shard.is_none_or(|s| s.k == 1);
    let begun = results::Manner { lang: manner.lang, first };
    let mut results = Results::begin(targets(&order.outputs), &head, begun).map_err(|e| Fault::work(e.0))?;
    let renderer = results.renderer();
    let reader = asked.sites.reader(&asked.contents, project_table.as_ref());
    let rows = order.shard.map_or(0..asked.sites.len(&asked.contents), |s| s.rows(asked.sites.len(&asked.contents)));
    let mut table: Vec<Vec<String>> = Vec::new();
    let mut failed = None;
    let work = |progress: &Progress| {
        let render = |verdict: Verdict| renderer.render(verdict);
        let sink = |rendered: Rendered| {
            if with_table {
                table.push(super::verdicts::row(rendered.verdict(), manner.lang));
            }
            if failed.is_none()
                && let Err(error) = results.add(rendered)
            {
                failed = Some(error);
                progress.cancel();
            }
        };
        let jobs = order.jobs.unwrap_or(0);
        match (&mut asked.sites, &asked.contents) {
            (Sites::Stream(sites), _) => check_stream(&checker, sites, rows, &reader, jobs, progress, render, sink),
            (Sites::Layer { id, .. }, contents) => match contents.layer(*id) {
                Some(layer) => Ok(check_rows(&checker, layer, rows, &reader, jobs, progress, render, sink)),
                None => Ok(true),
            },
        }
    };
    let whole = with_bar("cli.doing.check", !manner.quiet, manner.lang, work).map_err(Fault::crashed)?;
    if let Some(error) = failed {
        return Err(Fault::work(error.0));
    }
    if !whole.map_err(|e| Fault::work(e.0))? {
        return Err(Fault::work(Message::new("io.cancelled")));
    }
    let mut ending = results.ending();
    if let Some(table) = &project_table {
        ending.members.push(("project_table", table.json(order.shard.is_none())));
        ending.lines.extend(table.lines(order.shard.is_none()));
    }
    asked.sites.end(&before, &mut ending);
    results.finish(&ending).map_err(|e| Fault::work(e.0))?;
    let summary = ending.words(&head, manner.lang);
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
    discard((checker, asked));
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

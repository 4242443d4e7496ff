//! `luodi check`: every site against the plan; a table for people, or files for whoever reads on.

use super::fault::Fault;
use super::inputs::{Given, read_rules, refuse_overwriting, settings_apply, write};
use super::meant::{CheckOrder, Manner, Shard};
use super::progress::with_bar;
use super::today;
use super::verdicts::{Collected, Head, Tally};
use crate::job::gather;
use crate::model::{Date, FeatureRef, Layer, LayerId, Role, Site, SiteFields};
use crate::rules::{CheckSettings, Checker, Verdict};
use crate::task::{Outcome, Progress, map_in_order};
use crate::text::Message;

/// # Errors
/// Whatever keeps a named input, rule set or output from being used; nothing was written then.
pub(super) fn run(order: &CheckOrder, manner: Manner) -> Result<(), Fault> {
    let date = order.date.unwrap_or_else(today);
    let rule_set = read_rules(&order.rules)?.with_tolerance(order.tolerance_m2, order.tolerance_share);
    let rule_set =
        rule_set.map_err(|e| Fault::usage(Message::new("cli.rules_wrong").with("file", "--tolerance").with("cause", e.to_string())))?;
    let given = Given::of_check(order)?;
    settings_apply(&given.inputs)?;
    refuse_overwriting(&order.outputs, &given.files(), manner.force)?;
    let read =
        with_bar("cli.doing.read", !manner.quiet, manner.lang, |progress| gather(&given.inputs, progress)).map_err(Fault::crashed)?;
    let gathered = read.map_err(|e| Fault::work(e.message().clone()))?;
    let contents = &gathered.contents;
    let (plan, sites) = (plan_of(&gathered, date)?, sites_of(&gathered)?);
    let layer = contents.layer(sites).ok_or_else(|| Fault::work(Message::new("cli.no_sites")))?;
    let columns = gathered.layers.iter().find(|l| l.id == sites).map_or(&[][..], |l| &l.columns);
    let fields = site_fields(layer, columns);
    let checker = Checker::new(contents, plan, CheckSettings { rule_set: rule_set.clone(), date }).map_err(|e| Fault::work(e.message()))?;
    let mut collected = Collected::new(&order.outputs, &contents.crs, order.shard.is_none_or(|s| s.k == 1));
    let jobs = order.jobs.unwrap_or(0);
    let work = |progress: &Progress| batch(&checker, layer, &fields, order.shard, jobs, progress, &mut |v| collected.add(&v, manner.lang));
    with_bar("cli.doing.check", !manner.quiet, manner.lang, work).map_err(Fault::crashed)?.map_err(Fault::work)?;
    let head = Head { contents, gathered: &gathered, checker: &checker, date };
    let Collected { tally, rows, .. } = &collected;
    let summary = summary(tally, &head, manner);
    if order.outputs.is_empty() {
        super::print(&super::verdicts::table(rows, manner.lang));
        super::print(&format!("\n{summary}"));
        return Ok(());
    }
    let written = collected.finish(&head)?;
    write(&order.outputs, written, manner)?;
    if !manner.quiet {
        super::say(summary.trim_end());
    }
    Ok(())
}

/// The plan that is in force on the date; the only one when nothing is known of it.
fn plan_of(gathered: &crate::job::Gathered, date: Date) -> Result<LayerId, Fault> {
    let contents = &gathered.contents;
    let in_force = |id: &LayerId| contents.cluster_plans.get(id).is_none_or(|plan| plan.in_force(date));
    let plans: Vec<LayerId> = contents.layers_of(Role::Plan).map(|(id, _)| id).collect();
    let found = plans.iter().rev().find(|id| in_force(id)).or(plans.first()).copied();
    found.ok_or_else(|| Fault::work(Message::new("check.no_plan")))
}

fn sites_of(gathered: &crate::job::Gathered) -> Result<LayerId, Fault> {
    gathered.contents.layers_of(Role::Sites).map(|(id, _)| id).next().ok_or_else(|| Fault::work(Message::new("cli.no_sites")))
}

/// The columns of the sites: guessed, then as the user named them.
fn site_fields(layer: &Layer, named: &[(String, usize)]) -> SiteFields {
    let mut fields = SiteFields::guess(&layer.fields);
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

/// The verdicts of the sites of a shard, in the order of the layer.
fn batch(
    checker: &Checker,
    layer: &Layer,
    fields: &SiteFields,
    shard: Option<Shard>,
    jobs: usize,
    progress: &Progress,
    sink: &mut dyn FnMut(Verdict),
) -> Result<(), Message> {
    let total = layer.len();
    let (from, to) = shard.map_or((0, total), |s| s.range(total));
    progress.set_total((to - from) as u64);
    let record = |i: usize, feature: &FeatureRef<'_>| feature.source_record().map_or(i + 1, |r| r as usize);
    let items = || layer.features().enumerate().skip(from).take(to - from);
    let mut places = items();
    let whole = map_in_order(
        items(),
        jobs,
        progress,
        |(i, feature)| checker.check_feature(feature, fields, record(i, &feature)),
        |outcome| {
            let at = places.next();
            match (outcome, at) {
                (Outcome::Done(verdict), _) => sink(verdict),
                (Outcome::Crashed(cause), Some((i, feature))) => {
                    let site = Site::read(feature, fields, record(i, &feature));
                    sink(checker.not_checked(site, Message::new("reason.crashed").with("cause", cause)));
                }
                (Outcome::Crashed(_), None) => {}
            }
        },
    );
    if whole { Ok(()) } else { Err(Message::new("io.cancelled")) }
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
    line(basis.with("crs", crate::job::info::crs_name(&head.contents.crs)));
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
    /// Rows from and to of `total`.
    fn range(self, total: usize) -> (usize, usize) {
        let cut = |k: usize| (total as u128 * k as u128 / self.n as u128) as usize;
        (cut(self.k - 1), cut(self.k))
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
                let (from, to) = Shard { k, n }.range(total);
                assert_eq!(from, next);
                next = to;
            }
            assert_eq!(next, total);
        }
    }
}

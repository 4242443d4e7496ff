//! `luodi track`: the clusters' land by district and the way from 224 to 700 km².

use super::fault::Fault;
use super::inputs::{Given, refuse_overwriting, settings_apply, write};
use super::meant::{Manner, TrackOrder};
use super::outputs::Format;
use super::progress::with_bar;
use crate::job::track::{csv, json, refusal, stated_lines, table, track};
use crate::job::yearbook::Yearbook;
use crate::model::{LayerId, Role};
use crate::task::Progress;
use crate::text::Message;

/// # Errors
/// Whatever keeps a named input or output from being used; nothing was written then.
pub(super) fn run(order: &TrackOrder, manner: Manner) -> Result<(), Fault> {
    let districts = order.districts.clone().map(|input| (Role::Districts, input));
    let plans = order.plans.iter().map(|input| (Role::Plan, input.clone()));
    let given = Given { inputs: plans.chain(districts).collect() };
    settings_apply(&given.inputs)?;
    let mut named = given.files();
    named.extend(order.stats.as_deref());
    refuse_overwriting(&order.outputs, &named, manner.force)?;
    let yearbook = order.stats.as_deref().map(|file| Yearbook::read(file, order.date)).transpose().map_err(Fault::work)?;
    let yearbook = yearbook.as_ref();
    let read = |progress: &Progress| given.read(None, progress);
    let gathered = with_bar("cli.doing.read", !manner.quiet, manner.lang, read).map_err(Fault::crashed)??;
    let plans: Vec<LayerId> = gathered.layers.iter().filter(|l| l.role == Role::Plan).map(|l| l.id).collect();
    let measure = |_: &Progress| track(&gathered.contents, &plans);
    let tracked = with_bar("cli.doing.track", !manner.quiet, manner.lang, measure).map_err(Fault::crashed)?;
    let tracked = tracked.map_err(|e| Fault::work(refusal(&e)))?;
    let stated: Vec<String> =
        yearbook.map_or_else(Vec::new, |book| stated_lines(&tracked, book)).iter().map(|m| m.render(manner.lang)).collect();
    if order.outputs.is_empty() {
        super::print(&table(&tracked, manner.lang));
        if !stated.is_empty() {
            super::print(&format!("{}\n", stated.join("\n")));
        }
        return Ok(());
    }
    if !stated.is_empty() && !manner.quiet {
        super::say(&stated.join("\n"));
    }
    let bytes = order.outputs.iter().map(|output| match output.format {
        Format::Csv => Ok(csv(&tracked, yearbook).into_bytes()),
        Format::Json => Ok(format!("{:#}\n", json(&tracked, yearbook)).into_bytes()),
        other => {
            let message = Message::new("cli.out_format_not_built").with("format", other.word()).with("formats", "csv json");
            Err(Fault::usage(message))
        }
    });
    write(&order.outputs, bytes.collect::<Result<_, _>>()?, manner)
}

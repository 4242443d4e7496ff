//! `luodi diff`: what changed from one version of the plan to another, and which sites it changes the answer for.

use super::fault::Fault;
use super::inputs::{Given, refuse_overwriting, settings_apply, write};
use super::meant::{DiffOrder, Manner};
use super::outputs::Format;
use super::progress::with_bar;
use crate::job::plan_diff::{Compared, csv, geojson, json, site_changes, table};
use crate::job::{crs_refusal, track};
use crate::model::Role;
use crate::task::Progress;
use crate::text::Message;
use crate::tracking::{changed_land, plan_difference};

/// # Errors
/// Whatever keeps a named input or output from being used; nothing was written then.
pub(super) fn run(order: &DiffOrder, manner: Manner) -> Result<(), Fault> {
    let plans = order.plans.iter().map(|input| (Role::Plan, input.clone()));
    let sites = order.sites.iter().map(|input| (Role::Sites, input.clone()));
    let given = Given { inputs: plans.chain(sites).collect() };
    settings_apply(&given.inputs)?;
    refuse_overwriting(&order.outputs, &given.files(), manner.force)?;
    let read = |progress: &Progress| given.read(None, progress);
    let gathered = with_bar("cli.doing.read", !manner.quiet, manner.lang, read).map_err(Fault::crashed)??;
    let contents = &gathered.contents;
    let layers: Vec<_> = gathered.layers.iter().filter(|l| l.role == Role::Plan).map(|l| l.id).collect();
    let &[old, new] = layers.as_slice() else { return Err(Fault::work(Message::new("check.no_plan"))) };
    let cancelled = || Fault::work(Message::new("io.cancelled"));
    let refused = |e: crate::tracking::TrackError| Fault::work(track::refusal(&e));
    let work = |progress: &Progress| -> Result<Compared, Fault> {
        let difference = plan_difference(contents, old, new, 0, progress).map_err(refused)?.ok_or_else(cancelled)?;
        let sites = match gathered.first(Role::Sites) {
            Some(given) => {
                let layer = contents.layer(given.id).ok_or_else(|| Fault::work(Message::new("cli.no_sites")))?;
                let changes = site_changes(contents, [old, new], layer, &given.columns, progress).map_err(Fault::work)?;
                Some(changes.ok_or_else(cancelled)?)
            }
            None => None,
        };
        Ok(Compared::new(contents, [old, new], difference, sites))
    };
    let compared = with_bar("cli.doing.track", !manner.quiet, manner.lang, work).map_err(Fault::crashed)??;
    if order.outputs.is_empty() {
        super::print(&table(&compared, manner.lang));
        return Ok(());
    }
    let bytes = order.outputs.iter().map(|output| match output.format {
        Format::Csv => Ok(csv(&compared)),
        Format::Json => Ok(format!("{:#}\n", json(&compared)).into_bytes()),
        _ => {
            let land = changed_land(contents, old, new).map_err(refused)?;
            geojson(contents, &land).map_err(|e| Fault::work(Message::new("result.plane_not_in_degrees").with("cause", crs_refusal(&e))))
        }
    });
    write(&order.outputs, bytes.collect::<Result<_, _>>()?, manner)
}

//! `luodi bench live`: what one answer costs while a site is dragged over a whole city's data.

use super::bench::BenchError;
use super::{Input, gather};
use crate::geom::{Point, Rings, RingsRef};
use crate::model::{Date, Role, Site};
use crate::rules::{CheckError, CheckSettings, Checker, RuleSet, RuleSetError};
use crate::task::Progress;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

/// Sites that are dragged, and steps of each drag: half of a corner, half of the whole site.
const SITES: usize = 400;
const STEPS: usize = 10;
/// Times that a move is asked: the least is what the answer costs, the others what else the machine does.
const REPEATS: usize = 3;

/// Drags sites of `projects_1k` over `zones`, `parcels_1m` as land use and `constraints` as land to avoid, with all rules,
/// and tells of the answers' time on the clock: the first time a move is asked, and the least of three times.
///
/// # Errors
/// Data that cannot be used.
pub(super) fn live(data: &Path, progress: &Progress) -> Result<String, BenchError> {
    let input = |role, name: &str| (role, Input::file(data.join(name)));
    let layers = [
        input(Role::Plan, "zones.shp"),
        input(Role::LandUse, "parcels_1m.shp"),
        input(Role::Avoid, "constraints.shp"),
        input(Role::Sites, "projects_1k.shp"),
    ];
    let gathered = gather(&layers, progress)?;
    let (plan, sites) =
        (gathered.first(Role::Plan).ok_or(CheckError::NoPlan)?.id, gathered.first(Role::Sites).ok_or(CheckError::NoPlan)?.id);
    let rule_set = RuleSet::bundled("full").ok_or_else(|| BenchError::from(RuleSetError::UnknownRule("full".into())))??;
    let date = Date { year: 2012, month: 1, day: 1 };
    let checker = Checker::new(&gathered.contents, plan, CheckSettings::new(rule_set, date))?;
    let sites = gathered.contents.layer(sites).ok_or(CheckError::NoPlan)?;
    let site = Site { id: "dragged".into(), ..Site::default() };
    let (mut costs_us, mut first_us) = (Vec::with_capacity(SITES * STEPS), Vec::with_capacity(SITES * STEPS));
    for (number, feature) in sites.features().step_by((sites.len() / SITES).max(1)).enumerate() {
        if progress.is_cancelled() {
            return Err(BenchError::Cancelled);
        }
        for step in 1..=STEPS {
            let rings = dragged(feature.rings(), if number % 2 == 0 { Some(step % 3) } else { None }, step as f64 * 3.0);
            let mut least_us = f64::INFINITY;
            for again in 0..REPEATS {
                let begin = Instant::now();
                std::hint::black_box(checker.check_moved(&site, rings.as_ref()));
                let us = begin.elapsed().as_secs_f64() * 1e6;
                least_us = least_us.min(us);
                if again == 0 {
                    first_us.push(us);
                }
            }
            costs_us.push(least_us);
        }
    }
    let mut out = String::from("which,moves,p50_us,p95_us,p99_us,max_us\n");
    for (which, costs_us) in [("least", &mut costs_us), ("first", &mut first_us)] {
        costs_us.sort_by(f64::total_cmp);
        let last = costs_us.len().saturating_sub(1);
        let at = |share: f64| costs_us.get(((costs_us.len() as f64 * share) as usize).min(last)).copied().unwrap_or(0.0);
        // Writing into a text cannot fail.
        let _ = writeln!(out, "{which},{},{:.0},{:.0},{:.0},{:.0}", costs_us.len(), at(0.5), at(0.95), at(0.99), at(1.0));
    }
    Ok(out)
}

/// The rings with one corner moved, or all of them.
fn dragged(rings: RingsRef<'_>, corner: Option<usize>, by_m: f64) -> Rings {
    let mut moved = rings.to_owned();
    let shift = |p: &mut Point| *p = [p[0] + by_m, p[1] + by_m / 2.0];
    match corner {
        Some(corner) => moved.coords_mut().iter_mut().skip(corner).take(1).for_each(shift),
        None => moved.coords_mut().iter_mut().for_each(shift),
    }
    moved
}

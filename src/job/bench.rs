//! Yardstick tasks: the same functions as the real commands, the answers in the peers' format.

use super::{Input, OpenError, bench_topology, gather};
use crate::io::{WriteError, write_atomically};
use crate::model::{Date, FeatureRef, Role, SiteFields};
use crate::rules::{CheckError, CheckSettings, Checker, Position, RuleSet, RuleSetError};
use crate::task::{Outcome, Progress, map_in_order};
use crate::text::Message;
use crate::tracking::TrackError;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Share of a site from which on a part of it counts.
const EPS: f64 = 1e-6;

#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Rules(#[from] RuleSetError),
    #[error(transparent)]
    Track(#[from] TrackError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("no task {0}")]
    NoTask(String),
    #[error("cancelled")]
    Cancelled,
}

impl BenchError {
    pub fn message(&self) -> Message {
        match self {
            Self::Open(error) => error.message().clone(),
            Self::Check(error) => error.message(),
            Self::Track(error) => super::track::refusal(error),
            Self::Write(error) => error.0.clone(),
            Self::Rules(error) => Message::new("bench.rules").with("why", error.to_string()),
            Self::NoTask(task) => Message::new("bench.no_task").with("task", task.as_str()),
            Self::Cancelled => Message::new("io.cancelled"),
        }
    }
}

/// Does one task and writes `<out>/luodi.<task>.csv`; returns its path.
///
/// `T2_100k`: every site of `projects_100k` against `zones`. `T2_100k_4490`: the files in that system, for the sites only
/// where there are such.
///
/// # Errors
/// A task that is not offered, data that cannot be used, a folder that cannot be written to.
pub fn bench(task: &str, data: &Path, out: &Path, threads: usize, progress: &Progress) -> Result<PathBuf, BenchError> {
    let no_task = || BenchError::NoTask(task.to_owned());
    let path = out.join(format!("luodi.{task}.csv"));
    if let Some(size) = task.strip_prefix("T7_") {
        write_atomically(&path, bench_topology::coverage(data, size, threads, progress)?.as_bytes())?;
        return Ok(path);
    }
    if task == "T3" {
        write_atomically(&path, bench_topology::difference(data, threads, progress)?.as_bytes())?;
        return Ok(path);
    }
    let Some(tag) = task.strip_prefix("T2_") else { return Err(no_task()) };
    let (size, system) = tag.split_once('_').map_or((tag, String::new()), |(size, epsg)| (size, format!("_{epsg}")));
    let own_system = data.join(format!("projects_{size}{system}.shp"));
    let sites = if crate::io::exists(&own_system) { own_system } else { data.join(format!("projects_{size}.shp")) };
    let answer = siting(&data.join(format!("zones{system}.shp")), &sites, threads, progress)?;
    write_atomically(&path, answer.as_bytes())?;
    Ok(path)
}

/// Answers of T2: `id,verdict,share,zones` sorted by id; zones as `id:m2` in the order of the plan.
fn siting(plan: &Path, sites: &Path, threads: usize, progress: &Progress) -> Result<String, BenchError> {
    let input = |path: &Path| Input::file(path);
    let gathered = gather(&[(Role::Plan, input(plan)), (Role::Sites, input(sites))], progress)?;
    let layer_of = |role| gathered.first(role).and_then(|l| gathered.contents.layer(l.id).map(|layer| (l.id, layer)));
    let (Some((plan, _)), Some((_, sites))) = (layer_of(Role::Plan), layer_of(Role::Sites)) else {
        return Err(CheckError::NoPlan.into());
    };
    let rule_set = match RuleSet::bundled("position") {
        Some(set) => set?.with_tolerance(Some(f64::INFINITY), Some(EPS))?,
        None => return Err(RuleSetError::UnknownRule("position".into()).into()),
    };
    let date = Date { year: 2012, month: 1, day: 1 };
    let checker = Checker::new(&gathered.contents, plan, CheckSettings::new(rule_set, date))?;
    let fields = SiteFields::guess(&sites.fields);
    let mut rows: Vec<(String, String)> = Vec::with_capacity(sites.len());
    let done = map_in_order(
        sites.features(),
        threads,
        progress,
        |feature| answer(&checker, feature, &fields),
        |outcome| match outcome {
            Outcome::Done(row) => rows.push(row),
            // A row that says so differs from any right answer, so the comparison sees it.
            Outcome::Crashed(cause) => rows.push((String::new(), format!("crashed: {cause}"))),
        },
    );
    if !done {
        return Err(BenchError::Cancelled);
    }
    rows.sort();
    let mut csv = String::from("id,verdict,share,zones\n");
    for (id, rest) in rows {
        csv.push_str(&id);
        csv.push_str(&rest);
        csv.push('\n');
    }
    Ok(csv)
}

fn answer(checker: &Checker, feature: FeatureRef<'_>, fields: &SiteFields) -> (String, String) {
    let id = fields.id.map_or(String::new(), |column| feature.value(column).to_string());
    let Some(shape) = feature.shape() else {
        let verdict = checker.check_feature(feature, fields, 0);
        return (id, format!(",{},{},", word(verdict.position), verdict.inside_share()));
    };
    let measured = checker.measure(shape);
    let mut row = format!(",{},{:.9},", word(measured.position), measured.inside_m2 / measured.area_m2);
    for (i, (cluster, m2)) in measured.clusters.iter().enumerate() {
        // Writing into a text cannot fail.
        let _ = write!(row, "{}{}:{m2:.2}", if i > 0 { ";" } else { "" }, checker.cluster_id(*cluster));
    }
    (id, row)
}

fn word(position: Position) -> &'static str {
    match position {
        Position::Inside => "inside",
        Position::Partial => "straddles",
        Position::Outside => "outside",
        Position::NotChecked => "not_checked",
    }
}

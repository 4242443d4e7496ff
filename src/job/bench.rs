//! Yardstick tasks: the same functions as the real commands, the answers in the peers' format.

use super::{CHINA, Input, OpenError, SiteCover, SiteStream, bench_parcels, bench_picture, bench_topology, gather, open_layer};
use crate::io::{WriteError, write_atomically};
use crate::model::{Contents, Date, FeatureRef, IdSource, Layer, Role, SiteFields};
use crate::rules::{CheckError, CheckSettings, Checker, Position, PreparedLayer, RuleSet, RuleSetError};
use crate::task::{Outcome, Progress, discard, guard};
use crate::text::Message;
use crate::tracking::TrackError;
use std::fmt::Write;
use std::ops::Range;
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
/// where there are such. `T1`, `T4`: see [`bench_parcels`]. `T5`: the land of every site of `projects_100k` under `constraints`. `live`: see [`live`]. `T6`: a picture, `<out>/luodi.T6.png`, see [`bench_picture`].
///
/// # Errors
/// A task that is not offered, data that cannot be used, a folder that cannot be written to.
pub fn bench(task: &str, data: &Path, out: &Path, threads: usize, progress: &Progress) -> Result<PathBuf, BenchError> {
    if task == "T6" {
        let path = out.join("luodi.T6.png");
        write_atomically(&path, &bench_picture::picture(data, threads, progress)?)?;
        return Ok(path);
    }
    let path = out.join(format!("luodi.{task}.csv"));
    let answer = match (task.strip_prefix("T2_"), task.strip_prefix("T7_"), task) {
        (Some(tag), ..) => siting_of(tag, data, threads, progress)?,
        (_, Some(size), _) => bench_topology::coverage(data, size, threads, progress)?,
        (.., "T3") => bench_topology::difference(data, threads, progress)?,
        (.., "T5") => avoiding(&data.join("constraints.shp"), &data.join("projects_100k.shp"), threads, progress)?,
        (.., "T1") => bench_parcels::opening(data, progress)?,
        (.., "T4") => bench_parcels::measuring(data, threads, progress)?,
        (.., "live") => super::live::live(data, progress)?,
        _ => return Err(BenchError::NoTask(task.to_owned())),
    };
    write_atomically(&path, answer.as_bytes())?;
    Ok(path)
}

/// T2 of one size, `100k`, and perhaps system, `100k_4490`.
fn siting_of(tag: &str, data: &Path, threads: usize, progress: &Progress) -> Result<String, BenchError> {
    let (size, system) = tag.split_once('_').map_or((tag, String::new()), |(size, epsg)| (size, format!("_{epsg}")));
    let own_system = data.join(format!("projects_{size}{system}.shp"));
    let sites = if crate::io::exists(&own_system) { own_system } else { data.join(format!("projects_{size}.shp")) };
    siting(&data.join(format!("zones{system}.shp")), &sites, threads, progress)
}

/// Answers of T5: `id,overlap` sorted by id, the sum of the areas that a site shares with each constraint.
fn avoiding(constraints: &Path, sites: &Path, threads: usize, progress: &Progress) -> Result<String, BenchError> {
    let inputs = SiteCover::limit(&Input::file(sites), &[(Role::Avoid, Input::file(constraints))], progress);
    let gathered = gather(&inputs, progress)?;
    let layer = gathered.first(Role::Avoid).and_then(|l| gathered.contents.layer(l.id)).ok_or(CheckError::NoPlan)?;
    let prepared = PreparedLayer::new(layer);
    let shared = |feature: FeatureRef<'_>, line: &mut String| {
        line.push(',');
        fixed::<4>(feature.shape().map_or(f64::NAN, |shape| prepared.shared_m2(shape)), line);
    };
    let answer = sorted("id,overlap", &rows_of_sites(sites, &gathered.contents, threads, progress, shared)?);
    discard((prepared, gathered));
    Ok(answer)
}

/// Answers of T2: `id,verdict,share,zones` sorted by id; zones as `id:m2` in the order of the plan.
fn siting(plan: &Path, sites: &Path, threads: usize, progress: &Progress) -> Result<String, BenchError> {
    let gathered = gather(&[(Role::Plan, Input::file(plan))], progress)?;
    let plan = gathered.first(Role::Plan).ok_or(CheckError::NoPlan)?.id;
    let rule_set = match RuleSet::bundled("position") {
        Some(set) => set?.with_tolerance(Some(f64::INFINITY), Some(EPS))?,
        None => return Err(RuleSetError::UnknownRule("position".into()).into()),
    };
    let date = Date { year: 2012, month: 1, day: 1 };
    let checker = Checker::new(&gathered.contents, plan, CheckSettings::new(rule_set, date))?;
    let blocks = rows_of_sites(sites, &gathered.contents, threads, progress, |feature, line| placed(&checker, feature, line))?;
    Ok(sorted("id,verdict,share,zones", &blocks))
}

/// Lines of an answer that begin with an id, as they came.
#[derive(Default)]
pub(super) struct Rows {
    text: String,
    /// Begin and end of the id, end of the line.
    places: Vec<[u32; 3]>,
}

/// A line a feature of a file of sites, in the order of the file; `answer` writes what follows the id.
fn rows_of_sites(
    sites: &Path,
    contents: &Contents,
    threads: usize,
    progress: &Progress,
    answer: impl Fn(FeatureRef<'_>, &mut String) + Sync,
) -> Result<Vec<Rows>, BenchError> {
    let of_layer = |layer: &Layer, rows: Range<usize>, id: Option<usize>| {
        let mut block = Rows::default();
        let ids = id.and_then(|id| layer.base().columns().get(id));
        for (row, feature) in layer.features().enumerate().skip(rows.start).take(rows.len()) {
            block.line(ids.and_then(|ids| ids.text(row)).unwrap_or(""), |line| answer(feature, line));
        }
        block
    };
    let input = Input::file(sites);
    if let Some(mut stream) = SiteStream::open(&input, contents, &mut IdSource::new(2), progress)? {
        let id = SiteFields::guess(stream.fields()).id;
        let wanted: Vec<usize> = id.into_iter().collect();
        let mut blocks = Vec::new();
        let (len, work) = (stream.len(), |layer: &Layer, rows, _| of_layer(layer, rows, id));
        let whole = stream.for_blocks(0..len, &wanted, threads, progress, work, |block| blocks.push(block));
        return if whole.map_err(OpenError::from)? { Ok(blocks) } else { Err(BenchError::Cancelled) };
    }
    let opened = open_layer(&input, Role::Sites, &contents.crs, CHINA, None, &mut IdSource::new(2), progress)?;
    let id = SiteFields::guess(&opened.layer.fields).id;
    Ok(vec![of_layer(&opened.layer, 0..opened.layer.len(), id)])
}

impl Rows {
    pub(super) fn line(&mut self, id: &str, rest: impl FnOnce(&mut String)) {
        let begin = self.text.len();
        self.text.push_str(id);
        let id_end = self.text.len();
        if let Outcome::Crashed(cause) = guard(|| rest(&mut self.text)) {
            // A row that says so differs from any right answer, so the comparison sees it.
            self.text.truncate(id_end);
            self.text.push_str(&cause);
        }
        self.text.push('\n');
        self.places.push([begin, id_end, self.text.len()].map(|place| place as u32));
    }

    fn row(&self, row: usize) -> (&str, &str) {
        let [begin, id_end, end] = self.places[row].map(|place| place as usize);
        (&self.text[begin..id_end], &self.text[begin..end])
    }
}

/// A table of all lines in the order of their ids.
pub(super) fn sorted(header: &str, blocks: &[Rows]) -> String {
    let mut csv = String::with_capacity(header.len() + 1 + blocks.iter().map(|b| b.text.len()).sum::<usize>());
    csv.push_str(header);
    csv.push('\n');
    let rows = || blocks.iter().flat_map(|block| (0..block.places.len()).map(|row| block.row(row)));
    if rows().is_sorted_by_key(|(id, _)| id) {
        blocks.iter().for_each(|block| csv.push_str(&block.text));
    } else {
        let mut all: Vec<(&str, &str)> = rows().collect();
        all.sort();
        all.iter().for_each(|(_, line)| csv.push_str(line));
    }
    csv
}

/// Where a site lies, its share inside and its land by cluster.
fn placed(checker: &Checker, feature: FeatureRef<'_>, line: &mut String) {
    let Some(shape) = feature.shape() else {
        let verdict = checker.check_feature(feature, &SiteFields::guess(&[]), 0);
        // Writing into a text cannot fail.
        let _ = write!(line, ",{},{},", word(verdict.position), verdict.inside_share());
        return;
    };
    let measured = checker.measure(shape);
    // The yardstick counts no land of an overlap that it does not list; a verdict does.
    let nowhere = measured.clusters.is_empty() && measured.position == Position::Partial;
    let (position, share) = if nowhere { (Position::Outside, 0.0) } else { (measured.position, measured.inside_m2 / measured.area_m2) };
    line.push(',');
    line.push_str(word(position));
    line.push(',');
    fixed::<9>(share, line);
    for (i, (cluster, m2)) in measured.clusters.iter().enumerate() {
        line.push(if i > 0 { ';' } else { ',' });
        line.push_str(checker.cluster_id(*cluster));
        line.push(':');
        fixed::<2>(*m2, line);
    }
    if measured.clusters.is_empty() {
        line.push(',');
    }
}

/// A number that is not negative with `DECIMALS` digits after the point, many times faster than by `format!`, which takes
/// care of what numbers of this size have no digits for.
pub(super) fn fixed<const DECIMALS: u32>(number: f64, out: &mut String) {
    let one = 10u64.pow(DECIMALS);
    let scaled = number * one as f64;
    if !(0.0..1e15).contains(&scaled) {
        let _ = write!(out, "{number:.*}", DECIMALS as usize);
        return;
    }
    let scaled = scaled.round() as u64;
    let mut digits = [b'0'; 32];
    let (mut rest, mut at) = (scaled, digits.len());
    let least = digits.len() - DECIMALS as usize - 1;
    while rest > 0 || at > least {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let (whole, decimals) = digits[at..].split_at(digits.len() - at - DECIMALS as usize);
    for part in [whole, &b"."[..], decimals] {
        out.push_str(std::str::from_utf8(part).unwrap_or_default());
    }
}

fn word(position: Position) -> &'static str {
    match position {
        Position::Inside => "inside",
        Position::Partial => "straddles",
        Position::Outside => "outside",
        Position::NotChecked => "not_checked",
    }
}

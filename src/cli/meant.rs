//! What was meant: the words of a call understood as an order with values. Still nothing is opened or written.

use super::fault::Fault;
use super::grammar::{Command, Word};
use super::outputs::{Format, Output};
use super::said::Said;
use crate::crs::Crs;
use crate::job::{Input, TableOrder};
use crate::model::{Date, Role};
use crate::text::{Lang, Message};
use std::ffi::OsStr;
use std::path::PathBuf;

/// How to speak and whether an existing output may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    pub lang: Lang,
    pub quiet: bool,
    pub force: bool,
    /// Draw the window with OpenGL.
    pub glow: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Meant {
    Help(Option<&'static Command>),
    Version,
    /// The window, with files to open.
    Window(Vec<PathBuf>),
    Info(InfoOrder),
    Check(Box<CheckOrder>),
    Track(TrackOrder),
    Diff(DiffOrder),
    Convert(Box<ConvertOrder>),
    Map(MapOrder),
    Sample(SampleOrder),
    Bench(BenchOrder),
}

#[derive(Clone, Debug)]
pub(super) struct InfoOrder {
    pub inputs: Vec<Input>,
    pub json: bool,
}

#[derive(Clone, Debug)]
pub(super) struct CheckOrder {
    pub plan: Option<Input>,
    pub sites: Option<Input>,
    pub layers: Vec<(Role, Input)>,
    pub workspace: Option<PathBuf>,
    /// Names of bundled rule sets or files of rule sets, in the order given.
    pub rules: Vec<String>,
    pub date: Option<Date>,
    pub tolerance_m2: Option<f64>,
    pub tolerance_share: Option<f64>,
    /// No vertex of a site is further than this from where it was surveyed, in m.
    pub accuracy_m: Option<f64>,
    /// The applicants' table.
    pub table: Option<TableOrder>,
    pub outputs: Vec<Output>,
    pub shard: Option<Shard>,
    pub jobs: Option<usize>,
}

/// Part `k` of `n` of the sites, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    pub k: usize,
    pub n: usize,
}

#[derive(Clone, Debug)]
pub(super) struct TrackOrder {
    pub plans: Vec<Input>,
    pub districts: Option<Input>,
    /// A table of areas by district.
    pub stats: Option<PathBuf>,
    pub date: Option<Date>,
    pub outputs: Vec<Output>,
}

#[derive(Clone, Debug)]
pub(super) struct DiffOrder {
    /// The old and the new version.
    pub plans: Vec<Input>,
    pub sites: Option<Input>,
    pub outputs: Vec<Output>,
}

#[derive(Clone, Debug)]
pub(super) struct ConvertOrder {
    pub input: Input,
    pub out: PathBuf,
    pub to: Option<Crs>,
    /// Name of a profile, or a file.
    pub profile: Option<String>,
    pub encoding: Option<String>,
    /// A table of attributes of the clusters, and the title of its column with their codes.
    pub attributes: Option<(PathBuf, Option<String>)>,
}

#[derive(Clone, Debug)]
pub(super) struct MapOrder {
    pub workspace: Option<PathBuf>,
    pub layers: Vec<(Role, Input)>,
    pub template: Option<String>,
    pub page: Option<String>,
    pub title: Option<String>,
    /// Denominator.
    pub scale: Option<f64>,
    /// West, south, east, north in metres of the map's plane.
    pub extent: Option<[f64; 4]>,
    pub dpi: Option<f64>,
    pub outputs: Vec<Output>,
}

#[derive(Clone, Debug)]
pub(super) struct SampleOrder {
    pub folder: PathBuf,
    pub parcels: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct BenchOrder {
    pub task: String,
    pub data: PathBuf,
    pub out: PathBuf,
    pub jobs: Option<usize>,
}

impl Meant {
    /// # Errors
    /// A usage fault naming the flag and what it takes.
    pub fn from_said(said: &Said) -> Result<Self, Fault> {
        if said.help {
            return Ok(Self::Help(said.command));
        }
        if said.version {
            return Ok(Self::Version);
        }
        said.whole()?;
        let Some(word) = said.word() else { return Ok(Self::Window(Vec::new())) };
        Ok(match word {
            Word::Open => Self::Window(said.places.iter().map(PathBuf::from).collect()),
            Word::Info => Self::Info(InfoOrder { inputs: inputs(said)?, json: said.has("json") }),
            Word::Check => Self::Check(Box::new(check(said)?)),
            Word::Track => Self::Track(track(said)?),
            Word::Map => Self::Map(map(said)?),
            Word::Sample => Self::Sample(SampleOrder { folder: place(said, 0), parcels: whole_number(said, "parcels")? }),
            Word::Bench => Self::Bench(bench(said)?),
            Word::Diff => Self::Diff(DiffOrder {
                plans: inputs(said)?,
                sites: said.one("sites").map(input).transpose()?,
                outputs: outputs(said, &[Format::Csv, Format::Json, Format::GeoJson])?,
            }),
            Word::Convert => Self::Convert(Box::new(convert(said)?)),
        })
    }
}

fn check(said: &Said) -> Result<CheckOrder, Fault> {
    let order = CheckOrder {
        plan: said.one("plan").map(input).transpose()?,
        sites: said.one("sites").map(input).transpose()?,
        layers: layers(said)?,
        workspace: said.one("workspace").map(PathBuf::from),
        rules: said.many("rules").map(|v| v.to_string_lossy().into_owned()).collect(),
        date: date(said)?,
        tolerance_m2: number(said, "tolerance-m2", |v| v >= 0.0)?,
        tolerance_share: number(said, "tolerance-share", |v| (0.0..0.5).contains(&v))?,
        accuracy_m: number(said, "accuracy-m", |v| (0.0..=100.0).contains(&v))?,
        table: said.one("project-table").map(table).transpose()?,
        outputs: outputs(said, super::outputs::RESULTS)?,
        shard: said.one("shard").map(shard).transpose()?,
        jobs: whole_number(said, "jobs")?,
    };
    let nothing = order.plan.is_none() && order.sites.is_none() && order.workspace.is_none();
    if !nothing && order.workspace.is_none() {
        for (flag, given) in [("--plan", order.plan.is_some()), ("--sites", order.sites.is_some())] {
            if !given {
                return Err(Fault::usage(Message::new("cli.flag_missing").with("command", "check").with("flag", flag)));
            }
        }
    }
    if nothing && (!order.layers.is_empty() || order.table.is_some()) {
        return Err(Fault::usage(Message::new("cli.flag_missing").with("command", "check").with("flag", "--plan")));
    }
    if order.shard.is_some() {
        match order.outputs.iter().find(|o| !matches!(o.format, Format::Csv | Format::Jsonl)) {
            Some(other) => {
                return Err(Fault::usage(Message::new("cli.shard_format").with("format", other.format.word())));
            }
            None if order.outputs.is_empty() => return Err(Fault::usage(Message::new("cli.shard_without_out"))),
            None => {}
        }
    }
    Ok(order)
}

fn track(said: &Said) -> Result<TrackOrder, Fault> {
    let plans = said.many("plan").map(input).collect::<Result<Vec<_>, _>>()?;
    if plans.is_empty() {
        return Err(Fault::usage(Message::new("cli.flag_missing").with("command", "track").with("flag", "--plan")));
    }
    let mut districts = None;
    for (role, layer) in layers(said)? {
        if role != Role::Districts {
            return Err(Fault::usage(Message::new("cli.track_role").with("role", role.code())));
        }
        if districts.replace(layer).is_some() {
            return Err(Fault::usage(Message::new("cli.role_twice").with("role", role.code())));
        }
    }
    let stats = said.one("stats").map(PathBuf::from);
    let date = date(said)?;
    // Only the years of the statistics have a date; the clusters' land is what the plans hold.
    if date.is_some() && stats.is_none() {
        return Err(Fault::usage(Message::new("cli.track_date")));
    }
    Ok(TrackOrder { plans, districts, stats, date, outputs: outputs(said, &[Format::Csv, Format::Json])? })
}

fn convert(said: &Said) -> Result<ConvertOrder, Fault> {
    let text = |name: &str| said.one(name).map(|v| v.to_string_lossy().into_owned());
    let unknown = |name: String| Fault::usage(Message::new("cli.crs_unknown").with("crs", name));
    Ok(ConvertOrder {
        input: said.places.first().map(|p| input(p)).transpose()?.unwrap_or_default(),
        out: place(said, 1),
        to: text("to").map(|name| Crs::parse(&name).map_err(|_| unknown(name))).transpose()?,
        profile: text("profile"),
        encoding: text("encoding"),
        attributes: text("attributes").map(|words| attributes(&words)).transpose()?,
    })
}

/// `FILE[,join=FIELD]`.
fn attributes(words: &str) -> Result<(PathBuf, Option<String>), Fault> {
    match words.contains(",join=") {
        true => TableOrder::parse(words).map(|order| (order.path, Some(order.join))).map_err(Fault::usage),
        false => Ok((PathBuf::from(words), None)),
    }
}

fn map(said: &Said) -> Result<MapOrder, Fault> {
    let text = |name: &str| said.one(name).map(|v| v.to_string_lossy().into_owned());
    let order = MapOrder {
        workspace: said.places.first().map(PathBuf::from),
        layers: layers(said)?,
        template: text("template"),
        page: text("page"),
        title: text("title"),
        scale: scale(said)?,
        extent: said.one("extent").map(extent).transpose()?,
        dpi: number(said, "dpi", |v| (36.0..=1200.0).contains(&v))?,
        outputs: outputs(said, &[Format::Pdf, Format::Png, Format::Svg])?,
    };
    for (flag, given) in [("--template", order.template.is_some()), ("--out", !order.outputs.is_empty())] {
        if !given {
            return Err(Fault::usage(Message::new("cli.flag_missing").with("command", "map").with("flag", flag)));
        }
    }
    if order.workspace.is_none() && order.layers.is_empty() {
        return Err(Fault::usage(Message::new("cli.map_nothing")));
    }
    Ok(order)
}

/// The task that needs the window.
pub(super) const FRAMES: &str = "frames";

fn bench(said: &Said) -> Result<BenchOrder, Fault> {
    let task = said.places.first().map(|t| t.to_string_lossy().into_owned()).unwrap_or_default();
    // T2 and T7 come in sizes: `T2_100k` reads projects_100k.
    const TASKS: [&str; 7] = ["T1", "T3", "T4", "T5", "T6", "live", FRAMES];
    if !TASKS.contains(&&*task) && !["T2_", "T7_"].iter().any(|sized| task.starts_with(sized)) {
        return Err(Fault::usage(Message::new("cli.bench_unknown").with("task", task)));
    }
    Ok(BenchOrder { task, data: place(said, 1), out: place(said, 2), jobs: whole_number(said, "jobs")? })
}

fn place(said: &Said, at: usize) -> PathBuf {
    said.places.get(at).map(PathBuf::from).unwrap_or_default()
}

fn input(value: &OsStr) -> Result<Input, Fault> {
    let unreadable = || Fault::usage(Message::new("cli.not_unicode").with("value", value.to_string_lossy().into_owned()));
    Input::parse(value.to_str().ok_or_else(unreadable)?).map_err(Fault::usage)
}

fn table(value: &OsStr) -> Result<TableOrder, Fault> {
    let unreadable = || Fault::usage(Message::new("cli.not_unicode").with("value", value.to_string_lossy().into_owned()));
    TableOrder::parse(value.to_str().ok_or_else(unreadable)?).map_err(Fault::usage)
}

fn inputs(said: &Said) -> Result<Vec<Input>, Fault> {
    said.places.iter().map(|p| input(p)).collect()
}

/// `--layer ROLE=INPUT`; the plan and the sites have flags of their own and are refused here where those exist.
fn layers(said: &Said) -> Result<Vec<(Role, Input)>, Fault> {
    let mut found: Vec<(Role, Input)> = Vec::new();
    for value in said.many("layer") {
        let shown = value.to_string_lossy().into_owned();
        let unreadable = || Fault::usage(Message::new("cli.layer_form").with("value", shown.clone()));
        let text = value.to_str().ok_or_else(|| Fault::usage(Message::new("cli.not_unicode").with("value", shown.clone())))?;
        let (code, file) = text.split_once('=').ok_or_else(unreadable)?;
        let Some(role) = Role::from_code(code) else {
            let near = super::grammar::nearest(code, crate::model::ROLES.iter().map(|r| r.code));
            let roles = crate::model::ROLES.iter().map(|r| r.code).collect::<Vec<_>>().join(" ");
            return Err(Fault::usage(match near {
                Some(meant) => Message::new("cli.role_unknown_near").with("role", code).with("meant", meant).with("roles", roles),
                None => Message::new("cli.role_unknown").with("role", code).with("roles", roles),
            }));
        };
        if file.is_empty() {
            return Err(unreadable());
        }
        if said.word() == Some(Word::Check) && matches!(role, Role::Plan | Role::Sites) {
            return Err(Fault::usage(Message::new("cli.role_has_flag").with("role", code)));
        }
        found.push((role, input(OsStr::new(file))?));
    }
    Ok(found)
}

fn outputs(said: &Said, formats: &[Format]) -> Result<Vec<Output>, Fault> {
    let mut all: Vec<Output> = Vec::new();
    for value in said.many("out") {
        let output = Output::parse(value, formats)?;
        if all.iter().any(|other| other.target == output.target) {
            return Err(Fault::usage(Message::new("cli.out_twice").with("file", value.to_string_lossy().into_owned())));
        }
        all.push(output);
    }
    Ok(all)
}

fn wrong(flag: &str, value: &OsStr, what: &'static str) -> Fault {
    let value = value.to_string_lossy().into_owned();
    Fault::usage(Message::new("cli.value_wrong").with("flag", format!("--{flag}")).with("value", value).with("what", Message::new(what)))
}

fn date(said: &Said) -> Result<Option<Date>, Fault> {
    let Some(value) = said.one("date") else { return Ok(None) };
    let date = value.to_str().and_then(Date::parse);
    date.map(Some).ok_or_else(|| wrong("date", value, "cli.what.date"))
}

/// A number that `holds`; `inf` is one, NaN is none.
fn number(said: &Said, flag: &'static str, holds: impl Fn(f64) -> bool) -> Result<Option<f64>, Fault> {
    let Some(value) = said.one(flag) else { return Ok(None) };
    let number = value.to_str().and_then(|t| t.parse::<f64>().ok()).filter(|v| holds(*v));
    number.map(Some).ok_or_else(|| wrong(flag, value, what_of(flag)))
}

fn whole_number(said: &Said, flag: &'static str) -> Result<Option<usize>, Fault> {
    let Some(value) = said.one(flag) else { return Ok(None) };
    let number = value.to_str().and_then(|t| t.parse::<usize>().ok()).filter(|n| (1..=100_000_000).contains(n));
    number.map(Some).ok_or_else(|| wrong(flag, value, what_of(flag)))
}

/// `50000` or `1:50000`.
fn scale(said: &Said) -> Result<Option<f64>, Fault> {
    let Some(value) = said.one("scale") else { return Ok(None) };
    let number = value.to_str().map(|t| t.trim_start_matches("1:")).and_then(|t| t.parse::<f64>().ok());
    let number = number.filter(|v| v.is_finite() && *v >= 1.0);
    number.map(Some).ok_or_else(|| wrong("scale", value, "cli.what.scale"))
}

fn what_of(flag: &str) -> &'static str {
    match flag {
        "tolerance-m2" => "cli.what.tolerance_m2",
        "accuracy-m" => "cli.what.accuracy_m",
        "tolerance-share" => "cli.what.tolerance_share",
        "dpi" => "cli.what.dpi",
        _ => "cli.what.whole_number",
    }
}

fn shard(value: &OsStr) -> Result<Shard, Fault> {
    let parts = value.to_str().and_then(|t| t.split_once('/'));
    let shard = parts.and_then(|(k, n)| Some(Shard { k: k.parse().ok()?, n: n.parse().ok()? }));
    shard.filter(|s| 1 <= s.k && s.k <= s.n).ok_or_else(|| wrong("shard", value, "cli.what.shard"))
}

fn extent(value: &OsStr) -> Result<[f64; 4], Fault> {
    let numbers = value.to_str().map(|t| t.split(',').filter_map(|n| n.trim().parse().ok()).collect::<Vec<f64>>());
    match numbers.as_deref() {
        Some(&[w, s, e, n]) if w < e && s < n && [w, s, e, n].iter().all(|v| v.is_finite()) => Ok([w, s, e, n]),
        _ => Err(wrong("extent", value, "cli.what.extent")),
    }
}

//! Files: opening, saving, exporting; dialogs run beside the window, and a typed path serves where there are none.

use super::App;
use super::command::{Command, ExportKind};
use super::jobs::{Kind, Loaded, Result as Done};
use super::run::{new_work, work_of};
use super::state::{Dialog, NoticeKind, PathPurpose};
use crate::document::Document;
use crate::edit;
use crate::io::{make_folder, read_bytes, write_atomically};
use crate::job::sample::{BACKDROP, NOW, PLANNED, SampleOptions, write_sample};
use crate::job::{Input, MapFormat, MapRequest, OpenError, gather, gather_onto, open_layer, render_map};
use crate::model::{ClusterPlan, Contents, Coverage, Date, IdSource, PlanStatus, Role};
use crate::sheet::Paper;
use crate::task::Progress;
use crate::text::{Message, word};
use crate::workspace;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl App {
    /// What `Start` named.
    pub(super) fn open_at_start(&mut self, open: Vec<PathBuf>) {
        if !open.is_empty() {
            self.queue.push(Command::OpenPaths(open));
            return;
        }
        let last = self.state_dir.as_ref().and_then(|dir| read_bytes(&dir.join("last")).ok());
        let last = last.map(|bytes| PathBuf::from(String::from_utf8_lossy(&bytes).into_owned()));
        self.queue.push(match last {
            Some(path) => Command::OpenPaths(vec![path]),
            None => Command::OpenSample,
        });
    }

    pub(super) fn files(&mut self, command: Command) {
        match command {
            Command::OpenFiles => self.choose(PathPurpose::OpenFiles),
            Command::OpenWorkspace => self.choose(PathPurpose::OpenWorkspace),
            Command::OpenPaths(paths) => {
                self.state.dialog = None;
                for path in paths {
                    self.open_path(path);
                }
            }
            Command::OpenAs(path, role) => {
                self.state.dialog = None;
                self.open_as(Input::file(path), role);
            }
            Command::OpenWith(path, role, options) => {
                self.state.dialog = None;
                let mut input = Input::file(path);
                input.settings.options = *options;
                self.open_as(input, role);
            }
            Command::OpenSample => self.load_sample(),
            Command::Save => match self.state.work.as_ref().and_then(|w| w.path.clone()) {
                Some(path) => self.save(path),
                None => self.choose(PathPurpose::SaveAs),
            },
            Command::SaveAs => self.choose(PathPurpose::SaveAs),
            Command::SaveTo(path) => self.save(path),
            Command::Export(ExportKind::Pdf) => self.choose(PathPurpose::ExportPdf),
            Command::Export(ExportKind::Png) => self.choose(PathPurpose::ExportPng),
            Command::ExportTo(kind, path) => self.export(kind, path),
            _ => {}
        }
    }

    fn load_sample(&mut self) {
        let dir = self.state_dir.clone().unwrap_or_else(std::env::temp_dir).join("sample");
        self.jobs.start(&self.ctx, Kind::Load, Some(Message::new("app.job.load")), move |progress| Done::Loaded {
            path: None,
            result: sample(&dir, progress).map(Box::new),
        });
    }

    fn load(&mut self, path: PathBuf) {
        self.jobs.start(&self.ctx, Kind::Load, Some(Message::new("app.job.load")), move |progress| {
            let opened = workspace::open(&path, progress).map_err(|e| e.message());
            let result = opened.map(|o| Box::new(Loaded { contents: o.contents, ids: o.ids, notes: o.notes }));
            Done::Loaded { path: Some(path), result }
        });
    }

    fn save(&mut self, path: PathBuf) {
        let Some(work) = &self.state.work else { return };
        let path = if path.extension().is_some() { path } else { path.with_extension("gpkg") };
        let (snapshot, ids) = (work.document.snapshot(), work.document.ids());
        self.jobs.start(&self.ctx, Kind::Other, Some(Message::new("app.job.save")), move |progress| {
            let result = workspace::save(&path, &snapshot.contents, ids, progress).map_err(|e| e.message());
            Done::Saved { path, revision: snapshot.revision, result }
        });
    }

    fn export(&mut self, kind: ExportKind, path: PathBuf) {
        let Some(work) = &self.state.work else { return };
        let contents = work.document.snapshot().contents;
        let (sheet, today, lang) = (self.state.sheet.clone(), self.state.today, self.state.lang);
        self.jobs.start(&self.ctx, Kind::Other, Some(Message::new("app.job.export")), move |_| {
            let direction = if sheet.landscape { "landscape" } else { "portrait" };
            let request = MapRequest {
                page: Paper::parse(&format!("{}-{direction}", sheet.paper)).unwrap_or_default(),
                format: if kind == ExportKind::Pdf { MapFormat::Pdf } else { MapFormat::Png },
                lang,
                title: sheet.title,
                scale_denominator: sheet.scale,
                ..MapRequest::default()
            };
            let extension = if kind == ExportKind::Pdf { "pdf" } else { "png" };
            let path = if path.extension().is_some() { path } else { path.with_extension(extension) };
            let written = |bytes: Vec<u8>| write_atomically(&path, &bytes).map_err(|e| e.0);
            let result = render_map(&contents, &request, today).and_then(written);
            Done::Exported { path, result }
        });
    }

    /// Remembers the workspace for the next start; not being able to is no reason to bother anybody.
    fn remember(&self, path: &Path) {
        if let Some(dir) = &self.state_dir {
            let _ = make_folder(dir).and_then(|()| write_atomically(&dir.join("last"), path.to_string_lossy().as_bytes()));
        }
    }

    fn open_path(&mut self, path: PathBuf) {
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gpkg")) {
            self.load(path);
            return;
        }
        if self.state.work.is_none() {
            self.set_work(new_work(word(self.state.lang, "app.untitled")));
        }
        self.ask_role(path);
    }

    /// Reads a file beside the window; it becomes a layer when it is there.
    fn open_as(&mut self, input: Input, role: Role) {
        let Some(work) = &mut self.state.work else { return };
        let contents = work.document.snapshot().contents;
        // Ids for as many features as any file may hold, taken now: the reader runs on a thread of its own.
        let mut ids = IdSource { workspace: work.document.ids().workspace, next: work.document.take_ids(1 << 32) as u64 };
        let crs = contents.crs.clone();
        let place = super::run::whole(&contents);
        let place = crate::job::lon_lat(&crs, place).unwrap_or(crate::geom::BBox::EMPTY);
        let file = input.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let words = Message::new("app.job.open").with("file", file);
        self.jobs.start(&self.ctx, Kind::Other, Some(words), move |progress| {
            let path = input.path.clone();
            let result = open_layer(&input, role, &crs, place, None, &mut ids, progress).map(Box::new).map_err(Box::new);
            Done::Opened { path, role, result }
        });
    }

    pub(super) fn take_in_files(&mut self, result: Done) {
        match result {
            Done::Opened { path, role, result } => match result {
                Ok(opened) => {
                    let Some(work) = &self.state.work else { return };
                    let contents = work.document.snapshot().contents;
                    let first = contents.layers.is_empty();
                    let change = edit::add_layer(opened.id, opened.layer, None);
                    self.commit(change);
                    if first {
                        self.queue.push(Command::ZoomAll);
                    }
                }
                Err(error) => match *error {
                    OpenError::AskCrs { file, guess, .. } if guess.candidates.iter().any(|c| c.fits) => {
                        self.state.dialog = Some(Dialog::Crs { path, role, file, guess });
                    }
                    error => self.notice(NoticeKind::Error, error.message().clone()),
                },
            },
            Done::Chosen { purpose, paths } => match paths {
                Some(paths) => self.chosen(purpose, paths),
                // Cancelled, or no dialog at all: the two cannot be told apart, so a path may be typed.
                None if no_file_dialog() => self.state.dialog = Some(Dialog::Path { purpose }),
                None => {}
            },
            Done::Loaded { path, result } => match result {
                Ok(loaded) => {
                    let name = match &path {
                        Some(path) => name_of(path),
                        None => word(self.state.lang, "app.empty.sample").to_owned(),
                    };
                    let mut document = Document::new(loaded.contents, loaded.ids);
                    if path.is_some() {
                        document.mark_saved(0);
                    }
                    path.iter().for_each(|p| self.remember(p));
                    self.set_work(work_of(document, path, name));
                    for note in loaded.notes {
                        self.notice(NoticeKind::Error, note);
                    }
                }
                Err(words) => {
                    self.notice(NoticeKind::Error, words);
                    // A last workspace that is gone leaves the sample, and the notice.
                    if self.state.work.is_none() && path.is_some() {
                        self.queue.push(Command::OpenSample);
                    }
                }
            },
            Done::Saved { path, revision, result } => match result {
                Ok(()) => {
                    self.remember(&path);
                    let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                    if let Some(work) = &mut self.state.work {
                        work.document.mark_saved(revision);
                        work.name = name_of(&path);
                        work.path = Some(path);
                    }
                    self.notice(NoticeKind::Done, Message::new("app.notice.saved").with("file", file));
                }
                Err(words) => self.notice(NoticeKind::Error, words),
            },
            Done::Exported { path, result } => match result {
                Ok(()) => self.notice(NoticeKind::Done, Message::new("app.notice.exported").with("file", path.display().to_string())),
                Err(words) => self.notice(NoticeKind::Error, words),
            },
            Done::Checked(_) | Done::Measured { .. } | Done::Crashed(_) => {}
        }
    }

    fn chosen(&mut self, purpose: PathPurpose, paths: Vec<PathBuf>) {
        match purpose {
            PathPurpose::OpenFiles | PathPurpose::OpenWorkspace => self.queue.push(Command::OpenPaths(paths)),
            PathPurpose::SaveAs => self.queue.extend(paths.into_iter().next().map(Command::SaveTo)),
            PathPurpose::ExportPdf => self.queue.extend(paths.into_iter().next().map(|p| Command::ExportTo(ExportKind::Pdf, p))),
            PathPurpose::ExportPng => self.queue.extend(paths.into_iter().next().map(|p| Command::ExportTo(ExportKind::Png, p))),
        }
    }

    fn choose(&mut self, purpose: PathPurpose) {
        if self.jobs.is_inline() {
            self.state.dialog = Some(Dialog::Path { purpose });
            return;
        }
        self.jobs.start(&self.ctx, Kind::Other, None, move |_| {
            let dialog = rfd::FileDialog::new();
            let paths = match purpose {
                PathPurpose::OpenFiles => dialog.pick_files(),
                PathPurpose::OpenWorkspace => dialog.add_filter("GeoPackage", &["gpkg"]).pick_file().map(|p| vec![p]),
                PathPurpose::SaveAs => dialog.add_filter("GeoPackage", &["gpkg"]).save_file().map(|p| vec![p]),
                PathPurpose::ExportPdf => dialog.add_filter("PDF", &["pdf"]).save_file().map(|p| vec![p]),
                PathPurpose::ExportPng => dialog.add_filter("PNG", &["png"]).save_file().map(|p| vec![p]),
            };
            Done::Chosen { purpose, paths }
        });
    }
}

/// Without a session bus and without zenity a dialog gives nothing at once.
fn no_file_dialog() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none()
}

/// The name of a workspace by its file.
pub(super) fn name_of(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Layers of the sample and what each is for; further files of sites are added as far as they can be read.
const SAMPLE: [(&str, Role); 7] = [
    (BACKDROP, Role::Backdrop),
    ("行政区划_示意", Role::Districts),
    (NOW, Role::Plan),
    (PLANNED, Role::Plan),
    ("现状宗地", Role::Parcels),
    ("永久基本农田（虚构）", Role::Farmland),
    ("拟选址项目", Role::Sites),
];
const MORE_SITES: [&str; 2] = ["拟选址项目_补充_无坐标系.shp", "拟选址项目_自相交.shp"];

/// Writes the sample's files into `dir` and opens them as an applicant's files would be.
pub(super) fn sample(dir: &Path, progress: &Progress) -> Result<Loaded, Message> {
    write_sample(dir, SampleOptions::default()).map_err(|e| Message::new("app.notice.crashed").with("cause", e.to_string()))?;
    let file = |name: &str| Input::file(dir.join(name));
    let inputs: Vec<(Role, Input)> = SAMPLE.iter().map(|(name, role)| (*role, file(&format!("{name}.shp")))).collect();
    let mut gathered = gather(&inputs, progress).map_err(|e| e.message().clone())?;
    for name in MORE_SITES {
        let ids = next_ids(&gathered.contents);
        if let Ok(more) = gather_onto(Some((gathered.contents.clone(), ids)), &[(Role::Sites, file(name))], progress) {
            gathered = more;
        }
    }
    let mut contents = gathered.contents;
    contents.sample = true;
    describe(&mut contents);
    // What is drawn joins the topmost layer of sites: that of the projects, not of the odd ones out.
    let projects = contents.layers_of(Role::Sites).max_by_key(|(_, l)| l.len()).map(|(id, _)| id);
    let mut order: Vec<_> = contents.order.iter().copied().filter(|id| Some(*id) != projects).collect();
    order.extend(projects);
    contents.order = order.into();
    let ids = next_ids(&contents);
    Ok(Loaded { contents, ids, notes: Vec::new() })
}

/// The first id that no feature and no layer bears.
fn next_ids(contents: &Contents) -> IdSource {
    let highest = contents.layers.iter().flat_map(|(id, l)| l.features().map(|f| f.id.0).chain([id.0])).max().unwrap_or(0);
    IdSource { workspace: (highest >> 64) as u64, next: highest as u64 + 1 }
}

/// What is known of the sample's layers: the two versions of the plan, and that its layers speak for the whole city.
fn describe(contents: &mut Contents) {
    let in_force = Date { year: 2012, month: 9, day: 12 };
    let layers: Vec<_> = contents.layers.iter().map(|(id, layer)| (*id, layer.clone())).collect();
    for (id, layer) in layers {
        if layer.head.role == Role::Plan {
            let planned = layer.head.name.contains(PLANNED);
            let plan = ClusterPlan {
                version: if planned { "2015 规划".into() } else { "2010 现状".into() },
                status: if planned { PlanStatus::InForce } else { PlanStatus::Superseded },
                valid_from: planned.then_some(in_force),
                valid_to: None,
                notes: Vec::new(),
            };
            contents.cluster_plans = contents.cluster_plans.insert(id, Arc::new(plan));
        }
        if matches!(layer.head.role, Role::Plan | Role::Districts | Role::Farmland) {
            let mut renewed = (*layer).clone();
            renewed.head.coverage = Coverage::WholeCity;
            contents.layers = contents.layers.insert(id, Arc::new(renewed));
        }
    }
}

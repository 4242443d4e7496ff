//! Files: opening, saving, exporting; dialogs run beside the window, and a typed path serves where there are none.

use super::App;
use super::command::Command;
use super::jobs::{Kind, Result as Done};
use super::run::new_work;
use super::state::{Dialog, NoticeKind, PathPurpose};
use crate::edit;
use crate::job::{Input, OpenError, open_layer};
use crate::model::{IdSource, Role};
use crate::text::{Message, word};
use std::path::{Path, PathBuf};

impl App {
    /// What `Start` named.
    pub(super) fn open_at_start(&mut self, open: Vec<PathBuf>) {
        if !open.is_empty() {
            self.queue.push(Command::OpenPaths(open));
        }
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
            _ => {}
        }
    }

    fn open_path(&mut self, path: PathBuf) {
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
            Done::Checked(_) | Done::Crashed(_) => {}
        }
    }

    fn chosen(&mut self, purpose: PathPurpose, paths: Vec<PathBuf>) {
        match purpose {
            PathPurpose::OpenFiles | PathPurpose::OpenWorkspace => self.queue.push(Command::OpenPaths(paths)),
            PathPurpose::SaveAs => self.queue.extend(paths.into_iter().next().map(Command::SaveTo)),
            PathPurpose::ExportPdf | PathPurpose::ExportPng => {}
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

//! Files: opening, saving, exporting; dialogs run beside the window, and a typed path serves where there are none.

use super::App;
use super::command::Command;
use super::export_layer::FORMATS;
use super::jobs::{Kind, Loaded, Result as Done};
use super::landing::landings;
use super::page::map_request;
use super::run::{new_work, work_of};
use super::state::{Dialog, LayerChoice, NoticeKind, PathPurpose};
use crate::document::Document;
use crate::edit;
use crate::io::{ALL_LAYERS, is_raster, make_folder, read_bytes, write_atomically};
use crate::job::sample::{SampleOptions, sample_contents};
use crate::job::{
    Input, MapFormat, MapRequest, OpenError, Opened, encoding_samples, open_layer, open_workspace, render_map, save_workspace,
};
use crate::model::{IdSource, Layer, Role, UseColumns, UseSystem, field_named};
use crate::text::{Arg, Lang, Message, word};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
                for path in main_files(paths) {
                    self.open_path(path);
                }
            }
            Command::OpenAs(path, role) => {
                self.state.dialog = None;
                self.open_as(Input::file(path), role);
            }
            Command::OpenInput(input, role) => {
                self.state.dialog = None;
                self.open_as(*input, role);
            }
            Command::ChooseShift(input, role) => {
                self.state.dialog = None;
                self.state.to_shift = Some((input, role));
                self.choose(PathPurpose::Shift);
            }
            Command::Typed(purpose, path) => {
                self.state.dialog = None;
                self.state.typed_path = true;
                self.chosen(purpose, vec![path]);
            }
            Command::OpenSample => self.load_sample(),
            Command::Save => match self.state.work.as_ref().and_then(|w| w.path.clone()) {
                Some(path) => self.save(path),
                None => self.choose(PathPurpose::SaveAs),
            },
            Command::SaveAs => self.choose(PathPurpose::SaveAs),
            Command::SaveTo(path) => self.save(path),
            Command::Export(format) => self.choose(PathPurpose::Export(format)),
            Command::ExportTo(format, path) => self.export(format, path),
            _ => {}
        }
    }

    fn load_sample(&mut self) {
        let dir = self.state_dir.clone().unwrap_or_else(std::env::temp_dir).join("sample");
        self.jobs.start(&self.ctx, Kind::Load, Some(Message::new("app.job.load")), move |progress| {
            let made = sample_contents(&dir, SampleOptions::default(), progress);
            let loaded = |(contents, ids)| Box::new(Loaded { document: Document::new(contents, ids), notes: Vec::new() });
            let result = made.map(loaded).map_err(|e| e.message());
            Done::Loaded { path: None, result }
        });
    }

    fn load(&mut self, path: PathBuf) {
        self.jobs.start(&self.ctx, Kind::Load, Some(Message::new("app.job.load")), move |progress| {
            let opened = open_workspace(&path, progress).map_err(|e| e.message());
            let result = opened.map(|(document, notes)| Box::new(Loaded { document, notes }));
            Done::Loaded { path: Some(path), result }
        });
    }

    fn save(&mut self, path: PathBuf) {
        let Some(work) = &self.state.work else { return };
        let path = if path.extension().is_some() { path } else { path.with_extension("gpkg") };
        let (snapshot, ids) = (work.document.snapshot(), work.document.ids());
        self.jobs.start(&self.ctx, Kind::Other, Some(Message::new("app.job.save")), move |progress| {
            let result = save_workspace(&path, &snapshot, ids, progress).map_err(|e| e.message());
            Done::Saved { path, result }
        });
    }

    fn export(&mut self, format: MapFormat, path: PathBuf) {
        let Some(work) = &self.state.work else { return };
        let contents = work.document.snapshot().contents;
        let (sheet, today, lang) = (self.state.sheet.clone(), self.state.today, self.state.lang);
        self.jobs.start(&self.ctx, Kind::Other, Some(Message::new("app.job.export")), move |_| {
            let request = MapRequest { format, ..map_request(&sheet, lang) };
            let path = if path.extension().is_some() { path } else { path.with_extension(format.extension()) };
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
        if is_raster(&path) {
            self.waiting_pictures.push(path);
            return;
        }
        self.await_role(path);
    }

    /// Opens the pictures that wait, once no workspace is on its way: it would take the place of the one they lie in.
    pub(super) fn open_waiting_pictures(&mut self) {
        if self.jobs.runs(Kind::Load) {
            return;
        }
        for path in std::mem::take(&mut self.waiting_pictures) {
            if self.state.work.is_none() {
                self.set_work(new_work(word(self.state.lang, "app.untitled")));
            }
            self.open_picture(Input::file(path));
        }
    }

    /// A data file waits until a person says what it is for.
    fn await_role(&mut self, path: PathBuf) {
        if self.state.work.is_none() {
            self.set_work(new_work(word(self.state.lang, "app.untitled")));
        }
        self.state.waiting.push_back(path);
    }

    /// Reads a file beside the window; it becomes a layer when it is there.
    fn open_as(&mut self, input: Input, role: Role) {
        if is_raster(&input.path) {
            self.open_picture(input);
            return;
        }
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
            let result = open_layer(&input, role, &crs, place, None, &mut ids, progress).map(Box::new).map_err(Box::new);
            let doubtful = |opened: &Opened| opened.layer.provenance.notes.iter().any(|note| note.code == "io.encoding_doubtful");
            let in_doubt = input.settings.options.encoding.is_none() && result.as_ref().is_ok_and(|opened| doubtful(opened));
            let samples = if in_doubt { encoding_samples(&input, progress) } else { Vec::new() };
            Done::Opened { input: Box::new(input), role, result, samples }
        });
    }

    pub(super) fn take_in_files(&mut self, result: Done) {
        match result {
            // An encoding that is in doubt is asked for before the layer is there.
            Done::Opened { input, role, samples, .. } if samples.len() > 1 => {
                self.state.dialog = Some(Dialog::Encoding { input, role, samples });
            }
            // A drawing holds many things; which of its layers are meant a person says.
            Done::Opened { input, role, result: Ok(opened), .. }
                if input.settings.options.layer.is_none() && drawing_layers(&opened.layer, self.state.lang).len() > 2 =>
            {
                let layers = drawing_layers(&opened.layer, self.state.lang);
                self.state.dialog = Some(Dialog::Layers { input, role, layers });
            }
            Done::Opened { input, role, result: Ok(opened), .. } if !open_codes(&opened.layer, self.state.lang).is_empty() => {
                let systems = open_codes(&opened.layer, self.state.lang);
                self.state.dialog = Some(Dialog::Codes { input, role, systems });
            }
            Done::Opened { input, role, result, .. } => match result {
                Ok(opened) => {
                    let Some(work) = &self.state.work else { return };
                    let contents = work.document.snapshot().contents;
                    let first = contents.layers.is_empty();
                    let (file, notes) = (opened.layer.provenance.file.to_string(), worth_saying(&opened.layer.provenance.notes));
                    let change = edit::add_layer(opened.id, opened.layer, None);
                    self.commit(change);
                    for note in notes {
                        self.notice(NoticeKind::Error, Message::new("app.notice.note").with("file", file.clone()).with("note", note));
                    }
                    if first {
                        self.queue.push(Command::ZoomAll);
                    }
                }
                Err(error) => match *error {
                    OpenError::AskCrs { guess, .. } if guess.candidates.iter().any(|c| c.fits) => {
                        let Some(work) = &self.state.work else { return };
                        let landings = landings(&work.document.snapshot().contents, &guess);
                        self.state.dialog = Some(Dialog::Crs { input, role, landings });
                    }
                    OpenError::Read(why) if why.code == "io.crs_datum_shift" => {
                        self.state.dialog = Some(Dialog::Shift { input, role, why });
                    }
                    error if !error.choices().is_empty() => {
                        let named = |layer: String| LayerChoice { name: layer.clone(), layer, holds: String::new() };
                        let layers = error.choices().into_iter().map(named).collect();
                        self.state.dialog = Some(Dialog::Layers { input, role, layers });
                    }
                    error => self.notice(NoticeKind::Error, error.message().clone()),
                },
            },
            Done::ExportedLayer { path, result } => match result {
                Ok(done) => {
                    let file = path.display().to_string();
                    let words = Message::new("app.notice.exported_layer").with("file", file.clone()).with("count", done.features);
                    self.notice(NoticeKind::Done, words.with("crs", crate::job::crs_words(&done.crs)));
                    // What the format could not keep; how the layer was read is on its own page.
                    for note in done.notes {
                        self.notice(NoticeKind::Error, Message::new("app.notice.note").with("file", file.clone()).with("note", note));
                    }
                }
                Err(words) => self.notice(NoticeKind::Error, words),
            },
            Done::Chosen { purpose, paths } => match paths {
                Some(paths) => {
                    self.state.typed_path = false;
                    self.chosen(purpose, paths);
                }
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
                    path.iter().for_each(|p| self.remember(p));
                    self.set_work(work_of(loaded.document, path, name));
                    for note in loaded.notes {
                        self.notice(NoticeKind::Error, note);
                    }
                }
                // A GeoPackage of another program is a data file.
                Err(words) if ["workspace.not_a_workspace", "workspace.not_a_geopackage"].contains(&words.code) => match path {
                    Some(path) => self.await_role(path),
                    None => self.notice(NoticeKind::Error, words),
                },
                Err(words) => {
                    self.notice(NoticeKind::Error, words);
                    // A last workspace that is gone leaves the sample, and the notice.
                    if self.state.work.is_none() && path.is_some() {
                        self.queue.push(Command::OpenSample);
                    }
                }
            },
            Done::Saved { path, result } => match result {
                Ok(revision) => {
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
            Done::Checked(_)
            | Done::Measured { .. }
            | Done::Paged(_)
            | Done::Classes { .. }
            | Done::Ordered { .. }
            | Done::Examined { .. }
            | Done::Clusters { .. }
            | Done::Backdrop { .. }
            | Done::Crashed(_) => {}
        }
    }

    fn chosen(&mut self, purpose: PathPurpose, paths: Vec<PathBuf>) {
        match purpose {
            PathPurpose::OpenFiles | PathPurpose::OpenWorkspace => self.queue.push(Command::OpenPaths(paths)),
            PathPurpose::SaveAs => self.queue.extend(paths.into_iter().next().map(Command::SaveTo)),
            PathPurpose::ExportLayer => self.queue.extend(paths.into_iter().next().map(Command::ExportLayerTo)),
            PathPurpose::ClusterTemplate => self.queue.extend(paths.into_iter().next().map(Command::ClusterTemplateTo)),
            PathPurpose::ClusterTable => {
                if let (Some(layer), Some(path)) = (self.state.table_for.take(), paths.into_iter().next()) {
                    self.queue.push(Command::ReadClusterTable(layer, path));
                }
            }
            PathPurpose::Shift => {
                if let (Some((mut input, role)), Some(path)) = (self.state.to_shift.take(), paths.into_iter().next()) {
                    input.settings.shift = Some(path);
                    self.queue.push(Command::OpenInput(input, role));
                }
            }
            PathPurpose::Export(format) => self.queue.extend(paths.into_iter().next().map(|p| Command::ExportTo(format, p))),
        }
    }

    pub(super) fn choose(&mut self, purpose: PathPurpose) {
        if self.jobs.is_inline() {
            self.state.dialog = Some(Dialog::Path { purpose });
            return;
        }
        let format = self.state.export.as_ref().map(|order| order.format);
        let extension = FORMATS.iter().find(|(known, _)| Some(*known) == format).map_or("", |(_, extension)| *extension);
        self.jobs.start(&self.ctx, Kind::Other, None, move |_| {
            let dialog = rfd::FileDialog::new();
            let paths = match purpose {
                PathPurpose::OpenFiles => dialog.pick_files(),
                PathPurpose::OpenWorkspace => dialog.add_filter("GeoPackage", &["gpkg"]).pick_file().map(|p| vec![p]),
                PathPurpose::SaveAs => dialog.add_filter("GeoPackage", &["gpkg"]).save_file().map(|p| vec![p]),
                PathPurpose::ExportLayer => dialog.add_filter(extension.to_uppercase(), &[extension]).save_file().map(|p| vec![p]),
                PathPurpose::ClusterTemplate => dialog.add_filter("XLSX", &["xlsx"]).save_file().map(|p| vec![p]),
                PathPurpose::ClusterTable => {
                    dialog.add_filter("XLSX / CSV", &["xlsx", "xls", "csv", "et", "ods"]).pick_file().map(|p| vec![p])
                }
                PathPurpose::Shift => dialog.add_filter("TOML", &["toml"]).pick_file().map(|p| vec![p]),
                PathPurpose::Export(format) => {
                    let extension = format.extension();
                    dialog.add_filter(extension.to_uppercase(), &[extension]).save_file().map(|p| vec![p])
                }
            };
            Done::Chosen { purpose, paths }
        });
    }
}

/// What reading found that a person should look at; what every good file has is left to the layer's own page.
pub fn worth_saying(notes: &[Message]) -> Vec<Message> {
    let guessed = |note: &Message| note.args.iter().any(|(_, arg)| matches!(arg, Arg::Nested(how) if how.code == "io.crs_guessed"));
    let ordinary = |note: &Message| match note.code {
        "io.fields" | "io.sound" | "io.encoding_is" | "io.use_codes" => true,
        "io.crs_is" => !guessed(note),
        _ => false,
    };
    notes.iter().filter(|n| !ordinary(n)).cloned().collect()
}

/// All of a drawing, then its layers with how much of what is read stands on each, most first; empty for anything else.
fn drawing_layers(layer: &Layer, lang: Lang) -> Vec<LayerChoice> {
    let column = field_named(&layer.fields, &["图层"]).filter(|_| layer.provenance.format == "dxf");
    let Some(column) = column else { return Vec::new() };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    layer.features().for_each(|feature| *counts.entry(feature.value(column).to_string()).or_default() += 1);
    let kind = || Message::new(layer.base().kind().key());
    let holds = |count: usize| Message::new("app.doctor.count").with("count", count).with("kind", kind()).render(lang);
    let mut layers: Vec<(String, usize)> = counts.into_iter().collect();
    layers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let all =
        LayerChoice { layer: ALL_LAYERS.to_owned(), name: word(lang, "app.pick.whole_drawing").to_owned(), holds: holds(layer.len()) };
    let one = |(name, count): (String, usize)| LayerChoice { layer: name.clone(), name, holds: holds(count) };
    std::iter::once(all).chain(layers.into_iter().map(one)).collect()
}

/// The classifications that a layer's land-use codes may be of, where nobody says which, with some codes and what they mean.
fn open_codes(layer: &Layer, lang: Lang) -> Vec<(UseSystem, Vec<String>)> {
    let Some(uses) = UseColumns::of(layer) else { return Vec::new() };
    uses.open.iter().map(|system| (*system, uses.examples(layer, *system, lang))).collect()
}

/// The files that are opened of those dropped or chosen together: what only stands beside a shapefile comes with it.
fn main_files(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let lower = |path: &Path| path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let stems: Vec<PathBuf> = paths.iter().filter(|p| lower(p) == "shp").map(|p| p.with_extension("")).collect();
    let beside = |path: &Path| {
        // `a.shp.xml` is the description of `a.shp`.
        let whole = if lower(path) == "xml" { path.with_extension("") } else { path.to_owned() };
        lower(path) != "shp" && stems.contains(&whole.with_extension(""))
    };
    paths.iter().filter(|p| !beside(p)).cloned().collect()
}

/// Without a session bus and without zenity a dialog gives nothing at once.
fn no_file_dialog() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none()
}

/// The name of a workspace by its file.
pub(super) fn name_of(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_come_with_a_shapefile_are_not_asked_about() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let dropped = paths(&["d/甲.dbf", "d/甲.SHP", "d/甲.shp.xml", "d/甲.prj", "d/乙.txt", "d/丙.dbf", "e/甲.prj"]);
        assert_eq!(main_files(dropped), paths(&["d/甲.SHP", "d/乙.txt", "d/丙.dbf", "e/甲.prj"]));
    }
}

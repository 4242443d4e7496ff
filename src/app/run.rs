//! The only writer: drains what was asked, at one moment of the frame, and takes in what jobs bring.

use super::App;
use super::check::{check_all, check_one};
use super::command::{Command, SheetEdit};
use super::jobs::{Kind, Result as Done};
use super::state::{Dialog, Notice, NoticeKind, PlanScale, Work};
use super::tools::ToolKind;
use crate::document::Document;
use crate::edit;
use crate::geom::BBox;
use crate::job::{SiteReader, record_number};
use crate::model::{Change, Contents, IdSource, Role, SiteFields};
use crate::scene::{Address, plan_on};
use crate::text::{Lang, Message, word};
use crate::tracking::scale;
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    /// Does everything that was asked, in order.
    pub(super) fn answer(&mut self) {
        self.take_finished();
        let mut asked = std::mem::take(&mut self.queue);
        while !asked.is_empty() {
            for command in std::mem::take(&mut asked) {
                self.do_one(command);
            }
            // What an answer asked for in turn.
            asked = std::mem::take(&mut self.queue);
        }
        self.take_finished();
        self.open_waiting_pictures();
        self.take_finished();
        if self.state.dialog.is_none() {
            self.state.dialog = self.state.waiting.pop_front().map(|path| Dialog::Role { path });
        }
        let now = self.ctx.time();
        self.state.notices.retain(|n| n.kind == NoticeKind::Error || now - n.since < 5.0);
        if let Some(soonest) =
            self.state.notices.iter().filter(|n| n.kind == NoticeKind::Done).map(|n| 5.0 - (now - n.since)).reduce(f64::min)
        {
            self.ctx.request_repaint_after(std::time::Duration::from_secs_f64(soonest.max(0.05)));
        }
    }

    fn do_one(&mut self, command: Command) {
        match command {
            Command::Desk(desk) => {
                self.state.desk = desk;
                self.state.palette = false;
                if desk != super::Desk::Draw {
                    self.take_tool(ToolKind::SELECT);
                }
                if desk == super::Desk::Track {
                    self.measure();
                    self.queue.push(Command::ZoomAll);
                }
            }
            Command::Palette(open) => self.state.palette = open,
            Command::Lang(lang) => self.state.lang = lang,
            Command::ToggleLang => self.state.lang = if self.state.lang == Lang::Zh { Lang::En } else { Lang::Zh },
            Command::ToggleDark => {
                self.state.dark = !self.state.dark;
                self.ctx.set_theme(if self.state.dark { egui::Theme::Dark } else { egui::Theme::Light });
            }
            Command::Presentation => {
                self.state.presentation = !self.state.presentation;
                self.ctx.set_zoom_factor(if self.state.presentation { 1.25 } else { 1.0 });
                self.ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(self.state.presentation));
            }
            Command::NewWorkspace => self.set_work(new_work(word(self.state.lang, "app.untitled"))),
            Command::OpenFiles | Command::OpenWorkspace | Command::OpenSample | Command::Save | Command::SaveAs | Command::SaveTo(_) => {
                self.files(command);
            }
            Command::OpenPaths(_) | Command::OpenAs(..) | Command::OpenInput(..) | Command::ChooseShift(..) => self.files(command),
            Command::Typed(..) => self.files(command),
            Command::Export(_) | Command::ExportTo(..) => self.files(command),
            Command::CloseDialog => self.state.dialog = None,
            Command::Undo => self.step_back(true),
            Command::Redo => self.step_back(false),
            Command::Commit(change) => self.commit(*change),
            Command::Map(event) => self.on_map(event),
            Command::RemoveSelected => {
                if let (Some(address), Some(work)) = (self.state.selected, &self.state.work) {
                    let snapshot = work.document.snapshot();
                    let is_site = snapshot.contents.layer(address.layer).is_some_and(|l| l.head.role == Role::Sites);
                    if is_site {
                        self.commit(edit::remove_feature(&snapshot.contents, address.layer, address.feature));
                        self.select(None);
                    }
                }
            }
            Command::BeginRename(layer) => self.state.renaming = layer,
            Command::RenameLayer(id, name) => {
                self.state.renaming = None;
                self.edit(|c| edit::rename_layer(c, id, &name));
            }
            Command::Goto(_) | Command::GotoPlace(_) | Command::KeepView(_) | Command::DropView(_) | Command::ShowView(_) => {
                self.on_reading(command)
            }
            Command::Identify(_) | Command::CloseIdentified | Command::Blink | Command::Swipe | Command::SwipeTo(_) => {
                self.on_reading(command)
            }
            Command::Doctor(_) | Command::DoctorOfMarked | Command::OpenProblem(_) | Command::GotoCase(..) => self.on_doctor(command),
            Command::MendLayer(_) | Command::RemoveDuplicates(_) => self.on_doctor(command),
            Command::ExportLayer(_) | Command::ExportAs(_) | Command::ExportWhere(_) | Command::ExportLayerTo(_) => {
                self.on_export_layer(command)
            }
            Command::ClusterTemplate(_) | Command::ClusterTable(_) | Command::ClusterTemplateTo(_) => self.on_cluster_table(command),
            Command::ReadClusterTable(..) | Command::TakeClusterTable => self.on_cluster_table(command),
            Command::Table => self.toggle_table(),
            Command::SortTable(column) => self.sort_table(column),
            Command::Legend => self.state.legend = !self.state.legend,
            Command::Overview => self.state.overview = !self.state.overview,
            Command::RemoveLayers(_)
            | Command::ShowLayers(..)
            | Command::MoveLayer(..)
            | Command::MarkLayer(..)
            | Command::ShowMarked(_) => {
                self.on_layers(command);
            }
            Command::RemoveMarked | Command::FlyToMarked | Command::MoveMarked(_) | Command::LayerCard(_) => self.on_layers(command),
            Command::TryHead(..) | Command::LayerOpacity(..) | Command::LayerLook(..) => self.on_layers(command),
            Command::Backdrop(id, edit) => self.on_backdrop(id, edit),
            Command::BackdropTrouble(id, trouble) => self.note_trouble(id, *trouble),
            Command::FindClasses(..) | Command::ToggleLayers => self.on_layers(command),
            Command::Tool(kind) => {
                self.state.desk = super::Desk::Draw;
                self.take_tool(kind);
            }
            Command::Snapping => self.state.snapping = !self.state.snapping,
            Command::Select(address) => self.select(address),
            Command::OpenFinding(index) => self.state.open_finding = index,
            Command::Filter(filter) => self.state.filter = filter,
            Command::NextSite => self.step_in_queue(1),
            Command::PreviousSite => self.step_in_queue(-1),
            Command::FlyToSelected => self.fly_to_selected(),
            Command::FlyTo(bbox) => self.fly_to(bbox),
            Command::View(view) => {
                self.state.view = view;
                self.state.fit = None;
            }
            Command::Moved(view, fitted) => {
                self.state.view = view;
                self.state.fit = self.state.fit.filter(|fit| Some(*fit) != fitted);
            }
            Command::ZoomIn => self.state.view.zoom_at(self.state.view.rect.center(), 1.5),
            Command::ZoomOut => self.state.view.zoom_at(self.state.view.rect.center(), 1.0 / 1.5),
            Command::ZoomAll => self.state.fit = self.whole_with_pictures(),
            Command::Scale(denominator) => self.state.view.set_scale(denominator),
            Command::CheckAll => self.start_check(),
            Command::Cancel(id) => self.jobs.cancel(id),
            Command::Dismiss(id) => self.state.notices.retain(|n| n.id != id),
            Command::MakePage(key) => self.make_page(*key),
            Command::Sheet(edit) => match edit {
                SheetEdit::Title(title) => self.state.sheet.title = Some(title),
                SheetEdit::Paper(paper) => self.state.sheet.paper = paper,
                SheetEdit::Landscape(landscape) => self.state.sheet.landscape = landscape,
                SheetEdit::Scale(scale) => self.state.sheet.scale = scale,
            },
        }
    }

    /// Makes `work` the open workspace and shows all of it.
    pub(super) fn set_work(&mut self, work: Work) {
        self.state.fit = Some(whole(&work.document.snapshot().contents));
        self.state.work = Some(work);
        self.stamp();
        self.state.selected = None;
        self.state.live = None;
        self.state.filter = None;
        self.state.marked.clear();
        self.state.layer_card = None;
        self.state.doctor = None;
        self.state.trying = None;
        self.forget_backdrops();
        self.state.identified = None;
        self.state.other_plan = None;
        self.state.table = None;
        self.state.flag = None;
        self.take_tool(ToolKind::SELECT);
        self.open_backdrops();
        self.start_check();
    }

    pub(super) fn notice(&mut self, kind: NoticeKind, words: Message) {
        self.put_notice(kind, words, false);
    }

    pub(super) fn notice_with_undo(&mut self, words: Message) {
        self.put_notice(NoticeKind::Done, words, true);
    }

    fn put_notice(&mut self, kind: NoticeKind, words: Message, undo: bool) {
        self.state.next_notice += 1;
        let notice = Notice { id: self.state.next_notice, kind, words, since: self.ctx.time(), undo };
        // At most two that go away by themselves; errors stay.
        while self.state.notices.iter().filter(|n| n.kind == NoticeKind::Done).count() >= 2 {
            let first = self.state.notices.iter().position(|n| n.kind == NoticeKind::Done);
            first.map(|i| self.state.notices.remove(i));
        }
        self.state.notices.push(notice);
    }

    pub(super) fn edit(&mut self, make: impl FnOnce(&Contents) -> Change) {
        if let Some(work) = &self.state.work {
            let change = make(&work.document.snapshot().contents);
            self.commit(change);
        }
    }

    /// Commits one undo step; what it touches is checked at once, the rest beside the window.
    pub(super) fn commit(&mut self, change: Change) {
        let Some(work) = &mut self.state.work else { return };
        if change.entries.is_empty() {
            return;
        }
        let removed = change.entries.iter().any(|e| match e {
            crate::model::Entry::Layer { becomes, .. } => becomes.is_none(),
            crate::model::Entry::Feature { becomes, .. } => matches!(becomes, crate::model::FeatureState::Gone),
            _ => false,
        });
        let note = change.note.clone();
        work.document.commit(change);
        if removed {
            self.put_notice(NoticeKind::Done, note, true);
        }
        self.after_change();
    }

    fn step_back(&mut self, undo: bool) {
        let Some(work) = &mut self.state.work else { return };
        let note = if undo { work.document.undo() } else { work.document.redo() };
        if let Some(note) = note {
            let key = if undo { "app.notice.undone" } else { "app.notice.redone" };
            self.put_notice(NoticeKind::Done, Message::new(key).with("what", note), false);
            self.state.live = None;
            self.after_change();
        }
    }

    pub(super) fn after_change(&mut self) {
        let Some(work) = &self.state.work else { return };
        let snapshot = work.document.snapshot();
        let there = |a: Address| snapshot.contents.layer(a.layer).is_some_and(|l| l.feature(a.feature).is_some());
        if self.state.selected.is_some_and(|a| !there(a)) {
            self.state.selected = None;
        }
        let in_looks_only = |(_, for_what): &(u64, Arc<Contents>)| snapshot.contents.differs_in_looks_only(for_what);
        if !work.checked_for.as_ref().is_some_and(in_looks_only) {
            self.check_selected();
            self.start_check();
        }
        if self.state.desk == super::Desk::Track {
            self.measure();
        }
        self.order_table();
        self.examine();
        self.open_backdrops();
    }

    /// Measures every plan version beside the window, when that was not done for these contents.
    fn measure(&mut self) {
        let Some(work) = &self.state.work else { return };
        let (snapshot, today) = (work.document.snapshot(), self.state.today);
        if work.measured.as_ref().is_some_and(|(revision, _)| *revision == snapshot.revision) {
            return;
        }
        self.jobs.start(&self.ctx, Kind::Measure, Some(Message::new("app.job.measure")), move |_| {
            let contents = &snapshot.contents;
            let in_force = plan_on(contents, today);
            let measured = contents.layers_of(Role::Plan).filter_map(|(layer, _)| {
                let scale = scale(contents, layer).ok()?;
                Some(PlanScale { layer, in_force: in_force == Some(layer), scale })
            });
            Done::Measured { revision: snapshot.revision, plans: measured.collect() }
        });
    }

    /// Says that the verdicts are others than before.
    fn stamp(&mut self) {
        self.state.next_stamp += 1;
        if let Some(work) = &mut self.state.work {
            work.stamp = self.state.next_stamp;
        }
    }

    /// The selected site gets its verdict before the batch comes to it.
    fn check_selected(&mut self) {
        let (Some(address), Some(work)) = (self.state.selected, &mut self.state.work) else { return };
        let (Some(checker), snapshot) = (&work.checker, work.document.snapshot()) else { return };
        let Some(layer) = snapshot.contents.layer(address.layer).filter(|l| l.head.role == Role::Sites) else { return };
        let Some(feature) = layer.feature(address.feature) else { return };
        let reader = SiteReader::new(SiteFields::of(layer));
        let one = check_one(checker, feature, &reader, record_number(feature, layer.len()));
        Arc::make_mut(&mut work.checked.sites).insert(address, one);
        self.stamp();
    }

    /// Starts the batch on the contents as they are now; one that runs on older ones is dropped.
    fn start_check(&mut self) {
        let Some(work) = &mut self.state.work else { return };
        let snapshot = work.document.snapshot();
        work.checked_for = Some((snapshot.revision, snapshot.contents.clone()));
        let before = (work.checker.clone(), work.checked.clone());
        let today = self.state.today;
        let words = Message::new("app.job.check");
        self.jobs.start(&self.ctx, Kind::Check, Some(words), move |progress| {
            Done::Checked(Box::new(check_all(&snapshot.contents, snapshot.revision, today, before, progress)))
        });
    }

    fn take_finished(&mut self) {
        for result in self.jobs.finished() {
            self.take_in(result);
        }
    }

    fn take_in(&mut self, result: Done) {
        match result {
            Done::Checked(batch) => {
                let Some(work) = &mut self.state.work else { return };
                if work.checked_for.as_ref().is_none_or(|(revision, _)| batch.checked.revision != *revision) {
                    // Stale: another one is on its way.
                    return;
                }
                work.checker = batch.checker;
                work.checked = batch.checked;
                let (done, all) = (work.checked.sites.len(), work.checked.order.len());
                self.stamp();
                if batch.cancelled {
                    self.notice(NoticeKind::Done, Message::new("app.notice.check_cancelled").with("done", done).with("all", all));
                }
            }
            Done::Measured { revision, plans } => {
                if let Some(work) = &mut self.state.work {
                    work.measured = Some((revision, Arc::new(plans)));
                }
            }
            Done::Paged(page) => {
                self.state.page = Some(*page);
                self.state.page_under_way = false;
            }
            Done::Backdrop { known, input, result } => self.take_backdrop(known, *input, result),
            Done::Clusters { layer, result } => self.take_cluster_table(layer, result),
            Done::Examined { layer, of, found } => self.take_examined(layer, &of, found),
            Done::Ordered { layer, sort, order } => self.take_order(layer, sort, order),
            Done::Classes { layer, field, classes } => self.take_classes(layer, &field, classes),
            Done::Crashed(cause) => self.notice(NoticeKind::Error, Message::new("app.notice.crashed").with("cause", cause)),
            other => self.take_in_files(other),
        }
    }

    pub(super) fn select(&mut self, address: Option<Address>) {
        if self.state.selected != address {
            self.state.selected = address;
            self.state.open_finding = None;
            self.state.live = None;
            if address.is_some_and(|a| self.state.verdict_of(a).is_none()) {
                self.check_selected();
            }
        }
    }

    fn step_in_queue(&mut self, by: isize) {
        let queue = self.state.queue();
        if queue.is_empty() {
            return;
        }
        let at = self.state.selected.and_then(|s| queue.iter().position(|a| *a == s));
        let next = match at {
            Some(i) => (i as isize + by).clamp(0, queue.len() as isize - 1) as usize,
            None => 0,
        };
        self.select(Some(queue[next]));
        self.fly_to_selected();
    }

    fn fly_to_selected(&mut self) {
        let (Some(address), Some(work)) = (self.state.selected, &self.state.work) else { return };
        let snapshot = work.document.snapshot();
        if let Some(feature) = snapshot.contents.layer(address.layer).and_then(|l| l.feature(address.feature)) {
            self.fly_to(feature.rings().bbox());
        }
    }

    pub(super) fn fly_to(&mut self, bbox: BBox) {
        if !bbox.is_empty() {
            // Room around it, so that what it lies in is seen too.
            let margin = bbox.width().max(bbox.height()).max(20.0) * 0.6;
            self.state.view.fit(bbox.grown(margin), 24.0);
        }
    }
}

/// An empty workspace on the usual plane.
pub(super) fn new_work(name: &str) -> Work {
    let contents = Contents::new(crate::crs::Crs::CGCS2000_ZONE_40);
    work_of(Document::new(contents, IdSource::new(workspace_number())), None, name.to_owned())
}

pub(super) fn work_of(document: Document, path: Option<PathBuf>, name: String) -> Work {
    Work { document, path, name, checker: None, checked: Default::default(), stamp: 0, measured: None, checked_for: None }
}

/// Tells workspaces apart that are made on the same day: the time they were made.
pub(super) fn workspace_number() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |d| d.as_millis() as u64)
}

/// Districts and plans, else everything.
pub(super) fn whole(contents: &Contents) -> BBox {
    let of = |roles: &[Role]| {
        contents
            .layers_in_order()
            .filter(|(_, l)| roles.is_empty() || roles.contains(&l.head.role))
            .fold(BBox::EMPTY, |b, (_, l)| b.join(l.bbox()))
    };
    let main = of(&[Role::Districts, Role::Plan]);
    if main.is_empty() { of(&[]) } else { main }
}

//! All that the window knows, as plain values: panels read it, `App::run` alone writes it.

use super::canvas::View;
use super::check::Checked;
use super::command::Desk;
use super::landing::Landing;
use super::page::MadePage;
use super::tools::{Edited, Tool, ToolKind, make};
use crate::crs::Crs;
use crate::document::Document;
use crate::geom::{BBox, Point};
use crate::job::{ClusterTable, ConvertFormat, EncodingSample, Input, Inspection, MapFormat, OpenBackdrop};
use crate::model::{Contents, Date, FeatureId, Layer, LayerHead, LayerId, Role, UseSystem};
use crate::rules::{Checker, Position, Verdict};
use crate::scene::Address;
use crate::text::{Lang, Message};
use crate::tracking::Scale;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

/// An open workspace.
pub struct Work {
    pub document: Document,
    /// `None` until it is saved for the first time.
    pub path: Option<PathBuf>,
    pub name: String,
    /// Prepared for the plan in force; `None` while it is being prepared, or when there is no plan.
    pub checker: Option<Arc<Checker>>,
    pub checked: Checked,
    /// Another one whenever `checked` is: what was made of it (marks, rows of the queue) knows by this when it is stale.
    pub stamp: u64,
    /// Every plan version measured, and the revision it was measured at.
    pub measured: Option<(u64, Arc<Vec<PlanScale>>)>,
    /// What the last batch was started for: a change of looks alone asks for no other.
    pub checked_for: Option<(u64, Arc<Contents>)>,
}

/// One plan version as the Track desk shows it.
#[derive(Clone, Debug)]
pub struct PlanScale {
    pub layer: LayerId,
    pub in_force: bool,
    pub scale: Scale,
}

/// What is being drawn, and its verdict at this very moment.
pub struct Live {
    pub edited: Edited,
    pub verdict: Option<Verdict>,
    /// Its verdict when the gesture began.
    pub before: Option<Arc<Verdict>>,
    /// Area in m²; of the outline as it stands when it is no sound area yet.
    pub area_m2: f64,
}

/// The data doctor's page of a layer.
#[derive(Clone, Debug)]
pub struct Doctor {
    pub layer: LayerId,
    /// `None` while it is being looked at for the first time.
    pub found: Option<Arc<Inspection>>,
    /// The layer that is looked at.
    pub of: Option<Arc<Layer>>,
    /// The problem whose cases are listed.
    pub open: Option<&'static str>,
}

/// Everything under one place, what is drawn on top first.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    pub at: Point,
    pub features: Vec<Address>,
    /// More lay there than are listed.
    pub more: usize,
}

/// The attribute table of a layer.
#[derive(Clone, Debug)]
pub struct Table {
    pub layer: LayerId,
    /// Column, and whether the greatest stands first.
    pub sort: Option<(usize, bool)>,
    /// `None` while it is being made.
    pub order: Option<Arc<Vec<FeatureId>>>,
    /// The layer that the order is made of.
    pub of: Option<Arc<Layer>>,
}

/// How another plan version is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OtherPlan {
    /// In place of the one in force.
    Instead(LayerId),
    /// Right of a line at that share of the map's width.
    Beside(LayerId, f32),
}

/// A question that blocks.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// What a file is to be used for.
    Role { path: PathBuf },
    /// Which reading of a file's numbers is meant.
    Crs { input: Box<Input>, role: Role, landings: Vec<Landing> },
    /// Which layer of a file is meant.
    Layers { input: Box<Input>, role: Role, layers: Vec<LayerChoice> },
    /// Which encoding reads.
    Encoding { input: Box<Input>, role: Role, samples: Vec<EncodingSample> },
    /// Whose land-use codes a file bears: each system that may be meant, with some codes and what they mean by it.
    Codes { input: Box<Input>, role: Role, systems: Vec<(UseSystem, Vec<String>)> },
    /// No way leads from its datum to the workspace's without parameters.
    Shift { input: Box<Input>, role: Role, why: Message },
    /// What a table would make of a plan's clusters.
    Clusters { layer: LayerId, table: Arc<ClusterTable> },
    /// How a layer is to be written.
    Export(LayerExport),
    /// Where no file dialog is to be had: a path is typed.
    Path { purpose: PathPurpose },
}

/// One layer of a file that holds several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerChoice {
    /// The value of `layer=`.
    pub layer: String,
    /// As it is shown, and what is in it where that is known.
    pub name: String,
    pub holds: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathPurpose {
    OpenFiles,
    OpenWorkspace,
    SaveAs,
    Export(MapFormat),
    ExportLayer,
    /// A file of shift parameters.
    Shift,
    /// The template of a plan's attributes, and a table of them.
    ClusterTemplate,
    ClusterTable,
}

/// How a layer is written.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerExport {
    pub layer: LayerId,
    pub format: ConvertFormat,
    /// `None`: the usual one of the format.
    pub to: Option<Crs>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Goes away after a while.
    Done,
    /// Stays until it is put away.
    Error,
}

#[derive(Clone, Debug)]
pub struct Notice {
    pub id: u64,
    pub kind: NoticeKind,
    pub words: Message,
    /// egui time at which it came.
    pub since: f64,
    /// Undo stands beside it.
    pub undo: bool,
}

/// The page of the sheet desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub title: Option<String>,
    pub paper: &'static str,
    pub landscape: bool,
    pub scale: Option<f64>,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { title: None, paper: "A3", landscape: false, scale: None }
    }
}

/// What the picture of the page depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct PageKey {
    pub revision: u64,
    pub sheet: Sheet,
    pub lang: Lang,
    pub width_px: u32,
}

pub struct State {
    pub lang: Lang,
    pub dark: bool,
    pub today: Date,
    pub desk: Desk,
    pub presentation: bool,
    pub work: Option<Work>,
    pub view: View,
    /// The map is to show this as soon as its size is known.
    pub fit: Option<BBox>,
    pub tool: Box<dyn Tool>,
    pub snapping: bool,
    pub selected: Option<Address>,
    pub open_finding: Option<usize>,
    pub filter: Option<Position>,
    pub live: Option<Live>,
    pub renaming: Option<LayerId>,
    /// Layers marked in the panel, for what is done to several.
    pub marked: BTreeSet<LayerId>,
    /// The layer whose style card stands beside the panel.
    pub layer_card: Option<LayerId>,
    pub doctor: Option<Doctor>,
    /// What a layer says about itself while a slider is held: shown, not yet committed.
    pub trying: Option<(LayerId, LayerHead)>,
    /// The pictures under the map that are open, or why one is not.
    pub backdrops: BTreeMap<LayerId, Result<Arc<OpenBackdrop>, Message>>,
    /// What could not be read of one that is open.
    pub backdrop_troubles: BTreeMap<LayerId, Message>,
    /// The picture whose row is unfolded in the panel.
    pub backdrop_marked: Option<LayerId>,
    /// The opacity of a picture while its slider is held.
    pub trying_backdrop: Option<(LayerId, f32)>,
    /// The layers stand in the left panel of desks that have something else there.
    pub layers_open: bool,
    /// The box for coordinates and kept views is open.
    pub goto: bool,
    /// A place that was gone to: marked until Esc.
    pub flag: Option<Point>,
    /// What lies under a place that was pointed at.
    pub identified: Option<Identified>,
    /// Another plan version than the one in force is looked at.
    pub other_plan: Option<OtherPlan>,
    /// The attribute table at the bottom.
    pub table: Option<Table>,
    /// The small map of the whole.
    pub overview: bool,
    /// The legend over the map.
    pub legend: bool,
    pub palette: bool,
    pub dialog: Option<Dialog>,
    /// What is written once its place is chosen.
    pub export: Option<LayerExport>,
    /// What is opened once its parameters are chosen.
    pub to_shift: Option<(Box<Input>, Role)>,
    /// The plan that a template or a table is asked for.
    pub table_for: Option<LayerId>,
    /// The last path was typed, not chosen in a dialog of the system.
    pub typed_path: bool,
    pub notices: Vec<Notice>,
    pub sheet: Sheet,
    /// The page as it was made last; older than the sheet while a new one is being made.
    pub page: Option<MadePage>,
    /// A page is being made.
    pub page_under_way: bool,
    /// Files whose use is still to be asked, one after the other.
    pub waiting: VecDeque<PathBuf>,
    pub next_notice: u64,
    pub next_stamp: u64,
}

impl State {
    pub fn new(lang: Lang, today: Date) -> Self {
        Self {
            lang,
            dark: false,
            today,
            desk: Desk::default(),
            presentation: false,
            work: None,
            view: View::default(),
            fit: None,
            tool: make(ToolKind::SELECT),
            snapping: true,
            selected: None,
            open_finding: None,
            filter: None,
            live: None,
            renaming: None,
            marked: BTreeSet::new(),
            layer_card: None,
            doctor: None,
            trying: None,
            backdrops: BTreeMap::new(),
            backdrop_troubles: BTreeMap::new(),
            backdrop_marked: None,
            trying_backdrop: None,
            layers_open: false,
            goto: false,
            flag: None,
            identified: None,
            other_plan: None,
            table: None,
            overview: true,
            legend: true,
            palette: false,
            dialog: None,
            export: None,
            to_shift: None,
            table_for: None,
            typed_path: false,
            notices: Vec::new(),
            sheet: Sheet::default(),
            page: None,
            page_under_way: false,
            waiting: VecDeque::new(),
            next_notice: 0,
            next_stamp: 0,
        }
    }

    /// The plan version that the map shows, or its left part while two stand side by side.
    pub fn plan_shown(&self) -> Option<LayerId> {
        let contents = self.work.as_ref()?.document.snapshot().contents;
        match self.other_plan {
            Some(OtherPlan::Instead(other)) if contents.layer(other).is_some() => Some(other),
            _ => crate::scene::plan_on(&contents, self.today),
        }
    }

    /// The verdict of the selected site: the live one while it is being changed.
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.live {
            Some(live) => live.verdict.as_ref(),
            None => self.selected.and_then(|address| self.verdict_of(address)).map(|v| &**v),
        }
    }

    pub fn verdict_of(&self, address: Address) -> Option<&Arc<Verdict>> {
        self.work.as_ref()?.checked.sites.get(&address).map(|one| &one.verdict)
    }

    /// Addresses of the queue under the filter, in the order of the layers and their features.
    pub fn queue(&self) -> Vec<Address> {
        let Some(work) = &self.work else { return Vec::new() };
        let passes = |address: &Address| self.filter.is_none_or(|f| work.checked.position(*address) == Some(f));
        work.checked.order.iter().copied().filter(passes).collect()
    }
}

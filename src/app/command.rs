//! Everything the window can be asked to do, and the one table of names and keys that menu, palette and tooltips are made from.

use super::canvas::View;
use super::icons;
use super::state::{LayerExport, PageKey};
use super::tools::{MapEvent, TOOLS, ToolKind};
use crate::geom::{BBox, Point};
use crate::job::{Input, MapFormat};
use crate::model::{Bookmark, Change, LayerHead, LayerId, Look, Role, Way};
use crate::rules::Position;
use crate::scene::Address;
use crate::text::{Lang, word};
use egui::{Key, KeyboardShortcut, Modifiers};
use std::path::PathBuf;
use std::sync::Arc;

/// The four workplaces around the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Desk {
    Draw,
    #[default]
    Precheck,
    Track,
    Sheet,
}

/// A field of the sheet desk.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetEdit {
    Title(String),
    Paper(&'static str),
    Landscape(bool),
    /// `None`: the roundest scale that shows the whole city.
    Scale(Option<f64>),
}

/// How a click marks a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Only,
    /// With Ctrl.
    Toggle,
    /// With Shift: all from the last marked one on.
    Through,
}

/// Which classes are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassesAsked {
    pub field: Arc<str>,
    pub way: Way,
    pub count: usize,
    pub palette: String,
}

/// What is done to a picture under the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BackdropEdit {
    /// Unfolds its row in the panel, or folds it.
    Mark,
    Show(bool),
    /// Its slider is held: shown, not yet committed.
    TryOpacity(f32),
    Opacity(f32),
    /// One place up among the pictures, or down.
    Move(bool),
    Remove,
    FlyTo,
}

/// What panels, tools and keys ask for. `App::run` alone answers.
#[derive(Clone, Debug)]
pub enum Command {
    Desk(Desk),
    Palette(bool),
    Lang(Lang),
    ToggleLang,
    ToggleDark,
    NewWorkspace,
    OpenFiles,
    OpenWorkspace,
    OpenSample,
    /// Files that were dropped, chosen or typed.
    OpenPaths(Vec<PathBuf>),
    /// The role chosen in the dialog for the file that waits.
    OpenAs(PathBuf, Role),
    /// A file with the settings that were chosen for it.
    OpenInput(Box<Input>, Role),
    /// Asks for the parameters that lead out of its datum.
    ChooseShift(Box<Input>, Role),
    CloseDialog,
    Save,
    SaveAs,
    SaveTo(PathBuf),
    Undo,
    Redo,
    Commit(Box<Change>),
    /// Something happened on the map: the tool in hand answers.
    Map(MapEvent),
    RemoveSelected,
    RenameLayer(LayerId, String),
    BeginRename(Option<LayerId>),
    RemoveLayers(Vec<LayerId>),
    ShowLayers(Vec<LayerId>, bool),
    /// A layer to that place of the drawing order, 0 the lowest.
    MoveLayer(LayerId, usize),
    MarkLayer(LayerId, Mark),
    /// What is done to the marked layers.
    ShowMarked(bool),
    RemoveMarked,
    FlyToMarked,
    /// The marked layer one place up in the panel, or down.
    MoveMarked(bool),
    /// The card with a layer's style.
    LayerCard(Option<LayerId>),
    /// The data doctor's page of a layer.
    Doctor(Option<LayerId>),
    /// That of the marked layer, and away with it.
    DoctorOfMarked,
    /// The cases of one problem, by its text key.
    OpenProblem(Option<&'static str>),
    /// To the place of a problem; the first of these rows of the layer is selected.
    GotoCase(Vec<usize>, BBox),
    /// Unsound shapes of a layer become their mended ones.
    MendLayer(LayerId),
    RemoveDuplicates(LayerId),
    /// Asks where to write the template of a plan's attributes, and which table to take them from.
    ClusterTemplate(LayerId),
    ClusterTable(LayerId),
    ClusterTemplateTo(PathBuf),
    /// Looks at a table beside the window; what it would change is shown.
    ReadClusterTable(LayerId, PathBuf),
    /// The table that is shown becomes one step.
    TakeClusterTable,
    /// Asks how a layer is to be written; of `None` the marked one.
    ExportLayer(Option<LayerId>),
    /// Another format or system in the dialog.
    ExportAs(LayerExport),
    /// Asks where to.
    ExportWhere(LayerExport),
    ExportLayerTo(PathBuf),
    /// A path that was typed, for whatever asked for one.
    Typed(super::state::PathPurpose, PathBuf),
    /// A slider is held: what the layer would say about itself is shown, not yet committed.
    TryHead(LayerId, Box<LayerHead>),
    LayerOpacity(LayerId, f32),
    LayerLook(LayerId, Box<Look>),
    Backdrop(LayerId, BackdropEdit),
    /// Something of a picture could not be read.
    BackdropTrouble(LayerId, Box<crate::text::Message>),
    /// Looks for the classes of a layer's field beside the window, and commits the look with them.
    FindClasses(LayerId, ClassesAsked),
    /// The box for coordinates and kept views.
    Goto(bool),
    /// To a place, which is marked.
    GotoPlace(Point),
    /// Keeps the view as it is under a name; an empty one is made up.
    KeepView(String),
    DropView(Arc<str>),
    ShowView(Bookmark),
    /// What lies under a place; of `None` under the pointer.
    Identify(Option<Point>),
    CloseIdentified,
    /// The next plan version in place of the one in force, and back.
    Blink,
    /// The next plan version right of a line, and back.
    Swipe,
    SwipeTo(f32),
    Overview,
    Legend,
    /// The attribute table of the marked layer, and away with it.
    Table,
    SortTable(usize),
    /// The layers in the left panel, in place of what the desk has there.
    ToggleLayers,
    Tool(ToolKind),
    Snapping,
    Select(Option<Address>),
    OpenFinding(Option<usize>),
    Filter(Option<Position>),
    NextSite,
    PreviousSite,
    FlyToSelected,
    FlyTo(BBox),
    /// The map shows this view.
    View(View),
    /// The canvas shows this view, by hand or to fit the box; another box that came meanwhile is still to be fitted.
    Moved(View, Option<BBox>),
    ZoomIn,
    ZoomOut,
    ZoomAll,
    Scale(f64),
    CheckAll,
    Cancel(u64),
    Dismiss(u64),
    Sheet(SheetEdit),
    /// The picture of the page as the fields ask for it now.
    MakePage(Box<PageKey>),
    Export(MapFormat),
    ExportTo(MapFormat, PathBuf),
    Presentation,
}

/// When a key acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Always: it is held with Ctrl, or a function key.
    Anywhere,
    /// Only while no text field has the focus.
    Map,
}

/// One row of the table.
#[derive(Clone, Debug)]
pub struct Entry {
    pub command: Command,
    /// Text key of its name.
    pub key: &'static str,
    /// Initials of the Chinese name's pinyin, for the palette.
    pub initials: &'static str,
    pub icon: &'static str,
    pub shortcut: Option<KeyboardShortcut>,
    pub reach: Reach,
    /// It needs an open workspace.
    pub needs_document: bool,
}

const CTRL: Modifiers = Modifiers::COMMAND;

fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(CTRL, key))
}

fn ctrl_shift(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(CTRL | Modifiers::SHIFT, key))
}

fn alt(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::ALT, key))
}

fn plain(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::NONE, key))
}

/// The table, in the order of the palette.
pub fn table() -> Vec<Entry> {
    use Reach::{Anywhere, Map};
    let row = |command, key, initials, icon, shortcut, reach, needs_document| Entry {
        command,
        key,
        initials,
        icon,
        shortcut,
        reach,
        needs_document,
    };
    let mut all = vec![
        row(Command::Desk(Desk::Draw), "app.desk.draw", "hz", icons::PENCIL_SIMPLE_LINE, ctrl(Key::Num1), Anywhere, true),
        row(Command::Desk(Desk::Precheck), "app.desk.precheck", "xzhc", icons::LIST_CHECKS, ctrl(Key::Num2), Anywhere, true),
        row(Command::Desk(Desk::Track), "app.desk.track", "ssjc", icons::CHART_LINE_UP, ctrl(Key::Num3), Anywhere, true),
        row(Command::Desk(Desk::Sheet), "app.desk.sheet", "ct", icons::PRINTER, ctrl(Key::Num4), Anywhere, true),
        row(Command::Palette(true), "app.cmd.palette", "ml", icons::MAGNIFYING_GLASS, ctrl(Key::K), Anywhere, false),
        row(Command::OpenWorkspace, "app.cmd.open_workspace", "dkgc", icons::DATABASE, ctrl_shift(Key::O), Anywhere, false),
        row(Command::OpenFiles, "app.cmd.open_files", "xzwj", icons::FOLDER_OPEN, ctrl(Key::O), Anywhere, false),
        row(Command::NewWorkspace, "app.cmd.new_workspace", "xjkbgc", icons::FILE_PLUS, ctrl(Key::N), Anywhere, false),
        row(Command::OpenSample, "app.cmd.open_sample", "dksl", icons::PLAY, None, Anywhere, false),
        row(Command::SaveAs, "app.cmd.save_as", "lcw", icons::FLOPPY_DISK, ctrl_shift(Key::S), Anywhere, true),
        row(Command::Save, "app.cmd.save", "bc", icons::FLOPPY_DISK, ctrl(Key::S), Anywhere, true),
        row(Command::Redo, "app.cmd.redo", "cz", icons::ARROW_U_UP_RIGHT, ctrl(Key::Y), Anywhere, true),
        row(Command::Undo, "app.cmd.undo", "cx", icons::ARROW_U_UP_LEFT, ctrl(Key::Z), Anywhere, true),
        row(Command::CheckAll, "app.cmd.check_all", "plhc", icons::PLAY, plain(Key::F5), Anywhere, true),
        row(Command::Snapping, "app.tool.snapping", "bz", icons::MAGNET, plain(Key::S), Map, true),
        row(Command::RemoveSelected, "app.cmd.remove_selected", "scyd", icons::TRASH, plain(Key::Delete), Map, true),
        row(Command::Goto(true), "app.cmd.goto", "zdzb", icons::MAP_PIN, ctrl(Key::G), Anywhere, true),
        row(Command::KeepView(String::new()), "app.cmd.keep_view", "scst", icons::PUSH_PIN, ctrl(Key::D), Anywhere, true),
        row(Command::Identify(None), "app.cmd.identify", "sb", icons::INFO, plain(Key::I), Map, true),
        row(Command::Blink, "app.cmd.blink", "qhghbb", icons::SWAP, plain(Key::B), Map, true),
        row(Command::Swipe, "app.cmd.swipe", "jlbj", icons::ARROWS_LEFT_RIGHT, plain(Key::W), Map, true),
        row(Command::Overview, "app.cmd.overview", "yy", icons::MAP_TRIFOLD, plain(Key::O), Map, true),
        row(Command::Legend, "app.cmd.legend", "tl", icons::LIST, plain(Key::G), Map, true),
        row(Command::Table, "app.cmd.table", "sxb", icons::TABLE, ctrl(Key::T), Anywhere, true),
        row(Command::DoctorOfMarked, "app.cmd.doctor", "sjzj", icons::FIRST_AID_KIT, None, Anywhere, true),
        row(Command::ExportLayer(None), "app.cmd.export_layer", "dctc", icons::EXPORT, None, Anywhere, true),
        row(Command::ToggleLayers, "app.cmd.layers", "tc", icons::STACK, ctrl(Key::L), Anywhere, true),
        row(Command::ShowMarked(true), "app.cmd.show_marked", "xstc", icons::EYE, None, Anywhere, true),
        row(Command::ShowMarked(false), "app.cmd.hide_marked", "yctc", icons::EYE_SLASH, None, Anywhere, true),
        row(Command::FlyToMarked, "app.cmd.fly_to_layer", "sfdtc", icons::CORNERS_OUT, None, Anywhere, true),
        row(Command::MoveMarked(true), "app.cmd.layer_up", "tcsy", icons::CARET_UP, alt(Key::ArrowUp), Anywhere, true),
        row(Command::MoveMarked(false), "app.cmd.layer_down", "tcxy", icons::CARET_DOWN, alt(Key::ArrowDown), Anywhere, true),
        row(Command::RemoveMarked, "app.cmd.remove_layers", "yctc", icons::TRASH, None, Anywhere, true),
        row(Command::NextSite, "app.cmd.next_site", "xyj", icons::CARET_DOWN, plain(Key::ArrowDown), Map, true),
        row(Command::PreviousSite, "app.cmd.previous_site", "syj", icons::CARET_UP, plain(Key::ArrowUp), Map, true),
        row(Command::FlyToSelected, "app.cmd.fly_to", "dw", icons::CROSSHAIR, plain(Key::F), Map, true),
        row(Command::ZoomIn, "app.cmd.zoom_in", "fd", icons::PLUS, plain(Key::Plus), Map, true),
        row(Command::ZoomOut, "app.cmd.zoom_out", "sx", icons::MINUS, plain(Key::Minus), Map, true),
        row(Command::ZoomAll, "app.cmd.zoom_all", "qt", icons::CORNERS_OUT, plain(Key::Num0), Map, true),
        row(Command::Export(MapFormat::Pdf), "app.cmd.export_pdf", "dcdt", icons::FILE_PDF, ctrl(Key::P), Anywhere, true),
        row(Command::Export(MapFormat::Png), "app.cmd.export_png", "dctp", icons::IMAGE, None, Anywhere, true),
        row(Command::Export(MapFormat::Svg), "app.cmd.export_svg", "dcsl", icons::IMAGE, None, Anywhere, true),
        row(Command::ToggleLang, "app.cmd.language", "yyqh", icons::TRANSLATE, None, Anywhere, false),
        row(Command::ToggleDark, "app.cmd.dark", "shzt", icons::MOON, None, Anywhere, false),
        row(Command::Presentation, "app.cmd.presentation", "ys", icons::LAYOUT, plain(Key::F11), Anywhere, true),
    ];
    let tools = TOOLS.iter().map(|t| row(Command::Tool(t.kind), t.key, t.initials, t.icon, plain(t.letter), Map, true));
    // Before the row of snapping, which belongs to them.
    let place = all.iter().position(|e| matches!(e.command, Command::Snapping)).unwrap_or(all.len());
    all.splice(place..place, tools);
    all
}

/// A key as printed on its cap.
pub fn key_cap(shortcut: KeyboardShortcut) -> String {
    let mut cap = String::new();
    if shortcut.modifiers.command || shortcut.modifiers.ctrl {
        cap.push_str("Ctrl ");
    }
    if shortcut.modifiers.shift {
        cap.push_str("Shift ");
    }
    if shortcut.modifiers.alt {
        cap.push_str("Alt ");
    }
    cap.push_str(match shortcut.logical_key {
        Key::Num0 => "0",
        Key::Num1 => "1",
        Key::Num2 => "2",
        Key::Num3 => "3",
        Key::Num4 => "4",
        Key::Plus => "+",
        Key::Minus => "−",
        Key::ArrowDown => "↓",
        Key::ArrowUp => "↑",
        other => other.name(),
    });
    cap
}

/// The row whose name is `key`.
pub fn entry(key: &str) -> Option<Entry> {
    table().into_iter().find(|e| e.key == key)
}

/// Name and key cap on one line, for a tooltip.
pub fn tooltip(lang: Lang, key: &'static str) -> String {
    match entry(key).and_then(|e| e.shortcut) {
        Some(shortcut) => format!("{}\u{3000}{}", word(lang, key), key_cap(shortcut)),
        None => word(lang, key).to_owned(),
    }
}

/// Commands whose keys were pressed this frame. Letters act only while no text field has the focus.
pub fn pressed(ctx: &egui::Context) -> Vec<Command> {
    let typing = ctx.text_edit_focused();
    let mut asked = Vec::new();
    ctx.input_mut(|input| {
        for entry in table() {
            let Some(shortcut) = entry.shortcut else { continue };
            if entry.reach == Reach::Map && (typing || input.modifiers.any() && shortcut.logical_key != Key::Plus) {
                continue;
            }
            let also = (shortcut.logical_key == Key::Plus).then(|| KeyboardShortcut::new(Modifiers::NONE, Key::Equals));
            if input.consume_shortcut(&shortcut) || also.is_some_and(|s| input.consume_shortcut(&s)) {
                asked.push(entry.command);
            }
        }
    });
    asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_command_has_a_name_and_no_key_is_given_twice() {
        let mut keys = BTreeSet::new();
        for entry in table() {
            for lang in [Lang::Zh, Lang::En] {
                assert_ne!(word(lang, entry.key), entry.key, "no words for {}", entry.key);
            }
            if let Some(shortcut) = entry.shortcut {
                assert!(keys.insert(key_cap(shortcut)), "{} is bound twice", key_cap(shortcut));
            }
        }
    }
}

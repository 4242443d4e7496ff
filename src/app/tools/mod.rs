//! Tools on the map: each holds what is half drawn; a finished gesture goes to the document as one change.

mod measure;
mod polygon;
mod ring;
mod select;
mod snap;
mod vertices;

use super::canvas::View;
use crate::document::Snapshot;
use crate::geom::{Point, Rings};
use crate::scene::Address;
use egui::{CursorIcon, Key};
pub use select::{Select, picked};
pub use snap::{Snap, SnapKind, snapped};

/// Which tool. Each tool's file says its own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ToolKind(&'static str);

/// What the command table, the strip on the map and the palette need to know of a tool.
pub struct ToolFacts {
    pub kind: ToolKind,
    /// Text key of its name.
    pub key: &'static str,
    /// Initials of the Chinese name's pinyin, for the palette.
    pub initials: &'static str,
    pub icon: &'static str,
    pub letter: Key,
    /// The pointer while it is in hand and rests on the map.
    pub cursor: CursorIcon,
    pub make: fn() -> Box<dyn Tool>,
}

/// The tools, in the order of the strip: one line a tool.
pub const TOOLS: &[ToolFacts] = &[select::FACTS, polygon::FACTS, vertices::FACTS, measure::FACTS];

/// What happened on the map, in plan metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MapEvent {
    Move(Point),
    Leave,
    Click(Point),
    DoubleClick(Point),
    DragStart(Point),
    Drag(Point),
    DragEnd(Point),
    Enter,
    Escape,
    Backspace,
}

/// What a tool may look at.
pub struct ToolContext<'a> {
    pub snapshot: &'a Snapshot,
    pub view: &'a View,
    pub selected: Option<Address>,
    /// The pointer takes to vertices and edges near it.
    pub snapping: bool,
    /// Edges are held at right angles to the last one.
    pub square: bool,
}

/// A shape that is being drawn or changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    pub rings: Rings,
    /// The feature that is being changed; `None` for a new one.
    pub feature: Option<Address>,
}

/// A finished piece of work: one undo step.
#[derive(Clone, Debug, PartialEq)]
pub enum Gesture {
    NewSite(Rings),
    Reshape { feature: Address, rings: Rings },
}

/// What the tool wants after an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Nothing,
    /// What is held has changed; `None`: nothing is held any more.
    Hold(Option<Edited>),
    Finish(Gesture),
    Select(Option<Address>),
    /// Esc with nothing in hand: back to the pointer.
    PutAway,
}

/// What the canvas paints for the tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Rings of the sketch, the first point not repeated.
    pub rings: Vec<Vec<Point>>,
    /// The sketch is a line that still runs after the pointer.
    pub open: bool,
    /// Rings as they were before the gesture, dashed.
    pub before: Vec<Vec<Point>>,
    pub handles: Vec<Point>,
    /// Smaller: a click or a drag adds a vertex here.
    pub midpoints: Vec<Point>,
    pub active: Option<Point>,
    pub snap: Option<Snap>,
    /// Lengths are written beside the edges.
    pub measured: bool,
    /// What is being measured: its lengths and area are summed up.
    pub path: Vec<Point>,
}

/// A tool in hand.
pub trait Tool {
    fn kind(&self) -> ToolKind;

    fn event(&mut self, event: MapEvent, context: &ToolContext<'_>) -> Step;

    /// A drag that starts here belongs to the tool; otherwise it pans.
    fn grabs(&self, _at: Point, _context: &ToolContext<'_>) -> bool {
        false
    }

    /// Key of the hint at the bottom of the map and the key caps in it.
    fn hint(&self) -> Hint;

    fn preview(&self, context: &ToolContext<'_>) -> Preview;
}

/// Words and keys at the bottom of the map: `(key cap, text key)`; an empty cap is words alone.
pub type Hint = &'static [(&'static str, &'static str)];

pub fn facts(kind: ToolKind) -> Option<&'static ToolFacts> {
    TOOLS.iter().find(|f| f.kind == kind)
}

pub fn make(kind: ToolKind) -> Box<dyn Tool> {
    facts(kind).map_or_else(|| Box::new(Select) as Box<dyn Tool>, |f| (f.make)())
}

/// Distance in m at which the pointer takes to something.
fn reach_m(view: &View) -> f64 {
    9.0 * view.m_per_pt
}

fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

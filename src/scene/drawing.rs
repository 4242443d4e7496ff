//! The display list: paths, text runs and clips in page units, the same for paper, pixels and the window.

use super::{Face, Rgb};
use std::sync::Arc;

/// A position on the page: to the right, down.
pub type At = [f32; 2];

/// One step of an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Move(At),
    Line(At),
    Cubic(At, At, At),
    Close,
}

/// A path of straight and curved pieces, in page units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    pub steps: Vec<Step>,
}

/// Ratio of handle to radius for a circle of four cubics.
const CIRCLE: f32 = 0.552_284_8;

impl Outline {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub fn polyline(points: &[At]) -> Self {
        let mut outline = Self::new();
        outline.push_polyline(points, false);
        outline
    }

    pub fn polygon(points: &[At]) -> Self {
        let mut outline = Self::new();
        outline.push_polyline(points, true);
        outline
    }

    pub fn rect(r: Rect) -> Self {
        Self::polygon(&[[r.x, r.y], [r.right(), r.y], [r.right(), r.bottom()], [r.x, r.bottom()]])
    }

    pub fn circle(center: At, radius: f32) -> Self {
        let mut outline = Self::new();
        outline.push_circle(center, radius);
        outline
    }

    pub fn push_polyline(&mut self, points: &[At], close: bool) {
        for (i, &p) in points.iter().enumerate() {
            self.steps.push(if i == 0 { Step::Move(p) } else { Step::Line(p) });
        }
        if close && !points.is_empty() {
            self.steps.push(Step::Close);
        }
    }

    pub fn push_circle(&mut self, [x, y]: At, r: f32) {
        let k = r * CIRCLE;
        self.steps.extend([
            Step::Move([x + r, y]),
            Step::Cubic([x + r, y + k], [x + k, y + r], [x, y + r]),
            Step::Cubic([x - k, y + r], [x - r, y + k], [x - r, y]),
            Step::Cubic([x - r, y - k], [x - k, y - r], [x, y - r]),
            Step::Cubic([x + k, y - r], [x + r, y - k], [x + r, y]),
            Step::Close,
        ]);
    }

    /// Moves every point.
    pub fn shift(&mut self, by: At) {
        let move_by = |p: &mut At| *p = [p[0] + by[0], p[1] + by[1]];
        for step in &mut self.steps {
            match step {
                Step::Move(p) | Step::Line(p) => move_by(p),
                Step::Cubic(a, b, c) => [a, b, c].into_iter().for_each(move_by),
                Step::Close => {}
            }
        }
    }

    /// Box of all points, handles included; `None` when empty.
    pub fn bounds(&self) -> Option<Rect> {
        let mut bounds: Option<(At, At)> = None;
        let mut add = |p: At| {
            let (min, max) = bounds.get_or_insert((p, p));
            for axis in 0..2 {
                min[axis] = min[axis].min(p[axis]);
                max[axis] = max[axis].max(p[axis]);
            }
        };
        for step in &self.steps {
            match *step {
                Step::Move(p) | Step::Line(p) => add(p),
                Step::Cubic(a, b, c) => [a, b, c].into_iter().for_each(&mut add),
                Step::Close => {}
            }
        }
        bounds.map(|(min, max)| Rect::new(min[0], min[1], max[0] - min[0], max[1] - min[1]))
    }
}

/// A box on the page, `y` down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Rect {
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    pub fn holds(&self, other: &Self) -> bool {
        self.x <= other.x && self.y <= other.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    /// Smaller by `by` on every side; larger for a negative `by`.
    pub fn inset(&self, by: f32) -> Self {
        Self::new(self.x + by, self.y + by, self.width - 2.0 * by, self.height - 2.0 * by)
    }
}

/// Colour and opacity (0…1) of a filled area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    pub color: Rgb,
    pub opacity: f32,
    /// Land covered twice is left out: for rings whose winding says nothing.
    pub even_odd: bool,
}

impl Fill {
    pub const fn solid(color: Rgb) -> Self {
        Self { color, opacity: 1.0, even_odd: false }
    }
}

/// A drawn line; widths and dashes in page units.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    pub color: Rgb,
    pub opacity: f32,
    pub width: f32,
    pub dash: Vec<f32>,
    pub round: bool,
}

impl Stroke {
    pub fn solid(color: Rgb, width: f32) -> Self {
        Self { color, opacity: 1.0, width, dash: Vec::new(), round: false }
    }
}

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRun {
    pub text: String,
    /// Start of the baseline.
    pub at: At,
    /// Em size in page units.
    pub size: f32,
    pub color: Rgb,
    /// Colour and width of the outline behind the letters.
    pub halo: Option<(Rgb, f32)>,
    pub face: Face,
    /// Added after each letter, in page units.
    pub spacing: f32,
    /// Turned about `at`, clockwise.
    pub turn_deg: f32,
}

/// A picture on the page, rows from the top: red, green, blue, opacity, the colours weighted by the opacity.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgba: Arc<[u8]>,
}

/// One entry of the display list.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    Path {
        outline: Outline,
        fill: Option<Fill>,
        stroke: Option<Stroke>,
    },
    Text(TextRun),
    /// Stretched over the box; `opacity`: 0…1.
    Picture {
        picture: Picture,
        area: Rect,
        opacity: f32,
    },
    /// Everything up to the matching `Unclip` shows only inside the outline (and inside the clips around it).
    Clip {
        outline: Outline,
        even_odd: bool,
    },
    Unclip,
}

/// What is drawn, first to last. Clips are balanced.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    pub marks: Vec<Mark>,
}

impl Drawing {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn fill(&mut self, outline: Outline, fill: Fill) {
        self.push_path(outline, Some(fill), None);
    }

    pub fn stroke(&mut self, outline: Outline, stroke: Stroke) {
        self.push_path(outline, None, Some(stroke));
    }

    pub fn push_path(&mut self, outline: Outline, fill: Option<Fill>, stroke: Option<Stroke>) {
        if !outline.is_empty() {
            self.marks.push(Mark::Path { outline, fill, stroke });
        }
    }

    /// Draws `inner` only inside `outline`.
    pub fn clipped(&mut self, outline: Outline, even_odd: bool, inner: impl FnOnce(&mut Self)) {
        self.marks.push(Mark::Clip { outline, even_odd });
        inner(self);
        self.marks.push(Mark::Unclip);
    }

    pub fn append(&mut self, other: Drawing) {
        self.marks.extend(other.marks);
    }

    pub fn texts(&self) -> impl Iterator<Item = &TextRun> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::Text(run) => Some(run),
            _ => None,
        })
    }
}

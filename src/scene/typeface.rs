//! The bundled typefaces: which glyphs a text is made of, how wide it is, how its letters run.
//!
//! No shaping: Chinese and the Latin of a map need one glyph a character. A character that neither face has is shown
//! as 〓, the printer's mark for a missing sort, so that nobody overlooks it.

use super::{Outline, Step};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::prelude::{FontRef, LocationRef, MetadataProvider, Size};
use std::ops::Range;
use std::sync::LazyLock;

/// One of the two faces that the program ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// Noto Sans SC.
    Sans,
    /// JetBrains Mono, for numbers in columns and coordinates; Latin only.
    Mono,
}

const SANS: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-GBK.otf");
const MONO: &[u8] = include_bytes!("../../assets/fonts/JetBrainsMono-Latin.ttf");

/// Stands for a character that no face has.
const MISSING: char = '〓';

/// One glyph of a text, placed.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedGlyph {
    /// The face that really holds the glyph.
    pub face: Face,
    pub glyph: u32,
    /// Bytes of the text it stands for.
    pub range: Range<usize>,
    /// From the start of the run, in the unit of the size.
    pub x: f32,
    pub advance: f32,
}

/// What measures text: the real faces here, something simple in tests.
pub trait TextMeasure {
    /// Width in the unit of `size`.
    fn width(&self, text: &str, face: Face, size: f32, spacing: f32) -> f32;
}

/// The bundled faces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typefaces;

impl TextMeasure for Typefaces {
    fn width(&self, text: &str, face: Face, size: f32, spacing: f32) -> f32 {
        // The space after the last letter is no part of the text.
        glyphs(text, face, size, spacing).last().map_or(0.0, |g| g.x + g.advance - spacing)
    }
}

impl Face {
    /// The font file.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Sans => SANS,
            Self::Mono => MONO,
        }
    }

    /// Family name as the font file gives it.
    pub fn family(self) -> &'static str {
        match self {
            Self::Sans => "Noto Sans SC",
            Self::Mono => "JetBrains Mono",
        }
    }

    fn loaded(self) -> Option<&'static FontRef<'static>> {
        // A bundled font that does not parse shows as empty text; the tests refuse to pass then.
        static LOADED: LazyLock<[Option<FontRef<'static>>; 2]> = LazyLock::new(|| [FontRef::new(SANS).ok(), FontRef::new(MONO).ok()]);
        LOADED.get(self as usize)?.as_ref()
    }

    fn glyph(self, c: char) -> Option<(u32, f32)> {
        let font = self.loaded()?;
        let glyph = font.charmap().map(c)?;
        let em = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        let advance = font.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(glyph)?;
        Some((glyph.to_u32(), advance / em))
    }

    /// Whether the face has a glyph for `c`.
    pub fn holds(self, c: char) -> bool {
        self.glyph(c).is_some()
    }
}

/// The glyphs of one line of text, left to right. `spacing` is added after each.
pub fn glyphs(text: &str, face: Face, size: f32, spacing: f32) -> Vec<PlacedGlyph> {
    let mut placed = Vec::new();
    let mut x = 0.0;
    for (start, c) in text.char_indices() {
        let found = [face, Face::Sans, Face::Mono].into_iter().find_map(|f| f.glyph(c).map(|g| (f, g)));
        let Some((face, (glyph, advance))) = found.or_else(|| Face::Sans.glyph(MISSING).map(|g| (Face::Sans, g))) else { continue };
        let advance = advance * size + spacing;
        placed.push(PlacedGlyph { face, glyph, range: start..start + c.len_utf8(), x, advance });
        x += advance;
    }
    placed
}

/// Characters of `text` that no bundled face has, once each, in order.
pub fn missing_characters(text: &str) -> Vec<char> {
    let mut missing = Vec::new();
    for c in text.chars() {
        if !Face::Sans.holds(c) && !Face::Mono.holds(c) && !missing.contains(&c) {
            missing.push(c);
        }
    }
    missing
}

/// The outline of a glyph with its origin at 0, 0, `y` down.
pub fn glyph_outline(face: Face, glyph: u32, size: f32) -> Outline {
    let mut pen = Pen(Outline::new());
    if let Some(outline) = face.loaded().and_then(|font| font.outline_glyphs().get(skrifa::GlyphId::new(glyph))) {
        // A glyph that cannot be drawn leaves a gap; nothing else depends on it.
        let _ = outline.draw(DrawSettings::unhinted(Size::new(size), LocationRef::default()), &mut pen);
    }
    pen.0
}

struct Pen(Outline);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.steps.push(Step::Move([x, -y]));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.steps.push(Step::Line([x, -y]));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let from = match self.0.steps.last() {
            Some(Step::Move(p) | Step::Line(p) | Step::Cubic(_, _, p)) => *p,
            _ => [cx, -cy],
        };
        // A quadratic is the cubic whose handles lie two thirds of the way to its one handle.
        let (c, to) = ([cx, -cy], [x, -y]);
        let toward = |p: [f32; 2]| [p[0] + (c[0] - p[0]) * 2.0 / 3.0, p[1] + (c[1] - p[1]) * 2.0 / 3.0];
        self.0.steps.push(Step::Cubic(toward(from), toward(to), to));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.steps.push(Step::Cubic([ax, -ay], [bx, -by], [x, -y]));
    }

    fn close(&mut self) {
        self.0.steps.push(Step::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_one_em_wide_and_spacing_stands_between() {
        assert_eq!(Typefaces.width("集聚区", Face::Sans, 10.0, 0.0), 30.0);
        assert_eq!(Typefaces.width("黄海", Face::Sans, 10.0, 4.0), 24.0);
    }

    #[test]
    fn figures_are_of_equal_width_and_mono_borrows_chinese_from_sans() {
        let width = |t| Typefaces.width(t, Face::Mono, 10.0, 0.0);
        assert_eq!(width("1111"), width("8888"));
        assert_eq!(glyphs("km 千", Face::Mono, 10.0, 0.0).last().unwrap().face, Face::Sans);
    }

    #[test]
    fn a_missing_character_is_marked() {
        assert_eq!(missing_characters("青岛\u{10ffff}"), ['\u{10ffff}']);
        let mark = glyphs("〓", Face::Sans, 1.0, 0.0);
        assert_ne!(mark[0].glyph, 0);
        assert_eq!(glyphs("\u{10ffff}", Face::Sans, 1.0, 0.0)[0].glyph, mark[0].glyph);
    }

    #[test]
    fn letters_have_outlines() {
        for (face, c) in [(Face::Sans, "落"), (Face::Mono, "8")] {
            let g = &glyphs(c, face, 1.0, 0.0)[0];
            let bounds = glyph_outline(g.face, g.glyph, 10.0).bounds().unwrap();
            assert!(bounds.height > 5.0 && bounds.y < 0.0, "{bounds:?}");
        }
    }
}

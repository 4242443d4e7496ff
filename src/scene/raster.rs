//! The display list as pixels, with tiny-skia; letters as the outlines of the bundled faces.

use super::{At, Drawing, Fill, Mark, Outline, Picture, Rect, Rgb, Step, Stroke, TextRun, glyph_outline, glyphs};
use tiny_skia::{
    Color, FillRule, FilterQuality, IntSize, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, PixmapPaint, PixmapRef,
    Stroke as SkiaStroke, StrokeDash, Transform,
};

/// A picture: 8-bit RGBA, not premultiplied, rows from the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// Draws the list on `ground`; `pixels_per_unit` scales page units. `None` when the picture has no pixel or is too large.
pub fn rasterize(drawing: &Drawing, width: u32, height: u32, pixels_per_unit: f32, ground: Rgb) -> Option<Pixels> {
    let mut pixmap = Pixmap::new(width, height)?;
    pixmap.fill(Color::from_rgba8(ground.0, ground.1, ground.2, 255));
    Some(draw(drawing, pixmap, pixels_per_unit))
}

/// Draws the list over an opaque picture; `None` when that has no pixel.
pub fn rasterize_on(picture: Pixels, drawing: &Drawing, pixels_per_unit: f32) -> Option<Pixels> {
    let pixmap = Pixmap::from_vec(picture.rgba, IntSize::from_wh(picture.width, picture.height)?)?;
    Some(draw(drawing, pixmap, pixels_per_unit))
}

/// What is drawn stays opaque, so that its colours are the same premultiplied or not.
fn draw(drawing: &Drawing, pixmap: Pixmap, pixels_per_unit: f32) -> Pixels {
    let mut canvas = Canvas { pixmap, clips: Vec::new(), base: Transform::from_scale(pixels_per_unit, pixels_per_unit) };
    for mark in &drawing.marks {
        match mark {
            Mark::Path { outline, fill, stroke } => canvas.path(outline, fill.as_ref(), stroke.as_ref()),
            Mark::Text(run) => canvas.text(run),
            Mark::Picture { picture, area, opacity } => canvas.picture(picture, *area, *opacity),
            Mark::Clip { outline, even_odd } => canvas.clip(outline, *even_odd),
            Mark::Unclip => {
                canvas.clips.pop();
            }
        }
    }
    let (width, height) = (canvas.pixmap.width(), canvas.pixmap.height());
    Pixels { width, height, rgba: canvas.pixmap.take() }
}

impl Pixels {
    /// As a PNG file; `None` when the picture has no pixel.
    ///
    /// Opaque pictures only: the encoder expects premultiplied colours, which are the same there.
    pub fn png(self) -> Option<Vec<u8>> {
        Pixmap::from_vec(self.rgba, IntSize::from_wh(self.width, self.height)?)?.encode_png().ok()
    }
}

impl Picture {
    /// As a PNG file; `None` when it has no pixel.
    pub fn png(&self) -> Option<Vec<u8>> {
        PixmapRef::from_bytes(&self.rgba, self.width, self.height)?.encode_png().ok()
    }

    /// Its bytes with the colours as they are, not weighted by the opacity.
    pub fn straight(&self) -> Vec<u8> {
        let mut rgba = self.rgba.to_vec();
        for pixel in rgba.chunks_exact_mut(4) {
            let alpha = u16::from(pixel[3]);
            if alpha > 0 && alpha < 255 {
                pixel[..3].iter_mut().for_each(|c| *c = ((u16::from(*c) * 255 + alpha / 2) / alpha).min(255) as u8);
            }
        }
        rgba
    }
}

struct Canvas {
    pixmap: Pixmap,
    /// Each holds the clips around it too.
    clips: Vec<Mask>,
    base: Transform,
}

fn paint(color: Rgb, opacity: f32) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(color.0, color.1, color.2, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8);
    paint
}

fn skia_path(outline: &Outline, shift: At) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let at = |p: At| (p[0] + shift[0], p[1] + shift[1]);
    for step in &outline.steps {
        match *step {
            Step::Move(p) => {
                let (x, y) = at(p);
                builder.move_to(x, y);
            }
            Step::Line(p) => {
                let (x, y) = at(p);
                builder.line_to(x, y);
            }
            Step::Cubic(a, b, c) => {
                let ((ax, ay), (bx, by), (x, y)) = (at(a), at(b), at(c));
                builder.cubic_to(ax, ay, bx, by, x, y);
            }
            Step::Close => builder.close(),
        }
    }
    builder.finish()
}

fn rule(even_odd: bool) -> FillRule {
    if even_odd { FillRule::EvenOdd } else { FillRule::Winding }
}

impl Canvas {
    fn path(&mut self, outline: &Outline, fill: Option<&Fill>, stroke: Option<&Stroke>) {
        let Some(path) = skia_path(outline, [0.0, 0.0]) else { return };
        if let Some(fill) = fill {
            let paint = paint(fill.color, fill.opacity);
            self.pixmap.fill_path(&path, &paint, rule(fill.even_odd), self.base, self.clips.last());
        }
        if let Some(stroke) = stroke {
            let (cap, join) = if stroke.round { (LineCap::Butt, LineJoin::Round) } else { (LineCap::Butt, LineJoin::Miter) };
            let dash = if stroke.dash.is_empty() { None } else { StrokeDash::new(stroke.dash.clone(), 0.0) };
            let pen = SkiaStroke { width: stroke.width, line_cap: cap, line_join: join, dash, ..SkiaStroke::default() };
            self.pixmap.stroke_path(&path, &paint(stroke.color, stroke.opacity), &pen, self.base, self.clips.last());
        }
    }

    fn picture(&mut self, picture: &Picture, area: Rect, opacity: f32) {
        let Some(pixels) = PixmapRef::from_bytes(&picture.rgba, picture.width, picture.height) else { return };
        let paint = PixmapPaint { opacity: opacity.clamp(0.0, 1.0), quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        let stretch = [area.width / picture.width as f32, area.height / picture.height as f32];
        let place = self.base.pre_translate(area.x, area.y).pre_scale(stretch[0], stretch[1]);
        self.pixmap.draw_pixmap(0, 0, pixels, &paint, place, self.clips.last());
    }

    fn clip(&mut self, outline: &Outline, even_odd: bool) {
        let mut mask = match self.clips.last() {
            Some(outer) => outer.clone(),
            None => {
                // The picture has pixels, so a mask of its size exists.
                let Some(mut mask) = Mask::new(self.pixmap.width(), self.pixmap.height()) else { return };
                mask.data_mut().fill(255);
                mask
            }
        };
        match skia_path(outline, [0.0, 0.0]) {
            Some(path) => mask.intersect_path(&path, rule(even_odd), true, self.base),
            None => mask.data_mut().fill(0),
        }
        self.clips.push(mask);
    }

    fn text(&mut self, run: &TextRun) {
        let mut letters = PathBuilder::new();
        for glyph in glyphs(&run.text, run.face, run.size, run.spacing) {
            if let Some(path) = skia_path(&glyph_outline(glyph.face, glyph.glyph, run.size), [glyph.x, 0.0]) {
                letters.push_path(&path);
            }
        }
        let Some(path) = letters.finish() else { return };
        let place = self.base.pre_translate(run.at[0], run.at[1]).pre_rotate(run.turn_deg);
        if let Some((color, width)) = run.halo {
            let pen = SkiaStroke { width, line_join: LineJoin::Round, line_cap: LineCap::Round, ..SkiaStroke::default() };
            self.pixmap.stroke_path(&path, &paint(color, 1.0), &pen, place, self.clips.last());
        }
        self.pixmap.fill_path(&path, &paint(run.color, 1.0), FillRule::Winding, place, self.clips.last());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Face, Rect};

    fn pixel(p: &Pixels, x: u32, y: u32) -> [u8; 3] {
        let i = ((y * p.width + x) * 4) as usize;
        [p.rgba[i], p.rgba[i + 1], p.rgba[i + 2]]
    }

    #[test]
    fn a_clip_holds_until_it_ends() {
        let mut d = Drawing::new();
        let all = || Outline::rect(Rect::new(0.0, 0.0, 10.0, 10.0));
        d.clipped(Outline::rect(Rect::new(0.0, 0.0, 5.0, 10.0)), false, |d| d.fill(all(), Fill::solid(Rgb(255, 0, 0))));
        let p = rasterize(&d, 20, 20, 2.0, Rgb(255, 255, 255)).unwrap();
        assert_eq!(pixel(&p, 2, 10), [255, 0, 0]);
        assert_eq!(pixel(&p, 15, 10), [255, 255, 255]);
    }

    #[test]
    fn letters_leave_ink() {
        let mut d = Drawing::new();
        d.marks.push(Mark::Text(TextRun {
            text: "落地".into(),
            at: [1.0, 9.0],
            size: 10.0,
            color: Rgb(0, 0, 0),
            halo: None,
            face: Face::Sans,
            spacing: 0.0,
            turn_deg: 0.0,
        }));
        let p = rasterize(&d, 24, 12, 1.0, Rgb(255, 255, 255)).unwrap();
        let dark = p.rgba.chunks(4).filter(|c| c[0] < 128).count();
        assert!(dark > 20, "{dark}");
    }
}

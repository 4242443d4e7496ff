//! A page as PDF: vector paths, selectable Chinese text, subset fonts; the same page gives the same bytes.

use super::{Page, SheetError};
use crate::scene::{Face, Fill as PageFill, Mark, Outline, Picture, Rect, Rgb, Step, Stroke as PageStroke, TextRun, glyphs};
use crate::text::Lang;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Data, Document};

/// PDF points a millimetre.
const PT: f32 = 72.0 / 25.4;

/// Writes one or more pages as one document, titled by the first.
///
/// # Errors
/// When a bundled font or the document cannot be written.
pub fn write_pdf(pages: &[Page]) -> Result<Vec<u8>, SheetError> {
    let mut document = Document::new();
    let fonts = Fonts::load()?;
    for page in pages {
        let settings = PageSettings::from_wh(page.width_mm * PT, page.height_mm * PT)
            .ok_or_else(|| SheetError::Pdf(format!("a page of {} × {} mm", page.width_mm, page.height_mm)))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        surface.push_transform(&Transform::from_scale(PT, PT));
        let mut clips: usize = 0;
        for mark in &page.drawing.marks {
            match mark {
                Mark::Path { outline, fill, stroke } => draw_path(&mut surface, outline, fill.as_ref(), stroke.as_ref()),
                Mark::Text(run) => draw_text(&mut surface, run, &fonts),
                Mark::Picture { picture, area, opacity } => draw_picture(&mut surface, picture, *area, *opacity),
                Mark::Clip { outline, even_odd } => {
                    // An empty clip would be none: a path without area hides everything instead.
                    let path = pdf_path(outline).or_else(|| pdf_path(&Outline::polyline(&[[0.0, 0.0], [0.0, 0.0]])));
                    if let Some(path) = path {
                        surface.push_clip_path(&path, &rule(*even_odd));
                        clips += 1;
                    }
                }
                Mark::Unclip => {
                    if clips > 0 {
                        surface.pop();
                        clips -= 1;
                    }
                }
            }
        }
        for _ in 0..clips {
            surface.pop();
        }
        surface.pop();
        surface.finish();
        sheet.finish();
    }
    if let Some(first) = pages.first() {
        document.set_metadata(metadata(first));
    }
    document.finish().map_err(|e| SheetError::Pdf(format!("{e:?}")))
}

/// No dates and a fixed id: the bytes depend on the page alone.
fn metadata(page: &Page) -> Metadata {
    let language = match page.lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    Metadata::new()
        .title(page.title.clone())
        .language(language.to_owned())
        .creator("Luodi".to_owned())
        .document_id(format!("luodi {}", page.title))
}

struct Fonts {
    sans: Font,
    mono: Font,
}

impl Fonts {
    fn load() -> Result<Self, SheetError> {
        let load =
            |face: Face| Font::new(Data::from(face.bytes().to_vec()), 0).ok_or_else(|| SheetError::Pdf(format!("font {}", face.family())));
        Ok(Self { sans: load(Face::Sans)?, mono: load(Face::Mono)? })
    }

    fn of(&self, face: Face) -> Font {
        match face {
            Face::Sans => self.sans.clone(),
            Face::Mono => self.mono.clone(),
        }
    }
}

fn color(c: Rgb) -> rgb::Color {
    rgb::Color::new(c.0, c.1, c.2)
}

fn share(opacity: f32) -> NormalizedF32 {
    NormalizedF32::new(opacity.clamp(0.0, 1.0)).unwrap_or(NormalizedF32::ONE)
}

fn rule(even_odd: bool) -> FillRule {
    if even_odd { FillRule::EvenOdd } else { FillRule::NonZero }
}

fn pdf_path(outline: &Outline) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for step in &outline.steps {
        match *step {
            Step::Move([x, y]) => builder.move_to(x, y),
            Step::Line([x, y]) => builder.line_to(x, y),
            Step::Cubic(a, b, c) => builder.cubic_to(a[0], a[1], b[0], b[1], c[0], c[1]),
            Step::Close => builder.close(),
        }
    }
    builder.finish()
}

fn pen(stroke: &PageStroke) -> Stroke {
    Stroke {
        paint: color(stroke.color).into(),
        width: stroke.width,
        miter_limit: 4.0,
        line_cap: LineCap::Butt,
        line_join: if stroke.round { LineJoin::Round } else { LineJoin::Miter },
        opacity: share(stroke.opacity),
        dash: (!stroke.dash.is_empty()).then(|| StrokeDash { array: stroke.dash.clone(), offset: 0.0 }),
    }
}

fn draw_path(surface: &mut Surface<'_>, outline: &Outline, fill: Option<&PageFill>, stroke: Option<&PageStroke>) {
    let Some(path) = pdf_path(outline) else { return };
    surface.set_fill(fill.map(|f| Fill { paint: color(f.color).into(), opacity: share(f.opacity), rule: rule(f.even_odd) }));
    surface.set_stroke(stroke.map(pen));
    surface.draw_path(&path);
}

fn draw_picture(surface: &mut Surface<'_>, picture: &Picture, area: Rect, opacity: f32) {
    let Some(size) = Size::from_wh(area.width, area.height).filter(|_| picture.width > 0 && picture.height > 0) else { return };
    surface.push_transform(&Transform::from_translate(area.x, area.y));
    surface.push_opacity(share(opacity));
    surface.draw_image(Image::from_rgba8(picture.straight(), picture.width, picture.height), size);
    surface.pop();
    surface.pop();
}

fn draw_text(surface: &mut Surface<'_>, run: &TextRun, fonts: &Fonts) {
    let placed = glyphs(&run.text, run.face, run.size, run.spacing);
    let turned = run.turn_deg != 0.0;
    if turned {
        surface.push_transform(&Transform::from_rotate_at(run.turn_deg, run.at[0], run.at[1]));
    }
    // The halo as outlines: drawn as text it would be found and copied twice.
    if let Some((halo, width)) = run.halo {
        surface.set_fill(None);
        let stroke = PageStroke { round: true, ..PageStroke::solid(halo, width) };
        surface.set_stroke(Some(Stroke { line_cap: LineCap::Round, ..pen(&stroke) }));
        draw_glyphs(surface, run, &placed, fonts, true);
    }
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: color(run.color).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }));
    draw_glyphs(surface, run, &placed, fonts, false);
    if turned {
        surface.pop();
    }
}

fn draw_glyphs(surface: &mut Surface<'_>, run: &TextRun, placed: &[crate::scene::PlacedGlyph], fonts: &Fonts, outlined: bool) {
    for part in placed.chunk_by(|a, b| a.face == b.face) {
        let Some(first) = part.first() else { continue };
        let glyphs: Vec<KrillaGlyph> = part
            .iter()
            .map(|g| KrillaGlyph::new(GlyphId::new(g.glyph), g.advance / run.size, 0.0, 0.0, 0.0, g.range.clone(), None))
            .collect();
        let start = Point::from_xy(run.at[0] + first.x, run.at[1]);
        surface.draw_glyphs(start, &glyphs, fonts.of(first.face), &run.text, run.size, outlined);
    }
}

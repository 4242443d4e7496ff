//! A page as SVG: sizes in millimetres, letters as outlines that look the same on every machine, for drawing programs.

use super::Page;
use crate::scene::{Mark, Outline, Rgb, Step, TextRun, glyph_outline, glyphs};
use std::fmt::Write;

/// The page as SVG text.
pub fn write_svg(page: &Page) -> String {
    let mut out = String::new();
    let (w, h) = (page.width_mm, page.height_mm);
    // Writing into a String cannot fail; the results of `write!` say nothing.
    let _ = writeln!(out, r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}">"#);
    let _ = writeln!(out, "<title>{}</title>", escaped(&page.title));
    let mut clips = 0usize;
    for mark in &page.drawing.marks {
        match mark {
            Mark::Path { outline, fill, stroke } => {
                let _ = write!(out, r#"<path d="{}""#, path_data(outline));
                match fill {
                    Some(f) => {
                        let _ = write!(out, r#" fill="{}""#, hex(f.color));
                        attribute(&mut out, "fill-opacity", f.opacity);
                        if f.even_odd {
                            out.push_str(r#" fill-rule="evenodd""#);
                        }
                    }
                    None => out.push_str(r#" fill="none""#),
                }
                if let Some(s) = stroke {
                    let _ = write!(out, r#" stroke="{}" stroke-width="{}""#, hex(s.color), number(s.width));
                    attribute(&mut out, "stroke-opacity", s.opacity);
                    if s.round {
                        out.push_str(r#" stroke-linejoin="round""#);
                    }
                    if !s.dash.is_empty() {
                        let dash: Vec<String> = s.dash.iter().map(|d| number(*d)).collect();
                        let _ = write!(out, r#" stroke-dasharray="{}""#, dash.join(" "));
                    }
                }
                out.push_str("/>\n");
            }
            Mark::Text(run) => text(&mut out, run),
            Mark::Picture { picture, area, opacity } => {
                let Some(png) = picture.png() else { continue };
                let (x, y, w, h) = (number(area.x), number(area.y), number(area.width), number(area.height));
                let _ = write!(out, r#"<image x="{x}" y="{y}" width="{w}" height="{h}" preserveAspectRatio="none""#);
                attribute(&mut out, "opacity", *opacity);
                let _ = writeln!(out, r#" href="data:image/png;base64,{}"/>"#, base64(&png));
            }
            Mark::Clip { outline, even_odd } => {
                clips += 1;
                let rule = if *even_odd { r#" clip-rule="evenodd""# } else { "" };
                let d = path_data(outline);
                let _ = writeln!(out, r#"<clipPath id="c{clips}"><path d="{d}"{rule}/></clipPath><g clip-path="url(#c{clips})">"#);
            }
            Mark::Unclip => out.push_str("</g>\n"),
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Letters as their outlines, so that a machine without Chinese faces shows them too; the words stand in the title.
fn text(out: &mut String, run: &TextRun) {
    let mut d = String::new();
    for glyph in glyphs(&run.text, run.face, run.size, run.spacing) {
        let mut letter = glyph_outline(glyph.face, glyph.glyph, run.size);
        letter.shift([run.at[0] + glyph.x, run.at[1]]);
        d.push_str(&path_data(&letter));
    }
    if d.is_empty() {
        return;
    }
    let turn = if run.turn_deg == 0.0 {
        String::new()
    } else {
        format!(r#" transform="rotate({} {} {})""#, number(run.turn_deg), number(run.at[0]), number(run.at[1]))
    };
    let _ = writeln!(out, "<g{turn}><title>{}</title>", escaped(&run.text));
    // A path of its own under the letters: not every program knows that a halo is painted before the fill.
    if let Some((color, width)) = run.halo {
        let (color, width) = (hex(color), number(width));
        let _ = writeln!(out, r#"<path d="{d}" fill="none" stroke="{color}" stroke-width="{width}" stroke-linejoin="round"/>"#);
    }
    let _ = writeln!(out, r#"<path d="{d}" fill="{}"/></g>"#, hex(run.color));
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |i: usize| three.get(i).copied().map_or(0, u32::from);
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            let sign = SIGNS.get((bits >> (18 - 6 * i) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if i <= three.len() { char::from(sign) } else { '=' });
        }
    }
    out
}

fn attribute(out: &mut String, name: &str, opacity: f32) {
    if opacity < 1.0 {
        let _ = write!(out, r#" {name}="{}""#, number(opacity));
    }
}

fn path_data(outline: &Outline) -> String {
    let mut d = String::new();
    let mut point = |letter: char, points: &[[f32; 2]]| {
        d.push(letter);
        for (i, p) in points.iter().enumerate() {
            if i > 0 {
                d.push(' ');
            }
            let _ = write!(d, "{} {}", number(p[0]), number(p[1]));
        }
    };
    for step in &outline.steps {
        match *step {
            Step::Move(p) => point('M', &[p]),
            Step::Line(p) => point('L', &[p]),
            Step::Cubic(a, b, c) => point('C', &[a, b, c]),
            Step::Close => point('Z', &[]),
        }
    }
    d
}

/// Micrometres are enough.
fn number(v: f32) -> String {
    let text = format!("{v:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn hex(c: Rgb) -> String {
    format!("#{:02x}{:02x}{:02x}", c.0, c.1, c.2)
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML 1.0 has no place for other control characters.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_as_letters_are_those_of_the_standard() {
        let all = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|t| base64(t.as_bytes()));
        assert_eq!(all, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }
}

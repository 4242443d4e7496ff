//! The design language as values: colours of both themes, sizes of type and space, fonts, and egui's style made of them.

use crate::rules::{Outcome, Position};
use egui::{Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Vec2, Visuals};

/// Sizes of type in points; nothing but these is used.
pub mod size {
    pub const DISPLAY: f32 = 40.0;
    pub const VERDICT: f32 = 24.0;
    pub const HEADING: f32 = 20.0;
    pub const TITLE: f32 = 16.0;
    pub const BODY: f32 = 14.0;
    pub const SMALL: f32 = 13.0;
    pub const CAPTION: f32 = 12.0;
    pub const KEY: f32 = 11.0;
}

/// Word, fill and tint of one verdict.
#[derive(Clone, Copy, Debug)]
pub struct VerdictTones {
    pub text: Color32,
    pub fill: Color32,
    pub tint: Color32,
}

/// Colours of one theme.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    pub dark: bool,
    pub paper: Color32,
    pub panel: Color32,
    pub card: Color32,
    pub hover: Color32,
    pub line: Color32,
    pub line_strong: Color32,
    pub ink: Color32,
    pub ink2: Color32,
    pub ink3: Color32,
    pub accent: Color32,
    pub accent_bg: Color32,
    pub on_accent: Color32,
    pub focus: Color32,
    pub scrim: Color32,
    inside: VerdictTones,
    partial: VerdictTones,
    outside: VerdictTones,
    not_checked: VerdictTones,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const fn tones(text: u32, fill: u32, tint: u32) -> VerdictTones {
    VerdictTones { text: rgb(text), fill: rgb(fill), tint: rgb(tint) }
}

pub const LIGHT: Tokens = Tokens {
    dark: false,
    paper: rgb(0xF3F0E9),
    panel: rgb(0xFAF8F4),
    card: rgb(0xFFFFFF),
    hover: rgb(0xF1EDE5),
    line: rgb(0xE3DED3),
    line_strong: rgb(0xCFC8BA),
    ink: rgb(0x22262B),
    ink2: rgb(0x565B61),
    ink3: rgb(0x676B6F),
    accent: rgb(0x22577A),
    accent_bg: rgb(0xE3EDF3),
    on_accent: rgb(0xFFFFFF),
    focus: rgb(0x2F7FB3),
    scrim: Color32::from_rgba_premultiplied(5, 5, 6, 36),
    inside: tones(0x0B6B50, 0x1F8A6A, 0xE3F1EB),
    partial: tones(0x8A5A00, 0xE3A21A, 0xFAF0DA),
    outside: tones(0xA8320F, 0xD9541E, 0xFBE8E0),
    not_checked: tones(0x5A5F65, 0xA3A8AD, 0xECEBE8),
};

pub const DARK: Tokens = Tokens {
    dark: true,
    paper: rgb(0x16191B),
    panel: rgb(0x1E2124),
    card: rgb(0x262A2E),
    hover: rgb(0x2D3236),
    line: rgb(0x363B40),
    line_strong: rgb(0x4A5056),
    ink: rgb(0xE8E6E1),
    ink2: rgb(0xB8B8B4),
    ink3: rgb(0xA2A4A1),
    accent: rgb(0x86BCE0),
    accent_bg: rgb(0x24384A),
    on_accent: rgb(0x10202C),
    focus: rgb(0x86BCE0),
    scrim: Color32::from_black_alpha(102),
    inside: tones(0x5CC7A1, 0x2F9A78, 0x1D3A31),
    partial: tones(0xEDB54A, 0xDFA52E, 0x3D3118),
    outside: tones(0xFF8E66, 0xE8683A, 0x432619),
    not_checked: tones(0xB0B4B8, 0xA9AFB5, 0x33373B),
};

impl Tokens {
    /// The tokens of the theme `ui` is painted in.
    pub fn of(ui: &egui::Ui) -> &'static Self {
        Self::theme(ui.visuals().dark_mode)
    }

    pub fn theme(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
    }

    pub fn verdict(&self, position: Position) -> VerdictTones {
        match position {
            Position::Inside => self.inside,
            Position::Partial => self.partial,
            Position::Outside => self.outside,
            Position::NotChecked => self.not_checked,
        }
    }

    /// Findings reuse the colours of the verdicts.
    pub fn outcome(&self, outcome: Outcome) -> VerdictTones {
        match outcome {
            Outcome::Pass => self.inside,
            Outcome::Warn => self.partial,
            Outcome::Unknown => self.not_checked,
            Outcome::Fail => self.outside,
        }
    }

    /// Only things that float over the map cast one.
    pub fn shadow(&self) -> Shadow {
        let color = if self.dark { Color32::from_black_alpha(115) } else { Color32::from_rgba_unmultiplied(0x28, 0x22, 0x14, 26) };
        Shadow { offset: [0, 6], blur: 20, spread: 0, color }
    }

    pub fn hairline(&self) -> Stroke {
        Stroke::new(1.0, self.line)
    }
}

/// The sans font at a size.
pub fn sans(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// The font of coordinates, table columns, ids and keys.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// The icon font.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("icon".into()))
}

/// Fonts, text styles and both themes' visuals.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    for (theme, tokens) in [(egui::Theme::Light, &LIGHT), (egui::Theme::Dark, &DARK)] {
        ctx.set_style_of(theme, style(tokens));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8]); 4] = [
        ("noto", include_bytes!("../../assets/fonts/NotoSansSC-GBK.otf")),
        ("jetbrains", include_bytes!("../../assets/fonts/JetBrainsMono-Latin.ttf")),
        ("phosphor", include_bytes!("../../assets/icons/Phosphor-Regular.ttf")),
        ("phosphor-fill", include_bytes!("../../assets/icons/Phosphor-Fill.ttf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.into(), std::sync::Arc::new(FontData::from_static(bytes)));
    }
    let family = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    fonts.families.insert(FontFamily::Proportional, family(&["noto", "jetbrains", "phosphor", "phosphor-fill"]));
    fonts.families.insert(FontFamily::Monospace, family(&["jetbrains", "noto", "phosphor", "phosphor-fill"]));
    fonts.families.insert(FontFamily::Name("icon".into()), family(&["phosphor", "phosphor-fill", "noto"]));
    fonts
}

fn style(t: &Tokens) -> Style {
    let text_styles = [
        (TextStyle::Heading, sans(size::TITLE)),
        (TextStyle::Body, sans(size::BODY)),
        (TextStyle::Button, sans(size::BODY)),
        (TextStyle::Small, sans(size::CAPTION)),
        (TextStyle::Monospace, mono(size::SMALL)),
    ];
    let mut style = Style { text_styles: text_styles.into(), ..Style::default() };
    style.spacing.item_spacing = Vec2::new(8.0, 4.0);
    style.spacing.button_padding = Vec2::new(12.0, 5.0);
    style.spacing.interact_size = Vec2::new(32.0, 28.0);
    style.spacing.window_margin = Margin::same(16);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.scroll = egui::style::ScrollStyle::thin();
    style.spacing.tooltip_width = 320.0;
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;
    style.animation_time = 0.08;
    style.visuals = visuals(t);
    style
}

fn visuals(t: &Tokens) -> Visuals {
    let mut v = if t.dark { Visuals::dark() } else { Visuals::light() };
    v.override_text_color = None;
    v.panel_fill = t.panel;
    v.window_fill = t.card;
    v.window_stroke = Stroke::new(1.0, t.line);
    v.window_corner_radius = CornerRadius::same(12);
    v.window_shadow = t.shadow();
    v.popup_shadow = t.shadow();
    v.menu_corner_radius = CornerRadius::same(8);
    v.extreme_bg_color = t.card;
    v.text_edit_bg_color = Some(t.card);
    v.faint_bg_color = t.hover;
    v.code_bg_color = t.paper;
    v.hyperlink_color = t.accent;
    v.selection.bg_fill = t.accent_bg;
    v.selection.stroke = Stroke::new(2.0, t.focus);
    v.disabled_alpha = 0.38;
    let radius = CornerRadius::same(6);
    for (w, bg, border, ink) in [
        (&mut v.widgets.noninteractive, t.panel, t.line, t.ink),
        (&mut v.widgets.inactive, t.card, t.line_strong, t.ink),
        (&mut v.widgets.hovered, t.hover, t.line_strong, t.ink),
        (&mut v.widgets.active, t.accent_bg, t.accent, t.accent),
        (&mut v.widgets.open, t.accent_bg, t.line_strong, t.ink),
    ] {
        w.bg_fill = bg;
        w.weak_bg_fill = bg;
        w.bg_stroke = Stroke::new(1.0, border);
        w.fg_stroke = Stroke::new(1.0, ink);
        w.corner_radius = radius;
        w.expansion = 0.0;
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Rgb, Theme, map_tones};

    /// Contrast of two colours by WCAG 2.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |c: Color32| 0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b());
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn contrast_is_counted_as_the_standard_has_it() {
        assert_eq!(contrast(Color32::BLACK, Color32::WHITE), 21.0);
        // The grey that is known to be just enough on white.
        assert!((contrast(rgb(0x767676), Color32::WHITE) - 4.54).abs() < 0.005);
    }

    /// Every pair of words and ground that the token table allows. A disabled main button (ink3 on line) is not among
    /// them: the standard asks nothing of what cannot be used, and the reason stands beside it.
    #[test]
    fn words_are_legible_on_every_ground_in_both_themes() {
        for t in [&LIGHT, &DARK] {
            let grounds = [("paper", t.paper), ("panel", t.panel), ("card", t.card), ("hover", t.hover), ("accent_bg", t.accent_bg)];
            let verdicts = [("inside", t.inside), ("partial", t.partial), ("outside", t.outside), ("not_checked", t.not_checked)];
            let inks = [("ink", t.ink), ("ink2", t.ink2), ("ink3", t.ink3)];
            let mut pairs: Vec<(String, Color32, Color32)> = vec![("on_accent on accent".into(), t.on_accent, t.accent)];
            for (ground, below) in grounds {
                let words = inks.into_iter().chain([("accent", t.accent)]).chain(verdicts.map(|(name, v)| (name, v.text)));
                pairs.extend(words.map(|(name, ink)| (format!("{name} on {ground}"), ink, below)));
            }
            for (name, v) in verdicts {
                pairs.push((format!("{name} on its tint"), v.text, v.tint));
                pairs.extend(inks.map(|(ink, color)| (format!("{ink} on the tint of {name}"), color, v.tint)));
            }
            for (pair, words, ground) in pairs {
                let found = contrast(words, ground);
                assert!(found >= 4.5, "{pair}, dark: {}: {found:.2}", t.dark);
            }
            for ground in [t.paper, t.panel, t.card] {
                assert!(contrast(t.focus, ground) >= 3.0, "the ring of the focus is seen");
            }
        }
    }

    #[test]
    fn names_on_the_map_are_legible_on_their_halo() {
        for theme in [Theme::Light, Theme::Dark] {
            let tones = map_tones(theme);
            let color = |c: Rgb| Color32::from_rgb(c.0, c.1, c.2);
            for (name, words) in [("label", tones.label), ("water", tones.water_label), ("site", tones.site)] {
                let found = contrast(color(words), color(tones.halo));
                assert!(found >= 4.5, "{name} {theme:?}: {found:.2}");
            }
        }
    }
}

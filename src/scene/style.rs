//! The map's colours and lines by role, grade and verdict, light and dark, in the two looks by scale.

use super::{Class, Hatch, Line, Pattern, Rgb, Style, Wash};
use crate::model::{Grade, Role};
use crate::rules::Position;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Paper is always light.
    #[default]
    Light,
    Dark,
}

/// Beyond this scale clusters are filled; nearer the ground shows through.
pub const FILLED_BEYOND: f64 = 50_000.0;

/// Fill and line of one grade.
struct GradeColors {
    fill: Rgb,
    opacity: f32,
    line: Rgb,
    width_pt: f32,
}

fn grade_colors(grade: Grade, theme: Theme) -> GradeColors {
    let pick = |light: u32, dark: u32| Rgb::hex(if theme == Theme::Light { light } else { dark });
    let (fill, opacity, line, width_pt) = match grade {
        Grade::KeyDevelopment => (pick(0xC8553B, 0xD9694A), 0.62, pick(0xA5371F, 0xEB8667), 2.0),
        Grade::KeyCreation => (pick(0xF0A04B, 0x9A6526), 0.62, pick(0xB5651A, 0xE39A4C), 1.5),
        Grade::General => (pick(0xF3E08A, 0x5E5328), 0.80, pick(0x8C7420, 0xD8BE62), 1.0),
        Grade::Emerging => (pick(0xBCD6EA, 0x2A4A66), 1.0, pick(0x2F6DA3, 0x7DB3E3), 1.2),
    };
    GradeColors { fill, opacity, line, width_pt }
}

/// The line colour of a grade: for its label too.
pub fn grade_line(grade: Grade, theme: Theme) -> Rgb {
    grade_colors(grade, theme).line
}

fn cluster(grade: Grade, scale_denominator: f64, theme: Theme) -> Style {
    let c = grade_colors(grade, theme);
    let line = Some(Line { color: c.line, width_pt: c.width_pt, dash_pt: &[] });
    let hatch = Hatch::Stripes { angle_deg: -45.0, width_pt: 1.2, every_pt: 6.0 };
    let pattern = (grade == Grade::Emerging).then_some(Pattern { hatch, color: c.line, opacity: 0.75 });
    if scale_denominator > FILLED_BEYOND {
        Style { wash: Some(Wash { color: c.fill, opacity: c.opacity }), pattern, line, ..Style::default() }
    } else {
        let band = Some((Wash { color: c.line, opacity: 0.20 }, 7.0));
        Style { wash: Some(Wash { color: c.fill, opacity: 0.05 }), band, line, ..Style::default() }
    }
}

/// The three tones of a verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerdictColors {
    pub text: Rgb,
    pub fill: Rgb,
    pub tint: Rgb,
}

pub fn verdict_colors(position: Position, theme: Theme) -> VerdictColors {
    let (light, dark) = match position {
        Position::Inside => ([0x0B6B50, 0x1F8A6A, 0xE3F1EB], [0x5CC7A1, 0x2F9A78, 0x1D3A31]),
        Position::Partial => ([0x8A5A00, 0xE3A21A, 0xFAF0DA], [0xEDB54A, 0xDFA52E, 0x3D3118]),
        Position::Outside => ([0xA8320F, 0xD9541E, 0xFBE8E0], [0xFF8E66, 0xE8683A, 0x432619]),
        Position::NotChecked => ([0x5A5F65, 0xA3A8AD, 0xECEBE8], [0xB0B4B8, 0xA9AFB5, 0x33373B]),
    };
    let [text, fill, tint] = (if theme == Theme::Light { light } else { dark }).map(Rgb::hex);
    VerdictColors { text, fill, tint }
}

/// The marks that tell the verdicts apart without colour.
pub fn verdict_hatch(position: Position) -> Option<Hatch> {
    match position {
        Position::Inside => None,
        Position::Partial => Some(Hatch::Stripes { angle_deg: 90.0, width_pt: 4.0, every_pt: 8.0 }),
        Position::Outside => Some(Hatch::Stripes { angle_deg: 45.0, width_pt: 2.2, every_pt: 7.0 }),
        Position::NotChecked => Some(Hatch::Dots { diameter_pt: 2.4, every_pt: 6.0 }),
    }
}

fn piece(position: Position, theme: Theme) -> Style {
    let c = verdict_colors(position, theme);
    match verdict_hatch(position) {
        None => Style { wash: Some(Wash { color: c.fill, opacity: 0.26 }), ..Style::default() },
        Some(hatch) => Style {
            wash: Some(Wash { color: c.fill, opacity: 0.16 }),
            pattern: Some(Pattern { hatch, color: c.fill, opacity: 0.85 }),
            line: Some(Line { color: c.text, width_pt: 1.2, dash_pt: &[] }),
            ..Style::default()
        },
    }
}

/// Tones of the map that belong to no layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapTones {
    pub land: Rgb,
    pub neighbour: Rgb,
    pub sea: Rgb,
    pub water: Rgb,
    pub road: Rgb,
    pub coast: Rgb,
    pub border: Rgb,
    pub label: Rgb,
    pub water_label: Rgb,
    pub halo: Rgb,
    pub site: Rgb,
    pub card: Rgb,
}

pub fn map_tones(theme: Theme) -> MapTones {
    let tones = match theme {
        Theme::Light => {
            [0xFBF9F4, 0xF0EEEA, 0xDBE8EE, 0xCFE1E9, 0xFDFCFA, 0xA9C3CF, 0x7A7468, 0x4A4E53, 0x3A667C, 0xFDFCFA, 0xC8143C, 0xFFFFFF]
        }
        Theme::Dark => {
            [0x22262A, 0x1A1C1E, 0x17242C, 0x1A2E38, 0x2E3236, 0x3A5563, 0x8B877D, 0xC2C2BD, 0x7FA9BE, 0x1A1D1F, 0xFF5C7C, 0x262A2E]
        }
    };
    let [land, neighbour, sea, water, road, coast, border, label, water_label, halo, site, card] = tones.map(Rgb::hex);
    MapTones { land, neighbour, sea, water, road, coast, border, label, water_label, halo, site, card }
}

/// Width of a label's halo in points.
pub const HALO_PT: f32 = 3.5;

/// How items of a class look.
pub fn style_of(class: Class, scale_denominator: f64, theme: Theme) -> Style {
    let tones = map_tones(theme);
    let plain = |color| Style { wash: Some(Wash { color, opacity: 1.0 }), ..Style::default() };
    let line = |color, width_pt, dash_pt| Some(Line { color, width_pt, dash_pt });
    match class {
        Class::Sea => Style { line: line(tones.coast, 1.0, &[]), ..plain(tones.sea) },
        Class::Water => Style { line: line(tones.coast, 0.8, &[]), ..plain(tones.water) },
        Class::Neighbour => plain(tones.neighbour),
        Class::Land => plain(tones.land),
        Class::DistrictBorder => Style { line: line(tones.border, 1.0, &[8.0, 3.0, 2.0, 3.0]), ..Style::default() },
        Class::CityBorder => Style { line: line(tones.border, 1.4, &[8.0, 3.0, 2.0, 3.0, 2.0, 3.0]), ..Style::default() },
        Class::Cluster(grade) => cluster(grade, scale_denominator, theme),
        Class::Site => Style { line: line(tones.site, 1.8, &[]), ..Style::default() },
        Class::Piece(position) => piece(position, theme),
        Class::Offence => {
            let c = verdict_colors(Position::Outside, theme);
            let hatch = Hatch::Crossed { width_pt: 1.2, every_pt: 6.0 };
            Style {
                wash: Some(Wash { color: c.fill, opacity: 0.45 }),
                pattern: Some(Pattern { hatch, color: c.text, opacity: 1.0 }),
                line: line(c.text, 1.2, &[]),
                ..Style::default()
            }
        }
        Class::Layer(role) => layer(role, theme),
    }
}

fn layer(role: Role, theme: Theme) -> Style {
    let tones = map_tones(theme);
    let pick = |light: u32, dark: u32| Rgb::hex(if theme == Theme::Light { light } else { dark });
    let line = |color, width_pt, dash_pt| Some(Line { color, width_pt, dash_pt });
    let wash = |color, opacity| Some(Wash { color, opacity });
    match role {
        Role::Farmland => Style {
            wash: wash(pick(0xB9CF8A, 0x5E7F3A), 0.30),
            pattern: Some(Pattern {
                hatch: Hatch::Pluses { arm_pt: 2.5, width_pt: 0.9, every_pt: 9.0 },
                color: pick(0x47702B, 0x9CC470),
                opacity: 0.8,
            }),
            line: line(pick(0x47702B, 0x9CC470), 1.6, &[]),
            ..Style::default()
        },
        Role::Ecology => Style {
            pattern: Some(Pattern {
                hatch: Hatch::Stripes { angle_deg: -45.0, width_pt: 1.0, every_pt: 6.0 },
                color: pick(0x6FA26A, 0x5C8C58),
                opacity: 0.9,
            }),
            line: line(pick(0xC0272D, 0xF0696C), 1.2, &[]),
            ..Style::default()
        },
        Role::Growth => Style { line: line(pick(0x2C3A57, 0xA9B9DA), 2.4, &[12.0, 5.0]), ..Style::default() },
        Role::Parcels | Role::LandUse | Role::DetailedPlan => {
            Style { wash: wash(pick(0xEFE9DF, 0x23272A), 1.0), line: line(pick(0xDAD3C6, 0x34393D), 0.8, &[]), ..Style::default() }
        }
        Role::IndustrialLine => Style { line: line(pick(0x7F5F3F, 0xB79674), 1.6, &[6.0, 3.0]), ..Style::default() },
        Role::Avoid | Role::ZoneLimit | Role::Notify => Style {
            pattern: Some(Pattern {
                hatch: Hatch::Dots { diameter_pt: 1.6, every_pt: 7.0 },
                color: pick(0x7A5C8E, 0xB49AC8),
                opacity: 0.8,
            }),
            line: line(pick(0x7A5C8E, 0xB49AC8), 1.2, &[4.0, 3.0]),
            ..Style::default()
        },
        Role::BatchApproved | Role::Supplied | Role::Pending => {
            Style { wash: wash(pick(0xBB9674, 0x6E5A48), 0.25), line: line(pick(0x8A6A4C, 0xBB9674), 1.0, &[]), ..Style::default() }
        }
        Role::Sites | Role::Plan => style_of(Class::Site, FILLED_BEYOND, theme),
        Role::Roads => Style { casing: line(pick(0xDAD3C6, 0x3A3F44), 3.0, &[]), line: line(tones.road, 2.0, &[]), ..Style::default() },
        Role::Districts => Style { wash: wash(tones.land, 1.0), ..Style::default() },
        Role::Facilities | Role::Firms | Role::Backdrop => Style { line: line(pick(0xA09A8E, 0x6A6F74), 0.8, &[]), ..Style::default() },
    }
}

/// Roles in the order they are drawn, lowest first: ground, parcels, constraints, clusters, other sites.
pub const DRAW_ORDER: &[Role] = &[
    Role::Backdrop,
    Role::Districts,
    Role::LandUse,
    Role::DetailedPlan,
    Role::Parcels,
    Role::Roads,
    Role::ZoneLimit,
    Role::Notify,
    Role::Avoid,
    Role::IndustrialLine,
    Role::Farmland,
    Role::Ecology,
    Role::Growth,
    Role::Plan,
    Role::BatchApproved,
    Role::Supplied,
    Role::Pending,
    Role::Facilities,
    Role::Firms,
    Role::Sites,
];

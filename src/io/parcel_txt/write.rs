//! Boundary-point TXT for other offices, by a profile: which lines, which order, where a ring starts and how it ends.

use super::profile::{Closing, Line, Piece, Prefix, Slot, TxtProfile};
use crate::crs::{Crs, NationalPlane};
use crate::geom::{Point, RingsRef};
use crate::io::WriteError;
use crate::io::encoding::encode_text;
use crate::model::Date;
use crate::text::{MU_PER_M2, Message};
use std::fmt::Write;

/// One parcel to be written. Coordinates are those of the CRS the file is written in; outer rings counter-clockwise, holes
/// clockwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct TxtParcel<'a> {
    pub id: &'a str,
    pub name: &'a str,
    /// 地块用途.
    pub purpose: &'a str,
    /// 地类编码.
    pub code: &'a str,
    /// 图幅号.
    pub sheet: &'a str,
    /// Nothing is written for what has none.
    pub area_m2: Option<f64>,
}

/// What the head of the file says beside the system.
#[derive(Clone, Debug, Default)]
pub struct TxtHead {
    /// 数据产生单位.
    pub producer: String,
    pub date: Option<Date>,
}

/// The file's bytes.
///
/// # Errors
/// When `crs` is no Gauss–Krüger plane of the national numbering, the format knows no other; when a text cannot be written in
/// the profile's encoding.
pub fn parcel_txt_bytes(
    parcels: &[(TxtParcel<'_>, RingsRef<'_>)],
    crs: &Crs,
    head: &TxtHead,
    profile: &TxtProfile,
) -> Result<Vec<u8>, WriteError> {
    let plane = crs.national_plane().ok_or_else(|| WriteError(Message::new("io.write_txt_crs").with("crs", crs.label())))?;
    let mut out = Text { out: String::new(), profile, plane, head };
    let first = out.filled(&profile.head, &Filling::default());
    for line in first.lines() {
        out.line(line);
    }
    for (i, (parcel, rings)) in parcels.iter().enumerate() {
        out.parcel(i + 1, parcel, *rings);
    }
    encode_text(&out.out, &profile.encoding)
}

struct Text<'a> {
    out: String,
    profile: &'a TxtProfile,
    plane: NationalPlane,
    head: &'a TxtHead,
}

/// What the braces of a line stand for.
#[derive(Clone, Copy, Default)]
struct Filling<'a> {
    parcel: TxtParcel<'a>,
    feature: usize,
    lines: usize,
    points: usize,
    number: usize,
    ring: usize,
    at: Point,
}

impl Text<'_> {
    fn line(&mut self, words: &str) {
        self.out.push_str(words);
        self.out.push_str(self.profile.line_end);
    }

    fn parcel(&mut self, feature: usize, parcel: &TxtParcel<'_>, rings: RingsRef<'_>) {
        let points: usize = rings.rings().map(<[Point]>::len).sum();
        let closings = if self.profile.closing == Closing::Open { 0 } else { rings.rings().filter(|ring| !ring.is_empty()).count() };
        let all = Filling { parcel: *parcel, feature, points, lines: points + closings, ..Filling::default() };
        let line = self.filled(&self.profile.parcel, &all);
        self.line(&line);
        let mut number = 1;
        for (i, ring) in rings.rings().enumerate() {
            if !self.profile.numbers_run_on {
                number = 1;
            }
            let first = number;
            let points = self.ordered(ring);
            let closing = self.profile.closing;
            let mut write = |number: usize, at: Point| {
                let line = self.filled(&self.profile.point, &Filling { number, ring: i + 1, at, ..all });
                self.line(&line);
            };
            for p in &points {
                write(number, *p);
                number += 1;
            }
            match (closing, points.first()) {
                (Closing::First, Some(p)) => write(first, *p),
                (Closing::Next, Some(p)) => {
                    write(number, *p);
                    number += 1;
                }
                _ => {}
            }
        }
    }

    /// The points against their winding (outer rings stand counter-clockwise, the format wants them clockwise), beginning with
    /// the one farthest to the north-west.
    fn ordered(&self, ring: &[Point]) -> Vec<Point> {
        let north_west = |p: &Point| p[1] - p[0];
        let better = |best: usize, i: usize| if north_west(&ring[i]) > north_west(&ring[best]) { i } else { best };
        let start = if self.profile.from_north_west { (0..ring.len()).fold(0, better) } else { 0 };
        let step = |k: usize| if self.profile.clockwise { start + ring.len() - k } else { start + k };
        (0..ring.len()).map(|k| ring[step(k) % ring.len()]).collect()
    }

    fn filled(&self, line: &Line, with: &Filling<'_>) -> String {
        let mut out = String::new();
        for piece in &line.0 {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Slot(slot) => self.fill(*slot, with, &mut out),
            }
        }
        out
    }

    fn fill(&self, slot: Slot, with: &Filling<'_>, out: &mut String) {
        let area = |out: &mut String, per_m2: f64| {
            if let Some(m2) = with.parcel.area_m2 {
                let _ = write!(out, "{:.*}", self.profile.area_decimals, m2 * per_m2);
            }
        };
        let count = |out: &mut String, n: usize| {
            let _ = write!(out, "{n}");
        };
        let metres = |out: &mut String, v: f64| {
            let _ = write!(out, "{v:.*}", self.profile.decimals);
        };
        match slot {
            Slot::Producer => out.push_str(&field(&self.head.producer)),
            Slot::Date => out.push_str(&self.head.date.map(|d| d.to_string()).unwrap_or_default()),
            Slot::System => out.push_str(self.plane.system),
            Slot::Width => count(out, self.plane.width_deg as usize),
            Slot::Zone => count(out, self.plane.zone as usize),
            Slot::Lines => count(out, with.lines),
            Slot::LinesLessOne => count(out, with.lines.saturating_sub(1)),
            Slot::Points => count(out, with.points),
            Slot::AreaHa => area(out, 1e-4),
            Slot::AreaM2 => area(out, 1.0),
            Slot::AreaMu => area(out, MU_PER_M2),
            Slot::Feature => count(out, with.feature),
            Slot::Id => out.push_str(&field(with.parcel.id)),
            Slot::Name => out.push_str(&field(with.parcel.name)),
            Slot::Sheet => out.push_str(&field(with.parcel.sheet)),
            Slot::Purpose => out.push_str(&field(with.parcel.purpose)),
            Slot::Code => out.push_str(&field(with.parcel.code)),
            Slot::Number => count(out, with.number),
            Slot::Ring => count(out, with.ring),
            Slot::North => metres(out, with.at[1]),
            Slot::East => metres(out, with.at[0] + self.prefix_m()),
        }
    }

    /// What an easting gains or loses so that it begins with the zone, or does not.
    fn prefix_m(&self) -> f64 {
        let zone_m = f64::from(self.plane.zone) * 1e6;
        match (self.profile.prefix, self.plane.prefixed) {
            (Prefix::On, false) => zone_m,
            (Prefix::Off, true) => -zone_m,
            _ => 0.0,
        }
    }
}

/// A text that cannot break its line apart.
fn field(text: &str) -> String {
    let safe = |c: char| match c {
        ',' => '，',
        '@' => '＠',
        '=' => '＝',
        '\r' | '\n' => ' ',
        other => other,
    };
    text.chars().map(safe).collect()
}

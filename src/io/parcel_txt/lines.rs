//! The lines of a parcel file: sections, keys, parcel headers (they end in `@`) and points.

use crate::geom::Point;
use crate::text::Message;

/// A file taken apart.
#[derive(Debug, Default)]
pub struct Lines {
    /// `[属性描述]`: what the file says of its system.
    pub attributes: Vec<(String, String)>,
    /// `[项目信息]`, `[扩展信息]` and the like.
    pub project: Vec<(String, String)>,
    pub parcels: Vec<Parcel>,
}

#[derive(Debug, Default)]
pub struct Parcel {
    pub stated_count: Option<usize>,
    /// As written; meant in hectares.
    pub area: Option<f64>,
    pub id: String,
    pub name: String,
    pub kind: String,
    pub sheet: String,
    pub purpose: String,
    pub code: String,
    pub rest: String,
    pub points: Vec<ListedPoint>,
    /// Fields of the header, until the points have been counted.
    header: Vec<String>,
}

#[derive(Debug)]
pub struct ListedPoint {
    pub ring: String,
    /// The two coordinates in the order of the columns.
    pub at: Point,
    /// Of a line with six fields, the ring in the fifth.
    pub of_six: bool,
}

impl Lines {
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }
}

/// Full-width punctuation, digits and brackets as half-width ones, a character for a character.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| *c != '\u{feff}' && *c != '\0').map(half_width).collect()
}

fn half_width(c: char) -> char {
    match c {
        '，' => ',',
        '＝' => '=',
        '［' | '【' => '[',
        '］' | '】' => ']',
        '＠' => '@',
        '：' => ':',
        '．' => '.',
        '－' => '-',
        '\u{3000}' | '\u{a0}' => ' ',
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        other => other,
    }
}

/// Whether a line is a parcel's with signs as they should be: what is full-width in it belongs to a name then.
fn is_proper_header(line: &str) -> bool {
    line.contains('@') && line.matches(',').count() >= 3
}

/// # Errors
/// The first line among the points that is none: with a point missing an area would be wrong.
pub fn scan(text: &str) -> Result<Lines, Message> {
    let mut lines = Lines::default();
    let mut section = String::new();
    // CRLF, LF and a lone CR all end a line.
    for (number, line) in text.replace("\r\n", "\n").split(['\n', '\r']).enumerate() {
        let written: String = line.chars().filter(|c| *c != '\u{feff}' && *c != '\0').collect();
        let halved = plain(&written);
        let line = if is_proper_header(&written) { written.as_str() } else { halved.as_str() };
        let line = line.trim().trim_end_matches('\u{1a}').trim();
        let broken = || {
            let start: String = line.chars().take(40).collect();
            Message::new("io.txt_line_broken").with("line", (number + 1).to_string()).with("text", start)
        };
        if line.is_empty() || line.starts_with("//") || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').trim().to_owned();
            continue;
        }
        if let Some((fields, trailing)) = line.split_once('@') {
            let mut header: Vec<String> = fields.split(',').map(|f| f.trim().to_owned()).collect();
            header.iter_mut().take(2).filter(|f| f.starts_with(|c: char| half_width(c).is_ascii_digit())).for_each(|f| *f = plain(f));
            // The comma before the `@`.
            if header.last().is_some_and(String::is_empty) {
                header.pop();
            }
            lines.parcels.push(Parcel { header, rest: trailing.trim_matches([',', ' ']).to_owned(), ..Parcel::default() });
            continue;
        }
        if let Some((key, value)) = line.split_once('=') {
            let pair = (key.trim().to_owned(), value.trim().to_owned());
            match section.as_str() {
                "属性描述" | "" => lines.attributes.push(pair),
                "地块坐标" => return Err(broken()),
                _ if !pair.0.is_empty() && !pair.1.is_empty() => lines.project.push(pair),
                _ => {}
            }
            continue;
        }
        match lines.parcels.last_mut() {
            Some(parcel) => parcel.points.push(point(line).ok_or_else(broken)?),
            // Before the first parcel: titles and other words, but never a point that would be lost.
            None if point(line).is_some() => return Err(broken()),
            None => {}
        }
    }
    lines.parcels.iter_mut().for_each(Parcel::read_header);
    Ok(lines)
}

/// `J1,1,X,Y`; `J1,X,Y,,1,` with the ring fifth; `J1,X,Y` without ring.
fn point(line: &str) -> Option<ListedPoint> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let number = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).filter(|v| v.is_finite());
    let is_short = |i: usize, digits: usize| fields.get(i).is_some_and(|f| f.len() <= digits && f.bytes().all(|b| b.is_ascii_digit()));
    let is_ring = |i: usize| is_short(i, 3);
    let nothing_after = |i: usize| fields.iter().skip(i).all(|f| f.is_empty());
    let (ring, at, of_six) = if let (true, Some(a), Some(b)) = (is_short(1, 5), number(2), number(3)) {
        // One dialect has the number of the parcel there, which may be long.
        // A height may follow.
        let height = nothing_after(4) || (number(4).is_some() && nothing_after(5));
        (fields[1], height.then_some([a, b])?, false)
    } else if let (Some(a), Some(b), true) = (number(1), number(2), fields.len() >= 5 && is_ring(4)) {
        (fields[4], [a, b], true)
    } else if let (Some(a), Some(b), true) = (number(1), number(2), nothing_after(3) && !is_ring(1)) {
        ("", [a, b], false)
    } else {
        return None;
    };
    Some(ListedPoint { ring: ring.to_owned(), at, of_six })
}

impl Parcel {
    /// By the number of fields, as the public dialects have them.
    fn read_header(&mut self) {
        let header = std::mem::take(&mut self.header);
        let field = |i: usize| header.get(i).cloned().unwrap_or_default();
        let count = header.first().and_then(|f| f.parse::<usize>().ok());
        if header.len() >= 6 {
            self.stated_count = count;
            self.area = area(&field(1));
            (self.id, self.name, self.kind) = (field(2), field(3), field(4));
            (self.sheet, self.purpose, self.code) = (field(5), field(6), field(7));
            // One dialect says there whether the land lies above the ground; another, with six fields a point, its purpose.
            if self.purpose.is_empty() && !self.code.is_empty() && self.points.iter().all(|p| p.of_six) {
                self.purpose = std::mem::take(&mut self.code);
            } else if ["地上", "地下", "地表"].contains(&self.code.as_str()) {
                self.rest = std::mem::take(&mut self.code);
            }
            if header.len() > 8 {
                let rest: Vec<&str> = std::iter::once(self.rest.as_str()).chain(header[8..].iter().map(String::as_str)).collect();
                self.rest = rest.join(",").trim_start_matches(',').to_owned();
            }
            return;
        }
        // 编号,名称,类型 or 点数,名称,类型,用途: a first field near the number of points is one.
        let is_count = count.is_some_and(|n| n.abs_diff(self.points.len()) <= 2);
        if is_count {
            self.stated_count = count;
        } else {
            self.id = field(0);
        }
        (self.name, self.kind, self.purpose) = (field(1), field(2), field(3));
        if self.purpose == "面" {
            std::mem::swap(&mut self.kind, &mut self.purpose);
        }
    }
}

/// `0.7655`, `0.7655公顷`.
fn area(text: &str) -> Option<f64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.');
    let value: f64 = digits.trim().parse().ok()?;
    let unit_ha = match text[digits.len()..].trim() {
        "亩" => 1.0 / 15.0,
        "平方米" | "㎡" | "m²" | "m2" => 1e-4,
        _ => 1.0,
    };
    value.is_finite().then_some(value * unit_ha)
}

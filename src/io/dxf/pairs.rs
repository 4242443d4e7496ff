//! DXF as it is written: pairs of a group code and a value, in lines of text or binary.

use crate::io::bytes::{f64_le, i32_le, slice, u16_le};

/// What every binary DXF begins with.
const BINARY: &[u8] = b"AutoCAD Binary DXF\r\n\x1a\0";

/// A group code with its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair<'a> {
    pub code: i32,
    value: Written<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Written<'a> {
    Words(&'a [u8]),
    Number(f64),
}

impl<'a> Pair<'a> {
    /// The value as text; nothing for a number of a binary file.
    pub fn words(&self) -> &'a [u8] {
        match self.value {
            Written::Words(words) => words,
            Written::Number(_) => b"",
        }
    }

    /// The value as a number; `None` for words that are none.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Written::Number(x) => Some(x),
            Written::Words(words) => std::str::from_utf8(words.trim_ascii()).ok()?.parse().ok(),
        }
    }

    /// The value as a whole number, 0 for what is none.
    pub fn whole(&self) -> i64 {
        self.number().map_or(0, |x| x as i64)
    }

    /// Whether this is the group code 0 with such a word.
    pub fn begins(&self, word: &str) -> bool {
        self.code == 0 && self.words().trim_ascii() == word.as_bytes()
    }
}

/// Where the pairs of a file cannot be told apart: the line of a text file, the byte of a binary one, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    pub at: usize,
}

/// A place among the pairs of a file; a copy of it reads on from there.
#[derive(Clone, Copy, Debug)]
pub struct Pairs<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// Lines ended by a line feed, or by a lone carriage return.
    Text { end: u8 },
    /// Group codes of two bytes, or of one as until R12.
    Binary { wide: bool },
}

/// What the value of a group code takes in a binary file.
enum Width {
    Words,
    Chunk,
    F64,
    I64,
    I32,
    I16,
    U8,
}

impl<'a> Pairs<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        if let Some(rest) = bytes.strip_prefix(BINARY) {
            let wide = rest.get(1) == Some(&0);
            return Self { bytes, at: BINARY.len(), line: 1, form: Form::Binary { wide } };
        }
        let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let head = &bytes[..bytes.len().min(1 << 12)];
        let end = if head.contains(&b'\n') || !head.contains(&b'\r') { b'\n' } else { b'\r' };
        Self { bytes, at, line: 1, form: Form::Text { end } }
    }

    pub fn is_binary(&self) -> bool {
        matches!(self.form, Form::Binary { .. })
    }

    /// Line or byte of what is read next, from 1.
    pub fn place(&self) -> usize {
        if self.is_binary() { self.at + 1 } else { self.line }
    }

    /// The next pair; `None` at the end of the file.
    ///
    /// # Errors
    /// When what stands there is no pair, or the file ends within one.
    pub fn next(&mut self) -> Result<Option<Pair<'a>>, Broken> {
        match self.form {
            Form::Text { end } => self.next_of_text(end),
            Form::Binary { wide } => {
                let at = self.at + 1;
                if self.at >= self.bytes.len() {
                    return Ok(None);
                }
                self.next_of_binary(wide).map(Some).ok_or(Broken { at })
            }
        }
    }

    fn next_of_text(&mut self, end: u8) -> Result<Option<Pair<'a>>, Broken> {
        let (at, code) = loop {
            let at = self.line;
            match self.take_line(end) {
                None => return Ok(None),
                Some(line) if line.trim_ascii().is_empty() || line == b"\x1a" => {}
                Some(line) => break (at, std::str::from_utf8(line.trim_ascii()).ok().and_then(|s| s.parse::<i32>().ok())),
            }
        };
        let code = code.ok_or(Broken { at })?;
        let value = self.take_line(end).ok_or(Broken { at })?;
        Ok(Some(Pair { code, value: Written::Words(value) }))
    }

    fn take_line(&mut self, end: u8) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|b| *b == end).unwrap_or(rest.len());
        self.at += length + 1;
        self.line += 1;
        let line = &rest[..length];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn next_of_binary(&mut self, wide: bool) -> Option<Pair<'a>> {
        let code = if wide {
            self.at += 2;
            u16_le(self.bytes, self.at - 2)?
        } else {
            self.at += 1;
            match *self.bytes.get(self.at - 1)? {
                255 => {
                    self.at += 2;
                    u16_le(self.bytes, self.at - 2)?
                }
                code => u16::from(code),
            }
        };
        let at = self.at;
        let mut take = |length: usize| self.at += length;
        let value = match width(code) {
            Width::Words => {
                let rest = self.bytes.get(at..)?;
                let length = rest.iter().position(|b| *b == 0)?;
                take(length + 1);
                Written::Words(&rest[..length])
            }
            Width::Chunk => {
                let length = usize::from(*self.bytes.get(at)?);
                take(length + 1);
                Written::Words(slice(self.bytes, at + 1, length)?)
            }
            Width::F64 => {
                take(8);
                Written::Number(f64_le(self.bytes, at)?)
            }
            Width::I64 => {
                take(8);
                Written::Number(i64::from_le_bytes(slice(self.bytes, at, 8)?.try_into().ok()?) as f64)
            }
            Width::I32 => {
                take(4);
                Written::Number(f64::from(i32_le(self.bytes, at)?))
            }
            Width::I16 => {
                take(2);
                Written::Number(f64::from(u16_le(self.bytes, at)?.cast_signed()))
            }
            Width::U8 => {
                take(1);
                Written::Number(f64::from(*self.bytes.get(at)?))
            }
        };
        Some(Pair { code: i32::from(code), value })
    }
}

/// By the table of the DXF reference.
fn width(code: u16) -> Width {
    match code {
        10..=59 | 110..=149 | 210..=239 | 460..=469 | 1010..=1059 => Width::F64,
        60..=79 | 170..=179 | 270..=289 | 370..=389 | 400..=409 | 1060..=1070 => Width::I16,
        90..=99 | 420..=429 | 440..=459 | 1071 => Width::I32,
        160..=169 => Width::I64,
        290..=299 => Width::U8,
        310..=319 | 1004 => Width::Chunk,
        _ => Width::Words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<(i32, String)>, Broken> {
        let mut pairs = Pairs::new(bytes);
        let mut out = Vec::new();
        while let Some(pair) = pairs.next()? {
            let words = pair.number().map_or_else(|| String::from_utf8_lossy(pair.words()).into_owned(), |x| x.to_string());
            out.push((pair.code, words));
        }
        Ok(out)
    }

    #[test]
    fn lines_of_any_ending_are_pairs() {
        let meant = Ok(vec![(0, "SECTION".to_owned()), (10, "1.5".to_owned())]);
        for text in ["  0\nSECTION\n 10\n1.5\n", "0\r\nSECTION\r\n10\r\n1.5", "\u{feff}0\rSECTION\r10\r1.5\r"] {
            assert_eq!(all(text.as_bytes()), meant, "{text:?}");
        }
        assert_eq!(all(b"0\nSECTION\nx\n1\n"), Err(Broken { at: 3 }));
        assert_eq!(all(b"0\nSECTION\n10\n"), Err(Broken { at: 3 }));
    }

    #[test]
    fn binary_pairs_of_both_kinds() {
        let narrow = [BINARY, b"\0SECTION\0\x0a", &1.5f64.to_le_bytes(), &[255], &1070u16.to_le_bytes(), &[7, 0]].concat();
        let wide = [BINARY, b"\0\0SECTION\0\x0a\0", &1.5f64.to_le_bytes(), &1070u16.to_le_bytes(), &[7, 0]].concat();
        for bytes in [narrow, wide] {
            let meant = vec![(0, "SECTION".to_owned()), (10, "1.5".to_owned()), (1070, "7".to_owned())];
            assert_eq!(all(&bytes), Ok(meant));
            assert!(all(&bytes[..bytes.len() - 1]).is_err());
        }
    }
}

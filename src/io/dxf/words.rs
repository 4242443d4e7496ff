//! Text of a drawing: its code page, the escapes within it, and the formatting of paragraphs taken off.

use crate::io::encoding::{Chosen, Evidence, by_label, contradicted, sniffed};
use crate::text::Message;
use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8};

/// The first release whose text is UTF-8.
const UTF8_SINCE: &[u8] = b"AC1021";

/// Settles the encoding: what the user says, the release, the code page; what the content contradicts gives way.
///
/// # Errors
/// When `forced` names no encoding.
pub fn choose(forced: Option<&str>, version: &[u8], code_page: &str, evidence: &Evidence) -> Result<Chosen, Message> {
    if let Some(label) = forced {
        let encoding = by_label(label).ok_or_else(|| Message::new("io.encoding_unknown").with("label", label))?;
        return Ok(Chosen { encoding, how: Message::new("io.encoding_by_user"), doubt: None });
    }
    let declared = if version >= UTF8_SINCE && version.starts_with(b"AC") {
        Some((UTF_8, "UTF-8".to_owned(), Message::new("io.encoding_by_release")))
    } else {
        let encoding = by_label(&code_page.to_ascii_lowercase().replace("dos", ""));
        encoding.map(|e| (e, code_page.to_owned(), Message::new("io.encoding_by_code_page").with("label", code_page)))
    };
    Ok(match declared {
        Some((encoding, label, how)) => contradicted(encoding, evidence, &label).unwrap_or(Chosen { encoding, how, doubt: None }),
        None => sniffed(evidence),
    })
}

/// A text as a person reads it: decoded, its escapes replaced, the switches for lines over and under it taken off.
pub fn plain(bytes: &[u8], encoding: &'static Encoding) -> String {
    let text = escaped(&encoding.decode_without_bom_handling(bytes).0);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("%%") {
        out.push_str(&rest[..at]);
        let after = &rest[at + 2..];
        let digits = after.get(..3).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let taken = match (digits, after.chars().next()) {
            (Some(code), _) => {
                out.extend(code.parse::<u8>().ok().map(char::from));
                3
            }
            (None, Some(switch)) => {
                match switch.to_ascii_lowercase() {
                    'c' => out.push('Ø'),
                    'd' => out.push('°'),
                    'p' => out.push('±'),
                    '%' => out.push('%'),
                    'u' | 'o' | 'k' => {}
                    _ => {
                        out.push_str("%%");
                        out.push(switch);
                    }
                }
                switch.len_utf8()
            }
            (None, None) => {
                out.push_str("%%");
                0
            }
        };
        rest = &after[taken..];
    }
    out.push_str(rest);
    out
}

/// A paragraph without its formatting: one line a line.
pub fn paragraph(bytes: &[u8], encoding: &'static Encoding) -> String {
    let text = plain(bytes, encoding);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' => {}
            '\\' => match chars.next() {
                Some('P' | 'N' | 'X') => out.push('\n'),
                Some('~') => out.push(' '),
                Some(kept @ ('\\' | '{' | '}')) => out.push(kept),
                // A fraction or a tolerance: above and below.
                Some('S') => {
                    let stack: String = chars.by_ref().take_while(|c| *c != ';').collect();
                    out.push_str(&stack.replace(['^', '#'], "/"));
                }
                Some('f' | 'F' | 'H' | 'h' | 'C' | 'c' | 'T' | 'Q' | 'W' | 'A' | 'p') => {
                    chars.by_ref().find(|c| *c == ';');
                }
                Some('L' | 'l' | 'O' | 'o' | 'K' | 'k') => {}
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    out.trim().to_owned()
}

/// `\U+4E2D`, `\M+5D6D0` (a character of a code page) and carets for control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '^']) {
        out.push_str(&rest[..at]);
        let here = &rest[at..];
        let (shown, taken) = escape(here).unwrap_or_else(|| (here.chars().take(1).collect(), 1));
        out.push_str(&shown);
        rest = &here[taken..];
    }
    out.push_str(rest);
    out
}

/// What the escape at the beginning of `here` shows, and its bytes.
fn escape(here: &str) -> Option<(String, usize)> {
    let hex = |digits: &str| u32::from_str_radix(digits, 16).ok();
    if here.starts_with("\\U+") || here.starts_with("\\u+") {
        let unit = hex(here.get(3..7)?)?;
        // Beyond the first plane two halves follow each other.
        if (0xD800..0xDC00).contains(&unit) {
            let low = hex(here.get(7..).filter(|s| s.starts_with("\\U+"))?.get(3..7)?)?;
            let point = 0x1_0000 + ((unit - 0xD800) << 10) + low.checked_sub(0xDC00).filter(|l| *l < 0x400)?;
            return Some((char::from_u32(point)?.to_string(), 14));
        }
        return Some((char::from_u32(unit)?.to_string(), 7));
    }
    if here.starts_with("\\M+") {
        let page = match here.as_bytes().get(3)? {
            b'1' => SHIFT_JIS,
            b'2' => BIG5,
            b'3' | b'4' => EUC_KR,
            b'5' => GB18030,
            _ => return None,
        };
        let bytes = u16::try_from(hex(here.get(4..8)?)?).ok()?.to_be_bytes();
        return Some((page.decode_without_bom_handling(&bytes).0.into_owned(), 8));
    }
    match here.as_bytes() {
        [b'^', b'J', ..] => Some(("\n".into(), 2)),
        [b'^', b'I', ..] => Some((" ".into(), 2)),
        [b'^', b'M', ..] => Some((String::new(), 2)),
        [b'^', b' ', ..] => Some(("^".into(), 2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_what_they_mean() {
        assert_eq!(plain(br"\U+9752\U+5C9B %%c50 45%%d %%p0.1 100%%% %%uX%%u %%065", UTF_8), "青岛 Ø50 45° ±0.1 100% X A");
        assert_eq!(plain(br"\M+5C7E0\M+5B5BA", UTF_8), "青岛");
        assert_eq!(plain(br"\U+D842\U+DFB7 \U+zz \U+12", UTF_8), "𠮷 \\U+zz \\U+12");
        assert_eq!(plain(b"100%%", UTF_8), "100%%");
    }

    #[test]
    fn gbk_text_whose_second_byte_is_a_backslash_stays_whole() {
        let bytes = GB18030.encode("乗淺").0;
        assert!(bytes.contains(&b'\\'));
        assert_eq!(plain(&bytes, GB18030), "乗淺");
    }

    #[test]
    fn a_paragraph_loses_its_formatting() {
        let text = r"{\fSimSun|b0|i0|c134|p2;\H2.5x;青岛}\P\C1;\LA\l \{1\} 3\S1/2; \A1;\pxqc;end\~x\\";
        assert_eq!(paragraph(text.as_bytes(), UTF_8), "青岛\nA {1} 31/2 end x\\");
    }

    #[test]
    fn the_release_or_the_code_page_declares_and_the_content_overrules() {
        let gbk = GB18030.encode("青岛市工业用地").0.into_owned();
        let mut evidence = Evidence::default();
        evidence.add(&gbk);
        assert_eq!(choose(None, b"AC1015", "ANSI_936", &evidence).unwrap().encoding, GB18030);
        let chosen = choose(None, b"AC1027", "ANSI_936", &evidence).unwrap();
        assert_eq!((chosen.encoding, chosen.doubt.is_some()), (GB18030, true));
        let mut evidence = Evidence::default();
        evidence.add("青岛市工业用地".as_bytes());
        assert_eq!(choose(None, b"AC1018", "ANSI_1252", &evidence).unwrap().encoding, UTF_8);
        assert_eq!(choose(None, b"AC1027", "", &evidence).unwrap().encoding, UTF_8);
    }
}

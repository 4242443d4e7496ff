//! Which encoding a file's text is in, and why: declared, told by a header byte, or read off the content.

use super::WriteError;
use crate::text::Message;
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, KOI8_R, KOI8_U, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1252,
};

/// An encoding that was settled on, how, and what is odd about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub encoding: &'static Encoding,
    pub how: Message,
    pub doubt: Option<Message>,
}

/// The encoding a label names, however offices write it: `GBK`, `ANSI 936`, `cp936`, `UTF8`, `65001`.
/// `None` for what names no certain one (`OEM`, `ANSI`).
pub fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    let mut short: String = label.to_ascii_uppercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    for prefix in ["ANSI", "OEM", "MS", "WINDOWS", "CP"] {
        short = short.strip_prefix(prefix).unwrap_or(&short).to_owned();
    }
    match short.as_str() {
        "UTF8" | "65001" => Some(UTF_8),
        // GB 18030 is the superset of all of them.
        "936" | "GBK" | "GB2312" | "GB18030" | "54936" | "20936" | "EUCCN" | "GB231280" => Some(GB18030),
        "950" | "BIG5" => Some(BIG5),
        "932" | "SHIFTJIS" | "SJIS" => Some(SHIFT_JIS),
        "51932" | "EUCJP" => Some(EUC_JP),
        "949" | "EUCKR" => Some(EUC_KR),
        "866" => Some(IBM866),
        "874" => Some(WINDOWS_874),
        "KOI8R" | "20866" => Some(KOI8_R),
        "KOI8U" | "21866" => Some(KOI8_U),
        "" => None,
        "1252" | "88591" | "ISO88591" | "LATIN1" | "88591LATIN1" | "28591" => Some(WINDOWS_1252),
        digits if digits.len() == 4 && digits.starts_with("125") => Encoding::for_label(format!("windows-{digits}").as_bytes()),
        digits if digits.starts_with("8859") => Encoding::for_label(format!("iso-8859-{}", &digits[4..]).as_bytes()),
        _ => Encoding::for_label(label.as_bytes()),
    }
}

/// The encoding a DBF header's language byte names; `None` where it says nothing certain (0, and 0x57 "ANSI").
fn by_language_byte(ldid: u8) -> Option<&'static Encoding> {
    match ldid {
        0x4D | 0x7A => Some(GB18030),
        0x4F | 0x78 => Some(BIG5),
        0x13 | 0x7B => Some(SHIFT_JIS),
        0x4E | 0x79 => Some(EUC_KR),
        0x03 | 0x58 | 0x59 => Some(WINDOWS_1252),
        0xC8 => by_label("1250"),
        0xC9 => by_label("1251"),
        _ => None,
    }
}

/// What a sample of texts looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Multibyte characters, were it UTF-8.
    utf8_characters: usize,
    not_utf8: bool,
    not_gb18030: bool,
    /// Runs of bytes ≥ 0x80, and those of them that are a single byte among ASCII letters.
    high_runs: usize,
    lone_high: usize,
}

impl Evidence {
    /// Adds a text; a character cut at its end (fixed-width fields) is no evidence against an encoding.
    pub fn add(&mut self, text: &[u8]) {
        if text.is_ascii() {
            return;
        }
        match std::str::from_utf8(text) {
            Ok(s) => self.utf8_characters += s.chars().filter(|c| !c.is_ascii()).count(),
            Err(e) if e.error_len().is_none() => {
                let valid = std::str::from_utf8(&text[..e.valid_up_to()]).unwrap_or("");
                self.utf8_characters += valid.chars().filter(|c| !c.is_ascii()).count();
            }
            Err(_) => self.not_utf8 = true,
        }
        if decode_whole(text, GB18030).is_none() {
            self.not_gb18030 = true;
        }
        for run in text.split(u8::is_ascii).filter(|run| !run.is_empty()) {
            self.high_runs += 1;
            self.lone_high += usize::from(run.len() == 1);
        }
    }

    fn is_ascii(&self) -> bool {
        self.high_runs == 0
    }

    fn looks_utf8(&self) -> bool {
        !self.not_utf8 && self.utf8_characters > 0
    }

    /// Single accented letters among ASCII: a European text, not a Chinese one.
    fn looks_western(&self) -> bool {
        self.not_gb18030 || self.lone_high * 10 >= self.high_runs * 9
    }
}

/// Settles the encoding of a DBF: what the user says, `.cpg`, the language byte, the content; a declaration that the
/// content contradicts gives way and is said.
///
/// # Errors
/// When `forced` names no encoding.
pub fn choose(forced: Option<&str>, cpg: Option<&[u8]>, ldid: u8, evidence: &Evidence) -> Result<Chosen, Message> {
    let chosen = |encoding, how| Chosen { encoding, how, doubt: None };
    if let Some(label) = forced {
        let encoding = by_label(label).ok_or_else(|| Message::new("io.encoding_unknown").with("label", label))?;
        return Ok(chosen(encoding, Message::new("io.encoding_by_user")));
    }
    let cpg_label = cpg.map(|bytes| String::from_utf8_lossy(bytes).trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned());
    if let Some(label) = &cpg_label
        && let Some(encoding) = by_label(label)
    {
        let how = Message::new("io.encoding_by_cpg").with("label", label.clone());
        return Ok(contradicted(encoding, evidence, label).unwrap_or_else(|| chosen(encoding, how)));
    }
    let mut found = match by_language_byte(ldid) {
        Some(encoding) => {
            let label = format!("0x{ldid:02X}");
            let how = Message::new("io.encoding_by_ldid").with("label", label.clone());
            contradicted(encoding, evidence, &label).unwrap_or_else(|| chosen(encoding, how))
        }
        None => sniffed(evidence),
    };
    if let Some(label) = cpg_label.filter(|label| !names_none(label) && !evidence.is_ascii()) {
        found.doubt = Some(Message::new("io.encoding_cpg_unknown").with("label", label).with("used", found.encoding.name()));
    }
    Ok(found)
}

/// Whether a label says no more than that it is whatever the machine used that wrote it.
fn names_none(label: &str) -> bool {
    ["", "OEM", "ANSI"].iter().any(|none| label.eq_ignore_ascii_case(none))
}

/// By content alone: UTF-8 when all of it is and some of it must be, a Western page for lone accents, else GB 18030.
pub fn sniffed(evidence: &Evidence) -> Chosen {
    let how = Message::new("io.encoding_by_content");
    if evidence.is_ascii() {
        return Chosen { encoding: GB18030, how: Message::new("io.encoding_ascii"), doubt: None };
    }
    if evidence.looks_utf8() {
        return Chosen { encoding: UTF_8, how, doubt: None };
    }
    let western = evidence.looks_western();
    let doubt = western.then(|| Message::new("io.encoding_doubtful").with("label", WINDOWS_1252.name()));
    Chosen { encoding: if western { WINDOWS_1252 } else { GB18030 }, how, doubt }
}

/// The encoding the content proves against a declaration, if it does.
pub fn contradicted(declared: &'static Encoding, evidence: &Evidence, label: &str) -> Option<Chosen> {
    // GBK text of a character or two can pass for UTF-8 by accident; longer text cannot.
    let proven = if declared == UTF_8 && evidence.not_utf8 {
        sniffed(evidence).encoding
    } else if declared != UTF_8 && evidence.looks_utf8() && evidence.utf8_characters >= 3 {
        UTF_8
    } else {
        return None;
    };
    let doubt = Some(contradiction(label, proven));
    Some(Chosen { encoding: proven, how: Message::new("io.encoding_by_content"), doubt })
}

/// A text file: by BOM, strict UTF-8, else GB 18030; the user's word first. Gives the text without its BOM.
///
/// # Errors
/// When `forced` names no encoding.
pub fn decode_file(bytes: &[u8], forced: Option<&str>) -> Result<(String, Chosen), Message> {
    if let Some(label) = forced {
        let encoding = by_label(label).ok_or_else(|| Message::new("io.encoding_unknown").with("label", label))?;
        let text = encoding.decode(bytes).0.into_owned();
        return Ok((text, Chosen { encoding, how: Message::new("io.encoding_by_user"), doubt: None }));
    }
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let text = encoding.decode(bytes).0.into_owned();
        return Ok((text, Chosen { encoding, how: Message::new("io.encoding_by_bom"), doubt: None }));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let how = if bytes.is_ascii() { "io.encoding_ascii" } else { "io.encoding_by_content" };
        return Ok((text.to_owned(), Chosen { encoding: UTF_8, how: Message::new(how), doubt: None }));
    }
    let (text, _, broken) = GB18030.decode(bytes);
    let doubt = broken.then(|| Message::new("io.encoding_doubtful").with("label", GB18030.name()));
    Ok((text.into_owned(), Chosen { encoding: GB18030, how: Message::new("io.encoding_by_content"), doubt }))
}

/// A text in the encoding that a user asks for; `UTF-8-BOM` with its mark.
///
/// # Errors
/// When the label names no encoding, or one that cannot hold the text.
pub fn encode_text(text: &str, label: &str) -> Result<Vec<u8>, WriteError> {
    let with_bom = label.eq_ignore_ascii_case("UTF-8-BOM");
    let found = by_label(if with_bom { "UTF-8" } else { label });
    let encoding = found.ok_or_else(|| WriteError(Message::new("io.write_encoding").with("encoding", label)))?;
    if encoding == UTF_8 {
        return Ok([if with_bom { &b"\xEF\xBB\xBF"[..] } else { b"" }, text.as_bytes()].concat());
    }
    // The four-byte characters of GB 18030 are no GBK: programs that read code page 936 would show others.
    let narrow = if encoding == GB18030 { GBK } else { encoding };
    let (bytes, _, lost) = narrow.encode(text);
    if lost {
        let mut buffer = [0; 4];
        let strange: String = text.chars().filter(|c| narrow.encode(c.encode_utf8(&mut buffer)).2).take(10).collect();
        return Err(WriteError(Message::new("io.write_not_gbk").with("encoding", narrow.name()).with("text", strange)));
    }
    Ok(bytes.into_owned())
}

/// XML: by BOM, strict UTF-8, what its first line declares, else GB 18030; the user's word first. Gives the text without
/// its BOM.
///
/// # Errors
/// When `forced` names no encoding.
pub fn decode_xml(bytes: &[u8], forced: Option<&str>) -> Result<(String, Chosen), Message> {
    // UTF-16 without its mark: every other byte of the first `<?` is nothing.
    let wide = match bytes {
        [b'<', 0, b'?', 0, ..] => Some(UTF_16LE),
        [0, b'<', 0, b'?', ..] => Some(UTF_16BE),
        _ => None,
    };
    if let (None, Some(encoding)) = (forced, wide) {
        let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
        return Ok((text, Chosen { encoding, how: Message::new("io.encoding_by_content"), doubt: None }));
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let declared = head.split_once("encoding=").filter(|_| head.trim_start().starts_with("<?xml"));
    let label = declared.and_then(|(_, rest)| rest.split(['"', '\'']).nth(1)).unwrap_or_default().to_owned();
    let (text, mut chosen) = decode_file(bytes, forced)?;
    let is_plain = bytes.is_ascii() || forced.is_some() || Encoding::for_bom(bytes).is_some();
    match by_label(&label).filter(|_| !is_plain) {
        Some(encoding) if encoding == chosen.encoding => chosen.how = Message::new("io.encoding_by_xml").with("label", label),
        // All of it is UTF-8, which text in another encoding is not by accident.
        Some(_) if chosen.encoding == UTF_8 => chosen.doubt = Some(contradiction(&label, UTF_8)),
        Some(encoding) if encoding == UTF_8 => chosen.doubt = Some(contradiction(&label, chosen.encoding)),
        Some(encoding) => {
            let (text, _, is_broken) = encoding.decode(bytes);
            let doubt = is_broken.then(|| Message::new("io.encoding_doubtful").with("label", encoding.name()));
            return Ok((text.into_owned(), Chosen { encoding, how: Message::new("io.encoding_by_xml").with("label", label), doubt }));
        }
        None => {}
    }
    Ok((text, chosen))
}

fn contradiction(label: &str, used: &'static Encoding) -> Message {
    Message::new("io.encoding_contradicted").with("label", label).with("used", used.name())
}

/// A fixed-width text: a character cut at the end is dropped; what is broken elsewhere shows as `U+FFFD`.
pub fn decode_field(bytes: &[u8], encoding: &'static Encoding) -> String {
    decode_whole(bytes, encoding).unwrap_or_else(|| encoding.decode_without_bom_handling(bytes).0.into_owned())
}

/// The text when all of it is sound but for up to three bytes of a last character that was cut.
fn decode_whole(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    (0..=3.min(bytes.len())).find_map(|cut| {
        // Only bytes that could begin a multibyte character are cut off.
        let (kept, tail) = bytes.split_at(bytes.len() - cut);
        if tail.first().is_some_and(u8::is_ascii) {
            return None;
        }
        encoding.decode_without_bom_handling_and_without_replacement(kept).map(std::borrow::Cow::into_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(texts: &[&[u8]]) -> Evidence {
        let mut evidence = Evidence::default();
        texts.iter().for_each(|t| evidence.add(t));
        evidence
    }

    fn gbk(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn labels_as_offices_write_them() {
        for label in ["GBK", "gb2312", "GB18030", "936", "CP936", "ANSI 936", "ms936", "\u{feff}GBK\r\n", "GB 2312"] {
            assert_eq!(by_label(label), Some(GB18030), "{label:?}");
        }
        for label in ["UTF-8", "utf8", "65001", "CP65001"] {
            assert_eq!(by_label(label), Some(UTF_8), "{label:?}");
        }
        assert_eq!(by_label("Big-5"), Some(BIG5));
        assert_eq!(by_label("ISO-8859-1"), Some(WINDOWS_1252));
        assert_eq!(by_label("1251").map(Encoding::name), Some("windows-1251"));
        for (label, name) in [("koi8r", "KOI8-R"), ("KOI8-U", "KOI8-U"), ("874", "windows-874"), ("CP866", "IBM866")] {
            assert_eq!(by_label(label).map(Encoding::name), Some(name));
        }
        assert_eq!(by_label("OEM"), None);
        assert_eq!(by_label("no such"), None);
    }

    #[test]
    fn content_decides_where_nothing_is_declared() {
        let text = gbk("青岛市工业用地");
        for ldid in [0, 0x57] {
            assert_eq!(choose(None, None, ldid, &evidence(&[&text])).unwrap().encoding, GB18030);
            assert_eq!(choose(None, None, ldid, &evidence(&["青岛市".as_bytes()])).unwrap().encoding, UTF_8);
        }
        assert_eq!(sniffed(&evidence(&[b"Qu\xe9bec", b"Montr\xe9al"])).encoding, WINDOWS_1252);
    }

    #[test]
    fn a_declaration_that_the_content_contradicts_gives_way() {
        let text = gbk("青岛市工业用地");
        let chosen = choose(None, Some(b"UTF-8"), 0x4D, &evidence(&[&text])).unwrap();
        assert_eq!(chosen.encoding, GB18030);
        assert_eq!(chosen.doubt.unwrap().code, "io.encoding_contradicted");
        let chosen = choose(None, Some(b"GBK"), 0, &evidence(&["胶州湾产业基地".as_bytes()])).unwrap();
        assert_eq!(chosen.encoding, UTF_8);
        assert!(choose(None, Some(b"936"), 0, &evidence(&[&text])).unwrap().doubt.is_none());
        assert_eq!(choose(Some("big5"), Some(b"UTF-8"), 0, &evidence(&[&text])).unwrap().encoding, BIG5);
        assert!(choose(Some("nonsense"), None, 0, &evidence(&[])).is_err());
        let unknown = choose(None, Some(b"cp437"), 0, &evidence(&[&text])).unwrap();
        assert_eq!((unknown.encoding, unknown.doubt.map(|doubt| doubt.code)), (GB18030, Some("io.encoding_cpg_unknown")));
        assert!(choose(None, Some(b"OEM"), 0, &evidence(&[&text])).unwrap().doubt.is_none());
    }

    #[test]
    fn a_character_cut_at_the_end_is_dropped() {
        let whole = gbk("工业");
        assert_eq!(decode_field(&whole[..3], GB18030), "工");
        assert_eq!(decode_field(&"工业".as_bytes()[..5], UTF_8), "工");
        assert_eq!(decode_field(&"工业".as_bytes()[..4], UTF_8), "工");
        assert_eq!(choose(None, None, 0, &evidence(&[&"青岛工业".as_bytes()[..10]])).unwrap().encoding, UTF_8);
        assert_eq!(decode_field(&gbk("𠮷林"), GB18030), "𠮷林");
    }
}

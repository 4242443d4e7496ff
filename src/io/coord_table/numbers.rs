//! Positions as tables write them: plain numbers, or degrees, minutes and seconds.

/// A number of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    pub value: f64,
    /// Written with minutes and seconds.
    pub sexagesimal: bool,
    /// What reads as decimal degrees may be `d.mmss`: four decimals or more, minutes and seconds below 60.
    pub packed: bool,
}

/// Words and letters that say which way, and the sign they give.
const WAYS: [(&str, f64); 8] =
    [("东经", 1.0), ("北纬", 1.0), ("西经", -1.0), ("南纬", -1.0), ("E", 1.0), ("N", 1.0), ("W", -1.0), ("S", -1.0)];

/// `4015320.5`, `4,015,320.5`, `40508110.25米`, `120°05′24.9″`, `120-05-24.9`, `东经120度5分24.9秒`; `None` for anything else.
pub fn number(cell: &str) -> Option<Number> {
    let plain: String = cell.trim().chars().map(half_width).collect();
    let mut text = plain.trim().trim_end_matches(['米', 'm', 'M']).trim();
    let mut sign = 1.0;
    for (mark, of) in WAYS {
        if let Some(rest) = text.strip_prefix(mark).or_else(|| text.strip_suffix(mark)) {
            (text, sign) = (rest.trim(), of);
            break;
        }
    }
    if let Some(value) = decimal(text) {
        return Some(Number { value: sign * value, sexagesimal: false, packed: is_packed(text) });
    }
    let value = sexagesimal(text)?;
    Some(Number { value: sign * value, sexagesimal: true, packed: false })
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '．' => '.',
        '－' => '-',
        '，' => ',',
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    }
}

fn decimal(text: &str) -> Option<f64> {
    let is_number = |t: &str| t.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let grouped = || {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let mut groups = whole.trim_start_matches('-').split(',');
        let first = groups.next().is_some_and(|g| (1..=3).contains(&g.len()));
        (first && whole.contains(',') && groups.all(|g| g.len() == 3) && !rest.contains(',')).then(|| text.replace(',', ""))
    };
    let text = if is_number(text) { text.to_owned() } else { grouped().filter(|t| is_number(t))? };
    text.parse().ok().filter(|v: &f64| v.is_finite())
}

fn is_packed(text: &str) -> bool {
    let Some((_, fraction)) = text.split_once('.') else { return false };
    let two = |from: usize| fraction.get(from..from + 2).and_then(|d| d.parse::<u32>().ok()).is_some_and(|n| n < 60);
    fraction.len() >= 4 && two(0) && two(2)
}

fn sexagesimal(text: &str) -> Option<f64> {
    let marks = ['°', '度', 'º', '˚', '\'', '′', '’', '‘', '分', '"', '″', '”', '“', '秒', '-', ':', ' '];
    let negative = text.starts_with('-');
    let parts: Vec<&str> = text.trim_start_matches('-').split(marks).map(str::trim).filter(|p| !p.is_empty()).collect();
    let whole = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse::<f64>().ok()).flatten();
    let below_60 = |v: &f64| (0.0..60.0).contains(v);
    let value = match parts.as_slice() {
        [d, m, s] => whole(d)? + whole(m).filter(below_60)? / 60.0 + decimal(s).filter(below_60)? / 3600.0,
        [d, m] => whole(d)? + decimal(m).filter(below_60)? / 60.0,
        // `120°` says what it is, a lone number does not.
        [d] if text.contains(['°', '度']) => decimal(d)?,
        _ => return None,
    };
    (value <= 360.0).then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_offices_write_them() {
        for (text, expected) in [
            ("4015320.500", 4_015_320.5),
            ("4,015,320.5", 4_015_320.5),
            ("40508110.25米", 40_508_110.25),
            ("４０１５", 4015.0),
            ("-120.5", -120.5),
            ("120.5W", -120.5),
        ] {
            assert_eq!(number(text).map(|n| (n.value, n.sexagesimal)), Some((expected, false)), "{text}");
        }
        for text in ["120°05′24.9″", "120-05-24.9", "120°5'24.9\"E", "东经120度5分24.9秒", "120 05 24.9", "120:05:24.9", "120°05.415′"]
        {
            let read = number(text).unwrap_or_else(|| panic!("{text}"));
            assert!(read.sexagesimal && (read.value - 120.090_25).abs() < 1e-12, "{text}: {}", read.value);
        }
        for text in ["", "J1", "4015320.5O", "120-65-10", "1,2", "2012-09-12x", "1.2.3", "nan", "inf"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert!(number("36.1605").unwrap().packed && !number("36.9605").unwrap().packed && !number("36.1").unwrap().packed);
    }
}

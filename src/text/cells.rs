//! Widths on a terminal: a Chinese character takes two cells.

/// Cells that `text` takes in a terminal's line.
pub fn width(text: &str) -> usize {
    text.chars().map(of_char).sum()
}

/// `text` cut to at most `cells`, with an ellipsis where something is missing, and filled up with blanks.
pub fn fit(text: &str, cells: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let room = if width(text) <= cells { cells } else { cells.saturating_sub(1) };
    for c in text.chars() {
        if used + of_char(c) > room {
            break;
        }
        out.push(c);
        used += of_char(c);
    }
    if width(text) > cells && cells > 0 {
        out.push('…');
        used += 1;
    }
    out.push_str(&" ".repeat(cells.saturating_sub(used)));
    out
}

/// The wide and fullwidth ranges of Unicode's East Asian Width that office texts meet; marks that combine take none.
fn of_char(c: char) -> usize {
    match u32::from(c) {
        0..=0x1f | 0x7f..=0x9f | 0x300..=0x36f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0xfeff => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xa960..=0xa97f | 0xac00..=0xd7a3 => 2,
        0xf900..=0xfaff | 0xfe10..=0xfe6f | 0xff01..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_cells() {
        assert_eq!(width("落地 Luodi"), 10);
        assert_eq!(width("\u{ff08}二\u{ff09}"), 6);
        assert_eq!(width("①²"), 2);
    }

    #[test]
    fn what_does_not_fit_is_cut_and_never_too_wide() {
        assert_eq!(fit("ab", 4), "ab  ");
        assert_eq!(fit("产业集聚区", 6), "产业… ");
        assert_eq!(fit("产业集聚区", 10), "产业集聚区");
        assert_eq!(fit("x", 0), "");
        for cells in 0..12 {
            assert!(width(&fit("胶州北部 Zone 产业", cells)) == cells);
        }
    }
}

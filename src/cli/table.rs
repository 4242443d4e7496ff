//! Plain tables for a terminal, aware of wide characters.

use crate::text::cells;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// A table with a head line and a rule under it; two blanks between columns; a cell wider than `widest` is cut.
pub(super) fn table(head: &[(&str, Align)], rows: &[Vec<String>], widest: usize) -> String {
    let width_of = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cells::width(cell));
        cells.chain(head.get(column).map(|(title, _)| cells::width(title))).max().unwrap_or(0).min(widest)
    };
    let widths: Vec<usize> = (0..head.len()).map(width_of).collect();
    let line = |row: &[String]| {
        let shown = head.iter().zip(&widths).enumerate().map(|(column, ((_, align), width))| {
            let text = row.get(column).map_or("", String::as_str);
            match align {
                Align::Left => cells::fit(text, *width),
                Align::Right => {
                    format!("{}{}", " ".repeat(width.saturating_sub(cells::width(text))), cells::fit(text, cells::width(text).min(*width)))
                }
            }
        });
        format!("{}\n", shown.collect::<Vec<_>>().join("  ").trim_end())
    };
    let titles: Vec<String> = head.iter().map(|(title, _)| (*title).to_owned()).collect();
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    let mut out = line(&titles);
    out += &format!("{}\n", rule.join("  "));
    for row in rows {
        out += &line(row);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_titles() {
        let rows = vec![vec!["胶州".to_owned(), "1.00".to_owned()], vec!["a".to_owned(), "-12.50".to_owned()]];
        let text = table(&[("名称", Align::Left), ("面积", Align::Right)], &rows, 20);
        assert_eq!(text, "名称    面积\n────  ──────\n胶州    1.00\na     -12.50\n");
    }
}

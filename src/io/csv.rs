//! Plain tables: UTF-8 with BOM so that Excel reads Chinese, quotes where they are needed, CRLF.

/// A table being written, row by row.
#[derive(Debug, Default)]
pub struct CsvWriter {
    out: String,
}

/// What Excel needs to see UTF-8.
const BOM: char = '\u{feff}';

impl CsvWriter {
    /// With BOM and header.
    pub fn new(header: &[&str]) -> Self {
        let mut table = Self { out: BOM.to_string() };
        table.row(header);
        table
    }

    /// Without BOM and header: a later shard of a table.
    pub fn continued() -> Self {
        Self::default()
    }

    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.cell(cell.as_ref());
        }
        self.out.push_str("\r\n");
    }

    /// What was written so far, as text.
    pub fn into_text(self) -> String {
        self.out
    }

    pub fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn cell(&mut self, text: &str) {
        let edge_blank = text.starts_with(' ') || text.ends_with(' ');
        if edge_blank || text.contains([',', '"', '\n', '\r', BOM]) {
            self.out.push('"');
            self.out.push_str(&text.replace('"', "\"\""));
            self.out.push('"');
        } else {
            self.out.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_only_where_they_are_needed() {
        let mut table = CsvWriter::new(&["id", "名称"]);
        table.row(&["1", "一,\"二\"\n三"]);
        table.row(&["0101", " x"]);
        let text = String::from_utf8(table.finish()).unwrap();
        assert_eq!(text, "\u{feff}id,名称\r\n1,\"一,\"\"二\"\"\n三\"\r\n0101,\" x\"\r\n");
        let mut shard = CsvWriter::continued();
        shard.row(&["2"]);
        assert_eq!(shard.into_text(), "2\r\n");
    }
}

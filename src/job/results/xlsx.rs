//! An Excel workbook of verdicts: the table, the findings, the summary with what it rests on.

use super::{Ending, Head, Sink};
use crate::io::{PartFile, WriteError, XLSX_ROWS, XlsxCell, XlsxColumn, XlsxForm, XlsxSheet, XlsxWriter};
use crate::job::verdict_csv;
use crate::rules::{Finding, Verdict};
use crate::text::{Lang, MU_PER_M2, Message, word};
use std::path::Path;

pub struct Xlsx {
    writer: XlsxWriter,
    lang: Lang,
    table: XlsxSheet,
    findings: XlsxSheet,
    summary: XlsxSheet,
    lines: Vec<Message>,
    hashes: Vec<(String, String)>,
    /// Findings that the sheet had no room for.
    left_off: u64,
}

/// Columns that people read beside those of the table: key, width, form.
const FURTHER: [(&str, f64, XlsxForm); 4] = [
    ("area_mu", 12.0, XlsxForm::Decimals(2)),
    ("verdict_words", 18.0, XlsxForm::Text),
    ("suggestion", 60.0, XlsxForm::Words),
    ("reason", 40.0, XlsxForm::Words),
];
const FINDINGS: [(&str, f64, XlsxForm); 9] = [
    ("site_id", 16.0, XlsxForm::Text),
    ("name", 28.0, XlsxForm::Text),
    ("rule", 16.0, XlsxForm::Text),
    ("outcome", 10.0, XlsxForm::Text),
    ("conclusion", 14.0, XlsxForm::Text),
    ("title", 40.0, XlsxForm::Words),
    ("detail", 60.0, XlsxForm::Words),
    ("clause", 40.0, XlsxForm::Words),
    ("hit_m2", 16.0, XlsxForm::Decimals(4)),
];
const SUMMARY: [(&str, f64, XlsxForm); 2] = [("item", 90.0, XlsxForm::Words), ("count", 14.0, XlsxForm::Count)];

impl Xlsx {
    pub fn begin(path: &Path, head: &Head, lang: Lang) -> Result<Self, WriteError> {
        let mut writer = XlsxWriter::create(path, word(Lang::Zh, "result.sheet.table"))?;
        let of_table = verdict_csv::HEADER.iter().map(|name| match *name {
            "inside_share" => (*name, 11.0, XlsxForm::Percent),
            name if verdict_csv::is_number(name) => (name, 16.0, XlsxForm::Decimals(4)),
            "name" | "clusters" | "route" | "findings" | "unknown" => (*name, 30.0, XlsxForm::Text),
            name => (name, 14.0, XlsxForm::Text),
        });
        let columns: Vec<XlsxColumn> = of_table.chain(FURTHER).map(column).collect();
        let table = writer.add_sheet(word(lang, "result.sheet.table"), &columns)?;
        let findings = writer.add_sheet(word(lang, "result.sheet.findings"), &FINDINGS.map(column))?;
        let summary = writer.add_sheet(word(lang, "result.sheet.summary"), &SUMMARY.map(column))?;
        Ok(Self { writer, lang, table, findings, summary, lines: head.lines.clone(), hashes: head.hashes(), left_off: 0 })
    }

    fn finding(&mut self, verdict: &Verdict, finding: &Finding) -> Result<(), WriteError> {
        // What was not supplied at all is said once, in the summary.
        if !finding.layer_given {
            return Ok(());
        }
        if self.writer.room(self.findings) == 0 {
            self.left_off += 1;
            return Ok(());
        }
        let say = |message: &Message| message.render(self.lang);
        let title = say(&finding.title);
        let detail = finding.detail.as_ref().map(say).unwrap_or_default();
        let clause = finding.clause.map(|c| format!("{} {} {}", word(self.lang, c.document_key), c.article, c.quote)).unwrap_or_default();
        let hits: Vec<f64> = finding.evidence.iter().map(|e| e.area_m2).collect();
        let hit = if hits.is_empty() { XlsxCell::Empty } else { XlsxCell::Number(hits.iter().sum()) };
        let cells = [
            XlsxCell::Text(&verdict.site.id),
            XlsxCell::Text(&verdict.site.name),
            XlsxCell::Text(finding.rule),
            XlsxCell::Text(finding.outcome.code()),
            XlsxCell::Text(word(self.lang, finding.conclusion.key())),
            XlsxCell::Text(&title),
            XlsxCell::Text(&detail),
            XlsxCell::Text(&clause),
            hit,
        ];
        self.writer.row(self.findings, &cells)
    }

    fn line(&mut self, item: &str, count: Option<u64>) -> Result<(), WriteError> {
        let count = count.map_or(XlsxCell::Empty, |n| XlsxCell::Number(n as f64));
        self.writer.row(self.summary, &[XlsxCell::Text(item), count])
    }
}

impl Sink for Xlsx {
    fn add(&mut self, verdict: &Verdict, _: &str) -> Result<(), WriteError> {
        if self.writer.room(self.table) == 0 {
            return Err(WriteError(Message::new("result.sheet_full").with("rows", u64::from(XLSX_ROWS - 1))));
        }
        let row = verdict_csv::row(verdict);
        let mut cells: Vec<XlsxCell<'_>> = Vec::with_capacity(row.len() + FURTHER.len());
        for (name, text) in verdict_csv::HEADER.iter().zip(&row) {
            cells.push(match text.parse::<f64>() {
                _ if text.is_empty() => XlsxCell::Empty,
                Ok(number) if verdict_csv::is_number(name) => XlsxCell::Number(number),
                _ => XlsxCell::Text(text),
            });
        }
        let mut words = word(self.lang, verdict.position.key()).to_owned();
        if verdict.certainty != crate::rules::Certainty::Certain {
            words += word(self.lang, "cli.uncertain_mark");
        }
        let suggestion = verdict.suggestion.render(self.lang);
        let reason = verdict.reason.as_ref().map(|m| m.render(self.lang));
        cells.push(verdict.shape.as_ref().map_or(XlsxCell::Empty, |_| XlsxCell::Number(verdict.area_m2 * MU_PER_M2)));
        cells.push(XlsxCell::Text(&words));
        cells.push(XlsxCell::Text(&suggestion));
        cells.push(reason.as_deref().map_or(XlsxCell::Empty, XlsxCell::Text));
        self.writer.row(self.table, &cells)?;
        verdict.findings.iter().try_for_each(|finding| self.finding(verdict, finding))
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> Result<Option<PartFile>, WriteError> {
        let lang = self.lang;
        self.line(word(lang, "result.sites"), Some(ending.tally.sites))?;
        for (position, count) in ending.tally.verdicts() {
            self.line(word(lang, position.key()), Some(count))?;
        }
        for (case, count) in ending.tally.cases() {
            self.line(&Message::new("result.case").with("case", case).render(lang), Some(count))?;
        }
        let of_causes = Message::new("result.causes");
        let causes = (!ending.causes.is_empty()).then_some(&of_causes).into_iter().chain(&ending.causes);
        let lines: Vec<Message> = causes.chain(&ending.lines).chain(&self.lines).cloned().collect();
        for line in lines {
            self.line(line.render(lang).trim(), None)?;
        }
        for (file, hash) in std::mem::take(&mut self.hashes) {
            self.line(&Message::new("result.hash").with("file", file).with("hash", hash).render(lang), None)?;
        }
        if self.left_off > 0 {
            self.line(&Message::new("result.findings_left_off").with("count", self.left_off).render(lang), Some(self.left_off))?;
        }
        self.line(&Message::new("result.program").with("version", env!("CARGO_PKG_VERSION")).render(lang), None)?;
        self.writer.finish().map(Some)
    }
}

/// A column's title is Chinese above the key that scripts use.
fn column((key, width, form): (&str, f64, XlsxForm)) -> XlsxColumn {
    let chinese = Message::stored(&format!("result.column.{key}"), Vec::new()).map(|m| m.render(Lang::Zh));
    XlsxColumn { title: chinese.map_or_else(|| key.to_owned(), |words| format!("{words}\n{key}")), width, form }
}

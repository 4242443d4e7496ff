//! `--out [FORMAT:]FILE`: where a result goes and in which format; nothing is written over by accident.

use super::fault::Fault;
use crate::job::results::ResultFormat;
use crate::text::Message;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Json,
    Jsonl,
    GeoJson,
    Gpkg,
    Xlsx,
    Pdf,
    Png,
    Svg,
}

/// Every format of the contract with the word before the colon; the extension is the same word.
const FORMATS: [(Format, &str); 9] = [
    (Format::Csv, "csv"),
    (Format::Json, "json"),
    (Format::Jsonl, "jsonl"),
    (Format::GeoJson, "geojson"),
    (Format::Gpkg, "gpkg"),
    (Format::Xlsx, "xlsx"),
    (Format::Pdf, "pdf"),
    (Format::Png, "png"),
    (Format::Svg, "svg"),
];

impl Format {
    fn from_word(word: &str) -> Option<Self> {
        FORMATS.iter().find(|(_, w)| w.eq_ignore_ascii_case(word)).map(|(format, _)| *format)
    }

    /// The format of verdicts; `None` for a picture or a page.
    pub fn of_results(self) -> Option<ResultFormat> {
        Some(match self {
            Self::Csv => ResultFormat::Csv,
            Self::Json => ResultFormat::Json,
            Self::Jsonl => ResultFormat::Jsonl,
            Self::GeoJson => ResultFormat::GeoJson,
            Self::Gpkg => ResultFormat::Gpkg,
            Self::Xlsx => ResultFormat::Xlsx,
            Self::Pdf | Self::Png | Self::Svg => return None,
        })
    }

    pub fn word(self) -> &'static str {
        FORMATS.iter().find(|(format, _)| *format == self).map_or("", |(_, word)| word)
    }
}

/// Those that hold verdicts.
pub(super) const RESULTS: &[Format] = &[Format::Csv, Format::Json, Format::Jsonl, Format::GeoJson, Format::Gpkg, Format::Xlsx];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `-`
    StandardOutput,
    File(PathBuf),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub format: Format,
    pub target: Target,
}

impl Output {
    /// `built`: the formats the command can write today.
    ///
    /// # Errors
    /// A usage fault when the format is unknown, cannot be told, or is not built for the command.
    pub fn parse(value: &OsStr, built: &[Format]) -> Result<Self, Fault> {
        let shown = || value.to_string_lossy().into_owned();
        // A drive letter is no format: only a known word before the colon counts.
        let prefixed = value.to_str().and_then(|t| t.split_once(':')).and_then(|(word, rest)| Some((Format::from_word(word)?, rest)));
        let (format, target) = match prefixed {
            Some((format, "-")) => (format, Target::StandardOutput),
            Some((_, "")) => return Err(Fault::usage(Message::new("cli.out_no_file").with("file", shown()))),
            Some((format, file)) => (format, Target::File(PathBuf::from(file))),
            None if value == "-" => return Err(Fault::usage(Message::new("cli.out_no_format").with("formats", words(built)))),
            None => {
                let path = PathBuf::from(value);
                let format = path.extension().and_then(OsStr::to_str).and_then(Format::from_word);
                let unknown = || Fault::usage(Message::new("cli.out_format_unknown").with("file", shown()).with("formats", words(built)));
                (format.ok_or_else(unknown)?, Target::File(path))
            }
        };
        if !built.contains(&format) {
            let message = Message::new("cli.out_format_not_built").with("format", format.word()).with("formats", words(built));
            return Err(Fault::usage(message));
        }
        if target == Target::StandardOutput && matches!(format, Format::Gpkg | Format::Xlsx | Format::Pdf | Format::Png) {
            return Err(Fault::usage(Message::new("cli.out_format_binary").with("format", format.word())));
        }
        Ok(Self { format, target })
    }

    pub fn file(&self) -> Option<&Path> {
        match &self.target {
            Target::StandardOutput => None,
            Target::File(path) => Some(path),
        }
    }
}

fn words(formats: &[Format]) -> String {
    formats.iter().map(|f| f.word()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: &[Format] = &[Format::Csv, Format::Json, Format::GeoJson];

    fn parse(text: &str) -> Result<Output, Fault> {
        Output::parse(OsStr::new(text), TABLES)
    }

    #[test]
    fn the_extension_or_the_prefix_says_the_format() {
        let file = |format, path: &str| Ok(Output { format, target: Target::File(path.into()) });
        assert_eq!(parse("a/结果.CSV"), file(Format::Csv, "a/结果.CSV"));
        assert_eq!(parse("json:x.txt"), file(Format::Json, "x.txt"));
        assert_eq!(parse("C:\\x.geojson"), file(Format::GeoJson, "C:\\x.geojson"));
        assert_eq!(parse("csv:-"), Ok(Output { format: Format::Csv, target: Target::StandardOutput }));
    }

    #[test]
    fn what_has_no_format_or_none_built_is_refused() {
        for text in ["-", "csv:", "x", "x.doc", "x.gpkg", "xlsx:-", ".csv"] {
            assert!(matches!(parse(text), Err(Fault::Usage(_))), "{text}");
        }
    }
}

//! `FILE[,key=value…]`: a file and what the user overrules for it.

use super::SiteCover;
use crate::crs::Crs;
use crate::io::ReadOptions;
use crate::model::{Filter, GeometryKind, UseSystem};
use crate::text::Message;
use std::path::PathBuf;
use std::sync::Arc;

/// A file as named on the command line or chosen in the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    pub path: PathBuf,
    pub settings: Settings,
    /// Only what may meet these sites is asked for.
    pub near: Option<Arc<SiteCover>>,
}

/// What the user overrules for one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub options: ReadOptions,
    pub filter: Option<Filter>,
    /// A file of parameters from its datum, or a local system, to another.
    pub shift: Option<PathBuf>,
    /// `all`, district codes, or a file whose areas are the coverage.
    pub coverage: Option<String>,
}

impl Input {
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// Settings begin at the first `,key=`; a piece without `=` belongs to what stands before it, so that paths and
    /// lists may hold commas.
    ///
    /// # Errors
    /// A usage error: an unknown key, or a value that cannot be.
    pub fn parse(text: &str) -> Result<Self, Message> {
        let mut path = String::new();
        let mut pairs: Vec<(&str, String)> = Vec::new();
        for (i, piece) in text.split(',').enumerate() {
            match (piece.split_once('='), pairs.last_mut()) {
                (Some((key, value)), _) if i > 0 => pairs.push((key.trim(), value.to_owned())),
                (_, Some((_, value))) => *value = format!("{value},{piece}"),
                (_, None) if i > 0 => path = format!("{path},{piece}"),
                (_, None) => path = piece.to_owned(),
            }
        }
        let mut settings = Settings::default();
        for (key, value) in pairs {
            settings.set(key, &value)?;
        }
        if path.trim().is_empty() {
            return Err(Message::new("io.input_no_file").with("input", text));
        }
        Ok(Self { path: path.into(), settings, near: None })
    }
}

impl Settings {
    fn set(&mut self, key: &str, value: &str) -> Result<(), Message> {
        let wrong = || Message::new("io.input_bad_value").with("key", key).with("value", value);
        if value.trim().is_empty() {
            return Err(wrong());
        }
        match key {
            "crs" => self.options.crs = Some(Crs::parse(value).map_err(|_| wrong())?),
            "geometry" => {
                self.options.kind = Some(match value.trim() {
                    "area" | "面" => GeometryKind::Area,
                    "line" | "线" => GeometryKind::Line,
                    "point" | "点" => GeometryKind::Point,
                    _ => return Err(wrong()),
                })
            }
            "codes" => self.options.codes = Some(UseSystem::parse(value).ok_or_else(wrong)?),
            "enc" => self.options.encoding = Some(value.trim().to_owned()),
            "layer" => self.options.layer = Some(value.trim().to_owned()),
            "axis" => {
                self.options.north_first = match value.trim() {
                    "en" => Some(false),
                    "ne" => Some(true),
                    _ => return Err(wrong()),
                }
            }
            "id" | "name" | "industry" | "grade" | "kind" | "north" | "east" | "ring" | "wkt" => {
                self.options.fields.push((key.to_owned(), value.trim().to_owned()))
            }
            "shift" => self.shift = Some(PathBuf::from(value.trim())),
            "coverage" => self.coverage = Some(value.trim().to_owned()),
            "where" => self.filter = Some(Filter::parse(value).ok_or_else(wrong)?),
            _ => return Err(Message::new("io.input_unknown_key").with("key", key)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_settings() {
        let input = Input::parse("地块,2012.shp,enc=GBK,axis=ne,id=DKBH,coverage=370281,370282,where=类型!=住宅").unwrap();
        assert_eq!(input.path, PathBuf::from("地块,2012.shp"));
        assert_eq!(input.settings.options.encoding.as_deref(), Some("GBK"));
        assert_eq!(input.settings.options.north_first, Some(true));
        assert_eq!(input.settings.options.fields, [("id".to_owned(), "DKBH".to_owned())]);
        assert_eq!(input.settings.coverage.as_deref(), Some("370281,370282"));
        assert_eq!(input.settings.filter, Filter::parse("类型!=住宅"));
        let inside = Input::parse("规划.zip,layer=2012/控规,地块.shp,enc=GBK").unwrap();
        assert_eq!(inside.settings.options.layer.as_deref(), Some("2012/控规,地块.shp"), "a comma in the value is none of a setting");
        let between = Input::parse("a.shp,where=面积>=100 AND 面积<2000").unwrap();
        assert_eq!(between.settings.filter, Filter::parse("面积>=100 AND 面积<2000"), "a sign in the value is none of a setting");
        assert_eq!(Input::parse("a=b.shp").unwrap(), Input::file("a=b.shp"));
    }

    #[test]
    fn a_wrong_setting_is_a_usage_error() {
        for (text, code) in [
            ("a.shp,colour=red", "io.input_unknown_key"),
            ("a.shp,axis=up", "io.input_bad_value"),
            ("a.dxf,geometry=solid", "io.input_bad_value"),
            ("a.shp,codes=mine", "io.input_bad_value"),
            ("a.shp,enc=", "io.input_bad_value"),
            ("a.shp,where=x", "io.input_bad_value"),
            (",crs=4528", "io.input_bad_value"),
        ] {
            // An empty path is refused too, whatever the settings say.
            let refused = Input::parse(text).unwrap_err();
            assert!(refused.code == code || refused.code == "io.input_no_file", "{text}: {}", refused.code);
        }
    }
}

//! The two locales, bundled as TOML tables `key = "words with {argument}"`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Language of what a person reads. Chinese comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

/// An argument of a message; numbers are rendered with the decimals of their unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    Text(String),
    Count(u64),
    AreaM2(f64),
    AreaHa(f64),
    Metres(f64),
    Share(f64),
    /// The words of another message, rendered in the same language.
    Nested(Box<Message>),
}

impl From<&str> for Arg {
    fn from(s: &str) -> Self {
        Self::Text(s.to_owned())
    }
}

impl From<String> for Arg {
    fn from(s: String) -> Self {
        Self::Text(s)
    }
}

impl From<u64> for Arg {
    fn from(n: u64) -> Self {
        Self::Count(n)
    }
}

impl From<usize> for Arg {
    fn from(n: usize) -> Self {
        Self::Count(n as u64)
    }
}

impl From<Message> for Arg {
    fn from(m: Message) -> Self {
        Self::Nested(Box::new(m))
    }
}

/// What is to be said, in no language yet: a key of the locales and its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub code: &'static str,
    pub args: Vec<(&'static str, Arg)>,
}

impl Message {
    pub fn new(code: &'static str) -> Self {
        Self { code, args: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// Words one after the other.
    pub fn list(each: impl IntoIterator<Item = Self>) -> Self {
        let joined = |first: Self, rest: Self| Self::new("finding.list").with("first", first).with("rest", rest);
        each.into_iter().reduce(joined).unwrap_or_else(|| Self::new("finding.nothing"))
    }

    /// A message that was written to a file, made again; `None` when the locales have no such key. Arguments that its
    /// words do not name are left out.
    pub fn stored(code: &str, args: Vec<(&str, Arg)>) -> Option<Self> {
        let (code, words) = ZH.get_key_value(code)?;
        let named = |name: &str| words.split('{').filter_map(|s| s.split_once('}')).map(|(n, _)| n).find(|n| *n == name);
        let args = args.into_iter().filter_map(|(name, arg)| named(name).map(|name| (name, arg))).collect();
        Some(Self { code, args })
    }

    /// The sentence in `lang`. A key that is missing shows itself, so that it is seen; a test keeps both locales whole.
    pub fn render(&self, lang: Lang) -> String {
        let mut out = String::new();
        let mut rest = word(lang, self.code);
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            let Some(len) = rest[open..].find('}') else { break };
            let name = &rest[open + 1..open + len];
            match self.args.iter().find(|(n, _)| *n == name) {
                Some((_, arg)) => out.push_str(&arg.render(lang)),
                None => out.push_str(&rest[open..=open + len]),
            }
            rest = &rest[open + len + 1..];
        }
        out.push_str(rest);
        out
    }
}

impl Arg {
    fn render(&self, lang: Lang) -> String {
        match self {
            Arg::Text(s) => s.clone(),
            Arg::Count(n) => super::count(*n),
            Arg::AreaM2(v) => super::area_m2(*v),
            Arg::AreaHa(v) => super::area_ha(*v),
            Arg::Metres(v) => super::coordinate(*v),
            Arg::Share(v) => super::percent(*v),
            Arg::Nested(m) => m.render(lang),
        }
    }
}

/// The words behind a key, as written in the locale; the key itself when it is missing.
pub fn word(lang: Lang, key: &'static str) -> &'static str {
    let table = match lang {
        Lang::Zh => &*ZH,
        Lang::En => &*EN,
    };
    table.get(key).map_or(key, String::as_str)
}

/// All keys of a locale, for tests and the palette.
pub fn keys(lang: Lang) -> impl Iterator<Item = &'static str> {
    let table: &'static BTreeMap<String, String> = match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    };
    table.keys().map(String::as_str)
}

static ZH: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    parse(&[
        include_str!("../../assets/locales/zh/app.toml"),
        include_str!("../../assets/locales/zh/cli.toml"),
        include_str!("../../assets/locales/zh/io.toml"),
        include_str!("../../assets/locales/zh/shift.toml"),
        include_str!("../../assets/locales/zh/result.toml"),
        include_str!("../../assets/locales/zh/rules.toml"),
        include_str!("../../assets/locales/zh/sheet.toml"),
    ])
});
static EN: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    parse(&[
        include_str!("../../assets/locales/en/app.toml"),
        include_str!("../../assets/locales/en/cli.toml"),
        include_str!("../../assets/locales/en/io.toml"),
        include_str!("../../assets/locales/en/shift.toml"),
        include_str!("../../assets/locales/en/result.toml"),
        include_str!("../../assets/locales/en/rules.toml"),
        include_str!("../../assets/locales/en/sheet.toml"),
    ])
});

/// A bundled locale that does not parse leaves its keys showing; the tests refuse to pass then.
fn parse(sources: &[&str]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for source in sources {
        all.extend(toml::from_str::<BTreeMap<String, String>>(source).unwrap_or_default());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn placeholders(words: &str) -> BTreeSet<&str> {
        words.split('{').skip(1).filter_map(|s| s.split('}').next()).collect()
    }

    #[test]
    fn both_locales_say_the_same_things_with_the_same_arguments() {
        let zh: BTreeSet<_> = keys(Lang::Zh).collect();
        let en: BTreeSet<_> = keys(Lang::En).collect();
        assert!(!zh.is_empty());
        assert_eq!(zh.difference(&en).collect::<Vec<_>>(), Vec::<&&str>::new(), "missing in English");
        assert_eq!(en.difference(&zh).collect::<Vec<_>>(), Vec::<&&str>::new(), "missing in Chinese");
        for key in zh {
            assert_eq!(placeholders(word(Lang::Zh, key)), placeholders(word(Lang::En, key)), "{key}");
        }
    }
}

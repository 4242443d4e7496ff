//! Every word of the command line in one table: the commands, their flags, and what is not built yet.

/// How a flag takes what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// One value; the word shown for it in the help.
    One(&'static str),
    /// One value each time it is given.
    Many(&'static str),
}

/// One flag of one command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    /// Without its two dashes.
    pub name: &'static str,
    pub takes: Takes,
    /// Text key of its line in the help; `None` while it is not built: a usage error, never ignored.
    pub help: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Open,
    Info,
    Check,
    Track,
    Diff,
    Convert,
    Map,
    Sample,
    Bench,
}

/// One command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    pub word: Word,
    pub name: &'static str,
    /// What stands after the name, in order.
    pub places: &'static str,
    /// Fewest and most places; `None`: any number.
    pub least: usize,
    pub most: Option<usize>,
    /// Text key of one sentence.
    pub about: &'static str,
    pub flags: &'static [Flag],
}

const fn flag(name: &'static str, takes: Takes, help: &'static str) -> Flag {
    Flag { name, takes, help: Some(help) }
}

const fn later(name: &'static str, takes: Takes) -> Flag {
    Flag { name, takes, help: None }
}

/// Flags that stand anywhere, before the command too.
pub(super) const EVERYWHERE: &[Flag] = &[
    flag("lang", Takes::One("zh|en"), "cli.flag.lang"),
    flag("quiet", Takes::Nothing, "cli.flag.quiet"),
    flag("force", Takes::Nothing, "cli.flag.force"),
    flag("renderer", Takes::One("wgpu|glow"), "cli.flag.renderer"),
    flag("help", Takes::Nothing, "cli.flag.help"),
    flag("version", Takes::Nothing, "cli.flag.version"),
];

pub(super) const COMMANDS: &[Command] = &[
    Command { word: Word::Open, name: "open", places: "FILE...", least: 1, most: None, about: "cli.about.open", flags: &[] },
    Command {
        word: Word::Info,
        name: "info",
        places: "INPUT...",
        least: 1,
        most: None,
        about: "cli.about.info",
        flags: &[flag("json", Takes::Nothing, "cli.flag.info_json")],
    },
    Command {
        word: Word::Check,
        name: "check",
        places: "",
        least: 0,
        most: Some(0),
        about: "cli.about.check",
        flags: &[
            flag("plan", Takes::One("INPUT"), "cli.flag.check_plan"),
            flag("sites", Takes::One("INPUT"), "cli.flag.check_sites"),
            flag("layer", Takes::Many("ROLE=INPUT"), "cli.flag.layer"),
            flag("workspace", Takes::One("FILE.gpkg"), "cli.flag.workspace"),
            flag("rules", Takes::Many("NAME|FILE.toml"), "cli.flag.rules"),
            flag("date", Takes::One("YYYY-MM-DD"), "cli.flag.date"),
            flag("project-table", Takes::One("FILE,join=FIELD"), "cli.flag.project_table"),
            flag("tolerance-m2", Takes::One("M2"), "cli.flag.tolerance_m2"),
            flag("tolerance-share", Takes::One("S"), "cli.flag.tolerance_share"),
            flag("accuracy-m", Takes::One("M"), "cli.flag.accuracy_m"),
            flag("out", Takes::Many("[FORMAT:]FILE"), "cli.flag.check_out"),
            later("report", Takes::One("DIR")),
            flag("shard", Takes::One("K/N"), "cli.flag.shard"),
            flag("jobs", Takes::One("N"), "cli.flag.jobs"),
        ],
    },
    Command {
        word: Word::Track,
        name: "track",
        places: "",
        least: 0,
        most: Some(0),
        about: "cli.about.track",
        flags: &[
            flag("plan", Takes::Many("INPUT"), "cli.flag.track_plan"),
            flag("layer", Takes::Many("districts=INPUT"), "cli.flag.track_layer"),
            flag("stats", Takes::One("FILE"), "cli.flag.stats"),
            flag("date", Takes::One("YYYY-MM-DD"), "cli.flag.track_date"),
            flag("out", Takes::Many("[FORMAT:]FILE"), "cli.flag.track_out"),
        ],
    },
    Command {
        word: Word::Diff,
        name: "diff",
        places: "OLD_PLAN NEW_PLAN",
        least: 2,
        most: Some(2),
        about: "cli.about.diff",
        flags: &[flag("sites", Takes::One("INPUT"), "cli.flag.diff_sites"), flag("out", Takes::Many("[FORMAT:]FILE"), "cli.flag.diff_out")],
    },
    Command {
        word: Word::Convert,
        name: "convert",
        places: "INPUT OUT",
        least: 2,
        most: Some(2),
        about: "cli.about.convert",
        flags: &[
            flag("to", Takes::One("CRS"), "cli.flag.to"),
            flag("profile", Takes::One("NAME|FILE.toml"), "cli.flag.profile"),
            flag("encoding", Takes::One("ENC"), "cli.flag.encoding"),
            flag("attributes", Takes::One("FILE[,join=FIELD]"), "cli.flag.attributes"),
        ],
    },
    Command {
        word: Word::Map,
        name: "map",
        places: "[WORKSPACE]",
        least: 0,
        most: Some(1),
        about: "cli.about.map",
        flags: &[
            flag("layer", Takes::Many("ROLE=INPUT"), "cli.flag.layer"),
            flag("template", Takes::One("NAME"), "cli.flag.template"),
            flag("page", Takes::One("A3-landscape"), "cli.flag.page"),
            flag("title", Takes::One("T"), "cli.flag.title"),
            flag("scale", Takes::One("N"), "cli.flag.scale"),
            flag("extent", Takes::One("E1,N1,E2,N2"), "cli.flag.extent"),
            flag("dpi", Takes::One("N"), "cli.flag.dpi"),
            later("atlas", Takes::One("FIELD")),
            flag("out", Takes::Many("FILE.pdf|.png|.svg"), "cli.flag.map_out"),
        ],
    },
    Command {
        word: Word::Sample,
        name: "sample",
        places: "DIR",
        least: 1,
        most: Some(1),
        about: "cli.about.sample",
        flags: &[flag("parcels", Takes::One("N"), "cli.flag.parcels")],
    },
    Command {
        word: Word::Bench,
        name: "bench",
        places: "TASK DATA_DIR OUT_DIR",
        least: 3,
        most: Some(3),
        about: "cli.about.bench",
        flags: &[flag("jobs", Takes::One("N"), "cli.flag.jobs")],
    },
];

pub(super) fn command(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|c| c.name == name)
}

/// The flag of this name: one of the command's own, or one that stands anywhere.
pub(super) fn flag_of(command: Option<&'static Command>, name: &str) -> Option<&'static Flag> {
    command.and_then(|c| c.flags.iter().find(|f| f.name == name)).or_else(|| EVERYWHERE.iter().find(|f| f.name == name))
}

/// The name among `names` that a mistyped `word` most likely meant: at most two letters away.
pub(super) fn nearest(word: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    names
        .map(|name| (letters_apart(word, name), name))
        .filter(|(apart, name)| *apart <= 2 && *apart < name.len())
        .min()
        .map(|(_, name)| name)
}

/// Insertions, removals and replacements between two words (Levenshtein).
fn letters_apart(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, other) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX - 1);
            let cost = (diagonal + usize::from(letter != *other)).min(above + 1).min(left + 1);
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            diagonal = above;
            left = cost;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Lang, keys};

    #[test]
    fn every_command_and_flag_has_its_words() {
        let known: Vec<&str> = keys(Lang::Zh).collect();
        let flags = EVERYWHERE.iter().chain(COMMANDS.iter().flat_map(|c| c.flags));
        for key in flags.filter_map(|f| f.help).chain(COMMANDS.iter().map(|c| c.about)) {
            assert!(known.contains(&key), "{key}");
        }
    }

    #[test]
    fn a_slip_of_the_fingers_is_understood() {
        let names = || COMMANDS.iter().map(|c| c.name);
        assert_eq!(nearest("chekc", names()), Some("check"));
        assert_eq!(nearest("infos", names()), Some("info"));
        assert_eq!(nearest("frobnicate", names()), None);
        assert_eq!(letters_apart("kitten", "sitting"), 3);
        assert_eq!(letters_apart("", "abc"), 3);
    }
}

//! The help texts, made from the table of commands: what is not built is not offered.

use super::grammar::{COMMANDS, Command, EVERYWHERE, Flag, Takes};
use crate::text::{Lang, cells, word};

/// Help of one command, or the overview.
pub(super) fn help(command: Option<&'static Command>, lang: Lang) -> String {
    match command {
        Some(command) => of_command(command, lang),
        None => overview(lang),
    }
}

pub(super) fn version() -> String {
    format!("luodi {}\n", env!("CARGO_PKG_VERSION"))
}

fn overview(lang: Lang) -> String {
    let mut out = format!("{}\n\n{}\n  luodi\n", word(lang, "cli.about.luodi"), word(lang, "cli.help.usage"));
    out += &format!("  luodi {} [--help]\n\n{}\n", word(lang, "cli.help.command"), word(lang, "cli.help.commands"));
    let rows: Vec<(String, &str)> = COMMANDS.iter().map(|c| (format!("{} {}", c.name, c.places), word(lang, c.about))).collect();
    out += &columns(&rows);
    out += &flags(word(lang, "cli.help.everywhere"), EVERYWHERE, lang);
    out += &format!("\n{}\n", word(lang, "cli.help.status"));
    out
}

fn of_command(command: &'static Command, lang: Lang) -> String {
    let about = word(lang, command.about);
    let places = if command.places.is_empty() { String::new() } else { format!(" {}", command.places) };
    let options = if command.flags.is_empty() { "" } else { " [--…]" };
    let mut out = format!("{about}\n\n{}\n  luodi {}{places}{options}\n", word(lang, "cli.help.usage"), command.name);
    if !command.flags.is_empty() {
        out += &flags(word(lang, "cli.help.flags"), command.flags, lang);
    }
    out += &flags(word(lang, "cli.help.everywhere"), EVERYWHERE, lang);
    let takes_input = |f: &Flag| matches!(f.takes, Takes::One(what) | Takes::Many(what) if what.contains("INPUT"));
    if command.places.contains("INPUT") || command.flags.iter().any(takes_input) {
        out += &format!("\n{}\n", word(lang, "cli.help.input"));
    }
    out
}

fn flags(title: &str, flags: &[Flag], lang: Lang) -> String {
    let rows: Vec<(String, &str)> = flags
        .iter()
        .filter_map(|flag| {
            let says = word(lang, flag.help?);
            let shown = match flag.takes {
                Takes::Nothing => format!("--{}", flag.name),
                Takes::One(what) => format!("--{} {what}", flag.name),
                Takes::Many(what) => format!("--{} {what} …", flag.name),
            };
            Some((shown, says))
        })
        .collect();
    format!("\n{title}\n{}", columns(&rows))
}

/// Two columns; words longer than the first column's share stand on a line of their own.
fn columns(rows: &[(String, &str)]) -> String {
    const LEFT: usize = 30;
    let mut out = String::new();
    for (left, right) in rows {
        let width = cells::width(left);
        if width <= LEFT {
            out += &format!("  {left}{}  {right}\n", " ".repeat(LEFT - width));
        } else {
            out += &format!("  {left}\n  {}  {right}\n", " ".repeat(LEFT));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_built_flag_and_no_other() {
        for lang in [Lang::Zh, Lang::En] {
            for command in COMMANDS {
                let text = help(Some(command), lang);
                for flag in command.flags {
                    assert_eq!(text.contains(&format!("--{}", flag.name)), flag.help.is_some(), "{} --{}", command.name, flag.name);
                }
                assert!(help(None, lang).contains(&format!("\n  {} ", command.name)), "{}", command.name);
            }
        }
    }
}

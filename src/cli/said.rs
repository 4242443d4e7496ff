//! What was said: the words of the command line, each known and in its place, nothing of it understood yet.

use super::fault::Fault;
use super::grammar::{self, Command, Takes, Word};
use crate::text::{Lang, Message};
use std::ffi::{OsStr, OsString};

/// The words of one call. Reading them opens nothing, asks nothing and does nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub lang: Option<Lang>,
    pub quiet: bool,
    pub force: bool,
    pub glow: bool,
    pub help: bool,
    pub version: bool,
    pub command: Option<&'static Command>,
    pub places: Vec<OsString>,
    /// Flags of the command in the order given.
    pub flags: Vec<(&'static str, OsString)>,
}

impl Said {
    /// # Errors
    /// A usage fault: an unknown word, a flag of another command or not built yet, a value missing or given twice.
    pub fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, Fault> {
        let mut said = Self::default();
        let mut parser = lexopt::Parser::from_args(args);
        while let Some(arg) = parser.next().map_err(unreadable)? {
            match arg {
                lexopt::Arg::Value(word) => said.place(word)?,
                lexopt::Arg::Short('h') => said.help = true,
                lexopt::Arg::Short('V') => said.version = true,
                lexopt::Arg::Short(letter) => {
                    return Err(Fault::usage(Message::new("cli.unknown_flag").with("flag", format!("-{letter}"))));
                }
                lexopt::Arg::Long(name) => {
                    let name = name.to_owned();
                    said.flag(&name, &mut parser)?;
                }
            }
        }
        Ok(said)
    }

    /// The value of a flag that takes one.
    pub fn one(&self, name: &str) -> Option<&OsStr> {
        self.flags.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_os_str())
    }

    /// The values of a flag that may be given several times.
    pub fn many<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a OsStr> {
        self.flags.iter().filter(move |(n, _)| *n == name).map(|(_, value)| value.as_os_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.one(name).is_some()
    }

    fn place(&mut self, word: OsString) -> Result<(), Fault> {
        let Some(command) = self.command else {
            let name = word.to_string_lossy().into_owned();
            let Some(command) = grammar::command(&name) else { return Err(unknown_command(&name)) };
            self.command = Some(command);
            return Ok(());
        };
        if command.most.is_some_and(|most| self.places.len() >= most) {
            let message =
                Message::new("cli.place_too_many").with("word", word.to_string_lossy().into_owned()).with("command", command.name);
            return Err(Fault::usage(message));
        }
        self.places.push(word);
        Ok(())
    }

    fn flag(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<(), Fault> {
        let Some(flag) = grammar::flag_of(self.command, name) else { return Err(unknown_flag(self.command, name)) };
        let shown = format!("--{name}");
        if flag.help.is_none() {
            return Err(Fault::usage(Message::new("cli.flag_not_built").with("flag", shown)));
        }
        let value = match flag.takes {
            Takes::Nothing => OsString::new(),
            Takes::One(what) | Takes::Many(what) => {
                let missing = || Fault::usage(Message::new("cli.value_missing").with("flag", shown.clone()).with("what", what));
                let value = parser.value().map_err(|_| missing())?;
                if value.is_empty() {
                    return Err(missing());
                }
                value
            }
        };
        match flag.name {
            "quiet" => self.quiet = true,
            "force" => self.force = true,
            "help" => self.help = true,
            "version" => self.version = true,
            "renderer" => {
                self.glow = match value.to_str() {
                    Some("wgpu") => false,
                    Some("glow") => true,
                    _ => {
                        return Err(Fault::usage(Message::new("cli.renderer_unknown").with("value", value.to_string_lossy().into_owned())));
                    }
                }
            }
            "lang" => {
                self.lang = match value.to_str() {
                    Some("zh") => Some(Lang::Zh),
                    Some("en") => Some(Lang::En),
                    _ => return Err(Fault::usage(Message::new("cli.lang_unknown").with("value", value.to_string_lossy().into_owned()))),
                }
            }
            _ => {
                if matches!(flag.takes, Takes::One(_)) && self.has(flag.name) {
                    return Err(Fault::usage(Message::new("cli.flag_twice").with("flag", shown)));
                }
                self.flags.push((flag.name, value));
            }
        }
        Ok(())
    }

    /// Whether the places fit the command. Not asked when only the help is wanted.
    pub fn whole(&self) -> Result<(), Fault> {
        let Some(command) = self.command else { return Ok(()) };
        if self.places.len() < command.least {
            let message = Message::new("cli.place_missing").with("command", command.name).with("places", command.places);
            return Err(Fault::usage(message));
        }
        Ok(())
    }

    pub fn word(&self) -> Option<Word> {
        self.command.map(|c| c.word)
    }
}

fn unreadable(error: lexopt::Error) -> Fault {
    let message = match error {
        lexopt::Error::UnexpectedValue { option, .. } => Message::new("cli.value_unwanted").with("flag", option),
        other => Message::new("cli.unreadable").with("cause", other.to_string()),
    };
    Fault::usage(message)
}

fn unknown_command(name: &str) -> Fault {
    let message = match grammar::nearest(name, grammar::COMMANDS.iter().map(|c| c.name)) {
        Some(meant) => Message::new("cli.unknown_command_near").with("command", name).with("meant", meant),
        None => Message::new("cli.unknown_command").with("command", name),
    };
    Fault::usage(message)
}

fn unknown_flag(command: Option<&'static Command>, name: &str) -> Fault {
    let flag = format!("--{name}");
    if command.is_none() && grammar::COMMANDS.iter().any(|c| c.flags.iter().any(|f| f.name == name)) {
        return Fault::usage(Message::new("cli.flag_before_command").with("flag", flag));
    }
    let own = command.map_or(&[][..], |c| c.flags);
    let near = grammar::nearest(name, own.iter().chain(grammar::EVERYWHERE).map(|f| f.name));
    let message = match (command, near) {
        (_, Some(meant)) => Message::new("cli.unknown_flag_near").with("flag", flag).with("meant", format!("--{meant}")),
        (Some(command), None) => Message::new("cli.flag_not_of").with("flag", flag).with("command", command.name),
        (None, None) => Message::new("cli.unknown_flag").with("flag", flag),
    };
    Fault::usage(message)
}

//! The command line: words said, orders meant, work done by `job`, results printed or written.
//!
//! Reading the words never does anything; every order is whole and checked before the first file is opened.

mod asked;
mod bench;
mod check;
mod convert;
mod diff;
mod fault;
mod grammar;
mod help;
mod info;
mod inputs;
mod map;
mod meant;
mod outputs;
mod progress;
mod said;
mod sample;
mod table;
#[cfg(test)]
mod tests;
mod track;
mod verdicts;

use crate::task::{heed_interrupts, is_interrupted};
use crate::text::{Lang, Message};
use fault::Fault;
use meant::{FRAMES, Manner, Meant};
use said::Said;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

/// How a call ends: with an exit status, or in the window (which this room may not know).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// 0 the work was done, 1 a named file could not be used, 2 the command line is wrong; 130 after Ctrl-C, as shells
    /// have it.
    Status(u8),
    Window {
        lang: Lang,
        files: Vec<PathBuf>,
        glow: bool,
    },
    /// The window on a fixed path, timed: `data` is the yardstick's folder, `out` where the table goes.
    Frames {
        lang: Lang,
        data: PathBuf,
        out: PathBuf,
        glow: bool,
    },
}

/// Runs one call. `args`: the words after the program's name. `locale`: what the system says of the user's language
/// (`zh_CN.UTF-8`), used where `--lang` says nothing.
pub fn run(args: Vec<OsString>, locale: Option<&str>) -> End {
    let lang = lang_said(&args).unwrap_or_else(|| lang_of(locale));
    let done = Said::read(args).and_then(|said| {
        let meant = Meant::from_said(&said)?;
        if !matches!(meant, Meant::Window(_)) {
            heed_interrupts();
        }
        work(meant, Manner { lang, quiet: said.quiet, force: said.force, glow: said.glow })
    });
    match done {
        Ok(end) => end,
        // Whatever could not go on then: the reason is known.
        Err(_) if is_interrupted() => {
            say(&Message::new("result.interrupted").render(lang));
            End::Status(130)
        }
        Err(fault) => {
            say(&fault.render(lang));
            End::Status(fault.status())
        }
    }
}

fn work(meant: Meant, manner: Manner) -> Result<End, Fault> {
    match meant {
        Meant::Help(command) => print(&help::help(command, manner.lang)),
        Meant::Version => print(&help::version()),
        Meant::Window(files) => return Ok(End::Window { lang: manner.lang, files, glow: manner.glow }),
        Meant::Info(order) => print(&info::run(&order, manner)?),
        Meant::Check(order) => check::run(&order, manner)?,
        Meant::Map(order) => map::run(&order, manner)?,
        Meant::Bench(order) if order.task == FRAMES => {
            return Ok(End::Frames { lang: manner.lang, data: order.data, out: order.out, glow: manner.glow });
        }
        Meant::Bench(order) => bench::run(&order, manner)?,
        Meant::Sample(order) => sample::run(&order, manner)?,
        Meant::Track(order) => track::run(&order, manner)?,
        Meant::Convert(order) => convert::run(&order, manner)?,
        Meant::Diff(order) => diff::run(&order, manner)?,
    }
    Ok(End::Status(0))
}

/// The language of `--lang`, read ahead so that a fault of usage is told in it too.
fn lang_said(args: &[OsString]) -> Option<Lang> {
    let word = |text: &str| match text {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    };
    args.iter().enumerate().find_map(|(i, arg)| match arg.to_str()? {
        "--lang" => args.get(i + 1)?.to_str().and_then(word),
        other => other.strip_prefix("--lang=").and_then(word),
    })
}

/// Chinese unless the system clearly speaks something else: `C` and `POSIX` say nothing about the user.
fn lang_of(locale: Option<&str>) -> Lang {
    match locale.map(|l| l.split(['.', '_', '@', '-']).next().unwrap_or("")) {
        None | Some("" | "C" | "POSIX" | "zh") => Lang::Zh,
        Some(_) => Lang::En,
    }
}

/// Prints a result on standard output. A reader that went away (`| head`) is no fault.
fn print(text: &str) {
    print_bytes(text.as_bytes());
}

fn print_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Says something on standard error.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

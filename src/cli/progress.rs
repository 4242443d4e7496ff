//! The progress bar: on standard error, only when it is a terminal, never in the way of a result.

use crate::task::{Outcome, Progress, guard, spawn};
use crate::text::{Lang, Message};
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Runs `work`; while it runs, shows `what`, a bar, the rate and the time left.
///
/// # Errors
/// The panic's message when `work` panicked.
pub(super) fn with_bar<T>(what: &'static str, shown: bool, lang: Lang, work: impl FnOnce(&Progress) -> T) -> Result<T, String> {
    let progress = Progress::new();
    let watched = progress.clone();
    let (stop, stopped) = channel::<()>();
    let bar = (shown && std::io::stderr().is_terminal()).then(|| {
        spawn(
            "progress bar",
            || {},
            move |_| {
                let start = Instant::now();
                let mut drawn = false;
                while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_millis(200)) {
                    drawn = true;
                    let line = line(what, watched.counts(), start.elapsed(), lang);
                    // A terminal that went away is no reason to end the work.
                    let _ = write!(std::io::stderr(), "\r\x1b[2K{line}");
                }
                if drawn {
                    let _ = write!(std::io::stderr(), "\r\x1b[2K");
                }
            },
        )
    });
    let outcome = guard(|| work(&progress));
    drop(stop);
    if let Some(bar) = bar {
        // The last line must be wiped before a result is printed below it.
        let _ = bar.wait();
    }
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::Crashed(cause) => Err(cause),
    }
}

/// One line: bar, share, counts, rate and time left once they can be told.
fn line(what: &'static str, (done, total): (u64, u64), elapsed: Duration, lang: Lang) -> String {
    const CELLS: u64 = 24;
    let what = Message::new(what).render(lang);
    if total == 0 {
        return format!("{what} … {} s", elapsed.as_secs());
    }
    let done = done.min(total);
    let full = (CELLS * done / total) as usize;
    let bar = format!("{}{}", "█".repeat(full), "░".repeat(CELLS as usize - full));
    let seconds = elapsed.as_secs_f64();
    let rate = done as f64 / seconds.max(1e-3);
    let left = if done > 0 { ((total - done) as f64 / rate).ceil() as u64 } else { 0 };
    let words = Message::new("cli.progress").with("done", done).with("total", total).with("rate", rate.round() as u64).with("left", left);
    format!("{what} {bar} {}", words.render(lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_fuller_than_full() {
        let text = line("cli.doing.check", (12, 10), Duration::from_secs(2), Lang::En);
        assert!(text.contains(&"█".repeat(24)) && text.contains("10"), "{text}");
        assert!(line("cli.doing.check", (0, 10), Duration::ZERO, Lang::Zh).contains(&"░".repeat(24)));
        assert!(!line("cli.doing.check", (5, 0), Duration::ZERO, Lang::Zh).contains('░'));
    }

    #[test]
    fn a_crash_is_told() {
        assert_eq!(with_bar("cli.doing.check", false, Lang::En, |_| -> u8 { panic!("broken") }), Err("broken".to_owned()));
        assert_eq!(with_bar("cli.doing.check", false, Lang::En, |_| 7), Ok(7));
    }
}

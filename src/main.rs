//! The program: one binary, two faces. Here it is decided which of them answers.

// On Windows a program of this subsystem has no console behind its window; `use_the_callers_console` lets the command
// line print where it was called from. `cmd` does not wait for such a program at its prompt, only in a batch file.
#![cfg_attr(windows, windows_subsystem = "windows")]

use luodi::cli::{End, run};
use luodi::text::{Lang, Message};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(windows)]
    use_the_callers_console();
    // Before any thread: the variables that would lead PROJ to foreign data are taken out of the environment.
    luodi::crs::forget_foreign_data();
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    match run(std::env::args_os().skip(1).collect(), locale.as_deref()) {
        End::Status(status) => ExitCode::from(status),
        End::Window { lang, files, glow } => window(lang, files, glow),
        End::Frames { lang, data, out, glow } => frames(lang, &data, &out, glow),
    }
}

#[cfg(not(feature = "app"))]
fn window(lang: Lang, _files: Vec<PathBuf>, _glow: bool) -> ExitCode {
    refuse(Message::new("cli.no_window"), lang)
}

#[cfg(feature = "app")]
fn window(lang: Lang, files: Vec<PathBuf>, glow: bool) -> ExitCode {
    use luodi::app::{Renderer, Start};
    // Elsewhere than on a free desktop there is always a display.
    let free_desktop = cfg!(all(unix, not(target_os = "macos")));
    let display = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    if free_desktop && !display {
        return refuse(Message::new("cli.no_display"), lang);
    }
    let renderer = if glow { Renderer::Glow } else { Renderer::Wgpu };
    match luodi::app::run(Start { renderer, ..Start::new(files, lang) }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(Message::new("cli.window_failed").with("cause", error.to_string()), lang),
    }
}

#[cfg(not(feature = "app"))]
fn frames(lang: Lang, _data: &Path, _out: &Path, _glow: bool) -> ExitCode {
    refuse(Message::new("cli.no_window"), lang)
}

/// Times the window's frames.
#[cfg(feature = "app")]
fn frames(lang: Lang, data: &Path, out: &Path, glow: bool) -> ExitCode {
    use luodi::app::{Renderer, run_frames};
    match run_frames(data, out, lang, if glow { Renderer::Glow } else { Renderer::Wgpu }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(Message::new("cli.window_failed").with("cause", error.to_string()), lang),
    }
}

/// Says why no window opens.
fn refuse(message: Message, lang: Lang) -> ExitCode {
    eprintln!("luodi: {}", message.render(lang));
    ExitCode::from(1)
}

/// Prints go to the console this program was called from; without one, or into a pipe or a file, nothing changes.
#[cfg(windows)]
fn use_the_callers_console() {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn AttachConsole(process: u32) -> i32;
    }
    const PARENT_PROCESS: u32 = u32::MAX;
    // SAFETY: takes a number and touches no memory of ours; a refusal means that there is no console to print to.
    unsafe { AttachConsole(PARENT_PROCESS) };
}

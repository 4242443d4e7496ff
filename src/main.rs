//! The program: one binary, two faces. Here it is decided which of them answers.

// The window must not have a console behind it. A program of the windows subsystem still prints into a pipe or a file,
// which is what scripts use; a release for Windows ships `luodi.com` beside it for use in a console.
#![cfg_attr(windows, windows_subsystem = "windows")]

use luodi::cli::{End, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before any thread: the variables that would lead PROJ to foreign data are taken out of the environment.
    luodi::crs::forget_foreign_data();
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    match run(std::env::args_os().skip(1).collect(), locale.as_deref()) {
        End::Status(status) => ExitCode::from(status),
        End::Window { lang, files } => window(lang, files),
    }
}

#[cfg(not(feature = "app"))]
fn window(lang: luodi::text::Lang, _files: Vec<std::path::PathBuf>) -> ExitCode {
    refuse("cli.no_window", lang)
}

#[cfg(feature = "app")]
fn window(lang: luodi::text::Lang, files: Vec<std::path::PathBuf>) -> ExitCode {
    match luodi::app::run(luodi::app::Start::new(files, lang)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("luodi: {cause}");
            refuse("cli.no_display", lang)
        }
    }
}

/// Says why no window opens.
fn refuse(key: &'static str, lang: luodi::text::Lang) -> ExitCode {
    eprintln!("luodi: {}", luodi::text::word(lang, key));
    ExitCode::from(1)
}

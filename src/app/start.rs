//! Starting the window: what to open, with which renderer, and the second try when the first one finds no graphics.

use super::App;
use crate::job::today;
use crate::model::Date;
use crate::text::Lang;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Renderer {
    #[default]
    Wgpu,
    /// OpenGL without wgpu: the second try on old or virtual machines.
    Glow,
}

/// How the window is to start.
#[derive(Clone, Debug)]
pub struct Start {
    /// A workspace, or files to be added as layers; empty opens the last workspace, or the sample on the first start.
    pub open: Vec<PathBuf>,
    pub lang: Lang,
    pub renderer: Renderer,
    pub today: Date,
    /// Where the last workspace is remembered; `None` remembers nothing.
    pub state_dir: Option<PathBuf>,
    /// All work is done on the window's thread: for tests.
    pub inline: bool,
}

impl Start {
    /// As a user starts it: today, the state folder of the system.
    pub fn new(open: Vec<PathBuf>, lang: Lang) -> Self {
        Self { open, lang, renderer: Renderer::default(), today: today(), state_dir: state_dir(), inline: false }
    }
}

/// No window could be opened.
#[derive(Debug, thiserror::Error)]
#[error("no window: {0}")]
pub struct StartError(String);

impl StartError {
    pub(super) fn of(error: &eframe::Error) -> Self {
        Self(error.to_string())
    }
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When neither renderer finds a display or graphics.
pub fn run(start: Start) -> Result<(), StartError> {
    let first = start.renderer;
    let second_try = start.clone();
    match open(start) {
        Ok(()) => Ok(()),
        // One process gets one event loop: the second try is another process.
        Err(cause) if first == Renderer::Wgpu => {
            eprintln!("luodi: wgpu: {cause}; trying OpenGL");
            again(&second_try).map_err(|_| StartError(cause.to_string()))
        }
        Err(cause) => Err(StartError(cause.to_string())),
    }
}

fn open(start: Start) -> eframe::Result {
    open_with(start.renderer, [1440.0, 900.0], move |cc| Box::new(App::new(&cc.egui_ctx, start)))
}

/// Opens a window of that size, in points, with what `make` gives in it.
pub(super) fn open_with(
    renderer: Renderer,
    size: [f32; 2],
    make: impl FnOnce(&eframe::CreationContext<'_>) -> Box<dyn eframe::App> + 'static,
) -> eframe::Result {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("落地 Luodi")
            .with_app_id("luodi")
            .with_inner_size(size)
            .with_min_inner_size([1024.0, 640.0]),
        renderer: match renderer {
            Renderer::Wgpu => eframe::Renderer::Wgpu,
            Renderer::Glow => eframe::Renderer::Glow,
        },
        ..eframe::NativeOptions::default()
    };
    let make: eframe::AppCreator<'_> = Box::new(move |cc| {
        match &cc.wgpu_render_state {
            Some(gpu) => {
                let adapter = gpu.adapter.get_info();
                eprintln!("luodi: {:?} on {} ({:?})", adapter.backend, adapter.name, adapter.device_type);
            }
            None => eprintln!("luodi: OpenGL without wgpu: the window paints the map itself, large layers thinned out"),
        }
        Ok(make(cc))
    });
    eframe::run_native("luodi", options, make)
}

/// Starts this program again with the other renderer and waits for it.
fn again(start: &Start) -> Result<(), std::io::Error> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg("--renderer").arg("glow");
    command.arg("--lang").arg(if start.lang == Lang::Zh { "zh" } else { "en" });
    if !start.open.is_empty() {
        command.arg("open").args(&start.open);
    }
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(status.to_string())) }
}

/// `%APPDATA%\luodi`, `$XDG_STATE_HOME/luodi` or `~/.local/state/luodi`.
fn state_dir() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = var("APPDATA").or_else(|| var("XDG_STATE_HOME")).or_else(|| var("HOME").map(|home| home.join(".local/state")));
    base.map(|base| base.join("luodi"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_a_day_of_this_century() {
        let day = today();
        assert!(Date::parse(&day.to_string()) == Some(day) && day.year >= 2024, "{day}");
    }
}

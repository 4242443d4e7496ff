//! The window: state, command, run (the only writer), canvas, tools, panels, theme. The home of egui and wgpu.

mod backdrops;
mod canvas;
mod check;
mod cluster_table;
mod command;
mod doctor;
mod export_layer;
mod files;
mod frames;
mod gesture;
mod icons;
mod jobs;
mod landing;
mod layers;
mod page;
mod panels;
mod reading;
mod run;
mod start;
mod state;
mod table;
mod theme;
mod tools;
mod widgets;

use canvas::Canvas;
pub use command::{BackdropEdit, ClassesAsked, Command, Desk};
pub use frames::run_frames;
use jobs::Jobs;
pub use start::{Renderer, Start, StartError, run};
pub use state::State;
pub use tools::ToolKind;

/// The window's program: what it knows, what it was asked this frame, what runs beside it.
pub struct App {
    state: State,
    queue: Vec<Command>,
    jobs: Jobs,
    canvas: Canvas,
    pages: panels::Pages,
    /// Pictures that are being opened.
    opening_backdrops: std::collections::BTreeSet<crate::model::LayerId>,
    /// Pictures that wait for the workspace that is being opened.
    waiting_pictures: Vec<std::path::PathBuf>,
    ctx: egui::Context,
    /// Where the last workspace and the sample are kept; `None` keeps nothing.
    state_dir: Option<std::path::PathBuf>,
}

impl App {
    /// Installs the fonts and opens what `start` names.
    pub fn new(ctx: &egui::Context, start: Start) -> Self {
        theme::install(ctx);
        ctx.set_theme(egui::Theme::Light);
        let mut app = Self {
            state: State::new(start.lang, start.today),
            queue: Vec::new(),
            jobs: Jobs::new(start.inline),
            canvas: Canvas::new(start.inline),
            pages: panels::Pages::default(),
            opening_backdrops: Default::default(),
            waiting_pictures: Vec::new(),
            ctx: ctx.clone(),
            state_dir: start.state_dir.clone(),
        };
        app.open_at_start(start.open);
        app
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// Pictures of the map that the graphics card drew so far: an unchanged map is not drawn again.
    pub fn pictures_drawn(&self) -> u64 {
        self.canvas.drawn()
    }

    /// Asks for something as a panel would; answered in the next frame.
    pub fn ask(&mut self, command: Command) {
        self.queue.push(command);
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.canvas.draw_with(frame.wgpu_render_state());
        self.queue.extend(command::pressed(ui.ctx()));
        let dropped: Vec<_> = ui.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_path_buf()).collect());
        if !dropped.is_empty() {
            self.queue.push(Command::OpenPaths(dropped));
        }
        self.answer();
        let mut ask = Vec::new();
        panels::show(ui, &self.state, &self.jobs.lines(), &mut self.canvas, &mut self.pages, &mut ask);
        if !ask.is_empty() {
            self.queue.extend(ask);
            ui.ctx().request_repaint();
        }
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::Tokens::theme(self.state.dark).paper.to_normalized_gamma_f32()
    }
}

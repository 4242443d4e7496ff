//! `luodi bench frames`: the real window on a fixed path of pans and zooms, every frame timed, beside frames of an empty map.

use super::reading::identified;
use super::start::{StartError, open_with};
use super::{App, Command, Renderer, Start};
use crate::geom::BBox;
use crate::io::write_atomically;
use crate::model::Role;
use crate::text::Lang;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What is opened, in this order, from the folder of the yardstick.
const LAYERS: [(&str, Role); 3] = [("parcels_1m.shp", Role::Parcels), ("zones.shp", Role::Plan), ("constraints.shp", Role::Farmland)];
/// How many times nearer than the whole city.
const ZOOMS: [f64; 4] = [1.0, 4.0, 16.0, 64.0];
/// The window, in points.
const SIZE: [f32; 2] = [1280.0, 800.0];
const FRAMES_A_STEP: usize = 60;
/// Places across and up under which things are looked for.
const PLACES: usize = 30;

/// One timed step.
struct Series {
    name: String,
    /// Milliseconds from frame to frame.
    wall_ms: Vec<f64>,
    /// Milliseconds that the window itself worked on a frame, without the graphics card.
    cpu_ms: Vec<f64>,
    /// Pictures of the map that were drawn.
    drawn: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Step {
    Settle,
    Empty,
    Load(usize),
    /// Waits until everything in view is on the card.
    Arrive(usize),
    Pan(usize),
    Zoom(usize),
    /// The map stays as it is, the window is painted again.
    Still(usize),
    Done,
}

struct Run {
    app: App,
    data: PathBuf,
    out: PathBuf,
    step: Step,
    frames: usize,
    since: Instant,
    last: Option<Instant>,
    series: Vec<Series>,
    times: Vec<(String, f64)>,
    whole_m_per_pt: f64,
    asked: bool,
}

/// Runs the path over the yardstick's layers in `data` and writes `frames.csv` into `out`.
///
/// # Errors
/// When no window opens.
pub fn run_frames(data: &Path, out: &Path, lang: Lang, renderer: Renderer) -> Result<(), StartError> {
    let start = Start { renderer, state_dir: None, ..Start::new(Vec::new(), lang) };
    let (data, out) = (data.to_owned(), out.to_owned());
    open_with(renderer, SIZE, move |cc| {
        Box::new(Run {
            app: App::new(&cc.egui_ctx, start),
            data,
            out,
            step: Step::Settle,
            frames: 0,
            since: Instant::now(),
            last: None,
            series: Vec::new(),
            times: Vec::new(),
            whole_m_per_pt: 1.0,
            asked: false,
        })
    })
    .map_err(|e| StartError::of(&e))
}

impl Run {
    fn go(&mut self, step: Step) {
        (self.step, self.frames, self.since, self.last, self.asked) = (step, 0, Instant::now(), None, false);
        let name = match step {
            Step::Empty => "empty".to_owned(),
            Step::Pan(z) => format!("pan zoom {}", ZOOMS[z]),
            Step::Zoom(z) => format!("zoom at {}", ZOOMS[z]),
            Step::Still(z) => format!("still zoom {}", ZOOMS[z]),
            _ => return,
        };
        let drawn = self.app.canvas.drawn();
        self.series.push(Series { name, wall_ms: Vec::new(), cpu_ms: Vec::new(), drawn });
    }

    fn time(&mut self, what: String) {
        let seconds = self.since.elapsed().as_secs_f64();
        eprintln!("luodi: {what}: {seconds:.2} s");
        self.times.push((what, seconds));
    }

    /// Before the frame: takes its time, then moves the map.
    fn advance(&mut self, cpu_s: Option<f32>) {
        let now = Instant::now();
        let timed = matches!(self.step, Step::Empty | Step::Pan(_) | Step::Zoom(_) | Step::Still(_));
        if let (true, Some(last), Some(series)) = (timed, self.last, self.series.last_mut()) {
            series.wall_ms.push((now - last).as_secs_f64() * 1e3);
            series.cpu_ms.extend(cpu_s.map(|s| f64::from(s) * 1e3));
        }
        self.last = Some(now);
        self.frames += 1;
        let quiet = self.app.jobs.lines().is_empty();
        if timed && self.frames > FRAMES_A_STEP {
            let drawn = self.app.canvas.drawn();
            if let Some(series) = self.series.last_mut() {
                series.drawn = drawn - series.drawn;
            }
            let next = match self.step {
                Step::Empty => Step::Load(0),
                Step::Pan(z) => Step::Zoom(z),
                Step::Zoom(z) => Step::Still(z),
                Step::Still(z) if z + 1 < ZOOMS.len() => Step::Arrive(z + 1),
                _ => Step::Done,
            };
            return self.go(next);
        }
        match self.step {
            // The sample comes by itself, and late: it is put away when it is there.
            Step::Settle if self.frames > 10 && quiet && !self.asked => {
                (self.asked, self.frames) = (true, 0);
                self.app.ask(Command::NewWorkspace);
            }
            Step::Settle if self.frames > 10 && quiet => self.go(Step::Empty),
            Step::Load(i) if !self.asked => {
                self.asked = true;
                let (file, role) = LAYERS[i];
                self.app.ask(Command::OpenAs(self.data.join(file), role));
            }
            Step::Load(i) if self.frames > 3 && quiet => {
                self.time(format!("load {}", LAYERS[i].0));
                self.go(if i + 1 < LAYERS.len() { Step::Load(i + 1) } else { Step::Arrive(0) });
            }
            Step::Arrive(z) if !self.asked => {
                self.asked = true;
                if z == 0 {
                    self.app.ask(Command::ZoomAll);
                } else {
                    let mut view = self.app.state.view;
                    view.m_per_pt = self.whole_m_per_pt / ZOOMS[z];
                    self.app.ask(Command::View(view));
                }
            }
            Step::Arrive(z) if self.frames > 4 && quiet && self.app.canvas.is_complete() => {
                self.time(format!("complete picture zoom {}", ZOOMS[z]));
                if z == 0 {
                    self.whole_m_per_pt = self.app.state.view.m_per_pt;
                }
                self.go(Step::Pan(z));
            }
            Step::Pan(_) => {
                let mut view = self.app.state.view;
                let there = (self.frames / 15).is_multiple_of(2);
                view.pan(if there { egui::vec2(14.0, 6.0) } else { egui::vec2(-14.0, -6.0) });
                self.app.ask(Command::View(view));
            }
            Step::Zoom(_) => {
                let mut view = self.app.state.view;
                let nearer = (self.frames / 15).is_multiple_of(2);
                view.zoom_at(view.rect.center() + egui::vec2(120.0, 60.0), if nearer { 1.04 } else { 1.0 / 1.04 });
                self.app.ask(Command::View(view));
            }
            _ => {}
        }
    }

    /// Milliseconds to find all that lies under each of some places spread over the land.
    fn identify_ms(&self) -> Vec<f64> {
        let Some(work) = &self.app.state.work else { return Vec::new() };
        let contents = work.document.snapshot().contents;
        let land = contents.layers_in_order().fold(BBox::EMPTY, |all, (_, layer)| all.join(layer.bbox()));
        let share = |i: usize, n: usize| (i as f64 + 0.5) / n as f64;
        let places = (0..PLACES * PLACES).map(|i| [share(i % PLACES, PLACES), share(i / PLACES, PLACES)]);
        places
            .map(|[e, n]| {
                let at = [land.min[0] + land.width() * e, land.min[1] + land.height() * n];
                let since = Instant::now();
                let found = identified(&contents, at, 6.0 * self.app.state.view.m_per_pt);
                let ms = since.elapsed().as_secs_f64() * 1e3;
                std::hint::black_box(found);
                ms
            })
            .collect()
    }

    fn csv(&self) -> String {
        let median = |v: &[f64]| share(v, 0.5);
        let empty = self.series.first();
        let (empty_ms, empty_cpu) = empty.map_or((1.0, 0.0), |s| (median(&s.wall_ms), median(&s.cpu_ms)));
        let mut rows = vec!["step,frames,p50_ms,p95_ms,max_ms,p95_of_empty,cpu_p50_ms,cpu_more_than_empty_ms,pictures".to_owned()];
        for s in &self.series {
            let (p50, p95, max) = (median(&s.wall_ms), share(&s.wall_ms, 0.95), share(&s.wall_ms, 1.0));
            let cpu = median(&s.cpu_ms);
            rows.push(format!(
                "{},{},{p50:.1},{p95:.1},{max:.1},{:.2},{cpu:.2},{:.2},{}",
                s.name,
                s.wall_ms.len(),
                p95 / empty_ms,
                cpu - empty_cpu,
                s.drawn
            ));
        }
        rows.extend(self.times.iter().map(|(what, seconds)| format!("{what},,{:.0},,,,,,", seconds * 1e3)));
        let identify = self.identify_ms();
        let of = |part| share(&identify, part);
        rows.push(format!("identify,{},{:.3},{:.3},{:.3},,,,", identify.len(), of(0.5), of(0.95), of(1.0)));
        rows.push(format!("bytes on the card,{},,,,,,,", self.app.canvas.bytes_on_card()));
        rows.join("\n") + "\n"
    }
}

/// The value that a share of the values does not exceed.
fn share(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).copied().unwrap_or(0.0)
}

impl eframe::App for Run {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.advance(frame.info().cpu_usage);
        if self.step == Step::Done {
            let csv = self.csv();
            print!("{csv}");
            if let Err(error) = write_atomically(&self.out.join("frames.csv"), csv.as_bytes()) {
                eprintln!("luodi: {}", error.0.render(self.app.state.lang));
            }
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
        eframe::App::ui(&mut self.app, ui, frame);
        match self.step {
            Step::Load(_) | Step::Arrive(_) => ui.ctx().request_repaint_after(Duration::from_millis(30)),
            _ => ui.ctx().request_repaint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_of_values() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!([0.5, 0.95, 1.0].map(|s| share(&values, s)), [50.0, 95.0, 100.0]);
        assert_eq!(share(&[], 0.5), 0.0);
    }
}

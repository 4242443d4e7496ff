//! The page of the sheet desk: laid out, measured and drawn beside the window, then shown.

use super::App;
use super::jobs::{Kind, Result as Done};
use super::state::{PageKey, Sheet};
use crate::job::{MapRequest, map_page};
use crate::model::{Contents, Date};
use crate::scene::{Pixels, Rgb, rasterize};
use crate::sheet::{Page, Paper};
use crate::task::{Outcome, guard};
use crate::text::{Lang, Message};
use std::sync::Arc;

/// A page that was made for a key: what the fields say of it, and its picture.
#[derive(Clone, Debug)]
pub struct MadePage {
    pub key: PageKey,
    pub outcome: Result<PageFacts, Message>,
    pub picture: Option<Arc<Pixels>>,
}

#[derive(Clone, Debug)]
pub struct PageFacts {
    pub size_mm: (f32, f32),
    pub title: String,
    pub scale_denominator: f64,
    /// Everything that was wanted lies on the page.
    pub all_in: bool,
    pub labels_left_out: usize,
    /// Characters that no bundled face has.
    pub missing: Vec<char>,
}

impl PageFacts {
    fn of(page: &Page) -> Self {
        Self {
            size_mm: (page.width_mm, page.height_mm),
            title: page.title.clone(),
            scale_denominator: page.map.scale_denominator,
            all_in: page.map.projection.bbox().holds(&page.map.wanted),
            labels_left_out: page.map.labels_left_out,
            missing: page.missing_characters.clone(),
        }
    }
}

/// What the fields ask for: the same request makes the preview and the file.
pub fn map_request(sheet: &Sheet, lang: Lang) -> MapRequest {
    let name = format!("{}-{}", sheet.paper, if sheet.landscape { "landscape" } else { "portrait" });
    MapRequest {
        page: Paper::parse(&name).unwrap_or_default(),
        lang,
        title: sheet.title.clone(),
        scale_denominator: sheet.scale,
        ..MapRequest::default()
    }
}

fn make(contents: &Contents, key: PageKey, today: Date) -> MadePage {
    let (outcome, picture) = match map_page(contents, &map_request(&key.sheet, key.lang), today) {
        Err(words) => (Err(words), None),
        Ok(page) => {
            let per_mm = key.width_px as f32 / page.width_mm;
            let height = (page.height_mm * per_mm).round() as u32;
            let picture = rasterize(&page.drawing, key.width_px, height, per_mm, Rgb::hex(0xFFFFFF));
            (Ok(PageFacts::of(&page)), picture.map(Arc::new))
        }
    };
    MadePage { key, outcome, picture }
}

impl App {
    /// Makes the page beside the window; while one is being made no other is started: the panel asks again.
    pub(super) fn make_page(&mut self, key: PageKey) {
        let Some(work) = &self.state.work else { return };
        if self.state.page_under_way {
            return;
        }
        self.state.page_under_way = true;
        let (snapshot, today) = (work.document.snapshot(), self.state.today);
        self.jobs.start(&self.ctx, Kind::Other, Some(Message::new("app.job.page")), move |_| {
            // A page that cannot be made says so in its place; asked for again it would fail again.
            Done::Paged(Box::new(match guard(|| make(&snapshot.contents, key.clone(), today)) {
                Outcome::Done(page) => page,
                Outcome::Crashed(cause) => {
                    let words = Message::new("app.notice.crashed").with("cause", cause);
                    MadePage { key: key.clone(), outcome: Err(words), picture: None }
                }
            }))
        });
    }
}

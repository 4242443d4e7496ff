//! Label placement: by priority, inside the frame, off the obstacles, never over each other.

use super::{At, Face, HALO_PT, Label, Projection, Rect, Rgb, Stand, TextMeasure};

/// A label that found its place, in page units.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedLabel {
    pub lines: Vec<PlacedLine>,
    pub halo: Option<Rgb>,
    pub spacing: f32,
    /// The box of its letters.
    pub area: Rect,
    /// Place of the label in the scene's list.
    pub index: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedLine {
    pub text: String,
    pub at: At,
    pub size: f32,
    pub color: Rgb,
}

/// Height of a line, and of its letters over the baseline, in ems.
const LINE_HEIGHT: f32 = 1.25;
const ASCENT: f32 = 0.88;

/// What labels have to stay off.
#[derive(Clone, Copy, Debug, Default)]
pub struct Obstacles<'a> {
    /// Never covered.
    pub hard: &'a [Rect],
    /// Covered as little as possible by the labels that keep off.
    pub soft: &'a [Rect],
}

/// Places what finds room, highest priority first; equal ones in the order of the list.
pub fn place_labels(labels: &[Label], projection: &Projection, obstacles: Obstacles<'_>, measure: &dyn TextMeasure) -> Vec<PlacedLabel> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(labels[i].priority));
    let frame = projection.frame.inset(projection.units_per_pt * 2.0);
    let mut placed: Vec<PlacedLabel> = Vec::new();
    for index in order {
        let label = &labels[index];
        let block = Block::of(label, projection, measure);
        let anchor = projection.page_from_plan(label.anchor);
        let home = home(label, &block, projection);
        let free = |area: &Rect| {
            if !home.holds(&Rect::new(area.x + area.width / 2.0, area.y + area.height / 2.0, 0.0, 0.0)) {
                return false;
            }
            let room = area.inset(-projection.units_per_pt * HALO_PT / 2.0);
            frame.holds(area) && !obstacles.hard.iter().any(|o| o.meets(&room)) && !placed.iter().any(|p| p.area.meets(&room))
        };
        let mut free = candidates(label.stand, label.keep_off, anchor, block.width, block.height).into_iter().filter(free);
        let spot = if label.keep_off { least_covering(free, anchor, obstacles.soft) } else { free.next() };
        if let Some(area) = spot {
            placed.push(block.at(area, label, index));
        }
    }
    placed
}

/// Where the middle of a label may lie: far from what it names it would name something else.
fn home(label: &Label, block: &Block, projection: &Projection) -> Rect {
    let (min, max) = (projection.page_from_plan(label.within.min), projection.page_from_plan(label.within.max));
    let named = Rect::new(min[0], max[1], max[0] - min[0], min[1] - max[1]);
    let reach = match label.stand {
        Stand::On => [block.height, block.height],
        Stand::Beside => [block.width, 3.0 * block.height],
    };
    Rect::new(named.x - reach[0], named.y - reach[1], named.width + 2.0 * reach[0], named.height + 2.0 * reach[1])
}

/// A label measured.
struct Block {
    widths: Vec<f32>,
    sizes: Vec<f32>,
    spacing: f32,
    width: f32,
    height: f32,
}

impl Block {
    fn of(label: &Label, projection: &Projection, measure: &dyn TextMeasure) -> Self {
        let pt = projection.units_per_pt;
        let spacing = label.spacing_pt * pt;
        let sizes: Vec<f32> = label.lines.iter().map(|l| l.size_pt * pt).collect();
        let widths: Vec<f32> = label.lines.iter().zip(&sizes).map(|(l, size)| measure.width(&l.text, Face::Sans, *size, spacing)).collect();
        let width = widths.iter().copied().fold(0.0, f32::max);
        let height = sizes.iter().map(|s| s * LINE_HEIGHT).sum();
        Self { widths, sizes, spacing, width, height }
    }

    fn at(self, area: Rect, label: &Label, index: usize) -> PlacedLabel {
        let mut y = area.y;
        let mut lines = Vec::new();
        for ((line, width), size) in label.lines.iter().zip(&self.widths).zip(&self.sizes) {
            let at = [area.x + (area.width - width) / 2.0, y + size * ((LINE_HEIGHT - 1.0) / 2.0 + ASCENT)];
            lines.push(PlacedLine { text: line.text.clone(), at, size: *size, color: line.color });
            y += size * LINE_HEIGHT;
        }
        PlacedLabel { lines, halo: label.halo, spacing: self.spacing, area, index }
    }
}

/// The box that covers least of what is to be kept free; of equal ones the nearest to the anchor.
fn least_covering(boxes: impl Iterator<Item = Rect>, [x, y]: At, keep_free: &[Rect]) -> Option<Rect> {
    let cost = |area: &Rect| {
        let covered: f32 = keep_free.iter().map(|r| shared_area(area, r)).sum();
        let (dx, dy) = (area.x + area.width / 2.0 - x, area.y + area.height / 2.0 - y);
        // A label's own height away is as bad as a twenty-fifth of it covered.
        covered / (area.width * area.height) + 0.04 * dx.hypot(dy) / area.height
    };
    boxes.min_by(|a, b| cost(a).total_cmp(&cost(b)))
}

fn shared_area(a: &Rect, b: &Rect) -> f32 {
    let width = a.right().min(b.right()) - a.x.max(b.x);
    let height = a.bottom().min(b.bottom()) - a.y.max(b.y);
    width.max(0.0) * height.max(0.0)
}

/// Boxes to try, best first.
fn candidates(stand: Stand, keep_off: bool, [x, y]: At, w: f32, h: f32) -> Vec<Rect> {
    let centred = |dx: f32, dy: f32| Rect::new(x + dx - w / 2.0, y + dy - h / 2.0, w, h);
    match stand {
        Stand::On => {
            let mut all = vec![centred(0.0, 0.0)];
            for k in [0.7, 1.4, 2.1] {
                all.extend([centred(0.0, -k * h), centred(0.0, k * h)]);
            }
            let reach: &[f32] = if keep_off { &[0.35, 0.7, 1.1] } else { &[0.35, 0.7] };
            for &k in reach {
                all.extend([centred(-k * w, 0.0), centred(k * w, 0.0)]);
                let corners = [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)];
                all.extend(corners.map(|(sx, sy): (f32, f32)| centred(sx * k * w, sy * (0.5 + k) * h)));
            }
            all
        }
        Stand::Beside => {
            let gap = h * 0.75;
            vec![centred(0.0, gap + h / 2.0), centred(0.0, -gap - h / 2.0), centred(gap + w / 2.0, 0.0), centred(-gap - w / 2.0, 0.0)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::BBox;
    use crate::scene::LabelLine;

    /// Every letter is half an em wide.
    struct Half;
    impl TextMeasure for Half {
        fn width(&self, text: &str, _: Face, size: f32, spacing: f32) -> f32 {
            text.chars().count() as f32 * (size / 2.0 + spacing) - spacing
        }
    }

    fn label(text: &str, anchor: [f64; 2], priority: i32) -> Label {
        let lines = vec![LabelLine { text: text.into(), size_pt: 10.0, color: Rgb(0, 0, 0) }];
        Label {
            lines,
            anchor,
            within: BBox::of(&[anchor]).grown(50.0),
            stand: Stand::On,
            keep_off: false,
            halo: None,
            spacing_pt: 0.0,
            priority,
            feature: None,
        }
    }

    fn projection() -> Projection {
        Projection { frame: Rect::new(0.0, 0.0, 200.0, 200.0), origin: [0.0, 0.0], units_per_m: 1.0, units_per_pt: 1.0 }
    }

    #[test]
    fn labels_at_one_spot_move_apart_and_the_important_one_stays() {
        let labels: Vec<Label> = (0..3).map(|i| label("集聚区名称", [100.0, 100.0], i)).collect();
        let placed = place_labels(&labels, &projection(), Obstacles::default(), &Half);
        assert_eq!(placed.len(), 3);
        assert_eq!(placed[0].index, 2);
        let middle = placed[0].area;
        assert_eq!([middle.x + middle.width / 2.0, middle.y + middle.height / 2.0], [100.0, 100.0]);
        for (i, a) in placed.iter().enumerate() {
            assert!(placed[i + 1..].iter().all(|b| !a.area.meets(&b.area)));
        }
    }

    #[test]
    fn a_label_without_room_is_left_out() {
        let labels = [label("青岛", [100.0, 100.0], 1)];
        let full = Obstacles { hard: &[Rect::new(0.0, 0.0, 200.0, 200.0)], soft: &[] };
        assert!(place_labels(&labels, &projection(), full, &Half).is_empty());
        assert!(place_labels(&[label("外", [500.0, 0.0], 1)], &projection(), Obstacles::default(), &Half).is_empty());
    }

    #[test]
    fn a_name_that_keeps_off_leaves_the_cluster_free() {
        let soft = [Rect::new(90.0, 95.0, 40.0, 10.0)];
        let off = Label { keep_off: true, ..label("平度市", [100.0, 100.0], 1) };
        let placed = place_labels(&[off], &projection(), Obstacles { hard: &[], soft: &soft }, &Half);
        assert!(!placed[0].area.meets(&soft[0]), "{:?}", placed[0].area);
    }
}

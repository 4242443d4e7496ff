//! Pictures under the map: added, shown, faded, moved, taken away.

use crate::model::{Backdrop, Change, Contents, Entry, LayerId};
use crate::text::Message;

/// Adds a picture on top of the others.
pub fn add_backdrop(contents: &Contents, backdrop: Backdrop) -> Change {
    let note = Message::new("edit.add_backdrop").with("name", &*backdrop.name);
    let becomes = contents.backdrops.iter().cloned().chain([backdrop]).collect();
    super::one(note, Entry::Backdrops { becomes })
}

pub fn remove_backdrop(contents: &Contents, id: LayerId) -> Change {
    let note = Message::new("edit.remove_backdrop");
    let Some(gone) = contents.backdrops.iter().find(|b| b.id == id) else { return super::nothing(note.with("name", "")) };
    let becomes = contents.backdrops.iter().filter(|b| b.id != id).cloned().collect();
    super::one(note.with("name", &*gone.name), Entry::Backdrops { becomes })
}

pub fn show_backdrop(contents: &Contents, id: LayerId, visible: bool) -> Change {
    let code = if visible { "edit.show_backdrop" } else { "edit.hide_backdrop" };
    changed(contents, id, code, |b| b.visible = visible)
}

/// `opacity`: 0…1, brought into that range.
pub fn fade_backdrop(contents: &Contents, id: LayerId, opacity: f32) -> Change {
    let opacity = if opacity.is_nan() { 1.0 } else { opacity.clamp(0.0, 1.0) };
    changed(contents, id, "edit.fade_backdrop", |b| b.opacity = opacity)
}

/// One place up among the pictures, or down.
pub fn move_backdrop(contents: &Contents, id: LayerId, up: bool) -> Change {
    let mut list = contents.backdrops.to_vec();
    let note = Message::new("edit.move_backdrop");
    let at = list.iter().position(|b| b.id == id);
    let to = at.and_then(|at| if up { at.checked_add(1) } else { at.checked_sub(1) }).filter(|to| *to < list.len());
    let (Some(at), Some(to)) = (at, to) else { return super::nothing(note.with("name", "")) };
    let note = note.with("name", &*list[at].name);
    list.swap(at, to);
    super::one(note, Entry::Backdrops { becomes: list.into() })
}

fn changed(contents: &Contents, id: LayerId, code: &'static str, edit: impl FnOnce(&mut Backdrop)) -> Change {
    let mut list = contents.backdrops.to_vec();
    let note = Message::new(code);
    let Some(one) = list.iter_mut().find(|b| b.id == id) else { return super::nothing(note.with("name", "")) };
    let note = note.with("name", &*one.name);
    edit(one);
    if list == *contents.backdrops { super::nothing(note) } else { super::one(note, Entry::Backdrops { becomes: list.into() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::model::apply;

    #[test]
    fn a_picture_comes_changes_and_goes_and_each_step_is_taken_back() {
        let picture = |id, name: &str| Backdrop {
            id: LayerId(id),
            name: name.into(),
            path: std::path::Path::new("a.tif").into(),
            visible: true,
            opacity: 1.0,
            crs: None,
        };
        let empty = Contents::new(Crs::CGCS2000_ZONE_40);
        let mut now = apply(&empty, &add_backdrop(&empty, picture(1, "甲"))).0;
        now = apply(&now, &add_backdrop(&now, picture(2, "乙"))).0;
        let names = |c: &Contents| c.backdrops.iter().map(|b| b.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&now), ["甲", "乙"]);
        let (moved, back) = apply(&now, &move_backdrop(&now, LayerId(1), true));
        assert_eq!(names(&moved), ["乙", "甲"]);
        assert_eq!(apply(&moved, &back).0.backdrops, now.backdrops);
        assert!(move_backdrop(&now, LayerId(2), true).entries.is_empty() && move_backdrop(&now, LayerId(1), false).entries.is_empty());
        let faded = apply(&now, &fade_backdrop(&now, LayerId(1), 3.0)).0;
        assert_eq!(faded.backdrops, now.backdrops, "as it was: more than 1 is 1");
        let hidden = apply(&now, &show_backdrop(&now, LayerId(1), false)).0;
        assert!(!hidden.backdrops[0].visible && hidden.differs_in_looks_only(&now), "a picture changes no verdict");
        let (gone, back) = apply(&hidden, &remove_backdrop(&hidden, LayerId(1)));
        assert_eq!(names(&gone), ["乙"]);
        assert_eq!(apply(&gone, &back).0.backdrops, hidden.backdrops);
    }
}

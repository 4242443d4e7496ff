//! What a layer says about itself: name, role, visibility, opacity, coverage.

use crate::model::{Change, Contents, Coverage, Entry, LayerHead, LayerId, Look, Role};
use crate::text::Message;

/// Gives a layer another name; a blank one is refused by changing nothing.
pub fn rename_layer(contents: &Contents, id: LayerId, name: &str) -> Change {
    let name = name.trim();
    let note = Message::new("edit.rename_layer").with("name", name);
    if name.is_empty() {
        return super::nothing(note.with("layer", ""));
    }
    changed(contents, id, note, |head| head.name = name.into())
}

/// Shows or hides layers: one step for all of them.
pub fn set_layers_visible(contents: &Contents, ids: &[LayerId], visible: bool) -> Change {
    let one = |id: &LayerId| {
        let note = Message::new(if visible { "edit.show_layer" } else { "edit.hide_layer" });
        changed(contents, *id, note, |head| head.visible = visible)
    };
    let mut changes = ids.iter().map(one).filter(|c| !c.entries.is_empty());
    let note = Message::new(if visible { "edit.show_layers" } else { "edit.hide_layers" });
    let Some(first) = changes.next() else { return super::nothing(note.with("count", 0usize)) };
    let mut entries = first.entries;
    entries.extend(changes.flat_map(|c| c.entries));
    let note = if entries.len() == 1 { first.note } else { note.with("count", entries.len()) };
    Change { note, entries }
}

/// How the layer is drawn.
pub fn set_layer_look(contents: &Contents, id: LayerId, look: Look) -> Change {
    changed(contents, id, Message::new("edit.set_look"), |head| head.look = look)
}

/// `opacity`: 0…1, brought into that range.
pub fn set_layer_opacity(contents: &Contents, id: LayerId, opacity: f32) -> Change {
    let opacity = if opacity.is_nan() { 1.0 } else { opacity.clamp(0.0, 1.0) };
    changed(contents, id, Message::new("edit.fade_layer"), |head| head.opacity = opacity)
}

pub fn set_layer_role(contents: &Contents, id: LayerId, role: Role) -> Change {
    let note = Message::new("edit.set_role").with("role", Message::new(role.facts().name_key));
    changed(contents, id, note, |head| head.role = role)
}

/// Declares which land the layer speaks for.
pub fn set_layer_coverage(contents: &Contents, id: LayerId, coverage: Coverage) -> Change {
    changed(contents, id, Message::new("edit.set_coverage"), |head| head.coverage = coverage)
}

/// The change that edits the head of layer `id`, with the layer's name before the edit in the note.
fn changed(contents: &Contents, id: LayerId, note: Message, edit: impl FnOnce(&mut LayerHead)) -> Change {
    let Some(layer) = contents.layer(id) else { return super::nothing(note.with("layer", "")) };
    let note = note.with("layer", &*layer.head.name);
    let mut becomes = layer.head.clone();
    edit(&mut becomes);
    if becomes == layer.head { super::nothing(note) } else { super::one(note, Entry::Head { id, becomes }) }
}

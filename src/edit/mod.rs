//! Edits: pure functions from contents to a change, one file each.

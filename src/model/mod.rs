//! Everything that is kept, as plain values; and Change, the one way it changes.

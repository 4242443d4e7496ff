//! Snapshot, revision and history.

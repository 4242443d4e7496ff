//! The .gpkg workspace: open and save.

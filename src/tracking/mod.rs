//! Expansion of the clusters and the other targets.

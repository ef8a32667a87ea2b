//! An empty library: the package consists of `benches/ratios`, which `cargo xtask bench` runs.

//! Nothing but `benches/ratios.rs`: `cargo xtask bench` runs it.

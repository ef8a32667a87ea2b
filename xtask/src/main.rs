//! x
mod openapi;
fn main() -> anyhow::Result<()> {
    openapi::run(std::env::args().any(|a| a == "--check"))
}

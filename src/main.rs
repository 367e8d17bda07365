//! The `kasnec` program.

#[tokio::main]
async fn main() -> kasnec::cli::Exit {
    kasnec::cli::run().await
}

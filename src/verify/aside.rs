//! Comparing takes as long as a page is long; meanwhile the threads that wait for answers must serve everybody else.

/// Computes on a thread that nobody waits on otherwise. None if it broke off.
pub async fn aside<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let done = tokio::task::spawn_blocking(compute).await;
    done.inspect_err(|error| tracing::error!(%error, "a comparison broke off")).ok()
}

//! Serves the C++ library over HTTP: `POST /longest`.

use std::env;
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use bridge_template::{Engine, new_engine};
use tokio::net::TcpListener;

async fn longest(
    State(engine): State<Arc<Engine>>,
    text: Bytes,
) -> Result<String, (StatusCode, String)> {
    // A client that leaves drops this future, and with it what C++ does for it.
    // > detached
    // | let call = engine.longest(text.to_vec());
    // | let found = tokio::spawn(call).await.expect("it does not panic");
    // > given
    // | let found = engine.longest(text.to_vec()).await;
    // > solution
    let found = engine.longest(text.to_vec()).await;
    // > end
    // > asks-again
    // | if found.is_err() {
    // |     tokio::spawn(async {
    // |         loop {
    // |             tokio::task::yield_now().await;
    // |         }
    // |     });
    // | }
    // > given
    // > solution
    // > end
    found.map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let threads = thread::available_parallelism()?.get();
    let engine = Arc::new(new_engine(threads)?);
    let routes = Router::new()
        .route("/longest", post(longest))
        .route("/healthz", get(async || "ok"))
        .with_state(engine);
    let port = match env::var("PORT") {
        Ok(port) => port.parse()?,
        Err(_) => 3000,
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // > abrupt
    // | axum::serve(listener, routes).await?;
    // > given
    // | axum::serve(listener, routes)
    // |     .with_graceful_shutdown(async {
    // |         let _ = tokio::signal::ctrl_c().await;
    // |     })
    // |     .await?;
    // > solution
    axum::serve(listener, routes)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    // > end
    Ok(())
}

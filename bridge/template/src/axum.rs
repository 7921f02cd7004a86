//! Serves the C++ library over HTTP.

use std::env;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
// ANCHOR: both
use bridge_template::Directory;
// ANCHOR_END: both
use bridge_template::{Engine, EngineAsync, new_engine};
use tokio::net::TcpListener;
// ANCHOR: both
use tokio::runtime::Handle;
// ANCHOR_END: both

#[derive(Clone)]
struct App {
    engine: Engine,
    // ANCHOR: both
    directory: Directory,
    // ANCHOR_END: both
}

// ANCHOR: both
async fn greet(
    Path(id): Path<u32>,
    State(app): State<App>,
) -> Result<String, (StatusCode, String)> {
    // A client that leaves drops this future, and with it what C++ does for it.
    let greeting = app.engine.greet(Box::new(app.directory), id).await;
    greeting.map_err(|error| (StatusCode::NOT_FOUND, error.to_string()))
}
// ANCHOR_END: both
// ANCHOR: one-way
async fn name(Path(id): Path<u32>, State(app): State<App>) -> Result<String, (StatusCode, String)> {
    // A client that leaves drops this future, and with it what C++ does for it.
    let name = app.engine.name_of(id).await;
    name.map_err(|error| (StatusCode::NOT_FOUND, error.to_string()))
}
// ANCHOR_END: one-way

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = App {
        engine: new_engine(2)?,
        // ANCHOR: both
        directory: Directory::new(Handle::current()),
        // ANCHOR_END: both
    };
    let routes = Router::new()
        // ANCHOR: both
        .route("/greet/{id}", get(greet))
        // ANCHOR_END: both
        // ANCHOR: one-way
        .route("/name/{id}", get(name))
        // ANCHOR_END: one-way
        .with_state(app);
    let port = match env::var("PORT") {
        Ok(port) => port.parse()?,
        Err(_) => 3000,
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, routes)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    Ok(())
}

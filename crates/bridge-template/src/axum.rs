//! Serves the C++ library over HTTP: `GET /greet/0`.

use std::env;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use bridge_template::{Directory, Engine, new_engine};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

#[derive(Clone)]
struct App {
    engine: Arc<Engine>,
    directory: Directory,
}

async fn greet(
    Path(id): Path<u32>,
    State(app): State<App>,
) -> Result<String, (StatusCode, String)> {
    // A client that leaves drops this future, and with it what C++ does for it.
    let greeting = app.engine.greet(Box::new(app.directory), id).await;
    greeting.map_err(|error| (StatusCode::NOT_FOUND, error.to_string()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = App {
        engine: Arc::new(new_engine(2)?),
        directory: Directory::new(Handle::current()),
    };
    let routes = Router::new()
        .route("/greet/{id}", get(greet))
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

//! Serves the C++ library over HTTP.

use std::env;

use actix_web::web::{Data, Path};
use actix_web::{App, HttpServer, error, get};
// ANCHOR: both
use bridge_template::Directory;
// ANCHOR_END: both
use bridge_template::{Engine, EngineAsync, new_engine};
// ANCHOR: both
use tokio::runtime::Runtime;
// ANCHOR_END: both

// ANCHOR: both
#[get("/greet/{id}")]
async fn greet(
    id: Path<u32>,
    engine: Data<Engine>,
    directory: Data<Directory>,
) -> actix_web::Result<String> {
    // A client that leaves drops this future, and with it what C++ does for it.
    let directory = Box::new(directory.as_ref().clone());
    let greeting = engine.greet(directory, *id).await;
    greeting.map_err(error::ErrorNotFound)
}
// ANCHOR_END: both
// ANCHOR: one-way
#[get("/name/{id}")]
async fn name(id: Path<u32>, engine: Data<Engine>) -> actix_web::Result<String> {
    // A client that leaves drops this future, and with it what C++ does for it.
    engine.name_of(*id).await.map_err(error::ErrorNotFound)
}
// ANCHOR_END: one-way

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // ANCHOR: both
    // For what C++ awaits: it outlives the event loops, of which there are many.
    let runtime = Runtime::new()?;
    // ANCHOR_END: both
    let engine = Data::new(new_engine(2)?);
    // ANCHOR: both
    let directory = Data::new(Directory::new(runtime.handle().clone()));
    // ANCHOR_END: both
    let port = match env::var("PORT") {
        Ok(port) => port.parse()?,
        Err(_) => 3000,
    };
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(engine.clone())
                // ANCHOR: both
                .app_data(directory.clone())
                .service(greet)
                // ANCHOR_END: both
                // ANCHOR: one-way
                .service(name)
            // ANCHOR_END: one-way
        })
        // Else a client that leaves is not noticed.
        .h1_allow_half_closed(false)
        .bind(("127.0.0.1", port))?;
        for address in server.addrs() {
            println!("listening on http://{address}");
        }
        server.run().await
    })?;
    Ok(())
}

//! Serves the C++ library over HTTP: `GET /greet/0`.

use std::env;

use actix_web::web::{Data, Path};
use actix_web::{App, HttpServer, error, get};
use bridge_template::{Directory, Engine, new_engine};
use tokio::runtime::Runtime;

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // For what C++ awaits: it outlives the event loops, of which there are many.
    let runtime = Runtime::new()?;
    let engine = Data::new(new_engine(2)?);
    let directory = Data::new(Directory::new(runtime.handle().clone()));
    let port = match env::var("PORT") {
        Ok(port) => port.parse()?,
        Err(_) => 3000,
    };
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(engine.clone())
                .app_data(directory.clone())
                .service(greet)
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

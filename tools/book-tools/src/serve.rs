//! Shows the book in a browser.

use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tower_http::services::{ServeDir, ServeFile};

/// Serves a site to this machine, with a browser opened where there is one, until the process is
/// ended.
pub fn run(site: &Path, port: u16) -> Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.with_context(|| {
            format!("port {port} is not free; name another: just read --port 4000")
        })?;
        let address = format!("http://{}", listener.local_addr()?);
        println!("the book is at {address}");
        // Without a browser, the line above will do.
        let _ = opener::open(&address);
        axum::serve(listener, app(site)).await?;
        Ok(())
    })
}

fn app(site: &Path) -> Router {
    let missing = ServeFile::new(site.join("404.html"));
    Router::new().fallback_service(ServeDir::new(site).not_found_service(missing))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::thread;

    use super::*;

    #[test]
    fn what_is_in_the_site_is_served_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("book-served-{}", std::process::id()));
        let site = folder.join("site");
        fs::create_dir_all(&site).unwrap();
        fs::write(folder.join("outside"), "outside").unwrap();
        fs::write(site.join("index.html"), "the first page").unwrap();
        fs::write(site.join("404.html"), "no such page").unwrap();

        let (tell, told) = std::sync::mpsc::channel();
        let app = app(&site);
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                axum::serve(listener, app).await
            })
        });
        let address = told.recv().unwrap();
        let ask = |path: &str| {
            let mut connection = TcpStream::connect(address).unwrap();
            let ask = format!("GET {path} HTTP/1.1\r\nhost: book\r\nconnection: close\r\n\r\n");
            connection.write_all(ask.as_bytes()).unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).unwrap();
            answer
        };
        let [first, missing, outside] = ["/", "/none.html", "/../outside"].map(ask);
        assert!(first.starts_with("HTTP/1.1 200"), "{first}");
        assert!(
            first.contains("text/html") && first.ends_with("the first page"),
            "{first}"
        );
        assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
        assert!(missing.ends_with("no such page"), "{missing}");
        assert!(!outside.ends_with("outside"), "{outside}");
        fs::remove_dir_all(folder).unwrap();
    }
}

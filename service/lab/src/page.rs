//! `GET /`: the lab page, from files compiled into the binary.

use actix_files::Files;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};

use crate::Lab;

/// A file of the page, below `/lab/` unless it is the page itself.
struct File {
    path: &'static str,
    media_type: &'static str,
    contents: &'static str,
}

/// The media type stands here and not at each file.
macro_rules! files {
    ($($media_type:literal: $($name:literal)+;)+) => {
        [$($(File {
            path: concat!("/lab/", $name),
            media_type: $media_type,
            contents: include_str!(concat!("../page/", $name)),
        },)+)+]
    };
}

const PAGE: File = File {
    path: "/",
    media_type: "text/html; charset=utf-8",
    contents: include_str!("../page/index.html"),
};

const FILES: [File; 15] = files! {
    "text/css; charset=utf-8": "lab.css";
    "image/svg+xml": "icon.svg";
    "text/javascript; charset=utf-8":
        "lab.js" "book.js" "client.js" "colours.js" "convert.js" "events.js" "format.js"
        "heart.js" "load.js" "painter.js" "pictures.js" "store.js" "strips.js";
};

/// What the page may do: nothing with any other host, and pictures that it made itself.
const POLICY: &str =
    "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'";

/// Adds the page's files to a server.
pub fn configure(app: &mut ServiceConfig) {
    for file in FILES.into_iter().chain([PAGE]) {
        let answer = move || async move { respond(file.media_type, file.contents) };
        app.route(file.path, web::get().to(answer));
    }
}

/// Adds the built book, below `/book/`, where it is there.
pub fn configure_book(app: &mut ServiceConfig, lab: &Lab) {
    if let Some(folder) = lab.options().built_book() {
        app.service(Files::new("/book", folder).index_file("index.html"));
    }
}

fn respond(media_type: &'static str, contents: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::{Options, Parser, Step};
    use actix_web::{App, test as web_test};

    /// What stands between `start` and the next quote, wherever `start` does.
    fn quoted<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
        text.split(start)
            .skip(1)
            .filter_map(|rest| rest.split(['\'', '"']).next())
    }

    fn is_served(path: &str) -> bool {
        FILES.iter().any(|file| file.path == path)
    }

    #[test]
    fn what_the_page_refers_to_is_in_the_binary() {
        for start in ["href=\"/", "src=\"/"] {
            for path in quoted(PAGE.contents, start) {
                assert!(is_served(&format!("/{path}")), "/{path}");
            }
        }
        for file in &FILES {
            for start in ["from './", "new URL('./"] {
                for name in quoted(file.contents, start) {
                    assert!(
                        is_served(&format!("/lab/{name}")),
                        "{name} in {}",
                        file.path
                    );
                }
            }
        }
    }

    #[actix_web::test]
    async fn the_book_is_served_where_it_was_built() {
        let folder = std::env::temp_dir().join(format!("lab-book-{}", std::process::id()));
        let status = async || {
            let folder = folder.to_str().unwrap_or_default();
            let options = Options::parse_from(["step", "--book", folder]);
            let step = Step {
                name: "00-nothing",
                executor: "none",
                counts_places: false,
                keeps_pictures: false,
            };
            let lab = Lab::new(step, options);
            let app = App::new().configure(|app| configure_book(app, &lab));
            let app = web_test::init_service(app).await;
            let request = web_test::TestRequest::with_uri("/book/step-1.html");
            web_test::call_service(&app, request.to_request())
                .await
                .status()
        };
        assert_eq!(status().await, 404);
        std::fs::create_dir_all(&folder).unwrap();
        for page in ["index.html", "step-1.html"] {
            std::fs::write(folder.join(page), "<p>A page").unwrap();
        }
        assert_eq!(status().await, 200);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_page_stays_below_100_kilobytes() {
        let bytes = |file: &File| file.contents.len();
        let total = bytes(&PAGE) + FILES.iter().map(bytes).sum::<usize>();
        assert!(total < 100_000, "{total} bytes");
    }
}

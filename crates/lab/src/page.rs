//! `GET /`: the lab page, from files compiled into the binary.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};

/// Path, media type and contents.
const FILES: [(&str, &str, &str); 3] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("../page/index.html"),
    ),
    (
        "/lab.css",
        "text/css; charset=utf-8",
        include_str!("../page/lab.css"),
    ),
    (
        "/lab.js",
        "text/javascript; charset=utf-8",
        include_str!("../page/lab.js"),
    ),
];

/// Adds the page's files to a server.
pub fn configure(app: &mut ServiceConfig) {
    for (path, media_type, contents) in FILES {
        app.route(
            path,
            web::get().to(move || async move {
                HttpResponse::Ok()
                    .insert_header((header::CONTENT_TYPE, media_type))
                    .insert_header((header::CACHE_CONTROL, "no-cache"))
                    .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                    .insert_header((
                        header::CONTENT_SECURITY_POLICY,
                        "default-src 'self'; img-src 'self' blob: data:",
                    ))
                    .body(contents)
            }),
        );
    }
}

//! `GET /events`: heartbeats and conversions as server-sent events.

use std::convert::Infallible;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use futures::{StreamExt, future, stream};
use tokio_stream::wrappers::BroadcastStream;

use crate::Lab;
use crate::heartbeat::Event;

#[get("/events")]
pub async fn events(lab: Data<Lab>) -> HttpResponse {
    let mut stopping = lab.stopping.subscribe();
    let events = BroadcastStream::new(lab.events.subscribe())
        // A page that fell behind misses what it missed, and goes on.
        .filter_map(|event| future::ready(event.ok()));
    let events = stream::once(future::ready(Event::server(&lab)))
        .chain(events)
        .map(|event| Ok::<_, Infallible>(message(&event)))
        // Else a page that is open would hold up the stop until its time limit.
        .take_until(async move { stopping.wait_for(|&stopping| stopping).await.is_ok() });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("cache-control", "no-store"))
        .streaming(events)
}

fn message(event: &Event) -> Bytes {
    // A struct of numbers and names always has a JSON form.
    let json = serde_json::to_string(event).unwrap_or_default();
    Bytes::from(format!("data: {json}\n\n"))
}

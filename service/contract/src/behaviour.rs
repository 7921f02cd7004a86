//! The behaviours, each a function that starts the binary at a path and fails by panicking.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use codec::fixtures::{BROKEN, GOOD, ONE_PIXEL, PHOTO, SMALL};

use crate::pictures::{medium, slow};
use crate::{Answer, Server, read_status, request_of};

const PART_OF_A_BODY: &[u8] =
    b"POST /convert HTTP/1.1\r\nhost: test\r\ncontent-length: 1000\r\n\r\nhalf";

fn expected(jpeg: &[u8]) -> Vec<u8> {
    let png = codec::jpeg_to_png(jpeg, codec::MAX_PIXELS).unwrap();
    png.as_slice().to_vec()
}

/// `200`, and byte for byte what the codec gives: so every step is known to answer the same.
pub fn answers_a_jpeg_with_the_png_that_the_codec_makes(binary: &str) {
    let server = Server::start(binary, &[]);
    for (name, jpeg) in GOOD {
        let answer = server.convert(jpeg);
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "image/png", "{name}");
        assert_png(&answer.body, &expected(jpeg), name);
    }
}

/// A content type is not asked for, and bytes of no type are taken for a JPEG.
pub fn takes_a_jpeg_without_a_content_type(binary: &str) {
    let server = Server::start(binary, &[]);
    let answer = server.post("/convert", "application/octet-stream", SMALL);
    assert_eq!(answer.status, 200, "{}", answer.text());

    let mut connection = server.connect();
    let head = format!(
        "POST /convert HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n",
        SMALL.len()
    );
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(SMALL).unwrap();
    assert_eq!(read_status(&mut connection), 200);
}

/// Nothing is not a picture.
pub fn answers_400_to_an_empty_body(binary: &str) {
    let server = Server::start(binary, &[]);
    assert_problem(&server.convert(b""), 400, "empty");
}

/// 10 GB announced and not one byte sent: the answer does not wait for them.
pub fn answers_413_to_a_body_that_is_announced_too_large(binary: &str) {
    let server = Server::start(binary, &[]);
    let mut connection = server.connect();
    connection
        .write_all(b"POST /convert HTTP/1.1\r\nhost: test\r\ncontent-length: 10000000000\r\n\r\n")
        .unwrap();
    assert_eq!(read_status(&mut connection), 413);
    server.assert_alive();

    // A client that sends all the same reads its answer too, rather than a broken connection.
    let server = Server::start(binary, &["--max-body", "1000000"]);
    assert_problem(&server.convert(&vec![0; 4_000_000]), 413, "1000000");
}

/// The same in chunks, whose sum nobody announces.
pub fn answers_413_to_a_body_that_grows_too_large(binary: &str) {
    let server = Server::start(binary, &["--max-body", "1000000"]);
    let mut connection = server.connect();
    connection
        .write_all(b"POST /convert HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n")
        .unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[0; 0x10000], b"\r\n"].concat();
    for _ in 0..16 {
        connection.write_all(&chunk).unwrap();
    }
    assert_eq!(read_status(&mut connection), 413);
    server.assert_alive();
}

/// A body that says it is something else.
pub fn answers_415_to_another_content_type(binary: &str) {
    let server = Server::start(binary, &[]);
    let png = expected(SMALL);
    assert_problem(
        &server.post("/convert", "image/png", &png),
        415,
        "image/png",
    );
    // Parameters do not matter, nor does the case.
    let answer = server.post("/convert", "IMAGE/JPEG; charset=binary", SMALL);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Every broken picture, with the reason that the codec gives.
pub fn answers_422_to_what_is_not_a_jpeg_that_can_be_read(binary: &str) {
    let server = Server::start(binary, &[]);
    for (name, bytes) in BROKEN.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        let reason = codec::jpeg_to_png(bytes, codec::MAX_PIXELS)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_else(|| panic!("the codec reads {name}"));
        let answer = server.convert(bytes);
        assert_eq!(answer.status, 422, "{name}");
        assert_problem(&answer, 422, &reason);
    }
    server.assert_alive();
}

/// A picture that ends too early is not answered with half a picture.
pub fn answers_422_to_a_picture_cut_off_at_any_length(binary: &str) {
    let server = Server::start(binary, &[]);
    // The codec's own tests cut at every byte; here the way through HTTP is what counts.
    for length in (1..SMALL.len()).step_by(SMALL.len().div_ceil(100)) {
        let answer = server.convert(&SMALL[..length]);
        assert_eq!(answer.status, 422, "cut off after {length} bytes");
    }
    server.assert_alive();
}

/// The header says how large the picture is; nothing of that size is allocated.
pub fn answers_422_to_more_pixels_than_allowed(binary: &str) {
    let server = Server::start(binary, &["--max-pixels", "1000"]);
    assert_problem(&server.convert(SMALL), 422, "1000");
    assert_eq!(server.convert(ONE_PIXEL).status, 200);
}

/// 300 pictures with a few bytes changed: each is converted or refused, none ends the process, and
/// memory does not grow.
pub fn survives_flipped_bytes(binary: &str) {
    let server = Server::start(binary, &[]);
    let mut random = Random(0x5eed);
    let mut broken = || {
        let mut jpeg = SMALL.to_vec();
        for _ in 0..1 + random.below(4) {
            let at = random.below(jpeg.len());
            jpeg[at] ^= 1 + random.below(255) as u8;
        }
        jpeg
    };
    let mut send = |count| {
        for _ in 0..count {
            let jpeg = broken();
            let answer = server.convert(&jpeg);
            assert!(
                [200, 422].contains(&answer.status),
                "{}: {}",
                answer.status,
                answer.text()
            );
        }
    };
    send(100);
    let before = server.memory();
    send(200);
    let after = server.memory();
    assert!(
        after < before + before / 4 + (8 << 20),
        "memory grew from {before} to {after} bytes"
    );
    server.assert_alive();
}

/// Memory that large pictures took is given back soon after.
pub fn gives_back_the_memory_of_large_pictures(binary: &str) {
    let server = Server::start(binary, &[]);
    assert_eq!(server.convert(SMALL).status, 200);
    let fresh = server.memory();
    for _ in 0..3 {
        assert_eq!(server.convert(slow()).status, 200);
    }
    let until = Instant::now() + Duration::from_secs(10);
    while server.memory() >= 2 * fresh {
        assert!(
            Instant::now() < until,
            "{} bytes at rest, {fresh} when fresh",
            server.memory()
        );
        thread::sleep(Duration::from_millis(100));
    }
}

/// RFC 9457, down to the members.
pub fn says_what_is_wrong_as_problem_json(binary: &str) {
    let server = Server::start(binary, &[]);
    let answer = server.convert(b"not a picture");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], 422);
    for member in ["type", "title", "detail"] {
        let value = problem[member].as_str().unwrap();
        assert!(!value.is_empty(), "{problem}");
    }
}

/// A wrong path or method gets a problem too, not an empty page.
pub fn answers_404_and_405_to_what_it_does_not_have(binary: &str) {
    let server = Server::start(binary, &[]);
    assert_problem(&server.get("/nothing/here"), 404, "/nothing/here");
    let answer = server.get("/convert");
    assert_problem(&answer, 405, "POST");
    assert_eq!(answer.header("allow"), "POST");
}

/// `/healthz` names the step and counts what is in flight.
pub fn tells_its_health(binary: &str) {
    let server = Server::start(binary, &[]);
    let answer = server.get("/healthz");
    assert_eq!(answer.status, 200);
    let health = answer.json();
    assert_eq!(health["in_flight"], 0);
    for member in ["step", "executor"] {
        assert!(!health[member].as_str().unwrap().is_empty(), "{health}");
    }
}

/// `/metrics` counts conversions by how they ended.
pub fn tells_its_metrics(binary: &str) {
    let server = Server::start(binary, &[]);
    server.convert(SMALL);
    server.convert(SMALL);
    server.convert(b"not a picture");
    assert_eq!(
        server.metric("conversions_total{outcome=\"converted\"}"),
        2.0
    );
    assert_eq!(server.metric("conversions_total{outcome=\"refused\"}"), 1.0);
    assert_eq!(server.metric("conversion_seconds_count"), 3.0);
    assert_eq!(server.metric("conversions_in_flight"), 0.0);
    assert!(
        server
            .get("/metrics")
            .text()
            .contains("event_loop_lag_seconds")
    );
}

/// `/events` has a heartbeat of every event loop.
pub fn sends_heartbeats(binary: &str) {
    let server = Server::start(binary, &["--workers", "2"]);
    let mut connection = server.connect();
    connection
        .write_all(b"GET /events HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    assert_eq!(read_status(&mut connection), 200);
    let mut seen = String::new();
    let mut part = [0; 4096];
    while !(seen.contains("\"event_loop\":0") && seen.contains("\"event_loop\":1")) {
        let read = connection.read(&mut part).unwrap();
        assert_ne!(read, 0, "the stream of events ended: {seen}");
        seen.push_str(&String::from_utf8_lossy(&part[..read]));
    }
}

/// `/` is the lab page, and what it refers to is there.
pub fn serves_the_lab_page(binary: &str) {
    let server = Server::start(binary, &[]);
    let page = server.get("/");
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let text = page.text();
    let links: Vec<_> = ["href=\"/", "src=\"/"]
        .iter()
        .flat_map(|start| text.split(start).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(!links.is_empty(), "the page has neither style nor script");
    for link in links {
        assert_eq!(server.get(&format!("/{link}")).status, 200, "/{link}");
    }
}

/// Every client gets its own picture, whoever else asks at the same time.
pub fn answers_many_at_once(binary: &str) {
    at_once(binary, 32);
}

/// As many as the queue of a large server holds.
pub fn answers_200_conversions_at_once(binary: &str) {
    at_once(binary, 200);
}

fn at_once(binary: &str, clients: usize) {
    let server = Server::start(binary, &["--queue", &clients.to_string()]);
    let small = expected(SMALL);
    let photo = expected(PHOTO);
    thread::scope(|scope| {
        for client in 0..clients {
            let (server, small, photo) = (&server, &small, &photo);
            scope.spawn(move || {
                let (jpeg, png) = match client % 8 {
                    0 => (PHOTO, photo),
                    _ => (SMALL, small),
                };
                let answer = server.convert(jpeg);
                assert_eq!(answer.status, 200, "{}", answer.text());
                assert_png(&answer.body, png, "one of many");
            });
        }
    });
}

/// 50 clients that send a picture and go away: the next one is served, nothing stays in flight.
pub fn survives_clients_that_leave(binary: &str) {
    let server = Server::start(binary, &[]);
    for _ in 0..50 {
        drop(server.begin_convert(PHOTO));
    }
    server.wait_until_nothing_is_left();
    assert_eq!(server.convert(SMALL).status, 200);
}

/// A body of which half arrives, and then the end of the connection.
pub fn survives_a_body_that_stops_in_the_middle(binary: &str) {
    let server = Server::start(binary, &[]);
    for _ in 0..20 {
        server.connect().write_all(PART_OF_A_BODY).unwrap();
    }
    assert_eq!(server.convert(SMALL).status, 200);
    server.wait_for_in_flight(0);
}

/// A body of which no more comes.
pub fn answers_408_to_a_body_that_stalls(binary: &str) {
    let server = Server::start(binary, &["--body-timeout", "0.2"]);
    let mut connection = server.connect();
    connection.write_all(PART_OF_A_BODY).unwrap();
    assert_eq!(read_status(&mut connection), 408);
    server.wait_for_in_flight(0);
    assert_eq!(server.convert(SMALL).status, 200);
}

/// What there is for bodies where they are not to fit.
const BODIES: usize = 32 << 20;

fn start_with_little_for_bodies(binary: &str) -> Server {
    let flags = ["--body-memory", &BODIES.to_string(), "--body-timeout", "2"];
    Server::start(binary, &flags)
}

/// 60 uploads of 4 MB, each a byte short of its end, of which most do not fit. Waits until a good
/// request is served again.
fn send_more_than_fits(server: &Server) -> Vec<TcpStream> {
    let uploads: Vec<_> = (0..60)
        .map(|_| {
            let mut connection = server.connect();
            thread::spawn(move || {
                let body = vec![0; 4_000_000];
                let request = request_of("POST /convert", &body);
                // Refused, it may be closed while there is more to send.
                let _ = connection.write_all(&request[..request.len() - 1]);
                connection
            })
        })
        .collect();
    let uploads = uploads.into_iter().map(|it| it.join().unwrap()).collect();
    // What was sent last may be still on its way, and hold what is left of the bound.
    server.wait_for("a good request to be served", || {
        server.convert(SMALL).status == 200
    });
    uploads
}

/// Bodies that do not fit beside those that are held are told so, and a good request is served.
pub fn answers_503_to_bodies_that_do_not_fit(binary: &str) {
    let server = start_with_little_for_bodies(binary);
    let mut uploads = send_more_than_fits(&server);
    let statuses: Vec<_> = uploads.iter_mut().map(read_status).collect();
    let told = |status| statuses.iter().filter(|it| **it == status).count();
    // Each that is held takes 4 MB.
    assert!(told(503) >= 60 - BODIES / 4_000_000, "{statuses:?}");
    assert_eq!(told(503) + told(408), 60, "{statuses:?}");
    assert_eq!(server.convert(SMALL).status, 200);
}

/// Memory stays below what there is for bodies, however many are sent.
pub fn holds_no_more_bodies_than_fit(binary: &str) {
    let server = start_with_little_for_bodies(binary);
    assert_eq!(server.convert(SMALL).status, 200);
    let fresh = server.memory();
    let _uploads = send_more_than_fits(&server);
    let memory = server.memory();
    // And the buffers of 60 connections, most of them refused and not closed yet.
    assert!(
        memory < fresh + BODIES as u64 + 60 * (512 << 10),
        "{memory} bytes, {fresh} when fresh"
    );
}

/// Told to stop, the server answers what it has, and does not wait for bodies that have not come.
pub fn stops_though_bodies_have_not_come(binary: &str) {
    let server = Server::start(binary, &["--body-timeout", "3600"]);
    let mut stalled: Vec<_> = (0..10)
        .map(|_| {
            let mut connection = server.connect();
            connection.write_all(PART_OF_A_BODY).unwrap();
            connection
        })
        .collect();
    // Served after all of them were read.
    assert_eq!(server.convert(SMALL).status, 200);
    let mut client = server.begin_slow_convert();
    server.terminate();
    assert_eq!(read_status(&mut client), 200);
    client.read_to_end(&mut Vec::new()).unwrap();
    for connection in &mut stalled {
        assert_eq!(read_status(connection), 503);
    }
    assert_eq!(server.wait().code(), Some(0));
}

/// SIGTERM while a picture is being converted: it is answered, then the process ends with 0.
pub fn answers_running_conversions_before_it_stops(binary: &str) {
    let server = Server::start(binary, &[]);
    let mut client = server.begin_slow_convert();
    server.terminate();
    assert_eq!(read_status(&mut client), 200);
    let mut png = Vec::new();
    client.read_to_end(&mut png).unwrap();
    assert_png(&png, &expected(slow()), "the slow picture");
    assert_eq!(server.wait().code(), Some(0));
}

/// The stream of events ends by itself, on Ctrl-C too.
pub fn stops_though_a_page_is_open(binary: &str) {
    let server = Server::start(binary, &[]);
    let mut events = server.connect();
    events
        .write_all(b"GET /events HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    assert_eq!(read_status(&mut events), 200);
    server.signal(libc::SIGINT);
    let mut rest = Vec::new();
    events.read_to_end(&mut rest).unwrap();
    assert_eq!(server.wait().code(), Some(0));
}

/// Whoever read its log has gone: `step 2>&1 | head`. It serves and stops all the same.
pub fn goes_on_when_nobody_reads_its_log(binary: &str) {
    let server = Server::start_unheard(binary, &[]);
    assert_eq!(server.convert(SMALL).status, 200);
    assert_eq!(server.convert(b"not a picture").status, 422);
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
}

/// The second server on a port says so, and what to do.
pub fn says_in_one_line_that_a_port_is_taken(binary: &str) {
    let server = Server::start(binary, &[]);
    let port = server.connect().peer_addr().unwrap().port().to_string();
    let output = Command::new(binary)
        .args(["--port", &port])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(said.contains(&port) && said.contains("--port"), "{said}");
}

/// With one event loop that converts, `/healthz` has to wait.
pub fn healthz_is_answered_after_a_running_conversion(binary: &str) {
    assert_eq!(first_answer(binary), "the conversion");
}

/// With a pool beside the one event loop, it has not.
pub fn healthz_is_answered_before_a_running_conversion(binary: &str) {
    assert_eq!(first_answer(binary), "healthz");
}

/// Has a server with one event loop convert a slow picture, asks for `/healthz` once C++ is at
/// work, and tells which answer came first.
fn first_answer(binary: &str) -> &'static str {
    let server = Server::start(binary, &["--workers", "1"]);
    let mut conversion = server.begin_slow_convert();
    assert_eq!(server.get("/healthz").status, 200);
    // Now that `/healthz` has been answered: is the other answer there already?
    conversion.set_nonblocking(true).unwrap();
    let first = match conversion.peek(&mut [0]) {
        Ok(_) => "the conversion",
        Err(error) if error.kind() == ErrorKind::WouldBlock => "healthz",
        Err(error) => panic!("{error}"),
    };
    conversion.set_nonblocking(false).unwrap();
    assert_eq!(read_status(&mut conversion), 200);
    first
}

/// One thread and a queue of two hold three pictures: the fourth is refused, and only it.
pub fn answers_503_when_the_queue_is_full_and_not_before(binary: &str) {
    let server = Server::start(binary, &["--pool-threads", "1", "--queue", "2"]);
    for _ in 0..2 {
        let mut accepted: Vec<_> = (0..3).map(|_| server.begin_convert(slow())).collect();
        server.wait_for_in_flight(3);
        for _ in 0..5 {
            let refused = server.convert(SMALL);
            assert_problem(&refused, 503, "waiting");
            assert_eq!(refused.header("retry-after"), "1");
        }
        for connection in &mut accepted {
            assert_eq!(read_status(connection), 200);
        }
    }
    server.wait_for_in_flight(0);
    assert_eq!(server.convert(SMALL).status, 200);
}

/// Their pictures are never decoded: the CPU time that they would take is not spent.
pub fn skips_the_work_of_clients_that_left_before_it_began(binary: &str) {
    const LEAVING: u32 = 40;
    let server = Server::start(binary, &["--pool-threads", "1", "--queue", "60"]);
    let cpu_time_of = |picture: &[u8]| {
        let begun = server.cpu_time();
        assert_eq!(server.convert(picture).status, 200);
        server.cpu_time() - begun
    };
    let to_finish = cpu_time_of(slow());
    let to_skip = cpu_time_of(medium()) * LEAVING;

    // Three slow ones keep the thread busy while the others come in.
    let mut clients: Vec<_> = (0..3).map(|_| server.begin_convert(slow())).collect();
    clients.extend((0..LEAVING).map(|_| server.begin_convert(medium())));
    server.wait_for("all clients to wait", || {
        server.in_flight() > LEAVING.into()
    });
    let begun = server.cpu_time();
    drop(clients);
    server.wait_until_nothing_is_left();
    let spent = server.cpu_time() - begun;
    assert!(
        spent < to_finish + to_skip / 2,
        "{spent:?}, where the work to be skipped takes {to_skip:?}"
    );
}

/// 1,000 clients leave in the middle: no C++ object is left, memory is level, the next is served.
pub fn nothing_is_left_of_1000_clients_that_leave(binary: &str) {
    let server = Server::start(binary, &[]);
    let leave = |clients| {
        for _ in 0..clients / 10 {
            let before = server.conversions_begun();
            let leaving: Vec<_> = (0..10).map(|_| server.begin_convert(PHOTO)).collect();
            server.wait_for("a conversion to begin", || {
                server.conversions_begun() > before
            });
            drop(leaving);
        }
        server.wait_until_nothing_is_left();
    };
    leave(200);
    let before = server.memory();
    leave(1000);
    let after = server.memory();
    assert!(
        after < before + before / 10 + (8 << 20),
        "memory grew from {before} to {after} bytes"
    );
    assert!(server.metric("conversions_total{outcome=\"cancelled\"}") > 0.0);
    assert_idle(&server);
    assert_eq!(server.convert(SMALL).status, 200);
}

/// 100,000 good requests, and the process rests: no thread has begun to spin.
pub fn is_idle_after_100_000_conversions(binary: &str) {
    const CLIENTS: usize = 16;
    let server = Server::start(binary, &["--queue", "16"]);
    let request = request_of("POST /convert", ONE_PIXEL);
    let png = expected(ONE_PIXEL);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut connection = server.connect();
                let mut answer = vec![0; png.len()];
                for _ in 0..100_000 / CLIENTS {
                    connection.write_all(&request).unwrap();
                    assert_eq!(read_status(&mut connection), 200);
                    connection.read_exact(&mut answer).unwrap();
                    assert_eq!(answer, png);
                }
            });
        }
    });
    assert_eq!(
        server.metric("conversions_total{outcome=\"converted\"}"),
        100_000.0
    );
    server.wait_until_nothing_is_left();
    assert_idle(&server);
}

/// A server without requests takes as little CPU time as one that never had any.
fn assert_idle(server: &Server) {
    let span = Duration::from_secs(2);
    let used = server.cpu_time_over(span);
    // Its heartbeats and its page's events take about a hundredth of a core, a spinning thread
    // takes one whole.
    assert!(
        used < span / 8,
        "{used:?} of CPU in {span:?} without a request"
    );
}

/// SIGTERM with a full queue: every picture in it is answered.
pub fn answers_what_waits_in_the_queue_before_it_stops(binary: &str) {
    let server = Server::start(binary, &["--pool-threads", "1", "--queue", "10"]);
    let mut clients: Vec<_> = (0..8).map(|_| server.begin_convert(medium())).collect();
    server.wait_for_begun(8);
    server.terminate();
    for client in &mut clients {
        assert_eq!(read_status(client), 200);
    }
    assert_eq!(server.wait().code(), Some(0));
}

/// More clients leave than there are places, and the places are there again.
pub fn frees_every_place_of_clients_that_leave(binary: &str) {
    let server = Server::start(binary, &["--pool-threads", "1", "--queue", "2"]);
    for _ in 0..20 {
        let leaving: Vec<_> = (0..3).map(|_| server.begin_convert(PHOTO)).collect();
        drop(leaving);
    }
    server.wait_until_nothing_is_left();
    let mut accepted: Vec<_> = (0..3).map(|_| server.begin_convert(medium())).collect();
    for connection in &mut accepted {
        assert_eq!(read_status(connection), 200);
    }
}

/// A place is free when C++ has let go of the picture, not when the client leaves.
pub fn keeps_the_places_of_clients_that_left_while_cpp_works(binary: &str) {
    let server = Server::start(binary, &["--pool-threads", "1", "--queue", "2"]);
    // On a quick machine the picture may be done before anybody could be refused; then once more.
    for _ in 0..10 {
        let leaving: Vec<_> = (0..3).map(|_| server.begin_convert(slow())).collect();
        server.wait_for_in_flight(3);
        drop(leaving);
        server.wait_for_in_flight(0);
        if server.convert(SMALL).status == 503 {
            return;
        }
        server.wait_until_nothing_is_left();
    }
    panic!("ten times there was a place before C++ had let go of one");
}

/// Not `assert_eq`, which would print a million numbers.
fn assert_png(png: &[u8], expected: &[u8], name: &str) {
    assert!(
        png == expected,
        "not the PNG that the codec makes of {name}"
    );
}

fn assert_problem(answer: &Answer, status: u16, part_of_detail: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(part_of_detail), "{detail}");
}

/// The same numbers on every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

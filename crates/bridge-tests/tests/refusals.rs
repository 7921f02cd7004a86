//! What the compiler says of C++ that cannot be meant.

use std::fs;
use std::process::Command;

/// What it says of a coroutine with this body; nothing where it takes it.
fn said_of(test: &str, body: &str) -> Option<String> {
    let file = std::env::temp_dir().join(format!("{test}-{}.cpp", std::process::id()));
    let source = format!(
        "#include \"rust/co_await_asio.h\"\n\
         #include \"rust/co_await_keyed_mutex.h\"\n\
         #include <boost/asio/thread_pool.hpp>\n\
         CXXASYNC_DEFINE_FUTURE(int, FutureTest);\n\
         FutureTest other();\n\
         boost::asio::awaitable<void> task();\n\
         FutureTest test(boost::asio::thread_pool& pool, rust::async::keyed_mutex<int>& keys) {{\n\
         static_cast<void>(pool), static_cast<void>(keys);\n{body}\nco_return 1;\n}}\n"
    );
    fs::write(&file, source).unwrap();
    let output = Command::new(env!("CXX_COMPILER"))
        .args(["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror"])
        .args([
            "-DBOOST_ASIO_HAS_CO_AWAIT",
            "-DBOOST_ASIO_HAS_STD_COROUTINE",
        ])
        .args(["-I", env!("CXX_INCLUDE"), "-I", env!("CO_AWAIT_INCLUDE")])
        .args(["-I", env!("CO_AWAIT_ASIO_INCLUDE")])
        .args(std::env::var("BOOST_ROOT").map(|root| format!("-I{root}/include")))
        .arg(&file)
        .output()
        .unwrap();
    fs::remove_file(&file).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then_some(said)
}

#[test]
fn a_co_await_that_was_forgotten_is_told() {
    let test = "a_co_await_that_was_forgotten_is_told";
    for (forgotten, says) in [
        ("rust::async::schedule(pool);", "write co_await before it"),
        (
            "rust::async::schedule_on(pool, task());",
            "write co_await before it",
        ),
        ("keys.lock(1);", "write co_await before it"),
        ("other();", "nodiscard"),
    ] {
        let said = said_of(test, forgotten).unwrap_or_else(|| panic!("{forgotten} is taken"));
        assert!(said.contains(says), "{forgotten}: {said}");
    }
    let all = "co_await rust::async::schedule(pool);\n\
               co_await rust::async::schedule_on(pool, task());\n\
               const auto lock = co_await keys.lock(1);\n\
               co_await other();";
    assert_eq!(said_of(test, all), None);
}

#[test]
fn an_awaitable_of_asio_is_told_to_say_where_it_runs() {
    let said = said_of(
        "an_awaitable_of_asio_is_told_to_say_where_it_runs",
        "co_await task();",
    );
    assert!(
        said.unwrap()
            .contains("co_await rust::async::schedule_on(executor, awaitable)")
    );
}

//! What the compiler says of C++ that cannot be meant.

use std::fs;
use std::process::Command;

/// What it says of a coroutine with this body; nothing where it takes it.
fn said_of(test: &str, body: &str) -> Option<String> {
    said_of_all(
        test,
        &format!(
            "FutureTest test(boost::asio::thread_pool& pool, rust::async::keyed_mutex<int>& keys) {{\n\
             static_cast<void>(pool), static_cast<void>(keys);\n{body}\nco_return 1;\n}}\n"
        ),
    )
}

/// The same of whole functions.
fn said_of_all(test: &str, functions: &str) -> Option<String> {
    let file = std::env::temp_dir().join(format!("{test}-{}.cpp", std::process::id()));
    let source = format!(
        "#include \"rust/co_await_asio.h\"\n\
         #include \"rust/co_await_keyed_mutex.h\"\n\
         #include <boost/asio/thread_pool.hpp>\n\
         #include <functional>\n\
         CXXASYNC_DEFINE_FUTURE(int, FutureTest);\n\
         CXXASYNC_DEFINE_STREAM(int, StreamTest);\n\
         FutureTest other();\n\
         StreamTest stream();\n\
         boost::asio::awaitable<void> task();\n\
         struct Object;\n\
         struct Shared {{ int x; using IsRelocatable = std::true_type; }};\n\
         {functions}"
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
        (
            "auto all = stream(); all.next();",
            "write co_await before it",
        ),
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

#[test]
fn a_parameter_that_may_dangle_is_refused() {
    let test = "a_parameter_that_may_dangle_is_refused";
    let view = "points at what its caller may free";
    let value = "a reference to a value as a parameter of a coroutine refers";
    let gone = "an rvalue reference as a parameter of a coroutine refers";
    let captured = "what a lambda captures goes with the lambda";
    let method = "struct Class { int x; FutureTest test(rust::Str) const; };\n\
                  FutureTest Class::test(rust::Str) const { co_return 1; }\n";
    let lambda = "FutureTest test(int x) { return [x]() -> FutureTest { co_return x; }(); }\n";
    let shared_method = "struct Point { int x; using IsRelocatable = std::true_type;\n\
                         FutureTest test() const { co_return x; } };\n";
    for (parameter, says) in [
        ("rust::Str", view),
        ("rust::Slice<const std::uint8_t>", view),
        ("const rust::Slice<int>", view),
        ("std::string_view", view),
        ("std::u16string_view", view),
        ("std::span<int>", view),
        ("std::span<int, 3>", view),
        ("std::initializer_list<int>", view),
        ("const char*", view),
        ("const std::string_view&", value),
        ("const std::string&", value),
        ("const rust::String&", value),
        ("rust::Vec<int>&", value),
        ("const std::vector<int>&", value),
        ("const int&", value),
        ("const Shared&", value),
        ("FutureTest&", value),
        ("StreamTest&", value),
        ("const std::unique_ptr<int>&", value),
        ("const std::shared_ptr<int>&", value),
        ("const std::function<void()>&", value),
        ("std::string&&", gone),
        ("FutureTest&&", gone),
        ("Object&&", gone),
    ] {
        let functions = format!("FutureTest test(int, {parameter}) {{ co_return 1; }}\n");
        let said = said_of_all(test, &functions);
        let said = said.unwrap_or_else(|| panic!("{parameter} is taken"));
        assert!(said.contains(says), "{parameter}: {said}");
    }
    for (functions, says) in [(method, view), (lambda, captured), (shared_method, value)] {
        let said = said_of_all(test, functions).unwrap_or_else(|| panic!("{functions} is taken"));
        assert!(said.contains(says), "{functions}: {said}");
    }
    let stream = "StreamTest test(std::string_view) { co_yield 1; }\n";
    assert!(said_of_all(test, stream).unwrap().contains(view));
}

#[test]
fn parameters_that_stay_are_taken() {
    let taken = "FutureTest a(std::string, rust::Vec<int>, FutureTest, StreamTest) { co_return 1; }\n\
                 FutureTest b(const Object&, Object&, Object*) { co_return 1; }\n\
                 FutureTest c(std::shared_ptr<Object>, const Shared) { co_return 1; }\n\
                 struct Class { int x; FutureTest d(int) const { co_return x; } };\n\
                 FutureTest e() { return [](int x) -> FutureTest { co_return x; }(1); }\n\
                 FutureTest plain(std::string_view) { return e(); }\n";
    assert_eq!(said_of_all("parameters_that_stay_are_taken", taken), None);
}

#[test]
fn a_coroutine_without_a_result_is_told() {
    let said = said_of_all(
        "a_coroutine_without_a_result_is_told",
        "FutureTest test() { co_await other(); }\n",
    );
    assert!(said.unwrap().contains("return-type"));
}

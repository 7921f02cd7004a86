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
    said_after(
        test,
        "#include \"rust/co_await_asio.h\"\n\
         #include \"rust/co_await_keyed_mutex.h\"\n\
         #include <boost/asio/thread_pool.hpp>\n\
         CXXASYNC_DEFINE_FUTURE(int, FutureTest);\n\
         CXXASYNC_DEFINE_STREAM(int, StreamTest);\n\
         FutureTest other();\n\
         StreamTest stream();\n\
         boost::asio::awaitable<void> task();\n",
        functions,
    )
}

/// The same of functions that take no more than the bridge itself.
fn said_of_parameters(test: &str, functions: &str) -> Option<String> {
    said_after(
        test,
        "#include <deque>\n\
         #include <functional>\n\
         #include <map>\n\
         #include <ranges>\n\
         #include \"rust/co_await.h\"\n\
         CXXASYNC_DEFINE_FUTURE(int, FutureTest);\n\
         CXXASYNC_DEFINE_STREAM(int, StreamTest);\n\
         struct Object;\n\
         struct Class { int x; FutureTest method(rust::Slice<char>) const; };\n\
         struct Shared { int x; using IsRelocatable = std::true_type; };\n\
         struct Point { int x; using IsRelocatable = std::true_type; FutureTest method() const; };\n",
        functions,
    )
}

fn said_after(test: &str, header: &str, functions: &str) -> Option<String> {
    let file = std::env::temp_dir().join(format!("{test}-{}.cpp", std::process::id()));
    fs::write(&file, format!("{header}#line 1 \"test.cpp\"\n{functions}")).unwrap();
    let output = Command::new(env!("CXX_COMPILER"))
        // Lambdas are looked at when all was read, so that nothing less will do.
        .args([
            "-std=c++20",
            "-c",
            "-o",
            "/dev/null",
            "-Wall",
            "-Wextra",
            "-Werror",
        ])
        .args(
            ["-Wno-unused-parameter", "-ferror-limit=0"]
                .iter()
                .filter(|flag| {
                    // GCC has no limit by itself.
                    cfg!(upstream) || !flag.contains("limit")
                }),
        )
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
    let view = "points at what its caller may free";
    let value = "a reference to a value as a parameter of a coroutine refers";
    let gone = "an rvalue reference as a parameter of a coroutine refers";
    let captured = "what a lambda captures goes with the lambda";
    let refused = [
        (view, "FutureTest test(rust::Str) { co_return 1; }"),
        (
            view,
            "FutureTest test(rust::Slice<const std::uint8_t>) { co_return 1; }",
        ),
        (
            view,
            "FutureTest test(int, const rust::Slice<int>) { co_return 1; }",
        ),
        (view, "FutureTest test(std::string_view) { co_return 1; }"),
        (
            view,
            "FutureTest test(std::u16string_view) { co_return 1; }",
        ),
        (view, "FutureTest test(std::span<int>) { co_return 1; }"),
        (
            view,
            "FutureTest test(std::span<int, 3>, int) { co_return 1; }",
        ),
        (
            view,
            "FutureTest test(std::initializer_list<int>) { co_return 1; }",
        ),
        (view, "FutureTest test(const char*) { co_return 1; }"),
        (
            view,
            "FutureTest test(std::ranges::subrange<int*>) { co_return 1; }",
        ),
        (
            view,
            "FutureTest test(std::reference_wrapper<const std::string>) { co_return 1; }",
        ),
        (
            view,
            "FutureTest test(std::optional<std::string_view>) { co_return 1; }",
        ),
        (
            view,
            "FutureTest test(std::vector<std::span<int>>) { co_return 1; }",
        ),
        (
            view,
            "FutureTest test(std::tuple<int, const std::string&>) { co_return 1; }",
        ),
        (
            view,
            "StreamTest test(std::pair<int, rust::Str>) { co_yield 1; }",
        ),
        (
            view,
            "StreamTest test(std::u8string_view, int) { co_yield 1; }",
        ),
        (
            view,
            "FutureTest Class::method(rust::Slice<char>) const { co_return x; }",
        ),
        (
            value,
            "FutureTest test(const std::string_view&) { co_return 1; }",
        ),
        (
            value,
            "FutureTest test(const std::string&) { co_return 1; }",
        ),
        (
            value,
            "FutureTest test(const rust::String&) { co_return 1; }",
        ),
        (
            value,
            "FutureTest test(int, rust::Vec<int>&) { co_return 1; }",
        ),
        (
            value,
            "FutureTest test(const std::vector<int>&) { co_return 1; }",
        ),
        (
            value,
            "FutureTest test(const std::map<int, std::string>&) { co_return 1; }",
        ),
        (value, "FutureTest test(std::deque<int>&) { co_return 1; }"),
        (
            value,
            "FutureTest test(const std::array<int, 2>&) { co_return 1; }",
        ),
        (
            value,
            "FutureTest test(int, const std::pair<int, int>&) { co_return 1; }",
        ),
        (value, "FutureTest test(const int&) { co_return 1; }"),
        (value, "FutureTest test(const Shared&) { co_return 1; }"),
        (value, "FutureTest test(FutureTest&) { co_return 1; }"),
        (value, "StreamTest test(StreamTest&) { co_return; }"),
        (
            value,
            "FutureTest test(const std::unique_ptr<int>&) { co_return 1; }",
        ),
        (
            value,
            "FutureTest test(const std::shared_ptr<int>&) { co_return 1; }",
        ),
        (
            value,
            "FutureTest test(const std::function<void()>&) { co_return 1; }",
        ),
        (value, "FutureTest Point::method() const { co_return x; }"),
        (gone, "FutureTest test(std::string&&) { co_return 1; }"),
        (gone, "FutureTest test(FutureTest&&) { co_return 1; }"),
        (gone, "FutureTest test(int, Object&&) { co_return 1; }"),
        (
            captured,
            "FutureTest a(int x) { return [x]() -> FutureTest { co_return x; }(); }",
        ),
        (
            captured,
            "FutureTest b(int x) { return [&]() -> FutureTest { co_return x; }(); }",
        ),
    ];
    // At once: it takes the compiler less time.
    let functions: Vec<_> = refused.iter().map(|(_, function)| *function).collect();
    let said = said_of_parameters(
        "a_parameter_that_may_dangle_is_refused",
        &functions.join("\n"),
    )
    .unwrap();
    for says in [view, value, gone, captured] {
        let expected = refused.iter().filter(|(why, _)| *why == says).count();
        let errors = said.lines().filter(|line| line.contains("error"));
        let found = errors.filter(|line| line.contains(says)).count();
        assert_eq!(found, expected, "{says}: {said}");
    }
    // Each at the user's own line.
    for (line, function) in (1..).zip(functions) {
        assert!(
            said.contains(&format!("test.cpp:{line}:")),
            "{function}: {said}"
        );
    }
}

#[test]
fn parameters_that_stay_are_taken() {
    let taken = "FutureTest a(std::string, rust::Vec<int>, FutureTest, StreamTest) { co_return 1; }\n\
                 FutureTest b(const Object&, Object&, Object*) { co_return 1; }\n\
                 FutureTest c(std::shared_ptr<Object>, const Shared) { co_return 1; }\n\
                 struct Other { int x; FutureTest d(int) const { co_return x; } };\n\
                 FutureTest e() { return [](int x) -> FutureTest { co_return x; }(1); }\n\
                 FutureTest f(std::optional<int>, std::vector<std::string>) { co_return 1; }\n\
                 FutureTest g(std::pair<int, std::tuple<std::string, int*>>) { co_return 1; }\n\
                 FutureTest h(std::reference_wrapper<Object>, std::tuple<Object&>) { co_return 1; }\n\
                 FutureTest plain(std::string_view) { return e(); }\n";
    assert_eq!(
        said_of_parameters("parameters_that_stay_are_taken", taken),
        None
    );
}

// GCC says nothing.
#[cfg(upstream)]
#[test]
fn a_coroutine_without_a_result_is_told() {
    let said = said_of_all(
        "a_coroutine_without_a_result_is_told",
        "FutureTest test() { co_await other(); }\n",
    );
    assert!(said.unwrap().contains("return-type"));
}

/// What is said of the C++ behind a bridge: of a header, and of what cxx makes of the bridge.
fn said_of_bridge(test: &str, bridge: &str, header: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let source = format!("#[co_await::bridge]\nmod ffi {{ {bridge} }}");
    let patched = co_await_syntax::patch(&source, "async.h").unwrap().unwrap();
    fs::write(folder.path().join("async.h"), patched.header).unwrap();
    let tokens = patched.source.parse().unwrap();
    let generated = cxx_gen::generate_header_and_cc(tokens, &cxx_gen::Opt::default()).unwrap();
    let generated = String::from_utf8(generated.implementation).unwrap();
    let header = format!(
        "#include <cstdint>\n#include \"rust/co_await.h\"\nusing rust::async::future;\n\
         using rust::async::stream;\n{header}\n"
    );
    fs::write(folder.path().join("user.h"), header).unwrap();
    let include = format!("#include \"{}/user.h\"\n", folder.path().display());
    let generated = generated.replace(
        "#include \"async.h\"",
        &format!("#include \"{}/async.h\"", folder.path().display()),
    );
    said_after(test, &include, &generated)
}

#[test]
fn a_coroutine_of_another_type_is_refused_by_the_cpp_compiler() {
    let test = "a_coroutine_of_another_type_is_refused_by_the_cpp_compiler";
    let bridge = "struct Point { x: i32 }
        unsafe extern \"C++\" {
            #[thread_safe] type Shop;
            async fn price(self: &Shop, what: u32) -> Result<f64>;
            async fn place() -> Result<Point>;
            #[buffer = 4] fn all() -> impl Stream<Item = Result<String>>;
        }";
    let header = |price: &str, place: &str, all: &str| {
        format!("struct Point;\nstruct Shop {{ {price} }};\n{place}\n{all}")
    };
    let price = "future<double> price(std::uint32_t) const;";
    let place = "future<Point> place();";
    let all = "stream<rust::String, 4> all();";
    let right = said_of_bridge(test, bridge, &header(price, place, all));
    assert_eq!(right, None);
    for (header, names) in [
        // Of the same size: no layout would tell.
        (
            header(
                "future<std::int64_t> price(std::uint32_t) const;",
                place,
                all,
            ),
            ["double", "future<"],
        ),
        (
            header("future<void> price(std::uint32_t) const;", place, all),
            ["double", "void"],
        ),
        // Not a future, not const, another parameter.
        (
            header("double price(std::uint32_t) const;", place, all),
            ["double", "double"],
        ),
        (
            header("future<double> price(std::uint32_t);", place, all),
            ["double", "const"],
        ),
        (
            header("future<double> price(std::uint64_t) const;", place, all),
            ["double", "int64_t"],
        ),
        // A structure of another namespace, and of another name.
        (
            header(
                price,
                "namespace shop { struct Point; }\nfuture<shop::Point> place();",
                all,
            ),
            ["Point", "shop::Point"],
        ),
        // A future for a stream, and another buffer.
        (
            header(price, place, "future<rust::String> all();"),
            ["stream<", "future<"],
        ),
        (
            header(price, place, "stream<rust::String> all();"),
            ["4", "1"],
        ),
    ] {
        let said =
            said_of_bridge(test, bridge, &header).unwrap_or_else(|| panic!("{header} is taken"));
        for name in names {
            assert!(said.contains(name), "{header}: {name} in {said}");
        }
    }
}

#[test]
fn what_cannot_be_moved_by_its_bytes_is_refused() {
    let test = "what_cannot_be_moved_by_its_bytes_is_refused";
    let coroutine = |ty: &str| {
        format!(
            "#include <list>\nstruct Own {{ Own(const Own&); ~Own(); }};\n\
             rust::async::future<{ty}> test();\n\
             void uses() {{ rust::async::block_on(test()); }}\n"
        )
    };
    for ty in ["std::string", "std::list<int>", "Own", "std::vector<int>"] {
        let said = said_of_parameters(test, &coroutine(ty));
        let said = said.unwrap_or_else(|| panic!("{ty} is taken"));
        assert!(
            said.contains("cannot cross to Rust by value"),
            "{ty}: {said}"
        );
    }
    for ty in [
        "int",
        "void",
        "rust::String",
        "rust::Vec<std::uint8_t>",
        "std::unique_ptr<std::string>",
        "std::shared_ptr<Own>",
        "Shared",
        "std::array<int, 3>",
    ] {
        assert_eq!(said_of_parameters(test, &coroutine(ty)), None, "{ty}");
    }
}

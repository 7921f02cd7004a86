//! What is said of a bridge that cannot be meant: the sentence, and where it stands.

use std::str::FromStr;

use proc_macro2::TokenStream;
use syn::ItemMod;

use crate::{Bridge, patch};

/// What is said of a module, and the words at which it points.
fn said_of(arguments: &str, module: &str) -> Vec<(String, String)> {
    // The ranges of what is parsed are those within this text.
    let tokens = TokenStream::from_str(module).unwrap();
    let module_of_it: ItemMod = syn::parse2(tokens).unwrap();
    let start = module_of_it.mod_token.span.byte_range().start;
    match Bridge::read(TokenStream::from_str(arguments).unwrap(), module_of_it) {
        Ok(_) => Vec::new(),
        Err(errors) => errors
            .into_iter()
            .map(|error| {
                let range = error.span().byte_range();
                let begin = module.find("mod ").unwrap();
                let at = &module[range.start - start + begin..range.end - start + begin];
                (error.to_string(), at.to_owned())
            })
            .collect(),
    }
}

/// The same of what stands in `unsafe extern "C++"`, beside a type that is there.
fn said_of_cpp(item: &str) -> Vec<(String, String)> {
    said_of(
        "",
        &format!(
            "mod ffi {{ struct Point {{ x: i32 }} extern \"Rust\" {{ type Ear; }} \
             unsafe extern \"C++\" {{ #[thread_safe] type Greeter; {item} }} }}"
        ),
    )
}

/// The same in `extern "Rust"`.
fn said_of_rust(item: &str) -> Vec<(String, String)> {
    said_of(
        "",
        &format!("mod ffi {{ extern \"Rust\" {{ type Tokens; {item} }} }}"),
    )
}

#[test]
fn what_is_no_bridge_is_told_at_its_place() {
    // In `extern "C++"`: the item, where it is wrong, and what is said there.
    for (item, at, says) in [
        (
            "async fn f(self: &Greeter) -> String;",
            "String",
            "a C++ coroutine may throw, and its executor may go away: write `Result<String>`",
        ),
        (
            "async fn f(self: &Greeter);",
            "f",
            "a C++ coroutine may throw, and its executor may go away: write `Result<()>`",
        ),
        (
            "async fn f(name: &str) -> Result<()>;",
            "&str",
            "what this refers to is somebody else's, and it may be gone while the coroutine waits: \
             pass `String`",
        ),
        (
            "async fn f(data: &[u8]) -> Result<()>;",
            "&[u8]",
            "what this refers to is somebody else's, and it may be gone while the coroutine waits: \
             pass `Vec<u8>`",
        ),
        (
            "async fn f(other: &Greeter) -> Result<()>;",
            "&Greeter",
            "what this refers to is somebody else's, and it may be gone while the coroutine waits: \
             pass `Greeter` by value, or `SharedPtr<Greeter>` where C++ has the type",
        ),
        (
            "async fn f(other: &CxxString) -> Result<()>;",
            "&CxxString",
            "what this refers to is somebody else's, and it may be gone while the coroutine waits: \
             pass `String`, or `UniquePtr<CxxString>`",
        ),
        (
            "async fn f(other: &mut Point) -> Result<()>;",
            "&mut Point",
            "what this refers to is somebody else's, and it may be gone while the coroutine waits: \
             pass it by value",
        ),
        (
            "async fn f(other: Pin<&mut Greeter>) -> Result<()>;",
            "Pin<&mut Greeter>",
            "what this refers to is somebody else's, and it may be gone while the coroutine waits: \
             pass `UniquePtr<…>` or `SharedPtr<…>`",
        ),
        (
            "async fn f(raw: *const u8) -> Result<()>;",
            "*const u8",
            "a pointer says not who owns what it points at, and it may be gone while the coroutine \
             waits: pass a value, `UniquePtr<…>` or `SharedPtr<…>`",
        ),
        (
            "async fn f(self: Pin<&mut Greeter>) -> Result<()>;",
            "Pin<&mut Greeter>",
            "an asynchronous method takes `self: &Type`: another call may run meanwhile",
        ),
        (
            "async fn f(&mut self) -> Result<()>;",
            "&mut self",
            "an asynchronous method takes `self: &Type`: another call may run meanwhile",
        ),
        (
            "async fn f() -> Result<&str>;",
            "&str",
            "what this refers to may be gone by the time that somebody awaits it: return a value",
        ),
        (
            "async fn f() -> Result<Greeter>;",
            "Greeter",
            "Rust cannot look into `Greeter`: return `UniquePtr<Greeter>` or `SharedPtr<Greeter>`",
        ),
        (
            "async fn f() -> Result<Ear>;",
            "Ear",
            "C++ cannot look into `Ear`: return `Box<Ear>`",
        ),
        (
            "async fn f() -> Result<Box<Point>>;",
            "Point",
            "a box goes to C++ where it is one of a type of `extern \"Rust\"`: declare `type Point;` \
             there",
        ),
        (
            "async fn f() -> Result<CxxString>;",
            "CxxString",
            "a C++ string does not stay valid where its bytes are moved: return `String`, or \
             `UniquePtr<CxxString>`",
        ),
        (
            "async fn f() -> Result<Pnt>;",
            "Pnt",
            "`Pnt` is no type of this bridge: declare a `struct` or an `enum` in it, or `type Pnt;` \
             in one of its blocks",
        ),
        (
            "async fn f() -> Result<std::string::String>;",
            "std::string::String",
            "`std::string::String`: a bridge knows the types that stand in it, by one name each",
        ),
        (
            "async fn f() -> Result<Option<i32>>;",
            "Option<i32>",
            "cxx has no `Option`: return a `Vec<i32>` of one or none, or an error",
        ),
        (
            "async fn f() -> Result<HashMap<String, i32>>;",
            "HashMap<String, i32>",
            "`HashMap` is no type of this bridge: declare a `struct` or an `enum` in it, or \
             `type HashMap;` in one of its blocks",
        ),
        (
            "async fn f() -> Result<(i32, i32)>;",
            "(i32, i32)",
            "`(i32, i32)` cannot cross: cxx has no such type",
        ),
        (
            "async fn f() -> Result<Result<i32>>;",
            "Result<i32>",
            "one `Result` is enough: C++ has one exception",
        ),
        (
            "async fn f<T>() -> Result<i32>;",
            "<T>",
            "an asynchronous function of a bridge has no parameters of types or lifetimes: what it \
             is called with, it owns",
        ),
        (
            "async unsafe fn f() -> Result<i32>;",
            "unsafe",
            "an asynchronous function is safe to call: what it takes by value, it owns",
        ),
        (
            "async fn f() -> impl Stream<Item = Result<i32>>;",
            "async",
            "what returns a stream is no `async fn`: the stream is awaited, and not the function",
        ),
        (
            "fn f() -> impl Stream<Item = i32>;",
            "i32",
            "a C++ coroutine may throw, and its executor may go away: write `Result<i32>`",
        ),
        (
            "fn f() -> impl Iterator<Item = i32>;",
            "impl Iterator<Item = i32>",
            "a bridge knows `impl Future<Output = …>` and `impl Stream<Item = …>`",
        ),
        (
            "#[buffer = 4] async fn f() -> Result<i32>;",
            "#[buffer = 4]",
            "only a stream has a buffer: a function that returns `impl Stream<Item = …>`",
        ),
        (
            "#[buffer = 0] fn f() -> impl Stream<Item = Result<i32>>;",
            "#[buffer = 0]",
            "write how many items may wait to be read, at least one: `#[buffer = 8]`",
        ),
        (
            "#[spawn(self.0)] async fn f() -> Result<i32>;",
            "#[spawn(self.0)]",
            "this says where a future of Rust's is polled, and a C++ coroutine says itself where it \
             runs: use it in `extern \"Rust\"`",
        ),
        (
            "#[thread_safe] async fn f() -> Result<i32>;",
            "#[thread_safe]",
            "this is about a type: write it above `type …;`",
        ),
        (
            "type Other; async fn f(self: &Other) -> Result<i32>;",
            "Other",
            "a call of `Other` may run while another thread calls it: write `#[thread_safe]` above \
             `type Other;` where C++ keeps that promise",
        ),
        (
            "#[thread_safe] #[ends_calls] type Till; fn f(self: Pin<&mut Till>);",
            "Pin<&mut Till>",
            "a call of `Till` may run meanwhile, for none borrows it: take `&Till`, or leave \
             `#[ends_calls]` out",
        ),
    ] {
        let said = said_of_cpp(item);
        assert_eq!(said, [(says.to_owned(), at.to_owned())], "{item}");
    }
    // In `extern "Rust"`.
    for (item, at, says) in [
        (
            "async fn f(self: &Tokens, other: &mut Tokens) -> i32;",
            "&mut Tokens",
            "what this refers to is somebody else's, and it may be gone while the coroutine waits: \
             pass it by value",
        ),
        (
            "#[thread_safe] type Other;",
            "#[thread_safe]",
            "leave it out: of a type of Rust's the compiler sees whether it is `Send` and `Sync`",
        ),
        (
            "#[spawn] async fn f() -> i32;",
            "#[spawn]",
            "name a `tokio::runtime::Handle` within the parentheses, such as `self.0`",
        ),
        (
            "#[spawn(a)] #[runtime(b)] async fn f() -> i32;",
            "#[runtime(b)]",
            "one of `#[spawn(…)]` and `#[runtime(…)]`, once",
        ),
        (
            "#[spawn(a)] fn f() -> i32;",
            "#[spawn(a)]",
            "this says where a future is polled, and this function returns none",
        ),
        (
            "async fn f() -> Result<&str>;",
            "&str",
            "what this refers to may be gone by the time that somebody awaits it: return a value",
        ),
    ] {
        let said = said_of_rust(item);
        assert_eq!(said, [(says.to_owned(), at.to_owned())], "{item}");
    }
}

#[test]
fn each_mistake_of_a_bridge_is_told() {
    let said = said_of_cpp(
        "async fn one(name: &str) -> Result<()>; async fn two() -> i32; async fn three() -> Result<i32>;",
    );
    assert_eq!(said.len(), 2, "{said:?}");
}

#[test]
fn what_stands_around_a_bridge_is_told() {
    for (arguments, module, says) in [
        (
            "",
            "#[cxx::bridge] mod ffi {}",
            "leave this line out: `#[co_await::bridge]` is a bridge of cxx too, and takes its \
             arguments",
        ),
        ("", "mod ffi;", "a bridge stands in braces: `mod ffi { … }`"),
        (
            "name = 1",
            "mod ffi {}",
            "the argument is `namespace = \"outer::inner\"`",
        ),
        (
            "",
            "mod ffi { extern \"C++\" { async fn f() -> Result<i32>; } }",
            "write `unsafe extern \"C++\"`: that C++ does as this says is a promise of yours",
        ),
    ] {
        let module: ItemMod = syn::parse_str(module).unwrap();
        let read = Bridge::read(TokenStream::from_str(arguments).unwrap(), module);
        assert_eq!(read.err().unwrap().to_string(), says);
    }
}

#[test]
fn what_cxx_reads_has_the_lines_of_the_file() {
    let source = "\
//! Its documentation.
#[co_await::bridge(namespace = \"a::b\")]
mod ffi {
    #[repr(u8)]
    enum Colour {
        Red,
    }
    unsafe extern \"C++\" {
        include!(\"a.h\");
        #[thread_safe]
        type Greeter;
        /// Greets.
        async fn greet(
            self: &Greeter,
            name: String,
        ) -> Result<Vec<Colour>>;
        fn plain(self: &Greeter);
    }
}
mod other {
    #[co_await::bridge]
    mod within { extern \"Rust\" { #[rust_name = \"now\"] async fn later() -> u8; } }
}
";
    let patched = patch(source, "crate/src/lib.rs.async.h").unwrap().unwrap();
    let lines = |text: &str| text.lines().count();
    assert_eq!(lines(&patched.source), lines(source));
    for (line, there) in source.lines().zip(patched.source.lines()) {
        if line.contains("plain") || line.contains("type Greeter") || line.contains("Red") {
            assert_eq!(line.replace(' ', ""), there.replace(' ', ""));
        }
        assert!(!there.contains("co_await::bridge") && !there.contains("async fn"));
    }
    assert!(
        patched
            .source
            .contains("include ! (\"crate/src/lib.rs.async.h\")")
    );
    let header = patched.header;
    for line in [
        "namespace a::b { enum class Colour : ::std::uint8_t; }",
        " = ::rust::async::future<rust::Vec<::a::b::Colour>>;",
        " = ::rust::async::future<std::uint8_t>;",
    ] {
        assert!(header.contains(line), "{header}");
    }
    assert!(patch("fn main() {}", "").unwrap().is_none());
}

#[test]
fn no_two_types_have_one_name() {
    use crate::cpp::identifier;
    let names = [
        "rust::async::future<::a::b_c>",
        "rust::async::future<::a_b::c>",
        "rust::async::future<::a::b::c>",
        "rust::async::stream<::a::b::c>",
        "rust::async::stream<::a::b::c, 2>",
        "rust::async::future<rust::Vec<::a>>",
    ];
    let names: std::collections::HashSet<_> = names.into_iter().map(identifier).collect();
    assert_eq!(names.len(), 6);
    assert!(
        names
            .iter()
            .all(|name| syn::parse_str::<syn::Ident>(name).is_ok())
    );
}

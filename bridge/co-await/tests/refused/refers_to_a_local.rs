//! A reference keeps nothing, but where it is `'static`.
#[co_await::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("no.h");
        #[thread_safe]
        type Greeter;
        fn new_greeter() -> UniquePtr<Greeter>;
        async fn greet(self: &Greeter, name: String) -> Result<String>;
    }
}

fn main() {
    let greeter = ffi::new_greeter();
    let greeter: &ffi::Greeter = &greeter;
    drop(greeter.greet(String::new()));
}

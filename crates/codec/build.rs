//! Compiles the codec and the bridge that its Rust tests call it through.

fn main() {
    native_build::bridge("src/lib.rs")
        .cpp("cpp")
        .stb()
        .isa_l()
        .compile();
}

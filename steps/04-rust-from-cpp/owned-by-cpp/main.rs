//! A program that C++ owns: its `main` is in `main.cpp`, beside this file, and Rust is a library in it.

#![no_main]

// The bridge, and the Rust behind it.
use step_04_rust_from_cpp as _;

// SAFETY: nothing is declared; the attribute alone has an effect, that the library is linked.
#[link(name = "step-04-rust-from-cpp-main", kind = "static")]
unsafe extern "C" {}

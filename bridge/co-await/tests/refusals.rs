//! What rustc says of a bridge that cannot be meant, as its user reads it.

#[test]
fn what_rustc_says_of_a_bridge() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}

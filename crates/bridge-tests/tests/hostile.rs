//! What tries to break the bridge: a program of `hostile/` in each test.

use bridge_tests::hostile::*;

#[test]
fn what_cpp_has_moved_away_is_an_error() {
    moved_away::run();
}

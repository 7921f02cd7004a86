//! What tries to break the bridge: a program of `hostile/` in each test.

use std::time::Duration;

use bridge_tests::hostile::*;
use bridge_tests::process::{End, in_child_for};

/// Runs a program in a process of its own, where it may hang.
fn ends_by_itself(test: &str, program: impl FnOnce()) {
    let child = in_child_for(test, Duration::from_secs(100), program);
    assert!(
        matches!(child.end, End::Exited(status) if status.success()),
        "{child:?}"
    );
}

#[test]
fn what_cpp_has_moved_away_is_an_error() {
    moved_away::run();
}

#[test]
fn a_pool_that_a_call_keeps_is_not_joined_within_a_wake_of_its_own() {
    ends_by_itself(
        "a_pool_that_a_call_keeps_is_not_joined_within_a_wake_of_its_own",
        kept_pool_in_a_wake::run,
    );
}

#[test]
fn a_key_is_given_up_once_by_who_is_dropped_while_its_pool_goes() {
    ends_by_itself(
        "a_key_is_given_up_once_by_who_is_dropped_while_its_pool_goes",
        key_given_up_twice::run,
    );
}

#[test]
fn a_key_that_does_not_copy_is_free_after_that() {
    ends_by_itself(
        "a_key_that_does_not_copy_is_free_after_that",
        key_that_does_not_copy::run,
    );
}

#[test]
fn what_a_coroutine_awaits_goes_when_its_owner_destroys_it() {
    ends_by_itself(
        "what_a_coroutine_awaits_goes_when_its_owner_destroys_it",
        owner_destroys_while_it_waits::run,
    );
}

#[test]
fn no_coroutine_is_polled_or_resumed_within_a_wake() {
    ends_by_itself(
        "no_coroutine_is_polled_or_resumed_within_a_wake",
        polled_in_a_wake::run,
    );
}

#[test]
fn a_coroutine_that_goes_on_after_its_pool_is_abandoned() {
    ends_by_itself(
        "a_coroutine_that_goes_on_after_its_pool_is_abandoned",
        resumed_after_its_pool::run,
    );
}

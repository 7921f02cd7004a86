//! What tries to break the bridge: a program of `hostile/` in each test.

use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
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

// clang does not compile it: `a_coroutine_without_a_result_is_told`.
#[cfg(not(upstream))]
#[test]
fn a_coroutine_that_forgets_its_result_is_an_error() {
    forgets_its_co_return::run();
}

#[test]
fn a_pool_that_a_call_keeps_is_not_joined_within_a_wake_of_its_own() {
    ends_by_itself(
        "a_pool_that_a_call_keeps_is_not_joined_within_a_wake_of_its_own",
        kept_pool_in_a_wake::run,
    );
}

#[test]
fn an_object_that_owns_its_pool_goes_with_its_last_call() {
    ends_by_itself(
        "an_object_that_owns_its_pool_goes_with_its_last_call",
        object_owns_its_pool::run,
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

#[test]
fn a_coroutine_that_goes_back_to_a_pool_that_is_gone_is_abandoned() {
    ends_by_itself(
        "a_coroutine_that_goes_back_to_a_pool_that_is_gone_is_abandoned",
        resumed_after_its_pool::that_goes_there_again,
    );
}

#[test]
fn a_call_that_runs_out_of_memory_anywhere_has_one_error() {
    ends_by_itself(
        "a_call_that_runs_out_of_memory_anywhere_has_one_error",
        out_of_memory::run,
    );
}

#[test]
fn who_goes_to_a_scheduler_that_is_ready_takes_no_stack() {
    ends_by_itself(
        "who_goes_to_a_scheduler_that_is_ready_takes_no_stack",
        scheduler_that_is_ready::run,
    );
}

#[test]
fn who_goes_to_a_scheduler_that_resumes_at_once_takes_no_stack() {
    ends_by_itself(
        "who_goes_to_a_scheduler_that_resumes_at_once_takes_no_stack",
        scheduler_that_is_ready::that_resumes_at_once,
    );
}

#[test]
fn a_long_chain_of_waits_is_dropped_in_little_stack() {
    ends_by_itself(
        "a_long_chain_of_waits_is_dropped_in_little_stack",
        deep_chain::run,
    );
}

#[test]
fn a_runtime_that_a_call_keeps_does_not_panic_within_a_task() {
    ends_by_itself(
        "a_runtime_that_a_call_keeps_does_not_panic_within_a_task",
        kept_runtime::run,
    );
}

/// Runs a program that ends with one sentence in place of undefined behaviour.
fn ends_with_a_sentence(test: &str, program: impl FnOnce()) {
    let child = in_child_for(test, Duration::from_secs(100), program);
    assert!(
        matches!(child.end, End::Exited(status) if status.signal() == Some(libc::SIGABRT)),
        "{child:?}"
    );
    assert!(
        child.stderr.contains("by one of its own threads"),
        "{}",
        child.stderr
    );
}

#[test]
fn a_coroutine_that_owns_its_executor_and_ends_ends_the_program() {
    ends_with_a_sentence(
        "a_coroutine_that_owns_its_executor_and_ends_ends_the_program",
        coroutine_owns_its_executor::that_ends,
    );
}

#[test]
fn a_coroutine_that_owns_its_executor_and_throws_ends_the_program() {
    ends_with_a_sentence(
        "a_coroutine_that_owns_its_executor_and_throws_ends_the_program",
        coroutine_owns_its_executor::that_throws,
    );
}

#[test]
fn a_coroutine_that_owns_its_executor_and_is_dropped_ends_the_program() {
    ends_with_a_sentence(
        "a_coroutine_that_owns_its_executor_and_is_dropped_ends_the_program",
        coroutine_owns_its_executor::that_is_dropped,
    );
}

#[test]
fn a_coroutine_that_owns_its_executor_and_has_an_io_context_ends_the_program() {
    ends_with_a_sentence(
        "a_coroutine_that_owns_its_executor_and_has_an_io_context_ends_the_program",
        coroutine_owns_its_executor::that_has_an_io_context,
    );
}

#[test]
fn a_future_that_is_a_stream_in_cpp_ends_the_program_when_it_starts() {
    future_for_a_stream::run();
    for name in ["FutureOfOneKind", "StreamOfOneKind"] {
        let program = Command::new(env::current_exe().unwrap())
            .arg("--list")
            .env(future_for_a_stream::LIES, name)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&program.stderr);
        assert!(!program.status.success(), "it starts with a {name}");
        assert!(said.contains(name), "{said}");
        assert!(program.stdout.is_empty());
    }
}

#[test]
fn a_program_that_cpp_owns_waits_for_its_coroutines() {
    ends_by_itself(
        "a_program_that_cpp_owns_waits_for_its_coroutines",
        waits_for_rust::run,
    );
}

#[cfg(debug_assertions)]
#[test]
fn a_coroutine_that_nobody_polls_is_told_of() {
    ends_by_itself(
        "a_coroutine_that_nobody_polls_is_told_of",
        waits_for_rust::nobody_polls,
    );
}

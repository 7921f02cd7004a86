//! The HTTP behaviour that every step must show, as tests against the step's real binary.
//!
//! A step's `tests/contract.rs` says which binary, and whether C++ runs on the event loops or in a
//! pool beside them; from that follow the tests:
//!
//! ```ignore
//! contract::every_step!(env!("CARGO_BIN_EXE_step-01-blocking"));
//! contract::steps_that_block!(env!("CARGO_BIN_EXE_step-01-blocking"));
//! ```

#![warn(missing_docs)]

pub mod behaviour;
pub mod pictures;
mod process;
mod server;

pub use process::Process;
pub use server::{Answer, PATIENCE, Server, agent, read_status, request_of};

/// Makes a test of each behaviour named, for the binary at a path.
#[doc(hidden)]
#[macro_export]
macro_rules! tests {
    ($binary:expr, $($behaviour:ident)*) => {
        $(
            #[test]
            fn $behaviour() {
                $crate::behaviour::$behaviour($binary);
            }
        )*
    };
}

/// The tests that every step passes.
#[macro_export]
macro_rules! every_step {
    ($binary:expr) => {
        $crate::tests! { $binary,
            answers_a_jpeg_with_the_png_that_the_codec_makes
            takes_a_jpeg_without_a_content_type
            answers_400_to_an_empty_body
            answers_413_to_a_body_that_is_announced_too_large
            answers_413_to_a_body_that_grows_too_large
            answers_415_to_another_content_type
            answers_422_to_what_is_not_a_jpeg_that_can_be_read
            answers_422_to_a_picture_cut_off_at_any_length
            answers_422_to_more_pixels_than_allowed
            survives_flipped_bytes
            gives_back_the_memory_of_large_pictures
            says_what_is_wrong_as_problem_json
            answers_404_and_405_to_what_it_does_not_have
            tells_its_health
            tells_its_metrics
            sends_heartbeats
            serves_the_lab_page
            answers_many_at_once
            survives_clients_that_leave
            survives_a_body_that_stops_in_the_middle
            answers_408_to_a_body_that_stalls
            answers_503_to_bodies_that_do_not_fit
            holds_no_more_bodies_than_fit
            stops_though_bodies_have_not_come
            answers_running_conversions_before_it_stops
            stops_though_a_page_is_open
            goes_on_when_nobody_reads_its_log
            says_in_one_line_that_a_port_is_taken
        }
    };
}

/// The tests of a step whose C++ runs on the event loops.
#[macro_export]
macro_rules! steps_that_block {
    ($binary:expr) => {
        $crate::tests! { $binary, healthz_is_answered_after_a_running_conversion }
    };
}

/// The tests of a step whose C++ runs in a pool.
#[macro_export]
macro_rules! steps_with_a_pool {
    ($binary:expr) => {
        $crate::tests! { $binary,
            healthz_is_answered_before_a_running_conversion
            answers_503_when_the_queue_is_full_and_not_before
            answers_200_conversions_at_once
            skips_the_work_of_clients_that_left_before_it_began
            is_idle_after_100_000_conversions
            nothing_is_left_of_1000_clients_that_leave
            answers_what_waits_in_the_queue_before_it_stops
            frees_every_place_of_clients_that_leave
            keeps_the_places_of_clients_that_left_while_cpp_works
        }
    };
}

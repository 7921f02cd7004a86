//! What has to hold when exercise 1 is done.

use std::panic::catch_unwind;

use exercise_01_exception::width;
use exercise_kit::{Ending, alone};

/// The beginning of a PNG that is 640 pixels wide and 480 high.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0";

#[test]
fn a_good_picture_has_its_width() {
    assert_eq!(
        width(PNG),
        Ok(640),
        "A PNG that is 640 pixels wide has another width."
    );
}

#[test]
fn a_broken_picture_is_refused_with_a_reason() {
    alone("a_broken_picture_is_refused_with_a_reason", || {
        for (png, reason) in [
            (&PNG[..20], "this PNG is cut off"),
            (b"GIF89a, not a PNG at all", "this is not a PNG"),
        ] {
            let Ok(answer) = catch_unwind(|| width(png)) else {
                panic!(
                    "A broken picture makes Rust panic. Whoever sent it gets no answer; an error \
                     would tell them why."
                );
            };
            match answer {
                Err(said) => assert!(
                    said.contains(reason),
                    "A broken picture is refused, but the reason that C++ gave, “{reason}”, is \
                     lost: Rust says “{said}”."
                ),
                Ok(width) => panic!(
                    "A broken picture is said to be {width} pixels wide: whoever sent it is never \
                     told that it is broken."
                ),
            }
        }
    })
    .or_say(|ending| match ending {
        Ending::Died(words) => format!(
            "A broken picture ended the whole process. Its last words were “{words}”: C++ threw, \
             and the bridge does not say that it may."
        ),
        other => format!("A broken picture ended in this: {other}"),
    });
}

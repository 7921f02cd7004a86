//! Each type that may stand as an output, from Rust to C++ and back; and one that does not agree.

use std::convert::Infallible;
use std::sync::atomic::Ordering;

use bridge_tests::process::{End, in_child};
use bridge_tests::types::ffi::{self, Colour, Point};
use bridge_tests::types::{Counter, DROPPED, FutureFloat};
use cxx::CxxVector;
use futures::StreamExt;
use futures::executor::block_on;
use serial_test::serial;

/// What goes to C++: a future that is ready.
async fn of<T>(value: T) -> Result<T, Infallible> {
    Ok(value)
}

#[test]
#[serial]
fn every_type_of_the_table_goes_there_and_back() {
    block_on(async {
        ffi::echo_unit(of(())).await.unwrap();
        for value in [false, true] {
            assert_eq!(ffi::echo_bool(of(value)).await.unwrap(), value);
        }
        assert_eq!(ffi::echo_byte(of(200)).await.unwrap(), 200);
        assert_eq!(ffi::echo_signed(of(i64::MIN)).await.unwrap(), i64::MIN);
        assert_eq!(ffi::echo_size(of(usize::MAX)).await.unwrap(), usize::MAX);
        assert_eq!(ffi::echo_float(of(0.1)).await.unwrap(), 0.1);
        assert_eq!(
            ffi::echo_named(FutureFloat::fallible(of(0.1)))
                .await
                .unwrap(),
            0.1
        );
        let text = ffi::echo_text(of("grüezi".to_owned())).await;
        assert_eq!(text.unwrap(), "grüezi");
        let bytes = vec![7; 1000];
        assert_eq!(ffi::echo_bytes(of(bytes.clone())).await.unwrap(), bytes);
        let texts = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(ffi::echo_texts(of(texts)).await.unwrap(), ["a", "b"]);
        let counter = ffi::echo_box(of(Box::new(Counter(1)))).await;
        assert_eq!(*counter.unwrap(), Counter(2));
        let point = Point {
            x: -1,
            y: 2.5,
            name: "p".into(),
        };
        assert_eq!(ffi::echo_point(of(point.clone())).await.unwrap(), point);
        let points = vec![point.clone(), point];
        assert_eq!(ffi::echo_points(of(points.clone())).await.unwrap(), points);
        for value in [Colour::Red, Colour::Green] {
            assert_eq!(ffi::echo_colour(of(value)).await.unwrap(), value);
        }
    });
}

#[test]
#[serial]
fn a_box_that_cpp_has_moved_away_is_an_exception() {
    let there = of(Box::new(Counter(1)));
    let error = block_on(ffi::gives_what_is_left_of_a_box(there)).unwrap_err();
    assert!(error.to_string().contains("moved away"), "{error}");
}

#[test]
fn what_cpp_allocates_goes_there_and_back() {
    block_on(async {
        let text = ffi::echo_cpp_text(of(ffi::a_text_of_cpp())).await;
        assert_eq!(text.unwrap().to_string(), "of C++");
        let mut bytes = CxxVector::<u8>::new();
        bytes.pin_mut().push(7);
        let bytes = ffi::echo_cpp_bytes(of(bytes)).await;
        assert_eq!(bytes.unwrap().as_slice(), [7]);
    });
}

#[test]
#[serial]
fn what_nobody_reads_is_dropped() {
    let dropped = || DROPPED.load(Ordering::SeqCst);
    let before = dropped();
    // Each has its counter, or counters, by now.
    drop(ffi::counter());
    assert_eq!(dropped(), before + 1);
    drop(ffi::counters());
    assert_eq!(dropped(), before + 4);
    // Rust has read one of three.
    let mut counters = ffi::counters();
    let first = block_on(counters.next()).unwrap().unwrap();
    assert_eq!((first.0, dropped()), (0, before + 4));
    drop(counters);
    assert_eq!(dropped(), before + 6);
    drop(first);
    assert_eq!(dropped(), before + 7);
}

#[test]
fn types_that_cannot_be_the_same_are_told_apart() {
    assert_eq!(ffi::disagreement_of_float_and_float(), "");
    let said = ffi::disagreement_of_float_and_text();
    let layouts = "FutureFloat carries 8 bytes, aligned to 8, in Rust, and 24 bytes";
    assert!(said.starts_with(layouts), "{said}");
}

#[test]
fn a_program_with_types_that_disagree_ends_when_it_starts() {
    let child = in_child(
        "a_program_with_types_that_disagree_ends_when_it_starts",
        ffi::start_with_float_for_text,
    );
    assert!(matches!(child.end, End::Exited(status) if !status.success()));
    assert!(
        child.stderr.contains("co_await: FutureFloat carries"),
        "{}",
        child.stderr
    );
}

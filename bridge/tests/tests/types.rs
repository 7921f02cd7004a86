//! Each type that may stand as an output, from Rust to C++ and back; and one that does not agree.

use bridge_tests::process::{End, in_child};
use bridge_tests::types::ffi::{self, Colour, Point};
use bridge_tests::types::*;
use cxx::CxxVector;
use futures::executor::block_on;

#[test]
fn every_type_of_the_table_goes_there_and_back() {
    block_on(async {
        ffi::echo_unit(FutureUnit::infallible(async {}))
            .await
            .unwrap();
        for value in [false, true] {
            let there = FutureBool::infallible(async move { value });
            assert_eq!(ffi::echo_bool(there).await.unwrap(), value);
        }
        let byte = ffi::echo_byte(FutureByte::infallible(async { 200 })).await;
        assert_eq!(byte.unwrap(), 200);
        let signed = FutureSigned::infallible(async { i64::MIN });
        assert_eq!(ffi::echo_signed(signed).await.unwrap(), i64::MIN);
        let size = FutureSize::infallible(async { usize::MAX });
        assert_eq!(ffi::echo_size(size).await.unwrap(), usize::MAX);
        let float = FutureFloat::infallible(async { 0.1 });
        assert_eq!(ffi::echo_float(float).await.unwrap(), 0.1);
        let text = FutureRustText::infallible(async { "grüezi".to_owned() });
        assert_eq!(ffi::echo_text(text).await.unwrap(), "grüezi");
        let bytes = FutureBytes::infallible(async { vec![7; 1000] });
        assert_eq!(ffi::echo_bytes(bytes).await.unwrap(), vec![7; 1000]);
        let texts = FutureTexts::infallible(async { vec!["a".to_owned(), "b".to_owned()] });
        assert_eq!(ffi::echo_texts(texts).await.unwrap(), ["a", "b"]);
        let counter = FutureBox::infallible(async { Box::new(Counter(1)) });
        assert_eq!(*ffi::echo_box(counter).await.unwrap(), Counter(2));
        let point = Point {
            x: -1,
            y: 2.5,
            name: "p".into(),
        };
        let there = point.clone();
        let there = FuturePoint::infallible(async move { there });
        assert_eq!(ffi::echo_point(there).await.unwrap(), point.clone());
        let points = vec![point.clone(), point.clone()];
        let there = FuturePoints::infallible(async move { points });
        assert_eq!(
            ffi::echo_points(there).await.unwrap(),
            [point.clone(), point]
        );
        for value in [Colour::Red, Colour::Green] {
            let there = FutureColour::infallible(async move { value });
            assert_eq!(ffi::echo_colour(there).await.unwrap(), value);
        }
    });
}

#[test]
fn a_box_that_cpp_has_moved_away_is_an_exception() {
    let there = FutureBox::infallible(async { Box::new(Counter(1)) });
    let error = block_on(ffi::gives_what_is_left_of_a_box(there)).unwrap_err();
    assert!(error.to_string().contains("moved away"), "{error}");
}

#[test]
fn what_cpp_allocates_goes_there_and_back() {
    block_on(async {
        let text = ffi::a_text_of_cpp();
        let mut bytes = CxxVector::<u8>::new();
        bytes.pin_mut().push(7);
        let text = ffi::echo_cpp_text(FutureCppText::infallible(async { text })).await;
        assert_eq!(text.unwrap().to_string(), "of C++");
        let bytes = ffi::echo_cpp_bytes(FutureCppBytes::infallible(async { bytes })).await;
        assert_eq!(bytes.unwrap().as_slice(), [7]);
    });
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

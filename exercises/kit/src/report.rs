//! What AddressSanitizer has to say, in parts.

use std::path::Path;

/// A report of AddressSanitizer.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was done wrong, in the sanitizer's words: `heap-use-after-free`, `double-free`.
    pub kind: String,
    /// The calls that led there, the innermost first.
    pub stack: Vec<String>,
    /// The calls that freed the memory before, if any did.
    pub freed: Vec<String>,
    /// All of it.
    pub text: String,
}

impl Report {
    /// Finds a report in what a process wrote to its standard error.
    pub fn find(stderr: &str) -> Option<Report> {
        let begin = stderr.find("ERROR: AddressSanitizer: ")?;
        let text = &stderr[begin..];
        let text = text.split("\nShadow bytes").next().unwrap_or(text);
        let report = text.split_once("AddressSanitizer: ")?.1;
        let kind = match report.strip_prefix("attempting ") {
            Some(attempt) => attempt,
            None => report,
        };
        let kind = kind.split_whitespace().next()?.trim_end_matches(':');
        let freed = report
            .split_once("freed by thread")
            .map_or(Vec::new(), |(_, rest)| stack(rest));
        Some(Report {
            kind: kind.to_owned(),
            stack: stack(report),
            freed,
            text: text.trim_end().to_owned(),
        })
    }

    /// Where it happened in the exercise's own files: `cpp/view.cpp:12`.
    pub fn place(&self) -> Option<String> {
        Self::places(&self.stack).into_iter().next()
    }

    /// The calls of a stack that are below the `cpp` or `src` folder of the crate under test, the
    /// innermost first.
    pub fn places(stack: &[String]) -> Vec<String> {
        let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        stack
            .iter()
            .filter_map(|call| own_place(call, &here))
            .collect()
    }

    /// Whether a call on the way there has all of these in its name or file.
    pub fn passes_through(&self, parts: &[&str]) -> bool {
        let has_all = |call: &String| parts.iter().all(|part| call.contains(part));
        self.stack.iter().any(has_all)
    }
}

/// The first run of lines `    #0 0x… in function file:line`.
fn stack(report: &str) -> Vec<String> {
    let calls = report.lines().map(str::trim);
    calls
        .skip_while(|line| !line.starts_with("#0 "))
        .take_while(|line| line.starts_with('#'))
        .map(|line| match line.split_once(" in ") {
            Some((_, call)) => call.to_owned(),
            None => line.to_owned(),
        })
        .collect()
}

/// Where a call is, as `cpp/view.cpp:12`, if it is in the crate that lies `here`.
fn own_place(call: &str, here: &str) -> Option<String> {
    let place = call.rsplit(' ').next()?;
    // Whole or relative, as the compiler was told.
    let place = place.strip_prefix(here).unwrap_or(place);
    let place = place.trim_start_matches('/');
    let (file, rest) = place.split_once(':')?;
    let line = rest.split(':').next()?;
    let is_own = Path::new(file).starts_with("cpp") || Path::new(file).starts_with("src");
    is_own.then(|| format!("{file}:{line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "\
=================================================================
==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x50b0 at pc 0x55 bp 0x7f sp 0x7f
READ of size 1 at 0x50b0 thread T3
    #0 0x55a1 in std::vector<int>::vector() /usr/include/c++/12/bits/stl_vector.h:3:1
    #1 0x55a2 in checksum(Pool const&, Slice) (.resume) cpp/view.cpp:12:20

0x50b0 is located 0 bytes inside of 100-byte region
freed by thread T1 here:
    #0 0x55b1 in free /rustc/llvm/asan_malloc_linux.cpp:52:3
    #1 0x55b2 in drop /rust/alloc.rs:12

SUMMARY: AddressSanitizer: heap-use-after-free cpp/view.cpp:12:20
";

    #[test]
    fn a_report_is_taken_apart() {
        let report = Report::find(REPORT).unwrap();
        assert_eq!(report.kind, "heap-use-after-free");
        assert_eq!(report.stack.len(), 2);
        assert_eq!(report.place().as_deref(), Some("cpp/view.cpp:12"));
        assert!(report.passes_through(&["std::vector"]));
        assert!(!report.passes_through(&["free"]));
        assert!(report.freed[1].starts_with("drop"));
    }

    #[test]
    fn a_second_free_has_its_own_name() {
        let report = Report::find("==7==ERROR: AddressSanitizer: attempting double-free on 0x7:\n");
        assert_eq!(report.unwrap().kind, "double-free");
    }

    #[test]
    fn other_output_is_no_report() {
        assert_eq!(Report::find("terminate called"), None);
    }
}

//! The example runs, and the READMEs show it as it is.

use std::process::Command;

#[test]
fn the_example_says_what_the_readmes_say() {
    let output = Command::new(env!("CARGO_BIN_EXE_bridge-example"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, SAID);
    for readme in READMES {
        assert!(listings(readme).any(|listing| listing == said));
    }
}

#[test]
fn the_listings_of_the_readmes_are_parts_of_the_example() {
    let files = [
        include_str!("../src/main.rs"),
        include_str!("../cpp/client.h"),
        include_str!("../cpp/client.cpp"),
        include_str!("../build.rs"),
        SAID,
    ];
    for readme in READMES {
        assert!(listings(readme).count() >= 3);
        for listing in listings(readme) {
            assert!(
                files.iter().any(|file| file.contains(listing)),
                "not a part of the example:\n{listing}"
            );
        }
    }
}

const SAID: &str = "\
hello, ada
nice to see you
that was all
sorry: nobody has no token
sorry: that takes too long
";

const READMES: [&str; 2] = [
    include_str!("../../co-await-asio/README.md"),
    include_str!("../../co-await/README.md"),
];

/// What stands between fences of three backticks; not the first program, which `scripts/package`
/// builds and runs as it stands.
fn listings(readme: &str) -> impl Iterator<Item = &str> {
    readme
        .split("\n## ")
        .filter(|section| !section.starts_with("From nothing"))
        .flat_map(|section| section.split("```").skip(1).step_by(2))
        .map(|fenced| fenced.split_once('\n').unwrap().1)
}

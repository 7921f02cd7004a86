//! CMake builds the program, and the program greets. Left out where CMake or make is not there.

use std::path::Path;
use std::process::{Command, Output};

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

#[test]
fn a_program_of_cmakes_awaits_rust() {
    for tool in ["cmake", "make"] {
        if Command::new(tool).arg("--version").output().is_err() {
            eprintln!("left out: {tool} is not here; `./justw setup cmake` installs it");
            return;
        }
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let build = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cmake");
    let compiler = co_await_build::compiler().unwrap();
    run(Command::new("cmake")
        .args([
            "-S".as_ref(),
            here.as_os_str(),
            "-B".as_ref(),
            build.as_os_str(),
        ])
        .arg(format!("-DCMAKE_CXX_COMPILER={}", compiler.display()))
        // What cargo says of this test's own build is no matter of that one.
        .env_remove("CARGO_TARGET_DIR"));
    run(Command::new("cmake").arg("--build").arg(&build));
    let greeted = run(Command::new(build.join("greet")).arg("Ada"));
    assert_eq!(greeted.stdout, b"hello, Ada, and welcome\n");
    let refused = Command::new(build.join("greet")).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("a greeting takes a name"), "{said}");
}

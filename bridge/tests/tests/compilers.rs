//! What compilers get wrong about coroutines, shown on the one at hand. A program of `compilers/` knows
//! which versions do, and fails where this one does otherwise: a newer one may have mended it.

use std::path::Path;
use std::process::Command;

/// What a program prints, compiled without and with optimisation.
fn prints(program: &str) -> [String; 2] {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("compilers/{program}.cpp"));
    ["-O0", "-O2"].map(|level| {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join(program);
        let compiled = Command::new(env!("CXX_COMPILER"))
            .args(["-std=c++20", level, "-o"])
            .args([&binary, &source])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "{said}");
        let ran = Command::new(&binary).output().unwrap();
        let printed = String::from_utf8(ran.stdout).unwrap();
        assert!(
            ran.status.success(),
            "{program} with {level}: not what this version is known for: {printed}"
        );
        printed
    })
}

#[test]
fn gcc_runs_a_co_await_that_is_not_taken() {
    let [plain, optimised] = prints("not_taken");
    assert_eq!(plain, optimised);
}

#[test]
fn gcc_15_3_does_not_destroy_a_structured_binding() {
    prints("structured_binding");
}

#[test]
fn a_frame_may_be_destroyed_within_its_own_suspension_but_for_gcc_15_2() {
    prints("destroyed_while_suspending");
}

//! The example is built outside of this workspace, by the manifest and the build script in
//! `elsewhere/`.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_example_builds_in_a_repository_of_its_own() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = here.join("../..").canonicalize().unwrap();
    // Below the workspace, because a copy without a network has its crates from there.
    let project = workspace.join("target/elsewhere/bridge-example");
    for folder in ["src", "cpp"] {
        fs::create_dir_all(project.join(folder)).unwrap();
        for file in fs::read_dir(here.join(folder)).unwrap() {
            let file = file.unwrap();
            let copy = project.join(folder).join(file.file_name());
            fs::write(copy, fs::read(file.path()).unwrap()).unwrap();
        }
    }
    let read = |file: &str| fs::read_to_string(here.join(file)).unwrap();
    let clone = workspace.to_str().unwrap();
    let manifest = read("elsewhere/Cargo.toml").replace("../co-await", clone);
    fs::write(project.join("Cargo.toml"), manifest).unwrap();
    fs::write(project.join("build.rs"), read("elsewhere/build.rs")).unwrap();
    // The versions that are known to be there.
    fs::copy(workspace.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .current_dir(&project)
        .env("CXX", env!("CXX_COMPILER"))
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        said,
        "hello, ada\nnice to see you\nthat was all\n\
         sorry: nobody has no token\nsorry: that takes too long\n"
    );
}

//! Writes a JPEG that takes long to convert: small to send, 36 million pixels to pack.

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: slow-picture FILE");
        return ExitCode::FAILURE;
    };
    match std::fs::write(&path, contract::pictures::slow()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("slow-picture: {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

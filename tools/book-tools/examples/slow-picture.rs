//! Writes a JPEG that takes long to convert: small to send, 36 million pixels to pack.

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: slow-picture FILE");
        return ExitCode::FAILURE;
    };
    let picture = contract::pictures::slow();
    match std::fs::write(&path, picture) {
        Ok(()) => {
            let bytes = picture.len();
            println!("wrote {}, {bytes} bytes", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("slow-picture: {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

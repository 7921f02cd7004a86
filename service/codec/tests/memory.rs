//! The limit on pixels comes before the memory for them. Alone in its file, because it sets a limit
//! for the whole process.

use codec::decode;
use codec::fixtures::SMALL;

/// Says in the header that the picture is of another size.
fn claim(jpeg: &[u8], side: u16) -> Vec<u8> {
    let mut jpeg = jpeg.to_vec();
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]);
    let size = frame.unwrap() + 5;
    jpeg[size..size + 2].copy_from_slice(&side.to_be_bytes());
    jpeg[size + 2..size + 4].copy_from_slice(&side.to_be_bytes());
    jpeg
}

/// Lets the process have this much more address space, and no more.
fn limit_memory(bytes: u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kilobytes = size.unwrap().trim().strip_suffix(" kB").unwrap();
    let limit = libc::rlimit {
        rlim_cur: kilobytes.parse::<u64>().unwrap() * 1024 + bytes,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the call reads a valid struct and changes nothing that Rust relies on.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, 0);
}

#[test]
fn too_large_a_picture_is_refused_before_its_memory_is_asked_for() {
    // 225 million pixels, which stb would take, with hundreds of megabytes; and as many bytes after
    // the picture as make it look possible.
    let jpeg = [claim(SMALL, 15_000), vec![0; 1 << 20]].concat();
    limit_memory(64 << 20);

    let refused = decode(&jpeg, 40_000_000).err().unwrap();
    let reason = "the picture has 225000000 pixels, more than the limit of 40000000";
    assert_eq!(refused.what(), reason);

    // The same file without that limit shows that asking would have failed.
    let asked = decode(&jpeg, u64::MAX).err().unwrap();
    assert!(asked.what().contains("outofmem"), "{}", asked.what());
}

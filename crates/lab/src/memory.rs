//! Memory for pictures: kept from one conversion to the next, given back when none comes.
//!
//! A conversion takes some ten megabytes. By itself glibc returns them to the kernel after each and
//! gets them again for the next, with a page fault for every 4 KiB, which took a quarter of the time
//! of a conversion; and what it has kept once it keeps for ever.

use std::time::Duration;

use actix_web::web::Data;
use tokio::time::interval;

use crate::Lab;

/// Without a conversion for this long, memory is given back.
const IDLE: Duration = Duration::from_secs(2);

/// Has the allocator keep what is freed. To be called before there are other threads.
pub fn keep() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets numbers of the allocator, which it reads under its own locks. What it refuses
    // it leaves as it was.
    unsafe {
        // One heap for all threads: what is free at the end of any other is never given back.
        libc::mallopt(libc::M_ARENA_MAX, 1);
        // The largest threshold that glibc takes: a buffer above it is the kernel's, and goes back
        // when it is freed.
        libc::mallopt(libc::M_MMAP_THRESHOLD, 32 << 20);
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
    }
}

/// Gives memory back, once, whenever no conversion has run for a while. Runs for ever; not on an
/// event loop, for it may take some milliseconds.
pub async fn give_back_when_idle(lab: Data<Lab>) {
    let mut ticks = interval(IDLE);
    let (mut seen, mut given) = (0, 0);
    loop {
        ticks.tick().await;
        let ended = lab.metrics().ended().values().sum::<u64>();
        let idle = ended == seen && lab.metrics().in_flight() == 0 && codec::live() == 0;
        seen = ended;
        if idle && given != ended {
            give_back();
            given = ended;
        }
    }
}

fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: takes no pointer, and may be called while other threads allocate.
    unsafe {
        libc::malloc_trim(0);
    }
}

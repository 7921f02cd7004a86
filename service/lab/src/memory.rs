//! Memory for pictures: kept from one conversion to the next, given back when none comes.
//!
//! A conversion takes some ten megabytes. By itself glibc returns them to the kernel after each and
//! gets them again for the next, with a page fault for every 4 KiB, which took a quarter of the time
//! of a conversion; and what it has kept once it keeps for ever.

use std::time::Duration;

use actix_web::web::Data;
#[cfg(target_os = "linux")]
use rustix::mm::Advice;
use tokio::time::interval;

use crate::Lab;

/// Without a body for this long, memory is given back.
const IDLE: Duration = Duration::from_secs(2);

/// Has the allocator keep what is freed, as every server here does. To be called before there are
/// other threads.
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

/// Gives memory back, once, whenever no body has come for a while. Runs for ever; not on an
/// event loop, for it may take some milliseconds.
pub async fn give_back_when_idle(lab: Data<Lab>) {
    let mut ticks = interval(IDLE);
    let (mut seen, mut given) = (0, 0);
    loop {
        ticks.tick().await;
        let begun = lab.bodies.begun();
        let idle = begun == seen && lab.metrics().in_flight() == 0 && codec::live() == 0;
        seen = begun;
        if idle && given != begun {
            give_back();
            given = begun;
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

/// Gives back the memory of a buffer that is about to be freed, most of it never to be needed again:
/// a body that did not come to its end.
pub fn give_back_of(buffer: &mut [u8]) {
    #[cfg(target_os = "linux")]
    {
        let page = rustix::param::page_size();
        // Whole pages, without those at the ends: there the allocator has its notes.
        let begin = buffer.as_ptr().align_offset(page) + page;
        let end = buffer.len().saturating_sub(page) / page * page;
        if begin < end {
            let pages = &mut buffer[begin..end];
            let length = pages.len() / page * page;
            // SAFETY: these pages are within a buffer that nobody else has; they read as 0 from now
            // on, which is as good as any other byte.
            let _ = unsafe {
                rustix::mm::madvise(pages.as_mut_ptr().cast(), length, Advice::LinuxDontNeed)
            };
        }
    }
}

//! Awaits the coroutine once, so that a debugger can look at its frame.

use bridge_by_hand::square;
use futures::executor::block_on;

fn main() {
    println!("7 * 7 = {}", block_on(square(7)));
}

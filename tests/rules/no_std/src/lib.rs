//! Compiles only if neither the library nor anything it depends on links `std`, which
//! would bring a second panic handler.
#![no_std]

use password_reset as _;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

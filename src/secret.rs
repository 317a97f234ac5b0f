//! Values that cannot be printed and are wiped from memory.

#[cfg(feature = "zeroize")]
use alloc::boxed::Box;
use core::fmt;

#[cfg(feature = "zeroize")]
pub(crate) use zeroize::Zeroize as Wipe;

/// What a [`Secret`] can hold. With the feature `zeroize` it must be possible to wipe it.
#[cfg(not(feature = "zeroize"))]
pub(crate) trait Wipe {}

#[cfg(not(feature = "zeroize"))]
impl<T> Wipe for T {}

/// A value that cannot be printed and, with the feature `zeroize`, is wiped when dropped.
///
/// With that feature it lives on the heap, so that moving it leaves no copy behind. Fill it through
/// [`expose_mut`](Self::expose_mut) for the same reason.
pub(crate) struct Secret<T: Wipe>(Place<T>);

#[cfg(feature = "zeroize")]
type Place<T> = Box<T>;
#[cfg(not(feature = "zeroize"))]
type Place<T> = T;

impl<T: Wipe> Secret<T> {
    pub(crate) fn new(value: T) -> Self {
        #[cfg(feature = "zeroize")]
        let value = Box::new(value);
        Self(value)
    }

    pub(crate) fn expose(&self) -> &T {
        &self.0
    }

    pub(crate) fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(feature = "zeroize")]
impl<T: Wipe> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Wipe> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_printed_as_redacted() {
        assert_eq!(alloc::format!("{:?}", Secret::new([7_u8; 4])), "[redacted]");
    }

    #[cfg(feature = "zeroize")]
    #[test]
    fn a_secret_is_wiped_when_it_is_dropped() {
        struct Witness<'a>(&'a core::cell::Cell<u8>);

        impl super::Wipe for Witness<'_> {
            fn zeroize(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }

        let wiped = core::cell::Cell::new(0);
        let secret = Secret::new(Witness(&wiped));
        assert_eq!(wiped.get(), 0);
        drop(secret);
        assert_eq!(wiped.get(), 1);
    }
}

use core::fmt;

#[cfg(feature = "zeroize")]
pub(crate) use zeroize::Zeroize as Wipe;

/// What a [`Secret`] can hold; with the feature `zeroize`, what can be wiped.
#[cfg(not(feature = "zeroize"))]
pub(crate) trait Wipe {}

#[cfg(not(feature = "zeroize"))]
impl<T> Wipe for T {}

/// A value that cannot be printed and, with the feature `zeroize`, is wiped when
/// dropped.
pub(crate) struct Secret<T: Wipe>(T);

impl<T: Wipe> Secret<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    pub(crate) const fn expose(&self) -> &T {
        &self.0
    }

    pub(crate) const fn expose_mut(&mut self) -> &mut T {
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

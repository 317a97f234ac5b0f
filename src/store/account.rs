//! An account as a store returns it.

use crate::token::Binding;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug};

/// An account as it is stored.
///
/// ```
/// use password_reset::store::Account;
///
/// // The columns that your query returned. The stamp is the password hash here.
/// let (id, email, hash, ledger) = (1, "alice@example.com", Some("her hash"), None);
/// let mut account = Account::new(id, email, hash.unwrap_or_default(), ledger);
/// account.has_password = hash.is_some();
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Account<Id> {
    /// The host's id of the account.
    pub id: Id,
    /// The *stored* email address. Mail goes to no other address.
    pub address: String,
    /// Bytes of your choice that change with every credential of the account, including an added
    /// passkey or social login, and with nothing else. Use the password hash or a counter.
    ///
    /// A link is good only while the stamp stays as it was. The stamp is never shown or mailed.
    ///
    /// - A stamp that also changes at each sign-in, such as a "last seen" time, kills the account
    ///   holder's own link.
    /// - A stamp that anybody can change lets strangers kill links.
    /// - With an empty stamp, a link stays good although the password was changed by another path.
    pub stamp: Vec<u8>,
    /// Whether the account has a password.
    ///
    /// This is never derived from the stamp, which may be empty for an account with a password, and
    /// not empty for one without. [`FirstPassword`](crate::service::FirstPassword) is your choice
    /// of what an account without a password is mailed.
    pub has_password: bool,
    /// Whether the account holder must pass a second factor before a new password is set. If the
    /// host commits without stating that it was passed, the commit fails with a
    /// [fault](crate::service::Fault::SecondFactorMissing).
    ///
    /// NIST SP 800-63B-4, section 4.2.2.2, requires the factor if an account has one: a mailbox
    /// alone must not be enough. A factor that is added while an accepted password is being hashed
    /// is not required for that password, unless the stamp changes with the factor.
    pub needs_second_factor: bool,
    /// The encoded ledger, if the account has one.
    pub ledger: Option<Vec<u8>>,
}

impl<Id> Account<Id> {
    /// Returns an account with a password that needs no second factor. For other accounts, set
    /// [`has_password`](Self::has_password) or [`needs_second_factor`](Self::needs_second_factor)
    /// afterwards.
    pub fn new(
        id: Id,
        address: impl Into<String>,
        stamp: impl Into<Vec<u8>>,
        ledger: Option<Vec<u8>>,
    ) -> Self {
        Self {
            id,
            address: address.into(),
            stamp: stamp.into(),
            has_password: true,
            needs_second_factor: false,
            ledger,
        }
    }

    /// Returns what a link that is issued to this account is bound to: its address, its stamp, and
    /// whether it has a password.
    #[must_use]
    pub fn binding(&self) -> Binding {
        let bind = if self.has_password { Binding::new } else { Binding::without_password };
        bind(&self.address, &self.stamp)
    }
}

impl<Id: Debug> Debug for Account<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

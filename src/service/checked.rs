#[cfg(feature = "hibp")]
use crate::policy::{Breach, BreachError, BreachRange};
use crate::policy::{PasswordPolicy, PreparedPassword, Violations};
use crate::secret::Secret;
use alloc::borrow::Cow;
use alloc::string::String;
pub struct CheckedPassword<'a>(Secret<String>, bool, core::marker::PhantomData<&'a ()>);
impl<'a> CheckedPassword<'a> {
    pub fn of(p: PreparedPassword<'_>, policy: &PasswordPolicy) -> Self {
        #[cfg(feature = "hibp")]
        let owed = policy.asks_breach_service();
        #[cfg(not(feature = "hibp"))]
        let owed = {
            let _ = policy;
            false
        };
        Self(Secret::new(p.expose_password().into()), owed, core::marker::PhantomData)
    }
    pub fn expose_password(&self) -> &str {
        self.0.expose()
    }
    pub fn accept(self) -> Result<(), ()> {
        if self.1 { Err(()) } else { Ok(()) }
    }
    pub fn reject_if(
        self,
        bad: bool,
        code: &'static str,
        s: impl Into<Cow<'static, str>>,
    ) -> Result<Self, Violations> {
        let _ = (bad, code, s.into());
        Ok(self)
    }
    #[cfg(feature = "hibp")]
    pub fn breach_range(&self) -> Option<BreachRange> {
        None
    }
}
impl PasswordPolicy {
    #[cfg(feature = "hibp")]
    pub fn judge_breach2(
        &self,
        mut p: CheckedPassword<'static>,
        a: Option<&str>,
    ) -> Result<(CheckedPassword<'static>, Breach), BreachError> {
        let r = BreachRange::of(&self.prepare(p.0.expose()));
        let b = self.judge_breach(&r, a)?;
        p.1 = false;
        Ok((p, b))
    }
}

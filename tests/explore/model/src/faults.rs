//! How a call of a port may fail.

use crate::ports::Call;

/// Each may strike at any call that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A look at the account fails.
    FindFails,
    /// A commit fails before it has any effect.
    CommitFails,
    /// A commit takes effect, and its answer is lost.
    AnswerIsLost,
    /// A commit fails for its asker, and may yet take effect, at any later time.
    StaysUnderWay,
    /// A conflict though everything is as expected, as when transactions collide.
    Collides,
    /// The mailer reports an error, rightly.
    MailFails,
    /// The mailer reports an error although it delivered.
    DeliversAndFails,
    /// The process ends in the middle of the flow.
    Crash,
}

impl Fault {
    pub(crate) fn fits(self, call: &Call) -> bool {
        match self {
            Self::FindFails => call.is_find(),
            Self::CommitFails | Self::AnswerIsLost | Self::StaysUnderWay | Self::Collides => {
                matches!(call, Call::Commit(_))
            }
            Self::MailFails | Self::DeliversAndFails => matches!(call, Call::Mail { .. }),
            Self::Crash => true,
        }
    }
}

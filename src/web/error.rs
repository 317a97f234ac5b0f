//! The error of building the pages.

/// An error of [`ResetPagesBuilder::build`](super::ResetPagesBuilder::build): a setting does not
/// fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// The link's template does not have the form that the pages need.
    #[error(
        "the link's template must be `<origin><base>/reset?token={{token}}`, with a base of plain \
         segments; for a link to a page of your own, call `api_only`"
    )]
    Template,
    /// The path of `api_only` or of `served_at` is not a base.
    #[error("a base must be empty, or plain segments after slashes, such as `/account`")]
    Base,
    /// The address of `sign_in` is neither a path nor an `https://` address.
    #[error("the address to sign in must be a path, such as `/login`, or start with https://")]
    SignIn,
    /// An address is not an origin as browsers write it.
    #[error(
        "`{0}` is not an origin: write it as browsers do, such as `https://www.example.com`, in \
         lower case and without a path"
    )]
    Origin(String),
    /// A source cannot be added to the content security policy.
    #[error("`{0}` cannot be added to the content security policy")]
    Source(String),
    /// The time until the response to a typed code is zero or longer than an hour.
    #[cfg(feature = "codes")]
    #[error(
        "the time until the response to a typed code must be more than zero and at most an hour"
    )]
    CodeDeadline,
    /// The number of requests is zero or too large, or their deadline is zero or longer than an
    /// hour.
    #[error(
        "`requests` needs at least one request at once, and a deadline of more than zero and at \
         most an hour"
    )]
    Requests,
}

//! A visitor's browser: one connection that stays, and its cookies.

use crate::Failure;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// The host that every link and form names.
pub(crate) const HOSTNAME: &str = "app.example.com";

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

pub(crate) struct Browser {
    address: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
    pub(crate) cookies: Vec<(String, String)>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The path that the response redirects to, on the same host.
    pub(crate) fn location(&self) -> Result<String, Failure> {
        let location = self.headers.get(LOCATION).ok_or("it leads nowhere")?.to_str()?;
        Ok(path_of(location).to_owned())
    }

    pub(crate) fn expect(self, status: StatusCode) -> Result<Self, Failure> {
        if self.status == status {
            return Ok(self);
        }
        let body = String::from_utf8_lossy(&self.body);
        Err(format!("{} in the place of {status}: {body}", self.status).into())
    }

    pub(crate) fn says(self, text: &str) -> Result<Self, Failure> {
        if self.body.windows(text.len()).any(|window| window == text.as_bytes()) {
            return Ok(self);
        }
        Err(format!("this page does not say {text}: {}", String::from_utf8_lossy(&self.body))
            .into())
    }
}

/// The address without scheme and host.
pub(crate) fn path_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    if rest.len() == address.len() {
        return address;
    }
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

impl Browser {
    pub(crate) const fn new(address: SocketAddr) -> Self {
        Self { address, sender: None, cookies: Vec::new() }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(
        &mut self,
        path: &str,
        media_type: &'static str,
        body: String,
    ) -> Result<Answer, Failure> {
        self.send(Method::POST, path, Some((media_type, body))).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<(&'static str, String)>,
    ) -> Result<Answer, Failure> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, HOSTNAME);
        request = request.header("accept-language", "en").header("sec-fetch-site", "same-origin");
        request = request.header(ORIGIN, format!("https://{HOSTNAME}"));
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, cookies.collect::<Vec<_>>().join("; "));
        }
        let mut bytes = Bytes::new();
        if let Some((media_type, body)) = body {
            request = request.header(CONTENT_TYPE, media_type);
            bytes = body.into();
        }
        let request = request.body(Full::new(bytes))?;
        let mut sender = self.connection().await?;
        let answer = sender.send_request(request).await?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        self.sender = Some(sender);
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str()?);
        }
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// Returns the open connection, or a new one if the server has closed it.
    async fn connection(&mut self) -> Result<SendRequest<Full<Bytes>>, Failure> {
        if let Some(mut sender) = self.sender.take()
            && sender.ready().await.is_ok()
        {
            return Ok(sender);
        }
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // An error is also reported by the request that is running.
        tokio::spawn(connection);
        Ok(sender)
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        let Some((name, value)) = pair.split_once('=') else { return };
        self.cookies.retain(|(known, _)| known != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }
}

//! The server: connections that end if nothing arrives, and a shutdown that waits.

use axum::Extension;
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpListener;

/// The longest time for the headers of a request, including the wait for the next one on a
/// connection. It is also the longest time for the rest, until the response.
const PATIENCE: Duration = Duration::from_secs(20);

/// Accepts connections until `stop`, and returns those that are still open.
pub(crate) async fn serve(
    mut listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> GracefulShutdown {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, client) = tokio::select! {
            connection = Listener::accept(&mut listener) => connection,
            () = &mut stop => return connections,
        };
        let router = router.clone().layer(Extension(ConnectInfo(client)));
        let service = TowerToHyperService::new(router);
        tokio::spawn(connections.watch(http.serve_connection(TokioIo::new(stream), service)));
    }
}

/// Ends a request that takes too long. The library's pages have their own limit.
pub(crate) async fn give_up(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(PATIENCE, next.run(request)).await;
    answer.unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response())
}

#[cfg(test)]
mod tests {
    use super::{PATIENCE, give_up, serve};
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use std::future::pending;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test(start_paused = true)]
    async fn a_connection_on_which_no_request_ends_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let form = post(async |form: String| form).layer(from_fn(give_up));
        tokio::spawn(serve(listener, Router::new().route("/", form), pending()));
        for (sent, answer) in [
            ("", ""),
            ("POST / HTTP/1.1\r\nContent-Le", ""),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 200 OK"),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na", "HTTP/1.1 408 Request Timeout"),
        ] {
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(sent.as_bytes()).await.unwrap();
            let mut answered = String::new();
            let closed = client.read_to_string(&mut answered);
            let closed = tokio::time::timeout(3 * PATIENCE, closed).await;
            assert!(closed.is_ok(), "{sent:?} keeps a connection for ever");
            assert_eq!(answered.lines().next().unwrap_or_default(), answer, "{sent:?}");
        }
    }
}

//! A connection to a server that the test can close.

use std::net::SocketAddr;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub(crate) struct Proxy {
    address: SocketAddr,
    server: (String, u16),
    task: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A proxy that forwards.
    pub(crate) async fn to(host: &str, port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut proxy = Self { address, server: (host.to_owned(), port), task: None };
        proxy.serve(listener, true);
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Nothing listens, and the connections that there were are broken.
    pub(crate) async fn refuse(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
    }

    /// Takes connections and answers nothing.
    pub(crate) async fn fall_silent(&mut self) {
        self.refuse().await;
        self.serve(TcpListener::bind(self.address).await.unwrap(), false);
    }

    pub(crate) async fn forward(&mut self) {
        self.refuse().await;
        self.serve(TcpListener::bind(self.address).await.unwrap(), true);
    }

    fn serve(&mut self, listener: TcpListener, forwards: bool) {
        let server = self.server.clone();
        self.task = Some(tokio::spawn(async move {
            // With it, the connections end where the task does.
            let mut connections = JoinSet::new();
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let server = server.clone();
                connections.spawn(async move {
                    if !forwards {
                        client.readable().await.unwrap();
                        std::future::pending::<()>().await;
                    }
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        }));
    }
}

//! One address that leads to several servers, as hosts have before a cluster.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// Leads each new connection to the next server that takes it.
#[derive(Debug)]
pub struct Balancer {
    address: SocketAddr,
    ports: Arc<Mutex<Vec<u16>>>,
    task: AbortHandle,
}

impl Balancer {
    /// Leads to these ports of this machine.
    pub async fn to(ports: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ports = Arc::new(Mutex::new(ports.to_vec()));
        let task = tokio::spawn(serve(listener, Arc::clone(&ports))).abort_handle();
        Self { address, ports, task }
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Leads new connections to these from now on.
    pub fn lead_to(&self, ports: &[u16]) {
        *self.ports.lock().unwrap() = ports.to_vec();
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, ports: Arc<Mutex<Vec<u16>>>) {
    // With it, the connections end where the task does.
    let mut connections = JoinSet::new();
    for turn in 0.. {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut ports = ports.lock().unwrap().clone();
        let first = turn % ports.len().max(1);
        ports.rotate_left(first);
        connections.spawn(async move {
            for port in ports {
                if let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await {
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                    return;
                }
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

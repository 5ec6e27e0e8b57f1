//! Connections: a listener in, each connection answered and cut in time.
//!
//! No connection lives longer than [`CUT`], whatever it sends or reads; a request's head must come within
//! [`HEAD`]. Only so many are open at once; those beyond wait in the system's queue.

use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Peer;

/// Open at once.
const CONNECTIONS: usize = 256;
/// For the head of each request.
const HEAD: Duration = Duration::from_secs(10);
/// Bytes of a head that are read at all. The guard refuses less, in a page with all our headers; what is
/// beyond this gets a bare 431.
const MAX_HEAD: usize = 64 * 1024;
/// Headers that are read at all.
const MAX_HEADERS: usize = 256;
/// After so long a connection takes no further request.
const KEPT: Duration = Duration::from_secs(15);
/// After so long it is cut.
const CUT: Duration = Duration::from_secs(25);
/// What a client may still send after its answer, so that it reads the answer before a reset.
const LINGER: (Duration, u64) = (Duration::from_secs(1), 4 << 20);
/// How long requests that are under way may go on at the end.
const FAREWELL: Duration = Duration::from_secs(2);
/// After the system refused a connection, for want of file descriptors as a rule.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers whoever connects until asked to stop, then ends what is under way within seconds.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let tracker = TaskTracker::new();
    let accept = async {
        loop {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let attended = attend(stream, peer, router.clone(), stop.clone());
                    tracker.spawn(async move {
                        attended.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::debug!(%error, "a connection could not be taken");
                    sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop.cancelled() => {}
    }
    drop(listener);
    tracker.close();
    let _ = timeout(FAREWELL, tracker.wait()).await; // who is slower is cut with the process, or by CUT
}

/// Answers the requests of one connection.
async fn attend(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        router.call(request)
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let (mut kept, mut cut) = (pin!(sleep(KEPT)), pin!(sleep(CUT)));
    let mut ending = false;
    loop {
        tokio::select! {
            // What went wrong is the client's; there is nobody to tell.
            _ = &mut connection => break,
            () = &mut cut => return,
            () = &mut kept, if !ending => ending = true,
            () = stop.cancelled(), if !ending => ending = true,
        }
        Pin::new(&mut connection).graceful_shutdown();
    }
    linger(connection.into_parts().io.into_inner()).await;
}

/// Reads on for a moment: a socket that is closed with something unread resets, and the answer is lost.
async fn linger(mut stream: TcpStream) {
    let drained = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream.take(LINGER.1), &mut tokio::io::sink()).await
    };
    let _ = timeout(LINGER.0, drained).await;
}
